"""The default colorizer: from a checkpoint to weights and card. Its figures are put in by the evaluation."""

from __future__ import annotations

from pathlib import Path

import torch

from core.models.card import Card
from core.models.colorizer_network import ColorNet
from core.models.folding import folded_state
from core.training.export import PHOTOGRAPHS, training_of, write_half, write_model
from core.training.pretrained import CREDIT

AREAS = (224 * 224, 352 * 352)
"""Pixels of a photo as the network sees it, one time after the other."""


def folded_colorizer(checkpoint: Path) -> dict[str, torch.Tensor]:
    """The state of a checkpoint's averaged network, its BatchNorm folded."""
    net = ColorNet()
    net.load_state_dict(torch.load(checkpoint, map_location="cpu", weights_only=True)["average"])
    return folded_state(net)


def write_colorizer(checkpoint: Path, path: Path) -> None:
    """Write the averaged network of a checkpoint, its BatchNorm folded, as half-precision safetensors."""
    write_half(folded_colorizer(checkpoint), path)


def export_colorizer(checkpoint: Path, weights: Path) -> Path:
    """Write colorize-default.safetensors and its card; returns the card's path."""
    card = Card(
        name="default",
        tool="colorize",
        title="Default (distribution of colours)",
        purpose="Guesses colours from what it recognises in the photo, and spreads the colours of hints along objects.",
        architecture="color-net",
        licence="GPL-3.0-or-later; its encoder began as EfficientNet-Lite0, Apache-2.0",
        arguments={"areas": list(AREAS)},
        training={
            "data": f"{PHOTOGRAPHS} Early colour plates of Prokudin-Gorskii (public domain) twice. The encoder is "
            f"{CREDIT}.",
            "recipe": "Cross-entropy to a grid of a* and b* and error of the mean colour, colourful pixels counting "
            "more; half of the photos with an old print's lightness; two thirds with hints, some of these in other "
            "colours than their own; AdamW, cosine, averaged weights.",
            **training_of(checkpoint, "colorize"),
        },
        known_failures=[
            "Clothes, cars, walls and painted things: their colours cannot be known, and they stay muted.",
            "Faces in crowds and small figures stay grey.",
            "What it has not seen among some 700 photographs it takes for wood, grass, sky or skin.",
        ],
    )
    return write_model(card, folded_colorizer(checkpoint), weights)
