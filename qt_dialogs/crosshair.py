"""The keyboard's pointer on the photo: a cross-hair that the arrows move and Insert clicks with."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QKeyEvent, QPainter, QPen

from .moving import ARROWS
from .photo_view import PhotoView
from .strokes import Place

FASTEST = 16
"""Logical pixels that it moves by at most."""
STEADY = 4
"""Repetitions of a held key after which it moves twice as far."""
ARM, GAP = 14.0, 4.0
"""Logical pixels from its middle to the end of an arm, and to where that begins."""
MARGIN = 24.0
"""Logical pixels between it and the edge of the view, where the photo goes on."""


class Crosshair:
    """Stays at its place of the photo; hidden until an arrow is pressed, and while the keyboard is elsewhere."""

    def __init__(self, canvas: PhotoView) -> None:
        self._canvas = canvas
        self._repeated = 0
        self.place: Place | None = None
        """Where it is in the photo; None: it was not asked for, or the mouse took over."""

    @property
    def shown(self) -> bool:
        if self.place is None or not self._canvas.hasFocus():
            return False
        seen, (x, y) = self._canvas.view.visible(), self.place
        return seen.left <= x <= seen.right and seen.top <= y <= seen.bottom

    def show(self) -> None:
        """Put it in the middle of what is seen of the photo, unless it is seen already."""
        if not self.shown:
            seen = self._canvas.view.visible()
            self.place = (seen.left + seen.right) / 2, (seen.top + seen.bottom) / 2
        self._canvas.update()

    def hide(self) -> None:
        if self.place is not None:
            self.place = None
            self._canvas.update()

    def move(self, event: QKeyEvent) -> None:
        """Show it, or move it by an arrow's step: one pixel of the screen, more while the key is held."""
        self._repeated = self._repeated + 1 if event.isAutoRepeat() else 0
        if self.place is None or not self.shown:
            self.show()
            return
        view, step = self._canvas.view, min(2 ** (self._repeated // STEADY), FASTEST)
        right, down = (step * each * self._canvas.ratio() / view.scale for each in ARROWS[Qt.Key(event.key())])
        self.place = (
            min(max(self.place[0] + right, 0.5), view.width - 0.5),
            min(max(self.place[1] + down, 0.5), view.height - 0.5),
        )
        self._keep_in_view()

    def on_canvas(self) -> QPointF | None:
        """Where it is seen on the canvas, in logical pixels; of two places that on the side after."""
        if self.place is None or not self.shown:
            return None
        ratio = self._canvas.ratio()
        at = self._canvas.on_pane(self.place)
        panes = sorted(self._canvas.panes(), key=lambda pane: not pane.after)
        every = [(pane.area, at + QPointF(pane.whole.topLeft()) / ratio) for pane in panes]
        return next(
            (there for area, there in every if area.left() <= there.x() * ratio < area.right() + 1), every[0][1]
        )

    def paint(self, painter: QPainter) -> None:
        """Black between white, which shows on anything, in a pane's logical pixels."""
        if self.place is None or not self.shown:
            return
        middle = self._canvas.on_pane(self.place)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for width, colour in ((4.0, QColor(255, 255, 255)), (2.0, QColor(0, 0, 0))):
            more = width / 2 - 1
            painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            for x, y in ARROWS.values():
                painter.drawLine(middle + QPointF(x, y) * (GAP - more), middle + QPointF(x, y) * (ARM + more))

    def _keep_in_view(self) -> None:
        """Move the photo where it would leave the view."""
        if self.place is None:
            return
        view, (x, y) = self._canvas.view, self._canvas.view.to_screen(*self.place)
        margin = MARGIN * self._canvas.ratio()
        self._canvas.pan(
            _shift(x, view.across, margin, view.left, view.left + view.width * view.scale),
            _shift(y, view.down, margin, view.top, view.top + view.height * view.scale),
        )
        self._canvas.update()


def _shift(at: float, length: int, margin: float, first: float, last: float) -> float:
    """How far the photo, from `first` to `last`, must move for a place to be so far from the ends of the view."""
    margin = min(margin, length / 2)
    if at < margin:
        return min(margin - at, max(-first, 0.0))
    if at > length - margin:
        return max(length - margin - at, min(length - last, 0.0))
    return 0.0
