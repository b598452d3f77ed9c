"""☰ > Log: what there is to report, with what a crash leaves in it, and without the names of photos."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from looks import Keep
from PyQt6.QtCore import QUrl
from PyQt6.QtGui import QDesktopServices, QGuiApplication
from windows import VERBS, Desktop, choose_in_menu, clean, sample

from core import VERSION, places
from qt_dialogs import log_view, reporting
from qt_dialogs.log_view import LogView
from qt_dialogs.mistakes import told


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[QUrl]]:
    """What is opened with other programs."""
    urls: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: bool(urls.append(url)) or True)
    yield urls


def view(desktop: Desktop) -> LogView:
    shown = desktop.window.findChild(LogView, "log")
    assert shown is not None and shown.isVisible()
    return shown


def crash(desktop: Desktop) -> None:
    """The engine is killed in the middle of a run of the page Restore, and the window says so."""
    desktop.open("restore", np.tile(sample(), (4, 4, 1)))
    desktop.until_found()
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.desk.engine.is_busy("run"))
    os.kill(desktop.desk.engine.process_id, signal.SIGKILL)
    desktop.until(lambda: desktop.message == "crashed")


def test_an_engine_that_was_killed_is_in_the_log_with_what_it_did(desktop: Desktop, keep: Keep) -> None:
    crash(desktop)
    assert desktop.window.message.text.text().endswith("; if it repeats, ☰ > Log has what to report.")
    keep(desktop.window, "crashed")
    choose_in_menu(desktop.window, "Log")
    text = view(desktop).text.toPlainText()
    keep(view(desktop), "log")
    assert text.startswith(f"Daguerre {VERSION}\n") and "Python 3." in text and "Qt 6." in text
    assert "repair-model telea" in text and "detect-model classical" in text.splitlines()[3]
    assert f"Photo: {4 * sample().shape[1]} x {4 * sample().shape[0]}, 3 channels, uint8" in text
    assert f"window {VERSION}: the engine was killed or crashed (9) in: run " in text
    assert "scan" not in text


def test_the_log_is_there_before_a_photo_and_over_the_models(desktop: Desktop) -> None:
    desktop.open("detect", clean())
    choose_in_menu(desktop.window, "Models")
    choose_in_menu(desktop.window, "Log")
    first = view(desktop)
    assert "There is no log." in first.text.toPlainText() or places.log_file().exists()
    choose_in_menu(desktop.window, "Log")
    assert view(desktop) is not first and not first.isVisible()


def test_copy_takes_all_of_it_and_the_folder_is_opened(desktop: Desktop, opened: list[QUrl]) -> None:
    desktop.open("detect", clean())
    choose_in_menu(desktop.window, "Log")
    shown = view(desktop)
    desktop.click(shown.copy)
    clipboard = QGuiApplication.clipboard()
    assert clipboard and clipboard.text() == shown.text.toPlainText() and f"Daguerre {VERSION}" in clipboard.text()
    desktop.click(shown.folder)
    assert opened == [log_view.folder_of_log()] and Path(opened[0].toLocalFile()) == places.data_folder()


def test_a_mistake_of_ours_is_in_the_report_with_its_trace(qtbot: object) -> None:
    try:
        raise RuntimeError("/home/anna/Photos/Aunt Mary 1910.tif is upside down")
    except RuntimeError as error:
        told(error)
    text = reporting.report({"steps": "detect,repair", "detect-model": "default", "repair-grow": 3.0})
    assert "Traceback (most recent call last)" in text and "RuntimeError: [photo] is upside down" in text
    assert "Settings: steps detect,repair, detect-model default\n" in text and "Mary" not in text


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("FileNotFoundError: [Errno 2] No such file: '/home/a/Aunt Mary, 1910.tif'", "No such file: [photo]"),
        ("“C:\\Users\\a\\Aunt Mary.JPG” failed", "[photo] failed"),
        ("C:\\Users\\a\\Aunt Mary.jpeg failed", "[photo] failed"),
        ("scan_0017.png failed", "[photo] failed"),
        ("the layer scan.tif: Background is gone", "the layer [photo] is gone"),
        ('  File "/app/core/tiles.py", line 3, in png', '  File "/app/core/tiles.py", line 3, in png'),
        ("2026-11-26 22:00:01 window 0.1.0: RuntimeError", "2026-11-26 22:00:01 window 0.1.0: RuntimeError"),
    ],
)
def test_names_of_photos_are_left_out_and_the_rest_stays(said: str, left: str) -> None:
    found = reporting.without_names(said, ["scan.tif: Background", "scan.tif", ""])
    assert found.endswith(left) and "Mary" not in found


def test_the_home_is_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("/home/anna"))
    assert reporting.without_names('File "/home/anna/daguerre/core/tiles.py"') == 'File "~/daguerre/core/tiles.py"'


def test_only_the_end_of_a_long_log_is_shown(data_folder: Path) -> None:
    data_folder.mkdir()
    places.log_file().write_text("".join(f"line {number}\n" for number in range(10_000)), encoding="utf-8")
    lines = reporting.logged_last().splitlines()
    assert lines[-1] == "line 9999" and lines[0] == f"line {10_000 - len(lines)}"
    assert 3000 < len(lines) < 10_000


@pytest.mark.usefixtures("french")
def test_a_crash_and_the_log_in_french(desktop: Desktop, keep: Keep) -> None:
    desktop.verbs = {**VERBS, "restore": "Restaurer"}
    crash(desktop)
    assert desktop.window.message.text.text() == (
        "Le calcul s’est interrompu\u202f; photo et masque sont intacts. Recliquez sur Restaurer\u202f; si cela se "
        "répète, ☰ > Journal dit quoi signaler."
    )
    keep(desktop.window, "crashed-french")
    choose_in_menu(desktop.window, "Journal")
    assert view(desktop).windowTitle() == "Journal"
    keep(view(desktop), "log-french")
