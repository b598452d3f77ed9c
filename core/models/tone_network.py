"""The tone network: looks at a whole photo, small, and says how its tones and colours have changed.

Its answer is a grading: a rising curve for each channel and then a mixture of the channels, which together undo
what fading, yellowing and lost contrast do to the dyes.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from ..color import View
from ..photo import Box

SEGMENTS = 12
"""Straight pieces of each curve."""
STEEP = float(np.log(np.expm1(1.0)))
"""What softplus turns into 1: a piece as steep as the identity."""


@dataclass(frozen=True)
class Grading:
    """A Tone: curves (3, SEGMENTS + 1) at equal steps over 0..1, then matrix (3, 3) on the three results."""

    curves: NDArray[np.float32]
    matrix: NDArray[np.float32]

    def applied(self, view: View, box: Box, height: int, width: int) -> View:
        """The graded view (h, w, C); what lies beyond 0..1 keeps its distance to the end."""
        inside = np.clip(view, 0, 1)
        steps = np.linspace(0, 1, SEGMENTS + 1)
        colours = inside if inside.shape[2] == 3 else np.repeat(inside, 3, 2)
        curved = np.stack([np.interp(colours[..., c], steps, self.curves[c]) for c in range(3)], 2).astype(np.float32)
        graded = np.clip(curved @ self.matrix.T, 0, 1)
        if view.shape[2] == 1:
            graded = graded.mean(2, keepdims=True)
        return np.asarray(graded + (view - inside), np.float32)


class ToneNet(nn.Module):
    """(N, 3, H, W), 0..1, at least 16 x 16 -> curves (N, 3, SEGMENTS + 1) and matrix (N, 3, 3)."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        self.width = width
        wide = [3, width, 2 * width, 3 * width, 4 * width]
        self.convolutions = nn.ModuleList(
            nn.Conv2d(inside, outside, 3, stride=2, padding=1) for inside, outside in itertools.pairwise(wide)
        )
        self.hidden = nn.Linear(8 * width + 3 * (SEGMENTS + 4), 4 * width)
        self.answer = nn.Linear(4 * width, 3 * (SEGMENTS + 1) + 9)
        nn.init.zeros_(self.answer.weight)
        nn.init.zeros_(self.answer.bias)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        seen = x - 0.5
        for convolution in self.convolutions:
            seen = F.relu(convolution(seen))
        pooled = torch.cat([seen.mean((2, 3)), seen.amax((2, 3)), _distribution(x)], 1)
        said = self.answer(F.relu(self.hidden(pooled)))
        start, steps, mixture = said.split([3, 3 * SEGMENTS, 9], 1)
        rises = F.softplus(steps.view(-1, 3, SEGMENTS) + STEEP) / SEGMENTS
        curves = torch.cat([start.view(-1, 3, 1), start.view(-1, 3, 1) + rises.cumsum(2)], 2)
        return curves, mixture.view(-1, 3, 3) + torch.eye(3, device=x.device)


def _distribution(x: Tensor) -> Tensor:
    """Of each channel: quantiles of its tones, (N, 3 * (SEGMENTS + 4))."""
    at = torch.tensor([0.002, 0.01, 0.03, *torch.linspace(0.08, 0.92, SEGMENTS - 2).tolist(), 0.97, 0.99, 0.998])
    ordered = x.float().flatten(2).sort(2).values
    picked = ordered[..., (at * (ordered.shape[2] - 1)).long().to(x.device)]
    return picked.flatten(1)


def graded(x: Tensor, curves: Tensor, matrix: Tensor) -> Tensor:
    """Grading as in `Grading.applied`, differentiable, not clipped: (N, 3, H, W) -> the same."""
    rises = curves.diff(dim=2)
    y = curves[..., :1, None].expand(-1, -1, x.shape[2], x.shape[3])
    for piece in range(SEGMENTS):
        y = y + rises[..., piece, None, None] * (x * SEGMENTS - piece).clamp(0, 1)
    return torch.einsum("nij,njhw->nihw", matrix, y)


def grading_of(net: ToneNet, whole: View) -> Grading:
    """What the network says about a whole photo, small: (h, w, C), 0..1."""
    colours = np.clip(whole if whole.shape[2] == 3 else np.repeat(whole, 3, 2), 0, 1)
    with torch.inference_mode():
        x = torch.from_numpy(np.ascontiguousarray(colours)).permute(2, 0, 1)[None]
        if min(x.shape[2:]) < 16:
            x = F.interpolate(x, size=(max(x.shape[2], 16), max(x.shape[3], 16)), mode="nearest")
        curves, matrix = net(x)
    return Grading(curves[0].numpy(), matrix[0].numpy())
