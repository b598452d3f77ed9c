"""Damaged photographs with their masks, made from sound ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np

from core.color import LUMA
from core.training import cracks, found, lifted, look, lookalikes, patches, strokes
from core.training.canvas import Canvas, visible_change
from core.training.cut import choose_cut
from core.training.found import Found
from core.training.marked import DAMAGED, Marked
from core.training.textures import Bytes, Rng

Maker = Callable[[Canvas, Rng, Found], None]


def alone(make: Callable[[Canvas, Rng], None]) -> Maker:
    """A maker that needs no real material."""
    return lambda canvas, rng, _: make(canvas, rng)


# kind: (how often, maker). The order is that of the labels, 1 onwards.
KINDS: dict[str, tuple[float, Maker]] = {
    "scratches": (2.2, alone(strokes.scratches)),
    "faint lines": (0.35, alone(strokes.faint_lines)),
    "hairs": (1.0, alone(strokes.hairs)),
    "lint": (0.6, alone(strokes.lint)),
    "scuffs": (0.4, alone(strokes.scuffs)),
    "dust": (1.8, alone(strokes.dust)),
    "outlines": (1.2, found.outlines),
    "film dust": (0.04, found.film_dust),
    "sprites": (1.1, found.sprites),
    "overlay": (0.3, found.overlay),
    "cracks": (1.1, alone(cracks.cracks)),
    "craquelure": (0.35, alone(cracks.craquelure)),
    "folds": (0.7, alone(cracks.folds)),
    "crumpled": (0.04, lambda canvas, rng, real: cracks.crumpled(canvas, rng, real.crumples)),
    "lost patches": (2.3, alone(patches.lost_patches)),
    "flakes": (0.9, alone(patches.flakes)),
    "blotches": (0.35, alone(patches.blotches)),
    "torn": (1.2, alone(patches.torn)),
    "stains": (0.25, lambda canvas, rng, real: patches.stains(canvas, rng, real.stains)),
    "tapes": (0.5, alone(patches.tapes)),
    "lifted": (3.0, lambda canvas, rng, real: lifted.lifted(canvas, rng, real.lifted)),
}
LABELS = {name: i + 1 for i, name in enumerate(KINDS)}
LINES = (
    "scratches",
    "faint lines",
    "hairs",
    "lint",
    "dust",
    "outlines",
    "film dust",
    "sprites",
    "cracks",
    "folds",
)
PATCHES = ("lost patches", "torn", "flakes", "blotches")
RARER = {"lost patches": 0.43, "torn": 0.5, "blotches": 0.57}
"""How often a network sees these kinds, against the weights above: seen as often as they are drawn for measuring, they
teach it that the dark places of old photographs are lost.
"""
LOOKALIKES = 0.15
"""Share of the sound photos on which something is drawn that looks like damage and is none."""


@dataclass
class Damaged:
    """image: uint8 (H, W, 3) sRGB. mask: uint8 (H, W) 0 or 1. kind: uint8 (H, W), LABELS. brighter: bool (H, W)."""

    image: Bytes
    mask: Bytes
    kind: Bytes
    brighter: Bytes


def random_scale(rng: Rng) -> float:
    """Of stroke widths: 0.7 (small picture from the web) to 3.6 (a print at 600 dpi and more)."""
    return float(np.exp(rng.uniform(np.log(0.7), np.log(3.6)) * rng.uniform(0.3, 1)))


def random_kinds(
    rng: Rng, among: Iterable[str] = KINDS, mean: float = 1.2, rarer: Mapping[str, float] = MappingProxyType({})
) -> list[str]:
    """One kind or several, drawn by their weights, times what `rarer` says of some."""
    names = list(among)
    weights = np.array([KINDS[name][0] * rarer.get(name, 1.0) for name in names])
    return [str(k) for k in rng.choice(names, 1 + min(4, int(rng.poisson(mean))), p=weights / weights.sum())]


def damage(rng: Rng, photo: Bytes, real: Found, kinds: Iterable[str], scale: float) -> Damaged:
    """A sound photo, uint8 (H, W, 3), made old, damaged by `kinds` (none: only made old) and scanned."""
    style = look.choose_look(rng, scale)
    clean = look.before(rng, np.asarray(photo, np.float32) * np.float32(1 / 255), style, real.papers)
    canvas = Canvas(clean, scale, style.grain if style.scanned else 0.0, style.colour != "grey")
    for name in kinds:
        canvas.current = LABELS[name]
        KINDS[name][1](canvas, rng, real)
    np.clip(canvas.image, 0, 1, out=canvas.image)
    if not canvas.kind.any():
        scan = look.after(rng, look.optics(rng, style, [clean])[0], style)
        nothing = np.zeros(canvas.size, np.uint8)
        return Damaged(scan, nothing, nothing, nothing)
    sound, image, opacity = look.optics(rng, style, [clean, canvas.image, canvas.opacity])
    if style.colour == "grey":
        sound, image = ((p @ LUMA)[..., None].repeat(3, 2) for p in (sound, image))
    mask = visible_change(sound, image, opacity, canvas.visible)
    mask = tidy(mask)
    brighter = (image.mean(2) > sound.mean(2)).astype(np.uint8)
    return Damaged(look.after(rng, image, style), mask, canvas.kind, brighter)


def tidy(mask: Bytes) -> Bytes:
    """Without pinholes and without lone pixels, which nobody would paint: uint8 (H, W)."""
    around = cv2.boxFilter(mask, cv2.CV_16S, (3, 3), normalize=False, borderType=cv2.BORDER_REFLECT_101)
    filled = (mask == 1) & (around > 1) | (around >= 7)
    return np.asarray(filled, np.uint8)


@dataclass
class Generator:
    """Crops to train on, without end. photos: uint8 (H, W, 3) each, sound; old: real ones, marked by hand."""

    photos: list[Bytes]
    real: Found
    undamaged: float = 1 / 3
    old: Sequence[Marked] = ()
    share_of_old: float = 0.3

    def __post_init__(self) -> None:
        area = np.array([min(p.shape[0] * p.shape[1], 3_000_000) for p in self.photos], np.float64) ** 0.5
        self.chances = np.cumsum(area / area.sum())

    def crop(self, rng: Rng, size: int) -> tuple[Bytes, Bytes]:
        """(image uint8 (size, size, 3), labels uint8 (size, size), of core.training.marked)."""
        if len(self.old) and rng.random() < self.share_of_old:
            return self.old_crop(rng, size)
        photo = self.photos[min(int(np.searchsorted(self.chances, rng.random())), len(self.photos) - 1)]
        sound = rng.random() < self.undamaged
        part = choose_cut(rng, photo, size, busy=bool(rng.random() < (0.5 if sound else 0.15))).picture(photo)
        if rng.random() < LOOKALIKES:
            part = lookalikes.drawn_on(rng, part)
        scale = random_scale(rng)
        made = damage(rng, part, self.real, [] if sound else random_kinds(rng, rarer=RARER), scale)
        return made.image, made.mask

    def old_crop(self, rng: Rng, size: int) -> tuple[Bytes, Bytes]:
        """A part of a real old photograph with its own damage: as it is, scanned anew, or with more damage on it."""
        photo = self.old[int(rng.integers(len(self.old)))]
        cut = choose_cut(rng, photo.image, size, busy=rng.random() < 0.3)
        for _ in range(3 if rng.random() < 0.5 else 0):  # half of the time: a place where something is marked
            if (cut.labels(photo.labels) == DAMAGED).any():
                break
            cut = choose_cut(rng, photo.image, size, busy=False)
        part, labels = cut.picture(photo.image), cut.labels(photo.labels)
        way = rng.random()
        if way < 0.4:
            return part, labels
        made = damage(rng, part, self.real, [] if way < 0.65 else random_kinds(rng, rarer=RARER), random_scale(rng))
        return made.image, np.where(made.mask > 0, np.uint8(DAMAGED), labels)


def batch(crops: list[tuple[Bytes, Bytes]]) -> tuple[Bytes, Bytes]:
    """Crops as a batch: images uint8 (N, H, W, 3), masks uint8 (N, H, W)."""
    return np.stack([c[0] for c in crops]), np.stack([c[1] for c in crops])
