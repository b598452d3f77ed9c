"""What must not get worse: an engine's work never keeps the window's thread busy for long, and strokes take no memory.

Only this thread's own computing counts: how long the clock runs is up to what else the machine does.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtWidgets import QApplication
from speed.figures import resident
from speed.marking import large_photo, strokes_memory
from windows import Desktop, sample

from qt_dialogs.marks import Marks

LIMIT = 50.0
"""Milliseconds of computing in one turn of the event loop; measured: 11."""
MOST = 20
"""Megabytes more after a thousand strokes than after a hundred; measured: 2."""
PATIENCE = 240.0


def longest_turn(ready: Callable[[], object]) -> float:
    """Let events run until ready() is true; the most that one turn took of this thread's time, in milliseconds."""
    longest, end = 0.0, time.monotonic() + PATIENCE
    while not ready():
        assert time.monotonic() < end
        start = time.thread_time()
        QApplication.processEvents()
        longest = max(longest, 1000 * (time.thread_time() - start))
        time.sleep(0.001)
    return longest


def test_the_event_loop_goes_on_while_damage_is_found_and_repaired(desktop: Desktop) -> None:
    desk = desktop.open("restore", np.tile(sample(), (9, 9, 1))[:2000, :3000])
    found = longest_turn(lambda: not desk.work.busy and desktop.marks.box.area and not desktop.marks.pending)
    assert desk.work.knows("classical")
    desk.accept()
    assert desk.work.running
    assert max(found, longest_turn(lambda: desktop.host.results)) < LIMIT
    assert desktop.host.progressed, "the run was told about meanwhile"


@pytest.mark.skipif(sys.platform != "linux", reason="the system does not say what memory is private")
def test_a_thousand_strokes_and_their_undo_take_no_more_memory_than_a_hundred(desktop: Desktop, tmp_path: Path) -> None:
    marks = Marks(large_photo(tmp_path))
    assert resident() > 0
    painted, undone = strokes_memory(marks, 1000)
    assert marks.hand.empty
    marks.close()
    assert painted <= MOST and undone <= MOST
