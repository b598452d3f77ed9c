"""What there is to report of a crash: versions, the machine, what was being done, and the end of the log.

It is for whoever mends Daguerre, so it is English, and it names no photo and nobody's home.
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import PYQT_VERSION_STR, qVersion
from PyQt6.QtGui import QGuiApplication

from core import VERSION, places

if TYPE_CHECKING:
    from core.photo import Photo

MOST_BYTES = 40_000
"""Of the log, from its end."""
PICTURES = "tiff?|png|jpe?g|jpe|jp2|webp|bmp|gif|heic|psd|xcf|dng|p[bgnp]m"
_NAMED = re.compile(
    rf"""(?P<quote>["'“])[^"'“”\n]*\.({PICTURES})["'”]   # in quotation marks, with whatever is in there
       | (?:\b[A-Za-z]:)?[/\\][^"'“”:\n]*?\.({PICTURES})\b  # a path, spaces in it or not
       | [^\s"'“”(,]+\.({PICTURES})\b""",  # a name alone
    re.IGNORECASE | re.VERBOSE,
)
HIDDEN = "[photo]"


def report(settings: Mapping[str, Any], photo: Photo | None = None, names: Iterable[str] = ()) -> str:
    """The whole text. settings: those of all tools; names: what the photo that is open is called, in every form."""
    lines = [
        f"Daguerre {VERSION}",
        f"{platform.platform()}, {os.cpu_count()} processors{_memory()}",
        f"Python {platform.python_version()}, Qt {qVersion()}, PyQt {PYQT_VERSION_STR}, "
        f"{QGuiApplication.platformName()}",
        "Settings: " + ", ".join(f"{name} {value}" for name, value in settings.items() if _tells(name)),
    ]
    if photo is not None:
        height, width, channels = photo.samples.shape
        lines.append(f"Photo: {width} x {height}, {channels} channels, {photo.samples.dtype}")
    return without_names("\n".join([*lines, "", logged_last()]), names)


def logged_last() -> str:
    """The end of the log, by whole lines."""
    try:
        with places.log_file().open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - MOST_BYTES - 1))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return "There is no log."
    return text if len(text) <= MOST_BYTES else text.partition("\n")[2]


def without_names(text: str, names: Iterable[str] = ()) -> str:
    """The text without these names, without those of other pictures, and with ~ for the home."""
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = text.replace(name, HIDDEN)
    text = _NAMED.sub(HIDDEN, text)
    home = str(Path.home())
    return text.replace(home, "~") if len(home) > 1 else text


def _tells(name: str) -> bool:
    return name == "steps" or name.endswith("-model") or name == "output"


def _memory() -> str:
    with suppress(AttributeError, ValueError, OSError):  # Windows has no sysconf
        return f", {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1e9:.1f} GB"
    return ""
