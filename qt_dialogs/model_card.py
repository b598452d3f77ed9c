"""A model's card as people read it: what it is for, what was measured, what it cannot do, whether it is whole."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QWidget

from core.translation import _

from .panel import page_name
from .samples import FIRST, Picture, picture_file

WHOLE, DAMAGED, UNKNOWN = "✓", "!", "…"


def mark_of(model: dict[str, Any]) -> str:
    """One of WHOLE, DAMAGED and UNKNOWN: what the check came to."""
    return DAMAGED if model["problem"] else WHOLE if model["checked"] or not model["file"] else UNKNOWN


def integrity(model: dict[str, Any]) -> str:
    """What the check came to, in a sentence."""
    if model["problem"] and model["origin"] == "program":
        return _("The file is missing or damaged, so it is switched off. Run install.py once more.")
    if model["problem"]:
        return _("The file is missing or damaged, so it is switched off. Add the model again, or remove it.")
    if not model["file"]:
        return _("A method without a file: there is nothing to check.")
    if not model["checked"]:
        return _("Not checked yet.")
    return _("The file is whole: it has the SHA-256 of its card.")


def origin(model: dict[str, Any]) -> str:
    """Whose model it is."""
    return {
        "program": _("Came with Daguerre."),
        "own": _("Added by you."),
        "folder": _("From your own folder."),
    }[model["origin"]]


class ModelCard(QScrollArea):
    """Shows one card; scrolls vertically only."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("model-card")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(_("Card of the model"))
        self.texts: list[str] = []
        """What is shown, from top to bottom."""

    def show_model(self, model: dict[str, Any] | None) -> None:
        """None: no card at all."""
        body = QWidget()
        self._grid = QGridLayout(body)
        self._grid.setContentsMargins(12, 12, 12, 12)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        self.texts = []
        if model is not None:
            self._fill(model)
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        self.setWidget(body)
        self.setAccessibleDescription("\n".join(self.texts))

    def _fill(self, model: dict[str, Any]) -> None:
        title = self._text(str(model["title"]), 0, 2)
        font = title.font()
        font.setBold(True)
        font.setPointSizeF(1.25 * font.pointSizeF())
        title.setFont(font)
        self._text(str(model["purpose"]), 0, 2)
        self._row(_("For"), page_name(str(model["tool"])) if model["known"] else str(model["tool"]))
        self._row(_("State"), f"{mark_of(model)}  {integrity(model)}")
        self._row(_("Measured"), _listed(model["figures"]) or _("Nothing was measured."))
        self._row(_("Known failures"), _listed(model["failures"]) or _("None are written down."))
        self._row(_("Licence"), str(model["licence"]))
        self._row(_("Size"), self._size(model))
        self._row(_("Training"), str(model["training"]) or self._untold(model))
        self._row(_("Origin"), origin(model))
        for name, caption in _pictures(model):
            file = picture_file(name)
            if file is not None:
                self._grid.addWidget(Picture(file, caption), self._grid.rowCount(), 0, 1, 2)
                self._text(caption, 0, 2)

    def _untold(self, model: dict[str, Any]) -> str:
        return _("The card says nothing.") if model["file"] else _("None: nothing was learned.")

    def _size(self, model: dict[str, Any]) -> str:
        size = int(model["size"])
        if not model["file"]:
            return _("No file")
        if size < 50_000:
            return _("Less than 0.1 MB")
        return _("{size} MB").format(size=self.locale().toString(size / 1e6, "f", 1))

    def _row(self, heading: str, text: str) -> None:
        label = QLabel(heading)
        label.setAlignment(Qt.AlignmentFlag.AlignTop)
        font = label.font()
        font.setBold(True)
        label.setFont(font)
        row = self._grid.rowCount()
        self._grid.addWidget(label, row, 0)
        self._text(text, 1, 1, row)

    def _text(self, text: str, column: int, span: int, row: int | None = None) -> QLabel:
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)  # a card is somebody else's file
        label.setWordWrap(True)
        label.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(label, self._grid.rowCount() if row is None else row, column, 1, span)
        self.texts.append(text)
        return label


def _listed(lines: list[str]) -> str:
    return "\n".join(lines if len(lines) < 2 else [f"• {line}" for line in lines])


def _pictures(model: dict[str, Any]) -> list[tuple[str, str]]:
    """The guide's pictures of what a model of the program's does: files, each with what it shows."""
    if model["origin"] != "program":
        return []
    narrow = (
        "fills.jpg",
        _("Holes, each filled by every method; cnn is the network. More dB are nearer to the truth."),
    )
    large = ("large-fills.jpg", _("Large holes, each filled by every method."))
    return {
        ("detect", "default"): [
            (FIRST, _("Before, what was found, and after. The damage was drawn onto a sound portrait."))
        ],
        ("repair", "auto"): [narrow, large],
        ("repair", "cnn"): [narrow],
        ("repair", "biharmonic"): [narrow],
        ("repair", "ns"): [narrow],
        ("repair", "telea"): [narrow],
        ("repair", "patch"): [large],
        ("colorize", "default"): [("colours.jpg", _("In grey, coloured, and with one dab of red in the middle."))],
    }.get((model["tool"], model["name"]), [])
