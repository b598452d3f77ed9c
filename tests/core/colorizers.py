"""A small colorizer without a network, as an architecture of its own: quick, and its answer is easy to work out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from commands import program_with

from core.models.card import Card, write_card
from core.models.colorizing import Colorizer, Colours, Hints, Plane
from core.models.registry import Registry

PLAIN = Card(
    name="default",
    tool="colorize",
    title="One colour in the place of a network",
    purpose="Tests.",
    architecture="plain-colours",
    licence="GPL-3.0-or-later",
)
COLOUR = (12.0, 24.0)
"""a* and b* of everything."""


def plain(lightness: Plane, hints: Hints | None, levels: int) -> Colours:
    """COLOUR everywhere; sure on the left half only."""
    assert lightness.dtype == np.float32 and lightness.min() >= 0 and lightness.max() <= 1
    sure = np.ones(lightness.shape, np.float32)
    sure[:, lightness.shape[1] // 2 :] = 0
    return Colours(np.tile(np.array(COLOUR, np.float32), (*lightness.shape, 1)), sure)


def plain_colorizer(**changes: Any) -> Colorizer:
    return replace(Colorizer(64 * 64, True, plain), **changes)


class Alone(Registry):
    """A registry with one colorizer."""

    def __init__(self, colorizer: Colorizer | None = None) -> None:
        super().__init__()
        self._colorizer = colorizer or plain_colorizer()

    def card(self, tool: str, name: str) -> Card:
        return PLAIN if (tool, name) == ("colorize", "default") else super().card(tool, name)

    def load(self, tool: str, name: str) -> Any:
        return self._colorizer if (tool, name) == ("colorize", "default") else super().load(tool, name)


def loaded(card: Card, weights: Path, load: Callable[[str], Any]) -> Colorizer:
    """How the architecture "plain-colours" is loaded."""
    return plain_colorizer()


def install(folder: Path) -> None:
    """Put a card of the architecture "plain-colours", as "default", into a folder of models."""
    folder.mkdir(parents=True, exist_ok=True)
    write_card(PLAIN, folder / "colorize-default.toml")


def program(*arguments: str) -> list[str]:
    """`python -m core` with these arguments, in a process that knows the architecture."""
    return program_with("colorizers", "plain-colours", arguments)
