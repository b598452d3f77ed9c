"""The Qt application: in the theme that was chosen, and sharp on every screen (Qt 6 rounds no scale factor)."""

from __future__ import annotations

import os
import sys

from PyQt6.QtCore import QLibraryInfo, QLocale, QTranslator
from PyQt6.QtWidgets import QApplication

from core import translation

from .preferences import SOURCE_LANGUAGE, chosen_theme
from .themes import wear

SWITCH_INTERVAL = 0.001
"""Seconds after which a thread that computes lets the window's own thread go on."""
LANGUAGES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""The environment's variables that name a language, the strongest first."""


def application() -> QApplication:
    """The application of this process; made once, before any widget."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    app = QApplication([sys.argv[0]])
    app.setApplicationName("daguerre")
    app.setQuitOnLastWindowClosed(False)
    if theme := chosen_theme():
        wear(theme)
    return app


def speak(app: QApplication, language: str) -> None:
    """Let this process and its engines speak this language, Qt too; empty: the environment's."""
    if language:
        os.environ["LANGUAGE"] = language
        translation.speak(language)
    if language == SOURCE_LANGUAGE:  # chosen in the menu: the system may have another one
        QLocale.setDefault(QLocale(language))
        return
    named = language or next((os.environ[name] for name in LANGUAGES if os.environ.get(name)), "")
    if named.startswith(("en", "C", "POSIX")) or not named:
        return  # as it is; asking Qt about languages takes longer than all else here
    locale = QLocale(named.partition(":")[0])
    if language:
        QLocale.setDefault(locale)
    translator = QTranslator(app)
    if translator.load(locale, "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(translator)
