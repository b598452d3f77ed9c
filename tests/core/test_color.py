"""Between stored samples and the view."""

from __future__ import annotations

import io

import numpy as np
import profiles
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import FLOATS, INTEGERS, noise
from PIL import Image, ImageCms

from core.color import Encoding, from_view, srgb_decoded, srgb_encoded, to_view

ENCODINGS = {
    "no profile": Encoding(),
    "srgb": Encoding("srgb"),
    "linear": Encoding("linear"),
    "srgb profile": Encoding("profile", profiles.srgb()),
    "gamma 2.2": Encoding("profile", profiles.rgb(profiles.gamma(2.2))),
    "gamma 1.8": Encoding("profile", profiles.rgb(profiles.gamma(1.8))),
    "linear profile": Encoding("profile", profiles.rgb(profiles.table([]))),
    "three curves": Encoding("profile", profiles.rgb(profiles.gamma(1.4), profiles.gamma(2), profiles.gamma(2.4))),
    "grey gamma": Encoding("profile", profiles.grey(profiles.gamma(2.2))),
    "damaged profile": Encoding("profile", profiles.rgb(profiles.gamma(2.2))[:200]),
}


@pytest.mark.parametrize(
    ("linear", "encoded"),
    [(0, 0), (0.0031308, 0.04045), (0.18, 0.461356), (0.5, 0.735357), (1, 1), (-0.5, -0.735357), (4, 1.824796)],
)
def test_the_srgb_curve_at_known_values(linear: float, encoded: float) -> None:
    assert float(srgb_encoded(np.array(linear))) == pytest.approx(encoded, abs=2e-6)
    assert float(srgb_decoded(np.array(encoded))) == pytest.approx(linear, abs=2e-5)


def step_of(dtype: str) -> float:
    """The largest distance between neighbouring values in 0..1 that a float32 view can tell apart, and not below."""
    if dtype in INTEGERS:
        return max(1 / np.iinfo(dtype).max, 2**-20)
    return max(float(np.finfo(dtype).eps), 2**-20)


@pytest.mark.parametrize("encoding", ENCODINGS.values(), ids=ENCODINGS.keys())
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("dtype", INTEGERS + FLOATS)
def test_samples_come_back_from_the_view(dtype: str, channels: int, encoding: Encoding) -> None:
    samples = noise(300, 7, channels, dtype)  # more rows than a strip
    view = to_view(samples, encoding)
    assert view.dtype == np.float32 and view.shape == samples.shape
    back = from_view(view, samples.dtype, encoding)
    assert back.dtype == samples.dtype
    if dtype in ("uint8", "uint16"):
        assert np.array_equal(back, samples)
    else:
        full = float(np.iinfo(dtype).max) if dtype == "uint32" else 1.0
        assert np.abs(back.astype(np.float64) - samples).max() / full <= step_of(dtype)


@pytest.mark.parametrize("encoding", ENCODINGS.values(), ids=ENCODINGS.keys())
def test_every_16_bit_value_comes_back_exactly(encoding: Encoding) -> None:
    samples = np.arange(65536, dtype=np.uint16).reshape(256, 256, 1)
    assert np.array_equal(from_view(to_view(samples, encoding), samples.dtype, encoding), samples)


@pytest.mark.parametrize("dtype", INTEGERS + FLOATS)
@pytest.mark.parametrize("encoding", ENCODINGS.values(), ids=ENCODINGS.keys())
def test_black_and_white_stay_black_and_white(dtype: str, encoding: Encoding) -> None:
    full = np.iinfo(dtype).max if dtype in INTEGERS else 1
    samples = np.array([0, full], dtype).reshape(1, 2, 1)
    assert to_view(samples, encoding).ravel() == pytest.approx([0, 1], abs=1e-6)


def test_samples_are_left_as_they_are() -> None:
    samples = noise(20, 20, 3, "float32")
    samples.setflags(write=False)
    before = samples.copy()
    to_view(samples, Encoding("linear"))
    to_view(samples, Encoding())
    assert np.array_equal(samples, before)


def test_a_view_of_srgb_samples_is_no_window_on_them() -> None:
    samples = noise(4, 4, 3, "float32")
    before = samples.copy()
    to_view(samples, Encoding())[:] = 0
    assert np.array_equal(samples, before)


def test_gamma_2_2_is_not_taken_for_srgb() -> None:
    """The two differ most in the shadows: 8-bit 10 of gamma 2.2 is not 10 of sRGB."""
    dark = np.full((1, 1, 3), 10, np.uint8)
    shown = to_view(dark, ENCODINGS["gamma 2.2"])
    light = (10 / 255) ** (round(2.2 * 256) / 256)
    assert shown[0, 0, 0] == pytest.approx(float(srgb_encoded(np.array(light))), abs=1e-3)
    assert abs(shown[0, 0, 0] - 10 / 255) > 1 / 255


def test_a_profile_within_one_level_of_srgb_counts_as_srgb() -> None:
    assert ENCODINGS["srgb profile"].tables() is None
    assert ENCODINGS["gamma 2.2"].tables() is not None


@pytest.mark.parametrize("name", ["gamma 2.2", "gamma 1.8", "linear profile"])
def test_the_view_agrees_with_little_cms(name: str) -> None:
    encoding = ENCODINGS[name]
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    source = ImageCms.ImageCmsProfile(io.BytesIO(encoding.profile or b""))
    target = ImageCms.createProfile("sRGB")
    shown = ImageCms.profileToProfile(Image.fromarray(ramp), source, target, ImageCms.Intent.RELATIVE_COLORIMETRIC)
    ours = to_view(ramp, encoding) * 255
    assert shown is not None
    assert np.abs(ours - np.asarray(shown, np.float32)).max() < 2


@pytest.mark.parametrize("encoding", ENCODINGS.values(), ids=ENCODINGS.keys())
def test_values_beyond_the_range_of_float_photos_survive(encoding: Encoding) -> None:
    samples = np.array([-0.5, -0.001, 1.5, 8.0, 100.0], np.float32).reshape(1, 5, 1)
    back = from_view(to_view(samples, encoding), samples.dtype, encoding)
    assert back.ravel() == pytest.approx(samples.ravel(), rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("encoding", ENCODINGS.values(), ids=ENCODINGS.keys())
def test_what_is_not_a_number_does_not_reach_a_network(dtype: str, encoding: Encoding) -> None:
    samples = np.array([np.nan, np.inf, -np.inf, 0.5], dtype).reshape(2, 2, 1)
    assert np.isfinite(to_view(samples, encoding)).all()


@given(st.lists(st.floats(-10, 10, width=32), min_size=1, max_size=30), st.sampled_from(list(ENCODINGS)))
def test_integers_are_clipped_to_their_range_and_never_wrap(values: list[float], name: str) -> None:
    view = np.array(values, np.float32).reshape(1, -1, 1)
    samples = from_view(view, np.dtype(np.uint8), ENCODINGS[name])
    assert (samples[view <= 0] == 0).all() and (samples[view >= 1.01] == 255).all()


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_small_types_are_looked_up_and_come_to_the_same(dtype: str, channels: int) -> None:
    samples = noise(60, 70, channels, dtype)
    curves = [profiles.gamma(value) for value in (1.8, 2.0, 2.6)]
    for encoding in (Encoding("linear"), Encoding("profile", profiles.rgb(*curves))):
        expected = to_view((samples / np.iinfo(dtype).max).astype(np.float64), encoding)
        assert to_view(samples, encoding) == pytest.approx(expected, abs=1e-6)
