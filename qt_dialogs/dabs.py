"""Dabs of colour on a photo, over the layer of hints that came with it, with undo and redo. Kept as strokes: pixels
are made of them, part by part, where they are needed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import hypot

from PyQt6.QtCore import QObject, pyqtSignal

from core.photo import Box
from core.translation import _

from .dab_forms import FIRST_COLOUR, Form, Stroke
from .history import History
from .looks import Colour
from .painting import Given, Painting, Picked
from .strokes import Dab


@dataclass(frozen=True)
class Step:
    """One step of undo. replaces: nothing of what was before is left, but for the given layer where `layer` is set."""

    number: int
    name: str
    strokes: tuple[Form, ...]
    replaces: bool = False
    layer: bool = False


class Dabs(History):
    """The hints of a photo and their history. What is painted next gets `colour`."""

    changed = pyqtSignal(object)
    """A part of the hints changed: its Box."""

    def __init__(self, height: int, width: int, given: Given | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.colour: Colour = FIRST_COLOUR
        self._given = given
        self._open: list[Dab] = []
        self._erases = False
        self._newest = 0
        self._finished = Painting(height, width, given, ())
        self._picked: Picked | None = None
        self._carried: Form | None = None  # where the picked dab would be put
        self._grip = (0.0, 0.0)

    @property
    def painted(self) -> Painting:
        """The hints as they are; a stroke that is being painted is not among them."""
        return self._finished

    @property
    def shown(self) -> Painting:
        """The hints as they are seen, with the stroke that is being painted or the dab that is being moved."""
        done = self._finished
        if self._open:
            return Painting(done.height, done.width, done.given, (*done.strokes, self._stroke()))
        if self._picked is not None and self._carried is not None:
            strokes = (*done.without(self._picked), self._carried)
            return Painting(done.height, done.width, done.given, strokes)
        return done

    @property
    def picked(self) -> Form | None:
        """The dab that is picked, where it is seen."""
        return self._carried or (self._picked.form if self._picked else None)

    # strokes

    @property
    def painting(self) -> bool:
        """Whether a stroke is being painted, or a dab moved."""
        return bool(self._open) or self._carried is not None

    def begin_stroke(self, x: float, y: float, diameter: float, remove: bool = False) -> None:
        """Start a stroke at this place (photo pixels). One stroke is one step of undo."""
        self.end_stroke()
        self.let_go()
        self._erases = remove
        self._open = [Dab(x, y, diameter)]
        self._tell(self._stroke())

    def stroke_to(self, x: float, y: float, diameter: float) -> None:
        """Go on with the stroke in a straight line."""
        if not self._open:
            return
        last = self._open[-1]
        if hypot(x - last.x, y - last.y) >= max(0.5, last.diameter / 16):  # closer ones change next to nothing
            self._open.append(Dab(x, y, diameter))
            self._tell(Stroke((last, self._open[-1]), None))

    def end_stroke(self) -> None:
        """Finish the stroke: it becomes one step of undo, unless it changes nothing."""
        if not self._open:
            return
        stroke, self._open = self._stroke(), []
        box = stroke.box(self._finished.height, self._finished.width)
        if self._finished.is_under(stroke) if self._erases else box.left < box.right and box.top < box.bottom:
            self._do(_("Eraser Stroke") if self._erases else _("Dab"), (stroke,))
        else:
            self._tell(stroke)
            self.stepsChanged.emit()

    # single dabs

    def pick(self, x: float, y: float, reach: float = 0.0) -> bool:
        """Pick the dab at this place, or nearest to it within `reach` (photo pixels); False where there is none."""
        self.end_stroke()
        self.let_go()
        self._picked, self._grip = self._finished.pick(x, y, reach), (x, y)
        if self._picked is not None:
            self._tell(self._picked.form)
        return self._picked is not None

    def move_to(self, x: float, y: float) -> None:
        """Carry the picked dab from where it was picked to here; `drop` puts it down."""
        if self._picked is None:
            return
        before, form = self.picked, self._picked.form
        box = form.box(self._finished.height, self._finished.width)
        right, down = (
            min(max(there - start, -(high + low) / 2), length - (high + low) / 2)  # its middle stays on the photo
            for there, start, low, high, length in (
                (x, self._grip[0], box.left, box.right, self._finished.width),
                (y, self._grip[1], box.top, box.bottom, self._finished.height),
            )
        )
        self._carried = form.moved(right, down)
        for shown in (before, self._carried):
            if shown is not None:
                self._tell(shown)

    def drop(self) -> None:
        """Put the carried dab down where it is: one step of undo."""
        picked, carried = self._picked, self._carried
        if picked is None or carried is None:
            return
        strokes = (*self._finished.without(picked), carried)
        self._do(_("Move Dab"), strokes, replaces=True, layer=self._finished.given is not None)
        self._picked = Picked(carried, carried)
        self._tell(carried)

    def remove_picked(self) -> None:
        """Take the picked dab away, as one step."""
        picked = self._picked
        if picked is not None and self._carried is None:
            layer = self._finished.given is not None
            self._do(_("Remove Dab"), self._finished.without(picked), replaces=True, layer=layer)

    def let_go(self) -> None:
        """No dab is picked any more; one that is carried is where it was."""
        shown = [self._carried, self._picked.form if self._picked else None]
        self._carried = self._picked = None
        for form in shown:
            if form is not None:
                self._tell(form)

    # all of them

    def clear(self) -> None:
        """Take all hints away, those of the given layer too, as one step."""
        self.end_stroke()
        if not self._finished.empty:
            self._do(_("Clear Hints"), (), replaces=True)

    def put(self, strokes: tuple[Form, ...], layer: bool, name: str) -> None:
        """Put these in the place of all others, over the given layer or without it, as one step of this name."""
        self.end_stroke()
        self._do(name, strokes, replaces=True, layer=layer)

    # history

    @property
    def state(self) -> int:
        return self._undo[-1].number if self._undo else 0

    def undo(self) -> None:
        """Take the last step back."""
        self.end_stroke()
        if self._undo:
            self._redo.append(self._undo.pop())
            self._recall()

    def redo(self) -> None:
        """Do the step again that was taken back last."""
        self.end_stroke()
        if self._redo:
            self._undo.append(self._redo.pop())
            self._recall()

    # inside

    def _stroke(self) -> Stroke:
        return Stroke(tuple(self._open), None if self._erases else self.colour)

    def _do(self, name: str, strokes: tuple[Form, ...], replaces: bool = False, layer: bool = False) -> None:
        self._newest += 1
        self._redo.clear()
        self._undo.append(Step(self._newest, name, strokes, replaces, layer))
        self._recall()

    def _recall(self) -> None:
        """Put the hints together from the steps that are done."""
        self.let_go()
        since = next((i for i in reversed(range(len(self._undo))) if self._undo[i].replaces), None)
        steps = self._undo if since is None else self._undo[since:]
        given = self._given if since is None or self._undo[since].layer else None
        strokes = tuple(stroke for step in steps for stroke in step.strokes)
        before, self._finished = self._finished, replace(self._finished, given=given, strokes=strokes)
        if given is not before.given:
            self.changed.emit(Box(0, 0, before.width, before.height))
        else:
            there, was = ({id(stroke) for stroke in painting.strokes} for painting in (self._finished, before))
            for stroke in (*before.strokes, *strokes):
                if id(stroke) in there ^ was:
                    self._tell(stroke)
        self.stepsChanged.emit()

    def _tell(self, form: Form) -> None:
        self.changed.emit(form.box(self._finished.height, self._finished.width))
