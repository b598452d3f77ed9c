"""How far a defect reaches beyond its mask: its rim is soft, and what is left of it shows around a fill."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from . import mask as masks
from .color import View
from .photo import Mask

SHARE = 0.15
"""Of a defect's own difference from its surroundings that a ring of its rim must show to belong to it."""
ERRORS = 2.0
"""Standard errors by which a ring's share must lie above zero."""
UNEASE = 4.0
"""Times the surroundings' own unevenness from which on a ring belongs to the defect, whatever its sign: beside a dark
crack there may be a bright ridge."""
MARGIN = 1
"""Pixels beyond the last ring that shows: sharpening and JPEG carry a defect's colour further than can be measured."""
UNMEASURED = 2
"""Pixels by which a part is widened that does not stand out, or has no sound surroundings to be measured against."""
CELL = 64
"""Pixels along a side of the parts of a mask that are measured each by itself: a long crack crosses light and dark."""


def widened(view: View, mask: Mask, others: NDArray[np.bool_], most: float) -> Mask:
    """The mask (h, w) of some defects with as much of their rims as shows in the view (h, w, C), at most `most` pixels.

    Ring by ring, a pixel wide, a part's difference from its surroundings is compared with that inside of it and with
    the unevenness of the surroundings; it is widened by the rings that still show it and a margin. `others` (h, w) is
    what is no surroundings: other defects, transparent pixels.
    """
    rings = int(most)
    if rings < 1 or not mask.any():
        return mask
    difference, known = _difference(view, mask, others, rings)
    distance, part, count = _nearest_parts(mask)
    inside = (mask > 0) & known
    own = _means(difference[inside], part[inside], count)
    strength = (own**2).sum(1)
    shown = np.einsum("hwc,hwc->hw", difference, own[part]) / np.maximum(strength, 1e-9)[part]
    power = np.einsum("hwc,hwc->hw", difference, difference)
    around = (distance > rings + 1) & (distance <= rings + 5) & known
    calm = _means(power[around][:, None], part[around], count)[:, 0] + 1e-5
    widths = np.zeros(count, np.int32)
    going = strength > 1e-5
    for ring in range(1, rings + 1):
        here = (distance > ring - 1) & (distance <= ring) & known
        label, value = part[here], shown[here]
        pixels = np.bincount(label, minlength=count)
        mean = np.bincount(label, value, count) / np.maximum(pixels, 1)
        spread = np.bincount(label, value**2, count) / np.maximum(pixels, 1) - mean**2
        error = np.sqrt(np.maximum(spread, 0) / np.maximum(pixels, 1))
        uneasy = _means(power[here][:, None], label, count)[:, 0] > UNEASE * calm
        going = going & (pixels > 0) & (uneasy | (mean > np.maximum(SHARE, ERRORS * error)))
        widths[going] = ring
    widths = np.minimum(np.maximum(widths + MARGIN, UNMEASURED * (strength <= 1e-5)), rings)
    return masks.binary((distance <= widths[part]) & ((mask > 0) | ~others))


def _nearest_parts(mask: Mask) -> tuple[NDArray[np.float32], NDArray[np.int32], int]:
    """Each pixel's distance to the mask, the number of the mask's part nearest to it (h, w), and how many there are."""
    distance, nearest = cv2.distanceTransformWithLabels(
        255 - mask, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    y, x = np.nonzero(mask)
    cells = (y // CELL) * (mask.shape[1] // CELL + 1) + x // CELL
    numbers, of_marked = np.unique(cells, return_inverse=True)
    of_label = np.zeros(int(nearest.max()) + 1, np.int32)
    of_label[nearest[y, x]] = of_marked
    return np.asarray(distance, np.float32), of_label[nearest], len(numbers)


def _difference(
    view: View, mask: Mask, others: NDArray[np.bool_], rings: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """What the view (h, w, C) differs by from the mean of its sound surroundings, and where there are any (h, w)."""
    usable = ~others & np.isfinite(view @ np.ones(view.shape[2], np.float32))
    sound = usable & (masks.grown(mask, rings + 1) == 0)
    clean = np.where(sound[..., None], view, np.float32(0))
    side = 2 * (rings + 9) + 1
    weight = cv2.blur(sound.astype(np.float32), (side, side), borderType=cv2.BORDER_REFLECT_101)
    sums = cv2.blur(clean, (side, side), borderType=cv2.BORDER_REFLECT_101).reshape(view.shape)
    known = usable & (weight > 0.01)
    mean = sums / np.maximum(weight, np.float32(1e-6))[..., None]
    return np.where(known[..., None], view - mean, np.float32(0)), known


def _means(values: NDArray[np.float32], labels: NDArray[Any], count: int) -> NDArray[np.float64]:
    """The mean of values (n, C) by label: (count, C)."""
    pixels = np.maximum(np.bincount(labels, minlength=count), 1)
    return np.stack([np.bincount(labels, values[:, c], count) / pixels for c in range(values.shape[1])], 1)
