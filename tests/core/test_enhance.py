"""Enhance: as much as a photo needs and the sliders say, and nothing where there is no need."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import profiles
import pytest
from enhancers import ALWAYS, LIMITS, NEVER, REACH, Alone, blurred, darker, negative, soft_detail, soft_enhancer
from hypothesis import given
from hypothesis import strategies as st
from pictures import FLOATS, INTEGERS, SAMPLES, in_type, noise, photo_samples

from core import enhance, files
from core.color import Encoding, View
from core.failures import ModelError, WrongInput
from core.models.enhancing import Curves, Detail, Enhancer, Gains, Route, stretched
from core.models.registry import Registry
from core.parameters import Value
from core.photo import Box, Photo
from core.progress import Cancelled, silent
from core.tools import ENHANCE, defaults

NOTHING_KEPT: dict[str, Value] = {"keep-detail": 0.0, "keep-grain": 0.0}
ENCODINGS = {
    "none": Encoding(),
    "linear": Encoding("linear"),
    "srgb": Encoding("srgb"),
    "gamma": Encoding("profile", profiles.rgb(profiles.gamma(1.8))),
}


def settings_with(**values: Value) -> dict[str, Value]:
    return {**defaults(ENHANCE), **{name.replace("_", "-"): value for name, value in values.items()}}


def enhanced(photo: Photo, enhancer: Enhancer | None = None, card: Any = None, **values: Value) -> enhance.Enhancement:
    models = Alone(enhancer or soft_enhancer(), **(card or {}))
    return enhance.run(photo, settings_with(**values), models, silent)


def flat(value: float, dtype: str = "float32", channels: int = 3, size: tuple[int, int] = (40, 50)) -> Photo:
    return Photo(in_type(np.full((*size, channels), value), dtype))


def adding(noise: float, sharpness: float = 0.0) -> Callable[[View, Route], Detail]:
    """A detail that is the same everywhere."""
    return lambda view, route: Detail(np.full_like(view, noise), np.full_like(view, sharpness))


def same(view: View, route: Route) -> Curves:
    return Curves(np.tile(np.linspace(0, 1, 9), (view.shape[2], 1)).astype(np.float32))


# Clean in, clean out


@pytest.mark.parametrize("dtype", INTEGERS + FLOATS)
@pytest.mark.parametrize("channels", [1, 3])
def test_what_needs_nothing_stays_bit_by_bit(dtype: str, channels: int) -> None:
    photo = Photo(noise(70, 90, channels, dtype))
    done = enhanced(photo, soft_enhancer(NEVER))
    assert done.samples.dtype == dtype and np.array_equal(done.samples, photo.samples)
    assert done.needs == enhance.Needs(0, 0, 0) and not done.facts["enhanced"]
    assert done.summary.startswith("Noise, blur and fading were not found in this photo. Raise")


@pytest.mark.parametrize("values", [{"strength": 0.0}, {"noise": 0.0, "fading": 0.0, "sharpness": 0.0}])
def test_sliders_at_zero_change_nothing_and_say_so(values: dict[str, Value]) -> None:
    photo = Photo(noise(70, 90))
    done = enhanced(photo, **values)
    assert np.array_equal(done.samples, photo.samples) and done.samples is not photo.samples
    assert done.summary.startswith("Nothing was changed") and not done.facts["enhanced"]


def test_needs_grow_with_what_is_found() -> None:
    amounts = [0.0, 0.001, 0.005, 0.009, 0.01, 0.02]
    found = [enhanced(flat(0.5), soft_enhancer(LIMITS, detail=adding(amount, amount / 2))).needs for amount in amounts]
    for needs, halved in (([each.noise for each in found], 1), ([each.blur for each in found], 2)):
        share = np.clip(np.array(amounts) / halved / 0.01, 0, 1)
        assert needs == pytest.approx(share**2 * (3 - 2 * share), abs=1e-5)


def test_the_need_for_tone_is_what_it_would_change() -> None:
    low, high = 0.0, 0.3
    done = enhanced(flat(0.5), soft_enhancer({**NEVER, "fading": (low, high)}))
    share = (0.5 - 0.5**1.5) / high
    assert done.needs.fading == pytest.approx(share**2 * (3 - 2 * share), abs=1e-3)
    assert done.summary == "Fading was reduced."


@pytest.mark.parametrize(
    ("values", "summary"),
    [
        ({}, "Noise, blur and fading were reduced."),
        ({"noise": 0.0}, "Blur and fading were reduced."),
        ({"fading": 0.0}, "Noise and blur were reduced."),
        ({"sharpness": 0.0}, "Noise and fading were reduced."),
        ({"sharpness": 0.0, "fading": 0.0}, "Noise was reduced."),
        ({"noise": 0.0, "fading": 0.0}, "Blur was reduced."),
    ],
)
def test_the_summary_names_what_shows(values: dict[str, Value], summary: str) -> None:
    assert enhanced(Photo(photo_samples(70, 90)), **values).summary == summary


# The arithmetic


def test_each_part_by_itself() -> None:
    photo = Photo(photo_samples(60, 60, dtype="float32"))  # one tile
    view = photo.view(photo.whole)
    outer = np.pad(view, ((0, 4), (0, 4), (0, 0)), mode="reflect")
    none: dict[str, Value] = {"noise": 0.0, "fading": 0.0, "sharpness": 0.0, **NOTHING_KEPT}
    detail = soft_detail(outer, Route())
    noiseless = enhanced(photo, **{**none, "noise": 1.0}).samples
    assert np.allclose(noiseless, view + detail.noise[:60, :60], atol=1e-6)
    sharp = enhanced(photo, **{**none, "sharpness": 1.0}).samples
    assert np.allclose(sharp, view + detail.sharpness[:60, :60], atol=1e-6)
    toned = enhanced(photo, **{**none, "fading": 1.0}).samples
    assert np.allclose(toned, np.interp(view, np.linspace(0, 1, 33), np.linspace(0, 1, 33) ** 1.5), atol=1e-5)
    everything = enhanced(photo, **NOTHING_KEPT).samples
    mended = view + (detail.noise + detail.sharpness)[:60, :60]
    expected = darker(view, Route()).applied(mended, photo.whole, 60, 60)
    assert np.allclose(everything, expected, atol=1e-6)
    half = enhanced(photo, **NOTHING_KEPT, strength=0.5).samples
    assert np.allclose(half, (view + expected) / 2, atol=1e-6)


@pytest.mark.parametrize(("limits", "slider", "weight"), [(NEVER, 1.6, 0.6), (ALWAYS, 1.6, 1.6), (ALWAYS, 0.4, 0.4)])
def test_sliders_weigh_the_need_and_go_beyond_it(limits: Any, slider: float, weight: float) -> None:
    photo, view = flat(0.5), 0.5
    none: dict[str, Value] = {"noise": 0.0, "fading": 0.0, "sharpness": 0.0, **NOTHING_KEPT}
    enhancer = soft_enhancer(limits, detail=adding(0.02, -0.01))
    for name, change in {"noise": 0.02, "sharpness": -0.01, "fading": 0.5**1.5 - 0.5}.items():
        done = enhanced(photo, enhancer, **{**none, name: slider})
        assert done.samples == pytest.approx(view + weight * change, abs=1e-3)
        assert done.facts["enhanced"]


def test_keep_grain_gives_brightness_back_and_no_colour() -> None:
    colour = np.float32([0.03, -0.01, 0.02])
    detail = lambda view, route: Detail(np.zeros_like(view) + colour, np.zeros_like(view))  # noqa: E731
    done = enhanced(flat(0.5), soft_enhancer(detail=detail, tone=same), keep_detail=0.0, keep_grain=0.25)
    luma = colour @ np.float32([0.299, 0.587, 0.114])
    assert done.samples == pytest.approx(np.broadcast_to(0.5 + colour - 0.25 * luma, (40, 50, 3)), abs=1e-6)


def test_keep_detail_gives_back_what_stands_out_of_the_noise() -> None:
    """Weak everywhere, strong in one part: there it looks like detail."""
    strong = np.zeros((64, 256), np.bool_)
    strong[24:40, 20:36] = True

    def detail(view: View, route: Route) -> Detail:
        where = strong[: view.shape[0], : view.shape[1], None]
        return Detail(np.where(where, np.float32(0.1), np.float32(0.001)) + 0 * view, np.zeros_like(view))

    photo, enhancer = flat(0.5, size=(64, 256)), soft_enhancer(detail=detail, tone=same)
    given = {share: enhanced(photo, enhancer, {"tile": 256}, keep_detail=share, keep_grain=0.0) for share in (0.0, 0.6)}
    change = {share: done.samples - 0.5 for share, done in given.items()}
    inside = cv2.erode(strong.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    far = cv2.dilate(strong.astype(np.uint8), np.ones((7, 7), np.uint8)) == 0
    assert change[0.0][inside] == pytest.approx(0.1, abs=1e-5)
    assert change[0.6][inside] == pytest.approx(0.04, abs=1e-5)
    assert np.array_equal(change[0.6][far], change[0.0][far])


def test_what_lies_beyond_the_range_keeps_its_distance() -> None:
    samples = photo_samples(40, 50, dtype="float32")
    samples[10:20, 10:20], samples[30, 30] = 1.5, -0.25
    done = enhanced(Photo(samples), soft_enhancer(detail=adding(0.02), tone=same), **NOTHING_KEPT).samples
    assert done[10:20, 10:20] == pytest.approx(1.52) and done[30, 30] == pytest.approx(-0.23)


@pytest.mark.parametrize("dtype", FLOATS)
def test_what_is_not_a_number_stays_so(dtype: str) -> None:
    samples = photo_samples(40, 50, dtype=dtype)
    samples[10, 10], samples[20, 20, 1], samples[30, 30] = np.nan, np.inf, -np.inf
    done = enhanced(Photo(samples)).samples
    odd = ~np.isfinite(samples)
    assert np.array_equal(done[odd], samples[odd], equal_nan=True) and np.isfinite(done[~odd]).all()


# Types, sizes, tiles


@pytest.mark.parametrize("encoding", ENCODINGS.values(), ids=ENCODINGS)
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("dtype", INTEGERS + FLOATS)
def test_every_type_and_curve_comes_to_the_same(dtype: str, channels: int, encoding: Encoding) -> None:
    if channels == 1 and encoding.profile:
        encoding = Encoding("profile", profiles.grey(profiles.gamma(1.8)))
    photo = Photo(photo_samples(70, 90, channels, dtype), encoding=encoding)
    done = enhanced(photo)
    assert done.samples.dtype == dtype and done.samples.shape == photo.samples.shape
    view = photo.view(photo.whole)
    expected = enhanced(Photo(view)).samples
    got = Photo(done.samples, encoding=encoding).view(photo.whole)
    assert np.abs(got - expected).max() < (0.01 if dtype in ("uint8", "float16") else 1e-3)
    assert np.abs(expected - view).max() > 0.05


@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from([1, 3]), st.sampled_from([1, 2, 7, 64]))
def test_any_size(height: int, width: int, channels: int, scale: int) -> None:
    photo = Photo(noise(height, width, channels))
    done = enhance.run(photo, settings_with(), Alone(soft_enhancer()), silent, None, scale)
    assert done.samples.shape == (-(-height // scale), -(-width // scale), channels)
    assert done.samples.dtype == np.uint8


@pytest.mark.parametrize("size", [(1, 300), (300, 1), (63, 65), (200, 333)])
def test_tiles_do_not_show(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enhance, "SAMPLE_SIDE", 64)  # of either: the same noise
    photo = Photo(photo_samples(*size, dtype="float32"))
    tiled = enhanced(photo).samples
    at_once = enhanced(photo, card={"tile": 400, "overlap": 0, "stride": 8}).samples
    assert np.abs(tiled - at_once).max() < 1e-5  # which is the rounding of a box filter


@pytest.mark.parametrize("tile", [64, 0])
@pytest.mark.parametrize("encoding", ["none", "linear"])
def test_a_region_is_that_part_of_the_whole(tile: int, encoding: str) -> None:
    photo = Photo(photo_samples(200, 333, dtype="uint16"), encoding=ENCODINGS[encoding])
    models = Alone(soft_enhancer(), tile=tile)
    whole = enhance.run(photo, settings_with(), models, silent)
    for box in (Box(0, 0, 333, 200), Box(31, 40, 131, 91), Box(332, 199, 333, 200), Box(0, 100, 7, 103)):
        part = enhance.run(photo, settings_with(), models, silent, box)
        assert np.array_equal(part.samples, whole.samples[box.rows, box.columns])
        assert part.facts == whole.facts


# Only where it may


@pytest.mark.parametrize("dtype", ["uint8", "uint32", "float16", "float64"])
def test_a_selection_limits_it(dtype: str) -> None:
    photo = Photo(photo_samples(70, 90, dtype=dtype))
    selection = np.zeros((70, 90), np.uint8)
    selection[:, 20:40], selection[:, 40:60] = 128, 255
    limited = enhanced(Photo(photo.samples, selection=selection)).samples
    everywhere = enhanced(photo).samples
    outside = selection == 0
    assert np.array_equal(limited[outside], photo.samples[outside])
    assert np.array_equal(limited[:, 40:60], everywhere[:, 40:60])
    changes = [result[:, 20:40].astype(np.float64) - photo.samples[:, 20:40] for result in (limited, everywhere)]
    full = np.iinfo(dtype).max if dtype.startswith("u") else 1
    assert np.abs(changes[0] - changes[1] * 128 / 255).max() / full < 0.006


def test_transparent_places_neither_change_nor_count() -> None:
    samples, alpha = photo_samples(300, 310), np.full((300, 310), 255, np.uint8)
    alpha[:100], alpha[100:120] = 0, 1
    clean = enhance.measure(Photo(samples[100:]), *_default(), Route(), silent)
    samples[:100] = noise(100, 310)
    photo = Photo(samples, alpha)
    done = enhanced(photo)
    assert np.array_equal(done.samples[:100], samples[:100])
    assert (done.samples[100:] != samples[100:]).any(axis=2).mean() > 0.9
    found = enhance.measure(photo, *_default(), Route(), silent)
    assert found.deviation == pytest.approx(clean.deviation, rel=0.1)
    nothing = enhanced(Photo(samples, np.zeros_like(alpha)))
    assert np.array_equal(nothing.samples, samples)


def _default() -> tuple[Any, Enhancer]:
    models = Alone(soft_enhancer())
    return models.card("enhance", "default"), models.load("enhance", "default")


def test_the_network_is_not_asked_where_nothing_may_change() -> None:
    asked: list[tuple[int, ...]] = []

    def detail(view: View, route: Route) -> Detail:
        asked.append(view.shape)
        return soft_detail(view, route)

    selection = np.zeros((640, 640), np.uint8)
    selection[100, 100] = 255
    enhanced(Photo(photo_samples(640, 640), selection=selection), soft_enhancer(detail=detail))
    assert len(asked) == 8 + 1


# Previews


@pytest.mark.parametrize("scale", [2, 3, 8])
@pytest.mark.parametrize("alpha", [False, True])
def test_a_preview_is_of_the_averaged_photo(scale: int, alpha: bool) -> None:
    samples = photo_samples(201, 333, dtype="float32")
    photo = Photo(samples, np.ones((201, 333), np.float32) if alpha else None)
    models = Alone(soft_enhancer())
    done = enhance.run(photo, settings_with(), models, silent, None, scale)
    height, width = -(-201 // scale), -(-333 // scale)
    small = np.empty((height, width, 3), np.float32)
    for y in range(height):
        for x in range(width):
            small[y, x] = samples[y * scale : (y + 1) * scale, x * scale : (x + 1) * scale].mean(axis=(0, 1))
    full = enhance.run(photo, settings_with(), models, silent)
    assert done.facts == full.facts
    expected = enhance.run(Photo(small), settings_with(keep_detail=0.0), models, silent).samples
    got = enhance.run(photo, settings_with(keep_detail=0.0), models, silent, None, scale).samples
    assert got.shape == (height, width, 3) and np.abs(got - expected).max() < 2e-3  # the tones are of the full photo


def test_a_previews_region_is_that_part_of_it() -> None:
    photo = Photo(photo_samples(201, 333, dtype="uint16"), encoding=ENCODINGS["linear"])
    models = Alone(soft_enhancer())
    whole = enhance.run(photo, settings_with(), models, silent, None, 4)
    part = enhance.run(photo, settings_with(), models, silent, Box(32, 40, 131, 201), 4)
    assert np.array_equal(part.samples, whole.samples[10:51, 8:33])


def test_a_preview_without_change_is_the_reduced_photo() -> None:
    photo = flat(0.25, "uint16")
    done = enhance.run(photo, settings_with(), Alone(soft_enhancer(NEVER)), silent, None, 8)
    assert np.array_equal(done.samples, photo.samples[:5, :7])


def test_what_was_measured_is_remembered() -> None:
    asked: list[int] = []

    def tone(view: View, route: Route) -> Curves:
        asked.append(view.size)
        return darker(view, route)

    photo, memory = Photo(photo_samples(100, 120)), enhance.Memory()
    models = Alone(soft_enhancer(tone=tone))
    first = enhance.run(photo, settings_with(), models, silent, None, 2, memory)
    again = enhance.run(photo, settings_with(), models, silent, None, 2, memory)
    assert len(asked) == 1 and np.array_equal(first.samples, again.samples) and first.facts == again.facts
    enhance.run(photo, settings_with(decoder="y"), models, silent, None, 4, memory)
    assert len(asked) == 2 and list(memory.reduced) == [4]


def test_the_detail_of_a_preview_is_remembered_for_other_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def detail(view: View, route: Route) -> Detail:
        asked.append(view.size)
        return soft_detail(view, route)

    photo, memory, region = Photo(photo_samples(150, 170)), enhance.Memory(), Box(40, 30, 140, 120)
    models = Alone(soft_enhancer(detail=detail))
    enhance.run(photo, settings_with(), models, silent, region, 1, memory)
    first = len(asked)
    changed = settings_with(noise=0.5, sharpness=1.5)
    again = enhance.run(photo, changed, models, silent, region, 1, memory)
    assert first and len(asked) == first
    assert np.array_equal(again.samples, enhance.run(photo, changed, models, silent, region).samples)
    monkeypatch.setattr(enhance, "KEPT", 0)
    enhance.run(photo, changed, models, silent, region, 2, memory)
    assert not memory.details
    enhance.run(photo, changed, models, silent, None, 1, memory)
    assert not memory.details


# The decoder's own picture


@pytest.mark.parametrize("tile", [64, 0])
@pytest.mark.parametrize("scale", [1, 3])
def test_raw_is_the_decoders_picture(tile: int, scale: int) -> None:
    photo = Photo(photo_samples(80, 90))
    models = Alone(soft_enhancer(NEVER, picture=negative), tile=tile)
    done = enhance.run(photo, settings_with(raw=True), models, silent, None, scale)
    before = enhance.run(photo, settings_with(strength=0.0), models, silent, None, scale).samples
    assert np.abs(done.samples.astype(int) - (255 - before)).max() <= (1 if tile or scale == 1 else 8)
    half = enhance.run(photo, settings_with(raw=True, strength=0.5), models, silent)
    assert np.abs(half.samples.astype(int) - 127.5).max() <= 1
    assert done.summary == "The photo was drawn anew." and done.facts["enhanced"]


def test_raw_of_the_whole_photo_is_stretched_over_it() -> None:
    y = np.repeat(np.linspace(0.2, 0.8, 400)[:, None, None], 300, axis=1).astype(np.float32)
    done = enhanced(Photo(y), soft_enhancer(picture=negative), {"tile": 0}, raw=True)
    assert np.abs(done.samples - (1 - y)).max() < 0.005


def test_raw_needs_a_picture() -> None:
    with pytest.raises(WrongInput, match="default has no picture of its own; raw is for vae-full and vae-simple"):
        enhanced(Photo(noise(20, 20)), raw=True)


@pytest.mark.parametrize("part", ["tone", "detail", "picture"])
def test_the_model_hears_encoder_and_decoder(part: str) -> None:
    heard: list[Route] = []

    def hear(answer: Callable[[View, Route], Any]) -> Callable[[View, Route], Any]:
        def hearing(view: View, route: Route) -> Any:
            heard.append(route)
            return answer(view, route)

        return hearing

    answers = {"tone": darker, "detail": soft_detail, "picture": negative}
    enhancer = soft_enhancer(**{part: hear(answers[part])})
    enhanced(Photo(noise(20, 20)), enhancer, raw=part == "picture", encoder="r", decoder="y")
    assert set(heard) == {Route("r", "y")}


# Models, progress


def test_a_model_without_detail_changes_tones_alone() -> None:
    done = enhanced(Photo(photo_samples(70, 90)), soft_enhancer(LIMITS, detail=None), noise=2.0, sharpness=2.0)
    assert done.summary == "Fading was reduced." and done.needs == enhance.Needs(fading=1.0)


def test_a_missing_model_has_no_other_in_its_place(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model default for enhance"):
        enhance.run(Photo(noise(20, 20)), settings_with(), Registry([tmp_path]), silent)


def test_progress_rises_and_is_heard_between_tiles() -> None:
    photo, heard = Photo(photo_samples(200, 200)), list[float]()
    enhance.run(photo, settings_with(), Alone(soft_enhancer()), lambda fraction, text: heard.append(fraction), None, 2)
    assert heard == sorted(heard) and heard[0] == 0 and heard[-1] == 1

    def stop(fraction: float, text: str) -> None:
        if fraction > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        enhance.run(photo, settings_with(), Alone(soft_enhancer()), stop)


# Tones


def test_curves_go_on_beyond_their_ends() -> None:
    curves = Curves(np.float32([[0.1, 0.5, 0.9]]))
    view = np.float32([[[-0.5], [0.0], [0.25], [1.0], [2.0]]])
    assert curves.applied(view, Box(0, 0, 5, 1), 1, 5).ravel() == pytest.approx([-0.4, 0.1, 0.3, 0.9, 1.9])


def test_gains_are_a_field_over_the_photo() -> None:
    field = np.float32([[[0.0], [1.0]]])
    across = stretched(field, Box(0, 0, 8, 3), 3, 8)
    assert across.shape == (3, 8, 1)
    assert across[1, :, 0] == pytest.approx([0, 0, 0.125, 0.375, 0.625, 0.875, 1, 1])
    gains = Gains(field, np.zeros_like(field))
    view = np.full((3, 8, 1), 0.5, np.float32)
    whole = gains.applied(view, Box(0, 0, 8, 3), 3, 8)
    assert np.array_equal(gains.applied(view[1:, 2:5], Box(2, 1, 5, 3), 3, 8), whole[1:, 2:5])
    assert np.array_equal(whole, 0.5 * across)


def test_a_photo_of_the_repository() -> None:
    photo = files.read_photo(SAMPLES / "dahlgren.jpg")
    done = enhanced(photo, soft_enhancer(LIMITS))
    assert done.samples.shape == photo.samples.shape and done.needs.noise > 0
    calmer = blurred(Photo(done.samples).view(photo.whole)) - Photo(done.samples).view(photo.whole)
    before = blurred(photo.view(photo.whole)) - photo.view(photo.whole)
    assert calmer.std() < before.std() and REACH == 7
