"""The canvas: the photo with the tools that mark it, and the hand that moves it."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPointingDevice,
    QTabletEvent,
    QWheelEvent,
)
from PyQt6.QtWidgets import QApplication, QWidget

from core.translation import _

from . import brushing, compare, outlines
from .brushing import Brushing
from .crosshair import Crosshair
from .drawing import LASSO, OUTLINES, Drawing
from .gestures import ALT, CONTROL, SHIFT, Gesture, reach
from .marks import Marks
from .moving import ARROWS, STEP, Dividing, Panning, notches, page, to_border, turn_wheel
from .outlines import Lasso
from .photo_view import PhotoView
from .picking import Carrying, Picking, TakingColour
from .place_label import label_area, paint_place
from .pointer import Look, Pointer
from .source import Source
from .strokes import Place
from .tool_cursors import BRUSH as CIRCLE
from .tool_cursors import CROSS, SMALLEST, paint_circle
from .tracer import Tracer

PICK, BRUSH, ERASER, PIPETTE, PAN = "pick", "brush", "eraser", "pipette", "pan"
STROKES = (BRUSH, ERASER)
TOOLS = (PICK, *STROKES, *OUTLINES, PIPETTE, PAN)
LIGHTEST = 0.3
"""The share of the brush's size that a pen paints with at no pressure."""


class Canvas(PhotoView):
    """Shows the photo and what is marked on it, and paints on the marks by mouse and pen.

    Left drag paints, Ctrl turns the brush into the eraser and back, or takes a colour from the photo where dabs of
    colour are painted. Shift+click draws a straight line from where the last stroke ended, with Ctrl in steps of 15
    degrees. With the tool "pick" clicks and rectangles choose what is marked; where dabs are painted it moves the one
    that it is put on. Space-drag and middle-drag move the photo, the wheel zooms at the pointer, with Shift it scrolls
    sideways, with Ctrl+Alt it sizes the brush.

    The other tools mark a straight line, a line of the photo that is clicked on, and what a lasso encloses; they erase
    it where Ctrl is held at the start.

    Without a mouse, arrows move a cross-hair, at which Insert clicks, with Ctrl and Shift as a mouse does; with Shift
    they move the photo by half a view, with Ctrl to its border.
    """

    strokeFinished = pyqtSignal()
    """A stroke of brush or eraser, a line or a lasso has ended and is one step of undo."""
    brushChanged = pyqtSignal(float)
    """The brush got another diameter here, by the wheel: photo pixels."""
    colourPicked = pyqtSignal(tuple)
    """A colour was taken from the photo: red, green, blue."""
    picked = pyqtSignal(float, float, float, bool)
    """A click with the tool "pick": its place, how far from it (photo pixels), whether Shift is held."""
    doublePicked = pyqtSignal(float, float, float)
    """A double-click with it: its place and how far from it."""
    banded = pyqtSignal(object, bool)
    """A rectangle was drawn with it: its Box, whether Shift is held."""
    nothingTraced = pyqtSignal()
    """There was no line where one was clicked on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._tool = BRUSH
        self._editable = True
        self.wheel_scrolls = False
        """Whether the wheel moves the photo, as in GIMP, and zooms only with Ctrl."""
        self._panning, self._dividing = Panning(self), Dividing(self)
        self._brushing = Brushing(self, self.strokeFinished.emit)
        self._drawing = Drawing(self, self.strokeFinished.emit, self.nothingTraced.emit)
        self._picking = Picking(self, self.picked.emit, self.banded.emit)
        self._carrying = Carrying(self)
        self._taking = TakingColour(self, self.colourPicked.emit)
        self._gesture: Gesture | None = None
        self._crosshair = Crosshair(self)
        self._clicked = ""  # what the keyboard's last click came to
        self._pointer = Pointer(self)
        self._space = False
        self._pen_erases = False  # the pen near the canvas has its eraser to it
        self.viewChanged.connect(self._choose_cursor)

    def set_photo(self, source: Source) -> None:
        self._crosshair.hide()
        self._drawing.forget_tracer()
        super().set_photo(source)

    def set_marks(self, marks: Marks) -> None:
        self._drawing.forget_tracer()
        super().set_marks(marks)

    def work_on_dabs(self, on: bool) -> None:
        if on != self.dabbing:
            self._drawing.drop()
            self._stop_gesture()
            self._brushing.last = None
        super().work_on_dabs(on)
        self._choose_cursor()

    def set_tool(self, tool: str) -> None:
        """One of TOOLS; what is picked stays so while "pick" is chosen."""
        if tool not in TOOLS:
            raise ValueError(f"{tool} is no tool of the canvas")
        if tool not in (self._tool, PAN):
            self._drawing.drop()
        if tool != PICK and self.dabs is not None:
            self.dabs.let_go()
        self._tool = tool
        self._choose_cursor()

    @property
    def tool(self) -> str:
        return self._tool

    def set_brush(self, diameter: float) -> None:
        """The brush's and the eraser's diameter in pixels of the photo, at least 1."""
        self._brushing.diameter = min(max(diameter, brushing.SMALLEST), brushing.LARGEST)
        self._choose_cursor()

    @property
    def brush(self) -> float:
        """The brush's diameter in pixels of the photo."""
        return self._brushing.diameter

    def set_editable(self, editable: bool) -> None:
        """Whether the tools that mark work; zoom, pan and comparing always do."""
        if not editable:
            self._drawing.drop()
            self._stop_gesture()
            self._drawing.stop_tracing()
        self._editable = editable
        self._choose_cursor()

    @property
    def tracer(self) -> Tracer | None:
        """What follows lines, once there is a photo and its marks."""
        return self._drawing.tracer

    def zoom_to(self, scale: float, at: QPointF | None = None) -> None:
        """To this scale, with the same place of the photo at `at` (logical pixels); where None, at the cross-hair, and
        without one at the view's centre.
        """
        super().zoom_to(scale, self._crosshair.on_canvas() if at is None else at)

    def hold_before(self, held: bool) -> None:
        super().hold_before(held)
        self._choose_cursor()

    def drop_gesture(self) -> bool:
        """Give up what is being drawn, painted or moved; whether there was anything."""
        if self._drawing.drop():
            return True
        if self._gesture is None or not self._gesture.drop():
            return False
        self._gesture = None
        self._choose_cursor()
        return True

    # mouse

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is None or self._gesture or self.photo is None:
            return
        place, held, button = event.position(), event.modifiers(), event.button()
        if button == Qt.MouseButton.MiddleButton:
            self._begin(self._panning, place, held)
        elif button == Qt.MouseButton.LeftButton:
            eraser = event.pointerType() == QPointingDevice.PointerType.Eraser
            self._begin(self._gesture_at(place, held), place, held, eraser=eraser)
        else:
            event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            self.mousePressEvent(event)
            return
        place = event.position()
        if self._at_divider(place):
            self.set_divider(0.5)
        elif self._gesture_at(place, event.modifiers()) is self._picking:
            self.doublePicked.emit(*self.place_at(place), reach(self))
        elif isinstance(self._drawing.outline, Lasso):
            self._drawing.finish()
        else:
            self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None:
            return
        if self._gesture is not None:
            self._gesture.move(event.position())
        self._pen_erases = event.pointerType() == QPointingDevice.PointerType.Eraser
        if self._pointer.place is not None and event.position() != self._pointer.place:
            self._crosshair.hide()
        self._move_pointer(event.position())
        self._choose_cursor()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            gesture, self._gesture = self._gesture, None
            if gesture is not None:
                gesture.release(event.modifiers())
            self._choose_cursor()

    def leaveEvent(self, event: QEvent | None) -> None:
        super().leaveEvent(event)
        self._move_pointer(None)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is None or self.photo is None:
            return
        if event.modifiers() & CONTROL and event.modifiers() & ALT:
            self.set_brush(self.brush * STEP ** notches(event))
            self.brushChanged.emit(self.brush)
        else:
            turn_wheel(self, event, self.wheel_scrolls)
        event.accept()

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom_to(self.scale * (1 + event.value()), event.position())
            return True
        return super().event(event)

    # pen

    def tabletEvent(self, event: QTabletEvent | None) -> None:
        if event is None:
            return
        kind, place, held = event.type(), event.position(), event.modifiers()
        paints = self._gesture is self._brushing
        pressure = max(LIGHTEST, event.pressure())
        if kind == QEvent.Type.TabletPress and event.button() == Qt.MouseButton.LeftButton and self._gesture is None:
            if self.photo is None or self._tool not in STROKES or self._pans() or self._at_divider(place):
                event.ignore()  # Qt makes a press of the mouse of it
                return
            eraser = event.pointerType() == QPointingDevice.PointerType.Eraser
            self._begin(self._gesture_at(place, held), place, held, pressure, eraser)
        elif kind == QEvent.Type.TabletMove and paints:
            self._brushing.pressure = pressure
            self._brushing.move(place)
            self._move_pointer(place)
        elif kind == QEvent.Type.TabletRelease and paints:
            self._stop_gesture()
        else:
            event.ignore()
            return
        event.accept()

    # keys

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._space = True
                self._choose_cursor()
            return
        if event is not None and self._drawing.take_key(event):
            self._choose_cursor()
            return
        if event is not None and event.key() == Qt.Key.Key_Escape and self.drop_gesture():
            self._describe()
            return
        if event is not None and self._take_arrow(event):
            return
        if event is not None and event.key() == Qt.Key.Key_Insert:
            if not event.isAutoRepeat():
                self._click_at_crosshair(event.modifiers())
            return
        super().keyPressEvent(event)
        self._choose_cursor()
        self.update()

    def keyReleaseEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._space = False
                self._choose_cursor()
            return
        if event is not None and event.key() in ARROWS and not event.isAutoRepeat():
            self._describe()  # not at each step: it is read out
        super().keyReleaseEvent(event)
        self._choose_cursor()
        self.update()

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        super().focusOutEvent(event)
        self._space = False
        self._choose_cursor()
        self.update()

    # inside: the keyboard's cross-hair

    def _take_arrow(self, event: QKeyEvent) -> bool:
        """Move the cross-hair or the photo; whether the key was an arrow that does."""
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        move = {SHIFT: page, CONTROL: to_border}.get(held)
        if event.key() not in ARROWS or self.photo is None or (move is None and held):
            return False
        if move is not None:
            move(self, Qt.Key(event.key()))
        else:
            self._crosshair.move(event)
            self._follow_crosshair()
        return True

    def _follow_crosshair(self) -> None:
        if self._crosshair.place is not None:
            self._drawing.follow(self._crosshair.place)

    def _click_at_crosshair(self, held: Qt.KeyboardModifier) -> None:
        """Do what a click would do there; where it is not seen, show it."""
        if self.photo is None or self._gesture is not None:
            return
        place, gesture = self._crosshair.on_canvas(), self._gesture_of_tool(held)
        drawn = self._drawing.outline
        if place is None:
            self._crosshair.show()
        if place is None or gesture is None:
            return
        steps = self.painted.state if self.painted is not None else 0
        self._prepare(gesture)
        gesture.click(place, held)
        self._follow_crosshair()
        painted = self.painted
        self._clicked = painted.undo_name if painted is not None and painted.state != steps else ""
        if drawn is not None and self._drawing.outline is None:
            self._clicked = drawn.name  # a large one becomes a step later
        self._choose_cursor()
        self._describe()
        self.update()

    def _doings(self) -> list[str]:
        texts = []
        if self._crosshair.place is not None and self._crosshair.shown:
            x, y = (int(each) for each in self._crosshair.place)
            texts.append(_("cross-hair at x {x}, y {y}").format(x=x, y=y))
        if self._drawing.outline is not None:
            texts.append(_("being drawn: {step}").format(step=self._drawing.outline.name))
        elif self._clicked:
            texts.append(_("done: {step}").format(step=self._clicked))
        return texts

    # inside: gestures

    def _gesture_at(self, place: QPointF, held: Qt.KeyboardModifier) -> Gesture | None:
        """What a press of the left button would begin here."""
        return self._dividing if self._at_divider(place) and not self._pans() else self._gesture_anywhere(held)

    def _gesture_anywhere(self, held: Qt.KeyboardModifier) -> Gesture | None:
        return self._panning if self._pans() else self._gesture_of_tool(held)

    def _gesture_of_tool(self, held: Qt.KeyboardModifier) -> Gesture | None:
        if not self._editable or self._before or self.painted is None:
            return None
        if self._tool == PICK:
            return self._carrying if self.dabbing else self._picking
        if self._tool in OUTLINES:
            return None if self.dabbing else self._drawing
        if self.dabbing and (held & CONTROL or self._tool == PIPETTE):
            return self._taking
        return self._brushing

    def _begin(
        self,
        gesture: Gesture | None,
        place: QPointF,
        held: Qt.KeyboardModifier,
        pressure: float = 1.0,
        eraser: bool = False,
    ) -> None:
        """Press a button with this gesture; eraser: it is that of a pen."""
        self._prepare(gesture, pressure, eraser)
        if gesture is not None and gesture.press(place, held):
            self._gesture = gesture
        self._choose_cursor()

    def _prepare(self, gesture: Gesture | None, pressure: float = 1.0, eraser: bool = False) -> None:
        if gesture is self._brushing:
            self._drawing.stop_tracing()
            self._brushing.pressure, self._brushing.erases = pressure, eraser or self._tool == ERASER
        elif gesture is self._drawing:
            self._drawing.tool, self._drawing.diameter = self._tool, self.brush
            self._drawing.erases = eraser

    def _stop_gesture(self) -> None:
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.stop()
        self._choose_cursor()

    def _pans(self) -> bool:
        return self._space or self._tool == PAN

    def _at_divider(self, place: QPointF) -> bool:
        divided = self._mode == compare.SPLIT and not self._before
        return divided and compare.on_divider(place, self.width(), self.height(), self._divider)

    def _straight(self) -> bool:
        """Whether a click would paint a straight line from where the last stroke ended."""
        idle = self._gesture is None and self._editable and not self._pans() and self._tool in STROKES
        aims = self._aim() is not None and self._brushing.last is not None and self.painted is not None
        return _holds(SHIFT) and idle and aims

    # inside: the pointer

    def _erases(self) -> bool:
        if self._gesture is self._brushing:
            return self._brushing.removes
        if self._drawing.outline is not None:
            return self._drawing.outline.erases
        eraser = self._tool == ERASER or self._pen_erases
        if self._tool in OUTLINES:
            return eraser or _holds(CONTROL)
        return eraser != (_holds(CONTROL) and not self.dabbing and not self._straight())

    def _choose_cursor(self) -> None:
        """The pointer for what a press would do here."""
        if self._pointer.wear(self._wanted_look()):
            self._move_pointer(self._pointer.place)

    def _wanted_look(self) -> Look:
        gesture, place = self._gesture, self._pointer.place
        if gesture is not None and gesture.cursor is not None:
            return gesture.cursor
        if gesture is None:
            held = QApplication.keyboardModifiers()
            gesture = self._gesture_at(place, held) if place is not None else self._gesture_anywhere(held)
        if gesture is self._brushing:
            return CIRCLE, self.brush * self.scale, self.ratio(), self._erases()
        if gesture is self._drawing:
            return LASSO if self._tool == LASSO else CROSS, 0.0, self.ratio(), self._erases()
        if gesture is self._taking:
            return PIPETTE, 0.0, self.ratio(), False
        if gesture is self._dividing:
            return Qt.CursorShape.SplitHCursor
        if gesture is self._panning or (gesture is self._carrying and self._on_dab()):
            return Qt.CursorShape.OpenHandCursor
        return Qt.CursorShape.ArrowCursor

    def _on_dab(self) -> bool:
        place, dabs = self._pointer.place, self.dabs
        return place is not None and dabs is not None and dabs.shown.is_near(*self.place_at(place), reach(self))

    def _move_pointer(self, place: QPointF | None) -> None:
        self._pointer.move(place, 0.0 if self._tool in OUTLINES else self.on_screen(self.brush) / 2)
        self.update(label_area(self).toAlignedRect())
        if self._drawing.outline is not None or self._straight():
            self.update()

    # inside: painting

    def _paint_above(self, painter: QPainter) -> None:
        super()._paint_above(painter)
        if not self._before:
            self._paint_in_panes(painter)
        self._pointer.paint(painter, self._erases())
        self._picking.paint(painter)
        self._paint_place(painter)
        if self.hasFocus():
            compare.paint_focus(painter, self.width(), self.height(), self.palette())

    def _paint_in_panes(self, painter: QPainter) -> None:
        """What is being drawn, or the straight line that Shift and a click would paint, and the cross-hair."""
        aim = self._aim()
        straight = self._brushing.straight(aim, _holds(CONTROL)) if aim is not None and self._straight() else None
        if self._drawing.shown is None and straight is None and not self._crosshair.shown:
            return
        ratio = self.ratio()
        for pane in self.panes():
            painter.save()
            painter.setClipRect(QRectF(QPointF(pane.area.topLeft()) / ratio, pane.area.size().toSizeF() / ratio))
            painter.translate(QPointF(pane.whole.topLeft()) / ratio)
            if self._drawing.shown is not None:
                self._drawing.paint(painter, aim)
            elif straight is not None:
                outlines.paint_path(painter, straight)
            self._paint_crosshair(painter)
            painter.restore()

    def _paint_crosshair(self, painter: QPainter) -> None:
        if self._crosshair.place is None or not self._crosshair.shown:
            return
        radius = self.on_screen(self.brush) / 2
        if self._pointer.is_brush and self._tool not in OUTLINES and 2 * radius * self.ratio() >= SMALLEST:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_circle(painter, self.on_pane(self._crosshair.place), radius, self._erases())
        self._crosshair.paint(painter)

    def _paint_place(self, painter: QPainter) -> None:
        aim, photo = self._aim(), self.photo
        if aim is not None and photo is not None and 0 <= aim[0] < photo.width and 0 <= aim[1] < photo.height:
            x, y = int(aim[0]), int(aim[1])
            sure = self.marks.probability(x, y) if self.marks is not None and not self.dabbing else None
            paint_place(painter, self, x, y, sure)

    def _aim(self) -> Place | None:
        """The photo's place at which the keyboard or the pointer would click."""
        if self._crosshair.shown:
            return self._crosshair.place
        return self.place_at(self._pointer.place) if self._pointer.place is not None else None


def _holds(key: Qt.KeyboardModifier) -> bool:
    return bool(QApplication.keyboardModifiers() & key)
