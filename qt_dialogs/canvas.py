"""The canvas: the photo with the tools that mark it, and the hand that moves it."""

from __future__ import annotations

from math import ceil, floor
from typing import Literal

from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import (
    QFocusEvent,
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPointingDevice,
    QTabletEvent,
    QWheelEvent,
)
from PyQt6.QtWidgets import QApplication, QWidget

from . import compare, outlines
from .band import paint_band
from .brush_cursor import LARGEST, brush_cursor, circle_area, paint_circle
from .compare import Pane
from .marks import Marks
from .outlines import Lasso, Line
from .photo_view import PhotoView
from .source import Source
from .strokes import Place
from .tracer import Tracer

PICK, BRUSH, ERASER, PIPETTE, PAN = "pick", "brush", "eraser", "pipette", "pan"
LINE, TRACE, LASSO = "line", "trace", "lasso"
STROKES = (BRUSH, ERASER)
OUTLINES = (LINE, TRACE, LASSO)
"""The tools that only a mask has."""
TOOLS = (PICK, *STROKES, *OUTLINES, PIPETTE, PAN)
Gesture = Literal["", "paint", "move", "pick", "pipette", "outline", "pan", "divider"]
SMALLEST_BRUSH, LARGEST_BRUSH = 1.0, 1000.0
NOTCH = 120
"""Qt's units of one notch of a wheel."""
STEP = 1.15
"""What one notch zooms by."""
SCROLLED = 60.0
"""Logical pixels that one notch scrolls by."""
LIGHTEST = 0.3
"""The share of the brush's size that a pen paints with at no pressure."""
NEAR = 6.0
"""Logical pixels: what is as near to a click was meant by it."""
LEAST_REACH, MOST_REACH = 3.0, 32.0
"""Pixels of the photo between which that stays for lines."""

_CONTROL, _SHIFT, _ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


class Canvas(PhotoView):
    """Shows the photo and what is marked on it, and paints on the marks by mouse and pen.

    Left drag paints, Ctrl turns the brush into the eraser and back, or takes a colour from the photo where dabs of
    colour are painted. Shift+click draws a straight line from where the last stroke ended, with Ctrl in steps of 15
    degrees. With the tool "pick" clicks and rectangles choose what is marked; where dabs are painted it moves the one
    that it is put on. Space-drag and middle-drag move the photo, the wheel zooms at the pointer, with Shift it scrolls
    sideways, with Ctrl+Alt it sizes the brush.

    The other tools mark a straight line, a line of the photo that is clicked on, and what a lasso encloses; they erase
    it where Ctrl is held at the start.
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
        self._brush = 20.0
        self._editable = True
        self._gesture: Gesture = ""
        self._pressed = QPointF()
        self._band: QRectF | None = None
        self._outline: Line | Lasso | None = None
        self._tracer: Tracer | None = None
        self._pane: Pane | None = None
        self._pointer = QPointF()
        self._hover: QPointF | None = None
        self._last: tuple[float, float] | None = None
        self._space = False
        self._look: Qt.CursorShape | tuple[float, float, bool] | None = None
        self._painted_radius = 0.0
        self.viewChanged.connect(self._choose_cursor)

    def set_photo(self, source: Source) -> None:
        self._forget_tracer()
        super().set_photo(source)

    def set_marks(self, marks: Marks) -> None:
        self._forget_tracer()
        super().set_marks(marks)

    def work_on_dabs(self, on: bool) -> None:
        if on != self._dabbing:
            self._drop_outline()
            self._end_gesture()
            self._last = None
        super().work_on_dabs(on)
        self._choose_cursor()

    def set_tool(self, tool: str) -> None:
        """One of TOOLS; what is picked stays so while "pick" is chosen."""
        if tool not in TOOLS:
            raise ValueError(f"{tool} is no tool of the canvas")
        if tool not in (self._tool, PAN):
            self._drop_outline()
        if tool != PICK and self._dabs is not None:
            self._dabs.let_go()
        self._tool = tool
        self._choose_cursor()

    @property
    def tool(self) -> str:
        return self._tool

    def set_brush(self, diameter: float) -> None:
        """The brush's and the eraser's diameter in pixels of the photo, at least 1."""
        self._brush = min(max(diameter, SMALLEST_BRUSH), LARGEST_BRUSH)
        self._choose_cursor()

    @property
    def brush(self) -> float:
        """The brush's diameter in pixels of the photo."""
        return self._brush

    def set_editable(self, editable: bool) -> None:
        """Whether the tools that mark work; zoom, pan and comparing always do."""
        if not editable:
            self._drop_outline()
            self._end_gesture()
            if self._tracer is not None:
                self._tracer.stop()
        self._editable = editable
        self._choose_cursor()

    @property
    def tracer(self) -> Tracer | None:
        """What follows lines, once there is a photo and its marks."""
        if self._tracer is None and self._pyramid is not None and self._marks is not None:
            self._tracer = Tracer(self._pyramid.photo, self._marks.hand, self)
            self._tracer.marked.connect(self.strokeFinished)
            self._tracer.missed.connect(self.nothingTraced)
        return self._tracer

    # mouse

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is None or self._gesture or self._pyramid is None:
            return
        place, button = event.position(), event.button()
        if button == Qt.MouseButton.MiddleButton or (button == Qt.MouseButton.LeftButton and self._pans()):
            self._begin("pan", place)
        elif button == Qt.MouseButton.LeftButton and self._at_divider(place):
            self._begin("divider", place)
        elif button == Qt.MouseButton.LeftButton and self._can_pick():
            self._begin("pick", place)
        elif button == Qt.MouseButton.LeftButton and self._tool == PICK:
            self._grip(place)
        elif button == Qt.MouseButton.LeftButton and self._tool in OUTLINES:
            self._press_outline(place, event.modifiers())
        elif button == Qt.MouseButton.LeftButton:
            self._begin_stroke(place, event.modifiers(), 1.0, self._tool == ERASER)
        else:
            event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton and self._at_divider(event.position()):
            self.set_divider(0.5)
        elif event is not None and event.button() == Qt.MouseButton.LeftButton and self._can_pick():
            self.doublePicked.emit(*self._pick_at(event.position()))
        elif event is not None and event.button() == Qt.MouseButton.LeftButton and isinstance(self._outline, Lasso):
            self._finish_outline()
        else:
            self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None:
            return
        place = event.position()
        if self._gesture == "paint":
            self._stroke_to(place, 1.0)
        elif self._gesture == "move":
            self._carry(place)
        elif self._gesture == "pipette":
            self._pick_colour(place)
        elif self._gesture == "outline":
            self._drag_outline(place)
        elif self._gesture == "pan":
            moved = (place - self._pointer) * self._ratio()
            self.pan(moved.x(), moved.y())
        elif self._gesture == "divider":
            self.set_divider(place.x() / max(self.width(), 1))
        elif self._gesture == "pick":
            self._stretch_band(place)
        if self._gesture != "move":
            self._pointer = place
        self._move_hover(place)
        if not self._gesture:
            self._choose_cursor()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            if self._gesture == "pick":
                self._pick(bool(event.modifiers() & _SHIFT))
            self._end_gesture()

    def leaveEvent(self, event: QEvent | None) -> None:
        super().leaveEvent(event)
        self._move_hover(None)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is None or self._pyramid is None:
            return
        held, pixels, turned = event.modifiers(), event.pixelDelta(), event.angleDelta()
        notches = (turned.y() or turned.x()) / NOTCH  # with Alt or Shift some systems turn the wheel sideways
        device = event.device()
        touchpad = device is not None and device.type() == QInputDevice.DeviceType.TouchPad
        if held & _CONTROL and held & _ALT:
            self.set_brush(self._brush * STEP**notches)
            self.brushChanged.emit(self._brush)
        elif held & _SHIFT:
            self.pan(notches * SCROLLED * self._ratio(), 0)
        elif touchpad and not pixels.isNull() and not held & _CONTROL:
            self.pan(pixels.x() * self._ratio(), pixels.y() * self._ratio())
        else:
            self.zoom_to(self.scale * STEP**notches, event.position())
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
        kind, place = event.type(), event.position()
        size = max(LIGHTEST, event.pressure())
        if kind == QEvent.Type.TabletPress and event.button() == Qt.MouseButton.LeftButton and not self._gesture:
            if self._pyramid is None or self._tool not in STROKES or self._pans() or self._at_divider(place):
                event.ignore()  # Qt makes a press of the mouse of it
                return
            erases = event.pointerType() == QPointingDevice.PointerType.Eraser or self._tool == ERASER
            self._begin_stroke(place, event.modifiers(), size, erases)
        elif kind == QEvent.Type.TabletMove and self._gesture == "paint":
            self._stroke_to(place, size)
            self._move_hover(place)
        elif kind == QEvent.Type.TabletRelease and self._gesture == "paint":
            self._end_gesture()
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
        if event is not None and self._outline is not None and self._key_of_outline(event):
            return
        if event is not None and event.key() == Qt.Key.Key_Escape and self._drop_stroke():
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

    # inside

    def _pans(self) -> bool:
        return self._space or self._tool == PAN

    def _at_divider(self, place: QPointF) -> bool:
        divided = self._mode == compare.SPLIT and not self._before
        return divided and compare.on_divider(place, self.width(), self.height(), self._divider)

    def _begin(self, gesture: Gesture, place: QPointF) -> None:
        self._gesture, self._pointer, self._pane = gesture, place, self._pane_at(place)
        self._pressed = place
        self._choose_cursor()

    def _can_pick(self) -> bool:
        """Whether a press would choose defects."""
        free = self._editable and not self._before and not self._dabbing and not self._pans()
        return free and self._tool == PICK and self._painted is not None

    def _pick_at(self, place: QPointF) -> tuple[float, float, float]:
        """A place of the canvas in the photo, and how far from it is near, in its pixels."""
        x, y = self._view.to_photo(*self._in_pane(place, self._pane_at(place)))
        return x, y, self._reach()

    def _stretch_band(self, place: QPointF) -> None:
        if self._band is None and (place - self._pressed).manhattanLength() < QApplication.startDragDistance():
            return
        self._update_band(QRectF(self._pressed, place).normalized())

    def _update_band(self, band: QRectF | None) -> None:
        for rectangle in (self._band, band):
            if rectangle is not None:
                self.update(rectangle.adjusted(-2, -2, 2, 2).toAlignedRect())
        self._band = band

    def _pick(self, adds: bool) -> None:
        """Tell what was clicked on, or drawn a rectangle around."""
        if self._band is None:
            self.picked.emit(*self._pick_at(self._pressed), adds)
            return
        corners = (self._in_pane(corner, self._pane) for corner in (self._band.topLeft(), self._band.bottomRight()))
        (left, top), (right, bottom) = corners
        self.banded.emit(self._view.covered(floor(left), floor(top), ceil(right), ceil(bottom)), adds)

    def _begin_stroke(self, place: QPointF, held: Qt.KeyboardModifier, size: float, erases: bool) -> None:
        painted = self._painted
        if painted is None or not self._editable or self._before:
            return
        if self._dabbing and (held & _CONTROL or self._tool == PIPETTE):
            self._begin("pipette", place)
            self._pick_colour(place)
            return
        if self._tracer is not None:
            self._tracer.stop()
        self._begin("paint", place)
        x, y = self._place(place)
        straight = bool(held & _SHIFT) and self._last is not None
        remove = erases != (bool(held & _CONTROL) and not straight)
        if straight and self._last is not None:
            if held & _CONTROL:
                x, y = outlines.in_steps(self._last, (x, y))
            painted.begin_stroke(*self._last, self._brush * size, remove)
            painted.stroke_to(x, y, self._brush * size)
        else:
            painted.begin_stroke(x, y, self._brush * size, remove)
        self._last = (x, y)
        self._show_marks_after()

    def _stroke_to(self, place: QPointF, size: float) -> None:
        if self._painted is not None:
            x, y = self._place(place)
            self._painted.stroke_to(x, y, self._brush * size)
            self._last = (x, y)

    def _grip(self, place: QPointF) -> None:
        """Pick the dab here; a drag moves it."""
        dabs = self._dabs
        if not self._dabbing or dabs is None or not self._editable or self._before:
            return
        x, y = self._view.to_photo(*self._in_pane(place))
        if dabs.pick(x, y, self._reach()):
            self._begin("move", place)

    def _carry(self, place: QPointF) -> None:
        """Move the picked dab, once the pointer is away from where it was pressed."""
        dabs = self._dabs
        if dabs is None:
            return
        begins = not dabs.painting
        if begins and (place - self._pointer).manhattanLength() < QApplication.startDragDistance():
            return
        dabs.move_to(*self._place(place))
        if begins:
            self._show_marks_after()
            self._choose_cursor()

    def drop_gesture(self) -> bool:
        """Give up a rectangle that is drawn, leave a dab that is moved where it was; whether there was one."""
        if self._band is not None:
            self._gesture = ""
            self._end_gesture()
            return True
        if self._gesture != "move" or self._dabs is None or not self._dabs.painting:
            return False
        self._dabs.let_go()
        self._end_gesture()
        return True

    def _drop_stroke(self) -> bool:
        """Take back what is being painted on the mask; whether there was anything."""
        if self._gesture != "paint" or self._dabbing or self._marks is None:
            return False
        self._marks.hand.abandon_stroke()
        self._end_gesture()
        return True

    def _pick_colour(self, place: QPointF) -> None:
        pane = self._pane or self._pane_at(place)
        colour = self.colour_at(*self._view.to_photo(*self._in_pane(place, pane)), pane.after)
        if colour is not None:
            self.colourPicked.emit(colour)

    def _end_gesture(self) -> None:
        gesture, self._gesture, self._pane = self._gesture, "", None
        self._update_band(None)
        if gesture == "paint" and self._painted is not None:
            self._painted.end_stroke()
            self._show_marks_after()
            self.strokeFinished.emit()
        elif gesture == "move" and self._dabs is not None:
            self._dabs.drop()
            self._show_marks_after()
        elif gesture == "outline":
            self._release_outline()
        self._choose_cursor()

    def _place(self, place: QPointF) -> Place:
        """The photo's place under one of the canvas, in the pane where the gesture began."""
        return self._view.to_photo(*self._in_pane(place, self._pane))

    # line, lasso and trace

    def _press_outline(self, place: QPointF, held: Qt.KeyboardModifier) -> None:
        if self._marks is None or self._dabbing or not self._editable or self._before:
            return
        erases = bool(held & _CONTROL)
        at = self._view.to_photo(*self._in_pane(place))
        if self._tool == TRACE:
            if self.tracer is not None:
                reach = min(max(self._reach(), LEAST_REACH), MOST_REACH)
                self.tracer.trace(*at, reach, erases)
            return
        if self._tool == LINE:
            self._outline = Line(at, at, self._brush, erases)
        elif not isinstance(self._outline, Lasso):
            self._outline = Lasso(erases)
        if isinstance(self._outline, Lasso):
            if self._outline.runs and self._outline.is_closed_at(at, self._reach()):
                self._finish_outline()
                return
            self._outline.press(at)
        self._begin("outline", place)
        self.update()

    def _drag_outline(self, place: QPointF) -> None:
        if isinstance(self._outline, Line):
            self._outline.end = self._place(place)
        elif self._outline is not None:
            self._outline.drag(self._place(place), self._ratio() / self.scale)

    def _release_outline(self) -> None:
        drawn = self._outline
        if isinstance(drawn, Lasso):
            freely = len(drawn.runs[-1]) > 1
            if not freely or not drawn.is_closed_at(drawn.places[-1], self._reach()):
                return
        self._finish_outline()

    def _finish_outline(self) -> None:
        """What is drawn becomes a mark."""
        outline, self._outline, self._gesture = self._outline, None, ""
        if outline is not None and self._marks is not None:
            hand = self._marks.hand
            hand.mark(outline.pieces(*hand.plane.shape), outline.erases, outline.name)
            self.strokeFinished.emit()
        self._choose_cursor()
        self.update()

    def _drop_outline(self) -> None:
        if self._outline is not None:
            self._outline = None
            self._end_gesture()
            self.update()

    def _key_of_outline(self, event: QKeyEvent) -> bool:
        """Whether a key was meant for what is being drawn."""
        key, held = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key == Qt.Key.Key_Escape:
            self._drop_outline()
        elif not isinstance(self._outline, Lasso) or held:
            return False
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._finish_outline()
        elif key == Qt.Key.Key_Backspace:
            if not self._outline.take_back():
                self._drop_outline()
            elif self._gesture == "outline":
                self._gesture = ""
            self.update()
        else:
            return False
        return True

    def _reach(self) -> float:
        """NEAR in pixels of the photo."""
        return NEAR * self._ratio() / self.scale

    def _forget_tracer(self) -> None:
        self._drop_outline()
        if self._tracer is not None:
            self._tracer.stop()
            self._tracer.deleteLater()
            self._tracer = None

    def _paint_outlines(self, painter: QPainter) -> None:
        """What is being drawn, in every pane."""
        if self._outline is None and not self._straight():
            return
        ratio = self._ratio()
        for pane in self._panes():
            area = pane.area
            painter.save()
            painter.setClipRect(
                QRectF(area.left() / ratio, area.top() / ratio, area.width() / ratio, area.height() / ratio)
            )
            self._paint_outline(painter, QPointF(pane.whole.topLeft()))
            painter.restore()

    def _paint_outline(self, painter: QPainter, corner: QPointF) -> None:
        """A line or a lasso, or the straight line that Shift and a click would paint; corner: the pane's."""
        ratio = self._ratio()
        hover = self._place(self._hover) if self._hover is not None else None

        def at(place: Place) -> QPointF:
            return (QPointF(*self._view.to_screen(*place)) + corner) / ratio

        if isinstance(self._outline, Lasso):
            places = self._outline.places
            if hover is not None and not self._gesture:
                places.append(hover)
            outlines.paint_path(painter, outlines.through([at(place) for place in places]))
            closes = self._outline.is_closed_at(places[-1], self._reach())
            outlines.paint_start(painter, at(places[0]), NEAR, closes)
            return
        start, end, wide = self._last, hover, self._brush
        if self._outline is not None:
            start, end, wide = self._outline.start, self._outline.end, self._outline.diameter
        elif start is not None and end is not None and self._holds_control():
            end = outlines.in_steps(start, end)
        if start is not None and end is not None:
            outlines.paint_path(painter, outlines.rim(at(start), at(end), wide * self.scale / ratio))

    def _straight(self) -> bool:
        """Whether a click would paint a straight line from where the last stroke ended."""
        shift = bool(QApplication.keyboardModifiers() & _SHIFT)
        idle = not self._gesture and self._editable and not self._pans() and self._tool in STROKES
        return shift and idle and self._last is not None and self._hover is not None and self._painted is not None

    def _show_marks_after(self) -> None:
        """The side after has marks while a stroke is painted, and only then."""
        if self._mode != compare.RESULT and self.has_result:
            self._invalidate()

    # the pointer

    def _erases(self) -> bool:
        if self._outline is not None:
            return self._outline.erases
        return (self._tool == ERASER) != (self._holds_control() and not self._dabbing and not self._straight())

    def _takes_colour(self) -> bool:
        return self._tool == PIPETTE or self._holds_control()

    def _holds_control(self) -> bool:
        return bool(QApplication.keyboardModifiers() & _CONTROL)

    def _choose_cursor(self) -> None:
        """The pointer for what a press would do here; a new one only where it differs, for making one takes time."""
        look: Qt.CursorShape | tuple[float, float, bool]
        if self._gesture == "pan" or (self._gesture == "move" and self._dabs is not None and self._dabs.painting):
            look = Qt.CursorShape.ClosedHandCursor
        elif self._pans():
            look = Qt.CursorShape.OpenHandCursor
        elif self._gesture == "divider" or (not self._gesture and self._hover and self._at_divider(self._hover)):
            look = Qt.CursorShape.SplitHCursor
        elif self._painted is None or not self._editable or self._tool == PICK:
            look = Qt.CursorShape.ArrowCursor
        elif self._gesture == "pipette" or (self._dabbing and self._takes_colour() and not self._gesture):
            look = Qt.CursorShape.CrossCursor
        elif self._tool in OUTLINES:
            look = (0.0, self._ratio(), self._erases())  # a cross-hair
        else:
            look = (self._brush * self.scale, self._ratio(), self._erases())
        if look == self._look:
            return
        self._look = look
        self.setCursor(look if isinstance(look, Qt.CursorShape) else brush_cursor(*look))
        self._move_hover(self._hover)

    def _move_hover(self, place: QPointF | None) -> None:
        """Have the circle of a brush that is too large for a pointer painted where the pointer is."""
        now = 0.0 if self._tool in OUTLINES else self._brush * self.scale / 2 / self._ratio()
        for centre, radius in ((self._hover, self._painted_radius), (place, now)):
            if centre is not None and radius > LARGEST / 2:
                self.update(circle_area(centre, radius).toAlignedRect())
        self._hover, self._painted_radius = place, now
        if self._outline is not None or self._straight():
            self.update()

    def _paint_above(self, painter: QPainter) -> None:
        super()._paint_above(painter)
        if not self._before:
            self._paint_outlines(painter)
        if self._hover is not None and isinstance(self._look, tuple) and self._painted_radius > LARGEST / 2:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_circle(painter, self._hover, self._painted_radius, self._erases())
        if self._band is not None:
            paint_band(painter, self._band)
        if self.hasFocus():
            compare.paint_focus(painter, self.width(), self.height(), self.palette())
