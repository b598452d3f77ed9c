"""The tools of the canvas beside brush and eraser: line, lasso and trace."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot
from scenes import CONTROL, HEIGHT, LEFT, NO_BUTTON, NONE, WIDTH, Scene, scratched

from qt_dialogs import hand as hand_module
from qt_dialogs.hand import ADD, REMOVE, Hand, Plane
from qt_dialogs.strokes import Place, area

SQUARE = [(100, 100), (200, 100), (200, 200), (100, 200)]


@pytest.fixture
def scene(qtbot: QtBot) -> Iterator[Scene]:
    """Over a photo with a faint scratch in it."""
    made = Scene(qtbot, scratched())
    yield made
    made.marks.close()


def stroked(places: list[Place], diameter: float, remove: bool = False) -> Plane:
    hand = Hand(HEIGHT, WIDTH)
    hand.line(places, diameter, remove)
    return hand.plane


def enclosed(places: list[Place], value: int = ADD) -> Plane:
    plane = np.zeros((HEIGHT, WIDTH), np.uint8)
    for box, inside in area(places, HEIGHT, WIDTH):
        plane[box.rows, box.columns][inside] = value
    return plane


# line


def test_a_line_goes_straight_from_press_to_release_as_wide_as_the_brush(scene: Scene) -> None:
    scene.canvas.set_tool("line")
    scene.press((50, 60))
    scene.move((90, 250))
    assert not scene.plane.any(), "nothing is marked before the button is let go"
    scene.move((300, 200))
    scene.release((300, 200))
    assert np.array_equal(scene.plane, stroked([(50, 60), (300, 200)], 10))
    assert scene.hand.undo_name == "Line" and scene.strokes == 1
    scene.hand.undo()
    assert not scene.plane.any() and not scene.hand.can_undo


def test_control_at_the_start_makes_the_line_erase(scene: Scene) -> None:
    scene.canvas.set_tool("line")
    scene.drag((50, 60), (300, 60))
    scene.drag((150, 60), (200, 60), held=CONTROL)
    assert scene.plane[60, 170] == REMOVE and scene.plane[60, 100] == ADD and scene.hand.undo_name == "Erased Line"


def test_escape_drops_a_line_and_the_key_goes_no_further(scene: Scene) -> None:
    scene.canvas.set_tool("line")
    scene.press((50, 60))
    scene.move((300, 200))
    scene.key(Qt.Key.Key_Escape)
    scene.release((300, 200))
    assert not scene.plane.any() and scene.strokes == 0 and not scene.hand.can_undo


def test_the_rubber_line_is_black_and_white_at_any_zoom(scene: Scene) -> None:
    scene.canvas.set_tool("line")
    scene.canvas.zoom_to(2.0)
    scene.press((50, 100))
    scene.move((350, 100))
    image = scene.canvas.grab().toImage()
    rims = [y for y in range(60, 140) if image.pixelColor(200, y).red() < 40]
    assert min(rims) in (89, 90, 91) and max(rims) in (109, 110, 111), "as wide as ten pixels of the photo"
    assert max(image.pixelColor(200, y).red() for y in range(86, 94)) > 220
    scene.release((350, 100))
    assert scene.canvas.grab().toImage().pixelColor(200, 90).red() > 40


# lasso


def test_clicks_make_a_polygon_that_its_first_point_closes(scene: Scene) -> None:
    scene.canvas.set_tool("lasso")
    scene.click(*SQUARE)
    assert not scene.plane.any()
    scene.click((104, 97))
    assert np.array_equal(scene.plane, enclosed([(x, y) for x, y in SQUARE]))
    assert scene.plane[150, 150] == ADD and scene.plane[150, 201] == 0 and (scene.plane == ADD).sum() == 100 * 100
    assert scene.hand.undo_name == "Lasso" and scene.strokes == 1
    scene.hand.undo()
    assert not scene.plane.any()


@pytest.mark.parametrize("close", ["enter", "double-click"])
def test_enter_and_a_double_click_close_it(scene: Scene, close: str) -> None:
    scene.canvas.set_tool("lasso")
    scene.click(*SQUARE)
    if close == "enter":
        scene.key(Qt.Key.Key_Return)
    else:
        QTest.mouseDClick(scene.canvas, LEFT, NONE, QPoint(*SQUARE[-1]))
    assert np.array_equal(scene.plane, enclosed([(x, y) for x, y in SQUARE])) and scene.strokes == 1


def test_dragging_draws_freely_and_ends_where_it_began(scene: Scene) -> None:
    scene.canvas.set_tool("lasso")
    places = [(100, 100), (150, 80), (200, 100), (200, 200), (100, 200), (101, 102)]
    scene.drag(*places)
    assert np.array_equal(scene.plane, enclosed([(x, y) for x, y in places])) and scene.strokes == 1


def test_the_outline_stays_until_its_mark_is_there(qtbot: QtBot, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hand_module, "AT_ONCE", 1)
    scene.canvas.set_overlay(False)
    scene.canvas.set_tool("lasso")
    scene.canvas.grab()
    qtbot.waitUntil(lambda: scene.canvas.complete)
    before = scene.canvas.grab().toImage().pixelColor(150, 100)
    scene.click(*SQUARE)
    scene.key(Qt.Key.Key_Return)
    assert scene.hand.painting and scene.canvas.grab().toImage().pixelColor(150, 100).red() < 40
    qtbot.waitUntil(lambda: scene.plane.any() and not scene.hand.painting and not scene.marks.pending)
    qtbot.waitUntil(lambda: scene.canvas.grab().toImage().pixelColor(150, 100) == before)


def test_dragging_and_clicking_mix(scene: Scene) -> None:
    scene.canvas.set_tool("lasso")
    scene.drag((100, 100), (150, 80), (200, 100))
    assert not scene.plane.any(), "open yet"
    scene.click((200, 200))
    scene.drag((150, 220), (100, 200))
    scene.key(Qt.Key.Key_Enter)
    wanted = [(100, 100), (150, 80), (200, 100), (200, 200), (150, 220), (100, 200)]
    assert np.array_equal(scene.plane, enclosed([(x, y) for x, y in wanted]))


def test_backspace_takes_points_back_and_at_last_the_lasso(scene: Scene) -> None:
    scene.canvas.set_tool("lasso")
    scene.click(*SQUARE, (390, 290))
    scene.key(Qt.Key.Key_Backspace)
    scene.drag((300, 250), (320, 260), (340, 240))
    scene.key(Qt.Key.Key_Backspace)  # all that was drawn freely
    scene.key(Qt.Key.Key_Return)
    assert np.array_equal(scene.plane, enclosed([(x, y) for x, y in SQUARE]))
    scene.click((20, 20))
    scene.key(Qt.Key.Key_Backspace)
    scene.click(*SQUARE[:3], held=CONTROL)
    scene.key(Qt.Key.Key_Return)
    assert scene.plane[120, 180] == REMOVE and scene.plane[190, 110] == ADD, "a new one, that erases"
    assert scene.hand.undo_name == "Erased Lasso"


@pytest.mark.parametrize("how", ["escape", "tool", "run", "dabs"])
def test_a_lasso_is_dropped(scene: Scene, how: str) -> None:
    scene.canvas.set_tool("lasso")
    scene.click(*SQUARE[:3])
    if how == "escape":
        scene.key(Qt.Key.Key_Escape)
    elif how == "tool":
        scene.canvas.set_tool("brush")
        scene.canvas.set_tool("lasso")
    elif how == "run":
        scene.canvas.set_editable(False)
        scene.click((100, 200), (100, 100))
        scene.canvas.set_editable(True)
    else:
        scene.canvas.work_on_dabs(True)
        scene.canvas.work_on_dabs(False)
    scene.key(Qt.Key.Key_Return)
    scene.click((100, 200), (100, 100))
    assert not scene.plane.any() and not scene.hand.can_undo


def test_the_photo_can_be_moved_and_zoomed_while_a_lasso_is_open(scene: Scene) -> None:
    scene.canvas.set_tool("lasso")
    scene.click(*SQUARE[:2])
    QTest.keyPress(scene.canvas, Qt.Key.Key_Space)
    scene.drag((200, 150), (150, 150))
    QTest.keyRelease(scene.canvas, Qt.Key.Key_Space)
    scene.click((150, 200), (50, 200))
    scene.key(Qt.Key.Key_Return)
    assert np.array_equal(scene.plane, enclosed([(x, y) for x, y in SQUARE]))


def test_the_way_of_a_lasso_and_to_the_pointer_is_seen(scene: Scene) -> None:
    scene.canvas.set_tool("lasso")
    scene.click((100, 100), (200, 100))
    scene.move((200, 200), NO_BUTTON)
    image = scene.canvas.grab().toImage()
    for along in ([(150, y) for y in range(95, 106)], [(x, 150) for x in range(195, 206)]):
        tones = [image.pixelColor(*place).red() for place in along]
        assert min(tones) < 40 and max(tones) > 220


def test_areas_follow_the_even_odd_rule_and_stay_inside_of_the_photo() -> None:
    twice = [(-50, -50), (60, -50), (60, 60), (-50, 60), (-50, -50), (20, -50), (20, 60), (-50, 60)]
    plane = enclosed([(float(x), float(y)) for x, y in twice])
    assert not plane[:60, :20].any() and plane[:60, 20:60].all() and plane.sum() == 60 * 40
    assert not enclosed([(5.0, 5.0), (5.4, 5.0), (5.4, 5.4)]).any()
    assert not enclosed([(900.0, 5.0), (950.0, 5.0), (920.0, 90.0)]).any()
    triangle = enclosed([(10.0, 10.0), (110.0, 10.0), (10.0, 290.0)])
    assert abs(int(triangle.sum()) - 100 * 280 / 2) < 60


# trace


def test_a_click_marks_a_scratch_from_end_to_end(scene: Scene) -> None:
    scene.canvas.set_tool("trace")
    scene.trace((200, 152))
    marked = scene.plane == ADD
    assert marked[149:151, 66:334].mean() > 0.97
    marked[146:154, 52:348] = False
    assert not marked.any()
    assert scene.hand.undo_name == "Trace" and scene.strokes == 1
    scene.hand.undo()
    assert not scene.plane.any() and not scene.hand.can_undo


def test_where_there_is_no_line_nothing_is_marked(scene: Scene, qtbot: QtBot) -> None:
    scene.canvas.set_tool("trace")
    with qtbot.waitSignal(scene.canvas.nothingTraced, timeout=20_000):
        scene.click((200, 60))
    assert not scene.plane.any() and scene.strokes == 0


def test_control_and_a_click_remove_the_traced_line(scene: Scene) -> None:
    scene.canvas.set_tool("trace")
    scene.trace((200, 150))
    traced = scene.plane == ADD
    scene.trace((120, 151), CONTROL)
    assert (scene.plane[traced] == REMOVE).all() and scene.hand.undo_name == "Erased Trace"
    scene.hand.undo()
    assert np.array_equal(scene.plane == ADD, traced)


def test_control_and_a_click_remove_a_line_that_was_not_traced(scene: Scene) -> None:
    scene.hand.line([(40, 150), (360, 150)], 6)
    scene.canvas.set_tool("trace")
    scene.trace((200, 150), CONTROL)
    assert (scene.plane[149:151, 70:330] == REMOVE).all() and (scene.plane[150, 40:50] == ADD).all()


def test_another_width_stays_the_same_step(scene: Scene) -> None:
    scene.canvas.set_tool("trace")
    scene.trace((200, 150))
    tracer = scene.canvas.tracer
    assert tracer and tracer.width == tracer.own_width
    own = int((scene.plane[:, 200] == ADD).sum())
    with scene.qtbot.waitSignal(tracer.marked, timeout=20_000):
        tracer.set_width(own + 6)
    assert (scene.plane[:, 200] == ADD).sum() in (own + 5, own + 6, own + 7) and tracer.width == own + 6
    scene.hand.undo()
    assert not scene.plane.any() and not scene.hand.can_undo and tracer.width is None
    scene.hand.redo()
    assert tracer.width is not None
    scene.hand.line([(10, 10), (20, 20)], 4)
    assert tracer.width is None, "something else was done since"


def test_a_run_that_begins_ends_the_search(scene: Scene, qtbot: QtBot) -> None:
    scene.canvas.set_tool("trace")
    scene.click((200, 150))
    scene.canvas.set_editable(False)
    qtbot.wait(1000)
    assert not scene.plane.any()
