"""What goes wrong in the window itself: one sentence for the person, the rest for the log."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType


def told(error: BaseException) -> tuple[str, str]:
    """The kind of failure and the sentence for it (core.failures); of a mistake of ours the log has the rest."""
    import traceback

    from core.failures import explained

    kind, text = explained(error)
    if kind == "bug":
        logged(type(error).__name__, "".join(traceback.format_exception(error)))
    return kind, text


def logged(what: str, trace: str = "") -> None:
    """One entry in the log: when, what, and the rest of it."""
    import datetime

    from core import VERSION, places

    moment = datetime.datetime.now().isoformat(" ", "seconds")
    with places.open_log() as log:
        log.write(f"{moment} window {VERSION}: {what}\n{trace}".encode("utf-8", "replace"))


def survive_mistakes(say: Callable[[str], None]) -> None:
    """From here on a mistake of ours is told by `say`; the window and the hand's work stay."""

    def survive(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        say(told(error)[1])

    sys.excepthook = survive
