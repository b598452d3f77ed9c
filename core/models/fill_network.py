"""The filling network at run time: it corrects the biharmonic fill, tile by tile, only where a hole is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor

from ..color import View
from ..photo import Mask
from .biharmonic import filled
from .card import Card
from .filling import Filler, Hole, unit_range
from .network import exported_unet
from .unet import UNet

AROUND = {32: 8, 64: 10, 128: 32}
"""A tile's side, and the pixels along its edge that the network sees but that the tile does not answer for.

Small tiles are for what fits into their middle, large ones for thick holes, in which a step between tiles would show.
Measured on holes of 1 to 10 pixels: 64 with 8 to 16 differ by 0.01 dB, and 12 takes four fifths of the time of 16.
"""
SMALL, MIDDLE, LARGE = AROUND
THICK = 10.0
"""Pixels from the rim of a hole to its middle from which on it is thick."""
NEUTRAL = 1 / 255
"""Difference between the channels below which a photo is grey, and its fill too."""
AT_ONCE = 16
"""Tiles in one pass."""


@dataclass(frozen=True)
class Tile:
    """A square of a view: which hole of the bunch, where what it answers for begins, its side in pixels."""

    hole: int
    top: int
    left: int
    side: int


def network_filler(card: Card, weights: Path) -> Filler:
    """The filling network of a card: folded weights, float32, channels last, on the GPU where there is one."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    net = exported_unet(load_file(weights), card.arguments)
    if (net.channels, net.answers) != (4, 3) or any(side % net.stride for side in AROUND):
        raise ValueError("the card's channels, answers or stride are not a filling network's")
    return filler_of(net.to(device))


def filler_of(net: UNet) -> Filler:
    """The network, wherever it is, as a filler; the radius has no meaning for it."""
    net = net.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def fill(holes: Sequence[Hole]) -> list[View]:
        ranges = [unit_range(hole.view) for hole in holes]
        starts = [filled(values, hole.mask) for (values, _, _), hole in zip(ranges, holes, strict=True)]
        made = corrected(net, starts, [hole.mask for hole in holes])
        return [
            np.where(hole.mask[..., None] > 0, view * scale + low, hole.view)
            for hole, view, (_, low, scale) in zip(holes, made, ranges, strict=True)
        ]

    return fill


def corrected(net: UNet, starts: Sequence[View], masks: Sequence[Mask]) -> list[View]:
    """Filled views (h, w, C), 0..1, with what the network changes inside of their holes (h, w)."""
    out = [start.copy() for start in starts]
    grey = [_is_grey(start) for start in starts]
    tiles = [tile for index, mask in enumerate(masks) for tile in _tiles(index, mask)]
    for side in AROUND:
        alike = [tile for tile in tiles if tile.side == side]
        for first in range(0, len(alike), AT_ONCE):
            some = alike[first : first + AT_ONCE]
            stack = np.stack([_seen(starts[tile.hole], masks[tile.hole], tile) for tile in some])
            answers = _answers(net, torch.from_numpy(stack).permute(0, 3, 1, 2)).permute(0, 2, 3, 1).numpy()
            for tile, answer in zip(some, answers, strict=True):
                change = answer.mean(2, keepdims=True) if grey[tile.hole] else answer
                _correct(out[tile.hole], masks[tile.hole], tile, change)
    return out


def _is_grey(view: View) -> bool:
    """Whether the channels of a view (h, w, C) hardly differ."""
    return all(float(np.abs(view[..., 0] - view[..., c]).max()) < NEUTRAL for c in range(1, view.shape[2]))


def _tiles(index: int, mask: Mask) -> list[Tile]:
    """The tiles that answer for a hole (h, w): one small one around its middle, or a grid."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return []
    top, left = int(rows[0]), int(columns[0])
    height, width = int(rows[-1]) + 1 - top, int(columns[-1]) + 1 - left
    side = LARGE if cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_3).max() > THICK else MIDDLE
    step = _answered(SMALL)
    if max(height, width) <= step:
        return [Tile(index, top - (step - height) // 2, left - (step - width) // 2, SMALL)]
    step = _answered(side)
    y, x = np.nonzero(mask)
    cells = np.unique(np.stack([(y - top) // step, (x - left) // step], 1), axis=0)
    return [Tile(index, top + row * step, left + column * step, side) for row, column in cells.tolist()]


def _answered(side: int) -> int:
    """Pixels along a side of what a tile answers for."""
    return side - 2 * AROUND[side]


def _seen(start: View, mask: Mask, tile: Tile) -> NDArray[np.float32]:
    """What a tile sees, mirrored beyond the view: three channels and the hole, (side, side, 4)."""
    rows = _mirrored(tile.top - AROUND[tile.side], tile.side, len(mask))[:, None]
    columns = _mirrored(tile.left - AROUND[tile.side], tile.side, mask.shape[1])
    picture = start[rows, columns]
    colours = picture if picture.shape[2] == 3 else np.repeat(picture, 3, 2)
    return np.dstack([colours, np.asarray(mask[rows, columns] > 0, np.float32)])


def _mirrored(first: int, count: int, length: int) -> NDArray[np.intp]:
    """`count` indices from `first` on, those beyond 0..length-1 mirrored back into it."""
    at = np.arange(first, first + count) % (2 * length)
    return np.minimum(at, 2 * length - 1 - at)


def _correct(view: View, mask: Mask, tile: Tile, answer: NDArray[np.float32]) -> None:
    """Add a tile's answer (side, side, 3 or 1) to a view, inside of the hole and of what the tile answers for."""
    step = _answered(tile.side)
    top, left = max(tile.top, 0), max(tile.left, 0)
    inside = view[top : tile.top + step, left : tile.left + step]
    marked = mask[top : tile.top + step, left : tile.left + step] > 0
    y, x = top - tile.top + AROUND[tile.side], left - tile.left + AROUND[tile.side]
    change = answer[y : y + len(inside), x : x + inside.shape[1]]
    inside[marked] = np.clip(inside[marked] + change[marked], 0, 1)


def _answers(net: UNet, tiles: Tensor) -> Tensor:
    """(N, 4, side, side) -> (N, 3, side, side), on the CPU."""
    device = next(net.parameters()).device
    torch.set_flush_denormal(True)  # which is the processor's state, numpy's too: not beyond this call
    try:
        with torch.inference_mode():
            answers: Tensor = net(tiles.to(device).contiguous(memory_format=torch.channels_last))
            return answers.float().cpu()
    finally:
        torch.set_flush_denormal(False)
