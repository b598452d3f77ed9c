"""Restore: the steps of the other tools, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from . import detect, enhance, repair
from .color import Samples
from .failures import WrongInput
from .models.registry import Registry
from .photo import Mask, Photo
from .progress import Progress, part
from .tools import STEPS, Value, step_settings
from .translation import _

LASTS = {"detect": 7, "repair": 3, "enhance": 10}
"""How long the steps take, compared to each other."""


@dataclass(frozen=True)
class Restoration:
    """What the steps found and made; None where a step was not asked for."""

    detection: detect.Detection | None = None
    repair: repair.Repair | None = None
    enhancement: enhance.Enhancement | None = None

    @property
    def summary(self) -> str:
        """What was found and done, a sentence or two for each step."""
        sentences = [self.detection.summary] if self.detection else []
        if self.repair and (self.repair.patches or not self.detection):
            sentences.append(self.repair.summary)
        if self.enhancement:
            sentences.append(self.enhancement.summary)
        return " ".join(sentences)

    @property
    def facts(self) -> dict[str, Any]:
        """What machines want to know: plain values for JSON."""
        notes = [note for step in (self.detection, self.repair, self.enhancement) if step for note in step.notes]
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
        if self.enhancement:
            facts |= self.enhancement.facts
        return facts

    def samples(self, photo: Photo) -> Samples:
        """The photo's samples (H, W, C) with everything in them that was made; its own where that is nothing."""
        if self.enhancement:
            return self.enhancement.samples
        return repair.repaired_samples(photo, self.repair) if self.repair and self.repair.patches else photo.samples


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
    done = Restoration()
    if "detect" in steps:
        found = detect.run(photo, step_settings(settings, "detect"), models, _part(progress, steps, "detect"))
        done, mask = replace(done, detection=found), found.mask
    if "repair" in steps:
        if mask is None:
            raise WrongInput(_("Repairing without detecting needs a mask: add detect to the steps."))
        filled = repair.run(photo, mask, step_settings(settings, "repair"), models, _part(progress, steps, "repair"))
        done = replace(done, repair=filled)
    if "enhance" in steps:
        sound = replace(photo, samples=done.samples(photo))
        better = enhance.run(sound, step_settings(settings, "enhance"), models, _part(progress, steps, "enhance"))
        done = replace(done, enhancement=better)
    return done


def _part(progress: Progress, steps: list[str], step: str) -> Progress:
    """The progress of one step."""
    total = sum(LASTS[name] for name in steps)
    before = sum(LASTS[name] for name in STEPS[: STEPS.index(step)] if name in steps)
    return part(progress, before / total, (before + LASTS[step]) / total)
