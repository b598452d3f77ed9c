"""Which pixel of the photo is pointed at, and how sure the detector is of it: in the canvas's lower right corner."""

from __future__ import annotations

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QWidget

from core.translation import _

from .compare import paint_label

ROOM = "x 00000  y 00000  p 0.000"
"""As wide as any place is."""


def paint_place(painter: QPainter, canvas: QWidget, x: int, y: int, sure: float | None) -> None:
    """sure: 0..1; None where no detector has looked."""
    if sure is None:
        text = _("x {x}  y {y}").format(x=x, y=y)
    else:
        text = _("x {x}  y {y}  p {p}").format(x=x, y=y, p=canvas.locale().toString(sure, "f", 2))
    area = label_area(canvas)
    area.setLeft(area.right() - painter.fontMetrics().horizontalAdvance(text) - 16)
    paint_label(painter, area, text)


def label_area(canvas: QWidget) -> QRectF:
    """Where it may be, in logical pixels."""
    metrics = canvas.fontMetrics()
    wide, high = metrics.horizontalAdvance(ROOM) + 24, metrics.height() + 6
    return QRectF(canvas.width() - 8 - wide, canvas.height() - 8 - high, wide, high)
