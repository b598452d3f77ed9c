"""The engine and the tool enhance: results, previews, and what the window moves sliders with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import enhancers
import numpy as np
import pytest
from engines import Engine, Job
from pictures import damaged, photo_samples, scratches

from core.models import registry
from core.models.registry import Registry
from core.photo import Photo
from core.progress import silent
from core.protocol import parsed_request
from core.requests import done

MASK = scratches(150, 180, 3, seed=4)


@pytest.fixture
def engine(tmp_path: Path, data_folder: Path) -> Iterator[Engine]:
    enhancers.install(data_folder / "models")
    with Engine(tmp_path / "engine.log", enhancers.program("engine")) as engine:
        engine.greeting()
        yield engine


@pytest.mark.parametrize(
    ("dtype", "colours", "alpha"), [("uint8", 3, True), ("uint16", 1, False), ("float32", 1, True)]
)
def test_enhance(engine: Engine, dtype: str, colours: int, alpha: bool) -> None:
    pixels = photo_samples(150, 180, colours + alpha, dtype)
    work = Job(pixels, alpha=alpha)
    engine.send(work.run(1, "enhance", want=["enhanced", "photo", "mask", "fill"]))
    answer = engine.answer(1)
    result = work.result(answer, "enhanced")
    assert set(answer["files"]) == {"enhanced", "photo"}
    assert result.dtype == dtype and result.shape == pixels.shape and result.flags.c_contiguous
    assert np.array_equal(work.result(answer, "photo"), result)
    assert np.array_equal(result[..., colours:], pixels[..., colours:])
    assert not np.array_equal(result[..., :colours], pixels[..., :colours])
    needs = {"noise": 1.0, "blur": 1.0, "fading": 1.0}
    assert answer["facts"] == {"notes": [], "enhance_model": "default", "enhanced": True, "needs": needs, "weights": {}}
    assert answer["text"] == "Noise, blur and fading were reduced."


def test_regions_and_previews(engine: Engine) -> None:
    work = Job(photo_samples(150, 181, 4, "uint16"), alpha=True, curve="linear")
    engine.send(work.run(1, "enhance", want=["enhanced"]))
    whole = work.result(engine.answer(1), "enhanced")
    engine.send(work.run(2, "enhance", want=["enhanced"], region=[30, 40, 131, 90]))
    assert np.array_equal(work.result(engine.answer(2), "enhanced"), whole[40:90, 30:131])
    engine.send(work.run(3, "enhance", want=["enhanced"], scale=4))
    answer = engine.answer(3)
    small = work.result(answer, "enhanced")
    assert small.shape == (38, 46, 4) and small.dtype == np.uint16
    engine.send(work.run(4, "enhance", want=["enhanced"], scale=4, region=[32, 40, 131, 90]))
    part = engine.answer(4)
    assert np.array_equal(work.result(part, "enhanced"), small[10:23, 8:33]) and part["facts"] == answer["facts"]
    engine.send(work.run(5, "enhance", want=["enhanced"], scale=4, region=[32, 40, 182, 90]))
    assert engine.answer(5)["type"] == "failed"


def test_a_mask_is_nothing_to_enhance(engine: Engine) -> None:
    work = Job(damaged(photo_samples(150, 180), MASK))
    answers = []
    for number, mask in enumerate((None, work.add("drawn.npy", MASK))):
        engine.send(work.run(number, "enhance", want=["enhanced"], **({"mask": mask} if mask else {})))
        answers.append(engine.answer(number))
    assert answers[0]["facts"] == answers[1]["facts"] and "repaired" not in answers[1]["facts"]


def test_restore_with_enhance(engine: Engine) -> None:
    work = Job(damaged(photo_samples(150, 180), MASK))
    settings = {"steps": "detect,repair,enhance", "detect-model": "classical"}
    engine.send(work.run(1, "restore", settings=settings, want=["mask", "fill", "photo", "enhanced"]))
    answer = engine.answer(1)
    assert set(answer["files"]) == {"mask", "fill", "photo", "enhanced"}
    assert np.array_equal(work.result(answer, "photo"), work.result(answer, "enhanced"))
    assert {"found", "repaired", "enhance_model", "needs"} <= set(answer["facts"])
    fill = work.result(answer, "fill")
    photo = Photo(np.load(work.folder / "photo.npy"))
    assert fill.shape == (150, 180, 4) and not np.array_equal(work.result(answer, "photo"), photo.samples)
    engine.send(work.run(2, "restore", settings={**settings, "steps": "enhance"}, want=["mask", "fill", "enhanced"]))
    assert set(engine.answer(2)["files"]) == {"enhanced"}


def test_another_photo_under_the_same_name_is_measured_anew(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[int] = []

    def loaded(*given: object) -> object:
        tone = lambda view, route: (measured.append(1), enhancers.darker(view, route))[1]  # noqa: E731
        return enhancers.soft_enhancer(tone=tone)

    monkeypatch.setitem(registry.ARCHITECTURES, "soft", loaded)
    enhancers.install(data_folder / "models")
    work, models = Job(photo_samples(150, 180)), Registry()
    for noise in (0.5, 1.0, 1.5):
        request = parsed_request(work.run(1, "enhance", want=["enhanced"], scale=2, settings={"noise": noise}))
        done(request, models, silent)
    assert len(measured) == 1
    (work.folder / "photo.npy").unlink()
    work.add("photo.npy", photo_samples(150, 180, seed=5))
    done(request, models, silent)
    assert len(measured) == 2
