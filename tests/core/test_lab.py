"""Colours at a lightness that stays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.color import lab2rgb, rgb2lab

from core.lab import chroma_of, grey_of, lightness_of, with_chroma

RNG = np.random.default_rng(0)
COLOURS = RNG.uniform(0, 1, (40, 50, 3)).astype(np.float32)


def test_lightness_and_chroma_are_those_of_an_independent_library() -> None:
    lab = rgb2lab(COLOURS)
    assert np.abs(100 * lightness_of(COLOURS) - lab[..., 0]).max() < 0.02
    assert np.abs(chroma_of(COLOURS) - lab[..., 1:]).max() < 0.5  # OpenCV's curve is a spline


def test_a_photo_with_its_own_chroma_is_itself() -> None:
    chroma = rgb2lab(COLOURS)[..., 1:].astype(np.float32)
    grey = grey_of(COLOURS)[..., None]
    assert np.abs(with_chroma(grey, chroma) - COLOURS).max() < 2e-3
    assert np.abs(with_chroma(COLOURS, chroma) - COLOURS).max() < 2e-3


def test_no_chroma_is_grey() -> None:
    grey = np.linspace(0, 1, 256, dtype=np.float32).reshape(16, 16, 1)
    assert np.abs(with_chroma(grey, np.zeros((16, 16, 2), np.float32)) - grey).max() < 1e-4


@given(grey=st.floats(0, 1), a=st.floats(-120, 120), b=st.floats(-120, 120))
def test_the_lightness_stays_and_the_colour_is_one_that_there_is(grey: float, a: float, b: float) -> None:
    view, chroma = np.full((1, 1, 1), grey, np.float32), np.array([[[a, b]]], np.float32)
    coloured = with_chroma(view, chroma)
    assert coloured.min() >= 0 and coloured.max() <= 1
    assert lightness_of(coloured)[0, 0] == pytest.approx(lightness_of(view)[0, 0], abs=1e-3)
    got = rgb2lab(coloured)[0, 0, 1:]
    assert np.hypot(*got) <= np.hypot(a, b) + 0.5  # drawn to grey, never beyond what was asked for


def test_what_is_within_the_gamut_comes_as_asked() -> None:
    lab = np.array([[[60.0, 20.0, -15.0], [40.0, -10.0, 25.0]]])
    grey = lab2rgb(lab * [1, 0, 0])[..., :1].astype(np.float32)
    assert np.abs(rgb2lab(with_chroma(grey, lab[..., 1:].astype(np.float32))) - lab).max() < 0.1
