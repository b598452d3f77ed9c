"""Colorize: a photo in, the same photo out with the colours that a model and the person's hints give it.

The lightness stays as it is, to the last digit of the linear luminance: only colour is added, and never more of it than
sRGB can show at that lightness. The model sees the photo small; its colours are carried to the full size along the
edges of the lightness (He, Sun, Tang, Guided Image Filtering, 2013).
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from . import tiles
from .color import Encoding, Samples, View, from_view
from .hints import Dabs, dabs_of, hinted_small, spread
from .lab import grey_of, lightness_of, with_chroma
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


@dataclass(frozen=True)
class Found:
    """The colours of a whole photo as fields over it: a* and b* are slope * lightness + offset + hinted.

    Lightness is L* / 100; slope, offset and hinted are (h, w, 2).
    """

    slope: Plane
    offset: Plane
    hinted: Plane


@dataclass
class Memory:
    """What was found in one photo, for whoever colours it again with other settings or hints.

    colours: what a model said last, by the model, its grey levels and the hints; the sliders have no part in it. found:
    what they made of it last. reduced: by the last scale.
    """

    whole: View | None = None
    reduced: dict[int, Photo] = field(default_factory=dict)
    colours: dict[tuple[str, int, bytes], Colours] = field(default_factory=dict)
    found: dict[tuple[Value, ...], Found] = field(default_factory=dict)


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
        memory.found[sliders] = find(memory.whole, photo, memory.colours[asked], settings, dabs)
    seen = seen_at(photo, scale, memory.reduced, part(progress, 0.25, 0.3))
    encoding = photo.encoding if not photo.is_grey or photo.encoding.curve == "linear" else Encoding()
    work = _Work(seen, photo.samples.dtype, encoding, memory.found[sliders], dabs if scale == 1 else None)
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


def find(whole: View, photo: Photo, colours: Colours, settings: Mapping[str, Value], dabs: Dabs | None) -> Found:
    """The colours that a model's answer and the hints give a photo, of which `whole` is a small view (h, w, C)."""
    lightness = lightness_of(whole)
    mute = np.float32(settings["mute"])
    sure = (1 - mute + mute * colours.sure)[..., None]
    ab = colours.ab * sure * np.float32(settings["saturation"])
    slope, offset = carried(lightness, ab)
    hinted = np.zeros((1, 1, 2), np.float32)
    if dabs is not None:
        hinted = spread(dabs, photo.height, photo.width, lightness, slope * lightness[..., None] + offset)
    return Found(slope, offset, hinted)


def _size_seen(height: int, width: int, area: int) -> tuple[int, int]:
    """Height and width with about `area` pixels, the shorter side not too short, and none larger than it is."""
    zoom = max((area / (height * width)) ** 0.5, SMALLEST / min(height, width))
    zoom = min(zoom, 1.0, (4 * area / (height * width)) ** 0.5)
    return max(1, round(height * zoom)), max(1, round(width * zoom))


def carried(lightness: Plane, ab: Plane) -> tuple[Plane, Plane]:
    """Colours (h, w, 2) of a small picture along the edges of the lightness (H, W), 0..1, of a larger one.

    In each neighbourhood the straight line from the lightness to a* and b*: slope and offset, (H, W, 2) each; twice,
    because the colours that come in are still blurred across the edges.
    """
    height, width = lightness.shape
    around = 2 * round(CELL * max(lightness.shape) / max(ab.shape[:2])) + 1
    large = np.asarray(cv2.resize(ab, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    guide = _blurred(lightness, 0.7)
    slope, offset = _lines(guide, large, around)
    return _lines(guide, slope * guide[..., None] + offset, around)


def _lines(guide: Plane, ab: Plane, around: int) -> tuple[Plane, Plane]:
    """Slope and offset, (H, W, 2) each, of the line from the guide (H, W) to colours (H, W, 2) around each pixel."""

    def mean(values: NDArray[Any]) -> Plane:
        filtered = cv2.boxFilter(values, -1, (around, around), borderType=cv2.BORDER_REFLECT)
        return np.asarray(filtered, np.float32).reshape(values.shape)

    mean_guide, mean_ab = mean(guide)[..., None], mean(ab)
    variance = mean(guide * guide)[..., None] - mean_guide**2
    covariance = mean(guide[..., None] * ab) - mean_guide * mean_ab
    slope = covariance / (np.maximum(variance, 0) + np.float32(EDGE**2))
    return mean(slope), mean(mean_ab - slope * mean_guide)


# What becomes of each pixel


@dataclass(frozen=True)
class _Work:
    """seen: the photo, or the reduced one in its place. dabs: None where they are too small to be seen."""

    seen: Photo
    dtype: np.dtype[Any]
    encoding: Encoding
    found: Found
    dabs: Dabs | None


def _block_by_block(work: _Work, asked: Box, progress: Progress) -> Samples:
    """The samples (h, w, 3) of a box of what is seen."""
    seen = work.seen
    smooth = max(1.0, 0.4 * max(seen.height, seen.width) / max(work.found.slope.shape[:2]))
    grid = tiles.Grid(BLOCK, 1, min(int(np.ceil(3 * smooth)), BLOCK // 4))
    parts = [tile for tile in tiles.cut(seen.height, seen.width, grid) if tile.inner.meets(asked)]
    out = np.empty((asked.bottom - asked.top, asked.right - asked.left, 3), work.dtype)

    def colour(tile: tiles.Tile) -> None:
        kept = tile.inner.common(asked)
        out[kept.within(asked)] = _coloured(work, tile, smooth)[kept.within(tile.inner)]

    with ThreadPoolExecutor(THREADS) as pool:
        for index, _nothing in enumerate(pool.map(colour, parts)):
            progress(index / len(parts), _("Colorizing"))
    progress(1.0, _("Colorizing"))
    return out


def _coloured(work: _Work, tile: tiles.Tile, smooth: float) -> Samples:
    """The samples (h, w, 3) of a tile's inner part."""
    seen, found = work.seen, work.found
    visible = tiles.visible(tile, seen.height, seen.width)
    inside = tile.inner.within(visible)
    view = seen.view(visible)
    shown = np.clip(view, 0, 1)
    guide = _blurred(lightness_of(shown), smooth)[inside][..., None]
    slope, offset, hinted = (
        stretched(of, tile.inner, seen.height, seen.width) for of in (found.slope, found.offset, found.hinted)
    )
    ab = slope * guide + offset + hinted
    if work.dabs is not None:
        ab = work.dabs.obeyed(ab, tile.inner)
    grey, before = shown[inside], view[inside]
    better = with_chroma(grey, ab) + (before - grey)
    before = np.broadcast_to(before, better.shape)
    opacity = seen.opacity(tile.inner)
    mixed = np.where(opacity[..., None] > 0, before + (better - before) * opacity[..., None], before)
    samples = from_view(mixed, work.dtype, work.encoding)
    own = opacity[..., None] == 0
    if seen.samples.dtype == work.dtype and not seen.is_grey and own.any():
        samples = np.where(own, seen.samples[tile.inner.rows, tile.inner.columns], samples)
    return samples


def _blurred(plane: Plane, sigma: float) -> Plane:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101), np.float32)
