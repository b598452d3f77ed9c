"""How good a detector is, on photos kept for validation and damage made by the part of the generator kept for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from core.training.damage import KINDS, LABELS, LINES, PATCHES, damage, random_kinds, random_scale
from core.training.detector import Look
from core.training.found import Found, load_found
from core.training.photos import read, split
from core.training.textures import Bytes, Field

TOLERANCE = 2  # pixels
BINS = 1000
CLEAN_SHARE = 0.003  # of a sound photo's pixels that may be marked, mean over photos: where the threshold is set
OTHERS = tuple(kind for kind in KINDS if kind not in (*LINES, *PATCHES, "overlay"))


@dataclass
class Sample:
    """One validation photo. mask, kind, brighter: uint8 (H, W); all zero where it is undamaged."""

    name: str
    image: Bytes
    mask: Bytes
    kind: Bytes
    brighter: Bytes


@dataclass
class Tally:
    """Counts of pixels at one threshold, two pixels' tolerance."""

    found: float = 0.0
    right: float = 0.0
    damaged: float = 0.0
    hit: float = 0.0

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0 if not self.damaged else 0.0

    @property
    def recall(self) -> float:
        return self.hit / self.damaged if self.damaged else 1.0

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass
class SetResult:
    """Of one validation set: by photo, and over kinds and polarities. recall: {kind: [hit, damaged]}."""

    photos: list[Tally] = field(default_factory=list)
    kinds: dict[str, list[float]] = field(default_factory=dict)

    def note(self, kind: str, hit: float, damaged: float) -> None:
        sums = self.kinds.setdefault(kind, [0.0, 0.0])
        sums[0] += hit
        sums[1] += damaged


def sound_samples(photos: list[Path]) -> Iterator[Sample]:
    """The validation photos as they are."""
    for path in photos:
        image = read(path)
        nothing = np.zeros(image.shape[:2], np.uint8)
        yield Sample(path.stem, image, nothing, nothing, nothing)


def damaged_samples(photos: list[Path], real: Found, among: tuple[str, ...], seed: int) -> Iterator[Sample]:
    """The validation photos made old and damaged by some of the kinds `among`, none of them: only made old."""
    for i, path in enumerate(photos):
        rng = np.random.default_rng([20260, seed, i])
        scale = random_scale(rng)
        kinds = random_kinds(rng, among, 1.0) if among else []
        made = damage(rng, read(path), real, kinds, scale)
        yield Sample(path.stem, made.image, made.mask, made.kind, made.brighter)


def near(mask: Bytes | npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Grown by TOLERANCE."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * TOLERANCE + 1, 2 * TOLERANCE + 1))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), disc) > 0)


def tally(found: npt.NDArray[np.bool_], truth: npt.NDArray[np.bool_]) -> Tally:
    """Precision counts found pixels near the truth, recall true pixels near what was found."""
    return Tally(
        float(found.sum()),
        float((found & near(truth)).sum()),
        float(truth.sum()),
        float((truth & near(found)).sum()),
    )


def compare(result: SetResult, sample: Sample, found: npt.NDArray[np.bool_]) -> None:
    """Add one damaged photo to a set's result."""
    truth = sample.mask > 0
    if not truth.any():
        return
    result.photos.append(tally(found, truth))
    hit = truth & near(found)
    for name, label in LABELS.items():
        own = truth & (sample.kind == label)
        if own.any():
            result.note(name, float((hit & own).sum()), float(own.sum()))
    bright = sample.brighter > 0
    result.note("bright", float((hit & bright).sum()), float((truth & bright).sum()))
    result.note("dark", float((hit & ~bright).sum()), float((truth & ~bright).sum()))


def threshold_for(shares: npt.NDArray[np.float64], wanted: float) -> float:
    """The least threshold whose mean share marked (shares: (photos, BINS), falling) is at most `wanted`."""
    fits = np.nonzero(shares.mean(0) <= wanted)[0]
    return float(fits[0] / BINS) if len(fits) else 1.0


def marked_shares(p: Field) -> npt.NDArray[np.float64]:
    """Share of pixels at or above each threshold k / BINS: (BINS,)."""
    counts = np.bincount(np.minimum((p * BINS).astype(np.int64), BINS - 1).ravel(), minlength=BINS)
    return np.cumsum(counts[::-1])[::-1] / p.size


def calibration(said: list[Field], true: list[Bytes]) -> list[list[float]]:
    """[[mean probability said, share that is damaged, pixels], ...] in ten steps of probability, pixel-exact."""
    p = np.concatenate([s.ravel() for s in said])
    t = np.concatenate([s.ravel() for s in true])
    table = []
    for low in np.arange(0.0, 1.0, 0.1):
        inside = (p >= low) & (p < low + 0.1 + (low > 0.85))
        if inside.any():
            table.append([round(float(p[inside].mean()), 3), round(float(t[inside].mean()), 3), int(inside.sum())])
    return table


def evaluate(look: Look, photos: Path, threshold: float | None = None) -> dict[str, Any]:
    """All figures, as plain values for a card. threshold None: the one that marks CLEAN_SHARE of sound photos."""
    _, validation = split(photos)
    real = load_found(photos / "damage", validation=True)
    shares: dict[str, list[npt.NDArray[np.float64]]] = {"sound": [], "sound_made_old": []}
    said: list[Field] = []
    true: list[Bytes] = []
    for name, samples in (
        ("sound", sound_samples(validation)),
        ("sound_made_old", damaged_samples(validation, real, (), 0)),
    ):
        for sample in samples:
            p = look(sample.image)
            shares[name].append(marked_shares(p))
            if name == "sound_made_old":
                said.append(p[::3, ::3])
                true.append(sample.mask[::3, ::3])
    clean = np.array(shares["sound"])
    chosen = threshold_for(clean, CLEAN_SHARE)
    threshold = chosen if threshold is None else threshold
    at = min(round(threshold * BINS), BINS - 1)
    figures: dict[str, Any] = {
        "threshold": threshold,
        "threshold_for_clean_share": chosen,
        "validation_photos": len(validation),
    }
    for name, rows in shares.items():
        marked = 100 * np.array(rows)[:, at]
        figures[f"{name}_marked_percent"] = {
            "mean": round(float(marked.mean()), 3),
            "median": round(float(np.median(marked)), 3),
            "worst": round(float(marked.max()), 3),
        }
    recalls: dict[str, list[float]] = {}
    levels = sorted({0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, threshold})
    for name, among, seed in (("lines", LINES, 1), ("patches", PATCHES, 2), ("others", OTHERS, 3)):
        results = {level: SetResult() for level in levels}
        for sample in damaged_samples(validation, real, among, seed):
            p = look(sample.image)
            for level in levels:
                compare(results[level], sample, p >= level)
            said.append(p[::3, ::3])
            true.append(sample.mask[::3, ::3])
        figures[name] = summary(results[threshold])
        figures[name]["f1_by_threshold"] = {f"{v:.2f}": summary(results[v])["f1"] for v in levels}
        for kind, (hit, damaged) in results[threshold].kinds.items():
            key = f"{name}_{kind}" if kind in ("bright", "dark") else kind
            sums = recalls.setdefault(key, [0.0, 0.0])
            sums[0], sums[1] = sums[0] + hit, sums[1] + damaged
    figures["recall"] = {kind: round(hit / max(total, 1), 3) for kind, (hit, total) in recalls.items()}
    figures["calibration"] = calibration(said, true)
    return figures


def summary(result: SetResult) -> dict[str, Any]:
    """Means over photos."""
    return {
        "photos": len(result.photos),
        "f1": round(float(np.mean([t.f1 for t in result.photos])), 3),
        "precision": round(float(np.mean([t.precision for t in result.photos])), 3),
        "recall": round(float(np.mean([t.recall for t in result.photos])), 3),
    }
