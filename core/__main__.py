"""`python -m core`: the command line, and the engine that the plug-in and the window start."""

from __future__ import annotations

import io
import signal
import sys


def main() -> int:
    if sys.argv[1:] == ["engine"]:
        from .engine import serve  # before anything slow is imported: its greeting is waited for

        serve()
    from .cli import run

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: nothing half-written stays
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # file names may hold anything
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
