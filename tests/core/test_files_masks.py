"""Masks out of pictures of any kind: at least half bright, and half opaque."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from pictures import png_bytes
from PIL import Image

from core import files


@pytest.mark.parametrize(("value", "marked"), [(0, False), (127, False), (128, True), (255, True)])
def test_8_bit_grey(value: int, marked: bool, tmp_path: Path) -> None:
    path = tmp_path / "mask.png"
    path.write_bytes(png_bytes(np.full((2, 3, 1), value, np.uint8)))
    assert_marked(path, marked)


@pytest.mark.parametrize(("value", "marked"), [(32767, False), (32768, True)])
def test_16_bit_grey(value: int, marked: bool, tmp_path: Path) -> None:
    path = tmp_path / "mask.png"
    path.write_bytes(png_bytes(np.full((2, 3, 1), value, np.uint16)))
    assert_marked(path, marked)


@pytest.mark.parametrize(("value", "marked"), [(0.49, False), (0.5, True), (7.0, True)])
def test_floating_point(value: float, marked: bool, tmp_path: Path) -> None:
    path = tmp_path / "mask.tif"
    tifffile.imwrite(path, np.full((2, 3), value, np.float32))
    assert_marked(path, marked)


@pytest.mark.parametrize(
    ("colour", "marked"),
    [
        ((0, 200, 0, 255), True),  # the brightest channel counts: any light colour marks
        ((86, 180, 233, 255), True),
        ((100, 100, 100, 255), False),
        ((255, 255, 255, 127), False),
        ((255, 255, 255, 128), True),
        ((0, 0, 0, 255), False),
    ],
)
def test_colour_with_alpha(colour: tuple[int, int, int, int], marked: bool, tmp_path: Path) -> None:
    path = tmp_path / "mask.png"
    path.write_bytes(png_bytes(np.full((2, 3, 4), colour, np.uint8)))
    assert_marked(path, marked)


def test_one_bit_and_palette(tmp_path: Path) -> None:
    bits = np.array([[True, False], [False, True]])
    Image.fromarray(bits).save(tmp_path / "bits.png")
    Image.fromarray(bits).convert("RGB").quantize(2).save(tmp_path / "palette.png")
    expected = np.where(bits, 255, 0)
    assert np.array_equal(files.read_mask(tmp_path / "bits.png"), expected)
    assert np.array_equal(files.read_mask(tmp_path / "palette.png"), expected)


def test_a_mask_is_turned_upright_like_a_photo(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6
    marked = np.zeros((4, 6), np.uint8)
    marked[0, 0] = 255
    Image.fromarray(marked).save(tmp_path / "mask.png", exif=exif)
    mask = files.read_mask(tmp_path / "mask.png")
    assert mask.shape == (6, 4) and mask[0, 3] == 255 and np.count_nonzero(mask) == 1


def assert_marked(path: Path, marked: bool) -> None:
    mask = files.read_mask(path)
    assert mask.dtype == np.uint8 and mask.shape == (2, 3)
    assert (mask == (255 if marked else 0)).all()
