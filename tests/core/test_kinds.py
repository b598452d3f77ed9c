"""Kinds of defects: what counts as bright, dark, a line, a spot and an area."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import SAMPLES, noise

from core import files, kinds
from core import mask as masks
from core.color import Encoding
from core.photo import Mask, Photo
from core.tools import KINDS, SHAPES, TONES

HEIGHT, WIDTH = 600, 800
"""What is large begins at six pixels."""
Draw = Callable[[Mask], None]


def drawn(draw: Draw, height: int = HEIGHT, width: int = WIDTH) -> Mask:
    mask = np.zeros((height, width), np.uint8)
    draw(mask)
    return mask


def polyline(*points: tuple[int, int], thickness: int = 3) -> Draw:
    return lambda mask: cv2.polylines(mask, [np.array(points, np.int32)], False, 255, thickness)


def branching(mask: Mask) -> None:
    """A crack with branches, knots where they meet and a chip."""
    for ends in (((50, 50), (300, 280), (700, 500)), ((300, 280), (180, 560)), ((500, 390), (640, 120), (760, 100))):
        polyline(*ends)(mask)
    cv2.circle(mask, (500, 390), 14, 255, -1)


def net(mask: Mask) -> None:
    for i in range(5):
        polyline((100, 100 + 90 * i), (600, 130 + 80 * i))(mask)
        polyline((110 + 110 * i, 90), (90 + 120 * i, 480))(mask)


def ragged(mask: Mask) -> None:
    """A porous stain with frayed edges: its pixels form threads between holes."""
    random = np.random.default_rng(3)
    stain = drawn(lambda mask: cv2.ellipse(mask, (400, 300), (120, 80), 30, 0, 360, 255, -1))
    grain = cv2.GaussianBlur(random.random(mask.shape).astype(np.float32), (0, 0), 2)
    mask[(stain > 0) & (grain > np.quantile(grain, 0.3))] = 255
    largest = 1 + int(np.argmax(np.bincount(masks.labelled(mask).ravel())[1:]))
    mask[masks.labelled(mask) != largest] = 0


def arc(mask: Mask) -> None:
    cv2.ellipse(mask, (300, 300), (60, 60), 0, 0, 200, 255, 3)


@pytest.mark.parametrize(
    ("shape", "draw"),
    [
        ("lines", polyline((50, 60), (700, 60), thickness=1)),
        ("lines", polyline((50, 60), (400, 500))),
        ("lines", polyline((50, 60), (400, 500), thickness=40)),
        ("lines", polyline((0, 20), (20, 50), (40, 20), (60, 50))),
        ("lines", polyline((300, 300), (300, 312), thickness=1)),
        ("lines", arc),
        ("lines", branching),
        ("lines", net),
        ("spots", polyline((300, 300), (303, 300), thickness=1)),
        ("spots", lambda mask: cv2.circle(mask, (9, 9), 0, 255, -1)),
        ("spots", lambda mask: cv2.circle(mask, (300, 300), 2, 255, -1)),
        ("areas", lambda mask: cv2.circle(mask, (300, 300), 4, 255, -1)),
        ("areas", lambda mask: cv2.circle(mask, (0, 0), 60, 255, -1)),
        ("areas", lambda mask: cv2.rectangle(mask, (100, 100), (300, 180), 255, -1)),
        ("areas", ragged),
        ("areas", lambda mask: mask.fill(255)),
    ],
)
def test_shapes(shape: str, draw: Draw) -> None:
    mask = drawn(draw)
    assert masks.count(mask) == 1
    for turned in (mask, mask.T, mask[::-1], np.ascontiguousarray(mask[:, ::-1])):
        assert SHAPES[kinds.shapes(masks.labelled(np.ascontiguousarray(turned)))[1]] == shape


def test_what_is_large_grows_with_the_photo() -> None:
    def speck(mask: Mask) -> None:
        cv2.circle(mask, (300, 300), 15, 255, -1)

    def hair(mask: Mask) -> None:
        polyline((300, 300), (330, 300))(mask)

    for draw, small, large in ((speck, "areas", "spots"), (hair, "lines", "spots")):
        for width, shape in ((800, small), (6000, large)):
            assert SHAPES[kinds.shapes(masks.labelled(drawn(draw, 600, width)))[1]] == shape


@pytest.mark.parametrize("turn", range(0, 90, 7))
@pytest.mark.parametrize("stretch", [2.0, 6.0])
def test_a_straight_line_is_at_least_four_times_as_long_as_thick_at_any_angle(turn: int, stretch: float) -> None:
    box = cv2.boxPoints(((400.0, 300.0), (20 * stretch, 20.0), float(turn)))
    mask = drawn(lambda mask: cv2.fillPoly(mask, [np.rint(box).astype(np.int32)], 255))
    assert SHAPES[kinds.shapes(masks.labelled(mask))[1]] == ("lines" if stretch > 4 else "areas")


def lit(mask: Mask, inside: float, outside: float, dtype: str = "uint8", channels: int = 1) -> Photo:
    """A photo of one tone where the mask marks, of another beyond its soft rim; both 0..1."""
    values = np.where(mask > 0, inside, outside)
    values[(mask == 0) & (cv2.dilate(mask, np.ones((3, 3))) > 0)] = inside
    scale = np.iinfo(dtype).max if dtype.startswith("u") else 1
    return Photo(np.repeat((values * scale).astype(dtype)[..., None], channels, 2))


def tone(mask: Mask, photo: Photo) -> str:
    return TONES[kinds.tones(masks.labelled(mask), photo)[1]]


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("draw", [arc, branching, polyline((300, 511), (303, 512), thickness=1)])
def test_tones(draw: Draw, dtype: str, channels: int) -> None:
    mask = drawn(draw)
    assert tone(mask, lit(mask, 0.6, 0.5, dtype, channels)) == "bright"
    assert tone(mask, lit(mask, 0.5, 0.6, dtype, channels)) == "dark"


def test_each_defect_is_compared_with_what_lies_around_itself() -> None:
    samples = np.full((200, 200, 3), 40, np.uint8)
    samples[:, 100:] = 220
    samples[50:53, 20:60] = samples[50:53, 120:160] = 120
    samples[150:152, 40:42] = 120
    mask = np.where(samples[..., 0] == 120, np.uint8(255), np.uint8(0))
    labels = masks.labelled(mask)
    found = kinds.tones(labels, Photo(samples))
    assert [TONES[found[labels[place]]] for place in ((51, 30), (51, 130), (151, 41))] == ["bright", "dark", "bright"]


def test_other_marks_and_transparent_parts_are_no_surroundings() -> None:
    samples = np.full((60, 60, 1), 100, np.uint8)
    samples[30, 10:50] = 90
    mask = np.where(samples[..., 0] == 90, np.uint8(255), np.uint8(0))
    samples[32:50] = 10
    assert tone(mask, Photo(samples)) == "bright"
    alpha = np.full((60, 60), 255, np.uint8)
    alpha[32:50] = 0
    assert tone(mask, Photo(samples, alpha)) == "dark"
    mask[32:50] = 255
    assert tone(mask, Photo(samples)) == "dark"
    alpha[:] = 0
    assert tone(mask, Photo(samples, alpha)) == "bright", "nothing to compare with"
    assert tone(np.full((60, 60), 255, np.uint8), Photo(samples)) == "bright"


def test_tones_are_those_that_are_seen() -> None:
    """In linear light the mean of black and white is another one than on the curve that eyes and networks see."""
    samples = np.full((40, 40, 1), 0.35, np.float32)
    mask = np.zeros((40, 40), np.uint8)
    mask[20, 10:30] = 255
    samples[20, 10:20], samples[20, 20:30] = 0.0, 1.0
    assert tone(mask, Photo(samples, encoding=Encoding("linear"))) == "dark"
    assert tone(mask, Photo(samples, encoding=Encoding("srgb"))) == "bright"


@given(
    st.integers(1, 70), st.integers(1, 1300), st.floats(0, 1), st.integers(0, 99), st.sampled_from(["uint8", "float16"])
)
@settings(deadline=None, max_examples=40)
def test_every_defect_has_one_tone_and_one_shape(width: int, height: int, share: float, seed: int, dtype: str) -> None:
    mask = masks.binary(
        cv2.GaussianBlur(noise(height, width, 1, "float32", seed), (0, 0), 1.0).reshape(height, width) < share
    )
    photo = Photo(noise(height, width, 3, dtype, seed))
    for names in (TONES, SHAPES):
        parts = [kinds.only(mask, photo, {*KINDS} - {*names} | {name}) for name in names]
        assert np.array_equal(np.sum(parts, axis=0, dtype=np.int32), mask)
    assert np.array_equal(kinds.only(mask, photo, KINDS), mask)
    assert not kinds.only(mask, photo, TONES).any() and not kinds.only(mask, photo, SHAPES).any()


@pytest.mark.parametrize("strip", [16, 97])
def test_strips_leave_no_trace(strip: int, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(5)
    mask = masks.binary(cv2.GaussianBlur(random.random((300, 260)).astype(np.float32), (0, 0), 2) > 0.53)
    photo, labels = Photo(noise(300, 260, 3, "uint16")), masks.labelled(mask)
    whole = kinds.shapes(labels), kinds.tones(labels, photo)
    monkeypatch.setattr(kinds, "STRIP", strip)
    assert np.array_equal(kinds.shapes(labels), whole[0])
    assert np.mean(kinds.tones(labels, photo) != whole[1]) < 0.02, "but where two defects are as near as each other"


def test_a_real_photograph_with_and_without_its_damage() -> None:
    """White scratches, dark cracks and specks were laid over this photo, so that the tone of each is known."""
    photo = files.read_photo(SAMPLES / "andersson_scratched.jpg")
    lightened = photo.samples.mean(axis=2) - files.read_photo(SAMPLES / "andersson.jpg").samples.mean(axis=2)
    mask = masks.binary(np.abs(lightened) > 40)
    labels = masks.labelled(mask)
    dark = kinds.tones(labels, photo) == TONES.index("dark")
    assert np.mean((dark[labels] == (lightened < 0))[mask > 0]) > 0.9
    assert 0.3 < np.mean(dark[labels][mask > 0]) < 0.5
    line = kinds.shapes(labels) == SHAPES.index("lines")
    assert np.mean(line[labels][mask > 0]) > 0.75
