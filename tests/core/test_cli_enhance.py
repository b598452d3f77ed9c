"""`daguerre enhance`, and Restore with it: from file to file."""

from __future__ import annotations

import subprocess
from pathlib import Path

import enhancers
import numpy as np
import profiles
import pytest
from commands import json_lines, names_in, write_damaged
from pictures import noise
from PIL import Image

from core import arguments, enhance, files
from core.cli import DONE, WRONG_USE, run
from core.color import Encoding
from core.models import registry
from core.models.registry import Registry
from core.parameters import Value
from core.photo import Metadata, Photo
from core.progress import silent
from core.tools import ENHANCE, defaults


@pytest.fixture(autouse=True)
def installed(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.ARCHITECTURES, "soft", enhancers.loaded)
    enhancers.install(data_folder / "models")


def by_hand(photo: Photo, **values: Value) -> np.ndarray:
    settings = {**defaults(ENHANCE), **{name.replace("_", "-"): value for name, value in values.items()}}
    return enhance.run(photo, settings, Registry(), silent).samples


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_it_enhances_like_the_library(dtype: str, tmp_path: Path) -> None:
    photo = write_damaged(tmp_path / "photo.tif", dtype)
    options = ["--noise", "1.5", "--keep-detail", "0", "--strength", "0.8"]
    assert run(["enhance", str(tmp_path / "photo.tif"), "--output", str(tmp_path / "out.tif"), *options]) == DONE
    result = files.read_photo(tmp_path / "out.tif").samples
    assert result.dtype == dtype and not np.array_equal(result, photo.samples)
    assert np.array_equal(result, by_hand(photo, noise=1.5, keep_detail=0.0, strength=0.8))


@pytest.mark.parametrize("result", ["result.png", "result.tif"])
def test_profile_exif_resolution_and_alpha_stay(result: str, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[270] = "Grandmother, 1912"
    alpha = noise(80, 100, 1, "uint16")[..., 0]
    alpha[:10] = 0
    write_damaged(
        tmp_path / "photo.tif",
        "uint16",
        alpha=alpha,
        encoding=Encoding("profile", profiles.rgb(profiles.gamma(1.8))),
        metadata=Metadata(exif.tobytes(), (1200, 600)),
    )
    assert run(["enhance", str(tmp_path / "photo.tif"), "--output", str(tmp_path / result)]) == DONE
    before, after = files.read_photo(tmp_path / "photo.tif"), files.read_photo(tmp_path / result)
    assert after.encoding == before.encoding and after.metadata.dpi == pytest.approx((1200, 600), abs=0.02)
    assert after.alpha is not None and np.array_equal(after.alpha, alpha)
    assert np.array_equal(after.samples[:10], before.samples[:10])
    assert not np.array_equal(after.samples[10:], before.samples[10:])
    with Image.open(tmp_path / result) as image:
        assert image.getexif()[270] == "Grandmother, 1912"


def test_folders_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("anna.png", "carl.png"):
        write_damaged(tmp_path / "in" / name)
    photos = [str(tmp_path / "in" / name) for name in ("anna.png", "carl.png")]
    assert run(["enhance", *photos, "--output", f"{tmp_path}/out/", "--json"]) == DONE
    assert names_in(tmp_path / "out") == {"anna.png", "carl.png"}
    for line in json_lines(capsys.readouterr().out):
        if line["type"] == "done":
            assert line["enhance_model"] == "default" and line["enhanced"] is True
            assert line["needs"] == {"noise": 1.0, "blur": 1.0, "fading": 1.0}
            assert line["text"] == "Noise, blur and fading were reduced."


def test_a_missing_model_is_a_wrong_use(tmp_path: Path, data_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_damaged(tmp_path / "photo.png")
    arguments = [str(tmp_path / "photo.png"), "--output", str(tmp_path / "out.png")]
    assert run(["enhance", *arguments, "--model", "nonsense"]) == WRONG_USE
    assert "There is no model nonsense for enhance; there are: default" in capsys.readouterr().err
    assert run(["restore", *arguments, "--steps", "enhance", "--set", "enhance.model=nonsense"]) == WRONG_USE


@pytest.mark.parametrize(
    ("words", "raw"),
    [
        ([], None),
        (["--raw"], "on"),
        (["--raw", "off"], "off"),
        (["--raw", "ON"], "ON"),
        (["--raw=no"], "no"),
        (["--raw", "b.png"], "on"),
        (["--raw", "--overwrite"], "on"),
    ],
)
def test_a_switch_that_is_off_goes_without_a_value(words: list[str], raw: str | None) -> None:
    options = arguments.parsed(["enhance", "--output", "out/", *words, "a.png"])
    assert vars(options)["setting raw"] == raw
    assert [path.name for path in options.photos] == [*(["b.png"] if "b.png" in words else []), "a.png"]
    last = arguments.parsed(["enhance", "a.png", "--output", "out/", "--raw"])
    assert vars(last)["setting raw"] == "on"


def test_the_help_names_the_choices(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        arguments.parsed(["enhance", "--help"])
    told = capsys.readouterr().out
    assert "--encoder x|r|y" in told and "above 100 %" in " ".join(told.split())


def test_raw_is_refused_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_damaged(tmp_path / "photo.png")
    assert run(["enhance", "--raw", str(tmp_path / "photo.png"), "--output", str(tmp_path / "out.png")]) == 1
    assert "The model default has no picture of its own" in capsys.readouterr().err
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize("steps", ["enhance", "detect,enhance", "detect,repair,enhance"])
def test_restore_with_enhance(steps: str, tmp_path: Path) -> None:
    photo = write_damaged(tmp_path / "photo.png", "uint16")
    source, two, one = (str(tmp_path / name) for name in ("photo.png", "two.png", "one.png"))
    chosen = ["--set", "detect.model=classical", "--set", "repair.model=ns", "--set", "enhance.noise=0"]
    assert run(["restore", source, "--output", one, "--steps", steps, *chosen]) == DONE
    if "repair" in steps:
        assert run(["restore", source, "--output", two, *chosen[:4]]) == DONE
        photo = files.read_photo(Path(two))
    assert np.array_equal(files.read_photo(Path(one)).samples, by_hand(photo, noise=0.0))


def test_masks_need_the_step_that_finds_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["a.png", "--output", "out.png", "--steps", "enhance", "--save-masks", "masks"]
    assert run(["restore", *words]) == WRONG_USE
    assert "--save-masks needs the step detect." in capsys.readouterr().err


def test_the_command_in_a_process(tmp_path: Path) -> None:
    photo = write_damaged(tmp_path / "photo.png")
    command = enhancers.program("enhance", str(tmp_path / "photo.png"), "--output", str(tmp_path / "out.png"))
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, "") and done.stdout.endswith("Noise, blur and fading were reduced.\n")
    assert np.array_equal(files.read_photo(tmp_path / "out.png").samples, by_hand(photo))
