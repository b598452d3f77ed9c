"""What an enhancer is: functions that say how a photo's tones, noise and sharpness would be better.

All see views within 0..1, C = 1 for grey photos and 3 for coloured ones, and answer with as many channels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..color import View
from ..photo import Box


@dataclass(frozen=True)
class Route:
    """From what kind of photo to what kind: "x" aged, "r" modern, "y" old. For networks that know several kinds."""

    encoder: str = "x"
    decoder: str = "r"


class Tone(Protocol):
    """What a photo's tones shall become."""

    def applied(self, view: View, box: Box, height: int, width: int) -> View:
        """The view (h, w, C) of the box of a photo of height x width with other tones; it may go beyond 0..1."""
        ...


@dataclass(frozen=True)
class Curves:
    """A Tone: tables (C, N) at equal steps over 0..1; values beyond keep their distance to the end."""

    tables: NDArray[np.float32]

    def applied(self, view: View, box: Box, height: int, width: int) -> View:
        """The view through the tables."""
        inside = np.clip(view, 0, 1)
        steps = np.linspace(0, 1, self.tables.shape[1])
        curved = [np.interp(inside[..., c], steps, table) for c, table in enumerate(self.tables)]
        return np.asarray(np.stack(curved, axis=2) + (view - inside), np.float32)


@dataclass(frozen=True)
class Gains:
    """A Tone: view * gain + offset, both (gh, gw, C) over the whole photo, bilinear between the cells' centres."""

    gain: NDArray[np.float32]
    offset: NDArray[np.float32]

    def applied(self, view: View, box: Box, height: int, width: int) -> View:
        """The view with the field of its place."""
        gain, offset = (stretched(field, box, height, width) for field in (self.gain, self.offset))
        return np.asarray(view * gain + offset, np.float32)


@dataclass(frozen=True)
class Detail:
    """Of a tile (h, w, C): what to add to take the noise away, and what to add on top of that to sharpen."""

    noise: View
    sharpness: View


@dataclass(frozen=True)
class Enhancer:
    """A model of the tool "enhance".

    side: the whole photo is seen reduced to at most this many pixels on its longer side.
    tone: of the reduced whole photo (h, w, C).
    detail: of one tile, tile by tile by the card's grid; never asked where the card's tile is 0.
    picture: the decoder's own picture, of a tile, or of the reduced whole photo where the card's tile is 0.
    limits: of "noise", "blur" and "fading" the measured amounts at which the need for it begins and is full. Amounts
    are root mean squares of what would change, see core/enhance.py.
    """

    side: int
    tone: Callable[[View, Route], Tone]
    detail: Callable[[View, Route], Detail] | None
    picture: Callable[[View, Route], View] | None
    limits: Mapping[str, tuple[float, float]]


def stretched(field: NDArray[np.float32], box: Box, height: int, width: int) -> View:
    """A field (gh, gw, C) over a photo of height x width at the pixels of the box, bilinear between cells' centres."""
    top, bottom, down = _between(box.top, box.bottom, height, field.shape[0])
    left, right, across = _between(box.left, box.right, width, field.shape[1])
    field, left, right = field[:, left[0] : right[-1] + 1], left - left[0], right - left[0]
    rows = field[top] * (1 - down)[:, None, None] + field[bottom] * down[:, None, None]
    return np.asarray(rows[:, left] * (1 - across)[:, None] + rows[:, right] * across[:, None], np.float32)


def _between(start: int, end: int, length: int, cells: int) -> tuple[NDArray[np.intp], NDArray[np.intp], View]:
    """For each pixel of a span the cells before and behind it, and how far it is on the way from one to the other."""
    place = np.clip((np.arange(start, end) + 0.5) * cells / length - 0.5, 0, cells - 1)
    before = np.floor(place).astype(np.intp)
    return before, np.minimum(before + 1, cells - 1), (place - before).astype(np.float32)
