"""An engine whose default models of Enhance and Colorize are no networks: quick, or as slow as a test wants them."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from core import places
from core.models.card import write_card

CORE_TESTS = Path(__file__).resolve().parents[1] / "core"
sys.path.append(str(CORE_TESTS))

import enhancers  # noqa: E402


def install() -> None:
    """Put the model's card into the data folder."""
    enhancers.install(places.data_folder() / "models")


def install_colours() -> None:
    """Put the card of Colorize's model into the data folder."""
    folder = places.data_folder() / "models"
    folder.mkdir(parents=True, exist_ok=True)
    card = replace(enhancers.SOFT, tool="colorize", title="One colour for all", architecture="soft-colours", tile=0)
    write_card(card, folder / "colorize-default.toml")


def command(limits: str = "ALWAYS", pause: float = 0.0, takes_hints: bool = True) -> tuple[str, ...]:
    """How `python -m core engine` is started, after the interpreter's name. limits: those of enhancers.py; pause: the
    seconds that each tile of Enhance takes longer; takes_hints: whether Colorize's model knows hints.
    """
    root = Path(__file__).resolve().parents[2]
    code = f"""
import sys, time
sys.path[:0] = [{str(root)!r}, {str(CORE_TESTS)!r}]
import enhancers
from core.models import registry
def slow(view, route):
    time.sleep({pause})
    return enhancers.soft_detail(view, route)
def loaded(card, weights, load):
    return enhancers.soft_enhancer(enhancers.{limits}, detail=slow)
registry.ARCHITECTURES["soft"] = loaded
import numpy as np
from core.models.colorizing import Colorizer, Colours
def seen(lightness, hints, levels):
    ab = np.broadcast_to(np.float32([10, 30]), (*lightness.shape, 2))
    return Colours(ab, np.ones(lightness.shape, np.float32))
registry.ARCHITECTURES["soft-colours"] = lambda card, weights, load: Colorizer(9216, {takes_hints}, seen)
from core.__main__ import main
sys.exit(main())
"""
    return ("-c", code, "engine")
