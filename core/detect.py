"""Detect: a photo in, a mask of its damage out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from . import mask as masks
from . import tiles
from .color import Encoding
from .models.card import Card
from .models.registry import Detector, ModelError, Registry, UnknownModel
from .photo import Mask, Photo
from .progress import Progress, part
from .tools import DETECT, Value
from .translation import _, ngettext

FALLBACK = "classical"
SENSITIVITY_SPAN = 6.0
"""How far sensitivity 0 and 1 lie apart, in logits of probability."""
SECOND_LOOK_PIXELS = 2_000_000
"""Photos of up to this size are small; larger ones would take too long twice."""

Probabilities = NDArray[np.uint16]
"""(H, W) uint16: 65535 times the probability that a pixel is damaged."""


@dataclass(frozen=True)
class Detection:
    """What was found. share is the part of the photo that the mask marks, 0..1; notes are sentences for the person."""

    mask: Mask
    probabilities: Probabilities
    model: str
    defects: int
    share: float
    notes: list[str] = field(default_factory=list)

    @property
    def summary(self) -> str:
        if not self.defects:
            return _("No damage was found.")
        found = ngettext("{count} defect was found", "{count} defects were found", self.defects)
        return _("{found}, {share:.2f} % of the photo.").format(
            found=found.format(count=self.defects), share=100 * self.share
        )


def run(photo: Photo, settings: Mapping[str, Value], models: Registry, progress: Progress) -> Detection:
    """Find the photo's damage with the settings of the tool "detect".

    Where the chosen network's weights are broken the classical detector takes its place, and a note says so.
    Raises ModelError where the model does not exist, Cancelled from progress.
    """
    card, detector, notes = _detector(str(settings["model"]), models)
    found = probabilities(photo, card, detector, progress)
    marked = marked_damage(found, card, settings)
    if photo.selection is not None:
        marked = np.where(photo.selection >= 128, marked, np.uint8(0))
    return replace(
        Detection(marked, found, card.name, masks.count(marked), 0.0, notes),
        share=float(np.count_nonzero(marked) / marked.size),
    )


def _detector(name: str, models: Registry) -> tuple[Card, Detector, list[str]]:
    """The card, the detector, and a note where another one had to take its place."""
    try:
        return models.card("detect", name), models.load("detect", name), []
    except ModelError as error:
        if name == FALLBACK or (isinstance(error, UnknownModel) and name != DETECT.parameters[0].default):
            raise
        note = _("{problem} The classical detector was used instead.").format(problem=error)
        return models.card("detect", FALLBACK), models.load("detect", FALLBACK), [note]


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


def marked_damage(found: Probabilities, card: Card, settings: Mapping[str, Value]) -> Mask:
    """The mask at the settings' sensitivity and sizes, grown as asked."""
    threshold = threshold_at(float(settings["sensitivity"]), card.threshold)
    marked = masks.binary(found >= threshold * 65535)
    marked = masks.within_sizes(marked, float(settings["min-size"]), float(settings["max-size"]))
    return masks.grown(marked, float(settings["grow"]))


def threshold_at(sensitivity: float, default: float) -> float:
    """The probability from which a pixel counts: `default` at sensitivity 0.5, higher below, lower above."""
    logit = np.log(default / (1 - default)) + SENSITIVITY_SPAN * (0.5 - sensitivity)
    return float(1 / (1 + np.exp(-logit)))
