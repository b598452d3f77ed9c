"""Median cut before the report's colorizer: does it help? Colours of the validation photos, with and without."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.lab import grey_of, with_chroma
from core.models.colorizing import Colorizer
from core.models.registry import Registry
from core.models.report_colorizer import colorizer_of
from core.training.export_report_colors import AREA, averaged
from core.training.likeness import psnr, unit
from core.training.photos import read, split, stable
from core.training.report_colors import slightly_aged
from core.training.results import replaced
from core.training.textures import Field

LEVELS = (128, 64, 32, 16, 8)
"""Of grey that are left."""
Figures = NDArray[np.float64]


@dataclass(frozen=True)
class Pair:
    """A photo small (h, w, 3), 0..1, and a grey of it (h, w)."""

    photo: Field
    grey: Field


def load_pairs(photos: Path, area: int, aged: bool) -> list[Pair]:
    """The validation photos at the size that a colorizer sees, and their greys as they are, or a little aged."""
    pairs = []
    for path in split(photos)[1]:
        photo = small(unit(read(path)), area)
        grey = grey_of(photo)
        if aged:
            rng = np.random.default_rng(int(stable(path.name) * 2**32))
            grey = np.asarray(np.clip(slightly_aged(rng, grey), 0, 1), np.float32)
        pairs.append(Pair(photo, grey))
    return pairs


def small(photo: Field, area: int) -> Field:
    """A photo (H, W, 3) of about that many pixels, never enlarged."""
    zoom = min(1.0, (area / (photo.shape[0] * photo.shape[1])) ** 0.5)
    return np.asarray(cv2.resize(photo, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA), np.float32)


def measured(colorizer: Colorizer, pairs: Sequence[Pair], levels: int) -> Figures:
    """PSNR of each photo with its own lightness and the colorizer's colours."""
    return np.array(
        [psnr(with_chroma(pair.photo, colorizer.seen(pair.grey, None, levels).ab), pair.photo) for pair in pairs]
    )


def uncoloured(pairs: Sequence[Pair]) -> Figures:
    """PSNR of each photo in grey."""
    return np.array([psnr(grey_of(pair.photo)[..., None], pair.photo) for pair in pairs])


def table(photos: Path, colorizers: Mapping[str, Colorizer], levels: Sequence[int] = LEVELS) -> str:
    """PSNR of each colorizer on sound greys and on aged ones with all levels, in Markdown, and what fewer change.

    Changes are means over the photos, each with its standard error.
    """
    rows = [["network", "greys", "no colours", "all levels", *map(str, levels)]]
    rows.append(["---"] * len(rows[0]))
    for title, colorizer in colorizers.items():
        for kind, aged in (("sound", False), ("aged", True)):
            pairs = load_pairs(photos, colorizer.area, aged)
            whole = measured(colorizer, pairs, 0)
            changes = [change(measured(colorizer, pairs, count) - whole) for count in levels]
            rows.append([title, kind, f"{uncoloured(pairs).mean():.2f}", f"{whole.mean():.2f}", *changes])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def change(differences: Figures) -> str:
    """The mean of some figures and its standard error."""
    error = float(differences.std(ddof=1)) / len(differences) ** 0.5
    return f"{differences.mean():+.2f} ± {error:.2f}".replace("-", "−")


def study(photos: Path, weights: Path, docs: Path, runs: Sequence[Path]) -> str:
    """The table for the model "report" and for further trainings (their folders), put into docs/colorizing.md."""
    colorizers = {"as shipped": Registry([weights]).load("colorize", "report")}
    for run in runs:
        settings = json.loads((run / "settings.json").read_text())
        title = f"trained {settings['train']['minutes']:g} min, {settings['network']['cut'] or 'all'} levels"
        colorizers[title] = colorizer_of(averaged(run / "state.pt"), AREA)
    found = table(photos, colorizers)
    page = docs / "colorizing.md"
    page.write_text(replaced(page.read_text(encoding="utf-8"), "median-cut", found), encoding="utf-8")
    return found
