"""A mask in pieces: filling window by window is filling at once."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import photo_samples, scratches, specks

from core import mask as masks
from core.models.filling import Hole
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


SPREAD = st.builds(
    lambda size, seed, dots, radius: specks(*size, dots, seed, radius),
    st.tuples(st.integers(100, 320), st.integers(100, 320)),
    st.integers(0, 10_000),
    st.integers(2, 5),
    st.integers(0, 3),
)
"""Masks of which most fall into several windows."""
MASKS = SPARSE | SPREAD
CELLS = st.sampled_from([32, masks.CELL])


@given(MASKS, st.integers(1, 30), CELLS)
def test_the_windows_are_the_mask_and_no_pixel_twice(mask: Mask, reach: int, cell: int) -> None:
    seen = np.zeros(mask.shape, int)
    for window in windows_in_cells(mask, reach, cell):
        outer, inner = window.outer, window.inner
        assert window.mask.shape == (outer.bottom - outer.top, outer.right - outer.left)
        assert 0 <= outer.left <= inner.left < inner.right <= outer.right <= mask.shape[1]
        assert 0 <= outer.top <= inner.top < inner.bottom <= outer.bottom <= mask.shape[0]
        assert not (window.mask & ~mask[outer.rows, outer.columns]).any()
        seen[inner.rows, inner.columns] += window.mask[inner.within(outer)] > 0
    assert np.array_equal(seen, mask > 0)


@given(MASKS, st.integers(1, 30))
def test_parts_lie_further_apart_than_the_reach(mask: Mask, reach: int) -> None:
    parts = []
    for window in masks.windows(mask, reach):
        whole = np.zeros(mask.shape, np.uint8)
        whole[window.outer.rows, window.outer.columns] = window.mask
        parts.append(whole)
    for index, part in enumerate(parts):
        others = np.maximum.reduce([*parts[:index], *parts[index + 1 :], np.zeros_like(mask)])
        if others.any():
            assert masks.distance_to(others)[part > 0].min() > reach


@given(MASKS, st.integers(1, 30), CELLS)
def test_each_window_sees_the_reach_around_what_it_answers_for(mask: Mask, reach: int, cell: int) -> None:
    for window in windows_in_cells(mask, reach, cell):
        marked = np.zeros_like(window.mask)
        inner = window.inner.within(window.outer)
        marked[inner] = window.mask[inner]
        ys, xs = np.nonzero(marked)
        if not len(ys):
            continue  # what is marked beside its cell grows into it
        here = Box(int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
        needed = here.moved(window.outer.left, window.outer.top).grown(reach, *mask.shape)
        assert window.outer.left <= needed.left and window.outer.top <= needed.top
        assert window.outer.right >= needed.right and window.outer.bottom >= needed.bottom


def windows_in_cells(mask: Mask, reach: int, cell: int) -> list[masks.Window]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(masks, "CELL", cell)
        return masks.windows(mask, reach)


def test_a_crowded_mask_is_cut_into_cells_and_not_into_defects() -> None:
    mask = scratches(2000, 2500, 60, thickness=3)
    windows = masks.windows(mask, 13)
    assert 10 <= len(windows) <= 20
    assert max(window.outer.area for window in windows) < 700 * 700


def test_a_small_crowded_mask_is_one_window() -> None:
    (window,) = masks.windows(scratches(100, 120, 30, thickness=2), 10)
    assert window.outer == window.inner == Box(0, 0, 120, 100)


def test_thick_damage_is_cut_into_larger_cells() -> None:
    mask = np.zeros((4000, 4000), np.uint8)
    mask[500:3500, 1000:3000] = 255  # a thousand pixels to the nearest tone
    (window,) = masks.windows(mask, 13)
    assert window.inner.area > 3000 * 2000


def broad(height: int = 900, width: int = 2400) -> Mask:
    """A torn strip, a broad stroke off it and a hair that leaves it."""
    mask = np.zeros((height, width), np.uint8)
    cv2.line(mask, (500, 200), (1300, 400), 255, 40)
    cv2.line(mask, (1300, 400), (2300, 800), 255, 2)
    cv2.line(mask, (100, 100), (100, 800), 255, 30)
    return mask


def test_what_is_broad_is_not_cut_and_what_is_thin_is() -> None:
    mask = broad()
    windows = windows_in_cells(mask, 15, 128)
    (whole,) = (window for window in windows if window.inner.meets(Box(500, 200, 501, 201)))
    assert whole.inner.common(Box(480, 180, 1320, 420)) == Box(480, 180, 1320, 420)
    assert max(window.inner.right for window in windows) > 2200
    assert max(window.inner.area for window in windows if window.inner.left > 1500) < 300 * 300


@given(st.integers(0, 1000), st.sampled_from([64, 128, 400]), st.sampled_from([1000, 200_000, masks.UNCUT]))
def test_broad_and_thin_together_are_answered_for_once(seed: int, cell: int, uncut: int) -> None:
    mask = scratches(500, 600, 3, seed, 3) | scratches(500, 600, 2, seed + 1, 36)
    seen = np.zeros(mask.shape, int)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(masks, "UNCUT", uncut)
        windows = windows_in_cells(mask, 9, cell)
    for window in windows:
        seen[window.inner.rows, window.inner.columns] += window.mask[window.inner.within(window.outer)] > 0
    assert np.array_equal(seen, mask > 0)


def test_few_defects_on_a_large_photo_are_small_pieces() -> None:
    mask = specks(2000, 3000, 10, radius=3)
    area = sum(window.outer.area for window in masks.windows(mask, 20))
    assert area < mask.size / 20


@settings(max_examples=60)
@given(
    MASKS,
    st.integers(0, 1000),
    st.sampled_from(["telea", "ns"]),
    st.sampled_from([1, 3]),
    st.sampled_from([1, 2, 5, 9, 20]),
    st.sampled_from([0, 2, 4.5]),
    st.sampled_from([0, 1, 3]),
    CELLS,
)
def test_filling_by_windows_is_filling_at_once(
    mask: Mask, seed: int, method: str, channels: int, radius: int, grow: float, feather: float, cell: int
) -> None:
    """Within a tenth of an 8-bit level where defects are apart, within a level where they are cut; mostly exactly."""
    photo = Photo(photo_samples(*mask.shape, channels, "uint16", seed))
    mask = masks.grown(mask, grow)
    settings_ = {"model": method, "radius": float(radius), "grow": 0.0, "feather": float(feather), "grain": 0.0}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(masks, "CELL", cell)
        repair = run(photo, mask, settings_, Registry(), silent)
    hole = masks.grown(mask, feather)
    if hole.all() or not mask.any():
        assert not repair.patches
        return
    at_once = opencv_filler(method)([Hole(photo.view(photo.whole), hole, radius)])[0]
    opacity = masks.opacity(mask, feather)[..., None]
    expected = opacity * at_once * 65535 + (1 - opacity) * photo.samples
    difference = np.abs(repaired_samples(photo, repair).astype(float) - expected)
    assert difference.max() <= (257 if cell == 32 else 26), np.argwhere(difference > 26)[:5]
    assert (difference > 2).mean() <= 0.001


@pytest.mark.parametrize("method", ["telea", "ns"])
def test_windows_are_used_at_all(method: str) -> None:
    """Otherwise the test above would compare one filling with itself."""
    photo = Photo(photo_samples(300, 400, 3, "uint16"))
    mask = specks(300, 400, 4, radius=2)
    settings_ = {"model": method, "radius": 5.0, "grow": 2.0, "feather": 1.0, "grain": 0.0}
    assert len(run(photo, mask, settings_, Registry(), silent).patches) == 4
