"""What a detector found as a mask: threshold, kinds, sizes, growth, selection; for a part or for the whole photo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.photo import Box, Mask, Photo
from core.tools import KINDS, SHAPES, TONES

EVERY_KIND = frozenset(KINDS)
DIAMETER, TONE, SHAPE = "diameter", "tone", "shape"


@dataclass(frozen=True)
class Limits:
    """What counts as damage. cut: 1..65535, found values from it on count; kinds: those of KINDS that are wanted; the
    others in pixels, as core.mask's.
    """

    cut: int
    smallest: float = 0.0
    largest: float = 0.0
    grow: float = 0.0
    kinds: frozenset[str] = EVERY_KIND

    @property
    def by_size(self) -> bool:
        return self.smallest > 1 or self.largest > 0

    @property
    def measures(self) -> frozenset[str]:
        """What has to be known of each defect: DIAMETER, TONE, SHAPE; empty where each pixel counts by itself."""
        asked = {DIAMETER: self.by_size, TONE: not self.kinds >= {*TONES}, SHAPE: not self.kinds >= {*SHAPES}}
        return frozenset(measure for measure, is_asked in asked.items() if is_asked)

    @property
    def margin(self) -> int:
        """How far, in pixels, what is detected at a place depends on the surroundings; sizes and kinds aside."""
        return ceil(self.grow) if self.grow >= 1 else 0

    @property
    def local(self) -> bool:
        """Whether each pixel is decided by itself."""
        return not self.measures and not self.margin


@dataclass(frozen=True)
class Defects:
    """Every defect at one cut: labels (H, W) int32, 0 = none, and what was measured so far, each by label (N,).

    DIAMETER: in pixels; TONE and SHAPE: as core.kinds has them.
    """

    cut: int
    labels: NDArray[np.int32]
    measured: Mapping[str, NDArray[Any]]

    def kept(self, box: Box, limits: Limits) -> Mask:
        """The defects of the right sizes and kinds, (h, w) 0/255, as far as that was measured already."""
        known = limits.measures & self.measured.keys()
        if not known:
            return np.where(self.labels[box.rows, box.columns] > 0, np.uint8(255), np.uint8(0))
        kept = np.logical_and.reduce([_fit(measure, self.measured[measure], limits) for measure in known])
        kept[0] = False
        return np.where(kept, np.uint8(255), np.uint8(0))[self.labels[box.rows, box.columns]]


def cut_at(probability: float) -> int:
    """The smallest value of found, 65535 times a probability, that reaches this probability."""
    return max(1, ceil(probability * 65535))


def defects(photo: Photo, found: NDArray[np.uint16], limits: Limits, known: Defects | None) -> Defects:
    """All defects of the photo at the limits' cut with what these measure; for 24 megapixels a second or two.

    known: the defects at some cut, so that nothing is measured twice.
    """
    from core import mask as masks  # OpenCV takes a tenth of a second to load: not before the window is there

    if known is None or known.cut != limits.cut:
        known = Defects(limits.cut, masks.labelled(thresholded(found, limits.cut)), {})
    missing = limits.measures - known.measured.keys()
    measured = {measure: _measured(measure, known.labels, photo) for measure in missing}
    return Defects(known.cut, known.labels, {**known.measured, **measured})


def _measured(measure: str, labels: NDArray[np.int32], photo: Photo) -> NDArray[Any]:
    """One of the measures of all defects, by label."""
    from core import kinds
    from core import mask as masks

    if measure == TONE:
        return kinds.tones(labels, photo)
    return kinds.shapes(labels) if measure == SHAPE else masks.diameters(masks.binary(labels > 0))[1]


def _fit(measure: str, found: NDArray[Any], limits: Limits) -> NDArray[np.bool_]:
    """By label whether one measure is what the limits want."""
    from core import kinds

    if measure == TONE:
        return kinds.among(found, TONES, limits.kinds)
    if measure == SHAPE:
        return kinds.among(found, SHAPES, limits.kinds)
    return (found >= limits.smallest) & ((limits.largest <= 0) | (found <= limits.largest))


def thresholded(found: NDArray[np.uint16], cut: int) -> Mask:
    return (found >= np.uint16(cut)).view(np.uint8) * np.uint8(255)


def detected_part(
    found: NDArray[np.uint16], limits: Limits, selection: Mask | None, known: Defects | None, box: Box
) -> Mask:
    """The mask (h, w) of a part. Sizes and kinds count as far as they are known at this cut."""
    outer = box.grown(limits.margin, *found.shape)
    if limits.measures and known is not None and known.cut == limits.cut:
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
    photo: Photo,
    found: NDArray[np.uint16],
    limits: Limits,
    known: Defects | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> tuple[Mask, Defects | None]:
    """The exact mask (H, W) of the whole photo, and its defects where sizes or kinds count, else `known`.

    Equal to core.marking.marked_damage inside of the selection.
    """
    if limits.measures:
        known = defects(photo, found, limits, known)
    if stopped():
        return np.zeros(found.shape, np.uint8), known
    return detected_part(found, limits, photo.selection, known, photo.whole), known
