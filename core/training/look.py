"""How an old photograph and its scan look apart from damage: toned, faded, grainy, soft, framed, compressed."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from core.color import LUMA
from core.training.textures import Bytes, Field, Rng, blurred, cloud, grain, octaves


@dataclass
class Look:
    """What was decided for one photo. colour: "colour", "toned" (a colour scan of a grey photo), "grey"."""

    colour: str
    scanned: bool  # False: the photo as it is, nothing added at all
    scale: float
    grain: float  # deviation of the grain after the damage
    softness: float  # sigma of the blur after the damage


def choose_look(rng: Rng, scale: float) -> Look:
    """Half grey or toned; one photo in five exactly as the camera left it."""
    draw = rng.random()
    colour = "colour" if draw < 0.47 else "grey" if draw < 0.76 else "toned"
    level = float(np.exp(rng.uniform(np.log(0.002), np.log(0.04)))) if rng.random() < 0.8 else 0.0
    softness = float(rng.uniform(0.3, 0.4 + 0.25 * scale)) if rng.random() < 0.35 else 0.0
    return Look(colour, bool(rng.random() < 0.8), scale, level, softness)


def to_grey(rng: Rng, image: Field) -> Field:
    """Grey (H, W, 3) by weights that vary: orthochromatic plates hardly saw red."""
    weights = LUMA if rng.random() < 0.5 else rng.dirichlet([2.0, 3.0, 2.0]).astype(np.float32)
    return np.repeat((image @ weights)[..., None], 3, 2)


def toned(rng: Rng, grey: Field) -> Field:
    """A grey image (H, W, 3) between a tinted black and a tinted white: sepia, selenium, albumen, cyanotype, faded."""
    t = grey[..., :1]
    kind = rng.random()
    if kind < 0.6:  # sepia, albumen
        white = np.array([rng.uniform(0.82, 1), rng.uniform(0.74, 0.95), rng.uniform(0.5, 0.85)])
        black = np.array([rng.uniform(0.05, 0.32), rng.uniform(0.03, 0.2), rng.uniform(0, 0.12)])
    elif kind < 0.75:  # selenium
        white = np.array([1, rng.uniform(0.94, 1), rng.uniform(0.92, 1)]) * rng.uniform(0.88, 1)
        black = np.array([rng.uniform(0.08, 0.2), rng.uniform(0.03, 0.1), rng.uniform(0.06, 0.2)])
    elif kind < 0.85:  # cyanotype
        white = np.array([rng.uniform(0.75, 0.95), rng.uniform(0.85, 1), 1.0])
        black = np.array([rng.uniform(0, 0.1), rng.uniform(0.08, 0.2), rng.uniform(0.2, 0.45)])
    else:
        white, black = rng.uniform(0.8, 1, 3), rng.uniform(0, 0.15, 3)
    bend = rng.uniform(-0.035, 0.035, 3) * 4 * t * (1 - t)
    return np.asarray(black + (white - black) * t + bend, np.float32)


def faded(rng: Rng, image: Field) -> Field:
    """Less contrast, a cast, unevenly over the picture."""
    h, w = image.shape[:2]
    low = rng.uniform(0, 0.2) + rng.normal(0, 0.03, 3)
    high = rng.uniform(0.72, 1.0) + rng.normal(0, 0.05, 3)
    image = np.asarray(low + image * (high - low), np.float32)
    if rng.random() < 0.4:
        uneven = np.float32(rng.uniform(0.02, 0.07)) * cloud(rng, h, w, max(h, w) * rng.uniform(0.4, 1))
        image = image + uneven[..., None] * np.array([1, rng.uniform(0.6, 1), rng.uniform(0.3, 1)], np.float32)
    return np.asarray(image, np.float32)


def vignette(rng: Rng, image: Field) -> Field:
    """A part of a lens's fall-off: darker, or by fading lighter, to one side."""
    h, w = image.shape[:2]
    cy, cx = rng.uniform(-0.3, 1.3) * h, rng.uniform(-0.3, 1.3) * w
    y, x = np.arange(h, dtype=np.float32)[:, None] - cy, np.arange(w, dtype=np.float32)[None, :] - cx
    far = (x * x + y * y) / np.float32((1.2 * max(h, w)) ** 2)
    amount = np.float32(rng.uniform(0.05, 0.5))
    if rng.random() < 0.75:
        return np.asarray(image * (1 - amount * np.clip(far, 0, 1.2))[..., None], np.float32)
    return np.asarray(image + (1 - image) * (amount * np.clip(far, 0, 1))[..., None], np.float32)


def halftone(rng: Rng, image: Field) -> Field:
    """A printed screen: dots whose area gives the tone."""
    h, w = image.shape[:2]
    pitch, angle = rng.uniform(2.6, 6), rng.uniform(0, np.pi / 2)
    y, x = np.indices((h, w), dtype=np.float32)
    u = (x * np.cos(angle) + y * np.sin(angle)) * (2 * np.pi / pitch)
    v = (y * np.cos(angle) - x * np.sin(angle)) * (2 * np.pi / pitch)
    screen = ((np.cos(u) + np.cos(v)) / 4 + 0.5)[..., None]
    dots = np.clip((blurred(image, pitch / 3) - screen) * rng.uniform(2, 6) + 0.5, 0, 1)
    return np.asarray(image + (dots - image) * rng.uniform(0.2, 0.7), np.float32)


def framed(rng: Rng, image: Field) -> Field:
    """A straight border at one side or two: the print's white one, an album page, the scanner's lid. Not damage."""
    h, w = image.shape[:2]
    tone = float(rng.choice([rng.uniform(0.85, 1), rng.uniform(0.85, 1), rng.uniform(0, 0.12), rng.uniform(0.2, 0.8)]))
    colour = np.full(3, tone) * np.array([1, rng.uniform(0.93, 1), rng.uniform(0.8, 1)])
    y, x = np.arange(h, dtype=np.float32)[:, None], np.arange(w, dtype=np.float32)[None, :]
    d = np.full((h, w), 1e6, np.float32)
    for side in rng.permutation(4)[: 1 + int(rng.random() < 0.45)]:
        deep, tilt = rng.uniform(4, 0.22 * min(h, w)), rng.normal(0, 0.008)
        edge = [y + tilt * x, h - y + tilt * x, x + tilt * y, w - x + tilt * y][int(side)]
        d = np.minimum(d, edge - np.float32(deep))
    if rng.random() < 0.15:  # deckled
        d = d + np.float32(1.5) * cloud(rng, h, w, rng.uniform(4, 9))
    alpha = np.clip(np.float32(0.5) - d / np.float32(rng.uniform(0.7, 2.5)), 0, 1)[..., None]
    page = colour.astype(np.float32) + np.float32(rng.uniform(0.001, 0.02)) * octaves(rng, h, w, 30, 5)[..., None]
    image = np.asarray(image + alpha * (page - image), np.float32)
    if rng.random() < 0.3:  # a ruled line round the picture
        line = np.exp(-(((d - rng.uniform(-8, 6)) / rng.uniform(0.5, 1.5)) ** 2))[..., None]
        image = np.asarray(image + line * np.float32(rng.uniform(0.3, 1)) * (rng.uniform(0, 1) - image), np.float32)
    return image


def papered(rng: Rng, image: Field, papers: list[Field]) -> Field:
    """The texture of the paper, photographed (zero mean, unit deviation), or made."""
    h, w = image.shape[:2]
    if papers and rng.random() < 0.6:
        sheet = papers[int(rng.integers(len(papers)))]
        zoom = rng.uniform(0.4, 1.3)
        sheet = np.asarray(cv2.resize(sheet, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA), np.float32)
        ry, rx = h // sheet.shape[0] + 2, w // sheet.shape[1] + 2
        y, x = int(rng.integers(sheet.shape[0])), int(rng.integers(sheet.shape[1]))
        texture = np.tile(sheet, (ry, rx))[y : y + h, x : x + w]
    else:
        texture = octaves(rng, h, w, rng.uniform(2, 12), 3)
    return np.asarray(image + np.float32(rng.uniform(0.004, 0.035)) * texture[..., None], np.float32)


def grainy(rng: Rng, image: Field, level: float, size: float) -> Field:
    """Grain: strongest in the middle tones, of one colour or of three."""
    h, w = image.shape[:2]
    noise = grain(rng, h, w, size)[..., None]
    if rng.random() < 0.35:
        noise = np.dstack([noise] + [grain(rng, h, w, size * rng.uniform(0.7, 1.3)) for _ in range(2)])
    middle = 0.45 + 2.2 * image * (1 - image) if rng.random() < 0.7 else np.float32(1)
    return np.asarray(image + np.float32(level) * middle * noise, np.float32)


def focused(rng: Rng, image: Field) -> Field:
    """Sharp in one place and soft in another, as lenses draw: what is sharper than its surroundings is no damage."""
    h, w = image.shape[:2]
    side = cloud(rng, h, w, max(h, w) * rng.uniform(0.3, 1)) * np.float32(np.exp(rng.uniform(0, 3)))
    sharp = 1 / (1 + np.exp(-np.clip(4 * (side + np.float32(rng.normal(0, 0.5))), -30, 30)))[..., None]
    return np.asarray(blurred(image, rng.uniform(1.2, 5)) * (1 - sharp) + image * sharp, np.float32)


def before(rng: Rng, image: Field, look: Look, papers: list[Field]) -> Field:
    """The print before anything happened to it. float32 (H, W, 3) 0..1 -> the same."""
    if look.colour != "colour":
        image = to_grey(rng, image)
    if rng.random() < 0.12:
        image = focused(rng, image)
    if not look.scanned:
        return toned(rng, image) if look.colour == "toned" else image
    if rng.random() < 0.5:
        image = np.clip(image, 0, 1) ** np.float32(np.exp(rng.normal(0, 0.3)))
    if look.colour == "toned":
        image = toned(rng, image)
    if rng.random() < 0.4:
        image = blurred(image, rng.uniform(0.3, 0.5 + 0.5 * look.scale))
    if rng.random() < 0.35:
        image = vignette(rng, image)
    if rng.random() < 0.5:
        image = faded(rng, image)
    if rng.random() < 0.5:
        level = float(np.exp(rng.uniform(np.log(0.005), np.log(0.035))))
        image = grainy(rng, image, level, rng.uniform(0, 0.5 + 0.6 * look.scale))
    if rng.random() < 0.03:
        image = halftone(rng, image)
    if rng.random() < 0.18:
        image = papered(rng, image, papers)
    if rng.random() < 0.15:
        image = framed(rng, image)
    return np.asarray(np.clip(image, 0, 1), np.float32)


def optics(rng: Rng, look: Look, pictures: list[Field]) -> list[Field]:
    """What the scanner's lens, resampling and tone curve do, alike to sound picture, damaged one and opacity."""
    if not look.scanned:
        return pictures
    if look.softness > 0:
        pictures = [blurred(p, look.softness) for p in pictures]
    if rng.random() < 0.2:  # scanned larger or smaller, and resized since
        h, w = pictures[0].shape[:2]
        factor = rng.uniform(0.55, 1.6)
        there = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
        back = cv2.INTER_CUBIC if rng.random() < 0.7 else cv2.INTER_LINEAR
        small = (max(1, int(w * factor)), max(1, int(h * factor)))
        pictures = [
            np.asarray(cv2.resize(cv2.resize(p, small, interpolation=there), (w, h), interpolation=back), np.float32)
            for p in pictures
        ]
    if rng.random() < 0.15:  # sharpened
        amount, sigma = np.float32(rng.uniform(0.2, 1.0)), rng.uniform(0.7, 2)
        pictures = [p + amount * (p - blurred(p, sigma)) if p.ndim == 3 else p for p in pictures]
    if rng.random() < 0.35:
        gamma, low, high = np.exp(rng.normal(0, 0.2)), rng.uniform(-0.05, 0.1), rng.uniform(0.85, 1.08)
        pictures = [
            np.asarray(low + np.clip(p, 0, 1) ** np.float32(gamma) * (high - low), np.float32) if p.ndim == 3 else p
            for p in pictures
        ]
    return [np.asarray(np.clip(p, 0, 1), np.float32) for p in pictures]


def after(rng: Rng, image: Field, look: Look) -> Bytes:
    """Grain, greying and compression of the scan: float32 (H, W, 3) 0..1 -> uint8 (H, W, 3)."""
    if look.scanned and look.grain > 0:
        image = grainy(rng, image, look.grain, float(rng.choice([0.0, rng.uniform(0.3, 0.4 + 0.5 * look.scale)])))
    if look.colour == "grey":
        image = np.repeat((image @ LUMA)[..., None], 3, 2)
    quantised = np.asarray(np.clip(image * 255 + 0.5, 0, 255), np.uint8)
    if look.scanned and rng.random() < 0.55:
        quality = int(rng.uniform(45, 98) if rng.random() < 0.5 else rng.uniform(80, 98))
        _, packed = cv2.imencode(".jpg", quantised, [cv2.IMWRITE_JPEG_QUALITY, quality])
        quantised = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
        if look.colour == "grey":
            quantised = np.repeat(quantised[..., 1:2], 3, 2)
    return quantised
