"""Decisions on defects: what they mean for each pixel after the defects have changed, and how they are kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core import mask as masks
from core.photo import Box, Mask
from qt_dialogs.components import BY_HAND, KEPT, REJECTED, UNDECIDED, WIPED, Components, components
from qt_dialogs.decisions import KEEP, REJECT, Decisions, Plane, over, packed, resolved, revised, unpacked
from qt_dialogs.runs import box_of as box_of_runs
from qt_dialogs.runs import meeting, pixels_of, runs_in, within

HEIGHT, WIDTH = 60, 90


def drawn(*boxes: tuple[int, int, int, int]) -> Mask:
    """A mask with these boxes: left, top, right, bottom."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    for left, top, right, bottom in boxes:
        mask[top:bottom, left:right] = 255
    return mask


def everything(mask: Mask, found: NDArray[np.uint16] | None = None, decisions: Decisions = ()) -> Components:
    found = mask.astype(np.uint16) * 200 if found is None else found
    return components(mask, None, np.zeros(mask.shape, np.bool_), found, decisions)


def decided(defects: Components, place: tuple[int, int], keep: bool) -> Decisions:
    """The decision on the defect at a place (x, y)."""
    index = defects.at(*place, 0)
    assert index is not None
    return (defects.verdict(np.array([index]), keep),)


def now(mask: Mask, decisions: Decisions) -> Plane:
    """What the decisions say where the settings mark another mask than before."""
    labels = masks.labelled(mask)
    wanted = np.ones(labels.max() + 1, np.bool_)
    wanted[0] = False
    plane = resolved(decisions, labels, wanted)
    assert plane is not None
    return plane


def test_defects_are_measured() -> None:
    mask = drawn((5, 5, 45, 7), (10, 20, 13, 23))
    found = np.where(mask > 0, np.uint16(30000), np.uint16(0))
    found[6, 44], found[21, 12] = 65535, 50000
    defects = everything(mask, found)
    assert len(defects) == 2
    line, spot = defects.at(20, 5, 0), defects.at(11, 21, 0)
    assert line is not None and spot is not None
    assert defects.boxes[line].tolist() == [5, 5, 45, 7] and defects.boxes[spot].tolist() == [10, 20, 13, 23]
    assert defects.sizes[[line, spot]].tolist() == [40, 3] and defects.pixels[[line, spot]].tolist() == [80, 9]
    assert defects.points[[line, spot]].tolist() == [6 * WIDTH + 44, 21 * WIDTH + 12]
    assert defects.sure[line] == pytest.approx((79 * 30000 + 65535) / 80 / 65535)
    assert defects.shapes[[line, spot]].tolist() == [0, 1] and not defects.states.any()


def test_a_defect_is_found_by_place_reach_and_box() -> None:
    defects = everything(drawn((5, 5, 45, 7), (10, 20, 13, 23)))
    assert defects.at(20, 4.5, 0) is None and defects.at(20, 3, 3) == defects.at(20, 5, 0)
    assert defects.at(11, 16, 5) == defects.at(11, 21, 0), "the nearest one"
    assert defects.at(80, 50, 10) is None
    assert len(defects.inside(Box(0, 0, WIDTH, HEIGHT))) == 2
    assert defects.inside(Box(0, 8, WIDTH, HEIGHT)).tolist() == [defects.at(11, 21, 0)]
    assert not len(defects.inside(Box(0, 8, 9, 60)))


@pytest.mark.parametrize("seed", range(5))
def test_runs_are_the_pixels(seed: int) -> None:
    marked = np.random.default_rng(seed).random((13, 17)) < 0.6
    starts, ends = runs_in(marked)
    assert np.array_equal(pixels_of(starts, ends), np.flatnonzero(marked))
    box = Box(3, 2, 11, 9)
    inside = np.zeros_like(marked)
    inside[box.rows, box.columns] = True
    hit = np.isin(np.arange(len(starts)), within(starts, ends, 17, box))
    assert np.array_equal(hit, [inside.reshape(-1)[s:e].any() for s, e in zip(starts, ends, strict=True)])
    assert np.array_equal(meeting(starts, ends, runs_in(inside)), hit)
    ys, xs = np.nonzero(marked)
    assert box_of_runs(starts, ends, 17) == Box(xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)


def test_what_was_kept_stays_whatever_is_found() -> None:
    mask = drawn((10, 10, 30, 14))
    kept = decided(everything(mask), (15, 12), True)
    assert np.array_equal(over(drawn(), now(drawn(), kept)), mask)
    assert np.array_equal(
        over(drawn((20, 8, 40, 12)), now(drawn((20, 8, 40, 12)), kept)), mask | drawn((20, 8, 40, 12))
    )


def test_what_was_rejected_is_rejected_whole_while_it_is_the_same_defect() -> None:
    mask = drawn((10, 10, 30, 14))
    rejected = decided(everything(mask), (15, 12), False)
    for later in (mask, drawn((9, 9, 31, 15)), drawn((8, 8, 32, 18)), drawn((10, 10, 22, 14))):
        marked = later | drawn((60, 40, 70, 50))
        plane = now(marked, rejected)
        assert np.array_equal(over(marked, plane), drawn((60, 40, 70, 50)))
        assert np.array_equal(plane == REJECT, later > 0)


def test_where_it_became_part_of_something_larger_only_its_surroundings_stay_out() -> None:
    mask = drawn((10, 10, 16, 16))
    rejected = decided(everything(mask), (12, 12), False)
    larger = drawn((0, 0, 60, 40))
    left = over(larger, now(larger, rejected)) > 0
    ys, xs = np.nonzero((larger > 0) & ~left)
    assert (xs.min(), xs.max(), ys.min(), ys.max()) == (8, 17, 8, 17)
    assert left[8, 8] and not left[8, 12], "widened by a disc of 2 pixels"


def test_what_it_fell_into_stays_out_and_neighbours_do_not() -> None:
    mask = drawn((10, 10, 50, 14))
    found = np.where(mask > 0, np.uint16(30000), np.uint16(0))
    found[12, 11] = 60000
    rejected = decided(everything(mask, found), (15, 12), False)
    pieces, neighbour = drawn((10, 10, 18, 14), (22, 10, 50, 14)), drawn((10, 15, 50, 16))
    assert np.array_equal(over(pieces | neighbour, now(pieces | neighbour, rejected)), neighbour)


def test_what_is_not_wanted_is_not_rejected_either() -> None:
    mask = drawn((10, 10, 30, 14))
    rejected = decided(everything(mask), (15, 12), False)
    plane = resolved(rejected, masks.labelled(mask), np.array([False, False]))
    assert plane is not None and not plane.any()


def test_two_that_were_rejected_and_grew_together_stay_out_whole() -> None:
    mask = drawn((10, 10, 16, 16), (18, 10, 24, 16))
    defects = everything(mask)
    rejected = (*decided(defects, (12, 12), False), *decided(defects, (20, 12), False))
    bridged = drawn((9, 9, 25, 17))
    assert not over(bridged, now(bridged, rejected)).any()


def test_the_later_decision_on_a_defect_counts() -> None:
    mask = drawn((10, 10, 30, 14), (40, 40, 44, 44), (60, 40, 64, 44))
    defects = everything(mask)
    every = np.arange(3)
    one = defects.at(42, 42, 0)
    assert one is not None
    decisions = revised((), runs(defects, every), defects.verdict(every, False))
    decisions = revised(decisions, runs(defects, np.array([one])), defects.verdict(np.array([one]), True))
    plane = now(mask, decisions)
    assert np.array_equal(plane == KEEP, drawn((40, 40, 44, 44)) > 0)
    assert np.array_equal(plane == REJECT, drawn((10, 10, 30, 14), (60, 40, 64, 44)) > 0)
    decisions = revised(decisions, runs(defects, np.array([one])), None)
    assert len(decisions) == 1 and decisions[0].points.tolist() == defects.points[every != one].tolist()
    assert revised(decisions, runs(defects, every), None) == ()


def runs(defects: Components, chosen: NDArray[np.intp]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    which = defects.runs(chosen)
    return defects.starts[which], defects.ends[which]


def test_states_are_listed() -> None:
    mask = drawn((10, 10, 30, 14), (40, 40, 44, 44), (60, 40, 64, 44))
    defects = everything(mask)
    decisions = (*decided(defects, (15, 12), True), *decided(defects, (42, 42), False))
    plane = now(mask, decisions)
    rejected, by_hand = np.where(plane == REJECT, mask, np.uint8(0)), drawn((20, 50, 40, 52), (44, 40, 50, 44))
    listed = components(over(mask, plane), rejected, by_hand > 0, mask.astype(np.uint16), decisions)
    at = [listed.at(*place, 0) for place in ((15, 12), (42, 42), (62, 42), (30, 51), (48, 42))]
    assert listed.states[at].tolist() == [KEPT, REJECTED, UNDECIDED, BY_HAND, BY_HAND] and len(listed) == 5
    assert np.isnan(listed.sure).tolist() == (listed.states == BY_HAND).tolist()
    assert (np.diff(listed.starts) > 0).all()
    left = listed.without(np.array([at[3]]))
    assert left.at(30, 51, 0) is None and left.at(48, 42, 0) == at[4] and left.states[at[3]] == WIPED
    assert components(None, None, by_hand > 0, None, ()).states.tolist() == [BY_HAND] * 2
    faint = everything(over(drawn(), now(drawn(), decisions)), decisions=decisions)
    assert faint.states.tolist() == [KEPT], "kept, though nothing is found any more"


def test_decisions_come_back_as_they_were_kept() -> None:
    defects = everything(drawn((10, 10, 30, 14), (40, 40, 44, 44), (60, 40, 64, 44)))
    decisions = (defects.verdict(np.array([0, 2]), False), defects.verdict(np.array([1]), True))
    arrays = packed(decisions)
    back = unpacked(arrays, HEIGHT, WIDTH)
    assert back is not None and [verdict.keep for verdict in back] == [False, True]
    for before, after in zip(decisions, back, strict=True):
        for name in ("points", "starts", "ends", "of"):
            assert np.array_equal(getattr(before, name), getattr(after, name))
    assert unpacked(packed(()), HEIGHT, WIDTH) == ()


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("keeps", np.array([1, 0])),
        ("defects", np.array([2, 2])),
        ("defects", np.array([3, 0])),
        ("runs", np.array([1])),
        ("points", np.array([0, 1, HEIGHT * WIDTH])),
        ("points", np.array([0.0, 1.0, 2.0])),
        ("starts", -1),
        ("ends", HEIGHT * WIDTH + 1),
        ("of", 7),
        ("of", np.zeros((2, 2), np.int64)),
    ],
)
def test_arrays_that_hold_something_else_are_no_decisions(name: str, wrong: Any) -> None:
    defects = everything(drawn((10, 10, 30, 14), (40, 40, 44, 44), (60, 40, 64, 44)))
    arrays = packed((defects.verdict(np.array([0, 2]), False), defects.verdict(np.array([1]), True)))
    if isinstance(wrong, int):
        arrays[name] = arrays[name].copy()
        arrays[name][0] = wrong
    else:
        arrays[name] = wrong
    assert unpacked(arrays, HEIGHT, WIDTH) is None
