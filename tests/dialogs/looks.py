"""What tests of how the window looks have in common."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtWidgets import QAbstractButton, QComboBox, QLabel, QScrollArea, QWidget

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
        parent = widget.parentWidget()
        if parent and not isinstance(parent.parentWidget(), QScrollArea) and widget.window() is window:
            place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
            if place.left() < 0 or place.right() >= window.width():
                found.append(f"{type(widget).__name__} {widget.objectName()} at {place}")
    return found


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
