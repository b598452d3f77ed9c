"""The command line over many photos: where results go, and what happens to the others when one is bad."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import MASK, json_lines, names_in, write_damaged, write_mask

from core import files
from core.cli import DONE, FAILED, WRONG_USE, run


@pytest.fixture
def photos(tmp_path: Path) -> list[str]:
    """Three photos of different kinds, the second damaged beyond reading."""
    names = ["anna.png", "berta.tif", "carl.png"]
    for name in names:
        write_damaged(tmp_path / "in" / name, "uint16" if name == "carl.png" else "uint8")
    (tmp_path / "in" / "berta.tif").write_bytes(b"II*\0 and no more")
    return [str(tmp_path / "in" / name) for name in names]


def detect(photos: list[str], output: Path | str, *options: str) -> int:
    return run(["detect", *photos, "--output", str(output), "--model", "classical", *options])


def test_a_bad_photo_does_not_stop_the_others_and_is_named_at_the_end(
    photos: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert detect(photos, f"{tmp_path / 'out'}/") == FAILED
    assert names_in(tmp_path / "out") == {"anna.png", "carl.png"}
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == 2
    assert "1 of 3 photos could not be done:" in told.err
    assert photos[1] in told.err.splitlines()[-1] and "berta.tif" in told.err.splitlines()[-1]


def test_a_pattern_that_no_shell_has_replaced_stands_for_its_files(photos: list[str], tmp_path: Path) -> None:
    write_damaged(tmp_path / "in" / "[anna].png")
    (tmp_path / "in" / "._anna.png").write_bytes(b"what a Mac leaves on other disks")
    assert detect([str(tmp_path / "in" / "*.png")], f"{tmp_path / 'out'}/") == DONE
    assert names_in(tmp_path / "out") == {"anna.png", "carl.png", "[anna].png"}
    assert detect([str(tmp_path / "in" / "[anna].png")], f"{tmp_path / 'second'}/") == DONE
    assert names_in(tmp_path / "second") == {"[anna].png"}, "a file of that name is no pattern"
    assert detect([str(tmp_path / "in" / "*.gif")], f"{tmp_path / 'third'}/") == FAILED


def test_without_the_bad_one_all_is_done(photos: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert detect([photos[0], photos[2]], f"{tmp_path / 'out'}/") == DONE
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("how", ["exists", "slash"])
def test_a_folder_holds_results_named_by_stem(how: str, photos: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "results"
    if how == "exists":
        folder.mkdir()
    assert detect([photos[0]], folder if how == "exists" else f"{folder}/") == DONE
    assert names_in(folder) == {"anna.png"}


@pytest.mark.parametrize("ending", ["png", "tif", "tiff", "jpg", "jpeg", "webp"])
def test_format_says_what_a_folder_holds(ending: str, tmp_path: Path) -> None:
    write_damaged(tmp_path / "anna.png")
    arguments = ["restore", str(tmp_path / "anna.png"), "--output", f"{tmp_path / 'out'}/", "--format", ending]
    assert run([*arguments, "--set", "detect.model=classical"]) == DONE
    assert names_in(tmp_path / "out") == {f"anna.{ending}"}
    assert files.read_photo(tmp_path / "out" / f"anna.{ending}").samples.shape == (80, 100, 3)


def test_one_photo_may_go_to_a_file_of_any_name(photos: list[str], tmp_path: Path) -> None:
    assert detect([photos[0]], tmp_path / "deep" / "down" / "m.png") == DONE
    assert names_in(tmp_path / "deep" / "down") == {"m.png"}


def test_masks_are_found_by_stem(tmp_path: Path) -> None:
    for name in ("anna.tif", "carl.png"):
        write_damaged(tmp_path / "in" / name, "uint16")
    write_mask(tmp_path / "masks" / "anna.png")
    write_mask(tmp_path / "masks" / "carl.png", MASK * 0)
    photos = [str(tmp_path / "in" / name) for name in ("anna.tif", "carl.png")]
    arguments = ["--mask", str(tmp_path / "masks"), "--output", f"{tmp_path / 'out'}/"]
    assert run(["repair", *photos, *arguments]) == DONE
    anna, carl = (files.read_photo(tmp_path / "out" / f"{name}.png").samples for name in ("anna", "carl"))
    assert (anna[MASK > 0] < 65535).all() and (carl[MASK > 0] == 65535).all()


def test_a_missing_mask_fails_that_photo_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("anna.png", "carl.png"):
        write_damaged(tmp_path / "in" / name)
    write_mask(tmp_path / "masks" / "carl.png")
    photos = [str(tmp_path / "in" / name) for name in ("anna.png", "carl.png")]
    assert run(["repair", *photos, "--mask", f"{tmp_path}/masks/", "--output", f"{tmp_path}/out/"]) == FAILED
    assert names_in(tmp_path / "out") == {"carl.png"}
    assert "anna.png does not exist." in capsys.readouterr().err


# What is told before any work


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The sentence of a wrong use."""
    assert run(arguments) == WRONG_USE
    told = capsys.readouterr()
    assert told.out == "" and len(told.err.splitlines()) == 1 and told.err.startswith("daguerre: ")
    return told.err


def test_the_same_stem_twice_is_told_before_any_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a/scan.png", "b/scan.tif", "b/other.png"):
        write_damaged(tmp_path / name)
    photos = [str(tmp_path / name) for name in ("b/other.png", "a/scan.png", "b/scan.tif")]
    sentence = refused(["detect", *photos, "--output", f"{tmp_path}/out/", "--model", "classical"], capsys)
    assert "scan.png" in sentence and not (tmp_path / "out").exists()


def test_the_same_photo_twice_is_told(photos: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused(["detect", photos[0], photos[0], "--output", f"{tmp_path}/out/", "--model", "classical"], capsys)


def test_several_photos_need_a_folder(photos: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sentence = refused(["detect", *photos, "--output", str(tmp_path / "m.png"), "--model", "classical"], capsys)
    assert "--output must be a folder" in sentence
    arguments = ["repair", *photos, "--mask", photos[0], "--output", f"{tmp_path}/out/"]
    assert "--mask must be a folder" in refused(arguments, capsys)


def test_results_over_photos_and_masks_are_refused_whatever_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_damaged(tmp_path / "anna.png")
    mask = write_mask(tmp_path / "mask.png")
    photo, before = str(tmp_path / "anna.png"), (tmp_path / "anna.png").read_bytes()
    for output in (photo, f"{tmp_path}/", f"{tmp_path}/../{tmp_path.name}/anna.png"):
        arguments = ["repair", photo, "--mask", str(mask), "--output", output, "--overwrite"]
        assert "over itself" in refused(arguments, capsys)
    arguments = ["repair", photo, "--mask", str(mask), "--output", str(mask), "--overwrite"]
    assert "over itself" in refused(arguments, capsys)
    restore = ["restore", photo, "--output", f"{tmp_path}/out/", "--save-masks", str(tmp_path), "--overwrite"]
    assert "over itself" in refused([*restore, "--set", "detect.model=classical"], capsys)
    assert (tmp_path / "anna.png").read_bytes() == before


def test_masks_and_results_cannot_have_one_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_damaged(tmp_path / "in" / "anna.png")
    arguments = ["--output", f"{tmp_path}/out/", "--save-masks", f"{tmp_path}/out/", "--set", "detect.model=classical"]
    sentence = refused(["restore", str(tmp_path / "in" / "anna.png"), *arguments], capsys)
    assert "Two results would both be written" in sentence


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["detect", "a.png", "--output", "m.png", "--model", "nonsense"], "no model nonsense for detect"),
        (["repair", "a.png", "--mask", "m.png", "--output", "o.png", "--model", "lama"], "no model lama for repair"),
        (["restore", "a.png", "--output", "o.png", "--set", "detect.model=x"], "no model x for detect"),
        (["restore", "a.png", "--output", "o.png", "--set", "repair.model=x"], "no model x for repair"),
        (["detect", "a.png", "--output", "m.png", "--sensitivity", "2"], "sensitivity must be between 0 and 1"),
        (["detect", "a.png", "--output", "m.png", "--sensitivity", "high"], "sensitivity must be a number"),
        (["detect", "a.png", "--output", "m.png", "--min-size", "-1"], "min-size must be between"),
        (["detect", "a.png", "--output", "m.gif"], "must end in"),
        (["detect", "a.png", "--output", "mask"], "must end in"),
        (["detect", "a.png", "--output", "m.jpg"], "PNG or TIFF"),
        (["detect", "a.png", "--output", "m/", "--format", "webp"], "PNG or TIFF"),
        (["repair", "a.png", "--mask", "m.png", "--output", "o.bmp"], "must end in"),
        (["restore", "a.png", "--output", "o.png", "--set", "detect"], "STEP.NAME=VALUE"),
        (["restore", "a.png", "--output", "o.png", "--set", "detect.sensitivity"], "STEP.NAME=VALUE"),
        (["restore", "a.png", "--output", "o.png", "--set", "sensitivity=0.7"], "STEP.NAME=VALUE"),
        (["restore", "a.png", "--output", "o.png", "--set", "detect.colour=1"], "no setting detect.colour"),
        (["restore", "a.png", "--output", "o.png", "--set", "dance.speed=1"], "no setting dance.speed"),
        (["restore", "a.png", "--output", "o.png", "--set", "detect.sensitivity=9"], "between 0 and 1"),
        (["restore", "a.png", "--output", "o.png", "--steps", "repair,detect"], "in this order"),
        (["restore", "a.png", "--output", "o.png", "--steps", "polish"], "names out of"),
        (["restore", "a.png", "--output", "o.png", "--steps", "repair"], "needs the step detect"),
    ],
)
def test_wrong_use(arguments: list[str], part: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert part in refused(arguments, capsys)


# Nothing is overwritten unasked


def test_what_exists_stays_and_the_others_are_done(
    photos: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "anna.png").write_bytes(b"precious")
    assert detect([photos[0], photos[2]], out) == FAILED
    assert (out / "anna.png").read_bytes() == b"precious" and names_in(out) == {"anna.png", "carl.png"}
    sentence = capsys.readouterr().err.splitlines()[-1]
    assert "anna.png exists already; --overwrite replaces it." in sentence
    assert detect([photos[0], photos[2]], out, "--overwrite") == DONE
    assert files.read_mask(out / "anna.png").shape == (80, 100)


def test_a_saved_mask_that_exists_stays_and_nothing_else_is_written(tmp_path: Path) -> None:
    write_damaged(tmp_path / "anna.png")
    (tmp_path / "masks").mkdir()
    (tmp_path / "masks" / "anna.png").write_bytes(b"precious")
    arguments = [
        "restore",
        str(tmp_path / "anna.png"),
        "--output",
        f"{tmp_path}/out/",
        "--set",
        "detect.model=classical",
    ]
    arguments += ["--save-masks", str(tmp_path / "masks")]
    assert run(arguments) == FAILED
    assert (tmp_path / "masks" / "anna.png").read_bytes() == b"precious" and names_in(tmp_path / "out") == set()
    assert run([*arguments, "--overwrite"]) == DONE
    assert files.read_mask(tmp_path / "masks" / "anna.png").any()


@pytest.mark.parametrize("output", ["a-file/out.png", "a-file/"])
def test_where_no_folder_can_be_made(output: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_damaged(tmp_path / "anna.png")
    (tmp_path / "a-file").write_bytes(b"")
    assert detect([str(tmp_path / "anna.png")], f"{tmp_path}/{output}") == FAILED
    assert "a-file" in capsys.readouterr().err
    assert names_in(tmp_path) - {"data"} == {"anna.png", "a-file"}


@pytest.mark.parametrize("ending", ["jpg", "webp"])
def test_16_bits_are_never_squeezed_into_8(ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_damaged(tmp_path / "anna.png", "uint16")
    arguments = ["restore", str(tmp_path / "anna.png"), "--output", str(tmp_path / f"out.{ending}")]
    assert run([*arguments, "--set", "detect.model=classical"]) == FAILED
    assert "holds 8 bits only" in capsys.readouterr().err and not (tmp_path / f"out.{ending}").exists()


# For machines


def test_every_line_of_json_parses(photos: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert detect(photos, f"{tmp_path}/out/", "--json") == FAILED
    told = capsys.readouterr()
    lines = json_lines(told.out)
    assert told.err == "" and {line["type"] for line in lines} <= {"progress", "done", "failed"}
    ends = [line for line in lines if line["type"] != "progress"]
    assert [line["type"] for line in ends] == ["done", "failed", "done"]
    assert [line["photo"] for line in ends] == photos
    assert Path(ends[0]["output"]) == tmp_path / "out" / "anna.png"
    assert ends[0]["found"] > 0 and 0 < ends[0]["share"] < 1 and ends[0]["detect_model"] == "classical"
    assert "berta.tif" in ends[1]["text"] and ends[1]["text"].endswith(".")
    for line in lines:
        if line["type"] == "progress":
            assert 0 <= line["fraction"] <= 1 and line["photo"] in photos and line["text"]


def test_restore_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_damaged(tmp_path / "anna.png")
    arguments = ["restore", str(tmp_path / "anna.png"), "--output", str(tmp_path / "out.png"), "--json"]
    assert run([*arguments, "--set", "detect.model=classical"]) == DONE
    end = json_lines(capsys.readouterr().out)[-1]
    assert end["type"] == "done" and end["found"] > 0 and end["repaired"] > 0 and end["repair_model"] == "auto"


def test_the_registry_in_json(data_folder: Path, installed_network: None, capsys: pytest.CaptureFixture[str]) -> None:
    (data_folder / "models" / "detect-dated.toml").write_text("{")
    next((data_folder / "models").glob("*.safetensors")).write_bytes(b"broken")
    assert run(["models", "--json"]) == DONE
    (told,) = json_lines(capsys.readouterr().out)
    assert {(card["tool"], card["name"]) for card in told["models"]} >= {("detect", "default"), ("repair", "telea")}
    assert len(told["problems"]) == 2


def test_the_registry_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models"]) == DONE
    told = capsys.readouterr().out
    for part in ("detect    classical", "repair    telea", "repair    ns", "GPL-3.0-or-later"):
        assert part in told
