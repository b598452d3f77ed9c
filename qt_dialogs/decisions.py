"""Decisions on defects: which are damage whatever the settings say, and which are none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.photo import Mask

from .runs import Flags, Places, meeting, pixels_of

OPEN, KEEP, REJECT = 0, 1, 2
WIDENED = 2
"""Pixels around those of a rejected defect that stay out where it has become a part of something larger."""
STRIP = 256
"""Rows looked at together: NumPy lets no other thread run while it is at one of them."""
ARRAYS = ("keeps", "defects", "runs", "points", "starts", "ends", "of")

Plane = NDArray[np.uint8]
"""(H, W) uint8: 0 undecided, 1 damage, 2 no damage."""


@dataclass(frozen=True, eq=False)
class Verdict:
    """One decision on N defects: the strongest point of each (N,) and their pixels as they were then, as runs (M,);
    of: which of the defects, 0..N-1, each run belongs to.
    """

    keep: bool
    points: Places
    starts: Places
    ends: Places
    of: NDArray[np.intp]

    def without(self, gone: Flags) -> Verdict | None:
        """The decision on the other defects; None where it was on no others."""
        if gone.all():
            return None
        stays = ~gone
        runs = stays[self.of]
        number = np.cumsum(stays) - 1
        return Verdict(self.keep, self.points[stays], self.starts[runs], self.ends[runs], number[self.of[runs]])


Decisions = tuple[Verdict, ...]


def revised(decisions: Decisions, runs: tuple[Places, Places], verdict: Verdict | None) -> Decisions:
    """The decisions without those on defects that have a pixel in these runs, and with the new one, if any."""
    stay: list[Verdict] = []
    for earlier in decisions:
        hit = meeting(earlier.starts, earlier.ends, runs)
        gone = np.zeros(len(earlier.points), np.bool_)
        gone[earlier.of[hit]] = True
        left = earlier.without(gone) if gone.any() else earlier
        if left is not None:
            stay.append(left)
    return (*stay, verdict) if verdict is not None else tuple(stay)


def over(marked: Mask, decided: Plane | None) -> Mask:
    """What is marked (h, w) 0/255, with the decisions on its pixels."""
    if decided is None:
        return marked
    added = (decided == KEEP).view(np.uint8) * np.uint8(255)
    left = (decided != REJECT).view(np.uint8) * np.uint8(255)
    result: Mask = (marked | added) & left
    return result


def painted(plane: Plane, verdict: Verdict, value: int) -> None:
    """Give the pixels that the defects had when they were decided on this value."""
    plane.reshape(-1)[pixels_of(verdict.starts, verdict.ends)] = value


def resolved(decisions: Decisions, labels: NDArray[np.int32], wanted: Flags) -> Plane | None:
    """What the decisions say about each pixel, now that the defects are those of the labels (H, W), 0 = none.

    wanted: by label, whether the settings mark it. Kept defects keep their pixels. A rejected one that is still the
    same defect (`matched`) stays out whole; of what it has become a part of, or has fallen into, stays out what it
    marked, widened by WIDENED. None without decisions.
    """
    if not decisions:
        return None
    plane = np.zeros(labels.shape, np.uint8)
    for verdict in decisions:
        if verdict.keep:
            painted(plane, verdict, KEEP)
    rejected = joined(verdict for verdict in decisions if not verdict.keep)
    if rejected is None:
        return plane
    pixels, of = pixels_of(rejected.starts, rejected.ends), _owners(rejected)
    same = matched(rejected, labels, wanted)
    whole, touched = np.zeros((2, len(wanted)), np.bool_)
    whole[same] = True
    whole[0] = False
    loose = pixels[same[of] == 0]
    touched[labels.reshape(-1)[loose]] = True
    touched &= wanted
    near = _widened(loose, labels.shape) if len(loose) else None
    for rows in _strips(labels):
        part = labels[rows]
        out = whole[part]
        if near is not None:
            out |= touched[part] & near[rows]
        plane[rows][out] = REJECT
    return plane


def matched(verdict: Verdict, labels: NDArray[np.int32], wanted: Flags) -> NDArray[np.int32]:
    """By defect of the decision its label now, (N,): that at its strongest point; 0 where it is not the same any more.

    It is, where that label marks at least half of what was the defect, and at least half of that label is what was
    the defect (or another one of the decision), widened by WIDENED.
    """
    flat = labels.reshape(-1)
    pixels, of = pixels_of(verdict.starts, verdict.ends), _owners(verdict)
    count = len(verdict.points)
    now = np.where(wanted[flat[verdict.points]], flat[verdict.points], np.int32(0))
    covered = np.bincount(of, flat[pixels] == now[of], count)
    now[2 * covered < np.bincount(of, minlength=count)] = 0
    asked = np.zeros(len(wanted), np.bool_)
    asked[now] = True
    asked[0] = False
    near = _widened(pixels, labels.shape)
    area, inside = np.zeros((2, len(wanted)), np.int64)
    for rows in _strips(labels):
        part = labels[rows]
        which = asked[part]
        area += np.bincount(part[which], minlength=len(wanted))
        inside += np.bincount(part[which & near[rows]], minlength=len(wanted))
    return np.where(2 * inside[now] >= area[now], now, np.int32(0))


def joined(verdicts: Iterable[Verdict]) -> Verdict | None:
    """Decisions that say the same as one; None without any."""
    every = list(verdicts)
    if not every:
        return None
    before = np.cumsum([0, *(len(verdict.points) for verdict in every)])
    return Verdict(
        every[0].keep,
        np.concatenate([verdict.points for verdict in every]),
        np.concatenate([verdict.starts for verdict in every]),
        np.concatenate([verdict.ends for verdict in every]),
        np.concatenate([verdict.of + offset for verdict, offset in zip(every, before, strict=False)]),
    )


def packed(decisions: Decisions) -> dict[str, NDArray[Any]]:
    """The decisions as arrays by the names in ARRAYS."""
    runs = [len(verdict.starts) for verdict in decisions]
    arrays: dict[str, NDArray[Any]] = {
        "keeps": np.array([verdict.keep for verdict in decisions], np.bool_),
        "defects": np.array([len(verdict.points) for verdict in decisions], np.int64),
        "runs": np.array(runs, np.int64),
    }
    for name in ARRAYS[3:]:
        parts = [getattr(verdict, name) for verdict in decisions]
        arrays[name] = np.concatenate([np.zeros(0, np.int64), *parts]).astype(np.int64)
    return arrays


def unpacked(arrays: Mapping[str, NDArray[Any]], height: int, width: int) -> Decisions | None:
    """The decisions that `packed` gave, on a photo of this size; None where the arrays hold something else."""
    kinds = {name: "b" if name == "keeps" else "i" for name in ARRAYS}
    if any(arrays[name].ndim != 1 or arrays[name].dtype.kind != kind for name, kind in kinds.items()):
        return None
    keeps, defects, runs, points, starts, ends, of = (arrays[name] for name in ARRAYS)
    sizes = [len(array) for array in (keeps, defects, runs)]
    if len({*sizes}) != 1 or defects.min(initial=1) < 1 or runs.min(initial=1) < 1:
        return None
    if len(points) != defects.sum() or not len(starts) == len(ends) == len(of) == runs.sum():
        return None
    whole = height * width
    if points.min(initial=0) < 0 or points.max(initial=0) >= whole or starts.min(initial=0) < 0:
        return None
    if ends.max(initial=0) > whole or (starts // width != (ends - 1) // width).any() or (starts >= ends).any():
        return None
    found = []
    points_of, runs_of = np.cumsum(defects), np.cumsum(runs)
    for index, keep in enumerate(keeps):
        mine = slice(runs_of[index] - runs[index], runs_of[index])
        if of[mine].min() < 0 or of[mine].max() >= defects[index]:
            return None
        its = points[points_of[index] - defects[index] : points_of[index]]
        found.append(Verdict(bool(keep), its, starts[mine], ends[mine], of[mine].astype(np.intp)))
    return tuple(found)


def _owners(verdict: Verdict) -> NDArray[np.intp]:
    """By pixel which of the decision's defects it belongs to."""
    return np.repeat(verdict.of, verdict.ends - verdict.starts)


def _widened(pixels: Places, shape: tuple[int, ...]) -> Flags:
    """Where in a photo of this shape these pixels are, and what lies within WIDENED pixels of them."""
    import cv2  # a tenth of a second to load: not before the window is there

    plane = np.zeros(shape, np.uint8)
    plane.reshape(-1)[pixels] = 1
    reach = np.arange(-WIDENED, WIDENED + 1)
    disc = (reach[:, None] ** 2 + reach[None, :] ** 2 <= WIDENED**2).astype(np.uint8)
    return np.asarray(cv2.dilate(plane, disc)).view(np.bool_)


def _strips(labels: NDArray[np.int32]) -> Iterable[slice]:
    return (slice(top, top + STRIP) for top in range(0, len(labels), STRIP))
