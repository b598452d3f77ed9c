"""When the preview of the changed photo is computed anew: what is on the screen, as fine as that shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from core.photo import Box, Photo
from core.tools import Tool

from .values import Values
from .work import Work

if TYPE_CHECKING:
    from .canvas import Canvas
    from .dabs import Dabs
    from .marks import Marks

DELAY = 60
"""Milliseconds after the last change."""
MARGIN = 48
"""Pixels of the preview on each side of what is on the screen."""


class PartPreview(QObject):
    """Asks for the visible part, reduced by a whole number where the photo is zoomed out. Old pictures stay until the
    new one is there, and what was computed with the same settings and hints is used again.
    """

    seen = pyqtSignal()
    """What the preview shows of the visible part may be of another kind now; see `reduced`."""

    def __init__(
        self,
        work: Work,
        values: Values,
        canvas: Canvas,
        photo: Photo,
        marks: Marks,
        dabs: Dabs,
        wanted: Callable[[], Tool | None],
    ) -> None:
        """wanted: the tool whose result is to be seen now, if any."""
        super().__init__(canvas)
        self._work, self._values, self._canvas, self._photo = work, values, canvas, photo
        self._marks, self._dabs = marks, dabs
        self._wanted = wanted
        self._tool: Tool | None = None  # whose result is on the canvas, or will be
        self._hints = dabs.state
        self._generation = 1  # counts what changes the result; the canvas begins with another one
        self._asked: tuple[int, Box, int] | None = None  # what the engine works on: generation, part, step
        self._failed = 0  # the generation that came to nothing
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.timeout.connect(self._ask)
        canvas.viewChanged.connect(self.refresh)
        canvas.resultShown.connect(self.seen)
        values.changed.connect(self._value_changed)
        dabs.stepsChanged.connect(self._hints_changed)
        for changed in (canvas.strokeFinished, marks.changed, marks.settled, marks.hand.stepsChanged):
            changed.connect(self._mask_changed)

    @property
    def reduced(self) -> bool:
        """Whether what is seen was computed from the reduced photo."""
        steps = self._steps_seen(self._canvas.generation)
        return self._wanted() is not None and bool(steps) and min(steps) > 1

    def turn(self) -> None:
        """Another page or other steps: show the preview, or hide it where it is not wanted."""
        self._generation += 1
        tool = self._wanted()
        if tool is None or (self._tool is not None and tool is not self._tool):
            self._delay.stop()
            self._work.stop_preview()
            self._canvas.drop_result()
        if tool is not None:
            self._delay.start(0)
        self._tool = tool

    def refresh(self) -> None:
        """Look, in a moment, whether anything that is seen is not there yet."""
        self._delay.start(DELAY)

    def take(self, samples: Any, part: Box, step: int) -> None:
        """Show what the engine made; None: there is nothing to be made."""
        if self._asked is not None:
            generation, self._asked = self._asked[0], None
            if samples is None:
                self._canvas.drop_result()
            else:
                self._canvas.add_part(samples, part, step, generation)

    def lost(self) -> None:
        """The newest preview gave way to something more urgent: ask again."""
        self._asked = None
        self.refresh()

    def failed(self, again: bool) -> None:
        """The newest preview came to nothing; again: another one may go well though no setting changes."""
        self._asked = None
        self._failed = 0 if again else self._generation

    def _value_changed(self, key: str) -> None:
        tool = self._wanted()
        if tool is not None and key.startswith(f"{tool.name}-"):
            self._generation += 1
            self.refresh()

    def _mask_changed(self) -> None:
        tool = self._wanted()
        if tool is not None and tool.takes_mask:
            self._generation += 1
            self.refresh()

    def _hints_changed(self) -> None:
        tool = self._wanted()
        if self._hints != self._dabs.state:
            self._hints = self._dabs.state
            if tool is not None and tool.takes_hints:
                self._generation += 1
        if tool is not None and tool.takes_hints:
            self._delay.start(0)

    def _ask(self) -> None:
        tool = self._wanted()
        visible, step = self._canvas.visible_box(), self._canvas.step
        if tool is None or not visible.area or self._failed == self._generation:
            return
        if self._dabs.painting or (tool.takes_mask and (self._marks.hand.painting or self._marks.pending)):
            return  # what is under way ends with a change
        asked = self._asked if self._work.previews else None
        if asked and asked[0] == self._generation and asked[2] <= step and _holds(asked[1], visible):
            return
        if any(fine <= step for fine in self._steps_seen(self._generation)):
            if asked:
                self._work.stop_preview()
            self.seen.emit()
            return
        part = _aligned(visible.grown(MARGIN * step, self._photo.height, self._photo.width), step)
        self._asked, self._tool = (self._generation, part, step), tool
        self._work.preview_part(tool, part, step, self._values.for_engine(tool))

    def _steps_seen(self, generation: int) -> list[int]:
        """The steps of the parts of this generation on the canvas that hold all that is visible."""
        visible = self._canvas.visible_box()
        return [step for part, step in self._canvas.parts(generation) if _holds(part, visible)]


def _holds(outer: Box, inner: Box) -> bool:
    return outer.common(inner) == inner


def _aligned(box: Box, step: int) -> Box:
    """The box with left and top at multiples of the step."""
    return Box(box.left // step * step, box.top // step * step, box.right, box.bottom)
