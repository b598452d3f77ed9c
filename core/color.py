"""Between a photo's samples and what networks and fills work on: the view.

The view is float32, sRGB-encoded (IEC 61966-2-1), 0..1 where the photo stays in its range; floating-point photos may
go beyond. The primaries of the photo's profile are kept: only tones are converted.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .icc import TABLE_SIZE, tone_curves

Samples = NDArray[Any]
View = NDArray[np.float32]

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""Of red, green and blue: ITU-R BT.601, as JPEG's."""
STRIP = 256
LOOKED_UP = (np.uint8, np.uint16)
"""Types of which each value is converted once."""


@dataclass(frozen=True)
class Encoding:
    """What samples mean: curve is "linear", "srgb" or "profile" (the ICC profile's own; sRGB's where there is none)."""

    curve: str = "profile"
    profile: bytes | None = None

    def tables(self) -> list[NDArray[np.float64]] | None:
        """Tables from encoded samples to the view; None where samples are sRGB-encoded already.

        A profile whose curve is within one 8-bit level of sRGB's counts as sRGB.
        """
        return None if self.curve != "profile" or self.profile is None else _tables(self.profile)

    @property
    def is_srgb(self) -> bool:
        """Whether samples are sRGB-encoded already."""
        return self.curve != "linear" and self.tables() is None


@lru_cache(maxsize=4)
def _tables(profile: bytes) -> list[NDArray[np.float64]] | None:
    curves = tone_curves(profile)
    if curves is None:
        return None
    steps = np.linspace(0.0, 1.0, TABLE_SIZE)
    tables = [srgb_encoded(curve) for curve in curves]
    return None if max(np.abs(t - steps).max() for t in tables) < 1 / 255 else tables


def srgb_encoded(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    """sRGB's curve over linear light, mirrored below zero and continued above one."""
    size = np.abs(linear)
    curve = np.where(size <= 0.0031308, 12.92 * size, 1.055 * size ** (1 / 2.4) - 0.055)
    return np.copysign(curve, linear)


def srgb_decoded(encoded: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inverse of srgb_encoded."""
    size = np.abs(encoded)
    curve = np.where(size <= 0.04045, size / 12.92, ((size + 0.055) / 1.055) ** 2.4)
    return np.copysign(curve, encoded)


def to_view(samples: Samples, encoding: Encoding) -> View:
    """Samples (H, W, C), C = 1 or 3, of any stored type as a view (H, W, C); what is not a number becomes 0."""
    if samples.dtype in LOOKED_UP and not encoding.is_srgb:
        levels = _levels(encoding, samples.dtype, samples.shape[2])
        return np.stack([levels[:, c].take(samples[..., c]) for c in range(samples.shape[2])], axis=2)
    return _calculated(samples, encoding)


@lru_cache(maxsize=8)
def _levels(encoding: Encoding, dtype: np.dtype[Any], channels: int) -> View:
    """The view of every value that a sample of a small type can have, (values, C)."""
    values = np.arange(np.iinfo(dtype).max + 1).astype(dtype)
    return np.ascontiguousarray(_calculated(np.repeat(values[:, None, None], channels, axis=2), encoding)[:, 0])


def _calculated(samples: Samples, encoding: Encoding) -> View:
    if samples.dtype.kind == "u":
        values = samples.astype(np.float32)
        values *= np.float32(1.0 / np.iinfo(samples.dtype).max)
    else:
        values = np.nan_to_num(samples.astype(np.float32), copy=False, posinf=1.0, neginf=0.0)
    if encoding.is_srgb:
        return values
    tables = encoding.tables()
    steps = np.linspace(0.0, 1.0, TABLE_SIZE)
    for top in range(0, len(values), STRIP):  # strip by strip: the arithmetic needs a multiple of a strip's memory
        strip = values[top : top + STRIP]
        if tables is None:
            strip[:] = srgb_encoded(strip.astype(np.float64))
        else:
            for channel in range(strip.shape[2]):
                strip[..., channel] = _through(strip[..., channel], steps, tables[channel % len(tables)])
    return values


def from_view(view: View, dtype: np.dtype[Any], encoding: Encoding) -> Samples:
    """The view (H, W, C) as samples of the stored type; integers are rounded and clipped to their range."""
    values = view.astype(np.float64)
    if encoding.curve == "linear":
        values = srgb_decoded(values)
    else:
        tables = encoding.tables()
        if tables is not None:
            steps = np.linspace(0.0, 1.0, TABLE_SIZE)
            for channel in range(values.shape[2]):
                values[..., channel] = _through(values[..., channel], tables[channel % len(tables)], steps)
    if dtype.kind == "u":
        top = np.iinfo(dtype).max
        return np.clip(np.rint(values * top), 0, top).astype(dtype)
    return values.astype(dtype)


def _through(values: NDArray[np.floating], x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Interpolate in a table over 0..1; what lies outside keeps its distance to the end."""
    inside = np.clip(values, x[0], x[-1])
    return np.asarray(np.interp(inside, x, y) + (values - inside), np.float64)
