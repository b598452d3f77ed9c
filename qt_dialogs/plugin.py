"""The plug-in as the window's host: what it says is read by a thread, what the person decides is said to it.

When standard input ends the process ends at once, and its engine with it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, pyqtSignal

from core import VERSION, jobfolder, places
from core.protocol import (
    LineBuffer,
    OpenRequest,
    ProtocolError,
    Refused,
    decoded,
    encoded,
    hello,
    parsed_window_request,
)
from core.tools import TOOLS
from core.translation import _

from .values import Values
from .window import Window

if TYPE_CHECKING:
    from .work import Result


def serve(window: Window, page: str, output: int) -> None:
    """Greet whoever reads this descriptor, and do in the window, which shows this page, what is asked for."""
    pipe = Pipe(page, output)
    pipe.say(hello(VERSION))
    Plugin(window, pipe)
    pipe.listen()


class Pipe(QObject):
    """The plug-in's end: lines in by a thread, lines out."""

    heard = pyqtSignal(object)
    """A request."""

    def __init__(self, page: str, output: int) -> None:
        super().__init__()
        self._page, self._output = page, output
        self._folder: Path | None = None

    def listen(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()

    def say(self, message: Mapping[str, Any]) -> None:
        """Send one message; where nobody listens any more the process ends."""
        line = encoded(message)
        try:
            while line:
                line = line[os.write(self._output, line) :]
        except OSError:
            self.end()

    def end(self) -> None:
        """Go at once; the engine sees its input end and goes too. The journal stays."""
        if self._folder is not None:
            jobfolder.remove(self._folder)
        os._exit(0)

    def _read(self) -> None:
        try:
            lines = LineBuffer()
            while data := os.read(0, 1 << 16):
                for line in lines.feed(data):
                    self._take(line)
        except (OSError, ProtocolError):
            pass
        finally:
            self.end()

    def _take(self, line: bytes) -> None:
        number = None
        try:
            message = decoded(line)
            number = message.get("id")
            request = parsed_window_request(message)
            if isinstance(request, OpenRequest):
                self._check(request)
        except ProtocolError as error:
            self.say({"type": "failed", "id": number, "kind": "bug", "text": str(error)})
            return
        self.heard.emit(request)

    def _check(self, request: OpenRequest) -> None:
        if self._folder is not None:
            raise ProtocolError("A window opens one photo only.")
        if request.tool != self._page:
            raise ProtocolError("A photo for another tool was sent.")
        if not jobfolder.is_one(Path(request.folder)):
            raise ProtocolError("A folder that is no job's was sent.")
        self._folder = Path(request.folder)


class Plugin(QObject):
    """The host. See host.Host. The photo may come long after the window: the plug-in reads it meanwhile."""

    alone = False

    def __init__(self, window: Window, pipe: Pipe) -> None:
        super().__init__(window)
        self._window, self._pipe, self._values = window, pipe, Values()
        self._request: OpenRequest | None = None
        self._left = False
        self._begun = False
        self._given: dict[str, Any] = {}
        pipe.heard.connect(self._hear)
        window.closeAsked.connect(self.left)  # until there is a desk
        window.escapeAsked.connect(self.left)
        places.data_folder().mkdir(parents=True, exist_ok=True)
        window.when_painted(*window.completing(self._values), _load, self._begin)

    def before_run(self, tool: str, run: Callable[[], None]) -> None:
        run()

    def progress(self, fraction: float | None, text: str) -> None:
        self._say({"type": "progress", "fraction": round(fraction or 0.0, 4), "text": text})

    def done(self, tool: str, result: Result) -> None:
        """Hand the result over; the window hides until the image has taken it."""
        self._give(
            {
                "type": "done",
                "settings": self._settings(tool),
                "files": self._kept(result.files),
                "text": result.text,
                "facts": result.facts,
            }
        )

    def keep(self, files: dict[str, str]) -> None:
        self._give({"type": "cancelled", "files": files})

    def left(self) -> None:
        """Where the photo has not come yet, the answer waits for it."""
        self._left = True
        if self._request is None:
            self._window.hide()
        else:
            self._give({"type": "cancelled"})

    def broken(self, kind: str, text: str) -> None:
        self._window.hide()
        self._say({"type": "failed", "kind": kind, "text": text})

    def _begin(self) -> None:
        """The window is complete; the photo may have come meanwhile."""
        from . import messages
        from .desk import Desk
        from .engine import Engine
        from .mistakes import survive_mistakes

        self._window.closeAsked.disconnect(self.left)
        self._window.escapeAsked.disconnect(self.left)
        self.desk = Desk(self._window, self._values, Engine(self._window), self)
        survive_mistakes(lambda text: self.desk.say(messages.failed(text)))
        self.desk.begin(None)
        if not self._left:
            self.desk.introduce_once()
        self._begun = True
        if self._request is not None and not self._left:
            self._open(self._request)

    def _open(self, request: OpenRequest) -> None:
        from .desk import Opening

        folder = Path(request.folder)
        jobfolder.hold(folder)
        if request.mask and request.mask_name:
            self._window.rename("detect", _("Update Mask"))
        self._values.take(TOOLS[request.tool], request.settings)
        title = request.title or request.photo.name
        opening = Opening(folder, request.photo, title, request.tool, request.mask, request.hints, request.filters)
        self.desk.open(opening)

    def _kept(self, files: Mapping[str, str]) -> dict[str, str]:
        """The files of a result, under names that later previews do not take."""
        assert self._request is not None
        folder, kept = Path(self._request.folder), {}
        for result, name in files.items():
            kept[result] = name if result in ("mask", "hints") else f"given-{name}"
            (folder / name).replace(folder / kept[result])
        return kept

    def _give(self, message: dict[str, Any]) -> None:
        """Say what was decided; the window hides until it is placed."""
        self._given = message
        self._window.hide()
        self._say(message)

    def _say(self, message: dict[str, Any]) -> None:
        """Answer the request to open."""
        assert self._request is not None
        self._pipe.say({**message, "id": self._request.id})

    def _settings(self, tool: str) -> dict[str, Any]:
        """The settings of the procedure that was called; on a step's page it is done, ticked or not."""
        assert self._request is not None
        if tool in ("repair", "enhance", "colorize"):
            self._values.set_step(tool, True)
        return self._values.of(TOOLS[self._request.tool])

    def _hear(self, request: object) -> None:
        if isinstance(request, OpenRequest):
            self._request = request
            if self._left:
                self._say({"type": "cancelled"})
            elif self._begun:
                self._open(request)
        elif isinstance(request, Refused):
            self.desk.refused(request.text, request.ways, lambda way: self._give({**self._given, "way": way}))
        else:
            self.desk.settled()
            self.desk.remember()
            self._pipe.end()


def _load() -> None:
    from . import desk, engine, mistakes  # noqa: F401 - a step of its own
