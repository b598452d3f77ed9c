"""Restore: the steps of the other tools, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import colorize, detect, enhance, repair
from .failures import WrongInput
from .models.registry import Registry
from .parameters import Value
from .photo import Mask, Photo
from .progress import Progress, part
from .tools import STEPS, step_settings
from .translation import _

LASTS = {"detect": 7, "repair": 3, "enhance": 10, "colorize": 4}
"""How long the steps take, compared to each other."""


@dataclass(frozen=True)
class Restoration:
    """What the steps found and made; None where a step was not asked for."""

    detection: detect.Detection | None = None
    repair: repair.Repair | None = None
    enhancement: enhance.Enhancement | None = None
    colorization: colorize.Colorization | None = None

    @property
    def summary(self) -> str:
        """What was found and done, a sentence or two for each step."""
        sentences = [self.detection.summary] if self.detection else []
        if self.repair and (self.repair.patches or not self.detection):
            sentences.append(self.repair.summary)
        if self.enhancement:
            sentences.append(self.enhancement.summary)
        if self.colorization:
            sentences.append(self.colorization.summary)
        return " ".join(sentences)

    @property
    def facts(self) -> dict[str, Any]:
        """What machines want to know: plain values for JSON."""
        steps = (self.detection, self.repair, self.enhancement, self.colorization)
        notes = [note for step in steps if step for note in step.notes]
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
        if self.colorization:
            facts |= self.colorization.facts
        return facts

    def restored(self, photo: Photo) -> Photo:
        """The photo with everything in it that was made; the same one where that is nothing."""
        if self.colorization:
            return replace(photo, samples=self.colorization.samples, encoding=self.colorization.encoding)
        if self.enhancement:
            return replace(photo, samples=self.enhancement.samples)
        if self.repair and self.repair.patches:
            return replace(photo, samples=repair.repaired_samples(photo, self.repair))
        return photo


def run(
    photo: Photo,
    settings: Mapping[str, Value],
    models: Registry,
    progress: Progress,
    mask: Mask | None = None,
    hints: NDArray[np.uint8] | None = None,
) -> Restoration:
    """Run the chosen steps. Where "detect" is not among them, `mask` is what "repair" fills; hints are for "colorize".

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
        sound = done.restored(photo)
        better = enhance.run(sound, step_settings(settings, "enhance"), models, _part(progress, steps, "enhance"))
        done = replace(done, enhancement=better)
    if "colorize" in steps:
        chosen, share = step_settings(settings, "colorize"), _part(progress, steps, "colorize")
        coloured = colorize.run(done.restored(photo), chosen, models, share, hints)
        done = replace(done, colorization=coloured)
    return done


def _part(progress: Progress, steps: list[str], step: str) -> Progress:
    """The progress of one step."""
    total = sum(LASTS[name] for name in steps)
    before = sum(LASTS[name] for name in STEPS[: STEPS.index(step)] if name in steps)
    return part(progress, before / total, (before + LASTS[step]) / total)
