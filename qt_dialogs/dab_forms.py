"""What dabs of colour look like: strokes of a round brush, and patches that were lifted from a layer of hints."""

from __future__ import annotations

import binascii
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from math import ceil, floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.photo import Box

from .looks import Colour
from .strokes import Dab, segment

FIRST_COLOUR: Colour = (222, 176, 142)
Pieces = Iterator[tuple[Box, NDArray[np.bool_]]]
"""Boxes inside of the photo, and their pixels (h, w)."""


@dataclass(frozen=True)
class Stroke:
    """A disc, or one that was dragged along: its points, and the colour that it leaves; None: it takes colours away."""

    points: tuple[Dab, ...]
    colour: Colour | None

    def pieces(self, height: int, width: int, within: Box) -> Pieces:
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

    def moved(self, right: float, down: float) -> Stroke:
        """The same elsewhere."""
        points = tuple(replace(point, x=point.x + right, y=point.y + down) for point in self.points)
        return replace(self, points=points)

    @property
    def kept(self) -> list[Any]:
        """Plain values for JSON."""
        return [self.colour and list(self.colour), [[point.x, point.y, point.diameter] for point in self.points]]

    @cached_property
    def _bounds(self) -> tuple[int, int, int, int]:
        reach = max(point.diameter for point in self.points) / 2 + 2
        left, right = (pick(point.x for point in self.points) for pick in (min, max))
        top, bottom = (pick(point.y for point in self.points) for pick in (min, max))
        return floor(left - reach), floor(top - reach), ceil(right + reach), ceil(bottom + reach)


@dataclass(frozen=True, eq=False)
class Patch:
    """Pixels of any shape: the place of their first column and row, which may lie outside of the photo, which of them
    are covered (h, w), and the colour; None: colours are taken away there.
    """

    left: int
    top: int
    covered: NDArray[np.bool_]
    colour: Colour | None

    def pieces(self, height: int, width: int, within: Box) -> Pieces:
        """As those of a stroke."""
        box = self.box(height, width)
        if box.left < box.right and box.top < box.bottom and box.meets(within):
            yield box, self.covered[box.within(self._whole)]

    def box(self, height: int, width: int) -> Box:
        """Around all that it covers."""
        whole = self._whole
        left, top = min(max(whole.left, 0), width), min(max(whole.top, 0), height)
        return Box(left, top, max(min(whole.right, width), left), max(min(whole.bottom, height), top))

    def moved(self, right: float, down: float) -> Patch:
        """The same elsewhere, at whole pixels."""
        return Patch(self.left + round(right), self.top + round(down), self.covered, self.colour)

    @property
    def kept(self) -> list[Any]:
        """Plain values for JSON."""
        packed = b64encode(zlib.compress(np.packbits(self.covered).tobytes())).decode()
        height, width = self.covered.shape
        patch = {"left": self.left, "top": self.top, "width": width, "height": height, "covered": packed}
        return [self.colour and list(self.colour), patch]

    @property
    def _whole(self) -> Box:
        height, width = self.covered.shape
        return Box(self.left, self.top, self.left + width, self.top + height)


Form = Stroke | Patch


def forms_kept(kept: Any) -> tuple[Form, ...] | None:
    """Forms from what `kept` of each gave, in a list; None where it holds something else."""
    try:
        return tuple(_form(colour, rest) for colour, rest in kept)
    except (KeyError, TypeError, ValueError, zlib.error, binascii.Error):
        return None


def _form(values: Any, rest: Any) -> Form:
    colour: Colour | None = None
    if values is not None:
        red, green, blue = (int(value) for value in values)
        colour = (red, green, blue)
        if not all(0 <= value <= 255 for value in colour):
            raise ValueError(colour)
    if isinstance(rest, dict):
        left, top, width, height = (int(rest[name]) for name in ("left", "top", "width", "height"))
        if width < 1 or height < 1:
            raise ValueError(rest)
        bits = np.frombuffer(zlib.decompress(b64decode(rest["covered"])), np.uint8)
        covered = np.unpackbits(bits)[: width * height].reshape(height, width)
        return Patch(left, top, covered.astype(bool), colour)
    points = tuple(Dab(float(x), float(y), float(diameter)) for x, y, diameter in rest)
    if not points or not np.isfinite([(point.x, point.y, point.diameter) for point in points]).all():
        raise ValueError(rest)
    return Stroke(points, colour)
