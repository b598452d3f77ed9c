"""From the start of the process to the first paint, as the plug-in starts the window, against a bare dialog."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from .figures import say

CHECKOUT = Path(__file__).resolve().parents[3]
STARTS, WARM_UPS = 20, 3
TARGET = 1.5

BARE = """
import time
from PyQt6.QtWidgets import QApplication, QDialog
class Dialog(QDialog):
    def paintEvent(self, event):
        print(time.monotonic(), time.process_time(), flush=True)
app = QApplication([])
dialog = Dialog()
dialog.resize(1280, 800)
dialog.show()
app.exec()
"""
OURS = f"""
import sys, time
sys.path.insert(0, {str(CHECKOUT)!r})
from qt_dialogs import window
paint, step = window.Window.paintEvent, window.Window._next_step
said = sys.stderr.fileno()
def told(self, event):
    paint(self, event)
    if not self._painted_once:
        type(self)._painted_once = True
        print(time.monotonic(), time.process_time(), file=sys.stderr, flush=True)
def stepped(self):
    step(self)
    if not self._steps:
        print(time.monotonic(), time.process_time(), file=sys.stderr, flush=True)
window.Window._painted_once = False
window.Window.paintEvent, window.Window._next_step = told, stepped
from qt_dialogs.__main__ import main
main(["session", "restore", ""])
"""
"""The second line is for the moment when everything is made: bars, pages, and the engine is on its way."""


def times(script: str, lines: int, cache: str) -> list[tuple[float, float]]:
    """Milliseconds from the start of the process, and those of the processor, for each line it says."""
    import time

    start = time.monotonic()
    command = [sys.executable, "-I", "-X", "utf8", "-X", f"pycache_prefix={cache}", "-c", script]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert process.stdout and process.stdin
    found: list[tuple[float, float]] = []
    for line in process.stdout:
        words = line.split()
        if len(words) == 2 and all(word.replace(b".", b"").isdigit() for word in words):
            found.append((1000 * (float(words[0]) - start), 1000 * float(words[1])))
        if len(found) == lines:
            break
    process.kill()
    process.wait()
    process.stdout.close()
    process.stdin.close()
    return found


def main() -> None:
    bare: list[tuple[float, float]] = []
    ours: list[list[tuple[float, float]]] = []
    with tempfile.TemporaryDirectory() as cache:  # the installer compiles the program; here the warm-ups do it
        for turn in range(WARM_UPS + STARTS):
            plain, window = times(BARE, 1, cache), times(OURS, 2, cache)
            if turn >= WARM_UPS:
                bare += plain
                ours.append(window)
    painted, complete = [window[0] for window in ours], [window[1] for window in ours]
    for place, clock in enumerate(("by the clock", "of the processor")):
        plain = [one[place] for one in bare]
        first = [one[place] for one in painted]
        say(f"first paint, a bare dialog, {clock}", plain)
        say(f"first paint, the window, {clock}", first)
        say(f"everything made, {clock}", [one[place] for one in complete])
        ratio = statistics.median(first) / statistics.median(plain)
        print(f"  the window against the bare dialog: {ratio:.2f} (target {TARGET})" + " OVER" * (ratio > TARGET))
