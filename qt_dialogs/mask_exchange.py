"""Masks into files, and out of them: two entries of the menu, on every page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QStandardPaths

from core.translation import _

from . import memory, messages
from .background import Background
from .engine import Answer
from .file_dialog import MASKS, PICTURES, ask_file
from .mistakes import told
from .saving import save
from .work import MASK, Job

if TYPE_CHECKING:
    from core.photo import Mask

    from .desk import Desk


class MaskExchange(QObject):
    """Saves the mask as it is, and takes masks as the hand's work."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk, self._background = desk, Background(self)
        self._actions = [
            desk.window.add_action(_("Save Mask…"), "", self._ask_where_to),
            desk.window.add_action(_("Load Mask…"), "", self._ask_which),
        ]

    def enable(self, enabled: bool) -> None:
        """Whether there is a mask that may be saved or changed."""
        for action in self._actions:
            action.setEnabled(enabled)

    def _folder(self) -> Path:
        """That of the photo's file where it is known, else the last one, else that of pictures."""
        job = self._desk.job
        if job is not None and job.path is not None:
            return job.path.parent
        last = memory.recall().get("mask_folder")
        if isinstance(last, str) and Path(last).is_dir():
            return Path(last)
        return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation))

    def _ask_where_to(self) -> None:
        job = self._desk.job
        if job is not None:
            name = _("{name} mask.png").format(name=Path(job.files.name).stem or job.name.partition(":")[0])
            patterns = _("Pictures ({patterns})").format(patterns=MASKS)
            start = str(self._folder() / name)
            ask_file(self._desk.window, _("Save the Mask"), start, patterns, self._save, saves=True)

    def _save(self, path: str) -> None:
        desk = self._desk

        def saved() -> None:
            if desk.marks is not None:
                desk.marks.hand.mark_clean()

        memory.remember(mask_folder=str(Path(path).parent))
        desk.work.write_mask(lambda: save(desk, MASK, Path(path), saved))

    def _ask_which(self) -> None:
        if self._desk.job is not None:
            patterns = _("Masks ({patterns})").format(patterns=PICTURES)
            ask_file(self._desk.window, _("Load a Mask"), str(self._folder()), patterns, self._load, saves=False)

    def _load(self, path: str) -> None:
        job = self._desk.job
        if job is None:
            return
        memory.remember(mask_folder=str(Path(path).parent))
        request = {
            "type": "load-mask",
            "folder": str(job.folder),
            "path": path,
            "size": [job.photo.width, job.photo.height],
        }
        progress = self._desk.window.progress
        self._desk.engine.ask("load", request, lambda answer: self._loaded(job, answer), progress.show_progress)

    def _loaded(self, job: Job, answer: Answer) -> None:
        """The mask joins the hand's work."""
        desk = self._desk
        desk.window.progress.rest(_("Ready"))
        if answer.kind == "failed":
            desk.say(messages.failed(answer.text))
        elif answer.kind == "done" and job is desk.job and desk.marks is not None:
            marks = desk.marks

            def read() -> Mask:
                from core import handoff

                return handoff.read_mask(job.folder, answer.files["mask"], job.photo)

            self._background.run(read, marks.hand.import_mask, lambda error: desk.say(messages.failed(told(error)[1])))
