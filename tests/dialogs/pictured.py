"""A window to make pictures of: over the real engine with the program's own models, in any language."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import windows
from numpy.typing import NDArray
from PyQt6.QtCore import QPoint
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qt_compat import qt_api
from pytestqt.qtbot import QtBot
from windows import FAST, VERBS, Desktop

from core.translation import _
from qt_dialogs.application import application, speak

LANGUAGES = ("en", "fr")
PATIENCE = 600_000
"""Milliseconds that a network may take on a busy machine."""
BREATH = 400
"""Milliseconds after which a window that changed asks for what it shows next."""


@cache  # somebody has to hold it
def this_application() -> QApplication:
    """The application of this process."""
    qt_api.set_qt_api("pyqt6")
    windows.PATIENCE = PATIENCE
    there = QApplication.instance()
    return there if isinstance(there, QApplication) else application()


@contextmanager
def opened(
    language: str, size: tuple[int, int], page: str = "restore", pixels: NDArray[Any] | None = None
) -> Iterator[Desktop]:
    """The window on a photo, the damaged sample where none is given, once nothing is computed any more."""
    speak(this_application(), language)
    desktop = Desktop(QtBot(None))
    desktop.verbs = {tool: _(verb) for tool, verb in VERBS.items()}
    for key in FAST:
        desktop.values.reset(key)
    try:
        desktop.open(page, pixels, size=size)
        desktop.until(lambda: desktop.desk.library._models)
        settle(desktop)
        yield desktop
    finally:
        desktop.desk.settled()
        desktop.close()


def settle(desktop: Desktop) -> None:
    """Wait until nothing is computed any more."""
    work = desktop.desk.work
    QTest.mouseMove(desktop.window, QPoint(desktop.window.width() - 1, 1))  # on nothing that would light up
    QTest.qWait(BREATH)
    desktop.until(lambda: not work.detecting and not work.previews and not work.busy and not desktop.marks.pending)
    QTest.qWait(BREATH)


def resize(desktop: Desktop, size: tuple[int, int]) -> None:
    desktop.window.resize(*size)
    QApplication.processEvents()
    if (desktop.window.width(), desktop.window.height()) != size:
        print(f"The window is {desktop.window.width()}x{desktop.window.height()}.", file=sys.stderr)
    if not desktop.desk.deciding.reviewing:
        desktop.canvas.fit()
