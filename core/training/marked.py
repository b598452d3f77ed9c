"""Real old photographs whose own damage was marked by hand, for training and, other ones, for validation.

The marks lie in marks/ beside this module, one grey PNG a photo of the photographs' folders old_grey/ and old_damaged/;
a photo without one is not used. Nobody could look at every pixel: what is not marked is presumed to be sound.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from core.training.photos import read, stable
from core.training.textures import Bytes

MARKS = Path(__file__).parent / "marks"
SOUND, DAMAGED, PRESUMED, UNKNOWN = range(4)
"""Labels: looked at and sound; damaged; not marked, so presumed sound; cannot be told."""
GREYS = {SOUND: 0, PRESUMED: 64, UNKNOWN: 128, DAMAGED: 255}
"""How the labels stand in the files."""
KEPT = 0.5
"""Share of old_damaged/ that is kept for validation; nothing of old_grey/ is."""


@dataclass(frozen=True)
class Marked:
    """image: uint8 (H, W, 3) RGB. labels: uint8 (H, W)."""

    name: str
    image: Bytes
    labels: Bytes


def load_marked(photos: Path, validation: bool) -> list[Marked]:
    """The marked photographs to train on, or those kept for validation."""
    old = sorted((photos / "old_grey").iterdir()) if not validation else []
    damaged = sorted(p for p in (photos / "old_damaged").iterdir() if (stable(p.stem) < KEPT) == validation)
    return [marked(path) for path in (*old, *damaged) if (MARKS / f"{path.stem}.png").exists()]


def marked(path: Path) -> Marked:
    """One photograph with its labels."""
    image = read(path)
    file = MARKS / f"{path.stem}.png"
    greys = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE)
    if greys is None or greys.shape != image.shape[:2]:
        raise OSError(f"not the marks of {path.name}: {file}")
    labels = np.full(greys.shape, PRESUMED, np.uint8)
    for label, grey in GREYS.items():
        labels[greys == grey] = label
    return Marked(path.stem, image, labels)
