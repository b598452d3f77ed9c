"""The report's colour equations: against themselves, against scikit-image, and over greys."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.color import rgb2lab

from core.color import srgb_encoded
from core.models import report_lab

UNIT = st.floats(0, 1, width=32)


def cube(steps: int = 17) -> report_lab.Values:
    """All of RGB in even steps."""
    axis = np.linspace(0, 1, steps, dtype=np.float32)
    return np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1)


def test_there_and_back() -> None:
    assert np.abs(report_lab.rgb(report_lab.lab(cube())) - cube()).max() < 2e-4


@given(st.tuples(UNIT, UNIT, UNIT))
def test_there_and_back_of_any_colour(colour: tuple[float, float, float]) -> None:
    rgb = np.array(colour, np.float32)
    assert np.abs(report_lab.rgb(report_lab.lab(rgb)) - rgb).max() < 2e-4


def test_as_scikit_image_where_no_gamma_is_undone() -> None:
    """It decodes sRGB: given encoded values, it works on the plain ones.

    Its white is (0.95047, 1, 1.08883) and not (0.95, 1, 1.089), half a thousandth of X, which is 0.08 of a; its matrix
    and its straight part differ in the sixth and fourth digit.
    """
    theirs = rgb2lab(srgb_encoded(cube().astype(np.float64)))
    assert np.abs(report_lab.lab(cube()) - theirs).max() < 0.15


def test_it_is_not_what_colour_science_says() -> None:
    assert np.abs(report_lab.lab(cube()) - rgb2lab(cube())).max() > 20


def test_greys_have_no_colour_and_the_lightness_of_their_level() -> None:
    grey = np.linspace(0, 1, 256, dtype=np.float32)
    lab = report_lab.lab(np.repeat(grey[:, None], 3, axis=1))
    assert np.abs(lab[:, 1:]).max() < 0.1
    assert np.allclose(lab[:, 0], report_lab.lightness(grey), atol=1e-3)
    assert lab[0, 0] == 0 and lab[-1, 0] == pytest.approx(100, abs=1e-3)
    assert (np.diff(lab[:, 0]) > 0).all()


def test_the_straight_part_of_lightness_meets_the_root() -> None:
    y = np.array([report_lab.DARK - 1e-6, report_lab.DARK + 1e-6], np.float32)
    below, above = report_lab.lightness(y)
    assert below == pytest.approx(903.3 * 0.008856, abs=2e-3) and above - below < 5e-3


def test_bytes() -> None:
    lab = np.array([[100, 0, 0], [0, -128, 127], [50, 3.4, -3.6]], np.float32)
    assert report_lab.eight_bit(lab).tolist() == [[255, 128, 128], [0, 0, 255], [128, 131, 124]]
    back = report_lab.from_eight_bit(report_lab.eight_bit(report_lab.lab(cube())))
    assert np.abs(back - report_lab.lab(cube())).max() < 0.51
