"""Real damage lifted off the old photographs on which it was marked, to be laid on others."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from core.training.canvas import VISIBLE, Canvas
from core.training.marked import DAMAGED, Marked
from core.training.textures import Bytes, Rng

LEAST = 300
"""Damaged pixels of a photograph that make it worth lifting."""
AROUND = 5
"""Pixels: how far from the damage what it hides is taken from."""


@dataclass(frozen=True)
class Lifted:
    """One photograph with its damage, and as it might have been.

    damaged, repaired: uint8 (H, W, 3). opacity: uint8 (H, W), 255 where the damage hides all, 0 where there is none.
    spots: float32 (n, 2), the middle of each defect, x and y; chances: float64 (n,), that it is chosen.
    """

    damaged: Bytes
    repaired: Bytes
    opacity: Bytes
    spots: npt.NDArray[np.float32]
    chances: npt.NDArray[np.float64]


def lift(photos: list[Marked]) -> list[Lifted]:
    """The damage of these photographs, of each that has enough of it."""
    return [lifted_off(photo) for photo in photos if np.count_nonzero(photo.labels == DAMAGED) >= LEAST]


def lifted_off(photo: Marked) -> Lifted:
    """How opaque damage is cannot be seen where it lies alone: as its change of tone against the strongest near by."""
    marks = (photo.labels == DAMAGED).astype(np.uint8)
    hidden = np.asarray(cv2.dilate(marks, np.ones((3, 3), np.uint8)), np.uint8)
    repaired = np.asarray(cv2.inpaint(photo.image, hidden, AROUND, cv2.INPAINT_TELEA), np.uint8)
    change = np.abs(photo.image.astype(np.float32) - repaired.astype(np.float32)).max(2) * hidden
    strongest = np.asarray(cv2.dilate(change, np.ones((2 * AROUND + 1, 2 * AROUND + 1), np.uint8)), np.float32)
    opacity = np.clip(1.4 * change / np.maximum(strongest, 12), 0, 1) * 255
    _count, _labels, boxes, middles = cv2.connectedComponentsWithStats(marks)
    sizes = np.sqrt(boxes[1:, cv2.CC_STAT_AREA])
    spots = middles[1:].astype(np.float32)
    return Lifted(photo.image, repaired, opacity.astype(np.uint8), spots, sizes / sizes.sum())


def lifted(canvas: Canvas, rng: Rng, found: list[Lifted]) -> None:
    """A window of one of them, turned, mirrored and resized: its damage as opaque as it was, or as the light that it
    adds and takes, now and then the other way round.
    """
    one = found[int(rng.integers(len(found)))]
    h, w = canvas.size
    middle = one.spots[int(rng.choice(len(one.spots), p=one.chances))]
    zoom, angle = np.exp(rng.uniform(np.log(0.6), np.log(2.0))), rng.uniform(0, 360)
    turn = cv2.getRotationMatrix2D((float(middle[0]), float(middle[1])), angle, float(zoom))
    turn[:, 2] += (rng.uniform(0.1, 0.9) * w - middle[0], rng.uniform(0.1, 0.9) * h - middle[1])
    if rng.random() < 0.5:
        turn[0] = (0, 0, w - 1) - turn[0]
    damaged, repaired, opacity = (
        np.asarray(cv2.warpAffine(plane, turn, (w, h), flags=cv2.INTER_LINEAR), np.float32) / np.float32(255)
        for plane in (one.damaged, one.repaired, one.opacity)
    )
    if rng.random() < 0.6:
        canvas.paint(opacity, damaged)
    else:
        gain = rng.uniform(0.7, 1.6) * (-1 if rng.random() < 0.25 else 1)
        canvas.shade((damaged - repaired) * np.float32(gain), visible=VISIBLE)
