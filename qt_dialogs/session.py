"""`python -m qt_dialogs session`: the window that the plug-in starts. Speaks core.protocol on stdin and stdout.

A thread reads; when standard input ends the process ends at once, and its engine with it.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, pyqtSignal

from core import VERSION, jobfolder, places
from core.protocol import (
    LineBuffer,
    OpenRequest,
    Placed,
    ProtocolError,
    Refused,
    WindowRequest,
    decoded,
    encoded,
    hello,
    parsed_window_request,
)

from .application import application, speak
from .preferences import chosen_language

if TYPE_CHECKING:
    from .values import Values
    from .window import Window
    from .work import Result

PAGES = {
    "detect": ("detect",),
    "repair": ("repair", "detect"),
    "enhance": ("enhance",),
    "colorize": ("colorize",),
    "restore": ("restore", "detect", "repair", "enhance", "colorize"),
}
"""The pages for each procedure of GIMP: those whose settings and results it can take."""


def run() -> int:
    """Serve one opening until standard input ends or all is placed; never returns."""
    output = os.dup(1)
    os.dup2(2, 1)  # what a library prints does not break the protocol
    try:
        app = application()
        pipe = Pipe(output)
        pipe.say(hello(VERSION))
        request = pipe.first()
        speak(app, chosen_language() or request.language)  # before any text is translated
        show(request, pipe)
        app.exec()
    finally:
        os._exit(0)


class Pipe(QObject):
    """The plug-in's end: lines in by a thread, lines out."""

    heard = pyqtSignal(object)
    """A request after the first."""

    def __init__(self, output: int) -> None:
        super().__init__()
        self._output = output
        self._first: queue.SimpleQueue[OpenRequest] = queue.SimpleQueue()
        self._folder: Path | None = None
        self._is_open = False
        threading.Thread(target=self._read, daemon=True).start()

    def first(self) -> OpenRequest:
        """What is to be opened; waits for it."""
        return self._first.get()

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
            request: WindowRequest = parsed_window_request(message)
            if isinstance(request, OpenRequest):
                if self._is_open:
                    raise ProtocolError("A window opens one photo only.")
                if not jobfolder.is_one(Path(request.folder)):
                    raise ProtocolError("A folder that is no job's was sent.")
        except ProtocolError as error:
            self.say({"type": "failed", "id": number, "kind": "bug", "text": str(error)})
            return
        if isinstance(request, OpenRequest):
            self._is_open = True
            self._folder = Path(request.folder)
            self._first.put(request)
        else:
            self.heard.emit(request)


def show(request: OpenRequest, pipe: Pipe) -> None:
    """The window for what the plug-in asked for; work begins once it stands on the screen."""
    from core.tools import TOOLS

    from .values import Values
    from .window import Window

    places.data_folder().mkdir(parents=True, exist_ok=True)
    folder = Path(request.folder)
    jobfolder.hold(folder)
    values = Values()
    values.take(TOOLS[request.tool], request.settings)
    window = Window(verbs(request), values, False, request.tool)
    window.be_transient_for(int(request.parent or 0))
    window.show_name(request.title or request.photo.name)
    window.recall()

    hosts: list[Plugin] = []

    def load() -> None:
        from . import desk, engine, mistakes  # noqa: F401 - what is needed for work is loaded once the window stands

    def make() -> None:
        from . import messages
        from .mistakes import survive_mistakes

        host = Plugin(request, pipe, window, values)
        hosts.append(host)
        survive_mistakes(lambda text: host.desk.say(messages.failed(text)))

    def begin() -> None:
        from .desk import Opening

        hosts[0].desk.begin(Opening(folder, request.photo, window.name, request.tool, request.mask, request.hints))
        hosts[0].desk.introduce_once()

    window.when_painted(load, window.complete, make, begin)
    window.show()
    window.raise_()
    window.activateWindow()


def verbs(request: OpenRequest) -> dict[str, str]:
    """The pages for this request, and what the button `accept` says on each."""
    from core.translation import _

    every = {
        "detect": _("Add Mask"),
        "repair": _("Repair"),
        "enhance": _("Enhance"),
        "colorize": _("Colorize"),
        "restore": _("Restore"),
    }
    if request.mask and request.mask_name:
        every["detect"] = _("Update Mask")
    return {tool: every[tool] for tool in PAGES[request.tool]}


class Plugin(QObject):
    """The host at the other end of the pipe. See host.Host."""

    alone = False

    def __init__(self, request: OpenRequest, pipe: Pipe, window: Window, values: Values) -> None:
        from .desk import Desk
        from .engine import Engine

        super().__init__(window)
        self._request, self._pipe, self._values = request, pipe, values
        self.desk = Desk(window, values, Engine(window), self)
        self._given: dict[str, Any] = {}
        pipe.heard.connect(self._hear)

    def before_run(self, tool: str, run: Callable[[], None]) -> None:
        run()

    def progress(self, fraction: float | None, text: str) -> None:
        self._pipe.say(
            {"type": "progress", "id": self._request.id, "fraction": round(fraction or 0.0, 4), "text": text}
        )

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
        self._give({"type": "cancelled"})

    def broken(self, kind: str, text: str) -> None:
        self.desk.window.hide()
        self._pipe.say({"type": "failed", "id": self._request.id, "kind": kind, "text": text})

    def _settings(self, tool: str) -> dict[str, Any]:
        """The settings of the procedure that was called; on a step's page it is done, ticked or not."""
        from core.tools import TOOLS

        if tool in ("repair", "enhance", "colorize"):
            self._values.set_step(tool, True)
        return self._values.of(TOOLS[self._request.tool])

    def _kept(self, files: Mapping[str, str]) -> dict[str, str]:
        """The files of a result, under names that later previews do not take."""
        kept = {}
        for result, name in files.items():
            kept[result] = name if result in ("mask", "hints") else f"given-{name}"
            (Path(self._request.folder) / name).replace(Path(self._request.folder) / kept[result])
        return kept

    def _give(self, message: dict[str, Any]) -> None:
        """Say what was decided; the window hides until it is placed."""
        self._given = message
        self.desk.window.hide()
        self._pipe.say({"id": self._request.id, **message})

    def _hear(self, request: Placed | Refused) -> None:
        if isinstance(request, Refused):
            self.desk.refused(request.text, request.ways, lambda way: self._give({**self._given, "way": way}))
        else:
            self.desk.settled()
            self.desk.remember()
            self._pipe.end()
