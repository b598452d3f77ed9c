"""Median cut: what it promises, and that its histogram does what sorting would."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from core.models.median_cut import Grey, median_cut, median_levels

PICTURES = arrays.arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12)))
COUNTS = st.integers(2, 256)


def plain_levels(grey: Grey, count: int) -> list[int]:
    """The definition, word by word, with sorted lists."""
    groups = [sorted(int(value) for value in grey.ravel())]
    while len(groups) < count:
        groups.sort(key=lambda group: group[0])
        many = [group for group in groups if group[0] != group[-1]]
        if not many:
            break
        largest = max(many, key=len)
        groups.remove(largest)
        middle = len(largest) // 2
        groups += [largest[:middle], largest[middle:]]
    return sorted({round(sum(group) / len(group)) for group in groups})


def squared_error(grey: Grey, count: int) -> float:
    return float(np.square(median_cut(grey, count).astype(float) - grey).mean())


@given(PICTURES, COUNTS)
def test_levels_are_those_of_the_definition(grey: Grey, count: int) -> None:
    assert median_levels(grey, count).tolist() == plain_levels(grey, count)


@given(PICTURES, COUNTS)
def test_each_pixel_becomes_the_nearest_of_at_most_so_many_levels(grey: Grey, count: int) -> None:
    levels, cut = median_levels(grey, count).astype(int), median_cut(grey, count)
    assert cut.shape == grey.shape and len(np.unique(cut)) <= len(levels) <= count
    away = np.abs(grey.astype(int)[..., None] - levels)
    assert (np.abs(cut.astype(int) - grey) == away.min(-1)).all()


@given(PICTURES, COUNTS)
def test_what_was_darker_does_not_become_lighter(grey: Grey, count: int) -> None:
    order = np.argsort(grey, axis=None, kind="stable")
    assert (np.diff(median_cut(grey, count).ravel()[order].astype(int)) >= 0).all()


@given(st.integers(0, 255), COUNTS)
def test_a_constant_picture_stays(value: int, count: int) -> None:
    grey = np.full((5, 7), value, np.uint8)
    assert (median_cut(grey, count) == grey).all()


def test_few_intensities_stay_as_they_are() -> None:
    grey = np.array([[0, 10, 10], [200, 200, 255]], np.uint8)
    assert (median_cut(grey, 16) == grey).all()


@pytest.mark.parametrize("seed", range(3))
def test_the_error_falls_with_the_number_of_levels(seed: int) -> None:
    rng = np.random.default_rng(seed)
    grey = np.clip(rng.normal(90, 40, (120, 90)), 0, 255).astype(np.uint8)
    errors = [squared_error(grey, count) for count in (2, 4, 8, 16, 32, 64, 256)]
    assert (np.diff(errors) < 0).all() and errors[-1] < 1


def test_groups_have_as_many_pixels() -> None:
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
    assert median_levels(grey, 4).tolist() == [32, 96, 160, 224]
    assert median_levels(grey, 3).tolist() == [32, 96, 192]


def test_a_picture_of_no_pixels() -> None:
    assert median_cut(np.zeros((0, 3), np.uint8), 8).shape == (0, 3)


@pytest.mark.parametrize("count", [-1, 0, 1, 257])
def test_impossible_numbers_of_levels(count: int) -> None:
    with pytest.raises(ValueError, match="grey levels"):
        median_cut(np.zeros((2, 2), np.uint8), count)
