"""The photographs to train on: which, split by photo, decoded once and kept as bytes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import cv2
import numpy as np

from core.training.textures import Bytes

VALIDATION = 60
DIRTY = "pg_plate_"
"""Glass plates among the old photographs whose own damage is everywhere."""


def stable(name: str) -> float:
    """A number 0..1 that depends on the name alone, the same on every machine and in every year."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:6], "big") / 2**48


def split(photos: Path) -> tuple[list[Path], list[Path]]:
    """(training, validation) files of `photos`/modern and `photos`/modern_large.

    Validation photos come from modern/ only, and from no source of which modern_large/ may hold a larger copy.
    """
    modern = sorted((photos / "modern").iterdir(), key=lambda p: p.name)
    large = sorted((photos / "modern_large").iterdir(), key=lambda p: p.name)
    shared = {p.name.split("_")[0] for p in large}
    apart = [p for p in modern if p.name.split("_")[0] not in shared]
    validation = sorted(apart, key=lambda p: stable(p.stem))[:VALIDATION]
    held = set(validation)
    return [p for p in modern if p not in held] + large, sorted(validation, key=lambda p: p.name)


def old_photographs(photos: Path) -> list[Path]:
    """Old black-and-white photographs in fair condition: their little damage of their own is marked nowhere."""
    return sorted(p for p in (photos / "old_grey").iterdir() if not p.name.startswith(DIRTY))


def read(path: Path) -> Bytes:
    """A photograph as uint8 (H, W, 3), RGB."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise OSError(f"not a photograph: {path}")
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)
