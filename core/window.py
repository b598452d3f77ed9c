"""The window without GIMP: `daguerre window` starts it as a process of its own."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from .translation import _

COMMAND = [sys.executable, "-I", "-X", "utf8", "-m", "qt_dialogs", "open"]


def open_window(photo: Path | None) -> int:
    """Show the window, on this photo if there is one, until it is closed; prints a sentence where it cannot be shown.

    Returns an exit code: the window's own, or 1 where there was none.
    """
    problem = _what_is_missing(photo)
    if problem is None:
        code = _shown_until_closed([*COMMAND, *([str(photo.absolute())] if photo else [])])
        if code >= 0:
            return code
        problem = _("The window stopped by itself; install.py --doctor says whether something is missing.")
    print(f"daguerre: {problem}", file=sys.stderr)
    return 1


def _shown_until_closed(command: list[str]) -> int:
    """The exit code of the window, which ends with this process where that is stopped."""
    window = subprocess.Popen(command)
    try:
        return window.wait()
    except BaseException:
        window.kill()
        window.wait()
        raise


def _what_is_missing(photo: Path | None) -> str | None:
    if any(importlib.util.find_spec(name) is None for name in ("PyQt6", "qt_dialogs")):
        return _("The window is not installed: run install.py once more.")
    has_screen = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    if sys.platform not in ("win32", "darwin") and not has_screen:
        return _("There is no screen for the window; the other commands need none.")
    if photo is not None and not photo.exists():
        return _("{file} does not exist.").format(file=photo)
    return None
