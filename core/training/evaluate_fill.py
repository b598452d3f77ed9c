"""How good fillers are: PSNR inside of holes on photos kept for validation, thin and medium holes, colour and grey."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from core import repair
from core.color import LUMA, Encoding, View
from core.models.registry import Registry
from core.photo import Mask, Photo
from core.progress import silent
from core.tools import REPAIR, defaults
from core.training import strokes
from core.training.likeness import psnr, unit
from core.training.photos import read, split
from core.training.textures import Rng

WIDTHS = {"thin": (1, 4), "medium": (4, 10), "thick": (12, 26)}
"""Pixels, the upper bound excluded."""
STROKES = 12


def hole(rng: Rng, height: int, width: int, low: int, high: int) -> Mask:
    """Wandering strokes and spots of `low` to `high` pixels' width: uint8 (height, width), 255."""
    out = np.zeros((height, width), np.uint8)
    for _ in range(STROKES):
        start = (float(rng.uniform(0, width)), float(rng.uniform(0, height)))
        if rng.random() < 0.3:
            axes = tuple(int(a) for a in np.maximum(rng.integers(low, high, 2) * rng.uniform(0.5, 1.5), 1))
            cv2.ellipse(out, (int(start[0]), int(start[1])), axes, float(rng.uniform(0, 180)), 0, 360, 255, -1)
            continue
        line = strokes.path(rng, start, rng.uniform(0, 2 * np.pi), rng.uniform(30, width), 0.3, 0.03)
        cv2.polylines(out, [np.round(line).astype(np.int32)], False, 255, int(rng.integers(low, high)))
    return out


def cases(photos: Path, count: int) -> Iterator[tuple[str, View, Mask]]:
    """(kind of hole, true picture (H, W, 3) or (H, W, 1), hole): every second photo grey."""
    _, validation = split(photos)
    for kind, (low, high) in WIDTHS.items():
        for index, path in enumerate(validation[:count]):
            rng = np.random.default_rng([20261, low, index])
            picture = unit(read(path))
            if index % 2:
                picture = (picture @ LUMA)[..., None]
            yield kind, picture, hole(rng, picture.shape[0], picture.shape[1], low, high)


Fill = Callable[[View, Mask], View]
"""A picture (H, W, C), 0..1, and a hole (H, W) to the picture with the hole filled."""


def fill_of(models: Registry, name: str) -> Fill:
    """A model of the registry the way the tool Repair uses it: the mask given is the mask filled, no grain is added."""
    settings = {**defaults(REPAIR), "model": name, "grow": 0.0, "feather": 0.0, "grain": 0.0}

    def fill(view: View, hole: Mask) -> View:
        photo = Photo(view, encoding=Encoding("srgb"))
        return repair.repaired_samples(photo, repair.run(photo, hole, settings, models, silent))

    return fill


def evaluate_fillers(fillers: Mapping[str, Fill], photos: Path, count: int = 60) -> dict[str, Any]:
    """{kind of hole: {filler: mean PSNR in dB}} over `count` validation photos."""
    figures: dict[str, dict[str, list[float]]] = {kind: {name: [] for name in fillers} for kind in WIDTHS}
    for kind, true, inside in cases(photos, count):
        seen = np.where(inside[..., None] > 0, np.float32(0.5), true)
        for name, fill in fillers.items():
            figures[kind][name].append(psnr(fill(seen, inside)[inside > 0], true[inside > 0]))
    return {
        kind: {name: round(float(np.mean(values)), 2) for name, values in by_name.items()}
        for kind, by_name in figures.items()
    }
