"""What all pages have in common: the controls of a tool, made from its declaration, and a section for the rare ones."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QGridLayout, QLabel, QLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from core.parameters import Parameter
from core.tools import Tool
from core.translation import _

from ..accesskeys import AccessKeys
from ..controls import Control, ModelControl, control_for
from ..values import Values, key_of


class Section(QWidget):
    """Controls under a heading that opens and closes; closed at first."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.heading = QToolButton()
        self.heading.setText(title)
        self.heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.heading.setAutoRaise(True)
        self.heading.setCheckable(True)
        self.heading.setArrowType(Qt.ArrowType.RightArrow)
        self.heading.setToolTip(_("Settings that are rarely needed"))
        self.heading.setMinimumHeight(28)
        self.body = QWidget()
        self.body.hide()
        self.contents = QVBoxLayout(self.body)
        self.contents.setContentsMargins(12, 0, 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.heading)
        layout.addWidget(self.body)
        self.heading.toggled.connect(self._open)

    def _open(self, opened: bool) -> None:
        self.heading.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)
        self.body.setVisible(opened)


class Page(QScrollArea):
    """A page; scrolls vertically only. Its controls show and change the shared Values."""

    cardAsked = pyqtSignal(str, str)
    """The tool and the name of the model of which more is to be said."""

    def __init__(self, tool: Tool, values: Values, keys: AccessKeys, placing: bool) -> None:
        """placing: the window was opened from GIMP, so the settings of where results go have a meaning."""
        super().__init__()
        self.tool = tool
        self.controls: dict[str, Control] = {}
        self._values = values
        self._keys = keys
        self._placing = placing
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._body = QWidget()
        self._layout = QVBoxLayout(self._body)
        self._layout.setContentsMargins(8, 4, 8, 8)
        self._layout.setSpacing(10)
        self._fill()
        self._layout.addStretch(1)
        self.setWidget(self._body)
        values.changed.connect(self._follow)

    def minimumSizeHint(self) -> QSize:
        """As wide as the contents: nothing is ever cut off sideways."""
        bar = self.verticalScrollBar()
        assert bar
        width = self._body.minimumSizeHint().width() + bar.sizeHint().width()
        return QSize(width, super().minimumSizeHint().height())

    def set_models(self, models: list[dict[str, Any]]) -> None:
        """What the engine says about all models; each chooser takes those of its step."""
        for key, control in self.controls.items():
            if isinstance(control, ModelControl):
                step = key.partition("-")[0]
                control.set_models([model for model in models if model["tool"] == step])

    def output(self) -> Control | None:
        """A choice of where the result goes, for the row of buttons; None where the tool has no such choice."""
        found = [parameter for parameter in self.tool.parameters if parameter.name == "output"]
        return self._control(found[0], beside=True) if found else None

    def _fill(self) -> None:
        """Lay the tool's controls out."""
        self._add(self.tool.parameters, self._layout)
        self._add_advanced(self._layout)

    def _add(self, parameters: Iterable[Parameter], layout: QLayout) -> None:
        usual = [parameter for parameter in parameters if not parameter.advanced and not parameter.placing]
        for in_rows, group in groupby(usual, key=lambda parameter: bool(parameter.row)):
            if in_rows:
                layout.addWidget(self._rows(group))
            else:
                for parameter in group:
                    layout.addWidget(self._control(parameter))

    def _rows(self, parameters: Iterable[Parameter]) -> QWidget:
        """Controls beside each other, behind the names of their rows."""
        widget = QWidget()
        grid = QGridLayout(widget)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        columns = 1
        for line, (row, group) in enumerate(groupby(parameters, key=lambda parameter: parameter.row)):
            grid.addWidget(QLabel(_(row)), line, 0)
            for column, parameter in enumerate(group, start=1):
                grid.addWidget(self._control(parameter), line, column)
                columns = max(columns, column + 1)
        grid.setColumnStretch(columns, 1)
        return widget

    def _add_advanced(self, layout: QLayout) -> None:
        advanced = [parameter for parameter in self.tool.parameters if parameter.advanced]
        if advanced:
            section = Section(self._keys.marked(_("Advanced")))
            for parameter in advanced:
                section.contents.addWidget(self._control(parameter))
            layout.addWidget(section)
        for parameter in self.tool.parameters:
            if parameter.placing and self._placing and parameter.name != "output":
                layout.addWidget(self._control(parameter))

    def _control(self, parameter: Parameter, beside: bool = False) -> Control:
        key = key_of(self.tool, parameter)
        control = control_for(parameter, self._keys)
        if beside:
            control.put_label_outside()
        control.set_value(self._values[key])
        control.changed.connect(lambda value: self._values.set(key, value))
        control.resetAsked.connect(lambda: self._values.reset(key))
        if isinstance(control, ModelControl):
            control.cardAsked.connect(lambda name: self.cardAsked.emit(key.partition("-")[0], name))
        self.controls[key] = control
        return control

    def _follow(self, key: str) -> None:
        if key in self.controls:
            self.controls[key].set_value(self._values[key])
