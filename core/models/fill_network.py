"""The filling network at run time: it corrects the biharmonic fill, tile by tile, only where a hole is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from ..color import View
from ..photo import Box, Mask
from .biharmonic import filled
from .card import Card
from .filling import Filler, Hole, unit_range
from .network import answered, exported_unet
from .unet import UNet
from .weights import tensors

AROUND = {32: 8, 64: 10, 128: 32}
"""A tile's side, and the pixels along its edge that the network sees but that the tile does not answer for.

Small tiles are for specks that fit into their middle, large ones for thick holes, in which a step between tiles shows.
Measured on holes of 1 to 10 pixels: 64 with 8 to 16 differ by 0.01 dB, and 12 takes four fifths of the time of 16.
"""
SMALL, MIDDLE, LARGE = AROUND
THICK = 10.0
"""Pixels from the rim of a hole to its middle from which on it is thick."""
THICK_PARTS = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * int(THICK) + 5, 2 * int(THICK) + 5))
"""Around such a middle, as far as its rim and a little further."""
NEUTRAL = 1 / 255
"""Difference between the channels below which a photo is grey, and its fill too."""
AT_ONCE = 16
"""Tiles in one pass."""


@dataclass(frozen=True)
class Tile:
    """A square of a view: which hole of the bunch, the part in its middle that it answers for, its side in pixels."""

    hole: int
    part: Box
    side: int

    @property
    def top(self) -> int:
        """Of what is seen; beyond the view it is mirrored."""
        return (self.part.top + self.part.bottom - self.side) // 2

    @property
    def left(self) -> int:
        return (self.part.left + self.part.right - self.side) // 2


def network_filler(card: Card, weights: Path) -> Filler:
    """The filling network of a card: folded weights, float32, channels last, on the GPU where there is one."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    net = exported_unet(tensors(weights), card.arguments)
    if (net.channels, net.answers) != (4, 3) or any(side % net.stride for side in AROUND):
        raise ValueError("the card's channels, answers or stride are not a filling network's")
    return filler_of(net.to(device))


def filler_of(net: UNet) -> Filler:
    """The network, wherever it is, as a filler; the radius has no meaning for it."""
    net = net.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def fill(holes: Sequence[Hole]) -> list[View]:
        ranges = [unit_range(hole.view) for hole in holes]
        tiles = [tile for index, hole in enumerate(holes) for tile in _tiles(index, hole)]
        starts = [
            filled(values, hole.mask, _seen_somewhere(hole.mask.shape, [t for t in tiles if t.hole == index]))
            for index, (hole, (values, _low, _scale)) in enumerate(zip(holes, ranges, strict=True))
        ]
        made = _corrected(net, starts, [hole.mask for hole in holes], tiles)
        views = [np.array(hole.view, np.float32) for hole in holes]
        for hole, out, view, (_values, low, scale) in zip(holes, views, made, ranges, strict=True):
            inside = hole.mask > 0
            out[inside] = view[inside] * scale + low
        return views

    return fill


def _corrected(net: UNet, starts: Sequence[View], masks: Sequence[Mask], tiles: Sequence[Tile]) -> list[View]:
    """Filled views (h, w, C), 0..1, with what the network changes inside of their holes (h, w) and of the tiles.

    Where a large tile and a smaller one answer for the same pixel, the large one counts.
    """
    out = [start.copy() for start in starts]
    left = [mask > 0 for mask in masks]
    grey = [_is_grey(start, mask) for start, mask in zip(starts, masks, strict=True)]
    for side in (LARGE, MIDDLE, SMALL):
        alike = [tile for tile in tiles if tile.side == side]
        for first in range(0, len(alike), AT_ONCE):
            some = alike[first : first + AT_ONCE]
            stack = np.stack([_seen(starts[tile.hole], masks[tile.hole], tile) for tile in some])
            seen = torch.from_numpy(stack).permute(0, 3, 1, 2).to(next(net.parameters()).device)
            answers = answered(net, seen).permute(0, 2, 3, 1).numpy()
            for tile, answer in zip(some, answers, strict=True):
                change = answer.mean(2, keepdims=True) if grey[tile.hole] else answer
                _correct(out[tile.hole], left[tile.hole], tile, change)
    return out


def _is_grey(view: View, hole: Mask) -> bool:
    """Whether the channels of a view (h, w, C) hardly differ outside of its hole."""
    known = hole == 0
    return all(float(np.abs((view[..., 0] - view[..., c]) * known).max()) < NEUTRAL for c in range(1, view.shape[2]))


def _tiles(index: int, hole: Hole) -> list[Tile]:
    """The tiles that answer for what is wanted of a hole: large ones where it is thick, and small ones for specks."""
    asked = hole.asked
    deep = cv2.distanceTransform(hole.mask, cv2.DIST_L2, cv2.DIST_MASK_3) > THICK
    thick = asked & (cv2.dilate(deep.astype(np.uint8), THICK_PARTS) > 0) if deep.any() else deep
    tiles = [Tile(index, part, LARGE) for part in _covering(thick, _answered(LARGE))]
    for part in _covering(asked & ~thick, _answered(MIDDLE)):
        tiles.append(Tile(index, part, SMALL if _is_alone(part, hole.mask) else MIDDLE))
    return tiles


def _is_alone(part: Box, mask: Mask) -> bool:
    """Whether a small tile can answer for a part of a hole (h, w) and sees nothing else of the hole."""
    if max(part.bottom - part.top, part.right - part.left) > _answered(SMALL):
        return False
    seen = part.grown(SMALL // 2, *mask.shape)
    return bool(mask[seen.rows, seen.columns].sum() == mask[part.rows, part.columns].sum())


def _covering(places: NDArray[np.bool_], size: int) -> list[Box]:
    """Boxes of at most `size` pixels a side that hold all the places (h, w) and do not overlap, as few as is easy."""
    y, x = np.nonzero(places)
    upright = [Box(*box) for box in _in_strips(y, x, size)]
    flat = [Box(left, top, right, bottom) for top, left, bottom, right in _in_strips(x, y, size)]
    return min(upright, flat, key=len)


def _in_strips(across: NDArray[np.intp], along: NDArray[np.intp], size: int) -> Iterator[tuple[int, int, int, int]]:
    """Boxes, in strips of `size`: each strip and each box in it begins at the first place that is left."""
    order = np.argsort(across, kind="stable")
    across, along = across[order], along[order]
    while len(across):
        strip = int(np.searchsorted(across, across[0] + size))
        inside = np.argsort(along[:strip], kind="stable")
        rows, columns = across[inside], along[inside]
        while len(columns):
            count = int(np.searchsorted(columns, columns[0] + size))
            first, last = rows[:count].min(), rows[:count].max()
            yield int(columns[0]), int(first), int(columns[count - 1]) + 1, int(last) + 1
            rows, columns = rows[count:], columns[count:]
        across, along = across[strip:], along[strip:]


def _answered(side: int) -> int:
    """Pixels along a side of what a tile answers for at most."""
    return side - 2 * AROUND[side]


def _seen_somewhere(shape: tuple[int, ...], tiles: Sequence[Tile]) -> NDArray[np.bool_]:
    """What tiles see of a view (h, w)."""
    seen = np.zeros(shape, np.bool_)
    for tile in tiles:
        rows, columns = (
            _mirrored(first, tile.side, length) for first, length in zip((tile.top, tile.left), shape, strict=True)
        )
        seen[rows[:, None], columns] = True
    return seen


def _seen(start: View, mask: Mask, tile: Tile) -> NDArray[np.float32]:
    """What a tile sees, mirrored beyond the view: three channels and the hole, (side, side, 4)."""
    rows = _mirrored(tile.top, tile.side, len(mask))[:, None]
    columns = _mirrored(tile.left, tile.side, mask.shape[1])
    picture = start[rows, columns]
    colours = picture if picture.shape[2] == 3 else np.repeat(picture, 3, 2)
    return np.dstack([colours, np.asarray(mask[rows, columns] > 0, np.float32)])


def _mirrored(first: int, count: int, length: int) -> NDArray[np.intp]:
    """`count` indices from `first` on, those beyond 0..length-1 mirrored back into it."""
    at = np.arange(first, first + count) % (2 * length)
    return np.minimum(at, 2 * length - 1 - at)


def _correct(view: View, left: NDArray[np.bool_], tile: Tile, answer: NDArray[np.float32]) -> None:
    """Add a tile's answer (side, side, 3 or 1) to a view, inside of what the tile answers for and of what is left of
    the hole (h, w), and take it from that.
    """
    part = tile.part
    inside, marked = view[part.rows, part.columns], left[part.rows, part.columns]
    seen = part.moved(-tile.left, -tile.top)
    change = answer[seen.rows, seen.columns]
    inside[marked] = np.clip(inside[marked] + change[marked], 0, 1)
    marked[:] = False
