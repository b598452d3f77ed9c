"""The mask generator of the multi-domain study: the simple VAE's structure, whose decoder draws the mask.

It is here to be compared with: a vector of numbers cannot say where a scratch runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from ..color import View
from .card import Card
from .registry import Detector, Probability
from .vae import SIDE, SimpleDecoder, SimpleEncoder
from .weights import tensors


class MaskVae(nn.Module):
    """(N, 3, 256, 256), 0..1 -> logits (N, 1, 256, 256), whose sigmoid is the probability of damage."""

    def __init__(self, size: int = 128) -> None:
        super().__init__()
        self.size = size
        self.encoder = SimpleEncoder(size)
        self.decoder = SimpleDecoder(size, answers=1)

    def arguments(self) -> dict[str, Any]:
        """What a card has to say to build this network again."""
        return {"size": self.size}

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.decoder(self.encoder(x)[0])
        return logits


def mask_vae_detector(card: Card, weights: Path) -> Detector:
    """The mask generator of a card: float32, on the processor; tiles smaller than it sees are mirrored up to it."""
    net = MaskVae(**card.arguments)
    net.load_state_dict({name: value.float() for name, value in tensors(weights).items()})
    return mask_detector(net)


def mask_detector(net: MaskVae) -> Detector:
    """The network as a function of a tile's view."""
    net.eval()

    def detect(view: View) -> Probability:
        height, width = view.shape[:2]
        colours = cv2.cvtColor(view, cv2.COLOR_GRAY2RGB) if view.shape[2] == 1 else view
        more = ((0, max(0, SIDE - height)), (0, max(0, SIDE - width)), (0, 0))
        square = np.pad(np.clip(colours, 0, 1), more, mode="symmetric")
        with torch.inference_mode():
            logits = net(torch.from_numpy(np.ascontiguousarray(square)).permute(2, 0, 1)[None])
            answer = torch.sigmoid(logits)[0, 0, :height, :width].numpy()
        return np.asarray(answer, np.float32)

    return detect
