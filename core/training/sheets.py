"""Pictures to look at: before, truth, what the network says."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from core.training.detector import Look
from core.training.found import load_found
from core.training.photos import read, split
from core.training.samples import SETS, Sample, damaged_samples, sound, sound_samples
from core.training.textures import Bytes, Field

MARK = np.array([230, 0, 90], np.float32)


def overlay(image: Bytes, p: Field, threshold: float) -> Bytes:
    """The photo in pale grey with the probability in red, and the mask's outline: uint8 (H, W, 3)."""
    pale = 90 + 0.6 * np.asarray(image, np.float32).mean(2, keepdims=True)
    mixed = pale + p[..., None] ** 0.7 * (MARK - pale)
    result = np.ascontiguousarray(np.clip(mixed, 0, 255).astype(np.uint8))
    lines, _ = cv2.findContours((p >= threshold).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(result, lines, -1, (20, 60, 255), 1)
    return result


def row(sample: Sample, p: Field, threshold: float, truth: bool, height: int) -> Bytes:
    """One photo's pictures side by side, `height` pixels high."""
    pictures = [sample.image]
    if truth:
        pictures.append(np.repeat(sample.mask[..., None] * np.uint8(255), 3, 2))
    pictures.append(overlay(sample.image, p, threshold))
    strip = np.hstack(pictures)
    zoom = height / strip.shape[0]
    strip = np.asarray(cv2.resize(strip, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA), np.uint8)
    cv2.putText(strip, sample.name, (4, height - 6), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (255, 220, 0), 1)
    return strip


def write_sheets(look: Look, photos: Path, folder: Path, threshold: float, each: int = 12) -> None:
    """PNG sheets of validation photos (every kind of set, and the sound ones it marks most) and of old_damaged/."""
    folder.mkdir(parents=True, exist_ok=True)
    _, validation = split(photos)
    real = load_found(photos / "damage", validation=True)
    chosen = validation[:: max(1, len(validation) // each)]
    for name, (among, seed) in SETS.items():
        rows = []
        for sample in damaged_samples(validation, real, among, seed):
            if any(sample.name == path.stem for path in chosen):
                rows.append(row(sample, look(sample.image), threshold, True, 340))
        write(folder / f"{name}.png", rows, 6)
    ranked = []
    for sample in sound_samples(validation):
        p = look(sample.image)
        ranked.append((float((p >= threshold).mean()), sample, p))
    ranked.sort(key=lambda entry: -entry[0])
    write(folder / "sound_worst.png", [row(s, p, threshold, False, 340) for _, s, p in ranked[:each]], 6)
    rows = []
    for path in sorted((photos / "old_damaged").iterdir()):
        image = read(path)
        rows.append(row(sound(path.stem, image), look(image), threshold, False, 640))
    write(folder / "old_damaged.png", rows, 2)


def write(path: Path, rows: list[Bytes], on_a_page: int) -> None:
    """Rows under each other, `on_a_page` a file: NAME_1.png, NAME_2.png..."""
    for page in range(0, len(rows), on_a_page):
        part = rows[page : page + on_a_page]
        width = max(r.shape[1] for r in part)
        padded = [cv2.copyMakeBorder(r, 0, 4, 0, width - r.shape[1], cv2.BORDER_CONSTANT, value=0) for r in part]
        target = path.with_name(f"{path.stem}_{page // on_a_page + 1}{path.suffix}")
        cv2.imwrite(str(target), cv2.cvtColor(np.vstack(padded), cv2.COLOR_RGB2BGR))
