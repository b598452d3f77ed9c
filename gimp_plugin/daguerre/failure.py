"""What ends a run early: one sentence, and what has to be mended."""

from __future__ import annotations

import datetime
import errno
import traceback

from core import places
from translation import _


class Failure(Exception):
    """A run that cannot go on.

    kind is one of protocol.FAILURES; text is one sentence.
    """

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind
        self.text = text


def refused(text: str, **names: str) -> Failure:
    """A failure that the person can do something about; `names` are put into the sentence."""
    return Failure("person", text.format(**names))


def sentence(error: Exception) -> str:
    """What the person is told about an error; whatever is not theirs to mend goes into the log as well."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _("The disk is full. Free some space, then start again.")
    if isinstance(error, MemoryError):
        return _("There was not enough memory for this photo. Close other programs, then start again.")
    if not isinstance(error, Failure):
        logged(error)
        return _("Something in Daguerre went wrong; what it was is in {log}.").format(log=places.log_file())
    if error.kind in ("person", "memory", "disk"):
        return error.text
    logged(error)
    if error.kind == "bug":
        return _("{text} What went wrong is in {log}.").format(text=error.text, log=places.log_file())
    if "install.py" in error.text:
        return error.text
    return _("{text} Run python3 install.py --doctor: it says what is missing.").format(text=error.text)


def logged(error: Exception) -> None:
    """One entry with the traceback in the log; a log that cannot be written is no reason to fail again."""
    moment = datetime.datetime.now().isoformat(" ", "seconds")
    trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    try:
        with places.open_log() as log:
            log.write(f"{moment} plug-in: {error}\n{trace}".encode("utf-8", "replace"))
    except OSError:
        pass
