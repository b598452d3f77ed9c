"""How good detectors are, on photos kept for validation: damaged by two generators, sound, and marked by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from core import detect
from core.models.card import Card
from core.models.registry import Detector
from core.photo import Photo
from core.progress import silent
from core.training.detector import Look
from core.training.foreign import foreign_samples
from core.training.found import load_found
from core.training.marked import DAMAGED, UNKNOWN, load_marked
from core.training.measures import (
    LEVELS,
    Compared,
    Counts,
    calibration,
    compare,
    level_of,
    marked_shares,
    threshold_for,
)
from core.training.photos import split
from core.training.samples import SETS, Sample, damaged_samples, sound_samples
from core.training.textures import Bytes, Field

CLEAN_SHARE = 0.0025  # of a sound photo's pixels that may be marked, mean over photos: where the threshold is set
REAL_TOLERANCE = 4  # pixels; marks made by hand are no more exact
QUIET = 0.001  # share of a real photo that is damaged, below which it counts as nearly undamaged
SCAN = 9_000_000
"""Pixels of the real photographs' enlargements, which stand for scans of prints at 600 dpi."""
SCAN_GRAIN = 2.5  # of 255; what a scanner adds to a print that is sharp to much fewer pixels
STEPS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
CURVE = [*(k / 100 for k in range(2, 100, 2)), *(float(v) for v in LEVELS[990:])]
"""The thresholds of the precision/recall curves; the last ones for answers that lie near 1."""


@dataclass
class Measured:
    """What was counted of one detector, at every threshold.

    shares: {"sound", "sound_made_old", "real_quiet": [share marked of each photo]}. sets: {"lines", "patches",
    "others", "foreign", "foreign_patches", "real", "real_damaged", "real_scans": {photo: what was compared}}; the
    foreign ones are the second generator's. said and true: probabilities and damage of a part of the pixels of the
    first one's.
    """

    shares: dict[str, list[Counts]] = field(default_factory=dict)
    sets: dict[str, dict[str, Compared]] = field(default_factory=dict)
    said: list[Field] = field(default_factory=list)
    true: list[Bytes] = field(default_factory=list)

    def note_sound(self, name: str, p: Field) -> None:
        self.shares.setdefault(name, []).append(marked_shares(p))

    def note_damaged(self, name: str, photo: str, compared: Compared) -> None:
        if compared.damaged:
            self.sets.setdefault(name, {})[photo] = compared

    def note_real(self, photo: str, compared: Compared) -> None:
        """Of a nearly undamaged photo what counts is how much else is marked."""
        self.note_damaged("real", photo, compared)
        if compared.damaged < QUIET * compared.pixels:
            self.shares.setdefault("real_quiet", []).append((compared.found - compared.right) / compared.pixels)
        else:
            self.note_damaged("real_damaged", photo, compared)

    def note_pixels(self, p: Field, mask: Bytes) -> None:
        """For the calibration."""
        self.said.append(p[::3, ::3])
        self.true.append(mask[::3, ::3])


def look_of(card: Card, model: Detector) -> Look:
    """A model of the registry the way the tool Detect uses it."""

    def look(photo: Bytes) -> Field:
        return detect.probabilities(Photo(photo), card, model, silent).astype(np.float32) / np.float32(65535)

    return look


def evaluate(look: Look, photos: Path, threshold: float | None = None) -> dict[str, Any]:
    """All figures of one detector, as plain values for a card, and its curves.

    threshold None: the one that marks CLEAN_SHARE of sound photos.
    """
    measured = measure({"": look}, photos)[""]
    at = clean_threshold(measured) if threshold is None else threshold
    return {**figures_at(measured, at), "curves": curves(measured)}


def measure(looks: Mapping[str, Look], photos: Path) -> dict[str, Measured]:
    """Every detector over every validation photo; what damages the photos is drawn once for all of them."""
    out = {name: Measured() for name in looks}
    _, validation = split(photos)
    found = load_found(photos / "damage", validation=True)

    def answers(sample: Sample) -> Iterable[tuple[Measured, Field]]:
        return ((out[name], look(sample.image)) for name, look in looks.items())

    for sample in sound_samples(validation):
        for measured, p in answers(sample):
            measured.note_sound("sound", p)
    for sample in damaged_samples(validation, found, (), 0):
        for measured, p in answers(sample):
            measured.note_sound("sound_made_old", p)
            measured.note_pixels(p, sample.mask)
    for name, (among, seed) in SETS.items():
        for sample in damaged_samples(validation, found, among, seed):
            for measured, p in answers(sample):
                measured.note_damaged(name, sample.name, compare(p, sample.mask > 0, kinds=sample.kinds()))
                measured.note_pixels(p, sample.mask)
    for foreign in foreign_samples(validation):
        for name, look in looks.items():
            compared = compare(look(foreign.image), foreign.mask > 0, kinds=foreign.kinds)
            out[name].note_damaged(foreign.among, foreign.name, compared)
    for photo in load_marked(photos, validation=True):
        damaged, unknown = photo.labels == DAMAGED, photo.labels == UNKNOWN
        for name, look in looks.items():
            compared = compare(look(photo.image), damaged, REAL_TOLERANCE, ignored=unknown)
            out[name].note_real(photo.name, compared)
            if np.count_nonzero(damaged) >= QUIET * damaged.size:
                scan = as_scan(photo.image)
                small = cv2.resize(look(scan), damaged.shape[::-1], interpolation=cv2.INTER_AREA)
                compared = compare(np.asarray(small, np.float32), damaged, REAL_TOLERANCE, ignored=unknown)
                out[name].note_damaged("real_scans", photo.name, compared)
    return out


def as_scan(image: Bytes) -> Bytes:
    """A photograph, uint8 (H, W, 3), with the pixels of a large scan, whose damage is as much wider than it is."""
    size = (SCAN / (image.shape[0] * image.shape[1])) ** 0.5
    larger = cv2.resize(image, None, fx=size, fy=size, interpolation=cv2.INTER_CUBIC)
    grain = np.random.default_rng(len(image)).normal(0, SCAN_GRAIN, larger.shape[:2])
    return np.asarray(np.clip(np.rint(larger + grain[..., None]), 0, 255), np.uint8)


def clean_threshold(measured: Measured) -> float:
    """The threshold that marks CLEAN_SHARE of sound photos."""
    return threshold_for(np.array(measured.shares["sound"]), CLEAN_SHARE)


def figures_at(measured: Measured, threshold: float) -> dict[str, Any]:
    """The figures of a detector at one threshold, as plain values for a card."""
    figures: dict[str, Any] = {
        "threshold": threshold,
        "threshold_for_clean_share": clean_threshold(measured),
        "validation_photos": len(measured.shares["sound"]),
    }
    for name, rows in measured.shares.items():
        figures[f"{name}_marked_percent"] = spread(100 * np.array(rows)[:, level_of(threshold)])
    for name, photos in measured.sets.items():
        counted = list(photos.values())
        figures[name] = summary(counted, threshold)
        figures[name]["f1_by_threshold"] = {f"{v:.2f}": summary(counted, v)["f1"] for v in sorted({*STEPS, threshold})}
    if "real" in measured.sets:
        figures["real_photos"] = {name: one_photo(one, threshold) for name, one in measured.sets["real"].items()}
    figures["recall"] = recall_by_kind(measured, threshold)
    figures["calibration"] = calibration(measured.said, measured.true)
    return figures


def spread(percent: npt.NDArray[np.float64]) -> dict[str, float]:
    """Mean, median and worst of some photos."""
    values = {"mean": percent.mean(), "median": np.median(percent), "worst": percent.max()}
    return {name: round(float(value), 3) for name, value in values.items()}


def summary(photos: list[Compared], threshold: float) -> dict[str, Any]:
    """Means over photos; wrong_percent is the share of a photo that is marked and is not near any damage."""
    tallies = [photo.at(threshold) for photo in photos]
    wrong = [100 * (t.found - t.right) / photo.pixels for t, photo in zip(tallies, photos, strict=True)]
    return {
        "photos": len(photos),
        "f1": round(float(np.mean([t.f1 for t in tallies])), 3),
        "precision": round(float(np.mean([t.precision for t in tallies])), 3),
        "recall": round(float(np.mean([t.recall for t in tallies])), 3),
        "wrong_percent": round(float(np.mean(wrong)), 3),
    }


def one_photo(compared: Compared, threshold: float) -> list[float]:
    """[damaged, marked but not near damage: percent of the photo; F1, precision, recall]."""
    at = compared.at(threshold)
    percent = [100 * part / compared.pixels for part in (at.damaged, at.found - at.right)]
    return [round(value, 3) for value in (*percent, at.f1, at.precision, at.recall)]


def recall_by_kind(measured: Measured, threshold: float) -> dict[str, float]:
    """Recall over all pixels of a kind; those of bright and dark damage by set."""
    sums: dict[str, list[float]] = {}
    k = level_of(threshold)
    for name, photos in measured.sets.items():
        for photo in photos.values():
            for kind, (hit, damaged) in photo.kinds.items():
                own = sums.setdefault(f"{name}_{kind}" if kind in ("bright", "dark") else kind, [0.0, 0.0])
                own[0], own[1] = own[0] + float(hit[k]), own[1] + damaged
    return {kind: round(hit / damaged, 3) for kind, (hit, damaged) in sums.items()}


def curves(measured: Measured) -> dict[str, list[list[float]]]:
    """{set: [[threshold, precision, recall, F1], ...]}, means over photos, and {"sound...": [[threshold, %], ...]}."""
    out: dict[str, list[list[float]]] = {}
    for name, photos in measured.sets.items():
        out[name] = []
        for v in CURVE:
            s = summary(list(photos.values()), v)
            out[name].append([round(v, 6), s["precision"], s["recall"], s["f1"]])
    for name, rows in measured.shares.items():
        means = 100 * np.array(rows).mean(0)
        out[name] = [[round(v, 6), round(float(means[level_of(v)]), 4)] for v in CURVE]
    return out
