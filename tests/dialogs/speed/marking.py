"""How long the canvas and the marks take at 24 megapixels: figures, not a test.

Run: python -m tests.dialogs.marks_benchmark

Each function returns milliseconds of single repetitions, so that the caller can take the median or the worst.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QPaintEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from core.photo import Box, Photo
from qt_dialogs.canvas import Canvas
from qt_dialogs.detected import EVERY_KIND
from qt_dialogs.marks import Marks, Settings
from qt_dialogs.source import Source

HEIGHT, WIDTH = 4000, 6000
REPEATS, WARM_UPS = 20, 3
PATIENCE = 60.0


def large_photo(folder: Path) -> Photo:
    """A photo of 24 megapixels in 16 bits, mapped from a file."""
    pixels = np.lib.format.open_memmap(folder / "photo.npy", "w+", np.uint16, (HEIGHT, WIDTH, 3))
    noise = np.random.default_rng(1).integers(0, 4000, (250, WIDTH, 3), dtype=np.uint16)
    for top in range(0, HEIGHT, 250):
        pixels[top : top + 250] = noise + np.uint16(20000 + 8 * top)
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


class LongestGap:
    """The longest time, in milliseconds, for which the event loop did not come round while this was watched."""

    def __init__(self) -> None:
        self.longest = 0.0

    def until(self, ready: Callable[[], object]) -> None:
        """Let events run until ready() is true; TimeoutError after a minute."""
        end = time.perf_counter() + PATIENCE
        while not ready():
            start = time.perf_counter()
            if start > end:
                raise TimeoutError
            QApplication.processEvents()
            time.sleep(0.001)
            self.longest = max(self.longest, 1000 * (time.perf_counter() - start))


def sensitivity_to_overlay(
    canvas: Canvas, marks: Marks, smallest: float = 0.0, grow: float = 0.0, kinds: frozenset[str] = EVERY_KIND
) -> list[float]:
    """A slider's change to the painted overlay; with sizes or kinds to the first picture, without any waiting."""
    took = []
    for i in range(WARM_UPS + REPEATS):
        QApplication.processEvents()
        start = time.perf_counter()
        marks.set_settings(Settings(0.2 + 0.6 * i / (WARM_UPS + REPEATS), smallest, 0.0, grow, kinds))
        canvas.repaint()
        took.append(1000 * (time.perf_counter() - start))
    return took[WARM_UPS:]


def stroke_to_screen(canvas: Watched) -> list[float]:
    """A move of the mouse while painting to the painted canvas."""
    took = []
    middle = canvas.rect().center()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=middle)
    for i in range(WARM_UPS + REPEATS):
        start, before = time.perf_counter(), canvas.paints
        QTest.mouseMove(canvas, middle + QPointF(8 * (i % 12), 5 * i).toPoint())
        while canvas.paints == before:
            QApplication.processEvents()
        took.append(1000 * (time.perf_counter() - start))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=middle)
    return took[WARM_UPS:]


def pan_frames(canvas: Canvas) -> list[float]:
    """A step of panning to the painted canvas."""
    took = []
    for i in range(WARM_UPS + REPEATS):
        start = time.perf_counter()
        canvas.pan(13 if i % 2 else -17, 9 if i % 3 else -11)
        canvas.repaint()
        took.append(1000 * (time.perf_counter() - start))
    return took[WARM_UPS:]


def resident() -> int:
    """Megabytes of this process in memory; 0 where the system does not say."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return 0
    fields = dict(line.split(":", 1) for line in status.splitlines())
    return int(fields["RssAnon"].split()[0]) // 1000


def main() -> None:
    application = QApplication(sys.argv[:1])

    def say(what: str, took: list[float]) -> None:
        print(f"{what}: {min(took):.1f} / {statistics.median(took):.1f} / {max(took):.1f} ms (min, median, max)")

    with tempfile.TemporaryDirectory() as name:
        photo, found = large_photo(Path(name)), found_damage(Path(name))
        print(f"private memory before: {resident()} MB")
        canvas, marks = Watched(), Marks(photo)
        canvas.resize(1280, 800)
        canvas.show()
        start = time.perf_counter()
        canvas.set_photo(Source(photo))
        canvas.set_marks(marks)
        gap = LongestGap()
        gap.until(lambda: canvas.shows_photo)
        print(f"photo on the screen after {1000 * (time.perf_counter() - start):.0f} ms")
        gap.until(lambda: canvas.complete)
        print(f"all levels after {1000 * (time.perf_counter() - start):.0f} ms; longest gap {gap.longest:.0f} ms")
        print(f"private memory with the photo: {resident()} MB")
        settled: list[bool] = []
        marks.settled.connect(lambda: settled.append(True))
        start, gap = time.perf_counter(), LongestGap()
        marks.set_probability(found, 0.5)
        gap.until(lambda: settled)
        print(f"first overlay after {1000 * (time.perf_counter() - start):.0f} ms; longest gap {gap.longest:.0f} ms")
        for scale in (None, 1.0, 8.0):
            canvas.fit() if scale is None else canvas.zoom_to(scale)
            where = "fit" if scale is None else f"{scale:.0%}"
            say(f"sensitivity to overlay, {where}", sensitivity_to_overlay(canvas, marks))
            say(f"the same with grow 5, {where}", sensitivity_to_overlay(canvas, marks, 0.0, 5.0))
            say(f"the same with sizes, {where}", sensitivity_to_overlay(canvas, marks, 3.0, 5.0))
            say(f"the same without spots, {where}", sensitivity_to_overlay(canvas, marks, kinds=EVERY_KIND - {"spots"}))
            LongestGap().until(lambda: not marks.pending)
            say(f"stroke to screen, {where}", stroke_to_screen(canvas))
            say(f"pan and paint, {where}", pan_frames(canvas))
        for what, changed in (
            ("without spots", Settings(kinds=EVERY_KIND - {"spots"})),
            ("without lines at the same sensitivity", Settings(kinds=EVERY_KIND - {"lines"})),
            ("without dark lines", Settings(kinds=EVERY_KIND - {"dark", "lines"})),
            ("with sizes", Settings(0.5, 4.0, 200.0, 3.0)),
        ):
            settled.clear()
            start, gap = time.perf_counter(), LongestGap()
            marks.set_settings(changed)
            gap.until(lambda: settled)
            print(f"exact mask {what} after {1000 * (time.perf_counter() - start):.0f} ms; gap {gap.longest:.0f} ms")
        counts: list[tuple[int, float]] = []
        marks.counted.connect(lambda count, share: counts.append((count, share)))
        start, gap = time.perf_counter(), LongestGap()
        gap.until(lambda: counts)
        print(f"counted {counts[-1]} after {1000 * (time.perf_counter() - start):.0f} ms; gap {gap.longest:.0f} ms")
        fill = np.zeros((HEIGHT, WIDTH, 4), np.uint16)
        fill[::3, ::7] = 65535
        start, gap = time.perf_counter(), LongestGap()
        canvas.set_result(fill, Box(0, 0, WIDTH, HEIGHT))
        gap.until(lambda: canvas.has_result)
        print(
            f"result of the whole photo after {1000 * (time.perf_counter() - start):.0f} ms; gap {gap.longest:.0f} ms"
        )
        start = time.perf_counter()
        marks.hand.import_mask(np.asarray(found >> 8, np.uint8))
        print(f"import of a mask: {1000 * (time.perf_counter() - start):.0f} ms")
        start = time.perf_counter()
        marks.hand.undo()
        print(f"its undo: {1000 * (time.perf_counter() - start):.0f} ms")
        print(f"private memory at the end: {resident() - fill.nbytes // 1_000_000} MB")
        before = resident()
        for i in range(1000):
            x, y = 37 * i % WIDTH, 53 * i % HEIGHT
            marks.hand.line([(x, y), (x + 300, y + 200)], 20.0, remove=bool(i % 2))
            if i == 100:
                before = resident()
        for _i in range(1000):
            marks.hand.undo()
        print(f"900 strokes and 1,000 undos: {resident() - before} MB more")
        marks.close()
    application.quit()


if __name__ == "__main__":
    main()
