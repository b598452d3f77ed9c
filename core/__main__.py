"""`python -m core`: the command line, and the engine that the plug-in and the window start."""

from __future__ import annotations

import sys


def main() -> int:
    if sys.argv[1:] == ["engine"]:
        from .engine import serve  # before anything slow is imported: its greeting is waited for

        serve()
    from .cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
