"""The engine as a process: what it answers."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from engines import Engine, Job
from networks import SMALL, write_network
from pictures import damaged, photo_samples, scratches, specks

from core import VERSION, jobfolder, places
from core.marking import marked_damage
from core.models.card import write_card
from core.models.registry import MOST_CARDS, Registry
from core.photo import Photo
from core.progress import silent
from core.protocol import MAX_LINE, is_same_version
from core.repair import repaired_samples, run
from core.tools import COLORIZE, DETECT, ENHANCE, REPAIR, defaults

MASK = scratches(150, 180, 3, seed=4)


@pytest.fixture
def engine(tmp_path: Path, installed_network: None) -> Iterator[Engine]:
    with Engine(tmp_path / "engine.log") as engine:
        engine.greeting()
        yield engine


def job(dtype: str = "uint8", channels: int = 3, **photo: object) -> Job:
    return Job(damaged(photo_samples(150, 180, channels, dtype), MASK), **photo)


def test_it_speaks_first(tmp_path: Path) -> None:
    start = time.monotonic()
    with Engine(tmp_path / "engine.log") as engine:
        greeting = engine.greeting()
    assert is_same_version(greeting) and greeting["version"] == VERSION
    assert time.monotonic() - start < 20  # nothing slow is imported before


def test_it_finds_its_package_as_the_plug_in_starts_it(engine: Engine) -> None:
    """`python -I -m core` from a foreign folder: only an environment that knows the checkout can do it."""
    assert engine.process.poll() is None


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
@pytest.mark.parametrize("channels", [1, 3])
def test_restore(engine: Engine, dtype: str, channels: int) -> None:
    work = job(dtype, channels)
    settings = {"detect-model": "classical", "detect-grow": 1.0}
    engine.send(work.run(1, "restore", settings=settings, want=["mask", "fill", "photo"]))
    answer = engine.answer(1)
    mask, fill, result = (work.result(answer, name) for name in ("mask", "fill", "photo"))
    assert mask.shape == (150, 180) and mask.dtype == np.uint8 and set(np.unique(mask)) == {0, 255}
    assert fill.shape == (150, 180, channels + 1) and fill.dtype == dtype
    before = np.load(work.folder / "photo.npy")
    assert result.dtype == dtype and result.shape == before.shape
    changed = (result != before).any(axis=2)
    assert changed.any() and not changed[fill[..., -1] == 0].any()
    assert answer["facts"]["found"] > 0 and answer["facts"]["detect_model"] == "classical"
    assert "found" in answer["text"] and "repaired" in answer["text"]


def test_detect_gives_a_mask(engine: Engine) -> None:
    work = job()
    engine.send(work.run(2, "detect", want=["mask", "fill", "photo"]))
    answer = engine.answer(2)
    assert set(answer["files"]) == {"mask"} and answer["facts"]["detect_model"] == "default"
    assert work.result(answer, "mask").any()


@pytest.mark.parametrize("tool", ["detect", "restore"])
def test_probabilities_make_the_mask_again(engine: Engine, tool: str) -> None:
    """What the window does: it asks once and marks by itself when a slider moves."""
    photo = Photo(damaged(photo_samples(150, 180), MASK | specks(150, 180, 8)))
    work = Job(photo.samples)
    changed = {"model": "classical", "sensitivity": 0.6, "dark": False, "spots": False}
    settings = changed if tool == "detect" else {f"detect-{name}": value for name, value in changed.items()}
    engine.send(work.run(1, tool, want=["mask", "probability"], settings=settings))
    answer = engine.answer(1)
    found, threshold = work.result(answer, "probability"), answer["facts"]["threshold"]
    assert found.dtype == np.uint16 and found.shape == (150, 180)
    assert threshold == Registry().card("detect", answer["facts"]["detect_model"]).threshold
    expected, everything = (
        marked_damage(found, threshold, {**defaults(DETECT), "sensitivity": 0.6, **kinds}, photo)
        for kinds in (changed, {})
    )
    assert np.array_equal(work.result(answer, "mask"), expected)
    assert 0 < np.count_nonzero(expected) < np.count_nonzero(everything)


def test_a_part_is_filled_like_the_whole(engine: Engine) -> None:
    work = job("uint16")
    mask = work.add("drawn.npy", MASK)
    engine.send(work.run(1, "repair", mask=mask, want=["fill"]))
    whole = work.result(engine.answer(1), "fill")
    for number, (left, top, right, bottom) in enumerate([(0, 0, 180, 150), (30, 40, 131, 90), (179, 0, 180, 150)], 2):
        engine.send(work.run(number, "repair", mask=mask, want=["fill"], region=[left, top, right, bottom]))
        answer = engine.answer(number)
        expected = whole[top:bottom, left:right]
        if expected[..., -1].any():
            assert np.array_equal(work.result(answer, "fill"), expected)
        else:
            assert answer["files"] == {}


def test_parts_of_the_repaired_photo_and_previews_of_it(engine: Engine) -> None:
    work = Job(
        damaged(photo_samples(150, 181, 4, "uint16"), scratches(150, 181, 3, seed=4)), alpha=True, curve="linear"
    )
    mask = work.add("drawn.npy", scratches(150, 181, 3, seed=4))
    engine.send(work.run(1, "repair", mask=mask, want=["photo"]))
    whole = work.result(engine.answer(1), "photo")
    engine.send(work.run(2, "repair", mask=mask, want=["photo"], region=[30, 40, 131, 90]))
    assert np.array_equal(work.result(engine.answer(2), "photo"), whole[40:90, 30:131])
    engine.send(work.run(3, "repair", mask=mask, want=["photo"], scale=4))
    small = work.result(engine.answer(3), "photo")
    assert small.shape == (38, 46, 4) and small.dtype == np.uint16
    engine.send(work.run(4, "repair", mask=mask, want=["photo"], scale=4, region=[32, 40, 131, 90]))
    assert np.array_equal(work.result(engine.answer(4), "photo"), small[10:23, 8:33])
    nothing = work.add("nothing.npy", np.zeros((150, 181), np.uint8))
    engine.send(work.run(5, "repair", mask=nothing, want=["photo"], region=[30, 40, 131, 90]))
    assert np.array_equal(work.result(engine.answer(5), "photo"), np.load(work.folder / "photo.npy")[40:90, 30:131])
    engine.send(work.run(6, "repair", mask="gone.npy", want=["photo"], region=[30, 40, 131, 90]))
    assert "missing" in engine.answer(6)["text"]


def test_a_result_that_is_still_looked_at_stays_as_it_is(engine: Engine) -> None:
    """A map of a file that is cut short under it would kill the window."""
    work = job()
    mask = work.add("drawn.npy", MASK)
    engine.send(work.run(1, "repair", mask=mask, want=["fill"]))
    seen = np.load(work.folder / engine.answer(1)["files"]["fill"], mmap_mode="r")
    before = np.array(seen)
    engine.send(work.run(2, "repair", mask=mask, want=["fill"], region=[0, 0, 120, 120], settings={"grow": 9}))
    assert engine.answer(2)["files"] == {"fill": "fill.npy"}
    assert np.array_equal(seen, before)


def test_repair_fills_like_the_library(engine: Engine) -> None:
    work = job("uint16")
    mask = work.add("drawn.npy", MASK)
    engine.send(work.run(3, "repair", mask=mask, want=["fill", "photo"], settings={"model": "ns", "feather": 2}))
    answer = engine.answer(3)
    photo = Photo(np.load(work.folder / "photo.npy"))
    settings = {**defaults(REPAIR), "model": "ns", "feather": 2.0}
    expected = repaired_samples(photo, run(photo, MASK, settings, Registry(), silent))
    assert np.array_equal(work.result(answer, "photo"), expected)
    assert set(answer["files"]) == {"fill", "photo"}


def test_repair_takes_a_mask_layer_and_alpha_and_a_selection(engine: Engine) -> None:
    pixels = damaged(photo_samples(150, 180, 4, "uint16"), MASK)
    pixels[:, :60, 3] = 0
    pixels[:, 60:, 3] = 65535
    work = Job(pixels, alpha=True)
    layer = np.zeros((150, 180, 4), np.uint8)
    layer[MASK > 0] = 86, 180, 233, 255
    selection = np.zeros((150, 180), np.uint8)
    selection[:75] = 255
    work.photo["selection"] = work.add("selection.npy", selection)
    engine.send(work.run(4, "repair", mask=work.add("mask.npy", layer), want=["photo"]))
    changed = (work.result(engine.answer(4), "photo") != pixels).any(axis=2)
    assert changed.any() and not changed[:, :60].any() and not changed[75:].any()


def test_only_what_is_wanted_is_written(engine: Engine) -> None:
    work = job()
    before = {path.name for path in work.folder.iterdir()}
    engine.send(work.run(1, "restore", want=[], settings={"detect-model": "classical"}))
    answer = engine.answer(1)
    assert answer["files"] == {} and {path.name for path in work.folder.iterdir()} == before


def test_nothing_found_is_done_without_a_fill(engine: Engine) -> None:
    work = Job(np.full((40, 50, 3), 80, np.uint8))
    engine.send(work.run(1, "restore", want=["mask", "fill", "photo"], settings={"detect-model": "classical"}))
    answer = engine.answer(1)
    assert set(answer["files"]) == {"mask"} and answer["text"] == "No damage was found."


def test_requests_are_answered_in_turn(engine: Engine) -> None:
    jobs = [job(dtype) for dtype in ("uint8", "uint16", "float64")]
    for number, work in enumerate(jobs):
        engine.send(work.run(number, "restore", want=["mask"], settings={"detect-model": "classical"}))
    engine.send({"type": "models", "id": 9})
    for number, work in enumerate(jobs):
        assert work.result(engine.answer(number), "mask").any()
    facts = engine.answer(9)["facts"]
    assert {(card["tool"], card["name"]) for card in facts["models"]} >= {("detect", "default"), ("repair", "telea")}
    assert facts["problems"] == []
    assert {(card["tool"], card["name"]) for card in facts["models"] if card["default"]} == {
        (tool.name, tool.parameters[0].default) for tool in (DETECT, REPAIR, ENHANCE, COLORIZE)
    }


def test_own_models_come_and_go(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "downloads"
    folder.mkdir()
    write_network(folder, name="mine", file="detect-mine.safetensors")
    engine.send({"type": "models", "id": 1, "add": str(folder / "detect-mine.safetensors"), "check": True})
    facts = engine.answer(1)["facts"]
    assert facts["added"] == ["detect", "mine"]
    (mine,) = (model for model in facts["models"] if model["name"] == "mine")
    assert (mine["origin"], mine["checked"], mine["problem"], mine["size"] > 0) == ("own", True, "", True)
    work = job()
    engine.send(work.run(2, "detect", settings={"model": "mine"}))
    assert engine.answer(2)["facts"]["detect_model"] == "mine"
    engine.send({"type": "models", "id": 3, "remove": ["detect", "mine"]})
    assert "mine" not in {model["name"] for model in engine.answer(3)["facts"]["models"]}
    engine.send(work.run(4, "detect", settings={"model": "mine"}))
    assert "no model mine" in engine.answer(4)["text"], "what was loaded is forgotten"
    engine.send({"type": "models", "id": 5, "folder": str(folder)})
    assert engine.answer(5)["facts"]["folder"] == str(folder)
    (folder / "detect-mine.safetensors").write_bytes(b"broken")
    engine.send({"type": "models", "id": 6, "check": True})
    (mine,) = (model for model in engine.answer(6)["facts"]["models"] if model["name"] == "mine")
    assert mine["origin"] == "folder" and mine["problem"].endswith(".")
    engine.send({"type": "models", "id": 7, "add": str(folder / "detect-mine.safetensors")})
    refused = engine.answer(7)
    assert refused["type"] == "failed" and refused["kind"] == "person" and "is not a model" in refused["text"]


@pytest.mark.parametrize("text", ["x" * 4000, "\U0001f600" * 1000], ids=["letters", "signs"])
def test_cards_of_any_size_fit_into_an_answer(engine: Engine, tmp_path: Path, text: str) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    for number in range(150):
        more = {"purpose": text, "licence": text, "known_failures": [text] * 8, "training": {"data": text}}
        write_card(replace(SMALL, name=f"m{number}", title=text, file="", sha256="", **more), folder / f"{number}.toml")
    engine.send({"type": "models", "id": 1, "folder": str(folder)})
    facts = engine.answer(1)["facts"]
    assert sum(model["origin"] == "folder" for model in facts["models"]) == MOST_CARDS


def test_several_requests_in_one_folder(engine: Engine) -> None:
    work = job()
    mask = work.add("drawn.npy", MASK)
    engine.send(work.run(1, "detect", want=["mask"]))
    engine.send(work.run(2, "repair", mask=mask, want=["fill"]))
    assert work.result(engine.answer(1), "mask").any()
    assert work.result(engine.answer(2), "fill").any()


@pytest.mark.parametrize("tool", ["detect", "repair"])
def test_cancel_is_answered_within_a_second(engine: Engine, tool: str) -> None:
    work = Job(photo_samples(1500, 3000))
    mask = work.add("drawn.npy", scratches(1500, 3000, 40, thickness=3))
    engine.send(work.run(1, tool, want=["mask", "fill"], **({"mask": mask} if tool == "repair" else {})))
    engine.wait_for_progress(1)
    start = time.monotonic()
    engine.send({"type": "cancel", "id": 1})
    assert engine.answer(1)["type"] == "cancelled"
    assert time.monotonic() - start < 1
    assert {path.name for path in work.folder.iterdir()} == {jobfolder.LOCK_NAME, "photo.npy", "drawn.npy"}
    small = job()
    engine.send(small.run(2, "detect", want=["mask"]))
    assert engine.answer(2)["type"] == "done"


def test_a_request_that_waits_is_cancelled_at_once_and_others_are_not_hit(engine: Engine) -> None:
    long, waiting, last = Job(photo_samples(1500, 1500)), job(), job()
    engine.send(long.run(1, "detect"))
    engine.wait_for_progress(1)
    engine.send(waiting.run(2, "detect"))
    engine.send(last.run(3, "detect"))
    engine.send({"type": "cancel", "id": 2})
    engine.send({"type": "cancel", "id": 77})
    said = []
    while not said or said[-1]["type"] != "done":
        said.append(engine.next())
    words = [(message["type"], message["id"]) for message in said if message["type"] != "progress"]
    assert words == [("cancelled", 2), ("done", 1)]
    assert engine.answer(3)["type"] == "done"


def test_a_cancel_that_comes_too_late_does_not_hit_the_next_run_of_that_number(engine: Engine) -> None:
    work = job()
    for _attempt in range(2):
        engine.send(work.run(1, "detect"))
        assert engine.answer(1)["type"] == "done"
        engine.send({"type": "cancel", "id": 1})


def test_a_failure_is_one_sentence_of_its_kind_and_the_next_request_is_served(engine: Engine) -> None:
    work = job()
    small = work.add("small.npy", np.zeros((5, 5), np.uint8))
    fits = work.add("fits.npy", MASK)
    failing = {
        1: (work.run(1, "repair"), "person", "needs a mask"),
        2: (work.run(2, "repair", mask=small), "person", "size"),
        3: (work.run(3, "repair", mask="gone.npy"), "person", "missing"),
        4: (work.run(4, "detect", settings={"model": "nonsense"}), "person", "no model nonsense"),
        5: ({**work.run(5, "detect"), "photo": {"samples": "gone.npy"}}, "person", "missing"),
        6: (work.run(6, "restore", settings={"steps": "repair"}), "person", "needs a mask"),
        7: (work.run(7, "detect", settings={"sensitivity": 7}), "bug", "between"),
        8: ({**work.run(8, "detect"), "folder": str(work.folder.parent / "job-gone")}, "bug", "folder"),
        9: ({**work.run(9, "detect"), "folder": str(work.folder.parent)}, "bug", "folder"),
        10: (work.run(10, "repair", mask=small, want=["fill"], region=[0, 0, 181, 150]), "person", "size"),
        11: (work.run(11, "repair", mask=fits, want=["fill"], region=[0, 0, 181, 150]), "bug", "region"),
        12: (work.run(12, "repair", mask=fits, want=["fill"], region=[0, 0, 10, 0]), "bug", "region"),
    }
    for number, (message, kind, part) in failing.items():
        engine.send(message)
        answer = engine.answer(number)
        assert (answer["type"], answer["kind"]) == ("failed", kind), answer
        assert part in answer["text"] and answer["text"].endswith(".") and "\n" not in answer["text"]
    engine.send(work.run(20, "detect"))
    assert engine.answer(20)["type"] == "done"
    assert "Traceback" not in engine.errors


GARBAGE = [
    b"\n",
    b"hello?\n",
    b"\xff\xfe\x00\n",
    b"[1, 2, 3]\n",
    b'{"type": "run"}\n',
    b'{"type": "run", "id": 1, "tool": []}\n',
    b'{"type": "run", "id": NaN}\n',
    b'{"type": "walk", "id": 1e999}\n',
    b'{"type": "walk", "id": {"a": [1]}}\n',
    b'{"type": "' + b"x" * (MAX_LINE - 30) + b'", "id": 1}\n',
    b'{"type": "' + b"\\u0001" * 150_000 + b'", "id": 1}\n',
    b'{"type": "run", "id": 1, "tool": "detect", "folder": "/a\\u0000b", "photo": {"samples": "a"}}\n',
    b'{"type": "run", "id": 1, "tool": "detect", "folder": "/\\ud800", "photo": {"samples": "a"}}\n',
    b"[" * 100_000 + b"\n",
    b'{"type": "load", "id": 1}\n',
    b'{"type": "load", "id": 1, "folder": "/a", "path": "relative.tif"}\n',
    b'{"type": "load", "id": 1, "folder": "/a", "path": "/a\\u0000b"}\n',
    b'{"type": "load-mask", "id": 1, "folder": "/a", "path": "/b", "size": [1e400, 1]}\n',
    b'{"type": "save", "id": 1, "folder": "/a", "path": "/\\ud800", "photo": {"samples": "a"}, "samples": "a"}\n',
    b'{"type": "open", "id": 1, "tool": "detect", "folder": "/a", "photo": {"samples": "a"}}\n',
]


def test_garbage_is_answered_and_does_no_harm(engine: Engine) -> None:
    work = job()
    for number, garbage in enumerate(GARBAGE, start=100):
        engine.send_bytes(garbage)
        answer = engine.next()
        assert (answer["type"], answer["kind"]) == ("failed", "bug"), (garbage[:60], answer)
        assert answer["id"] in (None, 1) and len(answer["text"]) <= 1000
        engine.send(work.run(number, "detect", settings={"model": "classical"}))
        assert engine.answer(number)["type"] == "done"
    assert "Traceback" not in engine.errors


def test_a_flood_without_a_newline_ends_the_engine_with_a_word(engine: Engine) -> None:
    with contextlib.suppress(BrokenPipeError):
        engine.send_bytes(b"x" * (3 * MAX_LINE))
    assert "longer than 1 MiB" in engine.next()["text"]
    assert engine.process.wait(timeout=10) == 0


def test_what_a_library_prints_does_not_reach_the_protocol(tmp_path: Path) -> None:
    """A module that a person's environment loads at start prints at once, later, and below Python."""
    chatty = tmp_path / "chatty.py"
    chatty.write_text(
        "import os, sys, threading\n"
        "from core import __main__ as start, detect\n"
        "inner = detect.run\n"
        "def run(*arguments):\n"
        "    print('printed by Python', flush=True)\n"
        "    os.write(1, b'written below Python\\n')\n"
        "    os.system('echo said by a child')\n"
        "    return inner(*arguments)\n"
        "detect.run = run\n"
        "sys.argv[1:] = ['engine']\n"
        "start.main()\n"
    )
    work = job()
    with Engine(tmp_path / "engine.log", [sys.executable, str(chatty)]) as engine:
        engine.greeting()
        engine.send(work.run(1, "detect", settings={"model": "classical"}, want=["mask"]))
        assert work.result(engine.answer(1), "mask").any()
        for text in ("printed by Python", "written below Python", "said by a child"):
            assert text in engine.errors


def test_a_folder_in_which_the_engine_works_is_not_swept(engine: Engine) -> None:
    work = Job(photo_samples(600, 600))
    engine.send(work.run(1, "detect", want=["mask"]))
    engine.wait_for_progress(1)
    assert jobfolder.sweep(places.jobs_folder(), older_than=0) == 0
    assert work.result(engine.answer(1), "mask").shape == (600, 600)
    assert jobfolder.sweep(places.jobs_folder(), older_than=0) == 1


def test_a_broken_network_is_said_in_a_note(engine: Engine, data_folder: Path) -> None:
    next((data_folder / "models").glob("*.safetensors")).write_bytes(b"broken")
    work = job()
    engine.send(work.run(1, "detect", want=["mask"]))
    facts = engine.answer(1)["facts"]
    assert facts["detect_model"] == "classical" and "classical detector was used" in facts["notes"][0]
