"""Scratches that a click marks from end to end: followed in a thread, written into the hand's edits."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

from core.photo import Box, Photo
from core.translation import _

from .hand import Hand
from .newest import Newest, Turn
from .strokes import Piece, line

ROUND = 2.0
"""Pixels by which a traced line is removed wider than it was marked."""
EXACT = 0.2
"""Pixels by which fewer places may draw a line differently."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """A line as it is marked: its places (n, 2) in the photo, its width, and the one it had in the photo."""

    places: NDArray[np.float64]
    width: float
    own_width: float

    def distance(self, x: float, y: float) -> float:
        """How far a place is from its middle."""
        start, way = self.places[:-1], np.diff(self.places, axis=0)
        to = np.array([x, y]) - start
        share = np.clip((to * way).sum(axis=1) / np.maximum((way**2).sum(axis=1), 1e-9), 0, 1)
        return float(np.hypot(*(to - share[:, None] * way).T).min())


class Tracer(QObject):
    """Marks lines of the photo, and takes them out of the mask again. Each is one step of undo."""

    marked = pyqtSignal()
    """A line was marked, or removed."""
    missed = pyqtSignal()
    """There is no line where one was looked for."""

    def __init__(self, photo: Photo, hand: Hand, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._photo, self.hand = photo, hand
        self._work = Newest(self)
        self._lines: list[Drawn] = []
        self._latest: Drawn | None = None
        self._state = -1  # the hand's edits right after the latest line

    def trace(self, x: float, y: float, reach: float, remove: bool) -> None:
        """Mark the line that is within `reach` of a place (photo pixels), or remove it: as it was traced, or else as it
        is in the photo.
        """
        self._latest = None
        known = self._known(x, y, reach) if remove else None
        photo = self._photo

        def work(turn: Turn) -> tuple[Drawn, list[Piece]] | None:
            found = known or _found(photo, x, y, reach, turn)
            return None if found is None or turn.stopped() else (found, self._pieces(found, remove))

        def take(result: tuple[Drawn, list[Piece]] | None) -> None:
            if result is None:
                self.missed.emit()
            else:
                self._write(*result, remove)

        self._work.run(work, take)

    @property
    def width(self) -> float | None:
        """That of the line that was traced last, where nothing was done since."""
        return self._latest.width if self._latest is not None and self.hand.state == self._state else None

    @property
    def own_width(self) -> float:
        """The width that it has in the photo."""
        return self._latest.own_width if self._latest is not None else 0.0

    def set_width(self, width: float) -> None:
        """Mark the line that was traced last in another width; it stays the same step."""
        if self._latest is None:
            return
        line = self._latest = replace(self._latest, width=max(width, 1.0))

        def take(pieces: list[Piece]) -> None:
            if self.width is not None:
                self.hand.undo()
                self._lines.pop()
                self._write(line, pieces, False)

        self._work.run(lambda _turn: self._pieces(line, False), take)

    def stop(self) -> None:
        """Forget what is being looked for."""
        self._work.stop()

    def _known(self, x: float, y: float, reach: float) -> Drawn | None:
        near = [(line.distance(x, y), line) for line in self._lines]
        distance, line = min(near, key=lambda each: each[0], default=(0.0, None))
        return line if line is not None and distance <= max(reach, line.width / 2) else None

    def _pieces(self, drawn: Drawn, remove: bool) -> list[Piece]:
        places = [(float(x), float(y)) for x, y in drawn.places]
        return list(line(places, drawn.width + (ROUND if remove else 0), *self.hand.plane.shape))

    def _write(self, drawn: Drawn, pieces: list[Piece], remove: bool) -> None:
        self.hand.mark(pieces, remove, _("Erased Trace") if remove else _("Trace"))
        self.hand.settle()  # a long line has many pieces, but they are thin
        if not remove:
            self._lines.append(drawn)
            self._latest, self._state = drawn, self.hand.state
        self.marked.emit()


def _found(photo: Photo, x: float, y: float, reach: float, turn: Turn) -> Drawn | None:
    import cv2

    from core.tracing import trace

    def lightness(box: Box) -> NDArray[np.float32]:
        return np.asarray(photo.view(box).mean(axis=2), np.float32)

    found = trace(lightness, photo.height, photo.width, x, y, reach, turn.stopped)
    if found is None:
        return None
    places = cv2.approxPolyDP(found.places.astype(np.float32)[:, None], EXACT, False)[:, 0]
    return Drawn(places.astype(float), found.width, found.width)
