"""The default colorizer at run time: lightness and hints through the network, colours and sureness back."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch
from safetensors.torch import load_file

from .card import Card
from .colorizer_network import SCALE, STRIDE, ColorNet, expected, surely
from .colorizing import Colorizer, Colours, Hints, Plane


def network_colorizer(card: Card, weights: Path) -> Colorizer:
    """The network of a card, on the GPU where there is one. arguments: area, and temperature (see `expected`)."""
    arguments = dict(card.arguments)
    temperature = float(arguments["temperature"])
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    net = ColorNet(folded=True)
    net.load_state_dict({name: tensor.float() for name, tensor in load_file(weights).items()})
    net = net.eval().to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    def seen(lightness: Plane, hints: Hints | None, levels: int) -> Colours:
        given = np.zeros((*lightness.shape, 3), np.float32)
        if hints is not None:
            given = np.dstack([hints.ab / np.float32(SCALE), hints.given])
        height, width = lightness.shape
        around = ((0, -height % STRIDE), (0, -width % STRIDE), (0, 0))
        known = np.pad(np.dstack([lightness, given]), around, mode="symmetric")
        planes = torch.from_numpy(np.ascontiguousarray(known.transpose(2, 0, 1)))[None].to(device)
        with torch.inference_mode():
            logits = net(planes[:, :1], planes[:, 1:])
            answer = torch.cat([expected(logits, temperature), surely(logits)[:, None]], 1)[0]
        small = np.ascontiguousarray(answer.permute(1, 2, 0).cpu().numpy())
        large = cv2.resize(small, (known.shape[1], known.shape[0]), interpolation=cv2.INTER_LINEAR)
        cut = np.asarray(large[:height, :width], np.float32)
        return Colours(np.ascontiguousarray(cut[..., :2]), np.clip(cut[..., 2], 0, 1))

    return Colorizer(int(arguments["area"]), True, seen)
