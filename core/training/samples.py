"""The photographs that a detector is measured on: sound ones, damaged ones by the generator, real ones by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.training.damage import KINDS, LABELS, LINES, PATCHES, damage, random_kinds, random_scale
from core.training.found import Found
from core.training.measures import Truth
from core.training.photos import read
from core.training.textures import Bytes

TRAINING_ALONE = ("overlay", "lifted", "tapes")
"""Kinds that no set has: all of their real material is trained on, or they came later and would change the set."""
OTHERS = tuple(kind for kind in KINDS if kind not in (*LINES, *PATCHES, *TRAINING_ALONE))
SETS = {"lines": (LINES, 1), "patches": (PATCHES, 2), "others": (OTHERS, 3)}
"""The damaged validation sets: {name: (kinds of damage, seed)}."""


@dataclass
class Sample:
    """One validation photo. mask, kind, brighter: uint8 (H, W); all zero where it is undamaged."""

    name: str
    image: Bytes
    mask: Bytes
    kind: Bytes
    brighter: Bytes

    def kinds(self) -> dict[str, Truth]:
        """The parts of the damage by kind, and those brighter and darker than what they hide."""
        truth = self.mask > 0
        bright = self.brighter > 0
        parts = {name: truth & (self.kind == label) for name, label in LABELS.items()}
        return {**parts, "bright": truth & bright, "dark": truth & ~bright}


def sound_samples(photos: list[Path]) -> Iterator[Sample]:
    """The validation photos as they are."""
    for path in photos:
        yield sound(path.stem, read(path))


def sound(name: str, image: Bytes) -> Sample:
    """A photo in which nothing is known to be damaged."""
    nothing = np.zeros(image.shape[:2], np.uint8)
    return Sample(name, image, nothing, nothing, nothing)


def damaged_samples(photos: list[Path], real: Found, among: tuple[str, ...], seed: int) -> Iterator[Sample]:
    """The validation photos made old and damaged by some of the kinds `among`, none of them: only made old."""
    for i, path in enumerate(photos):
        rng = np.random.default_rng([20260, seed, i])
        scale = random_scale(rng)
        kinds = random_kinds(rng, among, 1.0) if among else []
        made = damage(rng, read(path), real, kinds, scale)
        yield Sample(path.stem, made.image, made.mask, made.kind, made.brighter)
