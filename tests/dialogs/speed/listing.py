"""How quickly 50,000 defects on 24 megapixels are listed and decided on."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtTest import QTest

from qt_dialogs.application import application
from qt_dialogs.canvas import Canvas
from qt_dialogs.components import Components
from qt_dialogs.deciding import Deciding
from qt_dialogs.marks import Marks, Settings
from qt_dialogs.source import Source
from qt_dialogs.values import Values
from qt_dialogs.window import Window

from .figures import LongestGap, resident, say_one
from .marking import HEIGHT, WIDTH, large_photo

ACROSS, DOWN = 250, 200
"""50,000 specks and scratches in rows and columns."""


def many_defects(folder: Path) -> NDArray[np.uint16]:
    """Probabilities of 50,000 separate defects of 2 to 20 pixels, mapped from a file."""
    random = np.random.default_rng(3)
    found = np.lib.format.open_memmap(folder / "probability.npy", "w+", np.uint16, (HEIGHT, WIDTH))
    places = [(x * WIDTH // ACROSS, y * HEIGHT // DOWN) for x in range(ACROSS) for y in range(DOWN)]
    sizes, values = random.integers(2, 17, (len(places), 2)), random.integers(33000, 65535, len(places))
    for (x, y), (wide, high), value in zip(places, sizes, values, strict=True):
        found[y : y + high, x : x + wide] = value
    found.flush()
    return np.lib.format.open_memmap(folder / "probability.npy", "r")


class Scene:
    """A window on all that, and how long the event loop stood still meanwhile."""

    def __init__(self, folder: Path) -> None:
        photo = large_photo(folder)
        self.window = Window({"detect": "Add Mask"}, False, "detect")
        self.window.complete(Values())
        self.canvas, self.marks = Canvas(), Marks(photo)
        self.canvas.set_photo(Source(photo))
        self.canvas.set_marks(self.marks)
        self.window.photo.fill(self.canvas)
        self.window.resize(1280, 800)
        self.window.show()
        self.deciding = Deciding(self.window)
        self.deciding.turn_to("detect")
        self.deciding.open(self.canvas, self.marks)
        self.deciding.enable(True)
        self.listings: list[Components] = []
        self.marks.listed.connect(self.listings.append)
        LongestGap().until(lambda: self.canvas.complete)
        self.marks.set_probability(many_defects(folder), 0.5)
        LongestGap().until(lambda: self.listings and len(self.listings[-1]) == ACROSS * DOWN)

    def until_listed(self, act: Callable[[], object]) -> tuple[float, float, float]:
        """Do something, then wait for the list. Milliseconds: the act itself, all of it, the longest gap."""
        self.listings.clear()
        gap, start = LongestGap(), time.perf_counter()
        act()
        done = time.perf_counter()
        gap.until(lambda: self.listings and not self.marks.pending)
        return 1000 * (done - start), 1000 * (time.perf_counter() - start), gap.longest


def main() -> None:
    _app = application()
    with tempfile.TemporaryDirectory() as name:
        before = resident()
        scene = Scene(Path(name))
        say_one("private memory with the photo", resident() - before, "MB more")
        defects = scene.listings[-1]
        table, model = scene.window.panel.defects.table, scene.window.panel.defects.model
        header = table.horizontalHeader()
        assert header is not None
        start = time.perf_counter()
        model.show(defects)
        table.repaint()
        say_one(f"list of {len(defects)} defects filled and painted", 1000 * (time.perf_counter() - start), "ms", 200)
        start = time.perf_counter()
        table.sortByColumn(2, header.sortIndicatorOrder())
        table.repaint()
        say_one("sorted", 1000 * (time.perf_counter() - start), "ms")
        table.sortByColumn(1, header.sortIndicatorOrder())
        scene.deciding.act("next")

        def reject_many() -> None:
            scene.deciding._choose(np.arange(20_000))
            scene.deciding.decide(2)

        for what, act in (
            ("sensitivity", lambda: scene.marks.set_settings(Settings(0.45))),
            ("one rejected", lambda: scene.deciding.act("delete")),
            ("sensitivity with decisions", lambda: scene.marks.set_settings(Settings(0.5))),
            ("20,000 rejected", reject_many),
            ("undo", scene.marks.hand.undo),
            ("redo", scene.marks.hand.redo),
            ("sensitivity with those", lambda: scene.marks.set_settings(Settings(0.55))),
            ("with sizes", lambda: scene.marks.set_settings(Settings(0.5, 3.0))),
        ):
            own, whole, longest = scene.until_listed(act)
            say_one(f"{what}: {own:.0f} ms, in the list after {whole:.0f} ms; longest gap", longest, "ms", 50)
        start = time.perf_counter()
        large = np.flatnonzero(scene.listings[-1].sizes >= 5)
        scene.deciding._choose(large)
        scene.canvas.repaint()
        say_one(f"{len(large)} chosen and outlined", 1000 * (time.perf_counter() - start), "ms")
        QTest.qWait(10)
        scene.marks.close()
