"""`python -m qt_dialogs session` as the plug-in uses it: a process at the other end of a pipe."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from windows import clean, job, lives, sample

from core.protocol import LineBuffer, decoded, encoded, is_same_version, photo_fields
from core.tools import TOOLS, defaults
from qt_dialogs import engine, memory

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0


@pytest.fixture(autouse=True)
def introduced(data_folder: Path) -> None:
    """It is not the first start: no card takes the first key."""
    memory.remember(introduced=True)


HANDS = """
import json, os, sys
sys.path.insert(0, {tests!r})
from PyQt6.QtCore import QObject, QPoint, Qt, QTimer
from PyQt6.QtTest import QTest
from qt_dialogs import desk, engine, session

engine.COMMAND = {command!r}

class Hands(QObject):
    # Does in the window, step by step, what a person would do; a step that returns False is tried again.
    def __init__(self, seen, steps):
        super().__init__(seen)
        self.desk, self.steps = seen, list(steps)
        self.timer = QTimer(self)
        self.timer.timeout.connect(self.go_on)
        self.timer.start(20)

    def go_on(self):
        if self.steps and getattr(self, self.steps[0])() is not False:
            self.steps.pop(0)

    def found(self):
        return self.desk.marks is not None and not self.desk.work.busy and not self.desk.marks.pending

    def opened(self):
        return self.desk.marks is not None

    def turn_to_enhance(self):
        chooser = self.desk.window.panel.chooser
        chooser.setFocus()
        QTest.keyClick(chooser, Qt.Key.Key_End)
        QTest.keyClick(chooser, Qt.Key.Key_Up)
        return self.desk.window.panel.page == "enhance"

    def paint(self):
        canvas = self.desk.canvas
        middle = QPoint(canvas.width() // 2, canvas.height() // 2)
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)

    def accept(self):
        QTest.mouseClick(self.desk.window.buttons.accept, Qt.MouseButton.LeftButton)

    def cancel(self):
        QTest.mouseClick(self.desk.window.buttons.cancel, Qt.MouseButton.LeftButton)

    def press_first(self):
        if self.desk.window.message.current != "keep-mask":
            return False
        self.desk.window.message.press(0)

    def shown_again(self):
        return self.desk.window.isVisible() and self.desk.window.message.current == "refused"

    def press_way(self, number=0):
        if self.desk.window.message.current != "refused":
            return False
        assert self.desk.window.isVisible()
        self.desk.window.message.press(number)

    def press_other_way(self):
        return self.press_way(1)

    def shown(self):
        return self.desk.window.isVisible()

    def hidden(self):
        return not self.desk.window.isVisible()

    def say_engine(self):
        print("engine", self.desk.engine.process_id, file=sys.stderr, flush=True)

    def print_something(self):
        print("a library prints")

begin = desk.Desk.begin

def begin_with_hands(self, opening):
    begin(self, opening)
    self.hands = Hands(self, {steps!r})

desk.Desk.begin = begin_with_hands
session.run({page!r})
"""
"""The session as it is, with somebody in front of it."""


class Plugin:
    """The plug-in's end of the pipe to a window with somebody in front of it who takes these steps."""

    def __init__(self, tool: str, steps: list[str], log: Path) -> None:
        self._tool, self._log = tool, log
        script = HANDS.format(tests=str(CHECKOUT), command=engine.COMMAND, steps=steps, page=tool)
        with log.open("wb") as stream:
            self.process = subprocess.Popen(
                [sys.executable, "-c", script],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stream,
                cwd=log.parent,
                start_new_session=True,
            )
        self._messages: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def open(self, folder: Path, files: Any, **more: Any) -> None:
        tool = more.pop("tool", self._tool)
        settings = {**defaults(TOOLS[tool]), **more.pop("settings", {})}
        name = {"detect": "model", "restore": "detect-model"}.get(tool)
        if name:
            settings[name] = "classical"
        self.send(
            {
                "type": "open",
                "id": 7,
                "tool": tool,
                "folder": str(folder),
                "settings": settings,
                "photo": photo_fields(files),
                "title": "scan.tif: Background",
                **more,
            }
        )

    def send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin
        self.process.stdin.write(encoded(message))
        self.process.stdin.flush()

    def next(self) -> dict[str, Any] | None:
        try:
            return self._messages.get(timeout=PATIENCE)
        except queue.Empty:
            raise AssertionError(f"the window said nothing: {self.errors}") from None

    def decision(self) -> dict[str, Any]:
        """The next message that is no progress."""
        while True:
            message = self.next()
            assert message is not None, f"the window ended: {self.errors}"
            if message["type"] != "progress":
                return message

    def ends(self, seconds: float = 2.0) -> bool:
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    @property
    def errors(self) -> str:
        return self._log.read_text(errors="replace")

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()
        assert self.process.stdin and self.process.stdout
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout
        lines = LineBuffer()
        try:
            while data := os.read(self.process.stdout.fileno(), 1 << 16):
                for line in lines.feed(data):
                    self._messages.put(decoded(line))
        except OSError:
            pass
        self._messages.put(None)


Start = Callable[..., Plugin]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Plugin] = []

    def begun(tool: str, *steps: str) -> Plugin:
        plugin = Plugin(tool, list(steps), tmp_path / f"window-{len(started)}.log")
        started.append(plugin)
        greeting = plugin.next()
        assert greeting and is_same_version(greeting), greeting
        return plugin

    yield begun
    for plugin in started:
        plugin.close()


def engine_of(plugin: Plugin) -> int:
    """The process of the window's engine, once the person has said it."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        for line in plugin.errors.splitlines():
            if line.startswith("engine ") and int(line.split()[1]):
                return int(line.split()[1])
        time.sleep(0.02)
    raise AssertionError(plugin.errors)


def gone(condition: Callable[[], bool], seconds: float = 2.0) -> bool:
    """Whether this is no longer so in time."""
    end = time.monotonic() + seconds
    while condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_ok_brings_mask_fill_and_settings_and_placed_ends_all(start: Start, data_folder: Path) -> None:
    plugin = start("restore", "say_engine", "found", "paint", "accept")
    folder, files = job(sample())
    plugin.open(folder, files)
    done = plugin.decision()
    assert (done["type"], done["id"]) == ("done", 7)
    assert set(done["files"]) == {"mask", "fill"} and done["facts"]["found"] > 0 and done["text"]
    assert set(done["settings"]) == set(defaults(TOOLS["restore"])) and done["settings"]["steps"] == "detect,repair"
    mask, fill = np.load(folder / done["files"]["mask"]), np.load(folder / done["files"]["fill"])
    assert mask.shape == fill.shape[:2] and set(np.unique(mask)) == {0, 255}
    assert mask[mask.shape[0] // 2, mask.shape[1] // 2] == 255, "what was painted"
    assert plugin.process.poll() is None, "the window lives until the image has taken it"
    engine = engine_of(plugin)
    plugin.send({"type": "placed", "id": 7})
    assert plugin.ends() and gone(lambda: lives(engine)) and gone(folder.exists)
    assert not list((data_folder / "journal").glob("*"))


SPEAKS = """
import os, sys
from qt_dialogs import session

def shown(page, parent):
    from PyQt6.QtCore import QLocale
    from core.translation import _
    print(_("Ready"), QLocale().toString(0.5), os.environ["LANGUAGE"], file=sys.stderr, flush=True)
    os._exit(0)

session.shown = shown
session.run("repair")
"""
"""Instead of a window a word, a number, and the language that the engine will have."""


@pytest.mark.parametrize(("language", "spoken"), [("fr_CA", "Prêt 0,5 fr_CA"), ("en_GB", "Ready 0.5 en_GB")])
def test_the_window_speaks_gimps_language(language: str, spoken: str) -> None:
    command = [sys.executable, "-X", "utf8", "-c", SPEAKS]
    said = subprocess.run(
        command, env={**os.environ, "LANGUAGE": language}, cwd=CHECKOUT, stdin=subprocess.DEVNULL, capture_output=True
    )
    assert said.stderr.decode().splitlines()[-1:] == [spoken]


def test_detect_brings_a_mask_only(start: Start) -> None:
    plugin = start("detect", "found", "accept")
    folder, files = job(sample())
    plugin.open(folder, files)
    done = plugin.decision()
    assert set(done["files"]) == {"mask"} and set(done["settings"]) == set(defaults(TOOLS["detect"]))


@pytest.mark.parametrize(("output", "names"), [("layer", {"enhanced"}), ("in-place", {"photo"})])
def test_enhance_brings_no_mask(start: Start, enhances: None, output: str, names: set[str]) -> None:
    plugin = start("enhance", "opened", "accept")
    folder, files = job(sample())
    plugin.open(folder, files, settings={"output": output, "noise": 1.5})
    done = plugin.decision()
    assert set(done["files"]) == names and done["facts"]["enhanced"] and done["text"]
    assert set(done["settings"]) == set(defaults(TOOLS["enhance"])) and done["settings"]["noise"] == 1.5
    result = np.load(folder / done["files"][names.pop()])
    assert result.shape == sample().shape and (result != sample()).any()
    plugin.send({"type": "placed", "id": 7})
    assert plugin.ends()


def test_enhance_is_left_without_a_question(start: Start, enhances: None) -> None:
    plugin = start("enhance", "opened", "cancel")
    folder, files = job(clean())
    plugin.open(folder, files)
    cancelled = plugin.decision()
    assert cancelled["type"] == "cancelled" and "files" not in cancelled


def test_restore_with_enhance_brings_three_files(start: Start, enhances: None) -> None:
    plugin = start("restore", "found", "accept")
    folder, files = job(sample())
    plugin.open(folder, files, settings={"steps": "detect,repair,enhance"})
    done = plugin.decision()
    assert set(done["files"]) == {"mask", "fill", "enhanced"}
    assert done["settings"]["steps"] == "detect,repair,enhance"


def test_the_page_enhance_of_restore_does_its_step_ticked_or_not(start: Start, enhances: None) -> None:
    plugin = start("restore", "found", "turn_to_enhance", "accept")
    folder, files = job(sample())
    plugin.open(folder, files)
    done = plugin.decision()
    assert set(done["files"]) == {"mask", "enhanced"}
    assert done["settings"]["steps"] == "detect,repair,enhance"


def test_colorize_brings_colours_and_the_hints_that_were_changed(start: Start, colorizes: None) -> None:
    hints = np.zeros((*sample().shape[:2], 4), np.uint8)
    hints[5:9, 5:9] = (200, 40, 40, 255)
    plugin = start("colorize", "opened", "paint", "accept")
    folder, files = job(sample(), hints=hints)
    plugin.open(folder, files, hints="dabs.npy")
    done = plugin.decision()
    assert set(done["files"]) == {"colours", "hints"} and done["facts"]["hints"] == 2
    assert set(done["settings"]) == set(defaults(TOOLS["colorize"]))
    given = np.load(folder / done["files"]["hints"])
    assert given.shape == hints.shape and np.array_equal(given[5:9, 5:9], hints[5:9, 5:9])
    assert (given[..., 3] > 0).sum() > 100, "a dab besides"
    assert np.array_equal(np.load(folder / "dabs.npy"), hints), "what was given is not touched"


def test_hints_that_nobody_changed_do_not_come_back(start: Start, colorizes: None) -> None:
    hints = np.zeros((*sample().shape[:2], 4), np.uint8)
    hints[5:9, 5:9] = (200, 40, 40, 255)
    plugin = start("colorize", "opened", "accept")
    folder, files = job(sample(), hints=hints)
    plugin.open(folder, files, hints="dabs.npy", settings={"output": "in-place"})
    done = plugin.decision()
    assert set(done["files"]) == {"photo"} and done["facts"]["hints"] == 1


def test_dabs_can_be_kept_on_cancel(start: Start, colorizes: None) -> None:
    plugin = start("colorize", "opened", "paint", "cancel", "press_first")
    folder, files = job(clean())
    plugin.open(folder, files)
    cancelled = plugin.decision()
    assert cancelled["type"] == "cancelled" and set(cancelled["files"]) == {"hints"}
    assert np.load(folder / cancelled["files"]["hints"])[..., 3].any()


def test_a_refusal_shows_the_window_again_and_ok_works_once_more(start: Start) -> None:
    plugin = start("repair", "opened", "paint", "accept", "shown_again", "accept")
    folder, files = job(clean())
    plugin.open(folder, files)
    first = plugin.decision()
    plugin.send({"type": "refused", "id": 7, "text": "The layer is locked."})
    second = plugin.decision()
    assert first["type"] == second["type"] == "done"
    assert np.load(folder / second["files"]["mask"]).any()


def test_a_result_that_found_no_place_is_given_again(start: Start) -> None:
    plugin = start("repair", "opened", "paint", "accept", "press_way")
    folder, files = job(clean())
    plugin.open(folder, files)
    first = plugin.decision()
    fill = np.load(folder / first["files"]["fill"])
    plugin.send({"type": "refused", "id": 7, "text": "The layer is gone.", "ways": ["on-top", "new-image"]})
    assert plugin.decision() == {**first, "way": "on-top"}
    assert np.array_equal(np.load(folder / first["files"]["fill"]), fill) and fill.any()
    plugin.send({"type": "placed", "id": 7})
    assert plugin.ends() and gone(folder.exists)


def test_a_result_that_found_no_place_is_discarded(start: Start, data_folder: Path) -> None:
    plugin = start("repair", "opened", "paint", "accept", "press_other_way")
    folder, files = job(clean())
    plugin.open(folder, files)
    assert plugin.decision()["type"] == "done"
    plugin.send({"type": "refused", "id": 7, "text": "The image is gone.", "ways": ["new-image", "discard"]})
    assert plugin.decision() == {"type": "cancelled", "id": 7}
    assert gone(lambda: not list((data_folder / "journal").glob("*.npz"))), "what was painted is offered next time"


def test_a_result_that_the_layer_does_not_take_becomes_a_layer(start: Start) -> None:
    plugin = start("repair", "opened", "paint", "accept", "press_way")
    folder, files = job(clean())
    plugin.open(folder, files, settings={"output": "in-place"})
    assert "photo" in plugin.decision()["files"]
    plugin.send({"type": "refused", "id": 7, "text": "The layer is locked.", "ways": ["layer"]})
    second = plugin.decision()
    assert "fill" in second["files"] and second["settings"]["output"] == "layer"


def test_cancel_changes_nothing(start: Start) -> None:
    plugin = start("repair", "opened", "cancel")
    folder, files = job(clean())
    plugin.open(folder, files)
    cancelled = plugin.decision()
    assert cancelled["type"] == "cancelled" and "files" not in cancelled
    assert plugin.process.stdin
    plugin.process.stdin.close()
    assert plugin.ends()


def test_a_painted_mask_can_be_kept_on_cancel(start: Start) -> None:
    plugin = start("repair", "opened", "paint", "cancel", "press_first")
    folder, files = job(clean())
    plugin.open(folder, files)
    cancelled = plugin.decision()
    assert cancelled["type"] == "cancelled"
    assert np.load(folder / cancelled["files"]["mask"]).any()


def test_an_opened_mask_comes_back_as_it_was(start: Start) -> None:
    mask = np.zeros((300, 400), np.uint8)
    mask[50:60, 70:200] = 255
    folder, files = job(clean(), mask)
    plugin = start("detect", "opened", "accept")
    plugin.open(folder, files, mask="drawn.npy", mask_name="Damage mask (scan)")
    done = plugin.decision()
    assert np.array_equal(np.load(folder / done["files"]["mask"]), mask)


@pytest.mark.parametrize("way", ["input ends", "plug-in killed in the detection"])
def test_the_end_of_input_ends_window_and_engine_at_once(start: Start, way: str) -> None:
    plugin = start("detect" if "detection" in way else "repair", "say_engine")
    folder, files = job(np.tile(sample(), (5, 5, 1)))
    plugin.open(folder, files)
    engine = engine_of(plugin)
    assert plugin.process.stdin
    plugin.process.stdin.close()
    assert plugin.ends(1.0) and gone(lambda: lives(engine)) and gone(folder.exists)


def test_a_killed_window_takes_its_engine_along_and_the_strokes_stay(start: Start, data_folder: Path) -> None:
    plugin = start("repair", "say_engine", "opened", "paint")
    folder, files = job(clean())
    plugin.open(folder, files)
    engine = engine_of(plugin)
    assert not gone(lambda: not list((data_folder / "journal").glob("*.npz")), 0.0)
    assert gone(lambda: not list((data_folder / "journal").glob("*.npz")), PATIENCE)
    os.kill(plugin.process.pid, signal.SIGKILL)
    assert gone(lambda: lives(engine))


def test_what_a_library_prints_does_not_break_the_protocol(start: Start) -> None:
    plugin = start("repair", "opened", "print_something", "cancel")
    folder, files = job(clean())
    plugin.open(folder, files)
    assert plugin.decision()["type"] == "cancelled"
    assert "a library prints" in plugin.errors


@pytest.mark.parametrize(
    "line",
    [
        b"no json\n",
        b"{}\n",
        json.dumps({"type": "open", "id": 7, "tool": "paint"}).encode() + b"\n",
        json.dumps(
            {"type": "open", "id": 7, "tool": "repair", "folder": "/", "photo": {"samples": "x"}, "settings": {}}
        ).encode()
        + b"\n",
    ],
    ids=["no json", "no type", "no such tool", "no job's folder"],
)
def test_what_cannot_be_understood_is_refused_in_a_sentence(start: Start, line: bytes) -> None:
    plugin = start("repair")
    assert plugin.process.stdin
    plugin.process.stdin.write(line)
    plugin.process.stdin.flush()
    failed = plugin.decision()
    assert failed["type"] == "failed" and failed["text"].endswith(".")


def test_a_photo_for_another_tool_is_refused(start: Start) -> None:
    plugin = start("repair")
    folder, files = job(clean())
    plugin.open(folder, files, tool="enhance")
    failed = plugin.decision()
    assert failed["type"] == "failed" and "another tool" in failed["text"]


def test_window_and_engine_are_there_before_the_photo(start: Start) -> None:
    plugin = start("repair", "shown", "say_engine", "opened", "accept")
    assert engine_of(plugin)
    mask = np.zeros((300, 400), np.uint8)
    mask[50:60, 70:200] = 255
    folder, files = job(clean(), mask)
    plugin.open(folder, files, mask="drawn.npy")
    assert plugin.decision()["type"] == "done"


def test_a_window_that_was_left_before_the_photo_came_answers_when_it_comes(start: Start) -> None:
    plugin = start("repair", "cancel", "hidden", "say_engine")
    assert engine_of(plugin)
    folder, files = job(clean())
    plugin.open(folder, files)
    cancelled = plugin.decision()
    assert cancelled["type"] == "cancelled" and cancelled["id"] == 7 and "files" not in cancelled


def test_a_damaged_photo_is_told_in_a_sentence(start: Start) -> None:
    plugin = start("repair")
    folder, files = job(clean())
    (folder / "photo.npy").write_bytes(b"nothing")
    plugin.open(folder, files)
    failed = plugin.decision()
    assert failed["type"] == "failed" and "photo.npy" in failed["text"]
