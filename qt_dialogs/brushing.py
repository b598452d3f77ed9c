"""Strokes of brush and eraser, and the straight lines that Shift and a click add to them."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QPainterPath

from . import outlines
from .gestures import CONTROL, SHIFT, Gesture
from .photo_view import PhotoView
from .strokes import Place

SMALLEST, LARGEST = 1.0, 1000.0
"""Diameters, pixels of the photo."""


class Brushing(Gesture):
    """Paints on the marks or the dabs of colour."""

    def __init__(self, canvas: PhotoView, finished: Callable[[], None]) -> None:
        super().__init__(canvas)
        self._finished = finished
        self.diameter = 20.0
        """Of brush and eraser, pixels of the photo."""
        self.pressure = 1.0
        """The share of the diameter that is painted with."""
        self.erases = False
        """Whether the tool is the eraser, or the pen's other end; Control turns that round."""
        self.removes = False
        """Whether what is being painted now takes away."""
        self.last: Place | None = None
        """Where the last stroke ended: there a straight line begins."""

    def press(self, place: QPointF, held: Qt.KeyboardModifier) -> bool:
        super().press(place, held)
        painted = self._canvas.painted
        if painted is None:
            return False
        to, start = self._place(place), self.last if held & SHIFT else None
        remove = self.removes = self.erases != (bool(held & CONTROL) and start is None)
        if start is None:
            painted.begin_stroke(*to, self._size, remove)
        else:
            to = outlines.in_steps(start, to) if held & CONTROL else to
            painted.begin_stroke(*start, self._size, remove)
            painted.stroke_to(*to, self._size)
        self.last = to
        self._canvas.painting_changed()
        return True

    def move(self, place: QPointF) -> None:
        if self._canvas.painted is not None:
            self.last = self._place(place)
            self._canvas.painted.stroke_to(*self.last, self._size)

    def stop(self) -> None:
        if self._canvas.painted is not None:
            self._canvas.painted.end_stroke()
            self._canvas.painting_changed()
            self._finished()

    def drop(self) -> bool:
        """Take back what is being painted on the mask; a dab can be taken back once it is there."""
        if self._canvas.dabbing or self._canvas.marks is None:
            return False
        self._canvas.marks.hand.abandon_stroke()
        self.stop()
        return True

    def straight(self, to: Place, in_steps: bool) -> QPainterPath | None:
        """The rim of the straight line to this place, in the pane's logical pixels; None where none would begin."""
        if self.last is None:
            return None
        end = outlines.in_steps(self.last, to) if in_steps else to
        return outlines.rim(
            self._canvas.on_pane(self.last), self._canvas.on_pane(end), self._canvas.on_screen(self.diameter)
        )

    @property
    def _size(self) -> float:
        return self.diameter * self.pressure
