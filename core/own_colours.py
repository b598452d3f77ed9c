"""Whether a photo has colours of its own, or none but a tone, as sepia is."""

from __future__ import annotations

import numpy as np

from .lab import chroma_of, lightness_of
from .photo import Photo
from .progress import Progress
from .reduced import overview

SIDE = 256
"""Pixels on the longer side of what is looked at: the grain of the scan and its colour noise are averaged away."""
TONES = 24
"""Steps of the lightness, of each of which a toned photo has one colour."""
APART, SHARE = 10.0, 0.12
"""How far from the colour of its tone a place has to be, in a* and b*, to have one of its own, and which share of the
photo such places have to be. Stains, yellowed edges and uneven toning stay below: of 120 scans of old black-and-white
photographs, toned and stained as they are, none is above; of 253 colour photographs 209 are."""


def has_own_colours(photo: Photo, progress: Progress) -> bool:
    """Whether colours differ where the tone is the same. Raises Cancelled from progress."""
    if photo.is_grey:
        return False
    view, sound = overview(photo, SIDE, progress)
    seen = sound > 0
    if not seen.any():
        return False
    ab, tones = chroma_of(view)[seen], (lightness_of(view)[seen] * TONES).astype(np.intp).clip(0, TONES - 1)
    apart = np.empty_like(ab)
    for tone in np.unique(tones):
        of_tone = tones == tone
        apart[of_tone] = ab[of_tone] - np.median(ab[of_tone], axis=0)
    return bool((np.hypot(apart[:, 0], apart[:, 1]) > APART).mean() > SHARE)
