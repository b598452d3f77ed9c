"""The report's colorizer: from a checkpoint to its weights and card."""

from __future__ import annotations

from pathlib import Path

import torch

from core.models.card import Card
from core.models.folding import folded_state
from core.models.report_unet import ReportUNet
from core.training.export import PHOTOGRAPHS, training_of, write_half, write_model
from core.training.report_colors import ReportColorSettings

AREA = ReportColorSettings.late_side**2 * 3 // 2
"""Pixels of what the network sees of a photo: one of 3:2 is as high as it was in training."""


def averaged(checkpoint: Path) -> ReportUNet:
    """The averaged network of a training run, of the sizes that its state has, eval."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)["average"]
    count = len({name.split(".")[1] for name in state if name.startswith("down.")})
    net = ReportUNet([len(state[f"down.{level}.0.conv.weight"]) for level in range(count)])
    net.load_state_dict(state)
    return net.eval()


def write_report_weights(checkpoint: Path, path: Path) -> None:
    """Write the averaged network of a checkpoint, its BatchNorm folded, as half-precision safetensors."""
    write_half(folded_state(averaged(checkpoint)), path)


def export_report_colors(checkpoint: Path, weights: Path) -> Path:
    """Write colorize-report.safetensors and its card; returns the card's path."""
    net = averaged(checkpoint)
    card = Card(
        name="report",
        tool="colorize",
        title="Report (U-Net)",
        purpose="The student report's U-Net, from lightness to a and b in its own equations: for comparison.",
        architecture="report-unet",
        licence="GPL-3.0-or-later",
        arguments={"area": AREA, "network": net.arguments()},
        training={
            "data": f"{PHOTOGRAPHS} Only the modern ones that have colours. Half of their greys are a little aged.",
            "recipe": "After Hu, Shkurat and Kasner, 2024: mean squared error of the report's a and b, logistic "
            "functions and BatchNorm throughout, no pretrained weights, no median cut; AdamW, cosine from 3e-3, "
            f"averaged weights, nearly whole photos at {ReportColorSettings.side} px, at the end at "
            f"{ReportColorSettings.late_side} px.",
            **training_of(checkpoint, "report-colors"),
        },
        known_failures=FAILURES,
    )
    return write_model(card, folded_state(net), weights)


FAILURES = [
    "Colours are weak, and what may have many colours becomes brown: the squared error's answer is their mean.",
    "Clothes, cars and painted things are never given a colour of their own.",
    "It does not know when it does not know: it is equally sure of everything, and takes no hints.",
]
