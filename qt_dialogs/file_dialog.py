"""The dialog that asks for a file."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFileDialog, QWidget

PICTURES = "*.png *.tif *.tiff *.jpg *.jpeg *.webp"
MASKS = "*.png *.tif *.tiff"


def ask_file(
    parent: QWidget, title: str, start: str, patterns: str, chosen: Callable[[str], None], saves: bool
) -> None:
    """Ask for a file without blocking the window. Saving over an existing file is asked about by the dialog."""
    dialog = QFileDialog(parent, title, start, patterns)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if saves:
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setDefaultSuffix("png")
        dialog.selectFile(start)
    else:
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(chosen)
    dialog.open()
