"""How fast the window is: each figure as least / median / most, with its target and how busy the machine was.

Run: python -m tests.dialogs.speed [--models FOLDER] [PART ...]

PART is one of those below; without any all are measured, each in a process of its own. FOLDER has cards and weights
that are used beside the program's own.

    start    from the start of the process to the first paint, against a bare PyQt6 dialog, in turns
    marking  24 megapixels, 16 bits: slider to overlay, stroke to screen, pan and zoom, 1,000 strokes and their undo
    large    100 megapixels: pan and zoom
    listing  50,000 defects on 24 megapixels
    running  24 megapixels, 16 bits, with an engine: how long the event loop stands still, pages, Stop, previews
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PARTS = ("start", "marking", "large", "listing", "running")
HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.dialogs.speed")
    parser.add_argument("parts", metavar="PART", nargs="*", help=f"one of {', '.join(PARTS)}; all without")
    parser.add_argument("--models", metavar="FOLDER", help="cards and weights to be used besides")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    worst = 0
    with tempfile.TemporaryDirectory() as data:
        os.environ["DAGUERRE_DATA"] = data
        if asked.models:
            shutil.copytree(asked.models, Path(data) / "models")
        for part in asked.parts or PARTS:
            print(f"{part}: {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}", flush=True)
            code = f"import sys; from tests.dialogs.speed import {part}; {part}.main()"
            worst |= subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT).returncode
            print(f"  load {os.getloadavg()[0]:.1f} at the end", flush=True)
    return worst


if __name__ == "__main__":
    sys.exit(main())
