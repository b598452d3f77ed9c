"""The view bar: zoom, before and after, the marks' visibility, undo and redo."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PyQt6.QtCore import Qt, pyqtBoundSignal, pyqtSignal
from PyQt6.QtGui import QAction, QActionGroup, QKeyEvent, QKeySequence, QPalette, QResizeEvent
from PyQt6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QMenu, QToolButton, QWidget

from core.translation import _

from .accesskeys import AccessKeys
from .controls import Chooser, Slider
from .icons import icon
from .looks import ALONE, FILL, OUTLINE, Look

MODES = ("result", "split", "side")
SCALES = (16.0, 8.0, 4.0, 2.0, 1.0, 0.5, 0.25, 0.125, 0.0625)
HEIGHT = 40


def mode_names() -> dict[str, str]:
    return {"result": _("Result"), "split": _("Split"), "side": _("Side by Side")}


def style_names() -> dict[str, str]:
    return {FILL: _("Filled"), OUTLINE: _("Outlined"), ALONE: _("Mask Alone")}


def with_keys(tip: str, keys: str) -> str:
    """A tooltip that ends with the keys for the same, if any, as the language and the system call them."""
    return f"{tip} ({QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)})" if keys else tip


class MenuButton(QToolButton):
    """A button that does something and has a menu besides, which the down arrow opens."""

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() == Qt.Key.Key_Down:
            self.showMenu()
        else:
            super().keyPressEvent(event)


class ViewBar(QWidget):
    """The bar `viewbar`. It only says what was asked for; the window does it."""

    zoomAsked = pyqtSignal(float)
    zoomInAsked = pyqtSignal()
    zoomOutAsked = pyqtSignal()
    fitAsked = pyqtSignal()
    modeAsked = pyqtSignal(str)
    beforeHeld = pyqtSignal(bool)
    overlayAsked = pyqtSignal(bool)
    opacityAsked = pyqtSignal(float)
    styleAsked = pyqtSignal(str)
    usualColourAsked = pyqtSignal()
    ownColourAsked = pyqtSignal()
    """A colour of the person's own is to be chosen for what was found."""
    damageAsked = pyqtSignal(bool)
    contrastAsked = pyqtSignal(float)
    undoAsked = pyqtSignal()
    redoAsked = pyqtSignal()

    def __init__(self, menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("viewbar")
        self.setFixedHeight(HEIGHT)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(6, 0, 6, 0)
        self._layout.setSpacing(4)
        self._add_zoom()
        self._rule()
        self._add_modes()
        self._rule()
        self._add_overlay()
        self._layout.addStretch(1)
        self.undo = self._button("undo", _("Undo"), "Ctrl+Z", self.undoAsked.emit)
        self.redo = self._button("redo", _("Redo"), "Ctrl+Y", self.redoAsked.emit)
        self.set_steps("", "")
        self._rule()
        more = self._button("menu", _("More"), "", lambda: None)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        more.setMenu(menu)
        more.setStyleSheet("QToolButton::menu-indicator { image: none; }")

    def set_scale(self, scale: float) -> None:
        """Show the zoom, device pixels for one of the photo's."""
        percent = 100 * scale
        digits = 0 if percent >= 100 or percent == round(percent) else 1 if percent >= 10 else 2
        self.scale.setItemText(0, self.locale().toString(percent, "f", digits) + " %")
        self.scale.setCurrentIndex(0)

    def set_mode(self, mode: str) -> None:
        self._modes[mode].setChecked(True)
        self._mode_chooser.setCurrentIndex(MODES.index(mode))

    @property
    def mode(self) -> str:
        return next(mode for mode, button in self._modes.items() if button.isChecked())

    def set_overlay(self, shown: bool) -> None:
        self.overlay.setChecked(shown)

    def name_overlay(self, hints: bool) -> None:
        """What lies over the photo: dabs of colour, else the mask."""
        text = _("Hints") if hints else _("Mask")
        tip = _("Show the dabs of colour") if hints else _("Show what is marked as damage")
        self.overlay.setText(text)
        self.overlay.setAccessibleName(text)
        self.overlay.setToolTip(with_keys(tip, "Shift+Q"))

    def set_opacity(self, opacity: float) -> None:
        self.opacity.setValue(round(100 * opacity))

    def set_look(self, look: Look) -> None:
        """Show how the photo is looked at; the damage view has a slider of its own in the place of the mask's."""
        self.styles[look.style].setChecked(True)
        (self.usual_colour if look.colour is None else self.own_colour).setChecked(True)
        self.damage.setChecked(look.damage)
        self.contrast.setValue(round(100 * look.contrast))
        self.opacity.setVisible(not look.damage)
        self.contrast.setVisible(look.damage)

    def set_steps(self, undo: str, redo: str) -> None:
        """What undo and redo would do next; empty where nothing."""
        for button, name, tip, key in (
            (self.undo, undo, _("Undo {step}").format(step=undo) if undo else _("Undo"), "Ctrl+Z"),
            (self.redo, redo, _("Redo {step}").format(step=redo) if redo else _("Redo"), "Ctrl+Y"),
        ):
            button.setEnabled(bool(name))
            button.setToolTip(with_keys(tip, key))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Three compare buttons where there is room for them, a list of three where there is not."""
        super().resizeEvent(event)
        wide = self.width() >= self._needed
        for button in self._modes.values():
            button.setVisible(wide)
        self._mode_chooser.setVisible(not wide)

    def _add_zoom(self) -> None:
        bar, zoom = self._layout, QWidget()
        zoom.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # numbers grow to the right in every language
        self._layout = QHBoxLayout(zoom)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(bar.spacing())
        self._button("minus", _("Zoom out"), "-", self.zoomOutAsked.emit)
        self.scale = Chooser()
        self.scale.setAccessibleName(_("Zoom"))
        self.scale.setToolTip(_("Pixels of the screen for one of the photo"))
        self.scale.addItem("100 %", None)
        for scale in SCALES:
            self.scale.addItem(f"{100 * scale:g} %", scale)
        self.scale.activated.connect(self._scale_chosen)
        self._layout.addWidget(self.scale)
        self._button("plus", _("Zoom in"), "+", self.zoomInAsked.emit)
        self._text_button(
            "1:1", _("One pixel of the photo on one of the screen"), "1", lambda: self.zoomAsked.emit(1.0)
        )
        self._text_button(_("Fit"), _("Show the whole photo"), "Shift+Ctrl+J", self.fitAsked.emit)
        self._layout = bar
        bar.addWidget(zoom)

    def _scale_chosen(self) -> None:
        if self.scale.currentData() is not None:
            self.zoomAsked.emit(self.scale.currentData())

    def _add_modes(self) -> None:
        help_texts = {
            "result": _("Show the photo as it will be"),
            "split": _("Before on the left, after on the right of a line that can be moved"),
            "side": _("Before and after beside each other"),
        }
        self._modes: dict[str, QToolButton] = {}
        self._mode_chooser = Chooser()
        self._mode_chooser.setAccessibleName(_("Compare"))
        group = QButtonGroup(self)
        for mode, name in mode_names().items():
            button = self._text_button(name, help_texts[mode], "J", partial(self._mode_pressed, mode))
            button.setCheckable(True)
            group.addButton(button)
            self._modes[mode] = button
            self._mode_chooser.addItem(name, mode)
        self._modes["result"].setChecked(True)
        self._mode_chooser.activated.connect(lambda: self._mode_pressed(str(self._mode_chooser.currentData())))
        self._mode_chooser.hide()
        self._layout.addWidget(self._mode_chooser)
        self.before = self._text_button(
            _("Before"), _("Show the photo as it was while this is held"), "V", lambda: None
        )
        self.before.pressed.connect(lambda: self.beforeHeld.emit(True))
        self.before.released.connect(lambda: self.beforeHeld.emit(False))

    def _mode_pressed(self, mode: str) -> None:
        self.set_mode(mode)
        self.modeAsked.emit(mode)

    def _add_overlay(self) -> None:
        self.overlay = MenuButton()
        self._furnish_text(self.overlay, _("Mask"), _("Show what is marked as damage"), "Shift+Q")
        self.overlay.setCheckable(True)
        width = self.overlay.sizeHint().width()
        self.name_overlay(hints=True)
        self.overlay.setMinimumWidth(max(width, self.overlay.sizeHint().width()))
        self.name_overlay(hints=False)
        self.overlay.setChecked(True)
        self.overlay.toggled.connect(self.overlayAsked)
        self.overlay.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.overlay.setMenu(self._looks())
        self.overlay.setAccessibleDescription(_("The down arrow opens how it is shown."))
        self.opacity = self._slider(
            0,
            _("Strength of the mask's colour"),
            _("How strongly the mask is painted over the photo"),
            self.opacityAsked,
        )
        self.contrast = self._slider(
            0, _("Contrast of the damage view"), _("How much faint damage is brought out"), self.contrastAsked
        )
        self.contrast.hide()

    def _looks(self) -> QMenu:
        """How the marks and the photo below them are shown."""
        menu, keys = QMenu(self), AccessKeys()
        menu.setToolTipsVisible(True)
        help_texts = {
            FILL: _("Show marks as a veil of colour over the photo"),
            OUTLINE: _("Show only the outlines of marks"),
            ALONE: _("Show marks in white on black, without the photo"),
        }
        styles, self.styles = QActionGroup(menu), dict[str, QAction]()
        for style, name in style_names().items():
            action = self.styles[style] = _choice(styles, keys.marked(name), help_texts[style])
            action.triggered.connect(partial(self.styleAsked.emit, style))
        colours = QActionGroup(menu)
        tip = _("Show what was found in the usual blue")
        self.usual_colour = _choice(colours, keys.marked(_("Found in Blue")), tip)
        self.usual_colour.triggered.connect(lambda: self.usualColourAsked.emit())
        tip = _("Choose the colour in which what was found is shown")
        self.own_colour = _choice(colours, keys.marked(_("Found in Own Colour…")), tip)
        self.own_colour.triggered.connect(lambda: self.ownColourAsked.emit())
        self.damage = QAction(with_keys(keys.marked(_("Damage View")), "Shift+A"), menu)
        self.damage.setToolTip(_("Show the photo in stretched greys, in which faint damage is seen best"))
        self.damage.setCheckable(True)
        self.damage.triggered.connect(self.damageAsked)
        for actions in (styles.actions(), colours.actions(), [self.damage]):
            menu.addActions(actions)
            menu.addSeparator()
        return menu

    def _slider(self, least: int, name: str, tip: str, asked: pyqtBoundSignal) -> Slider:
        slider = Slider(Qt.Orientation.Horizontal)
        slider.setRange(least, 100)
        slider.setValue(50)
        slider.setFixedWidth(80)
        slider.setAccessibleName(name)
        slider.setToolTip(tip)
        slider.valueChanged.connect(lambda value: asked.emit(value / 100))
        self._layout.addWidget(slider)
        return slider

    def finish(self) -> None:
        """Measure how much room everything needs; called once, when the texts stand."""
        self._needed = self._layout.sizeHint().width()
        self.setMinimumWidth(0)
        narrow = sum(button.sizeHint().width() + 4 for button in self._modes.values())
        self.setMinimumWidth(self._needed - narrow + self._mode_chooser.sizeHint().width())

    _needed = 0

    def _button(self, name: str, text: str, key: str, do: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        self._furnish(button, text, key)
        button.setIcon(icon(name))
        button.setAccessibleName(text)
        button.clicked.connect(lambda: do())
        return button

    def _text_button(self, text: str, tip: str, key: str, do: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        self._furnish_text(button, text, tip, key)
        button.clicked.connect(lambda: do())
        return button

    def _furnish_text(self, button: QToolButton, text: str, tip: str, key: str) -> None:
        self._furnish(button, tip, key)
        button.setText(text)
        button.setAccessibleName(text)

    def _furnish(self, button: QToolButton, tip: str, key: str) -> None:
        button.setAutoRaise(True)
        button.setMinimumSize(28, 28)
        button.setToolTip(with_keys(tip, key))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._layout.addWidget(button)

    def _rule(self) -> None:
        line = QFrame()
        line.setFrameShape(QFrame.Shape.VLine)
        line.setFrameShadow(QFrame.Shadow.Plain)
        line.setForegroundRole(QPalette.ColorRole.Mid)
        line.setFixedHeight(24)
        self._layout.addWidget(line)


def _choice(group: QActionGroup, text: str, tip: str) -> QAction:
    """One of the entries of a menu of which one is chosen."""
    action = QAction(text, group)
    action.setCheckable(True)
    action.setToolTip(tip)
    return action
