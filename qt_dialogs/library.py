"""The page Models at work: it is opened and closed, and the engine adds, checks and removes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtWidgets import QFileDialog

from core import places
from core.translation import _

from .accesskeys import AccessKeys, letter_of
from .engine import Answer
from .pages.models import ModelsPage
from .panel import page_name
from .window import Window
from .work import Work


class Library(QObject):
    """Shows the page over photo and panel. What the engine told last is shown at once, and then checked."""

    opened = pyqtSignal(bool)
    """Whether the page is shown now."""
    changed = pyqtSignal(str, str, bool)
    """A tool's model of this name is another one now; whether it was added."""

    def __init__(self, window: Window, work: Work, parent: QObject) -> None:
        super().__init__(parent)
        self._window, self._work = window, work
        self._models: list[dict[str, Any]] = []
        self._page: ModelsPage | None = None
        self._open = False

    @property
    def is_open(self) -> bool:
        return self._open

    @property
    def page(self) -> ModelsPage:
        """The page; made when it is needed first."""
        if self._page is None:
            self._page = page = ModelsPage(self._letters())
            page.addAsked.connect(self._ask_file)
            page.folderAsked.connect(self._ask_folder)
            page.folderForgotten.connect(lambda: self._ask({"folder": ""}, lambda facts: ""))
            page.checkAsked.connect(self._check)
            page.removeAsked.connect(self._remove)
            page.backAsked.connect(self.close)
            page.show_models(self._models)
        return self._page

    def know(self, models: list[dict[str, Any]]) -> None:
        """What the engine told about the models."""
        self._models = models
        if self._page is not None:
            self._page.show_models(models)

    def show(self, tool: str = "", name: str = "") -> None:
        """Show the page, at this model's card where one is named, and check the files."""
        page = self.page
        page.say("")
        page.choose(tool, name)
        self._open = True
        self._window.cover(page, True)
        self.opened.emit(True)
        page.list.setFocus()
        self._ask({}, lambda facts: " ".join(str(problem) for problem in facts.get("problems", [])))

    def close(self) -> None:
        """Back to the photo."""
        if self._open:
            self._open = False
            self._window.cover(self.page, False)
            self.opened.emit(False)

    def _check(self) -> None:
        def said(facts: Mapping[str, Any]) -> str:
            damaged = [str(model["title"]) for model in facts["models"] if model["problem"]]
            problems = [str(problem) for problem in facts.get("problems", [])]
            if damaged:
                problems.insert(0, _("Damaged: {names}.").format(names=", ".join(damaged)))
            return " ".join(problems) or _("All models are whole.")

        self._ask({}, said)

    def _add(self, path: str) -> None:
        def said(facts: Mapping[str, Any]) -> str:
            tool, name = facts["added"]
            self.changed.emit(tool, name, True)
            self.page.choose(tool, name)
            title = self._title(tool, name)
            return _("“{title}” was added; it is chosen for {tool}.").format(title=title, tool=page_name(tool))

        self._ask({"add": path}, said)

    def _remove(self, tool: str, name: str) -> None:
        title = self._title(tool, name)

        def said(facts: Mapping[str, Any]) -> str:
            self.changed.emit(tool, name, False)
            kept = _("“{title}” was removed. Its files are in the folder models/removed of Daguerre's data folder.")
            return kept.format(title=title)

        self._ask({"remove": [tool, name]}, said)

    def _title(self, tool: str, name: str) -> str:
        found = (str(model["title"]) for model in self._models if (model["tool"], model["name"]) == (tool, name))
        return next(found, name)

    def _ask(self, change: dict[str, Any], said: Callable[[Mapping[str, Any]], str]) -> None:
        """Ask the engine for the models, checked, after a change; said: what to say of its answer's facts."""
        page = self.page

        def answered(answer: Answer) -> None:
            page.set_busy(False)
            if answer.kind == "done":
                page.show_folder(str(answer.facts.get("folder", "")))
                page.say(said(answer.facts))
            elif answer.kind == "failed":
                page.say(answer.text or _("The computation ended by itself; try it again."))

        page.set_busy(True)
        page.say(_("Checking…"))
        self._work.ask_models({"check": True, **change}, answered)

    def _ask_file(self) -> None:
        patterns = _("Models ({patterns})").format(patterns="*.safetensors *.toml")
        everything = _("All files")
        dialog = QFileDialog(self._window, _("Add a Model"), "", f"{patterns};;{everything} (*)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._open_dialog(dialog, self._add)

    def _ask_folder(self) -> None:
        dialog = QFileDialog(self._window, _("Search a Folder for Models"), str(places.other_models_folder() or ""))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        self._open_dialog(dialog, lambda path: self._ask({"folder": path}, lambda facts: _found(facts)))

    def _open_dialog(self, dialog: QFileDialog, chosen: Callable[[str], None]) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(chosen)
        dialog.open()

    def _letters(self) -> AccessKeys:
        """The letters that the buttons below the page leave."""
        buttons = self._window.buttons
        texts = [buttons.help.text(), buttons.cancel.text(), *self._window.panel.verbs.values()]
        return AccessKeys("".join(map(letter_of, texts)))


def _found(facts: Mapping[str, Any]) -> str:
    """What a folder had, in a sentence."""
    problems = [str(problem) for problem in facts.get("problems", [])]
    if not any(model["origin"] == "folder" for model in facts["models"]):
        problems.append(_("There is no model in this folder that could be used."))
    return " ".join(problems)
