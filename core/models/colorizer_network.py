"""The default colorizer's network: from lightness and hints to how likely each colour is, at a quarter of the size.

A distribution over colours and not their mean, which would be brown wherever there is a choice: Zhang, Isola, Efros,
Colorful Image Colorization, 2016. Hints as further inputs: Zhang et al., Real-Time User-Guided Image Colorization with
Learned Deep Priors, 2017.
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .folding import ConvNorm
from .lite_encoder import CHANNELS, LiteEncoder
from .vae import ResBlock

STRIDE = 32
"""Sides of the input are multiples of it."""
FINEST = 4
"""Pixels along each side of what one place of the answer stands for."""
WIDTHS = (64, 96, 128, 160)
"""Of the decoder, at 1/4, 1/8, 1/16 and 1/32 of the size."""
HINTED = 32
"""Channels of what is known of the hints at each size."""
STEP = 10.0
"""Between neighbouring colours of the grid, along a* and along b*."""
GRID_A, GRID_B = (-80.0, 18), (-90.0, 20)
"""First value and number of the grid's a* and b*; what lies beyond counts as its rim."""
SCALE = 100.0
"""What a* and b* of hints are divided by."""


class HintEncoder(nn.Module):
    """Lightness, a* and b* of hints and where they are, (N, 4, H, W) -> features at 1/4, 1/8, 1/16 and 1/32."""

    def __init__(self, folded: bool) -> None:
        super().__init__()
        self.levels = nn.ModuleList(
            ConvNorm(4 * FINEST**2 if level == 0 else HINTED, HINTED, folded) for level in range(len(WIDTHS))
        )

    def forward(self, hints: Tensor) -> list[Tensor]:
        x = F.pixel_unshuffle(hints, FINEST)
        seen = []
        for level, convolution in enumerate(self.levels):
            if level:
                x = F.max_pool2d(x, 2)
            x = F.relu(convolution(x))
            seen.append(x)
        return seen


class ColorNet(nn.Module):
    """forward: lightness (N, 1, H, W), 0..1, hints (N, 3, H, W): a*, b* over SCALE, 1 where given -> logits of the
    grid's colours (N, colours, H / 4, W / 4)."""

    def __init__(self, folded: bool = False) -> None:
        super().__init__()
        self.encoder = LiteEncoder()
        self.hints = HintEncoder(folded)
        self.across = nn.ModuleList(
            ConvNorm(inside + HINTED, outside, folded, kernel=1)
            for inside, outside in zip(CHANNELS[1:], WIDTHS, strict=True)
        )
        self.up = nn.ModuleList(ConvNorm(coarse, fine, folded, kernel=1) for fine, coarse in itertools.pairwise(WIDTHS))
        self.blocks = nn.ModuleList(
            nn.Sequential(ResBlock(width, width, folded), ResBlock(width, width, folded)) for width in WIDTHS
        )
        self.head = nn.Conv2d(WIDTHS[0], GRID_A[1] * GRID_B[1], 1)

    def forward(self, lightness: Tensor, hints: Tensor) -> Tensor:
        seen = self.encoder(lightness.expand(-1, 3, -1, -1))[1:]
        given = self.hints(torch.cat([lightness - 0.5, hints], 1))
        x: Tensor | None = None
        for level in reversed(range(len(WIDTHS))):
            here = self.across[level](torch.cat([seen[level], given[level]], 1))
            if x is not None:
                here = here + F.interpolate(self.up[level](x), scale_factor=2.0, mode="nearest")
            x = self.blocks[level](F.relu(here))
        logits: Tensor = self.head(x)
        return logits


def grid() -> Tensor:
    """a* and b* of each colour of the grid: (colours, 2)."""
    a, b = (start + STEP * torch.arange(count) for start, count in (GRID_A, GRID_B))
    return torch.cartesian_prod(a, b)


def expected(logits: Tensor) -> Tensor:
    """Means over the likely colours, (N, 3, h, w): a*, b*, and how colourful they are each, the length of both."""
    colours = grid().to(logits.device)
    known = torch.cat([colours, colours.norm(dim=1, keepdim=True)], 1)
    return torch.einsum("ncyx,cd->ndyx", logits.float().softmax(1), known)
