"""The hand's edits: strokes against their geometry, undo and redo bit for bit."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PyQt6.QtWidgets import QApplication

from core.photo import Box
from qt_dialogs.hand import ADD, KEPT_STEPS, NOTHING, REMOVE, TILE, Hand, Plane
from qt_dialogs.strokes import PIECE, Dab, area, line, segment

PLACES = st.tuples(st.floats(-20, 80), st.floats(-20, 60))
DIAMETERS = st.floats(1, 40)


def covered(start: Dab, end: Dab, height: int, width: int) -> Plane:
    plane = np.zeros((height, width), np.uint8)
    for box, pixels in segment(start, end, height, width):
        plane[box.rows, box.columns] |= pixels
    return plane


def distance_to_way(start: Dab, end: Dab, height: int, width: int) -> np.ndarray:
    """Distance of each pixel's centre to the straight way, by its definition."""
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    shares = np.linspace(0, 1, 2000)
    way = np.stack([start.x + (end.x - start.x) * shares, start.y + (end.y - start.y) * shares])
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    return np.hypot(points[:, :1] - way[0], points[:, 1:] - way[1]).min(axis=1).reshape(height, width)


@given(PLACES, PLACES, DIAMETERS)
@settings(deadline=None, max_examples=40)
def test_a_stroke_covers_what_is_within_its_radius(
    start: tuple[float, float], end: tuple[float, float], diameter: float
) -> None:
    one, other = Dab(*start, diameter), Dab(*end, diameter)
    plane = covered(one, other, 40, 60)
    distance = distance_to_way(one, other, 40, 60)
    assert plane[distance <= diameter / 2 - 0.05].all()
    assert not plane[distance > max(diameter / 2 + 0.05, 0.75)].any()


def test_a_brush_of_one_pixel_marks_the_pixel_it_points_at() -> None:
    for x, y in ((5.5, 3.5), (5.01, 3.99), (5.99, 3.01)):
        plane = covered(Dab(x, y, 1.0), Dab(x, y, 1.0), 10, 10)
        assert np.argwhere(plane).tolist() == [[3, 5]]


@given(PLACES, PLACES)
@settings(deadline=None)
def test_the_thinnest_line_has_no_gaps(start: tuple[float, float], end: tuple[float, float]) -> None:
    plane = covered(Dab(start[0] + 20, start[1] + 20, 1.0), Dab(end[0] + 20, end[1] + 20, 1.0), 81, 101)
    marked = {(int(y), int(x)) for y, x in np.argwhere(plane)}
    reached, todo = set(), [next(iter(marked))]
    while todo:
        y, x = todo.pop()
        if (y, x) in marked and (y, x) not in reached:
            reached.add((y, x))
            todo.extend((y + i, x + j) for i in (-1, 0, 1) for j in (-1, 0, 1))
    assert reached == marked


def test_long_strokes_are_the_same_as_short_ones() -> None:
    start, end = np.array([10.3, 12.7]), np.array([10.3 + 7 * PIECE, 300.2])
    plane = covered(Dab(*start, 9.0), Dab(*end, 9.0), 320, 1000)
    x, y = np.meshgrid(np.arange(1000) + 0.5, np.arange(320) + 0.5)
    along, length = end - start, np.hypot(*(end - start))
    aside = np.abs((x - start[0]) * along[1] - (y - start[1]) * along[0]) / length
    place = ((x - start[0]) * along[0] + (y - start[1]) * along[1]) / length
    between = (place >= 0) & (place <= length)
    assert np.array_equal(plane[between], aside[between] <= 4.5)


def test_pressure_changes_the_width_on_the_way() -> None:
    plane = covered(Dab(20.5, 50.5, 5.0), Dab(180.5, 50.5, 41.0), 100, 200)
    widths = plane.sum(axis=0)
    assert widths[20] == 5 and abs(int(widths[100]) - 23) <= 1 and widths[180] == 41


@pytest.mark.parametrize("end", [Dab(1210.2, 930.8, 700.0), Dab(1210.2, 930.8, 260.0), Dab(310.5, 420.5, 700.0)])
def test_large_brushes_cover_what_their_definition_says(end: Dab) -> None:
    """Drawn tile by tile: no different from single pixels."""
    start, height, width = Dab(310.5, 420.5, 700.0), 1100, 1400
    x, y = np.meshgrid(np.arange(width) + 0.5 - start.x, np.arange(height) + 0.5 - start.y)
    way = np.array([end.x - start.x, end.y - start.y])
    share = np.clip((x * way[0] + y * way[1]) / max(way @ way, 1e-9), 0, 1)
    radius = (start.diameter + (end.diameter - start.diameter) * share) / 2
    wanted = np.hypot(x - share * way[0], y - share * way[1]) <= radius
    assert np.array_equal(covered(start, end, height, width), wanted)


@given(st.lists(st.tuples(st.floats(-60, 760), st.floats(-60, 660)), min_size=3, max_size=12), st.integers(1, 12))
@settings(deadline=None, max_examples=40)
def test_areas_cover_what_an_odd_number_of_sides_is_left_of(corners: list[tuple[float, float]], times: int) -> None:
    """Against the definition, row by row; a shape that goes to and fro has many sides in a tile."""
    corners = corners * times if times % 2 else corners
    plane = np.zeros((600, 700), bool)
    for box, inside in area(corners, *plane.shape):
        plane[box.rows, box.columns] |= inside
    places = np.array(corners)
    for row in range(0, 600, 37):
        y, crossed = row + 0.5, []
        for (x0, y0), (x1, y1) in zip(places, np.roll(places, -1, axis=0), strict=True):
            if (y0 <= y) != (y1 <= y):
                crossed.append(x0 + (y - y0) * (x1 - x0) / (y1 - y0))
        centres = np.arange(700) + 0.5
        left = (np.array(crossed)[:, None] <= centres).sum(axis=0) if crossed else np.zeros(700)
        sure = np.abs(np.array(crossed)[:, None] - centres).min(axis=0) > 1e-6 if crossed else np.ones(700, bool)
        assert np.array_equal(plane[row][sure], (left % 2 == 1)[sure])


def test_strokes_outside_of_the_photo_change_nothing() -> None:
    hand = Hand(50, 50)
    hand.line([(-100, -100), (-60, 400)], 20)
    assert not hand.plane.any() and not hand.can_undo and not hand.dirty


def test_the_later_stroke_wins() -> None:
    hand = Hand(60, 60)
    hand.line([(10, 30), (50, 30)], 9)
    hand.line([(30, 10), (30, 50)], 9, remove=True)
    assert hand.plane[30, 30] == REMOVE and hand.plane[30, 12] == ADD
    hand.line([(30, 30)], 5)
    assert hand.plane[30, 30] == ADD and hand.plane[15, 30] == REMOVE


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("line"), PLACES, PLACES, DIAMETERS, st.booleans()),
        st.just(("undo",)),
        st.just(("redo",)),
        st.just(("clear",)),
        st.tuples(st.just("import"), st.integers(0, 5), st.booleans()),
    ),
    max_size=25,
)


@given(ACTIONS)
@settings(deadline=None, max_examples=60)
def test_undo_and_redo_are_exact(actions: list[tuple]) -> None:  # type: ignore[type-arg]
    """Against a plain list of whole planes."""
    hand = Hand(300, TILE + 20)
    states, now = [hand.plane.copy()], 0
    for kind, *details in actions:
        if kind == "line":
            (x, y), (x1, y1), diameter, remove = details
            hand.line([(x * 4, y * 4), (x1 * 4, y1 * 4)], diameter, remove)
        elif kind == "undo":
            hand.undo()
            now = max(now - 1, 0)
        elif kind == "redo":
            hand.redo()
            now = min(now + 1, len(states) - 1)
        elif kind == "clear":
            hand.clear()
        else:
            seed, replace = details
            mask = np.random.default_rng(seed).integers(0, 256, hand.plane.shape, dtype=np.uint8)
            hand.import_mask(mask, replace)
        if kind not in ("undo", "redo") and not np.array_equal(hand.plane, states[now]):
            states = [*states[: now + 1], hand.plane.copy()]
            now += 1
        assert np.array_equal(hand.plane, states[now])
        assert hand.can_undo == (now > 0) and hand.can_redo == (now < len(states) - 1)
        assert hand.dirty == (now > 0) or not np.array_equal(states[0], states[now])
    for state in reversed(states[:now]):
        hand.undo()
        assert np.array_equal(hand.plane, state)
    assert not hand.dirty and not hand.plane.any()


def test_an_import_adds_and_is_one_step() -> None:
    hand = Hand(600, 700)
    hand.line([(20, 20), (200, 20)], 11, remove=True)
    before = hand.plane.copy()
    mask = np.zeros((600, 700), np.uint8)
    mask[10:500, 100:110] = 255
    hand.import_mask(mask)
    assert (hand.plane[mask > 0] == ADD).all() and np.array_equal(hand.plane[mask == 0], before[mask == 0])
    assert hand.undo_name == "Import Mask"
    hand.undo()
    assert np.array_equal(hand.plane, before)
    hand.redo()
    hand.import_mask(mask, replace=True)
    assert np.array_equal(hand.plane, np.where(mask > 0, ADD, NOTHING))
    with pytest.raises(ValueError, match="does not fit"):
        hand.import_mask(mask[:-1])


def test_a_mask_that_was_there_is_no_edit() -> None:
    hand = Hand(40, 50)
    mask = np.zeros((40, 50), np.uint8)
    mask[5:9] = 255
    hand.start_with(mask)
    assert not hand.dirty and not hand.can_undo and (hand.plane == (mask > 0)).all()
    hand.line([(20, 20)], 5)
    assert hand.dirty
    hand.mark_clean()
    assert not hand.dirty
    hand.undo()
    assert hand.dirty and (hand.plane == (mask > 0)).all()


def test_dirty_after_undoing_past_what_was_kept_and_painting_anew() -> None:
    hand = Hand(40, 50)
    hand.line([(20, 20)], 5)
    hand.mark_clean()
    hand.undo()
    hand.line([(10, 10)], 5)
    hand.undo()
    assert hand.dirty


def test_steps_have_names() -> None:
    hand = Hand(40, 50)
    hand.line([(20, 20)], 5)
    assert hand.undo_name == "Brush Stroke" and hand.redo_name == ""
    hand.line([(20, 20)], 7, remove=True)
    assert hand.undo_name == "Eraser Stroke"
    hand.clear()
    assert hand.undo_name == "Clear Hand Edits"
    hand.undo()
    assert hand.undo_name == "Eraser Stroke" and hand.redo_name == "Clear Hand Edits"


def test_what_changed_is_told() -> None:
    hand = Hand(2000, 2000)
    told: list[Box] = []
    hand.changed.connect(told.append)
    hand.begin_stroke(1000, 1000, 10)
    hand.stroke_to(1100, 1000, 10)
    assert told[-1].left <= 1000 and told[-1].right >= 1105 and told[-1].area < 20_000
    hand.end_stroke()
    told.clear()
    hand.undo()
    assert {(box.left, box.top) for box in told} == {(768, 768), (1024, 768)}
    assert all(box.area == TILE**2 for box in told)


def test_an_abandoned_stroke_leaves_nothing() -> None:
    hand = Hand(100, 100)
    hand.line([(50, 50)], 20)
    before = hand.plane.copy()
    hand.begin_stroke(40, 50, 30, remove=True)
    hand.stroke_to(80, 80, 30)
    assert hand.painting and not np.array_equal(hand.plane, before)
    hand.abandon_stroke()
    assert not hand.painting and np.array_equal(hand.plane, before)
    hand.undo()
    assert not hand.plane.any()


def test_a_thousand_strokes_can_all_be_undone() -> None:
    hand = Hand(1200, 1600)
    for i in range(KEPT_STEPS):
        hand.line([(i % 1500 + 20, i % 1100 + 20), ((7 * i) % 1500 + 20, (3 * i) % 1100 + 20)], 14, remove=i % 3 == 0)
    assert sum(step.size for step in hand._undo) < 20_000_000
    steps = 0
    while hand.can_undo:
        hand.undo()
        steps += 1
    assert steps == KEPT_STEPS and not hand.plane.any()


def test_what_is_wiped_is_one_step_with_the_decisions() -> None:
    hand = Hand(600, 700)
    hand.line([(20.0, 300.0), (680.0, 300.0)], 9.0)
    hand.line([(300.0, 280.0), (300.0, 320.0)], 5.0, remove=True)
    painted = hand.plane.copy()
    told: list[Box] = []
    hand.changed.connect(told.append)
    row = np.array([299 * 700])
    hand.wipe(row, row + 700, "Delete Hand Edits", ())
    assert not (hand.plane[299] == ADD).any() and np.array_equal(hand.plane[299] == REMOVE, painted[299] == REMOVE)
    assert np.array_equal(np.delete(hand.plane, 299, axis=0), np.delete(painted, 299, axis=0))
    assert {(box.left // TILE, box.top // TILE) for box in told} == {(0, 1), (1, 1), (2, 1)}
    assert hand.undo_name == "Delete Hand Edits"
    hand.undo()
    assert np.array_equal(hand.plane, painted)
    hand.redo()
    assert not (hand.plane[299] == ADD).any()
    hand.wipe(row, row + 700, "Delete Hand Edits", ())
    hand.undo()
    assert np.array_equal(hand.plane, painted), "wiping what is not there is no step"


def test_large_marks_are_taken_back_whether_they_are_packed_yet_or_not() -> None:
    hand = Hand(2000, 3000)
    hand.line([(100, 100), (2900, 1900)], 30)
    states = [hand.plane.copy()]
    for number, corners in enumerate([[(5, 5), (2990, 900), (600, 1990)], [(2990, 5), (2700, 1900), (30, 800)]]):
        hand.mark(area([(float(x), float(y)) for x, y in corners], 2000, 3000), number == 1, "Lasso")
        hand.settle()
        states.append(hand.plane.copy())
    hand.mark(line([(0, 0), (3000, 2000)], 900.0, 2000, 3000), False, "Line")
    hand.settle()
    states.append(hand.plane.copy())
    for wait in (0.0, 1.0):
        for state in states[-2::-1]:
            hand.undo()
            hand.settle()
            assert np.array_equal(hand.plane, state)
        for state in states[1:]:
            hand.redo()
            hand.settle()
            assert np.array_equal(hand.plane, state)
            time.sleep(wait)
    assert sum(step.size for step in hand._undo) < 300_000


def test_what_comes_next_finishes_a_large_mark_first(qapp: QApplication) -> None:
    hand, square = Hand(2000, 3000), [(5.0, 5.0), (2990.0, 5.0), (2990.0, 1990.0), (5.0, 1990.0)]
    told: list[Box] = []
    hand.changed.connect(told.append)
    hand.mark(area(square, 2000, 3000), False, "Lasso")
    assert hand.painting and not told and not hand.can_undo, "it goes on in the event loop"
    hand.begin_stroke(1000, 1000, 10, remove=True)
    assert hand.undo_name == "Lasso" and hand.plane[1900, 2900] == ADD and hand.plane[1000, 1000] == REMOVE
    hand.end_stroke()
    assert not hand.painting, "what is small is done at once"
    hand.undo()
    hand.undo()
    assert hand.painting
    hand.redo()
    while hand.painting:
        qapp.processEvents()
    assert (hand.plane == ADD).sum() == 2985 * 1985 and hand.redo_name == "Eraser Stroke"


def test_a_large_stroke_ends_once_it_is_all_there(qapp: QApplication) -> None:
    hand = Hand(2000, 3000)
    hand.begin_stroke(0, 1000, 1000)
    hand.stroke_to(3000, 1000, 1000)
    hand.end_stroke()
    assert hand.painting and not hand.can_undo
    while hand.painting:
        qapp.processEvents()
    assert hand.undo_name == "Brush Stroke" and hand.plane[501:1499].all()
    hand.undo()
    hand.settle()
    assert hand.empty and not hand.can_undo
