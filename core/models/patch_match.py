"""Patches of the surroundings, laid together so that they fit: for holes too wide to be continued smoothly.

C. Barnes et al., PatchMatch: a randomized correspondence algorithm for structural image editing, 2009, as the library
patchmatch-cython has it: from coarse to fine, the seam blended.
"""

from __future__ import annotations

import cv2
import numpy as np
from patchmatch_cython import inpaint_pyramid

from ..color import View
from ..photo import Mask
from .biharmonic import filled
from .filling import Filler, Hole, one_by_one

PATCH = 7
"""Pixels along a side of a patch."""
ROUNDS = 2
"""Of matching and voting on each level."""
LONGEST = 640
"""Pixels along the longer side of what is matched at once; a larger part is matched at a lower resolution."""
SEED = 1
"""The same fill every time."""


def patch_filler() -> Filler:
    """A filler for wide holes; the radius has no meaning for it."""
    return one_by_one(_fill)


def _fill(hole: Hole) -> View:
    finite = np.nan_to_num(hole.view, nan=0.0, posinf=0.0, neginf=0.0)
    known = finite[hole.mask == 0]
    low, high = known.min(axis=0), known.max(axis=0)
    scale = np.maximum(high - low, np.float32(1e-6)).max()
    values = np.clip((finite - low) / scale, 0, 1)
    return np.where(hole.mask[..., None] > 0, _matched(values, hole.mask) * scale + low, hole.view).astype(np.float32)


def _matched(values: View, mask: Mask) -> View:
    """Values 0..1 (h, w, C) with the hole filled, at LONGEST pixels or less."""
    height, width = mask.shape
    factor = max(height, width) / LONGEST
    if factor <= 1:
        return _patched(values, mask)
    size = (max(round(width / factor), 1), max(round(height / factor), 1))
    small = cv2.resize(values, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], -1)
    hole = np.where(cv2.resize(mask, size, interpolation=cv2.INTER_AREA) > 0, np.uint8(255), np.uint8(0))
    if hole.all():
        return filled(values, mask)
    large = cv2.resize(_patched(np.asarray(small, np.float32), hole), (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(large, np.float32).reshape(values.shape)


def _patched(values: View, mask: Mask) -> View:
    """Values 0..1 (h, w, C), the hole filled with 8 bits' depth of the range.

    At the photo's edge it is mirrored, so that a torn corner has surroundings on all sides.
    """
    deep = int(
        np.ceil(cv2.distanceTransform(cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_REPLICATE), cv2.DIST_L2, 3).max())
    )
    around = min(2 * deep + PATCH, *mask.shape)
    edges = [mask[0].any(), mask[-1].any(), mask[:, 0].any(), mask[:, -1].any()]
    top, bottom, left, right = (around * bool(edge) for edge in edges)
    seen = np.pad(values, ((top, bottom), (left, right), (0, 0)), "symmetric")
    hole = np.pad(mask, ((top, bottom), (left, right)), "symmetric") > 0
    try:
        made = inpaint_pyramid(seen * np.float32(255), hole, PATCH, seed=SEED, em_loops=ROUNDS)
    except ValueError:  # not one whole patch is left, on the coarsest level or on all
        return filled(values, mask)
    inside = made[top : top + mask.shape[0], left : left + mask.shape[1]].reshape(values.shape)
    return np.asarray(inside, np.float32) / np.float32(255)
