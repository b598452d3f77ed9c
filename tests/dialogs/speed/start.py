"""From the start of the process to the first paint, as the plug-in starts the window, against a bare dialog."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .figures import Took, say

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


def times(script: str, lines: int, cache: str) -> list[Took]:
    """How long it took from the start of the process to each line that it says; own: of the whole process."""
    start = time.monotonic()
    command = [sys.executable, "-I", "-X", "utf8", "-X", f"pycache_prefix={cache}", "-c", script]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert process.stdout and process.stdin
    found: list[Took] = []
    for line in process.stdout:
        words = line.split()
        if len(words) == 2 and all(word.replace(b".", b"").isdigit() for word in words):
            found.append(Took(1000 * (float(words[0]) - start), 1000 * float(words[1])))
        if len(found) == lines:
            break
    process.kill()
    process.wait()
    process.stdout.close()
    process.stdin.close()
    return found


def main() -> None:
    bare: list[Took] = []
    painted: list[Took] = []
    complete: list[Took] = []
    with tempfile.TemporaryDirectory() as cache:  # the installer compiles the program; here the warm-ups do it
        for turn in range(WARM_UPS + STARTS):
            plain, window = times(BARE, 1, cache), times(OURS, 2, cache)
            if turn >= WARM_UPS:
                bare += plain
                painted.append(window[0])
                complete.append(window[1])
    say("first paint, a bare dialog", bare)
    say("first paint, the window", painted)
    say("everything made", complete)
    for clock, place in (("by the clock", 0), ("by the processor's time", 1)):
        ratio = statistics.median(one[place] for one in painted) / statistics.median(one[place] for one in bare)
        print(
            f"  the window against the bare dialog, {clock}: {ratio:.2f} (target {TARGET})" + " OVER" * (ratio > TARGET)
        )
