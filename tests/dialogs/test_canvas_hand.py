"""The canvas under mouse, pen and keys: painting, erasing, moving, the divider, the pointer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QFocusEvent, QInputDevice, QMouseEvent, QPointingDevice
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from scenes import ALT, CONTROL, HEIGHT, LEFT, MIDDLE, NO_BUTTON, NONE, SHIFT, WIDTH, Scene

from core.photo import Photo
from qt_dialogs import tool_cursors
from qt_dialogs.hand import ADD, REMOVE, Hand, Plane


@pytest.fixture
def scene(qtbot: QtBot) -> Iterator[Scene]:
    made = Scene(qtbot, Photo(np.full((HEIGHT, WIDTH, 3), 80, np.uint8)))
    yield made
    made.marks.close()


def reference(*strokes: tuple[list[tuple[float, float]], float, bool]) -> Plane:
    hand = Hand(HEIGHT, WIDTH)
    for points, diameter, remove in strokes:
        hand.line(points, diameter, remove)
    return hand.plane


def test_dragging_paints_one_step(scene: Scene) -> None:
    scene.drag((50, 60), (90, 100), (200, 100))
    assert np.array_equal(scene.plane, reference(([(50, 60), (90, 100), (200, 100)], 10, False)))
    assert (scene.plane == ADD).any() and scene.strokes == 1
    assert scene.marks.hand.undo_name == "Brush Stroke"
    scene.marks.hand.undo()
    assert not scene.plane.any()


def test_a_click_paints_a_dab(scene: Scene) -> None:
    QTest.mouseClick(scene.canvas, LEFT, NONE, QPoint(77, 88))
    assert np.array_equal(scene.plane, reference(([(77, 88)], 10, False)))


def test_two_quick_clicks_are_two_dabs(scene: Scene) -> None:
    QTest.mouseClick(scene.canvas, LEFT, NONE, QPoint(50, 50))
    QTest.mouseDClick(scene.canvas, LEFT, NONE, QPoint(150, 150))
    assert scene.plane[50, 50] == ADD and scene.plane[150, 150] == ADD


def test_the_eraser_removes_and_control_turns_both_round(scene: Scene) -> None:
    scene.canvas.set_tool("eraser")
    scene.drag((50, 60), (200, 60))
    assert scene.plane[60, 100] == REMOVE and scene.marks.hand.undo_name == "Eraser Stroke"
    scene.drag((50, 120), (200, 120), held=CONTROL)
    assert scene.plane[120, 100] == ADD
    scene.canvas.set_tool("brush")
    scene.drag((50, 120), (90, 120), held=CONTROL)
    assert scene.plane[120, 70] == REMOVE and scene.plane[120, 150] == ADD


def test_shift_draws_a_straight_line_from_the_last_place(scene: Scene) -> None:
    scene.drag((50, 60), (60, 60))
    scene.drag((300, 200), held=SHIFT)
    assert np.array_equal(
        scene.plane, reference(([(50, 60), (60, 60)], 10, False), ([(60, 60), (300, 200)], 10, False))
    )
    scene.marks.hand.undo()
    assert np.array_equal(scene.plane, reference(([(50, 60), (60, 60)], 10, False)))


def test_control_and_shift_draw_it_in_steps_of_15_degrees(scene: Scene) -> None:
    scene.drag((100, 100))
    scene.drag((200, 104), held=SHIFT | CONTROL)
    assert np.array_equal(scene.plane, reference(([(100, 100), (200.08, 100)], 10, False)))
    scene.marks.hand.undo()
    scene.drag((100, 100))
    scene.drag((200, 130), held=SHIFT | CONTROL)
    far = np.hypot(100, 30)
    end = (100 + far * np.cos(np.pi / 12), 100 + far * np.sin(np.pi / 12))
    assert np.array_equal(scene.plane, reference(([(100, 100), end], 10, False)))


def test_where_a_straight_line_would_go_is_seen_while_shift_is_held(scene: Scene) -> None:
    scene.drag((100, 100))
    before = scene.canvas.grab().toImage()
    QTest.keyPress(scene.canvas, Qt.Key.Key_Shift, SHIFT)
    move = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(300, 200),
        scene.canvas.mapToGlobal(QPointF(300, 200)),
        NO_BUTTON,
        NO_BUTTON,
        SHIFT,
    )
    QApplication.sendEvent(scene.canvas, move)
    held = scene.canvas.grab().toImage()
    row = [held.pixelColor(200, y).red() for y in range(140, 161)]
    assert max(row) > 200 and min(row) < 60
    QTest.keyRelease(scene.canvas, Qt.Key.Key_Shift, NONE)
    after = scene.canvas.grab().toImage()
    assert all(after.pixelColor(200, y) == before.pixelColor(200, y) for y in range(140, 161))


def test_strokes_land_where_the_pointer_is_at_any_zoom(scene: Scene) -> None:
    scene.canvas.zoom_to(8.0, QPointF(200, 150))
    scene.canvas.set_brush(3)
    x, y = scene.canvas.view.to_photo(100, 100)
    scene.drag((100, 100), (180, 140))
    assert np.array_equal(scene.plane, reference(([(x, y), (x + 10, y + 5)], 3, False)))


def test_strokes_on_the_right_of_side_by_side_land_in_the_same_photo(scene: Scene) -> None:
    scene.canvas.set_mode("side")
    left = scene.canvas.view.to_photo(100, 150)
    scene.drag((100 + 201, 150))
    y, x = np.argwhere(scene.plane == ADD).mean(axis=0)
    assert abs(x + 0.5 - left[0]) < 0.6 and abs(y + 0.5 - left[1]) < 0.6
    scene.canvas.set_mode("result")


def test_nothing_is_painted_while_before_is_held_or_a_run_goes_on(scene: Scene) -> None:
    scene.canvas.hold_before(True)
    scene.drag((50, 60), (200, 60))
    scene.canvas.hold_before(False)
    scene.canvas.set_editable(False)
    scene.drag((50, 60), (200, 60))
    scene.wheel(1)
    assert not scene.plane.any() and scene.canvas.scale == pytest.approx(1.15) and scene.strokes == 0
    scene.canvas.set_editable(True)
    scene.drag((50, 60), (200, 60))
    assert scene.plane.any()


def test_a_stroke_under_way_ends_when_a_run_begins(scene: Scene) -> None:
    QTest.mousePress(scene.canvas, LEFT, NONE, QPoint(50, 50))
    scene.canvas.set_editable(False)
    QTest.mouseMove(scene.canvas, QPoint(200, 50))
    assert scene.strokes == 1 and np.array_equal(scene.plane, reference(([(50, 50)], 10, False)))
    assert not scene.marks.hand.painting


def test_escape_drops_a_stroke(scene: Scene) -> None:
    scene.drag((50, 200), (200, 200))
    before = scene.plane.copy()
    QTest.mousePress(scene.canvas, LEFT, NONE, QPoint(50, 50))
    QTest.mouseMove(scene.canvas, QPoint(200, 50))
    QTest.keyClick(scene.canvas, Qt.Key.Key_Escape)
    QTest.mouseMove(scene.canvas, QPoint(200, 90))
    QTest.mouseRelease(scene.canvas, LEFT, NONE, QPoint(200, 90))
    assert np.array_equal(scene.plane, before)
    scene.marks.hand.undo()
    assert not scene.plane.any() and not scene.marks.hand.can_undo


# moving


def test_the_wheel_zooms_at_the_pointer(scene: Scene) -> None:
    place = scene.canvas.view.to_photo(300, 100)
    scene.wheel(3, (300, 100))
    assert scene.canvas.scale == pytest.approx(1.15**3)
    assert scene.canvas.view.to_screen(*place) == pytest.approx((300, 100), abs=1.1)
    scene.wheel(-3, (300, 100), CONTROL)
    assert scene.canvas.scale == pytest.approx(1.0)
    scene.wheel(-100)
    assert scene.canvas.scale == 1 / 64
    scene.wheel(200)
    assert scene.canvas.scale == 64


def test_shift_and_wheel_scroll_sideways(scene: Scene) -> None:
    scene.canvas.zoom_to(4.0)
    left, top = scene.canvas.view.left, scene.canvas.view.top
    scene.wheel(-1, held=SHIFT)
    assert (scene.canvas.view.left, scene.canvas.view.top) == (left - 60, top) and scene.canvas.scale == 4.0


def test_the_wheel_may_scroll_as_in_gimp(scene: Scene) -> None:
    scene.canvas.wheel_scrolls = True
    scene.canvas.zoom_to(2.0)
    before = scene.canvas.view
    scene.wheel(-1)
    assert scene.canvas.view.y > before.y and (scene.canvas.view.x, scene.canvas.scale) == (before.x, 2.0)
    scene.wheel(1)
    assert scene.canvas.view == before
    scene.wheel(-1, held=SHIFT)
    assert scene.canvas.view.x > before.x and scene.canvas.scale == 2.0
    scene.wheel(1, held=CONTROL)
    assert scene.canvas.scale > 2.0
    scene.wheel(1, held=CONTROL | ALT)
    assert scene.canvas.brush > 10


def test_control_alt_and_wheel_size_the_brush(scene: Scene, qtbot: QtBot) -> None:
    with qtbot.waitSignal(scene.canvas.brushChanged) as changed:
        scene.wheel(1, held=CONTROL | ALT)
    assert changed.args == [pytest.approx(11.5)] and scene.canvas.brush == pytest.approx(11.5)
    scene.wheel(-100, held=CONTROL | ALT)
    assert scene.canvas.brush == 1.0 and scene.canvas.scale == 1.0


@pytest.mark.parametrize("how", ["middle", "space", "tool"])
def test_the_photo_can_be_dragged(scene: Scene, qtbot: QtBot, how: str) -> None:
    scene.canvas.zoom_to(4.0)
    left, top = scene.canvas.view.left, scene.canvas.view.top
    if how == "space":
        QTest.keyPress(scene.canvas, Qt.Key.Key_Space)
        assert scene.canvas.cursor().shape() == Qt.CursorShape.OpenHandCursor
    if how == "tool":
        scene.canvas.set_tool("pan")
    with qtbot.waitSignal(scene.canvas.viewChanged):
        scene.drag((200, 150), (230, 130), (170, 160), button=MIDDLE if how == "middle" else LEFT)
    assert (scene.canvas.view.left, scene.canvas.view.top) == (left - 30, top + 10)
    assert not scene.plane.any() and scene.strokes == 0
    if how == "space":
        QTest.keyRelease(scene.canvas, Qt.Key.Key_Space)
        scene.drag((200, 150), (230, 130))
        assert scene.plane.any()


def test_space_is_forgotten_when_the_focus_goes(scene: Scene) -> None:
    QTest.keyPress(scene.canvas, Qt.Key.Key_Space)
    QApplication.sendEvent(scene.canvas, QFocusEvent(QEvent.Type.FocusOut))
    scene.drag((50, 60), (200, 60))
    assert (scene.plane == ADD).any()


def test_zoom_and_pan_work_in_the_middle_of_a_stroke(scene: Scene) -> None:
    QTest.mousePress(scene.canvas, LEFT, NONE, QPoint(100, 100))
    scene.wheel(2, (100, 100))
    x, y = scene.canvas.view.to_photo(150, 100)
    QTest.mouseMove(scene.canvas, QPoint(150, 100))
    QTest.mouseRelease(scene.canvas, LEFT, NONE, QPoint(150, 100))
    assert scene.plane[int(y), int(x)] == ADD and scene.strokes == 1


# the divider


def test_the_divider_is_dragged_and_paints_nothing(scene: Scene) -> None:
    scene.canvas.set_mode("split")
    scene.drag((200, 150), (250, 150), (100, 220))
    assert scene.canvas.divider == pytest.approx(0.25) and not scene.plane.any()
    scene.drag((101, 20), (900, 20))
    assert scene.canvas.divider == 1.0
    scene.canvas.set_divider(0.25)
    scene.drag((108, 150), (148, 150))  # the grip is wider than the line
    assert scene.canvas.divider == pytest.approx(0.37)
    QTest.mouseDClick(scene.canvas, LEFT, NONE, QPoint(148, 40))
    assert scene.canvas.divider == 0.5 and not scene.plane.any()
    scene.drag((215, 40), (300, 40))
    assert (scene.plane == ADD).any() and scene.canvas.divider == 0.5


def test_the_divider_is_moved_by_keys(scene: Scene) -> None:
    handle = scene.canvas._handle
    assert not handle.isVisible()
    scene.canvas.set_mode("split")
    assert handle.isVisible() and handle.focusPolicy() == Qt.FocusPolicy.TabFocus
    before = scene.canvas.grab().toImage()
    handle.setFocus()
    assert scene.canvas.grab().toImage() != before, "the focus is seen"
    for key, place in (
        (Qt.Key.Key_Right, 0.51),
        (Qt.Key.Key_PageDown, 0.61),
        (Qt.Key.Key_Left, 0.6),
        (Qt.Key.Key_PageUp, 0.5),
    ):
        QTest.keyClick(handle, key)
        assert scene.canvas.divider == pytest.approx(place)
    QTest.keyClick(handle, Qt.Key.Key_Right)
    assert handle.accessibleDescription() == "51 %" and handle.geometry().center().x() in (203, 204)
    scene.drag((204, 150), (100, 150))
    assert scene.canvas.divider == pytest.approx(0.25), "the mouse takes hold of what is below"
    scene.canvas.set_mode("result")
    assert not handle.isVisible()


# the pen


def test_pressure_sets_the_size(scene: Scene) -> None:
    scene.canvas.set_brush(40)
    assert scene.pen(QEvent.Type.TabletPress, (50.5, 100.5), 1.0).isAccepted()
    scene.pen(QEvent.Type.TabletMove, (350.5, 100.5), 0.0)
    scene.pen(QEvent.Type.TabletRelease, (350.5, 100.5), 0.0)
    widths = (scene.plane == ADD).sum(axis=0)
    assert widths[50] in (39, 40, 41) and widths[350] in (11, 12, 13) and 24 <= widths[200] <= 28
    assert scene.strokes == 1


def test_the_other_end_of_the_pen_erases(scene: Scene) -> None:
    scene.pen(QEvent.Type.TabletPress, (50, 100), 1.0, eraser=True)
    scene.pen(QEvent.Type.TabletRelease, (50, 100), 1.0, eraser=True)
    assert scene.plane[100, 50] == REMOVE and scene.marks.hand.undo_name == "Eraser Stroke"


def test_the_other_end_of_the_pen_erases_with_other_tools_too(scene: Scene) -> None:
    """Qt makes the mouse's events of the pen's, and says which end they are of."""
    scene.canvas.set_tool("line")
    tip = QPointingDevice.PointerType.Eraser
    device = QPointingDevice("pen", 1, QInputDevice.DeviceType.Stylus, tip, QInputDevice.Capability.Pressure, 1, 3)
    for kind, x in ((QEvent.Type.MouseButtonPress, 50.0), (QEvent.Type.MouseMove, 200.0)):
        at = QPointF(x, 100)
        event = QMouseEvent(kind, at, at, scene.canvas.mapToGlobal(at), LEFT, LEFT, NONE, device)
        QApplication.sendEvent(scene.canvas, event)
    scene.release((200, 100))
    assert scene.plane[100, 120] == REMOVE and scene.hand.undo_name == "Erased Line"


def test_places_of_the_pen_lie_between_pixels(scene: Scene) -> None:
    scene.canvas.set_brush(1)
    for x in (20.1, 20.9, 21.2):
        scene.pen(QEvent.Type.TabletPress, (x, 30.5), 1.0)
        scene.pen(QEvent.Type.TabletRelease, (x, 30.5), 1.0)
    assert np.argwhere(scene.plane).tolist() == [[30, 20], [30, 21]]


def test_a_pen_that_moves_the_photo_is_left_to_the_mouse(scene: Scene) -> None:
    scene.canvas.set_tool("pan")
    assert not scene.pen(QEvent.Type.TabletPress, (50, 100), 1.0).isAccepted()
    assert not scene.plane.any()


# the pointer


def cursor_pixels(scene: Scene) -> NDArray[np.uint8]:
    image = scene.canvas.cursor().pixmap().toImage()
    return np.array(
        [[image.pixelColor(x, y).getRgb() for x in range(image.width())] for y in range(image.height())], np.uint8
    )


def test_the_pointer_is_as_large_as_the_brush(scene: Scene) -> None:
    scene.canvas.set_brush(30)
    scene.canvas.zoom_to(2.0)
    pixels = cursor_pixels(scene)
    middle = pixels.shape[0] // 2
    row = pixels[middle, :, 3] > 100
    extent = np.flatnonzero(row)
    assert abs((extent[-1] - extent[0]) - 62) <= 2
    dark = (pixels[..., 3] > 200) & (pixels[..., :3].max(axis=2) < 60)
    bright = (pixels[..., 3] > 200) & (pixels[..., :3].min(axis=2) > 200)
    assert dark.sum() > 40 and bright.sum() > 40
    hot = scene.canvas.cursor().hotSpot()
    assert (hot.x(), hot.y()) == (middle, middle)


def test_the_pointer_says_whether_it_adds_or_removes(scene: Scene) -> None:
    adds = cursor_pixels(scene)
    scene.canvas.set_tool("eraser")
    removes = cursor_pixels(scene)
    assert not np.array_equal(adds, removes)
    scene.canvas.set_tool("brush")
    assert np.array_equal(cursor_pixels(scene), adds)


def test_small_brushes_have_a_cross_hair(scene: Scene) -> None:
    scene.canvas.set_brush(4)
    pixels = cursor_pixels(scene)
    middle = pixels.shape[0] // 2
    assert (
        pixels[middle, middle, 3] == 0 and pixels[middle, middle + 5, 3] > 200 and pixels[middle - 5, middle, 3] > 200
    )


def test_a_brush_too_large_for_a_pointer_is_drawn_on_the_canvas(scene: Scene) -> None:
    scene.canvas.set_brush(220)
    QTest.mouseMove(scene.canvas, QPoint(200, 150))
    image = scene.canvas.grab().toImage()
    assert max(image.pixelColor(x, 150).red() for x in range(85, 95)) > 150
    assert scene.canvas.cursor().pixmap().width() < 60
    QTest.mouseMove(scene.canvas, QPoint(220, 150))
    image = scene.canvas.grab().toImage()
    assert max(image.pixelColor(x, 150).red() for x in range(85, 95)) < 120
    assert tool_cursors.LARGEST < 220


def test_a_tool_that_is_none_is_refused(scene: Scene) -> None:
    with pytest.raises(ValueError, match="no tool"):
        scene.canvas.set_tool("hammer")
