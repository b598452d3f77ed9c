"""A real engine in a process of its own, spoken to as the plug-in and the window do."""

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
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import jobfolder, places
from core.protocol import LineBuffer, decoded, encoded

COMMAND = [sys.executable, "-I", "-X", "utf8", "-m", "core", "engine"]
"""-I as the plug-in has it: the environment itself has to know where core is."""
PATIENCE = 60.0
"""Seconds that anything may take on a busy machine."""


class Engine:
    """An engine on a pipe. Its messages are read by a thread; what it writes to standard error goes to a file."""

    def __init__(self, log: Path, command: list[str] | None = None, environment: dict[str, str] | None = None) -> None:
        self._log = log
        with log.open("wb") as stream:
            self.process = subprocess.Popen(
                command or COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stream,
                env={**os.environ, **(environment or {})},
                cwd=log.parent,
                start_new_session=True,
            )
        self._messages: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()  # or it would read from whatever gets this descriptor next
        assert self.process.stdin and self.process.stdout
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stdout.close()

    @property
    def errors(self) -> str:
        """What stands on its standard error."""
        return self._log.read_text(errors="replace")

    def next(self, patience: float = PATIENCE) -> dict[str, Any]:
        """Its next message; an AssertionError with its standard error where there is none."""
        try:
            message = self._messages.get(timeout=patience)
        except queue.Empty:
            raise AssertionError(f"the engine said nothing for {patience} s: {self.errors}") from None
        assert message is not None, f"the engine ended ({self.process.poll()}): {self.errors}"
        return message

    def greeting(self) -> dict[str, Any]:
        message = self.next()
        assert message["type"] == "hello", message
        return message

    def send(self, message: dict[str, Any]) -> None:
        self.send_bytes(encoded(message))

    def send_bytes(self, data: bytes) -> None:
        assert self.process.stdin
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def answer(self, number: int | None, patience: float = PATIENCE) -> dict[str, Any]:
        """The last word on a request; its progress is checked and passed over."""
        fraction = 0.0
        while True:
            message = self.next(patience)
            assert message.get("id") == number, message
            if message["type"] != "progress":
                return message
            assert 0 <= fraction <= message["fraction"] <= 1 and isinstance(message["text"], str)
            fraction = message["fraction"]

    def wait_for_progress(self, number: int) -> None:
        """Until the engine is in the middle of a request."""
        while True:
            message = self.next()
            assert message["type"] == "progress" and message["id"] == number, message
            if message["fraction"] > 0:
                return

    def close_input(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()

    def _read(self) -> None:
        assert self.process.stdout
        lines = LineBuffer()
        descriptor = self.process.stdout.fileno()
        try:
            while data := os.read(descriptor, 1 << 16):
                for line in lines.feed(data):
                    self._messages.put(decoded(line))
        except OSError:
            pass
        self._messages.put(None)


class Job:
    """A job's folder with a photo in it."""

    def __init__(self, pixels: NDArray[Any], **photo: Any) -> None:
        self.folder = jobfolder.create(places.jobs_folder())
        np.save(self.folder / "photo.npy", pixels)
        self.photo = {"samples": "photo.npy", **photo}

    def add(self, name: str, values: NDArray[Any]) -> str:
        np.save(self.folder / name, values)
        return name

    def run(self, number: int, tool: str, **entries: Any) -> dict[str, Any]:
        """The message that asks for a run."""
        return {"type": "run", "id": number, "tool": tool, "folder": str(self.folder), "photo": self.photo, **entries}

    def result(self, answer: dict[str, Any], name: str) -> NDArray[Any]:
        assert answer["type"] == "done", answer
        return np.load(self.folder / answer["files"][name])


def gone_within(path: Path, seconds: float) -> bool:
    """Whether the path disappears in time."""
    end = time.monotonic() + seconds
    while path.exists():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
