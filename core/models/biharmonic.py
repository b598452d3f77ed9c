"""The biharmonic fill: the smoothest surface that continues values and slopes of the rim.

S. B. Damelin and N. S. Hoang, On surface completion and image inpainting by biharmonic functions, 2018, as
scikit-image has it. What it costs grows with more than the area of a hole, so wide holes are filled from coarse to
fine: their inside at half the resolution, then a band along the rim between that and the photo.
"""

from __future__ import annotations

import cv2
import numpy as np
from skimage.restoration import inpaint_biharmonic

from ..color import View
from ..photo import Mask
from .filling import Filler, filled_in_unit_range, one_by_one

WIDEST = 16.0
"""Pixels from the rim to the middle of a hole that is filled in one go."""
BAND = 10.0
"""Pixels along the rim of a wider hole that are filled at full resolution."""
SMALLEST = 8


def biharmonic_filler() -> Filler:
    """A filler for holes of any width; the radius has no meaning for it."""
    return one_by_one(lambda hole: filled_in_unit_range(filled, hole))


def filled(view: View, hole: Mask) -> View:
    """The view (h, w, C) with its hole (h, w) filled; values 0..1, a fill beyond them is cut."""
    if not hole.any() or hole.all():
        return view
    deep = np.asarray(cv2.distanceTransform(hole, cv2.DIST_L2, 3), np.float32)
    if deep.max() <= WIDEST or min(hole.shape) < 2 * SMALLEST:
        return _solved(view, hole)
    inside = deep > BAND
    guess = np.where(inside[..., None], _from_half(view, hole), view)
    return _solved(np.asarray(guess, np.float32), np.where(inside, np.uint8(0), hole))


def _solved(view: View, hole: Mask) -> View:
    return np.asarray(inpaint_biharmonic(view, hole > 0, channel_axis=-1, split_into_regions=True), np.float32)


def _from_half(view: View, hole: Mask) -> View:
    """The fill found at half the resolution, at full size."""
    height, width = hole.shape
    size = ((width + 1) // 2, (height + 1) // 2)
    known = np.asarray(hole == 0, np.float32)
    share = cv2.resize(known, size, interpolation=cv2.INTER_AREA)
    sums = cv2.resize(view * known[..., None], size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], -1)
    half = np.asarray(sums / np.maximum(share, 1e-6)[..., None], np.float32)
    coarse = filled(half, np.where(share > 0, np.uint8(0), np.uint8(255)))
    return np.asarray(
        cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR).reshape(view.shape), np.float32
    )
