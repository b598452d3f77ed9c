"""A window in the test's own process, over a real engine, with a host that keeps what it was told."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core import jobfolder, places
from core.protocol import PhotoFiles
from qt_dialogs.canvas import Canvas
from qt_dialogs.dabs import Dabs
from qt_dialogs.desk import Desk, Opening
from qt_dialogs.engine import Engine
from qt_dialogs.marks import Marks
from qt_dialogs.values import Values
from qt_dialogs.window import Window
from qt_dialogs.work import Result

SAMPLES = Path(__file__).resolve().parents[2] / "docs" / "samples"
SCRATCHED = SAMPLES / "andersson_scratched.jpg"
PATIENCE = 120_000
"""Milliseconds that anything may take on a busy machine."""
FAST = {"detect-model": "classical", "repair-model": "telea"}


def sample(path: Path = SCRATCHED) -> NDArray[np.uint8]:
    """A photo of the repository, (H, W, 3) uint8."""
    read = cv2.imread(str(path), cv2.IMREAD_COLOR)
    assert read is not None
    return np.ascontiguousarray(read[..., ::-1], np.uint8)


def clean(height: int = 300, width: int = 400) -> NDArray[np.uint8]:
    """A photo without damage: a soft ramp."""
    return np.broadcast_to(np.linspace(90, 150, width).astype(np.uint8)[None, :, None], (height, width, 3)).copy()


def job(
    pixels: NDArray[Any], mask: NDArray[np.uint8] | None = None, hints: NDArray[np.uint8] | None = None
) -> tuple[Path, PhotoFiles]:
    """A job's folder with a photo and perhaps a mask (drawn.npy) and hints (dabs.npy) in it."""
    folder = jobfolder.create(places.jobs_folder())
    np.save(folder / "photo.npy", pixels)
    if mask is not None:
        np.save(folder / "drawn.npy", mask)
    if hints is not None:
        np.save(folder / "dabs.npy", hints)
    return folder, PhotoFiles("photo.npy", False, "srgb", name="scan.tif")


class Recorder:
    """A host that keeps what it was told."""

    def __init__(self, alone: bool) -> None:
        self.alone = alone
        self.results: list[tuple[str, Result]] = []
        self.kept: list[dict[str, str]] = []
        self.leavings = 0
        self.progressed: list[tuple[float | None, str]] = []

    def before_run(self, tool: str, run: Callable[[], None]) -> None:
        run()

    def progress(self, fraction: float | None, text: str) -> None:
        self.progressed.append((fraction, text))

    def done(self, tool: str, result: Result) -> None:
        self.results.append((tool, result))

    def keep(self, files: dict[str, str]) -> None:
        self.kept.append(files)

    def left(self) -> None:
        self.leavings += 1

    def broken(self, kind: str, text: str) -> None:
        raise AssertionError(text)


VERBS = {"restore": "Restore", "detect": "Add Mask", "repair": "Repair", "enhance": "Enhance", "colorize": "Colorize"}


def photoless(qtbot: QtBot, values: Values) -> Window:
    """A window without a photo whose panel can be used."""
    shown = Window(VERBS, False, "restore")
    shown.complete(values)
    qtbot.addWidget(shown)
    shown.resize(1280, 800)
    shown.show()
    shown.activateWindow()
    qtbot.waitExposed(shown)
    return shown


def choose_in_menu(window: Window, text: str) -> None:
    """An entry of the menu ☰."""
    next(action for action in window.menu.actions() if action.text().replace("&", "") == text).trigger()


class Desktop:
    """Opens windows and does what people do: look, click, press keys, wait."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.values = Values()
        for key, value in FAST.items():
            self.values.set(key, value)
        self._desk: Desk | None = None
        self.verbs = VERBS

    def open(
        self,
        tool: str = "restore",
        pixels: NDArray[Any] | None = None,
        mask: NDArray[np.uint8] | None = None,
        size: tuple[int, int] = (1280, 800),
        alone: bool = False,
        hints: NDArray[np.uint8] | None = None,
        filters: bool = False,
    ) -> Desk:
        """The window on a photo, once it stands on the screen, all of it sharp; detection may still go on."""
        self.host = Recorder(alone)
        self.window = Window(self.verbs, alone, tool)
        self.window.complete(self.values)
        self.desk = self._desk = Desk(self.window, self.values, Engine(self.window), self.host)
        self.window.recall()
        self.window.resize(*size)
        self.folder, files = job(sample() if pixels is None else pixels, mask, hints)
        drawn = "drawn.npy" if mask is not None else None
        dabs = "dabs.npy" if hints is not None else None
        opening = Opening(self.folder, files, "scan.tif: Background", tool, drawn, dabs, filters)
        self.window.when_painted(lambda: self.desk.begin(opening))
        self.window.show()
        self.window.activateWindow()
        self.until(lambda: self.desk.marks is not None and self.canvas.complete)
        return self.desk

    @property
    def canvas(self) -> Canvas:
        assert self.desk.canvas
        return self.desk.canvas

    @property
    def marks(self) -> Marks:
        assert self.desk.marks
        return self.desk.marks

    @property
    def dabs(self) -> Dabs:
        assert self.desk.dabs
        return self.desk.dabs

    @property
    def message(self) -> str:
        """The name of the message that is shown."""
        return self.window.message.current

    def until(self, condition: Callable[[], object]) -> None:
        self._qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE)

    def until_found(self) -> None:
        """Until the detection is over and counted."""
        self.until(lambda: not self.desk.work.busy and self.desk.work.knows(str(self.values["detect-model"])))
        self.until(lambda: not self.marks.pending)

    def until_previewed(self) -> None:
        """Until the photo shows a repair."""
        with self._qtbot.waitSignal(self.canvas.resultShown, timeout=PATIENCE):
            pass

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """A key of the keyboard, for whoever has the focus."""
        QTest.keyClick(self.window.focusWidget() or self.window, key, modifiers)

    def type(self, text: str) -> None:
        QTest.keyClicks(self.window.focusWidget() or self.window, text)

    def click(self, widget: QWidget) -> None:
        assert widget.isVisible() and widget.isEnabled(), widget
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    def stroke(self, *points: tuple[float, float], held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Drag over the photo with the tool that is chosen, through these shares (0..1) of the canvas."""
        canvas = self.canvas
        places = [QPointF(x * canvas.width(), y * canvas.height()).toPoint() for x, y in points]
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, held, places[0])
        for place in places[1:]:
            self._move(canvas, place)
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, held, places[-1])

    def _move(self, canvas: Canvas, place: QPoint) -> None:
        QTest.mouseMove(canvas, place)
        QApplication.processEvents()

    def result(self, name: str) -> NDArray[Any]:
        """An array of the newest result."""
        return np.load(self.folder / self.host.results[-1][1].files[name])

    def close(self) -> None:
        if self._desk is None:
            return
        if self._desk.marks is not None:
            self._desk.marks.close()
        self._desk.engine.close()
        self.window.hide()
        self.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self._desk = None
        jobfolder.remove(self.folder)


def lives(process: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


class Asked(list[dict[str, Any]]):
    """The requests for previews; hints: what each one's file held, by its place in the list."""

    def __init__(self) -> None:
        super().__init__()
        self.hints: list[NDArray[np.uint8] | None] = []


def large(height: int = 1300, width: int = 1900) -> NDArray[np.uint8]:
    """A photo that is larger than the window."""
    return np.ascontiguousarray(np.tile(sample(), (5, 5, 1))[:height, :width])


def settled(desktop: Desktop) -> bool:
    preview = desktop.desk.previewing._part
    assert preview is not None
    visible, canvas = desktop.canvas.visible_box(), desktop.canvas
    return any(
        step <= canvas.step and part.common(visible) == visible for part, step in canvas.parts(preview._generation)
    )


def picture(desktop: Desktop) -> NDArray[np.uint8]:
    """What is painted, (h, w, 3)."""
    image = desktop.canvas.grab().toImage().convertToFormat(desktop.canvas.grab().toImage().Format.Format_RGB888)
    address = image.constBits()
    assert address is not None
    address.setsize(image.sizeInBytes())
    rows = np.frombuffer(address, np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()
