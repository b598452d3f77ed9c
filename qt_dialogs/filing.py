"""The window without GIMP: opens files, and saves results to new ones."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject, Qt
from PyQt6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from core import jobfolder, places
from core.protocol import PhotoFiles, parsed_photo
from core.tools import RESTORE
from core.translation import _

from . import memory, messages
from .desk import Desk, Opening
from .engine import Answer, Engine
from .file_dialog import MASKS, PICTURES, ask_file
from .plan import WITHOUT_MASK
from .saving import save
from .values import Values
from .window import Window
from .work import Result


class Alone(QObject):
    """The host where there is none. See host.Host."""

    alone = True

    def __init__(self, window: Window, values: Values) -> None:
        super().__init__(window)
        self.window, self.values = window, values
        self.engine = Engine(window)
        self.desk = Desk(window, values, self.engine, self)
        self._path: Path | None = None
        self._folder: Path | None = None
        self._target: Path | None = None
        window.dropped.connect(self.open)
        self._fill_menu()

    def begin(self, path: Path | None) -> None:
        """Open this photo, or invite to open one."""
        if path is None:
            self.window.photo.fill(Invitation(self.ask_photo))
        self.desk.begin(None)
        if path is not None:
            self._load(path)

    # opening

    def ask_photo(self) -> None:
        folder = str(self._path.parent) if self._path else ""
        ask_file(
            self.window,
            _("Open a Photo"),
            folder,
            _("Photos ({patterns})").format(patterns=PICTURES),
            self.open,
            saves=False,
        )

    def open(self, path: str) -> None:
        """Open another photo; where hand edits would be lost it asks first."""
        self.desk.ask_about_work(lambda: self._load(Path(path)))

    def _load(self, path: Path) -> None:
        if self.desk.work.busy:
            self.desk.work.stop()
        self.window.show_name(path.name)
        folder = jobfolder.create(places.jobs_folder())
        lock = jobfolder.hold(folder)
        self.window.progress.show_progress(None, _("Opening the photo"))

        def came(answer: Answer) -> None:
            if answer.kind != "done":
                os.close(lock)
                jobfolder.remove(folder)
                self.window.show_name(self.desk.job.name if self.desk.job else "")
                self.window.progress.rest(_("Ready"))
                if answer.kind == "failed":
                    self.desk.say(messages.failed(answer.text))
                return
            if self._folder is not None:
                jobfolder.remove(self._folder)
            self._path, self._folder = path, folder
            files = parsed_photo(answer.message["photo"])
            self.desk.open(Opening(folder, files, path.name, self.window.panel.page, path=path))

        self.engine.ask("load", {"type": "load", "folder": str(folder), "path": str(path)}, came, self._progress)

    # results

    def before_run(self, tool: str, run: Callable[[], None]) -> None:
        """Ask for the new file's name first, so that nothing is asked after a long run."""
        assert self._path
        steps = self.values.steps_of(tool)
        if steps == ["detect"]:
            title, kind, patterns = _("Save the Mask"), _("{name} mask.png"), MASKS
        else:
            names = {"repair": _("{name} repaired.png"), "enhance": _("{name} enhanced.png")}
            names = {"colorize": _("{name} coloured.png"), **names}
            kind = next(name for step, name in names.items() if step in steps)
            title, patterns = _("Save the Photo"), PICTURES

        self._ask_target(title, kind, patterns, run)

    def _ask_target(self, title: str, kind: str, patterns: str, then: Callable[[], None]) -> None:
        """Ask for the new file; kind: what it may be called beside the photo."""
        assert self._path

        def chosen(path: str) -> None:
            self._target = Path(path)
            then()

        ask_file(
            self.window,
            title,
            str(self._path.with_name(kind.format(name=self._path.stem))),
            _("Pictures ({patterns})").format(patterns=patterns),
            chosen,
            saves=True,
        )

    def progress(self, fraction: float | None, text: str) -> None:
        return None  # the window shows it

    def done(self, tool: str, result: Result) -> None:
        steps = self.values.steps_of(tool)
        saved = result.files["mask" if steps == ["detect"] else "photo"]

        def clean() -> None:
            if not set(steps) <= WITHOUT_MASK:
                self._clean()
            if "colorize" in steps and self.desk.dabs is not None:
                self.desk.dabs.mark_clean()

        self._save_as_asked(saved, clean)

    def keep(self, files: dict[str, str]) -> None:
        """Save the mask or the hints, then close, unless there is something else that nobody kept."""
        if "mask" in files:

            def marked() -> None:
                self._clean()
                self.desk.leave()

            self.before_run("detect", lambda: self._save_as_asked(files["mask"], marked))
        elif "hints" in files:
            hints = files["hints"]

            def hinted() -> None:
                if self.desk.dabs is not None:
                    self.desk.dabs.mark_clean()
                self.desk.leave()

            self._ask_target(
                _("Save the Hints"),
                _("{name} hints.png"),
                MASKS,
                lambda: self._save_as_asked(hints, hinted, PhotoFiles(hints, True)),
            )

    def left(self) -> None:
        from PyQt6.QtWidgets import QApplication

        memory.remember(settings=self.values.of(RESTORE), page=self.window.panel.page)
        self.window.hide()
        QApplication.quit()

    def broken(self, kind: str, text: str) -> None:
        self.desk.say(messages.failed(text))

    def clean_up(self) -> None:
        self.engine.close()
        if self._folder is not None:
            jobfolder.remove(self._folder)

    def _save_as_asked(self, samples: str, then: Callable[[], None], photo: PhotoFiles | None = None) -> None:
        assert self._target
        save(self.desk, samples, self._target, then, photo)

    def _clean(self) -> None:
        if self.desk.marks is not None:
            self.desk.marks.hand.mark_clean()

    def _progress(self, fraction: float, text: str) -> None:
        self.window.progress.show_progress(fraction, text)

    # the rest

    def _fill_menu(self) -> None:
        for text, keys, do in (
            (_("Open…"), "Ctrl+O", self.ask_photo),
            (_("Save…"), "Ctrl+S", self.desk.accept),
        ):
            self.window.add_action(text, keys, do)


class Invitation(QWidget):
    """What an empty window shows: a button to open a photo."""

    def __init__(self, ask: Callable[[], None]) -> None:
        super().__init__()
        button = QPushButton(_("Open a Photo…"))
        button.setObjectName("open")
        button.setAutoDefault(False)
        button.setMinimumSize(200, 48)
        button.clicked.connect(ask)
        hint = QLabel(_("or drop a picture here"))
        hint.setStyleSheet("color: white;")
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        layout.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(hint, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)
