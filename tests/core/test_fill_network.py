"""The filling network that is shipped: only the hole changes, any size and range, and edges go on through it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.color import View
from core.models.biharmonic import biharmonic_filler
from core.models.registry import Registry
from core.photo import Mask

FILL = Registry().load("repair", "cnn")


def edges(height: int, width: int) -> View:
    """Slanted stripes with sharp edges."""
    y, x = np.indices((height, width), dtype=np.float32)
    stripes = np.where(np.sin((x + 0.4 * y) / 7) > 0, np.float32(0.8), np.float32(0.25))
    return np.repeat(stripes[..., None], 3, 2).astype(np.float32)


def scratch(height: int, width: int, thick: int) -> Mask:
    mask = np.zeros((height, width), np.uint8)
    mask[height // 2 : height // 2 + thick] = 255
    return mask


@settings(max_examples=15, deadline=None)
@given(st.integers(3, 90), st.integers(3, 90), st.sampled_from([1, 3]), st.integers(0, 99))
def test_only_the_hole_changes(height: int, width: int, channels: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    view = rng.random((height, width, channels), np.float32)
    hole = np.where(rng.random((height, width)) < 0.1, np.uint8(255), np.uint8(0))
    fill = FILL(view, hole, 5.0)
    assert fill.shape == view.shape and np.isfinite(fill).all()
    assert np.abs(fill - view)[hole == 0].max(initial=0) < 1e-6


@pytest.mark.parametrize("thick", [3, 8])
def test_edges_go_on_better_than_biharmonically(thick: int) -> None:
    true, hole = edges(150, 170), scratch(150, 170, thick)
    seen = np.where(hole[..., None] > 0, np.float32(1), true)
    ours, smooth = (
        float(((fill(seen, hole, 5.0) - true)[hole > 0] ** 2).mean()) for fill in (FILL, biharmonic_filler())
    )
    assert ours < 0.95 * smooth


def test_values_beyond_one_come_back() -> None:
    true, hole = 6 * edges(70, 70) - 2, scratch(70, 70, 2)
    fill = FILL(np.where(hole[..., None] > 0, np.float32(0), true), hole, 5.0)
    assert np.array_equal(np.isfinite(fill), np.ones_like(fill, np.bool_))
    assert true.min() - 0.1 <= fill[hole > 0].min() and fill[hole > 0].max() <= true.max() + 0.1
