"""What a person can take back and do again: the steps of the mask's hand edits and of the dabs alike."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal


class History(QObject):
    """Steps, each with a name, and whether what they make is kept elsewhere. How a step is done is the subclass's."""

    stepsChanged = pyqtSignal()
    """can_undo, can_redo, their names or dirty may have changed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._undo: list[Any] = []
        self._redo: list[Any] = []
        self._clean = 0

    @property
    def state(self) -> int:
        """A number that is the same for the same edits alone; 0: as they came."""
        raise NotImplementedError

    @property
    def can_undo(self) -> bool:
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        return bool(self._redo)

    @property
    def undo_name(self) -> str:
        """The name of the step that undo would take back; empty where there is none."""
        return str(self._undo[-1].name) if self._undo else ""

    @property
    def redo_name(self) -> str:
        """The name of the step that redo would do again; empty where there is none."""
        return str(self._redo[-1].name) if self._redo else ""

    @property
    def dirty(self) -> bool:
        """Whether the edits differ from what they were at mark_clean (or at the start)."""
        return self.state != self._clean

    def mark_clean(self) -> None:
        """The edits as they are now are kept elsewhere: closing loses nothing."""
        self._clean = self.state
        self.stepsChanged.emit()
