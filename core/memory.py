"""Freed memory, which the C library keeps to itself."""

from __future__ import annotations

import ctypes
import sys


def give_back() -> None:
    """Have glibc give the system what is free between the small results that many threads left: a quarter of all."""
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)
