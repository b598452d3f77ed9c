"""A small random U-Net with its card: quick, and built like the real one."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from core.models.card import Card, write_card
from core.models.unet import UNet

SMALL = Card(
    name="default",
    tool="detect",
    title="Small random network",
    purpose="Tests.",
    architecture="unet",
    licence="GPL-3.0-or-later",
    arguments={"channels": 3, "width": 8, "levels": 2},
    tile=128,
    stride=8,
    overlap=48,
    file="detect-small.safetensors",
    sha256="0" * 64,
)


def random_network(seed: int = 1) -> UNet:
    """A folded U-Net whose logits spread around zero, so that it marks some pixels and others not."""
    torch.manual_seed(seed)
    net = UNet(**SMALL.arguments, folded=True).eval()
    with torch.no_grad():
        logits = net(torch.rand(1, 3, 128, 128))
        net.head.weight *= 3 / logits.std()
        net.head.bias -= net.head.bias
        net.head.bias -= net(torch.rand(1, 3, 128, 128)).mean() + 2
    return net


def write_network(folder: Path, **changes: Any) -> Card:
    """Write the small network and its card into the folder; `changes` are entries of the card."""
    card = replace(SMALL, **changes)
    weights = folder / card.file
    save_file({name: value.half().contiguous() for name, value in random_network().state_dict().items()}, weights)
    if "sha256" not in changes:
        card = replace(card, sha256=hashlib.sha256(weights.read_bytes()).hexdigest())
    write_card(card, folder / f"{card.tool}-{card.name}.toml")
    return card
