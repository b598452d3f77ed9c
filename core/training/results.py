"""The pictures of docs/results.md, what the page says of them in figures, and the picture of docs/colorizing.md."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from skimage import data

from core.models.registry import Registry
from core.training.damage import damage
from core.training.evaluate_fill import fill_of
from core.training.found import Found
from core.training.likeness import psnr, unit
from core.training.measures import tally
from core.training.photos import read
from core.training.restored import coloured, fitted, pile, restored, save, strip, titled
from core.training.textures import Bytes

QUALITY = 74
COLOURED = ("expedition_1897.jpg", "dahlgren.jpg", "andersson.jpg", "claudet_daguerreotype.png")
NOTHING_REAL = Found({}, {}, [], [], [], [], [])
"""The generator without its real material, which is not in the repository."""


@dataclass(frozen=True)
class Example:
    """A photograph of docs/samples (a file name) or of scikit-image (a plain name), and the damage drawn on it."""

    name: str
    photo: str
    kinds: tuple[str, ...] = ()
    scale: float = 1.0
    seed: int = 0


EXAMPLES = (
    Example("portrait", "andersson_scratched.jpg"),
    Example("daguerreotype", "claudet_daguerreotype.png"),
    Example("expedition", "expedition_1897.jpg"),
    Example("scratches", "camera", ("scratches", "hairs", "dust"), 1.3, 1),
    Example("patches", "astronaut", ("lost patches", "torn", "flakes"), 1.5, 12),
    Example("losses", "astronaut", ("lost patches", "torn", "flakes"), 1.5, 21),
    Example("cracks", "dahlgren.jpg", ("cracks", "craquelure"), 1.5, 3),
    Example("folds", "coffee", ("folds", "faint lines"), 1.3, 4),
    Example("sound", "chelsea"),
)
EDGES = (("camera", 205, 70), ("coffee", 270, 110), ("astronaut", 160, 180))
TEXTURES = (("grass", 100, 100), ("coffee", 405, 10), ("chelsea", 60, 40))
"""(photo of scikit-image, left, top) of the parts on which the fills are compared: thin holes, large ones."""
SIDE = 96


def write_results(docs: Path, models: Registry) -> None:
    """Make every picture of results.md anew and put its figures into the page."""
    page = docs / "results.md"
    text = page.read_text(encoding="utf-8")
    for example in EXAMPLES:
        text = replaced(text, example.name, shown(example, docs, models))
    text = replaced(text, "fills", fills("fills", EDGES, crossing(SIDE), docs, models))
    text = replaced(text, "large-fills", fills("large-fills", TEXTURES, torn(2 * SIDE), docs, models))
    page.write_text(text, encoding="utf-8")
    if models.cards("colorize"):
        write_colours(docs, models)


def write_colours(docs: Path, models: Registry) -> None:
    """The picture of colorizing.md: samples in grey, in colour, and with a hint."""
    pictures = [fitted(coloured(read(docs / "samples" / name), models), 2 * SIDE) for name in COLOURED]
    save(pile(pictures, 2), docs / "pictures" / "colours.jpg", QUALITY)


def replaced(page: str, name: str, text: str) -> str:
    """The page with `text` between the comments "NAME:" and "end"; ValueError where they are not in it."""
    between = re.compile(rf"(<!-- {re.escape(name)}: -->\n).*?(<!-- end -->)", re.DOTALL)
    if not between.search(page):
        raise ValueError(f"the page has no place for {name}")
    return between.sub(lambda found: f"{found[1]}{text}\n{found[2]}", page)


def photo_of(example: Example, docs: Path) -> Bytes:
    """The sound photograph, uint8 (H, W, 3)."""
    if "." in example.photo:
        return read(docs / "samples" / example.photo)
    return sample(example.photo)


def sample(name: str) -> Bytes:
    """A photograph of scikit-image, uint8 (H, W, 3)."""
    picture = np.asarray(getattr(data, name)(), np.uint8)
    return picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, 2)


def shown(example: Example, docs: Path, models: Registry) -> str:
    """Make one example's picture; returns its Markdown."""
    image, truth = photo_of(example, docs), None
    if example.kinds:
        made = damage(np.random.default_rng(example.seed), image, NOTHING_REAL, example.kinds, example.scale)
        image, truth = made.image, made.mask > 0
    one = restored(image, models)
    save(strip(one), docs / "pictures" / f"result-{example.name}.jpg", QUALITY)
    said = [f"*{one.summary}*"]
    if truth is not None:
        counts = tally(one.mask > 0, truth)
        drawn = ", ".join(example.kinds)
        said.append(
            f"Drawn: {drawn}, {100 * truth.mean():.1f} % of the photo. Found of it {100 * counts.recall:.0f} %; of "
            f"what is marked {100 * counts.precision:.0f} % is damage (2 px)."
        )
    return (
        f"[![{example.name}](pictures/result-{example.name}.jpg)](pictures/result-{example.name}.jpg)\n\n"
        + " ".join(said)
    )


def crossing(side: int) -> Bytes:
    """A mask (side, side) of a thin, a medium and a wide stroke and of a spot."""
    mask = np.zeros((side, side), np.uint8)
    for start, end, width in (((4, 10), (90, 24), 2), ((10, 92), (60, 2), 5), ((70, 4), (84, 94), 10)):
        cv2.line(mask, start, end, 255, width)
    cv2.circle(mask, (26, 56), 10, 255, -1)
    return mask


def torn(side: int) -> Bytes:
    """A mask (side, side) of a corner and of a disc a third of the side wide."""
    mask = np.zeros((side, side), np.uint8)
    cv2.fillPoly(mask, [np.array([[0, 0], [side // 3, 0], [side // 5, side // 4], [0, side // 2]])], 255)
    cv2.circle(mask, (2 * side // 3, 3 * side // 5), side // 6, 255, -1)
    return mask


def fills(name: str, parts: Iterable[tuple[str, int, int]], hole: Bytes, docs: Path, models: Registry) -> str:
    """Parts of photographs, the hole, and what each method makes of it, all of 2 SIDE; returns the Markdown."""
    names = [card.name for card in models.cards("repair")]
    side = len(hole)
    pictures = []
    for photo, left, top in parts:
        true = sample(photo)[top : top + side, left : left + side]
        view = unit(true)
        seen = np.where(hole[..., None] > 0, np.float32(0.5), view)
        pictures += [titled(large(true), "true"), titled(large(np.where(hole[..., None] > 0, np.uint8(255), true)), "")]
        for method in names:
            fill = fill_of(models, method)(seen, hole)
            picture = np.rint(np.clip(fill, 0, 1) * 255).astype(np.uint8)
            pictures.append(titled(large(picture), f"{method} {psnr(fill[hole > 0], view[hole > 0]):.1f} dB"))
    save(pile(pictures, len(names) + 2), docs / "pictures" / f"{name}.jpg", 80)
    return f"![The same holes filled by each method](pictures/{name}.jpg)"


def large(picture: Bytes) -> Bytes:
    """2 SIDE wide and high, without smoothing."""
    return np.asarray(cv2.resize(picture, (2 * SIDE, 2 * SIDE), interpolation=cv2.INTER_NEAREST), np.uint8)
