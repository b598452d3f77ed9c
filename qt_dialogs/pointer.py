"""The pointer of the mouse on the photo: its look, and the circle of a brush that is too large for one."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QWidget

from .tool_cursors import BRUSH, LARGEST, circle_area, paint_circle, tool_cursor

Look = Qt.CursorShape | tuple[str, float, float, bool]
"""A shape, or what tool_cursor wants to know."""


class Pointer:
    """Where the pointer is, and what it looks like."""

    def __init__(self, canvas: QWidget) -> None:
        self._canvas = canvas
        self._look: Look | None = None
        self._radius = 0.0
        self.place: QPointF | None = None
        """Logical pixels of the canvas; None: it is elsewhere."""

    @property
    def is_brush(self) -> bool:
        return isinstance(self._look, tuple) and self._look[0] == BRUSH

    def wear(self, look: Look) -> bool:
        """Look like this; whether it did not before, for making a pointer takes time."""
        if look == self._look:
            return False
        self._look = look
        self._canvas.setCursor(look if isinstance(look, Qt.CursorShape) else tool_cursor(*look))
        return True

    def move(self, place: QPointF | None, radius: float) -> None:
        """Have the circle of a large brush painted here, where it was no more; radius: logical pixels."""
        for centre, there in ((self.place, self._radius), (place, radius)):
            if centre is not None and there > LARGEST / 2:
                self._canvas.update(circle_area(centre, there).toAlignedRect())
        self.place, self._radius = place, radius

    def paint(self, painter: QPainter, erases: bool) -> None:
        if self.place is not None and self.is_brush and self._radius > LARGEST / 2:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_circle(painter, self.place, self._radius, erases)
