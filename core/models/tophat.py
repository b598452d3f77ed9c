"""The classical detector: what stands out from its surroundings in a small neighbourhood.

White and black top-hats (opening and closing residues; J. Serra, Image Analysis and Mathematical Morphology, 1982)
find bright and dark structures thinner than the kernel; the noise around decides how far they must stand out.
"""

from __future__ import annotations

import cv2
import numpy as np

from ..color import View
from .registry import Detector, Probability

NOISE_WINDOW = 65


def top_hat_detector(size: int = 9, contrast: float = 0.09, noise_factor: float = 4.0) -> Detector:
    """A detector whose probability is one half where the top-hat is `contrast` (view units) above the expected noise.

    size is the kernel's diameter in pixels: thicker damage is not found. noise_factor weighs the mean top-hat around.
    """
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))

    def detect(view: View) -> Probability:
        grey = np.clip(view.mean(axis=2), 0, 1)
        residue = np.maximum(
            cv2.morphologyEx(grey, cv2.MORPH_TOPHAT, kernel),
            cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, kernel),
        )
        usual = cv2.blur(residue, (NOISE_WINDOW, NOISE_WINDOW))
        excess = (residue - np.maximum(noise_factor * usual, contrast)) / contrast
        return np.asarray(1 / (1 + np.exp(np.minimum(-4 * excess, 80))), np.float32)  # beyond it float32 overflows

    return detect
