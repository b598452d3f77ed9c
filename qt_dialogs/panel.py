"""The panel: the page's name, the page, and what the mask or the hints hold, with the list of defects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PyQt6.QtCore import QSignalBlocker, QSize, pyqtSignal
from PyQt6.QtGui import QPalette
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from core.tools import TOOLS
from core.translation import _, ngettext

from .accesskeys import AccessKeys
from .controls import Chooser
from .defect_list import DefectList
from .hint_state import HintState
from .pages.enhance import EnhancePage
from .pages.page import Page
from .pages.restore import RestorePage
from .values import Values, has_dabs, has_list, has_mask

NARROWEST, USUAL, WIDEST = 320, 360, 520
KINDS: dict[str, type[Page]] = {"restore": RestorePage, "enhance": EnhancePage}
"""The pages that are more than their tool's settings."""


def page_name(tool: str) -> str:
    """A tool's menu entry as a heading."""
    return _(TOOLS[tool].menu).replace("_", "").rstrip("…")


class MaskState(QFrame):
    """What the mask holds, in words, with what can be done about it."""

    findAsked = pyqtSignal()
    clearAsked = pyqtSignal()

    def __init__(self, keys: AccessKeys, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("mask")
        self._count, self._looking = (0, 0.0), False
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.find_button = QPushButton(keys.marked(_("Find Damage")))
        self.find_button.setToolTip(_("Let the model look for damage; what was painted by hand stays."))
        self.clear_button = QPushButton(keys.marked(_("Clear Hand Edits")))
        self.clear_button.setToolTip(_("Take away what was painted and erased by hand (can be undone)."))
        for button in (self.find_button, self.clear_button):
            button.setAutoDefault(False)
        self.find_button.clicked.connect(self.findAsked)
        self.clear_button.clicked.connect(self.clearAsked)
        buttons = QHBoxLayout()
        buttons.addWidget(self.find_button)
        buttons.addWidget(self.clear_button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 8)
        layout.addWidget(self.text)
        layout.addLayout(buttons)

    def show_count(self, defects: int, share: float) -> None:
        """How many defects the mask marks, and which share 0..1 of the photo."""
        self._count = (defects, share)
        self._tell()

    def look(self, looking: bool) -> None:
        """Whether damage is being looked for, so that a count is yet to come."""
        self._looking = looking
        self._tell()

    def _tell(self) -> None:
        defects, share = self._count
        if self._looking:
            self.text.setText(_("Mask: damage is being looked for"))
            return
        if not defects:
            self.text.setText(_("Mask: nothing is marked"))
            return
        found = ngettext(
            "Mask: {count} defect, {share} % of the photo", "Mask: {count} defects, {share} % of the photo", defects
        )
        percent = self.locale().toString(100 * share, "f", 2 if share < 0.1 else 1)
        self.text.setText(found.format(count=self.locale().toString(defects), share=percent))


class Panel(QWidget):
    """The region `panel`."""

    pageAsked = pyqtSignal(str)
    cardAsked = pyqtSignal(str, str)
    """The tool and the name of the model of which more is to be said."""
    modelMissing = pyqtSignal(str)
    """The name of a model that a preset wants and that is not there: the default one was taken."""

    def __init__(self, values: Values, keys: AccessKeys, verbs: dict[str, str], placing: bool) -> None:
        """verbs: the pages there are, and what the button `accept` says on each; keys: letters that are taken."""
        super().__init__()
        self.setObjectName("panel")
        self.setMaximumWidth(WIDEST)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        label = QLabel(keys.marked(_("Page")))
        self.chooser = Chooser()
        self.chooser.setAccessibleName(_("Page"))
        self.chooser.setToolTip(_("Choose the tool. Mask and settings are kept. (Ctrl+PgUp, Ctrl+PgDn)"))
        label.setBuddy(self.chooser)
        head = QHBoxLayout()
        head.setContentsMargins(8, 8, 8, 0)
        head.addWidget(label)
        head.addWidget(self.chooser, 1)
        without_mask, with_dabs = keys.copy(), keys.copy()
        self.mask_state = MaskState(keys)
        self.defects = DefectList(keys)
        self.hint_state = HintState(with_dabs)
        self._stack = QStackedWidget()
        self.pages: dict[str, Page] = {}
        self.verbs: dict[str, str] = {}
        self._values, self._placing = values, placing
        self._keys = {
            tool: (keys if has_mask(tool) else with_dabs if has_dabs(tool) else without_mask).copy() for tool in verbs
        }
        for tool in verbs:
            self.verbs[tool] = self._keys[tool].marked(verbs[tool])
            self.chooser.addItem(page_name(tool), tool)
        self.chooser.activated.connect(lambda: self.pageAsked.emit(str(self.chooser.currentData())))
        self._rule = QFrame()
        self._rule.setFrameShape(QFrame.Shape.HLine)
        self._rule.setFrameShadow(QFrame.Shadow.Plain)
        self._rule.setForegroundRole(QPalette.ColorRole.Mid)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self._rule)
        layout.addWidget(self.mask_state)
        layout.addWidget(self.defects, 1)
        layout.addWidget(self.hint_state)
        self._column = layout

    @property
    def page(self) -> str:
        return str(self.chooser.currentData())

    @property
    def current(self) -> Page:
        return self.pages[self.page]

    def show_page(self, tool: str) -> None:
        with QSignalBlocker(self.chooser):
            self.chooser.setCurrentIndex(self.chooser.findData(tool))
        self._rule.setVisible(has_mask(tool) or has_dabs(tool))
        self.mask_state.setVisible(has_mask(tool))
        self.defects.setVisible(has_list(tool))
        self.hint_state.setVisible(has_dabs(tool))
        self._column.setStretchFactor(self._stack, 0 if has_list(tool) else 1)  # the list takes what the page leaves
        if tool in self.pages:
            self._stack.setCurrentWidget(self.pages[tool])

    def rename(self, tool: str, verb: str) -> None:
        """What the button `accept` says on a page."""
        self.verbs[tool] = self._keys[tool].marked(verb)

    def neighbour(self, step: int) -> str:
        """The page before (-1) or after (1) this one, in a circle."""
        names = list(self.verbs)
        return names[(names.index(self.page) + step) % len(names)]

    def set_models(self, models: list[dict[str, Any]]) -> None:
        for page in self.pages.values():
            page.set_models(models)

    def show_needs(self, needs: Mapping[str, float] | None) -> None:
        """How much of noise, blur and fading the photo has, each 0..1; None: nobody knows."""
        page = self.pages.get("enhance")
        if isinstance(page, EnhancePage):
            page.show_needs(needs)

    def freeze(self, frozen: bool) -> None:
        """While a run goes on nothing can be changed."""
        for widget in (self._stack, self.chooser, self.mask_state, self.hint_state):
            widget.setEnabled(not frozen)

    def minimumSizeHint(self) -> QSize:
        inner = [*self.pages.values(), self.mask_state, self.defects, self.hint_state]
        widest = max(widget.minimumSizeHint().width() for widget in inner)
        return QSize(max(NARROWEST, widest), super().minimumSizeHint().height())

    def add_page(self, tool: str) -> None:
        """Make this page."""
        kind = KINDS.get(tool, Page)
        self.pages[tool] = page = kind(TOOLS[tool], self._values, self._keys[tool], self._placing)
        page.cardAsked.connect(self.cardAsked)
        if isinstance(page, RestorePage):
            page.presets.modelMissing.connect(self.modelMissing)
        self._stack.addWidget(page)
        if tool == self.page:
            self._stack.setCurrentWidget(self.current)
        self.updateGeometry()
