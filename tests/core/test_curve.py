"""Curves: np.interp to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.color import srgb_decoded
from core.curve import Curve

STEPS = np.linspace(0, 1, 1 << 14)
LIGHT = srgb_decoded(STEPS)
TABLES = [(STEPS, LIGHT), (LIGHT, STEPS)]


def expected(values: NDArray[np.float32], x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.interp(values, x, y).astype(np.float32)


@pytest.mark.parametrize(("x", "y"), TABLES)
def test_at_each_step_and_beside_it(x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
    at = x.astype(np.float32)
    beside = [np.clip(np.nextafter(at, np.float32(way)), 0, 1) for way in (-1, 2)]
    random = np.random.default_rng(3).random((300, 301, 3), np.float32)
    for values in (at, *beside, random, random**5, np.float32([0, -0.0, 1e-42, 1e-20, 1])):
        made = Curve(x, y)(values)
        assert made.dtype == np.float32 and np.array_equal(made, expected(values, x, y))


@given(st.floats(0, 1, width=32))
def test_anywhere(value: float) -> None:
    for x, y in TABLES:
        values = np.float32([value])
        assert np.array_equal(Curve(x, y)(values), expected(values, x, y))


def test_steps_that_are_too_close_are_refused() -> None:
    x = np.concatenate([np.linspace(0, 0.9, 10), 0.9 + np.linspace(1e-7, 0.1, 100_000)])
    with pytest.raises(ValueError, match="close"):
        Curve(x, x)
