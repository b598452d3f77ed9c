"""Who opened the window: GIMP's plug-in at the other end of a pipe, or nobody (`daguerre window`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from .work import Result


class Host(Protocol):
    """What the window asks of whoever opened it, and tells them."""

    @property
    def alone(self) -> bool:
        """Whether there is no image in GIMP behind the photo: results go to files."""

    def before_run(self, tool: str, run: Callable[[], None]) -> None:
        """Call `run`, now or after asking what has to be asked first; or never."""

    def progress(self, fraction: float | None, text: str) -> None:
        """How far the run is that the person started."""

    def done(self, tool: str, result: Result) -> None:
        """Take the result of a run."""

    def keep(self, files: dict[str, str]) -> None:
        """The window is left, but the mask or the hints shall be kept: files in the job's folder, by the protocol's
        names for them.
        """

    def left(self) -> None:
        """The window is left and nothing is to be kept."""

    def broken(self, kind: str, text: str) -> None:
        """The photo cannot be shown: the kind of failure (core.failures) and a sentence."""
