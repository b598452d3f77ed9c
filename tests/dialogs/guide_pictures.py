"""The pictures of docs/guide, made by `python tests/dialogs/screenshots.py --guide`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from pictured import opened, settle
from PyQt6.QtCore import QBuffer, Qt
from PyQt6.QtGui import QImage
from windows import SAMPLES, Desktop, sample

from core.translation import _
from qt_dialogs import themes

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide"
SIZE = (960, 640)
LARGEST = 105_000
"""Bytes of one picture."""
QUALITIES = range(88, 40, -4)
Take = Callable[[Desktop, str], None]
CORNER = [(0.7, 0.0), (0.76, 0.05), (0.79, 0.13), (0.86, 0.17), (0.9, 0.26), (0.97, 0.3), (1.0, 0.37), (1.0, 0.0)]
"""A corner that is torn off, in shares of the photo's width and height."""


def torn() -> NDArray[np.uint8]:
    """The sound portrait without its upper right corner."""
    photo = sample(SAMPLES / "andersson.jpg").copy()
    height, width = photo.shape[:2]
    corner = np.array([(x * width, y * height) for x, y in CORNER], np.int32)
    return np.asarray(cv2.fillPoly(photo, [corner], (236, 232, 224), cv2.LINE_AA), np.uint8)


def place(desktop: Desktop, x: float, y: float) -> tuple[float, float]:
    """Where on the canvas, in shares of it, is what lies at these shares of the photo."""
    canvas, job = desktop.canvas, desktop.desk.job
    assert job is not None
    across, down = canvas.view.to_screen(x * job.photo.width, y * job.photo.height)
    ratio = canvas.devicePixelRatioF()
    return across / ratio / canvas.width(), down / ratio / canvas.height()


def compare(desktop: Desktop, mode: str = "split") -> None:
    desktop.window.viewbar.modeAsked.emit(mode)
    settle(desktop)


def portrait(language: str, take: Take) -> None:
    with opened(language, SIZE) as desktop:
        compare(desktop)
        take(desktop, "first-photo")
        compare(desktop, "result")
        desktop.desk.turn_to("detect")
        settle(desktop)
        take(desktop, "scratches")
        desktop.canvas.setFocus()
        desktop.key(Qt.Key.Key_Tab)
        desktop.key(Qt.Key.Key_Return)
        desktop.key(Qt.Key.Key_Delete)
        settle(desktop)
        take(desktop, "review")
        desktop.key(Qt.Key.Key_Escape)
        desktop.desk.library.show("detect", "default")
        settle(desktop)
        take(desktop, "models")


def corner(language: str, take: Take) -> None:
    with opened(language, SIZE, "repair", torn()) as desktop:
        desktop.canvas.zoom_out()  # the lasso goes round the corner, outside of the photo
        desktop.key(Qt.Key.Key_F)
        around = [(0.67, -0.03), (0.72, 0.06), (0.76, 0.15), (0.84, 0.2), (0.87, 0.29), (0.94, 0.33), (1.03, 0.42)]
        desktop.stroke(*(place(desktop, x, y) for x, y in around), (1.03, -0.03))
        desktop.key(Qt.Key.Key_Return)
        settle(desktop)
        desktop.key(Qt.Key.Key_Q, Qt.KeyboardModifier.ShiftModifier)
        settle(desktop)
        take(desktop, "corner-marked")
        desktop.key(Qt.Key.Key_Q, Qt.KeyboardModifier.ShiftModifier)
        settle(desktop)
        take(desktop, "corner-filled")


def traced(language: str, take: Take) -> None:
    with opened(language, SIZE, "repair") as desktop:
        desktop.key(Qt.Key.Key_I)
        desktop.stroke(place(desktop, 0.13, 0.66))
        settle(desktop)
        desktop.key(Qt.Key.Key_Q, Qt.KeyboardModifier.ShiftModifier)
        settle(desktop)
        take(desktop, "traced")


def faded(language: str, take: Take) -> None:
    with opened(language, SIZE, "enhance", sample(SAMPLES / "expedition_1897.jpg")) as desktop:
        compare(desktop)
        take(desktop, "faded")


def colours(language: str, take: Take) -> None:
    with opened(language, SIZE, "colorize", sample(SAMPLES / "andersson.jpg")) as desktop:
        compare(desktop)
        take(desktop, "colours")
        compare(desktop, "result")
        for name, x, y in (
            ("Cloth, blue", 0.45, 0.9),
            ("Cloth, blue", 0.75, 0.75),
            ("Wood", 0.1, 0.4),
            ("Wood", 0.85, 0.25),
        ):
            desktop.window.panel.hint_state.swatches[_(name)].click()
            desktop.stroke(place(desktop, x, y))
        settle(desktop)
        take(desktop, "colours-dab")


SCENES: dict[tuple[str, ...], Callable[[str, Take], None]] = {
    ("first-photo", "scratches", "review", "models"): portrait,
    ("corner-marked", "corner-filled"): corner,
    ("traced",): traced,
    ("faded",): faded,
    ("colours", "colours-dab"): colours,
}
"""What makes which pictures."""
PICTURES = [name for names in SCENES for name in names]


def take_all(names: Sequence[str], languages: Sequence[str]) -> list[Path]:
    """Make these pictures; returns where they are."""
    made: list[Path] = []
    themes.wear(themes.LIGHT)
    for language in languages:
        folder = (GUIDE if language == "en" else GUIDE / language) / "pictures"
        folder.mkdir(parents=True, exist_ok=True)

        def take(desktop: Desktop, name: str, folder: Path = folder) -> None:
            if name in names:
                made.append(folder / f"{name}.jpg")
                made[-1].write_bytes(encoded(desktop.window.grab().toImage()))

        for pictures, scene in SCENES.items():
            if set(pictures) & set(names):
                scene(language, take)
    return made


def encoded(picture: QImage) -> bytes:
    """The picture as JPEG, as good as LARGEST lets it be."""
    for quality in QUALITIES:
        data = QBuffer()
        data.open(QBuffer.OpenModeFlag.WriteOnly)
        picture.save(data, "JPEG", quality)
        if data.size() <= LARGEST:
            break
    return data.data().data()
