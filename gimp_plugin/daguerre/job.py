"""One run: from the click to the layers.

Everything that a person can be told is checked first, the pixels go into a private folder, the engine works (or the
window, see windowed.py), and only then is the image touched, in one step.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence

from gi.repository import Gimp

import checks
import client
import layers
import links
import masks
import pixels
from core import jobfolder, places
from core.tools import Tool, Value
from failure import Failure, refused
from placing import Placed, Results, place
from translation import _

PHOTO, PROFILE, SELECTION, DRAWN = "photo.npy", "photo.icc", "selection.npy", "drawn.npy"


@dataclass
class Outcome:
    """What a run has made, the sentence that tells about it, and what else there is to say.

    silent is True where nothing can be seen in the image: then the sentence is all there is.
    """

    summary: str
    placed: Placed
    notes: List[str]
    silent: bool


@dataclass(frozen=True)
class Asked:
    """A tool's settings, and what they ask for."""

    tool: Tool
    settings: Mapping[str, Value]

    @property
    def detects(self) -> bool:
        return "detect" in self._steps

    @property
    def repairs(self) -> bool:
        return "repair" in self._steps

    @property
    def in_place(self) -> bool:
        return self.repairs and self.settings.get("output") == "in-place"

    @property
    def repaired(self) -> str:
        """The name of the file with the repair: the whole photo, or what lies over it."""
        return "photo" if self.in_place else "fill"

    @property
    def mask_as(self) -> str:
        return str(self.settings["mask-as"]) if self.detects else "layer"

    @property
    def _steps(self) -> List[str]:
        return str(self.settings.get("steps", self.tool.name)).split(",")


@contextlib.contextmanager
def private_folder() -> Iterator[Path]:
    """A folder for one job, held by this process, and removed however it ends."""
    jobs = places.jobs_folder()
    jobfolder.sweep(jobs)
    folder = jobfolder.create(jobs)
    try:
        lock = jobfolder.hold(folder)
        try:
            yield folder
        finally:
            os.close(lock)
    finally:
        jobfolder.remove(folder)


class Job:
    """One tool over one photo. `shows` is whether a person is looking: then a lost result becomes a new image.

    given is a drawable that a script names as the mask. Raises Failure where the image is none for this.
    """

    def __init__(
        self, tool: Tool, image: Any, drawables: Sequence[Any], given: Optional[Any] = None, shows: bool = False
    ) -> None:
        self.tool, self.image, self.shows = tool, image, shows
        self.photo, active_mask = checks.photo_and_mask(image, drawables)
        self.selected = checks.selection(image, self.photo)
        if given is not None:
            checks.given_mask(image, self.photo, given)
        self.mask = given or active_mask or links.mask_layer_of(image, self.photo)

    @property
    def name(self) -> str:
        """What people call the image: its file's name, where it has one."""
        file = self.image.get_file() or self.image.get_imported_file()
        return str((file and file.get_basename()) or self.image.get_name() or "")

    def run(self, settings: Mapping[str, Value]) -> Outcome:
        """Let an engine do it; Failure with one sentence, or client.Cancelled, where it ends otherwise."""
        asked = Asked(self.tool, settings)
        if asked.in_place:
            checks.in_place(self.photo)
        if not asked.detects and self.mask is None and not self.selected:
            raise refused(
                _("There is no damage mask for “{layer}”. Detect the damage first, or select what to repair."),
                layer=self.photo.get_name(),
            )
        with client.Engine() as engine, private_folder() as folder:
            Gimp.progress_set_text(_("Reading the layer"))
            source = layers.Source(self.image, self.photo)
            request = {
                "type": "run",
                "id": 1,
                "tool": self.tool.name,
                "settings": dict(settings),
                "want": ["mask"] * asked.detects + [asked.repaired] * asked.repairs,
                **self.write(folder, None if asked.detects else self.mask, not asked.detects),
            }
            done = engine.run(request, follow)
            lost = self.lost(source)
            if not lost and asked.in_place and checks.is_locked(self.photo):
                lost = _("The layer was locked meanwhile.")
            files = named_files(folder, done, request["want"])
            if asked.detects and "mask" not in files:
                raise Failure("bug", _("The engine did not give what was asked for."))
            results = Results(files, asked.mask_as, record_of(asked, done, engine.version))
            if lost:
                if not self.shows:
                    raise refused(lost)
                return outcome_of(asked, done, self.rescued(folder, source, results), lost)
            used = None if asked.detects else self.mask
            return outcome_of(asked, done, place(self.image, self.photo, results, used))

    def write(self, folder: Path, mask: Optional[Any], needs_mask: bool) -> Dict[str, Any]:
        """Write the photo, the mask and the selection; returns the part of a message that tells about them.

        Where a mask is needed and there is none, the selection is the mask; else it limits what may change.
        """
        shape = pixels.save(self.photo, folder / PHOTO)
        photo = {"samples": PHOTO, "alpha": shape.alpha, "curve": shape.curve, "name": self.name}
        message = {"folder": str(folder), "photo": photo}
        profile = self.image.get_color_profile()
        if profile is not None:
            (folder / PROFILE).write_bytes(bytes(profile.get_icc_profile()))
            photo["profile"] = PROFILE
        if mask is not None:
            masks.save(mask, self.photo, folder / DRAWN)
            message["mask"] = DRAWN
        if self.selected:
            is_mask = needs_mask and mask is None
            masks.save_selection(self.image, self.photo, folder / (DRAWN if is_mask else SELECTION))
            (message if is_mask else photo)["mask" if is_mask else "selection"] = DRAWN if is_mask else SELECTION
        return message

    def lost(self, source: layers.Source) -> str:
        """Why there is nothing any more that a result could go into; empty where there is."""
        if not self.image.is_valid():
            return _("The image was closed meanwhile.")
        if not source.still_is(self.image, self.photo):
            return _("The layer was removed or converted meanwhile.")
        return ""

    def rescued(self, folder: Path, source: layers.Source, results: Results) -> Placed:
        """The results over the photo as it was, in a new image with a window of its own."""
        image = source.again(folder / PHOTO)
        try:
            placed = place(image, image.get_layers()[0], results)
            Gimp.Display.new(image)
        except BaseException:
            image.delete()
            raise
        return placed


def follow(fraction: float, text: str) -> None:
    """Show progress in GIMP's bar."""
    Gimp.progress_update(fraction)
    if text:
        Gimp.progress_set_text(text)


def named_files(folder: Path, message: Mapping[str, Any], wanted: Sequence[str]) -> Dict[str, Path]:
    """The files of a message that were wanted, each inside of the job's folder whatever the message says."""
    names = _mapping(message.get("files"))
    return {name: folder / Path(str(names[name])).name for name in wanted if name in names}


def record_of(asked: Asked, message: Mapping[str, Any], version: str) -> Dict[str, Any]:
    """What is written into the layers about how they were made."""
    facts = _mapping(message.get("facts"))
    models = [facts[name] for name in ("detect_model", "repair_model") if facts.get(name)]
    return {
        "tool": asked.tool.name,
        "settings": dict(asked.settings),
        "model": ", ".join(map(str, models)),
        "version": version,
    }


def outcome_of(asked: Asked, message: Mapping[str, Any], placed: Placed, lost: str = "") -> Outcome:
    """What there is to say about results that were placed; `lost` is why they are in a new image, if they are."""
    facts = _mapping(message.get("facts"))
    notes = [str(note) for note in facts.get("notes", [])]
    if lost:
        notes.append(lost + " " + _("The result is in a new image."))
    summary = str(message.get("text", ""))
    if asked.repairs and not placed.changed and placed.mask is None and not summary:
        summary = _("There was nothing to repair.")
    return Outcome(summary, placed, notes, not placed.changed and (asked.repairs or not facts.get("found", 1)))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
