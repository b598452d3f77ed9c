"""Which defects are chosen, on the photo and in the list alike, what is decided on them, and the review of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QObject, pyqtSignal

from core.translation import _, ngettext

from . import messages
from .components import KEPT, REJECTED, UNDECIDED, WIPED, none_of
from .values import has_mask
from .window import Window

if TYPE_CHECKING:
    from core.photo import Box

    from .canvas import Canvas
    from .components import Components, Indices
    from .marks import Marks


class Deciding(QObject):
    """Connects the list with the canvas and the marks, once there are any."""

    reviewChanged = pyqtSignal(bool)
    """A review has begun or has ended."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._list = window.panel.defects
        self._canvas: Canvas | None = None
        self._marks: Marks | None = None
        self._defects: Components | None = None
        self._chosen: Indices = np.zeros(0, np.intp)
        self._at: int | None = None  # the entry under review
        self._editable = False
        self._masked = False
        window.step_through = self._tab
        self._list.chosen.connect(self._chosen_in_list)
        self._list.decideAsked.connect(self.decide)
        self._list.reviewAsked.connect(self.review)
        self._list.forgetAsked.connect(self.forget)
        self._list.arranged.connect(self._arranged)

    def open(self, canvas: Canvas, marks: Marks) -> None:
        """Decide on the defects of these marks from here on."""
        self._canvas, self._marks = canvas, marks
        marks.listed.connect(self._listed)
        canvas.picked.connect(self._picked)
        canvas.banded.connect(self._banded)
        canvas.doublePicked.connect(self._double_picked)
        marks.set_listing(self._masked)
        self.end()
        self._listed(none_of(marks.height, marks.width))

    def turn_to(self, tool: str) -> None:
        """Another page: defects are listed where there is a mask. A review goes on from what is chosen with Tab."""
        self._masked = has_mask(tool)
        self.end()
        if self._marks is not None:
            self._marks.set_listing(self._masked)

    def enable(self, editable: bool) -> None:
        """Whether decisions can be made."""
        self._editable = editable
        self._list.setEnabled(editable)
        if not editable:
            self.end()

    @property
    def reviewing(self) -> bool:
        return self._at is not None

    def _stand_at(self, entry: int | None) -> None:
        before, self._at = self.reviewing, entry
        if before != self.reviewing:
            self.reviewChanged.emit(self.reviewing)

    def act(self, what: str) -> bool:
        """Do what a key asks for: "next", "previous", "enter" or "delete"; whether there was something to do."""
        if not self._masked or not self._editable:
            return False
        if what in ("next", "previous"):
            return self._step(1 if what == "next" else -1)
        picks = self._canvas is not None and self._canvas.tool == "pick"
        if not len(self._chosen) or (what == "enter" and not (self.reviewing or picks or self._list.table.hasFocus())):
            return False
        self.decide(KEPT if what == "enter" else REJECTED)
        return True

    def decide(self, state: int) -> None:
        """Decide on what is chosen; a review goes on to the next."""
        if self._marks is None or self._defects is None or not self._editable:
            return
        following = self._neighbour(1) if self.reviewing else None
        ends = self.reviewing and following is None
        self._defects = self._marks.decide(self._defects, self._chosen, state)
        self._chosen = self._chosen[self._defects.states[self._chosen] != WIPED]
        self._list.model.show(self._defects)
        if ends:
            self._finish()
        elif following is not None:
            self._go_to(following)
        else:
            self._show_chosen()

    @property
    def undecided(self) -> int:
        """How many of the defects that are listed await a decision."""
        return int(np.count_nonzero(self._defects.states == UNDECIDED)) if self._defects is not None else 0

    def review(self) -> None:
        """Begin the review, with the photo in focus."""
        if self._canvas is not None:
            self._canvas.setFocus()
        self.act("next")

    def review_undecided(self) -> None:
        """Begin it at the largest defect on which nothing is decided, whatever is chosen and left out of the list."""
        if not (self._list.model.shown_states == UNDECIDED).any():
            self._list.show_all()
        self._choose(self._chosen[:0])
        self.review()

    def forget(self) -> None:
        """Take all decisions back, as one step."""
        if self._marks is not None and self._marks.hand.decisions:
            self._marks.hand.decide((), _("Forget Decisions"))

    def end(self) -> bool:
        """End the review; whether there was one."""
        was = self.reviewing
        self._stand_at(None)
        self._list.show_position(None)
        return was

    # choosing

    def _choose(self, chosen: Indices) -> None:
        self.end()
        self._chosen = chosen
        self._show_chosen()

    def _show_chosen(self) -> None:
        """Show what is chosen in the list and on the photo."""
        model = self._list.model
        row = model.row_of(self._at) if self._at is not None else None
        self._list.choose(np.array([row]) if row is not None else model.rows_of(self._chosen))
        self._list.show_position(row)
        self._outline()

    def _outline(self) -> None:
        defects = self._defects
        if self._canvas is None or defects is None:
            return
        runs = defects.runs(self._chosen)
        text = ""
        if len(self._chosen) == 1:
            text = _("chosen: {defect}").format(defect=self._list.model.described(int(self._chosen[0])))
        elif len(self._chosen):
            count = len(self._chosen)
            text = ngettext("{count} defect chosen", "{count} defects chosen", count).format(count=count)
        self._canvas.set_chosen((defects.starts[runs], defects.ends[runs]), text)

    def _chosen_in_list(self) -> None:
        entries = self._list.entries
        self._chosen = self._list.model.members(entries)
        if self.reviewing:
            self._stand_at(int(entries[0]) if len(entries) == 1 else None)
            self._list.show_position(None if self._at is None else self._list.model.row_of(self._at))
        self._outline()
        if len(entries) == 1:
            self._show(self._chosen)

    def _picked(self, x: float, y: float, reach: float, adds: bool) -> None:
        if self._masked and self._defects is not None:
            hit = self._defects.at(x, y, reach)
            found = np.zeros(0, np.intp) if hit is None else np.array([hit])
            self._choose(np.setxor1d(self._chosen, found) if adds else found)

    def _banded(self, box: Box, adds: bool) -> None:
        if self._masked and self._defects is not None:
            found = self._defects.inside(box)
            self._choose(np.union1d(self._chosen, found) if adds else found)

    def _double_picked(self, x: float, y: float, reach: float) -> None:
        """Reject what was clicked on; what is rejected is taken back."""
        if not self._masked or self._defects is None:
            return
        hit = self._defects.at(x, y, reach)
        if hit is not None:
            self._choose(np.array([hit]))
            self.decide(UNDECIDED if self._defects.states[hit] == REJECTED else REJECTED)

    # review

    def _tab(self, step: int) -> bool:
        return self.act("next" if step > 0 else "previous")

    def _step(self, step: int) -> bool:
        """To the next (1) or the previous (-1) row; whether there are any."""
        entries = self._list.model.entries
        if not len(entries):
            return False
        self._window.message.take_back("reviewed")
        if not self.reviewing:
            shown = self._list.entries
            self._stand_at(int(shown[0]) if len(shown) == 1 and len(self._chosen) else None)
            if not self.reviewing:
                self._go_to(self._first())
                return True
        following = self._neighbour(step)
        if following is not None:
            self._go_to(following)
        elif step > 0:
            self._finish()
        return True

    def _first(self) -> int:
        """The largest undecided defect, else the first row."""
        model = self._list.model
        alone = model.entries[model.entries >= 0]
        open_ones = alone[model.defects.states[alone] == UNDECIDED]
        if not len(open_ones):
            return int(model.entries[0])
        return int(open_ones[model.defects.sizes[open_ones].argmax()])

    def _neighbour(self, step: int) -> int | None:
        model = self._list.model
        row = model.row_of(self._at) if self._at is not None else None
        if row is None or not 0 <= row + step < len(model.entries):
            return None
        return int(model.entries[row + step])

    def _go_to(self, entry: int) -> None:
        self._stand_at(entry)
        self._chosen = self._list.model.members(np.array([entry]))
        self._show_chosen()
        self._show(self._chosen)

    def _finish(self) -> None:
        self.end()
        self._show_chosen()
        self._window.message.say(messages.reviewed())

    def _show(self, chosen: Indices) -> None:
        """Bring defects into view."""
        box = self._defects.box(chosen) if self._defects is not None else None
        if box is not None and self._canvas is not None:
            self._canvas.show_box(box)

    # changes

    def _listed(self, defects: Components) -> None:
        """The list is new: what was chosen is found again by its strongest points."""
        before, self._defects = self._defects, defects
        points = before.points[self._chosen] if before is not None else self._chosen
        at = before.points[[self._at]] if before is not None and self._at is not None and self._at >= 0 else None
        self._list.model.show(defects)
        self._chosen = defects.with_points(points)
        if at is not None:
            again = defects.with_points(at)
            self._stand_at(int(again[0]) if len(again) else None)
        self._show_chosen()

    def _arranged(self) -> None:
        if self._at is not None and self._list.model.row_of(self._at) is None:
            self.end()
        self._show_chosen()
