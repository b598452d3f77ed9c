"""A curve as a table between whose steps values are interpolated: np.interp to the last bit, and several times faster.

What takes np.interp its time is to find the step that each value lies in. Here the first bits of a float32, exponent
and mantissa, say it: they divide 0..1 so finely that in each part one step begins at most.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MANTISSA = 14
"""Bits of it that count."""
SHIFT = np.uint32(23 - MANTISSA)
BLOCK = 1 << 16
"""Values at once: what is needed in between stays in the processor's cache."""


class Curve:
    """From x to y: two rising tables (n,), x from 0 to 1."""

    def __init__(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        self._x, self._y = x, np.append(y, y[-1])
        self._slope = np.append(np.diff(y) / np.diff(x), 0.0)
        self._next = np.append(x[1:], np.inf)
        self._first = _cell(np.array([x[1]], np.float32))[0]
        cells = np.arange(self._first, _cell(np.ones(1, np.float32))[0] + 2, dtype=np.uint32)
        starts = (cells << SHIFT).view(np.float32).astype(np.float64)
        steps = np.searchsorted(x, starts, "right") - 1
        if np.diff(steps).max() > 1:
            raise ValueError("the steps of a curve lie too close to each other")
        steps[0] = 0
        self._steps = steps.astype(np.intp)

    def __call__(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """y of values within 0..1, of any shape."""
        flat = np.ascontiguousarray(values, np.float32).reshape(-1)
        out = np.empty_like(flat)
        for start in range(0, len(flat), BLOCK):
            part = flat[start : start + BLOCK]
            step = self._steps.take(np.maximum(_cell(part), self._first) - self._first, mode="clip")
            step += part >= self._next.take(step, mode="clip")
            inside = (part - self._x.take(step, mode="clip")) * self._slope.take(step, mode="clip")
            inside += self._y.take(step, mode="clip")
            out[start : start + BLOCK] = inside
        return out.reshape(values.shape)


def _cell(values: NDArray[np.float32]) -> NDArray[np.uint32]:
    return np.abs(values).view(np.uint32) >> SHIFT  # there is a zero below zero
