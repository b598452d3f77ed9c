"""The tools that only a mask has: a straight line, a lasso, and the trace of a line that is in the photo."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QKeyEvent, QPainter

from . import outlines
from .gestures import CONTROL, NEAR, Gesture, reach
from .outlines import Lasso, Line
from .photo_view import PhotoView
from .strokes import Place
from .tracer import Tracer

LINE, TRACE, LASSO = "line", "trace", "lasso"
OUTLINES = (LINE, TRACE, LASSO)
LEAST_REACH, MOST_REACH = 3.0, 32.0
"""Pixels of the photo between which that stays in which a line is looked for."""


class Drawing(Gesture):
    """Draws an outline, which stays open until it is finished: a lasso goes on through many presses."""

    def __init__(self, canvas: PhotoView, finished: Callable[[], None], missed: Callable[[], None]) -> None:
        super().__init__(canvas)
        self._finished, self._missed = finished, missed
        self.tool = LINE
        self.diameter = 20.0
        """Of the line, pixels of the photo."""
        self.erases = False
        """Whether what is drawn now would be taken away even without Control."""
        self.outline: Line | Lasso | None = None
        """What is being drawn."""
        self._leaving: Line | Lasso | None = None
        self._tracer: Tracer | None = None
        self._drags = False

    @property
    def shown(self) -> Line | Lasso | None:
        """What is being drawn, or what was drawn last, as long as the mark that it became cannot be seen yet."""
        marks = self._canvas.marks
        if marks is None or not (marks.hand.painting or marks.pending):
            self._leaving = None
        return self.outline or self._leaving

    @property
    def tracer(self) -> Tracer | None:
        """What follows lines, once there is a photo and its marks."""
        photo, marks = self._canvas.photo, self._canvas.marks
        if self._tracer is None and photo is not None and marks is not None:
            self._tracer = Tracer(photo, marks.hand, self._canvas)
            self._tracer.marked.connect(self._finished)
            self._tracer.missed.connect(self._missed)
        return self._tracer

    def stop_tracing(self) -> None:
        """What is being looked for is not wanted any more."""
        if self._tracer is not None:
            self._tracer.stop()

    def forget_tracer(self) -> None:
        """Another photo, or other marks, are to come."""
        self.drop()
        self._leaving = None
        if self._tracer is not None:
            self._tracer.stop()
            self._tracer.deleteLater()
            self._tracer = None

    def press(self, place: QPointF, held: Qt.KeyboardModifier) -> bool:
        super().press(place, held)
        erases, at = self.erases or bool(held & CONTROL), self._place(place)
        if self.tool == TRACE:
            if self.tracer is not None:
                self.tracer.trace(*at, min(max(reach(self._canvas), LEAST_REACH), MOST_REACH), erases)
            return False
        if self.tool == LINE:
            self.outline = Line(at, at, self.diameter, erases)
        elif not isinstance(self.outline, Lasso):
            self.outline = Lasso(erases)
        if isinstance(self.outline, Lasso):
            if self.outline.runs and self.outline.is_closed_at(at, reach(self._canvas)):
                self.finish()
                return False
            self.outline.press(at)
        self._drags = True
        self._canvas.update()
        return True

    def move(self, place: QPointF) -> None:
        if not self._drags:
            return
        if isinstance(self.outline, Line):
            self.outline.end = self._place(place)
        elif self.outline is not None:
            self.outline.drag(self._place(place), self._canvas.ratio() / self._canvas.scale)

    def click(self, place: QPointF, held: Qt.KeyboardModifier) -> None:
        """Lines begin with one click and end with another."""
        if isinstance(self.outline, Line):
            self.follow(self._canvas.place_at(place))
            self.finish()
        elif self.press(place, held):
            self._drags = self.tool != LINE
            self.release(held)

    def follow(self, place: Place) -> None:
        """A line that waits for its second click would end here now."""
        if isinstance(self.outline, Line) and not self._drags:
            self.outline.end = place

    def stop(self) -> None:
        if not self._drags:
            return
        self._drags = False
        drawn = self.outline
        if isinstance(drawn, Lasso):
            freely = len(drawn.runs[-1]) > 1
            if not freely or not drawn.is_closed_at(drawn.places[-1], reach(self._canvas)):
                return
        self.finish()

    def finish(self) -> None:
        """What is drawn becomes a mark."""
        outline, self.outline, self._drags = self.outline, None, False
        if outline is not None and self._canvas.marks is not None:
            hand = self._canvas.marks.hand
            self._leaving = outline
            hand.mark(outline.pieces(*hand.plane.shape), outline.erases, outline.name)
            self._finished()
        self._canvas.update()

    def drop(self) -> bool:
        there, self.outline, self._drags = self.outline is not None, None, False
        if there:
            self._canvas.update()
        return there

    def take_key(self, event: QKeyEvent) -> bool:
        """Whether a key was meant for a lasso: Enter closes it, Backspace takes a point back."""
        if not isinstance(self.outline, Lasso) or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finish()
        elif event.key() == Qt.Key.Key_Backspace:
            self._drags = False
            if not self.outline.take_back():
                self.drop()
            self._canvas.update()
        else:
            return False
        return True

    def paint(self, painter: QPainter, aim: Place | None) -> None:
        """Paint what is being drawn, in a pane's logical pixels; aim: the place that a click would add, if any."""
        outline, at = self.shown, self._canvas.on_pane
        if isinstance(outline, Line):
            wide = self._canvas.on_screen(outline.diameter)
            outlines.paint_path(painter, outlines.rim(at(outline.start), at(outline.end), wide))
        elif outline is not None:
            places = outline.places
            if outline is self._leaving:
                places.append(places[0])
            elif aim is not None and not self._drags:
                places.append(aim)
            outlines.paint_path(painter, outlines.through([at(place) for place in places]))
            if outline is self._leaving:
                return
            closes = outline.is_closed_at(places[-1], reach(self._canvas))
            outlines.paint_start(painter, at(places[0]), NEAR, closes)
