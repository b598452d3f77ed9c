"""The page Models: what is installed, with each model's card, and one's own added, checked and removed."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QEvent, QSignalBlocker, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFontMetrics, QPalette
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.tools import STEPS
from core.translation import _

from ..accesskeys import AccessKeys
from ..model_card import DAMAGED, ModelCard, integrity, mark_of
from ..panel import page_name

LIST_WIDTH, WIDEST_LIST, ROW_HEIGHT = 280, 420, 24
BESIDE = 12
"""Logical pixels left and right of a row's text, together."""
NAMED = Qt.ItemDataRole.UserRole
"""A row's tool and name; a heading has none."""


class ModelsPage(QWidget):
    """The list on the left, the card on the right. It only says what was asked for; library.py does it."""

    addAsked = pyqtSignal()
    folderAsked = pyqtSignal()
    folderForgotten = pyqtSignal()
    checkAsked = pyqtSignal()
    removeAsked = pyqtSignal(str, str)
    backAsked = pyqtSignal()

    def __init__(self, keys: AccessKeys) -> None:
        super().__init__()
        self.setObjectName("models")
        self._models: list[dict[str, Any]] = []
        self._busy = False
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(_("Filter"))
        self.filter.setAccessibleName(_("Filter"))
        self.filter.setToolTip(_("Show only the models in whose card this stands."))
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._filter)
        self.list = QListWidget()
        self.list.setObjectName("model-list")
        self.list.setAccessibleName(_("Models"))
        self.list.setToolTip(_("What is installed: ✓ whole, ! switched off, … not checked yet"))
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(lambda: self._show_card())
        self.card = ModelCard()
        self.remark = QLabel()
        self.remark.setObjectName("models-remark")
        self.remark.setTextFormat(Qt.TextFormat.PlainText)
        self.remark.setWordWrap(True)
        self.remark.setMinimumHeight(2 * self.remark.fontMetrics().lineSpacing())  # nothing jumps
        self.remark.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self.folder = QLabel()
        self.folder.setTextFormat(Qt.TextFormat.PlainText)
        self.folder.setWordWrap(True)
        self.forget = QToolButton()
        self.forget.setText("×")
        self.forget.setAutoRaise(True)
        self.forget.setMinimumSize(24, 24)
        self.forget.setAccessibleName(_("Do not search this folder any more"))
        self.forget.setToolTip(_("Do not search this folder any more; its files stay."))
        self.forget.clicked.connect(self.folderForgotten)
        self.add = _button(keys.marked(_("Add…")), _("Add a file and its card."))
        self.add_folder = _button(keys.marked(_("Folder…")), _("Use a folder of your own."))
        self.check = _button(keys.marked(_("Check")), _("Compute the hashes again."))
        self.remove = _button(
            keys.marked(_("Remove")), _("Take your own model out; its files are kept for adding again.")
        )
        self.back = _button(keys.marked(_("Back")), _("Back to the photo (Esc)"))
        self.add.clicked.connect(self.addAsked)
        self.add_folder.clicked.connect(self.folderAsked)
        self.check.clicked.connect(self.checkAsked)
        self.remove.clicked.connect(lambda: self.removeAsked.emit(*(self.chosen or ("", ""))))
        self.back.clicked.connect(self.backAsked)
        self._lay_out()
        self._widen()
        self.show_folder("")

    @property
    def chosen(self) -> tuple[str, str] | None:
        """Tool and name of the model whose card is shown."""
        item = self.list.currentItem()
        return item.data(NAMED) if item is not None else None

    def show_models(self, models: list[dict[str, Any]]) -> None:
        """The models as the engine describes them; the one that is chosen stays chosen."""
        before, row = self.chosen, self.list.currentRow()
        tools = [*STEPS, *sorted({str(model["tool"]) for model in models} - set(STEPS))]
        key = {tool: place for place, tool in enumerate(tools)}
        self._models = sorted(models, key=lambda model: (key[model["tool"]], not model["default"], model["title"]))
        with QSignalBlocker(self.list):
            self.list.clear()
            tool = ""
            for model in self._models:
                if model["tool"] != tool:
                    tool = str(model["tool"])
                    self._add_heading(tool)
                self._add_row(model)
        self._widen()
        self._filter()
        if before is None or not self.choose(*before):
            self.list.setCurrentRow(min(row, self.list.count() - 1))
            if self.chosen is None:
                self._choose_first()
        self._show_card()

    def choose(self, tool: str, name: str) -> bool:
        """Show this model's card; whether there is one."""
        for item in self._rows():
            if item.data(NAMED) == (tool, name):
                if item.isHidden():
                    self.filter.clear()
                self.list.setCurrentItem(item)
                self.list.scrollToItem(item)
                return True
        return False

    def show_folder(self, folder: str) -> None:
        """The folder that is searched besides; empty where there is none."""
        self.folder.setText(_("Also searched: {folder}").format(folder=folder.replace("/", "/\u200b")))
        self.folder.setVisible(bool(folder))
        self.forget.setVisible(bool(folder))

    def say(self, text: str) -> None:
        self.remark.setText(text)
        self.remark.setAccessibleName(text)

    def set_busy(self, busy: bool) -> None:
        """While the engine is asked nothing else can be."""
        self._busy = busy
        self._enable()

    def _add_heading(self, tool: str) -> None:
        item = QListWidgetItem(page_name(tool) if tool in STEPS else tool)
        font = item.font()
        font.setBold(True)
        item.setFont(font)
        item.setSizeHint(QSize(0, ROW_HEIGHT))
        item.setFlags(Qt.ItemFlag.NoItemFlags)  # arrows pass it over
        self._colour(item)
        self.list.addItem(item)

    def _add_row(self, model: dict[str, Any]) -> None:
        item = QListWidgetItem(f"{mark_of(model)}  {model['title']}")
        item.setData(NAMED, (str(model["tool"]), str(model["name"])))
        item.setSizeHint(QSize(0, ROW_HEIGHT))
        item.setToolTip(integrity(model) if model["problem"] else str(model["purpose"]))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{model['title']}. {integrity(model)}")
        self._colour(item)
        self.list.addItem(item)

    def _widen(self) -> None:
        """Room for the longest title, within limits."""
        bar = self.list.verticalScrollBar()
        assert bar
        widths = [QFontMetrics(item.font()).horizontalAdvance(item.text()) for item in self._items()]
        longest = max(widths, default=0)
        needed = longest + bar.sizeHint().width() + 2 * self.list.frameWidth() + BESIDE
        for widget in (self.filter, self.list):
            widget.setFixedWidth(min(max(LIST_WIDTH, needed), WIDEST_LIST))

    def _colour(self, item: QListWidgetItem) -> None:
        """Headings look as usual though they cannot be chosen, what is switched off looks so."""
        off = item.data(NAMED) is not None and item.text().startswith(DAMAGED)
        group = QPalette.ColorGroup.Disabled if off else QPalette.ColorGroup.Active
        item.setForeground(self.palette().color(group, QPalette.ColorRole.Text))

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event and event.type() == QEvent.Type.PaletteChange:
            for item in self._items():
                self._colour(item)

    def _rows(self) -> list[QListWidgetItem]:
        """The rows of models, without the headings."""
        return [item for item in self._items() if item.data(NAMED) is not None]

    def _items(self) -> list[QListWidgetItem]:
        return [item for row in range(self.list.count()) if (item := self.list.item(row)) is not None]

    def _filter(self) -> None:
        """Hide what does not have the text that was typed, and headings without anything below them."""
        words = self.filter.text().casefold().split()
        heading: QListWidgetItem | None = None
        shown = {
            (str(model["tool"]), str(model["name"]))
            for model in self._models
            if all(word in _searched(model) for word in words)
        }
        for row in range(self.list.count()):
            item = self.list.item(row)
            assert item
            if item.data(NAMED) is None:
                heading = item
                item.setHidden(True)
                continue
            item.setHidden(item.data(NAMED) not in shown)
            if heading is not None and not item.isHidden():
                heading.setHidden(False)
        current = self.list.currentItem()
        if current is None or current.isHidden():
            self._choose_first()

    def _choose_first(self) -> None:
        self.list.setCurrentItem(next((item for item in self._rows() if not item.isHidden()), None))

    def _show_card(self) -> None:
        model = self._model()
        self.card.show_model(model and {**model, "known": model["tool"] in STEPS})
        self._enable()

    def _model(self) -> dict[str, Any] | None:
        return next((model for model in self._models if (model["tool"], model["name"]) == self.chosen), None)

    def _enable(self) -> None:
        model = self._model()
        for button in (self.add, self.add_folder, self.check, self.forget):
            button.setEnabled(not self._busy)
        self.remove.setEnabled(not self._busy and model is not None and model["origin"] == "own")

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.addWidget(self.filter)
        left.addWidget(self.list, 1)
        both = QHBoxLayout()
        both.addLayout(left)
        both.addWidget(self.card, 1)
        other = QHBoxLayout()
        other.addWidget(self.folder, 1)
        other.addWidget(self.forget)
        buttons = QHBoxLayout()
        for button in (self.add, self.add_folder, self.check, self.remove):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.back)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 4)
        layout.addLayout(both, 1)
        layout.addLayout(other)
        layout.addWidget(self.remark)
        layout.addLayout(buttons)


def _searched(model: dict[str, Any]) -> str:
    return " ".join(str(model[key]) for key in ("tool", "name", "title", "purpose", "licence")).casefold()


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.setToolTip(tip)
    button.setAccessibleDescription(tip)
    return button
