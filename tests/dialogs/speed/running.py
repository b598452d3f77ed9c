"""The window at work on 24 megapixels in 16 bits: whether the event loop stands still, pages, Stop, previews, memory.

The gaps are those of a 5-millisecond timer in the window's event loop while an engine starts, finds damage and repairs
it, and while sliders are moved: from each movement to the painted preview, all of the photo in view and at 100 %.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QEvent, QObject
from PyQt6.QtWidgets import QApplication

from core import jobfolder, places
from core.protocol import PhotoFiles
from qt_dialogs.application import application
from qt_dialogs.values import Values
from qt_dialogs.window import Window

from .figures import LongestGap, Took, Watch, say, say_one

if TYPE_CHECKING:
    from qt_dialogs.desk import Desk

CHECKOUT = Path(__file__).resolve().parents[3]
HEIGHT, WIDTH = 4000, 6000
SHORTEST = 0.3
WARM_UPS, REPEATS = 3, 20
LONG = 10_000.0
"""Milliseconds: a preview that takes longer is not waited for again."""
VERBS = {"restore": "Restore", "detect": "Add Mask", "repair": "Repair", "enhance": "Enhance", "colorize": "Colorize"}
SLIDERS = (("enhance", "enhance-noise", 1.1), ("colorize", "colorize-saturation", 0.8), ("repair", "repair-grain", 0.5))
"""Page, setting and first value of what is moved: noise above 100 %, where it is not asked what the photo needs."""


def write_photo(folder: str) -> None:
    """Noise with scratches and specks, photo.npy: 24 megapixels, RGB, 16 bits."""
    import numpy as np

    pixels = np.lib.format.open_memmap(f"{folder}/photo.npy", "w+", np.uint16, (HEIGHT, WIDTH, 3))
    random = np.random.default_rng(1)
    noise = random.integers(0, 2000, (250, WIDTH, 3), dtype=np.uint16)
    for top in range(0, HEIGHT, 250):
        pixels[top : top + 250] = noise + np.uint16(20000 + 5 * top)
    for x, y in zip(random.integers(0, WIDTH - 9, 2000), random.integers(0, HEIGHT - 9, 2000), strict=True):
        pixels[y : y + 6, x : x + 6] = 60000
    for x in random.integers(0, WIDTH - 9, 30):
        pixels[:, x : x + 3] = 60000
    pixels.flush()


class Host:
    """Whoever opened the window; it keeps the results. See qt_dialogs.host.Host."""

    alone = False

    def __init__(self) -> None:
        self.results: list[Any] = []

    def before_run(self, tool: str, run: Callable[[], None]) -> None:
        run()

    def progress(self, fraction: float | None, text: str) -> None:
        return None

    def done(self, tool: str, result: Any) -> None:
        self.results.append(result)

    def keep(self, files: dict[str, str]) -> None:
        return None

    def left(self) -> None:
        return None

    def broken(self, kind: str, text: str) -> None:
        raise SystemExit(text)


class Paints(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, widget: QObject) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, widget: QObject | None, event: QEvent | None) -> bool:
        self.count += event is not None and event.type() == QEvent.Type.Paint
        return False


class Opened:
    """A window with the photo, over an engine, begun as the plug-in's session begins it."""

    def __init__(self) -> None:
        self.folder = jobfolder.create(places.jobs_folder())
        # In a process of its own: it would count as the window's memory.
        command = "import sys; from tests.dialogs.speed.running import write_photo; write_photo(sys.argv[1])"
        subprocess.run([sys.executable, "-c", command, str(self.folder)], check=True, cwd=CHECKOUT)
        gc.disable()  # as __main__ does it
        self.app = application()
        self.values, self.host = Values(), Host()
        self.values.set("detect-model", "classical")
        self.values.set("repair-model", "telea")
        self.window = Window(VERBS, False, "restore")
        self.desks: list[Desk] = []
        steps = (self.window.add_bars, *self.window.completing(self.values), self._load, self._begin)
        self.window.when_painted(*steps)
        self.window.resize(1280, 800)
        self.window.show()
        self.gap = LongestGap()

    @property
    def desk(self) -> Desk:
        return self.desks[0]

    def until(self, phase: str, over: Callable[[], bool], limited: bool = True) -> None:
        """Wait for the end of this, and say how long the loop stood still meanwhile."""
        self.gap.restart()
        took = self.gap.until(over, SHORTEST)
        what = f"{phase}: {took / 1000:.1f} s, {self.gap.own:.0f} ms computed at once; longest gap"
        say_one(what, self.gap.longest, "ms", 50 if limited else None)

    def begun(self) -> bool:
        return bool(self.desks) and self.desk.marks is not None

    def idle(self) -> bool:
        return not self.desk.work.busy and self.desk.marks is not None and not self.desk.marks.pending

    def _load(self) -> None:
        from qt_dialogs import desk, engine  # noqa: F401

    def _begin(self) -> None:
        from qt_dialogs.desk import Desk, Opening
        from qt_dialogs.engine import Engine

        self.desks.append(Desk(self.window, self.values, Engine(self.window), self.host))
        self.desk.begin(None)
        files = PhotoFiles("photo.npy", False, "srgb", name="large.tif")
        self.desk.open(Opening(self.folder, files, "large.tif", "restore"))


def main() -> None:
    opened = Opened()
    values = opened.values
    opened.until("the window is made, the photo opens", opened.begun, limited=False)
    desk = opened.desk
    opened.until("the engine starts", lambda: desk.engine.greeted)
    opened.until("damage is looked for", opened.idle)
    for sensitivity in (0.3, 0.6, 0.9, 0.5):
        values.set("detect-sensitivity", sensitivity)
        opened.until(f"sensitivity {sensitivity:.0%}", opened.idle)
    pages(opened)
    stops(opened)
    assert desk.canvas
    for page, key, low in SLIDERS:
        desk.act(f"page {page}")
        if desk.window.message.current == "no-model":
            continue
        for scale in (1.0, None):
            desk.canvas.fit() if scale is None else desk.canvas.zoom_to(scale)
            where = "all of the photo" if scale is None else "100 %"
            name = f"{key.partition('-')[2]} moved to preview painted, {where}"
            previews(opened, name, lambda move, key=key, low=low: values.set(key, low + 0.01 * move))  # type: ignore[misc]
    desk.act("page restore")
    desk.accept()
    opened.until("the whole photo is repaired", lambda: bool(opened.host.results))
    status = Path("/proc/self/status").read_text(encoding="ascii")
    used = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("Vm")}
    say_one("memory of the window, at most", used["VmHWM"], "MB", 1536)
    desk.engine.close()
    QApplication.processEvents()
    jobfolder.remove(opened.folder)
    sys.stdout.flush()
    os._exit(0)


def pages(opened: Opened) -> None:
    """From the wish for another page until that is painted, and its name above it."""
    took: list[Took] = []
    names = list(VERBS)
    painted = Paints(opened.window.panel.chooser)
    for turn in range(WARM_UPS + REPEATS):
        name = names[(turn + 1) % len(names)]
        before, watch = painted.count, Watch()
        opened.desk.act(f"page {name}")
        opened.gap.until(lambda before=before: painted.count > before)  # type: ignore[misc]
        took.append(watch.stop())
        opened.gap.until(lambda: True, 0.05)
    say("page change", took[WARM_UPS:], 100)
    opened.desk.act("page detect")


def stops(opened: Opened) -> None:
    """Stop in the middle of a detection by the network: until the button says so, and until the engine is idle."""
    desk, said, idle = opened.desk, [], []
    watched = Paints(opened.window.progress.text)
    rested: list[str] = []
    desk.work.rested.connect(rested.append)
    for turn, model in enumerate(("default", "report") * 3):
        opened.values.set("detect-model", model)
        desk.find()
        opened.gap.until(lambda: True, 1.5 + 0.3 * turn)
        if not desk.work.busy:
            continue
        rested.clear()
        before, watch = watched.count, Watch()
        desk.stop()
        opened.gap.until(lambda before=before: watched.count > before)  # type: ignore[misc]
        said.append(watch.stop())
        opened.gap.until(lambda: rested)
        idle.append(watch.stop())
    if said:
        say("Stop to its text", said, 100)
        say("Stop to an idle engine", idle, 1000)
    opened.values.set("detect-model", "classical")
    desk.find()
    opened.gap.until(opened.idle)


def previews(opened: Opened, name: str, move: Callable[[int], None]) -> None:
    """From each movement of a slider until the preview is painted."""
    canvas = opened.desk.canvas
    assert canvas
    shown: list[float] = []
    canvas.resultShown.connect(lambda: shown.append(time.monotonic()))
    opened.gap.until(lambda: not opened.desk.work.busy, 1.0)
    opened.gap.restart()
    took: list[Took] = []
    for turn in range(1 + REPEATS // 2):
        shown.clear()
        watch = Watch()
        move(turn)
        opened.gap.until(lambda: shown)
        opened.app.processEvents()
        took.append(watch.stop())
        if turn and took[-1].clock > LONG:
            break  # enough to know
    say(name, took[1:] or took, 300)
    say_one("longest gap meanwhile", opened.gap.longest, "ms", 50)
