"""What is always there below: progress with Stop, and the buttons."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from core.translation import _

PROGRESS_HEIGHT, BUTTONS_HEIGHT = 32, 52


class ProgressRow(QWidget):
    """The region `progress`: bar, text and Stop; "Ready" while nothing runs."""

    stopAsked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("progress")
        self.setFixedHeight(PROGRESS_HEIGHT)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setFixedWidth(220)
        self.bar.setAccessibleName(_("Progress"))
        self.text = QLabel()
        self.stop = QPushButton(_("Stop"))
        self.stop.setAutoDefault(False)
        self.stop.setToolTip(_("Stop what is being computed; photo and mask stay as they are (Esc)"))
        self.stop.clicked.connect(self.stopAsked)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 2)
        layout.addWidget(self.bar)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.stop)
        self.rest(_("Ready"))

    def show_progress(self, fraction: float | None, text: str) -> None:
        """Something runs; None where nobody knows how far it is."""
        self.bar.setRange(0, 0 if fraction is None else 1000)
        if fraction is not None:
            self.bar.setValue(round(1000 * fraction))
        self.text.setText(text)
        self.stop.setEnabled(True)

    def wait(self, text: str) -> None:
        """Something goes on that is not the window's to stop."""
        self.bar.setRange(0, 0)
        self.text.setText(text)

    def stopping(self) -> None:
        self.stop.setEnabled(False)
        self.text.setText(_("Stopping…"))

    def rest(self, text: str) -> None:
        """Nothing runs."""
        self.bar.setRange(0, 1000)
        self.bar.reset()
        self.text.setText(text)
        self.stop.setEnabled(False)


class ButtonRow(QWidget):
    """The region `buttons`: Help, where the result goes, Cancel and the button `accept` with the page's verb."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("buttons")
        self.setFixedHeight(BUTTONS_HEIGHT)
        self.help = QPushButton(_("&Help"))
        self.help.setToolTip(_("Open the guide at this tool (F1)"))
        self.cancel = QPushButton()
        self.cancel.setObjectName("cancel")
        self.accept = QPushButton()
        self.accept.setObjectName("accept")
        self.accept.setDefault(True)
        for button in (self.help, self.cancel):
            button.setAutoDefault(False)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(8, 8, 8, 8)
        self._layout.addWidget(self.help)
        self._layout.addSpacing(12)
        self._layout.addStretch(1)
        self._layout.addWidget(self.cancel)
        self._layout.addWidget(self.accept)

    def add_choice(self, label: QLabel, box: QWidget) -> None:
        """Put a choice with its label between Help and the other buttons."""
        label.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self._layout.insertWidget(2, label)
        self._layout.insertWidget(3, box)

    def add_button(self, button: QPushButton) -> None:
        button.setAutoDefault(False)
        self._layout.insertWidget(2, button)
