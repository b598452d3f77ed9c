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
from core.protocol import OPAQUE

from .dab_forms import Form, Patch, Stroke
from .painting import Given, Painting
from .view import View

EDGE = 2
"""Device pixels of the outline: one black, one white around it."""
PICKED_EDGE = 4
"""Of the picked dab's: two black, two white around them."""
SMALLEST = 3.0
"""Device pixels; smaller dabs are shown as large as this."""
MARGIN = PICKED_EDGE + 2
"""Device pixels around a dab that it may change on the screen."""
BLACK, WHITE = 0xFF000000, 0xFFFFFFFF
HALF = 128
"""Alpha from which on a device pixel counts as covered."""


def paint_dabs(
    painter: QPainter, pane: QRect, area: QRect, view: View, painting: Painting, picked: Form | None = None
) -> None:
    """Paint the dabs in `area` of a pane; picked: the one that is marked as such."""
    corner = pane.topLeft() + QPoint(view.left, view.top)
    area = area.intersected(QRect(corner, QSize(ceil(view.width * view.scale), ceil(view.height * view.scale))))
    if area.isEmpty():
        return
    inside = area.translated(-pane.topLeft())
    edge = PICKED_EDGE if picked else EDGE
    outer = inside.adjusted(-edge, -edge, edge, edge)
    reach = SMALLEST / view.scale
    seen = view.covered(outer.left(), outer.top(), outer.right() + 1, outer.bottom() + 1)
    seen = seen.grown(int(reach) + 1, view.height, view.width)
    if not painting.meets(seen):
        return
    painted = _painted(outer, view, seen, painting.strokes, painting.given)
    around = painted[edge - EDGE : len(painted) - edge + EDGE, edge - EDGE : painted.shape[1] - edge + EDGE]
    shown = _outlined(around)
    if picked and picked.box(view.height, view.width).meets(seen):
        _mark(shown, _painted(outer, view, seen, (picked,)))
    painter.drawImage(area.topLeft(), _wrapped(shown))


def _painted(
    outer: QRect, view: View, seen: Box, strokes: tuple[Form, ...], given: Given | None = None
) -> NDArray[np.uint32]:
    """The dabs in a rectangle of the pane, without outlines; seen: the part of the photo that is there."""
    pixels = np.zeros((outer.height(), outer.width()), np.uint32)
    image = _wrapped(pixels)
    onto = QPainter(image)
    onto.setRenderHint(QPainter.RenderHint.Antialiasing)
    onto.translate(view.left - outer.left(), view.top - outer.top())
    for tile in given.tiles if given else ():
        if given and tile.meets(seen):
            _paint_given(pixels, outer, view, given, tile.common(seen))
    for stroke in strokes:
        if not stroke.box(view.height, view.width).meets(seen):
            continue
        if isinstance(stroke, Stroke):
            _paint_stroke(onto, stroke, view.scale)
        else:
            _paint_patch(pixels, outer, view, stroke, stroke.box(view.height, view.width).common(seen))
    onto.end()
    return pixels


def _paint_given(pixels: NDArray[np.uint32], outer: QRect, view: View, given: Given, part: Box) -> None:
    """A part of the layer that came with the photo."""
    place, rows, columns = _sampled(outer, view, part)
    colours = given.layer[rows[:, None], columns[None, :]].astype(np.uint32)
    packed = BLACK | colours[..., 0] << 16 | colours[..., 1] << 8 | colours[..., 2]
    pixels[place] = np.where(colours[..., 3] >= OPAQUE, packed, np.uint32(0))


def _paint_patch(pixels: NDArray[np.uint32], outer: QRect, view: View, patch: Patch, part: Box) -> None:
    place, rows, columns = _sampled(outer, view, part)
    red, green, blue = patch.colour or (0, 0, 0)
    value = BLACK | red << 16 | green << 8 | blue if patch.colour else 0
    pixels[place][patch.covered[rows[:, None] - patch.top, columns[None, :] - patch.left]] = value


def _sampled(outer: QRect, view: View, part: Box) -> tuple[tuple[slice, slice], NDArray[np.intp], NDArray[np.intp]]:
    """Where in `outer` a part of the photo is, and the rows and columns of the photo at the centres of these pixels."""
    left, top, right, bottom = view.on_screen(part)
    x = np.arange(max(left, outer.left()), min(right, outer.right() + 1))
    y = np.arange(max(top, outer.top()), min(bottom, outer.bottom() + 1))
    columns = np.floor((x + 0.5 - view.left) / view.scale).astype(np.intp)
    rows = np.floor((y + 0.5 - view.top) / view.scale).astype(np.intp)
    x, columns = (of[(columns >= part.left) & (columns < part.right)] for of in (x, columns))
    y, rows = (of[(rows >= part.top) & (rows < part.bottom)] for of in (y, rows))
    down = slice(y[0] - outer.top(), y[-1] + 1 - outer.top()) if len(y) else slice(0)
    across = slice(x[0] - outer.left(), x[-1] + 1 - outer.left()) if len(x) else slice(0)
    return (down, across), rows, columns


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
    there = alpha >= HALF
    around = _widened(there)
    beyond = _widened(around)
    out = np.where(there, pixels, np.uint32(0))
    rim = there & (alpha < 255)
    channels = [np.minimum((pixels[rim] >> shift & 255) * 255 // alpha[rim], 255) << shift for shift in (0, 8, 16)]
    out[rim] = BLACK | channels[0] | channels[1] | channels[2]
    out[around & ~there] = BLACK
    out[beyond & ~around] = WHITE
    return np.ascontiguousarray(out[EDGE:-EDGE, EDGE:-EDGE])


def _mark(shown: NDArray[np.uint32], form: NDArray[np.uint32]) -> None:
    """Put the outline of the picked dab onto what is shown; the form is PICKED_EDGE larger on each side."""
    there = form >> 24 >= HALF
    rings = [there]
    for _ring in range(PICKED_EDGE):
        rings.append(_widened(rings[-1]))
    inner, middle, outer = (
        ring[PICKED_EDGE:-PICKED_EDGE, PICKED_EDGE:-PICKED_EDGE] for ring in (rings[0], rings[2], rings[4])
    )
    shown[middle & ~inner] = BLACK
    shown[outer & ~middle] = WHITE


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
