"""The command that makes pictures of the window: one page of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import screenshots
from PyQt6.QtGui import QImage
from windows import VERBS

COMMAND = [sys.executable, str(Path(screenshots.__file__))]


def test_it_makes_the_pictures_that_are_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "pictures"
    asked = ["first", "--language", "fr", "--size", "960x640", "--points", "11"]
    made = subprocess.run([*COMMAND, str(out), *asked], capture_output=True, text=True, timeout=600)
    assert made.returncode == 0, made.stderr
    files = [out / "first-fr-light-960x640.png", out / "first-fr-dark-960x640.png"]
    assert made.stdout.split() == [str(file) for file in files] and sorted(out.iterdir()) == sorted(files)
    light, dark = (QImage(str(file)) for file in files)
    assert (light.width(), light.height()) == (dark.width(), dark.height()) == (960, 640)
    assert light.pixelColor(700, 600).lightness() > 200 and dark.pixelColor(700, 600).lightness() < 80


def test_it_knows_every_page_and_says_which(tmp_path: Path) -> None:
    assert {*VERBS, "models", "first", "message", "review"} == set(screenshots.PAGES)
    told = subprocess.run([*COMMAND, str(tmp_path), "wedding"], capture_output=True, text=True, timeout=60)
    assert told.returncode == 2 and "there is no wedding; there are restore, detect" in told.stderr
