"""A grid between the pixels of the photo where they are large."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FROM = 8.0
"""The scale from which the grid is shown."""
STRENGTH = 77
"""Of 255: how much of its pixel a line covers."""


def grid(pixels: NDArray[np.uint8], columns: NDArray[np.bool_], rows: NDArray[np.bool_]) -> NDArray[np.uint32]:
    """Lines over these pixels (h, w, 4 BGRA) along the columns (w) and rows (h) that are True, dark on bright ones and
    bright on dark ones; as 0xAARRGGBB with premultiplied alpha.
    """
    lines = np.zeros(pixels.shape[:2], np.uint32)
    lines[:, columns] = _line(pixels[:, columns])
    lines[rows] = _line(pixels[rows])
    return lines


def _line(pixels: NDArray[np.uint8]) -> NDArray[np.uint32]:
    blue, green, red = (pixels[..., channel].astype(np.uint16) for channel in range(3))
    bright = 29 * blue + 150 * green + 77 * red > 127 * 256
    return np.where(bright, np.uint32(STRENGTH << 24), np.uint32(STRENGTH * 0x01010101))


def first_columns(first: int, last: int, corner: int, scale: float, count: int) -> NDArray[np.bool_]:
    """Which of the device pixels first..last-1 of one axis begin another of the photo's `count` pixels, whose first
    begins at `corner`.
    """
    places = np.arange(first - 1, last) - corner
    cells = np.floor((places + 0.5) / scale)
    return np.asarray((cells[1:] != cells[:-1]) & (cells[1:] >= 0) & (cells[1:] <= count), np.bool_)
