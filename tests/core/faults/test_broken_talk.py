"""Garbage, lies and floods on the engine's pipe, in both directions."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bench import DONE, FAILED, Bench, check_sentence, everything
from engines import PATIENCE, Engine, Job
from wholes import whole

from core import VERSION, trial
from core.protocol import MAX_LINE, ProtocolError, encoded, hello, parsed_request, parsed_window_request

MISSING = object()
NAMES = [5, True, [], {}, "", ".", "..", "../x", "/etc/passwd", "a/b", "a\0b", "\udfff"]
"""What is no plain name of a file."""
WHOLE: dict[str, dict[str, Any]] = {
    "run": {
        "type": "run", "id": 1, "tool": "repair", "folder": "/tmp/job-1", "settings": {}, "want": ["fill"],
        "photo": {"samples": "photo.npy"}, "mask": "drawn.npy", "region": [0, 0, 9, 9],
    },
    "load": {"type": "load", "id": 1, "folder": "/tmp/job-1", "path": "/photos/a.png"},
    "load-mask": {"type": "load-mask", "id": 1, "folder": "/tmp/job-1", "path": "/photos/a.png", "size": [9, 9]},
    "save": {
        "type": "save", "id": 1, "folder": "/tmp/job-1", "photo": {"samples": "photo.npy"}, "samples": "result.npy",
        "path": "/photos/new.png", "overwrite": False,
    },
}  # fmt: skip
ID = [MISSING, None, 1.5, "1", True, [], {}, float("nan")]
FOLDER = [MISSING, None, 5, "", "job-1", "./job-1", [], {}]
PATH = [MISSING, None, 5, "", "a.png", "../a.png", [], "/photos/a\0.png", "/photos/\ud800.png"]
PHOTO = [
    MISSING, None, 5, "photo.npy", [], {}, {"samples": None}, {"samples": "../photo.npy"},
    {"samples": "photo.npy", "alpha": 1}, {"samples": "photo.npy", "alpha": "no"},
    {"samples": "photo.npy", "curve": "gamma"}, {"samples": "photo.npy", "name": 5},
    {"samples": "photo.npy", "profile": "/etc/passwd"}, {"samples": "photo.npy", "selection": ".."},
    {"samples": "photo.npy", "exif": 5}, {"samples": "photo.npy", "dpi": [0, 300]},
    {"samples": "photo.npy", "dpi": [float("nan"), 300]}, {"samples": "photo.npy", "dpi": [300]},
    {"samples": "photo.npy", "dpi": "300"}, {"samples": "photo.npy", "dpi": [float("inf"), 1]},
]  # fmt: skip
WRONG: dict[str, dict[str, list[Any]]] = {
    "run": {
        "type": ["", "fly", "Run", "run\0"],
        "id": ID,
        "tool": [MISSING, None, 5, "", "fly", [], {}, "../repair"],
        "folder": FOLDER,
        "photo": PHOTO,
        "settings": [None, 5, "none", [], {"fly": 1}, {"radius": "wide"}, {"radius": float("nan")}, {"radius": -5}],
        "want": [None, 5, "fill", {}, ["fly"], [5], [["fill"]], [None]],
        "mask": NAMES,
        "hints": NAMES,
        "region": [
            5,
            "all",
            [],
            [1, 2, 3],
            [0, 0, 0, 0],
            [-1, 0, 5, 5],
            [5, 5, 1, 1],
            [0.0, 0, 5, 5],
            [True, 0, 5, 5],
            {},
        ],
        "scale": [0, -1, 2, 65, 1.5, "1", True, [], None],
    },
    "load": {"id": ID, "folder": FOLDER, "path": PATH},
    "load-mask": {
        "id": ID,
        "folder": FOLDER,
        "path": PATH,
        "size": [MISSING, None, 5, [], [9], [9, 9, 9], [0, 9], [-9, 9], [9.0, 9], ["9", 9], [True, True], {}],
    },
    "save": {
        "id": ID,
        "folder": FOLDER,
        "photo": PHOTO,
        "path": PATH,
        "samples": [MISSING, None, *NAMES],
        "overwrite": [None, 1, "yes", []],
    },
}


def changed(kind: str, field: str, value: Any) -> dict[str, Any]:
    message = {**WHOLE[kind], field: value}
    return {key: item for key, item in message.items() if item is not MISSING}


@pytest.mark.parametrize("kind", WHOLE)
def test_the_whole_ones_are_understood(kind: str) -> None:
    assert parsed_request(WHOLE[kind])


@pytest.mark.parametrize(
    "kind,field,value",
    [(kind, field, value) for kind, fields in WRONG.items() for field, values in fields.items() for value in values],
    ids=lambda part: "missing" if part is MISSING else repr(part)[:30],
)
def test_a_request_with_a_wrong_entry(kind: str, field: str, value: Any) -> None:
    with pytest.raises(ProtocolError) as caught:
        parsed_request(changed(kind, field, value))
    check_sentence(str(caught.value).replace("\0", "0"))


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "fly"}, {"id": "1"}, {"tool": "fly"}, {"folder": "job"}, {"photo": None}, {"settings": 5},
        {"mask": "../x"}, {"hints": "a/b"}, {"mask_name": 5}, {"title": []},
        {"type": "refused", "text": 5}, {"type": "placed", "id": None},
    ],
    ids=lambda changes: str(changes)[:40],
)  # fmt: skip
def test_a_window_is_told_something_wrong(changes: dict[str, Any]) -> None:
    message = {
        "type": "open", "id": 1, "tool": "restore", "folder": "/tmp/job-1", "photo": {"samples": "photo.npy"},
        "settings": {},
    }  # fmt: skip
    assert parsed_window_request(message)
    with pytest.raises(ProtocolError) as caught:
        parsed_window_request({**message, **changes})
    check_sentence(str(caught.value))


# To the engine


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One for all: whatever it is told, it serves the next."""
    folder = tmp_path_factory.mktemp("engine")
    with Engine(folder / "engine.log", environment={"DAGUERRE_DATA": str(folder / "data")}) as engine:
        engine.greeting()
        yield engine


def still_serves(engine: Engine) -> None:
    engine.send({"type": "models", "id": 777})
    assert engine.answer(777)["type"] == "done"
    assert "Traceback" not in engine.errors


LINES = {
    "nothing": b"",
    "a space": b" ",
    "a zero": b"\0",
    "zeros": bytes(500),
    "no text": b"\xff\xfe\xfd",
    "utf-16": '{"type": "models", "id": 1}'.encode("utf-16"),
    "a mark of order": b"\xef\xbb\xbf" + b'{"type": "models", "id": 1}',
    "half a message": b'{"type": "models", "id"',
    "two messages": b'{"type": "models", "id": 1}{"type": "models", "id": 2}',
    "null": b"null",
    "a number": b"5",
    "a text": b'"models"',
    "a list": b'[{"type": "models", "id": 1}]',
    "an empty object": b"{}",
    "no type": b'{"id": 1}',
    "a type that is a number": b'{"type": 5, "id": 1}',
    "a type that is a list": b'{"type": ["models"], "id": 1}',
    "an unknown type": b'{"type": "fly", "id": 1}',
    "an endless type": b'{"type": "' + b"f" * 500_000 + b'", "id": 1}',
    "an answer": b'{"type": "done", "id": 1, "files": {}}',
    "a greeting": encoded(hello(VERSION)).strip(),
    "no id": b'{"type": "models"}',
    "an id that is a text": b'{"type": "models", "id": "1"}',
    "an id that is a fraction": b'{"type": "models", "id": 1.5}',
    "an id that is no number": b'{"type": "models", "id": NaN}',
    "an endless id": b'{"type": "models", "id": ' + b"9" * 100_000 + b"}",
    "deep lists": b"[" * 500_000,
    "deep objects": b'{"a":' * 150_000,
    "a deep message": b'{"type": "models", "id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "python": b"__import__('os').mkdir('it-ran')",
    "a pickle": b"\x80\x04K\x05.",
    "a request of the web": b"GET / HTTP/1.1\r",
    "a warning of a library": b"libpng warning: iCCP: known incorrect sRGB profile",
    "half a surrogate": b'{"type": "\\ud800", "id": 1}',
    "colours for a terminal": b"\x1b[31m{}\x1b[0m",
}


@pytest.mark.parametrize("line", LINES)
def test_a_line_that_says_nothing(line: str, engine: Engine) -> None:
    engine.send_bytes(LINES[line] + b"\n")
    answer = engine.next()
    assert (answer["type"], answer["kind"]) == ("failed", "bug") and answer["id"] in (None, 1)
    assert len(answer["text"]) <= 1000
    if len(LINES[line]) < 1000:
        check_sentence(answer["text"])
    still_serves(engine)


@pytest.mark.parametrize("kind", WHOLE)
def test_a_request_in_a_folder_that_is_no_jobs(kind: str, engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "wedding.tif").write_bytes(b"precious")
    engine.send({**WHOLE[kind], "folder": str(tmp_path)})
    answer = engine.answer(1)
    assert answer["type"] == "failed" and "no job's" in answer["text"]
    assert (tmp_path / "wedding.tif").read_bytes() == b"precious"
    still_serves(engine)


def npy(header: str, data: bytes = b"") -> bytes:
    text = header.encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data


ARRAYS = {
    "nothing": b"",
    "text": b"no array",
    "a signature": b"\x93NUMPY",
    "objects": npy("{'descr': '|O', 'fortran_order': False, 'shape': (9, 9, 3)}\n", bytes(2000)),
    "a program": npy("__import__('os').mkdir('it-ran')\n", bytes(300)),
    "less than it says": npy("{'descr': '|u1', 'fortran_order': False, 'shape': (99, 99, 3)}\n", bytes(300)),
    "endless": npy("{'descr': '|u1', 'fortran_order': False, 'shape': (999999999, 999999999, 3)}\n", bytes(300)),
    "below zero": npy("{'descr': '|u1', 'fortran_order': False, 'shape': (-9, -9, 3)}\n", bytes(300)),
    "none": npy("{'descr': '|u1', 'fortran_order': False, 'shape': (0, 0, 3)}\n"),
    "flat": npy("{'descr': '|u1', 'fortran_order': False, 'shape': (300,)}\n", bytes(300)),
    "of texts": npy("{'descr': '<U1', 'fortran_order': False, 'shape': (5, 5, 3)}\n", bytes(300)),
    "signed": npy("{'descr': '<i2', 'fortran_order': False, 'shape': (5, 5, 3)}\n", bytes(150)),
    "of nine colours": npy("{'descr': '|u1', 'fortran_order': False, 'shape': (5, 5, 9)}\n", bytes(225)),
    "an archive": b"PK\x03\x04" + bytes(100),
    "a pickle": b"\x80\x04K\x05.",
    "another version": b"\x93NUMPY\x09\x00" + bytes(100),
}


@pytest.mark.parametrize("place", ["photo.npy", "mask.npy", "selection.npy"])
@pytest.mark.parametrize("content", ARRAYS)
def test_a_job_with_a_broken_array(content: str, place: str, engine: Engine) -> None:
    job = Job(np.zeros((9, 9, 3), np.uint8))
    (job.folder / "selection.npy").write_bytes(b"")
    job.add("selection.npy", np.full((9, 9), 255, np.uint8))
    job.add("mask.npy", np.zeros((9, 9), np.uint8))
    (job.folder / place).write_bytes(ARRAYS[content])
    before = everything(job.folder)
    message = job.run(5, "repair", mask="mask.npy", settings={"model": "telea"}, want=["fill"])
    message["photo"]["selection"] = "selection.npy"
    engine.send(message)
    answer = engine.answer(5)
    assert (answer["type"], answer["kind"]) == ("failed", "person"), answer
    check_sentence(answer["text"])
    assert everything(job.folder) == before
    still_serves(engine)


@pytest.mark.parametrize("path", ["/proc/nowhere/a.png", "/dev/zero", "/", "/proc/self/mem", "/" + "x" * 300])
@pytest.mark.parametrize("kind", ["load", "load-mask", "save"])
def test_a_path_that_leads_nowhere(kind: str, path: str, engine: Engine) -> None:
    job = Job(np.zeros((9, 9, 3), np.uint8))
    before = everything(job.folder)
    photo = {"photo": job.photo, "samples": "photo.npy"} if kind == "save" else {}
    engine.send({**WHOLE[kind], **photo, "folder": str(job.folder), "path": path})
    answer = engine.answer(1)
    assert (answer["type"], answer["kind"]) == ("failed", "person"), answer
    check_sentence(answer["text"])
    assert everything(job.folder) == before


def test_a_flood_of_nonsense_is_answered_line_by_line(engine: Engine) -> None:
    for _time in range(20):
        engine.send_bytes(b"nonsense\n" * 100)
        assert all(engine.next()["kind"] == "bug" for _line in range(100))
    still_serves(engine)


def test_a_flood_of_cancellations_of_nothing_is_passed_over(engine: Engine) -> None:
    engine.send_bytes(encoded({"type": "cancel", "id": 99}) * 5000)
    still_serves(engine)


def test_a_flood_of_requests_is_answered_each_once(engine: Engine) -> None:
    engine.send_bytes(b"".join(encoded({"type": "models", "id": number}) for number in range(200)))
    assert [engine.answer(number)["type"] for number in range(200)] == ["done"] * 200


ENDS = {
    "at once": b"",
    "in the middle of a line": b'{"type": "mod',
    "after nonsense": b"nonsense\n",
    "after a flood without a newline": b"x" * (2 * MAX_LINE),
    "after a line that is too long": b'"' + b"x" * (MAX_LINE + 5) + b'"\n',
    "after a request": encoded({"type": "models", "id": 1}),
}


@pytest.mark.parametrize("end", ENDS)
def test_however_the_talk_ends_the_engine_does_too(end: str, tmp_path: Path) -> None:
    with Engine(tmp_path / "engine.log") as engine:
        engine.greeting()
        try:
            engine.send_bytes(ENDS[end])
            engine.close_input()
        except BrokenPipeError:
            pass  # it had enough
        assert engine.process.wait(timeout=PATIENCE) == 0
        assert "Traceback" not in engine.errors


# From the engine

HELLO = encoded(hello(VERSION))
SAID: dict[str, bytes] = {
    "nothing": b"",
    "garbage": b"\xff\xfe\0garbage\n",
    "a library's warning": b"warning: libfoo is old\n",
    "no line": b"x" * 100,
    "a flood without a newline": b"x" * (3 * MAX_LINE),
    "deep lists": b"[" * 200_000 + b"\n",
    "another version": b'{"type": "hello", "protocol": 0}\n',
    "another program": encoded({**hello(VERSION), "tools": "0"}),
    "a greeting and no more": HELLO,
    "a greeting and garbage": HELLO + b"garbage\n",
    "a greeting and half an answer": HELLO + b'{"type": "done", "id": 1',
    "an answer without words": HELLO + b'{"type": "done", "id": 1, "files": {"mask": "mask.npy"}}\n',
    "an answer without files": HELLO + b'{"type": "done", "id": 1, "text": "Done."}\n',
    "an answer with files that are none": HELLO + b'{"type": "done", "id": 1, "text": "Done.", "files": 5}\n',
    "an answer whose files are missing": HELLO + b'{"type": "done", "id": 1, "text": "Done.", "files": {}}\n',
    "an answer whose files lead out": HELLO
    + b'{"type": "done", "id": 1, "text": "Done.", "files": {"mask": "../../../etc/passwd"}}\n',
    "a failure without words": HELLO + b'{"type": "failed", "id": 1}\n',
    "a failure with a number for words": HELLO + b'{"type": "failed", "id": 1, "text": 5}\n',
    "a failure": HELLO + b'{"type": "failed", "id": 1, "text": "It did not work out."}\n',
    "cancelled": HELLO + b'{"type": "cancelled", "id": 1}\n',
    "an unknown word": HELLO + b'{"type": "sing", "id": 1}\n',
    "progress without end": HELLO + b'{"type": "progress", "id": 1, "fraction": NaN, "text": 5}\n' * 1000,
    "an answer before the greeting": b'{"type": "done", "id": 1, "text": "Done.", "files": {}}\n',
}


@pytest.mark.skipif(sys.platform == "win32", reason="cat")
@pytest.mark.parametrize("said", SAID)
def test_an_engine_that_talks_nonsense(said: str, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """`daguerre try` is the plainest of those that speak with an engine."""
    script = bench.put("said", SAID[said])
    photo = bench.put("photo.png", whole("rgb.png"))
    started, true = [], subprocess.Popen

    def instead(_command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        started.append(true(["cat", str(script)], **options))
        return started[-1]

    monkeypatch.setattr(trial.subprocess, "Popen", instead)
    told = bench.run("try", photo, bench.out / "trial")
    assert told.code == FAILED and told.out == "", told
    (line,) = told.err.splitlines()
    check_sentence(line)
    assert list((bench.out / "trial").iterdir()) == []
    assert list((bench.folder / "data" / "jobs").iterdir()) == [] and started[0].poll() is not None


@pytest.mark.parametrize("content", [b"", b"no photo", MISSING], ids=["nothing", "text", "missing"])
def test_a_trial_of_what_is_no_photo(content: Any, bench: Bench) -> None:
    photo = bench.given / "photo.png" if content is MISSING else bench.put("photo.png", content)
    assert "photo.png" in bench.refused("try", photo, bench.out / "trial")


def test_an_engine_that_never_ends_is_ended(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers, and goes on talking: nobody waits for its last word."""
    true = subprocess.Popen
    flood = f"import sys\nwhile True: sys.stdout.write({(HELLO + b'nonsense' + bytes([10])).decode()!r})"

    def instead(_command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        return true([sys.executable, "-S", "-c", flood], stderr=subprocess.DEVNULL, **options)

    monkeypatch.setattr(trial.subprocess, "Popen", instead)
    start = time.monotonic()
    told = bench.run("try", bench.put("photo.png", whole("rgb.png")), bench.out / "trial")
    assert told.code == FAILED and "cannot be understood" in told.err
    assert time.monotonic() - start < PATIENCE


def test_what_is_sent_fits_a_line() -> None:
    for message in (*WHOLE.values(), hello(VERSION)):
        assert json.loads(encoded(message)) == message
    assert DONE == 0 and dataclasses.is_dataclass(parsed_request(WHOLE["run"]))
