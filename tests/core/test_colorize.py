"""Colorize: the model's colours and the person's, at the photo's own lightness."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import profiles
import pytest
from colorizers import COLOUR, Alone, plain, plain_colorizer
from numpy.typing import NDArray
from pictures import FLOATS, INTEGERS, in_type, photo_samples

from core import colorize
from core.color import Encoding, to_view
from core.lab import Light, chroma_of, light_of, lightness_of
from core.models.colorizing import Colorizer, Colours, Hints, Plane
from core.parameters import Value
from core.photo import Box, Photo
from core.progress import Cancelled, silent
from core.tools import COLORIZE, defaults

RED, BLUE = (170, 90, 80), (110, 125, 165)
ENCODINGS = {
    "none": Encoding(),
    "linear": Encoding("linear"),
    "gamma": Encoding("profile", profiles.rgb(profiles.gamma(1.8))),
}


def coloured(
    photo: Photo, hints: NDArray[np.uint8] | None = None, colorizer: Colorizer | None = None, **values: Value
) -> colorize.Colorization:
    settings = {**defaults(COLORIZE), "mute": 0.0, **values}
    return colorize.run(photo, settings, Alone(colorizer), silent, hints)


def grey_photo(dtype: str = "uint8", height: int = 120, width: int = 150, **parts: Any) -> Photo:
    return Photo(photo_samples(height, width, 1, dtype), **parts)


def view_of(result: colorize.Colorization) -> NDArray[np.float32]:
    return np.clip(to_view(result.samples, result.encoding), 0, 1)


def dab(height: int, width: int, *dabs: tuple[int, int, tuple[int, int, int]], size: int = 8) -> NDArray[np.uint8]:
    """Hints: squares at rows and columns in colours."""
    hints = np.zeros((height, width, 4), np.uint8)
    for y, x, colour in dabs:
        hints[y : y + size, x : x + size] = (*colour, 255)
    return hints


def chroma_at(result: colorize.Colorization, y: int, x: int, size: int = 8) -> NDArray[np.float64]:
    return chroma_of(view_of(result))[y : y + size, x : x + size].mean((0, 1))


def chroma_of_colour(colour: tuple[int, int, int]) -> NDArray[np.float32]:
    return chroma_of(np.array([[colour]], np.float32) / 255)[0, 0]


@pytest.mark.parametrize("dtype", [*INTEGERS, *FLOATS])
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("channels", [1, 3])
def test_only_the_colour_changes(dtype: str, encoding: str, channels: int) -> None:
    if channels == 1 and encoding == "gamma":
        encoding = "none"
    photo = Photo(photo_samples(60, 70, channels, dtype), encoding=ENCODINGS[encoding])
    result = coloured(photo)
    assert result.samples.shape == (60, 70, 3) and result.samples.dtype == dtype
    before, after = np.clip(photo.view(photo.whole), 0, 1), view_of(result)
    assert np.abs(lightness_of(after) - lightness_of(before)).max() < 0.006
    assert np.median(chroma_of(after), axis=(0, 1)) == pytest.approx(COLOUR, abs=1.5)


def test_a_grey_photo_with_a_profile_of_its_own_becomes_srgb() -> None:
    profile = profiles.grey(profiles.gamma(1.8))
    photo = grey_photo("uint16", encoding=Encoding("profile", profile))
    result = coloured(photo)
    assert result.encoding == Encoding()
    assert np.abs(lightness_of(view_of(result)) - lightness_of(photo.view(photo.whole))).max() < 0.001
    assert coloured(grey_photo("float32", encoding=Encoding("linear"))).encoding == Encoding("linear")


def test_what_lies_beyond_black_and_white_stays_there() -> None:
    samples = np.linspace(-0.5, 1.5, 64, dtype=np.float32).reshape(1, 64, 1).repeat(20, 0)
    result = coloured(Photo(samples)).samples
    beyond = (samples[..., 0] < -0.01) | (samples[..., 0] > 1.01)
    assert np.abs(result - samples)[beyond].max() < 1e-3


def test_saturation_and_what_the_model_is_not_sure_of() -> None:
    photo = grey_photo()
    left, right = np.s_[:, 20:50], np.s_[:, 100:130]

    def chroma(where: Any, **values: Value) -> NDArray[np.float64]:
        return np.median(chroma_of(view_of(coloured(photo, **values)))[where], axis=(0, 1))

    assert chroma(left, mute=1.0) == pytest.approx(COLOUR, abs=1.5)
    assert np.hypot(*chroma(right, mute=1.0)) < 1.5
    assert chroma(right, mute=0.5) == pytest.approx(np.array(COLOUR) / 2, abs=1.5)
    assert chroma(left, saturation=0.5) == pytest.approx(np.array(COLOUR) / 2, abs=1.5)
    nothing = coloured(photo, saturation=0.0).samples
    assert np.abs(nothing.astype(int) - photo.samples).max() <= 1


def test_a_hint_is_obeyed_where_it_is_and_undone_when_it_is_gone() -> None:
    photo = grey_photo(height=240, width=320)
    without = coloured(photo)
    result = coloured(photo, dab(240, 320, (30, 40, RED), (80, 100, BLUE)))
    assert chroma_at(result, 30, 40) == pytest.approx(chroma_of_colour(RED), abs=3)
    assert chroma_at(result, 80, 100) == pytest.approx(chroma_of_colour(BLUE), abs=3)
    assert result.hints == 2 and result.summary == "The photo was coloured; hints obeyed: 2."
    assert np.array_equal(coloured(photo, dab(240, 320)).samples, without.samples)
    far = np.s_[220:, 300:]
    assert np.abs(result.samples[far].astype(int) - without.samples[far]).max() <= 1


def test_a_hint_reaches_what_is_like_it_and_not_beyond_an_edge() -> None:
    samples = np.full((120, 150, 1), 90, np.uint8)
    samples[:, 70:] = 190
    result = coloured(Photo(samples), dab(120, 150, (56, 58, RED)))
    chroma = chroma_of(view_of(result))
    own, red = np.array(COLOUR), chroma_of_colour(RED)
    near = np.hypot(*(chroma[60, 54] - own)) / np.hypot(*(red - own))
    across = np.hypot(*(chroma[60, 78] - own)) / np.hypot(*(red - own))
    assert near > 0.5 and across < 0.1


def test_a_dab_smaller_than_what_the_model_sees_is_still_obeyed() -> None:
    photo = grey_photo(height=900, width=1400)
    result = coloured(photo, dab(900, 1400, (400, 700, RED), size=3))
    assert chroma_at(result, 400, 700, 3) == pytest.approx(chroma_of_colour(RED), abs=4)


def test_hints_reach_the_model_where_they_are() -> None:
    seen: list[Hints | None] = []

    def look(lightness: Plane, hints: Hints | None, levels: int) -> Colours:
        seen.append(hints)
        return plain(lightness, hints, levels)

    photo = grey_photo(height=100, width=200)
    coloured(photo, dab(100, 200, (50, 20, BLUE), size=10), plain_colorizer(seen=look))
    coloured(photo, None, plain_colorizer(seen=look))
    assert seen[1] is None and seen[0] is not None
    rows, columns = np.nonzero(seen[0].given)
    height, width = seen[0].given.shape
    assert rows.mean() / height == pytest.approx(0.55, abs=0.05) and columns.mean() / width == pytest.approx(
        0.125, abs=0.03
    )
    assert seen[0].ab[rows, columns] == pytest.approx(np.tile(chroma_of_colour(BLUE), (len(rows), 1)), abs=0.1)
    assert not seen[0].ab[seen[0].given == 0].any()


def test_a_model_without_hints_says_so() -> None:
    photo, hints = grey_photo(), dab(120, 150, (30, 40, RED))
    result = coloured(photo, hints, plain_colorizer(takes_hints=False))
    assert chroma_at(result, 30, 40) == pytest.approx(chroma_of_colour(RED), abs=3)
    assert len(result.notes) == 1 and "hints" in result.notes[0]
    assert not coloured(photo, None, plain_colorizer(takes_hints=False)).notes


@pytest.mark.parametrize("channels", [1, 3])
def test_selection_and_transparency(channels: int) -> None:
    selection = np.zeros((60, 70), np.uint8)
    selection[:, 20:], selection[:, 40:] = 128, 255
    alpha = np.full((60, 70), 65535, np.uint16)
    alpha[:10] = 0
    photo = Photo(photo_samples(60, 70, channels, "uint16"), alpha, selection=selection)
    result = coloured(photo).samples
    own = np.broadcast_to(photo.samples, result.shape)
    assert np.array_equal(result[:, :20], own[:, :20]) and np.array_equal(result[:10], own[:10])
    full = coloured(Photo(photo.samples)).samples
    assert np.array_equal(result[10:, 40:], full[10:, 40:])
    half = np.abs(result[10:, 20:40].astype(float) - (full[10:, 20:40] / 2 + own[10:, 20:40] / 2))
    assert np.median(half) < 0.02 * 65535


def test_a_region_and_a_preview_are_those_of_the_whole() -> None:
    photo = grey_photo("uint16", 700, 900)
    hints = dab(700, 900, (300, 400, RED), size=20)
    settings = {**defaults(COLORIZE), "mute": 0.0}
    models, memory = Alone(), colorize.Memory()

    def run(**how: Any) -> NDArray[Any]:
        return colorize.run(photo, settings, models, silent, hints, memory=memory, **how).samples

    whole = run()
    assert np.array_equal(run(region=Box(350, 280, 620, 560)), whole[280:560, 350:620])
    small = run(scale=4)
    assert small.shape == (175, 225, 3) and small.dtype == np.uint16
    area = cv2.resize(whole, (225, 175), interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(int) - area).mean() < 0.006 * 65535
    assert np.array_equal(run(scale=4, region=Box(400, 200, 600, 400)), small[50:100, 100:150])


def test_sliders_do_not_ask_the_model_again_and_hints_do() -> None:
    asked: list[int] = []

    def count(lightness: Plane, hints: Hints | None, levels: int) -> Colours:
        asked.append(levels)
        return plain(lightness, hints, levels)

    photo, memory, models = grey_photo(), colorize.Memory(), Alone(plain_colorizer(seen=count))

    def run(hints: NDArray[np.uint8] | None = None, **values: Value) -> NDArray[Any]:
        settings = {**defaults(COLORIZE), **values}
        result = colorize.run(photo, settings, models, silent, hints, memory=memory).samples
        assert np.array_equal(result, colorize.run(photo, settings, Alone(), silent, hints).samples)
        return result

    first = run()
    assert not np.array_equal(first, run(saturation=0.3)) and not np.array_equal(first, run(mute=1.0))
    assert np.array_equal(first, run()) and len(asked) == 1
    run(levels=8)
    run(dab(120, 150, (30, 40, RED)))
    run(dab(120, 150, (30, 40, BLUE)))
    assert np.array_equal(first, run()) and asked == [0, 8, 0, 0, 0]


def test_sliders_do_not_look_at_the_seen_part_of_the_photo_again(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[tuple[int, ...]] = []

    def count(view: NDArray[np.float32]) -> Light:
        looked.append(view.shape)
        return light_of(view)

    monkeypatch.setattr(colorize, "light_of", count)
    photo, memory, models = grey_photo("uint16", 700, 900), colorize.Memory(), Alone()
    places: list[tuple[Box | None, int]] = [(Box(350, 280, 620, 560), 1), (None, 4)]
    for region, scale in places:
        for saturation in (1.0, 0.3, 1.7):
            values = {**defaults(COLORIZE), "saturation": saturation}
            looked.clear()
            made = colorize.run(photo, values, models, silent, None, region, scale, memory)
            assert bool(looked) == (saturation == 1.0)
            alone = colorize.run(photo, values, models, silent, None, region, scale)
            assert np.array_equal(made.samples, alone.samples)


def test_of_a_large_part_no_more_is_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    photo, memory, models = grey_photo("uint16", 700, 900), colorize.Memory(), Alone()
    monkeypatch.setattr(colorize, "KEPT", 8_000_000)
    colorize.run(photo, defaults(COLORIZE), models, silent, None, photo.whole, 1, memory)
    assert 0 < sum(ground.nbytes for ground in memory.grounds.values()) <= 8_000_000


def test_edges_of_lightness_are_edges_of_colour() -> None:
    """A model that answers coarsely: its colours follow the photo, not its own pixels."""
    samples = np.full((400, 600, 1), 70, np.uint8)
    samples[:, 283:] = 200

    def halves(lightness: Plane, hints: Hints | None, levels: int) -> Colours:
        rough = cv2.resize(lightness, (15, 10), interpolation=cv2.INTER_AREA)
        right = cv2.resize((rough > 0.5).astype(np.float32), lightness.shape[::-1], interpolation=cv2.INTER_LINEAR)
        return Colours(
            np.dstack([25 - 50 * right, 20 * right]).astype(np.float32), np.ones(lightness.shape, np.float32)
        )

    chroma = chroma_of(view_of(coloured(Photo(samples), None, plain_colorizer(seen=halves))))
    plain = halves(lightness_of(samples.astype(np.float32) / 255), None, 0).ab
    assert chroma[200, 279, 0] - chroma[200, 287, 0] > 2.5 * (plain[200, 279, 0] - plain[200, 287, 0])


def test_grain_stays_in_the_lightness() -> None:
    rng = np.random.default_rng(1)
    smooth = np.linspace(60, 180, 600)[None, :, None].repeat(400, 0)
    grainy = np.clip(np.rint(smooth + rng.normal(0, 9, smooth.shape)), 0, 255).astype(np.uint8)

    def two(lightness: Plane, hints: Hints | None, levels: int) -> Colours:
        return Colours(np.dstack([40 * lightness, 30 - 40 * lightness]), np.ones(lightness.shape, np.float32))

    chroma = chroma_of(view_of(coloured(Photo(in_type(grainy / 255, "uint16")), None, plain_colorizer(seen=two))))
    fine = chroma - cv2.GaussianBlur(chroma, (0, 0), 4)
    lightness = 100 * lightness_of(grainy.astype(np.float32) / 255)
    grain = lightness - cv2.GaussianBlur(lightness, (0, 0), 4)
    assert fine[8:-8, 8:-8].std() < 0.15 * grain.std()


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (40, 1), (5, 7), (30, 900), (900, 30)])
def test_any_size(size: tuple[int, int]) -> None:
    result = coloured(grey_photo("uint8", *size), dab(*size, (0, 0, RED), size=1))
    assert result.samples.shape == (*size, 3)


def test_it_can_be_cancelled() -> None:
    def progress(fraction: float, text: str) -> None:
        if fraction > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        colorize.run(grey_photo(height=1200, width=1200), defaults(COLORIZE), Alone(), progress)
