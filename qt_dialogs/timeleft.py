"""How long a run still takes, said so that it does not dance."""

from __future__ import annotations

from collections import deque

from core.translation import _

FIRST_SECONDS = 3.0
FIRST_SHARE = 0.05
WINDOW = 10.0
RISE = 1.2


class TimeLeft:
    """Fed with the fraction done; says nothing for the first seconds, and a rise only where it is a large one."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, float]] = deque()
        self._start: float | None = None
        self._shown: float | None = None

    def text(self, now: float, fraction: float) -> str:
        """What to show at `now` (seconds of any clock) with this share done; empty while it is too early."""
        if self._start is None or fraction < (self._points[-1][1] if self._points else 0.0):
            self._start, self._shown = now, None
            self._points.clear()
        self._points.append((now, fraction))
        while len(self._points) > 2 and now - self._points[0][0] > WINDOW:
            self._points.popleft()
        first_time, first = self._points[0]
        if now - self._start < FIRST_SECONDS or fraction < FIRST_SHARE or fraction <= first or now <= first_time:
            return ""
        seconds = (1 - fraction) * (now - first_time) / (fraction - first)
        if self._shown is None or seconds < self._shown or seconds > RISE * self._shown:
            self._shown = seconds
        return said(self._shown)


def said(seconds: float) -> str:
    """A time left in words: the longer, the rounder."""
    if seconds < 10:
        return _("a few seconds left")
    if seconds < 57.5:
        return _("about {n} s left").format(n=5 * round(seconds / 5))
    minutes = max(round(seconds / 60), 1)
    return _("about {n} min left").format(n=minutes if minutes < 10 else 5 * round(minutes / 5))
