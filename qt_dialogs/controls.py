"""One control for each parameter of core.tools: label, box and slider, switch or choice."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QStandardItemModel, QWheelEvent
from PyQt6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.parameters import Parameter, Value
from core.translation import _

from .accesskeys import AccessKeys
from .icons import icon
from .scales import STEPS, has_no_limit_at_zero, is_share, scale_of


class NumberBox(QDoubleSpinBox):
    """A number with its unit. Return takes what was typed; the wheel belongs to the panel."""

    resetAsked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setKeyboardTracking(False)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.UpDownArrows)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def textFromValue(self, value: float) -> str:
        """Without a zero behind the point."""
        text = super().textFromValue(value)
        return text[:-2] if self.decimals() == 1 and text.endswith("0") else text

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event
        line = self.lineEdit()
        assert line
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            edited = line.isModified()
            self.interpretText()
            line.setModified(False)
            self.selectAll()
            event.setAccepted(edited and not event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            return
        if event.key() == Qt.Key.Key_Delete and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.resetAsked.emit()
            return
        super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event:
            event.ignore()


class Slider(QSlider):
    """A slider that leaves the wheel to what it lies on."""

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event:
            event.ignore()


class Chooser(QComboBox):
    """A choice that leaves the wheel to what it lies on and may be narrower than its longest entry's list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event:
            event.ignore()


class ResettingLabel(QLabel):
    """A label; a double-click on it resets what it names."""

    resetAsked = pyqtSignal()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        self.resetAsked.emit()


class Control(QWidget):
    """What one parameter is changed with. Programs set it without `changed`; only the person changes."""

    changed = pyqtSignal(object)
    resetAsked = pyqtSignal()

    def __init__(self, parameter: Parameter, keys: AccessKeys) -> None:
        super().__init__()
        self.parameter = parameter
        self.label = ResettingLabel(keys.marked(_(parameter.label)))
        self.label.resetAsked.connect(self.resetAsked)
        self.setToolTip(_(parameter.help))

    def set_value(self, value: Value) -> None:
        raise NotImplementedError

    def put_label_outside(self) -> None:
        """Leave the label to somebody else's layout."""
        layout = self.layout()
        if layout:
            layout.removeWidget(self.label)

    def _describe(self, widget: QWidget) -> None:
        """Name and description for those who do not see the label beside it."""
        widget.setAccessibleName(_(self.parameter.label))
        widget.setAccessibleDescription(_(self.parameter.help))
        widget.setObjectName(self.parameter.name)


class NumberControl(Control):
    """Label, box with unit, and a slider below."""

    def __init__(self, parameter: Parameter, keys: AccessKeys) -> None:
        super().__init__(parameter, keys)
        self._factor = 100.0 if is_share(parameter) else 1.0
        self._scale = scale_of(parameter)
        self.box = NumberBox()
        self.box.setDecimals(0 if is_share(parameter) or parameter.kind == "integer" else 1)
        self.box.setRange(parameter.low * self._factor, parameter.high * self._factor)
        self.box.setSuffix(" %" if is_share(parameter) else f" {parameter.unit}" if parameter.unit else "")
        if has_no_limit_at_zero(parameter):
            self.box.setSpecialValueText(_("no limit"))
        elif parameter.name.endswith("levels"):
            self.box.setSpecialValueText(_("off"))
        elif parameter.name.endswith("min-size"):
            self.box.setSpecialValueText(_("all sizes"))
        self.slider = Slider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, STEPS)
        self.slider.setSingleStep(STEPS // 100)
        self.slider.setPageStep(STEPS // 10)
        self._describe(self.box)
        self._describe(self.slider)
        self.slider.setObjectName(f"{parameter.name}-slider")
        self.label.setBuddy(self.box)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        grid.addWidget(self.label, 0, 0)
        grid.addWidget(self.box, 0, 1)
        grid.addWidget(self.slider, 1, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        self.box.valueChanged.connect(self._typed)
        self.slider.valueChanged.connect(self._slid)
        self.box.resetAsked.connect(self.resetAsked)

    def set_value(self, value: Value) -> None:
        with QSignalBlocker(self.box):
            self.box.setValue(float(value) * self._factor)
        with QSignalBlocker(self.slider):
            self.slider.setValue(self._scale.position(float(value)))

    def _typed(self, shown: float) -> None:
        value = shown / self._factor
        with QSignalBlocker(self.slider):
            self.slider.setValue(self._scale.position(value))
        self.changed.emit(value)

    def _slid(self, position: int) -> None:
        value = self._scale.value(position)
        with QSignalBlocker(self.box):
            self.box.setValue(value * self._factor)
        self.changed.emit(value)


class SwitchControl(Control):
    """A check box that carries its own label."""

    def __init__(self, parameter: Parameter, keys: AccessKeys) -> None:
        super().__init__(parameter, keys)
        self.box = QCheckBox(self.label.text())
        self.label.hide()
        self._describe(self.box)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.box)
        self.box.toggled.connect(lambda on: self.changed.emit(on))

    def set_value(self, value: Value) -> None:
        with QSignalBlocker(self.box):
            self.box.setChecked(bool(value))


class ChoiceControl(Control):
    """Label and a list of choices below it."""

    def __init__(self, parameter: Parameter, keys: AccessKeys) -> None:
        super().__init__(parameter, keys)
        self.box = Chooser()
        self._describe(self.box)
        self.label.setBuddy(self.box)
        for choice in parameter.choices:
            self.box.addItem(_(choice.label), choice.name)
        self._default = parameter.default
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.label)
        layout.addWidget(self.box)
        self.box.activated.connect(lambda: self.changed.emit(self.box.currentData()))

    def set_value(self, value: Value) -> None:
        """Show a value; the default where another tool's page has chosen what this one does not offer."""
        found = self.box.findData(value)
        with QSignalBlocker(self.box):
            self.box.setCurrentIndex(found if found >= 0 else self.box.findData(self._default))


class ModelControl(ChoiceControl):
    """The models of one tool, filled once the engine has told which there are, and what the chosen one is for."""

    cardAsked = pyqtSignal(str)
    """The name of the model of which more is to be said."""

    def __init__(self, parameter: Parameter, keys: AccessKeys) -> None:
        super().__init__(parameter, keys)
        self._value = str(parameter.default)
        self._models: list[dict[str, Any]] = []
        self._purpose = QLabel()
        self._purpose.setWordWrap(True)
        self._purpose.setForegroundRole(self._purpose.foregroundRole())
        self.about = QToolButton()
        self.about.setObjectName("about-model")
        self.about.setIcon(icon("information"))
        self.about.setAutoRaise(True)
        self.about.setMinimumSize(24, 24)
        self.about.setAccessibleName(_("About this model"))
        self.about.setToolTip(_("Show the model's card: what it can do and what not."))
        self.about.clicked.connect(lambda: self.cardAsked.emit(self._value))
        row = QHBoxLayout()
        row.setSpacing(2)
        row.addWidget(self.box, 1)
        row.addWidget(self.about)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.addLayout(row)
        layout.addWidget(self._purpose)
        self.set_value(self._value)

    def set_models(self, models: list[dict[str, Any]]) -> None:
        """The engine's descriptions (name, title, purpose, problem) of this tool's models."""
        self._models = models
        self.set_value(self._value)

    def set_value(self, value: Value) -> None:
        self._value = str(value)
        with QSignalBlocker(self.box):
            self.box.clear()
            for model in self._models:
                self.box.addItem(str(model["title"]), model["name"])
                self._allow(self.box.count() - 1, not model["problem"])
            if self.box.findData(self._value) < 0:
                self.box.addItem(self._value, self._value)
            self.box.setCurrentIndex(self.box.findData(self._value))
        self._purpose.setText(next((str(m["purpose"]) for m in self._models if m["name"] == self._value), ""))
        self._purpose.setVisible(bool(self._purpose.text()))

    def _allow(self, row: int, allowed: bool) -> None:
        """Whether this entry can be chosen: a damaged model stays listed."""
        entries = self.box.model()
        assert isinstance(entries, QStandardItemModel)
        entry = entries.item(row)
        assert entry
        entry.setEnabled(allowed)


def control_for(parameter: Parameter, keys: AccessKeys) -> Control:
    """The control of a parameter; "steps" have none of their own: the page Restore shows them as its headings."""
    kinds: dict[str, type[Control]] = {
        "number": NumberControl,
        "integer": NumberControl,
        "switch": SwitchControl,
        "choice": ChoiceControl,
        "model": ModelControl,
    }
    return kinds[parameter.kind](parameter, keys)
