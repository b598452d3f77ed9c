"""What the engine does for each request; how requests come and answers go is the engine's own affair."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from . import colorize, detect, enhance, files, handoff, places, repair, restore, results
from . import mask as masks
from .color import Encoding
from .failures import ModelError, WrongInput
from .models import card_text, own
from .models.registry import Registry
from .photo import Box, Mask, Photo
from .progress import Progress
from .protocol import (
    MAX_LINE,
    Job,
    LoadMaskRequest,
    LoadRequest,
    ModelsRequest,
    ProtocolError,
    RunRequest,
    SaveRequest,
    photo_fields,
)
from .tools import STEPS, TOOLS
from .translation import _

MOST_PROBLEMS = 20
SHORT = 30
"""Characters of a text where there is room for no more."""


@dataclasses.dataclass
class _Memory:
    """What was found in the photo that was repaired, enhanced or coloured last: once reduced for all, and the mask of
    the last repair.
    """

    key: Any = None
    mask_key: Any = None
    mask: Mask | None = None
    reduced: dict[int, Photo] = dataclasses.field(default_factory=dict)
    repair: repair.Memory = dataclasses.field(init=False)
    enhance: enhance.Memory = dataclasses.field(init=False)
    colorize: colorize.Memory = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self.repair = repair.Memory(self.reduced)
        self.enhance = enhance.Memory(reduced=self.reduced)
        self.colorize = colorize.Memory(reduced=self.reduced)


_memory = _Memory()


def done(job: Job, models: Registry, progress: Progress) -> dict[str, Any]:
    """Do what is asked; returns the entries of the answer "done".

    Raises Cancelled from progress, never once a result stands under its name, and what the tools and files raise.
    """
    if isinstance(job, LoadRequest):
        return _load(job, progress)
    if isinstance(job, LoadMaskRequest):
        return _load_mask(job, progress)
    if isinstance(job, SaveRequest):
        return _save(job, progress)
    return _run(job, models, progress)


def changed_models(request: ModelsRequest) -> tuple[str, str] | None:
    """Change the person's own models; returns tool and name of one that was added.

    Raises FileProblem with one sentence where that cannot be, with nothing changed.
    """
    global _memory
    _memory = _Memory()  # what another model found
    if request.add is not None:
        card = own.add(Path(request.add))
        return card.tool, card.name
    if request.remove is not None:
        own.remove(*request.remove)
    if request.folder is not None:
        own.search(Path(request.folder) if request.folder else None)
    return None


def described_models(models: Registry, check: bool = False) -> dict[str, Any]:
    """The facts on the models that there are; check: compare the weights with their cards."""
    described = []
    for card in models.cards():
        problem = ""
        if check:
            try:
                models.check_weights(card)
            except ModelError as error:
                problem = str(error)
        described.append(
            {
                **card_text.described(card, models.folder(card)),
                "default": card.name == _default_model(card.tool),
                "checked": check,
                "problem": problem,
            }
        )
    room = MAX_LINE * 9 // 10 // max(1, len(described))
    described = [entry if len(json.dumps(entry)) <= room else _shortened(entry) for entry in described]
    other = places.other_models_folder()
    return {"models": described, "problems": models.problems[:MOST_PROBLEMS], "folder": str(other) if other else ""}


def _shortened(entry: dict[str, Any]) -> dict[str, Any]:
    """What is left of a description where so many long ones do not fit into an answer."""
    texts = {key: value[:SHORT] for key, value in entry.items() if isinstance(value, str)}
    lists: dict[str, Any] = {key: [] for key, value in entry.items() if isinstance(value, list)}
    return {**entry, **texts, **lists}


def _default_model(tool: str) -> object:
    declared = TOOLS[tool].parameters if tool in TOOLS else ()
    return next((parameter.default for parameter in declared if parameter.kind == "model"), None)


def _run(job: RunRequest, models: Registry, progress: Progress) -> dict[str, Any]:
    folder = Path(job.folder)
    progress(0.0, "")
    photo = handoff.read_photo(folder, job.photo)
    preview = job.region is not None or job.scale > 1
    if job.mask and preview:
        mask: Mask | None = _remembered_mask(job, photo)
    else:
        mask = handoff.read_mask(folder, job.mask, photo) if job.mask else None
    hints = handoff.read_hints(folder, job.hints, photo) if job.hints else None
    region = _region(job, photo)
    if job.tool == "detect":
        made = restore.Restoration(detection=detect.run(photo, job.settings, models, progress))
    elif job.tool == "repair":
        if mask is None:
            raise WrongInput(_("Repair needs a mask."))
        known = _remembered(job).repair if preview else None
        fills = repair.run(photo, mask, job.settings, models, progress, region, job.scale, known)
        made = restore.Restoration(repair=fills)
    elif job.tool == "enhance":
        memory = _remembered(job).enhance
        better = enhance.run(photo, job.settings, models, progress, region, job.scale, memory)
        made = restore.Restoration(enhancement=better)
    elif job.tool == "colorize":
        of = _remembered(job).colorize
        coloured = colorize.run(photo, job.settings, models, progress, hints, region, job.scale, of)
        made = restore.Restoration(colorization=coloured)
    else:
        made = restore.run(photo, job.settings, models, progress, mask, hints)
    written = {}
    if made.detection:
        if "mask" in job.want:
            written["mask"] = handoff.write_mask(folder, made.detection.mask)
        if "probability" in job.want:
            written["probability"] = handoff.write_array(folder, "probability.npy", made.detection.probabilities)
    filled = made.repair if made.repair and made.repair.patches else None
    if filled and "fill" in job.want:
        written["fill"] = results.write_fill(folder, photo, filled, region)
    if made.enhancement and "enhanced" in job.want:
        enhanced = made.enhancement.samples
        written["enhanced"] = results.write_samples(folder, "enhanced.npy", photo, enhanced, region, job.scale)
    if made.colorization and "colours" in job.want:
        colours = made.colorization.samples
        written["colours"] = results.write_samples(folder, "colours.npy", photo, colours, region, job.scale)
    if preview and made.repair and "photo" in job.want:
        part = repair.repaired_part(photo, made.repair, region, job.scale, _remembered(job).repair)
        written["photo"] = results.write_samples(folder, "result.npy", photo, part, region, job.scale)
    elif (filled or made.enhancement or made.colorization) and "photo" in job.want:
        written["photo"] = results.write_samples(folder, "result.npy", photo, made.restored(photo).samples)
    facts = made.facts
    used = {step: models.hashes(step, facts[f"{step}_model"]) for step in STEPS if f"{step}_model" in facts}
    facts["weights"] = {step: hashes for step, hashes in used.items() if hashes}
    return {"files": written, "text": made.summary, "facts": facts}


def _remembered(job: RunRequest) -> _Memory:
    """What was found in the same photo before, for whoever moves a slider; else an empty memory of this one."""
    global _memory
    files = [(Path(job.folder) / name).stat() for name in (job.photo.samples, job.photo.selection) if name]
    key = (job.folder, job.photo, *((file.st_ino, file.st_mtime_ns) for file in files))
    if key != _memory.key:
        _memory = _Memory(key)
    return _memory


def _remembered_mask(job: RunRequest, photo: Photo) -> Mask:
    """The mask of the same photo, read before where it is the same file."""
    assert job.mask
    memory = _remembered(job)
    handoff.read_array(Path(job.folder), job.mask)  # says so where it is missing
    file = (Path(job.folder) / job.mask).stat()
    key = (job.mask, file.st_ino, file.st_mtime_ns)
    if memory.mask is None or key != memory.mask_key:
        memory.mask, memory.mask_key = handoff.read_mask(Path(job.folder), job.mask, photo), key
        memory.repair = repair.Memory(memory.reduced)
    return memory.mask


def _region(job: RunRequest, photo: Photo) -> Box | None:
    if job.region is None:
        return None
    region = Box(*job.region)
    if region.right > photo.width or region.bottom > photo.height:
        raise ProtocolError("The region must be left, top, right and bottom of a part of the photo.")
    return region


def _load(job: LoadRequest, progress: Progress) -> dict[str, Any]:
    path = Path(job.path)
    progress(0.0, _("Reading"))
    photo = files.read_photo(path)
    notes = files.notes_on(path)
    progress(0.7, _("Reading"))
    written = handoff.write_photo(Path(job.folder), photo, path.name)
    return {"photo": photo_fields(written), "size": [photo.width, photo.height], "facts": {"notes": notes}}


def _load_mask(job: LoadMaskRequest, progress: Progress) -> dict[str, Any]:
    width, height = job.size
    progress(0.0, _("Reading"))
    mask = files.read_mask(Path(job.path))
    masks.check_size(mask, height, width)
    progress(0.7, _("Reading"))
    return {"files": {"mask": handoff.write_mask(Path(job.folder), mask, "drawn.npy")}}


def _save(job: SaveRequest, progress: Progress) -> dict[str, Any]:
    folder, path = Path(job.folder), Path(job.path)
    photo = handoff.read_photo(folder, job.photo)
    values = handoff.read_array(folder, job.samples)
    progress(0.0, _("Writing"))
    if values.ndim == 2:
        files.check_exact(path)
        files.write_grey(handoff.read_mask(folder, job.samples, photo), path, job.overwrite)
        return {}
    if job.photo.curve != "profile":
        raise ProtocolError("Only samples on the profile's own curve can be saved.")
    given = handoff.read_photo(folder, dataclasses.replace(job.photo, samples=job.samples))
    if photo.is_grey and not given.is_grey:  # colours, which are sRGB's: the grey profile says nothing on them
        given = dataclasses.replace(given, encoding=Encoding())
    if given.samples.shape[:2] != photo.samples.shape[:2] or (given.is_grey and not photo.is_grey):
        raise WrongInput(_("What is to be saved does not have the photo's size."))
    files.write_photo(given, path, job.overwrite)
    return {}
