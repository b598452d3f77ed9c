"""Validation photographs damaged by a second generator, which shares no code with the one that is trained on.

What a network finds of its own generator's damage says little about damage that others made. These photographs are made
into prints, damaged (foreign_damage.py) and scanned; nothing of this is ever trained on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops, ImageFilter

from core.training import foreign_damage
from core.training.foreign_damage import Array, Canvas, Layer, over, packed, softened, union

Bytes = npt.NDArray[np.uint8]
Truth = npt.NDArray[np.bool_]

SEED = 20261127
SETS = ("foreign", "foreign_patches")
LUMA = np.array([0.299, 0.587, 0.114], np.float32)
SEEN = 9.0  # of 255; a change that is seen on an even ground
FOLLOWED = 7.0  # a change that is seen beside a stronger one
HIDDEN = 1.3  # how much more a change must be where the photo is busy: times its detail
CORE = 0.3  # cover from which on a pixel belongs to damage, where most of it nearby is seen
NEARBY = 4.0  # pixels


@dataclass(frozen=True)
class Print:
    """A photograph as a print without damage, float32 (H, W, 3), and its bare paper, 0..255."""

    image: Array
    paper: foreign_damage.Rgb


@dataclass(frozen=True)
class ForeignSample:
    """A scan of a damaged print.

    among: which of SETS. image, sound: uint8 (H, W, 3), RGB, with and without the damage. mask: uint8 (H, W), 1 where
    the damage is seen. kinds: {kind: bool (H, W)}, parts of the mask; "bright" and "dark" are brighter and darker than
    the sound print.
    """

    among: str
    name: str
    image: Bytes
    sound: Bytes
    mask: Bytes
    kinds: dict[str, Truth]


def foreign_samples(photos: list[Path]) -> Iterator[ForeignSample]:
    """Every second photo with lines and specks, and of the others two of three with lost patches and torn corners.

    The same photos come out the same each time.
    """
    for number, path in enumerate(photos):
        if number % 2 == 0:
            yield damaged(path, SETS[0], number)
        elif number // 2 % 3 < 2:
            yield damaged(path, SETS[1], number)


def damaged(path: Path, among: str, number: int) -> ForeignSample:
    """A photo with damage of one of SETS; `number` is the seed."""
    rng = np.random.default_rng([SEED, number])
    with Image.open(path) as opened:
        photo = opened.convert("RGB")
    kinds = lines(rng) if among == SETS[0] else patches(rng)
    return sample(rng, photo, kinds, among, path.stem)


def lines(rng: np.random.Generator) -> dict[str, float]:
    """Three to five kinds of lines and specks, and how much of each, 0..1."""
    left_out = set(rng.permutation(foreign_damage.LINES)[: rng.integers(0, 3)])
    worn = rng.uniform(0.2, 1)
    return {kind: worn * rng.uniform(0.5, 1) for kind in foreign_damage.LINES if kind not in left_out}


def patches(rng: np.random.Generator) -> dict[str, float]:
    """Lost patches, torn corners, or both, and how much of each, 0..1."""
    chosen = foreign_damage.PATCHES[: rng.integers(1, 3)] if rng.random() < 0.7 else foreign_damage.PATCHES[1:]
    return {kind: rng.uniform(0.2, 1) for kind in chosen}


def sample(
    rng: np.random.Generator, photo: Image.Image, kinds: dict[str, float], among: str, name: str
) -> ForeignSample:
    """A photo made into a print, damaged and scanned. kinds: {kind: how much of it, 0..1}."""
    made = printed(rng, photo)
    height, width = made.image.shape[:2]
    canvas = Canvas(width, height, (width * height) ** 0.5 / 600, made.paper, made.image @ LUMA)
    layers = {kind: foreign_damage.KINDS[kind](rng, canvas, amount) for kind, amount in kinds.items()}
    all_layers = [layer for some in layers.values() for layer in some]

    blur, noise = rng.uniform(0.25, 0.6), rng.normal(0, rng.uniform(0.5, 2), (height, width, 1)).astype(np.float32)
    before, after = scanned(made.image, blur, noise), scanned(over(made.image, all_layers), blur, noise)
    mask = seen(before, after, union(all_layers, canvas.shape))
    brighter = luminance(after) >= luminance(before)
    parts = {kind: mask & covered(some, canvas.shape) for kind, some in layers.items()}
    quality, whole = int(rng.integers(62, 97)), bool(rng.random() < 0.5)
    return ForeignSample(
        among=among,
        name=name,
        image=compressed(after, quality, whole),
        sound=compressed(before, quality, whole),
        mask=mask.astype(np.uint8),
        kinds={**parts, "bright": mask & brighter, "dark": mask & ~brighter},
    )


def printed(rng: np.random.Generator, photo: Image.Image) -> Print:
    """A photo as an old print: its tone, faded, with a vignette, soft and grainy."""
    soft = photo.filter(ImageFilter.GaussianBlur(rng.uniform(0, 0.9)))
    image = np.asarray(soft, np.float32) / 255
    tone = rng.choice(["grey", "sepia", "colour"], p=[0.4, 0.35, 0.25])
    if tone == "colour":
        image = image ** rng.uniform(0.8, 1.25, 3).astype(np.float32)
        image = image + rng.uniform(0, 0.5) * ((image @ LUMA)[..., None] - image)
        black, white = rng.uniform(5, 45, 3), rng.uniform(205, 252, 3)
    else:
        image = np.repeat((image @ LUMA)[..., None], 3, 2) ** np.float32(rng.uniform(0.8, 1.25))
        black, white = np.full(3, rng.uniform(5, 50)), np.full(3, rng.uniform(205, 252))
        if tone == "sepia":
            warmth = rng.uniform(0.3, 1)
            black = black + warmth * np.array([22, 8, -5])
            white = white - warmth * np.array([2, 14, 44])
    if rng.random() < 0.5:
        y, x = np.mgrid[-1 : 1 : image.shape[0] * 1j, -1 : 1 : image.shape[1] * 1j]
        image = image * (1 - rng.uniform(0.1, 0.4) * np.clip((x**2 + y**2) / 2, 0, 1) ** 1.3)[..., None]
    grain = np.asarray(grained(rng, photo) * rng.uniform(1, 7), np.float32)
    faded = np.clip(black + (white - black) * image + grain[..., None], 0, 255).astype(np.float32)
    paper = np.minimum(white + rng.uniform(0, 12), 255)
    return Print(faded, (float(paper[0]), float(paper[1]), float(paper[2])))


def grained(rng: np.random.Generator, photo: Image.Image) -> Array:
    """The grain of a film, float32 (H, W), mean 0, deviation 1."""
    even = packed(np.asarray(rng.normal(0.5, 0.15, (photo.height, photo.width)), np.float32))
    grain = np.asarray(even.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 0.9))), np.float32)
    return np.asarray((grain - grain.mean()) / grain.std(), np.float32)


def scanned(image: Array, blur: float, noise: Array) -> Bytes:
    """What a scanner makes of a print: a little soft, a little noise."""
    soft = Image.fromarray(np.rint(np.clip(image, 0, 255)).astype(np.uint8)).filter(ImageFilter.GaussianBlur(blur))
    return np.asarray(np.clip(np.rint(np.asarray(soft, np.float32) + noise), 0, 255), np.uint8)


def compressed(image: Bytes, quality: int, whole: bool) -> Bytes:
    """As a JPEG; whole: with all of its colour."""
    file = BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=quality, subsampling=0 if whole else 2)
    with Image.open(file) as opened:
        return np.asarray(opened.convert("RGB"), np.uint8)


def luminance(image: Bytes) -> Array:
    return np.asarray(image.astype(np.float32) @ LUMA, np.float32)


def covered(layers: list[Layer], shape: tuple[int, int]) -> Truth:
    """Where a kind of damage lies, the blur of the scan with it."""
    return np.asarray(softened(union(layers, shape), 0.6) > 0.04)


def seen(before: Bytes, after: Bytes, cover: Array) -> Truth:
    """Where damage is seen, bool (H, W): where the print has changed enough for what is around, what is beside that and
    has changed a little, and all of the damage (cover, 0..1) where most of it nearby is seen.
    """
    change = np.abs(after.astype(np.float32) - before).max(2)
    grey = Image.fromarray(before).convert("L")
    detail = ImageChops.difference(grey, grey.filter(ImageFilter.GaussianBlur(2.0))).filter(
        ImageFilter.GaussianBlur(4.0)
    )
    busy = np.asarray(detail, np.float32)
    mask = change > SEEN + HIDDEN * busy
    weaker = change > FOLLOWED + 0.5 * HIDDEN * busy
    for _ in range(4):
        mask = np.asarray(packed(mask.astype(np.float32)).filter(ImageFilter.MaxFilter(3))) > 0
        mask &= weaker
    core = (cover > CORE).astype(np.float32)
    share = softened(core * mask, NEARBY) / np.maximum(softened(core, NEARBY), 0.02)
    return np.asarray(mask | ((core > 0) & (share > 0.5)))
