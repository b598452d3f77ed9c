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

from .decisions import Decisions, Plane, over, resolved

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
    """Every defect at one cut: labels (H, W) int32, 0 = none, up to `last`, and what was measured so far, each by label
    (N,), that of no defect included.

    DIAMETER: in pixels; TONE and SHAPE: as core.kinds has them.
    """

    cut: int
    labels: NDArray[np.int32]
    last: int
    measured: Mapping[str, NDArray[Any]]

    def kept(self, box: Box, limits: Limits) -> Mask:
        """The defects of the right sizes and kinds, (h, w) 0/255, as far as that was measured already."""
        if not limits.measures & self.measured.keys():
            return np.where(self.labels[box.rows, box.columns] > 0, np.uint8(255), np.uint8(0))
        return np.where(self.fit(limits), np.uint8(255), np.uint8(0))[self.labels[box.rows, box.columns]]

    def fit(self, limits: Limits) -> NDArray[np.bool_]:
        """By label (N,) whether a defect is of the right sizes and kinds, as far as that was measured already."""
        fit = np.ones(self.last + 1, np.bool_)
        for measure in limits.measures & self.measured.keys():
            fit &= _fit(measure, self.measured[measure], limits)
        fit[0] = False
        return fit


def cut_at(probability: float) -> int:
    """The smallest value of found, 65535 times a probability, that reaches this probability."""
    return max(1, ceil(probability * 65535))


def defects(photo: Photo, found: NDArray[np.uint16], limits: Limits, known: Defects | None) -> Defects:
    """All defects of the photo at the limits' cut with what these measure; for 24 megapixels a second or two.

    known: the defects at some cut, so that nothing is measured twice.
    """
    from core import mask as masks  # OpenCV takes a tenth of a second to load: not before the window is there

    if known is None or known.cut != limits.cut:
        labels = masks.labelled(thresholded(found, limits.cut))
        known = Defects(limits.cut, labels, int(labels.max(initial=0)), {})
    missing = limits.measures - known.measured.keys()
    measured = {measure: _measured(measure, known.labels, photo) for measure in missing}
    return Defects(known.cut, known.labels, known.last, {**known.measured, **measured})


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


def marked_part(found: NDArray[np.uint16], limits: Limits, known: Defects | None, box: Box) -> Mask:
    """What the settings mark in a part (h, w), neither grown nor decided on. Sizes and kinds count as far as they are
    known at this cut.
    """
    if limits.measures and known is not None and known.cut == limits.cut:
        return known.kept(box, limits)
    return thresholded(found[box.rows, box.columns], limits.cut)


def detected_part(
    found: NDArray[np.uint16],
    limits: Limits,
    selection: Mask | None,
    known: Defects | None,
    box: Box,
    decided: Plane | None = None,
) -> Mask:
    """The mask (h, w) of a part: what the settings mark and the decisions (H, W) leave or add, grown, selected.

    Growth does not reach into what was rejected.
    """
    outer = box.grown(limits.margin, *found.shape)
    marked = marked_part(found, limits, known, outer)
    if decided is not None:
        marked = over(marked, decided[outer.rows, outer.columns])
    if limits.margin:
        from core import mask as masks

        marked = masks.grown(marked, limits.grow)[box.within(outer)]
        if decided is not None:
            marked = over(marked, decided[box.rows, box.columns])
    if selection is not None:
        marked = np.where(selection[box.rows, box.columns] >= 128, marked, np.uint8(0))
    return marked


def decided_on(
    photo: Photo, found: NDArray[np.uint16], limits: Limits, known: Defects | None, decisions: Decisions
) -> tuple[Plane | None, Defects | None]:
    """What the decisions say about each pixel (H, W), and the defects where there are decisions, sizes or kinds, else
    `known`.
    """
    if limits.measures or decisions:
        known = defects(photo, found, limits, known)
    if known is None or not decisions:
        return None, known
    return resolved(decisions, known.labels, known.fit(limits)), known


def detected(
    photo: Photo,
    found: NDArray[np.uint16],
    limits: Limits,
    known: Defects | None = None,
    decided: Plane | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> tuple[Mask, Defects | None]:
    """The exact mask (H, W) of the whole photo, and its defects where sizes or kinds count, else `known`.

    Without decisions equal to core.marking.marked_damage inside of the selection.
    """
    if limits.measures:
        known = defects(photo, found, limits, known)
    if stopped():
        return np.zeros(found.shape, np.uint8), known
    return detected_part(found, limits, photo.selection, known, photo.whole, decided), known
