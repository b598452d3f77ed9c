"""Operations on masks, against their definitions."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from core import mask as masks
from core.photo import Mask

SMALL_MASKS = arrays(np.bool_, st.tuples(st.integers(1, 14), st.integers(1, 14))).map(
    lambda marked: np.where(marked, np.uint8(255), np.uint8(0))
)
DISTANCES = st.floats(0, 8).map(lambda value: round(value, 2))


def distance_by_hand(mask: Mask) -> NDArray[np.float64]:
    """Each pixel's Euclidean distance to the nearest marked pixel, by its definition."""
    marked = np.argwhere(mask > 0)
    places = np.argwhere(np.ones(mask.shape, bool))
    if not len(marked):
        return np.full(mask.shape, np.inf)
    return np.sqrt(((places[:, None] - marked[None]) ** 2).sum(axis=2).min(axis=1)).reshape(mask.shape)


@pytest.mark.parametrize(
    ("rgba", "marked"),
    [
        ((86, 180, 233, 255), True),  # the layer's own blue
        ((255, 255, 255, 128), True),
        ((255, 255, 255, 127), False),  # erased
        ((128, 0, 0, 255), True),
        ((127, 127, 127, 255), False),
        ((0, 0, 0, 255), False),  # painted black
        ((0, 0, 0, 0), False),
    ],
)
def test_damage_in_a_mask_layer_is_light_and_opaque(rgba: tuple[int, int, int, int], marked: bool) -> None:
    layer = np.full((2, 3, 4), rgba, np.uint8)
    assert (masks.binary(layer) == (255 if marked else 0)).all()


def test_damage_in_a_channel_is_from_128_on() -> None:
    assert masks.binary(np.array([[0, 127, 128, 255]], np.uint8)).tolist() == [[0, 0, 255, 255]]


def test_truth_values_are_a_mask() -> None:
    assert masks.binary(np.array([[True, False]])).tolist() == [[255, 0]]


@given(SMALL_MASKS)
def test_distances_are_euclidean(mask: Mask) -> None:
    assert np.allclose(masks.distance_to(mask), distance_by_hand(mask), atol=1e-4)


@given(SMALL_MASKS, DISTANCES)
def test_growing_takes_in_everything_within_the_distance(mask: Mask, by: float) -> None:
    grown = masks.grown(mask, by)
    if by < 1:
        assert np.array_equal(grown, mask)
        return
    distance = distance_by_hand(mask)
    assert (grown[distance <= by - 1e-4] == 255).all()
    assert (grown[distance > by + 1e-4] == 0).all()
    assert set(np.unique(grown)) <= {0, 255}


def test_the_distance_itself_is_within_it() -> None:
    mask = np.zeros((13, 13), np.uint8)
    mask[6, 6] = 255
    grown = masks.grown(mask, 5)
    assert grown[6, 1] == grown[11, 6] == grown[2, 3] == grown[10, 9] == 255  # five along the axes, and three by four
    assert grown[6, 0] == grown[2, 2] == 0


@given(SMALL_MASKS, DISTANCES)
def test_opacity_is_full_on_the_mask_and_falls_to_nothing_beyond_the_feather(mask: Mask, feather: float) -> None:
    opacity = masks.opacity(mask, feather)
    distance = distance_by_hand(mask)
    assert opacity.dtype == np.float32
    assert (opacity[mask > 0] == 1).all()
    assert (opacity[distance > max(feather, 0.99) + 1e-4] == 0).all()
    rim = (mask == 0) & (distance <= feather - 1e-4)
    if feather >= 1:
        assert np.allclose(opacity[rim], 1 - distance[rim] / (feather + 1), atol=1e-4)
    else:
        assert (opacity[mask == 0] == 0).all()
    order = np.argsort(distance, axis=None)
    assert (np.diff(opacity.ravel()[order]) <= 1e-6).all()


def test_an_empty_mask_stays_empty() -> None:
    nothing = np.zeros((5, 7), np.uint8)
    assert not masks.grown(nothing, 50).any() and not masks.opacity(nothing, 50).any()
    assert not masks.within_sizes(nothing, 2, 10).any()
    assert masks.count(nothing) == 0 and masks.windows(nothing, 5) == []


@given(SMALL_MASKS)
def test_what_comes_in_is_not_written_on(mask: Mask) -> None:
    before = mask.copy()
    mask.setflags(write=False)
    masks.grown(mask, 3)
    masks.opacity(mask, 3)
    masks.within_sizes(mask, 3, 9)
    masks.windows(mask, 3)
    assert np.array_equal(mask, before)


# Sizes: the diameter of the largest circle inside


def picture(*shapes: tuple[str, int]) -> tuple[Mask, dict[tuple[str, int], tuple[slice, slice]]]:
    """Shapes side by side, 80 pixels each, and where each lies."""
    mask = np.zeros((80, 80 * len(shapes)), np.uint8)
    places = {}
    for index, (kind, size) in enumerate(shapes):
        left = 80 * index
        part = mask[:, left : left + 80]
        if kind == "line":
            part[20 : 20 + size, 5:75] = 255
        elif kind == "diagonal":
            cv2.line(part, (5, 5), (70, 70), 255, size)
        elif kind == "disc":
            y, x = np.mgrid[0:80, 0:80]
            part[(y - 40) ** 2 + (x - 40) ** 2 <= (size / 2) ** 2] = 255
        elif kind == "square":
            part[10 : 10 + size, 10 : 10 + size] = 255
        places[kind, size] = (slice(0, 80), slice(left, left + 80))
    return mask, places


@pytest.mark.parametrize(
    ("kind", "size", "diameter"),
    [
        ("line", 1, 1),
        ("line", 3, 3),
        ("line", 5, 5),
        ("line", 21, 21),
        ("square", 9, 9),
        ("square", 1, 1),
        ("disc", 31, 31),
    ],
)
def test_the_diameter_of_known_shapes(kind: str, size: int, diameter: float) -> None:
    mask, _places = picture((kind, size))
    _labels, diameters = masks.diameters(mask)
    assert diameters[1:] == pytest.approx([diameter], abs=1 if kind == "disc" else 1e-4)


@pytest.mark.parametrize("thickness", [2, 4, 10])
def test_the_diameter_of_an_even_thickness_is_within_a_pixel(thickness: int) -> None:
    mask, _places = picture(("line", thickness))
    assert masks.diameters(mask)[1][1] == pytest.approx(thickness, abs=1)


def test_a_defect_at_the_edge_is_as_thick_as_what_is_seen_of_it() -> None:
    mask = np.zeros((30, 30), np.uint8)
    mask[:5] = 255
    assert masks.diameters(mask)[1][1] == pytest.approx(5)
    assert masks.diameters(np.full((7, 30), 255, np.uint8))[1][1] == pytest.approx(7)
    assert masks.diameters(np.full((1, 1), 255, np.uint8))[1][1] == pytest.approx(1)


SHAPES = (("line", 1), ("line", 3), ("diagonal", 1), ("disc", 15), ("square", 40))


@pytest.mark.parametrize(
    ("smallest", "largest", "kept"),
    [
        (0, 0, {("line", 1), ("line", 3), ("diagonal", 1), ("disc", 15), ("square", 40)}),
        (1, 0, {("line", 1), ("line", 3), ("diagonal", 1), ("disc", 15), ("square", 40)}),
        (2, 0, {("line", 3), ("disc", 15), ("square", 40)}),
        (3, 0, {("line", 3), ("disc", 15), ("square", 40)}),
        (4, 0, {("disc", 15), ("square", 40)}),
        (0, 20, {("line", 1), ("line", 3), ("diagonal", 1), ("disc", 15)}),
        (0, 1, {("line", 1), ("diagonal", 1)}),
        (2, 20, {("line", 3), ("disc", 15)}),
        (50, 0, set()),
        (20, 10, set()),
    ],
)
def test_sizes_choose_whole_defects(smallest: float, largest: float, kept: set[tuple[str, int]]) -> None:
    mask, places = picture(*SHAPES)
    chosen = masks.within_sizes(mask, smallest, largest)
    for shape, place in places.items():
        assert np.array_equal(chosen[place], mask[place] if shape in kept else np.zeros((80, 80), np.uint8)), shape


@given(SMALL_MASKS, st.floats(0, 12), st.floats(0, 12))
def test_wider_limits_keep_more(mask: Mask, smallest: float, largest: float) -> None:
    chosen = masks.within_sizes(mask, smallest, largest)
    assert not (chosen & ~mask).any()
    assert not (chosen & ~masks.within_sizes(mask, smallest / 2, largest)).any()
    if largest:
        assert not (chosen & ~masks.within_sizes(mask, smallest, largest * 2)).any()


@given(SMALL_MASKS)
def test_the_count_is_of_defects_that_do_not_touch(mask: Mask) -> None:
    unseen = {(int(y), int(x)) for y, x in np.argwhere(mask > 0)}
    found = 0
    while unseen:
        found += 1
        front = [unseen.pop()]
        while front:
            y, x = front.pop()
            near = {(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & unseen
            unseen -= near
            front.extend(near)
    assert masks.count(mask) == found
