"""What is particular to the networks of Enhance's default model: one for the tones, one for the detail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import IterableDataset, get_worker_info

from core.color import Samples
from core.models.chroma import seen_by_networks
from core.models.tone_network import ToneNet, graded
from core.models.unet import UNet
from core.training.ageing import aged, choose_ageing
from core.training.likeness import unit
from core.training.photos import read, split
from core.training.textures import Bytes, Field, Rng
from core.training.train import initialised_for_relu

GREY = 0.35
"""Share of the photos that are black and white."""


@dataclass
class DetailSettings:
    """Sizes of the detail network and of its batches."""

    width: int = 48
    levels: int = 3
    crop: int = 128
    crops: int = 14


@dataclass
class ToneSettings:
    """Sizes of the tone network and of its batches. side: pixels along the side of a whole photo."""

    width: int = 32
    side: int = 64
    crops: int = 48


def build_detail(settings: DetailSettings) -> UNet:
    """A new network that changes nothing yet: six answers, what to add against noise and what to add against blur."""
    net = UNet(3, settings.width, settings.levels, answers=6)
    nn.init.zeros_(net.head.weight)
    assert net.head.bias is not None
    nn.init.zeros_(net.head.bias)
    return net


def build_tone(settings: ToneSettings) -> ToneNet:
    """A new network that changes nothing yet."""
    net = ToneNet(settings.width)
    initialised_for_relu(net)
    nn.init.zeros_(net.answer.weight)
    return net


def load_photos(photos: Path) -> list[Bytes]:
    """Every training photo, decoded."""
    training, _ = split(photos)
    return [read(path) for path in training]


def square_of(rng: Rng, photo: Bytes, size: int) -> Field:
    """A square of `size` pixels out of a photo, as it is or reduced to as little as 0.45: float32 (S, S, 3), 0..1.

    Reduced photos are sharp to the pixel, and their own compression is gone; but most photos are not so.
    """
    most = min(photo.shape[:2]) / size
    reduction = float(np.exp(rng.uniform(0, np.log(2.2)))) if rng.random() < 0.5 else 1.0
    side = min(round(size * min(reduction, most)), *photo.shape[:2])
    y, x = (int(rng.integers(length - side + 1)) for length in photo.shape[:2])
    part = photo[y : y + side, x : x + side]
    if side != size:
        part = np.asarray(cv2.resize(part, (size, size), interpolation=cv2.INTER_AREA), np.uint8)
    turned = np.rot90(part, int(rng.integers(4)))[:, :: int(rng.choice([-1, 1]))]
    return unit(turned)


class AgedParts(IterableDataset[tuple[Tensor, Tensor]]):
    """Endless batches: aged photos float32 (N, 3, S, S), 0..1; (N, 7, S, S): quiet, faded, and the contrast left.

    The noise of colour is gone from the aged ones, as it is from what the network sees at run time.
    """

    def __init__(self, photos: list[Bytes], size: int, count: int, seed: int) -> None:
        self.photos, self.size, self.count, self.seed = photos, size, count, seed

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        rng = generator_of(self.seed)
        while True:
            images, targets = [], []
            for _ in range(self.count):
                photo = self.photos[int(rng.integers(len(self.photos)))]
                one = aged(rng, square_of(rng, photo, self.size), choose_ageing(rng), bool(rng.random() < GREY))
                contrast = np.full((self.size, self.size, 1), one.ageing.fade.contrast, np.float32)
                images.append(seen_by_networks(unit(one.image)))
                targets.append(np.dstack([one.quiet, one.faded, contrast]))
            yield planes(np.stack(images)), planes(np.stack(targets))


class AgedPhotos(IterableDataset[tuple[Tensor, Tensor]]):
    """Endless batches of whole photos, small: aged uint8 (N, 3, S, S), true float32 (N, 3, S, S)."""

    def __init__(self, photos: list[Bytes], side: int, count: int, seed: int) -> None:
        self.photos, self.side, self.count, self.seed = (
            [smaller(photo, 2 * side) for photo in photos],
            side,
            count,
            seed,
        )

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        rng = generator_of(self.seed)
        while True:
            images, targets = [], []
            for _ in range(self.count):
                whole = most_of(rng, self.photos[int(rng.integers(len(self.photos)))])
                ageing = choose_ageing(rng)
                one = aged(rng, whole, ageing, bool(rng.random() < GREY))
                images.append(cv2.resize(one.image, (self.side, self.side), interpolation=cv2.INTER_AREA))
                targets.append(cv2.resize(one.true, (self.side, self.side), interpolation=cv2.INTER_AREA))
            yield planes(np.stack(images)), planes(np.stack(targets))


def smaller(photo: Bytes, side: int) -> Bytes:
    """The photo with a longer side of at most `side` pixels."""
    zoom = min(1.0, side / max(photo.shape[:2]))
    return np.asarray(cv2.resize(photo, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA), np.uint8)


def most_of(rng: Rng, photo: Bytes) -> Field:
    """Six tenths to all of a photo along each side: float32 (H, W, 3), 0..1."""
    h, w = (round(length * rng.uniform(0.6, 1)) for length in photo.shape[:2])
    y, x = int(rng.integers(photo.shape[0] - h + 1)), int(rng.integers(photo.shape[1] - w + 1))
    part = photo[y : y + h, x : x + w][:, :: int(rng.choice([-1, 1]))]
    return unit(part)


def generator_of(seed: int) -> Rng:
    """Random numbers of this worker."""
    worker = get_worker_info()
    cv2.setNumThreads(1)
    return np.random.default_rng([seed, worker.id if worker else 0])


def planes(pictures: Samples) -> Tensor:
    """(N, H, W, C) -> (N, C, H, W)."""
    return torch.from_numpy(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2)))


def detail_loss(net: nn.Module, images: Tensor, targets: Tensor) -> Tensor:
    """Absolute and squared error of what is left of noise, and of what is left of noise and blur together.

    What little contrast is left will be stretched with its errors: these count by how much. What is unsure about the
    blur has no say in the noise.
    """
    x = images.contiguous(memory_format=torch.channels_last)
    quiet, faded, contrast = targets[:, :3], targets[:, 3:6], targets[:, 6:]
    answer = net(x).float()
    without_noise = x + answer[:, :3]
    weight = 1 / contrast.clamp(min=0.3)
    sharpened = without_noise.detach() + answer[:, 3:]
    loss: Tensor = error(without_noise - quiet, weight) + 0.5 * error(sharpened - faded, weight)
    return loss


def error(difference: Tensor, weight: Tensor) -> Tensor:
    """Absolute, and squared where large."""
    scaled = difference * weight
    return F.smooth_l1_loss(scaled, torch.zeros_like(scaled), beta=0.01) + 4 * scaled.square().mean()


def tone_loss(net: nn.Module, images: Tensor, truths: Tensor) -> Tensor:
    """Squared error of the graded photo; a little for what lies beyond black and white."""
    x = images.float().div_(255)
    with torch.autocast("cpu", enabled=False):
        out = graded(x, *net(x))
        loss: Tensor = (out.clamp(0, 1) - truths).square().mean() + 0.1 * (out - out.clamp(0, 1)).square().mean()
    return loss
