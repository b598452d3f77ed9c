"""Networks at run time: weights from safetensors, tiles of a view through torch."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import torch
from safetensors.torch import load_file

from ..color import View
from .card import Card
from .registry import Detector, Probability
from .unet import UNet

torch.set_flush_denormal(True)
if "OMP_NUM_THREADS" not in os.environ:
    torch.set_num_threads(max(1, min(torch.get_num_threads(), (os.cpu_count() or 1))))


def unet_detector(card: Card, weights: Path) -> Detector:
    """The detection network of a card: folded weights, float32, channels last, on the GPU where there is one."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    net = UNet(folded=True, **card.arguments)
    net.load_state_dict({name: tensor.float() for name, tensor in load_file(weights).items()})
    net = net.eval().to(device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def detect(view: View) -> Probability:
        pixels = cv2.cvtColor(view, cv2.COLOR_GRAY2RGB) if view.shape[2] == 1 else view
        tile = torch.from_numpy(np.clip(pixels, 0, 1)).permute(2, 0, 1)[None]
        with torch.inference_mode():
            logits = net(tile.to(device).contiguous(memory_format=torch.channels_last))
            return np.asarray(torch.sigmoid(logits.float())[0, 0].cpu().numpy(), np.float32)

    return detect
