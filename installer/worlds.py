"""Worlds: a GIMP from Flatpak cannot start a Python of this machine, so install.py works a second time inside of it.

In there the data folder, the profile and the Python are that world's own, and nothing else is different.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.translation import _

from .program import ROOT

FLATPAK_GIMP = "org.gimp.GIMP"


@dataclass(frozen=True)
class World:
    """name is for people, python starts the Python in there, data is its data folder as it is seen from here."""

    name: str
    python: tuple[str, ...]
    data: Path

    @property
    def is_installed(self) -> bool:
        return (self.data / "installation.json").exists()

    def run(self, arguments: Sequence[str]) -> int:
        """Let install.py do the same in there; returns its exit code."""
        print(_("In {world}:").format(world=self.name), flush=True)
        # Here DAGUERRE_DATA names the folder of this world; two cannot share one.
        environment = {name: value for name, value in os.environ.items() if name != "DAGUERRE_DATA"}
        return subprocess.run([*self.python, "-I", str(ROOT / "install.py"), *arguments], env=environment).returncode


def is_inside() -> bool:
    """Whether this Python runs inside of such a world."""
    return "FLATPAK_ID" in os.environ


def worlds() -> list[World]:
    """The other worlds with a GIMP in them; from the inside of one there are none to be seen."""
    flatpak = shutil.which("flatpak")
    if is_inside() or not flatpak:
        return []
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        if subprocess.run([flatpak, "info", FLATPAK_GIMP], capture_output=True, timeout=60).returncode == 0:
            return [
                World(
                    _("GIMP from Flatpak"),
                    (flatpak, "run", "--command=python3", FLATPAK_GIMP),
                    Path.home() / ".var" / "app" / FLATPAK_GIMP / "data" / "daguerre",
                )
            ]
    return []


def installed_worlds() -> list[World]:
    return [world for world in worlds() if world.is_installed]
