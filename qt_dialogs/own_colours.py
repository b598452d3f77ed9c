"""Looks, in a thread, whether the photo has colours of its own, which Colorize would not use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from .newest import Newest, Turn

if TYPE_CHECKING:
    from core.photo import Photo


class OwnColours(QObject):
    """What is known of the photo that is open; it is looked at when somebody wants to know."""

    found = pyqtSignal()
    """The photo has colours of its own, and nobody was told yet."""
    grey = pyqtSignal()
    """The photo cannot hold colours, and nobody was told yet."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._photo: Photo | None = None
        self._there: bool | None = None
        self._told = False
        self._looking = Newest(self)

    def open(self, photo: Photo) -> None:
        """Another photo is open."""
        self._looking.stop()
        self._photo, self._there, self._told = photo, None, False

    def look(self) -> None:
        """Have `found` or `grey` told, at once or in a moment, where it is true."""
        photo = self._photo
        if photo is None or self._told:
            return
        if photo.is_grey:
            self.grey.emit()
        elif self._there is None:
            self._looking.run(lambda turn: _look(photo, turn), self._know)
        elif self._there:
            self.found.emit()

    def told(self) -> None:
        """The person knows."""
        self._told = True

    def _know(self, there: bool) -> None:
        self._there = there
        if there:
            self.found.emit()


def _look(photo: Photo, turn: Turn) -> bool:
    from core.own_colours import has_own_colours
    from core.progress import Cancelled

    def progress(_fraction: float, _text: str) -> None:
        if turn.stopped():
            raise Cancelled

    try:
        return has_own_colours(photo, progress)
    except Cancelled:
        return False
