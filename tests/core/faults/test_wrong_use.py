"""Commands that were not given as they must be: exit code 2, before anything is read or written."""

from __future__ import annotations

import pytest
from bench import WRONG_USE, Bench, check_sentence, everything
from wholes import whole

WRONG_VALUES = [
    ("detect", "--sensitivity", "nan"),
    ("detect", "--sensitivity", "inf"),
    ("detect", "--sensitivity", "-1"),
    ("detect", "--sensitivity", "1.0001"),
    ("detect", "--sensitivity", "a lot"),
    ("detect", "--sensitivity", ""),
    ("detect", "--sensitivity", "0x1"),
    ("detect", "--model", "nonsense"),
    ("detect", "--model", "../../etc/passwd"),
    ("detect", "--model", ""),
    ("detect", "--grow", "1e9"),
    ("enhance", "--model", "nonsense"),
    ("enhance", "--strength", "nan"),
    ("colorize", "--model", "nonsense"),
    ("restore", "--set", "detect.sensitivity=nan"),
    ("restore", "--set", "detect"),
    ("restore", "--set", "=1"),
    ("restore", "--set", "nowhere.to=1"),
    ("restore", "--set", "detect.model=nonsense"),
    ("restore", "--steps", "repair"),
    ("restore", "--steps", "detect,fly"),
    ("restore", "--steps", ""),
]


@pytest.mark.parametrize("command,option,value", WRONG_VALUES, ids=lambda part: part or "nothing")
def test_a_value_that_cannot_be(command: str, option: str, value: str, bench: Bench) -> None:
    photo = bench.put("photo.png", whole("rgb.png"))
    bench.refused(command, photo, option, value, "--output", bench.out / "new.png", code=WRONG_USE)


@pytest.mark.parametrize("name", ["new", "new.gif", "new.exe", "new.png.", ".png", "new.jpg", "new.webp"])
def test_a_mask_under_a_name_that_cannot_be(name: str, bench: Bench) -> None:
    photo = bench.put("photo.png", whole("rgb.png"))
    bench.refused("detect", photo, "--output", bench.out / name, code=WRONG_USE)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["fly"],
        ["detect"],
        ["detect", "PHOTO"],
        ["repair", "PHOTO", "--output", "OUT"],
        ["detect", "PHOTO", "--output"],
        ["detect", "PHOTO", "--output", "OUT", "--no-such-option"],
        ["detect", "PHOTO", "--output", "OUT", "--format", "gif"],
        ["detect", "PHOTO", "--output", "OUT", "--hints", "x.png"],
        ["models", "PHOTO"],
        ["try"],
    ],
    ids=lambda words: " ".join(words) or "nothing",
)
def test_words_that_are_no_command(words: list[str], bench: Bench) -> None:
    photo = bench.put("photo.png", whole("rgb.png"))
    before = everything(bench.folder)
    told = bench.run(*({"PHOTO": photo, "OUT": bench.out / "new.png"}.get(word, word) for word in words))
    assert told.code == WRONG_USE and told.out == "" and everything(bench.folder) == before
    usage, *_more, last = told.err.splitlines()
    assert usage.startswith("usage: daguerre") and last.startswith("daguerre")
    check_sentence(last.rstrip(".") + ".")


@pytest.mark.parametrize("count", [2, 3])
def test_results_that_would_be_one_file(count: int, bench: Bench) -> None:
    photos = []
    for number in range(count):
        (bench.given / str(number)).mkdir()
        photos.append(bench.put(f"{number}/photo.png", whole("rgb.png")))
    assert "both be written" in bench.refused("detect", *photos, "--output", f"{bench.out}/", code=WRONG_USE)
    assert "must be a folder" in bench.refused("detect", *photos, "--output", bench.out / "new.png", code=WRONG_USE)
