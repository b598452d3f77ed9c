"""Noise of colour, taken away where a colour's differences are no larger than it.

The eye sees the detail of brightness and hardly that of colour, so colour may be smoothed strongly: locally linear
minimum mean square error, J.-S. Lee, Digital image enhancement and noise filtering by use of local statistics, 1980.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..color import View

WINDOW = 9
"""Pixels along the side of the square whose differences are weighed."""
AROUND = 81
"""Pixels along the side of the square in which the noise is measured."""
ASSUMED = np.float32(1.3)
"""Times the measured variance: noise is coarser than the measure sees."""
KERNEL = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32) / 6
"""Deviation 1 over white noise of deviation 1, blind to slopes: J. Immerkær, Fast noise variance estimation, 1996."""


def quiet_chroma(view: View) -> View:
    """A coloured view (h, w, 3) with less noise in its differences of colour; its brightness stays."""
    grey = view.mean(2, keepdims=True)
    return np.asarray(grey + _quiet(view - grey), np.float32)


def seen_by_networks(view: View) -> View:
    """A view (h, w, C) in 0..1 without noise of colour: that needs no network, and each learns the rest the better."""
    return view if view.shape[2] == 1 else np.asarray(np.clip(quiet_chroma(view), 0, 1), np.float32)


def _quiet(colour: View) -> View:
    """Differences of colour (h, w, 3), each channel drawn to its mean by the share of noise in its variance."""
    fine = cv2.filter2D(colour, -1, KERNEL, borderType=cv2.BORDER_REFLECT_101)
    noise = _mean(fine * fine, AROUND) * ASSUMED
    middle = _mean(colour, WINDOW)
    variance = np.maximum(_mean(colour * colour, WINDOW) - middle * middle, 0)
    kept = np.maximum(variance - noise, 0) / np.maximum(variance, np.float32(1e-9))
    return np.asarray(middle + kept * (colour - middle), np.float32)


def _mean(values: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    return np.asarray(cv2.blur(values, (side, side), borderType=cv2.BORDER_REFLECT_101), np.float32)
