"""The command line in a process of its own, as people and scripts call it, and photos for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from pictures import damaged, photo_samples, scratches

from core import files
from core.photo import Mask, Metadata, Photo

ROOT = Path(__file__).resolve().parents[2]
MASK = scratches(80, 100, 3, seed=4)


def daguerre(*arguments: str | Path, folder: Path = ROOT, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run `python -m core` with these arguments; its output as text."""
    return subprocess.run(
        [sys.executable, "-m", "core", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="surrogateescape",
        timeout=300,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        **options,
    )


def program_with(module: str, architecture: str, arguments: tuple[str, ...]) -> list[str]:
    """The command that runs `python -m core` with an architecture that a module of these tests loads."""
    code = (
        f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(Path(__file__).parent)!r}]; import {module};"
        f"from core.models import registry; registry.ARCHITECTURES[{architecture!r}] = {module}.loaded;"
        "from core.__main__ import main; sys.exit(main())"
    )
    return [sys.executable, "-c", code, *arguments]


def write_damaged(path: Path, dtype: str = "uint8", **changes: Any) -> Photo:
    """A scratched photo in a file; returns it."""
    truth = photo_samples(80, 100, 3, dtype, seed=1)
    photo = Photo(damaged(truth, MASK), **{"metadata": Metadata(None, (300, 300)), **changes})
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write_photo(photo, path, overwrite=True)
    return photo


def write_mask(path: Path, mask: Mask = MASK) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write_grey(mask, path, overwrite=True)
    return path


def json_lines(output: str) -> list[dict[str, Any]]:
    """What --json printed: every line has to parse."""
    return [json.loads(line) for line in output.splitlines()]


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.exists() else set()
