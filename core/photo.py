"""A photograph in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .color import Encoding, Samples, View, to_view

Mask = NDArray[np.uint8]
"""(H, W) uint8, 255 where something is, 0 elsewhere."""


@dataclass(frozen=True)
class Box:
    """A rectangle of pixels; the right and bottom edges are outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def rows(self) -> slice:
        return slice(self.top, self.bottom)

    @property
    def columns(self) -> slice:
        return slice(self.left, self.right)

    @property
    def area(self) -> int:
        return (self.right - self.left) * (self.bottom - self.top)

    def moved(self, right: int, down: int) -> Box:
        """The same box elsewhere."""
        return Box(self.left + right, self.top + down, self.right + right, self.bottom + down)

    def within(self, outer: Box) -> tuple[slice, slice]:
        """Rows and columns of this box in an array that holds `outer`."""
        inside = self.moved(-outer.left, -outer.top)
        return inside.rows, inside.columns

    def meets(self, other: Box) -> bool:
        """Whether the two have a pixel in common."""
        return max(self.left, other.left) < min(self.right, other.right) and max(self.top, other.top) < min(
            self.bottom, other.bottom
        )

    def common(self, other: Box) -> Box:
        """The part that two boxes share, where they meet."""
        return Box(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def around(self, *others: Box) -> Box:
        """The smallest box that holds this one and the others."""
        boxes = (self, *others)
        return Box(
            min(box.left for box in boxes),
            min(box.top for box in boxes),
            max(box.right for box in boxes),
            max(box.bottom for box in boxes),
        )

    def grown(self, by: int, height: int, width: int) -> Box:
        """The box widened on each side, inside of a picture of this size."""
        return Box(
            max(self.left - by, 0),
            max(self.top - by, 0),
            min(self.right + by, width),
            min(self.bottom + by, height),
        )

    def squares(self, side: int) -> Iterator[Box]:
        """The box cut into squares, row by row from its left top corner; what is left at its edges is smaller."""
        for top in range(self.top, self.bottom, side):
            for left in range(self.left, self.right, side):
                yield Box(left, top, left + side, top + side).common(self)


@dataclass(frozen=True)
class Metadata:
    """What comes out of a file as it came in: EXIF bytes (orientation 1), DPI as (x, y)."""

    exif: bytes | None = None
    dpi: tuple[float, float] | None = None


@dataclass(frozen=True)
class Photo:
    """Samples (H, W, C) in the stored type (uint8, uint16, uint32, float16, float32, float64; C = 1 or 3), upright.

    alpha is (H, W) of the same type or None. selection is a mask that limits what tools may change, or None.
    """

    samples: Samples
    alpha: Samples | None = None
    encoding: Encoding = field(default_factory=Encoding)
    selection: Mask | None = None
    metadata: Metadata = field(default_factory=Metadata)

    @property
    def height(self) -> int:
        return int(self.samples.shape[0])

    @property
    def width(self) -> int:
        return int(self.samples.shape[1])

    @property
    def whole(self) -> Box:
        return Box(0, 0, self.width, self.height)

    @property
    def is_grey(self) -> bool:
        return bool(self.samples.shape[2] == 1)

    def with_alpha(self) -> Samples:
        """The samples (H, W, C), with alpha, where there is one, as the last channel."""
        if self.alpha is None:
            return self.samples
        return np.concatenate([self.samples, self.alpha[..., None]], axis=2)

    def view(self, box: Box) -> View:
        """The view of a part of the photo, (h, w, C) float32."""
        return to_view(self.samples[box.rows, box.columns], self.encoding)

    def opaque(self, box: Box) -> NDArray[np.bool_]:
        """Where in this part there is a photo at all: (h, w), False where it is fully transparent."""
        if self.alpha is None:
            return np.ones((box.bottom - box.top, box.right - box.left), np.bool_)
        return np.asarray(self.alpha[box.rows, box.columns] > 0)

    def opacity(self, box: Box) -> NDArray[np.float32]:
        """How much of a change shows, (h, w) in 0..1: by the selection, and 0 where it is fully transparent."""
        opacity = self.opaque(box).astype(np.float32)
        if self.selection is not None:
            opacity *= self.selection[box.rows, box.columns] / np.float32(255)
        return opacity
