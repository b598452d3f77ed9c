"""The list of defects in the panel: a filter, where a review stands, and the table."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QItemSelection, QItemSelectionModel, QSignalBlocker, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QKeyEvent
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from core.translation import _

from .accesskeys import AccessKeys
from .components import BY_HAND, KEPT, REJECTED, UNDECIDED
from .controls import Chooser
from .defect_model import KIND, SIZE, STATE, SURE, DefectModel, Entries, state_name

LOWEST = 120
ROW = 24
MANY = 1000
"""Stretches of rows; where more would be chosen the table shows none of them, for each takes its time."""
MOVING = {
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
}


class DefectTable(QTableView):
    """The table. Keys that do not move in it are left to the window: letters choose tools here as on the photo."""

    smallAsked = pyqtSignal(bool)
    """The small defects are to have a row each, or to share one again."""

    def __init__(self, model: DefectModel) -> None:
        super().__init__()
        self.setObjectName("defects")
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setIconSize(QSize(16, 16))
        self.setMinimumHeight(LOWEST)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.setAccessibleName(_("Defects"))
        self.setToolTip(_("Enter keeps what is chosen, Delete rejects it or wipes what was painted; Tab goes on."))
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        assert rows is not None and columns is not None
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(max(ROW, self.fontMetrics().height() + 6))
        columns.setHighlightSections(False)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setSectionResizeMode(KIND, QHeaderView.ResizeMode.Stretch)
        columns.setMinimumSectionSize(40)
        widest = {
            SIZE: ["00 000 px", _("Size")],
            SURE: ["100 %", _("Sure")],
            STATE: [f"○ {state_name(state)}" for state in (UNDECIDED, KEPT, REJECTED, BY_HAND)] + [_("State")],
        }
        for column, texts in widest.items():
            columns.resizeSection(column, max(self.fontMetrics().horizontalAdvance(text) for text in texts) + 14)
        self.setSortingEnabled(True)
        self._make_room(columns)
        self.sortByColumn(SIZE, Qt.SortOrder.DescendingOrder)

    def _make_room(self, columns: QHeaderView) -> None:
        """Each column as wide as its heading with the arrow that says how it is sorted, the table as wide as all."""
        bar = self.verticalScrollBar()
        assert bar is not None
        needed = {column: columns.sectionSizeHint(column) for column in range(columns.count())}
        names = (_("line"), _("spot"), _("area"))
        widest = max(self.fontMetrics().horizontalAdvance(name) for name in names)
        needed[KIND] = max(needed[KIND], widest + self.iconSize().width() + 16)
        for column in (SIZE, SURE, STATE):
            needed[column] = max(columns.sectionSize(column), needed[column])
            columns.resizeSection(column, needed[column])
        self.setMinimumWidth(sum(needed.values()) + bar.sizeHint().width() + 2 * self.frameWidth())

    def span_groups(self, rows: NDArray[np.intp]) -> None:
        """In these rows, each of which stands for several defects, what they are has the place of their size too."""
        self.clearSpans()
        for row in rows:
            self.setSpan(int(row), KIND, 1, SIZE - KIND + 1)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event
        selects_all = event.key() == Qt.Key.Key_A and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and not event.modifiers():
            self.smallAsked.emit(event.key() == Qt.Key.Key_Right)
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and not event.modifiers():
            model = self.model()
            assert model is not None
            self.selectRow(0 if event.key() == Qt.Key.Key_Home else model.rowCount() - 1)
        elif event.key() in MOVING or selects_all:
            super().keyPressEvent(event)
        else:
            event.ignore()


class DefectList(QFrame):
    """What stands below the page on Detect and Restore."""

    chosen = pyqtSignal()
    """Other rows were chosen by the person."""
    decideAsked = pyqtSignal(int)
    """The state that the chosen defects are to have."""
    reviewAsked = pyqtSignal()
    forgetAsked = pyqtSignal()
    arranged = pyqtSignal()
    """Filter, order or the small defects' rows changed."""

    def __init__(self, keys: AccessKeys, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = DefectModel(self)
        self.filter = Chooser()
        for name, text in (
            ("all", _("All defects")),
            ("undecided", _("Undecided")),
            ("rejected", _("Rejected")),
            ("by-hand", _("By hand")),
        ):
            self.filter.addItem(text, name)
        self.filter.setAccessibleName(_("Defects in the list"))
        self.filter.setToolTip(_("Which defects the list has, and a review goes through"))
        self.position = QLabel()
        self.position.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.review_button = QPushButton(keys.marked(_("Review")))
        self.review_button.setAutoDefault(False)
        self.review_button.setToolTip(_("Go through the defects: Tab next, Enter keep, Delete reject."))
        self.table = DefectTable(self.model)
        head = QHBoxLayout()
        head.addWidget(self.filter)
        head.addWidget(self.position, 1)
        head.addWidget(self.review_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 8)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.table, 1)
        self._add_actions()
        self.filter.activated.connect(self._set_filter)
        self.review_button.clicked.connect(self.reviewAsked)
        self.table.smallAsked.connect(self._open_small)
        self.model.modelReset.connect(self._was_reset)
        selection = self.table.selectionModel()
        assert selection
        selection.selectionChanged.connect(lambda: self.chosen.emit())
        self._was_reset()

    @property
    def entries(self) -> Entries:
        """What is chosen, in the order of the rows."""
        selection = self.table.selectionModel()
        assert selection
        parts = selection.selection()
        rows = [np.arange(parts[i].top(), parts[i].bottom() + 1) for i in range(len(parts))]
        return self.model.entries[np.unique(np.concatenate([np.zeros(0, np.int64), *rows])).astype(np.intp)]

    def choose(self, rows: NDArray[np.intp]) -> None:
        """Have these rows chosen, without `chosen`; the first of them is brought into view."""
        selection = self.table.selectionModel()
        assert selection
        picked = QItemSelection()
        breaks = np.flatnonzero(np.diff(rows) != 1) + 1
        for piece in np.split(rows, breaks) if len(rows) > 0 and len(breaks) < MANY else []:
            picked.select(self.model.index(int(piece[0]), 0), self.model.index(int(piece[-1]), STATE))
        with QSignalBlocker(selection):
            selection.select(picked, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            if len(rows):
                at = self.model.index(int(rows[0]), 0)
                selection.setCurrentIndex(at, QItemSelectionModel.SelectionFlag.NoUpdate)
                self.table.scrollTo(at)
        view = self.table.viewport()
        assert view
        view.update()

    def show_position(self, row: int | None) -> None:
        """Where a review stands; None: there is none."""
        text = ""
        if row is not None:
            number = self.locale().toString
            text = _("{place} of {count}").format(place=number(row + 1), count=number(len(self.model.entries)))
        self.position.setText(text)
        self.position.setAccessibleName(text)

    def show_all(self) -> None:
        """Leave nothing out."""
        self.filter.setCurrentIndex(self.filter.findData("all"))
        self._set_filter()

    def _set_filter(self) -> None:
        self.model.set_filter(str(self.filter.currentData()))
        self.arranged.emit()

    def _open_small(self, opened: bool) -> None:
        """Where the current row has small defects."""
        row = self.table.currentIndex().row()
        if 0 <= row < len(self.model.entries) and self.model.is_small(int(self.model.entries[row])):
            self.model.open_small(opened)
            self.arranged.emit()

    def _was_reset(self) -> None:
        self.review_button.setEnabled(len(self.model.entries) > 0)
        self.table.span_groups(np.flatnonzero(self.model.entries < 0))

    def _add_actions(self) -> None:
        for text, do in (
            (_("Keep"), lambda: self.decideAsked.emit(KEPT)),
            (_("Reject"), lambda: self.decideAsked.emit(REJECTED)),
            (_("Take Back Decision"), lambda: self.decideAsked.emit(UNDECIDED)),
            (_("Forget All Decisions"), self.forgetAsked.emit),
        ):
            action = QAction(text, self.table)
            action.triggered.connect(lambda _checked, do=do: do())
            self.table.addAction(action)
