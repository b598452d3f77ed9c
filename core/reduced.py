"""A photo seen smaller: averages of its view, made strip by strip so that no large photo is ever whole in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .color import Encoding, Samples, View
from .photo import Box, Mask, Photo
from .progress import Progress
from .translation import _

Plane = NDArray[np.float32]

ROWS = 64
"""Rows at once, at most."""


def reduced(photo: Photo, scale: int, progress: Progress) -> Photo:
    """The photo reduced by a whole number, 1 to 64: each pixel is the average of scale x scale, at the ends of those
    there are. Its samples are the view, sRGB-encoded float32; its selection is what may change, which is nothing where
    the photo is fully transparent; its alpha is in the photo's type. Raises Cancelled from progress.
    """
    box = reduced_box(photo.whole, scale)
    views = np.empty((box.bottom, box.right, photo.samples.shape[2]), np.float32)
    selection = np.empty((box.bottom, box.right), np.uint8)
    for strip in _strips(photo.whole, scale):
        progress(strip.top / photo.height, _("Looking at the photo"))
        rows = reduced_box(strip, scale).rows
        views[rows] = _averaged(photo.view(strip), scale)
        may_change = photo.opaque(strip).astype(np.float32)
        may_change *= 255 if photo.selection is None else photo.selection[strip.rows, strip.columns]
        selection[rows] = np.rint(_averaged(may_change[..., None], scale)[..., 0])
    return Photo(views, reduced_alpha(photo, photo.whole, scale), Encoding("srgb"), selection)


def seen_at(photo: Photo, scale: int, kept: dict[int, Photo], progress: Progress) -> Photo:
    """The photo, or the reduced one in its place: that of the last scale is kept. Raises Cancelled from progress."""
    if scale == 1:
        return photo
    if scale not in kept:
        kept.clear()
        kept[scale] = reduced(photo, scale, progress)
    return kept[scale]


def reduced_mask(mask: Mask, scale: int) -> Mask:
    """A mask (H, W) reduced likewise: what is marked in any of a pixel's scale x scale."""
    if scale == 1:
        return mask
    height, width = (-(-length // scale) * scale for length in mask.shape)
    padded = cv2.copyMakeBorder(mask, 0, height - mask.shape[0], 0, width - mask.shape[1], cv2.BORDER_CONSTANT, value=0)
    grown = cv2.dilate(padded, np.ones((scale, scale), np.uint8), anchor=(0, 0))
    return np.ascontiguousarray(grown[::scale, ::scale])


def reduced_box(box: Box, scale: int) -> Box:
    """A box, whose left and top are multiples of the scale, in the reduced photo; right and bottom are rounded up."""
    return Box(box.left // scale, box.top // scale, -(-box.right // scale), -(-box.bottom // scale))


def reduced_alpha(photo: Photo, box: Box, scale: int) -> Samples | None:
    """The alpha of a box of the photo, reduced like it, (h, w) in the photo's type; None where there is none."""
    if photo.alpha is None:
        return None
    if scale == 1:
        return photo.alpha[box.rows, box.columns]
    small = reduced_box(box, scale)
    right, bottom = min(small.right * scale, photo.width), min(small.bottom * scale, photo.height)
    strips = _strips(Box(box.left, box.top, right, bottom), scale)
    alphas = (photo.alpha[strip.rows, strip.columns, None].astype(np.float64) for strip in strips)
    average = np.concatenate([_averaged(alpha, scale) for alpha in alphas])[..., 0]
    return np.asarray(np.rint(average) if photo.alpha.dtype.kind == "u" else average).astype(photo.alpha.dtype)


def _strips(box: Box, scale: int = 1) -> Iterator[Box]:
    """The box in strips whose heights, but for the last, are multiples of the scale."""
    height = ROWS // scale * scale
    for top in range(box.top, box.bottom, height):
        yield Box(box.left, top, box.right, min(top + height, box.bottom))


def _averaged(values: NDArray[Any], scale: int) -> NDArray[Any]:
    """Values (h, w, C) reduced by a whole number, rounded up."""
    starts = [np.arange(0, length, scale) for length in values.shape[:2]]
    sums = np.add.reduceat(np.add.reduceat(values, starts[0], axis=0), starts[1], axis=1)
    heights, widths = (
        np.minimum(scale, length - first) for length, first in zip(values.shape[:2], starts, strict=True)
    )
    return np.asarray(sums / (heights[:, None] * widths)[..., None], values.dtype)


def sound(photo: Photo, box: Box) -> NDArray[np.bool_]:
    """Where in this part there is something to see, (h, w): neither fully transparent nor "not a number"."""
    opaque = photo.opaque(box)
    if photo.samples.dtype.kind == "u":
        return opaque
    return np.asarray(opaque & np.isfinite(photo.samples[box.rows, box.columns]).all(axis=2))


def overview(photo: Photo, side: int, progress: Progress) -> tuple[View, Plane]:
    """The whole photo with at most `side` pixels on its longer side: its view (h, w, C), clipped to 0..1, and (h, w)
    how much of each pixel is sound, 0..1. Only what is sound is averaged; where nothing is, the others' mean stands.
    Raises Cancelled from progress.
    """
    shrink = max(1.0, max(photo.height, photo.width) / side)
    height, width = max(1, round(photo.height / shrink)), max(1, round(photo.width / shrink))
    colours = photo.samples.shape[2]
    sums = np.zeros((height, width, colours + 1), np.float32)
    for strip in _strips(photo.whole):
        progress(strip.top / photo.height, _("Looking at the photo"))
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
