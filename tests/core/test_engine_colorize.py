"""The engine and the tool colorize: results, previews, hints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import colorizers
import numpy as np
import pytest
from engines import Engine, Job
from pictures import photo_samples

SIZE = (150, 181)


@pytest.fixture
def engine(tmp_path: Path, data_folder: Path) -> Iterator[Engine]:
    colorizers.install(data_folder / "models")
    with Engine(tmp_path / "engine.log", colorizers.program("engine")) as engine:
        engine.greeting()
        yield engine


def hints_in(work: Job, size: tuple[int, int] = SIZE) -> str:
    hints = np.zeros((*size, 4), np.uint8)
    hints[60:80, 50:70] = (170, 90, 80, 255)
    np.save(Path(work.folder) / "hints.npy", hints)
    return "hints.npy"


@pytest.mark.parametrize(("dtype", "colours", "alpha"), [("uint8", 3, True), ("uint16", 1, False), ("uint8", 1, True)])
def test_colours_are_three(engine: Engine, dtype: str, colours: int, alpha: bool) -> None:
    pixels = photo_samples(*SIZE, colours + alpha, dtype)
    work = Job(pixels, alpha=alpha)
    engine.send(work.run(1, "colorize", want=["colours", "photo", "mask"]))
    answer = engine.answer(1)
    assert set(answer["files"]) == {"colours", "photo"}
    result = work.result(answer, "colours")
    assert result.dtype == dtype and result.shape == (*SIZE, 3 + alpha)
    assert np.array_equal(work.result(answer, "photo"), result)
    assert np.array_equal(result[..., 3:], pixels[..., colours:])
    assert answer["facts"] == {"notes": [], "colorize_model": "default", "hints": 0, "weights": {}}


def test_hints_regions_and_previews(engine: Engine) -> None:
    work = Job(photo_samples(*SIZE, 1, "uint8"))
    engine.send(work.run(1, "colorize", want=["colours"]))
    plain = work.result(engine.answer(1), "colours").astype(int)
    engine.send({**work.run(2, "colorize", want=["colours"]), "hints": hints_in(work)})
    answer = engine.answer(2)
    hinted = work.result(answer, "colours")
    assert answer["facts"]["hints"] == 1 and np.abs(plain - hinted)[62:78, 52:68].mean() > 8
    engine.send({**work.run(3, "colorize", want=["colours"], region=[40, 52, 100, 112]), "hints": "hints.npy"})
    assert np.array_equal(work.result(engine.answer(3), "colours"), hinted[52:112, 40:100])
    engine.send(work.run(4, "colorize", want=["colours"], region=[40, 52, 100, 112]))
    assert np.array_equal(work.result(engine.answer(4), "colours"), plain[52:112, 40:100])
    engine.send(work.run(5, "colorize", want=["colours"], scale=4))
    assert work.result(engine.answer(5), "colours").shape == (38, 46, 3)


def test_hints_of_another_size_are_refused(engine: Engine) -> None:
    work = Job(photo_samples(*SIZE, 1, "uint8"))
    engine.send({**work.run(1, "colorize", want=["colours"]), "hints": hints_in(work, (150, 180))})
    assert engine.answer(1)["text"] == "The colour hints do not have the photo's size."
