"""Detect: a photo in, a mask of its damage out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from . import mask as masks
from . import tiles
from .color import Encoding
from .marking import Probabilities, marked_damage, said_of, selected
from .models.card import Card
from .models.registry import Detector, Registry
from .parameters import Value
from .photo import Mask, Photo
from .progress import Progress, part, silent
from .reduced import overview
from .tools import DETECT
from .translation import _

FALLBACK = "classical"
SMALL = 2_000_000
"""Pixels up to which a photo is enlarged for another look; larger ones would take too long."""
SMALLEST = 500_000
"""Pixels that a photo keeps at least where it is reduced for another look."""


@dataclass(frozen=True)
class Detection:
    """What was found.

    threshold is the model's own, at sensitivity 0.5; share the part of the photo that the mask marks, 0..1; notes are
    sentences for the person.
    """

    mask: Mask
    probabilities: Probabilities
    model: str
    threshold: float
    defects: int
    share: float
    notes: list[str] = field(default_factory=list)

    @property
    def summary(self) -> str:
        return said_of(self.defects, self.share)


def run(photo: Photo, settings: Mapping[str, Value], models: Registry, progress: Progress) -> Detection:
    """Find the photo's damage with the settings of the tool "detect".

    Where the default network is broken the classical detector takes its place, and a note says so.
    Raises ModelError where another model cannot be had, Cancelled from progress.
    """
    card, detector, notes = models.load_or_another(
        "detect",
        str(settings["model"]),
        str(DETECT.parameters[0].default),
        FALLBACK,
        _("{problem} The classical detector was used instead."),
    )
    found = probabilities(photo, card, detector, progress)
    marked = selected(marked_damage(found, card.threshold, settings, photo), photo.selection)
    share = float(np.count_nonzero(marked) / marked.size)
    return Detection(marked, found, card.name, card.threshold, masks.count(marked), share, notes)


def probabilities(photo: Photo, card: Card, detector: Detector, progress: Progress) -> Probabilities:
    """The detector over the whole photo, tile by tile; 0 where the photo is fully transparent.

    Where the card asks for more looks, the photo is looked at in other sizes too, and the highest answer counts: hairs
    of a small picture are thinner than what a network has learned, cracks of a scan at 600 dpi are wider.
    """
    sizes = other_sizes(photo.height * photo.width, card.second_look)
    work = 1 + sum(size**2 for size in sizes)
    done = 1 / work
    found = _tile_by_tile(photo, card, detector, part(progress, 0.0, done))
    smaller = photo
    for size in sizes:
        share = size**2 / work
        if size > 1:
            other = _enlarged(photo, size)
        else:
            other = smaller = _halved(smaller)
        again = _tile_by_tile(other, card, detector, part(progress, done, done + share))
        way = cv2.INTER_AREA if size > 1 else cv2.INTER_LINEAR
        np.maximum(found, cv2.resize(again, (photo.width, photo.height), interpolation=way), out=found)
        done += share
    return np.where(photo.opaque(photo.whole), found, np.uint16(0))


def other_sizes(pixels: int, second_look: float) -> list[float]:
    """The sizes in which a photo of so many pixels is looked at again, 1 its own: a small one also enlarged, a large
    one also at half its size, a quarter and so on. None where the card's second_look is 0.
    """
    if second_look <= 1:
        return []
    larger = [second_look] if pixels <= SMALL else []
    halvings = max(0, int(math.log(pixels / SMALLEST, 4)))
    return larger + [0.5**k for k in range(1, halvings + 1)]


def _enlarged(photo: Photo, size: float) -> Photo:
    """The photo's view, clipped to 0..1, so many times as large."""
    view = np.clip(photo.view(photo.whole), 0, 1)
    return _of_view(cv2.resize(view, None, fx=size, fy=size, interpolation=cv2.INTER_CUBIC))


def _halved(photo: Photo) -> Photo:
    """The photo's view, clipped to 0..1, at half its size."""
    view, _share = overview(photo, math.ceil(max(photo.height, photo.width) / 2), silent)
    return _of_view(view)


def _of_view(view: NDArray[Any]) -> Photo:
    return Photo(np.asarray(view, np.float32).reshape(*view.shape[:2], -1), encoding=Encoding("srgb"))


def _tile_by_tile(photo: Photo, card: Card, detector: Detector, progress: Progress) -> Probabilities:
    out = np.zeros((photo.height, photo.width), np.uint16)
    grid = tiles.Grid(card.tile, card.stride, card.overlap)
    parts = tiles.cut(photo.height, photo.width, grid)
    for index, tile in enumerate(parts):
        progress(index / len(parts), _("Looking for damage"))
        visible = tiles.visible(tile, photo.height, photo.width)
        answer = detector(tiles.padded(photo.view(visible), tile))
        inner = answer[
            tile.inner.top - tile.outer.top : tile.inner.bottom - tile.outer.top,
            tile.inner.left - tile.outer.left : tile.inner.right - tile.outer.left,
        ]
        out[tile.inner.rows, tile.inner.columns] = np.rint(np.clip(inner, 0, 1) * 65535).astype(np.uint16)
    progress(1.0, _("Looking for damage"))
    return out
