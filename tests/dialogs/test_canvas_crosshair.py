"""The canvas without a mouse: arrows move a cross-hair or the photo, Insert clicks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPointF, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from scenes import ALT, CONTROL, HEIGHT, NO_BUTTON, NONE, SHIFT, WIDTH, Scene, scratched

from qt_dialogs.dabs import Dabs
from qt_dialogs.hand import ADD, REMOVE, Hand, Plane
from qt_dialogs.strokes import Place, area

Key = Qt.Key
MIDDLE = (WIDTH / 2, HEIGHT / 2)


@pytest.fixture
def scene(qtbot: QtBot) -> Iterator[Scene]:
    """Over a photo with a scratch in it."""
    made = Scene(qtbot, scratched())
    yield made
    made.marks.close()


def stroked(*strokes: tuple[list[Place], bool], diameter: float = 10) -> Plane:
    hand = Hand(HEIGHT, WIDTH)
    for places, remove in strokes:
        hand.line(places, diameter, remove)
    return hand.plane


def go(scene: Scene, right: int = 0, down: int = 0) -> None:
    """Show the cross-hair, or move it by so many presses of arrows."""
    for _press in range(abs(right)):
        scene.key(Key.Key_Right if right > 0 else Key.Key_Left)
    for _press in range(abs(down)):
        scene.key(Key.Key_Down if down > 0 else Key.Key_Up)


def hold(scene: Scene, key: Qt.Key, repeats: int) -> None:
    for repeat in range(1 + repeats):
        QApplication.sendEvent(scene.canvas, QKeyEvent(QEvent.Type.KeyPress, key, NONE, "", repeat > 0))
    QApplication.sendEvent(scene.canvas, QKeyEvent(QEvent.Type.KeyRelease, key, NONE))


def place(scene: Scene) -> Place:
    found = scene.canvas._crosshair.place
    assert found is not None
    return found


def test_the_first_arrow_shows_it_and_others_move_it_by_a_pixel_of_the_screen(scene: Scene) -> None:
    go(scene, right=1)
    assert place(scene) == MIDDLE
    go(scene, right=3, down=-2)
    assert place(scene) == (MIDDLE[0] + 3, MIDDLE[1] - 2)
    scene.canvas.zoom_to(4.0)
    go(scene, right=2)
    assert place(scene) == (MIDDLE[0] + 3.5, MIDDLE[1] - 2)


def test_a_held_arrow_moves_it_faster_by_16_pixels_at_most(scene: Scene) -> None:
    scene.canvas.zoom_to(4.0)
    go(scene, right=1)
    hold(scene, Key.Key_Right, 7)
    assert place(scene)[0] == MIDDLE[0] + (4 * 1 + 4 * 2) / 4
    before = place(scene)[0]
    hold(scene, Key.Key_Left, 20)
    assert place(scene)[0] == before - (4 * (1 + 2 + 4 + 8) + 5 * 16) / 4


def test_it_stays_on_the_photo_and_the_photo_follows_it_out_of_the_view(scene: Scene) -> None:
    scene.canvas.zoom_to(2.0)
    go(scene, down=1)
    hold(scene, Key.Key_Down, 60)
    assert place(scene) == (MIDDLE[0], HEIGHT - 0.5)
    at = scene.canvas._crosshair.on_canvas()
    assert at is not None and 0 < at.y() < HEIGHT
    assert scene.canvas.view.top == HEIGHT - 2 * HEIGHT, "not further than the photo's border"


def test_it_is_black_and_white_and_goes_when_the_mouse_moves(scene: Scene) -> None:
    scene.canvas.set_brush(1)
    without = scene.canvas.grab().toImage()
    go(scene, right=1)
    image = scene.canvas.grab().toImage()
    tones = [image.pixelColor(210, y).red() for y in range(145, 156)]
    assert min(tones) < 30 and max(tones) > 225
    assert image.pixelColor(200, 150) == without.pixelColor(200, 150), "its middle is open"
    for at in ((50, 50), (51, 50)):
        scene.move(at, NO_BUTTON)
    after = scene.canvas.grab().toImage()
    assert all(after.pixelColor(x, y) == without.pixelColor(x, y) for x in range(180, 221) for y in range(130, 171))


def test_it_says_where_it_is_and_what_was_done_there(scene: Scene) -> None:
    go(scene, right=4)
    assert scene.canvas.accessibleDescription().endswith("cross-hair at x 203, y 150")
    scene.key(Key.Key_Insert)
    assert scene.canvas.accessibleDescription().endswith("cross-hair at x 203, y 150, done: Brush Stroke")
    scene.canvas.set_tool("line")
    scene.key(Key.Key_Insert)
    assert scene.canvas.accessibleDescription().endswith("being drawn: Line")
    scene.key(Key.Key_Escape)
    assert "drawn" not in scene.canvas.accessibleDescription()


def test_insert_shows_it_first_and_then_paints(scene: Scene) -> None:
    scene.key(Key.Key_Insert)
    assert place(scene) == MIDDLE and not scene.plane.any()
    scene.key(Key.Key_Insert)
    assert np.array_equal(scene.plane, stroked(([MIDDLE], False)))
    assert scene.strokes == 1 and scene.hand.undo_name == "Brush Stroke"
    scene.hand.undo()
    assert not scene.plane.any() and not scene.hand.can_undo


def test_shift_and_insert_go_straight_on_and_control_erases(scene: Scene) -> None:
    scene.key(Key.Key_Insert)
    scene.key(Key.Key_Insert)
    go(scene, right=60, down=20)
    end = (MIDDLE[0] + 60, MIDDLE[1] + 20)
    scene.key(Key.Key_Insert, SHIFT)
    assert np.array_equal(scene.plane, stroked(([MIDDLE], False), ([MIDDLE, end], False)))
    scene.key(Key.Key_Insert, CONTROL)
    assert scene.plane[170, 260] == REMOVE and scene.plane[150, 200] == ADD
    scene.canvas.set_tool("eraser")
    go(scene, right=-60, down=-20)
    scene.key(Key.Key_Insert)
    assert scene.plane[150, 200] == REMOVE


def test_a_line_goes_from_insert_to_insert(scene: Scene) -> None:
    scene.canvas.set_tool("line")
    go(scene, right=1)
    scene.key(Key.Key_Insert)
    go(scene, right=40, down=30)
    assert not scene.plane.any()
    image = scene.canvas.grab().toImage()
    rim = [image.pixelColor(220, y).red() for y in range(150, 181)]
    assert min(rim) < 40 and max(rim) > 220, "it is seen before it is marked"
    scene.key(Key.Key_Insert)
    assert np.array_equal(scene.plane, stroked(([MIDDLE, (MIDDLE[0] + 40, MIDDLE[1] + 30)], False)))
    assert scene.strokes == 1 and scene.hand.undo_name == "Line"
    go(scene, right=9)
    scene.key(Key.Key_Insert, CONTROL)
    scene.key(Key.Key_Escape)
    scene.key(Key.Key_Insert, CONTROL)
    scene.key(Key.Key_Insert)
    assert scene.hand.undo_name == "Erased Line"


def test_a_lasso_goes_from_insert_to_insert_and_enter_closes_it(scene: Scene) -> None:
    scene.canvas.set_tool("lasso")
    go(scene, right=1)
    for right, down in ((0, 0), (50, 0), (0, 40), (70, 30)):
        go(scene, right, down)
        scene.key(Key.Key_Insert)
    scene.key(Key.Key_Backspace)
    scene.key(Key.Key_Return)
    wanted = np.zeros((HEIGHT, WIDTH), np.uint8)
    x, y = MIDDLE
    for box, inside in area([(x, y), (x + 50, y), (x + 50, y + 40)], HEIGHT, WIDTH):
        wanted[box.rows, box.columns][inside] = ADD
    assert np.array_equal(scene.plane, wanted) and scene.strokes == 1


def test_a_scratch_is_traced_from_the_cross_hair(scene: Scene, qtbot: QtBot) -> None:
    scene.canvas.set_tool("trace")
    go(scene, down=3)
    assert scene.canvas.tracer
    with qtbot.waitSignal(scene.canvas.tracer.marked, timeout=20_000):
        scene.key(Key.Key_Insert)
    assert (scene.plane[149:151, 66:334] == ADD).mean() > 0.97


def test_defects_are_picked_at_the_cross_hair(scene: Scene, qtbot: QtBot) -> None:
    scene.canvas.set_tool("pick")
    go(scene, right=11)
    with qtbot.waitSignal(scene.canvas.picked) as picked:
        scene.key(Key.Key_Insert, SHIFT)
    assert picked.args == [210.0, 150.0, 6.0, True]


def test_dabs_are_put_picked_and_given_the_photo_s_colour(scene: Scene, qtbot: QtBot) -> None:
    dabs = Dabs(HEIGHT, WIDTH)
    scene.canvas.set_dabs(dabs)
    scene.canvas.work_on_dabs(True)
    go(scene, right=1)
    scene.key(Key.Key_Insert)
    assert dabs.painted.count == 1 and dabs.undo_name == "Dab"
    with qtbot.waitSignal(scene.canvas.colourPicked):
        scene.key(Key.Key_Insert, CONTROL)
    assert dabs.painted.count == 1
    scene.canvas.set_tool("pick")
    scene.key(Key.Key_Insert)
    assert dabs.picked is not None
    dabs.remove_picked()
    assert not dabs.painted.count


def test_insert_marks_nothing_while_a_run_goes_on_or_before_is_held(scene: Scene) -> None:
    go(scene, right=1)
    scene.canvas.set_editable(False)
    scene.key(Key.Key_Insert)
    scene.canvas.set_editable(True)
    scene.canvas.hold_before(True)
    scene.key(Key.Key_Insert)
    assert not scene.plane.any() and scene.strokes == 0


def test_it_lands_in_the_same_photo_when_that_is_seen_twice(scene: Scene) -> None:
    scene.canvas.set_mode("side")
    go(scene, right=1)
    scene.key(Key.Key_Insert)
    y, x = np.argwhere(scene.plane == ADD).mean(axis=0)
    assert (x + 0.5, y + 0.5) == pytest.approx(place(scene))
    scene.canvas.set_mode("split")
    scene.canvas.hold_before(False)
    go(scene, right=-30)
    scene.key(Key.Key_Insert)
    assert (scene.plane[149:151, 168:172] == ADD).all()


def test_zoom_keeps_the_photo_under_it(scene: Scene) -> None:
    go(scene, right=51, down=-40)
    at = scene.canvas._crosshair.on_canvas()
    assert at is not None
    scene.canvas.zoom_in()
    scene.canvas.zoom_to(8.0)
    again = scene.canvas._crosshair.on_canvas()
    assert again is not None and (again - at).manhattanLength() < 2
    scene.canvas.centre_on(10, 10)
    assert not scene.canvas._crosshair.shown
    scene.canvas.zoom_to(9.0)
    assert scene.canvas.view.x == pytest.approx(10, abs=0.2), "out of sight it is not zoomed at"


def test_shift_and_arrows_go_on_by_half_a_view(scene: Scene) -> None:
    scene.canvas.zoom_to(4.0)
    view = scene.canvas.view
    scene.key(Key.Key_Right, SHIFT)
    scene.key(Key.Key_Up, SHIFT)
    assert (scene.canvas.view.x, scene.canvas.view.y) == (view.x + 50, view.y - 37.5)
    assert scene.canvas._crosshair.place is None


def test_control_and_arrows_go_to_the_border(scene: Scene) -> None:
    scene.canvas.zoom_to(4.0)
    scene.key(Key.Key_Left, CONTROL)
    scene.key(Key.Key_Down, CONTROL)
    box = scene.canvas.visible_box()
    assert (box.left, box.right, box.top, box.bottom) == (0, 100, HEIGHT - 75, HEIGHT)
    scene.canvas.zoom_to(0.5)
    view = scene.canvas.view
    scene.key(Key.Key_Right, CONTROL)
    assert scene.canvas.view == view, "all of it is seen"
    scene.key(Key.Key_Right, CONTROL | ALT)
    assert scene.canvas._crosshair.place is None


def test_the_keyboard_s_place_is_that_of_the_screen_at_any_density(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(scene.canvas), "ratio", lambda _self: 2.0)
    scene.canvas._lay_out()
    scene.canvas.zoom_to(1.0)
    go(scene, right=11)
    at = scene.canvas._crosshair.on_canvas()
    assert at is not None and scene.canvas.place_at(QPointF(at)) == place(scene) == (MIDDLE[0] + 20, MIDDLE[1])


def test_on_the_side_after_that_is_on_the_left_where_one_reads_from_the_right(scene: Scene) -> None:
    scene.canvas.set_mode("side")
    go(scene, right=1)
    right = scene.canvas._crosshair.on_canvas()
    scene.canvas.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    left = scene.canvas._crosshair.on_canvas()
    assert right is not None and left is not None and left.x() < WIDTH / 2 < right.x()
