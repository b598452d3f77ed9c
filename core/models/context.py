"""What is where in a photo, for the network that looks for damage in it: a wire is no scratch, an eye no speck.

The features are those of an encoder that has learned to tell a thousand kinds of things apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .lite_encoder import CHANNELS, LiteEncoder

FROM = 1
"""The first of the encoder's features that is used. It sees the photo at half its size: this is 1/8 of the whole."""
FIRST = 2
"""The level of the U-Net, from 0 on, that is of this size; the others follow."""
SCALE = 8.0
"""About the deviation of the features, which is brought to that of the U-Net's own."""


class Context(nn.Module):
    """Photos (N, 3, H, W), 0..1, sides multiples of 64 -> what to add to the levels FIRST and following.

    wide: the channels of the U-Net's levels; there are six of them. The encoder itself is not trained; a new one of
    this class adds nothing.
    """

    def __init__(self, wide: Sequence[int]) -> None:
        super().__init__()
        self.encoder = LiteEncoder().requires_grad_(False)
        self.across = nn.ModuleList(
            zeroed(nn.Conv2d(inside, outside, 1)) for inside, outside in zip(CHANNELS[FROM:], wide[FIRST:], strict=True)
        )

    def forward(self, x: Tensor) -> list[Tensor]:
        with torch.no_grad():
            seen = self.encoder(F.avg_pool2d(x, 2))[FROM:]
        return [convolution(features / SCALE) for convolution, features in zip(self.across, seen, strict=True)]


def zeroed(convolution: nn.Conv2d) -> nn.Conv2d:
    """The convolution with weights and bias of zero."""
    for parameter in convolution.parameters():
        nn.init.zeros_(parameter)
    return convolution
