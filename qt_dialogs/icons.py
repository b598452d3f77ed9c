"""The window's icons: drawn from paths in the palette's own colour, sharp at every scale, light and dark."""

from __future__ import annotations

import math

from PyQt6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import (
    QBrush,
    QColor,
    QGuiApplication,
    QIcon,
    QIconEngine,
    QPainter,
    QPainterPath,
    QPalette,
    QPen,
    QPixmap,
)

GRID = 24.0
"""All drawings are made on a square of this side."""


def draw(name: str, painter: QPainter, colour: QColor) -> None:
    """Draw an icon by its name on a square of GRID in this colour."""
    painter.save()
    _DRAWINGS[name](painter, colour)
    painter.restore()


class _Drawn(QIconEngine):
    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def clone(self) -> QIconEngine:
        return _Drawn(self._name)

    def paint(self, painter: QPainter | None, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        assert painter
        group = QPalette.ColorGroup.Disabled if mode == QIcon.Mode.Disabled else QPalette.ColorGroup.Active
        colour = QGuiApplication.palette().color(group, QPalette.ColorRole.ButtonText)
        side = min(rect.width(), rect.height())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(QRectF(rect).center())
        painter.scale(side / GRID, side / GRID)
        painter.translate(-GRID / 2, -GRID / 2)
        draw(self._name, painter, colour)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return picture


def icon(name: str) -> QIcon:
    """One of: pick, brush, dab, eraser, line, trace, lasso, pipette, hand, undo, redo, plus, minus, menu, information,
    attention, lines, spots, areas.
    """
    return QIcon(_Drawn(name))


def _pen(colour: QColor, width: float = 1.8) -> QPen:
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def _pick(painter: QPainter, colour: QColor) -> None:
    painter.setPen(_pen(colour))
    arrow = QPainterPath(QPointF(6, 3.5))
    for x, y in ((6, 18), (9.8, 14.6), (12.4, 20.5), (15, 19.3), (12.4, 13.6), (17.5, 13.4)):
        arrow.lineTo(x, y)
    arrow.closeSubpath()
    painter.drawPath(arrow)


def _brush(painter: QPainter, colour: QColor) -> None:
    painter.setPen(_pen(colour))
    painter.drawLine(QPointF(20, 4), QPointF(11.5, 12.5))
    tip = QPainterPath(QPointF(11.5, 12.5))
    tip.cubicTo(14, 16, 11, 20.5, 4, 20)
    tip.cubicTo(6.5, 18, 5.5, 16, 7, 14)
    tip.cubicTo(8, 12.4, 10, 11.6, 11.5, 12.5)
    painter.fillPath(tip, colour)
    painter.drawPath(tip)


def _dab(painter: QPainter, colour: QColor) -> None:
    painter.setPen(_pen(colour))
    drop = QPainterPath(QPointF(12, 3.5))
    drop.cubicTo(15, 8.5, 18.5, 11.5, 18.5, 15)
    drop.cubicTo(18.5, 18.5, 15.6, 21, 12, 21)
    drop.cubicTo(8.4, 21, 5.5, 18.5, 5.5, 15)
    drop.cubicTo(5.5, 11.5, 9, 8.5, 12, 3.5)
    painter.drawPath(drop)
    painter.drawArc(QRectF(9, 12.5, 6, 6), 180 * 16, 90 * 16)


def _eraser(painter: QPainter, colour: QColor) -> None:
    painter.translate(12, 11.5)
    painter.rotate(-45)
    painter.setPen(_pen(colour))
    painter.drawRoundedRect(QRectF(-9, -4.5, 18, 9), 1.5, 1.5)
    painter.fillRect(QRectF(-9, -4.5, 7, 9), colour)
    painter.rotate(45)
    painter.drawLine(QPointF(-3, 9), QPointF(9, 9))


def _pipette(painter: QPainter, colour: QColor) -> None:
    painter.setPen(_pen(colour))
    painter.translate(12, 12)
    painter.rotate(45)
    painter.drawLine(QPointF(-4.5, -2.5), QPointF(4.5, -2.5))
    bulb = QRectF(-2.5, -10.5, 5, 8)
    painter.fillRect(bulb.adjusted(0.8, 1.5, -0.8, 0), colour)
    painter.drawRoundedRect(bulb, 2.5, 2.5)
    tube = QPainterPath(QPointF(-2.5, -2.5))
    for x, y in ((-2.5, 5.5), (0, 10.5), (2.5, 5.5), (2.5, -2.5)):
        tube.lineTo(x, y)
    painter.drawPath(tube)


def _line(painter: QPainter, colour: QColor) -> None:
    painter.setPen(_pen(colour))
    painter.drawLine(QPointF(6.4, 17.6), QPointF(17.6, 6.4))
    for end in (QPointF(5, 19), QPointF(19, 5)):
        painter.drawEllipse(end, 1.9, 1.9)


def _trace(painter: QPainter, colour: QColor) -> None:
    painter.setPen(_pen(colour))
    scratch = QPainterPath(QPointF(3.5, 20))
    scratch.cubicTo(9, 17.5, 8.5, 12, 12.5, 11)
    scratch.cubicTo(16.5, 10, 16, 6, 20.5, 4)
    painter.drawPath(scratch)
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(12.5, 11), 2.4, 2.4)


def _lasso(painter: QPainter, colour: QColor) -> None:
    painter.setPen(_pen(colour))
    painter.drawEllipse(QPointF(12.5, 9.5), 8.5, 5.5)
    rope = QPainterPath(QPointF(7, 13.7))
    rope.cubicTo(4.5, 15, 4.5, 17.5, 7.5, 17.5)
    rope.cubicTo(9.5, 17.5, 9.5, 20, 7, 21)
    painter.drawPath(rope)


def _hand(painter: QPainter, colour: QColor) -> None:
    painter.setPen(_pen(colour))
    for angle in range(0, 360, 90):
        painter.save()
        painter.translate(12, 12)
        painter.rotate(angle)
        painter.drawLine(QPointF(0, 0), QPointF(0, -9))
        painter.drawLine(QPointF(0, -9), QPointF(-2.8, -6.2))
        painter.drawLine(QPointF(0, -9), QPointF(2.8, -6.2))
        painter.restore()


def _undo(painter: QPainter, colour: QColor) -> None:
    painter.setPen(_pen(colour))
    arc = QPainterPath(QPointF(5, 9))
    arc.lineTo(14, 9)
    arc.cubicTo(21, 9, 21, 19, 14, 19)
    arc.lineTo(9, 19)
    painter.drawPath(arc)
    painter.drawLine(QPointF(5, 9), QPointF(9.2, 4.8))
    painter.drawLine(QPointF(5, 9), QPointF(9.2, 13.2))


def _redo(painter: QPainter, colour: QColor) -> None:
    painter.translate(GRID, 0)
    painter.scale(-1, 1)
    _undo(painter, colour)


def _minus(painter: QPainter, colour: QColor) -> None:
    painter.setPen(_pen(colour))
    painter.drawLine(QPointF(6, 12), QPointF(18, 12))


def _plus(painter: QPainter, colour: QColor) -> None:
    _minus(painter, colour)
    painter.drawLine(QPointF(12, 6), QPointF(12, 18))


def _menu(painter: QPainter, colour: QColor) -> None:
    painter.setPen(_pen(colour))
    for y in (7, 12, 17):
        painter.drawLine(QPointF(5, y), QPointF(19, y))


def _information(painter: QPainter, colour: QColor) -> None:
    painter.setPen(_pen(colour, 1.6))
    painter.drawEllipse(QPointF(12, 12), 9, 9)
    painter.setPen(_pen(colour, 2))
    painter.drawLine(QPointF(12, 11), QPointF(12, 16.5))
    painter.drawPoint(QPointF(12, 7.5))


def _attention(painter: QPainter, colour: QColor) -> None:
    painter.setPen(_pen(colour, 1.6))
    top = QPointF(12, 3.5)
    corner = 9.5 * math.cos(math.pi / 6)
    triangle = QPainterPath(top)
    triangle.lineTo(12 + corner * 1.15, 20)
    triangle.lineTo(12 - corner * 1.15, 20)
    triangle.closeSubpath()
    painter.drawPath(triangle)
    painter.setPen(_pen(colour, 2))
    painter.drawLine(QPointF(12, 9.5), QPointF(12, 14))
    painter.drawPoint(QPointF(12, 17))


def _lines(painter: QPainter, colour: QColor) -> None:
    painter.setPen(_pen(colour, 2.4))
    line = QPainterPath(QPointF(4, 19))
    line.cubicTo(10, 17, 11, 9, 20, 5)
    painter.drawPath(line)


def _spots(painter: QPainter, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    for x, y, radius in ((8, 8, 3.2), (16.5, 12, 2.4), (9, 17.5, 2)):
        painter.drawEllipse(QPointF(x, y), radius, radius)


def _areas(painter: QPainter, colour: QColor) -> None:
    painter.setPen(_pen(colour))
    area = QPainterPath(QPointF(5, 10))
    area.cubicTo(6, 3, 14, 6, 17, 5)
    area.cubicTo(22, 6, 19, 12, 20, 16)
    area.cubicTo(18, 21, 12, 18, 9, 20)
    area.cubicTo(4, 20, 4, 14, 5, 10)
    painter.fillPath(area, QBrush(colour, Qt.BrushStyle.BDiagPattern))
    painter.drawPath(area)


_DRAWINGS = {
    "pick": _pick,
    "lines": _lines,
    "spots": _spots,
    "areas": _areas,
    "brush": _brush,
    "dab": _dab,
    "eraser": _eraser,
    "pipette": _pipette,
    "line": _line,
    "trace": _trace,
    "lasso": _lasso,
    "hand": _hand,
    "undo": _undo,
    "redo": _redo,
    "minus": _minus,
    "plus": _plus,
    "menu": _menu,
    "information": _information,
    "attention": _attention,
}
