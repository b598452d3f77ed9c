"""Large gestures on 24 megapixels: the window's own thread is never at them for long."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import cos, pi, sin

import numpy as np
import pytest
from PyQt6.QtWidgets import QApplication

from qt_dialogs.hand import Hand
from qt_dialogs.strokes import area, line

HEIGHT, WIDTH = 4000, 6000
LIMIT = 50.0
"""Milliseconds of this thread's own computing in one go; measured: 8, on a busy machine 25."""
ROUND = [(3000 + 2900 * cos(pi * i / 1000), 2000 + 1900 * sin(pi * i / 1000)) for i in range(2000)]
CROSSING = [(float(x), float(y)) for x, y in np.random.default_rng(3).uniform(0, (WIDTH, HEIGHT), (300, 2))]


def longest(hand: Hand, do: Callable[[], object]) -> float:
    """Milliseconds of this thread at most in one go, until all of it is done."""
    start = time.thread_time()
    do()
    most = time.thread_time() - start
    while hand.painting:
        start = time.thread_time()
        QApplication.processEvents()
        most = max(most, time.thread_time() - start)
    return 1000 * most


def straight(hand: Hand) -> None:
    hand.begin_stroke(0, 0, 1000.0)
    hand.stroke_to(WIDTH, HEIGHT, 1000.0)
    hand.end_stroke()


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(
    "mark",
    [
        lambda hand: hand.mark(area(ROUND, HEIGHT, WIDTH), False, "Lasso"),
        lambda hand: hand.mark(area(CROSSING, HEIGHT, WIDTH), False, "Lasso"),
        lambda hand: hand.mark(line([(0, 0), (WIDTH, HEIGHT)], 1000.0, HEIGHT, WIDTH), False, "Line"),
        straight,
        lambda hand: hand.import_mask(np.full((HEIGHT, WIDTH), 255, np.uint8)),
    ],
    ids=["lasso", "lasso across itself", "line", "straight stroke", "whole mask"],
)
def test_a_large_mark_its_undo_and_its_redo_hold_nothing_up(mark: Callable[[Hand], object]) -> None:
    hand = Hand(HEIGHT, WIDTH)
    took: dict[str, list[float]] = {"mark": [], "undo": [], "redo": []}
    for _repeat in range(3):
        took["mark"].append(longest(hand, lambda: mark(hand)))
        assert hand.plane.any() and hand.can_undo
        took["undo"].append(longest(hand, hand.undo))
        assert hand.empty
        took["redo"].append(longest(hand, hand.redo))
        longest(hand, hand.undo)
    assert max(min(each) for each in took.values()) < LIMIT, took
