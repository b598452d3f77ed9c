"""Networks at run time: weights from safetensors, tiles of a view through torch."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import nn

from ..color import View
from .card import Card
from .registry import Detector, Probability
from .unet import UNet
from .weights import tensors

if "OMP_NUM_THREADS" not in os.environ:
    torch.set_num_threads(max(1, min(torch.get_num_threads(), (os.cpu_count() or 1))))


M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""Of mallopt(3)."""


def keep_freed_memory() -> None:
    """Let glibc keep what a tile freed for the next one: to give it back each time costs a fifth of a detection."""
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(M_MMAP_THRESHOLD, 1 << 30)
        libc.mallopt(M_TRIM_THRESHOLD, (1 << 31) - 1)


def unet_detector(card: Card, weights: Path) -> Detector:
    """The detection network of a card: folded weights, float32, channels last, on the GPU where there is one."""
    keep_freed_memory()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    net = exported_unet(tensors(weights), card.arguments)
    if net.channels != 3 or card.stride % net.stride:
        raise ValueError("the card's channels or stride are not the network's")
    return tile_detector(net.to(device))


def exported_unet(state: Mapping[str, torch.Tensor], arguments: Mapping[str, Any]) -> UNet:
    """The network of exported weights, built with the constructor's arguments: folded, float32, eval, channels last."""
    net = UNet(folded=True, **arguments)
    net.load_state_dict({name: tensor.float() for name, tensor in state.items()})
    return net.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def ready(net: nn.Module) -> Any:
    """The network on the GPU where there is one, for answers only, channels last."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return net.eval().to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]


def tile_detector(net: UNet) -> Detector:
    """The network, wherever it is, as a function of a tile's view; memory layout channels last."""
    net = net.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    device = next(net.parameters()).device

    def detect(view: View) -> Probability:
        return torch.sigmoid(answered(net, as_colours(view).to(device)))[0, 0].numpy()

    return detect


def as_colours(view: View) -> torch.Tensor:
    """A view (h, w, C), grey or colour, as networks see it: (1, 3, h, w), clipped to 0..1."""
    pixels = cv2.cvtColor(view, cv2.COLOR_GRAY2RGB) if view.shape[2] == 1 else view
    return torch.from_numpy(np.clip(pixels, 0, 1)).permute(2, 0, 1)[None]


def answered(net: Callable[[torch.Tensor], torch.Tensor], tiles: torch.Tensor) -> torch.Tensor:
    """What a network answers to tiles (N, C, h, w), which are where it is: float32, on the CPU."""
    torch.set_flush_denormal(True)  # which is the processor's state, numpy's too: not beyond this call
    try:
        with torch.inference_mode():
            return net(tiles.contiguous(memory_format=torch.channels_last)).float().cpu()
    finally:
        torch.set_flush_denormal(False)
