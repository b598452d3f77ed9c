"""Enhance's networks at run time: two that share the work (tone and detail), and the two multi-domain VAEs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor

from ..color import View
from .card import Card
from .chroma import seen_by_networks
from .enhancing import Detail, Enhancer, Gains, Route
from .network import answered, as_colours, exported_unet, keep_freed_memory, ready
from .tone_network import ToneNet, grading_of
from .vae import SIDE, FullVae, SimpleVae
from .weights import part_of, tensors

CELLS = 24
"""Cells of a field of gains along the photo's longer side."""
AROUND = 8
"""Pixels, at a size of 256, from which on a difference of tone is one of the photo's light and not of its detail."""
RIDGE = 2e-3
"""Variance below which a neighbourhood is too flat to tell a gain."""
SOFT, WIDE = 2.0, 24
"""Pixels: what is coarser than noise, and the neighbourhood whose tone is followed."""


def split_enhancer(card: Card, weights: Path) -> Enhancer:
    """The default: one network for the tones of the whole photo, one for the detail of its tiles."""
    keep_freed_memory()
    state = tensors(weights)
    arguments = dict(card.arguments)
    detail = ready(exported_unet(part_of(state, "detail."), arguments["detail"]))
    tone = ToneNet(**arguments["tone"])
    tone.load_state_dict(part_of(state, "tone."))
    tone.eval()

    def detailed(tile: View, route: Route) -> Detail:
        quiet = seen_by_networks(tile)
        answer = _answered(detail, quiet)
        return Detail(quiet - tile + _like(answer[..., :3], tile), _like(answer[..., 3:], tile))

    return Enhancer(
        int(arguments["side"]),
        lambda whole, route: grading_of(tone, whole),
        detailed,
        None,
        _limits(arguments),
    )


def full_enhancer(card: Card, weights: Path) -> Enhancer:
    """The full VAE: its picture of the small whole photo gives the tones, that of the tiles the detail."""
    keep_freed_memory()
    arguments = dict(card.arguments)
    net = FullVae(**arguments["network"], folded=True)
    net.load_state_dict(part_of(tensors(weights)))
    ready(net)

    def picture(view: View, route: Route) -> View:
        return _like(_answered(lambda x: net.translated(x, route.encoder, route.decoder), view), view)

    def detailed(tile: View, route: Route) -> Detail:
        quiet = seen_by_networks(tile)
        found = detail_of(quiet, picture(quiet, route))
        return Detail(quiet - tile + found.noise, found.sharpness)

    return Enhancer(
        int(arguments["side"]),
        lambda whole, route: gains(whole, _of_any_size(picture, whole, route, 4)),
        detailed,
        picture,
        _limits(arguments),
    )


def simple_enhancer(card: Card, weights: Path) -> Enhancer:
    """The simple VAE: it sees the whole photo at 256 x 256, and its pictures give the tones.

    What the decoder makes of the photo is compared with what the encoder's own domain does: that they are both blurred
    and pale is the latent's doing and no change of tone.
    """
    arguments = dict(card.arguments)
    net = SimpleVae(**arguments["network"])
    net.load_state_dict(part_of(tensors(weights)))
    ready(net)

    def picture(whole: View, route: Route) -> View:
        square = cv2.resize(whole, (SIDE, SIDE), interpolation=cv2.INTER_AREA).reshape(SIDE, SIDE, -1)
        seen = _answered(lambda x: net.translated(x, route.encoder, route.decoder), np.asarray(square, np.float32))
        back = cv2.resize(_like(seen, whole), whole.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        return np.asarray(back, np.float32).reshape(whole.shape)

    def tone(whole: View, route: Route) -> Gains:
        return gains(picture(whole, Route(route.encoder, route.encoder)), picture(whole, route))

    return Enhancer(
        SIDE,
        tone,
        None,
        picture,
        _limits(arguments),
    )


def gains(before: View, after: View) -> Gains:
    """What carries the tones of a small picture (h, w, C) to those of another one: a smooth field of gain and offset.

    Of each neighbourhood the straight line through its tones, drawn to a gain of 1 where it is flat.
    """
    around = max(2.0, AROUND * max(before.shape[:2]) / 256)
    gain, offset = _lines(before, after, around, around / 4)
    zoom = CELLS / max(before.shape[:2])
    size = tuple(max(1, round(length * zoom)) for length in before.shape[1::-1])
    fields = [
        cv2.resize(cv2.GaussianBlur(field, (0, 0), around), size, interpolation=cv2.INTER_AREA)
        for field in (gain, offset)
    ]
    shape = (size[1], size[0], before.shape[2])
    return Gains(*(np.asarray(field, np.float32).reshape(shape) for field in fields))


def detail_of(tile: View, picture: View) -> Detail:
    """What a picture of a tile changes in its detail, at the tile's own tones: (h, w, C) both.

    What makes differences smaller is taken for noise that went, what makes them larger for sharpness that came.
    """
    gain, offset = _lines(tile, picture, WIDE, SOFT)
    change = (picture - offset) / np.maximum(gain, np.float32(0.3)) - tile
    fine = tile - _blurred(tile, SOFT)
    flattens = change * fine < 0
    zero = np.float32(0)
    return Detail(np.where(flattens, change, zero), np.where(flattens, zero, change))


def _lines(before: View, after: View, around: float, soft: float) -> tuple[View, View]:
    """Gain and offset of the straight line from `before` to `after` in each neighbourhood.

    Detail finer than `soft` counts for nothing.
    """
    x, y = _blurred(before, soft), _blurred(after, soft)
    mean_x, mean_y = _blurred(x, around), _blurred(y, around)
    variance = _blurred(x * x, around) - mean_x * mean_x
    covariance = _blurred(x * y, around) - mean_x * mean_y
    slope = (covariance + np.float32(RIDGE)) / (np.maximum(variance, 0) + np.float32(RIDGE))
    gain = np.asarray(np.clip(slope, 0.3, 4), np.float32)
    offset = np.asarray(mean_y - gain * mean_x, np.float32)
    return gain, offset


def _blurred(view: View, sigma: float) -> View:
    blurred = cv2.GaussianBlur(view, (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(blurred, np.float32).reshape(view.shape)


def _of_any_size(picture: Callable[[View, Route], View], view: View, route: Route, multiple: int) -> View:
    """A picture of a view whose sides are no multiples: mirrored up to them, and cut back."""
    height, width = view.shape[:2]
    down, right = -height % multiple, -width % multiple
    whole = np.pad(view, ((0, down), (0, right), (0, 0)), mode="symmetric")
    return picture(whole, route)[:height, :width]


def _answered(net: Callable[[Tensor], Tensor], view: View) -> View:
    """What a network answers to a view (h, w, C), grey shown to it as colour: (h, w, answers)."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return np.ascontiguousarray(answered(net, as_colours(view).to(device))[0].permute(1, 2, 0).numpy())


def _like(answer: View, view: View) -> View:
    """An answer (h, w, 3) with as many channels as the view has."""
    return answer if view.shape[2] == 3 else np.asarray(answer.mean(2, keepdims=True), np.float32)


def _limits(arguments: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    return {name: (float(low), float(high)) for name, (low, high) in arguments["limits"].items()}
