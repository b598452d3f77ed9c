"""CIE L*a*b* as the report writes it, with its numbers to the digit.

The equations are those of Hu, Shkurat and Kasner, Grayscale Image Colorization Method Based on U-Net Network, 2024.
They take sRGB-encoded values for linear light: no gamma is undone. So these are not the L*, a* and b* of colour
science, only the report's; and where its constants disagree (903.3 and 7.787, matrices of six digits), so does this.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]

TO_XYZ = np.array(
    [[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]], np.float32
)
FROM_XYZ = np.array(
    [[3.240479, -1.53715, -0.498535], [-0.969256, 1.875991, 0.041556], [0.055648, -0.204043, 1.057311]], np.float32
)
WHITE = np.array([0.95, 1.0, 1.089], np.float32)
DARK = 0.008856
"""Share of white up to which lightness is a straight line."""


def lab(rgb: Values) -> Values:
    """RGB (..., 3), gamma-encoded, 0..1 -> L 0..100, a and b about -110..110: (..., 3)."""
    xyz = np.clip(rgb @ TO_XYZ.T / WHITE, 0, None)
    x, y, z = np.moveaxis(_f(xyz), -1, 0)
    return np.stack([lightness(xyz[..., 1]), 500 * (x - y), 200 * (y - z)], axis=-1)


def lightness(y: Values) -> Values:
    """L, 0..100, of Y, 0..1, any shape; a grey's Y is its own level."""
    return np.asarray(np.where(y > DARK, 116 * np.cbrt(y) - 16, np.float32(903.3) * y), np.float32)


def rgb(lab: Values) -> Values:
    """The inverse of lab: (..., 3) -> RGB, which lies beyond 0..1 where there is no such colour."""
    light = lab[..., 0]
    dark = light <= 903.3 * DARK
    y = np.where(dark, light / np.float32(903.3), ((light + 16) / 116) ** 3).astype(np.float32)
    f = _f(y)
    x, z = _inverse_f(f + lab[..., 1] / np.float32(500)), _inverse_f(f - lab[..., 2] / np.float32(200))
    return np.asarray(np.stack([x, y, z], axis=-1) * WHITE @ FROM_XYZ.T, np.float32)


def eight_bit(lab: Values) -> NDArray[np.uint8]:
    """L 255 / 100, a + 128, b + 128, rounded to bytes: (..., 3)."""
    return np.asarray(np.clip(np.rint(lab * SCALE + OFFSET), 0, 255), np.uint8)


def from_eight_bit(values: NDArray[np.uint8] | Values) -> Values:
    """The inverse of eight_bit, of bytes or of what was not rounded."""
    return np.asarray((values - OFFSET) / SCALE, np.float32)


SCALE = np.array([2.55, 1, 1], np.float32)
OFFSET = np.array([0, 128, 128], np.float32)


def _f(t: Values) -> Values:
    return np.asarray(np.where(t > DARK, np.cbrt(t), np.float32(7.787) * t + np.float32(16 / 116)), np.float32)


def _inverse_f(f: Values) -> Values:
    return np.asarray(np.where(f > DARK ** (1 / 3), f**3, (f - np.float32(16 / 116)) / np.float32(7.787)), np.float32)
