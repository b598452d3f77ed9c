"""What goes wrong in the window itself: one sentence for the person, the rest for the log."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType


def told(error: BaseException) -> tuple[str, str]:
    """The kind of failure and the sentence for it (core.failures); of a mistake of ours the log has the rest."""
    import traceback

    from core import places
    from core.failures import explained

    kind, text = explained(error)
    if kind == "bug":
        with places.open_log() as log:
            log.write("".join(traceback.format_exception(error)).encode())
    return kind, text


def survive_mistakes(say: Callable[[str], None]) -> None:
    """From here on a mistake of ours is told by `say`; the window and the hand's work stay."""

    def survive(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        say(told(error)[1])

    sys.excepthook = survive
