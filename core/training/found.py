"""Real damage: sprites of hairs and dirt, outlines traced on dusty scans, dust maps of films, stains, crumples.

The folders are those of the photographs' folder `damage/`. About 15 % of the sprites, two of the ten outlined scans and
a share of the maps are kept for validation.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from core.training.canvas import Canvas, ink, opacity, textured
from core.training.lifted import Lifted
from core.training.photos import stable
from core.training.strokes import anywhere, lay
from core.training.textures import Bytes, Field, Rng, blurred, octaves

VALIDATION_SCANS = ("scan_04", "scan_09")


@dataclass
class Outline:
    """One traced artefact: its points (n, 2) x, y in the scan's pixels."""

    label: str
    points: npt.NDArray[np.float32]


@dataclass
class Found:
    """Everything real, decoded. sprites: alpha uint8 by name. dust: signed -1..1. maps: 0..1. lifted: of old photos."""

    sprites: dict[str, Bytes]
    scans: dict[str, tuple[list[Outline], npt.NDArray[np.float32]]]
    dust: list[Field]
    overlays: list[Bytes]
    stains: list[Field]
    crumples: list[Field]
    papers: list[Field]
    lifted: list[Lifted] = field(default_factory=list)


def grey(path: Path) -> Bytes:
    """An image as uint8 (H, W)."""
    image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise OSError(f"not an image: {path}")
    return np.asarray(image, np.uint8)


def unit(path: Path) -> Field:
    """An image as float32 (H, W), 0..1."""
    return np.asarray(grey(path), np.float32) * np.float32(1 / 255)


def load_found(damage: Path, validation: bool) -> Found:
    """Read the folder `damage`: the part for validation, or the rest."""

    def chosen(folder: str, share: float) -> list[Path]:
        files = sorted(p for p in (damage / folder).iterdir() if p.suffix in {".png", ".jpg"})
        return [p for p in files if (stable(p.name) < share) == validation]

    scans = {}
    with gzip.open(damage / "film_polygons.json.gz", "rt") as stream:
        for scan, entries in json.load(stream).items():
            if (scan in VALIDATION_SCANS) == validation:
                outlines = [Outline(label, np.asarray(flat, np.float32).reshape(-1, 2)) for label, flat in entries]
                scans[scan] = (outlines, np.stack([o.points.mean(0) for o in outlines]))
    papers = []
    for p in chosen("paper", 0.2):
        sheet = unit(p)
        sheet = sheet - blurred(sheet, 20)
        papers.append(np.asarray(sheet / max(float(sheet.std()), 1e-3), np.float32))
    overlays = [grey(p) for p in sorted((damage / "overlays").glob("*.png")) if "scratches" not in p.name]
    overlays += [np.rot90(grey(p)) for p in sorted((damage / "overlays").glob("*scratches*.png"))]
    return Found(
        sprites={p.stem: grey(p) for p in chosen("film_sprites", 0.15)},
        scans=scans,
        dust=[unit(p) * np.float32(255 / 128) - np.float32(1) for p in chosen("film_dust", 0.25)],
        overlays=[] if validation else overlays,
        stains=[unit(p) for p in chosen("stains", 0.15)],
        crumples=[unit(p) for p in sorted((damage / "crumple").glob("*.jpg"))],
        papers=papers,
    )


def sprites(canvas: Canvas, rng: Rng, found: Found) -> None:
    """One to several sprites of one family, turned, resized, bright or dark."""
    h, w = canvas.size
    names = list(found.sprites)
    family = names[int(rng.integers(len(names)))].rsplit("_", 1)[0]
    if rng.random() < 0.5:  # hairs are a third of the sprites; give the other families their share
        families = sorted({name.rsplit("_", 1)[0] for name in names})
        family = families[int(rng.integers(len(families)))]
    names = [name for name in names if name.rsplit("_", 1)[0] == family]
    small = family in {"hair-short", "spots", "dots"}
    alpha = np.zeros((h, w), np.float32)
    for _ in range(1 + int(rng.poisson((2.0 if small else 0.6) * canvas.area))):
        sprite = found.sprites[names[int(rng.integers(len(names)))]]
        low, high = (0.05, 0.5) if family in {"dots", "stain", "smut"} else (0.2, 1.2)
        zoom = rng.uniform(low, high) * canvas.scale**0.4
        x, y = anywhere(rng, canvas)
        turn = cv2.getRotationMatrix2D((sprite.shape[1] / 2, sprite.shape[0] / 2), rng.uniform(0, 360), zoom)
        turn[:, 2] += (x - sprite.shape[1] / 2, y - sprite.shape[0] / 2)
        soft = np.asarray(blurred(np.asarray(sprite, np.float32), 0.4 / zoom if zoom < 0.8 else 0), np.float32)
        if rng.random() < 0.5:
            soft = soft[:, ::-1]
        alpha = np.maximum(alpha, cv2.warpAffine(np.ascontiguousarray(soft), turn, (w, h), flags=cv2.INTER_LINEAR))
    alpha = np.asarray(np.minimum(alpha * np.float32(rng.uniform(1, 2.2) / 255), 1), np.float32)
    lay(rng, canvas, alpha, opacity(rng), ink(rng, canvas))


def outlines(canvas: Canvas, rng: Rng, found: Found) -> None:
    """A window of a real dusty scan: its artefacts' true shapes, sizes and neighbourhood."""
    h, w = canvas.size
    names = list(found.scans)
    items, centres = found.scans[names[int(rng.integers(len(names)))]]
    zoom = float(np.exp(rng.uniform(np.log(0.12), np.log(0.7))))
    reach = max(h, w) / zoom
    origin = centres[int(rng.integers(len(centres)))] - rng.uniform(0.2, 0.8, 2) * reach
    inside = np.nonzero(((centres > origin) & (centres < origin + reach)).all(1))[0]
    quarter = int(rng.integers(4))
    rotation = np.array([[np.cos(quarter * np.pi / 2), -np.sin(quarter * np.pi / 2)],
                         [np.sin(quarter * np.pi / 2), np.cos(quarter * np.pi / 2)]])  # fmt: skip
    both = rng.random() < 0.25
    sheets = [np.zeros((4 * h, 4 * w), np.uint8) for _ in range(1 + both)]
    side = max(h, w) / 2
    for i in inside:
        points = ((items[i].points - origin) * zoom - side) @ rotation + (w / 2, h / 2)
        value = int(rng.integers(160, 256))
        cv2.fillPoly(sheets[int(rng.integers(len(sheets)))], [np.round(points * 4).astype(np.int32)], value)
    first = str(rng.choice(["bright", "dark"]))
    for sheet, polarity in zip(sheets, [first, "dark" if first == "bright" else "bright"], strict=False):
        alpha = np.asarray(cv2.resize(sheet, (w, h), interpolation=cv2.INTER_AREA), np.float32) / np.float32(255)
        lay(rng, canvas, alpha, opacity(rng), ink(rng, canvas, polarity))


def window_of(rng: Rng, sheet: npt.NDArray[np.generic], h: int, w: int, low: float, high: float) -> Field:
    """A random window of a map, turned, mirrored, zoomed by low..high: float32 (h, w)."""
    zoom = max(rng.uniform(low, high), h / sheet.shape[0], w / sheet.shape[1])
    sy, sx = min(int(h / zoom), sheet.shape[0]), min(int(w / zoom), sheet.shape[1])
    y, x = int(rng.integers(sheet.shape[0] - sy + 1)), int(rng.integers(sheet.shape[1] - sx + 1))
    window = np.asarray(sheet[y : y + sy, x : x + sx], np.float32)
    way = cv2.INTER_AREA if zoom < 1 else cv2.INTER_CUBIC
    part = np.asarray(cv2.resize(window, (w, h), interpolation=way), np.float32)
    return np.ascontiguousarray(part[:: int(rng.choice([-1, 1])), :: int(rng.choice([-1, 1]))])


def film_dust(canvas: Canvas, rng: Rng, found: Found) -> None:
    """Dust and blotches lifted from old films, signed: lighter and darker together, or swapped."""
    h, w = canvas.size
    signed = window_of(rng, found.dust[int(rng.integers(len(found.dust)))], h, w, 0.5, 2.0)
    if rng.random() < 0.5:
        signed = -signed
    gain = np.float32(rng.uniform(1.5, 4))
    for polarity, alpha in (("bright", signed), ("dark", -signed)):
        alpha = np.clip((alpha - np.float32(0.2)) * gain, 0, 1)  # below lies the film's grain
        canvas.paint(alpha, textured(rng, ink(rng, canvas, polarity), h, w, 0.04))


def overlay(canvas: Canvas, rng: Rng, found: Found) -> None:
    """A window of a dust-and-hairs sheet."""
    h, w = canvas.size
    sheet = found.overlays[int(rng.integers(len(found.overlays)))]
    alpha = np.clip((window_of(rng, sheet, h, w, 0.6, 1.8) / np.float32(255) - np.float32(0.2)) * np.float32(1.6), 0, 1)
    if rng.random() < 0.5:
        alpha = alpha * np.clip(octaves(rng, h, w, 90, 2) + 0.7, 0, 1)
    lay(rng, canvas, np.asarray(alpha, np.float32), opacity(rng), ink(rng, canvas))
