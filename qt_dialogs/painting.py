"""What dabs of colour come to: a layer of hints that came with the photo, and strokes over it, as pixels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from math import floor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.lib.format import write_array_header_1_0
from numpy.typing import NDArray

from core.photo import Box
from core.protocol import OPAQUE

from .dab_forms import Form, Patch, forms_kept

Pixels = NDArray[np.uint8]
"""(h, w, 4) uint8: sRGB-encoded RGBA."""

TILE = 256
SAME = 12
"""The most by which the colours of a dab on the given layer differ, 0..255: a brush of GIMP's may be uneven."""


@dataclass(frozen=True, eq=False)
class Given:
    """The layer of hints that came with the photo, mapped from its file. tiles: where there is anything in it."""

    layer: Pixels
    tiles: tuple[Box, ...]


def given(layer: Pixels) -> Given | None:
    """A layer of hints (H, W, 4); None where it is empty."""
    height, width = layer.shape[:2]
    tiles = []
    for top in range(0, height, TILE):
        bottom = min(top + TILE, height)
        there = np.flatnonzero((layer[top:bottom, :, 3] >= OPAQUE).any(axis=0))
        columns = np.unique(there // TILE) * TILE
        tiles += [Box(int(left), top, min(int(left) + TILE, width), bottom) for left in columns]
    return Given(layer, tuple(tiles)) if tiles else None


@dataclass(frozen=True, eq=False)
class Picked:
    """A dab that was picked: what is to be seen of it, and which of the painting's strokes it is; None: it is of the
    given layer.
    """

    form: Form
    stroke: Form | None


@dataclass(frozen=True)
class Painting:
    """The hints at one moment: the given layer, or what is left of it, and the strokes over it, the newest last."""

    height: int
    width: int
    given: Given | None
    strokes: tuple[Form, ...]

    @cached_property
    def empty(self) -> bool:
        return self.given is None and not self.count

    @cached_property
    def count(self) -> int:
        """How many dabs there are of which something is left; those of the given layer are not among them."""
        return sum(
            stroke.colour is not None
            and (not self._erasers_of(stroke) or any(left.any() for _piece, left in self._pieces_left(stroke)))
            for stroke in self.strokes
        )

    def meets(self, box: Box) -> bool:
        """Whether there may be a hint in this part."""
        tiles = self.given.tiles if self.given else ()
        return any(tile.meets(box) for tile in tiles) or any(
            stroke.colour is not None and stroke.box(self.height, self.width).meets(box) for stroke in self.strokes
        )

    def part(self, box: Box) -> Pixels:
        """The hints of a part of the photo."""
        out = np.zeros((box.bottom - box.top, box.right - box.left, 4), np.uint8)
        for tile in self.given.tiles if self.given else ():
            if self.given and tile.meets(box):
                common = tile.common(box)
                out[common.within(box)] = self.given.layer[common.rows, common.columns]
        for stroke in self.strokes:
            value = (*stroke.colour, 255) if stroke.colour else (0, 0, 0, 0)
            for piece, covered in stroke.pieces(self.height, self.width, box):
                common = piece.common(box)
                out[common.within(box)][covered[common.within(piece)]] = value
        return out

    def is_near(self, x: float, y: float, reach: float) -> bool:
        """Whether there is a hint within `reach` pixels of a place of the photo, or hardly farther."""
        box = self._around(x, y, reach)
        return bool(box.left < box.right and box.top < box.bottom and (self.part(box)[..., 3] >= OPAQUE).any())

    def is_under(self, stroke: Form) -> bool:
        """Whether a stroke passes over any hint."""
        return any(
            (self.part(box)[covered][:, 3] >= OPAQUE).any()
            for box, covered in stroke.pieces(self.height, self.width, self._whole)
            if self.meets(box)
        )

    def write(self, path: Path) -> None:
        """Write all of it as an array (H, W, 4), strip by strip; where there is nothing the file has a hole."""
        row = 4 * self.width
        with path.open("wb") as stream:
            shape = (self.height, self.width, 4)
            write_array_header_1_0(stream, {"descr": "|u1", "fortran_order": False, "shape": shape})
            start = stream.tell()
            for top in range(0, self.height, TILE):
                strip = Box(0, top, self.width, min(top + TILE, self.height))
                if self.meets(strip):
                    stream.seek(start + top * row)
                    stream.write(self.part(strip).data)
            stream.truncate(start + self.height * row)

    def kept(self) -> dict[str, Any]:
        """As plain values for JSON; of the given layer only whether it is there."""
        return {"layer": self.given is not None, "strokes": [stroke.kept for stroke in self.strokes]}

    # single dabs

    def pick(self, x: float, y: float, reach: float) -> Picked | None:
        """The dab that is seen at a place of the photo, or nearest to it within `reach` pixels."""
        box = self._around(x, y, reach)
        if box.left >= box.right or box.top >= box.bottom:
            return None
        nothing, layer = -2, -1
        on_top = np.full((box.bottom - box.top, box.right - box.left), nothing)
        for tile in self.given.tiles if self.given else ():
            if self.given and tile.meets(box):
                common = tile.common(box)
                there = self.given.layer[common.rows, common.columns, 3] >= OPAQUE
                on_top[common.within(box)][there] = layer
        for index, stroke in enumerate(self.strokes):
            for piece, covered in stroke.pieces(self.height, self.width, box):
                common = piece.common(box)
                seen = nothing if stroke.colour is None else index
                on_top[common.within(box)][covered[common.within(piece)]] = seen
        rows, columns = np.nonzero(on_top != nothing)
        if not len(rows):
            return None
        nearest = int(np.argmin((columns + box.left + 0.5 - x) ** 2 + (rows + box.top + 0.5 - y) ** 2))
        row, column = int(rows[nearest]), int(columns[nearest])
        if on_top[row, column] == layer:
            return Picked(self._lifted(column + box.left, row + box.top), None)
        stroke = self.strokes[on_top[row, column]]
        form = self._left_of(stroke) if self._erasers_of(stroke) else stroke
        return Picked(form or stroke, stroke)

    def without(self, picked: Picked) -> tuple[Form, ...]:
        """The strokes that are left when a dab is taken away."""
        if picked.stroke is None:
            assert isinstance(picked.form, Patch)
            return (replace(picked.form, colour=None), *self.strokes)
        return tuple(stroke for stroke in self.strokes if stroke is not picked.stroke)

    # inside

    def _around(self, x: float, y: float, reach: float) -> Box:
        box = Box(floor(x - reach), floor(y - reach), floor(x + reach) + 1, floor(y + reach) + 1)
        return box.common(self._whole)

    @property
    def _whole(self) -> Box:
        return Box(0, 0, self.width, self.height)

    def _lifted(self, column: int, row: int) -> Patch:
        """The pixels of the given layer that hang together with this one and are of its colour, as a dab."""
        bare = Painting(self.height, self.width, self.given, tuple(s for s in self.strokes if s.colour is None))
        around = TILE
        while True:
            box = Box(column, row, column + 1, row + 1).grown(around, self.height, self.width)
            pixels = bare.part(box)
            alike = _alike(pixels, row - box.top, column - box.left)
            rows, columns = np.flatnonzero(alike.any(axis=1)), np.flatnonzero(alike.any(axis=0))
            found = Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
            inside = Box(
                found.left + box.left, found.top + box.top, found.right + box.left, found.bottom + box.top
            ).grown(1, self.height, self.width)
            if inside.common(box) == inside:
                break
            around *= 2
        red, green, blue = (int(value) for value in pixels[row - box.top, column - box.left, :3])
        covered = alike[found.rows, found.columns].copy()
        return Patch(found.left + box.left, found.top + box.top, covered, (red, green, blue))

    def _erasers_of(self, stroke: Form) -> list[Form]:
        """What was erased after a stroke was painted, and near it."""
        later = self.strokes[next(i for i, other in enumerate(self.strokes) if other is stroke) + 1 :]
        box = stroke.box(self.height, self.width)
        return [other for other in later if other.colour is None and other.box(self.height, self.width).meets(box)]

    def _left_of(self, stroke: Form) -> Patch | None:
        """What the eraser left of a stroke; None where that is nothing."""
        box = stroke.box(self.height, self.width)
        there = np.zeros((box.bottom - box.top, box.right - box.left), bool)
        for piece, left in self._pieces_left(stroke):
            there[piece.within(box)] |= left
        return Patch(box.left, box.top, there, stroke.colour) if there.any() else None

    def _pieces_left(self, stroke: Form) -> Iterator[tuple[Box, NDArray[np.bool_]]]:
        """The same, piece by piece."""
        erasers = self._erasers_of(stroke)
        for piece, covered in stroke.pieces(self.height, self.width, self._whole):
            left = covered.copy()
            for eraser in erasers:
                for other, erased in eraser.pieces(self.height, self.width, piece):
                    common = other.common(piece)
                    left[common.within(piece)] &= ~erased[common.within(other)]
            yield piece, left


def _alike(pixels: Pixels, row: int, column: int) -> NDArray[np.bool_]:
    """Which pixels (h, w) are hints, hang together with this one and hardly differ from it in colour."""
    apart = np.abs(pixels[..., :3].astype(np.int16) - pixels[row, column, :3].astype(np.int16)).max(axis=2)
    alike = ((pixels[..., 3] >= OPAQUE) & (apart <= SAME)).astype(np.uint8)
    cv2.floodFill(alike, None, (column, row), 2, flags=8)
    return np.asarray(alike == 2)


def strokes_kept(kept: Any) -> tuple[Form, ...] | None:
    """The strokes among what Painting.kept gave; None where it holds something else."""
    try:
        return forms_kept(kept["strokes"])
    except (KeyError, TypeError):
        return None
