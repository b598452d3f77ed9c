"""Squares cut out of photographs to train on: where, how large, which way round."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from core.training.marked import DAMAGED, PRESUMED, SOUND, UNKNOWN
from core.training.textures import Bytes, Rng


@dataclass(frozen=True)
class Cut:
    """A square of `side` pixels at (top, left), resized to `size`, turned by quarters, mirrored where step is -1."""

    top: int
    left: int
    side: int
    size: int
    interpolation: int
    turns: int
    step: int

    def picture(self, photo: Bytes) -> Bytes:
        """The square out of a photo (H, W, 3): uint8 (size, size, 3)."""
        part = photo[self.top : self.top + self.side, self.left : self.left + self.side]
        if self.side != self.size:
            part = np.asarray(cv2.resize(part, (self.size, self.size), interpolation=self.interpolation), np.uint8)
        return np.ascontiguousarray(np.rot90(part, self.turns)[:, :: self.step])

    def labels(self, labels: Bytes) -> Bytes:
        """The same square out of the photo's labels (H, W): uint8 (size, size).

        Where several labels fall on one pixel the one that covers a third of it counts, damage first.
        """
        part = labels[self.top : self.top + self.side, self.left : self.left + self.side]
        if self.side != self.size:
            out = np.full((self.size, self.size), PRESUMED, np.uint8)
            way = cv2.INTER_AREA if self.side > self.size else cv2.INTER_LINEAR
            least = 0.34 if self.side > self.size else 0.5
            for label in (SOUND, UNKNOWN, DAMAGED):
                where = (part == label).astype(np.float32)
                if where.any():
                    out[cv2.resize(where, (self.size, self.size), interpolation=way) >= least] = label
            part = out
        return np.ascontiguousarray(np.rot90(part, self.turns)[:, :: self.step])


def choose_cut(rng: Rng, photo: Bytes, size: int, busy: bool) -> Cut:
    """A square of `size` pixels out of a photo (H, W, 3) at a random scale 0.5..2.

    busy: the one of several windows with most detail, where false alarms are.
    """
    smallest = size / min(photo.shape[:2])
    factor = max(float(np.exp(rng.uniform(np.log(0.5), np.log(2.0)))), smallest)
    side = min(round(size / factor), *photo.shape[:2])
    best: tuple[float, int, int] | None = None
    for _ in range(5 if busy else 1):
        y = int(rng.integers(photo.shape[0] - side + 1))
        x = int(rng.integers(photo.shape[1] - side + 1))
        detail = 0.0
        if busy:
            thin = np.asarray(photo[y : y + side : 3, x : x + side : 3, 1], np.float32)
            detail = float(np.abs(np.diff(thin, axis=0)).mean() + np.abs(np.diff(thin, axis=1)).mean())
        if best is None or detail > best[0]:
            best = detail, y, x
    assert best is not None
    way = cv2.INTER_AREA if side > size else int(rng.choice([cv2.INTER_LINEAR, cv2.INTER_CUBIC]))
    return Cut(best[1], best[2], side, size, way, int(rng.choice([0, 0, 0, 1, 2, 3])), int(rng.choice([-1, 1])))
