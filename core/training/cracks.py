"""What bending and drying do: branching cracks, craquelure, folds, crumpled paper."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from core.training.canvas import VISIBLE_LINE, Canvas, ink, opacity, textured
from core.training.strokes import Stroke, anywhere, drawn, lay, random_width, wavering
from core.training.textures import Field, Rng, blurred, cloud, grain, octaves


def branches(
    rng: Rng, start: npt.NDArray[np.float64], angle: float, length: float, width: float, depth: int
) -> list[Stroke]:
    """A crack that turns sharply and sends out thinner ones."""
    n = max(3, int(length / 4))
    kinks = np.where(rng.random(n) < 0.18, rng.normal(0, 0.6, n), rng.normal(0, 0.1, n))
    heading = angle + np.cumsum(kinks) * 0.6
    points = start + np.cumsum(np.stack([np.cos(heading), np.sin(heading)], 1) * 4, 0)
    wide = width * np.clip(1 + 0.45 * wavering(rng, n, 2), 0.3, 2.4) * np.linspace(1, rng.uniform(0.3, 1), n)
    strength = np.clip(0.9 + 0.3 * wavering(rng, n, 3), 0.1, 1)
    strokes = [Stroke(points, np.clip(wide, 0.25, None), strength)]
    if depth > 0:
        for i in range(1, n):
            if rng.random() < 0.07:
                turn = heading[i] + rng.choice([-1, 1]) * rng.uniform(0.4, 1.5)
                reach = length * rng.uniform(0.15, 0.6)
                strokes += branches(rng, points[i], turn, reach, width * rng.uniform(0.4, 0.9), depth - 1)
    return strokes


def cracks(canvas: Canvas, rng: Rng) -> None:
    """One to three cracks with branches, sometimes with flakes broken off at their sides."""
    h, w = canvas.size
    strokes: list[Stroke] = []
    for _ in range(1 + int(rng.poisson(0.7 * canvas.area**0.5))):
        reach = np.exp(rng.uniform(np.log(30), np.log(1.4 * max(h, w))))
        start = np.array(anywhere(rng, canvas, 0.05))
        strokes += branches(rng, start, rng.uniform(0, 2 * np.pi), reach, random_width(rng, canvas, 0.5, 2.6), 2)
    if rng.random() < 0.3:
        for stroke in list(strokes):
            for i in np.nonzero(rng.random(len(stroke.points)) < 0.06)[0]:
                at = stroke.points[i] + rng.normal(0, 2, (2, 2))
                wide = stroke.width[i] * rng.uniform(1.5, 5, 2)
                strokes.append(Stroke(at, wide, np.ones(2)))
    alpha = drawn(h, w, strokes)
    colour = ink(rng, canvas)
    if rng.random() < 0.35:  # the lifted edge catches light
        step = 0.5 + 0.6 * canvas.scale
        shift = np.array([[1, 0, rng.normal(0, step)], [0, 1, rng.normal(0, step)]], np.float32)
        edge = np.asarray(cv2.warpAffine(alpha, shift, (w, h)), np.float32)
        lit = np.full(3, 0.95 if colour.mean() < 0.5 else 0.05, np.float32)
        canvas.paint(edge * np.float32(rng.uniform(0.2, 0.6)), lit)
    lay(rng, canvas, alpha, opacity(rng), colour, 0.05)


def craquelure(canvas: Canvas, rng: Rng) -> None:
    """A net of fine cracks over a part of the picture: the borders of a bent Voronoi diagram."""
    h, w = canvas.size
    fine = 2
    cell = rng.uniform(9, 45) * canvas.scale**0.5
    seeds = np.ones((int(h * fine), int(w * fine)), np.uint8)
    count = max(6, int(h * w / cell**2))
    seeds[rng.integers(0, h * fine, count), rng.integers(0, w * fine, count)] = 0
    _, labels = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL)
    bend = rng.uniform(1, 5) * fine
    by, bx = (cloud(rng, h * fine, w * fine, rng.uniform(8, 25) * fine) * np.float32(bend) for _ in range(2))
    gy, gx = np.indices(labels.shape, dtype=np.float32)
    bent = cv2.remap(labels.astype(np.float32), gx + bx, gy + by, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REFLECT)
    kernel = np.ones((2, 2) if rng.random() < 0.6 else (3, 3), np.uint8)
    if canvas.scale > 1.8:
        kernel = np.ones((4, 4), np.uint8)
    edge = (cv2.dilate(bent, kernel) != cv2.erode(bent, kernel)).astype(np.float32)
    alpha = np.asarray(cv2.resize(edge, (w, h), interpolation=cv2.INTER_AREA), np.float32)
    where = octaves(rng, h, w, 90, 3) + np.float32(rng.uniform(-0.6, 1.0))
    gone = np.clip(1 + rng.uniform(0.3, 1.2) * cloud(rng, h, w, rng.uniform(8, 25)), 0, 1)
    alpha = alpha * np.clip(where * 3, 0, 1) * gone
    lay(rng, canvas, np.asarray(alpha, np.float32), opacity(rng), ink(rng, canvas))


def fold_distance(canvas: Canvas, rng: Rng) -> Field:
    """Signed distance (H, W) in pixels from a nearly straight line across the picture."""
    h, w = canvas.size
    angle = float(rng.choice([rng.uniform(0, np.pi), rng.normal(0, 0.06), np.pi / 2 + rng.normal(0, 0.06)]))
    x, y = anywhere(rng, canvas, -0.15)
    gy, gx = np.indices((h, w), dtype=np.float32)
    distance = (gx - np.float32(x)) * np.float32(-np.sin(angle)) + (gy - np.float32(y)) * np.float32(np.cos(angle))
    waves = rng.uniform(0.2, 2.0) * cloud(rng, h, w, rng.uniform(25, 90)) + 0.25 * cloud(rng, h, w, 7)
    if rng.random() < 0.25:  # a soft arc, as of a print once rolled
        along = (gx - np.float32(x)) * np.float32(np.cos(angle)) + (gy - np.float32(y)) * np.float32(np.sin(angle))
        distance += along**2 * np.float32(rng.normal(0, 1) * 0.0012)
    return np.asarray(distance + waves * np.float32(canvas.scale), np.float32)


def folds(canvas: Canvas, rng: Rng) -> None:
    """A crease: a lit and a shadowed side, and where the emulsion broke a line of bare paper or dirt with flakes."""
    h, w = canvas.size
    d = fold_distance(canvas, rng)
    if rng.random() < 0.3:  # the crease ends inside
        gone = np.clip(cloud(rng, h, w, 150) * 2 + rng.uniform(0.2, 1.5), 0, 1)
    else:
        gone = np.ones((h, w), np.float32)
    lit, shadow = rng.uniform(-0.3, 0.3, 2)
    if rng.random() < 0.6:
        shadow = -abs(shadow) * np.sign(lit)
    left, right = np.exp(rng.uniform(np.log(1.2), np.log(14), 2)) * canvas.scale**0.6
    shading = np.where(d < 0, lit * np.exp(-np.abs(d) / left), shadow * np.exp(-np.abs(d) / right))
    shading = np.asarray(shading * gone * np.clip(1 + 0.3 * cloud(rng, h, w, 25), 0.2, 2), np.float32)
    if rng.random() < 0.75:
        canvas.shade(blurred(shading, rng.uniform(0.4, 1.5)), visible=0.07)
    if rng.random() < 0.75:
        half = random_width(rng, canvas, 0.5, 2.8) / 2
        wide = half * np.clip(1 + 0.5 * octaves(rng, h, w, 30, 4), 0.1, 3)
        if rng.random() < 0.4:  # flakes along it
            wide = wide + np.clip(octaves(rng, h, w, 14, 3) - rng.uniform(0.8, 1.6), 0, 1) * rng.uniform(3, 12)
        broken = np.clip((octaves(rng, h, w, rng.uniform(8, 40), 3) + rng.uniform(-0.4, 2.0)) * 3, 0, 1)
        alpha = np.clip(wide - np.abs(d) + 0.5, 0, 1) * broken * gone
        lay(rng, canvas, np.asarray(alpha, np.float32), opacity(rng), ink(rng, canvas), VISIBLE_LINE + 0.01)


def crumpled(canvas: Canvas, rng: Rng, maps: list[Field]) -> None:
    """Ridges of a photographed crumpled sheet (maps: float32 0..1), as light and shadow."""
    h, w = canvas.size
    sheet = maps[int(rng.integers(len(maps)))]
    zoom = rng.uniform(0.5, 1.3)
    side_y, side_x = min(int(h / zoom), sheet.shape[0]), min(int(w / zoom), sheet.shape[1])
    y, x = int(rng.integers(sheet.shape[0] - side_y + 1)), int(rng.integers(sheet.shape[1] - side_x + 1))
    part = np.asarray(cv2.resize(sheet[y : y + side_y, x : x + side_x], (w, h)), np.float32)
    ridges = part - blurred(part, rng.uniform(6, 18))
    ridges = np.asarray(ridges * np.float32(rng.uniform(0.08, 0.13) / max(float(ridges.std()), 0.02)), np.float32)
    ridges = np.asarray(ridges * np.clip(octaves(rng, h, w, 120, 2) + rng.uniform(0, 1.2), 0, 1), np.float32)
    canvas.shade(ridges, visible=0.08)
    if rng.random() < 0.5:  # the sharpest ridges have lost their emulsion
        alpha = np.clip((ridges - 0.22) * 12 + 0.3 * grain(rng, h, w, 0.7), 0, 1) * (ridges > 0.15)
        colour = textured(rng, ink(rng, canvas, "bright"), h, w, 0.05)
        canvas.paint(np.asarray(alpha, np.float32), colour)
