"""The first paint: what it shows, and that nothing is loaded before it that it does not need."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
STARTS = {"for the plug-in": ["session", "restore", ""], "for people": ["open"]}
LOOKS = """
import enum, json, os, sys
import PyQt6.QtWidgets

made = []
create = enum.EnumType._create_
enum.EnumType._create_ = lambda cls, name, *more, **named: made.append(name) or create(cls, name, *more, **named)

from qt_dialogs import window
from qt_dialogs.__main__ import main

paint = window.Window.paintEvent

def told(self, event):
    paint(self, event)
    enums = list(made)
    seen = [part for part in (self.photo, self.progress, self.buttons) if part.isVisible()]
    print(json.dumps({
        "modules": sorted(sys.modules),
        "enums": enums,
        "seen": [part.objectName() or "photo" for part in seen],
        "size": [self.width(), self.height()],
        "texts": [self.progress.text.text(), self.buttons.accept.text(), self.buttons.cancel.text().replace("&", "")],
        "covered": self.photo.width() * self.photo.height() / (self.width() * self.height()),
        "flags": int(self.windowHandle().property("flags")),
    }), flush=True, file=sys.stderr)
    os._exit(0)

window.Window.paintEvent = told
main(sys.argv[1:])
"""
"""What there is at the first paint; the process ends with it."""


@pytest.fixture(params=STARTS)
def first(request: pytest.FixtureRequest, data_folder: Path) -> dict[str, Any]:
    data_folder.mkdir(parents=True)
    (data_folder / "window.json").write_text('{"page": "restore"}', encoding="utf-8")
    command = [sys.executable, "-c", LOOKS, *STARTS[request.param]]
    said = subprocess.run(command, cwd=CHECKOUT, env=os.environ, stdin=subprocess.PIPE, capture_output=True).stderr
    return dict(json.loads(next(line for line in said.splitlines() if line.startswith(b"{"))))


def test_it_waits_for_no_large_library(first: dict[str, Any]) -> None:
    large = {"numpy", "cv2", "PIL", "superqt", "dataclasses", "pathlib", "hashlib", "core.tools", "core.protocol"}
    assert not large & set(first["modules"])


def test_it_waits_for_none_of_qts_enums(first: dict[str, Any]) -> None:
    """PyQt makes Python's of all of them when one is touched, a third of what a bare window takes."""
    assert first["enums"] and not {"AlignmentFlag", "Key", "WindowType"} & set(first["enums"])


def test_it_shows_the_window_with_its_empty_photo_and_what_goes_on(first: dict[str, Any]) -> None:
    assert first["seen"] == ["photo", "progress", "buttons"] and first["covered"] > 0.35
    progress, accept, cancel = first["texts"]
    assert (progress, accept, cancel) in (
        ("Opening the photo", "Restore", "Cancel"),
        ("Ready", "Save Photo…", "Close"),
    )


def test_it_can_be_minimised_and_maximised_from_the_first(first: dict[str, Any]) -> None:
    from PyQt6.QtCore import Qt

    flags = Qt.WindowType(first["flags"])
    for button in ("Minimize", "Maximize"):
        assert flags & Qt.WindowType[f"Window{button}ButtonHint"]
    assert flags & Qt.WindowType.WindowType_Mask == Qt.WindowType.Dialog
