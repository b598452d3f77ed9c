"""Moving the photo and the divider between before and after."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QInputDevice, QWheelEvent

from .gestures import CONTROL, SHIFT, Gesture
from .photo_view import PhotoView

NOTCH = 120
"""Qt's units of one notch of a wheel."""
STEP = 1.15
"""What one notch zooms by."""
SCROLLED = 60.0
"""Logical pixels that one notch scrolls by."""


class Panning(Gesture):
    """Drags the photo."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def press(self, place: QPointF, held: Qt.KeyboardModifier) -> bool:
        self._at = place
        return super().press(place, held)

    def move(self, place: QPointF) -> None:
        moved, self._at = (place - self._at) * self._canvas.ratio(), place
        self._canvas.pan(moved.x(), moved.y())


class Dividing(Gesture):
    """Drags the divider."""

    cursor = Qt.CursorShape.SplitHCursor

    def move(self, place: QPointF) -> None:
        self._canvas.set_divider(place.x() / max(self._canvas.width(), 1))


def notches(event: QWheelEvent) -> float:
    """How far a wheel was turned; with Alt or Shift some systems turn it sideways."""
    turned = event.angleDelta()
    return (turned.y() or turned.x()) / NOTCH


def turn_wheel(canvas: PhotoView, event: QWheelEvent) -> None:
    """Zoom at the pointer; scroll with Shift, and with the two fingers of a touchpad."""
    held, pixels, device = event.modifiers(), event.pixelDelta(), event.device()
    touchpad = device is not None and device.type() == QInputDevice.DeviceType.TouchPad
    if held & SHIFT:
        canvas.pan(notches(event) * SCROLLED * canvas.ratio(), 0)
    elif touchpad and not pixels.isNull() and not held & CONTROL:
        canvas.pan(pixels.x() * canvas.ratio(), pixels.y() * canvas.ratio())
    else:
        canvas.zoom_to(canvas.scale * STEP ** notches(event), event.position())
