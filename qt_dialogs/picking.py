"""Choosing what is there: defects by clicks and rectangles, dabs of colour, and the photo's own colours."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QApplication

from core.photo import Box

from .band import paint_band
from .gestures import SHIFT, Gesture, reach
from .looks import Colour
from .photo_view import PhotoView


class Picking(Gesture):
    """Tells which place was clicked on, or which part of the photo a rectangle was drawn around."""

    def __init__(
        self,
        canvas: PhotoView,
        picked: Callable[[float, float, float, bool], None],
        banded: Callable[[Box, bool], None],
    ) -> None:
        super().__init__(canvas)
        self._picked, self._banded = picked, banded
        self._band: QRectF | None = None

    def move(self, place: QPointF) -> None:
        if self._band is not None or _far(place, self._pressed):
            self._show(QRectF(self._pressed, place).normalized())

    def release(self, held: Qt.KeyboardModifier) -> None:
        adds, band = bool(held & SHIFT), self._band
        if band is None:
            self._picked(*self._place(self._pressed), reach(self._canvas), adds)
        else:
            (left, top), (right, bottom) = (
                self._canvas.in_pane(corner, self._pane) for corner in (band.topLeft(), band.bottomRight())
            )
            self._banded(self._canvas.view.covered(floor(left), floor(top), ceil(right), ceil(bottom)), adds)
        self.stop()

    def stop(self) -> None:
        self._show(None)

    def drop(self) -> bool:
        there = self._band is not None
        self._show(None)
        return there

    def paint(self, painter: QPainter) -> None:
        if self._band is not None:
            paint_band(painter, self._band)

    def _show(self, band: QRectF | None) -> None:
        for rectangle in (self._band, band):
            if rectangle is not None:
                self._canvas.update(rectangle.adjusted(-2, -2, 2, 2).toAlignedRect())
        self._band = band


class Carrying(Gesture):
    """Picks a dab of colour and moves it, once the pointer is away from where it was pressed."""

    def press(self, place: QPointF, held: Qt.KeyboardModifier) -> bool:
        super().press(place, held)
        dabs = self._canvas.dabs
        return dabs is not None and dabs.pick(*self._place(place), reach(self._canvas))

    def move(self, place: QPointF) -> None:
        dabs = self._canvas.dabs
        if dabs is None or not (dabs.painting or _far(place, self._pressed)):
            return
        begins = not dabs.painting
        dabs.move_to(*self._place(place))
        if begins:
            self.cursor = Qt.CursorShape.ClosedHandCursor
            self._canvas.painting_changed()

    def stop(self) -> None:
        self.cursor = None
        if self._canvas.dabs is not None:
            self._canvas.dabs.drop()
            self._canvas.painting_changed()

    def drop(self) -> bool:
        """Leave the dab where it was."""
        dabs = self._canvas.dabs
        if dabs is None or not dabs.painting:
            return False
        dabs.let_go()
        self.stop()
        return True


class TakingColour(Gesture):
    """Takes colours from the photo, or from what was made of it, along the way."""

    def __init__(self, canvas: PhotoView, taken: Callable[[Colour], None]) -> None:
        super().__init__(canvas)
        self._taken = taken

    def press(self, place: QPointF, held: Qt.KeyboardModifier) -> bool:
        super().press(place, held)
        self.move(place)
        return True

    def move(self, place: QPointF) -> None:
        pane = self._pane
        colour = self._canvas.colour_at(*self._place(place), pane is not None and pane.after)
        if colour is not None:
            self._taken(colour)


def _far(place: QPointF, pressed: QPointF) -> bool:
    """Whether the pointer is so far away that a drag is meant and no click."""
    return (place - pressed).manhattanLength() >= QApplication.startDragDistance()
