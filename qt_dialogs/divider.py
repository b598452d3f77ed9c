"""The divider between before and after for the keyboard: what has the focus and takes the arrows."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from core.translation import _

from .compare import GRIP, grip

ROOM = 4
"""Logical pixels around the grip for the ring that says that the keyboard is here."""
STEPS = {
    Qt.Key.Key_Left: -0.01,
    Qt.Key.Key_Right: 0.01,
    Qt.Key.Key_PageUp: -0.1,
    Qt.Key.Key_PageDown: 0.1,
}
"""Shares of the width."""


class Divider(QWidget):
    """Lies over the grip that is painted; the mouse goes through to the canvas."""

    moved = pyqtSignal(float)
    """Arrows or page keys were pressed: where it is to be, 0..1."""

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(_("Divider between before and after"))
        self._place = 0.5
        self.hide()

    def put(self, place: float, width: int, height: int) -> None:
        """To this share, 0..1, of a canvas of this size in logical pixels."""
        self._place = place
        self.setGeometry(grip(width, height, place).adjusted(-ROOM, -ROOM, ROOM, ROOM).toAlignedRect())
        self.setAccessibleDescription(self.locale().toString(100 * place, "f", 0) + " %")

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() in STEPS and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.moved.emit(self._place + STEPS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if not self.hasFocus():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for width, colour in ((4.0, QColor(255, 255, 255)), (2.0, self.palette().highlight().color())):
            painter.setPen(QPen(colour, width))
            painter.drawEllipse(self.rect().toRectF().center(), GRIP / 2 + 1, GRIP / 2 + 1)
        painter.end()
