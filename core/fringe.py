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
SURROUNDINGS = 5
"""Pixels beyond the widest rim; there, but for the first of them, the surroundings are measured."""
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
    distance, near, part, count = _nearest_parts(mask, rings + SURROUNDINGS)
    difference, known = _difference(view, mask, others, rings, near)
    inside = (distance == 0) & known
    own = _means(difference[inside], part[inside], count)
    strength = (own**2).sum(1)
    shown = np.einsum("nc,nc->n", difference, own[part]) / np.maximum(strength, 1e-9)[part]
    power = np.einsum("nc,nc->n", difference, difference)
    around = (distance > rings + 1) & known
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
    wide = np.zeros(mask.size, np.bool_)
    wide[near[distance <= widths[part]]] = True
    return masks.binary(wide.reshape(mask.shape) & ((mask > 0) | ~others))


def _nearest_parts(mask: Mask, reach: float) -> tuple[NDArray[np.float32], NDArray[np.intp], NDArray[np.int32], int]:
    """Of the n pixels within reach of the mask, row by row: their distances to it, where they are in the mask laid out
    flat, and the number of its part nearest to each, (n,) all three; then how many parts there are.
    """
    found, nearest = cv2.distanceTransformWithLabels(
        255 - mask, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    distance = np.asarray(found, np.float32).ravel()
    y, x = np.nonzero(mask)
    cells = (y // CELL) * (mask.shape[1] // CELL + 1) + x // CELL
    numbers, of_marked = np.unique(cells, return_inverse=True)
    of_label = np.zeros(int(nearest.max()) + 1, np.int32)
    of_label[nearest[y, x]] = of_marked
    near = np.flatnonzero(distance <= reach)
    return distance[near], near, of_label[nearest.ravel()[near]], len(numbers)


def _difference(
    view: View, mask: Mask, others: NDArray[np.bool_], rings: int, places: NDArray[np.intp]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """What the view (h, w, C) differs by from the mean of its sound surroundings, (n, C), at n places of it laid out
    flat, and whether there are any, (n,).
    """
    usable = ~others & np.isfinite(view @ np.ones(view.shape[2], np.float32))
    sound = usable & (masks.grown(mask, rings + 1) == 0)
    clean = np.where(sound[..., None], view, np.float32(0))
    side = 2 * (rings + 9) + 1
    weight = cv2.blur(sound.astype(np.float32), (side, side), borderType=cv2.BORDER_REFLECT_101).ravel()[places]
    sums = cv2.blur(clean, (side, side), borderType=cv2.BORDER_REFLECT_101).reshape(-1, view.shape[2])[places]
    known = usable.ravel()[places] & (weight > 0.01)
    mean = sums / np.maximum(weight, np.float32(1e-6))[:, None]
    seen = view.reshape(-1, view.shape[2])[places]
    return np.where(known[:, None], seen - mean, np.float32(0)), known


def _means(values: NDArray[np.float32], labels: NDArray[Any], count: int) -> NDArray[np.float64]:
    """The mean of values (n, C) by label: (count, C)."""
    pixels = np.maximum(np.bincount(labels, minlength=count), 1)
    return np.stack([np.bincount(labels, values[:, c], count) / pixels for c in range(values.shape[1])], 1)
