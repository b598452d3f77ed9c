"""The pointer of brush and eraser: a circle as large as what it paints."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QCursor, QPainter, QPen, QPixmap

SMALLEST = 5.0
"""Device pixels; smaller brushes get a cross-hair."""
LARGEST = 120.0
"""Logical pixels; larger circles do not fit into a pointer and are painted by the canvas."""
SIGN = 9.0
"""Logical pixels of the + or - beside the circle."""


def brush_cursor(diameter: float, ratio: float, erases: bool) -> QCursor:
    """The pointer for a brush of this diameter in device pixels, on a screen of this device pixel ratio."""
    logical = diameter / ratio
    circle = diameter >= SMALLEST and logical <= LARGEST
    reach = (logical / 2 if circle else 8.0) + 2
    size = int(2 * (reach + SIGN) + 2) | 1
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    centre = QPointF(size / 2, size / 2)
    if circle:
        paint_circle(painter, centre, logical / 2, erases)
    else:
        for width, colour in ((3.0, QColor(255, 255, 255)), (1.0, QColor(0, 0, 0))):
            painter.setPen(QPen(colour, width))
            for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                painter.drawLine(centre + QPointF(2 * x, 2 * y), centre + QPointF(8 * x, 8 * y))
        _paint_sign(painter, centre + QPointF(8, 8), erases)
    painter.end()
    return QCursor(pixmap, size // 2, size // 2)


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
