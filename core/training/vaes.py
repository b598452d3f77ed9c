"""What is particular to the two multi-domain VAEs: their batches and losses.

Each batch has three pictures in a row: a photo aged by the generator (domain "x"), the same as it was ("r"), and an
old photograph that nobody knows the truth of ("y").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import IterableDataset

from core.models.chroma import seen_by_networks
from core.models.vae import FullVae, SimpleVae, divergence, sampled
from core.models.weights import part_of
from core.training.ageing import aged, choose_ageing
from core.training.likeness import unit
from core.training.photos import old_photographs, read
from core.training.restorer import GREY, generator_of, load_photos, most_of, planes, smaller, square_of
from core.training.textures import Bytes, Rng
from core.training.unfolding import unfolded_state


@dataclass
class SimpleSettings:
    """Sizes of the simple VAE and of its batches. beta: weight of the divergence, 1 the evidence lower bound.

    free: nats of each number of z that cost nothing. warm: share of the run over which beta rises from 0.
    """

    size: int = 128
    side: int = 256
    crops: int = 12
    beta: float = 1.0
    free: float = 0.05
    warm: float = 0.15


@dataclass
class FullSettings:
    """Sizes of the full VAE and of its batches.

    whole: share of the crops that are whole photos, small. own: how many of a batch's crops go through their own
    domain's decoder as well; all go from "x" to "r".
    """

    size: int = 24
    width: int = 64
    blocks: int = 3
    across: int = 5
    side: int = 128
    crops: int = 10
    own: int = 4
    whole: float = 0.3
    beta: float = 2e-4
    free: float = 0.02
    warm: float = 0.15


@dataclass
class Domains:
    """The photographs of the domains, decoded: uint8 (H, W, 3) each."""

    modern: list[Bytes]
    old: list[Bytes]


def load_domains(photos: Path) -> Domains:
    """Modern photos that are not kept for validation; old ones, black and white and coloured."""
    old = [*old_photographs(photos), *sorted((photos / "old_colour").iterdir())]
    return Domains(load_photos(photos), [read(path) for path in old])


class Triples(IterableDataset[tuple[Tensor, Tensor]]):
    """Endless batches: aged, true and old photos, uint8 (N, 9, S, S); and nothing, (N, 0).

    whole: share of whole photos; the others are parts at full size.
    """

    def __init__(self, domains: Domains, side: int, count: int, whole: float, seed: int) -> None:
        self.domains, self.side, self.count, self.whole, self.seed = domains, side, count, whole, seed
        small = [[smaller(photo, 2 * side) for photo in of] for of in (domains.modern, domains.old)] if whole else None
        self.small = Domains(*small) if small else None

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        rng = generator_of(self.seed)
        while True:
            yield planes(np.stack([self.triple(rng) for _ in range(self.count)])), torch.empty(self.count, 0)

    def triple(self, rng: Rng) -> Bytes:
        """One row of three pictures: uint8 (S, S, 9). Parts have no noise of colour, as at run time."""
        whole = rng.random() < self.whole
        source = self.small if whole and self.small else self.domains
        modern, old = (photos[int(rng.integers(len(photos)))] for photos in (source.modern, source.old))
        if whole:
            true, y = most_of(rng, modern), most_of(rng, old)
        else:
            true, y = square_of(rng, modern, self.side), square_of(rng, old, self.side)
        one = aged(rng, true, choose_ageing(rng), bool(rng.random() < GREY))
        seen = one.image if whole else np.rint(seen_by_networks(unit(one.image)) * 255).astype(np.uint8)
        pictures = [seen, np.rint(one.true * 255).astype(np.uint8), np.rint(y * 255).astype(np.uint8)]
        return np.dstack([self.squared(picture) for picture in pictures])

    def squared(self, picture: Bytes) -> Bytes:
        """The picture as a square of the batch's size."""
        if picture.shape[:2] == (self.side, self.side):
            return picture
        return np.asarray(cv2.resize(picture, (self.side, self.side), interpolation=cv2.INTER_AREA), np.uint8)


def pictures_of(triples: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Aged, true and old photos of a batch: float32 (N, 3, S, S) each, 0..1, channels last."""
    x, r, y = (
        (triples[:, 3 * place : 3 * place + 3].float() / 255).contiguous(memory_format=torch.channels_last)
        for place in range(3)
    )
    return x, r, y


def cross_entropy(logits: Tensor, truth: Tensor) -> Tensor:
    """Reconstruction: mean binary cross-entropy of each value."""
    return F.binary_cross_entropy_with_logits(logits.float(), truth)


def bounded_divergence(mean: Tensor, log_var: Tensor, free: float) -> Tensor:
    """The divergence of each value of z, mean over the batch, each at least `free`; summed, in nats for one picture.

    What is below costs nothing, so that no number of z is given up for the prior's sake (Kingma et al., 2016).
    """
    return divergence(mean.float(), log_var.float()).mean(0).clamp(min=free).sum()


def simple_loss(net: nn.Module, triples: Tensor, settings: SimpleSettings, share: float) -> Tensor:
    """Each domain by its own encoder and decoder; aged photos by the decoder of "r" too, and old ones by that of "x".

    With the evidence lower bound's own weights: the divergence counts as one picture's sum does, not as a mean.
    """
    assert isinstance(net, SimpleVae)
    x, r, y = pictures_of(triples)
    said = {domain: net.encoders[domain](picture) for domain, picture in (("x", x), ("r", r), ("y", y))}
    z = {domain: sampled(*of) for domain, of in said.items()}
    wanted = (("x", "x", x, 1.0), ("r", "r", r, 1.0), ("y", "y", y, 1.0), ("x", "r", r, 1.0), ("y", "x", y, 0.5))
    loss = torch.zeros(())
    for encoder, decoder, truth, weight in wanted:
        loss = loss + weight * cross_entropy(net.decoders[decoder](z[encoder]), truth)
    nats = torch.stack([bounded_divergence(mean, log_var, settings.free) for mean, log_var in said.values()]).sum()
    beta = settings.beta * min(1.0, share / settings.warm)
    return torch.add(loss, nats, alpha=beta / x[0].numel())


def full_loss(net: nn.Module, triples: Tensor, settings: FullSettings, share: float) -> Tensor:
    """As the simple one's, with the translation between the latents of "x" and "r", learned from pairs.

    A decoder is asked once for all that it draws: BatchNorm must see in training what it will see.
    """
    assert isinstance(net, FullVae)
    x, r, y = pictures_of(triples)
    own = settings.own
    said = {"x": net.encoders["x"](x), "r": net.encoders["r"](r[:own]), "y": net.encoders["y"](y[:own])}
    z = {domain: sampled(*of) for domain, of in said.items()}
    translated = net.translation(z["x"])
    loss = 0.05 * (translated[:own].float() - said["r"][0].float().detach()).abs().mean()
    drawn = {"r": (translated, z["r"]), "x": (z["x"][:own], z["y"]), "y": (z["y"],)}
    truths = {"r": (r, r[:own]), "x": (x[:own], y[:own]), "y": (y[:own],)}
    weights = {"r": (2.0, 0.25), "x": (0.25, 0.25), "y": (0.25,)}
    for domain, of in drawn.items():
        pictures = net.decoders[domain](torch.cat(of)).split([len(one) for one in of])
        for logits, truth, weight in zip(pictures, truths[domain], weights[domain], strict=True):
            loss = loss + weight * picture_loss(logits, truth)
    nats = torch.stack([bounded_divergence(mean, log_var, settings.free) for mean, log_var in said.values()]).sum()
    beta = settings.beta * min(1.0, share / settings.warm)
    return torch.add(loss, nats, alpha=beta / x[0].numel())


def picture_loss(logits: Tensor, truth: Tensor) -> Tensor:
    """Cross-entropy; absolute error, of neighbours' differences too, which keeps what is fine."""
    out = torch.sigmoid(logits.float())
    difference = out - truth
    fine = sum((difference.diff(dim=axis).abs().mean() for axis in (2, 3)), torch.zeros(()))
    return cross_entropy(logits, truth) + 3 * difference.abs().mean() + 3 * fine


def went_on(weights: Path, domains: Domains, settings: FullSettings, batches: int = 8) -> FullVae:
    """The full VAE of exported weights, with the BatchNorm that they have no more, to be trained further."""
    sizes = (settings.size, settings.width, settings.blocks, settings.across)
    exported = FullVae(*sizes, folded=True)
    exported.load_state_dict(part_of(load_file(weights)))
    triples = iter(Triples(domains, settings.side, settings.crops, settings.whole, seed=0))

    def feed(net: nn.Module) -> None:
        for _ in range(batches):
            full_loss(net, next(triples)[0], settings, 0.0)

    net = FullVae(*sizes)
    net.load_state_dict(unfolded_state(exported, feed))
    return net
