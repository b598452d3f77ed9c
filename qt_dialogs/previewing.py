"""What is shown of what would come: the previews, what they found, and the remark in the photo's corner."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject

from core.tools import ENHANCE, Tool
from core.translation import _

from . import messages
from .enhance_preview import EnhancePreview
from .preview import Preview
from .values import Values
from .viewing import Viewing
from .window import Window
from .work import Work

if TYPE_CHECKING:
    from core.photo import Box, Photo

    from .canvas import Canvas
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
        self._repair: Preview | None = None
        self._enhance: EnhancePreview | None = None
        self._needs: Mapping[str, float] | None = None
        self._remark = ""
        values.changed.connect(self._value_changed)
        work.previewing.connect(self._show_waiting)
        work.previewed.connect(self._show_fill)
        work.enhanced.connect(self._show_enhanced)
        work.previewLost.connect(self._lost)

    def open(self, canvas: Canvas, marks: Marks, photo: Photo) -> None:
        """Preview on this canvas from here on."""
        self._canvas = canvas
        self._repair = Preview(self._work, self._values, canvas, marks, self._repair_wanted)
        self._enhance = EnhancePreview(self._work, self._values, canvas, photo, self._enhance_wanted)
        self._enhance.seen.connect(self._show_remark)
        self._know_needs(None)

    def turn(self) -> None:
        """Another page, or other steps on it."""
        for preview in (self._repair, self._enhance):
            if preview is not None:
                preview.turn()
        self._show_remark()

    def refresh(self) -> None:
        """What could not be asked for before, or was stopped by a run, is asked for."""
        if self._enhance is not None:
            self._enhance.refresh()

    def failed(self, again: bool) -> None:
        """The newest preview came to nothing; again: another one may go well though no setting changes."""
        self._remark = _("Out of date")
        self._show_remark()
        if self._repair is not None:
            self._repair.forget()
        if self._enhance is not None:
            self._enhance.failed(again)

    def _does(self, step: str) -> bool:
        return step in self._values.steps_of(self._window.panel.page)

    def _repair_wanted(self) -> bool:
        idle = not self._work.running and not self._work.detecting
        return self._does("repair") and idle and self._window.isVisible()

    def _enhance_wanted(self) -> bool:
        """Where the page repairs too, the repair is what is shown."""
        enhances = self._does("enhance") and not self._does("repair") and self._has_model(ENHANCE)
        return enhances and not self._work.running and self._window.isVisible()

    def _lost(self) -> None:
        for preview in (self._repair, self._enhance):
            if preview is not None:
                preview.lost()

    def _show_fill(self, fill: Any, box: Any) -> None:
        if self._canvas is not None and self._repair_wanted():
            self._canvas.set_result(fill, box)

    def _show_enhanced(self, samples: Any, part: Box, step: int, facts: Mapping[str, Any]) -> None:
        if self._enhance is not None and self._enhance_wanted():
            self._know_needs(facts["needs"])
            if facts["enhanced"]:
                self._window.message.take_back("no-need")
            self._enhance.take(samples, part, step)

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
        if not remark and self._enhance is not None and self._enhance.reduced:
            remark = _("Reduced preview: 1:1 shows the real result")
        elif not remark and self._does("repair") and self._does("enhance"):
            remark = _("Preview of the repair, without Enhance")
        self._window.photo.show_badge(remark)
