"""What the hand draws as pixels, hard-edged, at sub-pixel places: strokes of a round brush, and areas. Coordinates are
in photo pixels, (0, 0) is the photo's corner, the first pixel's centre is (0.5, 0.5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, hypot

import numpy as np
from numpy.typing import NDArray

from core.photo import Box

Place = tuple[float, float]
Piece = tuple[Box, NDArray[np.bool_]]
"""A box, and which of its pixels (h, w) are covered."""

PIECE = 128
"""Pixels; longer segments are drawn piece by piece, so that a long thin line needs no large rectangle."""
STRIP = 256
"""Rows of an area that are filled at once."""


@dataclass(frozen=True)
class Dab:
    """One point of a stroke: where the brush was, and its diameter there, in photo pixels."""

    x: float
    y: float
    diameter: float


def segment(start: Dab, end: Dab, height: int, width: int) -> Iterator[Piece]:
    """What a round brush covers on its way from start to end, inside of a photo of this size.

    Yields boxes and their pixels (h, w), True where the pixel's centre is under the brush; the diameter changes
    evenly on the way. The pixels that hold the way itself are always covered, so no brush is too thin to leave a mark.
    """
    length = hypot(end.x - start.x, end.y - start.y)
    pieces = max(1, ceil(length / max(PIECE, 2 * max(start.diameter, end.diameter))))
    for i in range(pieces):
        piece = _capsule(_between(start, end, i / pieces), _between(start, end, (i + 1) / pieces), height, width)
        if piece is not None:
            yield piece


def line(places: Sequence[Place], diameter: float, height: int, width: int) -> Iterator[Piece]:
    """What a round brush covers on a way through these places, inside of a photo of this size."""
    dabs = [Dab(x, y, diameter) for x, y in places]
    for start, end in pairwise(dabs) if len(dabs) > 1 else [(dabs[0], dabs[0])]:
        yield from segment(start, end, height, width)


def area(corners: Sequence[Place], height: int, width: int) -> Iterator[Piece]:
    """The pixels of a photo of this size whose centres lie inside of a polygon; where it covers itself twice, it is
    open (the even-odd rule, as GIMP's free selection has it).
    """
    here = np.asarray(corners, float).reshape(-1, 2)
    there = np.roll(here, -1, axis=0)
    left, top = np.clip(np.floor(here.min(axis=0)), 0, (width, height)).astype(int).tolist()
    right, bottom = np.clip(np.ceil(here.max(axis=0)), 0, (width, height)).astype(int).tolist()
    if left >= right:
        return
    first = np.clip(np.ceil(np.minimum(here[:, 1], there[:, 1]) - 0.5), top, bottom).astype(int)
    count = np.clip(np.ceil(np.maximum(here[:, 1], there[:, 1]) - 0.5), top, bottom).astype(int) - first
    # every row whose centre a side passes, and where
    side = np.repeat(np.arange(len(here)), count)
    rows = first[side] + np.arange(len(side)) - np.repeat(np.cumsum(count) - count, count)
    way = there[side] - here[side]
    xs = here[side, 0] + (rows + 0.5 - here[side, 1]) * way[:, 0] / way[:, 1]
    columns = np.clip(np.ceil(xs - 0.5), left, right).astype(int) - left
    for start in range(top, bottom, STRIP):
        box = Box(left, start, right, min(start + STRIP, bottom))
        inside = (rows >= box.top) & (rows < box.bottom)
        turns = np.zeros((box.bottom - box.top, right - left + 1), np.uint8)
        np.bitwise_xor.at(turns, (rows[inside] - box.top, columns[inside]), 1)
        yield box, np.bitwise_xor.accumulate(turns[:, :-1], axis=1).view(np.bool_)


def _between(start: Dab, end: Dab, share: float) -> Dab:
    return Dab(
        start.x + (end.x - start.x) * share,
        start.y + (end.y - start.y) * share,
        start.diameter + (end.diameter - start.diameter) * share,
    )


def _capsule(start: Dab, end: Dab, height: int, width: int) -> Piece | None:
    reach = max(start.diameter, end.diameter) / 2
    box = Box(
        max(floor(min(start.x, end.x) - reach), 0),
        max(floor(min(start.y, end.y) - reach), 0),
        min(ceil(max(start.x, end.x) + reach) + 1, width),
        min(ceil(max(start.y, end.y) + reach) + 1, height),
    )
    if box.left >= box.right or box.top >= box.bottom:
        return None
    x = np.arange(box.left, box.right)[None, :] + 0.5 - start.x
    y = np.arange(box.top, box.bottom)[:, None] + 0.5 - start.y
    along_x, along_y = end.x - start.x, end.y - start.y
    squared = along_x**2 + along_y**2
    share = np.clip((x * along_x + y * along_y) / squared, 0, 1) if squared else np.zeros((1, 1))
    radius = (start.diameter + (end.diameter - start.diameter) * share) / 2
    covered = (x - share * along_x) ** 2 + (y - share * along_y) ** 2 <= radius**2
    _mark_way(covered, box, start, end)
    return box, covered


def _mark_way(covered: NDArray[np.bool_], box: Box, start: Dab, end: Dab) -> None:
    """Mark the pixels that the way from start to end passes, a chain without gaps."""
    steps = max(1, ceil(2 * max(abs(end.x - start.x), abs(end.y - start.y))))
    xs = np.floor(np.linspace(start.x, end.x, steps + 1)).astype(int) - box.left
    ys = np.floor(np.linspace(start.y, end.y, steps + 1)).astype(int) - box.top
    inside = (xs >= 0) & (ys >= 0) & (xs < covered.shape[1]) & (ys < covered.shape[0])
    covered[ys[inside], xs[inside]] = True
