"""What a detector found as a mask: threshold, sizes, growth and the selection, for a part or for the whole photo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from core.photo import Box, Mask


@dataclass(frozen=True)
class Limits:
    """What counts as damage. cut: 1..65535, found values from it on count; the others in pixels, as core.mask's."""

    cut: int
    smallest: float = 0.0
    largest: float = 0.0
    grow: float = 0.0

    @property
    def by_size(self) -> bool:
        return self.smallest > 1 or self.largest > 0

    @property
    def margin(self) -> int:
        """How far, in pixels, what is detected at a place depends on what was found around it; sizes aside."""
        return ceil(self.grow) if self.grow >= 1 else 0

    @property
    def local(self) -> bool:
        """Whether each pixel is decided by itself."""
        return not self.by_size and not self.margin


@dataclass(frozen=True)
class Defects:
    """Every defect at one cut: labels (H, W) int32, 0 = none, and by label the diameter in pixels."""

    cut: int
    labels: NDArray[np.int32]
    diameters: NDArray[np.float32]

    def kept(self, box: Box, limits: Limits) -> Mask:
        """The defects of the right sizes, (h, w) 0/255."""
        kept = self.diameters >= limits.smallest
        if limits.largest > 0:
            kept &= self.diameters <= limits.largest
        kept[0] = False
        return np.where(kept, np.uint8(255), np.uint8(0))[self.labels[box.rows, box.columns]]


def cut_at(probability: float) -> int:
    """The smallest value of found, 65535 times a probability, that reaches this probability."""
    return max(1, ceil(probability * 65535))


def defects(found: NDArray[np.uint16], cut: int) -> Defects:
    """All defects of the photo at this cut and their sizes; about half a second for 24 megapixels."""
    from core import mask as masks  # OpenCV takes a tenth of a second to load: not before the window is there

    labels, diameters = masks.diameters(thresholded(found, cut))
    return Defects(cut, labels, diameters)


def thresholded(found: NDArray[np.uint16], cut: int) -> Mask:
    return (found >= np.uint16(cut)).view(np.uint8) * np.uint8(255)


def detected_part(
    found: NDArray[np.uint16], limits: Limits, selection: Mask | None, known: Defects | None, box: Box
) -> Mask:
    """The mask (h, w) of a part. Sizes count where the defects are known at this cut, else they are left out."""
    outer = box.grown(limits.margin, *found.shape)
    if limits.by_size and known is not None and known.cut == limits.cut:
        marked = known.kept(outer, limits)
    else:
        marked = thresholded(found[outer.rows, outer.columns], limits.cut)
    if limits.margin:
        from core import mask as masks

        marked = masks.grown(marked, limits.grow)[box.within(outer)]
    if selection is not None:
        marked = np.where(selection[box.rows, box.columns] >= 128, marked, np.uint8(0))
    return marked


def detected(
    found: NDArray[np.uint16],
    limits: Limits,
    selection: Mask | None,
    known: Defects | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> tuple[Mask, Defects | None]:
    """The exact mask (H, W) of the whole photo, and the defects at this cut where sizes count.

    Equal to core.marking.marked_damage inside of the selection. known: the defects at some cut, so that they are not
    looked for twice.
    """
    if limits.by_size and (known is None or known.cut != limits.cut):
        known = defects(found, limits.cut)
    whole = Box(0, 0, found.shape[1], found.shape[0])
    if stopped():
        return np.zeros(found.shape, np.uint8), known
    return detected_part(found, limits, selection, known, whole), known
