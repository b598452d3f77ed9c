"""A tiny folder of photographs and damage to measure on, laid out like the one that the networks are trained on."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from pictures import photo_samples

from core.training.marked import DAMAGED, GREYS, KEPT, PRESUMED, UNKNOWN
from core.training.photos import stable

SIZE = (120, 150)


def kept_name(start: str, ending: str, share: float) -> str:
    """A file name that falls into the part kept for validation."""
    return next(f"{start}_{i}{ending}" for i in range(1000) if stable(f"{start}_{i}{ending}") < share)


def save(path: Path, picture: NDArray[np.uint8]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), picture)


def make_photos(folder: Path, marks: Path) -> Path:
    """Two sound photographs, one damaged one with marks, and one real example of each kind of damage."""
    for i in range(2):
        save(folder / "modern" / f"a_{i}.png", photo_samples(*SIZE, seed=i))
    for name in ("modern_large", "damage/paper", "damage/overlays"):
        (folder / name).mkdir(parents=True)
    rng = np.random.default_rng(1)
    noise = cv2.GaussianBlur(rng.integers(0, 256, (300, 300), np.uint8), (0, 0), 4)
    sprite = np.zeros((60, 80), np.uint8)
    cv2.line(sprite, (5, 5), (70, 50), 255, 2)
    dust = np.full((200, 240), 128, np.uint8)
    dust[50:54, 60:66] = 255
    damage = folder / "damage"
    save(damage / "film_sprites" / kept_name("hair", ".png", 0.15), sprite)
    save(damage / "film_dust" / kept_name("dust", ".png", 0.25), dust)
    save(damage / "stains" / kept_name("stain", ".png", 0.15), 255 - cv2.GaussianBlur(sprite, (0, 0), 5))
    save(damage / "crumple" / "one.jpg", noise)
    shapes = [
        ["Dust", (np.array([[0, 0], [9, 1], [5, 8]]) + rng.uniform(0, 900, 2)).ravel().tolist()] for _ in range(200)
    ]
    (damage / "film_polygons.json.gz").write_bytes(gzip.compress(json.dumps({"scan_04": shapes}).encode()))
    old = next(f"old_{i}" for i in range(1000) if stable(f"old_{i}") < KEPT)
    save(folder / "old_damaged" / f"{old}.png", scratched())
    save(marks / f"{old}.png", np.vectorize(GREYS.get)(old_labels()).astype(np.uint8))
    return folder


def old_labels() -> NDArray[np.uint8]:
    """A scratch down the photograph, and a border that nobody can judge."""
    labels = np.full(SIZE, PRESUMED, np.uint8)
    labels[20:100, 70:73] = DAMAGED
    labels[:, :10] = UNKNOWN
    return labels


def scratched() -> NDArray[np.uint8]:
    """The photograph of these labels."""
    photo = photo_samples(*SIZE, seed=7)
    photo[old_labels() == DAMAGED] = 250
    return np.asarray(photo, np.uint8)
