"""The engine's pipe: the newest request counts, Cancel always works, and a dead engine is replaced."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from windows import PATIENCE, job, lives, sample

from core import VERSION
from core.protocol import hello, photo_fields
from qt_dialogs.engine import Answer, Engine

DEAF = f"""
import json, sys, time
print(json.dumps({hello(VERSION)!r}), flush=True)
sys.stdin.readline()
time.sleep(600)
"""
"""An engine that greets, takes a request and never answers."""


@pytest.fixture
def engine(qtbot: QtBot) -> Iterator[Engine]:
    made = Engine()
    yield made
    made.close()


def request(folder: Path, files: Any, **more: Any) -> dict[str, Any]:
    return {
        "type": "run",
        "tool": "detect",
        "folder": str(folder),
        "photo": photo_fields(files),
        "settings": {"model": "classical"},
        "want": ["probability"],
        **more,
    }


def test_models_are_described(engine: Engine, qtbot: QtBot) -> None:
    answers: list[Answer] = []
    engine.ask("models", {"type": "models"}, answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=PATIENCE)
    assert answers[0].kind == "done"
    assert {"detect", "repair"} <= {model["tool"] for model in answers[0].facts["models"]}


def test_a_run_reports_progress_and_leaves_its_array(engine: Engine, qtbot: QtBot) -> None:
    folder, files = job(sample())
    answers: list[Answer] = []
    progress: list[float] = []
    engine.ask("detect", request(folder, files), answers.append, lambda share, _text: progress.append(share))
    qtbot.waitUntil(lambda: bool(answers), timeout=PATIENCE)
    assert answers[0].kind == "done" and progress == sorted(progress) and progress
    found = np.load(folder / answers[0].files["probability"])
    assert found.dtype == np.uint16 and found.any()


def test_the_newest_of_a_lane_takes_the_place_of_the_others(engine: Engine, qtbot: QtBot) -> None:
    folder, files = job(sample())
    answers: list[tuple[int, str]] = []
    for number in range(5):
        engine.ask("detect", request(folder, files), lambda answer, n=number: answers.append((n, answer.kind)))
    qtbot.waitUntil(lambda: len(answers) == 5, timeout=PATIENCE)
    assert [kind for _number, kind in sorted(answers)] == ["cancelled"] * 4 + ["done"]


def test_a_run_comes_before_a_preview(engine: Engine, qtbot: QtBot) -> None:
    folder, files = job(sample())
    order: list[str] = []
    engine.ask("preview", request(folder, files), lambda _answer: order.append("preview"))
    engine.ask("run", request(folder, files), lambda _answer: order.append("run"))
    qtbot.waitUntil(lambda: len(order) == 2, timeout=PATIENCE)
    assert order == ["run", "preview"]


def test_a_deaf_engine_is_killed_within_a_second_and_another_one_serves(qtbot: QtBot, tmp_path: Path) -> None:
    script = tmp_path / "deaf.py"
    script.write_text(DEAF)
    engine = Engine(command=(sys.executable, str(script)))
    answers: list[Answer] = []
    engine.ask("detect", {"type": "models"}, answers.append)
    qtbot.waitUntil(lambda: engine.process_id != 0 and engine.is_busy("detect"), timeout=PATIENCE)
    qtbot.waitUntil(lambda: engine.greeted, timeout=PATIENCE)
    first = engine.process_id
    start = time.monotonic()
    engine.cancel("detect")
    qtbot.waitUntil(lambda: bool(answers), timeout=PATIENCE)
    assert answers[0].kind == "cancelled"
    assert time.monotonic() - start >= 0.8, "an engine has nearly a second to answer"
    assert not lives(first)
    qtbot.waitUntil(lambda: engine.process_id not in (0, first), timeout=PATIENCE)
    engine.close()


def test_an_engine_that_dies_in_a_run_is_told_and_replaced(engine: Engine, qtbot: QtBot) -> None:
    folder, files = job(np.tile(sample(), (4, 4, 1)))
    answers: list[Answer] = []

    def kill(_share: float, _text: str) -> None:
        if engine.process_id and not answers:
            os.kill(engine.process_id, signal.SIGKILL)

    engine.ask("detect", request(folder, files), answers.append, kill)
    qtbot.waitUntil(lambda: bool(answers), timeout=PATIENCE)
    assert (answers[0].kind, answers[0].cause) == ("failed", "crashed")
    assert folder.exists(), "a killed engine leaves the folder to the next one"
    engine.ask("detect", request(folder, files), answers.append)
    qtbot.waitUntil(lambda: len(answers) == 2, timeout=PATIENCE)
    assert answers[1].kind == "done"


@pytest.mark.parametrize(
    "command",
    [
        ("/nowhere/python",),
        (sys.executable, "-c", "raise SystemExit(3)"),
        (sys.executable, "-c", 'print(\'{"type": "hello", "protocol": 0}\', flush=True); input()'),
    ],
    ids=["no program", "ends at once", "another version"],
)
def test_an_engine_that_cannot_serve_is_said_once(qtbot: QtBot, command: tuple[str, ...]) -> None:
    engine = Engine(command=command)
    answers: list[Answer] = []
    engine.ask("models", {"type": "models"}, answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=PATIENCE)
    assert (answers[0].kind, answers[0].cause) == ("failed", "no-engine")
    assert "install.py --doctor" in answers[0].text
    qtbot.wait(100)
    assert len(answers) == 1
    engine.close()


def test_closing_lets_the_engine_remove_its_folders(engine: Engine, qtbot: QtBot) -> None:
    folder, files = job(sample())
    answers: list[Answer] = []
    engine.ask("detect", request(folder, files), answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=PATIENCE)
    process = engine.process_id
    engine.close()
    assert not folder.exists() and not lives(process)
