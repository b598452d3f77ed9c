"""The engine: runs tools for whoever holds its pipe. `python -m core engine` speaks core.protocol on stdin and stdout.

One thread reads requests, the main thread works on them one after the other. When standard input ends, whatever
happens, the folders of unfinished jobs are removed and the process ends.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import VERSION, jobfolder
from .protocol import (
    CancelRequest,
    LineBuffer,
    ModelsRequest,
    ProtocolError,
    RunRequest,
    decoded,
    encoded,
    hello,
    parsed_request,
)

if TYPE_CHECKING:
    from .models.registry import Registry

PROGRESS_INTERVAL = 0.05
"""Seconds between two progress lines."""
LONGEST_TEXT = 1000
"""Characters of a failure's text, which may quote what was sent."""
ATTEMPTS = 20
"""How often the removal of a folder is tried."""


def serve() -> None:
    """Serve requests until standard input ends; never returns."""
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
    """The state of one engine process. Only `work` runs tools; `read_requests` only queues and flags."""

    def __init__(self, output: int) -> None:
        self._output = output
        self._output_lock = threading.Lock()
        self._jobs: queue.SimpleQueue[RunRequest | ModelsRequest] = queue.SimpleQueue()
        self._cancelled: set[int] = set()
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
            if isinstance(request, RunRequest) and not jobfolder.is_one(Path(request.folder)):
                raise ProtocolError("A run in a folder that is no job's was sent.")
        except ProtocolError as error:
            self.say(_failed(number if type(number) is int else None, "bug", str(error)))
            return
        if isinstance(request, CancelRequest):
            self._cancelled.add(request.id)
            return
        if isinstance(request, RunRequest):
            self._cancelled.discard(request.id)
            self._folders.add(Path(request.folder))
        self._jobs.put(request)

    def work(self) -> None:
        """Answer requests one after the other, for ever."""
        while True:
            request = self._jobs.get()
            if isinstance(request, ModelsRequest):
                self.say({"type": "done", "id": request.id, "facts": self._describe_models()})
            else:
                self._run(request)

    def _run(self, request: RunRequest) -> None:
        from .failures import explained, log
        from .progress import Cancelled

        descriptor = None
        try:
            descriptor = jobfolder.hold(Path(request.folder))
            answer = self._results(request)
        except Cancelled:
            answer = {"type": "cancelled", "id": request.id}
        except BaseException as error:
            kind, text = explained(error)
            if kind == "bug":
                log.exception("request %s failed", request.tool)
            answer = _failed(request.id, kind, text)
        finally:
            if descriptor is not None:
                os.close(descriptor)
            self._cancelled.discard(request.id)
        self.say(answer)

    def _results(self, request: RunRequest) -> dict[str, Any]:
        from . import detect, handoff, repair, restore
        from .failures import WrongInput
        from .progress import Cancelled

        last = 0.0

        def progress(fraction: float, text: str) -> None:
            nonlocal last
            if request.id in self._cancelled:
                raise Cancelled
            now = time.monotonic()
            if now - last >= PROGRESS_INTERVAL:
                last = now
                self.say({"type": "progress", "id": request.id, "fraction": round(fraction, 4), "text": text})

        folder = Path(request.folder)
        progress(0.0, "")
        photo = handoff.read_photo(folder, request.photo)
        mask = handoff.read_mask(folder, request.mask, photo) if request.mask else None
        models = self._registry()
        if request.tool == "detect":
            done = restore.Restoration(detect.run(photo, request.settings, models, progress), None)
        elif request.tool == "repair":
            if mask is None:
                raise WrongInput("Repair needs a mask.")
            done = restore.Restoration(None, repair.run(photo, mask, request.settings, models, progress))
        else:
            done = restore.run(photo, request.settings, models, progress, mask)
        files = {}
        if "mask" in request.want and done.detection:
            files["mask"] = handoff.write_mask(folder, done.detection.mask)
        if done.repair and done.repair.patches:
            if "fill" in request.want:
                files["fill"] = handoff.write_fill(folder, photo, done.repair)
            if "photo" in request.want:
                files["photo"] = handoff.write_repaired(folder, photo, done.repair)
        progress(1.0, "")
        return {"type": "done", "id": request.id, "files": files, "text": done.summary, "facts": done.facts}

    def _registry(self) -> Registry:
        if self._models is None:
            from .models.registry import Registry

            self._models = Registry()
        return self._models

    def _describe_models(self) -> dict[str, Any]:
        registry = self._registry()
        return {
            "models": [
                {"tool": card.tool, "name": card.name, "title": card.title, "purpose": card.purpose}
                for card in registry.cards()
            ],
            "problems": registry.problems,
        }
