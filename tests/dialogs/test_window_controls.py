"""The controls come from the declaration, and none changes by accident."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QCheckBox, QGroupBox, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from windows import VERBS, photoless

from core.parameters import Parameter
from core.tools import SHAPES, STEPS, TONES, TOOLS
from qt_dialogs.accesskeys import AccessKeys
from qt_dialogs.controls import ChoiceControl, Control, NumberBox, NumberControl
from qt_dialogs.pages.page import Page, Section
from qt_dialogs.scales import is_share, scale_of
from qt_dialogs.values import PARAMETERS, Values, key_of
from qt_dialogs.window import Window


@pytest.fixture
def window(qtbot: QtBot, values: Values) -> Iterator[Window]:
    """A window without a photo whose panel can be used."""
    yield photoless(qtbot, values)


def pages() -> list[str]:
    return list(VERBS)


@pytest.mark.parametrize("tool", pages())
def test_every_parameter_has_one_control_of_its_range(window: Window, tool: str) -> None:
    page = window.panel.pages[tool]
    declared = {key_of(TOOLS[tool], parameter): parameter for parameter in TOOLS[tool].parameters}
    declared.pop("steps", None)  # they are the headings of the page Restore
    assert set(page.controls) == set(declared)
    for key, parameter in declared.items():
        control = page.controls[key]
        assert control.parameter is parameter
        if isinstance(control, NumberControl):
            shares = is_share(parameter)
            assert control.box.minimum() == parameter.low * (100 if shares else 1)
            assert control.box.maximum() == parameter.high * (100 if shares else 1)
            assert control.box.suffix().strip() == ("%" if shares else parameter.unit)
            assert control.box.value() == pytest.approx(float(parameter.default) * (100 if shares else 1))
        elif parameter.kind == "choice":
            assert isinstance(control, ChoiceControl)
            assert [control.box.itemData(i) for i in range(control.box.count())] == [c.name for c in parameter.choices]
            assert control.box.currentData() == parameter.default


def test_the_steps_of_restore_are_its_headings(window: Window, values: Values, qtbot: QtBot) -> None:
    window.show_page("restore")
    boxes = window.panel.pages["restore"].findChildren(QGroupBox)
    assert [box.objectName() for box in boxes] == [f"step-{step}" for step in STEPS]
    assert [box.isChecked() for box in boxes] == [True, True, False, False]
    boxes[2].setChecked(True)
    assert values["steps"] == "detect,repair,enhance"
    boxes[2].setChecked(False)
    boxes[1].setChecked(False)
    assert values["steps"] == "detect"
    boxes[0].setChecked(False)
    assert values["steps"] == "detect" and boxes[0].isChecked(), "one step stays"


@pytest.mark.parametrize("tool", pages())
def test_labels_tooltips_and_names_come_from_the_declaration(window: Window, tool: str) -> None:
    for control in window.panel.pages[tool].controls.values():
        assert control.label.text().replace("&", "") == control.parameter.label
        assert control.toolTip() == control.parameter.help
        inputs = [
            child for child in control.findChildren(QWidget) if child.objectName().startswith(control.parameter.name)
        ]
        assert inputs
        for field in inputs:
            assert field.accessibleName() == control.parameter.label
            assert field.accessibleDescription() == control.parameter.help


@pytest.mark.parametrize("tool", pages())
def test_access_keys_are_unique_on_each_page(window: Window, tool: str) -> None:
    window.show_page(tool)
    for section in window.panel.pages[tool].findChildren(Section):
        section.heading.setChecked(True)
    texts = [
        widget.title() if isinstance(widget, QGroupBox) else widget.text()
        for kind in (QLabel, QPushButton, QToolButton, QCheckBox, QGroupBox)
        for widget in window.findChildren(kind)
        if widget.isVisibleTo(window)
    ]
    letters = [text.replace("&&", "")[text.replace("&&", "").index("&") + 1].lower() for text in texts if "&" in text]
    assert len(letters) >= 8, "every control of the page can be reached"
    assert len(letters) == len(set(letters)), sorted(texts)


def test_access_keys_never_give_a_letter_twice() -> None:
    keys = AccessKeys("s")
    given = [keys.marked(label) for label in ("Sensitivity", "Smallest defect", "Size", "Sieze", "ss", "R & D")]
    letters = [text[text.index("&") + 1].lower() for text in given if "&" in text.replace("&&", "")]
    assert len(letters) == len(set(letters)) and "s" not in letters
    assert given[4] == "ss"
    assert given[5].endswith("&& D")


def each_input(page: Page) -> list[QWidget]:
    return [
        child
        for control in page.controls.values()
        for child in control.findChildren(QWidget)
        if child.objectName().startswith(control.parameter.name)
    ]


@pytest.mark.parametrize("tool", pages())
def test_the_wheel_changes_no_value(window: Window, values: Values, tool: str) -> None:
    window.show_page(tool)
    before = values.of(TOOLS["restore"])
    for widget in each_input(window.panel.pages[tool]):
        for focused in (False, True):
            if focused:
                widget.setFocus()
            place = QPointF(widget.rect().center())
            event = QWheelEvent(
                place,
                widget.mapToGlobal(place),
                QPoint(),
                QPoint(0, 240),
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            )
            QApplication.sendEvent(widget, event)
    assert values.of(TOOLS["restore"]) == before


def number(window: Window, key: str) -> NumberControl:
    control = window.panel.current.controls[key]
    assert isinstance(control, NumberControl)
    return control


def test_return_in_an_edited_field_takes_the_value_and_only_then_accepts(window: Window, values: Values) -> None:
    window.show_page("detect")
    pressed: list[bool] = []
    window.buttons.accept.clicked.connect(lambda: pressed.append(True))
    box = number(window, "detect-sensitivity").box
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "70")
    assert values["detect-sensitivity"] == 0.5, "half a number is no value"
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert values["detect-sensitivity"] == pytest.approx(0.7) and not pressed
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert pressed == [True]


def test_control_and_delete_or_a_double_click_on_the_label_reset(window: Window, values: Values) -> None:
    window.show_page("detect")
    control = number(window, "detect-sensitivity")
    for reset in (
        lambda: QTest.mouseDClick(control.label, Qt.MouseButton.LeftButton),
        lambda: QTest.keyClick(control.box, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier),
    ):
        values.set("detect-sensitivity", 0.9)
        assert control.box.value() == 90
        reset()
        assert values["detect-sensitivity"] == 0.5 and control.box.value() == 50


def test_slider_and_box_follow_each_other_and_the_other_page(window: Window, values: Values) -> None:
    window.show_page("detect")
    control = number(window, "detect-sensitivity")
    control.slider.setValue(800)
    assert values["detect-sensitivity"] == 0.8 and control.box.value() == 80
    control.box.stepUp()
    assert values["detect-sensitivity"] == pytest.approx(0.81) and control.slider.value() == 810
    twin = window.panel.pages["restore"].controls["detect-sensitivity"]
    assert isinstance(twin, NumberControl) and twin.box.value() == 81


def test_no_limit_lies_beyond_the_largest_size(window: Window, values: Values) -> None:
    window.show_page("detect")
    control = number(window, "detect-max-size")
    assert control.slider.value() == control.slider.maximum() and control.box.text() == "no limit"
    control.slider.setValue(control.slider.maximum() // 2)
    assert 0 < values.number("detect-max-size") < 10000
    control.slider.setValue(control.slider.maximum())
    assert values["detect-max-size"] == 0.0
    control.slider.setValue(0)
    assert values["detect-max-size"] == 1.0, "nothing on the slider but its end means no limit"


@pytest.mark.parametrize("key", [key for key, p in PARAMETERS.items() if p.kind == "number"])
def test_a_slider_s_positions_stand_for_values_in_range(key: str) -> None:
    parameter: Parameter = PARAMETERS[key]
    scale = scale_of(parameter)
    found = [scale.value(position) for position in range(1001)]
    assert all(parameter.low <= value <= parameter.high for value in found)
    for value in found[::50]:
        assert scale.value(scale.position(value)) == pytest.approx(value, rel=0.02, abs=1)


def test_numbers_are_shown_without_empty_decimals(qtbot: QtBot) -> None:
    box = NumberBox()
    qtbot.addWidget(box)
    box.setDecimals(1)
    assert box.textFromValue(2.0) == "2" and box.textFromValue(2.5) == "2.5" and box.textFromValue(100.0) == "100"


def test_a_value_between_the_slider_s_positions_is_kept(values: Values, window: Window) -> None:
    values.set("detect-sensitivity", 0.333)
    window.show_page("detect")
    window.show_page("restore")
    assert values["detect-sensitivity"] == 0.333


@pytest.mark.parametrize("tool", ["detect", "restore"])
def test_parameters_of_a_row_stand_beside_each_other_behind_its_name(window: Window, tool: str) -> None:
    window.show_page(tool)
    page = window.panel.current
    QApplication.processEvents()
    for name, kinds in (("Tone", TONES), ("Shape", SHAPES)):
        label = next(label for label in page.findChildren(QLabel) if label.text() == name)
        row = [label, *(page.controls[f"detect-{kind}"] for kind in kinds)]
        places = [widget.mapTo(page, widget.rect().center()) for widget in row]
        assert all(abs(place.y() - places[0].y()) <= 2 for place in places)
        assert [place.x() for place in places] == sorted({place.x() for place in places})


def test_a_box_switches_a_value_and_follows_it(window: Window, values: Values) -> None:
    window.show_page("detect")
    box = window.panel.current.controls["detect-spots"].findChild(QCheckBox)
    assert box is not None and box.isChecked()
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert values["detect-spots"] is False
    values.reset("detect-spots")
    assert box.isChecked()


def test_choices_of_where_results_go_are_for_gimp_only(qtbot: QtBot, window: Window) -> None:
    alone = Window(VERBS, True, "restore")
    alone.complete(Values())
    qtbot.addWidget(alone)
    assert not any("output" in page.controls or "mask-as" in page.controls for page in alone.panel.pages.values())
    output: Control = window.panel.pages["repair"].controls["output"]
    window.show_page("repair")
    assert output.isVisible() and window.buttons.isAncestorOf(output)
    window.show_page("detect")
    assert not output.isVisible()


def test_what_a_page_does_not_offer_is_its_default_there(window: Window, values: Values) -> None:
    values.set("mask-as", "none")
    shown = {name: page.controls["mask-as"] for name, page in window.panel.pages.items() if "mask-as" in page.controls}
    assert set(shown) == {"detect", "restore"}
    for name, control in shown.items():
        assert isinstance(control, ChoiceControl)
        wanted = "none" if name == "restore" else "layer"
        assert control.box.currentData() == wanted == values.of(TOOLS[name])["mask-as"]
