"""What is particular to the filling network: its batches, its loss, its measure."""

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

from core.models import biharmonic
from core.models.unet import UNet
from core.photo import Mask
from core.training import look
from core.training.canvas import OPAQUE, Canvas
from core.training.cut import choose_cut
from core.training.damage import KINDS, random_scale
from core.training.found import Found, load_found
from core.training.likeness import unit
from core.training.photos import old_photographs, read, split
from core.training.textures import Bytes, Field, Rng

SHAPES = {
    "scratches": 3.0,
    "hairs": 1.5,
    "lint": 0.7,
    "dust": 1.0,
    "outlines": 0.8,
    "sprites": 0.6,
    "cracks": 2.0,
    "folds": 0.5,
    "flakes": 0.7,
    "lost patches": 0.5,
}
"""Kinds of damage whose shapes are filled, and how often."""
LARGEST_SHARE = 0.3
"""Of a crop that may be hole."""


@dataclass
class FillerSettings:
    """Sizes of the network and of its batches."""

    width: int = 48
    levels: int = 4
    crop: int = 128
    crops: int = 16


def build(settings: FillerSettings) -> UNet:
    """A new network that changes nothing yet: the fill it starts from is its first answer."""
    net = UNet(4, settings.width, settings.levels, answers=3)
    nn.init.zeros_(net.head.weight)
    assert net.head.bias is not None
    nn.init.zeros_(net.head.bias)
    return net


@dataclass
class HoleGenerator:
    """Crops with holes, without end. photos: uint8 (H, W, 3) each."""

    photos: list[Bytes]
    real: Found

    def crop(self, rng: Rng, size: int) -> tuple[Field, Field, Mask]:
        """(true picture, the same biharmonically filled: float32 (size, size, 3); hole uint8 (size, size), 255)."""
        photo = self.photos[int(rng.integers(len(self.photos)))]
        cut = choose_cut(rng, photo, size, busy=rng.random() < 0.6)
        part = unit(cut.picture(photo))
        if rng.random() < 0.5:
            part = look.to_grey(rng, part)
            if rng.random() < 0.4:
                part = look.toned(rng, part)
        if rng.random() < 0.2:
            part = look.grainy(rng, part, float(np.exp(rng.uniform(np.log(0.004), np.log(0.02)))), rng.uniform(0, 1.5))
        true = np.asarray(np.clip(part, 0, 1), np.float32)
        hole = self.hole(rng, size)
        return true, biharmonic.filled(np.where(hole[..., None] > 0, np.float32(0.5), true), hole), hole

    def hole(self, rng: Rng, size: int) -> Mask:
        """The outline of some damage, widened a little as masks are: uint8 (size, size), 255; never empty."""
        names = list(SHAPES)
        weights = np.array([SHAPES[name] for name in names])
        while True:
            canvas = Canvas(np.zeros((size, size, 3), np.float32), random_scale(rng), 0.0)
            for name in rng.choice(names, 1 + int(rng.random() < 0.3), p=weights / weights.sum()):
                KINDS[str(name)][1](canvas, rng, self.real)
            marked = (canvas.opacity > OPAQUE).astype(np.uint8) * np.uint8(255)
            if grow := int(rng.integers(0, 3)):
                disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * grow + 1, 2 * grow + 1))
                marked = np.asarray(cv2.dilate(marked, disc), np.uint8)
            if 0 < np.count_nonzero(marked) < LARGEST_SHARE * marked.size:
                return marked


def load_generator(photos: Path) -> HoleGenerator:
    """Every training photo, modern and old, decoded, with the real damage's shapes that are not for validation."""
    training, _ = split(photos)
    files = [*training, *old_photographs(photos)]
    return HoleGenerator([read(path) for path in files], load_found(photos / "damage", validation=False))


class Holes(IterableDataset[tuple[Tensor, Tensor]]):
    """Endless batches: pictures float32 (N, 6, S, S), the true one and the filled one; holes uint8 (N, 1, S, S)."""

    def __init__(self, generator: HoleGenerator, size: int, count: int, seed: int) -> None:
        self.generator, self.size, self.count, self.seed = generator, size, count, seed

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        worker = get_worker_info()
        cv2.setNumThreads(1)
        rng = np.random.default_rng([self.seed, worker.id if worker else 0])
        while True:
            crops = [self.generator.crop(rng, self.size) for _ in range(self.count)]
            pictures = np.stack([np.dstack([true, start]) for true, start, _ in crops])
            holes = np.stack([hole for _, _, hole in crops])
            yield torch.from_numpy(pictures).permute(0, 3, 1, 2), torch.from_numpy(holes)[:, None]


def network_input(start: Tensor, hole: Tensor) -> Tensor:
    """What the network sees: the filled picture (N, 3, H, W) and where it was filled (N, 1, H, W), 0 or 1."""
    return torch.cat([start, hole], 1).contiguous(memory_format=torch.channels_last)


def fill_loss(net: nn.Module, pictures: Tensor, holes: Tensor) -> Tensor:
    """Squared and absolute error inside of the holes, each crop's hole counted alike up to its size's root."""
    true, start = pictures[:, :3], pictures[:, 3:]
    hole = (holes > 0).float()
    error = (start + net(network_input(start, hole)).float() - true) * hole
    area = 3 * hole.sum((1, 2, 3))
    squared = (error**2).sum((1, 2, 3)) / area
    absolute = F.smooth_l1_loss(error, torch.zeros_like(error), beta=0.02, reduction="none").sum((1, 2, 3)) / area
    weight = area.sqrt()
    loss: Tensor = ((4 * squared + absolute) * weight).sum() / weight.sum()
    return loss
