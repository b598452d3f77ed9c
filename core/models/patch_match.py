"""Patches of the surroundings, laid together so that they fit: for holes too wide to be continued smoothly.

C. Barnes et al., PatchMatch: a randomized correspondence algorithm for structural image editing, 2009, as the library
patchmatch-cython has it, from coarse to fine. What that costs grows with the hole's area, so a large hole is matched at
a lower resolution; its patches are then laid in the photo's own, so that nothing of their detail is lost.
"""

from __future__ import annotations

from collections.abc import Iterator

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
AT_ONCE = 28 * 1024
"""Pixels for which patches are sought at the finest resolution, at most."""
ROUNDS = (3, 20)
"""Of matching and voting at a resolution, at least and at most."""
WORK = 96 * 1024
"""Patches sought at one resolution, in all rounds together: what is coarse is quick, and decides."""
SOURCES = 24
"""Whole patches that the coarsest resolution has left at least."""
BESIDE = range(-2, 3)
"""Rows and columns from a pixel to the patches that it is a mean of."""
SOFT = 1.5
"""Standard deviation, in pixels of the finest resolution matched, of their weights."""
BAND, SMOOTH = 16.0, 4.0
"""Pixels along the rim in which the fill's tone goes over to that of the surroundings, and in which it is smooth."""
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
    finite = np.nan_to_num(hole.view[box.rows, box.columns], nan=0.0, posinf=0.0, neginf=0.0)
    known = finite[mask == 0]
    low, high = known.min(axis=0), known.max(axis=0)
    scale = np.maximum(high - low, np.float32(1e-6)).max()
    values = np.clip((finite - low) / scale, 0, 1)
    fill = _patched(values, mask, asked[box.rows, box.columns]) * scale + low
    out = np.array(hole.view, np.float32)
    out[box.rows, box.columns][mask > 0] = fill[mask > 0]
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
    top, bottom, left, right = (around * bool(edge) for edge in edges)
    seen = np.pad(values, ((top, bottom), (left, right), (0, 0)), "symmetric")
    hole = np.pad(mask, ((top, bottom), (left, right)), "symmetric")
    found = _matched(seen, hole)
    if found is None:
        return filled(values, mask)
    matches, factor = found
    inner = Box(left, top, left + mask.shape[1], top + mask.shape[0])
    return _blended(_laid(seen, hole, matches, factor, inner), values, mask)


def _matched(values: View, mask: Mask) -> tuple[Matches, int] | None:
    """Where the patches of the hole (h, w) come from, at the finest resolution that is matched, and how many pixels lie
    along one of that; None where not enough whole patches are left anywhere.
    """
    levels = list(_pyramid(values, mask))
    if not levels:
        return None
    sought = [int(np.count_nonzero(_touching(hole))) for _view, hole in levels]
    finest = next((level for level, count in enumerate(sought) if count <= AT_ONCE), len(levels) - 1)
    matches: Matches | None = None
    previous: View | None = None
    for level in range(len(levels) - 1, finest - 1, -1):
        view, hole = levels[level]
        if previous is not None:
            guess = cv2.resize(previous, hole.shape[::-1], interpolation=cv2.INTER_LINEAR).reshape(view.shape)
            view = np.where(hole[..., None] > 0, guess, view)
        rounds = int(np.clip(WORK // sought[level], *ROUNDS))
        solver = CythonSolver(view * np.float32(255), hole, PATCH)
        start = None if matches is None else _finer(matches, hole.shape)
        previous = solver(rounds, start is None, start, SEED) / np.float32(255)
        matches = np.asarray(solver.nnf)
    assert matches is not None
    return matches, 2**finest


def _pyramid(values: View, mask: Mask) -> Iterator[tuple[View, Mask]]:
    """The view and its hole, then at half the size and so on, as long as there are enough whole patches."""
    known = np.asarray(mask == 0, np.float32)
    view = values
    while np.count_nonzero(_whole(hole := np.where(known < 1, np.uint8(255), np.uint8(0)))) >= SOURCES:
        yield view, hole
        height, width = ((length + 1) // 2 for length in known.shape)
        if min(height, width) < 2 * PATCH:
            return
        even = ((0, 2 * height - known.shape[0]), (0, 2 * width - known.shape[1]))
        view = _halved(np.pad(view, (*even, (0, 0)), "edge")).reshape(height, width, -1)
        known = _halved(np.pad(known, even, "edge"))


def _halved(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.resize(values, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.float32)


def _touching(hole: Mask) -> Mask:
    """Whose patches touch the hole (h, w): not 0 there."""
    return np.asarray(cv2.dilate(hole, np.ones((PATCH, PATCH), np.uint8)), np.uint8)


def _whole(hole: Mask) -> NDArray[np.bool_]:
    """Whose patches lie in the view and outside of its hole, (h, w)."""
    touching = _touching(np.pad(hole, 1, constant_values=255))
    return np.asarray(touching[1:-1, 1:-1] == 0)


def _finer(matches: Matches, shape: tuple[int, ...]) -> Matches:
    """The same matches at twice the resolution."""
    rows, columns = np.arange(shape[0]), np.arange(shape[1])
    out = 2 * matches[rows[:, None] // 2, columns // 2]
    out[..., 0] += columns % 2
    out[..., 1] += rows[:, None] % 2
    return out


def _laid(values: View, mask: Mask, matches: Matches, factor: int, inner: Box) -> View:
    """The inner part of a view (h, w, C) with the patches in its hole (h, w): each pixel is the mean of what those
    around it show there.
    """
    height, width = mask.shape
    y, x = np.nonzero(mask[inner.rows, inner.columns])
    y, x = y + inner.top, x + inner.left
    row, column = y // factor, x // factor
    off_y, off_x = ((at + 0.5) / factor - 0.5 - of for at, of in ((y, row), (x, column)))
    sums = np.zeros((len(y), values.shape[2]), np.float32)
    weights = np.zeros(len(y), np.float32)
    flat = values.reshape(-1, values.shape[2])
    unknown = mask.reshape(-1) > 0
    for down in BESIDE:
        for right in BESIDE:
            to_row = np.clip(row + down, 0, matches.shape[0] - 1)
            to_column = np.clip(column + right, 0, matches.shape[1] - 1)
            match = matches[to_row, to_column]
            from_y = y + factor * (match[:, 1] - to_row)
            from_x = x + factor * (match[:, 0] - to_column)
            away = (off_y - down) ** 2 + (off_x - right) ** 2
            place = np.clip(from_y, 0, height - 1) * width + np.clip(from_x, 0, width - 1)
            weight = np.asarray(np.exp(away / (-2 * SOFT**2)) * ~unknown[place], np.float32)
            sums += weight[:, None] * flat[place]
            weights += weight
    out = np.array(values[inner.rows, inner.columns], np.float32)
    out[y - inner.top, x - inner.left] = sums / np.maximum(weights, np.float32(1e-6))[:, None]
    return out


def _blended(fill: View, values: View, mask: Mask) -> View:
    """The fill with the tone of the surroundings along its rim, and beside them smooth: there a patch may show a part
    of something else.
    """
    deep = _deep(mask)
    inside = np.asarray(mask > 0, np.float32)
    tone = _mean(values, 1 - inside, BAND / 2) - _mean(fill, inside, BAND / 2)
    toned = fill + (np.clip(1 - deep / np.float32(BAND), 0, 1) * inside)[..., None] * tone
    smooth = (np.clip(1 - deep / np.float32(SMOOTH), 0, 1) * inside)[..., None]
    beside = _mean(values, 1 - inside, SMOOTH / 3)
    return np.asarray(np.clip(toned * (1 - smooth) + beside * smooth, 0, 1), np.float32)


def _mean(values: View, weights: NDArray[np.float32], deviation: float) -> View:
    """Of the values (h, w, C) around each pixel, weighted (h, w)."""
    sums = cv2.GaussianBlur(values * weights[..., None], (0, 0), deviation).reshape(values.shape)
    shares = cv2.GaussianBlur(weights, (0, 0), deviation)
    return np.asarray(sums / np.maximum(shares, np.float32(1e-6))[..., None], np.float32)
