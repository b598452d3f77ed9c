"""A small enhancer without a network, as an architecture of its own: quick, and what it answers is easy to work out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from commands import program_with

from core.color import View
from core.models.card import Card, write_card
from core.models.enhancing import Curves, Detail, Enhancer, Route
from core.models.registry import Registry

SOFT = Card(
    name="default",
    tool="enhance",
    title="A blur in the place of a network",
    purpose="Tests.",
    architecture="soft",
    licence="GPL-3.0-or-later",
    tile=64,
    stride=8,
    overlap=16,
)
REACH = 7
"""Pixels along the side of the square that each pixel of the detail depends on."""
LIMITS = {"noise": (0.0, 0.01), "blur": (0.0, 0.01), "fading": (0.0, 0.01)}
ALWAYS = dict.fromkeys(LIMITS, (-1.0, -0.5))
"""Limits under which there is a need for everything."""
NEVER = dict.fromkeys(LIMITS, (10.0, 20.0))


def blurred(view: View) -> View:
    out = cv2.blur(view, (REACH, REACH), borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(out, np.float32).reshape(view.shape)


def soft_detail(view: View, route: Route) -> Detail:
    """The noise is what a blur takes away, the sharpness a tenth of what it would take."""
    assert view.min() >= 0 and view.max() <= 1
    return Detail(blurred(view) - view, (view - blurred(view)) * np.float32(0.1))


def darker(view: View, route: Route) -> Curves:
    """A gamma of 1.5."""
    return Curves(np.tile(np.linspace(0, 1, 33) ** 1.5, (view.shape[2], 1)).astype(np.float32))


def negative(view: View, route: Route) -> View:
    return 1 - view


def soft_enhancer(limits: Mapping[str, tuple[float, float]] = ALWAYS, **changes: Any) -> Enhancer:
    return replace(Enhancer(100, darker, soft_detail, None, limits), **changes)


class Alone(Registry):
    """A registry with one enhancer."""

    def __init__(self, enhancer: Enhancer, **card: Any) -> None:
        super().__init__()
        self._card, self._enhancer = replace(SOFT, **card), enhancer

    def card(self, tool: str, name: str) -> Card:
        return self._card if (tool, name) == ("enhance", "default") else super().card(tool, name)

    def load(self, tool: str, name: str) -> Any:
        return self._enhancer if (tool, name) == ("enhance", "default") else super().load(tool, name)


def loaded(card: Card, weights: Path, load: Callable[[str], Any]) -> Enhancer:
    """How the architecture "soft" is loaded."""
    return soft_enhancer()


def install(folder: Path, **card: Any) -> None:
    """Put a card of the architecture "soft", as "default", into a folder of models."""
    folder.mkdir(parents=True, exist_ok=True)
    write_card(replace(SOFT, **card), folder / "enhance-default.toml")


def program(*arguments: str) -> list[str]:
    """`python -m core` with these arguments, in a process that knows the architecture."""
    return program_with("enhancers", "soft", arguments)
