"""The default colorizer at run time: lightness and hints through the network, colours and sureness back."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch

from .card import Card
from .colorizer_network import SCALE, STRIDE, ColorNet, expected
from .colorizing import Colorizer, Colours, Hints, Plane
from .network import ready
from .weights import tensors


def network_colorizer(card: Card, weights: Path) -> Colorizer:
    """The network of a card, on the GPU where there is one. arguments: areas, at which it sees the photo.

    It is asked at each of these sizes, of the photo and of its mirror image. What it knows it says each time; the hues
    that it makes up on even grounds are others each time, and their mean is nearly grey.
    """
    areas = [int(area) for area in card.arguments["areas"]]
    net = ColorNet(folded=True)
    net.load_state_dict({name: tensor.float() for name, tensor in tensors(weights).items()})
    ready(net)
    device = next(net.parameters()).device

    def answer(known: Plane) -> Plane:
        """Means of a*, b* and colourfulness (h, w, 3) for lightness and hints (h, w, 4)."""
        height, width = known.shape[:2]
        whole = np.pad(known, ((0, -height % STRIDE), (0, -width % STRIDE), (0, 0)), mode="symmetric")
        planes = torch.from_numpy(np.ascontiguousarray(whole.transpose(2, 0, 1)))[None].to(device)
        planes = torch.cat([planes, planes.flip(3)]).contiguous(memory_format=torch.channels_last)
        with torch.inference_mode():
            one, mirrored = expected(net(planes[:, :1], planes[:, 1:]))
            both = ((one + mirrored.flip(2)) / 2).permute(1, 2, 0).cpu().numpy()
        large = cv2.resize(np.ascontiguousarray(both), whole.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        return np.asarray(large[:height, :width], np.float32)

    def seen(lightness: Plane, hints: Hints | None, levels: int) -> Colours:
        height, width = lightness.shape
        answers = []
        for area in areas:
            known = known_at(min(1.0, (area / (height * width)) ** 0.5), lightness, hints)
            answers.append(cv2.resize(answer(known), (width, height), interpolation=cv2.INTER_LINEAR))
        mean = np.asarray(np.mean(answers, axis=0), np.float32)
        agreed = np.linalg.norm(mean[..., :2], axis=2) / np.maximum(mean[..., 2], np.float32(1e-3))
        return Colours(np.ascontiguousarray(mean[..., :2]), np.asarray(np.clip(agreed, 0, 1) ** 2, np.float32))

    return Colorizer(max(areas), True, seen)


def known_at(zoom: float, lightness: Plane, hints: Hints | None) -> Plane:
    """What the network is given, reduced by a factor `zoom` of at most 1: lightness, hints over SCALE, where they are.

    (h, w, 4); of a hint that is smaller than a pixel a whole one is left.
    """
    if hints is None:
        known = np.dstack([lightness, np.zeros((*lightness.shape, 3), np.float32)])
    else:
        known = np.dstack([lightness, hints.ab * hints.given[..., None] / np.float32(SCALE), hints.given])
    size = tuple(max(1, round(length * zoom)) for length in lightness.shape[::-1])
    small = np.asarray(cv2.resize(known, size, interpolation=cv2.INTER_AREA), np.float32)
    share = small[..., 3:]
    np.divide(small[..., 1:3], share, out=small[..., 1:3], where=share > 0)
    small[..., 3:] = share > 0
    return small
