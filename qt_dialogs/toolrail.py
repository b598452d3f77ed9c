"""The tool rail: what marks the photo or puts dabs of colour on it, moving the photo, and the brush's size."""

from __future__ import annotations

import math

from PyQt6.QtCore import QSignalBlocker, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QAbstractSpinBox, QButtonGroup, QLabel, QSpinBox, QToolButton, QVBoxLayout, QWidget

from core.translation import _

from .controls import Slider
from .icons import icon

WIDTH = 44
SMALLEST, LARGEST, LARGEST_DAB = 1, 1000, 500
POSITIONS = 200
MASK_TOOLS = ("line", "trace", "lasso")
"""The tools that dabs of colour do not have."""


class SizeBox(QSpinBox):
    """The brush's diameter; Return takes what was typed and goes no further."""

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.interpretText()
            self.selectAll()
            return
        super().keyPressEvent(event)


class ToolRail(QWidget):
    """The rail `tools`."""

    toolAsked = pyqtSignal(str)
    brushAsked = pyqtSignal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tools")
        self.setFixedWidth(WIDTH)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 4, 2, 4)
        self._buttons: dict[str, QToolButton] = {}
        group = QButtonGroup(self)
        for name in ("pick", "brush", "eraser", *MASK_TOOLS, "pipette", "pan"):
            button = QToolButton()
            button.setIconSize(QSize(24, 24))
            button.setFixedSize(38, 36)
            button.setCheckable(True)
            button.setAutoRaise(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _checked, name=name: self.toolAsked.emit(name))
            group.addButton(button)
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
            self._buttons[name] = button
        self._buttons["brush"].setChecked(True)
        layout.addStretch(1)
        label = QLabel(_("Size"))
        label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._slider = Slider(Qt.Orientation.Vertical)
        self._slider.setRange(0, POSITIONS)
        self._slider.setMinimumHeight(80)
        self._slider.setMaximumHeight(160)
        self.size_box = SizeBox()
        self.size_box.setRange(SMALLEST, LARGEST)
        self.size_box.setKeyboardTracking(False)
        self.size_box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.size_box.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.size_box.setFixedWidth(WIDTH - 6)
        layout.addWidget(label)
        layout.addWidget(self._slider, 2, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.size_box)
        self._slider.valueChanged.connect(lambda at: self.brushAsked.emit(float(_diameter(at))))
        self.size_box.valueChanged.connect(lambda size: self.brushAsked.emit(float(size)))
        self.be_for_dabs(False)

    def be_for_dabs(self, dabs: bool) -> None:
        """What the tools are for: dabs of colour, else the mask."""
        if dabs:
            tips = {
                "pick": ("pick", _("Pick: choose a dab (U), drag it elsewhere, Delete takes it away")),
                "brush": ("dab", _("Dab: say which colour is here (P)")),
                "eraser": ("eraser", _("Eraser: take dabs away (Shift+E)")),
            }
            name, tip = _("Dab size"), _("Diameter of a dab in pixels of the photo ([ smaller, ] larger)")
        else:
            tips = {
                "pick": ("pick", _("Pick: choose defects (U), Enter keeps them, Delete rejects them")),
                "brush": ("brush", _("Brush: paint over damage that was missed (P)")),
                "eraser": ("eraser", _("Eraser: wipe away what is no damage (Shift+E)")),
            }
            name, tip = _("Brush size"), _("Diameter of the brush in pixels of the photo ([ smaller, ] larger)")
            tips["line"] = ("line", _("Line: drag a straight line over a scratch (L)"))
            tips["trace"] = ("trace", _("Trace: click on a scratch, it is marked from end to end (I)"))
            tips["lasso"] = ("lasso", _("Lasso: mark what you draw round, by dragging or clicking (F)"))
        for tool in MASK_TOOLS:
            self._buttons[tool].setVisible(not dabs)
        if dabs and self.tool in MASK_TOOLS:
            self.set_tool("brush")
        tips["pipette"] = ("pipette", _("Pipette: take the colour of the next dab from the photo (O, or Ctrl+click)"))
        tips["pan"] = ("hand", _("Move the photo (or hold Space and drag)"))
        for tool, (drawing, text) in tips.items():
            self._buttons[tool].setIcon(icon(drawing))
            self._buttons[tool].setToolTip(text)
            self._buttons[tool].setAccessibleName(text)
        self._buttons["pipette"].setVisible(dabs)
        for widget in (self._slider, self.size_box):
            widget.setToolTip(tip)
            widget.setAccessibleName(name)
            widget.setAccessibleDescription(tip)

    @property
    def tool(self) -> str:
        return next(name for name, button in self._buttons.items() if button.isChecked())

    def set_tool(self, tool: str) -> None:
        self._buttons[tool].setChecked(True)

    def set_brush(self, diameter: float) -> None:
        """Show the brush's diameter, in pixels of the photo."""
        with QSignalBlocker(self.size_box), QSignalBlocker(self._slider):
            self.size_box.setValue(round(diameter))
            self._slider.setValue(_position(diameter))


def _diameter(position: int) -> int:
    return round(math.pow(LARGEST, position / POSITIONS))


def _position(diameter: float) -> int:
    return round(POSITIONS * math.log(max(diameter, 1.0)) / math.log(LARGEST))
