"""Help: the guide at what is on the screen, and beside it what the tools and keys do, on one page."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core.translation import _

from .guide import CONTENTS, PAGES, GuideBrowser, page_file

SIZE = QSize(800, 680)


class Help(QDialog):
    """The guide, where this copy of the program has one, and the keys. The window stays usable beside it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("help")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Help"))
        self.tabs = QTabWidget()
        self.guide = GuideBrowser()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        if page_file(CONTENTS) is not None:
            self.tabs.addTab(self.guide, _("Guide"))
            for text, tip, do in (
                (_("Contents"), _("All pages of the guide"), lambda: self.turn_to(CONTENTS)),
                (_("Back"), _("The page before"), self.guide.backward),
            ):
                button = QPushButton(text)
                button.setToolTip(tip)
                button.setAutoDefault(False)
                button.clicked.connect(do)
                buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        self.tabs.addTab(_keys(), _("Tools and Keys"))
        layout = QVBoxLayout(self)
        layout.addWidget(self.tabs)
        layout.addWidget(buttons)
        screen = self.screen()
        self.resize(SIZE.boundedTo(screen.availableSize()) if screen else SIZE)

    def turn_to(self, name: str) -> None:
        """Show this page of the guide."""
        self.guide.turn_to(name)
        self.tabs.setCurrentIndex(0)


def show_help(parent: QWidget, page: str) -> Help:
    """Show the help beside the window, at what explains this page of it."""
    there = parent.findChild(Help)
    shown = there if there is not None else Help(parent)
    shown.show()
    shown.turn_to(PAGES[page])
    shown.raise_()
    shown.activateWindow()
    return shown


def _keys() -> QWidget:
    contents = QWidget()
    grid = QGridLayout(contents)
    grid.setColumnStretch(1, 1)
    grid.setHorizontalSpacing(24)
    for row, (gesture, meaning) in enumerate(_rows()):
        key = QLabel(gesture)
        key.setAlignment(Qt.AlignmentFlag.AlignTop)
        text = QLabel(meaning)
        text.setWordWrap(True)
        text.setAlignment(Qt.AlignmentFlag.AlignTop)
        grid.addWidget(key, row, 0)
        grid.addWidget(text, row, 1)
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setWidget(contents)
    return scroll


def _rows() -> list[tuple[str, str]]:
    return [
        ("P", _("Brush: paint over damage that was missed; on the page Colorize: put dabs of colour")),
        ("U", _("Pick: choose defects by clicks, Shift+clicks or a rectangle; Enter keeps, Delete rejects them")),
        (_("Tab   Shift+Tab"), _("Next, previous defect: go through all of them; Esc ends it")),
        (_("Double-click"), _("With Pick: reject a defect, or take its rejection back")),
        ("U", _("On the page Colorize: pick a dab by a click, move it by dragging, take it away by Delete")),
        (_("O   Ctrl+click"), _("On the page Colorize: take the colour of the next dab from the photo")),
        (_("Shift+E"), _("Eraser: wipe away what is no damage")),
        (_("Shift+click"), _("A straight line from where the last stroke ended; with Ctrl in steps of 15°")),
        ("L", _("Line: drag from one end of a scratch to the other")),
        ("I", _("Trace: click on a scratch, it is marked from end to end; [ ] right after it change its width")),
        ("F", _("Lasso: drag or click round what is damage; Enter or the first point closes, Backspace goes back")),
        (_("Ctrl held"), _("Brush, Line, Trace and Lasso take away")),
        ("X", _("Change between brush and eraser")),
        ("[   ]   {   }   \\", _("Smaller, larger brush; half, double; its usual size")),
        (_("Alt+arrows"), _("The same: left smaller, right larger, down half, up double")),
        ("Ctrl+Z   Ctrl+Y", _("Undo, redo")),
        (_("Mouse wheel"), _("Zoom where the pointer is")),
        (_("Space or middle button, drag"), _("Move the photo")),
        (_("Arrows   Insert"), _("Move a cross-hair, click at it: every tool can be used without a mouse")),
        (_("Shift+arrows   Ctrl+arrows"), _("Move the photo by half a view, to its border")),
        ("1   2   3   4   5", _("100, 200, 400, 800, 1600 %")),
        (_("+   -   Shift+Ctrl+J"), _("Zoom in, zoom out, show the whole photo")),
        (_("`   Shift+J"), _("The zoom before, the middle of the photo")),
        (_("V held"), _("The photo as it was")),
        ("J", _("Compare: result, split, side by side")),
        (_("Shift+Tab to the divider"), _("Left, right, PgUp and PgDn move it between before and after")),
        (_("Shift+Q"), _("Show or hide the mask, or the dabs of colour")),
        (_("Shift+A"), _("Damage view: faint scratches and spots stand out, nothing is changed")),
        (_("Ctrl+PgUp   Ctrl+PgDn"), _("Previous, next page")),
        ("F6   F9   F11", _("Next part of the window, panel on or off, full screen")),
        (_("Double-click on a label"), _("Set it back to its usual value")),
        (_("Ctrl+Enter"), _("Accept, wherever you are")),
        (_("Esc"), _("Drop what is being drawn, stop what is being computed, else cancel")),
    ]
