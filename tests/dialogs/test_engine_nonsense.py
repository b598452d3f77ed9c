"""An engine that talks nonsense, too much, or not at all: every request is answered once, and the window stays."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from windows import PATIENCE, job, lives

from core import VERSION, places
from core.protocol import MAX_LINE, encoded, hello, photo_fields
from qt_dialogs.engine import Answer, Engine

HELLO = encoded(hello(VERSION))
HEIGHT, WIDTH = 30, 40
PRELUDE = """
import json, os, sys, time
def say(data):
    while data:
        data = data[os.write(1, data):]
def hear():
    return json.loads(sys.stdin.readline())
def answer(kind="done", /, **entries):
    say(json.dumps({"type": kind, "id": asked["id"], **entries}).encode() + b"\\n")
"""
GREETS = f"say({HELLO!r})\nasked = hear()\n"
NOT_UNDERSTOOD = "The engine's answer cannot be understood: run install.py once more."

Start = Callable[[str], Engine]


@pytest.fixture
def start(qtbot: QtBot, tmp_path: Path) -> Iterator[Start]:
    """Makes a window's engine of a program, which finds `say`, `hear` and `answer`."""
    made: list[Engine] = []

    def started(program: str) -> Engine:
        script = tmp_path / "engine.py"
        script.write_text(PRELUDE + program, encoding="utf-8")
        made.append(Engine(command=(sys.executable, "-I", "-S", str(script))))
        return made[-1]

    yield started
    for engine in made:
        process = engine.process_id
        engine.close()
        assert not process or not lives(process)


class Asker:
    """Asks an engine and keeps what it hears."""

    def __init__(self, qtbot: QtBot, engine: Engine) -> None:
        self.qtbot, self.engine = qtbot, engine
        self.answers: list[Answer] = []
        self.progress: list[tuple[float, str]] = []

    def ask(self, lane: str = "models", **message: Any) -> None:
        message = message or {"type": "models"}
        self.engine.ask(lane, message, self.answers.append, lambda *told: self.progress.append(told))

    def wait(self, count: int = 1) -> Answer:
        self.qtbot.waitUntil(lambda: len(self.answers) >= count, timeout=PATIENCE)
        return self.answers[-1]

    def only(self) -> Answer:
        """The answer; no other one follows, and the engine takes the next request."""
        answer = self.wait()
        self.qtbot.wait(100)
        assert len(self.answers) == 1 and not self.engine.is_busy("models")
        return answer


NONSENSE = {
    "garbage": b"\xff\xfe\0garbage\n",
    "invalid utf-8": b'{"type": "\xc3\x28"}\n',
    "a library's warning": b"warning: libfoo is old\n",
    "an empty line": b"\n",
    "null": b"null\n",
    "a list": b"[1, 2]\n",
    "no type": b"{}\n",
    "a type that is a number": b'{"type": 5}\n',
    "not a number": b'{"type": "done", "facts": {"share": NaN}}\n',
    "deep lists": b"[" * 300_000 + b"\n",
    "a line that is too long": b'"' + b"x" * MAX_LINE + b'"\n',
    "a long line without an end": b"x" * (3 * MAX_LINE),
}
WRONG = {
    "an unknown type": ("sing", {}),
    "a failure without a reason": ("failed", {}),
    "a failure with a number as its reason": ("failed", {"text": 5}),
    "files that are a list": ("done", {"files": ["mask.npy"]}),
    "files that lead out": ("done", {"files": {"mask": "../../wedding.npy"}}),
    "files without names": ("done", {"files": {"mask": None}}),
    "facts that are null": ("done", {"facts": None}),
    "no models": ("done", {}),
    "models that are a number": ("done", {"facts": {"models": 5}}),
    "models that are texts": ("done", {"facts": {"models": ["default"]}}),
    "problems that are a text": ("done", {"facts": {"models": [], "problems": "none"}}),
    "no facts but a text": ("done", {"text": "Done."}),
}


def check_not_understood(answer: Answer) -> None:
    assert (answer.kind, answer.cause, answer.text) == ("failed", "nonsense", NOT_UNDERSTOOD)
    assert "ProtocolError" in places.log_file().read_text("utf-8")


@pytest.mark.parametrize("said", NONSENSE)
def test_nonsense_in_the_middle(start: Start, qtbot: QtBot, said: str, tmp_path: Path) -> None:
    (tmp_path / "said").write_bytes(NONSENSE[said])
    asker = Asker(qtbot, start(GREETS + f"say(open({str(tmp_path / 'said')!r}, 'rb').read())\ntime.sleep(600)"))
    asker.ask()
    check_not_understood(asker.only())


@pytest.mark.parametrize("said", NONSENSE)
def test_nonsense_before_the_greeting(start: Start, qtbot: QtBot, said: str, tmp_path: Path) -> None:
    (tmp_path / "said").write_bytes(NONSENSE[said] + HELLO)
    asker = Asker(qtbot, start(f"say(open({str(tmp_path / 'said')!r}, 'rb').read())\ntime.sleep(600)"))
    asker.ask()
    answer = asker.only()
    assert (answer.kind, answer.cause) == ("failed", "no-engine") and "install.py --doctor" in answer.text


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_answer(start: Start, qtbot: QtBot, wrong: str) -> None:
    kind, entries = WRONG[wrong]
    asker = Asker(qtbot, start(GREETS + f"answer({kind!r}, **{entries!r})\ntime.sleep(600)"))
    asker.ask()
    check_not_understood(asker.only())


@pytest.mark.parametrize("photo", ["MISSING", None, 5, {}, {"samples": "../wedding.npy"}])
def test_a_photo_that_was_not_loaded(start: Start, qtbot: QtBot, tmp_path: Path, photo: Any) -> None:
    entries = {} if photo == "MISSING" else {"photo": photo}
    asker = Asker(qtbot, start(GREETS + f"answer(**{entries!r})\ntime.sleep(600)"))
    asker.ask("load", type="load", folder=str(tmp_path), path="/photos/a.png")
    check_not_understood(asker.only())


def test_a_mask_that_was_not_loaded(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    asker = Asker(qtbot, start(GREETS + "answer()\ntime.sleep(600)"))
    asker.ask("load", type="load-mask", folder=str(tmp_path), path="/photos/a.png", size=[9, 9])
    check_not_understood(asker.only())


# Results

FOUND = {"found": 1, "share": 0.1, "threshold": 0.5}
NEEDS = {"enhanced": True, "needs": {"noise": 1, "blur": 0, "fading": 0}}
RUNS: dict[str, tuple[dict[str, Any], dict[str, Any], np.ndarray[Any, Any]]] = {
    "probability": (
        {"tool": "detect", "want": ["probability"]}, FOUND, np.zeros((HEIGHT, WIDTH), np.uint16),
    ),
    "mask": ({"tool": "detect", "want": ["mask"]}, FOUND, np.zeros((HEIGHT, WIDTH), np.uint8)),
    "fill": (
        {"tool": "repair", "want": ["fill"], "mask": "mask.npy", "region": [3, 5, 20, 15]}, {},
        np.zeros((10, 17, 4), np.uint8),
    ),
    "photo": ({"tool": "restore", "want": ["mask", "photo"]}, {}, np.zeros((HEIGHT, WIDTH, 3), np.uint8)),
    "enhanced": (
        {"tool": "enhance", "want": ["enhanced"], "region": [4, 4, 21, 15], "scale": 4}, NEEDS,
        np.zeros((3, 5, 3), np.uint8),
    ),
    "colours": ({"tool": "colorize", "want": ["colours"], "scale": 8}, {}, np.zeros((4, 5, 3), np.uint8)),
}  # fmt: skip


def _cut(path: Path, values: Any) -> None:
    np.save(path, values)
    path.write_bytes(path.read_bytes()[:-1])


SPOILED: dict[str, Callable[[Path, Any], Any]] = {
    "missing": lambda path, values: None,
    "empty": lambda path, values: path.write_bytes(b""),
    "text": lambda path, values: path.write_text("no array"),
    "short of a byte": _cut,
    "of another size": lambda path, values: np.save(path, values[:-1]),
    "turned": lambda path, values: np.save(path, np.ascontiguousarray(values.swapaxes(0, 1))),
    "flat": lambda path, values: np.save(path, values.ravel()),
    "of more channels": lambda path, values: np.save(path, np.stack([values] * 2, axis=-1)),
    "of floats": lambda path, values: np.save(path, values.astype(np.float32)),
    "signed": lambda path, values: np.save(path, values.astype(np.int8)),
    "column by column": lambda path, values: np.save(path, np.asfortranarray(values)),
    "of objects": lambda path, values: np.save(path, values.astype(object), allow_pickle=True),
    "an archive": lambda path, values: np.savez(path.open("wb"), values),
    "a folder": lambda path, values: path.mkdir(),
}


def _run(start: Start, qtbot: QtBot, result: str, spoil: Callable[[Path, Any], Any], facts: Any = None) -> Answer:
    request, told, values = RUNS[result]
    folder, files = job(np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    spoil(folder / "made.npy", values)
    facts = told if facts is None else facts
    program = f"answer(files={{{result!r}: 'made.npy'}}, facts={facts!r})\ntime.sleep(600)"
    asker = Asker(qtbot, start(GREETS + program))
    asker.ask("run", type="run", folder=str(folder), photo=photo_fields(files), settings={}, **request)
    return asker.only()


@pytest.mark.parametrize("result", RUNS)
def test_a_whole_result_is_taken(start: Start, qtbot: QtBot, result: str) -> None:
    answer = _run(start, qtbot, result, np.save)
    assert answer.kind == "done" and answer.files == {result: "made.npy"}


@pytest.mark.parametrize("result", RUNS)
@pytest.mark.parametrize("spoiled", SPOILED)
def test_a_result_that_is_none(start: Start, qtbot: QtBot, result: str, spoiled: str) -> None:
    check_not_understood(_run(start, qtbot, result, SPOILED[spoiled]))


@pytest.mark.parametrize(
    "result,facts",
    [
        ("probability", {}), ("probability", {**FOUND, "threshold": 2}), ("probability", {**FOUND, "found": "5"}),
        ("enhanced", {}), ("enhanced", {**NEEDS, "needs": 5}), ("enhanced", {**NEEDS, "needs": {"noise": "much"}}),
    ],
)  # fmt: skip
def test_a_result_without_its_facts(start: Start, qtbot: QtBot, result: str, facts: Any) -> None:
    check_not_understood(_run(start, qtbot, result, np.save, facts))


@pytest.mark.parametrize("result", ["probability", "mask", "enhanced", "colours"])
def test_a_run_without_what_it_was_for(start: Start, qtbot: QtBot, result: str) -> None:
    request, facts, _values = RUNS[result]
    folder, files = job(np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    asker = Asker(qtbot, start(GREETS + f"answer(facts={facts!r})\ntime.sleep(600)"))
    asker.ask("run", type="run", folder=str(folder), photo=photo_fields(files), settings={}, **request)
    check_not_understood(asker.only())


# When it comes


def test_a_failure_of_the_engine_itself_ends_the_request(start: Start, qtbot: QtBot) -> None:
    asker = Asker(qtbot, start(GREETS + 'asked["id"] = None\nanswer("failed", text="It did not.", kind="bug")\nhear()'))
    asker.ask()
    answer = asker.only()
    assert (answer.kind, answer.cause, answer.text) == ("failed", "bug", "It did not.")


@pytest.mark.parametrize("kind", [None, 5, [], "fly", "cause"])
def test_a_failure_of_an_unknown_kind(start: Start, qtbot: QtBot, kind: Any) -> None:
    asker = Asker(qtbot, start(GREETS + f"answer('failed', text='It\\ndid not.', kind={kind!r})\nhear()"))
    asker.ask()
    assert (asker.only().cause, asker.answers[0].text) == ("bug", "It did not.")


def test_answers_of_others_and_second_ones_are_nobodys(start: Start, qtbot: QtBot) -> None:
    program = """
right = asked["id"]
for asked["id"] in (right + 1, -1, "1", 1.5, [], {}):
    answer("failed", text="Of somebody else.")
asked["id"] = right
answer(facts={"models": [], "n": 1})
answer(facts={"models": [], "n": 2})
asked = hear()
answer(facts={"models": [], "n": 3})
hear()
"""
    asker = Asker(qtbot, start(GREETS + program))
    asker.ask()
    assert asker.only().facts["n"] == 1
    asker.ask()
    assert asker.wait(2).facts["n"] == 3


def test_an_answer_after_cancelling_is_nobodys(start: Start, qtbot: QtBot) -> None:
    program = "number = asked['id']\nhear()\nanswer(facts={'models': [], 'late': True})\nasked = hear()\n"
    asker = Asker(qtbot, start(GREETS + program + "answer(facts={'models': []})\nhear()"))
    asker.ask()
    qtbot.waitUntil(lambda: asker.engine.is_busy("models") and asker.engine.greeted, timeout=PATIENCE)
    process = asker.engine.process_id
    asker.engine.cancel("models")
    assert asker.wait().kind == "cancelled"
    asker.ask()
    answer = asker.wait(2)
    assert answer.kind == "done" and "late" not in answer.facts and asker.engine.process_id == process


PROGRESS = [
    {"fraction": -5}, {"fraction": 5}, {"fraction": 10**400}, {"fraction": "0.5"}, {"fraction": None}, {"fraction": []},
    {}, {"fraction": 0.5, "text": 5}, {"fraction": 0.5, "text": "a\nb\0c\ud800d"},
]  # fmt: skip


@pytest.mark.parametrize("entries", PROGRESS, ids=lambda entries: str(entries)[:40])
def test_progress_with_anything_in_it(start: Start, qtbot: QtBot, entries: dict[str, Any]) -> None:
    program = f"answer('progress', **{entries!r})\ntime.sleep(0.3)\nanswer(facts={{'models': []}})\nhear()"
    asker = Asker(qtbot, start(GREETS + program))
    asker.ask()
    assert asker.only().kind == "done"
    ((fraction, text),) = asker.progress
    assert isinstance(fraction, float) and 0 <= fraction <= 1 and text.isprintable()


def test_a_flood_of_progress_is_got_over(start: Start, qtbot: QtBot) -> None:
    line = "json.dumps({'type': 'progress', 'id': asked['id'], 'fraction': 0.5, 'text': 'Repairing'}).encode() + b'\\n'"
    asker = Asker(qtbot, start(GREETS + f"say(({line}) * 100_000)\nanswer(facts={{'models': []}})\nhear()"))
    asker.ask()
    assert asker.only().kind == "done" and 0 < len(asker.progress) < 2000


def test_an_endless_flood_can_be_stopped(start: Start, qtbot: QtBot) -> None:
    line = "json.dumps({'type': 'progress', 'id': asked['id'], 'fraction': 0.5, 'text': 'Repairing'}).encode() + b'\\n'"
    asker = Asker(qtbot, start(GREETS + f"line = ({line}) * 100\nwhile True: say(line)"))
    asker.ask("run")
    qtbot.waitUntil(lambda: len(asker.progress) > 3, timeout=PATIENCE)
    process, began = asker.engine.process_id, time.monotonic()
    asker.engine.cancel("run")
    assert asker.wait().kind == "cancelled" and time.monotonic() - began < 10
    assert not lives(process)


@pytest.mark.parametrize(
    "end",
    ["", "sys.exit(3)", "os.kill(os.getpid(), 11)", "say(b'{\"type\": \"done\", ')", "time.sleep(0.5)",
     "sys.stderr.write('noise\\n' * 100_000); sys.exit(139)", "os.close(1); sys.exit(0)"],
    ids=["at once", "a code", "a signal", "in the middle of a line", "silence", "noise", "the pipe first"],
)  # fmt: skip
def test_one_that_dies_before_it_answers(start: Start, qtbot: QtBot, end: str) -> None:
    asker = Asker(qtbot, start(GREETS + end))
    asker.ask()
    answer = asker.only()
    assert (answer.kind, answer.cause) == ("failed", "crashed")


def test_one_that_dies_with_nothing_to_do_is_not_started_over_and_over(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    count = tmp_path / "count"
    asker = Asker(qtbot, start(f"open({str(count)!r}, 'a').write('x')\nsay({HELLO!r})\ntime.sleep(0.1)"))
    asker.engine.start()
    qtbot.waitUntil(lambda: asker.engine.process_id == 0, timeout=PATIENCE)
    qtbot.wait(1000)
    assert count.read_text() == "x"
    asker.ask()
    assert asker.only().cause == "crashed"
    assert len(count.read_text()) <= 3


def test_one_that_talks_unasked_is_ended(start: Start, qtbot: QtBot) -> None:
    asker = Asker(qtbot, start(f"say({HELLO!r})\nsay(b'garbage\\n')\ntime.sleep(600)"))
    asker.engine.start()
    qtbot.waitUntil(lambda: asker.engine.process_id != 0, timeout=PATIENCE)
    qtbot.waitUntil(lambda: asker.engine.process_id == 0, timeout=PATIENCE)


def test_what_is_made_of_an_answer_may_fail(start: Start, qtbot: QtBot) -> None:
    """The next request has its turn all the same."""
    program = "while True:\n    answer(facts={'models': []})\n    asked = hear()"
    asker = Asker(qtbot, start(GREETS + program))

    def fail(_answer: Answer) -> None:
        raise KeyError("probability")

    with qtbot.captureExceptions() as caught:
        asker.engine.ask("detect", {"type": "models"}, fail)
        qtbot.waitUntil(lambda: bool(caught), timeout=PATIENCE)
        asker.ask()
        assert asker.wait().kind == "done"
    assert [error[0] for error in caught] == [KeyError]


def test_a_data_folder_that_cannot_be_written(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DAGUERRE_DATA", str(tmp_path / "file" / "data"))
    engine = Engine(command=(sys.executable, "-c", "input()"))
    asker = Asker(qtbot, engine)
    asker.ask()
    assert asker.only().cause == "no-engine"
    engine.close()


def test_nothing_is_left_of_what_was_said(start: Start, qtbot: QtBot) -> None:
    """A hundred megabytes without an end are not kept."""
    import resource

    asker = Asker(qtbot, start(GREETS + "for _time in range(100): say(b'x' * (1 << 20))\ntime.sleep(600)"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    asker.ask()
    check_not_understood(asker.only())
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000
