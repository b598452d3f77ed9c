"""The window's keys, by the character they produce: a layout whose digits need Shift works too."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeyEvent

LETTERS = {
    "1": "zoom 1",
    "2": "zoom 2",
    "3": "zoom 4",
    "4": "zoom 8",
    "5": "zoom 16",
    "@": "zoom 0.5",
    "#": "zoom 0.25",
    "$": "zoom 0.125",
    "%": "zoom 0.0625",
    "+": "zoom in",
    "-": "zoom out",
    "`": "zoom back",
    "u": "pick",
    "p": "brush",
    "o": "pipette",
    "l": "line",
    "i": "trace",
    "f": "lasso",
    "x": "other tool",
    "[": "smaller",
    "]": "larger",
    "{": "halve",
    "}": "double",
    "\\": "usual size",
    "v": "before",
    "j": "compare",
    ".": "next",
    ",": "previous",
}
"""What a character does while the photo or the list of defects has the focus."""
SHIFTED = {"e": "eraser", "q": "overlay", "j": "centre", "a": "damage"}
"""Letters that need Shift."""

ON_PHOTO = {Qt.Key.Key_Return: "enter", Qt.Key.Key_Enter: "enter", Qt.Key.Key_Delete: "delete"}
"""What other keys do there, without Shift."""

SIZES = {Qt.Key.Key_Left: "smaller", Qt.Key.Key_Right: "larger", Qt.Key.Key_Down: "halve", Qt.Key.Key_Up: "double"}
"""What arrows do there with Alt."""

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
EVERYWHERE = {
    (Qt.Key.Key_Z, CTRL): "undo",
    (Qt.Key.Key_Y, CTRL): "redo",
    (Qt.Key.Key_Z, CTRL | SHIFT): "redo",
    (Qt.Key.Key_J, CTRL | SHIFT): "fit",
    (Qt.Key.Key_Return, CTRL): "accept",
    (Qt.Key.Key_Enter, CTRL): "accept",
    (Qt.Key.Key_PageUp, CTRL): "page -1",
    (Qt.Key.Key_PageDown, CTRL): "page 1",
    (Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier): "help",
    (Qt.Key.Key_F6, Qt.KeyboardModifier.NoModifier): "region 1",
    (Qt.Key.Key_F6, SHIFT): "region -1",
    (Qt.Key.Key_Tab, CTRL): "region 1",
    (Qt.Key.Key_Backtab, CTRL | SHIFT): "region -1",
    (Qt.Key.Key_F9, Qt.KeyboardModifier.NoModifier): "panel",
    (Qt.Key.Key_F11, Qt.KeyboardModifier.NoModifier): "full screen",
}
"""What a key does wherever the focus is."""


def action_everywhere(event: QKeyEvent) -> str:
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return EVERYWHERE.get((Qt.Key(event.key()), modifiers), "")


def action_on_photo(event: QKeyEvent) -> str:
    """What a key does while the photo or the list of defects has the focus; empty for all that stay dead."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if modifiers == Qt.KeyboardModifier.AltModifier and event.key() in SIZES:
        return SIZES[Qt.Key(event.key())]
    if modifiers & ~(SHIFT | Qt.KeyboardModifier.GroupSwitchModifier):
        return ""
    if not modifiers and event.key() in ON_PHOTO:
        return ON_PHOTO[Qt.Key(event.key())]
    text = event.text()
    if text.isalpha():
        letters = SHIFTED if modifiers & SHIFT else LETTERS
        return letters.get(text.lower(), "")
    return LETTERS.get(text, "")
