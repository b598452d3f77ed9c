"""A mask in pieces: filling window by window is filling at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import photo_samples, scratches, specks

from core import mask as masks
from core.models.opencv_inpaint import opencv_filler
from core.models.registry import Registry
from core.photo import Box, Mask, Photo
from core.progress import silent
from core.repair import repaired_samples, run

SPARSE = st.builds(
    lambda size, seed, lines, dots, radius: np.maximum(
        scratches(*size, lines, seed, 1), specks(*size, dots, seed + 1, radius)
    ),
    st.tuples(st.integers(1, 160), st.integers(1, 160)),
    st.integers(0, 10_000),
    st.integers(0, 2),
    st.integers(0, 6),
    st.integers(0, 3),
)


@given(SPARSE, st.integers(1, 30))
def test_the_pieces_are_the_mask_and_no_pixel_twice(mask: Mask, reach: int) -> None:
    seen = np.zeros(mask.shape, int)
    for box, own in masks.windows(mask, reach):
        assert own.shape == (box.bottom - box.top, box.right - box.left)
        assert 0 <= box.left < box.right <= mask.shape[1] and 0 <= box.top < box.bottom <= mask.shape[0]
        seen[box.rows, box.columns] += own > 0
    assert np.array_equal(seen, mask > 0)


@given(SPARSE, st.integers(1, 30))
def test_pieces_lie_further_apart_than_the_reach(mask: Mask, reach: int) -> None:
    pieces = []
    for box, own in masks.windows(mask, reach):
        whole = np.zeros(mask.shape, np.uint8)
        whole[box.rows, box.columns] = own
        pieces.append(whole)
    for index, piece in enumerate(pieces):
        others = np.maximum.reduce([*pieces[:index], *pieces[index + 1 :], np.zeros_like(mask)])
        if others.any():
            assert masks.distance_to(others)[piece > 0].min() > reach


@given(SPARSE, st.integers(1, 30))
def test_each_box_leaves_the_reach_around_its_piece(mask: Mask, reach: int) -> None:
    for box, own in masks.windows(mask, reach):
        ys, xs = np.nonzero(own)
        needed = Box(
            int(xs.min()) + box.left, int(ys.min()) + box.top, int(xs.max()) + box.left + 1, int(ys.max()) + box.top + 1
        ).grown(reach, *mask.shape)
        assert box.left <= needed.left and box.top <= needed.top
        assert box.right >= needed.right and box.bottom >= needed.bottom


def test_a_crowded_mask_is_one_piece() -> None:
    mask = scratches(100, 120, 30, thickness=2)
    pieces = masks.windows(mask, 10)
    assert pieces[0][0] == Box(0, 0, 120, 100) and len(pieces) == 1


def test_few_defects_on_a_large_photo_are_small_pieces() -> None:
    mask = specks(2000, 3000, 10, radius=3)
    area = sum(box.area for box, _own in masks.windows(mask, 20))
    assert area < mask.size / 20


SPREAD = st.builds(
    lambda size, seed, dots, radius: specks(*size, dots, seed, radius),
    st.tuples(st.integers(100, 320), st.integers(100, 320)),
    st.integers(0, 10_000),
    st.integers(2, 5),
    st.integers(0, 3),
)
"""Masks of which most fall into several windows."""


@settings(max_examples=60)
@given(
    SPARSE | SPREAD,
    st.integers(0, 1000),
    st.sampled_from(["telea", "ns"]),
    st.sampled_from([1, 3]),
    st.sampled_from([1, 2, 5, 9, 20]),
    st.sampled_from([0, 2, 4.5]),
    st.sampled_from([0, 1, 3]),
)
def test_filling_by_windows_is_filling_at_once(
    mask: Mask, seed: int, method: str, channels: int, radius: int, grow: float, feather: float
) -> None:
    photo = Photo(photo_samples(*mask.shape, channels, "uint16", seed))
    settings_ = {"model": method, "radius": float(radius), "grow": float(grow), "feather": float(feather)}
    repair = run(photo, mask, settings_, Registry(), silent)
    hole = masks.grown(mask, grow + feather)
    if hole.all() or not mask.any():
        assert not repair.patches
        return
    at_once = opencv_filler(method)(photo.view(photo.whole), hole, radius)
    opacity = masks.opacity(masks.grown(mask, grow), feather)[..., None]
    expected = opacity * at_once * 65535 + (1 - opacity) * photo.samples
    difference = np.abs(repaired_samples(photo, repair).astype(float) - expected)
    assert difference.max() <= 2, np.argwhere(difference > 2)[:5]


@pytest.mark.parametrize("method", ["telea", "ns"])
def test_windows_are_used_at_all(method: str) -> None:
    """Otherwise the test above would compare one filling with itself."""
    photo = Photo(photo_samples(300, 400, 3, "uint16"))
    mask = specks(300, 400, 4, radius=2)
    settings_ = {"model": method, "radius": 5.0, "grow": 2.0, "feather": 1.0}
    assert len(run(photo, mask, settings_, Registry(), silent).patches) == 4
