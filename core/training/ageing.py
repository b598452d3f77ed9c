"""Sound photographs made old without damage: faded, yellowed, blurred, grainy, compressed; each step can be undone."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from core.color import LUMA
from core.training.look import to_grey
from core.training.textures import Bytes, Field, Rng, blurred, grain


@dataclass(frozen=True)
class Fade:
    """What time did to the dyes: first every channel `gamma`, then less colour, then black at `low`, white at `high`.

    gamma, low, high: (3,), 0..1 the tones. colour: 1 all of it, 0 none.
    """

    gamma: Field = field(default_factory=lambda: np.ones(3, np.float32))
    low: Field = field(default_factory=lambda: np.zeros(3, np.float32))
    high: Field = field(default_factory=lambda: np.ones(3, np.float32))
    colour: float = 1.0

    def applied(self, image: Field) -> Field:
        """(H, W, 3), 0..1 -> the same."""
        bent = np.clip(image, 0, 1) ** self.gamma
        grey = (bent @ LUMA)[..., None]
        muted = grey + np.float32(self.colour) * (bent - grey)
        return np.asarray(self.low + muted * (self.high - self.low), np.float32)

    @property
    def contrast(self) -> float:
        """How much is left of the photo's, 0..1."""
        return float((self.high - self.low).mean())


@dataclass(frozen=True)
class Ageing:
    """What happened to one photo.

    blur: sigma in pixels. noise: deviation, 0..1 the tones. quality: the JPEG's, 0 for none.
    """

    fade: Fade = field(default_factory=Fade)
    blur: float = 0.0
    noise: float = 0.0
    coarse: float = 0.0  # sigma of the grain in pixels
    coloured: bool = False
    late: bool = False  # the grain is the scan's, not the print's: it has not faded
    quality: int = 0


@dataclass(frozen=True)
class Aged:
    """image: uint8 (H, W, 3). quiet, faded: what it would be without noise and compression, and without blur too;
    true: without fading too. float32 (H, W, 3), 0..1."""

    image: Bytes
    quiet: Field
    faded: Field
    true: Field
    ageing: Ageing


def choose_fade(rng: Rng) -> Fade:
    """Some fade by much, most by some, a fifth not at all."""
    if rng.random() < 0.2:
        return Fade()
    amount = float(rng.uniform(0.15, 1))
    yellow = float(rng.uniform(0, 1)) if rng.random() < 0.75 else 0.0
    gamma = np.exp(rng.normal(0, 0.22 * amount) + rng.normal(0, 0.07 * amount, 3))
    low = (
        amount * rng.uniform(0, 0.28)
        + rng.normal(0, 0.03 * amount, 3)
        + amount * yellow * np.array([0.05, 0.02, -0.02])
    )
    high = 1 - amount * rng.uniform(0, 0.35) + rng.normal(0, 0.03 * amount, 3)
    high = high * (1 - yellow * np.array([0.0, 0.14, 0.42]) * rng.uniform(0.4, 1))
    low = np.clip(low, 0, 0.45)
    high = np.clip(high, low + 0.25, 1.05)
    colour = float(1 - amount * rng.uniform(0, 0.7)) if rng.random() < 0.7 else 1.0
    return Fade(gamma.astype(np.float32), low.astype(np.float32), high.astype(np.float32), colour)


def choose_ageing(rng: Rng) -> Ageing:
    """A fifth of the photos is as the camera left it."""
    if rng.random() < 0.2:
        return Ageing()
    return Ageing(
        choose_fade(rng),
        blur=float(rng.uniform(0.3, 2.0)) if rng.random() < 0.6 else 0.0,
        noise=float(np.exp(rng.uniform(np.log(0.008), np.log(0.18)))) if rng.random() < 0.85 else 0.0,
        coarse=float(rng.uniform(0, 1.3)) if rng.random() < 0.6 else 0.0,
        coloured=bool(rng.random() < 0.6),
        late=bool(rng.random() < 0.5),
        quality=int(rng.uniform(28, 97)) if rng.random() < 0.55 else 0,
    )


def aged(rng: Rng, photo: Field, ageing: Ageing, grey: bool) -> Aged:
    """A sound photo (H, W, 3), 0..1, made old; grey: it is a black-and-white one, though it may have yellowed."""
    true = to_grey(rng, photo) if grey else photo
    soft = blurred(true, ageing.blur)
    quiet, faded = ageing.fade.applied(soft), ageing.fade.applied(true)
    if ageing.late:
        image = grainy(rng, quiet, ageing)
    else:
        image = ageing.fade.applied(grainy(rng, soft, ageing))
    packed = np.asarray(np.clip(image * 255 + 0.5, 0, 255), np.uint8)
    if ageing.quality:
        _, data = cv2.imencode(".jpg", packed[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, ageing.quality])
        packed = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)[..., ::-1]
    return Aged(np.ascontiguousarray(packed), np.clip(quiet, 0, 1), np.clip(faded, 0, 1), true, ageing)


def grainy(rng: Rng, image: Field, ageing: Ageing) -> Field:
    """The photo with its grain, strongest in the middle tones or everywhere alike."""
    if ageing.noise <= 0:
        return image
    h, w = image.shape[:2]
    noise = grain(rng, h, w, ageing.coarse)[..., None]
    if ageing.coloured:
        noise = np.dstack([noise, *(grain(rng, h, w, ageing.coarse) for _ in range(2))])
    middle = 0.4 + 2.4 * image * (1 - image) if rng.random() < 0.4 else np.float32(1)
    return np.asarray(image + np.float32(ageing.noise) * middle * noise, np.float32)
