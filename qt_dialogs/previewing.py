"""What is shown of what would come: the previews, what they found, and the remark in the photo's corner."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject

from core.tools import COLORIZE, ENHANCE, REPAIR, Tool
from core.translation import _

from . import messages
from .part_preview import PartPreview
from .values import Values
from .viewing import Viewing
from .window import Window
from .work import Work

if TYPE_CHECKING:
    from core.photo import Box, Photo

    from .canvas import Canvas
    from .dabs import Dabs
    from .marks import Marks

MEASURING = {"enhance-model", "enhance-encoder", "enhance-decoder"}
"""The settings that decide what is found of noise, blur and fading."""


class Previewing(QObject):
    """The preview that the page wants, of the photo that is open."""

    def __init__(
        self, window: Window, values: Values, work: Work, viewing: Viewing, has_model: Callable[[Tool], bool]
    ) -> None:
        """has_model: whether the model that is chosen for a tool is there."""
        super().__init__(window)
        self._window, self._values, self._work, self._viewing = window, values, work, viewing
        self._has_model = has_model
        self._canvas: Canvas | None = None
        self._part: PartPreview | None = None
        self._notes: list[str] = []
        self._needs: Mapping[str, float] | None = None
        self._remark = ""
        values.changed.connect(self._value_changed)
        work.previewing.connect(self._show_waiting)
        work.partPreviewed.connect(self._show_part)
        work.previewLost.connect(self._lost)

    def open(self, canvas: Canvas, marks: Marks, photo: Photo, dabs: Dabs) -> None:
        """Preview on this canvas from here on."""
        self._canvas = canvas
        self._part = PartPreview(self._work, self._values, canvas, photo, marks, dabs, self._part_wanted)
        self._part.seen.connect(self._show_remark)
        self._know_needs(None)
        self._show_notes([])

    def turn(self) -> None:
        """Another page, or other steps on it."""
        if self._part is not None:
            self._part.turn()
        self._show_notes([])
        self._show_remark()

    def refresh(self) -> None:
        """What could not be asked for before, or was stopped by a run, is asked for."""
        if self._part is not None:
            self._part.refresh()

    def failed(self, again: bool) -> None:
        """The newest preview came to nothing; again: another one may go well though no setting changes."""
        self._remark = _("Out of date")
        self._show_remark()
        if self._part is not None:
            self._part.failed(again)

    def _does(self, step: str) -> bool:
        return step in self._values.steps_of(self._window.panel.page)

    def _part_wanted(self) -> Tool | None:
        """The tool whose preview is shown: of several steps the first one."""
        if self._work.running or not self._window.isVisible():
            return None
        tool = next((tool for tool in (REPAIR, ENHANCE, COLORIZE) if self._does(tool.name)), None)
        if tool is REPAIR:
            return None if self._work.detecting else tool
        return tool if tool is not None and self._has_model(tool) else None

    def _lost(self) -> None:
        if self._part is not None:
            self._part.lost()

    def _show_part(self, samples: Any, part: Box, step: int, facts: Mapping[str, Any]) -> None:
        if self._part is None or self._part_wanted() is None:
            return
        if "needs" in facts:
            self._know_needs(facts["needs"])
            if facts["enhanced"]:
                self._window.message.take_back("no-need")
        self._show_notes([str(note) for note in facts.get("notes", [])])
        self._part.take(samples, part, step)

    def _show_notes(self, notes: list[str]) -> None:
        """What the engine remarks on the preview; it is said once, and taken back when it is no longer true."""
        if notes == self._notes:
            return
        if self._notes:
            self._window.message.take_back("notes")
        self._notes = notes
        if notes:
            self._window.message.say(messages.notes(notes))

    def _value_changed(self, key: str) -> None:
        if key in MEASURING:
            self._know_needs(None)

    def _know_needs(self, needs: Mapping[str, float] | None) -> None:
        """What the photo needs; where that is nothing, it is said once."""
        if needs == self._needs:
            return
        self._needs = needs
        self._window.panel.show_needs(needs)
        if needs is not None and not any(needs.values()):
            self._window.message.say(messages.no_need())
        else:
            self._window.message.take_back("no-need")

    def _show_waiting(self, waiting: bool) -> None:
        self._remark = _("Updating…") if waiting else ""
        self._show_remark()
        if not waiting:
            self._viewing.hide_painted()

    def _show_remark(self) -> None:
        """How current the preview is, else what it does not show."""
        remark = self._remark
        shown = [step for step in ("repair", "enhance", "colorize") if self._does(step)]
        if not remark and len(shown) > 1:
            remark = {
                "repair, enhance": _("Preview of the repair, without Enhance"),
                "repair, colorize": _("Preview of the repair, without Colorize"),
                "enhance, colorize": _("Preview of Enhance, without Colorize"),
                "repair, enhance, colorize": _("Preview of the repair, without Enhance and Colorize"),
            }[", ".join(shown)]
        elif not remark and self._part is not None and self._part.reduced:
            remark = _("Reduced preview: 1:1 shows the real result")
        self._window.photo.show_badge(remark)
