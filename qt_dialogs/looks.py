"""Ways to look at the photo and its marks that help to judge them and change nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import surrounds

FILL, OUTLINE, ALONE = "fill", "outline", "alone"
STYLES = (FILL, OUTLINE, ALONE)
"""How marks are shown: filled over the photo, outlined, or white on black without the photo."""
Colour = tuple[int, int, int]
"""Red, green, blue, 0..255, sRGB-encoded."""
BLUE, VERMILION = (0x56, 0xB4, 0xE9), (0xD5, 0x5E, 0x00)
"""Two of Okabe's and Ito's colours: apart from each other and from photographs for every kind of colour vision.
The first is for what was found, the other for what was added by hand.
"""


@dataclass(frozen=True)
class Look:
    """style: one of STYLES; colour: that of what was found, None: the usual one; damage: whether the photo is shown as
    faint damage is seen best, and with which contrast, 0..1; grid: whether there is one between large pixels; surround:
    one of surrounds.SURROUNDS.
    """

    style: str = FILL
    colour: Colour | None = None
    damage: bool = False
    contrast: float = 0.5
    grid: bool = True
    surround: str = surrounds.GREY


def recalled(remembered: Mapping[str, Any]) -> Look:
    """How the photo was looked at the last time; the damage view is for a moment."""
    style, contrast = remembered.get("style"), remembered.get("contrast")
    return Look(
        style=str(style) if style in STYLES else FILL,
        colour=_colour(remembered.get("colour")),
        contrast=contrast if isinstance(contrast, float) and 0 <= contrast <= 1 else Look.contrast,
        grid=remembered.get("grid") is not False,
        surround=surrounds.recalled(remembered),
    )


def _colour(kept: Any) -> Colour | None:
    whole = isinstance(kept, list) and len(kept) == 3 and all(type(c) is int and 0 <= c <= 255 for c in kept)
    return (kept[0], kept[1], kept[2]) if whole else None
