"""Marks: what is damage in the photo, from what a detector found, the settings, the decisions and the hand's edits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial, reduce
from math import ceil

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from core.photo import Box, Mask, Photo
from core.translation import _, ngettext

from .components import BY_HAND, KEPT, REJECTED, UNDECIDED, Components, Indices
from .decisions import KEEP, OPEN, REJECT, Decisions, Verdict, over, painted, revised
from .detected import (
    EVERY_KIND,
    Defects,
    Limits,
    cut_at,
    decided_on,
    detected,
    detected_part,
    marked_part,
    thresholded,
)
from .hand import ADD, NOTHING, REMOVE, Hand, Plane, union
from .listing import Listable, Listing
from .newest import Newest, Turn
from .reduced import Reduced
from .runs import box_of

CLEAR, LEFT_OUT, REMOVED, DETECTED, ADDED = 0, 1, 2, 3, 4
"""The kinds of a pixel, in the order in which the larger one shows where several fall together."""
LARGE = 1_000_000
"""Pixels; what shows a larger change at reduced sizes is computed in the background."""
PAUSE = 150
"""Milliseconds without a new setting before the exact picture is computed: a slider in motion comes first."""


@dataclass(frozen=True)
class Settings:
    """Sensitivity 0..1; diameters of the smallest and the largest defect (0: no limit) and growth in pixels; which of
    core.tools.KINDS are wanted.
    """

    sensitivity: float = 0.5
    smallest: float = 0.0
    largest: float = 0.0
    grow: float = 0.0
    kinds: frozenset[str] = EVERY_KIND


@dataclass(frozen=True)
class Exact:
    """What the background found out: the defects, what was decided on each pixel and where that is news, and the exact
    mask, in full and reduced, unless the threshold and the decisions alone say what is marked.
    """

    defects: Defects | None
    decided: Plane | None
    changed: Box | None
    mask: Mask | None = None
    reduced: Reduced | None = None


class Marks(QObject):
    """The mask of a photo: what is detected or kept and not rejected, or added by hand, and not removed by hand. A
    selection limits all but the hand's edits.

    Nothing here takes the window's thread for long: the exact picture of kinds, sizes and growth is computed in the
    background. Until it is there, `kinds` shows what the threshold alone says (grown, where asked).
    """

    changed = pyqtSignal()
    """Any part of the mask may have changed; what the hand changes is told by hand.changed, with its Box."""
    counted = pyqtSignal(int, float)
    """Separate defects of the whole mask and the share of the photo they cover, 0..1; some time after a change."""
    listed = pyqtSignal(object)
    """The Components of what is detected, kept, rejected or painted by hand; some time after a change, while
    set_listing is on.
    """
    settled = pyqtSignal()
    """The background work is done: `kinds` shows what mask() has."""

    def __init__(self, photo: Photo, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.height, self.width = height, width = photo.height, photo.width
        self.hand = Hand(height, width, self)
        self._photo = photo
        self._selection = photo.selection
        self._found: NDArray[np.uint16] | None = None
        self._default = 0.5
        self._settings = Settings()
        self._limits = Limits(cut_at(0.5))
        self._defects: Defects | None = None
        self._decided: Plane | None = None
        """What was decided on each pixel, (H, W), never changed in place. Until the background work is done, new
        decisions count for the pixels that their defects had when they were decided on.
        """
        self._followed: Decisions = ()
        """The decisions that _decided knows."""
        self._exact: Mask | None = None
        self._exact_limits: Limits | None = None
        self._exact_decided: Plane | None = None
        self._by_hand = Reduced(height, width, np.uint8)
        self._open: Reduced | None = None
        """What was found where the hand removed nothing: thresholding it at any level shows what is marked."""
        self._open_exact: Reduced | None = None
        self._plane: Plane | None = None  # a copy of the hand's plane, until that changes
        self._reducing, self._exacting = Newest(self), Newest(self)
        self._listing = Listing(self._snapshot, self._listable, self._unfinished, self)
        self._listing.counted.connect(self.counted)
        self._listing.listed.connect(self.listed)
        self._awaited: dict[str, list[Box]] = {}
        """The background work under way ("reduced", "exact"), and what the hand changed since it began."""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._compute_exact)
        self.hand.changed.connect(self._hand_changed)
        self.hand.decided.connect(self._follow_decisions)

    @property
    def box(self) -> Box:
        """The whole photo."""
        return Box(0, 0, self.width, self.height)

    @property
    def pending(self) -> bool:
        """Whether background work is under way that may still change what `kinds` shows."""
        return bool(self._awaited)

    def set_probability(self, found: NDArray[np.uint16] | None, threshold: float) -> None:
        """Take what a detector found, (H, W) uint16 (65535 times the probability), and its threshold at sensitivity
        0.5; None: nothing is detected. The array may be mapped from a file and must not change afterwards.
        """
        if found is not None and found.shape != (self.height, self.width):
            raise ValueError(f"probabilities of {found.shape} do not fit a photo of {(self.height, self.width)}")
        self._found, self._default = found, threshold
        self._defects = self._exact = self._exact_limits = self._open_exact = None
        self._limits = self._limits_at(self._settings)
        if found is None:
            self._open = None
        self._ask_reduced()
        self._ask_exact()
        if found is None:
            self._announce()

    def set_settings(self, settings: Settings) -> None:
        """Mark what these settings say."""
        if settings == self._settings:
            return
        moving = replace(settings, kinds=self._settings.kinds) != self._settings
        self._settings = settings
        self._limits = self._limits_at(settings)
        self._ask_exact(PAUSE if moving else 0)
        self._announce()

    def kinds(self, level: int, box: Box) -> NDArray[np.uint8]:
        """What is where, for showing: CLEAR, LEFT_OUT, REMOVED, DETECTED or ADDED for each cell of `box` at a level.

        Level k has cells of 2^k x 2^k pixels, and the box is counted in cells. A cell shows the largest kind in it.
        """
        if level == 0:
            by_hand = self._own_kinds(box)
            marked = self._detected(box)
            return np.maximum(by_hand, np.where((marked > 0) & (by_hand != REMOVED), np.uint8(DETECTED), np.uint8(0)))
        by_hand = self._by_hand.level(level)[box.rows, box.columns]
        shown = self._shown_exact()
        if self._found is None or (shown is None and self._open is None):
            return by_hand
        if shown is not None:
            marked = shown.level(level)[box.rows, box.columns]
        else:
            assert self._open is not None
            marked = _at_level(self._open, level, box, self._limits)
        return np.maximum(by_hand, np.where(marked > 0, np.uint8(DETECTED), np.uint8(0)))

    def probability(self, column: int, row: int) -> float | None:
        """How sure the detector is of damage at a pixel, 0..1; None where none has looked."""
        return None if self._found is None else float(self._found[row, column]) / 65535

    def mask(self) -> Mask:
        """The exact mask of the whole photo, (H, W) uint8 0/255; takes seconds at 24 megapixels with sizes or kinds."""
        return self._snapshot()(None)

    def mask_in_background(self, callback: Callable[[Mask], None]) -> None:
        """Compute mask() as of now in a thread, then call back in this object's thread. Every call is answered."""
        work = Newest(self)

        def answer(mask: Mask) -> None:
            work.deleteLater()
            callback(mask)

        work.run(self._snapshot(), answer)

    def set_listing(self, on: bool) -> None:
        """Whether the defects are listed after each change."""
        self._listing.set_on(on)

    @property
    def list_awaited(self) -> bool:
        """Whether a list of the defects is still to come, the mask having changed since the last one."""
        return self._listing.awaited

    def decide(self, defects: Components, chosen: Indices, state: int) -> Components:
        """Decide on some of these defects, as one step; returns all with their states. UNDECIDED takes back.

        What was painted by hand is wiped where it is rejected; it cannot be kept more than it is.
        """
        states = defects.states[chosen]
        by_hand = chosen[states == BY_HAND] if state == REJECTED else chosen[:0]
        chosen = chosen[(states < BY_HAND) & (states != state)]
        if not len(chosen) + len(by_hand):
            return defects
        runs = defects.runs(chosen)
        verdict = None if state == UNDECIDED or not len(chosen) else defects.verdict(chosen, state == KEPT)
        names = {
            KEPT: ngettext("Keep Defect", "Keep Defects", len(chosen)),
            REJECTED: ngettext("Reject Defect", "Reject Defects", len(chosen)),
            UNDECIDED: ngettext("Take Back Decision", "Take Back Decisions", len(chosen)),
        }
        decisions = revised(self.hand.decisions, (defects.starts[runs], defects.ends[runs]), verdict)
        if len(by_hand):
            name = names[state] if len(chosen) else _("Delete Hand Edits")
            wiped = defects.runs(by_hand)
            self.hand.wipe(defects.starts[wiped], defects.ends[wiped], name, decisions)
        else:
            self.hand.decide(decisions, names[state])
        return defects.decided(chosen, state).without(by_hand)

    def close(self) -> None:
        """Stop all background work."""
        self._pause.stop()
        self._listing.close()
        for work in (self._reducing, self._exacting):
            work.stop()

    # inside

    def _limits_at(self, settings: Settings) -> Limits:
        from core.marking import threshold_at

        cut = cut_at(threshold_at(settings.sensitivity, self._default))
        return Limits(cut, settings.smallest, settings.largest, settings.grow, settings.kinds)

    def _announce(self) -> None:
        self._listing.stir()
        self.changed.emit()

    def _detected(self, box: Box) -> Mask:
        if self._found is None:
            return np.zeros((box.bottom - box.top, box.right - box.left), np.uint8)
        exact = self._current_exact()
        if exact is not None:
            return self._selected(over(exact[box.rows, box.columns], self._part_of(self._decided, box)), box)
        return detected_part(self._found, self._limits, self._selection, self._defects, box, self._decided)

    def _current_exact(self) -> Mask | None:
        """The exact picture where it is that of the limits, and grown from the decisions that count now."""
        fresh = self._exact_limits == self._limits and (not self._limits.margin or self._exact_decided is self._decided)
        return self._exact if fresh else None

    def _selected(self, marked: Mask, box: Box) -> Mask:
        if self._selection is None:
            return marked
        return np.where(self._selection[box.rows, box.columns] >= 128, marked, np.uint8(0))

    def _part_of(self, plane: Plane | None, box: Box) -> Plane | None:
        return None if plane is None else plane[box.rows, box.columns]

    def _shown_exact(self) -> Reduced | None:
        """The exact picture at reduced sizes; that of other kinds or sizes at the same cut stays until it is there."""
        if self._limits.local or self._exact_limits is None:
            return None
        by_defect = self._limits.measures and self._exact_limits.measures
        same_cut = by_defect and self._exact_limits.cut == self._limits.cut
        return self._open_exact if same_cut or self._exact_limits == self._limits else None

    def _unfinished(self) -> bool:
        """Whether the picture is still in the making."""
        return self.pending or self.hand.painting

    def _snapshot(self) -> Callable[[Turn | None], Mask]:
        """A function that computes the mask as it is now, whatever changes meanwhile."""
        self.hand.settle()
        if self._plane is None:
            self._plane = self.hand.plane.copy()
        found, limits, known, plane = self._found, self._limits, self._defects, self._plane
        exact, decisions = self._current_exact(), self.hand.decisions
        awaited, decided = "exact" in self._awaited, self._decided

        def compute(turn: Turn | None) -> Mask:
            if found is None:
                return _with_hand(np.zeros(plane.shape, np.uint8), plane)
            now, defects = decided_on(self._photo, found, limits, known, decisions) if awaited else (decided, known)
            if exact is not None and not awaited:
                marked = self._selected(over(exact, now), self.box)
            else:
                stopped = turn.stopped if turn else lambda: False
                marked = detected(self._photo, found, limits, defects, now, stopped)[0]
            return _with_hand(marked, plane)

        return compute

    def _follow_decisions(self) -> None:
        """Show new decisions on the pixels that their defects had; what else they mean comes from the background."""
        before, self._followed = self._followed, self.hand.decisions
        gone, new = _only_in(before, self._followed), _only_in(self._followed, before)
        if self._found is None or not gone + new:
            return
        plane = np.zeros((self.height, self.width), np.uint8) if self._decided is None else self._decided.copy()
        for verdict in gone:
            painted(plane, verdict, OPEN)
        for verdict in new:
            painted(plane, verdict, KEEP if verdict.keep else REJECT)
        self._decided = plane if self._followed else None
        self._refresh(_box_around(gone + new, self.width))
        self._ask_exact(0)
        self._announce()

    def _refresh(self, box: Box) -> None:
        """Bring what is reduced up to date with the person's work in this box."""
        if box.area > LARGE:
            self._ask_reduced()
        else:
            self._follow_hand(box)
        for touched in self._awaited.values():
            touched.append(box)

    def _hand_changed(self, box: Box) -> None:
        self._plane = None
        self._listing.stir()
        self._refresh(box)

    def _follow_hand(self, box: Box) -> None:
        """Bring what is reduced up to date in this box."""
        self._by_hand.update(box, self._own_kinds)
        found, exact = self._found, self._exact
        if self._open is not None and found is not None:
            self._open.update(box, lambda part: self._open_found(found, part))
        if self._open_exact is not None and exact is not None:
            self._open_exact.update(box, lambda part: self._open_mask(exact, part))

    def _own_kinds(self, box: Box) -> NDArray[np.uint8]:
        """What the person did: ADDED and REMOVED by hand, and LEFT_OUT: rejected."""
        kinds = _kind_by_hand(self.hand.plane[box.rows, box.columns])
        decided = self._part_of(self._decided, box)
        if decided is not None:
            kinds = np.maximum(kinds, (decided == REJECT).view(np.uint8) * np.uint8(LEFT_OUT))
        return kinds

    def _open_found(self, found: NDArray[np.uint16], box: Box) -> NDArray[np.uint16]:
        values = found[box.rows, box.columns]
        closed = self.hand.plane[box.rows, box.columns] == REMOVE
        decided = self._part_of(self._decided, box)
        if decided is not None:
            values = np.where(decided == KEEP, np.uint16(65535), values)
            closed |= decided == REJECT
        if self._selection is not None:
            closed |= self._selection[box.rows, box.columns] < 128
        return np.where(closed, np.uint16(0), values)

    def _open_mask(self, exact: Mask, box: Box) -> Mask:
        marked = self._selected(over(exact[box.rows, box.columns], self._part_of(self._decided, box)), box)
        return np.where(self.hand.plane[box.rows, box.columns] == REMOVE, np.uint8(0), marked)

    def _ask_reduced(self) -> None:
        """Have everything reduced anew for showing it at small sizes."""
        found, exact = self._found, self._exact

        def work(turn: Turn) -> tuple[Reduced, Reduced | None, Reduced | None]:
            by_hand = Reduced(self.height, self.width, np.uint8)
            by_hand.update(self.box, self._own_kinds, turn.stopped)
            reduced = reduced_exact = None
            if found is not None:
                reduced = Reduced(self.height, self.width, np.uint16)
                reduced.update(self.box, lambda box: self._open_found(found, box), turn.stopped)
            if exact is not None:
                reduced_exact = Reduced(self.height, self.width, np.uint8)
                reduced_exact.update(self.box, lambda box: self._open_mask(exact, box), turn.stopped)
            return by_hand, reduced, reduced_exact

        def take(result: tuple[Reduced, Reduced | None, Reduced | None]) -> None:
            self._by_hand, self._open = result[:2]
            if exact is self._exact:
                self._open_exact = result[2]
            self._arrived("reduced")

        self._awaited["reduced"] = []
        self._reducing.run(work, take)

    def _ask_exact(self, pause: int = PAUSE) -> None:
        """Have the exact picture of kinds, sizes, growth and decisions computed after a pause, where there are any."""
        self._exacting.stop()
        if self._found is None or (self._limits.local and not self.hand.decisions):
            self._pause.stop()
            self._awaited.pop("exact", None)
            self._decided = None
        else:
            self._awaited["exact"] = []
            self._pause.start(pause)

    def _compute_exact(self) -> None:
        found, limits, known, decisions = self._found, self._limits, self._defects, self.hand.decisions
        if found is None:
            return
        before = self._decided
        self._awaited["exact"] = []

        def work(turn: Turn) -> Exact:
            decided, every = decided_on(self._photo, found, limits, known, decisions)
            changed = _difference(before, decided)
            if limits.local:
                return Exact(every, decided, changed)
            baked = decided if limits.margin else None  # others are laid over it, and can be taken back at once
            mask, every = detected(self._photo, found, limits, every, baked, turn.stopped)
            reduced = Reduced(self.height, self.width, np.uint8)
            reduced.update(self.box, lambda box: self._open_mask(mask, box), turn.stopped)
            return Exact(every, decided, changed, mask, reduced)

        def take(result: Exact) -> None:
            self._defects, self._decided = result.defects, result.decided
            if result.mask is not None:
                self._exact, self._open_exact = result.mask, result.reduced
                self._exact_limits, self._exact_decided = limits, result.decided
            if result.changed is not None:
                self._refresh(result.changed)
            self._arrived("exact")

        self._exacting.run(work, take)

    def _arrived(self, what: str) -> None:
        """Catch up with the hand, and tell of the new picture."""
        touched = self._awaited.pop(what)
        if sum(box.area for box in touched) > LARGE:
            self._ask_reduced()
        else:
            for box in touched:
                self._follow_hand(box)
        self._announce()
        if not self._awaited:
            self.settled.emit()

    def _listable(self) -> Listable:
        """What is to be listed, as it is now."""
        found, limits, known = self._found, self._limits, self._defects

        def marked(found: NDArray[np.uint16]) -> Mask:
            return self._selected(marked_part(found, limits, known, self.box), self.box)

        detects = None if found is None else partial(marked, found)
        return Listable(detects, found, self._decided, self.hand.decisions, self.hand.plane)


def _only_in(some: Decisions, others: Decisions) -> list[Verdict]:
    known = {id(verdict) for verdict in others}
    return [verdict for verdict in some if id(verdict) not in known]


def _difference(one: Plane | None, other: Plane | None) -> Box | None:
    """Where two planes differ; None is a plane without decisions."""
    if one is not None and other is not None:
        differing = one != other
    elif (there := one if other is None else other) is not None:
        differing = there != OPEN
    else:
        return None
    rows, columns = np.flatnonzero(differing.any(axis=1)), np.flatnonzero(differing.any(axis=0))
    return Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1) if len(rows) else None


def _box_around(verdicts: list[Verdict], width: int) -> Box:
    return reduce(union, (box_of(verdict.starts, verdict.ends, width) for verdict in verdicts))


def _kind_by_hand(plane: Plane) -> NDArray[np.uint8]:
    kinds: NDArray[np.uint8] = (plane == ADD).view(np.uint8) * np.uint8(ADDED)
    kinds += (plane == REMOVE).view(np.uint8) * np.uint8(REMOVED)
    return kinds


def _with_hand(marked: Mask, plane: Plane) -> Mask:
    """What is marked (h, w), with the hand's edits over it."""
    return np.where(plane == NOTHING, marked, np.where(plane == ADD, np.uint8(255), np.uint8(0)))


def _at_level(open_found: Reduced, level: int, box: Box, limits: Limits) -> Mask:
    """What the threshold marks at a level, grown where asked; kinds and sizes are left out."""
    cells = open_found.level(level)
    grow = limits.grow / 2**level
    outer = box.grown(ceil(grow), *cells.shape)
    marked = thresholded(cells[outer.rows, outer.columns], limits.cut)
    if grow < 1:
        return marked[box.within(outer)]
    from core import mask as masks

    return masks.grown(marked, grow)[box.within(outer)]
