"""Before and after beside each other: which part of the canvas shows which, and the divider between them."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPalette, QPen

from core.translation import _

RESULT, SPLIT, SIDE = "result", "split", "side"
MODES = (RESULT, SPLIT, SIDE)
GRIP = 24.0
"""Logical pixels: the divider's grip is a circle of this diameter, half-way down."""
LINE_REACH = 3.0
"""Logical pixels on each side of the divider's line that take hold of it too."""
GAP = 2


@dataclass(frozen=True)
class Pane:
    """A part of the canvas, in device pixels: whole is where the view lies, area what is shown of it."""

    whole: QRect
    area: QRect
    after: bool


def panes(mode: str, width: int, height: int, divider: float, before: bool, mirrored: bool = False) -> list[Pane]:
    """The panes of a canvas of this size in device pixels, from the left; divider: 0..1 of the width; before: the photo
    alone; mirrored: before is on the right, where reading begins.
    """
    whole = QRect(0, 0, width, height)
    if mode == SIDE:
        half = pane_width(mode, width)
        left, right = QRect(0, 0, half, height), QRect(width - half, 0, half, height)
        return [Pane(left, left, mirrored and not before), Pane(right, right, not mirrored and not before)]
    if mode == SPLIT and not before:
        at = round(divider * width)
        return [
            Pane(whole, QRect(0, 0, at, height), mirrored),
            Pane(whole, QRect(at, 0, width - at, height), not mirrored),
        ]
    return [Pane(whole, whole, not before)]


def pane_width(mode: str, width: int) -> int:
    """How wide one view is on a canvas of this width."""
    return max((width - GAP) // 2, 1) if mode == SIDE else width


def grip(width: float, height: float, divider: float) -> QRectF:
    """The divider's grip, in logical pixels."""
    return QRectF(divider * width - GRIP / 2, height / 2 - GRIP / 2, GRIP, GRIP)


def on_divider(place: QPointF, width: float, height: float, divider: float) -> bool:
    """Whether this place, in logical pixels, takes hold of the divider."""
    return abs(place.x() - divider * width) <= LINE_REACH or grip(width, height, divider).contains(place)


def paint_divider(painter: QPainter, width: float, height: float, divider: float) -> None:
    """The divider's line and its grip, in logical pixels."""
    x = divider * width
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for pen_width, colour in ((3.0, QColor(0, 0, 0, 150)), (1.0, QColor(255, 255, 255))):
        painter.setPen(QPen(colour, pen_width))
        painter.drawLine(QPointF(x, 0), QPointF(x, height))
    circle = grip(width, height, divider).adjusted(1, 1, -1, -1)
    painter.setPen(QPen(QColor(0, 0, 0, 150), 2))
    painter.setBrush(QColor(255, 255, 255))
    painter.drawEllipse(circle)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(40, 40, 40))
    middle = circle.center()
    for side in (-1, 1):
        tip = QPointF(middle.x() + side * 8, middle.y())
        painter.drawPolygon(tip, tip + QPointF(-side * 5, -4), tip + QPointF(-side * 5, 4))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def paint_labels(painter: QPainter, mode: str, width: float, divider: float, mirrored: bool = False) -> None:
    """ "Before" and "After" at the upper edge, each on its side of the middle; left out where there is no room."""
    metrics = painter.fontMetrics()
    high = metrics.height() + 6
    at = divider * width if mode == SPLIT else width / 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for text, on_the_left in ((_("Before"), not mirrored), (_("After"), mirrored)):
        wide = metrics.horizontalAdvance(text) + 16
        place = QRectF(at - wide - 8 if on_the_left else at + 8, 8, wide, high)
        if place.left() < 4 or place.right() > width - 4:
            continue
        paint_label(painter, place, text)


def paint_label(painter: QPainter, place: QRectF, text: str) -> None:
    """A few words that can be read on any photo."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 170))
    painter.drawRoundedRect(place, 4, 4)
    painter.setPen(QColor(255, 255, 255))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


def paint_focus(painter: QPainter, width: float, height: float, palette: QPalette) -> None:
    """A frame that says that the keyboard is here."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(palette.color(QPalette.ColorRole.Highlight), 2))
    painter.drawRect(QRectF(1, 1, width - 2, height - 2))
