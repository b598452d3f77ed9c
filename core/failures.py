"""What can go wrong, in one sentence each, and of which kind it is."""

from __future__ import annotations

import errno
import logging

from . import places
from .protocol import ProtocolError
from .translation import _

log = logging.getLogger("daguerre")


class WrongInput(ValueError):
    """Something the person gave does not fit; the text is one sentence that says what to do."""


class FileProblem(Exception):
    """A picture that cannot be read or written; the text is one sentence that says what to do."""


class ModelError(Exception):
    """A model that cannot be had; the text is one sentence."""


class UnknownModel(ModelError):
    """A model that nobody has heard of."""


def lacks_memory(error: BaseException) -> bool:
    """Whether this is what Python, NumPy, OpenCV or PyTorch (on either device) raises where memory ends."""
    said = str(error).lower()
    return isinstance(error, MemoryError) or any(
        words in said for words in ("not enough memory", "insufficient memory", "out of memory")
    )


def explained(error: BaseException) -> tuple[str, str]:
    """The kind of failure, one of protocol.FAILURES, and the sentence for the person."""
    if isinstance(error, (FileProblem, WrongInput, UnknownModel)):
        return "person", str(error)
    if isinstance(error, ModelError):
        return "installation", str(error)
    if lacks_memory(error):
        return "memory", _("There is not enough memory for this photo: close other programs, or make it smaller.")
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "disk", _("The disk is full: make room and try again.")
    if isinstance(error, OSError):
        reason = f"{error.filename}: {error.strerror}" if error.filename and error.strerror else str(error)
        return "person", _("A file cannot be used ({reason}).").format(reason=reason)
    if isinstance(error, ProtocolError):
        return "bug", str(error)
    return "bug", _("Daguerre made a mistake ({error}); the log has the details: {log}").format(
        error=type(error).__name__, log=places.log_file()
    )
