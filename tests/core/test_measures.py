"""Precision and recall at all thresholds at once, against their plain definition."""

import numpy as np
import pytest

from core.training.measures import LEVELS, compare, level_of, marked_shares, tally, threshold_for


def answers(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Random probabilities that know something of the truth: (60, 80) each."""
    rng = np.random.default_rng(seed)
    truth = np.zeros((60, 80), bool)
    truth[10:13, 5:70] = truth[30:50, 40:44] = True
    return np.clip(rng.random(truth.shape) * 0.8 + 0.3 * truth, 0, 0.9999).astype(np.float32), truth


@pytest.mark.parametrize("threshold", [0.0, 0.2, 0.5, 0.77, 0.95])
def test_all_thresholds_at_once_count_what_one_does(threshold: float) -> None:
    p, truth = answers()
    assert compare(p, truth).at(threshold) == tally(p >= threshold, truth)


def test_pixels_that_nobody_can_judge_count_in_nothing() -> None:
    p, truth = answers()
    ignored = np.zeros_like(truth)
    ignored[:, :40] = True
    changed, other = p.copy(), truth.copy()
    changed[:, :37], other[:, :37] = 0.99, ~truth[:, :37]
    one = compare(p, truth, 4, ignored=ignored)
    two = compare(changed, other, 4, ignored=ignored)
    assert one.at(0.6) == two.at(0.6) and one.pixels == 60 * 40
    assert one.at(0.6) != compare(changed, other, 4).at(0.6)
    alone = compare(p[:, 40:], truth[:, 40:], 4)
    assert all(one.at(threshold) == alone.at(threshold) for threshold in (0.0, 0.6))


def test_the_tolerance_is_the_one_asked_for() -> None:
    _, truth = answers()
    moved = np.roll(truth, 4, 0).astype(np.float32)
    assert compare(moved, truth, 4).at(0.5).f1 == 1 and compare(moved, truth, 2).at(0.5).f1 < 0.5


def test_recall_of_a_kind_is_that_of_its_pixels() -> None:
    p, truth = answers()
    kind = truth.copy()
    kind[:20] = False
    hit, damaged = compare(p, truth, kinds={"patch": kind, "none": np.zeros_like(kind)}).kinds["patch"]
    assert damaged == kind.sum() and hit[level_of(0.5)] == tally(p >= 0.5, kind).hit


def test_thresholds_reach_where_a_method_that_knows_no_doubt_answers() -> None:
    assert (np.diff(LEVELS) > 0).all() and LEVELS[-1] > 0.9999
    p = np.full((100, 100), 0.2, np.float32)
    p[:5] = 0.9995
    p[:1] = 0.99999
    assert threshold_for(marked_shares(p)[None], 0.02) > 0.9995
    assert threshold_for(np.ones((1, len(LEVELS))), 0.02) == 1
