"""The pointer says what a press of the button would do, with every tool and in every state."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QInputDevice, QMouseEvent, QPointingDevice
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from scenes import CONTROL, HEIGHT, MIDDLE, NO_BUTTON, NONE, SHIFT, WIDTH, Scene, scratched

from qt_dialogs.dabs import Dabs
from qt_dialogs.tool_cursors import BRUSH, CROSS, LASSO, PIPETTE, tool_cursor

ARROW, OPEN, CLOSED, DIVIDES = (
    Qt.CursorShape.ArrowCursor,
    Qt.CursorShape.OpenHandCursor,
    Qt.CursorShape.ClosedHandCursor,
    Qt.CursorShape.SplitHCursor,
)
Look = Qt.CursorShape | tuple[str, float, bool]
ADDS, REMOVES = (BRUSH, 10.0, False), (BRUSH, 10.0, True)
PLACE = (60, 80)
"""Where there is neither a divider nor a dab."""


@pytest.fixture
def scene(qtbot: QtBot) -> Iterator[Scene]:
    made = Scene(qtbot, scratched())
    made.move(PLACE, NO_BUTTON)
    yield made
    made.marks.close()


@pytest.fixture
def dabbing(scene: Scene) -> Scene:
    """With dabs of colour, one of them in the middle."""
    dabs = Dabs(HEIGHT, WIDTH, None)
    dabs.begin_stroke(200, 150, 20)
    dabs.end_stroke()
    scene.canvas.set_dabs(dabs)
    scene.canvas.work_on_dabs(True)
    return scene


def wears(scene: Scene, look: Look) -> bool:
    cursor = scene.canvas.cursor()
    if isinstance(look, Qt.CursorShape):
        return cursor.shape() == look
    tool, diameter, erases = look
    wanted = tool_cursor(tool, diameter, 1.0, erases)
    return cursor.pixmap().toImage() == wanted.pixmap().toImage() and cursor.hotSpot() == wanted.hotSpot()


def held(scene: Scene, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
    """Press a modifier and leave it so; the test's end releases it."""
    QTest.keyPress(scene.canvas, key, modifier)


@pytest.fixture(autouse=True)
def nothing_held(scene: Scene) -> Iterator[None]:
    yield
    for key in (Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Space):
        QTest.keyRelease(scene.canvas, key, NONE)


@pytest.mark.parametrize(
    ("tool", "look", "with_control"),
    [
        ("brush", ADDS, REMOVES),
        ("eraser", REMOVES, ADDS),
        ("line", (CROSS, 0.0, False), (CROSS, 0.0, True)),
        ("trace", (CROSS, 0.0, False), (CROSS, 0.0, True)),
        ("lasso", (LASSO, 0.0, False), (LASSO, 0.0, True)),
        ("pick", ARROW, ARROW),
        ("pan", OPEN, OPEN),
    ],
)
def test_each_tool_of_the_mask_has_its_pointer(scene: Scene, tool: str, look: Look, with_control: Look) -> None:
    canvas = scene.canvas
    canvas.set_tool(tool)
    assert wears(scene, look)
    held(scene, Qt.Key.Key_Control, CONTROL)
    assert wears(scene, with_control)
    QTest.keyRelease(canvas, Qt.Key.Key_Control)
    held(scene, Qt.Key.Key_Space, NONE)
    assert wears(scene, OPEN), "a drag would move the photo"
    QTest.keyRelease(canvas, Qt.Key.Key_Space)
    canvas.hold_before(True)
    assert wears(scene, OPEN if tool == "pan" else ARROW), "nothing can be marked on what is only looked at"
    canvas.hold_before(False)
    canvas.set_mode("split")
    scene.move((200, 40), NO_BUTTON)
    assert wears(scene, OPEN if tool == "pan" else DIVIDES)
    scene.move(PLACE, NO_BUTTON)
    assert wears(scene, look)
    canvas.set_editable(False)
    assert wears(scene, OPEN if tool == "pan" else ARROW), "while something is computed, and no clock"
    scene.move((200, 40), NO_BUTTON)
    assert wears(scene, OPEN if tool == "pan" else DIVIDES), "comparing goes on"
    canvas.set_editable(True)


@pytest.mark.parametrize(
    ("tool", "look", "with_control"),
    [
        ("brush", ADDS, (PIPETTE, 0.0, False)),
        ("eraser", REMOVES, (PIPETTE, 0.0, False)),
        ("pipette", (PIPETTE, 0.0, False), (PIPETTE, 0.0, False)),
        ("pick", ARROW, ARROW),
        ("lasso", ARROW, ARROW),
    ],
)
def test_each_tool_of_the_dabs_has_its_pointer(dabbing: Scene, tool: str, look: Look, with_control: Look) -> None:
    dabbing.canvas.set_tool(tool)
    assert wears(dabbing, look)
    held(dabbing, Qt.Key.Key_Control, CONTROL)
    assert wears(dabbing, with_control)
    QTest.keyRelease(dabbing.canvas, Qt.Key.Key_Control)
    dabbing.canvas.set_editable(False)
    assert wears(dabbing, ARROW)


def test_a_hand_takes_a_dab(dabbing: Scene) -> None:
    dabbing.canvas.set_tool("pick")
    dabbing.move((206, 150), NO_BUTTON)
    assert wears(dabbing, OPEN)
    dabbing.press((206, 150))
    assert wears(dabbing, OPEN)
    dabbing.move((100, 100))
    assert wears(dabbing, CLOSED)
    dabbing.release((100, 100))
    assert wears(dabbing, OPEN), "it lies below"
    dabbing.move((206, 150), NO_BUTTON)
    assert wears(dabbing, ARROW)


def test_the_hand_closes_while_the_photo_is_moved(scene: Scene) -> None:
    scene.press(PLACE, button=MIDDLE)
    assert wears(scene, CLOSED)
    scene.release(PLACE, button=MIDDLE)
    assert wears(scene, ADDS)
    held(scene, Qt.Key.Key_Space, NONE)
    scene.press(PLACE)
    assert wears(scene, CLOSED)
    scene.release(PLACE)
    assert wears(scene, OPEN)


def test_what_has_begun_is_not_changed_by_keys(scene: Scene) -> None:
    scene.press(PLACE)
    held(scene, Qt.Key.Key_Space, NONE)
    assert wears(scene, ADDS), "it still paints"
    QTest.keyRelease(scene.canvas, Qt.Key.Key_Space)
    held(scene, Qt.Key.Key_Control, CONTROL)
    assert wears(scene, ADDS), "and still adds"
    QTest.keyRelease(scene.canvas, Qt.Key.Key_Control)
    scene.release(PLACE)
    scene.canvas.set_tool("lasso")
    scene.click((60, 80), held=CONTROL)
    assert wears(scene, (LASSO, 0.0, True)), "the lasso that has begun erases"


def test_shift_and_control_paint_a_straight_line_in_steps(scene: Scene) -> None:
    scene.drag(PLACE, (90, 90))
    held(scene, Qt.Key.Key_Shift, SHIFT)
    held(scene, Qt.Key.Key_Control, SHIFT | CONTROL)
    scene.move((120, 200), NO_BUTTON)
    assert wears(scene, ADDS)


@pytest.mark.parametrize(("tool", "look"), [("brush", REMOVES), ("lasso", (LASSO, 0.0, True))])
def test_the_other_end_of_a_pen_erases(scene: Scene, tool: str, look: Look) -> None:
    device = QPointingDevice(
        "pen",
        2,
        QInputDevice.DeviceType.Stylus,
        QPointingDevice.PointerType.Eraser,
        QInputDevice.Capability.Pressure,
        1,
        3,
    )
    scene.canvas.set_tool(tool)
    at = QPointF(QPoint(*PLACE)) + QPointF(5, 5)
    where = scene.canvas.mapToGlobal(at)
    event = QMouseEvent(QEvent.Type.MouseMove, at, where, where, NO_BUTTON, NO_BUTTON, NONE, device)
    QApplication.sendEvent(scene.canvas, event)
    assert wears(scene, look)
    scene.move(PLACE, NO_BUTTON)
    assert not wears(scene, look)
