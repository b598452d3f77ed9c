"""What is particular to the damage detector: its batches, its loss, its prediction on a whole photo."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import IterableDataset, get_worker_info

from core import detect
from core.models.card import Card
from core.models.network import tile_detector
from core.models.unet import UNet
from core.photo import Photo
from core.progress import silent
from core.training.damage import Generator, batch
from core.training.found import load_found
from core.training.lifted import lift
from core.training.marked import DAMAGED, PRESUMED, UNKNOWN, load_marked
from core.training.photos import read, split
from core.training.pretrained import published
from core.training.textures import Bytes, Field
from core.training.unfolding import unfolded_state

ENOUGH = 24  # damaged pixels of a crop that make its own Dice meaningful


TILE, OVERLAP = 1408, 128
"""What the card of this network says. Where tiles meet a probability moves by 0.13 at most, with half the overlap by
0.8: the network sees farther than the overlap reaches."""


@dataclass
class DetectorSettings:
    """Sizes of the network and of its batches."""

    width: int = 32
    levels: int = 5
    context: int = 1
    crop: int = 256
    crops: int = 10
    large_crop: int = 448  # 256 never show the context that faint long lines need
    large_crops: int = 3
    large_from: float = 0.5  # share of the run after which the large crops come
    bce_alone_from: float = 0.85  # Dice pushes probabilities to the ends; this calibrates them again


def build(settings: DetectorSettings) -> UNet:
    """A new network with BatchNorm, the encoder of its context as published."""
    net = UNet(3, settings.width, settings.levels, context=settings.context)
    if net.context:
        net.context.encoder.load_state_dict(published())
    return net


PRESUMED_WEIGHT = 0.5
"""What a pixel that is only presumed to be sound counts, against one that is known to be; one that cannot be told
counts nothing."""


class Crops(IterableDataset[tuple[Tensor, Tensor]]):
    """Endless batches: images uint8 (N, 3, S, S), labels uint8 (N, 1, S, S)."""

    def __init__(self, generator: Generator, size: int, count: int, seed: int) -> None:
        self.generator, self.size, self.count, self.seed = generator, size, count, seed

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        worker = get_worker_info()
        cv2.setNumThreads(1)
        rng = np.random.default_rng([self.seed, worker.id if worker else 0])
        while True:
            images, masks = batch([self.generator.crop(rng, self.size) for _ in range(self.count)])
            yield torch.from_numpy(images).permute(0, 3, 1, 2), torch.from_numpy(masks)[:, None]


def load_generator(photos: Path) -> Generator:
    """Every training photo, decoded, with the real damage that is not kept for validation."""
    training, _ = split(photos)
    old = load_marked(photos, validation=False)
    real = replace(load_found(photos / "damage", validation=False), lifted=lift(old))
    return Generator([read(path) for path in training], real, old=old)


FED = 24  # batches whose statistics stand for those that BatchNorm had kept


def went_on(exported: UNet, generator: Generator, sizes: DetectorSettings) -> UNet:
    """A network of exported weights as a run can go on with it: with BatchNorm, of the generator's statistics, and with
    a context that adds nothing yet if it had none.
    """
    batches = iter(Crops(generator, sizes.crop, sizes.crops, seed=0))

    @torch.no_grad()
    def feed(net: nn.Module) -> None:
        for _ in range(FED):
            images, _labels = next(batches)
            net(images.float().div_(255))

    net = build(replace(sizes, width=exported.width, levels=exported.levels))
    net.load_state_dict({**net.state_dict(), **unfolded_state(exported, feed)})
    return net


def detection_loss(net: nn.Module, images: Tensor, labels: Tensor, progress: float, bce_alone_from: float) -> Tensor:
    """2 BCE + Dice; at the end of the run BCE alone.

    Dice is half over the whole batch, half over each damaged crop by itself: by pixel a patch outweighs a hundred
    scratches, by crop they count alike. Crops with hardly any damage would be noise in the second half.
    images: uint8 (N, 3, S, S), labels: uint8 (N, 1, S, S), of core.training.marked; progress 0..1. What is only
    presumed sound counts less in BCE and not at all in Dice.
    """
    logits = net(images.float().div_(255).contiguous(memory_format=torch.channels_last)).float()
    truth = (labels == DAMAGED).float()
    known = ((labels != PRESUMED) & (labels != UNKNOWN)).float()
    weight = known + PRESUMED_WEIGHT * (labels == PRESUMED).float()
    loss = 2 * F.binary_cross_entropy_with_logits(logits, truth, weight)
    if progress < bce_alone_from:
        p = torch.sigmoid(logits) * known
        both, said, true = (x.sum((1, 2, 3)) for x in (p * truth, p, truth))
        whole = 1 - (2 * both.sum() + 1) / (said.sum() + true.sum() + 1)
        each = 1 - (2 * both + 8) / (said + true + 8)
        enough = (true >= ENOUGH).float()
        loss = loss + 0.5 * whole + 0.5 * (each * enough).sum() / enough.sum().clamp(min=1)
    return loss


Look = Callable[[Bytes], Field]
"""A photo, uint8 (H, W, 3), to probabilities, float32 (H, W)."""


def as_shipped(net: UNet, second_look: float) -> Look:
    """The network the way the tool Detect uses it: tiles, and the second look at small photos (0 for none)."""
    card = Card("", "detect", "", "", "unet", "", {}, TILE, net.stride, OVERLAP, second_look=second_look)
    detector = tile_detector(net)

    def look(photo: Bytes) -> Field:
        return detect.probabilities(Photo(photo), card, detector, silent).astype(np.float32) / np.float32(65535)

    return look
