"""Work for a thread of its own, whose end is told in the window's own thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal


class Background(QObject):
    """Runs functions in threads. What comes after runs in the thread that owns this object, as long as it lives."""

    _over = pyqtSignal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._over.connect(self._deliver)

    def run(
        self, work: Callable[[], Any], then: Callable[[Any], None], failed: Callable[[Exception], None] | None = None
    ) -> None:
        """Do `work` in a thread, then call `then` with what it returned, or `failed` with what it raised."""

        def inside() -> None:
            try:
                result = work()
            except Exception as error:
                problem = error
                self._tell(lambda: failed(problem) if failed else _raise(problem))
            else:
                self._tell(lambda: then(result))

        threading.Thread(target=inside, daemon=True).start()

    def _tell(self, after: Callable[[], None]) -> None:
        try:
            self._over.emit(after)
        except RuntimeError:  # the window is gone, and nobody waits for this any more
            return

    def _deliver(self, after: Callable[[], None]) -> None:
        after()


def _raise(error: Exception) -> None:
    raise error
