"""What a run shall do, and how the engine is asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.parameters import Value
from core.tools import RESTORE, step_settings

from .values import Values, has_mask

RESULTS = {"repair": "fill", "enhance": "enhanced", "colorize": "colours"}
"""What the engine calls the result of each step that changes pixels."""
WITHOUT_MASK = {"enhance", "colorize"}
"""The steps that take no notice of a mask."""


@dataclass(frozen=True)
class Plan:
    """What a run of the page `tool` shall do. steps: those that change pixels; settings: of all steps, under Restore's
    names; whole: the changed photo is wanted, and not what lies over it; mask: it is handed over too.
    """

    tool: str
    steps: tuple[str, ...]
    settings: Mapping[str, Value]
    whole: bool
    mask: bool


@dataclass(frozen=True)
class Asked:
    """A tool with its settings, and the engine's words for the results that are wanted."""

    tool: str
    settings: dict[str, Value]
    want: list[str]


def planned(page: str, values: Values, pages: list[str], alone: bool) -> Plan:
    """What the page's verb means now. pages: all of the window; alone: the result goes to a file.

    Where there is a mask in the window, GIMP gets it with every result: the hand's work is never left behind.
    """
    chosen = values.steps_of(page)
    steps = tuple(step for step in chosen if step in RESULTS)
    whole = alone or values["output"] in ("in-place", "new-image")
    mask = not set(chosen) <= WITHOUT_MASK or (not alone and any(has_mask(name) for name in pages))
    return Plan(page, steps, values.for_engine(RESTORE), whole, mask)


def asked_of(plan: Plan, marked: bool) -> Asked | None:
    """What the engine does of the plan; None where that is nothing. marked: the mask has something in it."""
    steps = [step for step in plan.steps if marked or step != "repair"]
    if not steps:
        return None
    want = ["photo"] if plan.whole else [RESULTS[step] for step in steps]
    if len(steps) == 1:
        return Asked(steps[0], step_settings(plan.settings, steps[0]), want)
    return Asked(RESTORE.name, {**plan.settings, "steps": ",".join(steps)}, want)
