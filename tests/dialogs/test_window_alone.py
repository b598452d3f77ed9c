"""The window without GIMP: files in, files out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PyQt6.QtCore import QMimeData, QPointF, Qt, QUrl
from PyQt6.QtGui import QDropEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot
from windows import FAST, PATIENCE, SAMPLES, SCRATCHED, choose_in_menu, sample

from core import places
from qt_dialogs import memory
from qt_dialogs.alone import recalled_values, shown
from qt_dialogs.filing import Alone


class Person:
    """Somebody in front of the window."""

    def __init__(self, qtbot: QtBot, alone: Alone) -> None:
        self._qtbot, self.alone = qtbot, alone

    def until(self, condition: object) -> None:
        self._qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE)  # type: ignore[operator]

    def until_open(self, name: str) -> None:
        self.until(lambda: self.alone.desk.job is not None and self.alone.desk.job.name == name)
        self.until(lambda: not self.alone.desk.work.busy)
        self.until(lambda: self.alone.desk.marks is not None and not self.alone.desk.marks.pending)

    @property
    def dialog(self) -> QFileDialog:
        dialogs = [dialog for dialog in self.alone.window.findChildren(QFileDialog) if dialog.isVisible()]
        assert len(dialogs) == 1
        return dialogs[0]

    def choose(self, path: Path) -> None:
        """Pick this file in the dialog that is open."""
        self.dialog.selectFile(str(path))
        self.dialog.accept()

    def stroke(self) -> None:
        canvas = self.alone.desk.canvas
        assert canvas
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton)
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton)

    def press(self, text: str) -> None:
        choose_in_menu(self.alone.window, text)

    @property
    def message(self) -> str:
        return self.alone.window.message.text.text() if self.alone.window.message.isVisible() else ""


def opened() -> Alone:
    values = recalled_values()
    window = shown()
    window.complete(values)
    return Alone(window, values)


@pytest.fixture
def person(qtbot: QtBot, data_folder: Path) -> Iterator[Person]:
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    memory.remember(settings=FAST)
    alone = opened()
    yield Person(qtbot, alone)
    if alone.desk.marks is not None:
        alone.desk.marks.close()
    alone.clean_up()
    alone.window.hide()
    alone.window.deleteLater()


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    copy = tmp_path / "scan.jpg"
    shutil.copy(SCRATCHED, copy)
    return copy


def test_a_photo_is_opened_restored_and_saved_beside_itself(person: Person, scan: Path) -> None:
    person.alone.begin(scan)
    person.until_open("scan.jpg")
    assert person.alone.window.windowTitle() == "Restore Photo – scan.jpg"
    QTest.mouseClick(person.alone.window.buttons.accept, Qt.MouseButton.LeftButton)
    assert Path(person.dialog.selectedFiles()[0]) == scan.with_name("scan repaired.png")
    person.dialog.accept()
    person.until(lambda: person.message == "Saved as “scan repaired.png”.")
    before, after = cv2.imread(str(scan)), cv2.imread(str(scan.with_name("scan repaired.png")))
    changed = (before != after).any(axis=2)
    assert 0 < changed.mean() < 0.2


def test_the_mask_is_saved_and_loaded(person: Person, scan: Path, tmp_path: Path) -> None:
    person.alone.begin(scan)
    person.until_open("scan.jpg")
    marks = person.alone.desk.marks
    assert marks
    person.stroke()
    seen = marks.mask()
    person.press("Save Mask…")
    person.choose(tmp_path / "mask.png")
    person.until(lambda: person.message.startswith("Saved as"))
    assert not marks.hand.dirty, "what was saved is not asked about"
    written = cv2.imread(str(tmp_path / "mask.png"), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(written, seen)
    person.alone.values.set_step("detect", False)
    marks.hand.clear()
    assert not marks.mask().any()
    person.press("Load Mask…")
    person.choose(tmp_path / "mask.png")
    person.until(lambda: marks.mask().any())
    assert np.array_equal(marks.mask(), seen)
    marks.hand.undo()
    assert not marks.mask().any(), "loading is one step"


def test_a_mask_of_another_size_is_refused_in_a_sentence(person: Person, scan: Path, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "small.png"), np.zeros((10, 20), np.uint8))
    person.alone.begin(scan)
    person.until_open("scan.jpg")
    person.press("Load Mask…")
    person.choose(tmp_path / "small.png")
    height, width = sample().shape[:2]
    sentence = f"The mask has 20 × 10 pixels, the photo {width} × {height}. Choose a mask of the photo's size."
    person.until(lambda: person.message == sentence)


def test_detect_saves_the_mask(person: Person, scan: Path) -> None:
    person.alone.begin(scan)
    person.until_open("scan.jpg")
    person.alone.desk.turn_to("detect")
    assert person.alone.window.buttons.accept.text().replace("&", "") == "Save Mask…"
    QTest.mouseClick(person.alone.window.buttons.accept, Qt.MouseButton.LeftButton)
    assert Path(person.dialog.selectedFiles()[0]).name == "scan mask.png"
    person.dialog.accept()
    person.until(lambda: person.message == "Saved as “scan mask.png”.")


def test_a_photo_is_enhanced_and_saved_beside_itself(enhances: None, person: Person, scan: Path) -> None:
    person.alone.begin(scan)
    person.until_open("scan.jpg")
    person.stroke()
    person.alone.desk.turn_to("enhance")
    assert person.alone.window.buttons.accept.text().replace("&", "") == "Save Photo…"
    QTest.mouseClick(person.alone.window.buttons.accept, Qt.MouseButton.LeftButton)
    assert Path(person.dialog.selectedFiles()[0]) == scan.with_name("scan enhanced.png")
    person.dialog.accept()
    person.until(lambda: person.message == "Saved as “scan enhanced.png”.")
    before, after = cv2.imread(str(scan)), cv2.imread(str(scan.with_name("scan enhanced.png")))
    assert before.shape == after.shape and (before != after).any(axis=2).mean() > 0.5
    assert person.alone.desk.marks is not None and person.alone.desk.marks.hand.dirty, "the mask is not in that file"


def test_a_grey_photo_is_coloured_and_saved_beside_itself(colorizes: None, person: Person, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "old.png"), cv2.imread(str(SCRATCHED), cv2.IMREAD_GRAYSCALE))
    person.alone.begin(tmp_path / "old.png")
    person.until_open("old.png")
    desk = person.alone.desk
    desk.turn_to("colorize")
    person.stroke()
    assert desk.dabs is not None and desk.dabs.dirty
    assert person.alone.window.buttons.accept.text().replace("&", "") == "Save Photo…"
    QTest.mouseClick(person.alone.window.buttons.accept, Qt.MouseButton.LeftButton)
    assert Path(person.dialog.selectedFiles()[0]) == tmp_path / "old coloured.png"
    person.dialog.accept()
    person.until(lambda: person.message == "Saved as “old coloured.png”.")
    after = cv2.imread(str(tmp_path / "old coloured.png"), cv2.IMREAD_UNCHANGED)
    assert after.shape[2] == 3 and (after[..., 0] != after[..., 2]).mean() > 0.5
    assert not desk.dabs.dirty, "they are in that file"


def test_mask_and_hints_are_saved_one_after_the_other(colorizes: None, person: Person, scan: Path) -> None:
    person.alone.begin(scan)
    person.until_open("scan.jpg")
    desk = person.alone.desk
    person.stroke()
    desk.turn_to("colorize")
    person.stroke()
    desk.leave()
    assert person.message.startswith("The mask was edited by hand.")
    person.alone.window.message.press(0)  # Save the Mask…
    person.until(lambda: person.alone.window.findChildren(QFileDialog))
    person.dialog.accept()
    person.until(lambda: person.message.startswith("The colour hints were changed."))
    assert scan.with_name("scan mask.png").exists()
    person.alone.window.message.press(0)  # Save the Hints…
    person.until(lambda: [dialog for dialog in person.alone.window.findChildren(QFileDialog) if dialog.isVisible()])
    person.dialog.accept()
    person.until(lambda: not person.alone.window.isVisible())
    saved = cv2.imread(str(scan.with_name("scan hints.png")), cv2.IMREAD_UNCHANGED)
    assert saved.shape[2] == 4 and 0 < (saved[..., 3] == 255).mean() < 0.1 and desk.dabs is not None
    assert (saved[saved[..., 3] == 255][0, 2::-1] == desk.dabs.colour).all()


def test_restore_saves_what_its_steps_make(enhances: None, person: Person, scan: Path) -> None:
    person.alone.begin(scan)
    person.until_open("scan.jpg")
    for steps, name in (
        ("detect", "scan mask.png"),
        ("detect,enhance", "scan enhanced.png"),
        ("detect,repair,enhance", "scan repaired.png"),
    ):
        person.alone.values.set("steps", steps)
        person.until_open("scan.jpg")
        QTest.mouseClick(person.alone.window.buttons.accept, Qt.MouseButton.LeftButton)
        assert Path(person.dialog.selectedFiles()[0]).name == name
        person.dialog.accept()
        person.until(lambda name=name: person.message == f"Saved as “{name}”.")
        assert scan.with_name(name).exists()


def test_an_empty_window_invites_and_a_dropped_file_opens(person: Person, scan: Path) -> None:
    person.alone.begin(None)
    window = person.alone.window
    button = window.findChild(QPushButton, "open")
    assert button is not None
    person.until(button.isVisible)
    assert window.windowTitle() == "Daguerre" and not window.buttons.accept.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    person.dialog.reject()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(scan))])
    nothing, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    window.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, left, nothing))
    person.until_open("scan.jpg")
    assert window.buttons.accept.isEnabled()


def test_a_file_that_is_no_photo_is_said_and_the_open_one_stays(person: Person, scan: Path, tmp_path: Path) -> None:
    person.alone.begin(scan)
    person.until_open("scan.jpg")
    (tmp_path / "notes.png").write_text("no picture")
    person.alone.open(str(tmp_path / "notes.png"))
    person.until(lambda: "notes.png" in person.message)
    assert person.alone.desk.job and person.alone.desk.job.name == "scan.jpg"
    assert person.alone.window.windowTitle().endswith("scan.jpg")
    assert len(list(places.jobs_folder().glob("job-*"))) == 1


def test_another_photo_asks_about_painted_edits_first(person: Person, scan: Path) -> None:
    person.alone.begin(scan)
    person.until_open("scan.jpg")
    person.stroke()
    person.alone.open(str(SAMPLES / "dahlgren.jpg"))
    assert person.alone.window.message.current == "keep-mask"
    person.alone.window.message.press(1)  # Discard
    person.until_open("dahlgren.jpg")
    assert person.alone.desk.marks is not None and person.alone.desk.marks.hand.empty
    assert len(list(places.jobs_folder().glob("job-*"))) == 1


def test_settings_and_page_are_there_the_next_time(person: Person, scan: Path, qtbot: QtBot) -> None:
    person.alone.begin(scan)
    person.until_open("scan.jpg")
    person.alone.values.set("repair-grow", 9.0)
    person.alone.desk.turn_to("repair")
    person.alone.desk.leave()
    person.alone.clean_up()
    again = opened()
    again.begin(None)
    assert again.values["repair-grow"] == 9.0 and again.window.panel.page == "repair"
    again.clean_up()
    again.window.hide()
    again.window.deleteLater()
