"""50,000 defects on 24 megapixels: they are listed, and the window's own thread is never at it for long."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from speed.listing import ACROSS, DOWN, Scene

from qt_dialogs.components import REJECTED
from qt_dialogs.marks import Settings

FILLED = 200.0
"""Milliseconds in which the list is there."""
LIMIT = 100.0
"""Milliseconds of this thread's own computing in one turn of the event loop; measured: 30."""


@pytest.fixture
def scene(qtbot: QtBot, tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    yield made
    made.marks.close()
    made.window.hide()


def longest_turn(scene: Scene, act: Callable[[], object]) -> float:
    """Do something and wait for the list; the most that one turn took of this thread's time, in milliseconds."""
    scene.listings.clear()
    longest, end = 0.0, time.perf_counter() + 120

    def turn(do: Callable[[], object]) -> None:
        nonlocal longest
        start = time.thread_time()
        do()
        longest = max(longest, 1000 * (time.thread_time() - start))

    turn(act)
    while not scene.listings or scene.marks.pending:
        assert time.perf_counter() < end
        turn(QApplication.processEvents)
        time.sleep(0.001)
    return longest


def test_nothing_of_it_takes_the_window_s_thread_for_long(scene: Scene) -> None:
    model = scene.window.panel.defects.model
    assert len(model.defects) == ACROSS * DOWN and model.rowCount() > 30_000
    start = time.thread_time()
    model.show(model.defects)
    scene.window.panel.defects.table.repaint()
    assert 1000 * (time.thread_time() - start) < FILLED
    assert longest_turn(scene, lambda: scene.marks.set_settings(Settings(0.45))) < LIMIT
    assert longest_turn(scene, lambda: scene.deciding.act("next") and scene.deciding.act("delete")) < LIMIT
    assert np.count_nonzero(model.defects.states == REJECTED) == 1
    assert longest_turn(scene, lambda: scene.marks.set_settings(Settings(0.5))) < LIMIT
    assert np.count_nonzero(model.defects.states == REJECTED) == 1 and len(model.defects) == ACROSS * DOWN
    assert longest_turn(scene, scene.marks.hand.undo) < LIMIT
    assert not model.defects.states.any()
