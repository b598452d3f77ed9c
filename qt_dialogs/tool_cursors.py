"""The pointers of the tools: brush and eraser are a circle as large as what they paint, line and trace a cross-hair;
lasso and pipette look like themselves."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QCursor, QPainter, QPen, QPixmap

from .icons import GRID, draw

SMALLEST = 5.0
"""Device pixels; smaller brushes get a cross-hair."""
LARGEST = 120.0
"""Logical pixels; larger circles do not fit into a pointer and are painted by the canvas."""
BRUSH, CROSS, LASSO, PIPETTE = "brush", "cross", "lasso", "pipette"
ICON = 20.0
"""Logical pixels along the side of a pipette or a lasso."""
SIGN = 9.0
"""Logical pixels of the + or - beside the circle."""


def tool_cursor(tool: str, diameter: float, ratio: float, erases: bool) -> QCursor:
    """The pointer for one of BRUSH (of this diameter in device pixels), CROSS, LASSO and PIPETTE, on a screen of this
    device pixel ratio.
    """
    if tool == PIPETTE:
        return _pipette(ratio)
    logical = diameter / ratio
    circle = tool == BRUSH and diameter >= SMALLEST and logical <= LARGEST
    reach = (logical / 2 if circle else 16.0 if tool == LASSO else 8.0) + 2
    size = int(2 * (reach + SIGN) + 2) | 1
    pixmap, painter = _empty(size, ratio)
    centre = QPointF(size / 2, size / 2)
    if circle:
        paint_circle(painter, centre, logical / 2, erases)
    else:
        for width, colour in ((3.0, QColor(255, 255, 255)), (1.0, QColor(0, 0, 0))):
            painter.setPen(QPen(colour, width))
            for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                painter.drawLine(centre + QPointF(2 * x, 2 * y), centre + QPointF(8 * x, 8 * y))
        _paint_sign(painter, centre + QPointF(8, 8), erases)
        if tool == LASSO:
            _paint_icon(painter, LASSO, centre + QPointF(6, -22))
    painter.end()
    return QCursor(pixmap, size // 2, size // 2)


def _pipette(ratio: float) -> QCursor:
    """Takes what is under its tip."""
    pixmap, painter = _empty(26, ratio)
    _paint_icon(painter, PIPETTE, QPointF(1, 1))
    painter.end()
    return QCursor(pixmap, round(1 + 4.6 * ICON / GRID), round(1 + 19.4 * ICON / GRID))


def _empty(size: int, ratio: float) -> tuple[QPixmap, QPainter]:
    """A clear square of logical pixels, and what paints on it."""
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return pixmap, painter


def _paint_icon(painter: QPainter, name: str, corner: QPointF) -> None:
    """An icon of the window, black in a white rim that shows on anything."""
    for colour, rim in ((QColor(255, 255, 255), 1.2), (QColor(0, 0, 0), 0.0)):
        for right, down in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)):
            painter.save()
            painter.translate(corner + QPointF(right * rim, down * rim))
            painter.scale(*(ICON / GRID,) * 2)
            draw(name, painter, colour)
            painter.restore()


def paint_circle(painter: QPainter, centre: QPointF, radius: float, erases: bool) -> None:
    """A circle of black beside white that shows on anything, and the sign of what the brush does. Logical pixels."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(255, 255, 255), 1))
    painter.drawEllipse(centre, radius + 1, radius + 1)
    painter.setPen(QPen(QColor(0, 0, 0), 1))
    painter.drawEllipse(centre, radius, radius)
    aside = radius * 0.7071 + SIGN / 2 + 1
    _paint_sign(painter, centre + QPointF(aside, aside), erases)


def _paint_sign(painter: QPainter, centre: QPointF, erases: bool) -> None:
    half = SIGN / 2 - 1
    for width, colour in ((3.0, QColor(255, 255, 255)), (1.0, QColor(0, 0, 0))):
        painter.setPen(QPen(colour, width))
        painter.drawLine(centre - QPointF(half, 0), centre + QPointF(half, 0))
        if not erases:
            painter.drawLine(centre - QPointF(0, half), centre + QPointF(0, half))


def circle_area(centre: QPointF, radius: float) -> QRectF:
    """What paint_circle may touch."""
    reach = radius + SIGN + 3
    return QRectF(centre.x() - reach, centre.y() - reach, 2 * reach, 2 * reach)
