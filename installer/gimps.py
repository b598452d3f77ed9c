"""The GIMPs of this machine and the profiles of this user."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .worlds import FLATPAK_GIMP, is_inside

NAME = re.compile(r"gimp(-console)?(-\d+(\.\d+)?)?(\.exe)?", re.IGNORECASE)
FLATPAK_PROFILES = Path(".var", "app", FLATPAK_GIMP, "config", "GIMP")


@dataclass(frozen=True)
class Gimp:
    command: str
    version: tuple[int, ...]

    @property
    def profile(self) -> Path:
        """Where this GIMP keeps its profile."""
        return own_profiles() / "{}.{}".format(*self.version)

    @property
    def copies_profile(self) -> bool:
        """Whether its first start takes over the profile of an older GIMP 3, with the plug-ins in it."""
        return any(series_of(path) < self.version[:2] for path in profiles_in(own_profiles()))


def gimps() -> list[Gimp]:
    """The GIMPs that can be started from here, one of each series, those that need no screen preferred."""
    folders = os.environ.get("PATH", "").split(os.pathsep)
    if sys.platform == "win32":
        folders += [
            os.path.expandvars(rf"{place}\GIMP 3\bin") for place in ("%ProgramFiles%", r"%LOCALAPPDATA%\Programs")
        ]
    elif sys.platform == "darwin":
        folders += ["/Applications/GIMP.app/Contents/MacOS"]
    found: dict[tuple[int, ...], Gimp] = {}
    for folder in dict.fromkeys(filter(None, folders)):
        with contextlib.suppress(OSError):
            for path in sorted(Path(folder).iterdir(), key=lambda path: -len(path.name)):
                if NAME.fullmatch(path.name) and os.access(path, os.X_OK):
                    version = version_of(path)
                    if version:
                        found.setdefault(version[:2], Gimp(str(path), version))
    return [found[series] for series in sorted(found)]


def version_of(gimp: Path) -> tuple[int, ...] | None:
    try:
        answer = subprocess.run([gimp, "--version"], capture_output=True, text=True, errors="replace", timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.search(r"(\d+)\.(\d+)\.(\d+)", answer.stdout)
    return tuple(map(int, version.groups())) if version else None


def own_profiles() -> Path:
    """The folder in which GIMP keeps this user's profiles."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming") / "GIMP"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "GIMP"
    if is_inside() and shared_profiles().is_dir():
        return shared_profiles()
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "GIMP"


def shared_profiles() -> Path:
    """The folder of profiles in the home, which GIMP's Flatpak opens for itself; older ones kept theirs apart."""
    return Path.home() / ".config" / "GIMP"


def profiles_in(folder: Path) -> list[Path]:
    """The profiles of GIMP 3 in a folder, oldest first."""
    return sorted((path for path in folder.glob("3.*") if series_of(path) and path.is_dir()), key=series_of)


def series_of(profile: Path) -> tuple[int, ...]:
    """(3, 0) for a profile named 3.0; () for what is none."""
    return tuple(map(int, profile.name.split("."))) if re.fullmatch(r"3\.\d+", profile.name) else ()


def flatpak_profiles() -> list[Path]:
    return profiles_in(Path.home() / FLATPAK_PROFILES)


def profiles() -> list[Path]:
    """Every profile of GIMP 3 that this user has in this world."""
    named = os.environ.get("GIMP3_DIRECTORY")
    found = [*([Path(named)] if named else []), *profiles_in(own_profiles())]
    return [*found, *(path for path in flatpak_profiles() if path not in found)] if is_inside() else found


def start_once(gimp: Gimp) -> bool:
    """Start a GIMP without a window, so that it makes its profile; whether it did.

    A folder made by us would keep it from filling that profile and from taking over an older GIMP's settings.
    """
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run([gimp.command, "-i", "--quit"], capture_output=True, timeout=180)
    return gimp.profile.is_dir()
