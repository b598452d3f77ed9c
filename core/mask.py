"""Operations on masks: (H, W) uint8, 255 where damage is, 0 elsewhere. Distances are Euclidean, in pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .failures import WrongInput
from .photo import Box, Mask
from .translation import _

PRECISE = cv2.DIST_MASK_PRECISE
CELL = 512
"""Pixels; a defect that is wider or higher is cut for the filling."""
BROAD = 12.0
"""Pixels from its rim to its middle from which on a defect is not cut: two fills of it would not fit together."""
UNCUT = 24 * 1024 * 1024
"""Pixels of what is left in one piece for that, at most."""


def binary(values: NDArray[Any]) -> Mask:
    """A mask from an 8-bit picture, True/False, or a mask layer's RGBA.

    (H, W): marked from 128 on. (H, W, 4) uint8: marked where alpha and the brightest channel are both at least half.
    """
    if values.dtype == np.bool_:
        marked = values
    elif values.ndim == 3:
        marked = (values[..., 3] >= 128) & (values[..., :3].max(axis=2) >= 128)
    else:
        marked = values >= 128
    return np.where(marked, np.uint8(255), np.uint8(0))


def check_size(mask: Mask, height: int, width: int) -> None:
    """WrongInput with one sentence where the mask is not of the photo's size."""
    if mask.shape != (height, width):
        raise WrongInput(
            _("The mask has {w} × {h} pixels, the photo {W} × {H}. Choose a mask of the photo's size.").format(
                w=mask.shape[1], h=mask.shape[0], W=width, H=height
            )
        )


def grown(mask: Mask, by: float) -> Mask:
    """The mask with everything within `by` pixels of it."""
    if by < 1 or not mask.any():
        return mask
    return binary(distance_to(mask) <= by)


def distance_to(mask: Mask) -> NDArray[np.float32]:
    """Each pixel's distance to the nearest marked pixel, (H, W); 0 on marked ones, infinite where nothing is marked."""
    if not mask.any():
        return np.full(mask.shape, np.inf, np.float32)
    return np.asarray(cv2.distanceTransform(255 - mask, cv2.DIST_L2, PRECISE), np.float32)


def opacity(mask: Mask, feather: float) -> NDArray[np.float32]:
    """1 on the mask, falling to 0 over `feather` pixels around it: (H, W) float32; exactly 0 beyond."""
    if feather < 1:
        return (mask > 0).astype(np.float32)
    distance = distance_to(mask)
    return np.where(distance <= feather, 1 - distance / np.float32(feather + 1), 0).astype(np.float32)


def count(mask: Mask) -> int:
    """How many separate defects the mask marks (8-connected)."""
    return int(cv2.connectedComponents(mask, connectivity=8)[0]) - 1


def labelled(mask: Mask) -> NDArray[np.int32]:
    """Labels (H, W) of the defects (8-connected), 0 = none."""
    return np.asarray(cv2.connectedComponents(mask, connectivity=8)[1], np.int32)


def diameters(mask: Mask) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Labels (H, W) of the defects, 0 = none, and by label the diameter of the largest circle inside, in pixels.

    A line of one pixel has diameter 1, of three pixels 3.
    """
    total, found = cv2.connectedComponents(mask, connectivity=8)
    labels = np.asarray(found, np.int32)
    padded = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    inside = np.asarray(cv2.distanceTransform(padded, cv2.DIST_L2, PRECISE)[1:-1, 1:-1], np.float32)
    radius = np.zeros(total, np.float32)
    for top in range(0, len(mask), CELL):  # in strips: NumPy lets no other thread run meanwhile
        rows = slice(top, top + CELL)
        marked = mask[rows] > 0
        np.maximum.at(radius, labels[rows][marked], inside[rows][marked])
    return labels, np.maximum(2 * radius - 1, 0)


def within_sizes(mask: Mask, smallest: float, largest: float) -> Mask:
    """The defects whose diameter is at least `smallest` and, unless `largest` is 0, at most `largest`."""
    if smallest <= 1 and largest <= 0:
        return mask
    labels, diameter = diameters(mask)
    kept = diameter >= smallest
    if largest > 0:
        kept &= diameter <= largest
    kept[0] = False
    return binary(kept[labels])


@dataclass(frozen=True)
class Window:
    """A part of a mask that can be filled by itself: outer is what the filling has to see, inner what it answers for.

    mask is the part's own mask inside of outer; what other parts mark there is not in it.
    """

    outer: Box
    inner: Box
    mask: Mask


def windows(mask: Mask, reach: int, region: Box | None = None) -> list[Window]:
    """The mask in parts that do not influence each other; with a region, those of them that answer for some of it.

    Defects further than `reach` pixels apart are parts of their own. Where defects are crowded or large they are cut
    into cells; each sees so much around it that its filling is the same as if there were no cut: a fill's influence
    along a defect ends within its thickness and the reach (measured, for Telea and Navier-Stokes: tests/core). What is
    broad is not cut, since it is not continued but invented.
    """
    if not mask.any():
        return []
    height, width = mask.shape
    asked = region or Box(0, 0, width, height)
    near = cv2.dilate(mask, np.ones((reach + 1, reach + 1), np.uint8))
    _total, found, stats, _centres = cv2.connectedComponentsWithStats(near, connectivity=8)
    labels = np.asarray(found, np.int32)
    boxes = [Box(x, y, x + w, y + h).grown(reach, height, width) for x, y, w, h in stats[1:, :4].tolist()]
    if sum(box.area for box in boxes) > height * width:
        return _cells(mask, Box(0, 0, width, height), reach, asked)
    parts = []
    for label, box in enumerate(boxes, start=1):
        if not box.meets(asked):
            continue
        inside = (box.rows, box.columns)
        own = np.where(labels[inside] == label, mask[inside], np.uint8(0))
        parts.extend(_cells(own, box, reach, asked))
    return parts


def _cells(own: Mask, box: Box, reach: int, asked: Box) -> list[Window]:
    """The windows of one part: one where its box is small, else one for each cell of the box in which it marks, and for
    cells together that what is broad reaches across.

    How it is cut does not depend on what is asked for; cells that do not meet that are left out.
    """
    height, width = own.shape
    if max(height, width) <= CELL:
        return [Window(box, box, own)]
    deep = np.asarray(cv2.distanceTransform(own, cv2.DIST_L2, PRECISE), np.float32)
    thickest = float(deep.max())
    margin = 2 * (reach + int(np.ceil(thickest)))
    size = max(CELL, 4 * margin)
    uncut = _uncut(deep, reach, size) if thickest > BROAD else []
    whole = Box(0, 0, width, height)
    cells = []
    for inner in [*uncut, *(cell for cell in whole.squares(size) if not any(cell.meets(other) for other in uncut))]:
        if not inner.moved(box.left, box.top).meets(asked):
            continue
        outer = inner.grown(margin, height, width)
        marked = own[outer.rows, outer.columns]
        if marked.any():
            cells.append(Window(outer.moved(box.left, box.top), inner.moved(box.left, box.top), marked))
    return cells


def _uncut(deep: NDArray[np.float32], reach: int, size: int) -> list[Box]:
    """Boxes of whole cells of this size, apart from each other, each with all of what is broad that reaches into it.

    deep (h, w): how far in a defect each pixel lies.
    """
    height, width = deep.shape
    stats = cv2.connectedComponentsWithStats(binary(deep > BROAD), connectivity=8)[2]
    by = int(BROAD) + reach
    found: list[Box] = []
    for x, y, w, h in stats[1:, :4].tolist():
        near = Box(x, y, x + w, y + h).grown(by, height, width)
        right, bottom = (-(-end // size) * size for end in (near.right, near.bottom))
        hull = Box(near.left // size * size, near.top // size * size, min(right, width), min(bottom, height))
        while meeting := [other for other in found if other.meets(hull)]:
            hull = hull.around(*meeting)
            found = [other for other in found if other not in meeting]
        found.append(hull)
    return [box for box in found if box.area <= UNCUT]
