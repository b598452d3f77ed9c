"""A part of a repair is that part of the whole repair, to the last bit: what a preview shows is what will come."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import damaged, photo_samples, scratches, specks
from test_repair import METHODS, MODELS, bits, photos, settings_with

import core.repair
from core import mask as masks
from core.color import Samples, View
from core.models.by_width import by_width_filler
from core.models.filling import Filler, Hole, one_by_one
from core.models.registry import Registry
from core.parameters import Value
from core.photo import Box, Mask, Photo
from core.progress import silent
from core.reduced import reduced_mask
from core.repair import Memory, Repair, repaired_part, repaired_samples, run, write_fill_layer

QUICK = ["telea", "ns", "biharmonic"]
GROWS = [0.0, 0.6, 1.0, 2.5, 6.0]
FEATHERS = [0.0, 1.0, 3.0]


def layer(photo: Photo, repair: Repair, box: Box) -> Samples:
    height, width = box.bottom - box.top, box.right - box.left
    out = np.zeros((height, width, photo.samples.shape[2] + 1), photo.samples.dtype)
    write_fill_layer(repair, out, box)
    return out


@st.composite
def boxes(draw: st.DrawFn, height: int, width: int) -> Box:
    left, top = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    return Box(left, top, draw(st.integers(left + 1, width)), draw(st.integers(top + 1, height)))


def assert_part_of_the_whole(
    photo: Photo, mask: Mask, values: dict[str, Value], box: Box, models: Registry = MODELS
) -> None:
    whole = layer(photo, run(photo, mask, values, models, silent), photo.whole)
    part = layer(photo, run(photo, mask, values, models, silent, box), box)
    assert np.array_equal(bits(part), bits(whole[box.rows, box.columns]))


@settings(max_examples=100)
@given(photos(), st.sampled_from(METHODS), st.sampled_from(GROWS), st.sampled_from(FEATHERS), st.data())
def test_a_part_is_filled_as_the_whole_is(
    photo_and_mask: tuple[Photo, Mask], method: str, grow: float, feather: float, data: st.DataObject
) -> None:
    photo, mask = photo_and_mask
    box = data.draw(boxes(photo.height, photo.width))
    assert_part_of_the_whole(photo, mask, settings_with(model=method, grow=grow, feather=feather), box)


@pytest.mark.parametrize("method", QUICK)
@pytest.mark.parametrize("crowded", [False, True])
@settings(max_examples=8)
@given(seed=st.integers(0, 1000), grow=st.sampled_from(GROWS), feather=st.sampled_from(FEATHERS), data=st.data())
def test_a_part_of_a_photo_that_is_filled_in_cells_too(
    method: str, crowded: bool, seed: int, grow: float, feather: float, data: st.DataObject
) -> None:
    """Defects that are cut into cells: long ones, each by itself, or so many that the whole photo is cut."""
    height, width = 700, 900
    mask = scratches(height, width, 8 if crowded else 1, seed, 3)
    mask |= specks(height, width, 60 if crowded else 5, seed)
    photo = Photo(damaged(photo_samples(height, width, 1, "uint16", seed), mask))
    box = data.draw(boxes(height, width))
    assert_part_of_the_whole(photo, mask, settings_with(model=method, grow=grow, feather=feather), box)


def test_a_part_of_what_is_filled_by_width() -> None:
    """Network and patches together, and grain."""
    mask = scratches(500, 700, 3, 5, 3)
    mask[300:360, 200:270] = 255
    photo = Photo(damaged(photo_samples(500, 700, 3, "uint16"), mask))
    assert_part_of_the_whole(photo, mask, settings_with(), Box(150, 250, 400, 420))


def test_a_part_of_a_broad_strip_across_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    """And of one that gets its grain in tiles."""
    mask = np.zeros((160, 700), np.uint8)
    cv2.line(mask, (30, 60), (660, 90), 255, 30)
    photo = Photo(damaged(photo_samples(160, 700, 1, "uint16"), mask))
    values = settings_with(model="patch")
    at_once = repaired_samples(photo, run(photo, mask, {**values, "grain": 0.0}, MODELS, silent))
    monkeypatch.setattr(core.repair, "TILE", 300)
    assert_part_of_the_whole(photo, mask, values, Box(500, 50, 620, 80))
    tiled = run(photo, mask, {**values, "grain": 0.0}, MODELS, silent)
    assert len(tiled.patches) == 3 and np.array_equal(repaired_samples(photo, tiled), at_once)


def test_it_does_not_depend_on_how_far_a_filler_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fill made from all that it sees, such as a network's, is the same too."""

    def mean(hole: Hole) -> View:
        out = hole.view.copy()
        out[hole.mask > 0] = hole.view[hole.mask == 0].mean(axis=0)
        return out

    class Means(Registry):
        def load(self, tool: str, name: str) -> Any:
            return one_by_one(mean)

    mask = scratches(700, 900, 5, 3, 2)
    photo = Photo(damaged(photo_samples(700, 900, 3, "uint16"), mask))
    for box in (Box(0, 0, 300, 200), Box(350, 250, 360, 700), Box(899, 699, 900, 700)):
        assert_part_of_the_whole(photo, mask, settings_with(), box, Means())


def test_only_what_touches_the_part_is_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    mask = specks(600, 800, 60, 1)
    photo = Photo(damaged(photo_samples(600, 800), mask))
    box = Box(100, 100, 200, 180)
    seen: list[Box] = []
    view = Photo.view
    monkeypatch.setattr(Photo, "view", lambda self, part: seen.append(part) or view(self, part))
    repair = run(photo, mask, settings_with(), MODELS, silent, box)
    assert repair.patches and all(box.common(patch.box) == patch.box for patch in repair.patches)
    assert sum(part.area for part in seen) < 12 * box.area
    assert repair.defects == masks.count(mask[box.rows, box.columns])


def test_a_part_without_defects_is_left_alone() -> None:
    mask = np.zeros((200, 200), np.uint8)
    mask[10, 10:50] = 255
    photo = Photo(photo_samples(200, 200))
    repair = run(photo, mask, settings_with(), MODELS, silent, Box(100, 100, 200, 200))
    assert repair == Repair([], "auto", 0)


def test_a_preview_looks_like_the_reduced_repair() -> None:
    mask = scratches(400, 600, 4, 5, 3) | specks(400, 600, 30, 2)
    photo = Photo(damaged(photo_samples(400, 600, 3, "uint16"), mask))
    values, memory = settings_with(model="telea"), Memory()
    whole = repaired_samples(photo, run(photo, mask, values, MODELS, silent))
    small = repaired_part(photo, run(photo, mask, values, MODELS, silent, None, 4, memory), None, 4, memory)
    expected, before = (cv2.resize(of, (150, 100), interpolation=cv2.INTER_AREA) for of in (whole, photo.samples))
    marked = reduced_mask(mask, 4) > 0
    off, was = (np.abs(of.astype(float) - expected)[marked].mean() for of in (small, before))
    assert small.dtype == np.uint16 and off < 0.2 * was
    calm = ~(cv2.dilate(reduced_mask(mask, 4), np.ones((9, 9), np.uint8)) > 0)
    assert np.abs(small.astype(int) - expected)[calm].max() <= 0.01 * 65535, "what is not marked stays"


@pytest.mark.parametrize("scale", [1, 4])
def test_what_a_setting_has_no_part_in_is_not_computed_again(scale: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what is made of what is kept is the same as what is made anew."""
    filled: list[int] = []
    place = core.repair._place
    monkeypatch.setattr(core.repair, "_place", lambda *given: (filled.append(1), place(*given))[1])
    mask = scratches(300, 400, 3, 5, 3)
    photo, memory = Photo(damaged(photo_samples(300, 400), mask)), Memory()
    region = Box(100, 40, 300, 200)

    def made(box: Box = region, **changes: Value) -> tuple[Samples, bool]:
        values = settings_with(**{"model": "telea", **changes})
        filled.clear()
        part = repaired_part(photo, run(photo, mask, values, MODELS, silent, box, scale, memory), box, scale, memory)
        again, other = bool(filled), Memory()
        alone = repaired_part(photo, run(photo, mask, values, MODELS, silent, box, scale, other), box, scale, other)
        assert np.array_equal(part, alone)
        return part, again

    first, again = made()
    assert again
    other, again = made(grain=0.4)
    assert not again and not np.array_equal(first, other)
    assert made(grain=1.0)[1] is False
    for changes in ({"feather": 8.0}, {"grow": 20.0}, {"radius": 40.0}, {"model": "ns"}, {"grain": 0.0}):
        assert made(**changes)[1], changes
    assert made(box=Box(100, 40, 300, 240))[1]


def test_fills_that_are_too_large_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    mask = scratches(300, 400, 3, 5, 3)
    photo, memory = Photo(damaged(photo_samples(300, 400), mask)), Memory()
    run(photo, mask, settings_with(model="telea"), MODELS, silent, photo.whole, 1, memory)
    ((kept, _defects),) = memory.filled.values()
    monkeypatch.setattr(core.repair, "KEPT", sum(place.nbytes for place in kept) - 1)
    run(photo, mask, settings_with(model="telea", grow=8.0), MODELS, silent, photo.whole, 1, memory)
    assert not memory.filled


@given(st.integers(1, 70), st.integers(1, 90), st.integers(2, 64), st.integers(0, 1000))
def test_a_reduced_mask_marks_what_is_marked_anywhere(height: int, width: int, scale: int, seed: int) -> None:
    mask = np.where(np.random.default_rng(seed).random((height, width)) < 0.02, np.uint8(255), np.uint8(0))
    small = reduced_mask(mask, scale)
    assert small.shape == (-(-height // scale), -(-width // scale))
    for row, column in np.ndindex(small.shape):
        cell = mask[row * scale : (row + 1) * scale, column * scale : (column + 1) * scale]
        assert small[row, column] == cell.max()


def test_a_reduced_wide_defect_goes_to_the_method_for_wide_ones() -> None:
    taken: list[str] = []

    def method(name: str) -> Filler:
        return one_by_one(lambda hole: (taken.append(name), hole.view)[1])

    mask = np.zeros((60, 60), np.uint8)
    mask[20:30, 20:30] = 255
    fill = by_width_filler(method("narrow"), method("wide"), 32.0)
    for scale in (1, 6):
        fill([Hole(np.zeros((60, 60, 1), np.float32), mask, 5.0, None, scale)])
    assert taken == ["narrow", "wide"]
