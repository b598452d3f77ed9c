"""The marks over the photo as the screen shows them: what was detected, what the hand added and removed, what was
rejected, and an outline of what is chosen."""

from __future__ import annotations

from functools import lru_cache
from math import floor, log2

import numpy as np
from numpy.typing import NDArray

from core.photo import Box

from .looks import ALONE, BLUE, FILL, OUTLINE, VERMILION, Colour
from .marks import ADDED, CLEAR, DETECTED, LEFT_OUT, REMOVED, Marks
from .reduced import HALVINGS
from .runs import Flags, Places, within
from .view import View

HATCH = 8
"""Device pixels from one line of a hatch to the next, a power of two."""
DASH = 4
"""Device pixels of a dash, a power of two."""
RING = 2
"""Device pixels of the black and of the white line around what is chosen."""
BLACK, WHITE = np.uint32(0xFF000000), np.uint32(0xFFFFFFFF)

_HATCHED = 8
_INNER_EDGE, _OUTER_EDGE = 16, 17
_DETECTED_EDGE, _ADDED_EDGE = 18, 19


def overlay(
    marks: Marks,
    view: View,
    left: int,
    top: int,
    right: int,
    bottom: int,
    opacity: float,
    style: str = FILL,
    found: Colour = BLUE,
) -> NDArray[np.uint32]:
    """A rectangle of the pane, (h, w) as 0xAARRGGBB with premultiplied alpha; opacity of the fills 0..1.

    Detected: the colour `found`. Added by hand: vermilion with a hatch that rises to the right. Removed by hand: no
    fill, a hatch that falls to the right and an outline, one pixel white beside one black.

    As outlines: one pixel of these colours beside one black. Alone: what is marked in white.
    """
    kinds = on_screen(marks, view, left - 1, top - 1, right + 1, bottom + 1)
    inner = kinds[1:-1, 1:-1]
    if style == ALONE:
        return np.where(inner >= DETECTED, WHITE, np.uint32(0))
    codes = inner.copy()
    if style == OUTLINE:
        codes[inner >= DETECTED] = CLEAR
        for kind, edge in ((DETECTED, _DETECTED_EDGE), (ADDED, _ADDED_EDGE)):
            _outline(codes, kinds, kind, np.True_, edge)
        inner = np.where(inner == ADDED, np.uint8(CLEAR), inner)
    # Bytes that wrap round and bits instead of remainders: a frame has to be done in a blink.
    x, y = np.arange(left, right).astype(np.uint8)[None, :], np.arange(top, bottom).astype(np.uint8)[:, None]
    if (added := inner == ADDED).any():
        codes |= (added & (((x + y) & (HATCH - 1)) < 2)).view(np.uint8) * np.uint8(_HATCHED)
    if (kinds == REMOVED).any():
        falling = ((x - y) & (HATCH - 1)) == 0
        codes |= ((inner == REMOVED) & falling).view(np.uint8) * np.uint8(_HATCHED)
        _outline(codes, kinds, REMOVED, np.True_)
    if (kinds == LEFT_OUT).any():
        _outline(codes, kinds, LEFT_OUT, ((x ^ y) & DASH) == 0)
    return np.take(_colours(opacity, found), codes, mode="clip")


def _outline(
    codes: NDArray[np.uint8], kinds: NDArray[np.uint8], kind: int, where: Flags | np.bool_, edge: int = _INNER_EDGE
) -> None:
    """Outline what is of a kind; kinds (h + 2, w + 2) reach a pixel further than the codes on each side."""
    of = kinds == kind
    around = of[:-2, 1:-1] | of[2:, 1:-1] | of[1:-1, :-2] | of[1:-1, 2:]
    inside = of[:-2, 1:-1] & of[2:, 1:-1] & of[1:-1, :-2] & of[1:-1, 2:]
    inner = kinds[1:-1, 1:-1]
    np.copyto(codes, edge, where=(inner == kind) & ~inside & where)
    np.copyto(codes, _OUTER_EDGE, where=(inner == CLEAR) & around & where)


def ring(runs: tuple[Places, Places], view: View, left: int, top: int, right: int, bottom: int) -> NDArray[np.uint32]:
    """The outline of these pixels of the photo in a rectangle of the pane, as `overlay`: black within, white without.

    runs: starts and ends in the order of their places.
    """
    import cv2  # a tenth of a second to load: not before the window is there

    reach = 2 * RING
    there = _on_screen(runs, view, left - reach, top - reach, right + reach, bottom + reach).view(np.uint8)
    if not there.any():
        return np.zeros((bottom - top, right - left), np.uint32)
    black, white = (np.asarray(cv2.dilate(there, _disc(radius))) for radius in (RING, reach))
    colours = np.where(black > 0, BLACK, np.where(white > 0, WHITE, np.uint32(0)))
    colours[there > 0] = 0
    return np.ascontiguousarray(colours[reach:-reach, reach:-reach])


def _on_screen(runs: tuple[Places, Places], view: View, left: int, top: int, right: int, bottom: int) -> Flags:
    """Which device pixels of a rectangle of the pane these pixels of the photo touch, (h, w)."""
    box = view.covered(left, top, right, bottom)
    which = within(*runs, view.width, box)
    starts, ends = (places[which] for places in runs)
    rows = starts // view.width
    first, last = starts - rows * view.width, ends - rows * view.width
    if view.scale < 1:
        down = np.floor(rows * view.scale).astype(np.intp) + view.top - top
        across = np.floor(first * view.scale).astype(np.intp) + view.left - left
        beyond = np.ceil(last * view.scale).astype(np.intp) + view.left - left
        return _filled(down, across, beyond, bottom - top, right - left)
    cells = _filled(rows - box.top, first - box.left, last - box.left, box.bottom - box.top, box.right - box.left)
    columns, to_x = cells_under(left - view.left, right - view.left, view.scale, view.width)
    lines, to_y = cells_under(top - view.top, bottom - view.top, view.scale, view.height)
    out = np.zeros((bottom - top, right - left), np.bool_)
    if len(columns[0]) and len(lines[0]):
        out[to_y, to_x] = cells[lines[0] - box.top][:, columns[0] - box.left]
    return out


def _filled(rows: NDArray[np.intp], first: NDArray[np.intp], last: NDArray[np.intp], height: int, width: int) -> Flags:
    """A plane (h, w) that is filled from `first` to before `last` in these rows."""
    inside = (rows >= 0) & (rows < height)
    size, places = height * (width + 1), rows[inside] * (width + 1)
    edges = np.bincount(places + np.clip(first[inside], 0, width), minlength=size)
    edges -= np.bincount(places + np.clip(last[inside], 0, width), minlength=size)
    filled: Flags = np.cumsum(edges.reshape(height, width + 1)[:, :width], axis=1) > 0
    return filled


def _disc(radius: int) -> NDArray[np.uint8]:
    reach = np.arange(-radius, radius + 1)
    return (reach[:, None] ** 2 + reach[None, :] ** 2 <= radius * radius + 1).astype(np.uint8)


def on_screen(marks: Marks, view: View, left: int, top: int, right: int, bottom: int) -> NDArray[np.uint8]:
    """The kind of each device pixel of a rectangle of the pane, (h, w): where one shows several, the strongest."""
    level = max(0, min(HALVINGS, floor(log2(1 / view.scale) + 1e-9)))
    scale = view.scale * 2**level
    columns, across = cells_under(left - view.left, right - view.left, scale, -(-view.width >> level))
    rows, down = cells_under(top - view.top, bottom - view.top, scale, -(-view.height >> level))
    out = np.zeros((bottom - top, right - left), np.uint8)
    if not len(rows[0]) or not len(columns[0]):
        return out
    box = Box(int(columns[0][0]), int(rows[0][0]), int(columns[-1][-1]) + 1, int(rows[-1][-1]) + 1)
    kinds = marks.kinds(level, box)
    if kinds.any():
        out[down, across] = _maximum(_maximum(kinds, rows, box.top, 0), columns, box.left, 1)
    return out


def cells_under(first: int, last: int, scale: float, count: int) -> tuple[list[NDArray[np.intp]], slice]:
    """Which of `count` cells, `scale` device pixels each, lie under the device pixels first..last-1 of one axis.

    Returns indices of cells, ascending: one array where a cell is at least a device pixel wide (the cell under the
    pixel's centre), else arrays of all that the pixel touches; and which of the device pixels they are for.
    """
    pixels = np.arange(first, last)
    if scale >= 1:
        cells = [np.floor((pixels + 0.5) / scale).astype(np.intp)]
    else:
        start = np.floor(pixels / scale + 1e-9).astype(np.intp)
        end = np.ceil((pixels + 1) / scale - 1e-9).astype(np.intp) - 1
        cells = [np.minimum(start + i, end) for i in range(int((end - start).max(initial=0)) + 1)]
    valid = np.flatnonzero((cells[0] >= 0) & (cells[0] < count))
    if not len(valid):
        return [valid], slice(0, 0)
    inside = slice(int(valid[0]), int(valid[-1]) + 1)
    return [np.minimum(c[inside], count - 1) for c in cells], inside


def _maximum(kinds: NDArray[np.uint8], cells: list[NDArray[np.intp]], origin: int, axis: int) -> NDArray[np.uint8]:
    """The maximum of the cells under each device pixel along one axis."""
    out = np.take(kinds, cells[0] - origin, axis)
    for more in cells[1:]:
        np.maximum(out, np.take(kinds, more - origin, axis), out=out)
    return out


@lru_cache(maxsize=8)
def _colours(opacity: float, found: Colour) -> NDArray[np.uint32]:
    """What each code looks like: kinds, kinds with a hatch line, edges."""
    table = np.zeros(_ADDED_EDGE + 1, np.uint32)
    table[DETECTED] = _premultiplied(found, opacity)
    table[ADDED] = _premultiplied(VERMILION, opacity)
    table[ADDED | _HATCHED] = _premultiplied((255, 255, 255), min(1.0, 0.3 + opacity))
    table[REMOVED | _HATCHED] = _premultiplied((255, 255, 255), 0.75)
    table[_INNER_EDGE] = _premultiplied((255, 255, 255), 0.9)
    table[_OUTER_EDGE] = _premultiplied((0, 0, 0), 0.9)
    table[_DETECTED_EDGE] = _premultiplied(found, 1.0)
    table[_ADDED_EDGE] = _premultiplied(VERMILION, 1.0)
    return table


def _premultiplied(colour: Colour, opacity: float) -> int:
    alpha = round(255 * min(max(opacity, 0.0), 1.0))
    red, green, blue = ((c * alpha + 127) // 255 for c in colour)
    return alpha << 24 | red << 16 | green << 8 | blue
