"""What the press of a button on the photo begins: what all gestures have in common."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, Qt

from .compare import Pane
from .photo_view import PhotoView
from .strokes import Place

CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
NEAR = 6.0
"""Logical pixels: what is as near to a click was meant by it."""


class Gesture:
    """What is done from the press of a button to its release; places are logical pixels of the canvas."""

    cursor: Qt.CursorShape | None = None
    """The pointer meanwhile, where it is another one than before."""

    def __init__(self, canvas: PhotoView) -> None:
        self._canvas = canvas
        self._pressed = QPointF()
        self._pane: Pane | None = None  # where it began: it stays there

    def press(self, place: QPointF, held: Qt.KeyboardModifier) -> bool:
        """The button is down; whether anything has begun."""
        self._pressed, self._pane = place, self._canvas.pane_at(place)
        return True

    def move(self, place: QPointF) -> None:
        """The pointer is here, and the button still down."""

    def release(self, held: Qt.KeyboardModifier) -> None:
        """The button is let go."""
        self.stop()

    def click(self, place: QPointF, held: Qt.KeyboardModifier) -> None:
        """The keyboard clicks here."""
        if self.press(place, held):
            self.release(held)

    def stop(self) -> None:
        """Finish what was begun, for something else comes first."""

    def drop(self) -> bool:
        """Give up what was begun; whether there was anything to give up."""
        return False

    def _place(self, place: QPointF) -> Place:
        return self._canvas.place_at(place, self._pane)


def reach(canvas: PhotoView) -> float:
    """NEAR in pixels of the photo."""
    return NEAR * canvas.ratio() / canvas.scale
