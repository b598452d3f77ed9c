"""The two variational autoencoders of the multi-domain study: one encoder and one decoder for each domain.

Domains: "x" photographs aged by the generator, "r" modern ones, "y" old ones. Kingma and Welling, Auto-Encoding
Variational Bayes, 2014; the translation between the domains' latents follows Wan et al., Bringing Old Photos Back to
Life, CVPR 2020.
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .folding import ConvNorm, folded_state

DOMAINS = ("x", "r", "y")
SIDE = 256
"""Pixels along each side of what the simple one sees, all of the photo."""
SIMPLE_WIDTHS = (16, 32, 64, 128)
PATCH = 4
"""Pixels along each side of what one place of the full one's z stands for."""
SQUEEZED = 8
"""Channels after the last convolution, before the dense layers, which would else be nearly all of the weights."""


class SimpleEncoder(nn.Module):
    """(N, 3, 256, 256), 0..1 -> mean and logarithm of the variance of z, each (N, size)."""

    def __init__(self, size: int) -> None:
        super().__init__()
        steps = itertools.pairwise((3, *SIMPLE_WIDTHS))
        self.convolutions = nn.ModuleList(nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in steps)
        self.squeeze = nn.Conv2d(SIMPLE_WIDTHS[-1], SQUEEZED, 1)
        self.mean = nn.Linear(SQUEEZED * (SIDE // 16) ** 2, size)
        self.log_var = nn.Linear(SQUEEZED * (SIDE // 16) ** 2, size)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        for convolution in self.convolutions:
            x = F.relu(convolution(x))
        x = F.relu(self.squeeze(x)).flatten(1)
        return self.mean(x), self.log_var(x).clamp(-12, 6)


class SimpleDecoder(nn.Module):
    """z (N, size) -> logits (N, answers, 256, 256), whose sigmoid is the picture."""

    def __init__(self, size: int, answers: int = 3) -> None:
        super().__init__()
        self.dense = nn.Linear(size, SQUEEZED * (SIDE // 16) ** 2)
        self.widen = nn.Conv2d(SQUEEZED, SIMPLE_WIDTHS[-1], 1)
        steps = itertools.pairwise((*SIMPLE_WIDTHS[::-1], answers))
        self.convolutions = nn.ModuleList(
            nn.ConvTranspose2d(a, b, 3, stride=2, padding=1, output_padding=1) for a, b in steps
        )

    def forward(self, z: Tensor) -> Tensor:
        x = F.relu(self.dense(z)).view(len(z), SQUEEZED, SIDE // 16, SIDE // 16)
        x = F.relu(self.widen(x))
        for convolution in self.convolutions[:-1]:
            x = F.relu(convolution(x))
        out: Tensor = self.convolutions[-1](x)
        return out


class ResBlock(nn.Module):
    """Two 3x3 convolutions with BatchNorm and ReLU, a 1x1 one beside them where the shape changes; added, ReLU."""

    def __init__(self, inside: int, outside: int, folded: bool) -> None:
        super().__init__()
        self.first = ConvNorm(inside, outside, folded)
        self.second = ConvNorm(outside, outside, folded)
        same = inside == outside
        self.skip: nn.Module = nn.Identity() if same else ConvNorm(inside, outside, folded, kernel=1)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.second(F.relu(self.first(x))) + self.skip(x))


class FullEncoder(nn.Module):
    """(N, 3, H, W), 0..1, sides multiples of 4 -> mean and log variance of a spatial z, (N, size, H / 4, W / 4).

    A straight linear way beside the blocks: there is a picture from the first step on, and these learn the rest.
    """

    def __init__(self, size: int, width: int, blocks: int, folded: bool) -> None:
        super().__init__()
        self.size = size
        self.blocks = nn.Sequential(
            ConvNorm(3 * PATCH**2, width, folded),
            nn.ReLU(),
            *(ResBlock(width, width, folded) for _ in range(blocks)),
        )
        self.said = nn.Conv2d(width, 2 * size, 1)
        self.straight = nn.Conv2d(3 * PATCH**2, size, 1, bias=False)
        nothing_yet(self.said)
        with torch.no_grad():
            self.said.bias[size:] = -6  # type: ignore[index]
            self.straight.weight.copy_(frequencies(size)[..., None, None])

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        patches = F.pixel_unshuffle(x - 0.5, PATCH)
        mean, log_var = self.said(self.blocks(patches)).split(self.size, 1)
        return mean + self.straight(patches), log_var.clamp(-12, 6)


class FullDecoder(nn.Module):
    """z (N, size, h, w) -> logits (N, 3, 4 h, 4 w); a straight linear way beside the blocks here too."""

    def __init__(self, size: int, width: int, blocks: int, folded: bool) -> None:
        super().__init__()
        self.blocks = nn.Sequential(
            ConvNorm(size, width, folded), nn.ReLU(), *(ResBlock(width, width, folded) for _ in range(blocks))
        )
        self.head = nn.Conv2d(width, 3 * PATCH**2, 3, padding=1)
        self.straight = nn.Conv2d(size, 3 * PATCH**2, 1, bias=False)
        nothing_yet(self.head)
        with torch.no_grad():  # 4: the logistic function's slope is a quarter at most
            self.straight.weight.copy_(4 * torch.linalg.pinv(frequencies(size))[..., None, None])

    def forward(self, z: Tensor) -> Tensor:
        return F.pixel_shuffle(self.head(self.blocks(z)) + self.straight(z), PATCH)


def nothing_yet(layer: nn.Conv2d) -> None:
    """Let a layer begin with the answer 0."""
    nn.init.zeros_(layer.weight)
    assert layer.bias is not None
    nn.init.zeros_(layer.bias)


def frequencies(size: int) -> Tensor:
    """The lowest frequencies of a patch of 4 x 4 pixels, as rows for pixel_unshuffle's channels: (size, 48).

    Cosine transform of lightness and of two differences of colour, which have a third of the rows; the mean of a patch
    counts less than its detail, so that all numbers of z are of about the same size.
    """
    steps = (torch.arange(PATCH) + 0.5) * torch.pi / PATCH
    waves = torch.stack([torch.cos(steps * k) * (1 if k else 0.5**0.5) for k in range(PATCH)]) * (2 / PATCH) ** 0.5
    order = sorted(itertools.product(range(PATCH), repeat=2), key=lambda at: (sum(at), at))
    colours = torch.tensor([[1.0, 1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 2.0, -1.0]])
    colours = colours / colours.norm(dim=1, keepdim=True)
    chroma = min(size // 6, PATCH**2)
    rows = []
    for colour, count in zip(colours, (size - 2 * chroma, chroma, chroma), strict=True):
        for down, across in order[:count]:
            wave = torch.outer(waves[down], waves[across])
            rows.append((colour[:, None, None] * wave).flatten() * (3 if down + across else 0.7))
    return torch.stack(rows)


class Translation(nn.Module):
    """From the latents of "x" and "y" to those of "r": (N, size, h, w) -> the same, by what is to be changed."""

    def __init__(self, size: int, width: int, blocks: int, folded: bool) -> None:
        super().__init__()
        self.blocks = nn.Sequential(
            ConvNorm(size, width, folded), nn.ReLU(), *(ResBlock(width, width, folded) for _ in range(blocks))
        )
        self.change = nn.Conv2d(width, size, 1)
        nothing_yet(self.change)

    def forward(self, z: Tensor) -> Tensor:
        out: Tensor = z + self.change(self.blocks(z))
        return out


class SimpleVae(nn.Module):
    """Encoders and decoders of the three domains; the whole photo at 256 x 256, z a vector."""

    def __init__(self, size: int = 128) -> None:
        super().__init__()
        self.size = size
        self.encoders = nn.ModuleDict({domain: SimpleEncoder(size) for domain in DOMAINS})
        self.decoders = nn.ModuleDict({domain: SimpleDecoder(size) for domain in DOMAINS})

    def arguments(self) -> dict[str, int]:
        """What a card has to say to build this network again."""
        return {"size": self.size}

    def translated(self, x: Tensor, encoder: str, decoder: str) -> Tensor:
        """A picture by way of the mean of its latent: (N, 3, 256, 256) -> the same, 0..1."""
        return torch.sigmoid(self.decoders[decoder](self.encoders[encoder](x)[0]))


class FullVae(nn.Module):
    """Encoders and decoders with ResNet blocks, z a picture of a quarter of the size, and the translation to "r".

    blocks: of each encoder and decoder; across: of the translation.
    """

    def __init__(self, size: int = 24, width: int = 64, blocks: int = 3, across: int = 5, folded: bool = False) -> None:
        super().__init__()
        self.size, self.width, self.count, self.across = size, width, blocks, across
        self.encoders = nn.ModuleDict({domain: FullEncoder(size, width, blocks, folded) for domain in DOMAINS})
        self.decoders = nn.ModuleDict({domain: FullDecoder(size, width, blocks, folded) for domain in DOMAINS})
        self.translation = Translation(size, width, across, folded)

    def arguments(self) -> dict[str, int]:
        """What a card has to say to build this network again."""
        return {"size": self.size, "width": self.width, "blocks": self.count, "across": self.across}

    def translated(self, x: Tensor, encoder: str, decoder: str) -> Tensor:
        """A picture by way of the mean of its latent: (N, 3, H, W), sides multiples of 4 -> the same, 0..1."""
        z = self.encoders[encoder](x)[0]
        if decoder == "r" and encoder != "r":
            z = self.translation(z)
        return torch.sigmoid(self.decoders[decoder](z))


def folded(net: FullVae) -> FullVae:
    """The same function without BatchNorm: a new network, float32, eval, whose convolutions hold the scaling."""
    out = FullVae(**net.arguments(), folded=True).eval()
    out.load_state_dict(folded_state(net))
    return out


def sampled(mean: Tensor, log_var: Tensor) -> Tensor:
    """z drawn from the encoder's distribution."""
    return mean + torch.randn_like(mean) * torch.exp(0.5 * log_var)


def divergence(mean: Tensor, log_var: Tensor) -> Tensor:
    """Kullback-Leibler divergence to the unit Gaussian, of every number of z: like mean, in nats.

    -0.5 (1 + log_var - mean^2 - exp(log_var)).
    """
    return -0.5 * (1 + log_var - mean.square() - log_var.exp())
