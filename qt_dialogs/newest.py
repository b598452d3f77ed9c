"""Work in a thread where only the newest request counts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from PyQt6 import sip
from PyQt6.QtCore import QObject

from .calls import Caller

T = TypeVar("T")


@dataclass(frozen=True)
class Turn:
    """What a piece of work knows of its own place in the row."""

    stopped: Callable[[], bool]
    """Whether nobody waits for the result any more: then the work may return early, with anything."""
    tell: Callable[[Callable[[], None]], None]
    """Has a function called in the window's thread, unless the work is stopped by then."""


class Newest(QObject):
    """Runs one piece of work at a time in a thread; a newer one takes the place of what waits or runs.

    What is to happen afterwards is called in the thread of this object, and only for the newest work. An exception of
    the work is raised there too.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._newest = 0
        self._waiting: Callable[[], None] | None = None
        self._running = False
        self._caller = Caller(self)

    def run(self, work: Callable[[Turn], T], then: Callable[[T], None]) -> None:
        """Do `work` in the thread as soon as it is free, then call `then` with what it returned."""
        number = self.stop()
        turn = Turn(lambda: self._newest != number or sip.isdeleted(self), lambda after: self._tell(number, after))

        def inside() -> None:
            try:
                result = work(turn)
            except Exception as problem:
                self._tell(number, _raising(problem))
            else:
                self._tell(number, lambda: then(result))

        with self._lock:
            self._waiting = inside
            if not self._running:
                self._running = True
                threading.Thread(target=self._row, daemon=True).start()

    def stop(self) -> int:
        """Forget all work; what runs is told to stop. Returns the number of the next work."""
        with self._lock:
            self._newest += 1
            self._waiting = None
            return self._newest

    def _row(self) -> None:
        while True:
            with self._lock:
                work, self._waiting = self._waiting, None
                if work is None:
                    self._running = False
                    return
            work()

    def _tell(self, number: int, after: Callable[[], Any]) -> None:
        if self._newest == number:
            self._caller.call(lambda: self._deliver(number, after))

    def _deliver(self, number: int, after: Callable[[], Any]) -> None:
        if self._newest == number:
            after()


def _raising(problem: Exception) -> Callable[[], None]:
    def again() -> None:
        raise problem

    return again
