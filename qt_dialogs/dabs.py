"""Dabs of colour on a photo, over the layer of hints that came with it, with undo and redo. Kept as strokes: pixels
are made of them, part by part, where they are needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import ceil, floor, hypot
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import write_array_header_1_0
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

from core.photo import Box
from core.translation import _

from .history import History
from .strokes import Dab, segment

Colour = tuple[int, int, int]
"""Red, green, blue, 0..255, sRGB-encoded."""
Pixels = NDArray[np.uint8]
"""(h, w, 4) uint8: sRGB-encoded RGBA."""

OPAQUE = 128
"""Alpha from which on a pixel of the layer is a hint."""
TILE = 256
FIRST_COLOUR: Colour = (222, 176, 142)


@dataclass(frozen=True)
class Stroke:
    """A disc, or one that was dragged along: its points, and the colour that it leaves; None: it takes colours away."""

    points: tuple[Dab, ...]
    colour: Colour | None

    def pieces(self, height: int, width: int, within: Box) -> Iterator[tuple[Box, NDArray[np.bool_]]]:
        """What it covers of a photo of this size: boxes that meet `within`, and their pixels (h, w)."""
        for start, end in pairwise(self.points) if len(self.points) > 1 else [(self.points[0], self.points[0])]:
            reach = max(start.diameter, end.diameter) / 2 + 2
            if max(start.y, end.y) + reach < within.top or min(start.y, end.y) - reach > within.bottom:
                continue
            for box, covered in segment(start, end, height, width):
                if box.meets(within):
                    yield box, covered

    def box(self, height: int, width: int) -> Box:
        """Around all that it covers."""
        left, top, right, bottom = self._bounds
        return Box(
            min(max(left, 0), width), min(max(top, 0), height), max(min(right, width), 0), max(min(bottom, height), 0)
        )

    @cached_property
    def _bounds(self) -> tuple[int, int, int, int]:
        reach = max(point.diameter for point in self.points) / 2 + 2
        left, right = (pick(point.x for point in self.points) for pick in (min, max))
        top, bottom = (pick(point.y for point in self.points) for pick in (min, max))
        return floor(left - reach), floor(top - reach), ceil(right + reach), ceil(bottom + reach)


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


@dataclass(frozen=True)
class Painting:
    """The hints at one moment: the given layer, or what is left of it, and the strokes over it, the newest last."""

    height: int
    width: int
    given: Given | None
    strokes: tuple[Stroke, ...]

    @cached_property
    def empty(self) -> bool:
        return self.given is None and not self.count

    @cached_property
    def count(self) -> int:
        """How many dabs there are of which something is left; those of the given layer are not among them."""
        return sum(
            stroke.colour is not None and self._is_left(stroke, self.strokes[index + 1 :])
            for index, stroke in enumerate(self.strokes)
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

    def is_under(self, stroke: Stroke) -> bool:
        """Whether a stroke passes over any hint."""
        whole = Box(0, 0, self.width, self.height)
        return any(
            (self.part(box)[covered][:, 3] >= OPAQUE).any()
            for box, covered in stroke.pieces(self.height, self.width, whole)
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
        strokes = [
            [stroke.colour and list(stroke.colour), [[point.x, point.y, point.diameter] for point in stroke.points]]
            for stroke in self.strokes
        ]
        return {"layer": self.given is not None, "strokes": strokes}

    def _is_left(self, stroke: Stroke, later: tuple[Stroke, ...]) -> bool:
        whole = Box(0, 0, self.width, self.height)
        box = stroke.box(self.height, self.width)
        erasers = [other for other in later if other.colour is None and other.box(self.height, self.width).meets(box)]
        if not erasers:
            return True
        for piece, covered in stroke.pieces(self.height, self.width, whole):
            left = covered.copy()
            for eraser in erasers:
                for other, erased in eraser.pieces(self.height, self.width, piece):
                    common = other.common(piece)
                    left[common.within(piece)] &= ~erased[common.within(other)]
            if left.any():
                return True
        return False


def strokes_kept(kept: Any) -> tuple[Stroke, ...] | None:
    """The strokes among what Painting.kept gave; None where it holds something else."""
    try:
        strokes = []
        for colour, points in kept["strokes"]:
            if colour is not None:
                red, green, blue = (int(value) for value in colour)
                colour = (red, green, blue)
                if not all(0 <= value <= 255 for value in colour):
                    return None
            dabs = tuple(Dab(float(x), float(y), float(diameter)) for x, y, diameter in points)
            if not dabs or not np.isfinite([(dab.x, dab.y, dab.diameter) for dab in dabs]).all():
                return None
            strokes.append(Stroke(dabs, colour))
        return tuple(strokes)
    except (KeyError, TypeError, ValueError):
        return None


@dataclass(frozen=True)
class Step:
    """One step of undo. replaces: nothing of what was before is left, but for the given layer where `layer` is set."""

    number: int
    name: str
    strokes: tuple[Stroke, ...]
    replaces: bool = False
    layer: bool = False


class Dabs(History):
    """The hints of a photo and their history. What is painted next gets `colour`."""

    changed = pyqtSignal(object)
    """A part of the hints changed: its Box."""

    def __init__(self, height: int, width: int, given: Given | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.colour: Colour = FIRST_COLOUR
        self._whole = Box(0, 0, width, height)
        self._given = given
        self._open: list[Dab] = []
        self._erases = False
        self._newest = 0
        self._finished = Painting(height, width, given, ())

    @property
    def painted(self) -> Painting:
        """The hints as they are; a stroke that is being painted is not among them."""
        return self._finished

    @property
    def shown(self) -> Painting:
        """The hints as they are seen, with the stroke that is being painted."""
        if not self._open:
            return self._finished
        done = self._finished
        return Painting(done.height, done.width, done.given, (*done.strokes, self._stroke()))

    # strokes

    @property
    def painting(self) -> bool:
        """Whether a stroke is being painted."""
        return bool(self._open)

    def begin_stroke(self, x: float, y: float, diameter: float, remove: bool = False) -> None:
        """Start a stroke at this place (photo pixels). One stroke is one step of undo."""
        self.end_stroke()
        self._erases = remove
        self._open = [Dab(x, y, diameter)]
        self._tell(self._stroke())

    def stroke_to(self, x: float, y: float, diameter: float) -> None:
        """Go on with the stroke in a straight line."""
        if not self._open:
            return
        last = self._open[-1]
        if hypot(x - last.x, y - last.y) >= max(0.5, last.diameter / 16):  # closer ones change next to nothing
            self._open.append(Dab(x, y, diameter))
            self._tell(Stroke((last, self._open[-1]), None))

    def end_stroke(self) -> None:
        """Finish the stroke: it becomes one step of undo, unless it changes nothing."""
        if not self._open:
            return
        stroke, self._open = self._stroke(), []
        box = stroke.box(self._finished.height, self._finished.width)
        if self._finished.is_under(stroke) if self._erases else box.left < box.right and box.top < box.bottom:
            self._do(_("Eraser Stroke") if self._erases else _("Dab"), (stroke,))
        else:
            self._tell(stroke)
            self.stepsChanged.emit()

    def clear(self) -> None:
        """Take all hints away, those of the given layer too, as one step."""
        self.end_stroke()
        if not self._finished.empty:
            self._do(_("Clear Hints"), (), replaces=True)

    def put(self, strokes: tuple[Stroke, ...], layer: bool, name: str) -> None:
        """Put these in the place of all others, over the given layer or without it, as one step of this name."""
        self.end_stroke()
        self._do(name, strokes, replaces=True, layer=layer)

    # history

    @property
    def state(self) -> int:
        return self._undo[-1].number if self._undo else 0

    def undo(self) -> None:
        """Take the last step back."""
        self.end_stroke()
        if self._undo:
            self._redo.append(self._undo.pop())
            self._recall(self._redo[-1])

    def redo(self) -> None:
        """Do the step again that was taken back last."""
        self.end_stroke()
        if self._redo:
            self._undo.append(self._redo.pop())
            self._recall(self._undo[-1])

    # inside

    def _stroke(self) -> Stroke:
        return Stroke(tuple(self._open), None if self._erases else self.colour)

    def _do(self, name: str, strokes: tuple[Stroke, ...], replaces: bool = False, layer: bool = False) -> None:
        self._newest += 1
        self._redo.clear()
        self._undo.append(Step(self._newest, name, strokes, replaces, layer))
        self._recall(self._undo[-1])

    def _recall(self, changing: Step) -> None:
        """Put the hints together from the steps that are done; `changing` is what makes the difference."""
        since = next((i for i in reversed(range(len(self._undo))) if self._undo[i].replaces), None)
        steps = self._undo if since is None else self._undo[since:]
        given = self._given if since is None or self._undo[since].layer else None
        strokes = tuple(stroke for step in steps for stroke in step.strokes)
        self._finished = Painting(self._finished.height, self._finished.width, given, strokes)
        if changing.replaces:
            self.changed.emit(self._whole)
        else:
            for stroke in changing.strokes:
                self._tell(stroke)
        self.stepsChanged.emit()

    def _tell(self, stroke: Stroke) -> None:
        self.changed.emit(stroke.box(self._finished.height, self._finished.width))
