"""What is counted of a detector's answer: precision, recall and F1 with a tolerance, share marked, calibration."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from core.training.textures import Bytes, Field

Counts = npt.NDArray[np.float64]
"""Numbers of pixels, one for each of LEVELS: (len(LEVELS),), falling."""
Truth = npt.NDArray[np.bool_]

TOLERANCE = 2  # pixels
BINS = 1000
LEVELS = np.concatenate([np.arange(BINS) / BINS, 1 - 10 ** -np.linspace(3.1, 4.8, 18)])
"""The thresholds that everything is counted at: thousandths, then on to the last step of 16 bits, where the answers of
a method that does not know doubt lie."""


@dataclass
class Tally:
    """Counts of pixels at one threshold."""

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


def disc(radius: int) -> Bytes:
    """A round structuring element."""
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)), np.uint8)


def near(mask: Bytes | Truth, tolerance: int = TOLERANCE) -> Truth:
    """Grown by the tolerance."""
    return np.asarray(cv2.dilate(mask.astype(np.uint8), disc(tolerance)) > 0)


def tally(found: Truth, truth: Truth) -> Tally:
    """Precision counts found pixels near the truth, recall true pixels near what was found."""
    return Tally(
        float(found.sum()),
        float((found & near(truth)).sum()),
        float(truth.sum()),
        float((truth & near(found)).sum()),
    )


def level_of(threshold: float) -> int:
    """The index in LEVELS that stands for a threshold."""
    return int(np.abs(LEVELS - threshold).argmin())


def at_least(p: npt.NDArray[np.floating]) -> Counts:
    """How many of the values reach each of LEVELS."""
    steps = np.searchsorted(LEVELS, p.ravel(), "right") - 1
    return np.cumsum(np.bincount(steps, minlength=len(LEVELS))[::-1])[::-1].astype(np.float64)


@dataclass
class Compared:
    """One damaged photo at every one of LEVELS: found, right and hit are Counts, damaged and pixels single numbers.

    kinds: {kind: (hit, damaged)} of parts of the damage.
    """

    found: Counts
    right: Counts
    hit: Counts
    damaged: float
    pixels: float
    kinds: dict[str, tuple[Counts, float]]

    def at(self, threshold: float) -> Tally:
        """What tally() says of the pixels that reach the threshold."""
        k = level_of(threshold)
        return Tally(float(self.found[k]), float(self.right[k]), self.damaged, float(self.hit[k]))


def compare(
    p: Field,
    truth: Truth,
    tolerance: int = TOLERANCE,
    kinds: dict[str, Truth] | None = None,
    ignored: Truth | None = None,
) -> Compared:
    """A detector's probabilities (H, W) against the truth (H, W), at all thresholds at once.

    kinds are parts of the truth by name; ignored pixels count neither as found nor as damaged.
    """
    known = np.ones(truth.shape, bool) if ignored is None else ~ignored
    p, truth = np.where(known, p, np.float32(0)), truth & known
    reached = np.asarray(cv2.dilate(p, disc(tolerance)), np.float32)  # the highest answer within the tolerance
    parts = {name: (at_least(reached[part]), float(part.sum())) for name, part in (kinds or {}).items() if part.any()}
    return Compared(
        found=at_least(p[known]),
        right=at_least(p[near(truth, tolerance) & known]),
        hit=at_least(reached[truth]),
        damaged=float(truth.sum()),
        pixels=float(known.sum()),
        kinds=parts,
    )


def marked_shares(p: Field) -> Counts:
    """Share of the values at or above each of LEVELS."""
    return at_least(p) / p.size


def threshold_for(shares: npt.NDArray[np.float64], wanted: float) -> float:
    """The least threshold whose mean share marked (shares: (photos, LEVELS), falling) is at most `wanted`."""
    fits = np.nonzero(shares.mean(0) <= wanted)[0]
    return float(LEVELS[fits[0]]) if len(fits) else 1.0


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
