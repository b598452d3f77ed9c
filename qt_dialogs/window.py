"""The window itself: its regions, their sizes, its keys. What happens in it is decided in desk.py.

The first paint shows the photo's area, the progress and the buttons; the bars and the panel follow in `completing`.
Until then nothing may touch a name of `Qt`: PyQt makes Python enums of all of them at once, which takes a third of the
time that a bare window needs.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QByteArray, QRect, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWindow,
)
from PyQt6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from core.translation import _

from . import memory
from .accesskeys import AccessKeys, letter_of
from .footer import ButtonRow, ProgressRow
from .surrounds import BLACK, GREY, THEME, WHITE, recalled

if TYPE_CHECKING:
    from .messages import MessageBar
    from .panel import Panel
    from .toolrail import ToolRail
    from .values import Values
    from .viewbar import ViewBar

FIRST_SIZE, SMALLEST_SIZE = QSize(1280, 800), QSize(960, 640)
SCREEN_SHARE = 0.8
SPLITTER_WIDTH = 6
BAR_HEIGHT, PANEL_WIDTH = 40, 360
_GROUNDS = {GREY: b"\x77\x77\x77\xff", BLACK: b"\x00\x00\x00\xff", WHITE: b"\xff\xff\xff\xff"}
"""A pixel of each surround: colours too are given names of `Qt`."""
FLAGS = 0x0800F003
"""Qt.WindowType of a dialog with title, menu, and buttons to minimise, maximise and close, as a number."""


class PhotoArea(QWidget):
    """Where the photo is: a surround, the canvas once there is one, a badge in its lower left corner."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._filling: QWidget | None = None
        self._badge: QLabel | None = None
        self._surround = ""
        self.set_surround(GREY)

    def set_surround(self, surround: str) -> None:
        """What is around the photo: one of SURROUNDS."""
        if surround != self._surround:
            self._surround = surround
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        if self._surround == THEME:
            painter.eraseRect(self.rect())
        else:
            ground = QImage(_GROUNDS[self._surround], 1, 1, QImage.Format.Format_RGB32)
            painter.drawImage(self.rect(), ground)

    def fill(self, widget: QWidget) -> None:
        """Show this widget in the place of what is there."""
        if self._filling is not None and self._filling is not widget:
            self._layout.removeWidget(self._filling)
            self._filling.hide()
            self._filling.deleteLater()
        self._filling = widget
        self._layout.addWidget(widget)
        widget.show()
        if self._badge is not None:
            self._badge.raise_()

    @property
    def badge(self) -> QLabel:
        """The remark itself; made when it is first asked for, as its style takes a while."""
        if self._badge is None:
            self._badge = QLabel(self)
            self._badge.setObjectName("badge")
            self._badge.setStyleSheet(
                "QLabel { background: #202020; color: #ffffff; border-radius: 4px; padding: 4px 8px; margin: 8px; }"
            )
            self._badge.hide()
        return self._badge

    def show_badge(self, text: str) -> None:
        """A short remark on what the photo shows; empty: none."""
        if not text and self._badge is None:
            return
        self.badge.setText(text)
        self.badge.adjustSize()
        self.badge.setVisible(bool(text))
        self.badge.raise_()
        self._place_badge(self.badge)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if self._badge is not None:
            self._place_badge(self._badge)

    def _place_badge(self, badge: QLabel) -> None:
        badge.move(0, self.height() - badge.height())


class Window(QDialog):
    """The regions of the window and nothing more: what was asked for in them is told by signals."""

    keyAsked = pyqtSignal(str)
    """An action of keys.py."""
    beforeHeld = pyqtSignal(bool)
    escapeAsked = pyqtSignal()
    closeAsked = pyqtSignal()
    dropped = pyqtSignal(str)
    """The path of a file that was dropped on the window."""

    viewbar: ViewBar
    tools: ToolRail
    message: MessageBar
    panel: Panel
    """These four are there once the window is complete."""

    def __init__(self, verbs: dict[str, str], alone: bool, page: str) -> None:
        """verbs: the pages there are, and what the button `accept` says on each; page: the one to show first."""
        super().__init__()
        self._name = ""
        self._painted = False
        self._steps: list[Callable[[], None]] = []
        self._verbs, self._page, self._alone = verbs, page, alone
        self._outputs: dict[str, tuple[QWidget, QWidget]] = {}
        self.setAcceptDrops(alone)
        self.setWindowTitle("Daguerre")
        self.step_through: Callable[[int], bool] = lambda step: False
        """Goes to the next (1) or previous (-1) defect where Tab was pressed on the photo or the list; False: there is
        none, and Tab moves the focus.
        """
        self.photo = PhotoArea()
        self.progress = ProgressRow()
        self.buttons = ButtonRow()
        self._letters = AccessKeys(letter_of(self.buttons.help.text()))
        self.buttons.cancel.setText(self._letters.marked(_("Close") if alone else _("Cancel")))
        self.buttons.accept.setText(verbs[page])
        self.buttons.accept.setEnabled(False)
        self._lay_out()
        self.winId()  # makes the handle
        handle = self.windowHandle()
        assert handle
        handle.setProperty("flags", FLAGS)
        self.buttons.cancel.clicked.connect(self.closeAsked)

    def sizeHint(self) -> QSize:
        """80 % of the screen, at most FIRST_SIZE, at least SMALLEST_SIZE, never more than the screen."""
        screen = self.screen()
        room = screen.availableSize() if screen else FIRST_SIZE
        return (room * SCREEN_SHARE).boundedTo(FIRST_SIZE).expandedTo(SMALLEST_SIZE).boundedTo(room)

    def show_page(self, tool: str) -> None:
        """Turn to this page."""
        from .values import has_dabs, has_mask

        self.panel.show_page(tool)
        self.tools.setVisible(not self._splitter.isHidden() and (has_mask(tool) or has_dabs(tool)))
        self.tools.be_for_dabs(has_dabs(tool))
        self.buttons.accept.setText(self.panel.verbs[tool])
        for page in sorted(self._outputs, key=lambda page: page == tool):  # that of this page last: two are too wide
            for widget in self._outputs[page]:
                widget.setVisible(page == tool)
        self._show_title()

    def cover(self, page: QWidget, shown: bool) -> None:
        """Show this page in the place of tools, photo and panel, or these again."""
        if self._middle.indexOf(page) < 0:
            self._middle.addWidget(page, 1)
        going, coming = (self._splitter, page) if shown else (page, self._splitter)
        going.hide()  # first: beside each other they would widen the window
        coming.show()
        self.viewbar.setEnabled(not shown)
        self.show_page(self.panel.page)
        if shown:
            self.setWindowTitle(_("Models"))

    @property
    def name(self) -> str:
        """What the photo is called."""
        return self._name

    def when_painted(self, *steps: Callable[[], None]) -> None:
        """Do these after those that are due, once the window has been painted for the first time, one by one: between
        them it stays alive.
        """
        idle = not self._steps
        self._steps += steps
        if self._painted and idle:
            QTimer.singleShot(0, self._next_step)

    def add_action(self, text: str, shortcut: str, do: Callable[[], None]) -> QAction:
        """An entry of the menu, with keys that work wherever the focus is."""
        action = QAction(self.menu_keys.marked(text), self)
        if shortcut:
            action.setShortcut(shortcut)
        action.triggered.connect(lambda: do())
        self.addAction(action)
        self.menu.addAction(action)
        return action

    def _add_switch(self, text: str, tip: str) -> QAction:
        """An entry of the menu that is on or off."""
        action = QAction(self.menu_keys.marked(text), self)
        action.setToolTip(tip)
        action.setCheckable(True)
        self.menu.addAction(action)
        return action

    def paintEvent(self, event: QPaintEvent | None) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            if self._steps:
                QTimer.singleShot(0, self._next_step)

    def _next_step(self) -> None:
        self._steps[0]()
        self._steps.pop(0)
        if self._steps:
            QTimer.singleShot(0, self._next_step)

    def complete(self, values: Values) -> None:
        """Make what the first paint does not wait for, all at once."""
        self.add_bars()
        for step in self.completing(values):
            step()

    def completing(self, values: Values) -> list[Callable[[], None]]:
        """The rest of it after `add_bars`, in steps between which the window stays alive."""
        return [
            partial(self._add_panel, values),
            *(partial(self._add_page, tool) for tool in self._verbs),
            self._connect,
        ]

    def add_bars(self) -> None:
        """Make the view bar, the tools and the message bar: the first that the first paint does not wait for."""
        from .messages import MessageBar
        from .toolrail import ToolRail
        from .viewbar import ViewBar

        self.overrideWindowFlags(Qt.WindowType(FLAGS))  # as its handle has them
        self.menu, self.menu_keys = QMenu(self), AccessKeys()
        self.menu.setToolTipsVisible(True)
        for text, action in (
            (_("Help"), "help"),
            (_("Models"), "models"),
            (_("Introduction"), "introduction"),
            (_("Log"), "log"),
        ):
            self.add_action(text, "", partial(self.keyAsked.emit, action))
        self.grid = self._add_switch(_("Pixel Grid From 800 %"), _("Draw lines between large pixels of the photo"))
        self.wheel = self._add_switch(
            _("Mouse Wheel Scrolls, as in GIMP"), _("The wheel moves the photo; with Ctrl it zooms")
        )
        self.viewbar = ViewBar(self.menu)
        self.viewbar.finish()
        self.tools = ToolRail()
        self.message = MessageBar()
        self.tools.hide()
        self._layout.replaceWidget(self._bar_place, self.viewbar)
        self._bar_place.deleteLater()
        self._middle.insertWidget(0, self.tools)
        self._column.insertWidget(0, self.message)

    def _add_panel(self, values: Values) -> None:
        from .panel import Panel

        self.panel = Panel(values, self._letters, self._verbs, placing=not self._alone)
        self.panel.show_page(self._page)
        sizes = self._splitter.sizes()
        self._splitter.replaceWidget(1, self.panel)
        self._panel_place.deleteLater()
        self.panel.show()
        self._splitter.setSizes(sizes)

    def _add_page(self, tool: str) -> None:
        self.panel.add_page(tool)

    def _connect(self) -> None:
        self._add_outputs()
        self._order_tabs()
        self.show_page(self._page)
        self.buttons.accept.setEnabled(True)
        self.buttons.help.clicked.connect(lambda: self.keyAsked.emit("help"))
        self.panel.pageAsked.connect(lambda page: self.keyAsked.emit(f"page {page}"))
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.focusWindowChanged.connect(self._focus_moved)

    def rename(self, tool: str, verb: str) -> None:
        """Let the button `accept` say this on a page."""
        self.panel.rename(tool, verb)
        self.show_page(self.panel.page)

    def show_name(self, name: str) -> None:
        """The name of the photo that is open."""
        self._name = name
        self._show_title()

    def be_transient_for(self, parent: int) -> None:
        """Stay above this window of another program (an X11 window's number)."""
        if QGuiApplication.platformName() != "xcb" or not parent:
            return
        self.winId()
        handle = self.windowHandle()
        if handle is not None:
            handle.setTransientParent(QWindow.fromWinId(parent))  # type: ignore[arg-type]

    def recall(self) -> None:
        """Size, place and the panel's width as they were the last time on these screens."""
        remembered = memory.recall()
        self.photo.set_surround(recalled(remembered))
        self.resize(self.sizeHint())
        self._splitter.setSizes([self.width() - PANEL_WIDTH, PANEL_WIDTH])
        kept = remembered.get("geometry")
        if isinstance(kept, dict) and isinstance(kept.get(_screens()), str):
            self.restoreGeometry(_bytes(kept[_screens()]))
        if isinstance(remembered.get("splitter"), str):
            self._splitter.restoreState(_bytes(remembered["splitter"]))

    def remember(self) -> None:
        kept = memory.recall().get("geometry")
        geometry = {**(kept if isinstance(kept, dict) else {}), _screens(): _text(self.saveGeometry())}
        memory.remember(geometry=geometry, splitter=_text(self._splitter.saveState()))

    def move_focus(self, step: int) -> None:
        """To the next (1) or previous (-1) region that can have the focus."""
        regions: list[QWidget] = [self.photo, self.panel, self.buttons, self.viewbar, self.tools]
        focus = self.focusWidget()
        at = next((i for i, region in enumerate(regions) if focus and region.isAncestorOf(focus)), 0)
        for _attempt in regions:
            at = (at + step) % len(regions)
            for child in regions[at].findChildren(QWidget):
                if child.isVisibleTo(self) and child.isEnabled() and child.focusPolicy() & Qt.FocusPolicy.TabFocus:
                    child.setFocus(Qt.FocusReason.TabFocusReason)
                    return

    def focusNextPrevChild(self, next: bool) -> bool:
        if self._photo_has_focus() and self.step_through(1 if next else -1):
            return True
        return super().focusNextPrevChild(next)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        from . import keys  # Qt makes the names of all its keys when one is asked for: not before the first paint

        assert event
        if event.key() == Qt.Key.Key_Escape:
            self.escapeAsked.emit()
            return
        action = keys.action_everywhere(event)
        if not action and self._photo_has_focus():
            action = keys.action_on_photo(event)
        if action in ("before", "enter", "delete") and event.isAutoRepeat():
            return  # a key held too long decides nothing
        if action == "before":
            self.beforeHeld.emit(True)
        elif action:
            self.keyAsked.emit(action)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent | None) -> None:
        assert event
        if event.key() == Qt.Key.Key_V and not event.isAutoRepeat():
            self.beforeHeld.emit(False)
        super().keyReleaseEvent(event)

    def _focus_moved(self, _to: QWindow | None) -> None:
        self.beforeHeld.emit(False)  # the key's release may go to another window

    def closeEvent(self, event: QCloseEvent | None) -> None:
        assert event
        event.ignore()
        self.closeAsked.emit()

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        assert event
        data = event.mimeData()
        if data and any(url.isLocalFile() for url in data.urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        assert event
        data = event.mimeData()
        for url in data.urls() if data else []:
            if url.isLocalFile():
                self.dropped.emit(url.toLocalFile())
                return

    def _photo_has_focus(self) -> bool:
        """Whether keys are for the photo: it has the focus, or the list of what is marked on it."""
        focus = self.focusWidget()
        return focus is None or self.photo.isAncestorOf(focus) or focus is self.panel.defects.table

    def _show_title(self) -> None:
        from .panel import page_name

        page = page_name(self.panel.page)
        self.setWindowTitle(f"{page} – {self._name}" if self._name else "Daguerre")

    def _add_outputs(self) -> None:
        """Where the result goes stands beside the buttons, for the pages that have that choice."""
        for tool, page in self.panel.pages.items():
            control = None if self._alone else page.output()
            if control is not None:
                self.buttons.add_choice(control.label, control)
                self._outputs[tool] = (control.label, control)

    def _order_tabs(self) -> None:
        """Tab goes through the panel as it is drawn, then through the buttons."""
        order: list[QWidget] = [self.panel.chooser]
        for page in self.panel.pages.values():
            order += _stops(page)
        for state in (self.panel.hint_state, self.panel.mask_state, self.panel.defects):
            order += _stops(state)
        order.append(self.buttons.help)
        for _label, box in self._outputs.values():
            order += _stops(box)
        order += [self.buttons.cancel, self.buttons.accept]
        for before, after in itertools.pairwise(order):
            QWidget.setTabOrder(before, after)
        self.panel.hint_state.tabs_are_ordered()

    def _lay_out(self) -> None:
        self._bar_place, self._panel_place = QWidget(), QWidget()
        self._bar_place.setFixedHeight(BAR_HEIGHT)
        middle = QWidget()
        self._column = QVBoxLayout(middle)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.photo, 1)
        self._splitter = QSplitter()
        self._splitter.setHandleWidth(SPLITTER_WIDTH)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(middle)
        self._splitter.addWidget(self._panel_place)
        self._splitter.setStretchFactor(0, 1)
        self._middle = QHBoxLayout()
        self._middle.setSpacing(0)
        self._middle.addWidget(self._splitter, 1)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self._bar_place)
        self._layout.addLayout(self._middle, 1)
        self._layout.addWidget(self.progress)
        self._layout.addWidget(self.buttons)


def _stops(widget: QWidget) -> list[QWidget]:
    """What Tab stops at in here, in the order in which it was made: from top to bottom."""
    return [
        child
        for child in widget.findChildren(QWidget)
        if child.focusPolicy() & Qt.FocusPolicy.TabFocus
        and child.focusProxy() is None
        and child.window() is widget.window()  # the lists that choices open are windows of their own
    ]


def _screens() -> str:
    """The layout of the screens: what fits on one need not fit on another."""
    return ";".join("{},{},{},{}".format(*QRect.getRect(screen.geometry())) for screen in QGuiApplication.screens())


def _text(data: QByteArray) -> str:
    return data.toBase64().data().decode()


def _bytes(text: str) -> QByteArray:
    return QByteArray.fromBase64(text.encode())
