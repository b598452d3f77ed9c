"""Damaged photographs with their masks, made from sound ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from core.training import cracks, found, look, patches, strokes
from core.training.canvas import Canvas, visible_change
from core.training.found import Found
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
    "film dust": (0.1, found.film_dust),
    "sprites": (1.1, found.sprites),
    "overlay": (0.3, found.overlay),
    "cracks": (1.1, alone(cracks.cracks)),
    "craquelure": (0.35, alone(cracks.craquelure)),
    "folds": (0.7, alone(cracks.folds)),
    "crumpled": (0.04, lambda canvas, rng, real: cracks.crumpled(canvas, rng, real.crumples)),
    "lost patches": (1.8, alone(patches.lost_patches)),
    "flakes": (0.9, alone(patches.flakes)),
    "blotches": (0.35, alone(patches.blotches)),
    "torn": (0.9, alone(patches.torn)),
    "stains": (0.25, lambda canvas, rng, real: patches.stains(canvas, rng, real.stains)),
}
PRESUMED = 2
"""In a mask: sound as far as is known."""
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


def random_kinds(rng: Rng, among: Iterable[str] = KINDS, mean: float = 1.2) -> list[str]:
    """One kind or several, drawn by their weights."""
    names = list(among)
    weights = np.array([KINDS[name][0] for name in names])
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
        sound, image = ((p @ look.LUMA)[..., None].repeat(3, 2) for p in (sound, image))
    mask = visible_change(sound, image, opacity, canvas.visible)
    mask = tidy(mask)
    brighter = (image.mean(2) > sound.mean(2)).astype(np.uint8)
    return Damaged(look.after(rng, image, style), mask, canvas.kind, brighter)


def tidy(mask: Bytes) -> Bytes:
    """Without pinholes and without lone pixels, which nobody would paint: uint8 (H, W)."""
    around = cv2.boxFilter(mask, cv2.CV_16S, (3, 3), normalize=False, borderType=cv2.BORDER_REFLECT_101)
    filled = (mask == 1) & (around > 1) | (around >= 7)
    return np.asarray(filled, np.uint8)


def window(rng: Rng, photo: Bytes, size: int, busy: bool) -> Bytes:
    """A square of `size` pixels out of a photo at a random scale 0.5..2: uint8 (size, size, 3).

    busy: the one of several windows with most detail, where false alarms are.
    """
    smallest = size / min(photo.shape[:2])
    factor = max(float(np.exp(rng.uniform(np.log(0.5), np.log(2.0)))), smallest)
    side = min(round(size / factor), *photo.shape[:2])
    best: tuple[float, Bytes] | None = None
    for _ in range(5 if busy else 1):
        y = int(rng.integers(photo.shape[0] - side + 1))
        x = int(rng.integers(photo.shape[1] - side + 1))
        part = photo[y : y + side, x : x + side]
        detail = 0.0
        if busy:
            thin = np.asarray(part[::3, ::3, 1], np.float32)
            detail = float(np.abs(np.diff(thin, axis=0)).mean() + np.abs(np.diff(thin, axis=1)).mean())
        if best is None or detail > best[0]:
            best = detail, part
    assert best is not None
    part = best[1]
    if side != size:
        way = cv2.INTER_AREA if side > size else int(rng.choice([cv2.INTER_LINEAR, cv2.INTER_CUBIC]))
        part = np.asarray(cv2.resize(part, (size, size), interpolation=way), np.uint8)
    part = np.rot90(part, int(rng.choice([0, 0, 0, 1, 2, 3])))
    return np.ascontiguousarray(part[:, :: int(rng.choice([-1, 1]))])


@dataclass
class Generator:
    """Crops to train on, without end. photos: uint8 (H, W, 3) each; old: real old ones, which may have damage of
    their own that nobody marked: where none was added their mask says PRESUMED.
    """

    photos: list[Bytes]
    real: Found
    undamaged: float = 1 / 3
    old: Sequence[Bytes] = ()
    share_of_old: float = 0.15

    def __post_init__(self) -> None:
        area = np.array([min(p.shape[0] * p.shape[1], 3_000_000) for p in self.photos], np.float64) ** 0.5
        self.chances = np.cumsum(area / area.sum())

    def crop(self, rng: Rng, size: int) -> tuple[Bytes, Bytes]:
        """(image uint8 (size, size, 3), mask uint8 (size, size): 1 damaged, 0 sound, PRESUMED sound)."""
        old = len(self.old) > 0 and rng.random() < self.share_of_old
        if old:
            photo = self.old[int(rng.integers(len(self.old)))]
        else:
            photo = self.photos[min(int(np.searchsorted(self.chances, rng.random())), len(self.photos) - 1)]
        sound = rng.random() < self.undamaged
        part = window(rng, photo, size, busy=bool(rng.random() < (0.5 if sound else 0.15)))
        scale = random_scale(rng)
        made = damage(rng, part, self.real, [] if sound else random_kinds(rng), scale)
        return made.image, np.where(made.mask == 0, np.uint8(PRESUMED), made.mask) if old else made.mask


def batch(crops: list[tuple[Bytes, Bytes]]) -> tuple[Bytes, Bytes]:
    """Crops as a batch: images uint8 (N, H, W, 3), masks uint8 (N, H, W)."""
    return np.stack([c[0] for c in crops]), np.stack([c[1] for c in crops])
