"""What has an area: flakes, lost patches, blotches, torn edges and corners, stains and rings, adhesive tape."""

from __future__ import annotations

import cv2
import numpy as np

from core.training.canvas import VISIBLE, VISIBLE_SOFT, Canvas, ink, opacity, textured
from core.training.strokes import anywhere
from core.training.textures import Field, Rng, blurred, cloud, octaves

VISIBLE_DYE = VISIBLE_SOFT - 0.01
"""Change from which a stain counts as seen."""


def blob(rng: Rng, radius: float, ragged: float, soft: float) -> Field:
    """Coverage (n, n) of a stretched, turned, ragged spot of about `radius` pixels; soft: width of its rim."""
    stretch = np.exp(rng.uniform(-0.6, 0.6))
    n = max(5, int(radius * 2 * max(stretch, 1 / stretch) * 1.5 + 2 * soft + 4))
    axis = np.arange(n, dtype=np.float32) - np.float32((n - 1) / 2 + rng.uniform(-0.5, 0.5))
    turn = rng.uniform(0, np.pi)
    c, s = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    x, y = axis[None, :], axis[:, None]
    u, v = (c * x + s * y) / np.float32(stretch), (c * y - s * x) * np.float32(stretch)
    power = float(rng.choice([2.0, 2.0, 1.2, 4.0]))  # round, diamond, box
    far = (np.abs(u) ** power + np.abs(v) ** power) ** np.float32(1 / power)
    inside = radius - far
    if ragged > 0 and n > 6:
        inside = inside + np.float32(ragged * radius) * octaves(rng, n, n, max(4.0, radius * rng.uniform(0.3, 1)), 4)
        edge = n / 2 - 1 - np.maximum(np.abs(x), np.abs(y))  # never cut by its own square
        inside = np.minimum(inside, edge)
    return np.asarray(np.clip(inside / np.float32(max(soft, 0.7)) + 0.5, 0, 1), np.float32)


def polygon(rng: Rng, radius: float) -> Field:
    """Coverage (n, n) of an angular chip with straight broken edges."""
    n = int(radius * 3 + 6)
    corners = int(rng.integers(3, 8))
    turn = np.sort(rng.uniform(0, 2 * np.pi, corners))
    r = radius * rng.uniform(0.5, 1.4, corners)
    points = np.stack([np.cos(turn) * r, np.sin(turn) * r], 1) * 4 + n * 2
    sheet = np.zeros((4 * n, 4 * n), np.uint8)
    cv2.fillPoly(sheet, [np.round(points).astype(np.int32)], 255)
    return np.asarray(cv2.resize(sheet, (n, n), interpolation=cv2.INTER_AREA), np.float32) * np.float32(1 / 255)


def filling(rng: Rng, canvas: Canvas, at: tuple[int, int], n: int, polarity: str = "") -> Field:
    """What is seen where the emulsion is gone (n, n, 3): paper, dirt, dye, or the picture itself much altered."""
    h, w = canvas.size
    if rng.random() < 0.2:
        y = int(np.clip(at[0] + rng.integers(-n, n + 1), 0, max(h - n, 0)))
        x = int(np.clip(at[1] + rng.integers(-n, n + 1), 0, max(w - n, 0)))
        part = blurred(canvas.image[y : y + n, x : x + n], rng.uniform(1, 6))
        if part.shape[0] == n and part.shape[1] == n:
            moved = part + np.float32(rng.choice([-1, 1]) * rng.uniform(0.15, 0.5))
            return np.asarray(np.clip(moved, 0, 1), np.float32)
    field = textured(rng, ink(rng, canvas, polarity), n, n, rng.uniform(0.01, 0.1))
    if rng.random() < 0.3:
        x_to, y_to = rng.normal(0, 0.1, 2)
        axis = np.linspace(-1, 1, n, dtype=np.float32)
        field = np.clip(field + (axis[None, :, None] * x_to + axis[:, None, None] * y_to), 0, 1)
    return np.asarray(field, np.float32)


def put_patch(canvas: Canvas, rng: Rng, radius: float, centre: tuple[float, float], polarity: str = "") -> None:
    """One lost patch: its hole, its rim, its inside."""
    soft = float(rng.choice([0.8, rng.uniform(1, 3), rng.uniform(2, 0.5 * radius + 2.5)]))
    shape = polygon(rng, radius) if rng.random() < 0.2 else blob(rng, radius, rng.uniform(0.05, 0.45), soft)
    n = shape.shape[0]
    at = (int(centre[1] - n / 2), int(centre[0] - n / 2))
    cover = np.float32(rng.choice([1.0, opacity(rng)]))
    if rng.random() < 0.3 and n > 8:  # the emulsion's broken edge, or the dirt that gathers there
        rim = np.clip(np.asarray(cv2.dilate(shape, np.ones((3, 3), np.uint8))) - shape * 0.7, 0, 1)
        canvas.paint(np.asarray(rim, np.float32) * cover, ink(rng, canvas), at)
    if rng.random() < 0.3 and n > 12:  # islands of picture left inside
        shape = shape * np.clip((octaves(rng, n, n, max(5.0, radius / 2), 3) + rng.uniform(0.5, 1.6)) * 3, 0, 1)
    canvas.paint(np.asarray(shape, np.float32) * cover, filling(rng, canvas, at, n, polarity), at)


def lost_patches(canvas: Canvas, rng: Rng) -> None:
    """One to three patches of 10 to 150 pixels, any tone."""
    for _ in range(1 + int(rng.poisson(0.6 * canvas.area**0.5))):
        radius = np.exp(rng.uniform(np.log(5), np.log(55)))
        put_patch(canvas, rng, float(radius), anywhere(rng, canvas, 0.05))


def flakes(canvas: Canvas, rng: Rng) -> None:
    """Many small flakes of one tone, in a swarm or scattered."""
    x, y = anywhere(rng, canvas, 0)
    reach = np.exp(rng.uniform(np.log(12), np.log(250)))
    middle = np.exp(rng.uniform(np.log(1.5), np.log(6))) * canvas.scale**0.5
    colour = ink(rng, canvas)
    for _ in range(int(np.exp(rng.uniform(0.7, 3.2)) * canvas.area**0.7) + 1):
        radius = float(np.clip(middle * np.exp(rng.normal(0, 0.5)), 0.9, 22))
        shape = polygon(rng, radius) if rng.random() < 0.3 else blob(rng, radius, rng.uniform(0.1, 0.5), 1.0)
        n = shape.shape[0]
        at = (int(y + rng.normal(0, reach) - n / 2), int(x + rng.normal(0, reach) - n / 2))
        own = np.clip(colour + rng.normal(0, 0.04), 0, 1).astype(np.float32)
        canvas.paint(shape * np.float32(rng.uniform(0.6, 1)), textured(rng, own, n, n, 0.05), at)


def blotches(canvas: Canvas, rng: Rng) -> None:
    """Soft, translucent spots: fingerprints' grease, foxing, mould, water drops."""
    polarity = str(rng.choice(["bright", "dark", ""]))
    colour = ink(rng, canvas, polarity)
    for _ in range(1 + int(rng.poisson(2.0 * canvas.area))):
        radius = float(np.exp(rng.uniform(np.log(2.5), np.log(28))) * canvas.scale**0.3)
        shape = blob(rng, radius, rng.uniform(0, 0.4), rng.uniform(0.3, 1.2) * radius)
        n = shape.shape[0]
        x, y = anywhere(rng, canvas, 0.05)
        own = textured(rng, np.clip(colour + rng.normal(0, 0.05), 0, 1).astype(np.float32), n, n, 0.05)
        limit = VISIBLE if radius < 8 else 0.075
        canvas.paint(shape * np.float32(rng.uniform(0.35, 0.95)), own, (int(y - n / 2), int(x - n / 2)), limit)


def torn(canvas: Canvas, rng: Rng) -> None:
    """A torn edge or corner: what lies beneath, and the white paper that the tear has bared."""
    h, w = canvas.size
    gy, gx = np.indices((h, w), dtype=np.float32)
    deep = np.exp(rng.uniform(np.log(5), np.log(0.3 * min(h, w))))
    if rng.random() < 0.6:
        slope = rng.uniform(0.4, 1.6)
        corner = gx + gy * np.float32(slope) - np.float32(deep * 1.6)
        d = corner / np.float32(np.hypot(1, slope))
    else:
        d = gy - np.float32(deep) * (1 + np.float32(0.8) * cloud(rng, h, w, rng.uniform(60, 250)))
    d = d + np.float32(rng.uniform(1, 5)) * octaves(rng, h, w, rng.uniform(10, 60), 5, 0.6)
    if rng.random() < 0.5:
        d = d[::-1]
    if rng.random() < 0.5:
        d = d[:, ::-1]
    if h == w and rng.random() < 0.5:
        d = d.T
    rim = np.float32(rng.choice([0.0, rng.uniform(1, 5), rng.uniform(3, 14)]) * canvas.scale**0.5)
    uneven = np.clip(1 + octaves(rng, h, w, 25, 4), 0, 3)
    alpha = np.clip(rim * uneven - d + np.float32(0.5), 0, 1)
    paper = textured(rng, ink(rng, canvas, "bright"), h, w, 0.06)
    canvas.paint(np.asarray(alpha, np.float32), paper)
    beneath = np.full(3, rng.choice([rng.uniform(0.85, 1), rng.uniform(0, 0.15), rng.uniform(0.2, 0.9)]), np.float32)
    if rng.random() < 0.5:
        beneath = ink(rng, canvas)
    field = textured(rng, beneath, h, w, rng.choice([0.002, 0.03]))
    canvas.paint(np.asarray(np.clip(np.float32(0.5) - d, 0, 1), np.float32), field)


def dyed(image: Field, depth: Field, dye: Field) -> Field:
    """The change of an image (h, w, 3) under a dye (3,) that lies `depth` (h, w) deep: dark in proportion to what is
    there.
    """
    return np.asarray(image * (np.exp(-depth[..., None] * 1.5 * dye) - 1), np.float32)


def stains(canvas: Canvas, rng: Rng, maps: list[Field]) -> None:
    """Stains: real ones (maps: float32, 1 = no change), tide marks, rings; they dye what they cover."""
    for _ in range(1 + int(rng.poisson(0.7 * canvas.area**0.5))):
        dye = np.array([rng.uniform(0.2, 0.9), rng.uniform(0.5, 1.0), rng.uniform(0.7, 1.3)], np.float32)
        if rng.random() < 0.4:
            dye[:] = 1
        x, y = anywhere(rng, canvas, 0.05)
        draw = rng.random()
        if draw < 0.45:
            sheet = maps[int(rng.integers(len(maps)))]
            size = int(np.exp(rng.uniform(np.log(30), np.log(200))))
            depth = np.asarray(cv2.resize(1 - sheet, (size, size), interpolation=cv2.INTER_LINEAR), np.float32)
            depth = np.rot90(depth, int(rng.integers(4))) * np.float32(rng.uniform(0.8, 2.5))
        elif draw < 0.8:  # a puddle, and the rim it left when it dried
            radius = np.exp(rng.uniform(np.log(10), np.log(90)))
            puddle = blob(rng, float(radius), rng.uniform(0.05, 0.3), rng.uniform(1.5, 8))
            edge = np.clip(blurred(puddle, 1.0) - blurred(puddle, rng.uniform(2, 5)), 0, 1)
            inner, outer = float(rng.choice([0.0, rng.uniform(0.05, 0.3)])), rng.uniform(0.4, 2)
            depth = puddle * np.float32(inner) + edge * np.float32(outer)
        else:  # a ring
            radius = rng.uniform(12, 90)
            n = int(2 * radius + 24)
            axis = np.arange(n, dtype=np.float32) - n / 2
            far = np.hypot(axis[None, :], axis[:, None]) + rng.uniform(0.3, 2) * cloud(rng, n, n, 25)
            half = rng.uniform(1, 6)
            depth = np.exp(-(((far - radius) / half) ** 2)) * np.clip(0.6 + 0.6 * octaves(rng, n, n, 30, 3), 0, 1.2)
            depth = depth * rng.uniform(0.15, 0.6)
        depth = np.asarray(depth, np.float32)
        n, m = depth.shape
        at = (int(y - n / 2), int(x - m / 2))
        window, part = canvas.window(at, depth.shape)
        if window is None:
            continue
        depth = depth[part]
        if rng.random() < 0.72:
            delta = dyed(canvas.image[window], depth, dye)
        else:  # bleaching
            delta = (1 - canvas.image[window]) * (1 - np.exp(-depth[..., None] * 1.5))
        corner = (max(at[0], 0), max(at[1], 0))
        canvas.shade(np.asarray(delta, np.float32), corner, visible=VISIBLE_DYE)


def tapes(canvas: Canvas, rng: Rng) -> None:
    """A strip of adhesive tape or two, or what it left: straight sides, ragged ends, yellow to brown, darkest along its
    edges; sometimes the emulsion has come off with it.
    """
    h, w = canvas.size
    gy, gx = np.indices((h, w), dtype=np.float32)
    dye = np.array([rng.uniform(0.1, 0.6), rng.uniform(0.4, 0.9), rng.uniform(0.8, 1.4)], np.float32)
    for _ in range(1 + int(rng.random() < 0.3)):
        x, y = anywhere(rng, canvas, 0.05)
        turn = rng.choice([0, np.pi / 2]) + rng.normal(0, 0.05) if rng.random() < 0.5 else rng.uniform(0, np.pi)
        c, s = np.float32(np.cos(turn)), np.float32(np.sin(turn))
        half = np.float32(np.exp(rng.uniform(np.log(6), np.log(40))) * canvas.scale**0.3)
        along, across = (gx - x) * c + (gy - y) * s, (gy - y) * c - (gx - x) * s
        side = half - np.abs(across) + np.float32(rng.uniform(0, 1.2)) * octaves(rng, h, w, 20, 3)
        end = half * rng.uniform(1.5, 9) - np.abs(along) + np.float32(rng.uniform(0.3, 6)) * octaves(rng, h, w, 12, 4)
        inside = np.minimum(side, end)
        shape = np.clip(inside / np.float32(rng.uniform(0.7, 3)) + 0.5, 0, 1)
        rim = np.exp(-((inside / np.float32(rng.uniform(1.5, 7))) ** 2)) * shape
        uneven = np.clip(1 + np.float32(rng.uniform(0, 0.6)) * octaves(rng, h, w, 30, 4), 0, 2)
        depth = (shape * np.float32(rng.uniform(0.1, 0.7)) + rim * np.float32(rng.uniform(0, 0.8))) * uneven
        canvas.shade(dyed(canvas.image, depth, dye), visible=VISIBLE_DYE)
        if rng.random() < 0.3:
            bared = np.clip((octaves(rng, h, w, rng.uniform(10, 60), 4) - rng.uniform(-0.3, 1.2)) * 8, 0, 1)
            canvas.paint(np.asarray(shape * bared, np.float32), textured(rng, ink(rng, canvas, "bright"), h, w, 0.06))
