"""`daguerre colorize`, and Restore with it: from file to file."""

from __future__ import annotations

from pathlib import Path

import colorizers
import numpy as np
import pytest
from commands import json_lines, names_in
from pictures import photo_samples
from PIL import Image

from core import files
from core.cli import DONE, FAILED, WRONG_USE, run
from core.color import Encoding
from core.lab import lightness_of
from core.models import registry
from core.photo import Metadata, Photo

RED = (170, 90, 80)


@pytest.fixture(autouse=True)
def installed(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.ARCHITECTURES, "plain-colours", colorizers.loaded)
    colorizers.install(data_folder / "models")


def grey_file(path: Path, dtype: str = "uint8", seed: int = 0, **parts: object) -> Photo:
    photo = Photo(photo_samples(80, 100, 1, dtype, seed), **parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write_photo(photo, path, False)
    return photo


def hints_file(path: Path, size: tuple[int, int] = (100, 80), mode: str = "RGBA") -> None:
    hints = Image.new(mode, size)
    hints.paste((*RED, 255)[: len(mode)], (40, 30, 56, 46))
    path.parent.mkdir(parents=True, exist_ok=True)
    hints.save(path)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_a_grey_photo_comes_out_in_colour_at_its_depth(dtype: str, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[270] = "Grandmother, 1912"
    before = grey_file(tmp_path / "photo.tif", dtype, metadata=Metadata(exif.tobytes(), (600, 600)))
    assert run(["colorize", str(tmp_path / "photo.tif"), "--output", str(tmp_path / "out.tif")]) == DONE
    after = files.read_photo(tmp_path / "out.tif")
    assert after.samples.shape == (80, 100, 3) and after.samples.dtype == dtype
    assert after.metadata.dpi == (600, 600)
    if dtype != "float32":  # Pillow, which reads EXIF, does not open TIFFs of three floating-point colours
        assert after.metadata.exif == files.read_photo(tmp_path / "photo.tif").metadata.exif and after.metadata.exif
    grey, coloured = (lightness_of(of.view(of.whole)) for of in (before, after))
    assert np.abs(grey - coloured).max() < 0.006


def test_hints_of_one_photo_and_of_some_in_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("anna", "carl"):
        grey_file(tmp_path / "in" / f"{name}.png")
    hints_file(tmp_path / "hints" / "carl.png")
    photos = [str(tmp_path / "in" / f"{name}.png") for name in ("anna", "carl")]
    assert run(["colorize", *photos, "--hints", f"{tmp_path}/hints/", "--output", f"{tmp_path}/out/", "--json"]) == DONE
    assert names_in(tmp_path / "out") == {"anna.png", "carl.png"}
    done = [line for line in json_lines(capsys.readouterr().out) if line["type"] == "done"]
    assert [line["hints"] for line in done] == [0, 1] and done[1]["colorize_model"] == "default"
    anna, carl = (files.read_photo(tmp_path / "out" / f"{name}.png").samples.astype(int) for name in ("anna", "carl"))
    assert np.abs(anna - carl)[34:42, 44:52].mean() > 10 and np.abs(anna - carl)[:, 90:].mean() < 3
    single = ["--hints", str(tmp_path / "hints" / "carl.png"), "--output", str(tmp_path / "one.png")]
    assert run(["colorize", photos[1], *single]) == DONE
    assert np.array_equal(files.read_photo(tmp_path / "one.png").samples, carl)


@pytest.mark.parametrize(
    ("size", "mode", "sentence"),
    [((99, 80), "RGBA", "must have the same size"), ((100, 80), "RGB", "need transparency"), (None, "", "exist")],
)
def test_hints_that_are_none(
    size: tuple[int, int] | None, mode: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grey_file(tmp_path / "photo.png")
    if size:
        hints_file(tmp_path / "hints.png", size, mode)
    options = ["--hints", str(tmp_path / "hints.png"), "--output", str(tmp_path / "out.png")]
    assert run(["colorize", str(tmp_path / "photo.png"), *options]) == FAILED
    assert sentence in capsys.readouterr().err and not (tmp_path / "out.png").exists()


def test_hints_are_not_written_over(tmp_path: Path) -> None:
    grey_file(tmp_path / "photo.png")
    hints_file(tmp_path / "hints.png")
    path = str(tmp_path / "hints.png")
    options = ["--hints", path, "--output", path, "--overwrite"]
    assert run(["colorize", str(tmp_path / "photo.png"), *options]) == WRONG_USE


def test_a_step_of_restore(tmp_path: Path) -> None:
    grey_file(tmp_path / "photo.png", encoding=Encoding())
    hints_file(tmp_path / "hints.png")
    command = ["restore", str(tmp_path / "photo.png"), "--steps", "colorize", "--set", "colorize.saturation=0.5"]
    assert run([*command, "--hints", str(tmp_path / "hints.png"), "--output", str(tmp_path / "out.png")]) == DONE
    restored = files.read_photo(tmp_path / "out.png").samples
    options = ["--saturation", "0.5", "--hints", str(tmp_path / "hints.png"), "--output", str(tmp_path / "own.png")]
    assert run(["colorize", str(tmp_path / "photo.png"), *options]) == DONE
    assert np.array_equal(restored, files.read_photo(tmp_path / "own.png").samples)
