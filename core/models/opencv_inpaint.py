"""The classical fills of OpenCV: Telea's fast marching and Bertalmio's Navier-Stokes inpainting.

A. Telea, An image inpainting technique based on the fast marching method, 2004; M. Bertalmio et al., Navier-Stokes,
fluid dynamics, and image and video inpainting, 2001.
"""

from __future__ import annotations

import cv2
import numpy as np

from ..color import View
from ..photo import Mask
from .filling import LARGEST, Filler, one_by_one

METHODS = {"telea": cv2.INPAINT_TELEA, "ns": cv2.INPAINT_NS}

SCALE = np.float32(65535)
"""OpenCV's Telea adds up to two units to every filled value whatever the type: at this scale that is nothing."""
SMALLEST = 3
"""OpenCV's Telea reads beyond pictures of a single row or column."""


def opencv_filler(method: str) -> Filler:
    """A filler that works channel by channel in 32-bit float, so no depth is lost; method is "telea" or "ns"."""
    flag = METHODS[method]

    def fill(view: View, hole: Mask, radius: float) -> View:
        height, width, count = view.shape
        if min(height, width) < SMALLEST:
            more = ((0, max(SMALLEST - height, 0)), (0, max(SMALLEST - width, 0)))
            return fill(np.pad(view, (*more, (0, 0)), "edge"), np.pad(hole, more, "edge"), radius)[:height, :width]
        filled = np.empty_like(view)
        for channel in range(count):
            scaled = np.clip(view[..., channel], -LARGEST, LARGEST) * SCALE
            np.divide(cv2.inpaint(scaled, hole, radius, flag), SCALE, out=filled[..., channel])
        return filled

    return one_by_one(lambda hole: fill(hole.view, hole.mask, hole.radius))
