"""Photographs through the tool Restore as it is shipped: before, what was found, after, side by side at full size."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from core import colorize, enhance, restore
from core.lab import grey_of
from core.models.registry import Registry
from core.photo import Mask, Photo
from core.progress import silent
from core.repair import repaired_samples
from core.tools import COLORIZE, ENHANCE, RESTORE, defaults
from core.training.likeness import unit
from core.training.photos import read
from core.training.textures import Bytes

MARK = (230, 0, 90)
HINT = (160, 70, 60, 255)
"""The colour of the dab in the pictures of Colorize: faded red."""
GAP = 8
TITLE = 22
ROW = 300
ON_A_PAGE = 3
"""Photographs beside each other in the overview."""


@dataclass(frozen=True)
class Restored:
    """before and after: uint8 (H, W, 3). mask: (H, W). summary: the tool's own sentence."""

    before: Bytes
    mask: Mask
    after: Bytes
    summary: str


def restored(image: Bytes, models: Registry) -> Restored:
    """One photo, uint8 (H, W, 3), with the tool's default settings."""
    photo = Photo(image)
    done = restore.run(photo, defaults(RESTORE), models, silent)
    assert done.detection and done.repair
    return Restored(image, done.detection.mask, repaired_samples(photo, done.repair), done.summary)


def strip(one: Restored) -> Bytes:
    """Before, the mask over the pale photo, after: uint8 (H, 3 W + 2 GAP, 3)."""
    pale = (90 + 0.6 * one.before.mean(2, keepdims=True)).astype(np.uint8).repeat(3, 2)
    over = np.where(one.mask[..., None] > 0, np.array(MARK, np.uint8), pale)
    gap = np.full((len(one.before), GAP, 3), 255, np.uint8)
    return np.hstack([one.before, gap, over, gap, one.after])


def write_enhanced(paths: Iterable[Path], folder: Path, models: Registry, model: str = "default") -> None:
    """A PNG of each photograph before and after Enhance by its default settings, and overview.jpg, small."""
    folder.mkdir(parents=True, exist_ok=True)
    small = []
    for path in paths:
        image = read(path)
        done = enhance.run(Photo(image), {**defaults(ENHANCE), "model": model}, models, silent)
        wide = np.hstack([image, np.full((len(image), GAP, 3), 255, np.uint8), np.asarray(done.samples, np.uint8)])
        save(wide, folder / f"{path.stem}.png")
        small.append(titled(fitted(wide, ROW), f"{path.stem}: {done.summary}"))
        print(f"{path.stem}: {done.summary} {done.needs}", flush=True)
    save(pile(small, ON_A_PAGE), folder / "overview.jpg")


def coloured(image: Bytes, models: Registry, model: str = "default") -> Bytes:
    """A photo (H, W, 3) in grey, in colour by the default settings, and with a dab amid: (H, 3 W + 2 GAP, 3)."""
    grey = np.rint(grey_of(unit(image)) * 255).astype(np.uint8)[..., None]
    (y, x), size = np.array(grey.shape[:2]) // 2, max(4, max(grey.shape) // 60)
    hints = np.zeros((*grey.shape[:2], 4), np.uint8)
    hints[y - size : y + size, x - size : x + size] = HINT
    settings = {**defaults(COLORIZE), "model": model}
    one, hinted = (colorize.run(Photo(grey), settings, models, silent, given).samples for given in (None, hints))
    gap = np.full((len(image), GAP, 3), 255, np.uint8)
    return np.hstack([grey.repeat(3, 2), gap, one, gap, hinted])


def write_coloured(paths: Iterable[Path], folder: Path, models: Registry, model: str = "default") -> None:
    """A PNG of each photograph in grey and in colour, without and with a hint, and overview.jpg, small."""
    folder.mkdir(parents=True, exist_ok=True)
    small = []
    for path in paths:
        wide = coloured(read(path), models, model)
        save(wide, folder / f"{path.stem}.png")
        small.append(titled(fitted(wide, ROW), path.stem))
    save(pile(small, ON_A_PAGE - 1), folder / "overview.jpg")


def write_restored(paths: Iterable[Path], folder: Path, models: Registry) -> None:
    """A PNG of each photograph into `folder`, and overview.jpg with all of them, small."""
    folder.mkdir(parents=True, exist_ok=True)
    small = []
    for path in paths:
        one = restored(read(path), models)
        wide = strip(one)
        save(wide, folder / f"{path.stem}.png")
        small.append(titled(fitted(wide, ROW), f"{path.stem}: {one.summary}"))
        print(f"{path.stem}: {one.summary}", flush=True)
    save(pile(small, ON_A_PAGE), folder / "overview.jpg")


def fitted(picture: Bytes, height: int) -> Bytes:
    """The picture at this height."""
    zoom = height / len(picture)
    return np.asarray(cv2.resize(picture, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA), np.uint8)


def titled(picture: Bytes, text: str) -> Bytes:
    """The picture with a line of text above."""
    out = cv2.copyMakeBorder(picture, TITLE, 0, 0, 0, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    cv2.putText(out, text, (2, TITLE - 7), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (0, 0, 0), 1, cv2.LINE_AA)
    return np.asarray(out, np.uint8)


def pile(pictures: list[Bytes], columns: int) -> Bytes:
    """Pictures in rows of `columns`, on white."""
    rows = []
    for first in range(0, len(pictures), columns):
        row = pictures[first : first + columns]
        height = max(len(p) for p in row)
        rows.append(np.hstack([padded(p, height, p.shape[1] + GAP) for p in row]))
    width = max(row.shape[1] for row in rows)
    return np.vstack([padded(row, len(row) + GAP, width) for row in rows])


def padded(picture: Bytes, height: int, width: int) -> Bytes:
    """White below and to the right, up to this size."""
    more = (0, height - picture.shape[0], 0, width - picture.shape[1])
    return np.asarray(cv2.copyMakeBorder(picture, *more, cv2.BORDER_CONSTANT, value=(255, 255, 255)), np.uint8)


def save(picture: Bytes, path: Path, quality: int = 88) -> None:
    """Write RGB uint8; quality is that of a JPEG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    how = [cv2.IMWRITE_JPEG_QUALITY, quality] if path.suffix == ".jpg" else []
    if not cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), how):
        raise OSError(f"cannot write {path}")
