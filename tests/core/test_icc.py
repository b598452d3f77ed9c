"""Tone curves out of ICC profiles."""

from __future__ import annotations

import struct

import numpy as np
import profiles
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.color import srgb_decoded
from core.icc import TABLE_SIZE, tone_curves

STEPS = np.linspace(0.0, 1.0, TABLE_SIZE)


def only_curve(profile: bytes) -> np.ndarray:
    curves = tone_curves(profile)
    assert curves is not None
    assert all(np.array_equal(curve, curves[0]) for curve in curves)
    return curves[0]


def test_pillows_srgb_profile_has_the_srgb_curve() -> None:
    assert np.abs(only_curve(profiles.srgb()) - srgb_decoded(STEPS)).max() < 1e-4


@pytest.mark.parametrize("value", [1.0, 1.8, 2.2, 2.6])
def test_gamma_curves(value: float) -> None:
    exact = round(value * 256) / 256
    assert np.allclose(only_curve(profiles.rgb(profiles.gamma(value))), STEPS**exact)


def test_an_empty_table_is_the_identity() -> None:
    assert np.array_equal(only_curve(profiles.rgb(profiles.table([]))), STEPS)


def test_a_table_is_interpolated_between_its_points() -> None:
    curve = only_curve(profiles.rgb(profiles.table([0, 0.25, 1])))
    assert curve[0] == 0 and curve[-1] == 1
    assert np.interp(0.5, STEPS, curve) == pytest.approx(0.25, abs=1e-3)
    assert np.interp(0.75, STEPS, curve) == pytest.approx(0.625, abs=1e-3)


def test_a_grey_profile_has_one_curve() -> None:
    curves = tone_curves(profiles.grey(profiles.gamma(2.2)))
    assert curves is not None and len(curves) == 1


def test_three_channels_may_have_three_curves() -> None:
    curves = tone_curves(profiles.rgb(profiles.gamma(1), profiles.gamma(2), profiles.gamma(3)))
    assert curves is not None
    assert [curve[TABLE_SIZE // 2] for curve in curves] == pytest.approx([0.5, 0.25, 0.125], abs=1e-3)


@pytest.mark.parametrize(
    "tag",
    [
        profiles.parametric(3, *profiles.SRGB_PARAMETERS),
        profiles.parametric(4, *profiles.SRGB_PARAMETERS, 0, 0),
    ],
    ids=["kind 3", "kind 4"],
)
def test_the_srgb_curve_as_parameters(tag: bytes) -> None:
    assert np.abs(only_curve(profiles.rgb(tag)) - srgb_decoded(STEPS)).max() < 2e-4


def test_parametric_kinds_against_the_standards_formulas() -> None:
    g, a, b, c = 2.0, 0.8, 0.2, 0.1
    power = (a * STEPS + b) ** g
    assert np.allclose(only_curve(profiles.rgb(profiles.parametric(0, g))), STEPS**2, atol=1e-4)
    assert np.allclose(only_curve(profiles.rgb(profiles.parametric(1, g, a, b))), power, atol=1e-4)
    assert np.allclose(only_curve(profiles.rgb(profiles.parametric(2, g, a, b, c))), power + c, atol=1e-4)
    # Below -b/a kind 1 is zero and kind 2 is c.
    kind_1 = only_curve(profiles.rgb(profiles.parametric(1, g, 1.25, -0.25)))
    assert (kind_1[STEPS < 0.2] == 0).all() and kind_1[-1] == pytest.approx(1, abs=1e-4)
    kind_2 = only_curve(profiles.rgb(profiles.parametric(2, g, 1.25, -0.25, 0.1)))
    assert np.allclose(kind_2[STEPS < 0.2], 0.1, atol=1e-4)


@pytest.mark.parametrize(
    "tag",
    [
        profiles.parametric(1, 2.0, 0.0, 0.5),
        profiles.parametric(0, -1.0),
        profiles.parametric(9, 1.0),
        profiles.parametric(3, 2.0),
        profiles.table([1, 0]),
        profiles.table([0.5, 0.5, 0.5]),
        profiles.table([0, 1])[:-2],
        b"curv\0\0\0\0" + struct.pack(">I", 2**31),
        b"mft2" + bytes(60),
        b"",
    ],
    ids=["a is zero", "negative gamma", "unknown kind", "too few", "falling", "flat", "cut", "huge", "lut", "empty"],
)
def test_a_curve_that_makes_no_sense_is_no_curve(tag: bytes) -> None:
    assert tone_curves(profiles.rgb(tag)) is None


def test_a_profile_cut_off_anywhere_gives_curves_or_none() -> None:
    whole = profiles.rgb(profiles.gamma(2.2))
    assert tone_curves(whole[:150]) is None
    for length in range(len(whole)):
        curves = tone_curves(whole[:length])
        assert curves is None or len(curves) == 3


@given(st.binary(max_size=300), st.integers(0, 400), st.sampled_from(["gamma", "parametric"]))
def test_a_profile_overwritten_with_garbage_gives_curves_or_none(garbage: bytes, at: int, kind: str) -> None:
    tag = profiles.gamma(2.2) if kind == "gamma" else profiles.parametric(3, *profiles.SRGB_PARAMETERS)
    profile = profiles.rgb(tag)
    damaged = profile[:at] + garbage + profile[at + len(garbage) :]
    for curve in tone_curves(damaged) or []:
        assert curve.shape == (TABLE_SIZE,) and np.isfinite(curve).all() and (np.diff(curve) >= 0).all()


@given(st.integers(0, 4), st.lists(st.integers(-(2**31), 2**31 - 1), min_size=7, max_size=7))
def test_parametric_curves_of_any_numbers_are_rising_or_refused(kind: int, numbers: list[int]) -> None:
    tag = b"para\0\0\0\0" + struct.pack(">HH7i", kind, 0, *numbers)
    for curve in tone_curves(profiles.rgb(tag)) or []:
        assert np.isfinite(curve).all() and (np.diff(curve) >= 0).all()
