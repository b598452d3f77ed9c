"""Detect: a photo in, a mask of its damage out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import cv2
import numpy as np

from . import mask as masks
from . import tiles
from .color import Encoding
from .marking import Probabilities, marked_damage, selected
from .models.card import Card
from .models.registry import Detector, Registry
from .photo import Mask, Photo
from .progress import Progress, part
from .tools import DETECT, Value
from .translation import _, ngettext, number

FALLBACK = "classical"
SECOND_LOOK_PIXELS = 2_000_000
"""Photos of up to this size are small; larger ones would take too long twice."""


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
        if not self.defects:
            return _("No damage was found.")
        found = ngettext("{count} defect was found", "{count} defects were found", self.defects)
        return _("{found}, {share} % of the photo.").format(
            found=found.format(count=self.defects), share=number(100 * self.share, 2)
        )


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

    Where the card asks for it, a small photo is looked at a second time, enlarged, and the higher answer counts:
    its hairs and specks are thinner than those of the scans that networks learn from.
    """
    twice = card.second_look > 1 and photo.height * photo.width <= SECOND_LOOK_PIXELS
    found = _tile_by_tile(photo, card, detector, part(progress, 0.0, 0.3 if twice else 1.0))
    if twice:
        once = np.clip(photo.view(photo.whole), 0, 1)
        view = cv2.resize(once, None, fx=card.second_look, fy=card.second_look, interpolation=cv2.INTER_CUBIC)
        larger = Photo(np.asarray(view, np.float32).reshape(*view.shape[:2], -1), encoding=Encoding("srgb"))
        again = _tile_by_tile(larger, card, detector, part(progress, 0.3, 1.0))
        found = np.maximum(found, cv2.resize(again, (photo.width, photo.height), interpolation=cv2.INTER_AREA))
    return np.where(photo.opaque(photo.whole), found, np.uint16(0))


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
