"""The colorizer "report" at run time: the report's way from grey to colour, and its colours as CIE has them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from ..lab import chroma_of
from . import report_lab
from .card import Card
from .colorizing import Colorizer, Colours, Hints, Plane
from .median_cut import median_cut
from .report_unet import ReportUNet
from .weights import tensors


def report_colorizer(card: Card, weights: Path) -> Colorizer:
    """The network of a card: folded weights, float32."""
    arguments = dict(card.arguments)
    net = ReportUNet(**arguments["network"], folded=True)
    net.load_state_dict({name: value.float() for name, value in tensors(weights).items()})
    return colorizer_of(net, int(arguments["area"]))


def colorizer_of(net: ReportUNet, area: int) -> Colorizer:
    """A network, folded or not, as a colorizer. It always claims to be sure, and takes no hints."""
    net = net.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def seen(lightness: Plane, hints: Hints | None, levels: int) -> Colours:
        true = np.clip(lightness, 0, 1)
        fewer = cut_to(true, levels) if levels else true
        colours = answered(net, report_lab.lightness(fewer))
        return Colours(cie_ab(report_lab.lightness(true), colours), np.ones_like(true))

    return Colorizer(area, False, seen)


def answered(net: ReportUNet, light: Plane) -> Plane:
    """The report's a and b, (h, w, 2), for its L, (h, w), 0..100; what lies outside is taken for a mirror image."""
    h, w = light.shape
    below, right = -h % net.stride, -w % net.stride
    padded = np.pad(light / np.float32(100), ((0, below), (0, right)), "symmetric")
    x = torch.from_numpy(padded)[None, None].contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        answer = net(x)[0, :, :h, :w].permute(1, 2, 0).numpy()
    return np.asarray(answer * 255 - 128, np.float32)


def cie_ab(light: Plane, colours: Plane) -> Plane:
    """CIE's a* and b* of the RGB, clipped to 0..1, that the report makes of its L (h, w) and its a and b (h, w, 2).

    L is that of the photo itself, also where the network saw fewer levels: its answer has no steps but its own.
    """
    rgb = np.clip(report_lab.rgb(np.dstack([light, colours])), 0, 1)
    return np.ascontiguousarray(chroma_of(rgb))


def cut_to(grey: Plane, levels: int) -> Plane:
    """A grey, 0..1, of at most that many levels, by way of bytes."""
    fewer = median_cut(np.asarray(np.rint(grey * 255), np.uint8), levels)
    return np.asarray(fewer / np.float32(255), np.float32)
