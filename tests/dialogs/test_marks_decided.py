"""Marks with decisions on defects: the mask is what its definition says, at once, and so is what is shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from plain import plain
from test_marks import HEIGHT, WIDTH, settled, some_damage, streaked

from core import mask as masks
from core.marking import marked_damage
from core.parameters import Value
from core.photo import Box, Mask, Photo
from core.tools import KINDS
from qt_dialogs import marks as marks_module
from qt_dialogs.components import KEPT, REJECTED, UNDECIDED, Components
from qt_dialogs.decisions import REJECT, Plane, resolved
from qt_dialogs.hand import ADD, REMOVE
from qt_dialogs.marks import ADDED, CLEAR, DETECTED, LEFT_OUT, REMOVED, Marks, Settings
from qt_dialogs.reduced import HALVINGS, halved_maximum

LIMITS = [
    Settings(0.5),
    Settings(0.6, 2.0, 12.0),
    Settings(0.55, grow=3.0),
    Settings(0.6, 2.0, 12.0, 3.0, frozenset(KINDS) - {"dark"}),
]


def listed(qtbot: Any, marks: Marks) -> Components:
    marks.set_listing(True)
    with qtbot.waitSignal(marks.listed, timeout=10_000) as signal:
        marks._listing.stir()
    assert signal.args is not None
    return signal.args[0]  # type: ignore[no-any-return]


def marked(found: NDArray[np.uint16], wanted: Settings, photo: Photo) -> Mask:
    """What the settings mark, not grown."""
    values: dict[str, Value] = {kind: kind in wanted.kinds for kind in KINDS}
    values |= {"sensitivity": wanted.sensitivity, "grow": 0.0}
    values |= {"min-size": wanted.smallest, "max-size": wanted.largest}
    return marked_damage(found, 0.4, values, photo)


def defined(marks: Marks, found: NDArray[np.uint16], wanted: Settings, photo: Photo) -> tuple[Mask, Plane]:
    """The mask by the words of its definition, and what was decided on each pixel."""
    everything = masks.labelled(marked(found, Settings(wanted.sensitivity), photo))
    base = marked(found, wanted, photo)
    fit = np.zeros(everything.max() + 1, np.bool_)
    fit[np.unique(everything[base > 0])] = True
    fit[0] = False
    plane = resolved(marks.hand.decisions, everything, fit)
    assert plane is not None
    kept, rejected = plane == 1, plane == REJECT
    mask = base.copy()
    mask[kept], mask[rejected] = 255, 0
    mask = masks.grown(mask, wanted.grow).copy()
    mask[kept], mask[rejected] = 255, 0
    if photo.selection is not None:
        mask[photo.selection < 128] = 0
    mask[marks.hand.plane == ADD], mask[marks.hand.plane == REMOVE] = 255, 0
    return mask, plane


def decide_on_some(marks: Marks, defects: Components) -> None:
    """The five largest are rejected, the five after them kept."""
    order = np.argsort(-defects.pixels)
    marks.decide(defects, order[:5], REJECTED)
    marks.decide(defects, order[5:10], KEPT)
    assert len(order) >= 10


@pytest.mark.parametrize("limits", LIMITS)
@pytest.mark.parametrize("large", [0, 10**9])
def test_the_mask_and_what_is_shown_follow_the_decisions(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch, limits: Settings, large: int
) -> None:
    monkeypatch.setattr(marks_module, "LARGE", large)  # 0: every change goes through the background
    selection = np.full((HEIGHT, WIDTH), 255, np.uint8)
    selection[:20] = 0
    photo, found = streaked(selection), some_damage(4)
    marks = Marks(photo)
    marks.set_probability(found, 0.4)
    marks.set_settings(limits)
    settled(qtbot, marks)
    decide_on_some(marks, listed(qtbot, marks))
    for wanted in (limits, replace(limits, sensitivity=0.75), replace(limits, sensitivity=0.3), limits):
        marks.set_settings(wanted)
        marks.hand.line([(30, 30), (100, 200)], 5)
        marks.hand.line([(200, 30), (100, 150)], 9, remove=True)
        mask, plane = defined(marks, found, wanted, photo)
        assert np.array_equal(marks.mask(), mask), "at once"
        settled(qtbot, marks)
        assert np.array_equal(marks.mask(), mask)
        kinds = np.full(mask.shape, CLEAR, np.uint8)
        kinds[plane == REJECT] = LEFT_OUT
        kinds[mask > 0] = DETECTED
        kinds[marks.hand.plane == REMOVE] = REMOVED
        kinds[marks.hand.plane == ADD] = ADDED
        for level in range(HALVINGS + 1):
            height, width = kinds.shape
            assert np.array_equal(marks.kinds(level, Box(0, 0, width, height)), kinds), level
            kinds = halved_maximum(kinds)
    marks.close()


@pytest.mark.parametrize("limits", LIMITS)
def test_every_decision_counts_at_once_and_can_be_taken_back(qtbot: Any, limits: Settings) -> None:
    photo, found = plain(HEIGHT, WIDTH), some_damage(3)
    marks = Marks(photo)
    marks.set_probability(found, 0.4)
    marks.set_settings(limits)
    settled(qtbot, marks)
    defects = listed(qtbot, marks)
    before = marks.mask()
    seen = []
    for index, state in ((0, REJECTED), (1, KEPT), (2, REJECTED), (0, UNDECIDED), (1, REJECTED)):
        marks.decide(defects, np.array([np.argsort(-defects.pixels)[index]]), state)
        defects = defects.decided(np.array([np.argsort(-defects.pixels)[index]]), state)
        seen.append(defined(marks, found, limits, photo)[0])
        answers: list[Mask] = []
        marks.mask_in_background(answers.append)
        assert np.array_equal(marks.mask(), seen[-1])
        shown = np.where(marks.kinds(0, marks.box) >= DETECTED, np.uint8(255), np.uint8(0))
        assert np.array_equal(shown, seen[-1])
        qtbot.waitUntil(lambda: len(answers) == 1)  # noqa: B023 - it is waited for here
        assert np.array_equal(answers[0], seen[-1])
    for mask in [*reversed(seen[:-1]), before]:
        marks.hand.undo()
        assert np.array_equal(marks.mask(), mask)
    assert not marks.hand.decisions and not marks.hand.dirty
    settled(qtbot, marks)
    for mask in seen:
        marks.hand.redo()
        settled(qtbot, marks)
        assert np.array_equal(marks.mask(), mask)
    marks.close()


def test_what_the_hand_wiped_away_is_not_listed(qtbot: Any) -> None:
    found = np.zeros((HEIGHT, WIDTH), np.uint16)
    found[20:24, 20:120] = found[100:110, 40:50] = 60000
    marks = Marks(plain(HEIGHT, WIDTH))
    marks.set_probability(found, 0.5)
    settled(qtbot, marks)
    assert sorted(listed(qtbot, marks).sizes.tolist()) == [10, 100]
    marks.hand.line([(70, 10), (70, 40)], 6, remove=True)
    marks.hand.line([(45, 90), (45, 120)], 20, remove=True)
    assert sorted(listed(qtbot, marks).sizes.tolist()) == [47, 47]
    marks.close()


def test_only_what_is_selected_is_listed(qtbot: Any) -> None:
    selection = np.zeros((HEIGHT, WIDTH), np.uint8)
    selection[:, :60] = 255
    found = np.zeros((HEIGHT, WIDTH), np.uint16)
    found[20:24, 20:120] = found[100:110, 140:150] = 60000
    marks = Marks(plain(HEIGHT, WIDTH, selection))
    marks.set_probability(found, 0.5)
    settled(qtbot, marks)
    defects = listed(qtbot, marks)
    assert defects.boxes.tolist() == [[20, 20, 60, 24]]
    marks.decide(defects, np.array([0]), REJECTED)
    assert not marks.mask().any()
    settled(qtbot, marks)
    assert listed(qtbot, marks).states.tolist() == [REJECTED]
    marks.close()


def test_without_detection_nothing_is_listed_nor_marked(qtbot: Any) -> None:
    marks = Marks(plain(HEIGHT, WIDTH))
    marks.set_probability(some_damage(3), 0.4)
    settled(qtbot, marks)
    decide_on_some(marks, listed(qtbot, marks))
    settled(qtbot, marks)
    decided = marks.mask()
    marks.set_probability(None, 0.5)
    assert not len(listed(qtbot, marks)) and not marks.mask().any() and not marks.kinds(0, marks.box).any()
    settled(qtbot, marks)
    assert not marks.kinds(3, Box(0, 0, WIDTH // 8, HEIGHT // 8)).any()
    marks.set_probability(some_damage(3), 0.4)
    settled(qtbot, marks)
    assert np.array_equal(marks.mask(), decided)
    marks.close()
