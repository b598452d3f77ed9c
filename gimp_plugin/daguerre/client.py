"""The other end of the pipes: starts the engine or the window, speaks core.protocol with it, follows what it says.

A thread reads and the main thread waits in short steps, because GIMP may die meanwhile without a word: engine and
window end when their standard input does, so this process must not outlive GIMP.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, Type, TypeVar, Union

from core import places, protocol
from failure import Failure
from parent import Parent
from translation import _, language

HEARTBEAT = 0.25
FAREWELL = 2.0
BLINK = 0.02
"""Seconds after progress in which more of it is passed over: to show it takes GIMP longer than to tell it."""
MOST_WAITING = 100
"""Lines that are read ahead; one that talks faster than it is listened to has to wait."""

Follow = Callable[[float, str], None]
Self = TypeVar("Self", bound="Child")

_FOREIGN = ("PYTHON", "DYLD_", "GIO_", "GTK_", "GDK_PIXBUF_")
_FOREIGN_NAMES = (
    "LD_PRELOAD",
    "LD_LIBRARY_PATH",
    "GI_TYPELIB_PATH",
    "QT_PLUGIN_PATH",
    "QT_QPA_PLATFORM_PLUGIN_PATH",
    "VIRTUAL_ENV",
    "__PYVENV_LAUNCHER__",
    "BABL_PATH",
    "GEGL_PATH",
)


class Cancelled(Exception):
    """The run was cancelled on the other side."""


class NoWindow(Exception):
    """The window does not start, or cannot work at all; text is a sentence that says why, or empty."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.text = text


class Child:
    """A process in Daguerre's own environment with a pipe each way; leaving the `with` block ends it.

    Raises Failure ("installation") where nothing is installed, or what is installed knows other tools.
    """

    arguments: Tuple[str, ...] = ()

    def __init__(self) -> None:
        self.version = ""
        self._gimp = Parent()
        self._said: queue.Queue[Union[bytes, protocol.ProtocolError, None]] = queue.Queue(MOST_WAITING)
        try:
            with places.open_log() as log:
                self._process = _started([interpreter(), "-I", "-X", "utf8", "-m", *self.arguments], log)
        except (OSError, ValueError) as error:
            raise self.not_started() from error
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()

    def not_started(self) -> Exception:
        """What is raised where the process ends before it has said a word."""
        raise NotImplementedError

    def stopped(self) -> Exception:
        """What is raised where the process ends in the middle."""
        raise NotImplementedError

    def not_understood(self) -> Failure:
        """What is raised where the process says what nobody can understand."""
        raise NotImplementedError

    def greet(self) -> None:
        """Wait for the first words."""
        greeting = self.next(self.not_started)
        if not protocol.is_same_version(greeting):
            raise Failure("installation", _("Daguerre was updated: run install.py once more."))
        self.version = protocol.one_line(str(greeting.get("version", ""))) or "?"

    def send(self, message: Mapping[str, Any]) -> None:
        """Say something; one that has died meanwhile is noticed where its answer is waited for."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.write(protocol.encoded(message))
            self._process.stdin.flush()

    def answer(self, number: int, follow: Follow) -> Dict[str, Any]:
        """The answer to a request, not checked: the first message about it that is no progress."""
        followed = 0.0
        while True:
            message = self.next(self._died)
            if message.get("id") not in (number, None):
                continue
            if message["type"] != "progress":
                return message
            if time.monotonic() - followed >= BLINK:
                follow(*protocol.progress_of(message))
                followed = time.monotonic()

    def next(self, died: Callable[[], Exception]) -> Dict[str, Any]:
        """The next message; raises what `died` makes where the process has ended instead."""
        said = self._next_said()
        if said is None:
            self._said.put(None)
            raise died()
        return self._understood(_message, said)

    def whole(self, answer: Dict[str, Any]) -> Dict[str, Any]:
        """An answer with all that is read of it (see protocol.checked_answer); a Failure where it is none."""
        return self._understood(protocol.checked_answer, answer)

    def _next_said(self) -> Union[bytes, protocol.ProtocolError, None]:
        while self._gimp.lives():
            with contextlib.suppress(queue.Empty):
                return self._said.get(timeout=HEARTBEAT)
        raise Failure("bug", "GIMP has ended.")

    def _understood(self, parse: Callable[[Any], Dict[str, Any]], said: Any) -> Dict[str, Any]:
        try:
            return parse(said)
        except protocol.ProtocolError as error:
            raise self.not_understood() from error

    def close(self) -> None:
        """End the process: it has FAREWELL seconds after its input has ended."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        if not self._ends():
            self._process.kill()
            self._process.wait()
        end = time.monotonic() + FAREWELL
        while self._reader.is_alive() and time.monotonic() < end:  # it may wait for somebody to listen
            with contextlib.suppress(queue.Empty):
                self._said.get(timeout=0.05)
        if not self._reader.is_alive():
            assert self._process.stdout is not None
            self._process.stdout.close()

    def _ends(self) -> bool:
        """Whether the process ends by itself within FAREWELL seconds."""
        try:
            self._process.wait(FAREWELL)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _died(self) -> Exception:
        self._ends()
        error = self.stopped()
        error.__cause__ = RuntimeError(f"{' '.join(self.arguments)} ended with code {self._process.returncode}")
        return error

    def _read(self) -> None:
        assert self._process.stdout is not None
        lines = protocol.LineBuffer()
        descriptor = self._process.stdout.fileno()
        try:
            while True:
                data = os.read(descriptor, 1 << 16)
                if not data:
                    break
                for line in lines.feed(data):
                    self._said.put(line)
        except protocol.ProtocolError as error:
            self._said.put(error)
        except OSError:
            pass
        self._said.put(None)


class Engine(Child):
    """A running engine."""

    arguments = ("core", "engine")

    def run(self, request: Mapping[str, Any], follow: Follow) -> Mapping[str, Any]:
        """Send a run and follow it to its end; returns its "done" message.

        Raises Cancelled, and Failure where the engine says so or dies.
        """
        if not self.version:
            self.greet()
        self.send(request)
        answer = self.whole(self.answer(request["id"], follow))
        if answer["type"] == "cancelled":
            raise Cancelled
        if answer["type"] == "failed":
            raise _failure(answer)
        return answer

    def not_started(self) -> Failure:
        return _does_not_start()

    def stopped(self) -> Failure:
        return Failure("bug", _("The computation ended by itself; the image is as it was."))

    def not_understood(self) -> Failure:
        return Failure("installation", _("The engine's answer cannot be understood: run install.py once more."))


class Window(Child):
    """A running window over one photo. Raises NoWindow where there cannot be one here."""

    def __init__(self, page: str, parent: str) -> None:
        """page: the tool that it is for; parent: the number of GIMP's own window for X11, or empty."""
        self.arguments = ("qt_dialogs", "session", page, parent)
        super().__init__()

    def open(self, request: Mapping[str, Any]) -> None:
        """Show the photo that the request names."""
        self._number = request["id"]
        self.greet()
        self.send(request)

    def decision(self, follow: Follow) -> Dict[str, Any]:
        """What the person decided, as soon as they did: a message "done" or "cancelled", which may not be whole."""
        answer = self.answer(self._number, follow)
        if answer["type"] in ("done", "cancelled"):
            return answer
        answer = self.whole(answer)
        if answer.get("kind") == "installation":
            raise NoWindow(answer["text"])
        raise _failure(answer)

    def placed(self) -> None:
        """Say that all is in the image: the window clears up and ends."""
        self.send({"type": "placed", "id": self._number})
        self._ends()

    def refused(self, text: str, ways: Sequence[str]) -> None:
        """Say why the image did not take it, and what can be done: the window shows itself again."""
        self.send({"type": "refused", "id": self._number, "text": text, "ways": list(ways)})

    def not_started(self) -> NoWindow:
        return NoWindow()

    def stopped(self) -> Failure:
        return Failure(
            "bug",
            _("Daguerre's window ended by itself; the image is as it was, and what was painted is offered next time."),
        )

    def not_understood(self) -> Failure:
        return Failure(
            "bug",
            _(
                "Daguerre's window gave an answer that cannot be understood; the image is as it was, and what was "
                "painted is offered next time."
            ),
        )


def environment() -> Dict[str, str]:
    """This process's environment without what GIMP's own Python and libraries need, in GIMP's language."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(_FOREIGN) and name.upper() not in _FOREIGN_NAMES
    }
    if language():
        kept["LANGUAGE"] = language()
    if sys.platform == "win32":
        ours = Path(sys.executable).parent
        folders = kept.get("PATH", "").split(os.pathsep)
        kept["PATH"] = os.pathsep.join(folder for folder in folders if Path(folder) != ours)
    return kept


def interpreter() -> str:
    """The environment's Python; Failure where nothing is installed."""
    try:
        python = str(places.installation()["python"])
    except FileNotFoundError:
        raise Failure(
            "installation", _("Daguerre's engine is not installed: run install.py from the Daguerre folder once.")
        ) from None
    except (OSError, ValueError) as error:
        raise _does_not_start() from error
    return python


def _started(command: List[str], log: Any) -> subprocess.Popen[bytes]:
    """The process, in a session of its own (GIMP kills process groups) and with this process on its pipes alone."""
    options: Dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetDllDirectoryW(None)  # GIMP's own DLLs, which children would inherit
        options = {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        env=environment(),
        cwd=places.data_folder(),
        **options,
    )


def _message(said: Union[bytes, protocol.ProtocolError]) -> Dict[str, Any]:
    if isinstance(said, protocol.ProtocolError):
        raise said
    return protocol.decoded(said)


def _failure(message: Mapping[str, Any]) -> Failure:
    """What an answer "failed" says."""
    blame = message.get("kind")
    return Failure(blame if blame in protocol.FAILURES else "bug", message["text"])


def _does_not_start() -> Failure:
    return Failure(
        "installation", _("Daguerre's engine does not start. Run python3 install.py --doctor: it says what is missing.")
    )
