"""A canvas of a photo's own size, so that at 1:1 the pointer's places are the photo's."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent, QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.photo import Photo
from qt_dialogs.canvas import Canvas
from qt_dialogs.hand import Hand, Plane
from qt_dialogs.marks import Marks
from qt_dialogs.source import Source

HEIGHT, WIDTH = 300, 400
LEFT, MIDDLE, NO_BUTTON = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.NoButton
NONE, SHIFT, CONTROL, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


def scratched() -> Photo:
    """A grey photo of HEIGHT x WIDTH with a faint scratch in it."""
    samples = np.random.default_rng(5).normal(110, 6, (HEIGHT, WIDTH, 1))
    samples[149:151, 60:340] += 20
    return Photo(np.rint(samples).astype(np.uint8))


class Scene:
    """A canvas with marks over a photo of HEIGHT x WIDTH, and what people do to it."""

    def __init__(self, qtbot: QtBot, photo: Photo) -> None:
        self.qtbot, self.marks, self.canvas = qtbot, Marks(photo), Canvas()
        qtbot.addWidget(self.canvas)
        self.canvas.resize(WIDTH, HEIGHT)
        self.canvas.show()
        self.canvas.set_photo(Source(photo))
        self.canvas.set_marks(self.marks)
        self.canvas.set_brush(10)
        self.canvas.setFocus()
        assert self.canvas.scale == 1.0
        self.strokes = 0
        self.canvas.strokeFinished.connect(self._count)

    def _count(self) -> None:
        self.strokes += 1

    @property
    def hand(self) -> Hand:
        return self.marks.hand

    @property
    def plane(self) -> Plane:
        return self.hand.plane

    def press(self, place: tuple[int, int], held: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT) -> None:
        QTest.mousePress(self.canvas, button, held, QPoint(*place))

    def move(self, place: tuple[int, int], button: Qt.MouseButton = LEFT, held: Qt.KeyboardModifier = NONE) -> None:
        at = QPointF(*place)
        event = QMouseEvent(QEvent.Type.MouseMove, at, self.canvas.mapToGlobal(at), NO_BUTTON, button, held)
        QApplication.sendEvent(self.canvas, event)

    def release(self, place: tuple[int, int], held: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT) -> None:
        QTest.mouseRelease(self.canvas, button, held, QPoint(*place))

    def drag(self, *places: tuple[int, int], held: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT) -> None:
        self.press(places[0], held, button)
        for place in places[1:]:
            self.move(place, button, held)
        self.release(places[-1], held, button)

    def click(self, *places: tuple[int, int], held: Qt.KeyboardModifier = NONE) -> None:
        for place in places:
            QTest.mouseClick(self.canvas, LEFT, held, QPoint(*place))

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.canvas, key, held)

    def trace(self, place: tuple[int, int], held: Qt.KeyboardModifier = NONE) -> None:
        """Click with the tool Trace, and wait for what comes of it."""
        assert self.canvas.tracer
        with self.qtbot.waitSignals([self.canvas.tracer.marked], timeout=20_000):
            self.click(place, held=held)

    def wheel(self, notches: float, at: tuple[int, int] = (200, 150), held: Qt.KeyboardModifier = NONE) -> None:
        place = QPointF(*at)
        turned = QPoint(0, round(120 * notches))
        phase = Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(place, self.canvas.mapToGlobal(place), QPoint(), turned, NO_BUTTON, held, phase, False)
        QApplication.sendEvent(self.canvas, event)

    def pen(self, kind: QEvent.Type, at: tuple[float, float], pressure: float, eraser: bool = False) -> QTabletEvent:
        tip = QPointingDevice.PointerType.Eraser if eraser else QPointingDevice.PointerType.Pen
        device = QPointingDevice("pen", 1, QInputDevice.DeviceType.Stylus, tip, QInputDevice.Capability.Pressure, 1, 3)
        place = QPointF(*at)
        button = LEFT if kind != QEvent.Type.TabletMove else NO_BUTTON
        event = QTabletEvent(
            kind, device, place, self.canvas.mapToGlobal(place), pressure, 0, 0, 0, 0, 0, NONE, button, LEFT
        )
        QApplication.sendEvent(self.canvas, event)
        return event
