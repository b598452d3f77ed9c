"""Cutting a picture into tiles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import tiles
from core.tiles import Grid

SIZES = st.integers(1, 300)
GRIDS = st.builds(
    lambda stride, tile, overlap: Grid(tile * stride, stride, min(overlap, (tile - 1) // 2) * stride),
    st.sampled_from([1, 2, 8, 16]),
    st.integers(1, 9),
    st.integers(0, 4),
)


@given(SIZES, SIZES, GRIDS)
def test_the_inner_parts_cover_the_picture_exactly_once(height: int, width: int, grid: Grid) -> None:
    seen = np.zeros((height, width), int)
    for tile in tiles.cut(height, width, grid):
        seen[tile.inner.rows, tile.inner.columns] += 1
        assert tile.inner.area > 0
        assert tile.inner.bottom <= height and tile.inner.right <= width
    assert (seen == 1).all()


@given(SIZES, SIZES, GRIDS)
def test_tiles_have_one_size_and_start_at_multiples_of_the_stride(height: int, width: int, grid: Grid) -> None:
    sizes = set()
    for tile in tiles.cut(height, width, grid):
        assert tile.outer.left % grid.stride == 0 and tile.outer.top % grid.stride == 0
        assert tile.outer.left >= 0 and tile.outer.top >= 0
        sizes.add((tile.outer.bottom - tile.outer.top, tile.outer.right - tile.outer.left))
    assert len(sizes) == 1
    (size,) = sizes
    assert size[0] % grid.stride == 0 and size[1] % grid.stride == 0
    assert size[0] <= grid.tile and size[1] <= grid.tile


@given(SIZES, SIZES, GRIDS)
def test_tiles_are_as_few_and_as_small_as_they_can_be(height: int, width: int, grid: Grid) -> None:
    parts = tiles.cut(height, width, grid)
    both = 2 * grid.overlap
    for length, spans in (
        (height, {(t.outer.top, t.outer.bottom) for t in parts}),
        (width, {(t.outer.left, t.outer.right) for t in parts}),
    ):
        count, (size,) = len(spans), {end - start for start, end in spans}
        fewer = grid.tile * (count - 1) - both * (count - 2)
        smaller = (size - grid.stride) * count - both * (count - 1)
        assert (count == 1 or fewer < length) and smaller < length


@given(SIZES, SIZES, GRIDS)
def test_around_each_inner_part_lies_the_overlap_or_the_pictures_edge(height: int, width: int, grid: Grid) -> None:
    for tile in tiles.cut(height, width, grid):
        inner, outer = tile.inner, tile.outer
        assert inner.left - outer.left >= grid.overlap or inner.left == outer.left == 0
        assert inner.top - outer.top >= grid.overlap or inner.top == outer.top == 0
        assert outer.right - inner.right >= grid.overlap or inner.right == width
        assert outer.bottom - inner.bottom >= grid.overlap or inner.bottom == height


@given(st.integers(1, 40), st.integers(1, 40), GRIDS, st.sampled_from([1, 3]))
def test_beyond_the_edge_a_tile_is_padded_with_the_pictures_own_tones(
    height: int, width: int, grid: Grid, channels: int
) -> None:
    picture = np.random.default_rng(0).random((height, width, channels), np.float32)
    for tile in tiles.cut(height, width, grid):
        box = tiles.visible(tile, height, width)
        view = picture[box.rows, box.columns]
        padded = tiles.padded(view, tile)
        assert padded.shape == (tile.outer.bottom - tile.outer.top, tile.outer.right - tile.outer.left, channels)
        assert padded.dtype == np.float32
        assert np.array_equal(padded[: view.shape[0], : view.shape[1]], view)
        assert np.isin(padded[-1, -1], picture).all()


@pytest.mark.parametrize("channels", [1, 3])
def test_padding_mirrors(channels: int) -> None:
    view = np.repeat(np.arange(6, dtype=np.float32).reshape(1, 6, 1), channels, axis=2).repeat(8, axis=0)
    (tile,) = tiles.cut(8, 6, Grid(8, 8, 0))
    assert tiles.padded(view, tile)[0, :, 0].tolist() == [0, 1, 2, 3, 4, 5, 4, 3]
