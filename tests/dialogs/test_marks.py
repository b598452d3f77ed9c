"""Marks: parts equal the whole, the hand outlives every slider, and what is shown is what is there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from plain import plain
from PyQt6.QtWidgets import QApplication

from core.marking import marked_damage
from core.parameters import Value
from core.photo import Box, Mask, Photo
from core.tools import KINDS
from qt_dialogs import marks as marks_module
from qt_dialogs.hand import ADD, REMOVE
from qt_dialogs.marks import ADDED, CLEAR, DETECTED, REMOVED, Marks, Settings
from qt_dialogs.reduced import HALVINGS, Reduced, halved_maximum
from qt_dialogs.strokes import area

HEIGHT, WIDTH = 230, 310


def some_damage(seed: int, height: int = HEIGHT, width: int = WIDTH) -> NDArray[np.uint16]:
    """Probabilities with lumps and threads of all sizes and degrees of certainty."""
    random = np.random.default_rng(seed)
    noise = random.random((height, width)).astype(np.float32)
    lumps = cv2.GaussianBlur(noise, (0, 0), 3)
    lumps = (lumps - lumps.min()) / (lumps.max() - lumps.min())
    found = (lumps**2 * 65535).astype(np.uint16)
    found[:, width // 3] = 60000
    found[height // 2, :] = random.integers(0, 65535, width)
    return found


def settled(qtbot: Any, marks: Marks) -> None:
    qtbot.waitUntil(lambda: not marks.pending, timeout=10_000)


def streaked(selection: Mask | None = None) -> Photo:
    """A photo on which some damage is brighter and some darker than what lies around it."""
    tones = np.random.default_rng(8).integers(40, 200, (1, WIDTH // 5, 1), np.uint8)
    return Photo(np.repeat(np.repeat(tones, HEIGHT, 0), 5, 1), selection=selection)


def expected(found: NDArray[np.uint16] | None, wanted: Settings, photo: Photo, plane: Any) -> Mask:
    """The mask by the words of its definition."""
    marked, selection = np.zeros(plane.shape, np.uint8), photo.selection
    if found is not None:
        values: dict[str, Value] = {kind: kind in wanted.kinds for kind in KINDS}
        values |= {"sensitivity": wanted.sensitivity, "grow": wanted.grow}
        values |= {"min-size": wanted.smallest, "max-size": wanted.largest}
        marked = marked_damage(found, 0.4, values, photo)
        if selection is not None:
            marked = np.where(selection >= 128, marked, 0).astype(np.uint8)
    marked = marked.copy()
    marked[plane == ADD] = 255
    marked[plane == REMOVE] = 0
    return marked


def shown(marks: Marks, box: Box) -> Mask:
    """What `kinds` shows as marked, pixel by pixel."""
    return np.where(marks.kinds(0, box) >= DETECTED, np.uint8(255), np.uint8(0))


SETTINGS = [
    Settings(0.5, 0.0, 0.0, 0.0),
    Settings(0.9, 0.0, 0.0, 0.0),
    Settings(0.5, 0.0, 0.0, 4.0),
    Settings(0.55, 3.0, 0.0, 0.0),
    Settings(0.6, 2.0, 9.0, 2.5),
    Settings(0.6, 0.0, 5.0, 0.0),
    Settings(0.5, kinds=frozenset({"bright", "lines", "spots", "areas"})),
    Settings(0.6, kinds=frozenset({"bright", "dark", "lines"})),
    Settings(0.6, 2.0, 9.0, 2.5, frozenset({"dark", "spots", "areas"})),
]


@pytest.mark.parametrize("limits", SETTINGS)
@pytest.mark.parametrize("selected", [False, True])
def test_every_part_equals_the_whole_and_the_whole_its_definition(qtbot: Any, limits: Settings, selected: bool) -> None:
    selection = None
    if selected:
        selection = np.zeros((HEIGHT, WIDTH), np.uint8)
        selection[40:190, 30:260] = 255
    marks, found = Marks(streaked(selection)), some_damage(3)
    marks.set_probability(found, 0.4)
    marks.set_settings(limits)
    marks.hand.line([(10, 10), (280, 200)], 13, remove=True)
    marks.hand.line([(280, 10), (10, 200)], 9)
    settled(qtbot, marks)
    whole = marks.mask()
    assert np.array_equal(whole, expected(found, limits, streaked(selection), marks.hand.plane))
    assert whole.any() and set(np.unique(whole)) == {0, 255}
    random = np.random.default_rng(1)
    for _i in range(30):
        left, top = int(random.integers(0, WIDTH)), int(random.integers(0, HEIGHT))
        box = Box(left, top, int(random.integers(left, WIDTH)) + 1, int(random.integers(top, HEIGHT)) + 1)
        assert np.array_equal(shown(marks, box), whole[box.rows, box.columns])


@given(st.integers(0, 9), st.floats(0, 1), st.integers(0, 200), st.integers(0, 200), st.floats(0, 12))
@settings(deadline=None, max_examples=30)
def test_without_sizes_a_part_is_exact_at_once(seed: int, sensitivity: float, left: int, top: int, grow: float) -> None:
    marks, found = Marks(plain(HEIGHT, WIDTH)), some_damage(seed)
    marks.set_probability(found, 0.4)
    limits = Settings(sensitivity, 0.0, 0.0, grow)
    marks.set_settings(limits)
    box = Box(left, top, left + 60, top + 25)
    wanted = expected(found, limits, plain(HEIGHT, WIDTH), marks.hand.plane)
    assert np.array_equal(shown(marks, box), wanted[box.rows, box.columns])
    marks.close()


def test_known_defects_make_a_change_of_sizes_exact_at_once(qtbot: Any) -> None:
    marks, found = Marks(plain(HEIGHT, WIDTH)), some_damage(5)
    marks.set_probability(found, 0.4)
    marks.set_settings(Settings(0.6, 3.0, 0.0, 0.0))
    settled(qtbot, marks)
    for smallest, largest in ((2.0, 0.0), (5.0, 30.0), (0.0, 6.0)):
        marks.set_settings(Settings(0.6, smallest, largest, 2.0))
        assert marks.pending
        box = Box(20, 30, 200, 190)
        wanted = expected(found, Settings(0.6, smallest, largest, 2.0), plain(HEIGHT, WIDTH), marks.hand.plane)
        assert np.array_equal(shown(marks, box), wanted[box.rows, box.columns])
    marks.close()


def test_a_kind_goes_and_comes_back_at_once_where_defects_are_known(qtbot: Any) -> None:
    marks, found = Marks(streaked()), some_damage(5)
    marks.set_probability(found, 0.4)
    marks.set_settings(Settings(kinds=frozenset({"dark", "lines", "spots"})))
    settled(qtbot, marks)
    for kinds in ({"dark", "areas"}, {"bright", "spots", "areas"}, {"bright", "dark", "spots"}, set(KINDS), {"lines"}):
        wanted = Settings(kinds=frozenset(kinds))
        marks.set_settings(wanted)
        assert np.array_equal(shown(marks, marks.box), expected(found, wanted, streaked(), marks.hand.plane)), kinds
    marks.close()


def test_with_all_kinds_nothing_waits_for_the_background(qtbot: Any) -> None:
    marks = Marks(streaked())
    marks.set_probability(some_damage(5), 0.4)
    settled(qtbot, marks)
    marks.set_settings(Settings(0.7))
    assert not marks.pending
    marks.set_settings(Settings(0.7, kinds=frozenset(KINDS) - {"spots"}))
    assert marks.pending
    marks.set_settings(Settings(0.7))
    assert not marks.pending


def test_the_hand_survives_every_slider_and_model(qtbot: Any) -> None:
    marks = Marks(plain(HEIGHT, WIDTH))
    marks.set_probability(some_damage(1), 0.4)
    for i in range(3):
        marks.hand.line([(10 + 80 * i, 20), (60 + 80 * i, 200)], 11, remove=i == 1)
    before = marks.hand.plane.copy()
    reference = None
    for model in (1, 2, None, 7, 1):
        marks.set_probability(None if model is None else some_damage(model), 0.4)
        for sensitivity in (0.0, 1.0, 0.5):
            for limits in (Settings(), Settings(0.5, 3.0, 20.0, 5.0), Settings(kinds=frozenset()), Settings()):
                marks.set_settings(replace(limits, sensitivity=sensitivity))
                assert np.array_equal(marks.hand.plane, before)
                mask = shown(marks, marks.box)
                assert (mask[before == ADD] == 255).all() and (mask[before == REMOVE] == 0).all()
        if model == 1:
            reference = marks.mask() if reference is None else reference
            assert np.array_equal(marks.mask(), reference)
    for _i in range(3):
        marks.hand.undo()
    assert not marks.hand.plane.any()
    settled(qtbot, marks)


@pytest.mark.parametrize(
    "limits", [Settings(), Settings(0.6, 2.0, 12.0, 3.0), Settings(kinds=frozenset({"bright", "dark", "lines"}))]
)
@pytest.mark.parametrize("large", [0, 10**9])
def test_what_is_shown_at_any_zoom_is_the_strongest_of_what_is_there(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch, limits: Settings, large: int
) -> None:
    monkeypatch.setattr(marks_module, "LARGE", large)  # 0: every change of the hand goes through the background
    selection = np.full((HEIGHT, WIDTH), 255, np.uint8)
    selection[:20] = 0
    marks, found = Marks(streaked(selection)), some_damage(4)
    marks.hand.line([(30, 30), (100, 200)], 7)
    marks.set_probability(found, 0.4)
    marks.hand.line([(200, 30), (100, 150)], 15, remove=True)
    marks.set_settings(limits)
    marks.hand.line([(250, 30), (250, 200)], 4, remove=True)
    settled(qtbot, marks)
    marks.hand.line([(220, 10), (300, 220)], 8, remove=True)
    marks.hand.line([(0, 0), (300, 120)], 3)
    marks.hand.undo()
    marks.hand.redo()
    settled(qtbot, marks)
    plane, mask = marks.hand.plane, marks.mask()
    kinds = np.full(mask.shape, CLEAR, np.uint8)
    kinds[mask > 0] = DETECTED
    kinds[plane == REMOVE] = REMOVED
    kinds[plane == ADD] = ADDED
    assert set(np.unique(kinds)) == {CLEAR, REMOVED, DETECTED, ADDED}
    for level in range(HALVINGS + 1):
        height, width = kinds.shape
        assert np.array_equal(marks.kinds(level, Box(0, 0, width, height)), kinds), level
        part = Box(width // 3, height // 4, width // 3 + max(1, width // 2), height // 4 + max(1, height // 2))
        assert np.array_equal(marks.kinds(level, part), kinds[part.rows, part.columns]), level
        kinds = halved_maximum(kinds)


def test_thin_lines_stay_visible_at_the_smallest_zoom() -> None:
    marks = Marks(plain(3000, 4000))
    marks.hand.line([(5, 5), (3900, 2900)], 1)
    far = marks.kinds(6, Box(0, 0, 63, 47))
    assert all((far[row] == ADDED).any() for row in range(1, 45))


def test_new_results_reach_what_is_shown(qtbot: Any) -> None:
    marks = Marks(plain(HEIGHT, WIDTH))
    with qtbot.waitSignal(marks.settled):
        marks.set_probability(some_damage(2), 0.4)
    level = Box(0, 0, WIDTH // 4, HEIGHT // 4)
    assert (marks.kinds(2, level) == DETECTED).any()
    with qtbot.waitSignals([marks.changed, marks.counted]):
        marks.set_probability(None, 0.5)
    assert not marks.kinds(2, level).any() and not marks.mask().any()


def test_defects_are_counted_in_the_end(qtbot: Any) -> None:
    marks = Marks(plain(HEIGHT, WIDTH))
    found = np.zeros((HEIGHT, WIDTH), np.uint16)
    found[10:13, 10:40] = found[100:103, 200:203] = found[150, 150] = 65535
    with qtbot.waitSignal(marks.counted) as counted:
        marks.set_probability(found, 0.5)
    assert counted.args == [3, pytest.approx((3 * 30 + 9 + 1) / (HEIGHT * WIDTH))]
    with qtbot.waitSignal(marks.counted) as counted:
        marks.set_settings(Settings(0.5, 2.0, 0.0, 0.0))
    assert counted.args[0] == 2
    with qtbot.waitSignal(marks.counted) as counted:
        marks.hand.line([(50.5, 200.5)], 1)
    assert counted.args[0] == 3


def test_the_mask_of_a_moment_is_kept_from_what_comes_after(qtbot: Any) -> None:
    marks, answers = Marks(plain(HEIGHT, WIDTH)), []
    found = some_damage(6)
    marks.set_probability(found, 0.4)
    marks.set_settings(Settings(0.6, 3.0, 0.0, 2.0))
    wanted = expected(found, Settings(0.6, 3.0, 0.0, 2.0), plain(HEIGHT, WIDTH), marks.hand.plane)
    marks.mask_in_background(answers.append)
    marks.mask_in_background(answers.append)
    marks.hand.import_mask(np.full((HEIGHT, WIDTH), 255, np.uint8))
    marks.set_settings(Settings(0.1, 0.0, 0.0, 0.0))
    qtbot.waitUntil(lambda: len(answers) == 2)
    assert np.array_equal(answers[0], wanted) and np.array_equal(answers[1], wanted)
    settled(qtbot, marks)


def test_probabilities_of_another_size_are_refused() -> None:
    marks = Marks(plain(10, 20))
    with pytest.raises(ValueError, match="do not fit"):
        marks.set_probability(np.zeros((20, 10), np.uint16), 0.5)


@given(
    st.integers(1, 300), st.integers(1, 300), st.lists(st.tuples(*[st.floats(0, 1)] * 4), max_size=4), st.integers(0, 9)
)
@settings(deadline=None, max_examples=40)
def test_reducing_part_by_part_is_the_same_as_at_once(
    height: int, width: int, parts: list[tuple[float, float, float, float]], seed: int
) -> None:
    random = np.random.default_rng(seed)
    plane = random.integers(0, 60000, (height, width), dtype=np.uint16)
    reduced = Reduced(height, width, np.uint16)
    reduced.update(Box(0, 0, width, height), lambda box: plane[box.rows, box.columns])
    for x, y, w, h in parts:
        left, top = int(x * (width - 1)), int(y * (height - 1))
        box = Box(left, top, left + 1 + int(w * (width - left - 1)), top + 1 + int(h * (height - top - 1)))
        plane[box.rows, box.columns] = random.integers(0, 60000, (box.bottom - box.top, box.right - box.left))
        reduced.update(box, lambda part: plane[part.rows, part.columns])
    expected_level = plane
    for k in range(1, HALVINGS + 1):
        padded = np.pad(expected_level, ((0, expected_level.shape[0] % 2), (0, expected_level.shape[1] % 2)))
        expected_level = padded.reshape(padded.shape[0] // 2, 2, padded.shape[1] // 2, 2).max(axis=(1, 3))
        assert np.array_equal(reduced.level(k), expected_level)


def test_the_mask_has_all_of_a_large_mark_that_is_still_at_work(qapp: QApplication) -> None:
    marks = Marks(Photo(np.zeros((2000, 3000, 1), np.uint8)))
    marks.hand.mark(area([(0, 0), (3000, 0), (3000, 2000), (0, 2000)], 2000, 3000), False, "Lasso")
    assert marks.hand.painting
    assert (marks.mask() == 255).all() and not marks.hand.painting
    marks.close()
