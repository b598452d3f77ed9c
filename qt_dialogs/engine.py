"""The engine's pipe: one request in flight, the newest of each lane waits, and Cancel always works."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, QProcess, QTimer, pyqtSignal

import core
from core import places
from core.protocol import (
    FAILURES,
    LineBuffer,
    ProtocolError,
    checked_answer,
    decoded,
    encoded,
    is_same_version,
    parsed_photo,
    progress_of,
)
from core.translation import _

from .mistakes import logged, told

PATIENCE = 900
"""Milliseconds that a cancelled request has for its answer; then the engine is killed and another one started."""
PREVIEW_PATIENCE = 10_000
"""For previews, which each movement of a slider cancels: a new engine would have to load its networks again."""
BLINK = 0.02
"""Seconds after progress in which more of it is passed over: to show it takes longer than to tell it."""
LANES = ("models", "load", "save", "run", "detect", "preview")
"""What is asked for, the most urgent first. A lane holds one request in flight or waiting; a newer one replaces it."""
COMMAND = ("-E", "-s", "-X", "utf8", "-m", "core", "engine")
"""With the folder of `core` as the working folder this finds `core` in an installation and in a checkout alike."""


@dataclass(frozen=True)
class Answer:
    """The last word on a request. kind is "done", "failed" or "cancelled".

    cause, where it failed: "crashed" (the engine ended by itself), "nonsense" (it said what cannot be understood),
    "no-engine" (it does not start) or one of FAILURES.
    """

    kind: str
    files: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    cause: str = ""
    message: dict[str, Any] = field(default_factory=dict)


Answered = Callable[[Answer], None]
Progressed = Callable[[float, str], None]


@dataclass
class _Ask:
    lane: str
    message: dict[str, Any]
    answered: Answered
    progressed: Progressed | None


class Engine(QObject):
    """An engine in a process of its own. idle tells that nothing is in flight and nothing waits."""

    idle = pyqtSignal()

    def __init__(self, parent: QObject | None = None, command: tuple[str, ...] | None = None) -> None:
        super().__init__(parent)
        self._command = command or (sys.executable, *COMMAND)
        self._waiting: dict[str, _Ask] = {}
        self._flying: _Ask | None = None
        self._number = 0
        self._greeted = False
        self._nonsense = False  # this process is not listened to any more
        self._progressed = 0.0
        self._stopped = False  # the flying request is cancelled
        self._closed = False
        self._process: QProcess | None = None
        self._lines = LineBuffer()
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._kill)

    @property
    def process_id(self) -> int:
        """The engine's process, 0 where none runs."""
        return self._process.processId() if self._process else 0

    @property
    def greeted(self) -> bool:
        """Whether an engine is there and takes requests."""
        return self._greeted and self._process is not None

    def start(self) -> None:
        """Start the process where none runs; it imports its libraries meanwhile."""
        if self._process is not None or self._closed:
            return
        process = QProcess(self)
        process.setWorkingDirectory(str(Path(core.__file__).resolve().parents[1]))
        log = places.log_file()
        with suppress(OSError):  # then it does not start, which is told
            log.parent.mkdir(parents=True, exist_ok=True)
        process.setStandardErrorFile(str(log), QProcess.OpenModeFlag.Append)
        if sys.platform != "win32":
            own_session = QProcess.UnixProcessParameters()
            own_session.flags = QProcess.UnixProcessFlag.CreateNewSession
            process.setUnixProcessParameters(own_session)
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(lambda: self._ended(process))
        process.errorOccurred.connect(
            lambda error: self._ended(process) if error == QProcess.ProcessError.FailedToStart else None
        )
        self._process, self._lines, self._greeted, self._nonsense = process, LineBuffer(), False, False
        process.start(self._command[0], list(self._command[1:]))

    def ask(
        self, lane: str, message: Mapping[str, Any], answered: Answered, progressed: Progressed | None = None
    ) -> None:
        """Ask for something; `answered` is called once, also where a newer request takes this one's place."""
        self.cancel(lane)
        self._waiting[lane] = _Ask(lane, dict(message), answered, progressed)
        if self._flying and LANES.index(lane) < LANES.index(self._flying.lane) and self._flying.lane == "preview":
            self.cancel("preview")
        self._send_next()

    def cancel(self, lane: str) -> None:
        """Stop what this lane is doing; its `answered` hears "cancelled"."""
        waiting = self._waiting.pop(lane, None)
        if waiting:
            waiting.answered(Answer("cancelled"))
        if self._flying and self._flying.lane == lane and not self._stopped:
            self._stopped = True
            self._write({"type": "cancel", "id": self._number})
            self._patience.start(PREVIEW_PATIENCE if lane == "preview" else PATIENCE)

    def is_busy(self, lane: str) -> bool:
        """Whether this lane has something in flight or waiting."""
        flies = self._flying is not None and self._flying.lane == lane and not self._stopped
        return flies or lane in self._waiting

    def close(self) -> None:
        """Let the engine end: it removes the folders it worked in. Waits for it, at most two seconds."""
        self._closed = True
        self._waiting.clear()
        self._flying = None
        self._patience.stop()
        if self._process is not None:
            process, self._process = self._process, None
            process.blockSignals(True)
            process.closeWriteChannel()
            if not process.waitForFinished(2 * PATIENCE):
                process.kill()
                process.waitForFinished(PATIENCE)

    def _send_next(self) -> None:
        if self._flying or not self._waiting or self._closed:
            return
        if self._process is None:
            self.start()
        if not self._greeted:
            return
        lane = min(self._waiting, key=LANES.index)
        self._flying = self._waiting.pop(lane)
        self._number += 1
        self._stopped = False
        self._write({**self._flying.message, "id": self._number})

    def _write(self, message: Mapping[str, Any]) -> None:
        if self._process is not None:
            self._process.write(encoded(message))

    def _read(self) -> None:
        if self._process is None or self._nonsense:
            return
        try:
            for line in self._lines.feed(self._process.readAllStandardOutput().data()):
                self._hear(decoded(line))
        except ProtocolError as error:
            self._nonsense = True
            with suppress(OSError):
                told(error)
            self._kill()

    def _hear(self, message: dict[str, Any]) -> None:
        if not self._greeted:
            if not is_same_version(message):
                raise ProtocolError("another version")
            self._greeted = True
            self._send_next()
            return
        asked = self._flying
        if asked is None or message.get("id") not in (self._number, None):
            return
        if message["type"] != "progress":
            self._land(_answer(asked.message, checked_answer(message)))
        elif asked.progressed and not self._stopped and time.monotonic() - self._progressed >= BLINK:
            asked.progressed(*progress_of(message))
            self._progressed = time.monotonic()

    def _land(self, answer: Answer) -> None:
        asked, self._flying = self._flying, None
        self._patience.stop()
        if self._stopped:  # what came in spite of the cancelling is nobody's
            answer = Answer("cancelled")
        try:
            if asked:
                asked.answered(answer)
        finally:  # whatever becomes of it, the next one has its turn
            self._send_next()
            if not self._flying and not self._waiting:
                self.idle.emit()

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def _ended(self, process: QProcess) -> None:
        if process is not self._process:
            return
        self._process = None
        if self._greeted and self._flying and not self._nonsense and not self._stopped:
            with suppress(OSError):
                logged(_ended_in(process, self._flying.message))
        process.deleteLater()
        if not self._greeted:  # it never came so far: nobody is served
            asks = [*([self._flying] if self._flying else []), *self._waiting.values()]
            self._flying = None
            self._waiting.clear()
            for ask in asks:
                ask.answered(Answer("failed", text=_no_engine(), cause="no-engine"))
            return
        if self._flying:  # one that ends with nothing to do may do so each time it is started
            self._land(_not_understood() if self._nonsense else Answer("failed", cause="crashed"))
            self.start()


def _ended_in(process: QProcess, request: Mapping[str, Any]) -> str:
    """What the log says of an engine that has ended by itself: how, and what it was doing with which models."""
    crashed = process.exitStatus() == QProcess.ExitStatus.CrashExit
    how = f"was killed or crashed ({process.exitCode()})" if crashed else f"ended with code {process.exitCode()}"
    settings = request.get("settings", {})
    doing = [str(request["type"]), str(request.get("tool", "")), *map(str, request.get("want", ()))]
    models = [f"{name} {value}" for name, value in settings.items() if name.endswith("model")]
    return f"the engine {how} in: {' '.join(filter(None, doing))}; {', '.join(models)}"


def _no_engine() -> str:
    return _("Daguerre's engine does not start. Run python3 install.py --doctor: it says what is missing.")


def _not_understood() -> Answer:
    text = _("The engine's answer cannot be understood: run install.py once more.")
    return Answer("failed", text=text, cause="nonsense")


def _answer(request: Mapping[str, Any], message: dict[str, Any]) -> Answer:
    """The answer to a request; ProtocolError where something is missing that will be read of it."""
    kind, blame = message["type"], message.get("kind")
    if kind == "done":
        _check(request, message)
    cause = (blame if blame in FAILURES else "bug") if kind == "failed" else ""
    return Answer(kind, message["files"], message["facts"], message["text"], cause, message)


FACTS = {"detect": {"found", "share", "threshold"}, "enhance": {"enhanced", "needs"}}
"""What is read of the facts on a run, by its tool."""


def _check(request: Mapping[str, Any], done: Mapping[str, Any]) -> None:
    kind, tool = request["type"], request.get("tool", "")
    files, facts = set(), FACTS.get(tool, set())
    if kind == "load":
        parsed_photo(done.get("photo"))
    elif kind == "load-mask":
        files = {"mask"}
    elif kind == "models":
        facts = {"models"}
    elif tool in ("detect", "enhance", "colorize") or "region" in request:  # else a repair may have nothing to do
        files = set(request.get("want", ()))
    if not (files <= done["files"].keys() and facts <= done["facts"].keys()):
        raise ProtocolError(f"An answer without {', '.join(sorted(files | facts))} was given.")
    if kind == "run":
        from core import handoff
        from core.failures import WrongInput

        try:
            handoff.check_results(Path(request["folder"]), request, done["files"])
        except WrongInput as error:
            raise ProtocolError(str(error)) from error
