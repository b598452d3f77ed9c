"""The networks' architecture: a small U-Net that works at half the photograph's resolution and answers at all of it.

PixelUnshuffle(2) keeps every sample of the input, so that hairlines survive the halving; PixelShuffle(2) gives
the answer its full resolution back. Skips are added, not concatenated, which halves the decoder's work.
U-Net: Ronneberger et al. 2015; pixel shuffle: Shi et al. 2016.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from .context import FIRST, Context
from .folding import ConvNorm, folded_state

WIDEST = 256
RARE = -3.5  # logit of the share of damaged pixels, about 3 %: training starts from there


def widths_of(width: int, levels: int) -> list[int]:
    """Channels of every level, the finest first: doubled at each halving, at most WIDEST."""
    return [min(width * 2**level, WIDEST) for level in range(levels + 1)]


class ConvReLU(ConvNorm):
    """3x3 (or 1x1) convolution, BatchNorm unless folded, ReLU. (N, inside, H, W) -> (N, outside, H, W)."""

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(super().forward(x), inplace=True)


class UNet(nn.Module):
    """A picture in, `answers` values for each of its pixels out.

    forward: float (N, channels, H, W), sRGB-encoded, 0..1, H and W multiples of `stride` -> (N, answers, H, W).
    The damage detector's answer is a logit, whose sigmoid is the probability of damage. context: 1 for a network that
    is told what is where in the picture, which takes three channels and five levels.
    """

    def __init__(
        self,
        channels: int = 3,
        width: int = 32,
        levels: int = 5,
        folded: bool = False,
        answers: int = 1,
        context: int = 0,
    ) -> None:
        super().__init__()
        self.channels, self.width, self.levels, self.folded, self.answers = channels, width, levels, folded, answers
        self.stride = 2 * 2**levels
        wide = widths_of(width, levels)
        self.encoder = nn.ModuleList()
        inside = 4 * channels
        for outside in wide:
            self.encoder.append(nn.Sequential(ConvReLU(inside, outside, folded), ConvReLU(outside, outside, folded)))
            inside = outside
        self.across = nn.ModuleList()  # from the coarser level's width to the finer one's
        self.decoder = nn.ModuleList()
        for finer, coarser in zip(wide[-2::-1], wide[:0:-1], strict=True):
            self.across.append(ConvReLU(coarser, finer, folded, kernel=1))
            self.decoder.append(ConvReLU(finer, finer, folded))
        self.context = Context(wide) if context else None
        self.head = nn.Conv2d(wide[0], 4 * answers, 1)
        assert self.head.bias is not None
        nn.init.constant_(self.head.bias, RARE)

    def arguments(self) -> dict[str, int]:
        """What a card has to say to build this network again (folded: exported weights always are)."""
        return {
            "channels": self.channels,
            "width": self.width,
            "levels": self.levels,
            "answers": self.answers,
            "context": int(self.context is not None),
        }

    def forward(self, x: Tensor) -> Tensor:
        around = [None] * FIRST + self.context(x) if self.context else [None] * len(self.encoder)
        x = F.pixel_unshuffle(x - 0.5, 2)  # mid-grey is zero, like the convolutions' padding
        skips: list[Tensor] = []
        for level, (block, added) in enumerate(zip(self.encoder, around, strict=True)):
            if level:
                x = F.max_pool2d(x, 2)
            x = block(x)
            if added is not None:
                x = x + added
            skips.append(x)
        skips.pop()
        for across, block in zip(self.across, self.decoder, strict=True):
            x = F.interpolate(across(x), scale_factor=2.0, mode="nearest") + skips.pop()
            x = block(x)
        answer: Tensor = F.pixel_shuffle(self.head(x), 2)
        return answer


def fold_batch_norms(net: UNet) -> UNet:
    """The same function without BatchNorm: a new UNet (folded, float32, eval) whose convolutions hold the scaling."""
    folded = UNet(**net.arguments(), folded=True).eval()
    folded.load_state_dict(folded_state(net))
    return folded
