"""The study's mask experiment: a thousand damaged photographs, ten epochs, the VAE's structure as mask generator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from core.models.card import Card
from core.models.mask_vae import MaskVae
from core.models.vae import SIDE, sampled
from core.training.damage import Generator
from core.training.export import DAMAGE, PHOTOGRAPHS, write_model
from core.training.found import load_found
from core.training.marked import DAMAGED
from core.training.photos import read, split
from core.training.vaes import bounded_divergence

THRESHOLD = 0.089
"""At which 0.25 % of sound photographs is marked, as with the shipped detector; at 0.5 nothing ever is."""


@dataclass(frozen=True)
class MaskSettings:
    """As the study has it."""

    photos: int = 1000
    epochs: int = 10
    batch: int = 16
    rate: float = 1e-3
    seed: int = 1


def damaged(photos: Path, count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Damaged parts of training photos: uint8 (count, 3, 256, 256), and masks uint8 (count, 1, 256, 256), 0 or 1."""
    files, _ = split(photos)
    rng = np.random.default_rng(seed)
    chosen = [files[i] for i in rng.permutation(len(files))[:count]]
    real = load_found(photos / "damage", validation=False)
    generator = Generator([read(path) for path in chosen], real, undamaged=0.0)
    crops = [generator.crop(rng, SIDE) for _ in range(count)]
    images = np.stack([image for image, _ in crops]).transpose(0, 3, 1, 2)
    masks = np.stack([labels == DAMAGED for _, labels in crops]).astype(np.uint8)[:, None]
    return torch.from_numpy(np.ascontiguousarray(images)), torch.from_numpy(masks)


def fit(images: Tensor, masks: Tensor, settings: MaskSettings) -> tuple[MaskVae, list[float]]:
    """The trained mask generator, and the mean loss of each epoch."""
    torch.manual_seed(settings.seed)
    net = MaskVae()
    optimizer = torch.optim.Adam(net.parameters(), settings.rate)
    losses = []
    for epoch in range(settings.epochs):
        total = [train_on(net, optimizer, images[some], masks[some]) for some in batches(len(images), settings.batch)]
        losses.append(float(np.mean(total)))
        print(f"epoch {epoch + 1}: loss {losses[-1]:.4f}", flush=True)
    return net, losses


def batches(count: int, size: int) -> Iterator[Tensor]:
    """Indices of all, in another order each time, `size` at once."""
    return iter(torch.randperm(count).split(size))  # type: ignore[no-untyped-call]


def train_on(net: MaskVae, optimizer: torch.optim.Optimizer, images: Tensor, masks: Tensor) -> float:
    """One step; returns its loss: cross-entropy of the mask and the divergence, weighted as in the evidence bound."""
    mean, log_var = net.encoder(images.float() / 255)
    logits = net.decoder(sampled(mean, log_var))
    truth = masks.float()
    loss = F.binary_cross_entropy_with_logits(logits, truth)
    loss = loss + bounded_divergence(mean, log_var, 0.0) / truth[0].numel()
    optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    return float(loss.detach())


def run(photos: Path, weights: Path, settings: MaskSettings) -> Path:
    """Train the detector `report` and write its weights and card; returns the card's path."""
    images, masks = damaged(photos, settings.photos, settings.seed)
    net, losses = fit(images, masks, settings)
    card = Card(
        name="report",
        tool="detect",
        title="Report (VAE as mask generator)",
        purpose="For comparison only: the structure of the simple VAE, whose decoder draws the mask. It finds next to "
        "nothing.",
        architecture="mask-vae",
        arguments=net.arguments(),
        licence="GPL-3.0-or-later",
        tile=SIDE,
        stride=16,
        overlap=32,
        threshold=THRESHOLD,
        training={
            "data": f"{PHOTOGRAPHS} {DAMAGE} Of these {settings.photos} damaged parts of {SIDE} px.",
            "recipe": f"binary cross-entropy and divergence; Adam, {settings.epochs} epochs, batch {settings.batch}",
            "command": "python -m core.training mask-experiment --photos PHOTOS --weights weights",
            "losses": [round(value, 4) for value in losses],
        },
        known_failures=[
            "A vector of 128 numbers cannot say where a scratch runs: the answer is nearly the same for every photo.",
        ],
    )
    return write_model(card, net.state_dict(), weights)
