"""Counting the defects of a mask and listing them, in the background, once nothing has changed for a while."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from core.photo import Mask

from .components import Components, components, what_was_rejected
from .decisions import Decisions, Plane, over
from .hand import ADD, NOTHING
from .newest import Newest, Turn

QUIET = 200
"""Milliseconds without a change after which the defects are counted and listed."""


@dataclass(frozen=True)
class Listable:
    """What a list is made of: what the settings mark in the selection, neither grown nor decided on, (H, W) 0/255, and
    the rest as Marks has it. marked, found: None where nothing is detected.
    """

    marked: Callable[[], Mask] | None
    found: NDArray[np.uint16] | None
    decided: Plane | None
    decisions: Decisions
    plane: Plane


class Listing(QObject):
    """Counts always, lists while `set_on` says so."""

    counted = pyqtSignal(int, float)
    """Separate defects of the whole mask and the share of the photo they cover, 0..1."""
    listed = pyqtSignal(object)
    """The Components of what is detected, kept, rejected or painted by hand."""

    def __init__(
        self,
        snapshot: Callable[[], Callable[[Turn | None], Mask]],
        listable: Callable[[], Listable],
        unfinished: Callable[[], bool],
        parent: QObject,
    ) -> None:
        """snapshot: gives what computes the mask as it is now; listable: what there is to be listed now; unfinished:
        whether the mask is about to change, so that neither is worth while.
        """
        super().__init__(parent)
        self._snapshot, self._listable, self._unfinished = snapshot, listable, unfinished
        self._counting, self._listing = Newest(self), Newest(self)
        self._on = self._at_work = False
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(QUIET)
        self._quiet.timeout.connect(self._count)

    @property
    def awaited(self) -> bool:
        """Whether a list is still to come, the mask having changed."""
        return self._on and (self._quiet.isActive() or self._at_work or self._unfinished())

    def set_on(self, on: bool) -> None:
        """Whether the defects are listed after each change."""
        if on and not self._on:
            self.stir()
        self._on = on

    def stir(self) -> None:
        """The mask has changed."""
        self._quiet.start()

    def close(self) -> None:
        """Stop all work."""
        self._quiet.stop()
        self._counting.stop()
        self._listing.stop()

    def _count(self) -> None:
        if self._unfinished():
            self.stir()
            return
        compute = self._snapshot()

        def work(turn: Turn) -> tuple[int, float]:
            from core import mask as masks  # OpenCV takes a tenth of a second to load: not before the window is there

            mask = compute(turn)
            return masks.count(mask), float(np.count_nonzero(mask)) / mask.size

        self._counting.run(work, lambda result: self.counted.emit(*result))
        if self._on:
            self._list()

    def _list(self) -> None:
        what = self._listable()

        def work(turn: Turn) -> Components:
            try:
                return listed(what)
            except Exception:
                turn.tell(self._rest)  # nobody is to wait for it
                raise

        def tell(defects: Components) -> None:
            self._rest()
            self.listed.emit(defects)

        self._at_work = True
        self._listing.run(work, tell)

    def _rest(self) -> None:
        self._at_work = False


def listed(what: Listable) -> Components:
    """The defects. What the hand did to a pixel counts alone there: what was painted over is the hand's."""
    plane = what.plane.copy()  # it may be painted on meanwhile
    free = plane == NOTHING
    marked = rejected = None
    if what.marked is not None:
        marked = np.where(free, what.marked(), np.uint8(0))
        rejected = what_was_rejected(marked, what.decided)
        marked = np.where(free, over(marked, what.decided), np.uint8(0))
    return components(marked, rejected, plane == ADD, what.found, what.decisions)
