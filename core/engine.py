"""The engine: runs tools for whoever holds its pipe. `python -m core engine` speaks core.protocol on stdin and stdout.

One thread reads requests, the main thread works on them one after the other (what it does for each is in requests.py).
When standard input ends, whatever happens, the folders of its jobs are removed and the process ends.
"""

from __future__ import annotations

import faulthandler
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import VERSION, jobfolder
from .protocol import (
    LONGEST_TEXT,
    CancelRequest,
    Job,
    LineBuffer,
    ModelsRequest,
    ProtocolError,
    decoded,
    encoded,
    hello,
    parsed_request,
)

if TYPE_CHECKING:
    from .models.registry import Registry
    from .progress import Progress

PROGRESS_INTERVAL = 0.05
"""Seconds between two progress lines."""
ATTEMPTS = 20
"""How often the removal of a folder is tried."""


def serve() -> None:
    """Serve requests until standard input ends; never returns."""
    if sys.stderr is not None:
        faulthandler.enable()  # a crash inside of a library leaves its place in the log, too
    engine = Engine(_take_standard_output())
    engine.say(hello(VERSION))
    threading.Thread(target=engine.read_requests, name="requests", daemon=True).start()
    engine.work()


def _take_standard_output() -> int:
    """A descriptor of our own for the protocol; what a library prints afterwards goes to standard error."""
    ours = os.dup(1)
    os.dup2(2, 1)
    return ours


def _failed(number: int | None, kind: str, text: str) -> dict[str, Any]:
    return {"type": "failed", "id": number, "kind": kind, "text": text[:LONGEST_TEXT]}


class Engine:
    """The state of one engine process. Only `work` runs tools; `read_requests` only queues and cancels."""

    def __init__(self, output: int) -> None:
        self._output = output
        self._output_lock = threading.Lock()
        self._changed = threading.Condition()  # guards the next three
        self._waiting: deque[Job | ModelsRequest] = deque()
        self._current: int | None = None
        self._cancelled = False  # the current one
        self._folders: set[Path] = set()  # of all jobs: results too are no one's once the other side is gone
        self._models: Registry | None = None

    def say(self, message: Mapping[str, Any]) -> None:
        """Send one message; where nobody listens any more the process ends."""
        line = encoded(message)
        try:
            with self._output_lock:
                while line:
                    line = line[os.write(self._output, line) :]
        except OSError:
            self.end()

    def end(self) -> None:
        """Leave nothing behind and go. Not sys.exit: a thread may be inside of a network."""
        try:
            for folder in list(self._folders):
                for _attempt in range(ATTEMPTS):  # the other thread may be writing a file into it
                    jobfolder.remove(folder)
                    if not folder.exists():
                        break
        finally:
            os._exit(0)

    def read_requests(self) -> None:
        try:
            lines = LineBuffer()
            while data := os.read(0, 1 << 16):
                for line in lines.feed(data):
                    self._take(line)
        except ProtocolError as error:
            self.say(_failed(None, "bug", str(error)))
        except OSError:
            pass
        except Exception:
            from .failures import log

            log.exception("the requests cannot be read")
        finally:  # without a reader nothing would end this process
            self.end()

    def _take(self, line: bytes) -> None:
        number = None
        try:
            message = decoded(line)
            number = message.get("id")
            request = parsed_request(message)
            if isinstance(request, CancelRequest):
                self._cancel(request.id)
                return
            if not isinstance(request, ModelsRequest):
                folder = Path(request.folder)
                if not jobfolder.is_one(folder):
                    raise ProtocolError("A request in a folder that is no job's was sent.")
                self._folders.add(folder)
        except ProtocolError as error:
            self.say(_failed(number if type(number) is int else None, "bug", str(error)))
            return
        with self._changed:
            self._waiting.append(request)
            self._changed.notify()

    def _cancel(self, number: int) -> None:
        """Stop the current request at its next step; answer at once for those of this number that only wait."""
        with self._changed:
            dropped = [request for request in self._waiting if request.id == number]
            self._waiting = deque(request for request in self._waiting if request.id != number)
            self._cancelled |= self._current == number
        for request in dropped:
            self.say({"type": "cancelled", "id": request.id})

    def work(self) -> None:
        """Answer requests one after the other, for ever."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                request = self._waiting.popleft()
                self._current, self._cancelled = request.id, False
            answer = self._answer(request)
            with self._changed:
                self._current = None
            self.say(answer)

    def _answer(self, request: Job | ModelsRequest) -> dict[str, Any]:
        from .failures import explained, log
        from .progress import Cancelled

        descriptor = None
        try:
            from . import requests

            if isinstance(request, ModelsRequest):
                return {"type": "done", "id": request.id, "facts": self._models_after(request)}
            descriptor = jobfolder.hold(Path(request.folder))
            answer = requests.done(request, self._registry(), self._progress_of(request.id))
            return {"type": "done", "id": request.id, **answer}
        except Cancelled:
            return {"type": "cancelled", "id": request.id}
        except BaseException as error:
            kind, text = explained(error)
            if kind == "bug" and not isinstance(error, ProtocolError):
                log.exception("%s failed", type(request).__name__)
            return _failed(request.id, kind, text)
        finally:
            if descriptor is not None:
                os.close(descriptor)

    def _progress_of(self, number: int) -> Progress:
        """What a job calls at each of its steps: tells the other side now and then, and stops where it is cancelled."""
        from .progress import Cancelled

        last = 0.0

        def progress(fraction: float, text: str) -> None:
            nonlocal last
            if self._cancelled:
                raise Cancelled
            now = time.monotonic()
            if now - last >= PROGRESS_INTERVAL:
                last = now
                self.say({"type": "progress", "id": number, "fraction": round(fraction, 4), "text": text})

        return progress

    def _models_after(self, request: ModelsRequest) -> dict[str, Any]:
        """The facts on the models, once what is to be changed is changed."""
        from . import requests

        added = None
        if request.changes:
            added = requests.changed_models(request)
            self._models = None  # read anew: a name may stand for another model now
        return {**requests.described_models(self._registry(), request.check), "added": added}

    def _registry(self) -> Registry:
        if self._models is None:
            from .models.registry import Registry

            self._models = Registry()
        return self._models
