"""The biharmonic fill: the smoothest surface that continues values and slopes of the rim.

S. B. Damelin and N. S. Hoang, On surface completion and image inpainting by biharmonic functions, 2018: in the hole
the Laplacian of the Laplacian is zero, and the view is mirrored at its edges. These are scikit-image's equations, but
symmetric as they are, all of a view at once, and without Python's lock. What it costs grows with more than the area of
a hole, so wide holes are filled from coarse to fine: their inside at half the resolution, then a band along the rim
between that and the photo.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array
from scipy.sparse.linalg import splu

from ..color import View
from ..photo import Mask
from .filling import Filler, filled_in_unit_range, one_by_one

WIDEST = 16.0
"""Pixels from the rim to the middle of a hole that is filled in one go."""
BAND = 10.0
"""Pixels along the rim of a wider hole that are filled at full resolution."""
SMALLEST = 8
BESIDE = ((0, 1), (1, 0))
DIAGONAL = ((1, 1), (1, -1))
BEYOND = ((0, 2), (2, 0))
"""Rows and columns from a pixel to those which its equation has a part for; the other half lies opposite."""
KNOWN, OUTSIDE = -1, -2


def biharmonic_filler() -> Filler:
    """A filler for holes of any width; the radius has no meaning for it."""
    return one_by_one(lambda hole: filled_in_unit_range(lambda view, mask: filled(view, mask, hole.asked), hole))


def filled(view: View, hole: Mask, wanted: NDArray[np.bool_] | None = None) -> View:
    """The view (h, w, C) with its hole (h, w) filled, or those parts of the hole that are wanted somewhere; values
    0..1, a fill beyond them is cut.
    """
    if hole.all():
        return view
    parts = hole if wanted is None else _parts(hole, wanted)
    if not parts.any():
        return view
    deep = np.asarray(cv2.distanceTransform(parts, cv2.DIST_L2, 3), np.float32)
    if deep.max() <= WIDEST or min(hole.shape) < 2 * SMALLEST:
        return _solved(view, hole, parts)
    inside = deep > BAND
    guess = np.asarray(np.where(inside[..., None], _from_half(view, hole, parts), view), np.float32)
    return _solved(guess, np.where(inside, np.uint8(0), hole), np.where(inside, np.uint8(0), parts))


def _parts(hole: Mask, wanted: NDArray[np.bool_]) -> Mask:
    """The parts of a hole (h, w) that are wanted somewhere; what shares an equation is one part."""
    _total, labels = cv2.connectedComponents(cv2.dilate(hole, np.ones((3, 3), np.uint8)))
    asked = np.zeros(int(labels.max()) + 1, np.bool_)
    asked[labels[wanted & (hole > 0)]] = True
    return hole if asked[1:].all() else np.where(asked[labels], hole, np.uint8(0))


def _solved(view: View, hole: Mask, parts: Mask) -> View:
    """The view with the solution for some parts of its hole (h, w), cut to the range of what is known."""
    y, x = np.nonzero(parts)
    matrix, sums = _equations(view, parts, y, x)
    options = {"SymmetricMode": True, "Equil": False}
    fill = splu(matrix, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=options).solve(sums)
    out = np.array(view, np.float32)
    known = np.where(hole > 0, np.uint8(0), np.uint8(255))
    for channel in range(view.shape[2]):
        low, high, _low_at, _high_at = cv2.minMaxLoc(out[..., channel].copy(), known)
        out[y, x, channel] = np.clip(fill[:, channel], low, high)
    return out


def _equations(
    view: View, hole: Mask, y: NDArray[np.intp], x: NDArray[np.intp]
) -> tuple[csc_array, NDArray[np.float64]]:
    """The matrix (n, n) of the hole's n pixels, at y and x, and the right-hand side (n, C) from what is known.

    The Laplacian with mirrored edges is W - D: W says which pixels lie side by side, D how many lie beside each. Its
    square is D² + W² - DW - WD.
    """
    height, width = hole.shape
    count = np.arange(len(y), dtype=np.int32)
    number = np.pad(np.full(hole.shape, KNOWN, np.int32), 2, constant_values=OUTSIDE)
    number[y + 2, x + 2] = count
    beside = 4.0 - (y == 0) - (y == height - 1) - (x == 0) - (x == width - 1)
    rows, columns, values = [count], [count], [beside * beside + beside]
    sums = np.zeros((len(y), view.shape[2]))
    for offsets in (BESIDE, DIAGONAL, BEYOND):
        for down, right in (*offsets, *((-down, -right) for down, right in offsets)):
            to_y, to_x = y + down, x + right
            if offsets is BESIDE:
                there = 4.0 - (to_y == 0) - (to_y == height - 1) - (to_x == 0) - (to_x == width - 1)
                part = -(beside + there)
            else:
                part = np.full(len(y), 2.0 if offsets is DIAGONAL else 1.0)
            other = number[to_y + 2, to_x + 2]
            known, unknown = np.flatnonzero(other == KNOWN), np.flatnonzero(other >= 0)
            sums[known] -= part[known, None] * view[to_y[known], to_x[known]]
            rows.append(count[unknown])
            columns.append(other[unknown])
            values.append(part[unknown])
    entries = np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))
    return csc_array(entries, shape=(len(y), len(y))), sums


def _from_half(view: View, hole: Mask, parts: Mask) -> View:
    """The fill of some parts of the hole, found at half the resolution, at full size."""
    height, width = hole.shape
    size = ((width + 1) // 2, (height + 1) // 2)
    known = np.asarray(hole == 0, np.float32)
    share = cv2.resize(known, size, interpolation=cv2.INTER_AREA)
    sums = cv2.resize(view * known[..., None], size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], -1)
    half = np.asarray(sums / np.maximum(share, 1e-6)[..., None], np.float32)
    asked = cv2.resize(parts, size, interpolation=cv2.INTER_AREA) > 0
    coarse = filled(half, np.where(share > 0, np.uint8(0), np.uint8(255)), asked)
    return np.asarray(
        cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR).reshape(view.shape), np.float32
    )
