"""The report's U-Net: from L to a and b, logistic functions throughout.

Hu, Shkurat and Kasner, Grayscale Image Colorization Method Based on U-Net Network, 2024: 3x3 convolutions, each
normalised and then through the logistic function, 2x2 max pooling on the way down, nearest neighbours on the way up,
where the features of the same size are put beside. Their widths are not given; these are ours.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .folding import ConvNorm

WIDTHS = (16, 32, 64, 96, 96)


class ReportUNet(nn.Module):
    """L and the answers as the report's 8-bit form has them, over 255.

    forward: float (N, 1, H, W), L / 100, H and W multiples of `stride` -> (N, 2, H, W), (a + 128) / 255 and
    (b + 128) / 255, within 0..1.
    """

    def __init__(self, widths: Sequence[int] = WIDTHS, folded: bool = False) -> None:
        super().__init__()
        self.widths = tuple(widths)
        self.stride = 2 ** (len(widths) - 1)
        self.down = nn.ModuleList(
            nn.ModuleList([ConvNorm(inside, outside, folded), ConvNorm(outside, outside, folded)])
            for inside, outside in itertools.pairwise((1, *widths))
        )
        self.up = nn.ModuleList(
            ConvNorm(coarser + finer, finer, folded) for coarser, finer in itertools.pairwise(widths[::-1])
        )
        self.head = nn.Conv2d(widths[0], 2, 1)

    def arguments(self) -> dict[str, list[int]]:
        """What a card has to say to build this network again (folded: exported weights always are)."""
        return {"widths": list(self.widths)}

    def forward(self, x: Tensor) -> Tensor:
        skips: list[Tensor] = []
        for level, convolutions in enumerate(self.down):
            if level:
                x = F.max_pool2d(x, 2)
            assert isinstance(convolutions, nn.ModuleList)
            for convolution in convolutions:
                x = torch.sigmoid(convolution(x))
            skips.append(x)
        skips.pop()
        for convolution in self.up:
            x = torch.cat([F.interpolate(x, scale_factor=2.0, mode="nearest"), skips.pop()], 1)
            x = torch.sigmoid(convolution(x))
        return torch.sigmoid(self.head(x))
