"""Painting the photo as the view shows it, before and after, with the marks over it. In device pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PyQt6 import sip
from PyQt6.QtCore import QRect, QRectF, Qt
from PyQt6.QtGui import QBrush, QColor, QImage, QPainter, QPixmap

from .damage_view import around, faint_damage
from .display import Shown
from .looks import ALONE, BLUE, Look
from .marks import Marks
from .overlay import cells_under, overlay, ring
from .pixel_grid import first_columns, grid
from .pyramid import Levels, Pyramid
from .reduced import HALVINGS
from .runs import Places
from .surrounds import BLACK, GREY, WHITE
from .view import View

GROUNDS = {GREY: QColor(0x77, 0x77, 0x77), BLACK: QColor(0, 0, 0), WHITE: QColor(255, 255, 255)}
"""What is around the photo, where the theme does not say it."""
CHECK = 8
CHECKS = (QColor(0x66, 0x66, 0x66), QColor(0x99, 0x99, 0x99))
"""GIMP's checks under transparency: mid-tone, eight pixels."""

_FORMATS = {1: QImage.Format.Format_Grayscale8, 3: QImage.Format.Format_RGB888}


def paint_photo(
    painter: QPainter, pane: QRect, area: QRect, view: View, pyramid: Pyramid, after: Sequence[Levels]
) -> None:
    """Paint what is in `area` of a pane that begins at pane's corner; after: the parts that are changed, if any."""
    photo = QRect(pane.left() + view.left, pane.top() + view.top, *_size(view))
    covered = area.intersected(photo)
    if covered.isEmpty() or pyramid.coarse is None:
        return
    painter.save()
    painter.setClipRect(covered)
    if pyramid.photo.alpha is not None:
        painter.fillRect(covered, _checks())
    if not pyramid.complete:
        _paint(painter, pane, covered, view, pyramid.coarse, float(pyramid.coarse_step), 0, 0)
    if pyramid.levels:
        level = _level(view, 1)
        ready = pyramid.levels[level][: -(-pyramid.ready >> level)]
        _over(painter, pyramid, pane, covered, view, ready, 2**level, 0, 0)
    for part in _seen(after, view):
        level = _level(view, part.step)
        step = part.step * 2**level
        _over(painter, pyramid, pane, covered, view, part.levels[level], step, part.left, part.top)
    painter.restore()


def paint_faint_damage(
    painter: QPainter, pane: QRect, area: QRect, view: View, pyramid: Pyramid, after: Sequence[Levels], contrast: float
) -> None:
    """Paint the same as faint damage is seen best."""
    photo = QRect(pane.left() + view.left, pane.top() + view.top, *_size(view))
    covered, reach = area.intersected(photo), around(view.scale)
    if covered.isEmpty() or pyramid.coarse is None:
        return
    seen = covered.adjusted(-2 * reach, -2 * reach, 2 * reach, 2 * reach).intersected(photo)
    image = QImage(seen.size(), QImage.Format.Format_RGB32)
    image.fill(GROUNDS[GREY])
    within = QPainter(image)
    within.translate(-seen.topLeft())
    paint_photo(within, pane, seen, view, pyramid, after)
    within.end()
    shown = faint_damage(_pixels(image), reach, contrast)
    left, top = covered.left() - seen.left(), covered.top() - seen.top()
    part = shown[top : top + covered.height(), left : left + covered.width(), None]
    painter.drawImage(covered.topLeft(), _image(part))


def paint_grid(painter: QPainter, frame: QImage, pane: QRect, area: QRect, view: View) -> None:
    """Paint lines between the pixels of the photo, which is there already, in `area` of a pane."""
    covered = area.intersected(QRect(pane.left() + view.left, pane.top() + view.top, *_size(view)))
    if covered.isEmpty():
        return
    inside = covered.translated(-pane.topLeft())
    columns = first_columns(inside.left(), inside.right() + 1, view.left, view.scale, view.width)
    rows = first_columns(inside.top(), inside.bottom() + 1, view.top, view.scale, view.height)
    lines = grid(_pixels(frame.copy(covered)), columns, rows)
    painter.drawImage(covered.topLeft(), _wrapped(lines, QImage.Format.Format_ARGB32_Premultiplied))


def paint_overlay(
    painter: QPainter, pane: QRect, area: QRect, view: View, marks: Marks, opacity: float, look: Look
) -> None:
    """Paint the marks in `area` of a pane."""
    inside = area.translated(-pane.topLeft())
    edges = inside.left(), inside.top(), inside.right() + 1, inside.bottom() + 1
    colours = overlay(marks, view, *edges, opacity, look.style, look.colour or BLUE)
    if look.style == ALONE:
        painter.fillRect(area, Qt.GlobalColor.black)
    if colours.any():
        painter.drawImage(area.topLeft(), _wrapped(colours, QImage.Format.Format_ARGB32_Premultiplied))


def paint_ring(painter: QPainter, pane: QRect, area: QRect, view: View, runs: tuple[Places, Places]) -> None:
    """Outline these pixels of the photo in `area` of a pane."""
    inside = area.translated(-pane.topLeft())
    colours = ring(runs, view, inside.left(), inside.top(), inside.right() + 1, inside.bottom() + 1)
    if colours.any():
        painter.drawImage(area.topLeft(), _wrapped(colours, QImage.Format.Format_ARGB32_Premultiplied))


def _size(view: View) -> tuple[int, int]:
    """Width and height of the whole photo on the screen, at least a pixel."""
    return max(1, round(view.width * view.scale)), max(1, round(view.height * view.scale))


def _seen(after: Sequence[Levels], view: View) -> list[Levels]:
    """Which parts are painted, one over the other: the one that suits the view best of those that fill it, and over
    that what is finer, but no finer than the screen; all, the finest last, where none fills the view.
    """
    coarse_first = sorted((part for part in after if part.levels), key=lambda part: -part.step)
    visible = view.visible()
    filling = [part for part in coarse_first if part.box.common(visible) == visible]
    if not filling:
        return coarse_first
    base = next((part for part in filling if part.step <= view.step), filling[-1])
    return [base, *(part for part in coarse_first if view.step <= part.step < base.step)]


def _level(view: View, step: int) -> int:
    """The level whose pixels are at most one device pixel wide, and more than half of one where there is such.

    step: pixels of the photo along the side of a pixel of level 0.
    """
    level = 0
    while level < HALVINGS and view.scale * step * 2 ** (level + 1) <= 1:
        level += 1
    return level


def _over(
    painter: QPainter,
    pyramid: Pyramid,
    pane: QRect,
    area: QRect,
    view: View,
    shown: Shown,
    step: int,
    left: int,
    top: int,
) -> None:
    """Paint pixels, each `step` of the photo's wide, in the place of what is there already."""
    if pyramid.photo.alpha is not None:
        wide = step * view.scale
        x, y = pane.left() + view.left + left * view.scale, pane.top() + view.top + top * view.scale
        place = QRectF(x, y, shown.shape[1] * wide, shown.shape[0] * wide).toAlignedRect()
        painter.fillRect(place.intersected(area), _checks())
    _paint(painter, pane, area, view, shown, float(step), left, top)


def _paint(
    painter: QPainter, pane: QRect, area: QRect, view: View, shown: Shown, step: float, left: int, top: int
) -> None:
    """Paint an array whose pixels are `step` photo pixels wide and whose corner is at (left, top) of the photo."""
    x, y = pane.left() + view.left + left * view.scale, pane.top() + view.top + top * view.scale
    scale = view.scale * step
    if step == 1 and scale >= 2:
        _paint_squares(painter, area, shown, x, y, scale)
        return
    height, width = shown.shape[:2]
    first_row, last_row = _span(area.top() - y, area.bottom() + 1 - y, scale, height)
    first, last = _span(area.left() - x, area.right() + 1 - x, scale, width)
    if first >= last or first_row >= last_row:
        return
    part = shown[first_row:last_row, first:last]
    target = QRectF(x + first * scale, y + first_row * scale, (last - first) * scale, (last_row - first_row) * scale)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale != 1)
    image = _image(part)
    if scale != 1:  # smoothing is several times as fast from 32 bits
        alpha = image.hasAlphaChannel()
        image = image.convertToFormat(
            QImage.Format.Format_ARGB32_Premultiplied if alpha else QImage.Format.Format_RGB32
        )
    painter.drawImage(target, image)


def _paint_squares(painter: QPainter, area: QRect, shown: Shown, x: float, y: float, scale: float) -> None:
    """Paint each pixel as a square, exactly where the overlay has it."""
    columns, across = cells_under(round(area.left() - x), round(area.right() + 1 - x), scale, shown.shape[1])
    rows, down = cells_under(round(area.top() - y), round(area.bottom() + 1 - y), scale, shown.shape[0])
    if not len(columns[0]) or not len(rows[0]):
        return
    part = shown[rows[0][0] : rows[0][-1] + 1, columns[0][0] : columns[0][-1] + 1]
    large = np.take(np.take(part, columns[0] - columns[0][0], 1), rows[0] - rows[0][0], 0)
    painter.drawImage(area.left() + across.start, area.top() + down.start, _image(large))


def _span(first: float, last: float, scale: float, count: int) -> tuple[int, int]:
    """The pixels under first..last of the screen, with two more on each side for the smoothing."""
    return max(int(first / scale) - 2, 0), min(int(last / scale) + 3, count)


def _image(part: Shown) -> QImage:
    """A part of an array as a picture, without copying: the array must outlive it, its rows may lie apart."""
    return _wrapped(part, _FORMATS.get(int(part.shape[2]), QImage.Format.Format_RGBA8888_Premultiplied))


def _wrapped(pixels: NDArray[np.uint8] | NDArray[np.uint32], form: QImage.Format) -> QImage:
    height, width = int(pixels.shape[0]), int(pixels.shape[1])
    address = cast(bytes, sip.voidptr(pixels.ctypes.data))  # PyQt takes it, though its types do not say so
    return QImage(address, width, height, int(pixels.strides[0]), form)


def _pixels(image: QImage) -> NDArray[np.uint8]:
    """The pixels (h, w, 4 BGRA) of a picture of 32 bits."""
    bits = image.constBits()
    assert bits is not None
    pixels = np.frombuffer(cast(bytes, bits.asarray(image.sizeInBytes())), np.uint8)
    return pixels.reshape(image.height(), image.width(), 4).copy()


def _checks() -> QBrush:
    """The pattern under transparent parts."""
    tile = QPixmap(2 * CHECK, 2 * CHECK)
    painter = QPainter(tile)
    for row in range(2):
        for column in range(2):
            painter.fillRect(column * CHECK, row * CHECK, CHECK, CHECK, CHECKS[(row + column) % 2])
    painter.end()
    brush = QBrush(tile)
    brush.setStyle(Qt.BrushStyle.TexturePattern)
    return brush
