"""A network over a picture of any size, tile by tile.

Tiles of a picture have one size, with which they need as few and as small ones as they can: what a last tile computed
once more cost a quarter of a detection. Their origins are multiples of the network's total stride, counted from the
photo's origin, because a network with pooling answers differently at another phase. Around each tile's own part lies an
overlap that is computed and thrown away.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from .color import View
from .photo import Box


@dataclass(frozen=True)
class Grid:
    """How to cut: largest tile, stride and overlap in pixels. tile and overlap are multiples of the stride."""

    tile: int
    stride: int
    overlap: int


@dataclass(frozen=True)
class Tile:
    """outer is what the network sees (it may reach beyond the photo), inner the part whose answer counts."""

    outer: Box
    inner: Box


def cut(height: int, width: int, grid: Grid) -> list[Tile]:
    """The tiles of a picture, row by row; their inner parts cover it exactly once."""
    rows, columns = _spans(height, grid), _spans(width, grid)
    return [Tile(Box(x[0], y[0], x[1], y[1]), Box(x[2], y[2], x[3], y[3])) for y in rows for x in columns]


def _spans(length: int, grid: Grid) -> list[tuple[int, int, int, int]]:
    """(outer start, outer end, inner start, inner end) along one axis."""
    padded = _up_to(length, grid.stride)
    both = 2 * grid.overlap
    count = max(1, -(-(padded - both) // (grid.tile - both)))
    size = _up_to(-(-(padded + (count - 1) * both) // count), grid.stride)
    origins = [min(i * (size - both), padded - size) for i in range(count)]
    cuts = [0, *(origin + grid.overlap for origin in origins[1:]), length]
    return [(origin, origin + size, cuts[i], cuts[i + 1]) for i, origin in enumerate(origins)]


def _up_to(length: int, stride: int) -> int:
    """The least multiple of the stride that is not less."""
    return -(-length // stride) * stride


def padded(view: View, tile: Tile) -> View:
    """What the network sees of a tile whose visible part is `view` (h, w, C): mirrored beyond the photo's edge."""
    bottom = tile.outer.bottom - tile.outer.top - view.shape[0]
    right = tile.outer.right - tile.outer.left - view.shape[1]
    if not bottom and not right:
        return view
    if bottom < view.shape[0] and right < view.shape[1]:
        out = cv2.copyMakeBorder(view, 0, bottom, 0, right, cv2.BORDER_REFLECT_101)
        return np.asarray(out, np.float32).reshape(*out.shape[:2], -1)
    return np.pad(view, ((0, bottom), (0, right), (0, 0)), mode="symmetric")


def visible(tile: Tile, height: int, width: int) -> Box:
    """The part of a tile's outer box that lies on the photo."""
    outer = tile.outer
    return Box(outer.left, outer.top, min(outer.right, width), min(outer.bottom, height))
