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
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
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


def turn_wheel(canvas: PhotoView, event: QWheelEvent, scrolls: bool) -> None:
    """Zoom at the pointer; scroll with Shift, with the two fingers of a touchpad and, where it `scrolls`, always but
    with Ctrl.
    """
    held, pixels, device = event.modifiers(), event.pixelDelta(), event.device()
    touchpad = device is not None and device.type() == QInputDevice.DeviceType.TouchPad
    if held & SHIFT:
        canvas.pan(notches(event) * SCROLLED * canvas.ratio(), 0)
    elif touchpad and not pixels.isNull() and not held & CONTROL:
        canvas.pan(pixels.x() * canvas.ratio(), pixels.y() * canvas.ratio())
    elif scrolls and not held & CONTROL:
        turned, far = event.angleDelta(), SCROLLED * canvas.ratio() / NOTCH
        canvas.pan(turned.x() * far, turned.y() * far)
    else:
        canvas.zoom_to(canvas.scale * STEP ** notches(event), event.position())


def page(canvas: PhotoView, key: Qt.Key) -> None:
    """Go on by half a view, as GIMP does, in the direction of an arrow."""
    right, down = ARROWS[key]
    canvas.pan(-right * canvas.view.across / 2, -down * canvas.view.down / 2)


def to_border(canvas: PhotoView, key: Qt.Key) -> None:
    """Go to the photo's border in the direction of an arrow, where it is out of sight."""
    view, (right, down) = canvas.view, ARROWS[key]
    canvas.pan(
        _to_border(right, view.left, view.left + view.width * view.scale, view.across),
        _to_border(down, view.top, view.top + view.height * view.scale, view.down),
    )


def _to_border(direction: int, first: float, last: float, length: int) -> float:
    if direction < 0:
        return max(-first, 0.0)
    return min(length - last, 0.0) if direction > 0 else 0.0
