"""Light and dark: as the desktop has it, or as the person wants it."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QGuiApplication, QPalette
from PyQt6.QtWidgets import QApplication

LIGHT, DARK = "light", "dark"
THEMES = ("", LIGHT, DARK)
"""Empty: the desktop's."""
_SCHEMES = {"": 0, LIGHT: 1, DARK: 2}
"""Qt.ColorScheme of each, as a number: no name of `Qt` may be touched before the first paint, see window.py."""
_Role = QPalette.ColorRole
_COLOURS = {
    LIGHT: {
        _Role.Window: "#efefef",
        _Role.WindowText: "#000000",
        _Role.Base: "#ffffff",
        _Role.AlternateBase: "#f7f7f7",
        _Role.Text: "#000000",
        _Role.Button: "#efefef",
        _Role.ButtonText: "#000000",
        _Role.BrightText: "#ffffff",
        _Role.ToolTipBase: "#ffffdc",
        _Role.ToolTipText: "#000000",
        _Role.PlaceholderText: "#6c6c6c",
        _Role.Light: "#ffffff",
        _Role.Midlight: "#cacaca",
        _Role.Mid: "#b8b8b8",
        _Role.Dark: "#9f9f9f",
        _Role.Shadow: "#767676",
        _Role.Highlight: "#1f6fa8",
        _Role.HighlightedText: "#ffffff",
        _Role.Accent: "#1f6fa8",
        _Role.Link: "#0057ae",
        _Role.LinkVisited: "#7d3a8c",
    },
    DARK: {
        _Role.Window: "#353535",
        _Role.WindowText: "#eeeeee",
        _Role.Base: "#1b1b1b",
        _Role.AlternateBase: "#242424",
        _Role.Text: "#eeeeee",
        _Role.Button: "#484848",
        _Role.ButtonText: "#eeeeee",
        _Role.BrightText: "#ffffff",
        _Role.ToolTipBase: "#1b1b1b",
        _Role.ToolTipText: "#eeeeee",
        _Role.PlaceholderText: "#a0a0a0",
        _Role.Light: "#606060",
        _Role.Midlight: "#525252",
        _Role.Mid: "#6a6a6a",
        _Role.Dark: "#181818",
        _Role.Shadow: "#0c0c0c",
        _Role.Highlight: "#2a78b0",
        _Role.HighlightedText: "#ffffff",
        _Role.Accent: "#4aa3df",
        _Role.Link: "#7cbcf0",
        _Role.LinkVisited: "#c9a0dc",
    },
}
_FADED = {LIGHT: "#8e8e8e", DARK: "#949494"}
"""Texts of what cannot be used now."""


def wear(theme: str) -> None:
    """Show all windows in one of THEMES, at once. A desktop that cannot show the theme gets colours of ours."""
    hints = QGuiApplication.styleHints()
    assert hints
    hints.setColorScheme(Qt.ColorScheme(_SCHEMES[theme]))
    QApplication.setPalette(QPalette())
    if theme and is_dark() != (theme == DARK):
        QApplication.setPalette(_palette(theme))


def is_dark() -> bool:
    """Whether texts are lighter than what is behind them."""
    palette = QGuiApplication.palette()
    return palette.color(_Role.WindowText).lightness() > palette.color(_Role.Window).lightness()


def _palette(theme: str) -> QPalette:
    palette = QPalette()
    for role, colour in _COLOURS[theme].items():
        palette.setColor(role, QColor(colour))
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(_FADED[theme]))
    palette.setColor(QPalette.ColorGroup.Disabled, _Role.Highlight, QColor(_COLOURS[theme][_Role.Mid]))
    palette.setColor(QPalette.ColorGroup.Disabled, _Role.Accent, QColor(_COLOURS[theme][_Role.Mid]))
    return palette
