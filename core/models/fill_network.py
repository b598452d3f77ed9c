"""The filling network at run time: it corrects the biharmonic fill, block by block, only where a hole is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor

from ..color import View
from ..photo import Mask
from .biharmonic import filled
from .card import Card
from .network import exported_unet
from .registry import Filler
from .unet import UNet

BLOCK = 64
"""Pixels along a side of the part that one pass answers for."""
AROUND = 32
"""Pixels around it that the network sees as well."""
AT_ONCE = 16
"""Blocks in one pass."""


def network_filler(card: Card, weights: Path) -> Filler:
    """The filling network of a card: folded weights, float32, channels last, on the GPU where there is one."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    net = exported_unet(load_file(weights), card.arguments)
    if (net.channels, net.answers) != (4, 3) or BLOCK % net.stride or AROUND % net.stride:
        raise ValueError("the card's channels, answers or stride are not a filling network's")
    return filler_of(net.to(device))


def filler_of(net: UNet) -> Filler:
    """The network, wherever it is, as a filler; the radius has no meaning for it."""
    net = net.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def fill(view: View, hole: Mask, radius: float) -> View:
        low, high = float(view.min()), float(view.max())
        low, high = min(low, 0.0), max(high, 1.0)
        scale = np.float32(high - low)
        start = filled((view - np.float32(low)) / scale, hole)
        return np.asarray(corrected(net, start, hole) * scale + np.float32(low), np.float32)

    return fill


def corrected(net: UNet, start: View, hole: Mask) -> View:
    """A filled view (h, w, C), 0..1, with what the network changes inside of the hole (h, w)."""
    height, width, channels = start.shape
    blocks = [
        (y, x)
        for y in range(0, height, BLOCK)
        for x in range(0, width, BLOCK)
        if hole[y : y + BLOCK, x : x + BLOCK].any()
    ]
    more = ((AROUND, AROUND + -height % BLOCK), (AROUND, AROUND + -width % BLOCK))
    seen = np.pad(start if channels == 3 else np.repeat(start, 3, 2), (*more, (0, 0)), "symmetric")
    where = np.pad(np.asarray(hole > 0, np.float32), more)
    side = BLOCK + 2 * AROUND
    out = start.copy()
    for first in range(0, len(blocks), AT_ONCE):
        some = blocks[first : first + AT_ONCE]
        tiles = np.stack(
            [np.dstack([seen[y : y + side, x : x + side], where[y : y + side, x : x + side]]) for y, x in some]
        )
        answers = _answers(net, torch.from_numpy(tiles).permute(0, 3, 1, 2))
        for (y, x), answer in zip(some, answers.permute(0, 2, 3, 1).numpy(), strict=True):
            change = answer[AROUND : AROUND + BLOCK, AROUND : AROUND + BLOCK][: height - y, : width - x]
            if channels == 1:
                change = change.mean(2, keepdims=True)
            inside = out[y : y + BLOCK, x : x + BLOCK]
            marked = hole[y : y + BLOCK, x : x + BLOCK] > 0
            inside[marked] = np.clip(inside[marked] + change[marked], 0, 1)
    return out


def _answers(net: UNet, tiles: Tensor) -> Tensor:
    """(N, 4, side, side) -> (N, 3, side, side), on the CPU."""
    device = next(net.parameters()).device
    torch.set_flush_denormal(True)  # which is the processor's state, numpy's too: not beyond this call
    try:
        with torch.inference_mode():
            answers: Tensor = net(tiles.to(device).contiguous(memory_format=torch.channels_last))
            return answers.float().cpu()
    finally:
        torch.set_flush_denormal(False)
