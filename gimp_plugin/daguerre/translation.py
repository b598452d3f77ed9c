"""Visible texts through gettext. GIMP does not translate a plug-in's texts by itself."""

from __future__ import annotations

from gi.repository import GLib

DOMAIN = "daguerre"


def _(text: str) -> str:
    """The text in the user's language; itself where there is no translation."""
    return str(GLib.dgettext(DOMAIN, text)) if text else ""


def language() -> str:
    """The language that GIMP speaks, as a locale's name; empty for its own."""
    name = str(GLib.get_language_names()[0]).partition(".")[0].partition("@")[0]
    return "" if name in ("C", "POSIX") else name
