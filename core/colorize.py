"""Colorize: a photo in, the same photo out with the colours that a model and the person's hints give it.

The lightness stays as it is, to the last digit of the linear luminance: only colour is added, and never more of it than
sRGB can show at that lightness. The model sees the photo small; its colours are carried to the full size along the
edges of the lightness (He, Sun, Tang, Guided Image Filtering, 2013).
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from . import tiles
from .color import Encoding, Samples, View, from_view
from .hints import Dabs, dabs_of, hinted_small, spread
from .lab import Light, coloured, grey_of, light_of, lightness_of
from .models.colorizing import Colorizer, Colours, Hints
from .models.enhancing import stretched
from .models.registry import Registry
from .parameters import Value
from .photo import Box, Photo
from .progress import Progress, part
from .reduced import overview, reduced_box, seen_at
from .translation import _

Plane = NDArray[np.float32]

GUIDE = 1024
"""Pixels on the longer side of the lightness that colours are first carried to."""
CELL = 3
"""Pixels of what a model sees by which its colours may be off their places."""
EDGE = 0.05
"""Difference of lightness, 0..1, from which on an edge of it is one of the colours too."""
SMALLEST = 96
"""Pixels at least on the shorter side of what a model sees."""
BLOCK = 512
"""Pixels along the side of what is done at once."""
THREADS = 2
STRIP = 64
"""Rows at once of what is done with each pixel: what is needed in between stays in the processor's cache."""
KEPT = 160 * 1024 * 1024
"""Bytes of the photo's light that are remembered."""


@dataclass(frozen=True)
class Found:
    """The colours of a whole photo as fields over it: a* and b* are slope * lightness + offset + hinted.

    Lightness is L* / 100; slope, offset and hinted are (h, w, 2); hinted is None where there are no hints.
    """

    slope: Plane
    offset: Plane
    hinted: Plane | None


@dataclass(frozen=True)
class Ground:
    """What is coloured, a part of the photo, and does not depend on the colours: its view (h, w, C); its light; its
    lightness without grain, by which colours come, and how much of a change shows, (h, w), None where all of it does.
    """

    view: View
    light: Light
    guide: Plane
    opacity: Plane | None

    @property
    def nbytes(self) -> int:
        planes = (self.view, self.light.luminance, self.light.root, self.guide, self.opacity)
        return sum(plane.nbytes for plane in planes if plane is not None)

    def rows(self, rows: slice) -> Ground:
        opacity = None if self.opacity is None else self.opacity[rows]
        return Ground(self.view[rows], self.light.rows(rows), self.guide[rows], opacity)


@dataclass
class Memory:
    """What was found in one photo, for whoever colours it again with other settings or hints.

    colours: what a model said last, by the model, its grey levels and the hints; the sliders have no part in it. found:
    what they made of it last. reduced: by the last scale. grounds: of the parts of previews seen last, by scale and
    place; no setting has a part in them. lines: along which colours were carried last.
    """

    whole: View | None = None
    reduced: dict[int, Photo] = field(default_factory=dict)
    colours: dict[tuple[str, int, bytes], Colours] = field(default_factory=dict)
    found: dict[tuple[Value, ...], Found] = field(default_factory=dict)
    grounds: dict[tuple[int, Box], Ground] = field(default_factory=dict)
    lines: dict[int, Lines] = field(default_factory=dict)

    def keep(self, key: tuple[int, Box], ground: Ground) -> None:
        """Remember the ground of a part; the oldest ones go."""
        self.grounds[key] = ground
        while sum(one.nbytes for one in self.grounds.values()) > KEPT:
            del self.grounds[next(iter(self.grounds))]


@dataclass(frozen=True)
class Colorization:
    """samples: (H, W, 3) in the photo's type, or of the region's size, or reduced by the scale that was asked for.

    encoding: of the samples; a grey photo's own profile says nothing on colours. hints: how many dabs were obeyed.
    """

    samples: Samples
    encoding: Encoding
    model: str
    hints: int
    notes: list[str] = field(default_factory=list)

    @property
    def summary(self) -> str:
        if self.hints:
            return _("The photo was coloured; hints obeyed: {count}.").format(count=self.hints)
        return _("The photo was coloured.")

    @property
    def facts(self) -> dict[str, Any]:
        """What machines want to know: plain values for JSON."""
        return {"colorize_model": self.model, "hints": self.hints}


def run(
    photo: Photo,
    settings: Mapping[str, Value],
    models: Registry,
    progress: Progress,
    hints: NDArray[np.uint8] | None = None,
    region: Box | None = None,
    scale: int = 1,
    memory: Memory | None = None,
) -> Colorization:
    """Colour the photo with the settings of the tool "colorize", or this region of it, as the whole run would.

    hints: (H, W, 4), sRGB-encoded RGBA, a colour where alpha is 128 or more. With a scale above 1 the photo is reduced
    by it before; the region's left and top are multiples of it. memory is of this very photo.
    Raises ModelError where the model cannot be had, Cancelled from progress.
    """
    name = str(settings["model"])
    colorizer: Colorizer = models.load("colorize", name)
    progress(0.0, _("Colorizing"))
    memory = memory or Memory()
    dabs = dabs_of(hints) if hints is not None else None
    if memory.whole is None:
        memory.whole = overview(photo, GUIDE, part(progress, 0.0, 0.15))[0]
    asked = (name, int(settings["levels"]), dabs.digest if dabs else b"")
    if asked not in memory.colours:
        memory.colours.clear()
        memory.found.clear()
        memory.colours[asked] = look(memory.whole, photo, colorizer, asked[1], dabs)
    sliders = (settings["saturation"], settings["mute"])
    if sliders not in memory.found:
        memory.found.clear()
        memory.found[sliders] = find(memory.whole, photo, memory.colours[asked], settings, dabs, memory.lines)
    seen = seen_at(photo, scale, memory.reduced, part(progress, 0.25, 0.3))
    encoding = photo.encoding if not photo.is_grey or photo.encoding.curve == "linear" else Encoding()
    work = _Work(seen, photo.samples.dtype, encoding, memory.found[sliders], dabs if scale == 1 else None)
    if region is not None or scale > 1:  # a preview: another one with other settings will follow
        work = replace(work, remembered=_Remembered(memory, scale))
    samples = _block_by_block(work, reduced_box(region or photo.whole, scale), part(progress, 0.3, 1.0))
    return Colorization(samples, encoding, name, dabs.count if dabs else 0, _notes(colorizer, dabs))


def _notes(colorizer: Colorizer, dabs: Dabs | None) -> list[str]:
    if dabs is None or colorizer.takes_hints:
        return []
    return [_("This model does not know hints; they colour their own places and what is like them nearby.")]


# The colours of the whole photo


def look(whole: View, photo: Photo, colorizer: Colorizer, levels: int, dabs: Dabs | None) -> Colours:
    """What the model says of a photo, of which `whole` is a small view (h, w, C)."""
    height, width = _size_seen(whole.shape[0], whole.shape[1], colorizer.area)
    small = np.asarray(cv2.resize(grey_of(whole), (width, height), interpolation=cv2.INTER_AREA), np.float32)
    given: Hints | None = None
    if dabs is not None and colorizer.takes_hints:
        given = hinted_small(dabs, photo.height, photo.width, height, width)
    return colorizer.seen(small, given, levels)


def find(
    whole: View,
    photo: Photo,
    colours: Colours,
    settings: Mapping[str, Value],
    dabs: Dabs | None,
    kept: dict[int, Lines],
) -> Found:
    """The colours that a model's answer and the hints give a photo, of which `whole` is a small view (h, w, C).

    kept: the lines of this very photo that were used last.
    """
    around = 2 * round(CELL * max(whole.shape[:2]) / max(colours.ab.shape[:2])) + 1
    if around not in kept:
        kept.clear()
        kept[around] = Lines(lightness_of(whole), around)
    lines = kept[around]
    mute = np.float32(settings["mute"])
    sure = (1 - mute + mute * colours.sure)[..., None]
    ab = colours.ab * sure * np.float32(settings["saturation"])
    slope, offset = carried(lines, ab)
    hinted = None
    if dabs is not None:
        own = slope * lines.lightness[..., None] + offset
        hinted = spread(dabs, photo.height, photo.width, lines.lightness, own)
    return Found(slope, offset, hinted)


def _size_seen(height: int, width: int, area: int) -> tuple[int, int]:
    """Height and width with about `area` pixels, the shorter side not too short, and none larger than it is."""
    zoom = max((area / (height * width)) ** 0.5, SMALLEST / min(height, width))
    zoom = min(zoom, 1.0, (4 * area / (height * width)) ** 0.5)
    return max(1, round(height * zoom)), max(1, round(width * zoom))


def carried(lines: Lines, ab: Plane) -> tuple[Plane, Plane]:
    """Colours (h, w, 2) of a small picture along the edges of the lightness (H, W) of a larger one.

    In each neighbourhood the straight line from the lightness to a* and b*: slope and offset, (H, W, 2) each; twice,
    because the colours that come in are still blurred across the edges.
    """
    height, width = lines.lightness.shape
    large = np.asarray(cv2.resize(ab, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)

    def along(axis: int) -> tuple[Plane, Plane]:
        slope, offset = lines.through(large[..., axis].copy())
        return lines.through(slope * lines.guide + offset)

    with ThreadPoolExecutor(THREADS) as pool:
        (slope_a, offset_a), (slope_b, offset_b) = pool.map(along, range(2))
    return np.stack([slope_a, slope_b], axis=2), np.stack([offset_a, offset_b], axis=2)


class Lines:
    """The straight lines from a lightness (H, W), 0..1, to other values, around each pixel by so many pixels."""

    def __init__(self, lightness: Plane, around: int) -> None:
        self.lightness, self._around = lightness, around
        self.guide = _blurred(lightness, 0.7)
        self._mean = self._averaged(self.guide)
        variance = self._averaged(self.guide * self.guide) - self._mean**2
        self._steady = np.maximum(variance, 0) + np.float32(EDGE**2)

    def through(self, values: Plane) -> tuple[Plane, Plane]:
        """Slope and offset, (H, W) each, of the line to values (H, W)."""
        mean = self._averaged(values)
        covariance = self._averaged(self.guide * values) - self._mean * mean
        slope = covariance / self._steady
        return self._averaged(slope), self._averaged(mean - slope * self._mean)

    def _averaged(self, plane: Plane) -> Plane:
        around = (self._around, self._around)
        return np.asarray(cv2.boxFilter(plane, -1, around, borderType=cv2.BORDER_REFLECT), np.float32)


# What becomes of each pixel


@dataclass(frozen=True)
class _Work:
    """seen: the photo, or the reduced one in its place. dabs: None where they are too small to be seen."""

    seen: Photo
    dtype: np.dtype[Any]
    encoding: Encoding
    found: Found
    dabs: Dabs | None
    remembered: _Remembered | None = None

    def ground(self, tile: tiles.Tile, box: Box, smooth: float) -> Ground:
        """What is coloured of a tile, this box of it, found now or before."""
        found = self.remembered.ground(box) if self.remembered else None
        return found or _ground(self.seen, tile, box, smooth)


@dataclass(frozen=True)
class _Remembered:
    """The grounds of one scale in a photo's memory."""

    memory: Memory
    scale: int

    def ground(self, box: Box) -> Ground | None:
        return self.memory.grounds.get((self.scale, box))

    def keep(self, box: Box, ground: Ground) -> None:
        self.memory.keep((self.scale, box), ground)


def _block_by_block(work: _Work, asked: Box, progress: Progress) -> Samples:
    """The samples (h, w, 3) of a box of what is seen."""
    seen = work.seen
    smooth = max(1.0, 0.4 * max(seen.height, seen.width) / max(work.found.slope.shape[:2]))
    grid = tiles.Grid(BLOCK, 1, min(int(np.ceil(3 * smooth)), BLOCK // 4))
    parts = [tile for tile in tiles.cut(seen.height, seen.width, grid) if tile.inner.meets(asked)]
    out = np.empty((asked.bottom - asked.top, asked.right - asked.left, 3), work.dtype)

    def colour(tile: tiles.Tile) -> tuple[Box, Ground]:
        # Of whole rows of a tile, whatever is kept: the last bit of a product of matrices depends on their size.
        inner = tile.inner
        box = Box(inner.left, max(inner.top, asked.top), inner.right, min(inner.bottom, asked.bottom))
        ground = work.ground(tile, box, smooth)
        for top in range(box.top, box.bottom, STRIP):
            strip = Box(box.left, top, box.right, min(top + STRIP, box.bottom))
            kept = strip.common(asked)
            samples = _coloured(work, ground.rows(slice(top - box.top, strip.bottom - box.top)), strip)
            out[kept.within(asked)] = samples[kept.within(strip)]
        return box, ground

    with ThreadPoolExecutor(THREADS) as pool:
        for index, (box, ground) in enumerate(pool.map(colour, parts)):
            if work.remembered:
                work.remembered.keep(box, ground)
            progress(index / len(parts), _("Colorizing"))
    progress(1.0, _("Colorizing"))
    return out


def _ground(seen: Photo, tile: tiles.Tile, box: Box, smooth: float) -> Ground:
    """What is to be coloured of a tile: a box of its inner part, in arrays of its own."""
    visible = tiles.visible(tile, seen.height, seen.width)
    inside = box.within(visible)
    view = seen.view(visible)
    guide = _blurred(lightness_of(np.clip(view, 0, 1)), smooth)[inside].copy()
    view = view[inside].copy()
    opacity = seen.opacity(box)
    return Ground(view, light_of(np.clip(view, 0, 1)), guide, None if (opacity == 1).all() else opacity)


def _coloured(work: _Work, ground: Ground, box: Box) -> Samples:
    """The samples (h, w, 3) of a box of what is seen, of which this is the ground."""
    seen, found, before = work.seen, work.found, ground.view
    ab = np.empty((*ground.guide.shape, 2), np.float32)
    for axis in range(2):
        slope, offset = (_stretched(of, axis, box, seen) for of in (found.slope, found.offset))
        ab[..., axis] = slope * ground.guide + offset
        if found.hinted is not None:
            ab[..., axis] += _stretched(found.hinted, axis, box, seen)
    if work.dabs is not None:
        ab = work.dabs.obeyed(ab, box)
    better = coloured(ground.light, ab) + (before - np.clip(before, 0, 1))
    change = better - before
    if ground.opacity is None:
        return from_view(before + change, work.dtype, work.encoding)
    opacity = ground.opacity[..., None]
    mixed = np.where(opacity > 0, before + change * opacity, before)
    samples = from_view(mixed, work.dtype, work.encoding)
    own = opacity == 0
    if seen.samples.dtype == work.dtype and not seen.is_grey and own.any():
        samples = np.where(own, seen.samples[box.rows, box.columns], samples)
    return samples


def _stretched(field: Plane, axis: int, box: Box, seen: Photo) -> Plane:
    """One of the two values of a field over what is seen, at the pixels of the box."""
    return stretched(field[..., axis : axis + 1], box, seen.height, seen.width)[..., 0]


def _blurred(plane: Plane, sigma: float) -> Plane:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101), np.float32)
