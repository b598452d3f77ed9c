"""The canvas and the marks at 24 megapixels. The functions return milliseconds of single repetitions."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from math import cos, pi, sin
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QPaintEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from core.photo import Box, Photo
from qt_dialogs.application import application
from qt_dialogs.canvas import Canvas
from qt_dialogs.detected import EVERY_KIND
from qt_dialogs.marks import Marks, Settings
from qt_dialogs.source import Source
from qt_dialogs.strokes import Piece, area, line

from .figures import LongestGap, Took, Watch, resident, say, say_one

HEIGHT, WIDTH = 4000, 6000
REPEATS, WARM_UPS = 20, 3


def large_photo(folder: Path, height: int = HEIGHT, width: int = WIDTH) -> Photo:
    """A photo in 16 bits, mapped from a file."""
    pixels = np.lib.format.open_memmap(folder / "photo.npy", "w+", np.uint16, (height, width, 3))
    noise = np.random.default_rng(1).integers(0, 4000, (250, width, 3), dtype=np.uint16)
    for top in range(0, height, 250):
        pixels[top : top + 250] = noise[: height - top] + np.uint16(20000 + 40000 * top // height)
    pixels.flush()
    return Photo(np.lib.format.open_memmap(folder / "photo.npy", "r"))


def found_damage(folder: Path) -> NDArray[np.uint16]:
    """Probabilities with 4,000 specks and 60 long lines of all degrees of certainty, mapped from a file."""
    random = np.random.default_rng(2)
    found = np.lib.format.open_memmap(folder / "probability.npy", "w+", np.uint16, (HEIGHT, WIDTH))
    for x, y, size in zip(
        random.integers(0, WIDTH, 4000), random.integers(0, HEIGHT, 4000), random.integers(1, 25, 4000), strict=True
    ):
        found[y : y + size, x : x + size] = random.integers(1000, 65535)
    for x, value in zip(random.integers(0, WIDTH, 60), random.integers(1000, 65535, 60), strict=True):
        found[:, x : x + 3] = value
    found.flush()
    return np.lib.format.open_memmap(folder / "probability.npy", "r")


class Watched(Canvas):
    """A canvas that counts how often it was painted."""

    paints = 0

    def paintEvent(self, event: QPaintEvent | None) -> None:
        super().paintEvent(event)
        self.paints += 1


def shown(photo: Photo) -> tuple[Watched, Marks]:
    """A canvas of the window's first size with this photo, and its marks."""
    canvas, marks = Watched(), Marks(photo)
    canvas.resize(1280, 800)
    canvas.show()
    canvas.set_photo(Source(photo))
    canvas.set_marks(marks)
    return canvas, marks


def sensitivity_to_overlay(
    canvas: Canvas, marks: Marks, smallest: float = 0.0, grow: float = 0.0, kinds: frozenset[str] = EVERY_KIND
) -> list[Took]:
    """A slider's change to the painted overlay; with sizes or kinds to the first picture, without any waiting."""
    took: list[Took] = []
    for i in range(WARM_UPS + REPEATS):
        QApplication.processEvents()
        watch = Watch()
        marks.set_settings(Settings(0.2 + 0.6 * i / (WARM_UPS + REPEATS), smallest, 0.0, grow, kinds))
        canvas.repaint()
        took.append(watch.stop())
    return took[WARM_UPS:]


def stroke_to_screen(canvas: Watched) -> list[Took]:
    """A move of the mouse while painting to the painted canvas."""
    took: list[Took] = []
    middle = canvas.rect().center()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=middle)
    for i in range(WARM_UPS + REPEATS):
        watch, before = Watch(), canvas.paints
        QTest.mouseMove(canvas, middle + QPointF(8 * (i % 12), 5 * i).toPoint())
        while canvas.paints == before:
            QApplication.processEvents()
        took.append(watch.stop())
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=middle)
    return took[WARM_UPS:]


def zoom_frames(canvas: Canvas) -> list[Took]:
    """A notch of the wheel at the middle to the painted canvas: in and out again."""
    took: list[Took] = []
    middle = QPointF(canvas.rect().center())
    for i in range(WARM_UPS + REPEATS):
        watch = Watch()
        canvas.zoom_to(canvas.scale * (1.15 if i % 8 < 4 else 1 / 1.15), middle)
        canvas.repaint()
        took.append(watch.stop())
        QApplication.processEvents()
    return took[WARM_UPS:]


def large_gestures(canvas: Canvas, marks: Marks, gap: LongestGap) -> dict[str, list[Took]]:
    """The longest that the event loop stands still from a gesture to its mark on the canvas: a lasso round nearly all
    of the photo, one that crosses itself thousands of times, the thickest line across it; and their undo.
    """
    turns = (pi * i / 1000 for i in range(2000))
    round_it = [(WIDTH / 2 + 2900 * cos(turn), HEIGHT / 2 + 1900 * sin(turn)) for turn in turns]
    random = np.random.default_rng(3)
    crossing = [(float(x), float(y)) for x, y in random.uniform(0, (WIDTH, HEIGHT), (300, 2))]
    across = [(0.0, 0.0), (float(WIDTH), float(HEIGHT))]
    gestures: dict[str, Callable[[], Iterable[Piece]]] = {
        "a large lasso": lambda: area(round_it, HEIGHT, WIDTH),
        "a lasso that crosses itself": lambda: area(crossing, HEIGHT, WIDTH),
        "a thick line": lambda: line(across, 1000.0, HEIGHT, WIDTH),
    }
    took: dict[str, list[Took]] = {}

    def until_shown(name: str, do: Callable[[], None]) -> None:
        gap.restart()
        watch = Watch()
        do()
        canvas.repaint()
        gap.until(lambda: not (marks.hand.painting or marks.pending))
        took.setdefault(f"{name}, till it is there", []).append(watch.stop())
        took.setdefault(name, []).append(Took(gap.longest, gap.own))

    for name, pieces in gestures.items():
        for _i in range(5):
            until_shown(name, lambda pieces=pieces: marks.hand.mark(pieces(), False, "Mark"))  # type: ignore[misc]
            until_shown(f"{name}, undo", marks.hand.undo)
    return took


def strokes_memory(marks: Marks, count: int) -> list[int]:
    """Megabytes that this process has more than after the first 100 strokes: after all, and after their undo."""
    before = resident()
    for i in range(count):
        x, y = 37 * i % WIDTH, 53 * i % HEIGHT
        marks.hand.line([(x, y), (x + 300, y + 200)], 20.0, remove=bool(i % 2))
        if i == 100:
            before = resident()
    painted = resident() - before
    for _i in range(count):
        marks.hand.undo()
    return [painted, resident() - before]


def pan_frames(canvas: Canvas) -> list[Took]:
    """A step of panning to the painted canvas."""
    took: list[Took] = []
    for i in range(WARM_UPS + REPEATS):
        watch = Watch()
        canvas.pan(13 if i % 2 else -17, 9 if i % 3 else -11)
        canvas.repaint()
        took.append(watch.stop())
    return took[WARM_UPS:]


def main() -> None:
    app = application()
    with tempfile.TemporaryDirectory() as name:
        photo, found = large_photo(Path(name)), found_damage(Path(name))
        before = resident()
        canvas, marks, gap = *shown(photo), LongestGap()
        say_one("photo on the screen after", gap.until(lambda: canvas.shows_photo), "ms")
        gap.until(lambda: canvas.complete)
        say_one("private memory with the photo", resident() - before, "MB more")
        settled: list[bool] = []
        marks.settled.connect(lambda: settled.append(True))
        marks.set_probability(found, 0.5)
        gap.until(lambda: settled)
        for scale in (None, 1.0, 8.0):
            canvas.fit() if scale is None else canvas.zoom_to(scale)
            where = "fit" if scale is None else f"{scale:.0%}"
            say(f"sensitivity to overlay, {where}", sensitivity_to_overlay(canvas, marks), 300)
            say(f"the same with grow 5, {where}", sensitivity_to_overlay(canvas, marks, 0.0, 5.0), 300)
            say(f"the same with sizes, {where}", sensitivity_to_overlay(canvas, marks, 3.0, 5.0), 300)
            spotless = sensitivity_to_overlay(canvas, marks, kinds=EVERY_KIND - {"spots"})
            say(f"the same without spots, {where}", spotless, 300)
            gap.until(lambda: not marks.pending)
            say(f"stroke to screen, {where}", stroke_to_screen(canvas), 33, 60)
            say(f"pan, {where}", pan_frames(canvas), 33, 80)
        canvas.fit()
        say("zoom, from fit", zoom_frames(canvas), 33, 80)
        for gesture, times in large_gestures(canvas, marks, gap).items():
            say(gesture, times, None if gesture.endswith("there") else 50)
        for what, changed in (
            ("without spots", Settings(kinds=EVERY_KIND - {"spots"})),
            ("without dark lines", Settings(kinds=EVERY_KIND - {"dark", "lines"})),
            ("with sizes", Settings(0.5, 4.0, 200.0, 3.0)),
        ):
            settled.clear()
            marks.set_settings(changed)
            say_one(f"exact mask {what} after", gap.until(lambda: settled), "ms")
        changed_samples = np.zeros((HEIGHT, WIDTH, 3), np.uint16)
        changed_samples[::3, ::7] = 65535
        canvas.add_part(changed_samples, Box(0, 0, WIDTH, HEIGHT), 1, 1)
        say_one("result of the whole photo after", gap.until(lambda: canvas.has_result), "ms")
        for what, do in (
            ("import of a mask", partial(marks.hand.import_mask, np.asarray(found >> 8, np.uint8))),
            ("its undo", marks.hand.undo),
        ):
            gap.restart()
            do()
            took = gap.until(lambda: not (marks.hand.painting or marks.pending))
            say_one(f"{what}, longest gap", gap.longest, "ms", 50)
            say_one(f"{what}, till it is there", took, "ms")
        painted, undone = strokes_memory(marks, 1000)
        say_one("900 strokes", painted, "MB more", 20)
        say_one("and 1,000 undos", undone, "MB more", 20)
        marks.close()
    app.quit()
