"""What is drawn with the mouse before it becomes a mark: a straight line, a lasso; and how it looks meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import atan2, cos, hypot, pi, sin

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QPainter, QPainterPath, QPainterPathStroker, QPen

from core.translation import _

from .strokes import Piece, Place, area, line

ANGLE = pi / 12
"""What the direction of a line is a multiple of where that is asked for: 15 degrees."""


@dataclass
class Line:
    """A straight line between two places of the photo, as wide as the brush."""

    start: Place
    end: Place
    diameter: float
    erases: bool

    @property
    def name(self) -> str:
        return _("Erased Line") if self.erases else _("Line")

    def pieces(self, height: int, width: int) -> Iterator[Piece]:
        """The pixels of a photo of this size that it covers."""
        return line([self.start, self.end], self.diameter, height, width)


@dataclass
class Lasso:
    """An outline of places of the photo, clicked one by one or drawn freely: each run is of one press of the button."""

    erases: bool
    runs: list[list[Place]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return _("Erased Lasso") if self.erases else _("Lasso")

    @property
    def places(self) -> list[Place]:
        return [place for run in self.runs for place in run]

    def press(self, place: Place) -> None:
        self.runs.append([place])

    def drag(self, place: Place, least: float) -> None:
        """Go on freely, unless it is less far than this."""
        if _distance(self.runs[-1][-1], place) >= least:
            self.runs[-1].append(place)

    def take_back(self) -> bool:
        """Drop the last point, or what was drawn freely since the last press; whether anything is left."""
        self.runs.pop()
        return bool(self.runs)

    def is_closed_at(self, place: Place, reach: float) -> bool:
        """Whether a place within this of the first one ends the outline."""
        first, *others = self.places
        return _distance(first, place) <= reach and any(_distance(first, other) > reach for other in others)

    def pieces(self, height: int, width: int) -> Iterator[Piece]:
        """The pixels of a photo of this size that it encloses."""
        return area(self.places, height, width)


def in_steps(start: Place, end: Place) -> Place:
    """The place as far from the start whose direction is the nearest multiple of ANGLE."""
    far = _distance(start, end)
    angle = ANGLE * round(atan2(end[1] - start[1], end[0] - start[0]) / ANGLE)
    return start[0] + far * cos(angle), start[1] + far * sin(angle)


def rim(start: QPointF, end: QPointF, width: float) -> QPainterPath:
    """The rim of a line of this width with round ends."""
    way = QPainterPath(start)
    way.lineTo(end + QPointF(0.01, 0) if start == end else end)
    stroker = QPainterPathStroker()
    stroker.setWidth(max(width, 1.0))
    stroker.setCapStyle(Qt.PenCapStyle.RoundCap)
    return stroker.createStroke(way).simplified()


def through(places: Sequence[QPointF]) -> QPainterPath:
    """The way through these places."""
    path = QPainterPath(places[0])
    for place in places[1:]:
        path.lineTo(place)
    return path


def paint_path(painter: QPainter, path: QPainterPath) -> None:
    """A thin black line between two white ones, which shows on anything."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for width, colour in ((3.8, QColor(255, 255, 255)), (1.8, QColor(0, 0, 0))):
        painter.setPen(QPen(colour, width))
        painter.drawPath(path)


def paint_start(painter: QPainter, place: QPointF, reach: float, near: bool) -> None:
    """Where a lasso began; near: a click closes it."""
    circle = QPainterPath()
    circle.addEllipse(place, reach if near else reach / 2, reach if near else reach / 2)
    paint_path(painter, circle)


def _distance(one: Place, other: Place) -> float:
    return hypot(other[0] - one[0], other[1] - one[1])
