"""Visible texts through gettext: `_` translates where a text is shown or made.

The language is that of LANGUAGE, LC_ALL, LC_MESSAGES or LANG, the first that is set, when this is imported, until
another one is spoken.
"""

from __future__ import annotations

import gettext
import os

DOMAIN = "daguerre"
LOCALES = f"{os.path.dirname(__file__)}/locale"  # noqa: PTH120 - pathlib takes longer to load than all else here
"""A folder for each language: LC_MESSAGES/daguerre.po, which is edited, and .mo, which is read."""

catalogue = gettext.translation(DOMAIN, LOCALES, fallback=True)


def speak(language: str) -> None:
    """Translate from here on into this language, as "fr_CA", or the first that there is of several with colons between
    them; English where there is none.
    """
    global catalogue
    catalogue = gettext.translation(DOMAIN, LOCALES, language.split(":"), fallback=True)


def language() -> str:
    """The language that is spoken, as "fr"; "en" where texts are not translated."""
    return catalogue.info().get("language", "en")


def _(text: str) -> str:
    """The text in the language of this process; itself where there is no translation."""
    return catalogue.gettext(text)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form of the text that goes with this number."""
    return catalogue.ngettext(singular, plural, count)


def number(value: float, decimals: int = 0) -> str:
    """A number with this many decimals, as the language writes it."""
    # Translators: the decimal point of numbers.
    return f"{value:.{decimals}f}".replace(".", _("."))


def percent(share: float, decimals: int = 0) -> str:
    """A share (0..1) in percent, as the language writes it."""
    # Translators: a share; in some languages there is a space before the sign.
    return _("{number}%").format(number=number(100 * share, decimals))
