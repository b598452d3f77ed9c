"""The presets of the page Restore: a choice, saving the settings as one's own, and what else becomes of one's own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QSignalBlocker, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from core import presets
from core.failures import FileProblem
from core.parameters import Value
from core.presets import PRESETS, Preset
from core.tools import RESTORE, STEPS
from core.translation import _

from .accesskeys import AccessKeys
from .controls import Chooser
from .preset_name import NameDialog
from .values import PARAMETERS, Values


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

    modelMissing = pyqtSignal(str)
    """The name of a model that the preset just chosen wants and that is not there: the default one was taken."""

    def __init__(self, values: Values, keys: AccessKeys) -> None:
        super().__init__()
        self._values = values
        self._presets: list[Preset] = []
        self._entries: list[tuple[str, str]] = []
        self._problem = ""
        self._last: Preset | None = None
        self._custom: Custom | None = None
        self._models: dict[str, set[str]] = {}
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
        self.save.clicked.connect(self._ask_name)
        self.more = QPushButton(keys.marked(_("Manage")))
        self.more.setObjectName("manage-presets")
        self.more.setToolTip(_("Rename, remove and export your own preset that is chosen; import another one."))
        menu, letters = QMenu(self), AccessKeys()
        self.rename = _added(menu, letters.marked(_("Rename…")), self._ask_new_name)
        self.remove = _added(menu, letters.marked(_("Remove")), self._remove)
        menu.addSeparator()
        self.export = _added(menu, letters.marked(_("Export…")), self._ask_where_to)
        self.take = _added(menu, letters.marked(_("Import…")), self._ask_which)
        self.more.setMenu(menu)
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
        for button in (self.save, self.more):
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
        for action in (self.rename, self.remove, self.export):
            action.setEnabled(shown is not None and shown.own)

    @property
    def _settings(self) -> dict[str, Value]:
        return presets.held(self._values.of(RESTORE))

    def _matching(self) -> Preset | None:
        """The preset that the settings are; of several the one that was chosen last."""
        settings = self._settings
        found = [preset for preset in self._presets if settings in (preset.settings, self._usable(preset)[0])]
        return self._last if self._last in found else next(iter(found), None)

    def _choose(self, index: int) -> None:
        if index < len(self._presets):
            self._take(self._presets[index])
            return
        if self._custom is not None:
            self._last = self._custom.base
            self._values.take(RESTORE, self._custom.settings)
        self._show()

    def _take(self, preset: Preset) -> None:
        self._last = preset
        settings, missing = self._usable(preset)
        self._values.take(RESTORE, settings)
        self._show()  # another name may stand for the same settings
        if missing:
            self.modelMissing.emit(missing[0])

    def know_models(self, models: Iterable[Mapping[str, Any]]) -> None:
        """Which models there are, as the engine describes them."""
        self._models = {step: {str(model["name"]) for model in models if model["tool"] == step} for step in STEPS}
        self._show()

    def _usable(self, preset: Preset) -> tuple[dict[str, Value], list[str]]:
        """The preset's settings with the default models for those that are not there, and the names of these."""
        settings, missing = preset.settings, []
        for step in STEPS:
            key = f"{step}-model"
            model, default = str(settings[key]), PARAMETERS[key].default
            if self._models.get(step) and model not in self._models[step] and model != default:
                settings[key] = default
                missing.append(model)
        return settings, missing

    def _ask_name(self) -> None:
        self._read()  # another window may have saved some
        try:
            presets.check_file()
        except FileProblem:
            return  # the remark says it
        last, own = self._last, {name.casefold() for name in self._own_names()}

        def remark(name: str) -> str:
            return _("Your preset of this name gets these settings.") if name.casefold() in own else ""

        proposed = last.name if last is not None and last.own else ""
        dialog = NameDialog(_("Save as Preset"), _("Save"), proposed, presets.why_not, remark, self)
        self._open(dialog, self._save)

    def _ask_new_name(self) -> None:
        shown = self._shown_own()
        others = [name for name in self._own_names() if name != shown.name]

        def why_not(name: str) -> str:
            return presets.why_not(name, others)

        dialog = NameDialog(_("Rename Preset"), _("Rename"), shown.name, why_not, lambda _name: "", self)
        self._open(dialog, lambda name: self._rename(shown, name))

    def _open(self, dialog: NameDialog, do: Callable[[str], None]) -> None:
        dialog.accepted.connect(lambda: self._attempt(lambda: do(dialog.name)))
        dialog.open()

    def _save(self, name: str) -> None:
        self._last = presets.save(name, self._values.of(RESTORE))
        self._custom = None

    def _rename(self, preset: Preset, name: str) -> None:
        self._last = presets.rename(preset.name, name)
        if self._custom is not None and self._custom.base == preset:
            self._custom = Custom(self._custom.settings, self._last)

    def _remove(self) -> None:
        def remove() -> None:
            presets.remove(self._shown_own().name)
            self._last = None

        self._attempt(remove)

    def _ask_where_to(self) -> None:
        shown = self._shown_own()
        dialog = self._file_dialog(_("Export Preset"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setDefaultSuffix("json")
        dialog.selectFile("".join(c if c.isalnum() or c in " -_" else "_" for c in shown.name) + ".json")
        dialog.fileSelected.connect(lambda path: self._attempt(lambda: presets.write(shown, Path(path))))
        dialog.open()

    def _ask_which(self) -> None:
        dialog = self._file_dialog(_("Import Preset"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._import)
        dialog.open()

    def _import(self, path: str) -> None:
        read: list[Preset] = []
        self._attempt(lambda: read.append(presets.read(Path(path))))
        for preset in read:
            self._take(preset)

    def _attempt(self, do: Callable[[], object]) -> None:
        """Do something with the file of own presets; where that cannot be, the remark says it."""
        try:
            do()
        except FileProblem as problem:
            self._read(str(problem))
        else:
            self._read()

    def _shown_own(self) -> Preset:
        """The own preset that the settings are; those actions are off where they are none."""
        shown = self._matching()
        assert shown is not None and shown.own
        return shown

    def _own_names(self) -> list[str]:
        return [preset.name for preset in self._presets if preset.own]

    def _file_dialog(self, title: str) -> QFileDialog:
        dialog = QFileDialog(self, title, "", _("Presets ({patterns})").format(patterns="*.json"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog


def _added(menu: QMenu, text: str, do: Callable[[], None]) -> QAction:
    """A new entry of the menu."""
    action = QAction(text, menu)
    action.triggered.connect(lambda: do())
    menu.addAction(action)
    return action


def _title(preset: Preset) -> str:
    return preset.name if preset.own else _(preset.title)


def _purpose(preset: Preset) -> str:
    return preset.purpose if preset.own else _(preset.purpose)


def _breakable(text: str) -> str:
    """The text with a place to go on in the next line after each folder of a path."""
    return text.replace(os.sep, f"{os.sep}\u200b")
