"""What is around the photo: middle grey, the window's own ground, or one of the ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

GREY, THEME, BLACK, WHITE = "grey", "theme", "black", "white"
SURROUNDS = (GREY, THEME, BLACK, WHITE)


def recalled(remembered: Mapping[str, Any]) -> str:
    """The one that was chosen the last time."""
    surround = remembered.get("surround")
    return str(surround) if surround in SURROUNDS else GREY
