"""When the preview of the enhanced photo is computed anew: what is on the screen, as fine as the screen shows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from core.photo import Box, Photo
from core.tools import ENHANCE

from .values import Values
from .work import Work

if TYPE_CHECKING:
    from .canvas import Canvas

DELAY = 120
"""Milliseconds after the last change."""
MARGIN = 48
"""Pixels of the preview on each side of what is on the screen."""


class EnhancePreview(QObject):
    """Asks for the visible part, reduced by a whole number where the photo is zoomed out. Old pictures stay until the
    new one is there, and what was computed with the same settings is used again.
    """

    seen = pyqtSignal()
    """What the preview shows of the visible part may be of another kind now; see `reduced`."""

    def __init__(self, work: Work, values: Values, canvas: Canvas, photo: Photo, is_wanted: Callable[[], bool]) -> None:
        super().__init__(canvas)
        self._work, self._values, self._canvas, self._photo = work, values, canvas, photo
        self._is_wanted = is_wanted
        self._generation = 1  # counts what changes the result; the canvas begins with another one
        self._asked: tuple[int, Box, int] | None = None  # what the engine works on: generation, part, step
        self._failed = 0  # the generation that came to nothing
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.timeout.connect(self._ask)
        canvas.viewChanged.connect(self.refresh)
        canvas.resultShown.connect(self.seen)
        values.changed.connect(self._value_changed)

    @property
    def reduced(self) -> bool:
        """Whether what is seen was computed from the reduced photo."""
        steps = self._steps_seen(self._canvas.generation)
        return self._is_wanted() and bool(steps) and min(steps) > 1

    def turn(self) -> None:
        """Another page or other steps: show the preview, or hide it where it is not wanted."""
        self._generation += 1
        if self._is_wanted():
            self._delay.start(0)
        else:
            self._delay.stop()
            self._work.stop_preview()
            self._canvas.set_result(None, None)

    def refresh(self) -> None:
        """Look, in a moment, whether anything that is seen is not there yet."""
        self._delay.start(DELAY)

    def take(self, samples: Any, part: Box, step: int) -> None:
        """Show what the engine made."""
        if self._asked is not None:
            generation, self._asked = self._asked[0], None
            self._canvas.add_enhanced(samples, part, step, generation)

    def lost(self) -> None:
        """The newest preview gave way to something more urgent: ask again."""
        self._asked = None
        self.refresh()

    def failed(self, again: bool) -> None:
        """The newest preview came to nothing; again: another one may go well though no setting changes."""
        self._asked = None
        self._failed = 0 if again else self._generation

    def _value_changed(self, key: str) -> None:
        if key.startswith("enhance-"):
            self._generation += 1
            self.refresh()

    def _ask(self) -> None:
        visible, step = self._canvas.visible_box(), self._canvas.step
        if not self._is_wanted() or not visible.area or self._failed == self._generation:
            return
        asked = self._asked if self._work.previews else None
        if asked and asked[0] == self._generation and asked[2] <= step and _holds(asked[1], visible):
            return
        if any(fine <= step for fine in self._steps_seen(self._generation)):
            if asked:
                self._work.stop_preview()
            self.seen.emit()
            return
        part = _aligned(visible.grown(MARGIN * step, self._photo.height, self._photo.width), step)
        self._asked = (self._generation, part, step)
        self._work.preview_enhanced(part, step, self._values.for_engine(ENHANCE))

    def _steps_seen(self, generation: int) -> list[int]:
        """The steps of the parts of this generation on the canvas that hold all that is visible."""
        visible = self._canvas.visible_box()
        return [step for part, step in self._canvas.enhanced_parts(generation) if _holds(part, visible)]


def _holds(outer: Box, inner: Box) -> bool:
    return outer.common(inner) == inner


def _aligned(box: Box, step: int) -> Box:
    """The box with left and top at multiples of the step."""
    return Box(box.left // step * step, box.top // step * step, box.right, box.bottom)
