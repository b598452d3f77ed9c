"""Damage drawn with Pillow, for measuring only: it shares no code and no design with the generator trained on.

Every kind is a function (rng, canvas) -> layers to be laid over the photograph in their order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

Array = npt.NDArray[np.float32]
Rgb = tuple[float, float, float]

FINE = 4  # strokes are drawn this much larger, then reduced
BLACK: Rgb = (0, 0, 0)
BEDS: tuple[Rgb, ...] = ((250, 250, 248), (20, 20, 22), (128, 126, 122), (196, 178, 146))
"""What a print may have lain on when it was scanned."""
UNLIKE = 45.0  # of 255; how far what shows in a loss is from what was there, so that it is seen


@dataclass(frozen=True)
class Canvas:
    """What damage is drawn for.

    width, height: pixels. unit: pixels of about a sixhundredth of the photo's side. paper: the print's base, 0..255.
    grey: the photograph's luminance, float32 (H, W), 0..255.
    """

    width: int
    height: int
    unit: float
    paper: Rgb
    grey: Array

    @property
    def shape(self) -> tuple[int, int]:
        return self.height, self.width


@dataclass(frozen=True)
class Layer:
    """cover: how much it hides, float32 (H, W), 0..1. colour: of all of it, or float32 (H, W, 3), 0..255."""

    cover: Array
    colour: Rgb | Array


def over(image: Array, layers: list[Layer]) -> Array:
    """An image, float32 (H, W, 3), under the layers."""
    for layer in layers:
        image = image + layer.cover[..., None] * (np.asarray(layer.colour, np.float32) - image)
    return image


def union(layers: list[Layer], shape: tuple[int, int]) -> Array:
    """How much all layers hide together, float32 (H, W), 0..1."""
    left = np.ones(shape, np.float32)
    for layer in layers:
        left *= 1 - layer.cover
    return 1 - left


def clouds(rng: np.random.Generator, shape: tuple[int, int], size: float, octaves: int = 3) -> Array:
    """Smooth noise, float32 (H, W), mean 0, deviation 1; the largest lumps are `size` pixels."""
    height, width = shape
    total = np.zeros(shape, np.float32)
    for octave in range(octaves):
        step = max(size / 2**octave, 1.0)
        few = rng.standard_normal((int(height / step) + 3, int(width / step) + 3)).astype(np.float32)
        total += np.asarray(Image.fromarray(few).resize((width, height), Image.Resampling.BICUBIC)) / 2**octave
    return np.asarray((total - total.mean()) / (total.std() + 1e-6), np.float32)


def waves(rng: np.random.Generator, count: int, lumps: float) -> Array:
    """Smooth noise along a line, float32 (count,), about -1..1, with so many lumps."""
    knots = rng.uniform(-1, 1, max(int(lumps), 1) + 2)
    values = np.interp(np.linspace(0, len(knots) - 1, count), np.arange(len(knots)), knots)
    return np.asarray(values, np.float32)


def softened(cover: Array, radius: float) -> Array:
    """A cover blurred, float32 (H, W), 0..1."""
    return unpacked(packed(cover).filter(ImageFilter.GaussianBlur(radius)))


def shifted(cover: Array, dx: float, dy: float) -> Array:
    """Moved by so many pixels; nothing comes in."""
    image = packed(cover)
    moved = image.transform(image.size, Image.Transform.AFFINE, (1, 0, -dx, 0, 1, -dy), Image.Resampling.BILINEAR)
    return unpacked(moved)


def packed(cover: Array) -> Image.Image:
    """0..1 as a grey picture."""
    return Image.fromarray(np.rint(255 * np.clip(cover, 0, 1)).astype(np.uint8))


def unpacked(image: Image.Image) -> Array:
    return np.asarray(np.asarray(image, np.float32) / 255, np.float32)


class Pen:
    """A cover to draw strokes and spots on, in pixels of the photo, finer than its pixels."""

    def __init__(self, canvas: Canvas) -> None:
        self._image = Image.new("L", (canvas.width * FINE, canvas.height * FINE))
        self._draw = ImageDraw.Draw(self._image)

    def stroke(self, points: Array, widths: Array, inks: Array) -> None:
        """points (n, 2), x and y; widths (n,), pixels; inks (n,), 0..1, none where it is 0."""
        at = points * FINE
        for k in range(len(at) - 1):
            ink = round(255 * float(np.clip(inks[k], 0, 1)))
            if ink:
                wide = max(float(widths[k]) * FINE, 1.0)
                self._draw.line([tuple(at[k]), tuple(at[k + 1])], fill=ink, width=round(wide))
                if wide > 4:
                    x, y = at[k]
                    self._draw.ellipse((x - wide / 2, y - wide / 2, x + wide / 2, y + wide / 2), fill=ink)

    def spot(self, outline: Array, ink: float) -> None:
        """A filled outline (n, 2)."""
        self._draw.polygon([tuple(point) for point in outline * FINE], fill=round(255 * ink))

    def cover(self) -> Array:
        return unpacked(self._image.reduce(FINE))


def pale(rng: np.random.Generator, canvas: Canvas) -> Rgb:
    """The print's base laid bare, or light through a scratched negative."""
    light = rng.uniform(0.93, 1.06)
    r, g, b = (min(value * light, 255.0) for value in canvas.paper)
    return r, g, b


def dark(rng: np.random.Generator, canvas: Canvas) -> Rgb:
    """Dirt, ink, shadow; in the tone of the print."""
    r, g, b = rng.uniform(8, 60) * np.array(canvas.paper) / np.max(canvas.paper) * [1, *rng.uniform(0.88, 1, 2)]
    return float(r), float(g), float(b)


def either(rng: np.random.Generator, canvas: Canvas, bright: float) -> Rgb:
    """Pale with this probability, else dark."""
    return pale(rng, canvas) if rng.random() < bright else dark(rng, canvas)


def walk(
    rng: np.random.Generator, start: tuple[float, float], heading: float, length: float, bend: float, curl: float
) -> Array:
    """A line's points (n, 2), two pixels apart. bend: radians it turns in all. curl: radians it turns to and fro."""
    count = max(int(length / 2), 3)
    turned = bend * np.linspace(-0.5, 0.5, count) + curl * waves(rng, count, 2 + length / 45)
    steps = 2 * np.stack([np.cos(heading + turned), np.sin(heading + turned)], 1)
    return np.asarray(np.array(start) + np.cumsum(steps, 0), np.float32)


def somewhere(rng: np.random.Generator, canvas: Canvas) -> tuple[float, float]:
    return rng.uniform(0, canvas.width), rng.uniform(0, canvas.height)


def strength(rng: np.random.Generator) -> float:
    """How much of what lies below is hidden at most: faint to all."""
    return float(rng.uniform(0.28, 1.0))


def toothed(rng: np.random.Generator, cover: Array, rough: float) -> Array:
    """A cover worn by the paper's tooth."""
    tooth = clouds(rng, cover.shape[:2], 2.5, 2)
    return np.asarray(cover * np.clip(1 - rough * (0.5 + 0.8 * tooth), 0, 1), np.float32)


def tapered(count: int, sharp: float) -> Array:
    """1 in the middle, 0 at the ends, float32 (count,)."""
    return np.asarray(np.sin(np.pi * np.linspace(0.02, 0.98, count)) ** sharp, np.float32)


def scratches(rng: np.random.Generator, canvas: Canvas, amount: float) -> list[Layer]:
    """Drawn out by grit: near straight, tapering, with gaps, often some beside each other."""
    layers = []
    for _ in range(2 + round(rng.uniform(2, 8) * amount)):
        pen = Pen(canvas)
        heading = rng.choice([np.pi / 2, 0.0, rng.uniform(0, np.pi)]) + rng.normal(0, 0.2)
        length = canvas.unit * np.exp(rng.uniform(np.log(40), np.log(600)))
        x, y = somewhere(rng, canvas)
        width, ink = float(np.exp(rng.uniform(np.log(0.9), np.log(6.5)))), strength(rng)
        together = int(rng.choice([1, 1, 1, 2, 4]))
        for _ in range(together):
            start = (
                x - np.cos(heading) * length / 2 + rng.normal(0, 7) * (together > 1),
                y - np.sin(heading) * length / 2 + rng.normal(0, 7) * (together > 1),
            )
            own = length * rng.uniform(0.4, 1) if together > 1 else length
            points = walk(rng, start, heading + rng.normal(0, 0.03), own, rng.normal(0, 0.25), 0.04)
            n = len(points)
            widths = width * rng.uniform(0.5, 1) * (0.35 + 0.65 * tapered(n, 0.6)) * (1 + 0.3 * waves(rng, n, n / 8))
            inks = ink * (0.75 + 0.25 * waves(rng, n, n / 10)) * tapered(n, 0.3)
            gaps = waves(rng, n, n / 14) < rng.uniform(-1.2, -0.2)
            pen.stroke(points, widths, np.where(gaps, 0, inks))
        cover = toothed(rng, pen.cover(), rng.uniform(0, 0.5))
        bright = rng.random() < 0.6
        if bright and width > 1.8:
            layers.append(Layer(0.45 * shifted(cover, 1.2, 1.2), BLACK))
        layers.append(Layer(cover, pale(rng, canvas) if bright else dark(rng, canvas)))
    return layers


def hairs(rng: np.random.Generator, canvas: Canvas, amount: float) -> list[Layer]:
    """Hairs that lay on the glass or on the negative, and coils of lint."""
    layers = []
    for _ in range(1 + round(rng.uniform(2, 6) * amount)):
        pen = Pen(canvas)
        lint = rng.random() < 0.5
        if lint:
            length, width, bend = rng.uniform(25, 110), rng.uniform(0.8, 1.7), rng.normal(0, 4)
        else:
            length, width, bend = rng.uniform(70, 340), rng.uniform(1.0, 2.4), rng.normal(0, 2.2)
        points = walk(
            rng,
            somewhere(rng, canvas),
            rng.uniform(0, 7),
            length * canvas.unit,
            bend,
            rng.uniform(0.9, 2.2) if lint else rng.uniform(0.2, 0.8),
        )
        n = len(points)
        widths = width * (0.8 + 0.2 * waves(rng, n, 5)) * (0.6 + 0.4 * tapered(n, 0.5))
        pen.stroke(points, widths, strength(rng) * (0.85 + 0.15 * waves(rng, n, n / 12)))
        cover = softened(pen.cover(), rng.uniform(0.2, 0.7))
        layers.append(Layer(np.clip(1.25 * cover, 0, 1), either(rng, canvas, 0.55)))
    return layers


def ragged(rng: np.random.Generator, at: tuple[float, float], radius: float, long: float) -> Array:
    """The outline of a crumb (n, 2); `long` times as long as wide."""
    angles = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(6, 12))))
    far = radius * rng.uniform(0.55, 1.25, len(angles))
    x, y = far * np.cos(angles) * long**0.5, far * np.sin(angles) / long**0.5
    turn = rng.uniform(0, np.pi)
    points = [x * np.cos(turn) - y * np.sin(turn) + at[0], x * np.sin(turn) + y * np.cos(turn) + at[1]]
    return np.asarray(np.stack(points, 1), np.float32)


def dust(rng: np.random.Generator, canvas: Canvas, amount: float) -> list[Layer]:
    """Specks, thicker in some places, of two colours at most."""
    layers = []
    bright = rng.choice([0.1, 0.5, 0.9])
    for _ in range(2):
        pen = Pen(canvas)
        places = [somewhere(rng, canvas) for _ in range(3)]
        for _ in range(round(rng.uniform(20, 110) * amount)):
            x, y = somewhere(rng, canvas)
            if rng.random() < 0.4:
                x, y = np.array(places[rng.integers(3)]) + rng.normal(0, 45, 2)
            radius = min(float(rng.lognormal(0.3, 0.5)), 5.0)
            pen.spot(ragged(rng, (x, y), radius, rng.choice([1.0, 1.5, 3.0])), strength(rng) ** 0.7)
        layers.append(Layer(softened(pen.cover(), rng.uniform(0.2, 0.6)), either(rng, canvas, bright)))
    return layers


def cracks(rng: np.random.Generator, canvas: Canvas, amount: float) -> list[Layer]:
    """Broken emulsion or glass: angular lines that fork, from the border or from a blow; often with a lip."""
    layers = []
    for _ in range(1 + round(rng.uniform(0, 2.4) * amount)):
        pen, width, ink = Pen(canvas), float(rng.uniform(1.0, 3.4)), rng.uniform(0.5, 1.0)
        from_border = rng.random() < 0.6
        x, y = somewhere(rng, canvas)
        middle = np.arctan2(canvas.height / 2 - y, canvas.width / 2 - x)
        if from_border:
            x, y = [(x, 0.0), (x, canvas.height - 1.0), (0.0, y), (canvas.width - 1.0, y)][rng.integers(4)]
            middle = np.arctan2(canvas.height / 2 - y, canvas.width / 2 - x)
        arms = 1 if from_border else int(rng.integers(2, 5))
        open_ends = [
            ((x, y), middle + rng.normal(0, 0.4) + 2 * np.pi * arm / arms, width, rng.uniform(90, 420) * canvas.unit)
            for arm in range(arms)
        ]
        while open_ends:
            at, heading, wide, left = open_ends.pop()
            points, widths = [at], []
            while left > 0 and wide > 0.35:
                step = rng.uniform(3, 15)
                turn = rng.normal(0, 0.42)
                at = (at[0] + step * np.cos(heading + turn), at[1] + step * np.sin(heading + turn))
                points.append(at)
                widths.append(wide * rng.uniform(0.5, 1.25))
                heading, left, wide = heading + 0.25 * turn, left - step, wide * rng.uniform(0.96, 1.0)
                if rng.random() < 0.07 and left > 30:
                    side = rng.choice([-1, 1]) * rng.uniform(0.45, 1.25)
                    open_ends.append((at, heading + side, 0.7 * wide, rng.uniform(0.25, 0.7) * left))
            if widths:
                pen.stroke(
                    np.array(points, np.float32),
                    np.array([*widths, 0.5], np.float32),
                    np.full(len(points), ink, np.float32),
                )
        cover = toothed(rng, pen.cover(), rng.uniform(0, 0.35))
        if rng.random() < 0.5:
            layers.append(Layer(rng.uniform(0.3, 0.6) * shifted(cover, *rng.choice([-1.3, 1.3], 2)), pale(rng, canvas)))
            layers.append(Layer(cover, dark(rng, canvas)))
        else:
            layers.append(Layer(cover, either(rng, canvas, 0.8)))
    return layers


def creases(rng: np.random.Generator, canvas: Canvas, amount: float) -> list[Layer]:
    """Folds: a ridge from border to border or across a corner, one side in shade, worn to the paper in places."""
    layers = []
    width, height = canvas.width, canvas.height
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    for _ in range(1 + round(rng.uniform(0, 2) * amount)):
        across = rng.integers(3)
        if across == 0:
            at, heading = (rng.uniform(0.2, 0.8) * width, height / 2), np.pi / 2 + rng.normal(0, 0.1)
        elif across == 1:
            at, heading = (width / 2, rng.uniform(0.2, 0.8) * height), rng.normal(0, 0.1)
        else:
            cut = rng.uniform(0.12, 0.4)
            corner = rng.integers(0, 2, 2)
            at = ((cut if corner[0] else 1 - cut) * width, (cut if corner[1] else 1 - cut) * height)
            heading = (-1 if corner[0] == corner[1] else 1) * rng.uniform(0.5, 1.0)
        along = (x - at[0]) * np.cos(heading) + (y - at[1]) * np.sin(heading)
        reach = int(np.hypot(width, height)) + 2
        place = np.clip(along + reach, 0, 2 * reach - 1).astype(int)
        aside = (y - at[1]) * np.cos(heading) - (x - at[0]) * np.sin(heading)
        aside = aside + (rng.uniform(0.5, 2.5) * waves(rng, 2 * reach, reach / 40))[place]
        aside = aside + 0.4 * clouds(rng, canvas.shape, 12, 3)
        ends = along * rng.choice([-1, 1]) < rng.uniform(0.1, 2.0) * reach / 2
        ink = strength(rng) * np.clip(0.75 + 0.6 * waves(rng, 2 * reach, reach / 25), 0, 1)[place] * ends
        wide = rng.uniform(0.5, 2.0)
        ridge = np.exp(-0.5 * (aside / wide) ** 2).astype(np.float32)
        shade = np.exp(-np.abs(aside) / rng.uniform(2, 5)) * (aside * rng.choice([-1, 1]) > 0)
        bright = rng.random() < 0.65
        tone = BLACK if bright else canvas.paper
        layers.append(Layer(softened(np.asarray(rng.uniform(0.1, 0.4) * ink * shade, np.float32), 0.6), tone))
        layers.append(Layer(np.asarray(ink * ridge, np.float32), pale(rng, canvas) if bright else dark(rng, canvas)))
        if rng.random() < 0.6:
            worn = clouds(rng, canvas.shape, 14, 4) - np.abs(aside) / rng.uniform(1.5, 3.5)
            chips = np.clip(3 * (worn - rng.uniform(0.1, 0.9)), 0, 1) * (ink > 0.1)
            layers.append(Layer(np.asarray(rng.uniform(0.7, 1) * chips, np.float32), pale(rng, canvas)))
    return layers


def bases(rng: np.random.Generator, canvas: Canvas) -> list[Rgb]:
    """What may show where the emulsion is gone, first what does in this photo: paper, dark ground, board."""
    board: Rgb = (168, 138, 100)
    choice = [pale(rng, canvas), dark(rng, canvas), board]
    return [choice[k] for k in rng.choice(3, 3, replace=False, p=[0.6, 0.25, 0.15])]


def unlike(choice: list[Rgb], canvas: Canvas, cover: Array) -> tuple[Rgb, bool]:
    """The first that is not like what it covers, so that it is seen; whether it is lighter."""
    was = float((canvas.grey * cover).sum() / max(float(cover.sum()), 1.0))
    found = [base for base in choice if abs(np.mean(base) - was) > UNLIKE] or choice
    return found[0], float(np.mean(found[0])) > was


def mottled(rng: np.random.Generator, canvas: Canvas, base: Rgb) -> Array:
    """A bare ground, float32 (H, W, 3)."""
    mottle = 5 * clouds(rng, canvas.shape, 40, 5) + rng.normal(0, 2.5, canvas.shape)
    return np.asarray(np.clip(np.array(base) + mottle[..., None], 0, 255), np.float32)


def lost_patches(rng: np.random.Generator, canvas: Canvas, amount: float) -> list[Layer]:
    """Emulsion come off in pieces with ragged outlines, a step at the edge, crumbs around."""
    layers: list[Layer] = []
    choice = bases(rng, canvas)
    x, y = np.meshgrid(np.arange(canvas.width, dtype=np.float32), np.arange(canvas.height, dtype=np.float32))
    for _ in range(2 + round(rng.uniform(1, 8) * amount)):
        radius = canvas.unit * float(np.exp(rng.uniform(np.log(7), np.log(75))))
        at = somewhere(rng, canvas)
        if rng.random() < 0.35:
            at = (
                (rng.choice([0, canvas.width]), at[1])
                if rng.random() < 0.5
                else (at[0], rng.choice([0, canvas.height]))
            )
        turn, long = rng.uniform(0, np.pi), rng.uniform(1, 2.4)
        u = ((x - at[0]) * np.cos(turn) + (y - at[1]) * np.sin(turn)) / long**0.5
        v = ((y - at[1]) * np.cos(turn) - (x - at[0]) * np.sin(turn)) * long**0.5
        angle, far = np.arctan2(v, u), np.hypot(u, v)
        outline = np.ones(canvas.shape, np.float32)
        for k in range(1, 9):
            outline += 0.28 / k * rng.normal() * np.cos(k * angle + rng.uniform(0, 7))
        frayed = rng.uniform(0.12, 0.34) * clouds(rng, canvas.shape, 0.6 * radius + 4, 5)
        inside = np.maximum(outline, 0.25) - far / radius + frayed * np.exp(-0.5 * (far / radius - 1) ** 2 / 0.16)
        cover = np.clip(inside * radius * 0.8 + 0.5, 0, 1).astype(np.float32)
        if cover.sum() < 12:
            continue
        base, light = unlike(choice, canvas, cover)
        dx, dy = rng.uniform(0.8, 2.2) * np.array([np.cos(turn), np.sin(turn)])
        edge = np.clip(shifted(cover, dx, dy) - cover, 0, 1)
        layers.append(Layer(rng.uniform(0.3, 0.8) * edge, BLACK if light else canvas.paper))
        worn = toothed(rng, cover, rng.uniform(0.1, 0.4)) if rng.random() < 0.2 else cover
        layers.append(Layer(rng.uniform(0.8, 1.0) * worn, mottled(rng, canvas, base)))
        if rng.random() < 0.7:
            step = np.clip(cover - shifted(cover, dx, dy), 0, 1)
            layers.append(Layer(rng.uniform(0.2, 0.6) * step, BLACK))
    return layers


def torn_corners(rng: np.random.Generator, canvas: Canvas, amount: float) -> list[Layer]:
    """Corners, or bites of a border, torn off: what the print lay on, then a strip of the paper's torn inside."""
    width, height = canvas.width, canvas.height
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    inside = []
    for corner in rng.permutation(4)[: 1 + round(rng.uniform(0, 1.6) * amount)]:
        u, v = (x if corner % 2 else width - 1 - x), (y if corner // 2 else height - 1 - y)
        a, b = rng.uniform(0.06, 0.3) * width, rng.uniform(0.06, 0.3) * height
        if rng.random() < 0.3:
            middle, half = rng.uniform(0.3, 0.7) * height, rng.uniform(0.05, 0.16) * height
            left = (1 - np.abs(v - middle) / half - 2 * u / a) * 0.5 * min(half, a)
        else:
            left = (1 - u / a - v / b) / np.hypot(1 / a, 1 / b)
        left = left + rng.uniform(3, 8) * clouds(rng, canvas.shape, 70, 6)
        inside.append(left + rng.uniform(0.5, 1.5) * clouds(rng, canvas.shape, 12, 3))
    gone = [np.clip(left + 0.5, 0, 1).astype(np.float32) for left in inside]
    bed, _ = unlike([BEDS[k] for k in rng.permutation(len(BEDS))], canvas, np.max(gone, 0))
    layers = []
    for left, cover in zip(inside, gone, strict=True):
        strip = rng.uniform(2, 7) * (1 + 0.5 * clouds(rng, canvas.shape, 30, 3)) + clouds(rng, canvas.shape, 3, 2)
        torn = np.clip(left + np.maximum(strip, 0) + 0.5, 0, 1).astype(np.float32)
        fibres = np.clip(np.array(pale(rng, canvas)) + 6 * clouds(rng, canvas.shape, 4, 3)[..., None], 0, 255)
        layers.append(Layer(torn, fibres.astype(np.float32)))
        layers.append(Layer(np.clip(0.5 * softened(cover, 2) * (1 - cover), 0, 1), BLACK))
        grounds = np.array(bed) + rng.normal(0, 1.5, canvas.shape)[..., None]
        layers.append(Layer(cover, np.clip(grounds, 0, 255).astype(np.float32)))
    return layers


KINDS: dict[str, Callable[[np.random.Generator, Canvas, float], list[Layer]]] = {
    "foreign scratches": scratches,
    "foreign hairs": hairs,
    "foreign dust": dust,
    "foreign cracks": cracks,
    "foreign creases": creases,
    "foreign lost patches": lost_patches,
    "foreign torn corners": torn_corners,
}
"""All kinds: (rng, canvas, how much of it, 0..1) -> layers."""
LINES = ("foreign creases", "foreign cracks", "foreign scratches", "foreign hairs", "foreign dust")
"""In the order in which they come over a print."""
PATCHES = ("foreign lost patches", "foreign torn corners")
