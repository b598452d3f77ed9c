"""Every defect of a photo by itself: where it is, how large and of what shape, how sure, what was decided on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.photo import Box, Mask

from .decisions import REJECT, STRIP, Decisions, Plane, Verdict, joined, matched
from .runs import Flags, Places, runs_in, within

UNDECIDED, KEPT, REJECTED, BY_HAND, WIPED = range(5)
"""The states of a defect. BY_HAND: it was painted; WIPED: and taken away again since."""
Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Components:
    """N defects, by index. shapes: place in core.tools.SHAPES (N,) uint8; states (N,) uint8; boxes (N, 4): left, top,
    right, bottom; pixels (N,): how many; sure: the mean probability (N,), 0..1, NaN of what was painted; points: the
    most probable pixel (N,).

    starts, ends: all their pixels as runs (M,), in the order of their places; of: whose each run is.
    """

    height: int
    width: int
    shapes: NDArray[np.uint8]
    states: NDArray[np.uint8]
    boxes: NDArray[np.int64]
    pixels: NDArray[np.int64]
    sure: NDArray[np.float64]
    points: Places
    starts: Places
    ends: Places
    of: Indices

    def __len__(self) -> int:
        return len(self.points)

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """The longer side of the box around each, in pixels (N,)."""
        longer: NDArray[np.int64] = (self.boxes[:, 2:] - self.boxes[:, :2]).max(axis=1, initial=0)
        return longer

    def box(self, chosen: Indices) -> Box | None:
        """The smallest box around these; None around none."""
        if not len(chosen):
            return None
        boxes = self.boxes[chosen]
        return Box(*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist())

    def runs(self, chosen: Indices) -> Indices:
        """Which runs are those of these defects."""
        return np.flatnonzero(self._flags(chosen)[self.of])

    def at(self, x: float, y: float, reach: float) -> int | None:
        """The defect nearest to a place of the photo, at most `reach` pixels away."""
        box = Box(int(x), int(y), int(x) + 1, int(y) + 1).grown(int(reach) + 1, self.height, self.width)
        runs = within(self.starts, self.ends, self.width, box)
        rows = self.starts[runs] // self.width
        left, right = self.starts[runs] - rows * self.width, self.ends[runs] - rows * self.width
        across = np.maximum(np.maximum(left - x, x - right), 0)
        away = np.hypot(across, np.maximum(np.maximum(rows - y, y - rows - 1), 0))
        if not len(away) or away.min() > reach:
            return None
        return int(self.of[runs[away.argmin()]])

    def inside(self, box: Box) -> Indices:
        """The defects that have pixels in a box."""
        return np.unique(self.of[within(self.starts, self.ends, self.width, box)])

    def with_points(self, points: Places) -> Indices:
        """The defects that mark these places."""
        if not len(self.starts):
            return np.zeros(0, np.intp)
        run = np.maximum(np.searchsorted(self.starts, points, "right") - 1, 0)
        found = (self.starts[run] <= points) & (points < self.ends[run])
        return np.unique(self.of[run[found]])

    def verdict(self, chosen: Indices, keep: bool) -> Verdict:
        """The decision on these."""
        runs = self.runs(chosen)
        number = np.zeros(len(self), np.intp)
        number[chosen] = np.arange(len(chosen))
        return Verdict(keep, self.points[chosen], self.starts[runs], self.ends[runs], number[self.of[runs]])

    def decided(self, chosen: Indices, state: int) -> Components:
        """With this state of these."""
        states = self.states.copy()
        states[chosen] = state
        return replace(self, states=states)

    def without(self, gone: Indices) -> Components:
        """With these WIPED: they have no pixels any more."""
        runs = ~self._flags(gone)[self.of]
        left = replace(self, starts=self.starts[runs], ends=self.ends[runs], of=self.of[runs])
        return left.decided(gone, WIPED)

    def _flags(self, chosen: Indices) -> Flags:
        flags = np.zeros(len(self), np.bool_)
        flags[chosen] = True
        return flags


def none_of(height: int, width: int) -> Components:
    """No defects in a photo of this size."""
    few = np.zeros(0, np.int64)
    none = np.zeros(0, np.uint8)
    return Components(height, width, none, none, few.reshape(0, 4), few, few.astype(float), few, few, few, few)


def components(
    marked: Mask | None, rejected: Mask | None, added: Flags, found: NDArray[np.uint16] | None, decisions: Decisions
) -> Components:
    """The defects of a mask (H, W), those that were rejected and those that were painted, without a pixel in common.
    marked, rejected: None where there are none; found: 65535 times probability, None only without those two.

    For 24 megapixels a second or two.
    """
    from core import mask as masks  # OpenCV takes a tenth of a second to load: not before the window is there

    listed = none_of(*added.shape)
    if marked is not None and found is not None:
        listed = _detected(marked, found, decisions)
    if rejected is not None and found is not None and rejected.any():
        listed = _together(listed, _all_of(masks.labelled(rejected), found, REJECTED))
    if added.any():
        nothing = np.broadcast_to(np.uint16(0), added.shape)
        by_hand = _all_of(masks.labelled(masks.binary(added)), nothing, BY_HAND)
        listed = _together(listed, replace(by_hand, sure=np.full(len(by_hand), np.nan)))
    return listed


def _all_of(labels: NDArray[np.int32], found: NDArray[np.uint16], state: int) -> Components:
    """The defects in labels (H, W), 0 = none, all of the same state."""
    every = _measured(labels, found)
    return every.decided(np.arange(len(every)), state)


def _detected(marked: Mask, found: NDArray[np.uint16], decisions: Decisions) -> Components:
    """The defects of a mask (H, W), with what was decided on them."""
    from core import mask as masks

    labels = masks.labelled(marked)
    listed = _measured(labels, found)
    kept = joined(verdict for verdict in decisions if verdict.keep)
    if kept is not None and len(listed):
        wanted = np.ones(len(listed) + 1, np.bool_)
        wanted[0] = False
        same = matched(kept, labels, wanted)
        return listed.decided(np.unique(same[same > 0]).astype(np.intp) - 1, KEPT)
    return listed


def what_was_rejected(marked: Mask, decided: Plane | None) -> Mask | None:
    """Which part of what the settings mark was rejected; None where nothing was."""
    return None if decided is None else np.where(decided == REJECT, marked, np.uint8(0))


def _measured(labels: NDArray[np.int32], found: NDArray[np.uint16]) -> Components:
    """The defects in labels (H, W), 0 = none, all undecided."""
    from core import kinds

    height, width = labels.shape
    parts = [part for top in range(0, height, STRIP) if (part := _strip(labels, found, top)) is not None]
    if not parts:
        return none_of(height, width)
    starts, ends, of, sums, peaks, points = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    order = np.argsort(of, kind="stable")
    first = np.flatnonzero(np.diff(of[order], prepend=-1))
    last = np.append(first[1:], len(order)) - 1
    rows = starts // width
    boxes = np.stack(
        [
            np.minimum.reduceat((starts - rows * width)[order], first),
            rows[order[first]],
            np.maximum.reduceat((ends - rows * width)[order], first),
            rows[order[last]] + 1,
        ],
        axis=1,
    )
    pixels = np.add.reduceat((ends - starts)[order], first)
    strongest = _first_largest(peaks[order], first)
    return Components(
        height,
        width,
        kinds.shapes(labels)[1:].astype(np.uint8),
        np.zeros(len(first), np.uint8),
        boxes,
        pixels,
        np.add.reduceat(sums[order], first) / pixels / 65535,
        points[order][strongest],
        starts,
        ends,
        of,
    )


Strip = tuple[Places, Places, Indices, NDArray[np.int64], NDArray[np.uint16], Places]


def _strip(labels: NDArray[np.int32], found: NDArray[np.uint16], top: int) -> Strip | None:
    """The runs of a strip of the photo: starts, ends, whose they are, what was found there in all and at most, where
    the most.
    """
    part = labels[top : top + STRIP]
    marked = part > 0
    starts, ends = runs_in(marked)
    if not len(starts):
        return None
    of = part.reshape(-1)[starts].astype(np.intp) - 1
    values = found[top : top + STRIP][marked]
    lengths = ends - starts
    first = np.cumsum(lengths) - lengths
    sums = np.add.reduceat(values, first, dtype=np.int64)
    strongest = _first_largest(values, first)
    origin = top * labels.shape[1]
    return starts + origin, ends + origin, of, sums, values[strongest], starts + (strongest - first) + origin


def _first_largest(values: NDArray[np.uint16], first: Indices) -> Indices:
    """Where in each piece of the values, which begin at `first`, its largest one is."""
    largest = np.maximum.reduceat(values, first)
    lengths = np.diff(np.append(first, len(values)))
    places = np.flatnonzero(values == np.repeat(largest, lengths))
    return places[np.searchsorted(places, first)]


def _together(one: Components, other: Components) -> Components:
    """Both, without a pixel in common."""
    starts = np.concatenate([one.starts, other.starts])
    order = np.argsort(starts)
    return Components(
        one.height,
        one.width,
        np.concatenate([one.shapes, other.shapes]),
        np.concatenate([one.states, other.states]),
        np.concatenate([one.boxes, other.boxes]),
        np.concatenate([one.pixels, other.pixels]),
        np.concatenate([one.sure, other.sure]),
        np.concatenate([one.points, other.points]),
        starts[order],
        np.concatenate([one.ends, other.ends])[order],
        np.concatenate([one.of, other.of + len(one)])[order],
    )
