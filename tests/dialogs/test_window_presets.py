"""Presets of the page Restore, by mouse and keyboard."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt, QTimer
from PyQt6.QtGui import QAction, QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QFileDialog, QGroupBox, QLineEdit, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from windows import Desktop, clean, photoless

from core import presets
from core.presets import PRESETS
from core.tools import RESTORE, defaults
from qt_dialogs.controls import NumberControl
from qt_dialogs.pages.restore import RestorePage
from qt_dialogs.preset_name import NameDialog
from qt_dialogs.presets import PresetBar
from qt_dialogs.values import Values
from qt_dialogs.window import Window

Key = Qt.Key
TITLES = [preset.title for preset in PRESETS]


@pytest.fixture
def make(qtbot: QtBot, values: Values) -> Callable[[], Window]:
    """Makes a window without a photo whose panel can be used."""

    def made() -> Window:
        return photoless(qtbot, values)

    return made


@pytest.fixture
def window(make: Callable[[], Window]) -> Iterator[Window]:
    yield make()


def bar_of(window: Window) -> PresetBar:
    page = window.panel.pages["restore"]
    assert isinstance(page, RestorePage)
    return page.presets


def choose(bar: PresetBar, title: str) -> None:
    """By the keyboard: from the list's top down to the entry, then Return."""
    bar.chooser.setFocus()
    bar.chooser.showPopup()
    view = bar.chooser.view()
    assert view
    QTest.keyClick(view, Key.Key_Home)
    for _step in range(bar.chooser.findText(title)):
        QTest.keyClick(view, Key.Key_Down)
    QTest.keyClick(view, Key.Key_Return)
    assert bar.chooser.currentText() == title


def choose_by_mouse(bar: PresetBar, title: str) -> None:
    QTest.mouseClick(bar.chooser, Qt.MouseButton.LeftButton)
    view = bar.chooser.view()
    model = bar.chooser.model()
    assert view and model
    place = view.visualRect(model.index(bar.chooser.findText(title), 0)).center()
    viewport = view.viewport()
    QTest.mouseMove(viewport, place)
    QTest.qWait(QApplication.doubleClickInterval() + 50)  # a release at once would belong to the click that opened it
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert bar.chooser.currentText() == title


def dialog_of(bar: PresetBar) -> NameDialog:
    """The question for a name, once Save as Preset… was pressed."""
    QTest.mouseClick(bar.save, Qt.MouseButton.LeftButton)
    return bar.findChildren(NameDialog)[-1]


def manage(bar: PresetBar, text: str) -> None:
    """By the keyboard: an entry of the menu Manage."""
    bar.more.setFocus()
    menu = bar.more.menu()
    assert menu is not None
    action = next(action for action in menu.actions() if action.text().replace("&", "") == text)
    assert action.isEnabled()
    triggered: list[bool] = []
    action.triggered.connect(triggered.append)
    QTimer.singleShot(0, lambda: choose_entry(menu, action))
    QTest.keyClick(bar.more, Key.Key_Space)
    while not triggered:
        QApplication.processEvents()


def choose_entry(menu: QMenu, action: QAction) -> None:
    """Once the menu is open, in whose own event loop this is called."""
    if not menu.isVisible():
        QTimer.singleShot(10, lambda: choose_entry(menu, action))
        return
    while menu.activeAction() is not action:
        QTest.keyClick(menu, Key.Key_Down)
    QTest.keyClick(menu, Key.Key_Return)


def file_dialog_of(bar: PresetBar) -> QFileDialog:
    (dialog,) = (dialog for dialog in bar.findChildren(QFileDialog) if dialog.isVisible())
    return dialog


def pick_file(bar: PresetBar, path: Path) -> None:
    """Choose this in the file dialog."""
    dialog = file_dialog_of(bar)
    line = dialog.findChild(QLineEdit, "fileNameEdit")
    assert line is not None
    line.setText(str(path))
    dialog.accept()


def save_as(bar: PresetBar, name: str) -> None:
    dialog = dialog_of(bar)
    dialog.line.selectAll()
    QTest.keyClicks(dialog.line, name)
    QTest.keyClick(dialog.line, Key.Key_Return)
    assert not dialog.isVisible()


def entries(bar: PresetBar) -> list[str]:
    return [bar.chooser.itemText(i) for i in range(bar.chooser.count())]


def sensitivity(window: Window) -> NumberControl:
    control = window.panel.pages["restore"].controls["detect-sensitivity"]
    assert isinstance(control, NumberControl)
    return control


@pytest.mark.parametrize("pick", [choose, choose_by_mouse])
def test_choosing_sets_all_controls(window: Window, values: Values, pick: Callable[[PresetBar, str], None]) -> None:
    bar = bar_of(window)
    assert entries(bar) == TITLES and bar.chooser.currentText() == "Standard"
    boxes = window.panel.pages["restore"].findChildren(QGroupBox)
    pick(bar, "Badly cracked")
    assert sensitivity(window).box.value() == 70 and values["repair-feather"] == 2.0
    pick(bar, "Black and white to colour")
    assert [box.isChecked() for box in boxes] == [True] * 4
    assert sensitivity(window).box.value() == 50 and values["repair-feather"] == 1.0, "nothing is left of the other"
    for preset in PRESETS:
        pick(bar, preset.title)
        assert presets.held(values.of(RESTORE)) == preset.settings
        assert bar.remark.text() == preset.purpose
    assert entries(bar) == TITLES


def test_arrows_go_from_one_to_the_next(window: Window, values: Values) -> None:
    bar = bar_of(window)
    bar.chooser.setFocus()
    QTest.keyClick(bar.chooser, Key.Key_Down)
    assert bar.chooser.currentText() == "Light touch" and values["detect-sensitivity"] == 0.35
    QTest.keyClick(bar.chooser, Key.Key_Up)
    assert bar.chooser.currentText() == "Standard" and values["detect-sensitivity"] == 0.5


def test_a_change_is_said_and_is_not_lost(window: Window, values: Values) -> None:
    bar = bar_of(window)
    choose(bar, "Family album")
    box = sensitivity(window).box
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "66")
    QTest.keyClick(box, Key.Key_Return)
    assert bar.chooser.currentText() == "Family album (changed)" and entries(bar)[:-1] == TITLES
    choose(bar, "Light touch")
    choose(bar, "Family album (changed)")
    assert values["detect-sensitivity"] == 0.66 and values["steps"] == "detect,repair,enhance"
    values.set("detect-sensitivity", 0.5)
    assert bar.chooser.currentText() == "Family album", "as it was, it is the preset again"


def test_settings_of_last_time_are_custom(make: Callable[[], Window], values: Values) -> None:
    values.take(RESTORE, {"detect-grow": 3.0})
    bar = bar_of(make())
    assert bar.chooser.currentText() == "Custom" and entries(bar) == [*TITLES, "Custom"]
    choose(bar, "Standard")
    choose(bar, "Custom")
    assert values["detect-grow"] == 3.0


def test_where_results_go_is_no_part_of_a_preset(window: Window, values: Values) -> None:
    values.set("output", "in-place")
    values.set("mask-as", "channel")
    bar = bar_of(window)
    assert bar.chooser.currentText() == "Standard"
    choose(bar, "Family album")
    assert (values["output"], values["mask-as"]) == ("in-place", "channel")


def test_one_s_own_is_saved_used_again_changed_and_removed(make: Callable[[], Window], values: Values) -> None:
    bar = bar_of(make())
    assert not bar.remove.isEnabled()
    choose(bar, "Family album")
    values.set("repair-grain", 0.25)
    save_as(bar, "Grandfather")
    assert entries(bar) == [*TITLES, "Grandfather"] and bar.chooser.currentText() == "Grandfather"
    assert presets.named("Grandfather").settings == presets.held(values.of(RESTORE))
    choose(bar, "Standard")
    assert not bar.remove.isEnabled(), "the program's own stay"

    next_time = bar_of(make())
    choose(next_time, "Grandfather")
    assert values["repair-grain"] == 0.25
    values.set("repair-grain", 0.75)
    assert next_time.chooser.currentText() == "Grandfather (changed)" and not next_time.remove.isEnabled()
    dialog = dialog_of(next_time)
    assert dialog.line.text() == "Grandfather" and "gets these settings" in dialog.remark.text()
    QTest.keyClick(dialog.line, Key.Key_Return)
    assert presets.named("Grandfather").settings["repair-grain"] == 0.75
    assert entries(next_time) == [*TITLES, "Grandfather"]

    assert next_time.remove.isEnabled()
    manage(next_time, "Remove")
    assert entries(next_time) == [*TITLES, "Custom"] and next_time.chooser.currentText() == "Custom"
    assert presets.own_presets() == ([], []) and values["repair-grain"] == 0.75, "the settings stay"


def test_one_s_own_with_the_settings_of_another_can_be_chosen(window: Window) -> None:
    bar = bar_of(window)
    save_as(bar, "Twin")
    assert bar.chooser.currentText() == "Twin" and bar.remove.isEnabled()
    choose(bar, "Standard")
    assert not bar.remove.isEnabled()
    choose(bar, "Twin")
    assert bar.remove.isEnabled()


def test_one_s_own_is_renamed(make: Callable[[], Window], values: Values) -> None:
    bar = bar_of(make())
    save_as(bar, "Other")
    values.set("detect-grow", 2.0)
    save_as(bar, "Mine")
    values.set("detect-grow", 3.0)
    choose(bar, "Mine")
    manage(bar, "Rename…")
    dialog = bar.findChildren(NameDialog)[-1]
    assert dialog.line.text() == "Mine" and dialog.accept_button.text().replace("&", "") == "Rename"
    dialog.line.selectAll()
    QTest.keyClicks(dialog.line, "other")
    assert not dialog.accept_button.isEnabled() and dialog.remark.text() == "You have another preset of this name."
    dialog.line.selectAll()
    QTest.keyClicks(dialog.line, "MINE, of 1910")
    QTest.keyClick(dialog.line, Key.Key_Return)
    assert bar.chooser.currentText() == "MINE, of 1910"
    assert entries(bar) == [*TITLES, "MINE, of 1910", "Other", "MINE, of 1910 (changed)"]
    assert presets.named("MINE, of 1910").settings["detect-grow"] == 2.0
    choose(bar, "MINE, of 1910 (changed)")
    assert values["detect-grow"] == 3.0, "what was not saved is still there"


def test_one_s_own_goes_to_another_machine(
    make: Callable[[], Window], values: Values, tmp_path: Path, data_folder: Path
) -> None:
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    bar = bar_of(make())
    assert not bar.export.isEnabled(), "the program's own are there too"
    values.set("repair-grain", 0.25)
    save_as(bar, "Great-uncle / 1910")
    manage(bar, "Export…")
    assert [Path(path).name for path in file_dialog_of(bar).selectedFiles()] == ["Great-uncle _ 1910.json"]
    pick_file(bar, tmp_path / "sent.json")
    manage(bar, "Remove")
    choose(bar, "Family album")
    manage(bar, "Import…")
    pick_file(bar, tmp_path / "sent.json")
    assert bar.chooser.currentText() == "Great-uncle / 1910" and values["repair-grain"] == 0.25
    assert values["steps"] == "detect,repair"


def test_a_file_that_is_no_preset_changes_nothing(window: Window, values: Values, tmp_path: Path) -> None:
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    bar = bar_of(window)
    save_as(bar, "Mine")
    choose(bar, "Family album")
    before, kept = values.of(RESTORE), presets.own_file().read_text()
    (tmp_path / "sent.json").write_text("{broken")
    manage(bar, "Import…")
    pick_file(bar, tmp_path / "sent.json")
    assert "holds no preset; choose a JSON file that Daguerre has exported." in bar.remark.text()
    assert values.of(RESTORE) == before and bar.chooser.currentText() == "Family album"
    assert presets.own_file().read_text() == kept


def test_a_model_that_is_not_there_is_the_default_one(desktop: Desktop) -> None:
    fast = {**defaults(RESTORE), "detect-model": "classical", "repair-model": "telea", "steps": "repair"}
    presets.save("Sent", {**fast, "repair-model": "grandfather", "repair-grain": 0.25})
    desktop.open("repair", clean())
    desktop.until(lambda: desktop.desk.chosen_models.known)
    desktop.desk.turn_to("restore")
    bar = bar_of(desktop.window)
    choose(bar, "Sent")
    assert desktop.values["repair-model"] == "auto" and desktop.values["repair-grain"] == 0.25
    assert desktop.message == "no-model"
    text = "The model “grandfather” of this preset is not installed, so the default one was taken. "
    assert desktop.window.message.text.text() == text + "To use it, add its file on the Models page."
    assert bar.rename.isEnabled() and bar.remove.isEnabled(), "it is still one's own"
    desktop.window.message.press(0)
    assert desktop.desk.library.is_open


def test_escape_saves_nothing_and_names_are_checked(window: Window) -> None:
    bar = bar_of(window)
    dialog = dialog_of(bar)
    assert not dialog.accept_button.isEnabled()
    QTest.keyClicks(dialog.line, "family ALBUM")
    assert not dialog.accept_button.isEnabled() and dialog.remark.text() == "Daguerre has a preset of this name itself."
    QTest.keyClick(dialog.line, Key.Key_Return)
    assert dialog.isVisible()
    QTest.keyClicks(dialog.line, " 2")
    assert dialog.accept_button.isEnabled() and not dialog.remark.text()
    QTest.keyClick(dialog.line, Key.Key_Escape)
    assert not dialog.isVisible() and window.isVisible() and not presets.own_file().exists()


def test_a_broken_file_is_said_and_stays(make: Callable[[], Window]) -> None:
    presets.own_file().parent.mkdir(parents=True)
    presets.own_file().write_text("{broken")
    bar = bar_of(make())
    assert "presets.json with your own presets cannot be read" in bar.remark.text()
    choose(bar, "Family album")
    assert "cannot be read" in bar.remark.text()
    QTest.mouseClick(bar.save, Qt.MouseButton.LeftButton)
    assert not bar.findChildren(NameDialog) and presets.own_file().read_text() == "{broken"
    presets.own_file().write_text(json.dumps({"Mended": {"detect-grow": 2}}))
    dialog_of(bar).reject()
    assert "Mended" in entries(bar) and bar.remark.text() == "Repair the damage, then bring back tone and detail."


def test_what_cannot_be_written_is_said(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    bar = bar_of(window)
    presets.own_file().parent.mkdir(parents=True, exist_ok=True)
    dialog = dialog_of(bar)
    presets.own_file().mkdir()  # between the question and the answer
    QTest.keyClicks(dialog.line, "Mine")
    QTest.keyClick(dialog.line, Key.Key_Return)
    assert "presets.json with your own presets" in bar.remark.text() and entries(bar) == TITLES


def test_controls_have_names_tips_and_letters_and_ignore_the_wheel(window: Window, values: Values) -> None:
    bar = bar_of(window)
    for widget in (bar.chooser, bar.save, bar.more):
        assert widget.toolTip() and len(widget.toolTip()) <= 100 and widget.accessibleDescription()
    assert bar.chooser.accessibleName() == "Preset"
    assert all("&" in widget.text() for widget in (bar.save, bar.more))
    menu = bar.more.menu()
    assert menu is not None and all("&" in action.text() for action in menu.actions() if action.text())
    before = values.of(RESTORE)
    for focused in (False, True):
        if focused:
            bar.chooser.setFocus()
        place = QPointF(bar.chooser.rect().center())
        none = Qt.KeyboardModifier.NoModifier
        event = QWheelEvent(
            place,
            bar.chooser.mapToGlobal(place),
            QPoint(),
            QPoint(0, -240),
            Qt.MouseButton.NoButton,
            none,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(bar.chooser, event)
    assert values.of(RESTORE) == before and bar.chooser.currentText() == "Standard"


def test_nothing_below_moves_while_a_slider_is_dragged(window: Window) -> None:
    bar = bar_of(window)
    QApplication.processEvents()
    page = window.panel.pages["restore"]
    slider = sensitivity(window).slider
    before = slider.mapTo(page, QPoint())
    slider.setValue(730)
    QApplication.processEvents()
    assert bar.chooser.currentText() == "Standard (changed)" and slider.mapTo(page, QPoint()) == before


def test_tab_goes_from_the_presets_to_the_steps(window: Window) -> None:
    bar = bar_of(window)
    bar.chooser.setFocus()
    reached: list[QWidget | None] = []
    for _step in range(3):
        QTest.keyClick(window.focusWidget() or window, Key.Key_Tab)
        reached.append(window.focusWidget())
    boxes = window.panel.pages["restore"].findChildren(QGroupBox)
    assert reached == [bar.save, bar.more, boxes[0]]


def test_values_taken_at_once_are_all_there_when_the_first_change_is_told(values: Values) -> None:
    told: list[tuple[str, float]] = []
    values.changed.connect(lambda key: told.append((key, values.number("repair-feather"))))
    values.take(RESTORE, {**PRESETS[3].settings, "steps": "detect", "nonsense": 1, "detect-min-size": "no number"})
    assert told == [
        ("detect-sensitivity", 2.0),
        ("detect-grow", 2.0),
        ("repair-feather", 2.0),
        ("review", 2.0),
        ("steps", 2.0),
    ]


def test_hand_edits_and_their_undo_outlive_a_preset(desktop: Desktop) -> None:
    fast = {**defaults(RESTORE), "detect-model": "classical", "repair-model": "telea"}
    presets.save("Cautious", {**fast, "detect-sensitivity": 0.2, "detect-grow": 2.0})
    presets.save("By hand", {**fast, "steps": "repair"})
    desktop.open("restore")
    desktop.until_found()
    desktop.stroke((0.4, 0.5), (0.6, 0.5))
    painted = desktop.marks.hand.plane.copy()
    found = desktop.marks.mask()
    bar = bar_of(desktop.window)
    choose(bar, "Cautious")
    desktop.until(lambda: not desktop.marks.pending and not desktop.desk.work.busy)
    assert np.array_equal(desktop.marks.hand.plane, painted) and not np.array_equal(desktop.marks.mask(), found)
    choose(bar, "By hand")
    desktop.until(lambda: not desktop.marks.pending and not desktop.desk.work.busy)
    assert np.array_equal(desktop.marks.hand.plane, painted)
    assert np.array_equal(desktop.marks.mask() > 0, painted == painted.max())
    desktop.canvas.setFocus()
    desktop.key(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desktop.marks.hand.empty
    assert bar.chooser.currentText() == "By hand", "undo takes back what was painted, not the preset"
    desktop.key(Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert np.array_equal(desktop.marks.hand.plane, painted)


def test_the_dialog_s_buttons_have_letters(window: Window) -> None:
    dialog = dialog_of(bar_of(window))
    texts = [button.text() for button in dialog.findChildren(QPushButton)]
    assert len(texts) == 2 and all("&" in text for text in texts)
    dialog.reject()
