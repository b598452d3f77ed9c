"""Figures of the window: how soon it is there, whether it ever stands still, and what memory it takes.

Run: python tests/dialogs/benchmark.py [MODELS]

MODELS is a folder with cards and weights that are used beside the program's own.

Spawn to first paint is measured against a bare PyQt6 dialog, in turns. The gaps are those of a 5-millisecond timer in
the window's event loop while an engine starts, finds damage in a photo of 24 megapixels (16 bits) and repairs it, and
while a slider of Enhance is moved: from each movement to the painted preview, all of the photo in view and at 100 %.
"""

from __future__ import annotations

import gc
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qt_dialogs.desk import Desk

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CHECKOUT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

STARTS = 9
TICK = 0.005
HEIGHT, WIDTH = 4000, 6000
SHORTEST = 0.3
WARM, MOVES = 3, 20
"""Movements of a slider that are not counted, and that are."""
PATIENCE = 1800.0

BARE = """
import time
from PyQt6.QtWidgets import QApplication, QDialog
class Dialog(QDialog):
    def paintEvent(self, event):
        print(time.monotonic(), flush=True)
app = QApplication([])
dialog = Dialog()
dialog.resize(1280, 800)
dialog.show()
app.exec()
"""
OURS = f"""
import sys, time
sys.path.insert(0, {str(CHECKOUT)!r})
sys.argv[1:] = ["open"]
from qt_dialogs import window
paint = window.Window.paintEvent
def told(self, event):
    paint(self, event)
    print(time.monotonic(), flush=True)
window.Window.paintEvent = told
from qt_dialogs.__main__ import main
main(["open"])
"""


def first_paint(script: str) -> float:
    """Milliseconds from the start of the process to its first paint."""
    start = time.monotonic()
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout
    painted = float(process.stdout.readline())
    process.kill()
    process.wait()
    process.stdout.close()
    return 1000 * (painted - start)


def starts() -> None:
    bare, ours = [], []
    for _repeat in range(STARTS):
        bare.append(first_paint(BARE))
        ours.append(first_paint(OURS))
    ratio = statistics.median(ours) / statistics.median(bare)
    for name, times in (("a bare dialog", bare), ("the window", ours)):
        print(f"spawn to first paint, {name}: {statistics.median(times):.0f} ms ({min(times):.0f} to {max(times):.0f})")
    print(f"the window against the bare dialog: {ratio:.2f} (target: at most 2)")


class Gaps:
    """The longest time between two ticks of a timer, by phase."""

    def __init__(self) -> None:
        from PyQt6.QtCore import Qt, QTimer

        self.phase = "start"
        self.longest: dict[str, float] = {}
        self._last = time.monotonic()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(round(1000 * TICK))

    def _tick(self) -> None:
        now = time.monotonic()
        self.longest[self.phase] = max(self.longest.get(self.phase, 0.0), now - self._last)
        self._last = now


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


def long_run() -> None:
    from PyQt6.QtWidgets import QApplication

    from core import jobfolder, places
    from core.protocol import PhotoFiles
    from qt_dialogs.application import application
    from qt_dialogs.values import Values
    from qt_dialogs.window import Window

    folder = jobfolder.create(places.jobs_folder())
    # In a process of its own: it would count as the window's memory.
    command = "import sys; sys.path.insert(0, sys.argv[1]); import benchmark; benchmark.write_photo(sys.argv[2])"
    subprocess.run([sys.executable, "-c", command, str(Path(__file__).parent), str(folder)], check=True)
    gc.disable()  # as __main__ does it
    app = application()
    values = Values()
    values.set("detect-model", "classical")
    values.set("repair-model", "telea")
    host = Host()
    verbs = {"restore": "Restore", "detect": "Add Mask", "repair": "Repair", "enhance": "Enhance"}
    window = Window(verbs, values, False, "restore")
    files = PhotoFiles("photo.npy", False, "srgb", name="large.tif")
    desks: list[Desk] = []

    def load() -> None:
        from qt_dialogs import desk, engine  # noqa: F401

    def make() -> None:
        from qt_dialogs.desk import Desk
        from qt_dialogs.engine import Engine

        desks.append(Desk(window, values, Engine(window), host))

    def begin() -> None:
        from qt_dialogs.desk import Opening

        desks[0].begin(Opening(folder, files, "large.tif", "restore"))

    def until(phase: str, over: Callable[[], bool]) -> None:
        gaps.phase = phase
        start = time.monotonic()
        while not over() or time.monotonic() - start < SHORTEST:
            app.processEvents()
            time.sleep(0.0005)
            if time.monotonic() - start > PATIENCE:
                raise SystemExit(f"{phase} does not end")
        print(f"{phase}: {time.monotonic() - start:.1f} s, longest gap {1000 * gaps.longest.get(phase, 0):.0f} ms")

    window.when_painted(load, window.complete, make, begin)  # as the session does it
    window.show()
    gaps = Gaps()
    until("the photo opens", lambda: bool(desks) and desks[0].marks is not None)
    desk = desks[0]
    until("the engine starts", lambda: desk.engine.greeted)
    until("damage is looked for", lambda: not desk.work.busy and desk.marks is not None and not desk.marks.pending)
    for sensitivity in (0.3, 0.6, 0.9, 0.5):
        values.set("detect-sensitivity", sensitivity)
        until(f"sensitivity {sensitivity:.0%}", lambda: desk.marks is not None and not desk.marks.pending)
    window.buttons.accept.click()
    until("the whole photo is repaired", lambda: bool(host.results))
    desk.act("page enhance")
    if window.message.current != "no-model":
        canvas = desk.canvas
        assert canvas
        until("all of the photo is enhanced, reduced", lambda: canvas.has_result)
        moves(app, desk, gaps, "all of the photo")
        canvas.zoom_to(1.0)
        moves(app, desk, gaps, "100 %")
    print(f"longest gap: {1000 * max(gaps.longest.values()):.0f} ms (target: at most 50)")
    status = Path("/proc/self/status").read_text()
    used = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("Vm")}
    private = sum(
        int(line.split()[1]) for line in Path("/proc/self/smaps_rollup").read_text().splitlines() if "Private" in line
    )
    print(f"memory of the window: {used['VmRSS']:.0f} MB, at most {used['VmHWM']:.0f} MB (target: below 1536);")
    print(f"its own share, without the files that it maps: {private / 1024:.0f} MB")
    desk.engine.close()
    QApplication.processEvents()
    jobfolder.remove(folder)
    os._exit(0)


def moves(app: Any, desk: Desk, gaps: Gaps, name: str) -> None:
    """Move the slider Noise, and see each time how long it takes until the preview is painted. Above 100 %, where the
    network is asked whatever the photo needs.
    """
    assert desk.canvas
    gaps.phase = f"Noise moved, {name}"
    shown: list[float] = []
    desk.canvas.resultShown.connect(lambda: shown.append(time.monotonic()))
    times = []
    for move in range(WARM + MOVES):
        shown.clear()
        start = time.monotonic()
        desk.values.set("enhance-noise", 1.1 + 0.01 * move + 0.5 * (name == "100 %"))
        while not shown:
            app.processEvents()
            time.sleep(0.0005)
        app.processEvents()
        times.append(1000 * (time.monotonic() - start))
    times = times[WARM:]
    print(
        f"Noise moved to preview painted, {name}: {statistics.median(times):.0f} ms "
        f"({min(times):.0f} to {max(times):.0f}; target: at most 500), "
        f"longest gap {1000 * gaps.longest[gaps.phase]:.0f} ms"
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as data:
        os.environ["DAGUERRE_DATA"] = data
        if len(sys.argv) > 1:
            shutil.copytree(sys.argv[1], Path(data) / "models")
        load = os.getloadavg()[0]
        print(f"{os.cpu_count()} processors, load {load:.1f}")
        starts()
        sys.stdout.flush()
        long_run()
