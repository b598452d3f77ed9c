"""The other end of the engine's pipe: starts it, sends it one run, follows what it says.

A thread reads and the main thread waits in short steps, because GIMP may die meanwhile without a word: the engine ends
when its standard input does, so this process must not outlive GIMP.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Callable, Dict, Mapping, Optional, Type

from core import places, protocol
from failure import Failure
from parent import Parent
from translation import _

HEARTBEAT = 0.25
FAREWELL = 2.0

Follow = Callable[[float, str], None]

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
    """The run was cancelled on the engine's side."""


class Engine:
    """A running engine; leaving the `with` block ends it.

    Raises Failure ("installation") where it cannot be started, does not speak our protocol or knows other tools.
    """

    def __init__(self) -> None:
        python = _interpreter()
        self._gimp = Parent()
        self._messages: queue.Queue[Optional[bytes]] = queue.Queue()
        try:
            with places.open_log() as log:
                self._process = _started([python, "-I", "-X", "utf8", "-m", "core", "engine"], log)
        except OSError as error:
            raise _does_not_start() from error
        threading.Thread(target=self._read, daemon=True).start()
        self.version = ""

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()

    def run(self, request: Mapping[str, Any], follow: Follow) -> Mapping[str, Any]:
        """Send a run and follow it to its end; returns its "done" message.

        Raises Cancelled, and Failure where the engine says so or dies.
        """
        if not self.version:
            self._greet()
        with contextlib.suppress(OSError):  # it has died: _next says so
            self._send(request)
        while True:
            message = self._next(self._died)
            if message.get("id") not in (request["id"], None):
                continue
            kind = message["type"]
            if kind == "progress":
                follow(_fraction(message), str(message.get("text", "")))
            elif kind == "done":
                return message
            elif kind == "cancelled":
                raise Cancelled
            elif kind == "failed":
                blame = message.get("kind")
                raise Failure(blame if blame in protocol.FAILURES else "bug", str(message.get("text", "")))

    def close(self) -> None:
        """End the engine: it has FAREWELL seconds after its input has ended."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(FAREWELL)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _greet(self) -> None:
        greeting = self._next(_does_not_start)
        if not protocol.is_same_version(greeting):
            raise Failure("installation", _("Daguerre was updated: run install.py once more."))
        self.version = str(greeting.get("version", "")) or "?"

    def _send(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(protocol.encoded(message))
        self._process.stdin.flush()

    def _next(self, died: Callable[[], Failure]) -> Dict[str, Any]:
        """The engine's next message; the Failure that `died` makes where it has ended instead."""
        while True:
            try:
                line = self._messages.get(timeout=HEARTBEAT)
            except queue.Empty:
                if not self._gimp.lives():
                    raise Failure("bug", "GIMP has ended.") from None
                continue
            if line is None:
                self._messages.put(None)
                raise died()
            try:
                return protocol.decoded(line)
            except protocol.ProtocolError as error:
                raise Failure("bug", str(error)) from error

    def _died(self) -> Failure:
        self._process.wait(FAREWELL)
        error = Failure("bug", _("The computation ended by itself; the image is as it was."))
        error.__cause__ = RuntimeError(f"the engine ended with code {self._process.returncode}")
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
                    self._messages.put(line)
        except (OSError, protocol.ProtocolError):
            pass
        self._messages.put(None)


def environment() -> Dict[str, str]:
    """This process's environment without what GIMP's own Python and libraries need."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(_FOREIGN) and name.upper() not in _FOREIGN_NAMES
    }
    if sys.platform == "win32":
        ours = Path(sys.executable).parent
        folders = kept.get("PATH", "").split(os.pathsep)
        kept["PATH"] = os.pathsep.join(folder for folder in folders if Path(folder) != ours)
    return kept


def _interpreter() -> str:
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


def _started(command: list[str], log: Any) -> subprocess.Popen[bytes]:
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


def _fraction(message: Mapping[str, Any]) -> float:
    fraction = message.get("fraction")
    return min(max(float(fraction), 0.0), 1.0) if isinstance(fraction, (int, float)) else 0.0


def _does_not_start() -> Failure:
    return Failure(
        "installation", _("Daguerre's engine does not start. Run python3 install.py --doctor: it says what is missing.")
    )
