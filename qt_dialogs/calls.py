"""Functions called in the window's thread, whoever asks for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from PyQt6 import sip
from PyQt6.QtCore import QObject, pyqtSignal


class _Calls(QObject):
    asked = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked.connect(self._call)

    def _call(self, function: Callable[[], Any]) -> None:
        function()


@cache
def _calls() -> _Calls:
    """The one object that threads speak to. It is never destroyed: a signal of an object that is, at that very moment,
    ends the program.
    """
    return _Calls()


class Caller:
    """Has functions called for an object, which lives in the window's thread, as long as it lives."""

    def __init__(self, for_whom: QObject) -> None:
        self._for_whom, self._calls = for_whom, _calls()

    def call(self, function: Callable[[], Any]) -> None:
        """From any thread: have it called in the window's, soon."""
        self._calls.asked.emit(lambda: None if sip.isdeleted(self._for_whom) else function())
