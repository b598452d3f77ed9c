"""From probabilities to the mask: what the detector's answer and the settings mark. Nothing here needs a network."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from . import kinds
from . import mask as masks
from .parameters import Value
from .photo import Mask, Photo
from .tools import KINDS
from .translation import _, ngettext, number

SENSITIVITY_SPAN = 6.0
"""How far sensitivity 0 and 1 lie apart, in logits of probability."""

Probabilities = NDArray[np.uint16]
"""(H, W) uint16: 65535 times the probability that a pixel is damaged."""


def threshold_at(sensitivity: float, default: float) -> float:
    """The probability from which a pixel counts: `default` at sensitivity 0.5, higher below, lower above."""
    logit = math.log(default / (1 - default)) + SENSITIVITY_SPAN * (0.5 - sensitivity)
    return 1 / (1 + math.exp(-logit))


def above(found: Probabilities, threshold: float) -> Mask:
    """Where the probability is at least `threshold`, 0..1."""
    return masks.binary(found >= np.uint16(math.ceil(threshold * 65535)))


def wanted_kinds(settings: Mapping[str, Value]) -> frozenset[str]:
    """Those of KINDS that are switched on."""
    return frozenset(kind for kind in KINDS if settings[kind])


def marked_damage(found: Probabilities, threshold: float, settings: Mapping[str, Value], photo: Photo) -> Mask:
    """The mask at the settings' sensitivity, kinds and sizes, grown as asked; threshold is the model's own.

    A defect's kind and size are those of what is marked at this sensitivity, the photo's other defects included.
    """
    marked = above(found, threshold_at(float(settings["sensitivity"]), threshold))
    wanted = wanted_kinds(settings)
    if len(wanted) < len(KINDS):
        marked = kinds.only(marked, photo, wanted)
    marked = masks.within_sizes(marked, float(settings["min-size"]), float(settings["max-size"]))
    return masks.grown(marked, float(settings["grow"]))


def selected(mask: Mask, selection: Mask | None) -> Mask:
    """The part of a detection's mask that lies in the selection; all of it where there is none."""
    return mask if selection is None else np.where(selection >= 128, mask, np.uint8(0))


def said_of(defects: int, share: float) -> str:
    """What a mask holds, for people: so many defects, and their share (0..1) of the photo."""
    if not defects:
        return _("No damage was found.")
    found = ngettext("{count} defect was found", "{count} defects were found", defects).format(count=defects)
    return _("{found}, {share} % of the photo.").format(found=found, share=number(100 * share, 2))
