"""Masks into files and out of them, with GIMP as the host."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import cv2
import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QApplication, QFileDialog
from windows import Desktop, choose_in_menu

from qt_dialogs import memory
from qt_dialogs.engine import LANES


@pytest.fixture(autouse=True)
def own_dialogs() -> None:
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)


def asked(desktop: Desktop, entry: str) -> QFileDialog:
    choose_in_menu(desktop.window, entry)
    (dialog,) = (one for one in desktop.window.findChildren(QFileDialog) if one.isVisible())
    return dialog


def answer(dialog: QFileDialog, path: Path) -> None:
    dialog.selectFile(str(path))
    dialog.accept()


def test_a_mask_goes_into_a_file_and_comes_back(desktop: Desktop, tmp_path: Path) -> None:
    desktop.open("repair")
    desktop.stroke((0.3, 0.5), (0.6, 0.5))
    marks, path = desktop.marks, tmp_path / "kept.png"
    painted = marks.mask()
    dialog = asked(desktop, "Save Mask…")
    assert dialog.selectedFiles()[0].endswith(" mask.png")
    answer(dialog, path)
    desktop.until(lambda: desktop.message == "saved")
    written = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert painted.any() and np.array_equal(written, painted)
    assert not marks.hand.dirty, "it is in a file"
    marks.hand.clear()
    desktop.until(lambda: not marks.mask().any())
    dialog = asked(desktop, "Load Mask…")
    assert Path(dialog.directory().absolutePath()) == tmp_path, "where the last one went"
    answer(dialog, path)
    desktop.until(lambda: np.array_equal(marks.mask(), painted))
    desktop.desk.act("undo")
    assert not marks.mask().any(), "loading is one step"


def test_a_mask_of_another_size_is_refused_and_nothing_changes(desktop: Desktop, tmp_path: Path) -> None:
    desktop.open("repair")
    desktop.stroke((0.3, 0.5), (0.6, 0.5))
    painted = desktop.marks.mask()
    cv2.imwrite(str(tmp_path / "small.png"), np.full((10, 20), 255, np.uint8))
    answer(asked(desktop, "Load Mask…"), tmp_path / "small.png")
    desktop.until(lambda: desktop.message == "failed")
    assert "20 × 10 pixels" in desktop.window.message.text.text()
    assert np.array_equal(desktop.marks.mask(), painted)


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="processes cannot be halted here")
def test_where_the_engine_ends_meanwhile_the_window_says_so(desktop: Desktop, tmp_path: Path) -> None:
    desktop.open("repair")
    desktop.stroke((0.3, 0.5), (0.6, 0.5))
    painted = desktop.marks.mask()
    cv2.imwrite(str(tmp_path / "kept.png"), painted)
    engine = desktop.desk.engine
    desktop.until(lambda: engine.greeted and not any(map(engine.is_busy, LANES)))
    process = engine.process_id
    os.kill(process, signal.SIGSTOP)
    answer(asked(desktop, "Load Mask…"), tmp_path / "kept.png")
    desktop.until(lambda: engine.is_busy("load"))
    os.kill(process, signal.SIGKILL)
    desktop.until(lambda: desktop.message == "failed")
    assert desktop.window.message.text.text() == "The computation ended by itself."
    assert np.array_equal(desktop.marks.mask(), painted)


def test_a_folder_that_is_gone_is_not_asked_for(desktop: Desktop, tmp_path: Path) -> None:
    memory.remember(mask_folder=str(tmp_path / "gone"))
    desktop.open("repair")
    assert asked(desktop, "Load Mask…").directory().exists()


def test_during_a_run_the_entries_rest(desktop: Desktop) -> None:
    desktop.open("repair")
    desktop.stroke((0.3, 0.5), (0.6, 0.5))
    entries = [
        one for one in desktop.window.menu.actions() if one.text().replace("&", "") in ("Save Mask…", "Load Mask…")
    ]
    assert len(entries) == 2 and all(map(QAction.isEnabled, entries))
    desktop.click(desktop.window.buttons.accept)
    assert not any(map(QAction.isEnabled, entries))
    desktop.until(lambda: desktop.host.results)
    assert all(map(QAction.isEnabled, entries))
