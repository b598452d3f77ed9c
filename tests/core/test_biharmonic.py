"""The biharmonic fill: exact where it can be, quick where holes are wide, any range of values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.restoration import inpaint_biharmonic

from core.models.biharmonic import WIDEST, biharmonic_filler, filled
from core.models.filling import Hole
from core.models.opencv_inpaint import opencv_filler


def plane(height: int, width: int, channels: int = 3) -> np.ndarray:
    y, x = np.indices((height, width), dtype=np.float32)
    return np.repeat((0.2 + 0.004 * x + 0.002 * y)[..., None], channels, 2)


def disc(height: int, width: int, radius: float) -> np.ndarray:
    y, x = np.indices((height, width))
    return np.where(np.hypot(y - height // 2, x - width // 2) <= radius, np.uint8(255), np.uint8(0))


@pytest.mark.parametrize("radius", [1, 6, WIDEST - 1])
def test_a_slope_is_continued_exactly(radius: float) -> None:
    true, hole = plane(80, 90), disc(80, 90, radius)
    seen = np.where(hole[..., None] > 0, np.float32(1), true)
    assert np.abs(filled(seen, hole) - true).max() < 1e-3


def test_a_wide_hole_is_filled_from_coarse_to_fine() -> None:
    true, hole = plane(200, 200), disc(200, 200, 60)
    fill = filled(np.where(hole[..., None] > 0, np.float32(1), true), hole)
    assert np.abs(fill - true).max() < 0.03
    assert np.array_equal(fill[hole == 0], true[hole == 0])


@pytest.mark.parametrize("channels", [1, 3])
def test_values_beyond_one_come_back(channels: int) -> None:
    true, hole = 20 * plane(60, 60, channels) - 5, disc(60, 60, 4)
    fill = biharmonic_filler()([Hole(np.where(hole[..., None] > 0, np.float32(0), true), hole, 5.0)])[0]
    assert fill.shape == true.shape and np.abs(fill - true).max() < 0.05


def test_curved_tones_are_closer_than_with_telea() -> None:
    y, x = np.indices((120, 120), dtype=np.float32)
    true = np.repeat((0.5 + 0.3 * np.sin(x / 9) * np.cos(y / 11))[..., None], 3, 2).astype(np.float32)
    hole = disc(120, 120, 6)
    seen = np.where(hole[..., None] > 0, np.float32(0), true)
    errors = [
        float(((fill([Hole(seen, hole, 5.0)])[0] - true)[hole > 0] ** 2).mean())
        for fill in (biharmonic_filler(), opencv_filler("telea"))
    ]
    assert errors[0] < 0.25 * errors[1]


@given(st.integers(1, 15), st.integers(1, 30), st.sampled_from([1, 3]), st.floats(0.02, 0.8), st.integers(0, 9999))
def test_it_is_the_fill_of_scikit_image(height: int, width: int, channels: int, share: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    view = rng.random((height, width, channels), np.float32)
    hole = np.where(rng.random((height, width)) < share, np.uint8(255), np.uint8(0))
    hole[: rng.integers(0, height + 1), : rng.integers(0, width + 1)] = 255
    if hole.all() or not hole.any():
        return
    exact = inpaint_biharmonic(view.astype(np.float64), hole > 0, channel_axis=-1)
    assert np.abs(filled(view, hole) - exact).max() < 1e-6


def test_what_is_wanted_is_filled_as_if_all_were() -> None:
    rng = np.random.default_rng(3)
    view = rng.random((90, 120, 3), np.float32)
    hole = np.maximum(disc(90, 120, 7), np.roll(disc(90, 120, 3), 40, 1))
    wanted = np.zeros(hole.shape, bool)
    wanted[45, 60] = True
    part, every = filled(view, hole, wanted), filled(view, hole)
    near = disc(90, 120, 7) > 0
    assert np.abs(part - every)[near].max() < 1e-6
    assert np.array_equal(part[~near], view[~near])
    assert np.array_equal(filled(view, hole, np.zeros(hole.shape, bool)), view)


def test_nothing_to_fill_and_nothing_to_fill_from() -> None:
    picture = plane(10, 12)
    assert np.array_equal(filled(picture, np.zeros((10, 12), np.uint8)), picture)
    assert np.array_equal(filled(picture, np.full((10, 12), 255, np.uint8)), picture)
