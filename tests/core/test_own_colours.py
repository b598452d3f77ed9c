"""Whether a photo has colours of its own: toned, faded and stained ones have none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import SAMPLES

from core.color import Encoding, srgb_decoded
from core.lab import with_chroma
from core.own_colours import has_own_colours
from core.photo import Photo
from core.progress import Cancelled, silent


def sample(name: str) -> NDArray[np.uint8]:
    read = cv2.imread(str(SAMPLES / name), cv2.IMREAD_COLOR)
    assert read is not None
    return np.ascontiguousarray(read[..., ::-1], np.uint8)


def hued(*hues: tuple[float, float], share: float = 1.0) -> NDArray[np.uint8]:
    """A photo with a* and b* of these side by side, over this share of its height."""
    grey = sample("dahlgren.jpg").astype(np.float32)[..., 1:2] / 255
    chroma = np.zeros((*grey.shape[:2], 2), np.float32)
    for colour, part in zip(hues, np.array_split(np.arange(grey.shape[1]), len(hues)), strict=True):
        chroma[: round(share * len(chroma)), part] = colour
    return np.rint(with_chroma(grey, chroma) * 255).astype(np.uint8)


@pytest.mark.parametrize("name", ["andersson.jpg", "andersson_scratched.jpg", "dahlgren.jpg", "expedition_1897.jpg"])
def test_scans_of_old_photographs_have_none(name: str) -> None:
    assert not has_own_colours(Photo(sample(name)), silent)


def test_grey_and_toned_photos_have_none() -> None:
    grey = sample("dahlgren.jpg")[..., :1]
    assert not has_own_colours(Photo(grey), silent)
    assert not has_own_colours(Photo(grey.repeat(3, axis=2)), silent)
    assert not has_own_colours(Photo(hued((12, 28))), silent), "sepia"
    assert not has_own_colours(Photo(hued((-4, -25))), silent), "blueprint"
    tone = np.linspace(0, 1, 200, dtype=np.float32)[None, :, None].repeat(150, axis=0)
    split = np.concatenate([30 * (0.5 - tone), 40 * (tone - 0.5)], axis=2)
    assert not has_own_colours(Photo(np.rint(with_chroma(tone, split) * 255).astype(np.uint8)), silent), "split tone"


def test_a_yellow_stain_is_none_of_its_colours() -> None:
    stained = hued((8, 18))
    rows, columns = np.mgrid[: stained.shape[0], : stained.shape[1]]
    radius = min(stained.shape[:2]) / 6
    stain = np.exp(-((rows - radius) ** 2 + (columns - radius) ** 2) / (2 * radius**2))[..., None]
    assert not has_own_colours(Photo((stained * (1 - stain * [0.05, 0.15, 0.5])).astype(np.uint8)), silent)


def test_things_of_other_colours_are_seen() -> None:
    things = hued((-15, 30), (5, -30), (25, 20))
    assert has_own_colours(Photo(things), silent)
    assert has_own_colours(Photo(hued((20, 18), share=0.4)), silent), "a thing on grey"
    linear = srgb_decoded(things / 255.0).astype(np.float32)
    assert has_own_colours(Photo(linear, encoding=Encoding("linear")), silent)
    assert has_own_colours(Photo(things.astype(np.uint16) * 257), silent)


def test_what_is_transparent_is_not_looked_at() -> None:
    things = hued((12, 28), (5, -30), (12, 28))
    alpha = np.full(things.shape[:2], 255, np.uint8)
    assert has_own_colours(Photo(things, alpha), silent)
    alpha[:, things.shape[1] // 3 : 2 * things.shape[1] // 3 + 1] = 0
    assert not has_own_colours(Photo(things, alpha), silent)
    assert not has_own_colours(Photo(things, np.zeros_like(alpha)), silent)


def test_a_single_pixel_and_stopping() -> None:
    assert not has_own_colours(Photo(np.full((1, 1, 3), (200, 20, 20), np.uint8)), silent)

    def stopped(_fraction: float, _text: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        has_own_colours(Photo(hued((5, 5))), stopped)
