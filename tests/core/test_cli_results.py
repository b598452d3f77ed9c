"""`daguerre repair` and `daguerre restore`: what the results hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import profiles
import pytest
import tifffile
from commands import MASK, names_in, write_damaged, write_mask
from pictures import noise, photo_samples
from PIL import Image

from core import files
from core import mask as masks
from core.cli import DONE, FAILED, run
from core.color import Encoding
from core.photo import Metadata, Photo


def repaired(tmp_path: Path, photo: str, output: str, *options: str) -> Photo:
    write_mask(tmp_path / "mask.png")
    arguments = ["repair", tmp_path / photo, "--mask", tmp_path / "mask.png", "--output", tmp_path / output, *options]
    assert run([str(argument) for argument in arguments]) == DONE
    return files.read_photo(tmp_path / output)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "uint32", "float16", "float32", "float64"])
def test_outside_of_the_mask_nothing_changes_at_any_depth(dtype: str, tmp_path: Path) -> None:
    before = write_damaged(tmp_path / "photo.tif", dtype)
    after = repaired(tmp_path, "photo.tif", "result.tif", "--grow", "2", "--feather", "1")
    assert after.samples.dtype == dtype
    outside = masks.distance_to(MASK) > 3
    assert np.array_equal(after.samples[outside], before.samples[outside])
    full = np.iinfo(dtype).max if dtype.startswith("u") else 1.0
    truth = photo_samples(80, 100, 3, dtype, seed=1)
    error = np.abs(after.samples[MASK > 0].astype(float) - truth[MASK > 0].astype(float)) / full
    assert error.mean() < 0.05  # grain does not come back


@pytest.mark.parametrize("source", ["photo.png", "photo.tif"])
@pytest.mark.parametrize("result", ["result.png", "result.tif"])
def test_16_bit_in_16_bit_out(source: str, result: str, tmp_path: Path) -> None:
    before = write_damaged(tmp_path / source, "uint16")
    after = repaired(tmp_path, source, result)
    assert after.samples.dtype == np.uint16
    assert np.array_equal(after.samples[masks.distance_to(MASK) > 3], before.samples[masks.distance_to(MASK) > 3])


@pytest.mark.parametrize("result", ["result.png", "result.tif"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_profile_exif_resolution_and_alpha_stay(dtype: str, result: str, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[270] = "Grandmother, 1912"
    exif.get_ifd(0x8769)[36867] = "1912:06:07 11:00:00"
    write_damaged(
        tmp_path / "photo.tif",
        dtype,
        alpha=noise(80, 100, 1, dtype)[..., 0],
        encoding=Encoding("profile", profiles.rgb(profiles.gamma(1.8))),
        metadata=Metadata(exif.tobytes(), (1200, 600)),
    )
    before = files.read_photo(tmp_path / "photo.tif")
    after = repaired(tmp_path, "photo.tif", result)
    assert after.encoding == before.encoding
    assert after.metadata.dpi == pytest.approx((1200, 600), abs=0.02)
    assert after.alpha is not None and np.array_equal(after.alpha, noise(80, 100, 1, dtype)[..., 0])
    with Image.open(tmp_path / result) as image:
        assert image.getexif()[270] == "Grandmother, 1912"
        assert image.getexif().get_ifd(0x8769)[36867] == "1912:06:07 11:00:00"


def test_a_photo_that_lay_on_its_side_comes_out_upright_with_the_tag_at_1(tmp_path: Path) -> None:
    upright = write_damaged(tmp_path / "upright.png")
    exif = Image.Exif()
    exif[274] = 6
    Image.fromarray(np.ascontiguousarray(np.rot90(upright.samples))).save(tmp_path / "photo.png", exif=exif)
    after = repaired(tmp_path, "photo.png", "result.png")
    assert np.array_equal(after.samples, repaired(tmp_path, "upright.png", "expected.png").samples)
    with Image.open(tmp_path / "result.png") as image:
        assert image.getexif()[274] == 1


def test_grey_stays_grey(tmp_path: Path) -> None:
    grey = photo_samples(80, 100, 1, "uint16")
    grey[MASK > 0] = 65535
    files.write_photo(Photo(grey), tmp_path / "photo.png", overwrite=False)
    assert repaired(tmp_path, "photo.png", "result.png").is_grey


def test_the_settings_reach_the_repair(tmp_path: Path) -> None:
    write_damaged(tmp_path / "photo.png")
    plain = repaired(tmp_path, "photo.png", "plain.png").samples
    for index, options in enumerate((["--model", "ns"], ["--radius", "1"], ["--grow", "6"], ["--feather", "5"])):
        assert not np.array_equal(repaired(tmp_path, "photo.png", f"{index}.png", *options).samples, plain), options


def test_a_mask_of_another_size_fails_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_damaged(tmp_path / "photo.png")
    mask = write_mask(tmp_path / "mask.png", MASK[:-1])
    arguments = ["repair", str(tmp_path / "photo.png"), "--mask", str(mask), "--output", str(tmp_path / "r.png")]
    assert run(arguments) == FAILED
    assert (
        "The mask has 100 × 79 pixels, the photo 100 × 80. Choose a mask of the photo's size."
        in capsys.readouterr().err
    )
    assert not (tmp_path / "r.png").exists()


# Restore


def test_restore_is_detect_then_repair(tmp_path: Path) -> None:
    write_damaged(tmp_path / "photo.png", "uint16")
    photo, mask, two, one = (str(tmp_path / name) for name in ("photo.png", "mask.png", "two.png", "one.png"))
    assert run(["detect", photo, "--output", mask, "--model", "classical", "--grow", "1"]) == DONE
    assert run(["repair", photo, "--mask", mask, "--output", two, "--model", "ns", "--feather", "2"]) == DONE
    settings = ("detect.model=classical", "detect.grow=1", "repair.model=ns", "repair.feather=2")
    assert run(["restore", photo, "--output", one, *(part for pair in settings for part in ("--set", pair))]) == DONE
    assert np.array_equal(files.read_photo(Path(one)).samples, files.read_photo(Path(two)).samples)
    assert not np.array_equal(files.read_photo(Path(one)).samples, files.read_photo(Path(photo)).samples)


def test_restore_saves_masks_where_asked(tmp_path: Path) -> None:
    write_damaged(tmp_path / "photo.png")
    photo, folder = str(tmp_path / "photo.png"), tmp_path / "masks"
    arguments = ["--output", str(tmp_path / "out.png"), "--save-masks", str(folder)]
    assert run(["restore", photo, *arguments, "--set", "detect.model=classical"]) == DONE
    assert run(["detect", photo, "--output", str(tmp_path / "expected.png"), "--model", "classical"]) == DONE
    assert names_in(folder) == {"photo.png"}
    assert np.array_equal(files.read_mask(folder / "photo.png"), files.read_mask(tmp_path / "expected.png"))


def test_steps_that_stop_at_detect_leave_the_photo_as_it_is(tmp_path: Path) -> None:
    before = write_damaged(tmp_path / "photo.png", "uint16")
    output = tmp_path / "out.png"
    arguments = ["restore", str(tmp_path / "photo.png"), "--output", str(output), "--steps", "detect"]
    assert run([*arguments, "--set", "detect.model=classical"]) == DONE
    assert np.array_equal(files.read_photo(output).samples, before.samples)


def test_an_undamaged_photo_comes_out_bit_by_bit_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = Photo(np.full((40, 50, 3), 90, np.uint8))
    files.write_photo(photo, tmp_path / "photo.png", overwrite=False)
    output = tmp_path / "out.png"
    arguments = ["restore", str(tmp_path / "photo.png"), "--output", str(output), "--set", "detect.model=classical"]
    assert run(arguments) == DONE
    assert np.array_equal(files.read_photo(output).samples, photo.samples)
    assert "No damage was found." in capsys.readouterr().out


def test_a_broken_network_is_said_and_the_work_is_done(
    tmp_path: Path, data_folder: Path, installed_network: None, capsys: pytest.CaptureFixture[str]
) -> None:
    next((data_folder / "models").glob("*.safetensors")).write_bytes(b"broken")
    write_damaged(tmp_path / "photo.png")
    assert run(["restore", str(tmp_path / "photo.png"), "--output", str(tmp_path / "out.png")]) == DONE
    assert "The classical detector was used instead." in capsys.readouterr().err


def test_the_pages_of_a_tiff_that_were_left_out_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with tifffile.TiffWriter(tmp_path / "album.tif") as writer:
        for _page in range(3):
            writer.write(noise(40, 50), photometric="rgb")
    arguments = ["detect", str(tmp_path / "album.tif"), "--output", str(tmp_path / "mask.png"), "--model", "classical"]
    assert run(arguments) == DONE
    assert "album.tif has 3 pages; only the first was taken." in capsys.readouterr().err
