"""A scan of 24 megapixels and 16 bits goes through each command in little memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2
import enhancers
import numpy as np
import pytest
from commands import ROOT
from pictures import specks

from core import files
from core.models.registry import PROGRAM_WEIGHTS
from core.photo import Photo

HEIGHT, WIDTH = 4000, 6000
LIMIT = 1300
"""Megabytes. 2500 are promised; the scan itself takes 144, its result as many again."""
MODEL = "default" if (PROGRAM_WEIGHTS / "detect-default.toml").exists() else "classical"

MEASURED = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:])
_pid, status, usage = os.wait4(process.pid, 0)
print(usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""Run a command and print its peak memory: started from here, a test's own memory would be counted as the command's."""

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="measures with Unix's wait4")]


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a grainy scan, a mask of few specks and a mask of sixty scratches from edge to edge."""
    folder = tmp_path_factory.mktemp("large")
    rng = np.random.default_rng(0)
    soft = cv2.resize(rng.random((40, 60, 3)).astype(np.float32), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    grain = rng.normal(0, 500, (500, 600, 3)).astype(np.float32)
    samples = np.empty((HEIGHT, WIDTH, 3), np.uint16)
    for top in range(0, HEIGHT, 500):
        tones = soft[top : top + 500] * 40000 + 8000 + np.tile(grain, (1, WIDTH // 600, 1))
        samples[top : top + 500] = np.clip(tones, 0, 60000)
    few = specks(HEIGHT, WIDTH, 200, radius=4)
    samples[few > 0] = 65535
    files.write_photo(Photo(samples), folder / "scan.png", overwrite=False)
    files.write_grey(few, folder / "few.png", overwrite=False)
    diagonals = np.zeros((HEIGHT, WIDTH), np.uint8)
    for start, end in rng.uniform(-0.3, 1.3, (60, 2)):
        cv2.line(diagonals, (int(start * WIDTH), 0), (int(end * WIDTH), HEIGHT), 255, 3)
    files.write_grey(diagonals, folder / "diagonals.png", overwrite=False)
    return folder


def peak_of(scan: Path, tool: str, *options: str) -> float:
    """The megabytes that a command on the scan takes at most."""
    command = enhancers.program(tool, str(scan / "scan.png"), *options, "--json", "--overwrite")
    measured = subprocess.run(
        [sys.executable, "-c", MEASURED, *command], capture_output=True, text=True, cwd=ROOT, timeout=600
    )
    assert measured.returncode == 0, measured.stdout[-500:] + measured.stderr
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return int(measured.stdout.splitlines()[-1]) / unit


def test_restore(scan: Path) -> None:
    output = scan / "restored.png"
    assert peak_of(scan, "restore", "--output", str(output), "--set", f"detect.model={MODEL}") < LIMIT
    assert files.read_photo(output).samples.dtype == np.uint16


@pytest.mark.parametrize("mask", ["few.png", "diagonals.png"])
def test_repair(mask: str, scan: Path) -> None:
    output = scan / "repaired.png"
    assert peak_of(scan, "repair", "--mask", str(scan / mask), "--output", str(output)) < LIMIT
    before, after = (files.read_photo(scan / name).samples for name in ("scan.png", "repaired.png"))
    far = cv2.dilate(files.read_mask(scan / mask), np.ones((13, 13), np.uint8)) == 0  # grow 4 and feather 1
    assert np.array_equal(before[far], after[far]) and not np.array_equal(before, after)


def test_enhance(scan: Path, data_folder: Path) -> None:
    enhancers.install(data_folder / "models", tile=512)
    output = scan / "enhanced.png"
    assert peak_of(scan, "enhance", "--output", str(output)) < LIMIT
    assert not np.array_equal(files.read_photo(output).samples, files.read_photo(scan / "scan.png").samples)
