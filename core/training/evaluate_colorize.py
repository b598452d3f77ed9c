"""How good colorizers are: validation photos turned grey, without hints and with dabs of their true colours.

Beside the grey photo itself and beside the same dabs spread without a network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core import colorize
from core.lab import chroma_of, grey_of, lightness_of, with_chroma
from core.models.registry import Registry
from core.parameters import Value
from core.photo import Photo
from core.progress import silent
from core.tools import COLORIZE, defaults
from core.training.likeness import psnr, unit
from core.training.photos import read, split
from core.training.textures import Bytes

Colour = Callable[[Bytes, NDArray[np.uint8] | None], Bytes]
"""A grey photo (H, W, 1) and its hints (H, W, 4) or None to a coloured one (H, W, 3)."""
DABS, DAB = 20, 9
"""How many dabs a photo gets, and pixels along the side of one."""
NEAR, LIKE = 0.25, 0.1
"""Without a network: how far a dab reaches, in shares of the longer side, and differences of lightness it bears."""


@dataclass(frozen=True)
class Pair:
    """A validation photo (H, W, 3), the same in grey (H, W, 1), and some dabs of its colours (H, W, 4)."""

    true: Bytes
    grey: Bytes
    hints: NDArray[np.uint8]


def grey_pairs(photos: Path, every: int = 1) -> Iterator[Pair]:
    """Every so many of the validation photos, always with the same dabs."""
    for index, path in list(enumerate(split(photos)[1]))[::every]:
        true = read(path)
        grey = np.rint(grey_of(unit(true)) * 255).astype(np.uint8)[..., None]
        yield Pair(true, grey, true_dabs(np.random.default_rng([20261126, index]), true))


def true_dabs(rng: np.random.Generator, true: Bytes) -> NDArray[np.uint8]:
    """Squares of a photo's own mean colours at random places, transparent elsewhere: (H, W, 4)."""
    hints = np.zeros((*true.shape[:2], 4), np.uint8)
    for _ in range(DABS):
        y, x = (int(rng.integers(length - DAB + 1)) for length in true.shape[:2])
        part = np.s_[y : y + DAB, x : x + DAB]
        hints[part] = [*np.rint(true[part].mean((0, 1))), 255]
    return hints


def spread_without_network(grey: Bytes, hints: NDArray[np.uint8] | None) -> Bytes:
    """The dabs' colours, each pixel the mean by how near they are and how like in lightness."""
    assert hints is not None
    lightness = lightness_of(unit(grey))
    rows, columns = np.indices(lightness.shape, dtype=np.float32)
    reach = NEAR * max(lightness.shape)
    total, weights = np.zeros((*lightness.shape, 2), np.float32), np.full(lightness.shape, 1e-12, np.float32)
    count, labels, _boxes, centres = cv2.connectedComponentsWithStats((hints[..., 3] > 0).astype(np.uint8))
    for label, (x, y) in zip(range(1, count), centres[1:], strict=True):
        dab = labels == label
        chroma = chroma_of(unit(hints[dab][None, :, :3])).mean((0, 1))
        far = ((rows - y) ** 2 + (columns - x) ** 2) / reach**2
        unlike = ((lightness - lightness[dab].mean()) / LIKE) ** 2
        weight = np.exp(-(far + unlike) / 2)
        total += weight[..., None] * chroma
        weights += weight
    coloured = with_chroma(unit(grey), np.asarray(total / weights[..., None], np.float32))
    return np.rint(coloured * 255).astype(np.uint8)


def colourfulness(picture: Bytes) -> float:
    """Hasler and Suesstrunk, Measuring colourfulness in natural images, 2003."""
    red, green, blue = np.moveaxis(picture.astype(np.float64), 2, 0)
    one, two = red - green, (red + green) / 2 - blue
    spread = np.hypot(one.std(), two.std())
    return float(spread + 0.3 * np.hypot(one.mean(), two.mean()))


def colorizer_of(models: Registry, name: str, settings: Mapping[str, Value] | None = None) -> Colour:
    """A model the way the tool uses it, with the default settings but for these."""
    values = {**defaults(COLORIZE), "model": name, **(settings or {})}

    def run(grey: Bytes, hints: NDArray[np.uint8] | None) -> Bytes:
        return np.asarray(colorize.run(Photo(grey), values, models, silent, hints).samples, np.uint8)

    return run


def colorizers_of(models: Registry) -> dict[str, Colour]:
    """Every model of a registry as the tool uses it."""
    return {card.name: colorizer_of(models, card.name) for card in models.cards("colorize")}


def evaluate_colorizers(colorizers: Mapping[str, Colour], photos: Path, every: int = 1) -> dict[str, Any]:
    """Means over the validation photos, {name: figures}; "grey" is the photo without colours; "photos" their number.

    psnr: in dB. colourfulness: the median share of the true photo's. hinted: psnr with the dabs. lightness: the mean
    difference of L*, 0..100, which only rounding makes. "spread" are the dabs without a network.
    """
    rows: dict[str, dict[str, list[float]]] = {}

    def note(name: str, figure: str, value: float) -> None:
        rows.setdefault(name, {}).setdefault(figure, []).append(value)

    count = 0
    for pair in grey_pairs(photos, every):
        count += 1
        true = unit(pair.true)
        note("grey", "psnr", psnr(unit(pair.grey), true))
        note("spread", "hinted", psnr(unit(spread_without_network(pair.grey, pair.hints)), true))
        for name, run in colorizers.items():
            alone = run(pair.grey, None)
            note(name, "psnr", psnr(unit(alone), true))
            note(name, "colourfulness", colourfulness(alone) / max(colourfulness(pair.true), 1e-6))
            note(
                name, "lightness", float(np.abs(lightness_of(unit(alone)) - lightness_of(unit(pair.grey))).mean()) * 100
            )
            note(name, "hinted", psnr(unit(run(pair.grey, pair.hints)), true))
    means = {name: {figure: summary(figure, of) for figure, of in one.items()} for name, one in rows.items()}
    return {"photos": count, **means}


def summary(figure: str, values: list[float]) -> float:
    """Of one figure over the photos."""
    return round(float(np.median(values) if figure == "colourfulness" else np.mean(values)), 3)
