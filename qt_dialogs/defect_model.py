"""The defects as rows of a table: filtered, sorted, the smallest ones together in one row."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QAbstractTableModel, QLocale, QModelIndex, QObject, Qt
from PyQt6.QtGui import QIcon

from core.tools import SHAPES
from core.translation import _, ngettext

from .components import BY_HAND, KEPT, REJECTED, UNDECIDED, Components, Indices, none_of
from .icons import icon

KIND, SIZE, SURE, STATE = range(4)
SMALL = 5
"""Pixels; defects whose longer side is below share a row."""
FILTERS = {
    "all": (UNDECIDED, KEPT, REJECTED, BY_HAND),
    "undecided": (UNDECIDED,),
    "rejected": (REJECTED,),
    "by-hand": (BY_HAND,),
}
SIGNS = "○✓✕✎"
"""By state."""

Entries = NDArray[np.int64]
"""What the rows are, by row: a defect's index, or what group_of gives for all small ones of a state."""


def group_of(state: int) -> int:
    return -1 - state


class DefectModel(QAbstractTableModel):
    """Rows are made when they are looked at. `entries` has what they are."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.defects: Components = none_of(1, 1)
        self.entries: Entries = np.zeros(0, np.int64)
        self._wanted = "all"
        self._column, self._order = SIZE, Qt.SortOrder.DescendingOrder
        self._opened = False
        self._icons: dict[str, QIcon] = {name: icon(name) for name in SHAPES}
        self._locale = QLocale()

    # what is shown

    def show(self, defects: Components) -> None:
        self._change(defects=defects)

    def set_filter(self, name: str) -> None:
        """Show the defects of one of FILTERS."""
        self._change(wanted=name)

    def open_small(self, opened: bool) -> None:
        """Whether the small defects have a row each."""
        if opened != self._opened:
            self._change(opened=opened)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._change(column=column, order=order)

    @property
    def shown_states(self) -> NDArray[np.int64]:
        """By row (N,) the state of what is there."""
        alone = np.maximum(self.entries, 0)
        return np.where(self.entries < 0, -1 - self.entries, self.defects.states[alone] if len(self.defects) else 0)

    def is_small(self, entry: int) -> bool:
        """Whether this is a small defect, or several."""
        return entry < 0 or bool(self.defects.sizes[entry] < SMALL)

    def members(self, entries: Entries) -> Indices:
        """The defects in these rows."""
        single = entries[entries >= 0]
        small = self.defects.sizes < SMALL
        groups = [np.flatnonzero(small & (self.defects.states == -1 - group)) for group in entries[entries < 0]]
        return np.concatenate([single, *groups]).astype(np.intp)

    def row_of(self, entry: int) -> int | None:
        """Where an entry is; None where it is not shown."""
        rows = np.flatnonzero(self.entries == entry)
        return int(rows[0]) if len(rows) else None

    def rows_of(self, chosen: Indices) -> NDArray[np.intp]:
        """The rows of these defects, as far as they have rows of their own."""
        return np.flatnonzero(np.isin(self.entries, chosen))

    # what a table asks for

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.entries)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else 4

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (_("Kind"), _("Size"), _("Sure"), _("State"))[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return (
                _("Line, spot or area"),
                _("The longer side of the box around it"),
                _("How sure the model is, on average"),
                _("What was decided"),
            )[section]
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry, column = int(self.entries[index.row()]), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(entry, column)
        if role == Qt.ItemDataRole.DecorationRole and column == KIND:
            return self._icons["spots" if entry < 0 else SHAPES[self.defects.shapes[entry]]]
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (SIZE, SURE):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.described(entry) if column == KIND else self._text(entry, column)
        if role == Qt.ItemDataRole.ToolTipRole and entry < 0:
            return _("All that are smaller than {size} px (→ shows them one by one)").format(size=SMALL)
        return None

    def described(self, entry: int) -> str:
        """An entry in words."""
        return _("{kind}, {size}, {state}").format(
            kind=self._text(entry, KIND), size=self._text(entry, SIZE), state=state_name(self._state(entry))
        )

    # inside

    def _text(self, entry: int, column: int) -> str:
        number = self._locale.toString
        group = self.members(np.array([entry])) if entry < 0 and column in (KIND, SURE) else None
        if column == KIND:
            if group is not None:
                return ngettext("{count} speck", "{count} specks", len(group)).format(count=number(len(group)))
            return {"lines": _("line"), "spots": _("spot"), "areas": _("area")}[SHAPES[self.defects.shapes[entry]]]
        if column == SIZE:
            return f"< {SMALL} px" if entry < 0 else f"{number(int(self.defects.sizes[entry]))} px"
        if column == SURE and self._state(entry) == BY_HAND:
            return "–"
        if column == SURE:
            sure = self.defects.sure[entry if group is None else group].mean()
            return f"{number(round(100 * float(sure)))} %"
        state = self._state(entry)
        return f"{SIGNS[state]} {state_name(state)}"

    def _state(self, entry: int) -> int:
        return -1 - entry if entry < 0 else int(self.defects.states[entry])

    def _change(
        self,
        defects: Components | None = None,
        wanted: str | None = None,
        opened: bool | None = None,
        column: int | None = None,
        order: Qt.SortOrder | None = None,
    ) -> None:
        self.beginResetModel()
        self.defects = self.defects if defects is None else defects
        self._wanted = self._wanted if wanted is None else wanted
        self._opened = self._opened if opened is None else opened
        self._column = self._column if column is None else column
        self._order = self._order if order is None else order
        self.entries = self._arranged()
        self.endResetModel()

    def _arranged(self) -> Entries:
        defects, states = self.defects, FILTERS[self._wanted]
        shown = np.isin(defects.states, states)
        small = defects.sizes < SMALL
        alone = np.flatnonzero(shown if self._opened else shown & ~small)
        groups: list[int] = []
        if not self._opened:
            groups = [state for state in states if (small & (defects.states == state)).any()]
        entries = np.concatenate([alone, [group_of(state) for state in groups]]).astype(np.int64)
        sizes = np.concatenate([defects.sizes[alone], [SMALL - 1 for _state in groups]])
        if self._column == KIND:
            by = np.concatenate([defects.shapes[alone], [len(SHAPES) for _state in groups]])
        elif self._column == SIZE:
            by = sizes
        elif self._column == SURE:
            means = [defects.sure[small & (defects.states == state)].mean() for state in groups]
            by = np.concatenate([defects.sure[alone], means])
        else:
            by = np.concatenate([defects.states[alone], groups])
        rising = self._order == Qt.SortOrder.AscendingOrder
        return entries[np.lexsort((-sizes, by if rising else -by.astype(float)))]


def state_name(state: int) -> str:
    names = {UNDECIDED: _("undecided"), KEPT: _("kept"), REJECTED: _("rejected"), BY_HAND: _("by hand")}
    return names[state]
