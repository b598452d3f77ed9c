"""`python -m qt_dialogs session PAGE` for the plug-in, `python -m qt_dialogs open [PHOTO]` for people."""

from __future__ import annotations

import gc
import sys


def main(arguments: list[str]) -> int:
    gc.disable()  # until the window stands: nothing that is made till then goes away again
    match arguments:
        case ["session", page] | ["session", page, _]:
            from . import session

            return session.run(page, *arguments[2:])
        case ["open"] | ["open", _]:
            from . import alone

            return alone.run(arguments[1] if len(arguments) > 1 else None)
    print("usage: python -m qt_dialogs open [PHOTO]", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
