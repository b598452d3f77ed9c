"""A plane at halved sizes, each cell the maximum of what it covers: thin marks stay visible at any zoom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.photo import Box

HALVINGS = 6
"""Down to 1:64, the smallest zoom of the canvas."""
STRIP = 256


class Reduced:
    """Levels 1..HALVINGS of a plane (H, W); level k has ceil(H / 2^k) rows. Level 0, the plane itself, is not kept."""

    def __init__(self, height: int, width: int, dtype: type[np.unsignedinteger[Any]]) -> None:
        self.height, self.width = height, width
        self.levels: list[NDArray[Any]] = [
            np.zeros((-(-height >> k), -(-width >> k)), dtype) for k in range(1, HALVINGS + 1)
        ]

    def level(self, k: int) -> NDArray[Any]:
        """Level k, from 1 on."""
        return self.levels[k - 1]

    def update(
        self, box: Box, plane: Callable[[Box], NDArray[Any]], stopped: Callable[[], bool] = lambda: False
    ) -> None:
        """Take over what changed inside of the box; plane gives level 0's values (h, w) of any box asked for."""
        left, right = box.left & ~1, min(box.right + 1 & ~1, self.width)
        for top in range(box.top & ~1, box.bottom, STRIP):
            if stopped():
                return
            bottom = min(top + STRIP, box.bottom + 1 & ~1, self.height)
            halved = halved_maximum(plane(Box(left, top, right, bottom)))
            y, x = top >> 1, left >> 1
            self.levels[0][y : y + halved.shape[0], x : x + halved.shape[1]] = halved
        for k in range(1, HALVINGS):
            y, x = box.top >> k & ~1, box.left >> k & ~1
            bottom, right = (-(-box.bottom >> k) + 1) & ~1, (-(-box.right >> k) + 1) & ~1
            halved = halved_maximum(self.levels[k - 1][y:bottom, x:right])
            self.levels[k][y >> 1 : (y >> 1) + halved.shape[0], x >> 1 : (x >> 1) + halved.shape[1]] = halved


def halved_maximum(plane: NDArray[Any]) -> NDArray[Any]:
    """The plane (h, w) at half its size, rounded up: the maximum of each 2 x 2 cells."""
    height, width = plane.shape
    rows = np.maximum(plane[0 : height - 1 : 2], plane[1::2])
    if height % 2:
        rows = np.concatenate([rows, plane[-1:]])
    columns = np.maximum(rows[:, 0 : width - 1 : 2], rows[:, 1::2])
    return np.concatenate([columns, rows[:, -1:]], axis=1) if width % 2 else columns
