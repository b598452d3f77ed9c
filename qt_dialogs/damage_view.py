"""The photo as faint damage is seen best: what differs from its surroundings, in grey and with more contrast."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

AROUND = 10.0
"""Pixels of the photo, or of the screen where those are larger, on each side with which a place is compared."""


def around(scale: float) -> int:
    """AROUND in device pixels."""
    return round(AROUND * max(1.0, scale))


def faint_damage(pixels: NDArray[np.uint8], reach: int, contrast: float) -> NDArray[np.uint8]:
    """How pixels (h, w, 4 BGRA) differ in brightness from their surroundings, `reach` on each side.

    Returns (h, w), 128 where not at all; contrast 0..1.
    """
    import cv2  # a tenth of a second to load: not before the window is there

    grey = cv2.cvtColor(pixels, cv2.COLOR_BGRA2GRAY).astype(np.float32)
    size = 2 * (reach // 2) + 1, 2 * (reach // 2) + 1
    surroundings = cv2.blur(cv2.blur(grey, size, borderType=cv2.BORDER_REFLECT), size, borderType=cv2.BORDER_REFLECT)
    gain = 2.0 ** (0.5 + 4 * contrast)
    return np.asarray(np.clip(128 + gain * (grey - surroundings), 0, 255), np.uint8)
