"""Random fields: white noise, grain, clouds. Zero mean, about unit deviation, float32 (H, W)."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

Field = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
Rng = np.random.Generator

BANK = 1536


@cache
def noise_bank() -> Field:
    """One large field of white noise; windows of it are far cheaper than new noise."""
    return np.random.default_rng(20261122).standard_normal((BANK, BANK), dtype=np.float32)


def white(rng: Rng, h: int, w: int) -> Field:
    """White Gaussian noise (h, w)."""
    if h > BANK or w > BANK:
        return rng.standard_normal((h, w), dtype=np.float32)
    y, x = int(rng.integers(BANK - h + 1)), int(rng.integers(BANK - w + 1))
    window = noise_bank()[y : y + h, x : x + w]
    if rng.random() < 0.5:
        window = window[::-1]
    if rng.random() < 0.5:
        window = window[:, ::-1]
    return np.ascontiguousarray(window)


def grain(rng: Rng, h: int, w: int, size: float) -> Field:
    """Noise correlated over about `size` pixels (0: white), unit deviation."""
    field = white(rng, h, w)
    if size < 0.3:
        return field
    field = blurred(field, size)
    return field * np.float32(1.0 / max(float(field.std()), 1e-4))


def cloud(rng: Rng, h: int, w: int, size: float) -> Field:
    """Smooth noise with features of about `size` pixels."""
    gh, gw = max(2, round(h / size) + 3), max(2, round(w / size) + 3)
    # a margin of one node at each side, moved by a fraction of it, hides the grid's phase
    big = cv2.resize(
        white(rng, min(gh, BANK), min(gw, BANK)),
        (w + 2 * max(1, w // gw), h + 2 * max(1, h // gh)),
        interpolation=cv2.INTER_CUBIC,
    )
    y, x = int(rng.integers(big.shape[0] - h + 1)), int(rng.integers(big.shape[1] - w + 1))
    return np.ascontiguousarray(big[y : y + h, x : x + w])


def octaves(rng: Rng, h: int, w: int, size: float, count: int = 4, gain: float = 0.55) -> Field:
    """Clouds over clouds, each half as large and `gain` times as strong: natural outlines and stains."""
    total = cloud(rng, h, w, size)
    power, strength = 1.0, 1.0
    for _ in range(count - 1):
        size, strength = size / 2, strength * gain
        if size < 1.5:
            break
        total += np.float32(strength) * cloud(rng, h, w, size)
        power += strength**2
    return total * np.float32(1.0 / np.sqrt(power))


def blurred(field: Field, sigma: float) -> Field:
    """Gaussian blur of (H, W) or (H, W, C); sigma in pixels, below 0.25 nothing."""
    if sigma < 0.25:
        return field
    return np.asarray(cv2.GaussianBlur(field, (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101), np.float32)
