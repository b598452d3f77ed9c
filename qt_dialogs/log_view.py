"""The log: what there is to report where something goes wrong again and again, to be read and copied."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt, QUrl
from PyQt6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from core import places
from core.translation import _

SIZE = QSize(800, 560)


class LogView(QDialog):
    """The report in a window of its own; Daguerre's window stays usable beside it."""

    def __init__(self, parent: QWidget, report: str) -> None:
        super().__init__(parent)
        self.setObjectName("log")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Log"))
        about = QLabel(
            _("Copy this into your report: versions, models, what went wrong last; your photos are not named.")
        )
        about.setWordWrap(True)
        self.text = QPlainTextEdit(report)
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(_("Log"))
        self.text.setAccessibleDescription(about.text())
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self.copy = QPushButton(_("&Copy"))
        self.copy.setToolTip(_("Copy all of it"))
        self.copy.clicked.connect(self._copy)
        self.folder = QPushButton(_("Open &Folder"))
        self.folder.setToolTip(_("Show the folder with the whole log, which may name photos"))
        self.folder.clicked.connect(lambda: QDesktopServices.openUrl(folder_of_log()))
        for button in (self.copy, self.folder):
            button.setAutoDefault(False)
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        layout = QVBoxLayout(self)
        layout.addWidget(about)
        layout.addWidget(self.text)
        layout.addWidget(buttons)
        screen = self.screen()
        self.resize(SIZE.boundedTo(screen.availableSize()) if screen else SIZE)
        bar = self.text.verticalScrollBar()
        assert bar
        bar.setValue(bar.maximum())  # the newest is at the end

    def _copy(self) -> None:
        clipboard = QGuiApplication.clipboard()
        assert clipboard
        clipboard.setText(self.text.toPlainText())


def folder_of_log() -> QUrl:
    return QUrl.fromLocalFile(str(places.log_file().parent))


def show_log(parent: QWidget, report: str) -> LogView:
    """Show the log as it is now, in the place of one that is open."""
    before = parent.findChild(LogView)
    if before is not None:
        before.setObjectName("")
        before.close()
    shown = LogView(parent, report)
    shown.show()
    return shown
