"""Measuring and saying what was measured."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import QApplication

TICK = 5
"""Milliseconds between two ticks of the timer that watches the event loop."""
PATIENCE = 1800.0


class Took(NamedTuple):
    """Milliseconds of one repetition: by the clock, and of it what this thread computed itself."""

    clock: float
    own: float


class Watch:
    """Started when it is made."""

    def __init__(self) -> None:
        self._clock, self._own = time.perf_counter(), time.thread_time()

    def stop(self) -> Took:
        return Took(1000 * (time.perf_counter() - self._clock), 1000 * (time.thread_time() - self._own))


def say(what: str, took: Sequence[Took], target: float | None = None, most: float | None = None) -> None:
    """One line: least, median and most, by the clock and, in brackets, computed by the window's own thread; what the
    median may be, and the 95th percentile. On a busy machine the clock says more about that than about the window.
    """
    clock, own = sorted(one.clock for one in took), sorted(one.own for one in took)
    middle, late = statistics.median(clock), clock[min(len(clock) - 1, round(0.95 * len(clock)))]
    line = f"  {what}: {clock[0]:.1f} / {middle:.1f} / {clock[-1]:.1f} ms"
    line += f" [{own[0]:.1f} / {statistics.median(own):.1f} / {own[-1]:.1f}]"
    if target is not None:
        over = middle > target or (most is not None and late > most)
        line += f" (target {target:.0f}" + (f", 95 % {most:.0f}" if most is not None else "") + ")" + " OVER" * over
    print(line, flush=True)


def say_one(what: str, value: float, unit: str, target: float | None = None) -> None:
    """One line: a single figure and what it may be at most."""
    line = f"  {what}: {value:.0f} {unit}"
    if target is not None:
        line += f" (target {target:.0f})" + " OVER" * (value > target)
    print(line, flush=True)


class LongestGap:
    """The longest time, in milliseconds, between two ticks of a timer in the event loop, and the most of it that the
    window's own thread computed: the rest is the machine's doing.
    """

    def __init__(self) -> None:
        self.longest = self.own = 0.0
        self._last = time.perf_counter(), time.thread_time()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TICK)

    def restart(self) -> None:
        self.longest = self.own = 0.0
        self._last = time.perf_counter(), time.thread_time()

    def until(self, ready: Callable[[], object], shortest: float = 0.0) -> float:
        """Let events run until ready() is true, at least `shortest` seconds; returns the milliseconds it took."""
        start = time.perf_counter()
        while not ready() or time.perf_counter() < start + shortest:
            QApplication.processEvents()
            time.sleep(0.0005)
            if time.perf_counter() > start + PATIENCE:
                raise TimeoutError
        return 1000 * (time.perf_counter() - start)

    def _tick(self) -> None:
        now = time.perf_counter(), time.thread_time()
        self.longest = max(self.longest, 1000 * (now[0] - self._last[0]))
        self.own = max(self.own, 1000 * (now[1] - self._last[1]))
        self._last = now


def resident() -> int:
    """Megabytes of this process in memory that no file is mapped to; 0 where the system does not say."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return 0
    fields = dict(line.split(":", 1) for line in status.splitlines())
    return int(fields["RssAnon"].split()[0]) // 1000
