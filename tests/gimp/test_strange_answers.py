"""What the plug-in makes of an engine and a window that talk nonsense, too much, or not at all.

client.py needs nothing of GIMP but the translation of its sentences, so this runs without one. What becomes of broken
files in an answer is tried inside of GIMP: inside/answer_checks.py.
"""

from __future__ import annotations

import json
import re
import sys
import time
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import gimps
from core import VERSION, places
from core.protocol import MAX_LINE, encoded, hello

if sys.platform == "win32":
    pytest.skip("the fake programs are shell scripts", allow_module_level=True)

HELLO = encoded(hello(VERSION))
TRANSLATED = "tr:"
"""What every sentence of the plug-in's own begins with here."""
REQUEST = {"type": "run", "id": 7, "tool": "restore"}
OPEN = {"type": "open", "id": 7, "tool": "restore"}
PROMPT = 20.0
"""Seconds that everything but a wait for somebody who is deaf has on a busy machine."""
PRELUDE = """
import os, sys, time
def say(data):
    while data:
        data = data[os.write(1, data):]
"""


@pytest.fixture
def client(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The plug-in's module, with a translation that can be told from the English."""
    glib = types.SimpleNamespace(
        dgettext=lambda _domain, text: TRANSLATED + text, get_language_names=lambda: ["fr_CA.UTF-8", "fr"]
    )
    monkeypatch.setitem(sys.modules, "gi", types.ModuleType("gi"))
    monkeypatch.setitem(sys.modules, "gi.repository", types.SimpleNamespace(GLib=glib))
    monkeypatch.syspath_prepend(str(gimps.CHECKOUT / "gimp_plugin" / "daguerre"))
    ours = ("client", "failure", "parent", "translation")
    for name in ours:
        monkeypatch.delitem(sys.modules, name, raising=False)
    import client

    yield client
    for name in ours:
        sys.modules.pop(name, None)


@pytest.fixture
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAGUERRE_DATA", str(tmp_path))
    return tmp_path


def stranger(folder: Path, program: str) -> None:
    """From now on this is what is installed."""
    script, python = folder / "stranger.py", folder / "python"
    script.write_text(PRELUDE + program, encoding="utf-8")
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "{script}"\n', encoding="utf-8")
    python.chmod(0o755)
    places.installation_file().write_text(json.dumps({"python": str(python), "version": "9"}), encoding="utf-8")


def saying(folder: Path, said: bytes) -> None:
    (folder / "said").write_bytes(said)
    stranger(folder, f"say(open({str(folder / 'said')!r}, 'rb').read())")


def sentence_of(client: Any, error: Any) -> str:
    """What a person reads of a failure; one sentence or two in one line."""
    told = str(client.sys.modules["failure"].sentence(error)).replace(str(places.log_file()), "LOG")
    assert re.fullmatch(r"[^\x00-\x1f]{10,1200}", told) and told.endswith((".", "…")), told
    assert "Traceback" not in told and not re.search(r"[A-Z][a-z]+Error", told), told
    return told


def ended(child: Any) -> None:
    """Nothing of it is left."""
    assert child._process.poll() is not None and not child._reader.is_alive() and child._process.stdout.closed


def run(client: Any, follow: Any = lambda *_told: None) -> Any:
    """A run with the engine that is installed: its answer, or the sentence with which it fails."""
    engine = None
    try:
        with client.Engine() as engine:
            return engine.run(REQUEST, follow)
    except client.Failure as failure:
        return sentence_of(client, failure)
    finally:
        assert engine is None or ended(engine) is None


def decide(client: Any) -> Any:
    """The same with the window that is installed; the sentence that there is none begins with "none"."""
    window = None
    try:
        with client.Window("repair", "") as window:
            window.open(OPEN)
            return window.whole(window.decision(lambda *_told: None))
    except client.NoWindow as missing:
        return f"none {missing.text}"
    except client.Failure as failure:
        return sentence_of(client, failure)
    finally:
        assert window is None or ended(window) is None


def answer(kind: str = "done", /, **entries: Any) -> bytes:
    return json.dumps({"type": kind, "id": 7, **entries}).encode() + b"\n"


NONSENSE = {
    "garbage": b"\xff\xfe\0garbage\n",
    "invalid utf-8": b'{"type": "\xc3\x28"}\n',
    "half of a character": b'{"type": "hello\xe2\x82"}\n',
    "a library's warning": b"warning: libfoo is old\n",
    "an empty line": b"\n",
    "zeros": bytes(500) + b"\n",
    "a mark of order": b"\xef\xbb\xbf" + HELLO,
    "two messages in a line": HELLO.strip() + HELLO,
    "null": b"null\n",
    "a number": b"5\n",
    "a text": b'"hello"\n',
    "a list": b"[1, 2]\n",
    "an empty object": b"{}\n",
    "a type that is a number": b'{"type": 5, "id": 7}\n',
    "a type that is a list": b'{"type": ["done"], "id": 7}\n',
    "not a number": b'{"type": "done", "id": 7, "facts": {"share": NaN}}\n',
    "endless numbers": b'{"type": "done", "id": 7, "facts": {"share": -Infinity}}\n',
    "deep lists": b"[" * 300_000 + b"\n",
    "deep objects": b'{"a":' * 150_000 + b"\n",
    "a line that is too long": b'{"type": "done", "id": 7, "text": "' + b"x" * MAX_LINE + b'"}\n',
    "a long line without an end": b"x" * (3 * MAX_LINE),
    "a pickle": b"\x80\x04K\x05.\n",
}
WRONG = {
    "an unknown type": answer("sing"),
    "no type of an answer": answer("hello"),
    "a request": answer("run"),
    "a failure without a reason": answer("failed"),
    "a failure with nothing as its reason": answer("failed", text=" \n\0"),
    "a failure with a number as its reason": answer("failed", text=5),
    "a text that is a number": answer(text=5),
    "a text that is null": answer(text=None),
    "files that are a list": answer(files=["mask.npy"]),
    "files that are null": answer(files=None),
    "files that are a text": answer(files="mask.npy"),
    "facts that are a list": answer(facts=[]),
    "facts that are null": answer(facts=None),
    "settings that are a list": answer(settings=[]),
    "a number of defects as text": answer(facts={"found": "5"}),
    "a number of defects with a fraction": answer(facts={"found": 1.5}),
    "less than no defects": answer(facts={"found": -1}),
    "endless defects": answer(facts={"found": 10**40}),
    "a switch as a number of defects": answer(facts={"repaired": True}),
    "a share above one": answer(facts={"share": 2}),
    "a share that is infinite": b'{"type": "done", "id": 7, "facts": {"share": 1e999}}\n',
    "a threshold as text": answer(facts={"threshold": "0.5"}),
    "notes that are a text": answer(facts={"notes": "5"}),
    "notes that are a number": answer(facts={"notes": 5}),
    "notes of numbers": answer(facts={"notes": [5]}),
    "a model that is a number": answer(facts={"repair_model": 5}),
    "an enhancement that is a text": answer(facts={"enhanced": "yes"}),
    "needs that are a list": answer(facts={"needs": [1]}),
    "needs that are texts": answer(facts={"needs": {"noise": "much"}}),
    "models that are texts": answer(facts={"models": ["default"]}),
    "models without names": answer(facts={"models": [{"tool": "detect"}]}),
}
NAMES = ["/etc/passwd", "../photo.npy", "a/b.npy", "..", ".", "", 5, None, True, ["mask.npy"], {}, "a\0b", "\ud800"]
WRONG |= {f"a file named {name!r}"[:40]: answer(files={"mask": name}) for name in NAMES}
DEAD = {
    "nothing": "",
    "an exit code": "sys.exit(3)",
    "an exit code and noise": "sys.stderr.write('Segmentation fault\\n' * 1000); sys.exit(139)",
    "a signal": "os.kill(os.getpid(), 11)",
    "half a line": 'say(b\'{"type": "hello", "proto\')',
    "silence before": "time.sleep(0.5)",
}
LAST_WORDS = {**DEAD, "progress": 'say(b\'{"type": "progress", "id": 7}\\n\')'}
LAST_WORDS["an answer of somebody else"] = f"say({answer(id=8)!r})"
LAST_WORDS["an answer of nobody"] = f"say({answer(id=[])!r})"
LAST_WORDS["half an answer"] = f"say({answer()[:-9]!r})"


def check_log(part: str) -> None:
    assert part in places.log_file().read_text("utf-8", "replace")


@pytest.mark.parametrize("said", NONSENSE)
@pytest.mark.parametrize("greets", [False, True], ids=["before the greeting", "after it"])
def test_an_engine_that_talks_nonsense(client: Any, data_folder: Path, said: str, greets: bool) -> None:
    saying(data_folder, HELLO * greets + NONSENSE[said])
    assert run(client) == TRANSLATED + "The engine's answer cannot be understood: run install.py once more."
    check_log("ProtocolError")


@pytest.mark.parametrize("said", WRONG)
def test_an_engine_with_a_wrong_answer(client: Any, data_folder: Path, said: str) -> None:
    saying(data_folder, HELLO + WRONG[said])
    assert run(client) == TRANSLATED + "The engine's answer cannot be understood: run install.py once more."
    check_log("ProtocolError")


@pytest.mark.parametrize("said", {**NONSENSE, **WRONG})
def test_a_window_that_talks_nonsense(client: Any, data_folder: Path, said: str) -> None:
    saying(data_folder, HELLO + {**NONSENSE, **WRONG}[said])
    told = decide(client)
    assert "gave an answer that cannot be understood; the image is as it was" in told
    assert told.startswith(TRANSLATED) and "what was painted is offered next time." in told and "LOG" in told


@pytest.mark.parametrize("dies", DEAD)
def test_one_that_dies_before_it_greets(client: Any, data_folder: Path, dies: str) -> None:
    stranger(data_folder, DEAD[dies])
    doctor = "Daguerre's engine does not start. Run python3 install.py --doctor: it says what is missing."
    assert run(client) == TRANSLATED + doctor
    assert decide(client) == "none "  # windowed.py finds out why


@pytest.mark.parametrize("dies", LAST_WORDS)
def test_one_that_dies_before_it_answers(client: Any, data_folder: Path, dies: str) -> None:
    stranger(data_folder, f"say({HELLO!r})\n{LAST_WORDS[dies]}")
    assert "The computation ended by itself; the image is as it was." in run(client)
    check_log("core engine ended with code")
    assert "what was painted is offered next time." in decide(client)


@pytest.mark.parametrize(
    "greeting",
    [
        encoded({**hello(VERSION), "protocol": 0}),
        encoded({**hello(VERSION), "tools": "0"}),
        b'{"type": "hello"}\n',
        b'{"type": "hello", "protocol": [], "tools": {}}\n',
        answer(),
        answer("progress"),
        answer("failed", text="It did not work out."),
    ],
    ids=["another protocol", "other tools", "nothing", "lists", "an answer", "progress", "a failure"],
)
def test_one_of_another_version(client: Any, data_folder: Path, greeting: bytes) -> None:
    saying(data_folder, greeting)
    assert run(client) == TRANSLATED + "Daguerre was updated: run install.py once more."
    assert decide(client) == TRANSLATED + "Daguerre was updated: run install.py once more."


@pytest.mark.parametrize("text", ["It did not\nwork out.", "It\0 did not\x1b work out.", "It did \ud800not work out."])
@pytest.mark.parametrize("kind", ["person", "installation", "bug", "fly", None, 5, []])
def test_a_failure_is_told_in_one_line(client: Any, data_folder: Path, kind: Any, text: str) -> None:
    saying(data_folder, HELLO + answer("failed", text=text, kind=kind))
    told = run(client)
    assert re.search(r"It +did +not +work out\.", told) and told.encode()


def test_a_failure_of_any_length_is_told_in_a_bearable_one(client: Any, data_folder: Path) -> None:
    saying(data_folder, HELLO + answer("failed", text="It did not work out. " * 20_000, kind="person"))
    failure = None
    try:
        with client.Engine() as engine:
            engine.run(REQUEST, lambda *_told: None)
    except client.Failure as caught:
        failure = caught
    assert failure and len(failure.text) <= 1000


def test_cancelled_by_the_other_side(client: Any, data_folder: Path) -> None:
    saying(data_folder, HELLO + answer("cancelled"))
    with pytest.raises(client.Cancelled):
        run(client)
    assert decide(client)["type"] == "cancelled"


def test_the_first_of_two_answers_counts(client: Any, data_folder: Path) -> None:
    saying(data_folder, HELLO + answer(id=8, text="8") + answer(text="first") + answer(text="second"))
    assert run(client)["text"] == "first"


def test_an_answer_has_all_that_is_read_of_it(client: Any, data_folder: Path) -> None:
    saying(data_folder, HELLO + answer())
    done = run(client)
    assert (done["files"], done["facts"], done["text"], done["settings"]) == ({}, {"notes": []}, "", {})


PROGRESS = [
    {"fraction": -5}, {"fraction": 5}, {"fraction": 10**400}, {"fraction": "0.5"}, {"fraction": None}, {"fraction": []},
    {"fraction": True}, {}, {"fraction": 0.5, "text": 5}, {"fraction": 0.5, "text": "a\nb\0c\ud800d" + "e" * 5000},
]  # fmt: skip


@pytest.mark.parametrize("entries", PROGRESS, ids=lambda entries: str(entries)[:40])
def test_progress_with_anything_in_it(client: Any, data_folder: Path, entries: dict[str, Any]) -> None:
    progress = answer("progress", **entries)
    stranger(data_folder, f"say({HELLO + progress!r}); time.sleep(0.5); say({answer()!r})")
    followed: list[tuple[float, str]] = []
    assert run(client, lambda *told: followed.append(told))["type"] == "done"
    ((fraction, text),) = followed
    assert isinstance(fraction, float) and 0 <= fraction <= 1
    assert len(text) <= 1000 and text.isprintable() and text.encode() is not None


def test_a_flood_of_progress_is_got_over_quickly(client: Any, data_folder: Path) -> None:
    progress = answer("progress", fraction=0.5, text="Repairing")
    stranger(data_folder, f"say({HELLO!r})\nsay({progress!r} * 100_000)\nsay({answer(text='Done.')!r})")
    followed = []

    def slow(*told: Any) -> None:
        followed.append(told)
        time.sleep(0.01)  # as a call into GIMP takes it

    start = time.monotonic()
    assert run(client, slow)["text"] == "Done."
    assert time.monotonic() - start < PROMPT and len(followed) < 1000


def test_noise_on_the_side_goes_to_the_log(client: Any, data_folder: Path) -> None:
    noise = "sys.stderr.write('libfoo: warning \\xff\\n' * 200_000)"
    stranger(data_folder, f"say({HELLO!r})\n{noise}\nsay({answer(text='Done.')!r})")
    assert run(client)["text"] == "Done."
    check_log("libfoo: warning")


ENDLESS = {
    "progress": answer("progress", fraction=0.5),
    "answers of somebody else": answer(id=8),
    "answers of nobody": answer(id={}),
}


@pytest.mark.parametrize("flood", ENDLESS)
def test_an_endless_flood_ends_with_gimp(
    client: Any, data_folder: Path, monkeypatch: pytest.MonkeyPatch, flood: str
) -> None:
    """Little is read ahead of it, and when GIMP dies in the middle the flood does not keep this process alive."""
    stranger(data_folder, f"say({HELLO!r})\nwhile True: say({ENDLESS[flood]!r} * 100)")
    start, most = time.monotonic(), []

    def lives(parent: Any) -> bool:
        most.append(engine._said.qsize())
        return time.monotonic() - start < 1

    with client.Engine() as engine:
        monkeypatch.setattr(type(engine._gimp), "lives", lives)
        with pytest.raises(client.Failure, match="GIMP has ended"):
            engine.run(REQUEST, lambda *_told: None)
    ended(engine)
    assert len(most) > 100 and max(most) <= client.MOST_WAITING


def test_a_hundred_megabytes_without_an_end(client: Any, data_folder: Path) -> None:
    stranger(data_folder, f"say({HELLO!r})\nfor _time in range(100): say(b'x' * (1 << 20))")
    start = time.monotonic()
    assert "cannot be understood" in run(client)
    assert time.monotonic() - start < PROMPT


@pytest.mark.parametrize("lasts", ["time.sleep(600)", "while True: time.sleep(1)"], ids=["asleep", "busy"])
def test_one_that_does_not_go_is_ended(client: Any, data_folder: Path, lasts: str) -> None:
    stranger(data_folder, f"say({HELLO + answer(text='Done.')!r})\n{lasts}")
    start = time.monotonic()
    assert run(client)["text"] == "Done."
    assert client.FAREWELL <= time.monotonic() - start < PROMPT


def test_what_is_started_speaks_gimps_language(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    assert client.environment()["LANGUAGE"] == "fr_CA"
    monkeypatch.setattr(client.language.__globals__["GLib"], "get_language_names", lambda: ["C"])
    assert client.environment()["LANGUAGE"] == "de"


@pytest.mark.parametrize("python", ["", "/no/such/python", "/", "a\0b", "/dev/null"])
def test_a_python_that_is_none(client: Any, data_folder: Path, python: str) -> None:
    places.installation_file().write_text(json.dumps({"python": python}), encoding="utf-8")
    doctor = "Daguerre's engine does not start. Run python3 install.py --doctor: it says what is missing."
    assert run(client) == TRANSLATED + doctor
    assert decide(client) == "none "
