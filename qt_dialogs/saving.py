"""Saves what lies in a job's folder as a picture's file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core.protocol import PhotoFiles, photo_fields
from core.translation import _

from . import messages
from .engine import Answer

if TYPE_CHECKING:
    from .desk import Desk


def save(desk: Desk, samples: str, path: Path, then: Callable[[], None], photo: PhotoFiles | None = None) -> None:
    """Write samples to a file, then call `then`; photo: what they belong to, the one that is open where None."""
    assert desk.job
    request = {
        "type": "save",
        "folder": str(desk.job.folder),
        "photo": photo_fields(photo or desk.job.files),
        "samples": samples,
        "path": str(path),
        "overwrite": True,  # the file dialog has asked
    }

    def answered(answer: Answer) -> None:
        desk.window.progress.rest(_("Ready"))
        if answer.kind == "done":
            desk.say(messages.saved(path.name))
            then()
        elif answer.kind == "failed":
            desk.say(messages.failed(answer.text))

    desk.window.progress.show_progress(None, _("Saving"))
    desk.engine.ask("save", request, answered, desk.window.progress.show_progress)
