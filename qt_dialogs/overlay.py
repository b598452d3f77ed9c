"""The marks over the photo as the screen shows them: what was detected, what the hand added and what it removed."""

from __future__ import annotations

from functools import lru_cache
from math import floor, log2

import numpy as np
from numpy.typing import NDArray

from core.photo import Box

from .marks import ADDED, CLEAR, DETECTED, REMOVED, Marks
from .reduced import HALVINGS
from .view import View

BLUE, VERMILION = (0x56, 0xB4, 0xE9), (0xD5, 0x5E, 0x00)
"""Two of Okabe's and Ito's colours: apart from each other and from photographs for every kind of colour vision."""
HATCH = 8
"""Device pixels from one line of a hatch to the next."""

_HATCHED = 4
_INNER_EDGE, _OUTER_EDGE = 8, 9


def overlay(
    marks: Marks, view: View, left: int, top: int, right: int, bottom: int, opacity: float
) -> NDArray[np.uint32]:
    """A rectangle of the pane, (h, w) as 0xAARRGGBB with premultiplied alpha; opacity of the fills 0..1.

    Detected: blue. Added by hand: vermilion with a hatch that rises to the right. Removed by hand: no fill, a hatch
    that falls to the right and an outline, one pixel white beside one black.
    """
    kinds = on_screen(marks, view, left - 1, top - 1, right + 1, bottom + 1)
    inner = kinds[1:-1, 1:-1]
    codes = inner.copy()
    if (inner >= ADDED).any() or (kinds == REMOVED).any():
        x, y = np.arange(left, right)[None, :], np.arange(top, bottom)[:, None]
        rising, falling = (x + y) % HATCH < 2, (x - y) % HATCH == 0
        codes[(inner == ADDED) & rising] |= _HATCHED
        removed = kinds == REMOVED
        codes[(inner == REMOVED) & falling] |= _HATCHED
        around = removed[:-2, 1:-1] | removed[2:, 1:-1] | removed[1:-1, :-2] | removed[1:-1, 2:]
        inside = removed[:-2, 1:-1] & removed[2:, 1:-1] & removed[1:-1, :-2] & removed[1:-1, 2:]
        codes[(inner == REMOVED) & ~inside] = _INNER_EDGE
        codes[(inner == CLEAR) & around] = _OUTER_EDGE
    return np.take(_colours(opacity), codes, mode="clip")


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
def _colours(opacity: float) -> NDArray[np.uint32]:
    """What each code looks like: kinds, kinds with a hatch line, edges."""
    table = np.zeros(_OUTER_EDGE + 1, np.uint32)
    table[DETECTED] = _premultiplied(BLUE, opacity)
    table[ADDED] = _premultiplied(VERMILION, opacity)
    table[ADDED | _HATCHED] = _premultiplied((255, 255, 255), min(1.0, 0.3 + opacity))
    table[REMOVED | _HATCHED] = _premultiplied((255, 255, 255), 0.75)
    table[_INNER_EDGE] = _premultiplied((255, 255, 255), 0.9)
    table[_OUTER_EDGE] = _premultiplied((0, 0, 0), 0.9)
    return table


def _premultiplied(colour: tuple[int, int, int], opacity: float) -> int:
    alpha = round(255 * min(max(opacity, 0.0), 1.0))
    red, green, blue = ((c * alpha + 127) // 255 for c in colour)
    return alpha << 24 | red << 16 | green << 8 | blue
