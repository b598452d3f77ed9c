"""Grain in a fill: as strong as around it, not where there is none, and the same every time."""

from __future__ import annotations

import numpy as np
import pytest

from core.color import View
from core.grain import grain_of, grained


def grainy(height: int, width: int, deviation: float, channels: int = 3) -> np.ndarray:
    rng = np.random.default_rng(4)
    slope = np.linspace(0.3, 0.6, width, dtype=np.float32)[None, :, None]
    return (slope + deviation * rng.standard_normal((height, width, channels))).astype(np.float32)


def hole_in(height: int, width: int) -> np.ndarray:
    hole = np.zeros((height, width), bool)
    hole[height // 2 - 6 : height // 2 + 6, 10:-10] = True
    return hole


def with_grain(view: View, filled: View, hole: np.ndarray, strength: float, seed: tuple[int, int]) -> View:
    """The filled view with grain in the hole."""
    grain = grain_of(view, filled, hole, seed)
    assert grain is not None
    out = np.array(filled)
    out[hole] = grained(filled[hole], grain.at(hole), strength)
    return out


@pytest.mark.parametrize("deviation", [0.01, 0.04])
@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_the_fill_is_as_grainy_as_what_is_around_it(deviation: float, strength: float) -> None:
    view, hole = grainy(90, 120, deviation, 1), hole_in(90, 120)
    smooth = np.repeat(np.linspace(0.3, 0.6, 120, dtype=np.float32)[None, :, None], 90, 0)
    made = with_grain(view, np.where(hole[..., None], smooth, view), hole, strength, (0, 0))
    assert np.array_equal(made[~hole], view[~hole])
    assert 0.7 * strength < (made - smooth)[hole].std() / deviation < 1.3 * strength


def test_darker_parts_get_the_grain_of_darker_parts() -> None:
    rng = np.random.default_rng(1)
    level = np.where(np.arange(200) < 100, 0.2, 0.7).astype(np.float32)[None, :, None]
    noise = rng.standard_normal((100, 200, 1)) * np.where(level < 0.5, 0.005, 0.04)
    hole = np.zeros((100, 200), bool)
    hole[45:55, 10:90], hole[45:55, 110:190] = True, True
    view = (level + noise).astype(np.float32)
    smooth = np.broadcast_to(level, view.shape).astype(np.float32)
    made = with_grain(view, np.where(hole[..., None], smooth, view), hole, 1.0, (0, 0)) - smooth
    assert made[48:52, 20:80].std() < 0.012 < 0.025 < made[48:52, 120:180].std()


def test_a_fill_that_has_grain_gets_no_more() -> None:
    view, hole = grainy(90, 120, 0.03, 1), hole_in(90, 120)
    made = with_grain(view, view, hole, 1.0, (0, 0))
    assert (made - view)[hole].std() < 0.02


def test_no_grain_where_there_is_none() -> None:
    view, hole = grainy(90, 120, 0.0), hole_in(90, 120)
    assert np.abs(with_grain(view, view, hole, 1.0, (3, 4)) - view).max() < 2e-3


def test_grain_is_the_same_every_time_and_grey_in_a_grey_photo() -> None:
    view, hole = np.repeat(grainy(90, 120, 0.03, 1), 3, 2), hole_in(90, 120)
    smooth = np.where(hole[..., None], np.float32(0.45), view)
    one, other = (with_grain(view, smooth, hole, 1.0, (7, 9)) for _ in range(2))
    assert np.array_equal(one, other)
    assert np.ptp(one, axis=2).max() < 1e-5
    assert not np.array_equal(one, with_grain(view, smooth, hole, 1.0, (8, 9)))
