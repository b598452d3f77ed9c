"""The hand's work: a plane over the photo that says where it added or removed damage, the decisions on defects, and
undo and redo for both."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from core.photo import Box, Mask
from core.translation import _

from .decisions import Decisions
from .history import History
from .runs import Places, pixels_of
from .strokes import TILE, Dab, Piece, segment

NOTHING, ADD, REMOVE = 0, 1, 2
FEW = 32
"""Changed tiles that are told of one by one and packed at once; more are told of as one box and packed in a thread."""
AT_ONCE = 16 * TILE * TILE
"""Pixels that are changed or looked at in one go; what is larger goes on in the event loop, bit by bit."""
KEPT_STEPS = 1000
KEPT_BYTES = 64_000_000
"""Steps beyond KEPT_STEPS stay as long as all together take no more than this."""

Plane = NDArray[np.uint8]
"""(H, W) uint8: 0 nothing by hand, 1 added, 2 removed."""
Slices = tuple[slice, slice]
Tiles = dict[tuple[int, int], bytes | Plane]
"""Tiles by row and column, as they are or packed."""
Bits = Iterator[int]
"""Work that can be interrupted: yields how many pixels it has dealt with."""


@dataclass
class Step:
    """One step between two states: the tiles it changed, by row and column, as they are on its other side, packed
    sooner or later, and the decisions there; None: the same.
    """

    name: str
    before: int
    after: int
    tiles: Tiles
    decisions: Decisions | None = None

    @property
    def size(self) -> int:
        return sum(len(tile) if isinstance(tile, bytes) else tile.nbytes for tile in self.tiles.values())

    def pack(self) -> None:
        for place, tile in self.tiles.items():
            if not isinstance(tile, bytes):
                self.tiles[place] = _packed(tile)


_packing = ThreadPoolExecutor(1)


class Hand(History):
    """The plane of hand edits, (H, W) uint8, the decisions on defects, and their history.

    The later edit of a pixel wins. Nothing but the hand changes them: detection, models and sliders never do.

    What is large is at work for a while, in which the event loop goes on: it is told of and becomes a step when all of
    it is there. Whatever else is asked for meanwhile finishes it first.
    """

    changed = pyqtSignal(object)
    """A part of the plane changed: its Box."""
    decided = pyqtSignal()
    """The decisions changed."""

    def __init__(self, height: int, width: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.plane: Plane = np.zeros((height, width), np.uint8)
        self.decisions: Decisions = ()
        self._open: Tiles | None = None
        self._last: Dab | None = None
        self._value = ADD
        self._state = self._newest = 0
        self._work: Bits | None = None
        self._goes_on = QTimer(self)
        self._goes_on.setSingleShot(True)
        self._goes_on.timeout.connect(self._go_on)

    # strokes

    @property
    def painting(self) -> bool:
        """Whether a stroke is being painted, or anything else is at work."""
        return self._open is not None or self._work is not None

    def begin_stroke(self, x: float, y: float, diameter: float, remove: bool = False) -> None:
        """Start a stroke at this place (photo pixels). One stroke is one step of undo."""
        self._begin()
        self._value = REMOVE if remove else ADD
        self._last = Dab(x, y, diameter)
        self._start(self._stamping(self._last, self._last))

    def stroke_to(self, x: float, y: float, diameter: float) -> None:
        """Go on with the stroke in a straight line."""
        self.settle()
        if self._last is not None:
            start, self._last = self._last, Dab(x, y, diameter)
            self._start(self._stamping(start, self._last))

    def end_stroke(self) -> None:
        """Finish the stroke: it becomes one step of undo."""
        if self._last is not None:
            self._last = None
            name = _("Eraser Stroke") if self._value == REMOVE else _("Brush Stroke")
            self._start(self._ending(self._work, name))

    def settle(self) -> None:
        """Finish what is at work, now."""
        work, self._work = self._work, None
        self._goes_on.stop()
        for _pixels in work or ():
            pass

    def line(self, points: Iterable[tuple[float, float]], diameter: float, remove: bool = False) -> None:
        """A whole stroke through these points (photo pixels) as one step."""
        for index, (x, y) in enumerate(points):
            if index == 0:
                self.begin_stroke(x, y, diameter, remove)
            else:
                self.stroke_to(x, y, diameter)
        self.end_stroke()
        self.settle()

    def mark(self, pieces: Iterable[Piece], remove: bool, name: str) -> None:
        """Add or remove what these cover, as one step of this name."""
        self._begin()
        self._value = REMOVE if remove else ADD
        self._start(self._marking(pieces, name))

    def abandon_stroke(self) -> None:
        """Take the unfinished stroke back, without a step."""
        self.settle()
        if self._last is None or self._open is None:
            return
        before, self._open, self._last = self._open, None, None
        for place, tile in before.items():
            self._fill_tile(place, tile)
        self._tell(before)

    # whole masks

    def import_mask(self, mask: Mask, replace: bool = False) -> None:
        """Add what a mask (H, W) marks, as one step; with replace, what was edited before is dropped."""
        self._check(mask)

        def after(tile: Slices) -> Plane:
            marked = mask[tile] >= 128
            return np.where(marked, np.uint8(ADD), np.uint8(NOTHING) if replace else self.plane[tile])

        self._write(after, _("Import Mask"))

    def import_plane(self, plane: Plane, name: str, decisions: Decisions) -> None:
        """Put a whole plane of edits and all decisions in the place of these, as one step of this name."""
        self._check(plane)
        self._write(lambda tile: plane[tile], name, decisions)

    def clear(self) -> None:
        """Drop all hand edits, as one step."""
        self._write(lambda tile: np.zeros_like(self.plane[tile]), _("Clear Hand Edits"))

    def wipe(self, starts: Places, ends: Places, name: str, decisions: Decisions) -> None:
        """Forget what was added in these runs, and put these decisions in the place of the others, as one step."""
        self._begin()
        width = self.plane.shape[1]
        pixels = pixels_of(starts, ends)
        pixels = pixels[self.plane.reshape(-1)[pixels] == ADD]
        tiles = np.stack([pixels // width // TILE, pixels % width // TILE], axis=1)
        for row, column in np.unique(tiles, axis=0).tolist():
            self._keep_tile((row, column))
        self.plane.reshape(-1)[pixels] = NOTHING
        touched = self._open or {}
        self._start(self._ending(None, name, decisions))
        self.settle()
        self._tell(touched)

    def decide(self, decisions: Decisions, name: str) -> None:
        """Put these decisions in the place of the others, as one step of this name."""
        self._begin()
        self._close(name, {}, decisions)

    def start_with(self, mask: Mask) -> None:
        """Begin with a mask (H, W) that exists already as added by hand: no step, nothing to undo, not dirty."""
        self.settle()
        self._check(mask)
        self.plane[:] = np.where(mask >= 128, np.uint8(ADD), np.uint8(NOTHING))
        self._undo.clear()
        self._redo.clear()
        self.mark_clean()
        self.changed.emit(Box(0, 0, self.plane.shape[1], self.plane.shape[0]))

    @property
    def empty(self) -> bool:
        """Whether nothing is added or removed by hand."""
        return not self.plane.any()

    # history

    @property
    def state(self) -> int:
        return self._state

    def undo(self) -> None:
        """Take the last step back."""
        self.end_stroke()
        self.settle()
        if self._undo:
            self._start(self._swapping(self._undo, self._redo))

    def redo(self) -> None:
        """Do the step again that was taken back last."""
        self.end_stroke()
        self.settle()
        if self._redo:
            self._start(self._swapping(self._redo, self._undo))

    # inside

    def _check(self, plane: NDArray[np.uint8]) -> None:
        if plane.shape != self.plane.shape:
            raise ValueError(f"a mask of {plane.shape} does not fit a photo of {self.plane.shape}")

    def _begin(self) -> None:
        self.end_stroke()
        self.settle()
        self._open = {}

    def _start(self, work: Bits) -> None:
        self._work = work
        self._go_on()

    def _go_on(self) -> None:
        """Do a bit of the work, and the rest when the event loop comes round again."""
        work, self._work = self._work, None
        done = 0
        for pixels in work or ():
            done += pixels
            if done >= AT_ONCE:
                self._work = work
                self._goes_on.start()
                return

    def _stamping(self, start: Dab, end: Dab) -> Bits:
        touched: dict[tuple[int, int], Box] = {}
        for box, covered in segment(start, end, *self.plane.shape):
            self._put(box, covered)
            place = box.top // TILE, box.left // TILE
            touched[place] = union(touched[place], box) if place in touched else box
            yield box.area
        boxes = list(touched.values())
        for box in boxes if len(boxes) <= FEW else [reduce(union, boxes)]:
            self.changed.emit(box)

    def _marking(self, pieces: Iterable[Piece], name: str) -> Bits:
        for box, covered in pieces:
            self._put(box, covered)
            yield box.area
        self._tell(self._open or {})
        yield from self._ending(None, name)

    def _put(self, box: Box, covered: NDArray[np.bool_]) -> None:
        for place in _places(box):
            self._keep_tile(place)
        part = self.plane[box.rows, box.columns]
        if covered.all():
            part[...] = self._value
        else:
            np.copyto(part, np.uint8(self._value), where=covered)

    def _write(self, after: Callable[[Slices], Plane], name: str, decisions: Decisions | None = None) -> None:
        """Change any tile to what `after` gives for it, and the decisions where given, as one step."""
        self._begin()
        self._start(self._writing(after, name, decisions))

    def _writing(self, after: Callable[[Slices], Plane], name: str, decisions: Decisions | None) -> Bits:
        for place in _places(Box(0, 0, self.plane.shape[1], self.plane.shape[0])):
            tile = _tile_slices(place)
            new = after(tile)
            if not np.array_equal(self.plane[tile], new):
                self._keep_tile(place)
                self.plane[tile] = new
            yield new.size
        changed = self._open or {}
        self._close(name, changed, decisions)
        self._tell(changed)

    def _keep_tile(self, place: tuple[int, int]) -> None:
        """Keep a tile as it is before it changes."""
        assert self._open is not None
        if place not in self._open:
            self._open[place] = _kept(self.plane[_tile_slices(place)])

    def _fill_tile(self, place: tuple[int, int], tile: bytes | Plane) -> None:
        here = self.plane[_tile_slices(place)]
        here[...] = tile[0] if isinstance(tile, bytes) and len(tile) == 1 else _unpacked(tile, here.shape)

    def _ending(self, work: Bits | None, name: str, decisions: Decisions | None = None) -> Bits:
        """After the work what is open becomes a step: those of its tiles that are another way now."""
        yield from work or ()
        changed: Tiles = {}
        for place, tile in (self._open or {}).items():
            here = self.plane[_tile_slices(place)]
            if ((here != tile[0]) if isinstance(tile, bytes) else (here != tile)).any():
                changed[place] = tile
            yield here.size // 8
        self._close(name, changed, decisions)

    def _close(self, name: str, tiles: Tiles, decisions: Decisions | None = None) -> None:
        """What was open becomes a step that changed these tiles, as they were before."""
        self._open = self._last = None
        if decisions == self.decisions:
            decisions = None
        if not tiles and decisions is None:
            return
        self._newest += 1
        self._append(self._undo, Step(name, self._state, self._newest, tiles, self._exchanged(decisions)))
        self._state = self._newest
        self._redo.clear()
        while len(self._undo) > KEPT_STEPS and sum(step.size for step in self._undo) > KEPT_BYTES:
            self._undo.pop(0)
        self.stepsChanged.emit()

    def _swapping(self, steps: list[Step], others: list[Step]) -> Bits:
        """Go to the other side of the last of these steps."""
        step = steps.pop()
        here: Tiles = {}
        for place, tile in step.tiles.items():
            part = self.plane[_tile_slices(place)]
            here[place] = _kept(part)
            self._fill_tile(place, tile)
            yield part.size
        self._state = step.before if steps is self._undo else step.after
        self._append(others, Step(step.name, step.before, step.after, here, self._exchanged(step.decisions)))
        self._tell(here)
        self.stepsChanged.emit()

    def _append(self, steps: list[Step], step: Step) -> None:
        steps.append(step)
        if len(step.tiles) <= FEW:
            step.pack()
        else:
            _packing.submit(step.pack)

    def _exchanged(self, decisions: Decisions | None) -> Decisions | None:
        """Put these decisions in the place of the others, which are returned; None: they stay."""
        if decisions is None:
            return None
        before, self.decisions = self.decisions, decisions
        self.decided.emit()
        return before

    def _tell(self, tiles: Iterable[tuple[int, int]]) -> None:
        """Say that these tiles changed."""
        height, width = self.plane.shape
        boxes = [
            Box(column * TILE, row * TILE, min((column + 1) * TILE, width), min((row + 1) * TILE, height))
            for row, column in tiles
        ]
        for box in boxes if len(boxes) <= FEW else [reduce(union, boxes)]:
            self.changed.emit(box)


def union(one: Box, other: Box) -> Box:
    """The smallest box around two."""
    return Box(
        min(one.left, other.left),
        min(one.top, other.top),
        max(one.right, other.right),
        max(one.bottom, other.bottom),
    )


def _places(box: Box) -> Iterator[tuple[int, int]]:
    """Row and column of every tile that the box touches."""
    for row in range(box.top // TILE, -(-box.bottom // TILE)):
        for column in range(box.left // TILE, -(-box.right // TILE)):
            yield row, column


def _tile_slices(place: tuple[int, int]) -> Slices:
    row, column = place
    return slice(row * TILE, (row + 1) * TILE), slice(column * TILE, (column + 1) * TILE)


def _kept(tile: Plane) -> bytes | Plane:
    """A tile of a single value, as most are, as that value, packed; a copy of any other."""
    first = int(tile[0, 0])
    return tile.copy() if (tile != first).any() else bytes([first])


def _packed(tile: Plane) -> bytes:
    """A tile as compressed bytes, two bits for a pixel."""
    return zlib.compress(np.packbits([tile == ADD, tile == REMOVE], axis=-1).tobytes(), 1)


def _unpacked(packed: bytes | Plane, shape: tuple[int, ...]) -> Plane:
    if not isinstance(packed, bytes):
        return packed
    height, width = shape
    bits = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(2, height, -1)
    added, removed = np.unpackbits(bits, axis=-1, count=width)
    return np.asarray(added * np.uint8(ADD) + removed * np.uint8(REMOVE), np.uint8)
