"""The photo on the screen: zoom and pan, before and after, the marks over it."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from math import ceil, floor
from time import monotonic
from typing import Any

from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QWidget

from core.photo import Box, Photo
from core.translation import _, ngettext

from . import compare, pixel_grid
from .compare import Pane
from .dab_overlay import MARGIN, paint_dabs
from .dabs import Dabs
from .divider import Divider
from .hand import Hand, union
from .looks import Colour, Look
from .marks import Marks
from .newest import Newest
from .pyramid import Levels, Pyramid, changed_part
from .runs import Places, box_of
from .scene import GROUNDS, paint_faint_damage, paint_grid, paint_overlay, paint_photo, paint_ring
from .source import Source
from .view import View

LEAST_SHOWN = 24.0
"""Logical pixels: a smaller defect is shown larger."""
LARGEST_SHOWN = 4.0
"""The scale to which a defect is enlarged at most."""
ROOM = 0.8
"""The share of the view that a defect may fill."""
SERIES = 2.0
"""Seconds within which changes of zoom belong together, as in GIMP."""
MANY = 8
"""Outdated rectangles; more are painted as one."""


class PhotoView(QWidget):
    """Shows a photo, what was made of it and its marks. What is seen is kept as a picture: only changes are painted."""

    viewChanged = pyqtSignal()
    """Zoom or pan changed, and with them visible_box()."""
    resultShown = pyqtSignal()
    """Another result is shown as "after", or none any more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(160, 120)
        self.setAccessibleName(_("Photo"))
        self._pyramid: Pyramid | None = None
        self.marks: Marks | None = None
        self.dabs: Dabs | None = None
        self.dabbing = False
        self._after: list[Levels] = []
        self._generation = 0
        self.view = View(1, 1)
        self._fitting = True
        self._last_zoom: tuple[View, bool] | None = None  # the view before the last change of zoom, whether it fitted
        self._zoomed_at = 0.0
        self._mode = compare.RESULT
        self._divider = 0.5
        self._handle = Divider(self)
        self._handle.moved.connect(self.set_divider)
        self._before = False
        self._overlay = True
        self._opacity = 0.5
        self._look = Look()
        self._defects: int | None = None
        self._chosen: tuple[Places, Places] | None = None
        self._chosen_text = ""
        self._shown_rows = 0
        self._building, self._converting = Newest(self), Newest(self)
        self._frame = QImage()
        self._outdated: list[QRect] = []

    def sizeHint(self) -> QSize:
        return QSize(870, 676)

    # what is shown

    def set_photo(self, source: Source) -> None:
        """Show this photo, all of it. A coarse picture is there almost at once, the rest is built in a thread."""
        photo = source.photo
        pyramid = self._pyramid = Pyramid(photo)
        self._after, self._generation = [], 0
        self._converting.stop()
        self._shown_rows = 0
        self.view = View(photo.width, photo.height, *self._pane_size())
        self._building.run(
            lambda turn: pyramid.build(turn.stopped, lambda: turn.tell(self._advance)), lambda _done: self._advance()
        )
        self.fit()
        self._last_zoom, self._zoomed_at = None, 0.0

    def set_marks(self, marks: Marks) -> None:
        """Show these marks over the photo, and follow their changes."""
        if self.marks is not None:
            self.marks.changed.disconnect(self._marks_changed)
            self.marks.counted.disconnect(self._counted)
            self.marks.hand.changed.disconnect(self._hand_changed)
        self.marks = marks
        marks.changed.connect(self._marks_changed)
        marks.counted.connect(self._counted)
        marks.hand.changed.connect(self._hand_changed)
        self._marks_changed()

    def set_dabs(self, dabs: Dabs) -> None:
        """The dabs of colour that are shown, and painted, in the place of the marks while `work_on_dabs` is on."""
        self.dabs = dabs
        dabs.changed.connect(self._dabs_changed)
        dabs.stepsChanged.connect(self._describe)

    def work_on_dabs(self, on: bool) -> None:
        """Whether dabs of colour are shown and painted, else marks."""
        if on != self.dabbing:
            self.dabbing = on
            self._invalidate()
            self._describe()

    @property
    def photo(self) -> Photo | None:
        """What is shown."""
        return self._pyramid.photo if self._pyramid is not None else None

    @property
    def painted(self) -> Hand | Dabs | None:
        """What is shown over the photo and painted on."""
        if self.dabbing:
            return self.dabs
        return self.marks.hand if self.marks is not None else None

    def painting_changed(self) -> None:
        """The side after has marks while something is painted, and only then."""
        if self._mode != compare.RESULT and self.has_result:
            self._invalidate()

    def colour_at(self, x: float, y: float, after: bool) -> Colour | None:
        """The colour of the photo, or of what was made of it, at a place of the photo; None outside of it."""
        pyramid = self._pyramid
        if pyramid is None or not (0 <= x < self.view.width and 0 <= y < self.view.height):
            return None
        column, row = int(x), int(y)
        pixel = pyramid.shown(Box(column, row, column + 1, row + 1))[0, 0]
        parts = sorted(self._after if after else [], key=lambda part: -part.step)
        for part in parts:
            if part.levels and part.box.meets(Box(column, row, column + 1, row + 1)):
                pixel = part.levels[0][(row - part.top) // part.step, (column - part.left) // part.step]
        if len(pixel) == 4:
            pixel = pixel[:3].astype(int) * 255 // max(int(pixel[3]), 1)
        red, green, blue = (int(value) for value in (pixel if len(pixel) == 3 else pixel.repeat(3)))
        return red, green, blue

    def set_chosen(self, runs: tuple[Places, Places] | None, text: str) -> None:
        """Outline these pixels, starts and ends of runs in the order of their places; text: what they are, in words."""
        before, self._chosen = self._chosen, runs if runs is not None and len(runs[0]) else None
        for starts, ends in (there for there in (before, self._chosen) if there is not None):
            self._invalidate_box(box_of(starts, ends, self.view.width), 6)
        self._chosen_text = text
        self._describe()

    def drop_result(self) -> None:
        """There is no result."""
        self._converting.stop()
        self._take_result([], 0)

    def add_part(self, samples: NDArray[Any], box: Box, step: int, generation: int) -> None:
        """Show a part of the changed photo, reduced by the step, as "after"; laid out as the photo and its
        alpha, but where a grey photo was coloured.

        Parts of the same generation, one for each step, lie over each other; one of another generation takes the
        place of all; a generation is above 0. Converted in a thread; until then the earlier ones stay.
        """
        pyramid = self._pyramid
        if pyramid is None:
            return
        photo = pyramid.photo
        size = -(-(box.bottom - box.top) // step), -(-(box.right - box.left) // step)
        if samples.shape not in [(*size, n + (photo.alpha is not None)) for n in {photo.samples.shape[2], 3}]:
            raise ValueError(f"a changed photo of {samples.shape} does not fit {box} at 1:{step}")

        def take(levels: Levels) -> None:
            kept = self._after if generation == self._generation else []
            self._take_result([*(part for part in kept if part.step != step), levels], generation)

        self._converting.run(lambda turn: changed_part(pyramid, samples, box, step, turn.stopped), take)

    @property
    def generation(self) -> int:
        """That of the parts that are shown; 0 where there are none."""
        return self._generation

    def parts(self, generation: int) -> list[tuple[Box, int]]:
        """What is shown of a generation: parts of the photo, each with its step."""
        return [(part.box, part.step) for part in self._after] if 0 < generation == self._generation else []

    def set_mode(self, mode: str) -> None:
        """ "result": the photo repaired; "split": before and after at a divider; "side": both beside each other."""
        if mode not in compare.MODES:
            raise ValueError(f"{mode} is no way to compare")
        if mode != self._mode:
            self._mode = mode
            self._lay_out()
            self._handle.setVisible(mode == compare.SPLIT)

    @property
    def mode(self) -> str:
        return self._mode

    def hold_before(self, held: bool) -> None:
        """Show the photo as it came, without marks, as long as this is on."""
        if held != self._before:
            self._before = held
            self._invalidate()

    def set_overlay(self, shown: bool) -> None:
        """Show or hide the marks."""
        if shown != self._overlay:
            self._overlay = shown
            self._invalidate()

    def set_overlay_opacity(self, opacity: float) -> None:
        """How much the marks cover, 0..1."""
        if opacity != self._opacity:
            self._opacity = opacity
            self._invalidate()

    @property
    def look(self) -> Look:
        return self._look

    def set_look(self, look: Look) -> None:
        """How the photo and the marks are shown."""
        if look != self._look:
            self._look = look
            self._invalidate()

    def set_divider(self, place: float) -> None:
        """Where the divider between before and after is, 0..1 of the width."""
        place = min(max(place, 0.0), 1.0)
        if place != self._divider:
            old, self._divider = self._divider, place
            self._handle.put(place, self.width(), self.height())
            width, height = self._device_size()
            left, right = sorted((round(old * width), round(place * width)))
            self._invalidate(QRect(left, 0, right - left, height))
            self.update()

    @property
    def divider(self) -> float:
        return self._divider

    @property
    def shows_photo(self) -> bool:
        """Whether anything of the photo can be seen yet."""
        return self._shown_rows > 0

    @property
    def complete(self) -> bool:
        """Whether all of the photo is ready to be shown at any zoom."""
        return self._pyramid is not None and self._shown_rows == self._pyramid.photo.height

    @property
    def has_result(self) -> bool:
        """Whether a result is shown as "after"."""
        return bool(self._after)

    # zoom and pan

    @property
    def scale(self) -> float:
        """Device pixels for one pixel of the photo: 1 is 100 %."""
        return self.view.scale

    @property
    def actual(self) -> bool:
        """Whether a pixel of the photo is one of the screen because somebody wanted it so."""
        return self.view.scale == 1.0 and not self._fitting

    @property
    def step(self) -> int:
        """As many pixels of the photo, a whole number, lie side by side in a device pixel; at least 1."""
        return self.view.step

    def zoom_in(self) -> None:
        """To the next larger of GIMP's zoom steps."""
        self.zoom_to(self.view.next_step(larger=True))

    def zoom_out(self) -> None:
        """To the next smaller of GIMP's zoom steps."""
        self.zoom_to(self.view.next_step(larger=False))

    def zoom_to(self, scale: float, at: QPointF | None = None) -> None:
        """To this scale, with the same place of the photo at `at` (logical pixels; the view's centre where None)."""
        px, py = (self.view.across / 2, self.view.down / 2) if at is None else self.in_pane(at)
        self._note_zoom()
        self._fitting = False
        self._show(self.view.zoomed(scale, px, py))

    def pan(self, right: float, down: float) -> None:
        """Move the photo by this many device pixels."""
        self._fitting = False
        self._show(self.view.panned(right, down))

    def fit(self) -> None:
        """The whole photo, as large as it goes; it stays so when the canvas changes its size."""
        self._note_zoom()
        self._fitting = True
        self._show(self.view.fitted(), True)

    def zoom_back(self) -> None:
        """To the zoom before the last changes of it, and from there back again."""
        if self._last_zoom is not None:
            (view, fitted), self._last_zoom = self._last_zoom, (self.view, self._fitting)
            self._fitting, self._zoomed_at = fitted, 0.0
            view = view.resized(*self._pane_size())
            self._show(view.fitted() if fitted else view)

    def centre(self) -> None:
        """The photo's middle to the view's."""
        self.centre_on(self.view.width / 2, self.view.height / 2)

    def centre_on(self, x: float, y: float) -> None:
        """Bring a place of the photo, in its pixels, to the view's centre."""
        self._fitting = False
        self._show(replace(self.view, x=x, y=y).panned(0, 0))

    def show_box(self, box: Box) -> None:
        """Bring a part of the photo to the view's centre, large enough to be judged; nothing moves where it is seen
        well already.
        """
        wide, high = box.right - box.left, box.bottom - box.top
        fits = ROOM * min(self.view.across / wide, self.view.down / high)
        large_enough = LEAST_SHOWN * self.ratio() / max(wide, high)
        scale = max(self.view.scale, large_enough)
        if scale > self.view.scale:
            scale = min(scale, LARGEST_SHOWN)
        scale = min(scale, fits)
        seen = self.view.visible().common(box) == box
        if not seen or scale != self.view.scale:
            self._fitting = False
            view = replace(self.view, x=(box.left + box.right) / 2, y=(box.top + box.bottom) / 2)
            self._show(view.zoomed(scale, view.across / 2, view.down / 2))

    def visible_box(self) -> Box:
        """The part of the photo that is on the screen."""
        return self.view.visible()

    # places; a pane's are device pixels, the canvas's own are logical ones

    def ratio(self) -> float:
        """Device pixels for one logical pixel."""
        return self.devicePixelRatioF()

    def panes(self) -> list[Pane]:
        """What the canvas is divided into, from the left."""
        return compare.panes(self._mode, *self._device_size(), self._divider, self._before, self.isRightToLeft())

    def pane_at(self, place: QPointF) -> Pane:
        """The pane under a place of the canvas."""
        x = place.x() * self.ratio()
        every = self.panes()
        return next((pane for pane in every if pane.area.left() <= x < pane.area.right() + 1), every[-1])

    def in_pane(self, place: QPointF, pane: Pane | None = None) -> tuple[float, float]:
        """A place of the canvas in the device pixels of a pane: of the one it is in, where none is given."""
        x, y = place.x() * self.ratio(), place.y() * self.ratio()
        whole = (pane or self.pane_at(place)).whole
        return x - whole.left(), y - whole.top()

    def place_at(self, place: QPointF, pane: Pane | None = None) -> tuple[float, float]:
        """The photo's place under one of the canvas, in this pane or in the one it is in."""
        return self.view.to_photo(*self.in_pane(place, pane))

    def on_pane(self, place: tuple[float, float]) -> QPointF:
        """Where a place of the photo is, in logical pixels from the corner of every pane."""
        return QPointF(*self.view.to_screen(*place)) / self.ratio()

    def on_screen(self, length: float) -> float:
        """A length of the photo's pixels in logical ones."""
        return length * self.view.scale / self.ratio()

    # inside: the view

    def _device_size(self) -> tuple[int, int]:
        ratio = self.ratio()
        return max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))

    def _pane_size(self) -> tuple[int, int]:
        width, height = self._device_size()
        return compare.pane_width(self._mode, width), height

    def _show(self, view: View, always: bool = False) -> None:
        if view != self.view or always:
            self.view = view
            self._invalidate()
            self._describe()
            self.viewChanged.emit()

    def _note_zoom(self) -> None:
        """Keep the view for zoom_back, unless this goes on with a change of zoom, as the notches of a wheel do."""
        now = monotonic()
        if now - self._zoomed_at > SERIES:
            self._last_zoom = self.view, self._fitting
        self._zoomed_at = now

    def _lay_out(self) -> None:
        view = self.view.resized(*self._pane_size())
        self._show(view.fitted() if self._fitting else view, True)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._handle.put(self._divider, self.width(), self.height())
        self._lay_out()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self._invalidate()

    # inside: changes

    def _invalidate(self, area: QRect | None = None) -> None:
        """Have a part of the canvas painted anew (device pixels; all of it where None)."""
        if area is None:
            width, height = self._device_size()
            self._outdated = [QRect(0, 0, width, height)]
            self.update()
        elif not area.isEmpty():
            self._outdated.append(area)
            if len(self._outdated) > MANY:
                self._outdated = [reduce(QRect.united, self._outdated)]
            ratio = self.ratio()
            left, top = floor(area.left() / ratio), floor(area.top() / ratio)
            right, bottom = ceil((area.right() + 1) / ratio), ceil((area.bottom() + 1) / ratio)
            self.update(left, top, right - left, bottom - top)

    def _invalidate_box(self, box: Box, margin: int = 2) -> None:
        """Have what shows a part of the photo painted anew."""
        left, top, right, bottom = self.view.on_screen(box)
        for pane in self.panes():
            area = QRect(left, top, right - left, bottom - top).adjusted(-margin, -margin, margin, margin)
            area.translate(pane.whole.topLeft())
            self._invalidate(area.intersected(pane.area))

    def _advance(self) -> None:
        """Show what has been built since the last time."""
        pyramid = self._pyramid
        if pyramid is None or pyramid.coarse is None:
            return
        ready = pyramid.ready  # once: the thread goes on
        if not self._shown_rows:
            self._invalidate()
        elif ready > self._shown_rows:
            self._invalidate_box(Box(0, self._shown_rows - 1, pyramid.photo.width, ready))
        self._shown_rows = max(ready, 1)

    def _take_result(self, after: list[Levels], generation: int) -> None:
        changed = [part.box for part in (*self._after, *after) if part not in self._after or part not in after]
        self._after, self._generation = after, generation
        if changed:
            self._invalidate_box(reduce(union, changed))
        self.resultShown.emit()

    def _marks_changed(self) -> None:
        if self._overlay and not self.dabbing:
            self._invalidate()

    def _hand_changed(self, box: Box) -> None:
        if self._overlay and not self.dabbing:
            self._invalidate_box(box)

    def _dabs_changed(self, box: Box) -> None:
        if self._overlay and self.dabbing:
            self._invalidate_box(box, MARGIN)

    def _counted(self, defects: int, _share: float) -> None:
        self._defects = defects
        self._describe()

    def _describe(self) -> None:
        """Say to assistive technology what is seen."""
        if self._pyramid is None:
            return
        percent = 100 * self.view.scale
        texts = [
            _("{width} by {height} pixels, zoom {zoom} %").format(
                width=self.view.width,
                height=self.view.height,
                zoom=f"{percent:.0f}" if percent >= 10 else f"{percent:.1f}",
            )
        ]
        if self.dabbing and self.dabs is not None:
            count = self.dabs.painted.count
            texts.append(ngettext("{count} hint", "{count} hints", count).format(count=count))
        elif self._defects is not None:
            texts.append(ngettext("{count} defect", "{count} defects", self._defects).format(count=self._defects))
        if self._chosen_text:
            texts.append(self._chosen_text)
        doings = self._doings()
        if not doings and not self._chosen_text:
            texts.append(_("F6 leads out of the photo"))
        self.setAccessibleDescription(", ".join([*texts, *doings]))

    def _doings(self) -> list[str]:
        """What more is to be said: what is being done."""
        return []

    # inside: painting

    def _shows_marks(self, pane: Pane) -> bool:
        """Marks lie on the side before where a result is compared with it, so that the result can be judged."""
        painted = self.painted
        if painted is None or not self._overlay or self._before:
            return False
        compared = self._mode != compare.RESULT and self.has_result
        return not (compared and pane.after) or painted.painting

    def _render(self) -> None:
        """Bring the kept picture up to date."""
        width, height = self._device_size()
        if self._frame.size() != QSize(width, height):
            self._frame = QImage(width, height, QImage.Format.Format_RGB32)
            self._outdated = [QRect(0, 0, width, height)]
        painter = QPainter(self._frame)
        for area in self._outdated:
            area = area.intersected(self._frame.rect())
            painter.fillRect(area, GROUNDS.get(self._look.surround) or self.palette().window().color())
            if self._pyramid is None:
                continue
            for pane in self.panes():
                part = area.intersected(pane.area)
                if part.isEmpty():
                    continue
                after = self._after if pane.after else []
                if self._look.damage and not self._before:
                    contrast = self._look.contrast
                    paint_faint_damage(painter, pane.whole, part, self.view, self._pyramid, after, contrast)
                else:
                    paint_photo(painter, pane.whole, part, self.view, self._pyramid, after)
                if self._look.grid and self.view.scale >= pixel_grid.FROM:
                    paint_grid(painter, self._frame, pane.whole, part, self.view)
                if self._shows_marks(pane):
                    painter.setClipRect(part)
                    if self.dabbing and self.dabs is not None:
                        paint_dabs(painter, pane.whole, part, self.view, self.dabs.shown, self.dabs.picked)
                    elif self.marks is not None:
                        paint_overlay(painter, pane.whole, part, self.view, self.marks, self._opacity, self._look)
                    painter.setClipping(False)
                if self._chosen is not None and not self._before and not self.dabbing:
                    paint_ring(painter, pane.whole, part, self.view, self._chosen)
        painter.end()
        self._outdated = []

    def paintEvent(self, event: QPaintEvent | None) -> None:
        self._render()
        painter = QPainter(self)
        ratio = self.ratio()
        wanted = QRectF(event.rect()) if event is not None else QRectF(self.rect())
        area = QRectF(wanted.topLeft() * ratio, wanted.size() * ratio).toAlignedRect()
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        painter.drawImage(area.topLeft(), self._frame, area)
        painter.restore()
        self._paint_above(painter)
        painter.end()

    def _paint_above(self, painter: QPainter) -> None:
        """What lies over the picture and is not kept in it."""
        if self._pyramid is None or self._before:
            return
        if self._mode == compare.SPLIT:
            compare.paint_divider(painter, self.width(), self.height(), self._divider)
        if self._mode != compare.RESULT:
            compare.paint_labels(painter, self._mode, self.width(), self._divider, self.isRightToLeft())
