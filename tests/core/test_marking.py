"""From probabilities to a mask, without any network."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from commands import ROOT
from hypothesis import given
from hypothesis import strategies as st
from pictures import noise

from core import marking
from core import mask as masks
from core.parameters import Value
from core.photo import Photo
from core.tools import DETECT, defaults

ANY = Photo(np.zeros((1, 1, 1), np.uint8))
"""What the photo looks like does not matter as long as all kinds are on."""


def settings_with(**values: Value) -> dict[str, Value]:
    return {**defaults(DETECT), **{name.replace("_", "-"): value for name, value in values.items()}}


@given(st.floats(0.0001, 0.9999), st.integers(0, 1000))
def test_what_is_at_least_the_threshold_counts(threshold: float, seed: int) -> None:
    found = noise(9, 11, 1, "uint16", seed)[..., 0]
    found.flat[:4] = int(threshold * 65535), int(threshold * 65535) + 1, 0, 65535
    assert np.array_equal(marking.above(found, threshold), np.where(found >= threshold * 65535, 255, 0))


@given(st.floats(0.01, 0.99), st.floats(0, 1), st.floats(0, 1))
def test_more_sensitivity_never_marks_less(threshold: float, one: float, other: float) -> None:
    found = noise(20, 20, 1, "uint16")[..., 0]
    less, more = (
        marking.marked_damage(found, threshold, settings_with(sensitivity=value), ANY) for value in sorted([one, other])
    )
    assert not (less & ~more).any()


def test_the_middle_is_the_models_own_threshold() -> None:
    found = np.array([[20000, 30000, 40000]], np.uint16)
    marked = marking.marked_damage(found, 30000 / 65535 - 1e-6, settings_with(), ANY)
    assert marked.tolist() == [[0, 255, 255]]


def test_sizes_and_growth() -> None:
    found = np.zeros((40, 40), np.uint16)
    found[5, 5:9] = 65535
    found[20:27, 20:27] = 65535
    thick = marking.marked_damage(found, 0.5, settings_with(min_size=3.0), ANY)
    assert not thick[5].any() and thick[20:27, 20:27].all()
    grown = marking.marked_damage(found, 0.5, settings_with(max_size=3.0, grow=2.0), ANY)
    assert grown[7, 5:9].all() and not grown[8].any() and not grown[20:27].any()


def test_kinds_are_those_of_all_that_is_marked_before_sizes_and_growth() -> None:
    """A thick bright patch beside a thin dark line: what sizes leave out is no surroundings either."""
    samples = np.full((90, 120, 1), 100, np.uint8)
    samples[20:60, 40:80] = 255
    samples[63, 30:90] = 90
    found = np.where(samples[..., 0] != 100, np.uint16(65535), np.uint16(0))
    photo = Photo(samples)
    everything = marking.marked_damage(found, 0.5, settings_with(), photo)
    assert np.array_equal(everything > 0, found > 0)
    dark = marking.marked_damage(found, 0.5, settings_with(bright=False, max_size=10.0), photo)
    assert np.array_equal(dark > 0, samples[..., 0] == 90)
    lines = marking.marked_damage(found, 0.5, settings_with(areas=False, spots=False, grow=2.0), photo)
    assert np.array_equal(lines, masks.grown(dark, 2.0))
    for off in ({"bright": False, "dark": False}, {"lines": False, "spots": False, "areas": False}):
        assert not marking.marked_damage(found, 0.5, settings_with(**off), photo).any()


def test_a_selection_limits_the_mask() -> None:
    mask = np.full((2, 3), 255, np.uint8)
    selection = np.array([[0, 127, 128], [255, 0, 0]], np.uint8)
    assert marking.selected(mask, selection).tolist() == [[0, 0, 255], [255, 0, 0]]
    assert marking.selected(mask, None) is mask


@pytest.mark.parametrize("module", ["marking", "kinds", "handoff", "mask", "color", "photo", "icc", "translation"])
def test_what_the_window_uses_is_there_without_networks_and_files(module: str) -> None:
    """It has to be on the screen within a second."""
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import core.{module}; "
        "print(sorted({'torch', 'safetensors', 'tifffile', 'PIL'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", script], check=True, timeout=60, capture_output=True, text=True)
    assert shown.stdout.strip() == "[]"
