"""Work for a thread of its own, whose end is told in the window's own thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import QObject

from .calls import Caller


class Background(QObject):
    """Runs functions in threads. What comes after runs in the thread that owns this object, as long as it lives."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._caller = Caller(self)

    def run(
        self, work: Callable[[], Any], then: Callable[[Any], None], failed: Callable[[Exception], None] | None = None
    ) -> None:
        """Do `work` in a thread, then call `then` with what it returned, or `failed` with what it raised."""

        def inside() -> None:
            try:
                result = work()
            except Exception as error:
                problem = error
                self._caller.call(lambda: failed(problem) if failed else _raise(problem))
            else:
                self._caller.call(lambda: then(result))

        threading.Thread(target=inside, daemon=True).start()


def _raise(error: Exception) -> None:
    raise error
