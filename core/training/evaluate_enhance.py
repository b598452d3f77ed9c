"""How good enhancers are: photos kept for validation, aged by the generator, beside what needs no network.

How far a photo has faded cannot be known from the photo, so there are two figures: the error as it is, and the error
after the best affine match of colours to the truth, which is that of the detail alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from skimage.metrics import structural_similarity

from core import enhance
from core.models.registry import Registry
from core.parameters import Value
from core.photo import Photo
from core.progress import silent
from core.tools import ENHANCE, defaults
from core.training.ageing import aged, choose_ageing
from core.training.likeness import psnr, unit
from core.training.photos import read, split
from core.training.restorer import GREY
from core.training.textures import Bytes, Field

Enhance = Callable[[Bytes], Bytes]
"""An aged photo to a better one, uint8 (H, W, 3)."""
STRENGTHS = (2.0, 4.0, 7.0, 12.0, 20.0)
"""Of non-local means, of which the best on each photo counts."""
CUT = 0.5
"""Percent of the pixels that auto-levels lets go black and white."""


@dataclass(frozen=True)
class Pair:
    """A validation photo, aged and as it was: uint8 (H, W, 3); aged is the photo itself where it is sound."""

    name: str
    aged: Bytes
    true: Bytes


def aged_pairs(photos: Path, every: int = 1) -> Iterator[Pair]:
    """The validation photos aged, always the same way, none of them left as it was; every so many of them."""
    for index, path in list(enumerate(split(photos)[1]))[::every]:
        rng = np.random.default_rng([20261125, index])
        ageing = choose_ageing(rng)
        while not ageing.noise and not ageing.quality:
            ageing = choose_ageing(rng)
        one = aged(rng, unit(read(path)), ageing, bool(rng.random() < GREY))
        yield Pair(path.stem, one.image, np.rint(one.true * 255).astype(np.uint8))


def matched(image: Field, true: Field) -> Field:
    """The picture (H, W, 3) through the affine map of its colours that comes nearest to the truth."""
    flat = np.column_stack([image.reshape(-1, 3), np.ones(image.shape[0] * image.shape[1], np.float32)])
    step = max(1, len(flat) // 200_000)
    map_, *_ = np.linalg.lstsq(flat[::step], true.reshape(-1, 3)[::step], rcond=None)
    return np.asarray((flat @ map_).reshape(image.shape), np.float32)


def compared(image: Bytes, true: Bytes) -> tuple[float, float, float]:
    """(PSNR as it is, PSNR of the detail, SSIM of the detail) of a picture against the truth."""
    a, b = unit(image), unit(true)
    fitted = matched(a, b)
    similarity = structural_similarity(  # type: ignore[no-untyped-call]
        fitted, b, channel_axis=2, data_range=1.0
    )
    return psnr(a, b), psnr(np.clip(fitted, 0, 1), b), float(similarity)


def auto_levels(image: Bytes) -> Bytes:
    """Each channel stretched from black to white, CUT percent cut at both ends."""
    low, high = np.percentile(image, [CUT, 100 - CUT], axis=(0, 1))
    stretched = (image - low) / np.maximum(high - low, 1) * 255
    return np.asarray(np.clip(np.rint(stretched), 0, 255), np.uint8)


def non_local_means(image: Bytes, strength: float) -> Bytes:
    """OpenCV's for colour: A. Buades, B. Coll, J.-M. Morel, A non-local algorithm for image denoising, 2005."""
    return np.asarray(cv2.fastNlMeansDenoisingColored(image, None, strength, strength, 7, 21), np.uint8)


def enhancer_of(models: Registry, name: str, settings: Mapping[str, Value] | None = None) -> Enhance:
    """A model the way the tool uses it, with the default settings but for these."""
    values = {**defaults(ENHANCE), "model": name, **(settings or {})}

    def run(image: Bytes) -> Bytes:
        return np.asarray(enhance.run(Photo(image), values, models, silent).samples, np.uint8)

    return run


def enhancers_of(models: Registry) -> dict[str, Enhance]:
    """Every model of a registry as the tool uses it, and the pictures of those that have one of their own."""
    names = [card.name for card in models.cards("enhance")]
    out = {name: enhancer_of(models, name) for name in names}
    for name in names:
        if models.load("enhance", name).picture is not None:
            out[f"{name}, raw"] = enhancer_of(models, name, {"raw": True})
    return out


def evaluate_enhancers(enhancers: Mapping[str, Enhance], photos: Path, every: int = 1) -> dict[str, Any]:
    """Means over the aged validation photos: {name: {"psnr", "detail", "ssim"}}, rivals among the names; "photos".

    nlm has one strength for all photos, the best for each figure; best_nlm is, on each photo, the best strength for
    each figure, which nobody knows who has not the truth. better_detail: share of the photos on which
    a model's detail is better than that of every rival. sound: dB between the validation photos as they were and
    what becomes of them.
    """
    rows: dict[str, list[tuple[float, float, float]]] = {}
    every_strength: dict[str, list[list[tuple[float, float, float]]]] = {"nlm": [], "nlm_auto_levels": []}
    for pair in aged_pairs(photos, every):
        smooth = [non_local_means(pair.aged, strength) for strength in STRENGTHS]
        figures = [compared(picture, pair.true) for picture in smooth]
        levelled = [compared(auto_levels(picture), pair.true) for picture in smooth]
        every_strength["nlm"].append(figures)
        every_strength["nlm_auto_levels"].append(levelled)
        best = int(np.argmax([row[1] for row in figures]))
        rows.setdefault("aged", []).append(compared(pair.aged, pair.true))
        rows.setdefault("best_nlm", []).append(tuple(np.max(figures, axis=0)))
        rows.setdefault("best_nlm_auto_levels", []).append((levelled[best][0], *np.max(levelled, axis=0)[1:]))
        for name, run in enhancers.items():
            rows.setdefault(name, []).append(compared(run(pair.aged), pair.true))
    one_strength = {name: best_strength(of) for name, of in every_strength.items()}
    rivals = [np.array(rows[name]) for name in ("aged", "best_nlm", "best_nlm_auto_levels")]
    best_detail = np.max([rival[:, 1] for rival in rivals], axis=0)
    figures_of = {name: means(row) for name, row in rows.items()}
    out: dict[str, Any] = {"photos": len(best_detail), "aged": figures_of["aged"], **one_strength, **figures_of}
    for name in enhancers:
        out[name]["better_detail"] = round(float(np.mean(np.array(rows[name])[:, 1] > best_detail)), 3)
    for path in split(photos)[1][::every]:
        image = read(path)
        for name, run in enhancers.items():
            same = psnr(unit(run(image)), unit(image))
            out[name].setdefault("sound", []).append(same)
    for name in enhancers:
        values = out[name]["sound"]
        out[name]["sound"] = {"mean": round(float(np.mean(values)), 2), "worst": round(float(np.min(values)), 2)}
    return out


def best_strength(figures: list[list[tuple[float, float, float]]]) -> dict[str, Any]:
    """Of figures by photo and strength: each figure's mean at the strength that is best for it."""
    psnr_, detail, ssim = np.mean(figures, axis=0).max(axis=0)
    return means([(psnr_, detail, ssim)])


def means(rows: list[tuple[float, float, float]]) -> dict[str, Any]:
    """Of figures, by their names."""
    psnr_, detail, ssim = np.mean(rows, axis=0)
    return {"psnr": round(float(psnr_), 2), "detail": round(float(detail), 2), "ssim": round(float(ssim), 4)}
