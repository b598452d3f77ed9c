"""A photo seen smaller: averages of its view, made strip by strip so that no large photo is ever whole in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .color import STRIP, Samples, View, from_view
from .photo import Box, Photo

Plane = NDArray[np.float32]


@dataclass(frozen=True)
class Reduced:
    """A photo reduced by a whole number: each pixel is the average of scale x scale, at the ends of those there are.

    Boxes are in its own pixels. At the scale 1 it is the photo itself.
    """

    photo: Photo
    scale: int = 1

    @property
    def height(self) -> int:
        return -(-self.photo.height // self.scale)

    @property
    def width(self) -> int:
        return -(-self.photo.width // self.scale)

    def box(self, full: Box) -> Box:
        """What a box of the photo becomes; its left and top are multiples of the scale, right and bottom rounded up."""
        scale = self.scale
        return Box(full.left // scale, full.top // scale, -(-full.right // scale), -(-full.bottom // scale))

    def view(self, box: Box) -> View:
        """The view of a part, (h, w, C)."""
        return self._averages(box, self.photo.view)

    def opacity(self, box: Box) -> Plane:
        """How much of a change shows, (h, w) in 0..1: by the selection, and 0 where the photo is fully transparent."""
        photo = self.photo

        def plane(box: Box) -> Plane:
            opaque = photo.opaque(box).astype(np.float32)
            if photo.selection is not None:
                opaque *= photo.selection[box.rows, box.columns] / np.float32(255)
            return opaque[..., None]

        return self._averages(box, plane)[..., 0]

    def samples(self, box: Box) -> Samples:
        """The samples of a part, (h, w, C) in the photo's type."""
        if self.scale == 1:
            return self.photo.samples[box.rows, box.columns]
        return from_view(self.view(box), self.photo.samples.dtype, self.photo.encoding)

    def alpha(self, box: Box) -> Samples | None:
        """The alpha of a part, (h, w) in the photo's type, where there is one."""
        alpha = self.photo.alpha
        if alpha is None or self.scale == 1:
            return None if alpha is None else alpha[box.rows, box.columns]
        average = self._averages(box, lambda full: alpha[full.rows, full.columns, None].astype(np.float64))[..., 0]
        return np.asarray(np.rint(average) if alpha.dtype.kind == "u" else average).astype(alpha.dtype)

    def _averages(self, box: Box, plane: Callable[[Box], NDArray[Any]]) -> NDArray[Any]:
        """The averages (h, w, C) of what `plane` gives for boxes of the full photo."""
        if self.scale == 1:
            return plane(box)
        rows = max(1, STRIP // self.scale)
        strips = (
            Box(box.left, top, box.right, min(top + rows, box.bottom)) for top in range(box.top, box.bottom, rows)
        )
        return np.concatenate([_averaged(plane(self._full(strip)), self.scale) for strip in strips])

    def _full(self, box: Box) -> Box:
        scale, photo = self.scale, self.photo
        return Box(
            box.left * scale,
            box.top * scale,
            min(box.right * scale, photo.width),
            min(box.bottom * scale, photo.height),
        )


def _averaged(values: NDArray[Any], scale: int) -> NDArray[Any]:
    """Values (h, w, C) reduced by a whole number, rounded up."""
    rows, columns = (np.arange(0, length, scale) for length in values.shape[:2])
    sums = np.add.reduceat(np.add.reduceat(values, rows, axis=0), columns, axis=1)
    heights, widths = (
        np.minimum(scale, length - starts) for length, starts in zip(values.shape[:2], (rows, columns), strict=True)
    )
    return np.asarray(sums / (heights[:, None] * widths)[..., None], values.dtype)


def sound(photo: Photo, box: Box) -> NDArray[np.bool_]:
    """Where in this part there is something to see, (h, w): neither fully transparent nor "not a number"."""
    opaque = photo.opaque(box)
    if photo.samples.dtype.kind == "u":
        return opaque
    return np.asarray(opaque & np.isfinite(photo.samples[box.rows, box.columns]).all(axis=2))


def overview(photo: Photo, side: int) -> tuple[View, Plane]:
    """The whole photo with at most `side` pixels on its longer side: its view (h, w, C), clipped to 0..1, and (h, w)
    how much of each pixel is sound, 0..1. Only what is sound is averaged; where nothing is, the others' mean stands.
    """
    shrink = max(1.0, max(photo.height, photo.width) / side)
    height, width = max(1, round(photo.height / shrink)), max(1, round(photo.width / shrink))
    colours = photo.samples.shape[2]
    sums = np.zeros((height, width, colours + 1), np.float32)
    for top in range(0, photo.height, STRIP):
        strip = Box(0, top, photo.width, min(top + STRIP, photo.height))
        there = sound(photo, strip)[..., None].astype(np.float32)
        values = np.concatenate([np.clip(photo.view(strip), 0, 1) * there, there], axis=2)
        if width < photo.width:
            values = cv2.resize(values, (width, len(values)), interpolation=cv2.INTER_AREA)
        first, weights = _row_weights(strip, photo.height, height)
        sums[first : first + len(weights)] += np.tensordot(weights, values, 1)
    share = sums[..., colours]
    seen = share > 0
    view = np.divide(
        sums[..., :colours], share[..., None], out=np.zeros_like(sums[..., :colours]), where=seen[..., None]
    )
    if seen.any() and not seen.all():
        view[~seen] = view[seen].mean(axis=0)
    return view, share


def _row_weights(strip: Box, length: int, rows: int) -> tuple[int, Plane]:
    """How much each row of a strip counts in the rows of the reduced photo: the first of these, and (m, n) shares."""
    starts = np.arange(strip.top, strip.bottom) * rows / length
    ends = np.arange(strip.top + 1, strip.bottom + 1) * rows / length
    first, last = int(starts[0]), min(int(np.ceil(ends[-1])), rows)
    row = np.arange(first, last)[:, None]
    return first, np.maximum(np.minimum(ends, row + 1) - np.maximum(starts, row), 0).astype(np.float32)
