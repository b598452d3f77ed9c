"""Pixels of a photo as runs: pieces of its flattened rows, from `starts` to before `ends`, none over two rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.photo import Box

Places = NDArray[np.int64]
"""Places in the flattened photo: row times width plus column."""
Flags = NDArray[np.bool_]


def pixels_of(starts: Places, ends: Places) -> Places:
    """Each pixel of these runs, run by run."""
    lengths = ends - starts
    offsets = np.cumsum(lengths) - lengths
    every: Places = np.arange(int(lengths.sum()), dtype=np.int64) + np.repeat(starts - offsets, lengths)
    return every


def runs_in(marked: Flags) -> tuple[Places, Places]:
    """The runs of a plane (h, w), in the order of their places."""
    height, width = marked.shape
    framed = np.zeros((height, width + 2), np.bool_)
    framed[:, 1:-1] = marked
    edges = np.flatnonzero(framed[:, 1:] != framed[:, :-1])
    edges -= edges // (width + 1)
    return edges[::2], edges[1::2]


def meeting(starts: Places, ends: Places, others: tuple[Places, Places]) -> Flags:
    """Which runs share a pixel with the others, their starts and ends; those do not overlap."""
    order = np.argsort(others[0])
    first, last = others[0][order], others[1][order]
    if not len(first):
        return np.zeros(len(starts), np.bool_)
    after = np.searchsorted(last, starts, "right")
    found: Flags = (after < len(first)) & (first[np.minimum(after, len(first) - 1)] < ends)
    return found


def within(starts: Places, ends: Places, width: int, box: Box) -> NDArray[np.intp]:
    """Which runs have pixels in the box; they have to be in the order of their places."""
    rows = np.arange(box.top, box.bottom, dtype=np.int64) * width
    first = np.searchsorted(ends, rows + box.left, "right")
    last = np.searchsorted(starts, rows + box.right, "left")
    return pixels_of(first, np.maximum(last, first))


def box_of(starts: Places, ends: Places, width: int) -> Box:
    """The smallest box around at least one run."""
    rows = starts // width
    return Box(
        int((starts - rows * width).min()),
        int(rows.min()),
        int((ends - rows * width).max()),
        int(rows.max()) + 1,
    )
