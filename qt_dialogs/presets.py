"""The presets of the page Restore: a choice, saving the settings as one's own, and removing one's own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from PyQt6.QtCore import QSignalBlocker, QSize, Qt
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core import presets
from core.failures import FileProblem
from core.presets import PRESETS, Preset
from core.tools import RESTORE, Value
from core.translation import _

from .accesskeys import AccessKeys
from .controls import Chooser
from .values import Values


@dataclass(frozen=True)
class Custom:
    """Settings that are no preset, and the preset from which they came, if any."""

    settings: Mapping[str, Value]
    base: Preset | None

    @property
    def title(self) -> str:
        if self.base is None:
            return _("Custom")
        return _("{preset} (changed)").format(preset=_title(self.base))


class PresetChooser(Chooser):
    """As narrow as the panel needs it: the list is as wide as its entries."""

    def minimumSizeHint(self) -> QSize:
        return QSize(120, super().minimumSizeHint().height())


class PresetBar(QWidget):
    """Says which preset the settings are, and sets them. The mask and its undo steps are none of its business."""

    def __init__(self, values: Values, keys: AccessKeys) -> None:
        super().__init__()
        self._values = values
        self._presets: list[Preset] = []
        self._entries: list[tuple[str, str]] = []
        self._problem = ""
        self._last: Preset | None = None
        self._custom: Custom | None = None
        self._saving: SaveDialog | None = None
        label = QLabel(keys.marked(_("Preset")))
        self.chooser = PresetChooser()
        self.chooser.setObjectName("preset")
        self.chooser.setAccessibleName(_("Preset"))
        self.chooser.setAccessibleDescription(_("Settings for all steps at once."))
        self.chooser.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.chooser.setToolTip(_("Settings for all steps at once; hand edits of the mask stay."))
        self.chooser.activated.connect(self._choose)
        label.setBuddy(self.chooser)
        self.save = QPushButton(keys.marked(_("Save as Preset…")))
        self.save.setObjectName("save-preset")
        self.save.setToolTip(_("Keep these settings under a name of your own."))
        self.remove = QPushButton(keys.marked(_("Remove")))
        self.remove.setObjectName("remove-preset")
        self.remove.setToolTip(_("Forget your own preset that is chosen; the settings stay as they are."))
        self.save.clicked.connect(self._ask_name)
        self.remove.clicked.connect(self._remove)
        self.remark = QLabel()
        self.remark.setObjectName("preset-remark")
        self.remark.setTextFormat(Qt.TextFormat.PlainText)
        self.remark.setWordWrap(True)
        self.remark.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.remark.setMinimumHeight(2 * self.remark.fontMetrics().lineSpacing())  # nothing below jumps
        head = QHBoxLayout()
        head.addWidget(label)
        head.addWidget(self.chooser, 1)
        buttons = QHBoxLayout()
        for button in (self.save, self.remove):
            button.setAutoDefault(False)
            button.setAccessibleDescription(button.toolTip())
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.remark)
        layout.addLayout(buttons)
        values.changed.connect(self._show)  # no lambda: the values may outlive this widget
        self._read()

    def _read(self, problem: str = "") -> None:
        """Which presets there are; problem: a sentence on what went wrong before."""
        own, problems = presets.own_presets()
        self._presets = [*PRESETS, *own]
        self._problem = _breakable(problem or " ".join(problems))
        self._show()

    def _show(self, _changed: str = "") -> None:
        """The preset that the settings are. Settings that are none have an entry too, to which one can return."""
        shown = self._matching()
        if shown is None:
            self._custom = Custom(self._settings, self._last)
        else:
            self._last = shown
        entries = [(_title(preset), _purpose(preset)) for preset in self._presets]
        if self._custom is not None:
            entries.append((self._custom.title, _("Settings of your own that are not saved.")))
        index = len(entries) - 1 if shown is None else self._presets.index(shown)
        with QSignalBlocker(self.chooser):
            if entries != self._entries:
                self._entries = entries
                self.chooser.clear()
                for i, (title, purpose) in enumerate(entries):
                    self.chooser.addItem(title)
                    self.chooser.setItemData(i, purpose, Qt.ItemDataRole.ToolTipRole)
            self.chooser.setCurrentIndex(index)
        self.remark.setText(self._problem or entries[index][1])
        self.remove.setEnabled(shown is not None and shown.own)

    @property
    def _settings(self) -> dict[str, Value]:
        return presets.held(self._values.of(RESTORE))

    def _matching(self) -> Preset | None:
        """The preset that the settings are; of several the one that was chosen last."""
        settings = self._settings
        found = [preset for preset in self._presets if preset.settings == settings]
        return self._last if self._last in found else next(iter(found), None)

    def _choose(self, index: int) -> None:
        if index < len(self._presets):
            self._last = self._presets[index]
            self._values.take(RESTORE, self._last.settings)
        elif self._custom is not None:
            self._last = self._custom.base
            self._values.take(RESTORE, self._custom.settings)
        self._show()  # another name may stand for the same settings

    def _ask_name(self) -> None:
        self._read()  # another window may have saved some
        try:
            presets.check_file()
        except FileProblem:
            return  # the remark says it
        last = self._last
        own = [preset.name for preset in self._presets if preset.own]
        self._saving = SaveDialog(own, last.name if last is not None and last.own else "", self)
        self._saving.accepted.connect(self._save)
        self._saving.open()

    def _save(self) -> None:
        assert self._saving
        try:
            self._last = presets.save(self._saving.name, self._values.of(RESTORE))
        except FileProblem as problem:
            self._read(str(problem))
            return
        self._custom = None
        self._read()

    def _remove(self) -> None:
        shown = self._matching()
        assert shown is not None and shown.own
        try:
            presets.remove(shown.name)
        except FileProblem as problem:
            self._read(str(problem))
            return
        self._last = None
        self.chooser.setFocus()  # the button is about to be switched off
        self._read()


class SaveDialog(QDialog):
    """Asks what a preset is to be called."""

    def __init__(self, own: list[str], name: str, parent: QWidget) -> None:
        """own: the names of the presets there are; name: what is proposed."""
        super().__init__(parent)
        self._own = own
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Save as Preset"))
        keys = AccessKeys()
        label = QLabel(keys.marked(_("Name")))
        self.line = QLineEdit(name)
        self.line.setMaxLength(presets.LONGEST_NAME)
        self.line.setAccessibleName(_("Name of the preset"))
        self.line.setToolTip(_("What the settings are to be called in the list."))
        self.line.selectAll()
        label.setBuddy(self.line)
        self.remark = QLabel()
        self.remark.setWordWrap(True)
        self.remark.setTextFormat(Qt.TextFormat.PlainText)
        self.remark.setMinimumHeight(2 * self.remark.fontMetrics().lineSpacing())
        self.buttons = QDialogButtonBox()
        self.accept_button = QPushButton(keys.marked(_("Save")))
        cancel = QPushButton(keys.marked(_("Cancel")))
        self.buttons.addButton(self.accept_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(cancel, QDialogButtonBox.ButtonRole.RejectRole)
        self.accept_button.setDefault(True)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(label)
        layout.addWidget(self.line)
        layout.addWidget(self.remark)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(360)
        self.line.textChanged.connect(self._check)
        self._check()

    @property
    def name(self) -> str:
        return self.line.text().strip()

    def _check(self) -> None:
        wrong = presets.why_not(self.line.text())
        self.accept_button.setEnabled(not wrong)
        if not wrong and self.name.casefold() in (name.casefold() for name in self._own):
            self.remark.setText(_("Your preset of this name gets these settings."))
        else:
            self.remark.setText(wrong if self.name else "")


def _title(preset: Preset) -> str:
    return preset.name if preset.own else _(preset.title)


def _purpose(preset: Preset) -> str:
    return preset.purpose if preset.own else _(preset.purpose)


def _breakable(text: str) -> str:
    """The text with a place to go on in the next line after each folder of a path."""
    return text.replace(os.sep, f"{os.sep}\u200b")
