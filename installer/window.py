"""Whether the window opens on this machine, and what a system lacks for it."""

from __future__ import annotations

import ctypes
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
    "libEGL.so.1": ("libegl1", "libglvnd"),
    "libGL.so.1": ("libgl1", "libglvnd"),
    "libGLX.so.0": ("libglx0", "libglvnd"),
    "libOpenGL.so.0": ("libopengl0", "libglvnd"),
    "libICE.so.6": ("libice6", "libice"),
    "libSM.so.6": ("libsm6", "libsm"),
    "libX11.so.6": ("libx11-6", "libx11"),
    "libX11-xcb.so.1": ("libx11-xcb1", "libx11"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig"),
    "libfreetype.so.6": ("libfreetype6", "freetype2"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libgthread-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libxcb.so.1": ("libxcb1", "libxcb"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb"),
    "libxcb-render.so.0": ("libxcb-render0", "libxcb"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb"),
    "libxcb-shm.so.0": ("libxcb-shm0", "libxcb"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb"),
    "libxcb-util.so.1": ("libxcb-util1", "xcb-util"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb"),
    "libxcb-xinerama.so.0": ("libxcb-xinerama0", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
}
NOT_LINKED = {"libOpenGL.so.0", "libICE.so.6", "libSM.so.6", "libxcb-xinerama.so.0"}
"""Of these, what the Qt of today does without."""
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


def libraries_not_there() -> list[str]:
    """The same question before there is a Qt to look at: those that the Qt we are going to install will miss."""
    if sys.platform != "linux":
        return []
    return [name for name in LIBRARIES if name not in NOT_LINKED and not _loads(name)]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


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
    names = [LIBRARIES.get(library, ("", ""))[column] for library in libraries]
    packages = list(dict.fromkeys(name for name in names if name))
    return " ".join([command, *packages]) if packages else ""


def _release() -> dict[str, str]:
    """What the system says about itself: ID, ID_LIKE..."""
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}
