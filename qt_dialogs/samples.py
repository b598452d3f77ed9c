"""The documentation's pictures that the window shows, where this copy of the program has them."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPixmap
from PyQt6.QtWidgets import QSizePolicy, QWidget

import core

FIRST = "before-mask-after.jpg"
ROOT = Path(core.__file__).resolve().parents[1]


def picture_file(name: str) -> Path | None:
    """One of the documentation's pictures; None where this copy of the program does not have it."""
    file = ROOT / "docs" / "pictures" / name
    return file if file.is_file() else None


class Picture(QWidget):
    """A picture as wide as there is room for it, and never larger than it is."""

    def __init__(self, file: Path, description: str) -> None:
        super().__init__()
        self._pixels = QPixmap(str(file))
        self.setAccessibleName(description)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMaximumWidth(max(1, self._pixels.width()))

    def heightForWidth(self, width: int) -> int:
        return round(width * self._pixels.height() / max(1, self._pixels.width()))

    def sizeHint(self) -> QSize:
        return QSize(320, self.heightForWidth(320))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        sharp = self._pixels.scaledToWidth(
            max(1, round(self.width() * self.devicePixelRatioF())), Qt.TransformationMode.SmoothTransformation
        )
        painter.drawPixmap(QRectF(0, 0, self.width(), self.heightForWidth(self.width())), sharp, QRectF(sharp.rect()))
