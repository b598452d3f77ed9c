"""What is particular to the report's colorizer: its batches and its loss."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from torch import Tensor, nn
from torch.utils.data import IterableDataset

from core.models import report_lab
from core.models.report_colorizer import cut_to
from core.models.report_unet import WIDTHS, ReportUNet
from core.training.likeness import unit
from core.training.look import to_grey
from core.training.photos import read, split
from core.training.restorer import generator_of, most_of, planes
from core.training.textures import Bytes, Field, Rng, blurred, grain

UNIT = 20.0
"""Of a and b, in which the loss counts: about their usual size."""
AGED = 0.5
"""Share of the greys that are made a little old."""


@dataclass
class ReportColorSettings:
    """Sizes of the network and of its batches.

    side: pixels along a photo's sides; late_side: from `late`, a share of the run, on. cut: grey levels that the
    network sees, 0 for all.
    """

    widths: tuple[int, ...] = WIDTHS
    side: int = 64
    late_side: int = 128
    late: float = 0.6
    crops: int = 8
    cut: int = 0


def build(settings: ReportColorSettings) -> ReportUNet:
    """A new network, which answers grey: a and b are 0 at about a half of its range."""
    net = ReportUNet(settings.widths)
    nn.init.zeros_(net.head.weight)
    assert net.head.bias is not None
    nn.init.zeros_(net.head.bias)
    return net


def load_photos(photos: Path, side: int) -> list[Bytes]:
    """Every training photo that has colours, its shorter side reduced to some more than `side` pixels."""
    training, _ = split(photos)
    found = (reduced(read(path), side * 3 // 2) for path in training)
    return [photo for photo in found if is_coloured(photo)]


def reduced(photo: Bytes, shorter: int) -> Bytes:
    """The photo with a shorter side of at most that many pixels."""
    zoom = min(1.0, shorter / min(photo.shape[:2]))
    return np.asarray(cv2.resize(photo, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA), np.uint8)


def is_coloured(photo: Bytes) -> bool:
    """Whether it is no black-and-white picture stored as RGB, nor a toned one."""
    ab = report_lab.lab(unit(photo))[..., 1:].reshape(-1, 2)
    return float(ab.std(0).max()) > 2


class LevelledPhotos(IterableDataset[tuple[Tensor, Tensor]]):
    """Endless batches of nearly whole photos: L / 100 float32 (N, 1, S, S); the report's a and b float32 (N, 2, S, S).

    The colours are always those of the sound photo, whatever was done to its grey.
    """

    def __init__(self, photos: list[Bytes], side: int, count: int, cut: int, seed: int) -> None:
        self.photos, self.side, self.count, self.cut, self.seed = photos, side, count, cut, seed

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        rng = generator_of(self.seed)
        while True:
            pairs = [self.pair(rng, self.photos[int(rng.integers(len(self.photos)))]) for _ in range(self.count)]
            yield planes(np.stack([light for light, _ in pairs])), planes(np.stack([ab for _, ab in pairs]))

    def pair(self, rng: Rng, photo: Bytes) -> tuple[Field, Field]:
        """L / 100 (S, S, 1), a and b (S, S, 2)."""
        part = cv2.resize(squarish(rng, most_of(rng, photo)), (self.side, self.side), interpolation=cv2.INTER_AREA)
        image = np.asarray(part, np.float32)
        grey = to_grey(rng, image)[..., 0]
        if rng.random() < AGED:
            grey = slightly_aged(rng, grey)
        grey = np.asarray(np.clip(grey, 0, 1), np.float32)
        if self.cut:
            grey = cut_to(grey, self.cut)
        return report_lab.lightness(grey)[..., None] / np.float32(100), report_lab.lab(image)[..., 1:]


def squarish(rng: Rng, photo: Field) -> Field:
    """A part (h, w, 3) of which no side is more than 4/3 of the other: as much of a photo as a square shows well."""
    h, w = photo.shape[:2]
    h, w = min(h, w * 4 // 3), min(w, h * 4 // 3)
    y, x = int(rng.integers(photo.shape[0] - h + 1)), int(rng.integers(photo.shape[1] - w + 1))
    return photo[y : y + h, x : x + w]


def slightly_aged(rng: Rng, grey: Field) -> Field:
    """A grey (H, W), 0..1, darker or lighter, faded, soft, grainy: a little of each."""
    bent = np.clip(grey, 0, 1) ** np.float32(np.exp(rng.normal(0, 0.2)))
    low, high = rng.uniform(0, 0.15), rng.uniform(0.85, 1)
    soft = blurred(np.asarray(low + bent * (high - low), np.float32), rng.uniform(0, 1))
    noise = grain(rng, grey.shape[0], grey.shape[1], rng.uniform(0, 1))
    return np.asarray(soft + np.float32(rng.uniform(0, 0.04)) * noise, np.float32)


def color_loss(net: nn.Module, lights: Tensor, colours: Tensor) -> Tensor:
    """The report's: mean squared error of a and b."""
    answer = net(lights).float() * 255 - 128
    loss: Tensor = ((answer - colours) / UNIT).square().mean()
    return loss
