"""Kinds of defects: brighter or darker than their surroundings; lines, spots or areas. Nothing here needs a network."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from . import mask as masks
from .color import to_view
from .photo import Mask, Photo
from .tools import SHAPES, TONES

RING = (2.0, 6.0)
"""Pixels from a defect: what lies further than the first, its soft rim, and up to the second are its surroundings."""
LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""ITU-R BT.709."""
SLENDER = np.pi
"""A line marks fewer pixels than this many times its spread squared: a straight one is four times as long as thick."""
LARGE = 0.0075
"""What is large, as a share of the photo's longer edge: 45 pixels in 24 megapixels (2 mm at 600 dpi)."""
LARGE_AT_LEAST = 6.0
"""Pixels: what is large in a small picture."""
STRIP = 256
"""Rows looked at together: NumPy lets no other thread run while it is at one of them."""

Flags = NDArray[np.bool_]
Which = NDArray[np.uint8]
"""(N,), by a defect's label: where its tone stands in TONES or its shape in SHAPES; entry 0 is no defect."""


def only(mask: Mask, photo: Photo, wanted: Collection[str]) -> Mask:
    """The defects of the wanted kinds, names out of TONES and SHAPES, in a mask of the photo."""
    labels = masks.labelled(mask)
    kept = among(shapes(labels), SHAPES, wanted) & among(tones(labels, photo), TONES, wanted)
    kept[0] = False
    return masks.binary(kept[labels])


def among(which: Which, names: Sequence[str], wanted: Collection[str]) -> Flags:
    """By label whether the kind, one of these names, is wanted."""
    return np.array([name in wanted for name in names])[which]


def shapes(labels: NDArray[np.int32]) -> Which:
    """The shapes of the defects in labels (H, W), 0 = none: long and slender ones are lines, other large ones areas,
    the rest spots.

    A defect's spread is the standard deviation of its pixels along the direction in which they lie furthest apart; a
    straight line is sqrt(12) spreads long. Slender is what marks fewer than pi times its spread squared in pixels: less
    than a quarter of a disc as wide as that. So cracks are lines however they bend and branch, also with a chip here
    and there, while stains are none however ragged and porous they are. A line is large by its length, an area by the
    diameter of a disc of as many pixels.

    Measured on real outlines (film: 97 % of scratches and long hairs are slender, 2 % of dirt, none of dust) and on
    what the detector finds in old photographs.
    """
    total = int(labels.max()) + 1
    count, x, y, xx, yy, xy = np.zeros((6, total))
    for top in range(0, len(labels), STRIP):
        part = labels[top : top + STRIP]
        rows, columns = np.nonzero(part)
        of = part[rows, columns]
        rows += top
        count += np.bincount(of, minlength=total)
        for sums, powers in ((x, columns), (y, rows), (xx, columns**2), (yy, rows**2), (xy, columns * rows)):
            sums += np.bincount(of, powers, total)
    pixels = np.maximum(count, 1)
    x, y = x / pixels, y / pixels
    across, down = xx / pixels - x * x + 1 / 12, yy / pixels - y * y + 1 / 12  # a pixel is a square, not a point
    variance = (across + down) / 2 + np.hypot((across - down) / 2, xy / pixels - x * y)
    large = max(LARGE * max(labels.shape), LARGE_AT_LEAST)
    line = (count < SLENDER * variance) & (np.sqrt(12 * variance) >= large)
    area = np.sqrt(4 / np.pi * count) >= large
    named = {name: np.uint8(index) for index, name in enumerate(SHAPES)}
    return np.where(line, named["lines"], np.where(area, named["areas"], named["spots"]))


def tones(labels: NDArray[np.int32], photo: Photo) -> Which:
    """The tones of the defects in labels (H, W), 0 = none, which mark the photo.

    A defect is dark where its mean luma is below that of its surroundings: of the RING around it as far as that is
    neither marked, nor nearer to another defect, nor fully transparent. Where nothing is left of it, it is bright.
    """
    total = int(labels.max()) + 1
    inside, around = np.zeros((2, total)), np.zeros((2, total))
    height, margin = len(labels), int(RING[1])
    for top in range(0, height, STRIP):
        rows = slice(top, min(top + STRIP, height))
        outer = slice(max(rows.start - margin, 0), min(rows.stop + margin, height))
        marked = labels[rows] > 0
        ring, owners = _surroundings(labels[outer], slice(rows.start - outer.start, rows.stop - outer.start))
        if photo.alpha is not None:
            transparent = photo.alpha[rows][ring] == 0
            owners[transparent] = 0  # counted for no defect
        for sums, where, of in ((inside, marked, labels[rows][marked]), (around, ring, owners)):
            sums += np.bincount(of, minlength=total), np.bincount(of, _luma(photo, rows, where), total)
    known = (inside[0] > 0) & (around[0] > 0)
    dark = known & (inside[1] * around[0] < around[1] * inside[0])
    return np.where(dark, np.uint8(TONES.index("dark")), np.uint8(TONES.index("bright")))


def _surroundings(labels: NDArray[np.int32], rows: slice) -> tuple[Flags, NDArray[np.int32]]:
    """Where in some rows of labels (h, w) the surroundings of defects are, and (n,) the defect that each is nearest to.

    The labels have to reach as far beyond the rows as surroundings do.
    """
    marked = labels > 0
    if not marked.any():
        return np.zeros(labels[rows].shape, np.bool_), np.zeros(0, np.int32)
    away, nearest = cv2.distanceTransformWithLabels(
        np.where(marked, np.uint8(0), np.uint8(255)), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_CCOMP
    )
    pieces = nearest[marked]
    names = np.zeros(int(pieces.max()) + 1, np.int32)
    names[pieces] = labels[marked]
    ring = (away[rows] > RING[0]) & (away[rows] <= RING[1])
    return ring, names[nearest[rows][ring]]


def _luma(photo: Photo, rows: slice, where: Flags) -> NDArray[np.float32]:
    """The luma (n,) of those pixels of the rows, as networks see them."""
    view = to_view(photo.samples[rows][where][None], photo.encoding)[0]
    luma: NDArray[np.float32] = view[:, 0] if photo.is_grey else view @ LUMA
    return luma
