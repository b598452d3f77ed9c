"""What is particular to the default colorizer's network: photographs turned grey, hints, and the loss."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import IterableDataset

from core.lab import chroma_of, grey_of
from core.models.colorizer_network import FINEST, GRID_A, GRID_B, SCALE, STEP, ColorNet, expected
from core.models.weights import part_of
from core.training.ageing import Fade, aged, choose_ageing
from core.training.photos import read, split
from core.training.pretrained import published
from core.training.restorer import generator_of, most_of, planes, smaller
from core.training.textures import Bytes, Field, Rng
from core.training.unfolding import unfolded_state

AGED = 0.5
"""Share of the photos whose lightness is made old."""
SMALLER = 0.4
"""How much of noise and blur is left in a photo seen small."""
TRUST = 0.5
"""In the colours of hints around a place, with which a new network begins."""
FED = 12
"""Batches from which the statistics of exported weights are taken."""
HINTED = 0.65
"""Share of the photos with hints, and of these that of photos in colours that are not their own."""
RECOLOURED = 0.25


@dataclass
class ColorizerSettings:
    """Sizes of the batches. side: pixels along a photo's sides; late_side: from `late`, a share of the run, on.

    colourful: the chroma at which a pixel counts twice. mean: the weight of the mean colour's error.
    """

    side: int = 192
    late_side: int = 256
    late: float = 0.7
    crops: int = 12
    colourful: float = 12.0
    mean: float = 0.05


def build_colorizer() -> ColorNet:
    """A new network, its encoder as published and not to be trained."""
    net = ColorNet()
    net.encoder.load_state_dict(published())
    net.encoder.requires_grad_(False)
    nn.init.zeros_(net.head.weight)
    nn.init.zeros_(net.trust.weight)
    assert net.trust.bias is not None
    nn.init.constant_(net.trust.bias, TRUST)
    return net


def went_on(path: Path, photos: list[Bytes], sizes: ColorizerSettings) -> ColorNet:
    """The network of exported weights as a run can go on with it: with BatchNorm, the encoder as published."""
    exported = ColorNet(folded=True)
    exported.load_state_dict(part_of(load_file(path)))
    batches = iter(GreyPhotos(photos, sizes.late_side, sizes.crops, seed=0))

    @torch.no_grad()
    def feed(net: nn.Module) -> None:
        for _ in range(FED):
            seen, _truth = next(batches)
            net(seen[:, :1], seen[:, 1:])

    net = build_colorizer()
    kept = {name: value for name, value in net.state_dict().items() if name.startswith("encoder.")}
    net.load_state_dict({**unfolded_state(exported.eval(), feed), **kept})
    return net


def load_coloured(photos: Path, side: int) -> list[Bytes]:
    """Training photos and early colour photographs, small; the latter twice, for the tones of their time."""
    training, _ = split(photos)
    early = sorted((photos / "old_colour").iterdir())
    return [smaller(read(path), 2 * side) for path in [*training, *early, *early]]


class GreyPhotos(IterableDataset[tuple[Tensor, Tensor]]):
    """Endless batches: float32 (N, 4, S, S), lightness 0..1, hints' a*, b* over SCALE, where given; and the truth,
    a* and b*, float32 (N, 2, S / 4, S / 4)."""

    def __init__(self, photos: list[Bytes], side: int, count: int, seed: int) -> None:
        self.photos, self.side, self.count, self.seed = photos, side, count, seed

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        rng = generator_of(self.seed)
        while True:
            pairs = [self.pair(rng) for _ in range(self.count)]
            yield planes(np.stack([one for one, _ in pairs])), planes(np.stack([truth for _, truth in pairs]))

    def pair(self, rng: Rng) -> tuple[Field, Field]:
        """What the network sees of one photo (S, S, 4), and its colours (S / 4, S / 4, 2)."""
        photo = most_of(rng, self.photos[int(rng.integers(len(self.photos)))])
        photo = np.asarray(cv2.resize(photo, (self.side, self.side), interpolation=cv2.INTER_AREA), np.float32)
        colours = chroma_of(photo)
        hinted = rng.random() < HINTED
        if hinted and rng.random() < RECOLOURED:
            colours = recoloured(rng, colours)
        hints = random_hints(rng, colours) if hinted else np.zeros((self.side, self.side, 3), np.float32)
        return np.dstack([seen_grey(rng, photo), hints]), smaller_colours(colours)


def smaller_colours(colours: Field) -> Field:
    """a* and b* at the size of the answer."""
    height, width = colours.shape[:2]
    small = cv2.resize(colours, (width // FINEST, height // FINEST), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)


def seen_grey(rng: Rng, photo: Field) -> Field:
    """The lightness of a photo (S, S, 3), sRGB-encoded (S, S), as it is or as an old print would have it."""
    lightness = grey_of(photo)
    if rng.random() >= AGED:
        return lightness
    ageing = choose_ageing(rng)
    dyes = ageing.fade
    gamma, low, high = (np.full(3, of.mean(), np.float32) for of in (dyes.gamma, dyes.low, dyes.high))
    fade = Fade(gamma, low, high)
    small = replace(ageing, fade=fade, coloured=False, noise=ageing.noise * SMALLER, blur=ageing.blur * SMALLER)
    old = aged(rng, lightness[..., None].repeat(3, 2), small, grey=False)
    return np.asarray(old.image.mean(2) / 255, np.float32)


def recoloured(rng: Rng, colours: Field) -> Field:
    """The same things in other colours: turned around grey, paler or stronger. Only hints can tell."""
    angle, strength = rng.uniform(-np.pi, np.pi), rng.uniform(0.6, 1.4)
    turn = strength * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray(np.clip(colours @ turn, -90, 100), np.float32)


def random_hints(rng: Rng, colours: Field) -> Field:
    """Some dabs of the true colours (S, S, 3): a* and b* over SCALE, and 1 where there is one."""
    size = len(colours)
    hints = np.zeros((size, size, 3), np.float32)
    for _ in range(int(np.ceil(np.exp(rng.uniform(0, np.log(50)))))):
        side = int(rng.integers(1, 9))
        y, x = (int(rng.integers(size - side + 1)) for _axis in range(2))
        part = np.s_[y : y + side, x : x + side]
        hints[part][..., :2] = (colours[part].mean((0, 1)) + rng.normal(0, 1.5, 2)) / SCALE
        hints[part][..., 2] = 1
    return hints


def loss_of_colours(net: nn.Module, seen: Tensor, truth: Tensor, settings: ColorizerSettings) -> Tensor:
    """Cross-entropy to the four colours of the grid around the true one, and the mean colour's error.

    Greys are everywhere: the more colourful a pixel, the more it counts.
    """
    logits = net(seen[:, :1], seen[:, 1:]).float()
    weight = 1 + truth.norm(dim=1) / settings.colourful
    weight = weight / weight.mean()
    entropy = (soft_entropy(logits, truth) * weight).mean()
    error = F.smooth_l1_loss(expected(logits)[:, :2], truth, reduction="none", beta=4.0).mean(1)
    return torch.add(entropy, (error * weight).mean(), alpha=settings.mean)


def soft_entropy(logits: Tensor, truth: Tensor) -> Tensor:
    """Of each pixel, (N, h, w): the true colour is shared by the grid's four around it, so that their mean is it."""
    log = logits.log_softmax(1)
    places = []
    for axis, (start, count) in enumerate((GRID_A, GRID_B)):
        place = ((truth[:, axis] - start) / STEP).clamp(0, count - 1.001)
        first = place.floor()
        places.append((first.long(), place - first))
    (a, part_a), (b, part_b) = places
    total = torch.zeros_like(part_a)
    for down, share_a in ((0, 1 - part_a), (1, part_a)):
        for right, share_b in ((0, 1 - part_b), (1, part_b)):
            index = (a + down) * GRID_B[1] + b + right
            total = total - share_a * share_b * log.gather(1, index[:, None])[:, 0]
    return total
