"""Whether the window opens on this machine, and what a system lacks for it."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from core.translation import _

from .problem import failure_of

LIBRARIES = {
    # what Qt's wheel leaves to the system: Debian's package, Arch's package
    "libEGL": ("libegl1", "libglvnd"),
    "libGL": ("libgl1", "libglvnd"),
    "libGLX": ("libglx0", "libglvnd"),
    "libOpenGL": ("libopengl0", "libglvnd"),
    "libICE": ("libice6", "libice"),
    "libSM": ("libsm6", "libsm"),
    "libX11": ("libx11-6", "libx11"),
    "libX11-xcb": ("libx11-xcb1", "libx11"),
    "libdbus-1": ("libdbus-1-3", "dbus"),
    "libfontconfig": ("libfontconfig1", "fontconfig"),
    "libfreetype": ("libfreetype6", "freetype2"),
    "libglib-2.0": ("libglib2.0-0", "glib2"),
    "libgthread-2.0": ("libglib2.0-0", "glib2"),
    "libxcb": ("libxcb1", "libxcb"),
    "libxcb-cursor": ("libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image": ("libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-randr": ("libxcb-randr0", "libxcb"),
    "libxcb-render": ("libxcb-render0", "libxcb"),
    "libxcb-render-util": ("libxcb-render-util0", "xcb-util-renderutil"),
    "libxcb-shape": ("libxcb-shape0", "libxcb"),
    "libxcb-shm": ("libxcb-shm0", "libxcb"),
    "libxcb-sync": ("libxcb-sync1", "libxcb"),
    "libxcb-util": ("libxcb-util1", "xcb-util"),
    "libxcb-xfixes": ("libxcb-xfixes0", "libxcb"),
    "libxcb-xinerama": ("libxcb-xinerama0", "libxcb"),
    "libxcb-xkb": ("libxcb-xkb1", "libxcb"),
    "libxkbcommon": ("libxkbcommon0", "libxkbcommon"),
    "libxkbcommon-x11": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
}
NOT_FOUND = re.compile(r"^\s*(\S+) => not found", re.MULTILINE)
FIND_QT = "import importlib.util; print(importlib.util.find_spec('PyQt6').submodule_search_locations[0])"
OPEN = (
    "import qt_dialogs.__main__; from PyQt6 import QtCore, QtWidgets; "
    "QtWidgets.QApplication([]); print(QtCore.PYQT_VERSION_STR)"
)


def version(python: str) -> str:
    """The version of the Qt that the window starts with; Problem with one sentence where it does not start."""
    opened = subprocess.run(
        [python, "-I", "-X", "utf8", "-c", OPEN],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=120,
    )
    if opened.returncode:
        raise failure_of(opened.stderr, _("The window does not open"))
    return opened.stdout.strip()


def missing_libraries(python: str) -> list[str]:
    """The system's libraries that Qt needs on a desktop and does not find, as libxcb-cursor.so.0; none elsewhere."""
    if sys.platform != "linux":
        return []
    try:
        said = subprocess.run([python, "-I", "-c", FIND_QT], capture_output=True, text=True, check=True).stdout
        folder = Path(said.strip())
        modules = [*folder.glob("QtWidgets.*so"), *folder.glob("Qt6/plugins/platforms/libqxcb.so")]
        linked = subprocess.run(
            ["ldd", *modules], capture_output=True, text=True, errors="replace", env={**os.environ, "LC_ALL": "C"}
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return []
    return sorted(set(NOT_FOUND.findall(linked)))


def about_missing(libraries: Iterable[str]) -> str:
    """One sentence about libraries that the system lacks, with the one command that installs them."""
    names = list(libraries)
    command = install_command(names, _release())
    said = _("The window does not open, because this system lacks {libraries}; everything else works.").format(
        libraries=", ".join(names)
    )
    return said + (" " + _("This installs what is missing: {command}").format(command=command) if command else "")


def install_command(libraries: Iterable[str], release: dict[str, str]) -> str:
    """The command that installs libraries on a system that says this of itself; empty where we do not know it."""
    families = {release.get("ID", ""), *release.get("ID_LIKE", "").split()}
    if families & {"debian", "ubuntu"}:
        return _with_packages("sudo apt-get install", libraries, 0)
    if "arch" in families:
        return _with_packages("sudo pacman -S", libraries, 1)
    bits = "()(64bit)" if platform.architecture()[0] == "64bit" else ""
    wanted = " ".join(f"'{library}{bits}'" for library in libraries)  # RPM's packages are found by what they provide
    if families & {"fedora", "rhel", "centos"}:
        return f"sudo dnf install {wanted}"
    if families & {"suse", "opensuse"}:
        return f"sudo zypper install {wanted}"
    return ""


def _with_packages(command: str, libraries: Iterable[str], column: int) -> str:
    names = [LIBRARIES.get(library.partition(".so")[0], ("", ""))[column] for library in libraries]
    packages = list(dict.fromkeys(name for name in names if name))
    return " ".join([command, *packages]) if packages else ""


def _release() -> dict[str, str]:
    """What the system says about itself: ID, ID_LIKE..."""
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}
