"""What tests of how the window looks have in common."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtGui import QFontMetrics
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QLabel,
    QListWidget,
    QScrollArea,
    QTableView,
    QWidget,
)
from windows import Desktop

from qt_dialogs import messages
from qt_dialogs.messages import Message
from qt_dialogs.pages.page import Section

WORK = ((True, False), (False, True), (True, True))
"""Whether a mask, whether hints."""
SIZES = [(1280, 800), (960, 640)]
Keep = Callable[[QWidget, str], None]


def cut_off(window: QWidget) -> list[str]:
    """The texts of the window that are not seen whole."""
    found = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisibleTo(window):
            continue
        if isinstance(widget, QLabel) and widget.text() and widget.objectName() != "badge":
            needed = widget.heightForWidth(widget.width()) if widget.wordWrap() else widget.sizeHint().height()
            if widget.height() < needed or (not widget.wordWrap() and widget.width() < widget.sizeHint().width()):
                found.append(widget.text())
        elif isinstance(widget, QAbstractButton | QComboBox) and widget.width() < widget.minimumSizeHint().width():
            found.append(widget.accessibleName() or widget.objectName())
        elif isinstance(widget, QListWidget):
            found += shortened_rows(widget)
        elif isinstance(widget, QTableView):
            found += shortened_columns(widget)
        parent = widget.parentWidget()
        if parent and not isinstance(parent.parentWidget(), QScrollArea) and widget.window() is window:
            place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
            if place.left() < 0 or place.right() > window.width():  # a splitter from right to left is a pixel aside
                found.append(f"{type(widget).__name__} {widget.objectName()} at {place}")
    return found


def shortened_rows(rows: QListWidget) -> list[str]:
    """The texts of a list that do not fit in it."""
    items = [rows.item(row) for row in range(rows.count())]
    room = rows.viewport().width() - 6
    return [item.text() for item in items if QFontMetrics(item.font()).horizontalAdvance(item.text()) > room]


def shortened_columns(table: QTableView) -> list[str]:
    """The columns of a table whose heading or first texts do not fit."""
    model, header = table.model(), table.horizontalHeader()
    cut = [
        str(model.headerData(column, Qt.Orientation.Horizontal))
        for column in range(model.columnCount())
        if header.sectionSizeHint(column) > table.columnWidth(column)
    ]
    rows = {*range(min(model.rowCount(), 50)), *range(max(model.rowCount() - 50, 0), model.rowCount())}
    cells = [model.index(row, column) for row in rows for column in range(model.columnCount())]
    return cut + [
        str(model.data(cell)) for cell in cells if table.sizeHintForIndex(cell).width() > table.visualRect(cell).width()
    ]


def scrolls_sideways(window: QWidget) -> list[str]:
    """What is wider than the place it is shown in."""
    areas = [area for area in window.findChildren(QAbstractScrollArea) if area.isVisibleTo(window)]
    return [area.objectName() or type(area).__name__ for area in areas if area.horizontalScrollBar().maximum() > 0]


def unnamed(within: QWidget) -> list[tuple[str, str]]:
    """What Tab stops at in here and has no name."""
    found = []
    for widget in within.findChildren(QWidget):
        if widget.isVisibleTo(within) and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            if widget.focusProxy() is not None or isinstance(widget, QScrollArea):
                continue
            if not (widget.accessibleName() or getattr(widget, "text", lambda: "")()):
                found.append((type(widget).__name__, widget.objectName()))
    return found


def everything_said() -> list[Message]:
    def nothing() -> None:
        return None

    return [
        messages.none_found(),
        messages.empty_mask(nothing),
        messages.no_need(),
        messages.review_first(12_345, "Restore", nothing),
        messages.grey_image(),
        messages.no_model("Grandfather's own network", nothing),
        messages.default_taken("Grandfather's own network", nothing),
        messages.bad_model("Grandfather's own network", nothing),
        messages.crashed("Restore", nothing),
        messages.memory("Find Damage", nothing),
        messages.disk("Find Damage", nothing),
        messages.failed("photo.npy is missing.", nothing),
        *(messages.keep_work(*what, nothing, nothing, alone=False) for what in WORK),
        messages.keep_work(True, False, nothing, nothing, alone=True),
        messages.keep_work(False, True, nothing, nothing, alone=True),
        *(messages.found_work(*what, "22/11/2026 19:30", nothing, nothing) for what in WORK),
        messages.saved("scan repaired.png"),
    ]


def is_seen_whole(desktop: Desktop, page: str, size: tuple[int, int]) -> None:
    """Open a page and wait for its preview: nothing of it is cut off."""
    desktop.open(page, size=size)
    if page in ("detect", "restore"):
        desktop.until_found()
    desktop.until(lambda: page in ("detect", "repair") or desktop.canvas.has_result)
    desktop.until(lambda: not desktop.desk.work.previews and not desktop.desk.work.busy)
    for section in desktop.window.panel.current.findChildren(Section):
        section.heading.setChecked(True)
    QApplication.processEvents()
    assert desktop.window.size().width() == size[0] and desktop.window.size().height() == size[1]
    assert not cut_off(desktop.window)
    assert not scrolls_sideways(desktop.window), "a page scrolls vertically only"
