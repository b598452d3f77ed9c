"""A photo on which nothing is to be seen, where only its size counts."""

from __future__ import annotations

import numpy as np

from core.photo import Mask, Photo


def plain(height: int, width: int, selection: Mask | None = None) -> Photo:
    """A grey photo, 8 bits."""
    return Photo(np.broadcast_to(np.uint8(80), (height, width, 1)), selection=selection)
