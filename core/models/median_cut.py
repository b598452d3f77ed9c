"""Median cut: grey levels made fewer, so that each stands for about as many pixels.

Heckbert, Color image quantization for frame buffer display, 1982, for one channel.
"""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

FEWEST, MOST = 2, 256


def median_cut(grey: Grey, count: int) -> Grey:
    """The picture (any shape) with at most `count` grey levels, 2..256: each pixel becomes the nearest one.

    Between two that are as near it is the darker one. ValueError where count is impossible.
    """
    levels = median_levels(grey, count).astype(np.int16)
    away = np.abs(np.arange(256, dtype=np.int16)[:, None] - levels)
    return levels[away.argmin(1)].astype(np.uint8).take(grey) if len(levels) else grey.copy()


def median_levels(grey: Grey, count: int) -> Grey:
    """The levels that a picture is reduced to, rising.

    The intensities, sorted, are one group; the group with the most pixels among those with more than one intensity (of
    two as large: the darker) is split in two halves, until there are `count` groups or none can be split. A level is
    a group's average, rounded; groups of the same level are one level.
    Sums over a part of the sorted intensities come from the histogram: nothing is sorted.
    """
    if not FEWEST <= count <= MOST:
        raise ValueError(f"{count} grey levels: there must be {FEWEST} to {MOST}")
    ends = np.bincount(grey.ravel(), minlength=256).cumsum()
    sums = np.concatenate([[0], (np.diff(ends, prepend=0) * np.arange(256)).cumsum()])

    def value(place: int) -> int:
        """The intensity at a place of the sorted ones."""
        return int(np.searchsorted(ends, place, side="right"))

    def total(place: int) -> int:
        """The sum of all intensities before a place."""
        if place == 0:
            return 0
        last = value(place - 1)
        return int(sums[last]) + (place - int(ends[last - 1] if last else 0)) * last

    done: list[tuple[int, int]] = []
    groups = [(-grey.size, 0, grey.size)] if grey.size else []
    while groups and len(groups) + len(done) < count:
        _size, start, end = heapq.heappop(groups)
        if value(start) == value(end - 1):
            done.append((start, end))
            continue
        middle = (start + end) // 2
        heapq.heappush(groups, (start - middle, start, middle))
        heapq.heappush(groups, (middle - end, middle, end))
    done += [(start, end) for _size, start, end in groups]
    averages = [(total(end) - total(start)) / (end - start) for start, end in done]
    return np.unique(np.rint(averages)).astype(np.uint8)
