"""Restore: the steps of the other tools, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import detect, repair
from .failures import WrongInput
from .models.registry import Registry
from .photo import Mask, Photo
from .progress import Progress, part
from .tools import Value, step_settings
from .translation import _


@dataclass(frozen=True)
class Restoration:
    """What the steps found and made; None where a step was not asked for."""

    detection: detect.Detection | None
    repair: repair.Repair | None

    @property
    def summary(self) -> str:
        """What was found and done, in a sentence or two."""
        sentences = [self.detection.summary] if self.detection else []
        if self.repair and (self.repair.patches or not self.detection):
            sentences.append(self.repair.summary)
        return " ".join(sentences)

    @property
    def facts(self) -> dict[str, Any]:
        """What machines want to know: plain values for JSON."""
        notes = [note for step in (self.detection, self.repair) if step for note in step.notes]
        facts: dict[str, Any] = {"notes": notes}
        if self.detection:
            facts |= {
                "found": self.detection.defects,
                "share": self.detection.share,
                "detect_model": self.detection.model,
                "threshold": self.detection.threshold,
            }
        if self.repair:
            facts |= {"repaired": self.repair.defects, "repair_model": self.repair.model}
        return facts


def run(
    photo: Photo,
    settings: Mapping[str, Value],
    models: Registry,
    progress: Progress,
    mask: Mask | None = None,
) -> Restoration:
    """Run the chosen steps. Where "detect" is not among them, `mask` is what "repair" fills.

    Raises WrongInput where repair has no mask, and what the steps raise.
    """
    steps = str(settings["steps"]).split(",")
    found = None
    if "detect" in steps:
        found = detect.run(photo, step_settings(settings, "detect"), models, part(progress, 0.0, 0.7))
        mask = found.mask
    filled = None
    if "repair" in steps:
        if mask is None:
            raise WrongInput(_("Repairing without detecting needs a mask: add detect to the steps."))
        start = 0.7 if found else 0.0
        filled = repair.run(photo, mask, step_settings(settings, "repair"), models, part(progress, start, 1.0))
    return Restoration(found, filled)
