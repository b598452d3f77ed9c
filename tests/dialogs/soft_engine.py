"""An engine whose default model of Enhance is no network: quick, or as slow as a test wants it."""

from __future__ import annotations

import sys
from pathlib import Path

from core import places

CORE_TESTS = Path(__file__).resolve().parents[1] / "core"
sys.path.append(str(CORE_TESTS))

import enhancers  # noqa: E402


def install() -> None:
    """Put the model's card into the data folder."""
    enhancers.install(places.data_folder() / "models")


def command(limits: str = "ALWAYS", pause: float = 0.0) -> tuple[str, ...]:
    """How `python -m core engine` is started, after the interpreter's name. limits: those of enhancers.py; pause: the
    seconds that each tile takes longer.
    """
    root = Path(__file__).resolve().parents[2]
    code = f"""
import sys, time
sys.path[:0] = [{str(root)!r}, {str(CORE_TESTS)!r}]
import enhancers
def slow(view, route):
    time.sleep({pause})
    return enhancers.soft_detail(view, route)
def loaded(card, weights, load):
    return enhancers.soft_enhancer(enhancers.{limits}, detail=slow)
enhancers.registry.ARCHITECTURES["soft"] = loaded
from core.__main__ import main
sys.exit(main())
"""
    return ("-c", code, "engine")
