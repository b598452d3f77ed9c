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


def widened(view: View, mask: Mask, others: NDArray[np.bool_], most: float) -> Mask:
    """The mask (h, w) of some defects with as much of their rims as shows in the view (h, w, C), at most `most` pixels.

    Ring by ring, a pixel wide, each defect's difference from its surroundings is compared with that inside of it; it
    is widened by the rings that still show it. Where it does not stand out inside it is widened by one pixel, since
    nothing can be measured. `others` (h, w) is what is no surroundings: other defects, transparent pixels.
    """
    rings = int(most)
    if rings < 1 or not mask.any():
        return mask
    difference, known = _difference(view, mask, others, rings)
    distance, nearest = cv2.distanceTransformWithLabels(
        255 - mask, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_CCOMP
    )
    count = int(nearest.max()) + 1
    inside = (mask > 0) & known
    own = _means(difference[inside], nearest[inside], count)
    strength = (own**2).sum(1)
    shown = np.einsum("hwc,hwc->hw", difference, own[nearest]) / np.maximum(strength, 1e-9)[nearest]
    widths = np.zeros(count, np.int32)
    going = strength > 1e-5
    widths[~going] = 1
    for ring in range(1, rings + 1):
        here = (distance > ring - 1) & (distance <= ring) & known
        label, value = nearest[here], shown[here]
        pixels = np.bincount(label, minlength=count)
        mean = np.bincount(label, value, count) / np.maximum(pixels, 1)
        spread = np.bincount(label, value**2, count) / np.maximum(pixels, 1) - mean**2
        error = np.sqrt(np.maximum(spread, 0) / np.maximum(pixels, 1))
        going = going & (pixels > 0) & (mean > np.maximum(SHARE, ERRORS * error))
        widths[going] = ring
    return masks.binary((distance <= widths[nearest]) & ((mask > 0) | ~others))


def _difference(
    view: View, mask: Mask, others: NDArray[np.bool_], rings: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """What the view (h, w, C) differs by from the mean of its sound surroundings, and where there are any (h, w)."""
    usable = ~others & np.isfinite(view @ np.ones(view.shape[2], np.float32))
    sound = usable & (masks.grown(mask, rings + 1) == 0)
    clean = np.where(sound[..., None], view, np.float32(0))
    side = 2 * (rings + 5) + 1
    weight = cv2.blur(sound.astype(np.float32), (side, side), borderType=cv2.BORDER_REFLECT_101)
    sums = cv2.blur(clean, (side, side), borderType=cv2.BORDER_REFLECT_101).reshape(view.shape)
    known = usable & (weight > 0.02)
    mean = sums / np.maximum(weight, np.float32(1e-6))[..., None]
    return np.where(known[..., None], view - mean, np.float32(0)), known


def _means(values: NDArray[np.float32], labels: NDArray[Any], count: int) -> NDArray[np.float64]:
    """The mean of values (n, C) by label: (count, C)."""
    pixels = np.maximum(np.bincount(labels, minlength=count), 1)
    return np.stack([np.bincount(labels, values[:, c], count) / pixels for c in range(values.shape[1])], 1)
