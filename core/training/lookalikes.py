"""What looks like damage and is none, drawn on sound photographs: writing, and fine lines in regular order."""

from __future__ import annotations

import string

import cv2
import numpy as np

from core.training.textures import Bytes, Field, Rng, blurred, cloud

HANDS = (cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, cv2.FONT_HERSHEY_SCRIPT_COMPLEX)
FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_PLAIN,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_COMPLEX | cv2.FONT_ITALIC,
)

LETTERS = list(string.ascii_lowercase * 3 + "eeeaaaooiinnrrtt")
"""Those that are frequent stand here more often."""


def drawn_on(rng: Rng, photo: Bytes) -> Bytes:
    """A photo, uint8 (H, W, 3), with one of them on it."""
    h, w = photo.shape[:2]
    alpha = writing(rng, h, w) if rng.random() < 0.5 else lattice(rng, h, w)
    image = photo.astype(np.float32)
    return np.asarray(np.clip(image + alpha[..., None] * (tint(rng) - image), 0, 255), np.uint8)


def tint(rng: Rng) -> Field:
    """Of ink, paint or metal: (3,), 0..255; dark, light, or of any colour."""
    draw = rng.random()
    tone = rng.uniform(0, 70) if draw < 0.45 else rng.uniform(180, 255) if draw < 0.85 else rng.uniform(0, 255)
    return np.asarray(np.clip(tone + rng.normal(0, 25 if rng.random() < 0.4 else 4, 3), 0, 255), np.float32)


def words(rng: Rng) -> str:
    """A word or a few, of any letters, or a number: what they say does not matter."""
    if rng.random() < 0.2:
        return str(rng.integers(1, 20000))
    made = ["".join(rng.choice(LETTERS, int(rng.integers(2, 10)))) for _ in range(int(rng.integers(1, 4)))]
    return " ".join(word.upper() if rng.random() < 0.1 else word.capitalize() for word in made)


def writing(rng: Rng, h: int, w: int) -> Field:
    """Lines of writing by hand or in print, slanted and uneven: opacity (h, w), 0..1."""
    fonts = HANDS if rng.random() < 0.7 else FONTS
    font = int(fonts[int(rng.integers(len(fonts)))])
    size = float(np.exp(rng.uniform(np.log(0.4), np.log(3.0))))
    thick = max(1, round(size * rng.uniform(0.5, 2.2)))
    sheet = np.zeros((2 * h, 2 * w), np.uint8)  # at twice the size: fine strokes between pixels
    top, left = int(rng.uniform(0.1, 1.7) * h), int(rng.uniform(-0.2, 1.2) * w)
    for line in range(int(rng.integers(1, 4))):
        place = (left + int(rng.normal(0, 6)), top + int(line * 2 * size * rng.uniform(32, 44)))
        cv2.putText(sheet, words(rng), place, font, 2 * size, 255, thick, cv2.LINE_AA)
    alpha = np.asarray(cv2.resize(sheet, (w, h), interpolation=cv2.INTER_AREA), np.float32) / np.float32(255)
    y, x = np.indices((h, w), dtype=np.float32)
    sway = size * rng.uniform(0, 3.5)
    x = x + np.float32(sway) * cloud(rng, h, w, 25 * size) + np.float32(rng.normal(0, 0.3)) * (y - h / 2)
    y = y + np.float32(sway) * cloud(rng, h, w, 25 * size) + np.float32(rng.normal(0, 0.15)) * (x - w / 2)
    alpha = np.asarray(cv2.remap(alpha, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR), np.float32)
    alpha = np.rot90(alpha, int(rng.choice([0, 0, 0, 0, 0, 1, 2, 3]))) if h == w else alpha
    pressure = np.clip(np.float32(rng.uniform(0.5, 1.2)) + np.float32(0.25) * cloud(rng, h, w, 30), 0, 1)
    return np.asarray(alpha * pressure, np.float32)


def lattice(rng: Rng, h: int, w: int) -> Field:
    """Fine lines at even distances in one direction or two, in perspective, on a part of the picture: cages, fences,
    nets, shutters, ruled paper. Opacity (h, w), 0..1.
    """
    y, x = np.indices((h, w), dtype=np.float32)
    x, y = x - w / 2, y - h / 2
    bent = np.float32(rng.uniform(0, 6)) * cloud(rng, h, w, rng.uniform(60, 250))
    pitch, width = float(np.exp(rng.uniform(np.log(5), np.log(36)))), rng.uniform(0.5, 2.2)
    first = rng.uniform(0, np.pi)
    angles = [first] if rng.random() < 0.4 else [first, first + np.pi / 2 + rng.normal(0, 0.35)]
    alpha = np.zeros((h, w), np.float32)
    for angle in angles:
        across = x * np.cos(angle) + y * np.sin(angle) + bent
        along = y * np.cos(angle) - x * np.sin(angle)
        spread = 1 + along * np.float32(rng.normal(0, 0.25) / max(h, w))
        phase = across * spread / np.float32(pitch * rng.uniform(0.8, 1.25)) + np.float32(rng.uniform(0, 1))
        away = (phase - np.round(phase)) * np.float32(pitch)
        alpha = np.maximum(alpha, np.exp(-((away / np.float32(width)) ** 2)))
    where = cloud(rng, h, w, max(h, w) * rng.uniform(0.3, 1)) + np.float32(rng.uniform(-0.3, 1.5))
    part = 1 / (1 + np.exp(-np.clip(8 * where, -30, 30)))
    return np.asarray(blurred(alpha * part * np.float32(rng.uniform(0.3, 1)), rng.uniform(0, 0.8)), np.float32)
