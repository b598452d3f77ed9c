"""Hints: dabs of colour that a person put on a photo, and how far they reach."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .lab import chroma_of
from .models.colorizing import Hints
from .photo import Box
from .protocol import OPAQUE

Plane = NDArray[np.float32]

REACH, MANY = 0.15, 20
"""How far each of so many dabs reaches by itself, a share of the photo's diagonal. Fewer reach less far: they are meant
for things, and many for all of a photo."""
LIKENESS = 0.1
"""Difference of lightness, 0..1, from which on a place is not like that of a dab."""
KINSHIP = 20.0
"""Difference of the colours that the model gives from which on, too."""
FOLLOW = 0.5
"""How far a place near a dab takes the dab's colour itself, and not only what the model was wrong by there."""
DOUBT = 0.5
"""Weight of the model's own colours where no dab is near."""


@dataclass(frozen=True)
class Dabs:
    """Where colours are given, and which: pixels (n, 2), rows and columns, and their a* and b*, (n, 2).

    layer: the hints as they came, (H, W, 4).
    """

    places: NDArray[np.intp]
    ab: Plane
    layer: NDArray[np.uint8]

    @cached_property
    def digest(self) -> bytes:
        """What is the same for the same hints alone."""
        return hashlib.sha256(self.places.tobytes() + self.ab.tobytes()).digest()

    @cached_property
    def count(self) -> int:
        """How many dabs there are that do not touch."""
        top, left = self.places.min(axis=0)
        bottom, right = self.places.max(axis=0) + 1
        given = (self.layer[top:bottom, left:right, 3] >= OPAQUE).astype(np.uint8)
        return int(cv2.connectedComponents(given)[0]) - 1

    def obeyed(self, ab: Plane, box: Box) -> Plane:
        """Colours (h, w, 2) of a box of the photo, with those of the hints where there are any."""
        layer = self.layer[box.rows, box.columns]
        given = layer[..., 3] >= OPAQUE
        if not given.any():
            return ab
        out = ab.copy()
        out[given] = _ab(layer[given][:, :3])
        return out


def dabs_of(layer: NDArray[np.uint8]) -> Dabs | None:
    """The dabs of a layer (H, W, 4), sRGB-encoded RGBA; None where there are none."""
    places = np.argwhere(layer[..., 3] >= OPAQUE)
    if not len(places):
        return None
    return Dabs(places, _ab(layer[places[:, 0], places[:, 1], :3]), layer)


def _ab(colours: NDArray[np.uint8]) -> Plane:
    """a* and b* of colours (n, 3)."""
    view = (colours.astype(np.float32) / np.float32(255))[None]
    return np.asarray(chroma_of(view)[0], np.float32)


def hinted_small(dabs: Dabs, height: int, width: int, rows: int, columns: int) -> Hints:
    """The hints of a photo of height x width as a model sees them, (rows, columns): any dab is at least a pixel."""
    sums, counts = _gathered(dabs, dabs.ab, height, width, rows, columns)
    given = counts > 0
    return Hints(np.where(given[..., None], sums / np.maximum(counts, 1)[..., None], 0), given.astype(np.float32))


def _gathered(
    dabs: Dabs, values: Plane, height: int, width: int, rows: int, columns: int
) -> tuple[Plane, NDArray[np.float32]]:
    """Sums of the dabs' values (n, 2) in the cells of a smaller picture, (rows, columns, 2), and how many each has."""
    cell = dabs.places * [rows, columns] // [height, width]
    index = cell[:, 0] * columns + cell[:, 1]
    size = rows * columns
    sums = np.stack([np.bincount(index, values[:, axis], size) for axis in range(2)], axis=1)
    counts = np.bincount(index, minlength=size)
    return sums.reshape(rows, columns, 2).astype(np.float32), counts.reshape(rows, columns).astype(np.float32)


def spread(dabs: Dabs, height: int, width: int, lightness: Plane, ab: Plane) -> Plane:
    """What to add to the colours ab (h, w, 2) of a small picture of the photo so that the hints are obeyed: (h, w, 2).

    Around each dab the difference fades with the distance and with how unlike a place is.
    """
    rows, columns = lightness.shape
    given = hinted_small(dabs, height, width, rows, columns)
    there = given.given.astype(np.uint8)
    count, labels, boxes, _centres = cv2.connectedComponentsWithStats(there)
    many = min(count - 1, MANY) / MANY
    reach = REACH * many**0.5 * float(np.hypot(rows, columns))
    total, weights = np.zeros_like(ab), np.zeros(ab.shape[:2], np.float32)
    for label in range(1, count):
        left, top, wide, high = (int(boxes[label, of]) for of in range(4))
        box = Box(left, top, left + wide, top + high).grown(int(3 * reach), rows, columns)
        part: Any = np.s_[box.rows, box.columns]
        dab = labels[part] == label
        away = cv2.distanceTransform((~dab).astype(np.uint8), cv2.DIST_L2, 5)
        unlike = lightness[part] - lightness[part][dab].mean()
        other = np.linalg.norm(ab[part] - ab[part][dab].mean(axis=0), axis=2)
        weight = np.exp(-((away / reach) ** 2 + (unlike / LIKENESS) ** 2 + (other / KINSHIP) ** 2) / 2)
        weight = np.where(dab, 1, weight).astype(np.float32)
        wanted, own = given.ab[part][dab].mean(axis=0), ab[part][dab].mean(axis=0)
        total[part] += weight[..., None] * (wanted - own + FOLLOW * (own - ab[part]))
        weights[part] += weight
    doubt = DOUBT * np.maximum(1 - weights, 0)
    return np.asarray(total / (weights + doubt)[..., None], np.float32)
