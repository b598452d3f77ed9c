"""The card that is shown over the photo at the first start: what Daguerre does, in three sentences and a picture."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtGui import QGuiApplication, QPalette
from PyQt6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.translation import _

from . import memory
from .samples import FIRST, Picture, picture_file

WIDTH, HEIGHT = 520, 360
BESIDE = 8
"""Logical pixels that are to be seen left and right of the card, where that makes it narrower."""
KEY = "introduced"
"""Remembered: whether the next start is to be without this card."""


def is_due() -> bool:
    """Whether the card is to be shown at this start."""
    return memory.recall().get(KEY) is not True


class Introduction(QFrame):
    """The card `first`; it stays in the middle of what it lies on, and above all else there."""

    closed = pyqtSignal()

    def __init__(self, over: QWidget, alone: bool) -> None:
        """alone: results become files, not layers."""
        super().__init__(over)
        self.setObjectName("first")
        self._take_ground()
        self.setAutoFillBackground(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName(_("Introduction"))
        text = QLabel(_sentences(alone))
        text.setWordWrap(True)
        text.setTextFormat(Qt.TextFormat.PlainText)
        self.setAccessibleDescription(text.text())
        self.again = QCheckBox(_("Show at the &next start"))
        self.again.setToolTip(_("Show this card when the window is opened the next time."))
        self.again.setChecked(memory.recall().get(KEY) is False)
        self.start = QPushButton(_("&Start"))
        self.start.setToolTip(_("Close this card and begin (Enter, Esc)"))
        self.start.clicked.connect(self.finish)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        file = picture_file(FIRST)
        if file is not None:
            layout.addWidget(Picture(file, _("A damaged portrait, what was found in it, and the repaired one")))
            layout.addLayout(_captions())
        layout.addStretch(1)
        layout.addWidget(text)
        layout.addStretch(1)
        row = QHBoxLayout()
        row.addWidget(self.again)
        row.addStretch(1)
        row.addWidget(self.start)
        layout.addLayout(row)
        over.installEventFilter(self)
        self._settle()
        self.show()
        self.start.setFocus()

    def finish(self) -> None:
        """Close the card; whether it is wanted again is remembered."""
        memory.remember(**{KEY: not self.again.isChecked()})
        over = self.parentWidget()
        assert over
        over.removeEventFilter(self)
        self.closed.emit()  # first: else the focus would go on from here, as Tab does, and begin a review
        self.hide()
        self.deleteLater()

    def changeEvent(self, event: QEvent | None) -> None:
        if event and event.type() == QEvent.Type.PaletteChange:
            self._take_ground()
        super().changeEvent(event)

    def _take_ground(self) -> None:
        """The ground of the theme: what the card lies on has a colour of its own."""
        ground = QGuiApplication.palette().color(QPalette.ColorRole.Window)
        if self.palette().color(QPalette.ColorRole.Window) != ground:
            palette = QPalette()
            palette.setColor(QPalette.ColorRole.Window, ground)
            self.setPalette(palette)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event and event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._settle()
        return super().eventFilter(watched, event)

    def _settle(self) -> None:
        over = self.parentWidget()
        assert over
        layout = self.layout()
        assert layout
        width = max(min(WIDTH, over.width() - 2 * BESIDE), layout.minimumSize().width())
        self.setFixedSize(width, max(HEIGHT, layout.heightForWidth(width)))
        self.move(max(0, (over.width() - self.width()) // 2), max(0, (over.height() - self.height()) // 2))
        self.raise_()


def _sentences(alone: bool) -> str:
    found = _("Daguerre finds scratches, dust and folds, shows them in blue and fills them in.")
    correct = _("Correct the mask by hand: paint with P, erase with Shift+E, go on with Tab.")
    layers = _("The photo stays as it is: results come back as new layers.")
    files = _("The photo stays as it is: results are saved as new files.")
    return "\n".join((found, correct, files if alone else layers))


def _captions() -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(0)
    for caption in (_("Before"), _("Found"), _("After")):
        label = QLabel(caption)
        label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        row.addWidget(label, 1)
    return row
