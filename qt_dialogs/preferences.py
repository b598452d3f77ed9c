"""What the person wants of the window itself: its language and its theme. Chosen in the menu, and remembered."""

from __future__ import annotations

import gettext
import os
from collections.abc import Mapping

from PyQt6.QtCore import QLocale, QObject, pyqtSignal
from PyQt6.QtGui import QActionGroup
from PyQt6.QtWidgets import QMenu

from core import translation
from core.translation import _

from . import memory, themes

LANGUAGE, THEME = "language", "theme"
SOURCE_LANGUAGE = "en"
"""The language of the texts in the sources, which has no catalogue."""


def chosen_language() -> str:
    """The language that was chosen for the window, as "fr"; empty: that of GIMP or of the system."""
    chosen = memory.recall().get(LANGUAGE)
    return chosen if isinstance(chosen, str) and (chosen == SOURCE_LANGUAGE or chosen in _translated()) else ""


def chosen_theme() -> str:
    """One of themes.THEMES."""
    chosen = memory.recall().get(THEME)
    return chosen if isinstance(chosen, str) and chosen in themes.THEMES else ""


class Preferences(QObject):
    """The menu's two choices."""

    languageChosen = pyqtSignal()
    """Another language was chosen, which the next window will speak."""

    def __init__(self, menu: QMenu, alone: bool) -> None:
        super().__init__(menu)
        usual = _("As the system") if alone else _("As GIMP")
        theme, language = QMenu(_("Theme"), menu), QMenu(_("Language"), menu)
        theme.setObjectName(THEME)
        language.setObjectName(LANGUAGE)
        self._theme, self._language = QActionGroup(theme), QActionGroup(language)
        named = {"": _("As the desktop"), themes.LIGHT: _("Light Colours"), themes.DARK: _("Dark Colours")}
        _fill(theme, self._theme, named, chosen_theme())
        _fill(language, self._language, {"": usual, **_named_languages()}, chosen_language())
        menu.addMenu(theme)
        menu.addMenu(language)
        self._theme.triggered.connect(lambda action: self._choose_theme(str(action.data())))
        self._language.triggered.connect(lambda action: self._choose_language(str(action.data())))

    def _choose_theme(self, theme: str) -> None:
        memory.remember(**{THEME: theme})
        themes.wear(theme)

    def _choose_language(self, language: str) -> None:
        if language != chosen_language():
            memory.remember(**{LANGUAGE: language})
            self.languageChosen.emit()


def _translated() -> list[str]:
    """The languages that there are catalogues for."""
    folders = os.listdir(translation.LOCALES)  # noqa: PTH208 - pathlib takes long to load
    return sorted(name for name in folders if gettext.find(translation.DOMAIN, translation.LOCALES, [name]))


def _named_languages() -> dict[str, str]:
    """What each language is called in itself."""
    names = {name: QLocale(name).nativeLanguageName() for name in _translated()}
    return {SOURCE_LANGUAGE: "English", **{name: native[:1].upper() + native[1:] for name, native in names.items()}}


def _fill(menu: QMenu, group: QActionGroup, entries: Mapping[str, str], chosen: str) -> None:
    for name, text in entries.items():
        action = group.addAction(text)
        assert action
        action.setData(name)
        action.setCheckable(True)
        action.setChecked(name == chosen)
        menu.addAction(action)
