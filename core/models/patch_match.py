"""Patches of the surroundings, laid together so that they fit: for holes too wide to be continued smoothly.

C. Barnes et al., PatchMatch: a randomized correspondence algorithm for structural image editing, 2009, as the library
patchmatch-cython has it, from coarse to fine. What that costs grows with the hole's area, so a large hole is matched at
a lower resolution; its patches are then laid in the photo's own, so that nothing of their detail is lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from patchmatch_cython import CythonSolver

from ..color import View
from ..photo import Box, Mask
from .biharmonic import filled
from .filling import Filler, Hole, one_by_one

PATCH = 7
"""Pixels along a side of a patch."""
AT_ONCE, LENGTH, LENGTHS = 28 * 1024, 512, 4
"""Pixels for which patches are sought at the finest resolution, at most, for each so many pixels that a hole is long or
wide, up to so many times."""
LARGEST = 8 * 1024 * 1024
"""Pixels among which they are sought, at most."""
ROUNDS = (3, 20)
"""Of matching and voting at a resolution, at least and at most."""
WORK = 96 * 1024
"""Patches sought at one resolution, in all rounds together: what is coarse is quick, and decides."""
SOURCES = 24
"""Whole patches that the coarsest resolution has left at least."""
SOME = 256 * 1024
"""Pixels for which patches are laid at once."""
BESIDE = range(-2, 3)
"""Rows and columns from a pixel to the patches that it is a mean of."""
SOFT = 1.5
"""Standard deviation, in pixels of the finest resolution matched, of their weights."""
BAND, SMOOTH = 16.0, 4.0
"""Pixels along the rim in which the fill's tone goes over to that of the surroundings, and in which it is smooth."""
TILE = 512
"""Pixels along a side of what is blended at once."""
SEED = 1
"""The same fill every time."""

Matches = NDArray[np.int32]
"""Column and row of the patch that fits each pixel's, (h, w, 2)."""


def patch_filler() -> Filler:
    """A filler for wide holes; the radius has no meaning for it."""
    return one_by_one(_fill)


def _fill(hole: Hole) -> View:
    asked = hole.asked
    if not asked.any() or hole.mask.all():
        return hole.view
    box = _around(asked, hole.mask)
    mask = hole.mask[box.rows, box.columns]
    values = np.nan_to_num(hole.view[box.rows, box.columns], nan=0.0, posinf=0.0, neginf=0.0)
    known = (mask == 0)[..., None]
    low = values.min(axis=(0, 1), initial=np.inf, where=known)
    high = values.max(axis=(0, 1), initial=-np.inf, where=known)
    scale = np.maximum(high - low, np.float32(1e-6)).max()
    values -= low  # in place: a hole across a whole scan is looked at in one piece
    values /= scale
    np.clip(values, 0, 1, out=values)
    fill = _patched(values, mask, asked[box.rows, box.columns])[mask > 0] * scale + low
    del values
    out = np.array(hole.view, np.float32)
    out[box.rows, box.columns][mask > 0] = fill
    return out


def _around(asked: NDArray[np.bool_], mask: Mask) -> Box:
    """What is looked at: the places asked for, and four times as much around them as the hole is deep there."""
    y, x = np.nonzero(asked)
    deep = float(_deep(mask)[asked].max())
    return Box(int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1).grown(
        int(4 * deep) + 4 * PATCH, *mask.shape
    )


def _deep(mask: Mask) -> NDArray[np.float32]:
    """Pixels from each of the hole's to what is known, (h, w)."""
    return np.asarray(cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_3), np.float32)


def _patched(values: View, mask: Mask, asked: NDArray[np.bool_]) -> View:
    """Values 0..1 (h, w, C), the hole filled.

    At the edges that are reached by what is asked for, which are the photo's, the view is mirrored, so that a torn
    corner has surroundings on all sides.
    """
    around = min(2 * int(np.ceil(_deep(mask).max())) + PATCH, *mask.shape)
    edges = [asked[0].any(), asked[-1].any(), asked[:, 0].any(), asked[:, -1].any()]
    top, bottom, left, right = (around * int(edge) for edge in edges)
    lengths = max(int(np.ptp(at)) + 1 for at in np.nonzero(asked)) // LENGTH
    most = AT_ONCE * min(max(lengths, 1), LENGTHS)
    levels = list(_levels(values, mask, ((top, bottom), (left, right)), most))
    if not levels:
        return filled(values, mask)
    return _blended(_laid(values, mask, levels[0], _matched(levels)), mask)


@dataclass(frozen=True)
class Level:
    """What is matched at one resolution: the view (h, w, C) and its hole (h, w), how many pixels of the photo lie along
    one here, the first row and column that are not mirrored, and the number of pixels that patches are sought for.
    """

    view: View
    hole: Mask
    factor: int
    top: int
    left: int
    sought: int

    def coarser(self, other: Level) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The rows (h, 1) and the columns (w,) of another level, of half the resolution, that are these."""
        rows = (np.arange(self.hole.shape[0]) - self.top) // 2 + other.top
        columns = (np.arange(self.hole.shape[1]) - self.left) // 2 + other.left
        height, width = other.hole.shape
        return np.clip(rows, 0, height - 1)[:, None], np.clip(columns, 0, width - 1)


def _levels(values: View, mask: Mask, mirrored: tuple[tuple[int, int], tuple[int, int]], most: int) -> Iterator[Level]:
    """From the finest resolution that is matched, at which at most so many pixels' patches are sought, on each at half
    of the one before, as long as enough whole patches are left; mirrored: how many pixels beyond the edges, above and
    below, left and right.
    """
    known = np.asarray(mask == 0, np.float32)
    view, factor = values, 1
    while True:
        pads = tuple((-(-before // factor), -(-behind // factor)) for before, behind in mirrored)
        hole = np.pad(np.where(known < 1, np.uint8(255), np.uint8(0)), pads, "symmetric")
        if min(hole.shape) < 2 * PATCH or np.count_nonzero(_whole(hole)) < SOURCES:
            return
        sought = int(np.count_nonzero(_touching(hole)))
        if sought <= most and hole.size <= LARGEST:
            yield Level(np.pad(view, (*pads, (0, 0)), "symmetric"), hole, factor, pads[0][0], pads[1][0], sought)
        even = tuple((0, length % 2) for length in known.shape)
        view = _halved(np.pad(view, (*even, (0, 0)), "edge")).reshape(-(-len(view) // 2), -1, view.shape[2])
        known = _halved(np.pad(known, even, "edge"))
        factor *= 2


def _halved(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.resize(values, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.float32)


def _touching(hole: Mask) -> Mask:
    """Whose patches touch the hole (h, w): not 0 there."""
    return np.asarray(cv2.dilate(hole, np.ones((PATCH, PATCH), np.uint8)), np.uint8)


def _whole(hole: Mask) -> NDArray[np.bool_]:
    """Whose patches lie in the view and outside of its hole, (h, w)."""
    touching = _touching(np.pad(hole, 1, constant_values=255))
    return np.asarray(touching[1:-1, 1:-1] == 0)


def _matched(levels: Sequence[Level]) -> Matches:
    """Where the patches of the hole come from, at the first and finest of the levels."""
    matches: Matches | None = None
    fill: View | None = None
    before = levels[-1]
    for level in reversed(levels):
        view = level.view
        if fill is not None:
            guess = cv2.resize(fill, level.hole.shape[::-1], interpolation=cv2.INTER_LINEAR).reshape(view.shape)
            view = np.where(level.hole[..., None] > 0, guess, view)
        solver = CythonSolver(view * np.float32(255), level.hole, PATCH)
        rounds = int(np.clip(WORK // level.sought, *ROUNDS))
        start = None if matches is None else _finer(matches, before, level)
        fill = solver(rounds, start is None, start, SEED) / np.float32(255)
        matches, before = np.asarray(solver.nnf), level
    assert matches is not None
    return matches


def _finer(matches: Matches, before: Level, level: Level) -> Matches:
    """The matches of the level before, as they are at twice its resolution."""
    rows, columns = level.coarser(before)
    out = 2 * (matches[rows, columns] - (before.left, before.top)) + (level.left, level.top)
    out[..., 0] += (np.arange(out.shape[1]) - level.left) % 2
    out[..., 1] += (np.arange(out.shape[0]) - level.top)[:, None] % 2
    return np.asarray(out, np.int32)


def _laid(values: View, mask: Mask, level: Level, matches: Matches) -> View:
    """The view (h, w, C) with the patches in its hole (h, w)."""
    y, x = np.nonzero(mask)
    out = np.array(values)
    for first in range(0, len(y), SOME):
        some = slice(first, first + SOME)
        out[y[some], x[some]] = _voted(values, mask, level, matches, y[some], x[some])
    return out


def _voted(values: View, mask: Mask, level: Level, matches: Matches, y: NDArray[np.intp], x: NDArray[np.intp]) -> View:
    """What n pixels of the hole, at y and x, are: each is the mean of what the patches around it show there, (n, C)."""
    (height, width), (rows, columns) = mask.shape, level.hole.shape
    row, column = y // level.factor, x // level.factor
    off_y, off_x = ((at + 0.5) / level.factor - 0.5 - of for at, of in ((y, row), (x, column)))
    sums = np.zeros((len(y), values.shape[2]), np.float32)
    weights = np.zeros(len(y), np.float32)
    flat = values.reshape(-1, values.shape[2])
    known = mask.reshape(-1) == 0
    for down in BESIDE:
        for right in BESIDE:
            to_row = np.clip(row + level.top + down, 0, rows - 1)
            to_column = np.clip(column + level.left + right, 0, columns - 1)
            match = matches[to_row, to_column]
            from_y = _folded(y + level.factor * (match[:, 1] - to_row), height)
            from_x = _folded(x + level.factor * (match[:, 0] - to_column), width)
            place = from_y * width + from_x
            away = (off_y - down) ** 2 + (off_x - right) ** 2
            weight = np.asarray(np.exp(away / (-2 * SOFT**2)) * known[place], np.float32)
            sums += weight[:, None] * flat[place]
            weights += weight
    return np.asarray(sums / np.maximum(weights, np.float32(1e-6))[:, None], np.float32)


def _folded(at: NDArray[np.intp], length: int) -> NDArray[np.intp]:
    """Indices, those beyond 0..length-1 mirrored back into it."""
    at = at % (2 * length)
    return np.minimum(at, 2 * length - 1 - at)


def _blended(laid: View, mask: Mask) -> View:
    """What was laid with the tone of the surroundings along the hole's rim, and beside them smooth: there a patch may
    show a part of something else.
    """
    deep = _deep(mask)
    out = np.array(laid)
    height, width = mask.shape
    for tile in Box(0, 0, width, height).squares(TILE):
        if mask[tile.rows, tile.columns].any():
            seen = tile.grown(int(2 * BAND) + 1, height, width)
            toned = _toned(laid[seen.rows, seen.columns], deep[seen.rows, seen.columns])
            out[tile.rows, tile.columns] = toned[tile.within(seen)]
    return out


def _toned(laid: View, deep: NDArray[np.float32]) -> View:
    """The same for a part of it (h, w, C); deep (h, w): pixels from each to what is known."""
    inside = np.asarray(deep > 0, np.float32)
    tone = _mean(laid, 1 - inside, BAND / 2) - _mean(laid, inside, BAND / 2)
    toned = laid + (np.clip(1 - deep / np.float32(BAND), 0, 1) * inside)[..., None] * tone
    smooth = (np.clip(1 - deep / np.float32(SMOOTH), 0, 1) * inside)[..., None]
    beside = _mean(laid, 1 - inside, SMOOTH / 3)
    return np.asarray(np.clip(toned * (1 - smooth) + beside * smooth, 0, 1), np.float32)


def _mean(values: View, weights: NDArray[np.float32], deviation: float) -> View:
    """Of the values (h, w, C) around each pixel, weighted (h, w)."""
    sums = cv2.GaussianBlur(values * weights[..., None], (0, 0), deviation).reshape(values.shape)
    shares = cv2.GaussianBlur(weights, (0, 0), deviation)
    return np.asarray(sums / np.maximum(shares, np.float32(1e-6))[..., None], np.float32)
