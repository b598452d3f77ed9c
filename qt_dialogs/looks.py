"""Ways to look at the photo and its marks that help to judge them and change nothing."""

from __future__ import annotations

from dataclasses import dataclass

FILL, OUTLINE, ALONE = "fill", "outline", "alone"
STYLES = (FILL, OUTLINE, ALONE)
"""How marks are shown: filled over the photo, outlined, or white on black without the photo."""


@dataclass(frozen=True)
class Look:
    """style: one of STYLES; damage: whether the photo is shown as faint damage is seen best, and with which contrast,
    0..1; grid: whether there is one between large pixels.
    """

    style: str = FILL
    damage: bool = False
    contrast: float = 0.5
    grid: bool = True
