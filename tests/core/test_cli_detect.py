"""`daguerre detect`: masks and probabilities in files."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from commands import write_damaged
from PIL import Image

from core import detect, files, kinds
from core import mask as masks
from core.cli import DONE, run
from core.models.registry import Registry
from core.photo import Photo
from core.progress import silent
from core.tools import DETECT, TONES, defaults


def detected(tmp_path: Path, *options: str, photo: str = "photo.png") -> np.ndarray:
    """The mask that the command writes for a photo, as its pixels lie in the file."""
    output = tmp_path / f"mask-{len(list(tmp_path.iterdir()))}.png"
    arguments = ["detect", str(tmp_path / photo), "--output", str(output), "--model", "classical", *options]
    assert run(arguments) == DONE
    with Image.open(output) as image:
        return np.asarray(image)


def test_the_mask_is_one_8_bit_channel_of_the_photos_size(tmp_path: Path) -> None:
    photo = write_damaged(tmp_path / "photo.png", "uint16")
    mask = detected(tmp_path)
    assert mask.shape == (80, 100) and mask.dtype == np.uint8 and set(np.unique(mask)) == {0, 255}
    settings = {**defaults(DETECT), "model": "classical"}
    assert np.array_equal(mask, detect.run(photo, settings, Registry(), silent).mask)


def test_the_default_model_is_default(tmp_path: Path, installed_network: None) -> None:
    photo = write_damaged(tmp_path / "photo.png")
    assert run(["detect", str(tmp_path / "photo.png"), "--output", str(tmp_path / "mask.png")]) == DONE
    found = detect.run(photo, defaults(DETECT), Registry(), silent)
    assert found.model == "default" and np.array_equal(files.read_mask(tmp_path / "mask.png"), found.mask)


def test_a_mask_is_written_where_nothing_is_found(tmp_path: Path) -> None:
    files.write_photo(Photo(np.full((30, 40, 3), 90, np.uint8)), tmp_path / "photo.png", overwrite=False)
    mask = detected(tmp_path)
    assert mask.shape == (30, 40) and not mask.any()


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_the_mask_is_upright(orientation: int, tmp_path: Path) -> None:
    upright = write_damaged(tmp_path / "upright.png").samples
    exif = Image.Exif()
    exif[274] = orientation
    turns = {1: 0, 3: 2, 6: 1, 8: 3}[orientation]
    Image.fromarray(np.ascontiguousarray(np.rot90(upright, turns))).save(tmp_path / "photo.png", exif=exif)
    assert np.array_equal(detected(tmp_path), detected(tmp_path, photo="upright.png"))


def test_masks_are_nested_over_sensitivity(tmp_path: Path) -> None:
    photo = write_damaged(tmp_path / "photo.png")
    faint = Photo((photo.samples * 0.2 + 100).astype(np.uint8))
    files.write_photo(faint, tmp_path / "photo.png", overwrite=True)
    by_sensitivity = [detected(tmp_path, "--sensitivity", value) for value in ("0", "0.3", "0.5", "0.8", "1")]
    for less, more in pairwise(by_sensitivity):
        assert not (less & ~more).any()
    assert np.array_equal(by_sensitivity[2], detected(tmp_path))
    assert np.count_nonzero(by_sensitivity[0]) < np.count_nonzero(by_sensitivity[4])


def test_sizes_and_growth(tmp_path: Path) -> None:
    write_damaged(tmp_path / "photo.png")
    plain = detected(tmp_path)
    assert np.array_equal(detected(tmp_path, "--grow", "3"), masks.grown(plain, 3))
    assert np.array_equal(detected(tmp_path, "--min-size", "2.5"), masks.within_sizes(plain, 2.5, 0))
    assert np.array_equal(detected(tmp_path, "--max-size", "1"), masks.within_sizes(plain, 0, 1))
    assert not detected(tmp_path, "--min-size", "90").any()


def test_kinds_can_be_switched_off(tmp_path: Path) -> None:
    photo = write_damaged(tmp_path / "photo.png")
    plain = detected(tmp_path)
    lines = detected(tmp_path, "--spots", "off", "--areas", "no")
    assert np.array_equal(lines, kinds.only(plain, photo, {*TONES, "lines"})) and lines.any()
    others = detected(tmp_path, "--lines", "false")
    assert np.array_equal(lines | others, plain) and not (lines & others).any()
    assert not detected(tmp_path, "--bright", "off", "--dark", "off").any()


def test_probability_writes_16_bit_probabilities_in_the_masks_place(tmp_path: Path) -> None:
    photo = write_damaged(tmp_path / "photo.png")
    detected(tmp_path, "--probability")
    output = next(tmp_path.glob("mask-*.png"))
    assert output.read_bytes()[24:26] == b"\x10\x00"  # 16 bits, one channel
    written = files.read_photo(output).samples[..., 0]
    found = detect.run(photo, {**defaults(DETECT), "model": "classical"}, Registry(), silent)
    assert written.dtype == np.uint16 and np.array_equal(written, found.probabilities)


@pytest.mark.parametrize("depth", ["uint8", "uint16"])
@pytest.mark.parametrize("ending", ["png", "tif"])
def test_photos_of_any_kind_have_masks(ending: str, depth: str, tmp_path: Path) -> None:
    write_damaged(tmp_path / f"photo.{ending}", depth)
    assert detected(tmp_path, photo=f"photo.{ending}").any()


def test_a_mask_may_be_a_tiff(tmp_path: Path) -> None:
    write_damaged(tmp_path / "photo.png")
    arguments = ["detect", str(tmp_path / "photo.png"), "--output", str(tmp_path / "m/"), "--format", "tif"]
    (tmp_path / "m").mkdir()
    assert run([*arguments, "--model", "classical"]) == DONE
    assert np.array_equal(files.read_mask(tmp_path / "m" / "photo.tif"), detected(tmp_path))
