"""The question for a preset's name."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from core import presets
from core.translation import _

from .accesskeys import AccessKeys


class NameDialog(QDialog):
    """Asks what a preset is to be called."""

    def __init__(
        self,
        title: str,
        verb: str,
        name: str,
        why_not: Callable[[str], str],
        remark: Callable[[str], str],
        parent: QWidget,
    ) -> None:
        """verb: what the button says; name: what is proposed; why_not: why something cannot be its name, else empty;
        remark: what else is to be said of a name.
        """
        super().__init__(parent)
        self._why_not, self._remark = why_not, remark
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
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
        self.accept_button = QPushButton(keys.marked(verb))
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
        wrong = self._why_not(self.name)
        self.accept_button.setEnabled(not wrong)
        self.remark.setText((wrong or self._remark(self.name)) if self.name else "")
