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
REACHES = (0.25, 0.07)
"""How far hints are spread before the network sees them, in shares of the longer side."""
LIKENESS = 0.1
"""Difference of lightness, 0..1, from which on a place is not like that of a hint."""
KNOWN = 0.05
"""Nearness and likeness, 0..1, from which on a hint tells something."""
AT_ONCE = 512
"""Hinted places that are spread at once: memory."""


class HintEncoder(nn.Module):
    """Lightness, 0..1, (N, 1, H, W), hints (N, 3, H, W), and these around -> features at 1/4, 1/8, 1/16 and 1/32.

    It sees the hints where they are, and spread over all that is near them and alike: convolutions would carry them
    only a few places far, but knows better than their mean what belongs together.
    """

    def __init__(self, folded: bool) -> None:
        super().__init__()
        finest = 4 * FINEST**2 + 3 * len(REACHES)
        self.levels = nn.ModuleList(
            ConvNorm(finest if level == 0 else HINTED, HINTED, folded) for level in range(len(WIDTHS))
        )

    def forward(self, lightness: Tensor, hints: Tensor, around: Tensor) -> list[Tensor]:
        own = F.pixel_unshuffle(torch.cat([lightness - 0.5, hints], 1), FINEST)
        x = torch.cat([own, around.flatten(1, 2).to(own.dtype)], 1)
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
        self.trust = nn.Conv2d(WIDTHS[0], len(REACHES), 1)

    def forward(self, lightness: Tensor, hints: Tensor) -> Tensor:
        seen = self.encoder(lightness.expand(-1, 3, -1, -1))[1:]
        around = hints_around(lightness, hints)
        given = self.hints(lightness, hints, around)
        x: Tensor | None = None
        for level in reversed(range(len(WIDTHS))):
            here = self.across[level](torch.cat([seen[level], given[level]], 1))
            if x is not None:
                here = here + F.interpolate(self.up[level](x), scale_factor=2.0, mode="nearest")
            x = self.blocks[level](F.relu(here))
        logits: Tensor = self.head(x)
        return logits - unlike_hints(around, self.trust(x).float())


def unlike_hints(around: Tensor, trust: Tensor) -> Tensor:
    """How much less likely each colour of the grid is, the less it is like those of hints: (N, colours, h, w).

    That of a normal distribution around what the hints near a place say, its width by trust (N, reaches, h, w).
    """
    known = around[:, :, 2]
    said = SCALE * around[:, :, :2] / known[:, :, None].clamp(min=1e-6)
    weight = (known * trust)[:, :, None]
    colours = grid().to(around.device)
    with torch.autocast(around.device.type, enabled=False):
        # |colour - said|^2, without what is the same for all colours
        turn = torch.einsum("nrkyx,ck->ncyx", -2 * weight * said, colours)
        return torch.add(turn, weight.sum(1) * colours.square().sum(1)[:, None, None]) / STEP**2


@torch.no_grad()
def hints_around(lightness: Tensor, hints: Tensor) -> Tensor:
    """Hints spread by nearness and likeness of lightness, at a quarter of the size: float32 (N, reaches, 3, h, w).

    For each reach a* and b* over SCALE, the mean of all hints, each counting by exp(-(distance / reach)^2 / 2 -
    (difference of lightness / LIKENESS)^2 / 2), and how much is known by that, 0..1: the first two count by it too.
    """
    lightness, hints = lightness.float(), hints.float()
    share = F.avg_pool2d(hints[:, 2:], FINEST)
    colours = F.avg_pool2d(hints[:, :2] * hints[:, 2:], FINEST) / share.clamp(min=1e-6)
    grey = F.avg_pool2d(lightness, FINEST)
    height, width = share.shape[2:]
    rows, columns = torch.meshgrid(
        *(torch.arange(length, device=hints.device) / max(height, width) for length in (height, width)), indexing="ij"
    )
    places = torch.stack([rows.flatten(), columns.flatten()], 1)
    with torch.autocast(hints.device.type, enabled=False):
        spread = [
            _spread(places, grey[index].flatten(), colours[index].flatten(1), share[index].flatten() > 0)
            for index in range(len(hints))
        ]
    return torch.stack(spread).reshape(len(hints), len(REACHES), 3, height, width)


def _spread(places: Tensor, grey: Tensor, colours: Tensor, given: Tensor) -> Tensor:
    """Of one photo: places (P, 2), grey (P,), colours (2, P) and where they are given (P,) -> (reaches, 3, P)."""
    sums = torch.zeros(len(REACHES), 3, len(places), device=places.device)
    for some in torch.split(given.nonzero()[:, 0], AT_ONCE):
        apart = torch.cdist(places[some], places).square()
        unlike = ((grey[some][:, None] - grey) / LIKENESS).square()
        told = torch.cat([colours[:, some], torch.ones(1, len(some), device=places.device)])
        for index, reach in enumerate(REACHES):
            sums[index] += told @ torch.exp((apart / reach**2 + unlike) / -2)
    counts = sums[:, 2:]
    known = counts / (counts + KNOWN)
    return torch.cat([sums[:, :2] / counts.clamp(min=1e-6) * known, known], 1)


def grid() -> Tensor:
    """a* and b* of each colour of the grid: (colours, 2)."""
    a, b = (start + STEP * torch.arange(count) for start, count in (GRID_A, GRID_B))
    return torch.cartesian_prod(a, b)


def expected(logits: Tensor) -> Tensor:
    """Means over the likely colours, (N, 3, h, w): a*, b*, and how colourful they are each, the length of both."""
    colours = grid().to(logits.device)
    known = torch.cat([colours, colours.norm(dim=1, keepdim=True)], 1)
    return torch.einsum("ncyx,cd->ndyx", logits.float().softmax(1), known)
