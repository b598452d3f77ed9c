"""The dabs of colour over the photo as the screen shows them, with an outline that is seen on anything."""

from __future__ import annotations

from itertools import pairwise
from math import ceil
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PyQt6 import sip
from PyQt6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPen

from core.photo import Box

from .dabs import OPAQUE, Given, Painting, Stroke
from .view import View

EDGE = 2
"""Device pixels of the outline: one black, one white around it."""
SMALLEST = 3.0
"""Device pixels; smaller dabs are shown as large as this."""
MARGIN = EDGE + 2
"""Device pixels around a dab that it may change on the screen."""
BLACK, WHITE = 0xFF000000, 0xFFFFFFFF


def paint_dabs(painter: QPainter, pane: QRect, area: QRect, view: View, painting: Painting) -> None:
    """Paint the dabs in `area` of a pane."""
    corner = pane.topLeft() + QPoint(view.left, view.top)
    area = area.intersected(QRect(corner, QSize(ceil(view.width * view.scale), ceil(view.height * view.scale))))
    if area.isEmpty():
        return
    inside = area.translated(-pane.topLeft())
    outer = inside.adjusted(-EDGE, -EDGE, EDGE, EDGE)
    reach = SMALLEST / view.scale
    seen = view.covered(outer.left(), outer.top(), outer.right() + 1, outer.bottom() + 1)
    seen = seen.grown(int(reach) + 1, view.height, view.width)
    if not painting.meets(seen):
        return
    pixels = np.zeros((outer.height(), outer.width()), np.uint32)
    image = _wrapped(pixels)
    onto = QPainter(image)
    onto.setRenderHint(QPainter.RenderHint.Antialiasing)
    onto.translate(view.left - outer.left(), view.top - outer.top())
    if painting.given:
        _paint_given(pixels, outer, view, painting.given, seen)
    for stroke in painting.strokes:
        if stroke.box(view.height, view.width).meets(seen):
            _paint_stroke(onto, stroke, view.scale)
    onto.end()
    shown = _outlined(pixels)
    painter.drawImage(area.topLeft(), _wrapped(shown))


def _paint_given(pixels: NDArray[np.uint32], outer: QRect, view: View, given: Given, seen: Box) -> None:
    """The layer that came with the photo: of each device pixel the photo's pixel at its centre."""
    for tile in given.tiles:
        if not tile.meets(seen):
            continue
        left, top, right, bottom = view.on_screen(tile)
        x = np.arange(max(left, outer.left()), min(right, outer.right() + 1))
        y = np.arange(max(top, outer.top()), min(bottom, outer.bottom() + 1))
        columns = np.floor((x + 0.5 - view.left) / view.scale).astype(np.intp)
        rows = np.floor((y + 0.5 - view.top) / view.scale).astype(np.intp)
        x, columns = (of[(columns >= tile.left) & (columns < tile.right)] for of in (x, columns))
        y, rows = (of[(rows >= tile.top) & (rows < tile.bottom)] for of in (y, rows))
        if not len(x) or not len(y):
            continue
        colours = given.layer[rows[:, None], columns[None, :]].astype(np.uint32)
        packed = BLACK | colours[..., 0] << 16 | colours[..., 1] << 8 | colours[..., 2]
        place = slice(y[0] - outer.top(), y[-1] + 1 - outer.top()), slice(x[0] - outer.left(), x[-1] + 1 - outer.left())
        pixels[place] = np.where(colours[..., 3] >= OPAQUE, packed, np.uint32(0))


def _paint_stroke(painter: QPainter, stroke: Stroke, scale: float) -> None:
    erases = stroke.colour is None
    mode = QPainter.CompositionMode.CompositionMode_Clear if erases else None
    painter.setCompositionMode(mode or QPainter.CompositionMode.CompositionMode_SourceOver)
    colour = QColor(*stroke.colour) if stroke.colour else QColor(0, 0, 0)
    smallest = 0.0 if erases else SMALLEST
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    for point in stroke.points:
        radius = max(point.diameter * scale, smallest) / 2
        painter.drawEllipse(QPointF(point.x * scale, point.y * scale), radius, radius)
    for start, end in pairwise(stroke.points):
        width = max((start.diameter + end.diameter) / 2 * scale, smallest)
        painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLine(QPointF(start.x * scale, start.y * scale), QPointF(end.x * scale, end.y * scale))


def _outlined(pixels: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """What is at least half covered, with its outline, EDGE smaller on each side."""
    alpha = pixels >> 24
    there = alpha >= OPAQUE
    around = _widened(there)
    beyond = _widened(around)
    out = np.where(there, pixels, np.uint32(0))
    rim = there & (alpha < 255)
    channels = [np.minimum((pixels[rim] >> shift & 255) * 255 // alpha[rim], 255) << shift for shift in (0, 8, 16)]
    out[rim] = BLACK | channels[0] | channels[1] | channels[2]
    out[around & ~there] = BLACK
    out[beyond & ~around] = WHITE
    return np.ascontiguousarray(out[EDGE:-EDGE, EDGE:-EDGE])


def _widened(there: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """With the four neighbours of each."""
    out = there.copy()
    out[1:] |= there[:-1]
    out[:-1] |= there[1:]
    out[:, 1:] |= there[:, :-1]
    out[:, :-1] |= there[:, 1:]
    return out


def _wrapped(pixels: NDArray[np.uint32]) -> QImage:
    """Premultiplied ARGB as a picture, without copying: the array must outlive it."""
    address = cast(bytes, sip.voidptr(pixels.ctypes.data))  # PyQt takes it, though its types do not say so
    height, width = pixels.shape
    return QImage(address, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
