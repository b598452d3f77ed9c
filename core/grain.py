"""Grain for a fill: as strong as around it at the same brightness, and as coarse."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .color import View

BLUR = 2.5
"""Standard deviation in pixels of what separates grain from the picture."""
FLATTEST = 0.35
"""Share of the surroundings, the one with the least detail, where the grain is measured."""
LEVELS = 8
"""Of brightness, at which the grain is measured."""
STRONGEST = 0.05
"""Standard deviation that counts as grain at most: what is more is the picture's own texture."""
BEYOND = np.float32(1e4)
"""Values further from 0 have no brightness to measure."""
SAMPLE = 32
"""Pixels along a side of the surroundings' flattest part, whose texture the grain takes."""
PERIOD = 128
"""Pixels after which the grain repeats itself."""
ENOUGH = 8192
"""Pixels that a statistic is made from, where there are more."""


@dataclass(frozen=True)
class Grain:
    """What a fill lacks of the grain around it: its standard deviation, and noise of deviation 1, both (h, w)."""

    lacking: NDArray[np.float32]
    noise: NDArray[np.float32]

    def at(self, places: NDArray[np.bool_]) -> Grain:
        """That of n places (h, w), row by row: (n,)."""
        return Grain(self.lacking[places], self.noise[places])


def grain_of(view: View, filled: View, hole: NDArray[np.bool_], seed: tuple[int, int]) -> Grain | None:
    """The grain that the filled view (h, w, C) lacks in the hole (h, w); None where there is nothing to measure it by.

    What the fill has of its own is taken into account. seed: the same grain every time.
    """
    view, fill = _bounded(view), _bounded(filled)
    smooth = _sound_and_smooth(view, hole)
    residual = np.where(hole, np.float32(0), _luma(view - smooth))
    away = cv2.dilate(hole.astype(np.uint8), np.ones((5, 5), np.uint8)) == 0
    if np.count_nonzero(away) < SAMPLE:
        return None
    detail = _detail(view)
    texture = _texture(residual, away & (detail <= np.quantile(_some(detail[away]), FLATTEST)), seed)
    wanted = _deviations(_some(_luma(smooth)[away]), _some(residual[away]), _some(detail[away]), _luma(fill))
    has = _local_deviation(fill, hole)
    return Grain(np.sqrt(np.maximum(wanted**2 - has**2, 0)), texture)


def grained(fill: View, grain: Grain, strength: float) -> View:
    """Filled pixels (..., C) with as much of their grain (...) as the strength says, 0..1."""
    return np.asarray(fill + (grain.lacking * np.float32(strength) * grain.noise)[..., None], np.float32)


def _bounded(view: View) -> View:
    return np.clip(np.nan_to_num(view, nan=0.0), -BEYOND, BEYOND)


def _luma(view: View) -> NDArray[np.float32]:
    return np.asarray(view @ np.full(view.shape[2], 1 / view.shape[2], np.float32), np.float32)


def _smooth(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), BLUR), np.float32).reshape(values.shape)


def _sound_and_smooth(view: View, hole: NDArray[np.bool_]) -> View:
    """The smooth part of the view (h, w, C), from what is sound alone."""
    sound = np.asarray(~hole, np.float32)
    weight = np.maximum(_smooth(sound), np.float32(1e-3))
    return np.asarray(_smooth(view * sound[..., None]) / weight[..., None], np.float32)


def _detail(view: View) -> NDArray[np.float32]:
    """How much the view changes from place to place, grain apart: (h, w)."""
    smooth = _smooth(_smooth(_luma(view)))
    return np.asarray(np.hypot(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)), np.float32)


def _some(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Every so many of the values (n,), about ENOUGH of them."""
    return values[:: max(1, len(values) // ENOUGH)]


def _deviations(
    brightness: NDArray[np.float32],
    residual: NDArray[np.float32],
    detail: NDArray[np.float32],
    filled: NDArray[np.float32],
) -> NDArray[np.float32]:
    """The standard deviation of the grain at the brightness of each filled pixel (h, w), from n pixels around it (n,).

    Of each level of brightness the pixels with least detail count, and of these the median: what is left of the
    picture in the residual has long tails.
    """
    levels = max(1, min(LEVELS, len(brightness) // (4 * SAMPLE)))
    order = np.argsort(brightness)[: len(brightness) // levels * levels].reshape(levels, -1)
    kept = max(1, int(FLATTEST * order.shape[1]))
    flat = np.take_along_axis(order, np.argpartition(detail[order], kept - 1, axis=1)[:, :kept], axis=1)
    deviations = np.minimum(np.median(np.abs(residual[flat]), axis=1) / 0.6745, STRONGEST)
    return np.asarray(np.interp(_smooth(filled), brightness[flat].mean(axis=1), deviations), np.float32)


def _local_deviation(filled: View, hole: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The standard deviation of a fill's own finest detail, (h, w), over some pixels."""
    luma = _luma(filled)
    inside = hole.astype(np.float32)
    power = _smooth((luma - _smooth(luma)) ** 2 * inside) / np.maximum(_smooth(inside), np.float32(1e-3))
    return np.asarray(np.sqrt(power), np.float32)


def _texture(residual: NDArray[np.float32], flat: NDArray[np.bool_], seed: tuple[int, int]) -> NDArray[np.float32]:
    """Noise (h, w) of deviation 1 with the spectrum of the flattest square of the surroundings' residual (h, w).

    B. Galerne, Y. Gousseau, J.-M. Morel, Random phase textures, 2011: the square's Fourier amplitudes with random
    phases. It is of brightness alone: coloured grain is seen as a cast.
    """
    height, width = flat.shape
    side = min(SAMPLE, height, width)
    share = cv2.boxFilter(flat.astype(np.float32), -1, (side, side), borderType=cv2.BORDER_CONSTANT)
    inner = share[side // 2 : height - (side - 1) // 2, side // 2 : width - (side - 1) // 2]
    top, left = np.unravel_index(int(np.argmax(inner)), inner.shape)
    square = (residual * flat)[top : top + side, left : left + side]
    noise = _random_phases(square - square.mean() * (square != 0), seed)
    deviation = float(noise.std())
    if deviation < 1e-6:
        return np.zeros((height, width), np.float32)
    tiled = noise[np.arange(height)[:, None] % PERIOD, np.arange(width) % PERIOD]
    return np.asarray(np.clip(tiled / np.float32(deviation), -4, 4), np.float32)


def _random_phases(square: NDArray[np.float32], seed: tuple[int, int]) -> NDArray[np.float32]:
    """Noise (PERIOD, PERIOD), periodic, with the amplitudes of a square's spectrum."""
    white = np.fft.rfft2(np.random.default_rng(seed).standard_normal((PERIOD, PERIOD), np.float32))
    phase = white / np.maximum(np.abs(white), np.float32(1e-9))
    return np.asarray(np.fft.irfft2(np.fft.rfft2(square, (PERIOD, PERIOD)) * phase, (PERIOD, PERIOD)), np.float32)
