"""Convolutions with BatchNorm, and the same without: at run time the scaling is part of the convolution."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class ConvNorm(nn.Module):
    """3x3 convolution (1x1 where `kernel` says so) and BatchNorm, unless folded into it."""

    def __init__(self, inside: int, outside: int, folded: bool, kernel: int = 3) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inside, outside, kernel, padding=kernel // 2, bias=folded)
        self.norm: nn.Module = nn.Identity() if folded else nn.BatchNorm2d(outside)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.norm(self.conv(x))
        return out


@torch.no_grad()
def folded_state(net: nn.Module) -> dict[str, Tensor]:
    """The state, float32, of the same function without BatchNorm: that of a network built with folded=True.

    w' = w * gamma / sqrt(var + eps);  b' = beta - mean * gamma / sqrt(var + eps), by output channel.
    """
    state = {name: value.detach().float().cpu() for name, value in net.state_dict().items()}
    for name, block in net.named_modules():
        if isinstance(block, ConvNorm) and isinstance(block.norm, nn.BatchNorm2d):
            norm = {key: state.pop(f"{name}.norm.{key}") for key in block.norm.state_dict()}
            gain = norm["weight"] / torch.sqrt(norm["running_var"] + block.norm.eps)
            state[f"{name}.conv.weight"] = state[f"{name}.conv.weight"] * gain[:, None, None, None]
            state[f"{name}.conv.bias"] = norm["bias"] - norm["running_mean"] * gain
    return state
