"""Whether GIMP, which started this process, still lives. It may die without a word while the engine works."""

from __future__ import annotations

import os
import sys

_SYNCHRONIZE = 0x00100000
_SIGNALLED = 0


class Parent:
    """The process that this one was started by, as of now."""

    def __init__(self) -> None:
        self._number = os.getppid()
        if sys.platform == "win32":
            import ctypes

            self._kernel = ctypes.windll.kernel32
            self._handle = self._kernel.OpenProcess(_SYNCHRONIZE, False, self._number)

    def lives(self) -> bool:
        if sys.platform == "win32":
            return not self._handle or self._kernel.WaitForSingleObject(self._handle, 0) != _SIGNALLED
        return os.getppid() == self._number
