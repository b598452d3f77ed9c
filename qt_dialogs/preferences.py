"""What the person wants of the window itself: its language, its theme and what is around the photo. Chosen in the menu,
and remembered."""

from __future__ import annotations

import gettext
import os
from collections.abc import Callable, Mapping

from PyQt6.QtCore import QLocale, QObject, pyqtSignal
from PyQt6.QtGui import QActionGroup
from PyQt6.QtWidgets import QMenu

from core import translation
from core.translation import _

from . import memory, surrounds, themes
from .accesskeys import AccessKeys

LANGUAGE, THEME, SURROUND = "language", "theme", "surround"
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
    """The menu's three choices."""

    languageChosen = pyqtSignal()
    """Another language was chosen, which the next window will speak."""
    surroundChosen = pyqtSignal(str)
    """What is to be around the photo: one of surrounds.SURROUNDS."""

    def __init__(self, menu: QMenu, keys: AccessKeys, alone: bool) -> None:
        """keys: the letters of the menu's entries."""
        super().__init__(menu)
        self._menu, self._keys = menu, keys
        grounds = {
            surrounds.GREY: _("Middle Grey"),
            surrounds.THEME: _("As the Theme"),
            surrounds.BLACK: _("Black"),
            surrounds.WHITE: _("White"),
        }
        surround, tip = surrounds.recalled(memory.recall()), _("What is seen around the photo")
        self._add(SURROUND, _("Surround of the Photo"), tip, grounds, surround, self._choose_surround)
        themed = {"": _("As the desktop"), themes.LIGHT: _("Light Colours"), themes.DARK: _("Dark Colours")}
        self._add(THEME, _("Theme"), _("The colours of this window"), themed, chosen_theme(), self._choose_theme)
        spoken = {"": _("As the system") if alone else _("As GIMP"), **_named_languages()}
        tip = _("The language of this window, from its next start on")
        self._add(LANGUAGE, _("Language"), tip, spoken, chosen_language(), self._choose_language)

    def _add(
        self, name: str, title: str, tip: str, entries: Mapping[str, str], chosen: str, choose: Callable[[str], None]
    ) -> None:
        """A menu of which one entry is chosen."""
        menu, keys = QMenu(self._keys.marked(title), self._menu), AccessKeys()
        menu.setObjectName(name)
        group = QActionGroup(menu)
        for value, text in entries.items():
            action = group.addAction(keys.marked(text))
            assert action
            action.setData(value)
            action.setCheckable(True)
            action.setChecked(value == chosen)
            menu.addAction(action)
        opens = self._menu.addMenu(menu)
        assert opens
        opens.setToolTip(tip)
        group.triggered.connect(lambda action: choose(str(action.data())))

    def _choose_surround(self, surround: str) -> None:
        memory.remember(**{SURROUND: surround})
        self.surroundChosen.emit(surround)

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
