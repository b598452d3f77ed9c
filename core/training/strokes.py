"""Lines: scratches, faint long lines, hairs, lint. Drawn at four times the resolution and reduced."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from core.training.canvas import VISIBLE, VISIBLE_LINE, Canvas, ink, opacity, textured
from core.training.textures import Field, Rng, blurred, cloud, octaves, white


@dataclass
class Stroke:
    """points: (n, 2) x, y in pixels. width: (n,) pixels. strength: (n,) 0..1, 0 leaves a gap."""

    points: npt.NDArray[np.float64]
    width: npt.NDArray[np.float64]
    strength: npt.NDArray[np.float64]


def path(
    rng: Rng,
    start: tuple[float, float],
    angle: float,
    length: float,
    bend: float,
    wobble: float,
    step: float = 6.0,
) -> npt.NDArray[np.float64]:
    """A wandering path (n, 2). bend: deviation of the curvature, radians per 100 px; wobble: radians per step."""
    n = max(2, int(length / step) + 1)
    curvature = bend * step / 100 * np.cumsum(rng.normal(0, 1, n)) / np.sqrt(np.arange(1, n + 1))
    heading = angle + np.cumsum(curvature) + rng.normal(0, 1, n) * wobble
    steps = np.stack([np.cos(heading), np.sin(heading)], 1) * step
    return np.asarray(start) + np.cumsum(steps, 0)


def kinked(rng: Rng, start: tuple[float, float], angle: float, length: float) -> npt.NDArray[np.float64]:
    """A path (n, 2) of straight pieces, each turned a little against the one before."""
    points, heading = [np.asarray(start)], angle
    turn, longest = rng.uniform(0.02, 0.5), np.exp(rng.uniform(np.log(12), np.log(120)))
    while length > 0:
        piece = rng.uniform(0.2, 1) * longest
        points.append(points[-1] + piece * np.array([np.cos(heading), np.sin(heading)]))
        heading += rng.normal(0, turn)
        length -= piece
    return np.stack(points)


def wavering(rng: Rng, n: int, every: float) -> npt.NDArray[np.float64]:
    """Smooth noise along a path: (n,), about unit deviation; `every` points between nodes."""
    nodes = max(2, int(n / every) + 2)
    return np.interp(np.linspace(0, nodes - 1, n), np.arange(nodes), rng.normal(0, 1, nodes))


def drawn(h: int, w: int, strokes: list[Stroke], fine: int = 4) -> Field:
    """Coverage (h, w) 0..1 of the strokes, `fine` subpixels a pixel."""
    big = np.zeros((h * fine, w * fine), np.uint8)
    limit = 4 * max(h, w) * fine
    for stroke in strokes:
        p = np.clip(np.round(stroke.points * fine), -limit, limit).astype(int).tolist()
        thick = np.maximum(1, np.round(stroke.width * fine)).astype(int).tolist()
        value = np.clip(stroke.strength * 255, 0, 255).astype(int).tolist()
        for i in range(len(p) - 1):
            if value[i] > 4:
                cv2.line(big, p[i], p[i + 1], value[i], thick[i])
    return np.asarray(cv2.resize(big, (w, h), interpolation=cv2.INTER_AREA), np.float32) * np.float32(1 / 255)


def stroke_of(rng: Rng, points: npt.NDArray[np.float64], width: float, gaps: float = 0.0, taper: bool = True) -> Stroke:
    """A stroke along `points` with uneven width and strength; gaps: share of it that is missing."""
    n = len(points)
    wide = width * np.clip(1 + 0.3 * wavering(rng, n, 3), 0.3, 2.2) + rng.uniform(-0.13, 0.13, n)
    strength = np.clip(0.85 + 0.25 * wavering(rng, n, 4), 0.15, 1)
    if gaps > 0:
        strength = np.where(wavering(rng, n, rng.uniform(1, 5)) < np.quantile(rng.normal(0, 1, 64), gaps), 0, strength)
    if taper:
        ends = np.clip(np.minimum(np.arange(n), np.arange(n)[::-1]) / max(1.0, 0.15 * n), 0.15, 1)
        strength, wide = strength * ends**0.5, wide * ends**0.5
    return Stroke(points, np.clip(wide, 0.25, None), strength)


def even_stroke(points: npt.NDArray[np.float64], width: float) -> Stroke:
    """A stroke of one width and one strength, as a blade or a pen leaves it."""
    return Stroke(points, np.full(len(points), width), np.ones(len(points)))


def random_width(rng: Rng, canvas: Canvas, thin: float, thick: float) -> float:
    """A width in pixels between thin and thick times the canvas's scale, thin ones as often as thick."""
    return float(np.clip(np.exp(rng.uniform(np.log(thin), np.log(thick))) * canvas.scale, 0.35, 12))


def anywhere(rng: Rng, canvas: Canvas, margin: float = 0.1) -> tuple[float, float]:
    """A point (x, y) on the canvas or a little outside of it."""
    h, w = canvas.size
    return float(rng.uniform(-margin * w, (1 + margin) * w)), float(rng.uniform(-margin * h, (1 + margin) * h))


def lay(
    rng: Rng,
    canvas: Canvas,
    alpha: Field,
    strength: float,
    colour: Field,
    visible: float = VISIBLE,
    even: bool = False,
) -> None:
    """Paint a coverage: soft or sharp, uneven, and now and then with a lit or shadowed side; or simply even."""
    h, w = canvas.size
    if even:
        if rng.random() < 0.4:
            alpha = blurred(alpha, rng.uniform(0.3, 0.4 + 0.22 * canvas.scale))
        tone = textured(rng, colour, h, w, rng.uniform(0.0, 0.02))
        canvas.paint(alpha * np.float32(strength), tone, visible=visible)
        return
    if rng.random() < 0.5:  # a scanner's light swells what is thin
        alpha = np.minimum(alpha * np.float32(rng.uniform(1.1, 2.0)), 1)
    if rng.random() < 0.35:
        alpha = blurred(alpha, rng.uniform(0.3, 0.4 + 0.22 * canvas.scale))
    if rng.random() < 0.6:
        alpha = alpha * np.clip(1 + rng.uniform(0.1, 0.5) * octaves(rng, h, w, rng.uniform(3, 30), 3), 0, 1.4)
    if rng.random() < 0.25:  # what lies on the glass or stands up from the print casts a shadow
        dx, dy = rng.normal(0, 0.5 + 0.8 * canvas.scale, 2)
        moved = np.asarray(cv2.warpAffine(alpha, np.array([[1, 0, dx], [0, 1, dy]], np.float32), (w, h)), np.float32)
        shadow = np.full(3, 0.05 if colour.mean() > 0.4 else 0.95, np.float32)
        canvas.paint(blurred(moved, 0.6) * np.float32(strength * rng.uniform(0.2, 0.6)), shadow)
    canvas.paint(alpha * np.float32(strength), textured(rng, colour, h, w, rng.uniform(0.01, 0.09)), visible=visible)


def scratches(canvas: Canvas, rng: Rng) -> None:
    """One scratch or a family of near-parallel ones; straight, bent or kinked, whole or dashed, even or not."""
    h, w = canvas.size
    angle = float(rng.choice([rng.uniform(0, np.pi), np.pi / 2 + rng.normal(0, 0.04), rng.normal(0, 0.04)]))
    family = rng.random() < 0.45
    even = rng.random() < 0.5
    count = 1 + int(rng.poisson(3.0 if family else 0.8) * max(1.0, canvas.area**0.5))
    width = random_width(rng, canvas, 0.45, 3.2)
    gaps = float(rng.choice([0.0, rng.uniform(0.05, 0.3), rng.uniform(0.3, 0.65)])) if not even else 0.0
    strokes = []
    for _ in range(count):
        length = np.exp(rng.uniform(np.log(18), np.log(1.6 * max(h, w))))
        turn = angle + (rng.normal(0, 0.08) if family else rng.uniform(-np.pi, np.pi))
        x, y = anywhere(rng, canvas)
        start = (x - length / 2 * np.cos(turn), y - length / 2 * np.sin(turn))
        if rng.random() < 0.35:
            line = kinked(rng, start, turn, length)
        else:
            bend = float(rng.choice([0.0, 0.08, 0.35]))
            line = path(rng, start, turn, length, bend, float(rng.choice([0.0, 0.01, 0.05])))
        wide = width * np.exp(rng.normal(0, 0.3))
        strokes.append(even_stroke(line, wide) if even else stroke_of(rng, line, wide, gaps, rng.random() < 0.6))
    visible = VISIBLE_LINE if gaps < 0.3 else VISIBLE
    polarity = "dark" if even and rng.random() < 0.4 else ""
    lay(rng, canvas, drawn(h, w, strokes), opacity(rng), ink(rng, canvas, polarity), visible, even)


def faint_lines(canvas: Canvas, rng: Rng) -> None:
    """Long, straight or slowly bending lines hardly stronger than the grain."""
    h, w = canvas.size
    strokes = []
    angle = float(rng.choice([rng.uniform(0, np.pi), np.pi / 2, 0.0]))
    for _ in range(int(rng.integers(1, 5))):
        turn = angle + rng.normal(0, 0.03)
        x, y = anywhere(rng, canvas, 0)
        length = rng.uniform(0.6, 2.2) * max(h, w)
        start = (x - length / 2 * np.cos(turn), y - length / 2 * np.sin(turn))
        line = path(rng, start, turn, length, float(rng.choice([0.0, 0.04, 0.12])), 0.003)
        strokes.append(stroke_of(rng, line, random_width(rng, canvas, 0.5, 2.2), rng.choice([0, 0.15]), False))
    alpha = drawn(h, w, strokes)
    strength = max(rng.uniform(0.08, 0.35), 1.5 * canvas.grain)
    # faint by little contrast, not by thin paint: opacity is noted as if it were opaque
    before = canvas.image.copy()
    lay(rng, canvas, alpha, strength, ink(rng, canvas, str(rng.choice(["bright", "dark"]))), VISIBLE_LINE)
    changed = np.abs(canvas.image - before).max(2) > VISIBLE_LINE * 0.7
    canvas.opacity[changed] = np.maximum(canvas.opacity[changed], 0.5)
    canvas.visible[changed & (alpha > 0.2)] = max(VISIBLE_LINE, 0.7 * canvas.grain)
    canvas.kind[changed & (alpha > 0.2)] = canvas.current


def hairs(canvas: Canvas, rng: Rng) -> None:
    """Curling hairs and fibres, mostly of one tone, thin for their length."""
    h, w = canvas.size
    strokes = []
    width = random_width(rng, canvas, 0.4, 1.9)
    even = rng.random() < 0.4
    for _ in range(1 + int(rng.poisson(1.0 * canvas.area))):
        length = rng.uniform(15, 130) * canvas.scale**0.5
        line = path(rng, anywhere(rng, canvas), rng.uniform(0, 2 * np.pi), length, rng.uniform(0.3, 5), 0.06, 3.0)
        wide = width * np.exp(rng.normal(0, 0.2))
        strokes.append(even_stroke(line, wide) if even else stroke_of(rng, line, wide, 0.0, rng.random() < 0.3))
    lay(rng, canvas, drawn(h, w, strokes), opacity(rng), ink(rng, canvas), 0.04, even)


def lint(canvas: Canvas, rng: Rng) -> None:
    """Short thick fibres and tufts."""
    h, w = canvas.size
    strokes = []
    for _ in range(1 + int(rng.poisson(3 * canvas.area))):
        length = rng.uniform(4, 28) * canvas.scale**0.7
        line = path(rng, anywhere(rng, canvas), rng.uniform(0, 2 * np.pi), length, rng.uniform(1, 14), 0.15, 2.0)
        strokes.append(stroke_of(rng, line, random_width(rng, canvas, 0.6, 2.4)))
    lay(rng, canvas, drawn(h, w, strokes), opacity(rng), ink(rng, canvas))


def scuffs(canvas: Canvas, rng: Rng) -> None:
    """An abraded place: dozens of short fine strokes, close together and much the same way."""
    h, w = canvas.size
    x, y = anywhere(rng, canvas, 0)
    reach, angle = rng.uniform(15, 60), rng.uniform(0, np.pi)
    strokes = []
    for _ in range(int(rng.integers(8, 40))):
        start = (x + rng.normal(0, reach), y + rng.normal(0, reach))
        line = path(rng, start, angle + rng.normal(0, 0.25), rng.uniform(5, 45), 0.3, 0.02, 4.0)
        strokes.append(stroke_of(rng, line, random_width(rng, canvas, 0.35, 1.0), 0.2))
    lay(rng, canvas, drawn(h, w, strokes), opacity(rng), ink(rng, canvas))


def speck_outline(rng: Rng, radius: float) -> npt.NDArray[np.float64]:
    """An irregular closed outline (n, 2) about the origin, stretched and turned at random."""
    n = int(rng.integers(5, 10))
    turn = np.linspace(0, 2 * np.pi, n, endpoint=False) + rng.uniform(0, 2 * np.pi)
    r = radius * np.clip(1 + rng.normal(0, 0.3, n), 0.3, 2)
    shape = np.stack([np.cos(turn) * r * np.exp(rng.uniform(0, 0.8)), np.sin(turn) * r], 1)
    a = rng.uniform(0, np.pi)
    return np.asarray(shape @ np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]))


def dust(canvas: Canvas, rng: Rng) -> None:
    """Specks of 1 to 8 pixels, a few or a shower of them, scattered or in swarms; one tone or both."""
    h, w = canvas.size
    count = 1 + int(np.exp(rng.uniform(0.0, 4.3)) * canvas.area)
    swarm = cloud(rng, h, w, 70) if rng.random() < 0.4 else None
    both = rng.random() < 0.3
    middle = np.exp(rng.uniform(np.log(0.6), np.log(2.0))) * canvas.scale**0.8
    sheets = [np.zeros((4 * h, 4 * w), np.uint8) for _ in range(1 + both)]
    for _ in range(count):
        x, y = anywhere(rng, canvas, 0)
        if swarm is not None and swarm[min(int(y), h - 1), min(int(x), w - 1)] < 0.4:
            continue
        outline = speck_outline(rng, float(np.clip(middle * np.exp(rng.normal(0, 0.4)), 0.4, 9)))
        points = np.round((outline + np.array([x, y])) * 4).astype(np.int32)
        cv2.fillPoly(sheets[int(rng.integers(len(sheets)))], [points], int(rng.integers(150, 256)))
    first = str(rng.choice(["bright", "dark", ""]))
    other = {"bright": "dark", "dark": "bright", "": ""}[first]
    for sheet, polarity in zip(sheets, [first, other], strict=False):
        alpha = np.asarray(cv2.resize(sheet, (w, h), interpolation=cv2.INTER_AREA), np.float32) / np.float32(255)
        if rng.random() < 0.5:
            alpha = blurred(alpha, rng.uniform(0.3, 0.4 + 0.25 * canvas.scale))
        if rng.random() < 0.3:
            alpha = alpha * np.clip(1 + 0.3 * white(rng, h, w), 0, 1.3)
        canvas.paint(alpha * np.float32(opacity(rng)), textured(rng, ink(rng, canvas, polarity), h, w, 0.05))
