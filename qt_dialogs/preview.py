"""When the preview of the fill is computed anew: a moment after the last change, and only where something changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QTimer

from core.tools import REPAIR

from .values import Values
from .work import Work

if TYPE_CHECKING:
    from core.photo import Box

    from .canvas import Canvas
    from .marks import Marks

DELAY = 150
"""Milliseconds after the last change."""
WHOLE_BELOW = 0.5
"""Below this scale the whole photo is filled: what is seen is most of it."""


class Preview(QObject):
    """Asks for the visible part at scale >= WHOLE_BELOW, else for the whole photo. Old pictures stay until then."""

    def __init__(self, work: Work, values: Values, canvas: Canvas, marks: Marks, is_wanted: Callable[[], bool]) -> None:
        super().__init__(canvas)
        self._work, self._values, self._canvas, self._marks = work, values, canvas, marks
        self._is_wanted = is_wanted
        self._change = 0  # counts what changes the fill
        self._covered: tuple[int, Box] | None = None  # what the newest preview asked for answers
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(DELAY)
        self._delay.timeout.connect(self._ask)
        canvas.viewChanged.connect(self._delay.start)
        canvas.strokeFinished.connect(self.changed)
        marks.changed.connect(self.changed)
        marks.settled.connect(self.changed)
        marks.hand.stepsChanged.connect(self.changed)
        values.changed.connect(self._value_changed)

    def changed(self) -> None:
        """The fill would come out otherwise now."""
        self._change += 1
        self._delay.start()

    def turn(self) -> None:
        """Another page: show the preview, or hide it where it is not wanted."""
        self._covered = None
        if self._is_wanted():
            self._delay.start(0)
        else:
            self._delay.stop()
            self._work.stop_preview()
            self._canvas.set_result(None, None)

    def lost(self) -> None:
        """The newest preview gave way to something more urgent: ask again."""
        self._covered = None
        self._delay.start(DELAY)

    def forget(self) -> None:
        """The newest preview came to nothing: ask again after the next change of the view too."""
        self._covered = None

    def _value_changed(self, key: str) -> None:
        if key.startswith("repair-"):
            self.changed()

    def _ask(self) -> None:
        if not self._is_wanted() or self._marks.hand.painting or self._marks.pending:
            return  # what is under way ends with a change
        whole = self._marks.box
        visible = self._canvas.visible_box()
        part = visible if self._canvas.scale >= WHOLE_BELOW and visible.area else whole
        if self._covered and self._covered[0] == self._change and _holds(self._covered[1], part):
            return
        self._covered = (self._change, part)
        self._work.preview(None if part == whole else part, self._values.for_engine(REPAIR))


def _holds(outer: Box, inner: Box) -> bool:
    return (
        outer.left <= inner.left
        and outer.top <= inner.top
        and outer.right >= inner.right
        and outer.bottom >= inner.bottom
    )
