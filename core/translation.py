"""Visible texts through gettext: `_` translates where a text is shown or made."""

from __future__ import annotations

import gettext
from pathlib import Path

_catalogue = gettext.translation("daguerre", Path(__file__).parent / "locale", fallback=True)
_ = _catalogue.gettext
ngettext = _catalogue.ngettext
