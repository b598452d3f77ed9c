"""The user guide, read in the window: Markdown pages with pictures, those of this copy of the program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PyQt6.QtCore import Qt, QTimer, QUrl
from PyQt6.QtGui import QDesktopServices, QImage, QResizeEvent, QTextDocument
from PyQt6.QtWidgets import QTextBrowser, QWidget

from core import translation
from core.translation import _

from .samples import ROOT

GUIDE = ROOT / "docs" / "guide"
"""English pages, and a folder for each other language with pages of the same names."""
CONTENTS = "README"
PAGES = {
    "restore": "first-photo",
    "detect": "scratches",
    "repair": "cracks",
    "enhance": "faded",
    "colorize": "colours",
    "models": "models",
}
"""Where a page of the window is explained."""
MARGIN = 12
CALM = 150
"""Milliseconds for which the width has to stay before pictures are made to fit it."""


def page_file(name: str) -> Path | None:
    """A page in the language of the window, else in English; None where this copy of the program has no guide."""
    places = (GUIDE / translation.language() / f"{name}.md", GUIDE / f"{name}.md")
    return next((place for place in places if place.is_file()), None)


class GuideBrowser(QTextBrowser):
    """Shows a page; pictures are never wider than it. Links to other pages are followed, others go to the browser."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Guide"))
        self.setOpenLinks(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # else pictures would be too wide with it
        self.anchorClicked.connect(self._follow)
        document = self.document()
        assert document
        document.setDocumentMargin(MARGIN)
        self._fitted = 0
        self._refit = QTimer(self)
        self._refit.setSingleShot(True)
        self._refit.setInterval(CALM)
        self._refit.timeout.connect(self._fit)

    def turn_to(self, name: str) -> None:
        """Show this page of the guide."""
        file = page_file(name)
        if file is not None:
            self._fitted = self._room
            self.setSource(QUrl.fromLocalFile(str(file)))

    def loadResource(self, kind: int, name: QUrl) -> Any:
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return super().loadResource(kind, name)
        picture = QImage(self.source().resolved(name).toLocalFile())
        ratio = self.devicePixelRatioF()
        room = round(self._room * ratio)
        if picture.width() > room:
            picture = picture.scaledToWidth(room, Qt.TransformationMode.SmoothTransformation)
            picture.setDevicePixelRatio(ratio)
        return picture

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._refit.start()

    @property
    def _room(self) -> int:
        viewport = self.viewport()
        assert viewport
        return max(viewport.width() - 2 * MARGIN, 100)

    def _fit(self) -> None:
        """Load the page anew for another width, and stay where the reader was."""
        bar = self.verticalScrollBar()
        if self._room == self._fitted or bar is None:
            return
        self._fitted = self._room
        share = bar.value() / max(bar.maximum(), 1)
        self.reload()
        bar.setValue(round(share * bar.maximum()))

    def _follow(self, link: QUrl) -> None:
        if link.isLocalFile() and Path(link.toLocalFile()).is_file():
            self.setSource(link)
        elif link.scheme() in ("http", "https"):
            QDesktopServices.openUrl(link)
        elif link.hasFragment() and link.path() == self.source().path():
            self.scrollToAnchor(link.fragment())
