"""The filling network that is shipped: only the hole changes, any size and range, and edges go on through it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.color import View
from core.models.biharmonic import biharmonic_filler
from core.models.fill_network import _covering
from core.models.filling import Filler, Hole
from core.models.registry import Registry
from core.photo import Mask

FILLER = Registry().load("repair", "cnn")


def filled(view: View, hole: Mask, filler: Filler = FILLER) -> View:
    return filler([Hole(view, hole, 5.0)])[0]


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
    fill = filled(view, hole)
    assert fill.shape == view.shape and np.isfinite(fill).all()
    assert np.abs(fill - view)[hole == 0].max(initial=0) < 1e-6


@pytest.mark.parametrize("thick", [3, 8])
def test_edges_go_on_better_than_biharmonically(thick: int) -> None:
    true, hole = edges(150, 170), scratch(150, 170, thick)
    seen = np.where(hole[..., None] > 0, np.float32(1), true)
    ours, smooth = (
        float(((filled(seen, hole, filler) - true)[hole > 0] ** 2).mean()) for filler in (FILLER, biharmonic_filler())
    )
    assert ours < 0.95 * smooth


def test_values_beyond_one_come_back() -> None:
    true, hole = 6 * edges(70, 70) - 2, scratch(70, 70, 2)
    fill = filled(np.where(hole[..., None] > 0, np.float32(0), true), hole)
    assert np.array_equal(np.isfinite(fill), np.ones_like(fill, np.bool_))
    assert true.min() - 0.1 <= fill[hole > 0].min() and fill[hole > 0].max() <= true.max() + 0.1


def test_holes_together_are_filled_as_each_by_itself() -> None:
    """Small, long and thick ones, so that tiles of every size are mixed."""
    sizes = [(40, 44), (150, 170), (120, 120)]
    holes = []
    for (height, width), thick in zip(sizes, (4, 3, 20), strict=True):
        mask = scratch(height, width, thick)
        if thick == 4:
            mask[:, :20], mask[:, 24:] = 0, 0
        holes.append(Hole(edges(height, width), mask, 5.0))
    for hole, view in zip(holes, FILLER(holes), strict=True):
        assert np.abs(view - filled(hole.view, hole.mask)).max() < 1e-5


@given(st.integers(1, 200), st.integers(1, 200), st.floats(0.001, 0.5), st.integers(1, 70), st.integers(0, 99))
def test_boxes_hold_each_place_once_in_no_more_than_a_grid_has(
    height: int, width: int, share: float, size: int, seed: int
) -> None:
    places = np.random.default_rng(seed).random((height, width)) < share
    times = np.zeros(places.shape, int)
    boxes = _covering(places, size)
    for box in boxes:
        assert 0 < box.bottom - box.top <= size and 0 < box.right - box.left <= size
        times[box.rows, box.columns] += 1
    assert times.max(initial=0) <= 1 and (times[places] == 1).all()
    assert len(boxes) <= -(-height // size) * -(-width // size)


def test_what_is_wanted_is_filled_and_other_damage_is_not_seen() -> None:
    """A white defect close by is neither a source nor what makes a grey fill coloured."""
    true, hole = edges(120, 200), np.zeros((120, 200), np.uint8)
    hole[20:110, 50:54], hole[20:110, 62:66], hole[20:110, 180:184] = 255, 255, 255
    seen = np.where(hole[..., None] > 0, np.array([1, 0.4, 0.2], np.float32), true)
    wanted = np.zeros(hole.shape, bool)
    wanted[:, :58] = True
    part, every = FILLER([Hole(seen, hole, 5.0, wanted)])[0], filled(seen, hole)
    here = wanted & (hole > 0)
    assert np.ptp(part[here], axis=1).max() < 1e-5
    assert np.abs(part - every)[here].mean() < 0.03
    assert np.array_equal(part[:, 180:184], seen[:, 180:184])


def test_a_grey_photo_stays_grey() -> None:
    fill = filled(edges(100, 110), scratch(100, 110, 5))
    assert np.ptp(fill, axis=2).max() < 1e-6


def test_no_seam_in_a_thick_hole() -> None:
    """Across the tiles a fill of a smooth picture is smooth."""
    y, x = np.indices((200, 260), dtype=np.float32)
    true = np.repeat((0.3 + 0.001 * x + 0.0006 * y)[..., None], 3, 2).astype(np.float32)
    hole = np.zeros((200, 260), np.uint8)
    hole[80:120, 30:230] = 255
    fill = filled(np.where(hole[..., None] > 0, np.float32(0), true), hole)
    inside = fill[82:118, 32:228]
    assert np.abs(np.diff(inside, 2, axis=0)).max() < 0.02 and np.abs(np.diff(inside, 2, axis=1)).max() < 0.02
