"""What every test of the window shares: a data folder of its own, no screen, screenshots where they are asked for."""

from __future__ import annotations

import gettext
import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from looks import Keep
from PyQt6.QtCore import QLocale
from PyQt6.QtGui import QColor, QPalette
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from windows import Asked, Desktop

import soft_engine
from core import translation
from qt_dialogs import engine
from qt_dialogs.values import Values


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Daguerre's data folder for this test alone; processes started by the test inherit it."""
    folder = tmp_path / "data"
    monkeypatch.setenv("DAGUERRE_DATA", str(folder))
    return folder


@pytest.fixture
def french(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Windows and their engines speak French."""
    monkeypatch.setattr(translation, "catalogue", gettext.translation("daguerre", translation.LOCALES, ["fr"]))
    monkeypatch.setenv("LANGUAGE", "fr")
    usual = QLocale()
    QLocale.setDefault(QLocale("fr"))
    yield
    QLocale.setDefault(usual)


@pytest.fixture
def values() -> Values:
    return Values()


@pytest.fixture
def desktop(qtbot: QtBot, data_folder: Path) -> Iterator[Desktop]:
    """A window over a real engine that is opened as the plug-in opens it."""
    shown = Desktop(qtbot)
    yield shown
    shown.close()


@pytest.fixture
def enhances(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines have a quick model of Enhance, for which every photo needs all of it."""
    soft_engine.install()
    monkeypatch.setattr(engine, "COMMAND", soft_engine.command())


@pytest.fixture
def colorizes(enhances: None) -> None:
    """Engines have a quick model of Colorize too, which makes all that it sees the same colour."""
    soft_engine.install_colours()


@pytest.fixture
def asked(colorizes: None, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What engines are asked for as previews; they have both quick models."""
    requests = Asked()
    ask = engine.Engine.ask

    def noted(self: engine.Engine, lane: str, message: dict[str, Any], *more: Any) -> None:
        if lane == "preview":
            requests.append(message)
            file = message.get("hints")
            requests.hints.append(np.load(Path(message["folder"]) / file) if file else None)
        ask(self, lane, message, *more)

    monkeypatch.setattr(engine.Engine, "ask", noted)
    return requests


@pytest.fixture
def dark(qtbot: QtBot) -> Iterator[None]:
    """A dark desktop."""
    palette, before = QPalette(), QApplication.palette()
    for role, colour in (
        (QPalette.ColorRole.Window, "#2b2b2b"),
        (QPalette.ColorRole.Base, "#1e1e1e"),
        (QPalette.ColorRole.Button, "#3a3a3a"),
        (QPalette.ColorRole.Text, "#eeeeee"),
        (QPalette.ColorRole.WindowText, "#eeeeee"),
        (QPalette.ColorRole.ButtonText, "#eeeeee"),
        (QPalette.ColorRole.ToolTipBase, "#1e1e1e"),
        (QPalette.ColorRole.ToolTipText, "#eeeeee"),
    ):
        palette.setColor(role, QColor(colour))
    QApplication.setPalette(palette)
    yield
    QApplication.setPalette(before)


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> str:
    """The desktop's, one after the other."""
    name = str(request.param)
    if name == "dark":
        request.getfixturevalue("dark")
    return name


@pytest.fixture
def keep() -> Keep:
    """Keeps a picture of a widget in the folder that DAGUERRE_SCREENSHOTS names, if it does."""

    def kept(widget: QWidget, name: str) -> None:
        folder = os.environ.get("DAGUERRE_SCREENSHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            assert widget.grab().save(str(Path(folder) / f"{name}.png"))

    return kept
