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
TILE = 256
"""Pixels along the side of the tiles in which large areas are drawn: most are covered wholly or not at all."""
SMALL = 4 * TILE * TILE
"""Pixels of a rectangle that is drawn at once."""
FEW_TURNS = 4
"""As often a row of a tile may turn from open to covered and back to be drawn turn by turn, not pixel by pixel."""
TINY = 1e-9


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
        yield from _capsule(_between(start, end, i / pieces), _between(start, end, (i + 1) / pieces), height, width)


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
    way = there - here
    first = np.clip(np.ceil(np.minimum(here[:, 1], there[:, 1]) - 0.5), top, bottom).astype(int)
    beyond = np.clip(np.ceil(np.maximum(here[:, 1], there[:, 1]) - 0.5), top, bottom).astype(int)
    for strip in _strips(Box(left, top, right, bottom)):
        # every row here whose centre a side passes, and where
        start = np.maximum(first, strip.top)
        count = np.maximum(np.minimum(beyond, strip.bottom) - start, 0)
        side = np.repeat(np.arange(len(here)), count)
        rows = start[side] + np.arange(len(side)) - np.repeat(np.cumsum(count) - count, count)
        xs = here[side, 0] + (rows + 0.5 - here[side, 1]) * way[side, 0] / way[side, 1]
        columns = np.clip(np.ceil(xs - 0.5), left, right).astype(int)
        yield from _tiled(rows, columns, strip)


def _between(start: Dab, end: Dab, share: float) -> Dab:
    return Dab(
        start.x + (end.x - start.x) * share,
        start.y + (end.y - start.y) * share,
        start.diameter + (end.diameter - start.diameter) * share,
    )


def _capsule(start: Dab, end: Dab, height: int, width: int) -> Iterator[Piece]:
    reach = max(start.diameter, end.diameter) / 2
    box = Box(
        max(floor(min(start.x, end.x) - reach), 0),
        max(floor(min(start.y, end.y) - reach), 0),
        min(ceil(max(start.x, end.x) + reach) + 1, width),
        min(ceil(max(start.y, end.y) + reach) + 1, height),
    )
    if box.left >= box.right or box.top >= box.bottom:
        return
    rows = np.arange(box.top, box.bottom)
    spans = [
        (
            np.clip(np.ceil(first - 0.5 - TINY), box.left, box.right).astype(np.int32),
            np.clip(np.floor(last + 0.5 + TINY), box.left, box.right).astype(np.int32),
        )
        for first, last in _spans(start, end, np.asarray(rows + 0.5, np.float64))
    ]
    if box.area > SMALL:
        for strip in _strips(box):
            here = slice(strip.top - box.top, strip.bottom - box.top)
            for first, beyond in spans:
                some = first[here] < beyond[here]
                turns = np.concatenate([first[here][some], beyond[here][some]])
                yield from _tiled(np.concatenate([rows[here][some]] * 2), turns, strip)
        return
    columns = np.arange(box.left, box.right, dtype=np.int32)[None, :]
    covered = np.zeros((box.bottom - box.top, box.right - box.left), np.bool_)
    for first, beyond in spans:
        covered |= (columns >= first[:, None]) & (columns < beyond[:, None])
    if min(start.diameter, end.diameter) < 2:  # any other covers the pixels of its way
        _mark_way(covered, box, start, end)
    yield box, covered


Span = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Where a shape begins and ends in each of some rows; nothing where the end comes first."""


def _spans(start: Dab, end: Dab, y: NDArray[np.float64]) -> list[Span]:
    """The brush at the start, at the end, and on the way, each cut off where the next one begins, at these heights."""
    length = hypot(end.x - start.x, end.y - start.y)
    if not length:
        return [_disc(start, y)]
    right, down = (end.x - start.x) / length, (end.y - start.y) / length
    ahead = down * (y - start.y) - right * start.x  # plus right * x: how far from the start on the way
    aside = -right * (y - start.y) - down * start.x  # plus down * x: how far from the way
    wider = (end.diameter - start.diameter) / 2 / length
    edges = [_cut(_cut((np.full_like(y, -np.inf), np.full_like(y, np.inf)), -right, -ahead), right, ahead - length)]
    for side in (1, -1):
        slope, offset = side * down - wider * right, side * aside - wider * ahead - start.diameter / 2
        edges.append(_cut(edges[-1], slope, offset))
    return [_cut(_disc(start, y), right, ahead), _cut(_disc(end, y), -right, length - ahead), edges[-1]]


def _disc(dab: Dab, y: NDArray[np.float64]) -> Span:
    squared = (dab.diameter / 2) ** 2 - (y - dab.y) ** 2
    half = np.where(squared >= 0, np.sqrt(np.maximum(squared, 0)), -1.0)
    return dab.x - half, dab.x + half


def _cut(span: Span, slope: float, offset: NDArray[np.float64]) -> Span:
    """What of it lies where slope * x + offset is 0 or less."""
    first, last = span
    if abs(slope) < TINY:
        return first, np.where(offset <= TINY, last, first - 1)
    bound = -offset / slope
    return (first, np.minimum(last, bound)) if slope > 0 else (np.maximum(first, bound), last)


def _strips(box: Box) -> Iterator[Box]:
    """The rows of tiles that a box lies in, cut off at its edges."""
    for top in range(box.top // TILE * TILE, box.bottom, TILE):
        yield Box(box.left, max(top, box.top), box.right, min(top + TILE, box.bottom))


def _tiled(rows: NDArray[np.intp], columns: NDArray[np.intp], box: Box) -> Iterator[Piece]:
    """What is covered in one of the strips of a box, where these are the places, from left to right, at which a row of
    pixels turns from open to covered or back; in tiles.
    """
    first = box.left // TILE
    count = -(-box.right // TILE) - first
    matters = columns < box.right
    row, column = rows[matters] - box.top, columns[matters]
    order = np.argsort(row.astype(np.uint8), kind="stable")  # few bits are sorted faster
    row, column = row[order], column[order]
    tile = column // TILE - first
    high = box.bottom - box.top
    turns = np.bincount(row * count + tile, minlength=high * count).reshape(-1, count)
    begins = ((np.cumsum(turns, axis=1) - turns) & 1).astype(np.bool_)
    for index in np.flatnonzero((turns > 0).any(axis=0) | begins.any(axis=0)).tolist():
        left, right = max((first + index) * TILE, box.left), min((first + index + 1) * TILE, box.right)
        here = np.flatnonzero(tile == index)
        if len(here) or not begins[:, index].all():
            covered = _turned(begins[:, index], turns[:, index], row[here], column[here] - left, right - left)
        else:
            covered = _WHOLE[:high, : right - left]
        yield Box(left, box.top, right, box.bottom), covered


_WHOLE = np.ones((TILE, TILE), np.bool_)


def _turned(
    begins: NDArray[np.bool_], turns: NDArray[np.intp], row: NDArray[np.intp], column: NDArray[np.intp], width: int
) -> NDArray[np.bool_]:
    """Pixels (h, w): how each row begins (h), how often it turns (h), and where: rows, in order, and columns."""
    most = int(turns.max())
    if most > FEW_TURNS:
        turned = np.zeros((len(begins), width), np.uint8)
        turned[:, 0] = begins
        np.bitwise_xor.at(turned.reshape(-1), row * width + column, 1)
        return np.bitwise_xor.accumulate(turned, axis=1).view(np.bool_)
    places = np.full((most, len(begins), 1), width, np.int16)
    places[np.arange(len(row)) - (np.cumsum(turns) - turns)[row], row, 0] = column
    covered = np.repeat(begins[:, None], width, axis=1)
    for place in places:
        covered ^= np.arange(width, dtype=np.int16) >= place
    return covered


def _mark_way(covered: NDArray[np.bool_], box: Box, start: Dab, end: Dab) -> None:
    """Mark the pixels that the way from start to end passes, a chain without gaps."""
    steps = max(1, ceil(2 * max(abs(end.x - start.x), abs(end.y - start.y))))
    xs = np.floor(np.linspace(start.x, end.x, steps + 1)).astype(int) - box.left
    ys = np.floor(np.linspace(start.y, end.y, steps + 1)).astype(int) - box.top
    inside = (xs >= 0) & (ys >= 0) & (xs < covered.shape[1]) & (ys < covered.shape[0])
    covered[ys[inside], xs[inside]] = True
