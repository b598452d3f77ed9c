"""How like two pictures are."""

from __future__ import annotations

import numpy as np

from core.training.textures import Bytes, Field


def unit(picture: Bytes) -> Field:
    """uint8 as float32, 0..1."""
    return np.asarray(picture, np.float32) / np.float32(255)


def psnr(image: Field, true: Field) -> float:
    """Peak signal-to-noise ratio in dB of values 0..1, at most 60, about what bytes allow."""
    return float(-10 * np.log10(max(float(np.mean((image - true) ** 2, dtype=np.float64)), 1e-6)))
