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
import hints
import links
import masks
import pixels
import stranded
from core import jobfolder, places
from core.parameters import Value
from core.tools import STEPS, Tool
from failure import Failure, refused
from placing import Placed, Results, Used, place
from source import PHOTO, Source
from translation import _

PROFILE, SELECTION, DRAWN, DABS = "photo.icc", "selection.npy", "drawn.npy", "dabs.npy"


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
    def enhances(self) -> bool:
        return "enhance" in self._steps

    @property
    def colorizes(self) -> bool:
        return "colorize" in self._steps

    @property
    def changes_all(self) -> bool:
        """Whether any pixel of the photo may change, and not only the damaged ones."""
        return self.enhances or self.colorizes

    @property
    def changes(self) -> bool:
        """Whether pixels may change, and not only a mask be made."""
        return self.repairs or self.changes_all

    @property
    def needs_mask(self) -> bool:
        """Whether it repairs by a mask that must be there before."""
        return self.repairs and not self.detects

    @property
    def in_place(self) -> bool:
        return self.changes and self.settings.get("output") == "in-place"

    @property
    def in_new_image(self) -> bool:
        return self.changes and self.settings.get("output") == "new-image"

    @property
    def masked(self) -> bool:
        """Whether what shows of each result becomes its layer mask."""
        return self.settings.get("output") == "masked"

    @property
    def wanted(self) -> List[str]:
        """The names of the results: the mask, and what lies over the photo or the whole photo."""
        if self.in_place or self.in_new_image:
            return ["mask"] * self.detects + ["photo"]
        whole = ["enhanced"] * self.enhances + ["colours"] * self.colorizes
        return ["mask"] * self.detects + ["fill"] * self.repairs + whole

    @property
    def mask_as(self) -> str:
        wish = str(self.settings.get("mask-as", "layer"))
        return wish if self.detects or wish == "none" else "layer"

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

    mask and hints are drawables that a script names as such. Raises Failure where the image is none for this.
    """

    def __init__(
        self,
        tool: Tool,
        image: Any,
        drawables: Sequence[Any],
        mask: Optional[Any] = None,
        shows: bool = False,
        hints: Optional[Any] = None,
    ) -> None:
        self.tool, self.image, self.shows = tool, image, shows
        self.photo, active = checks.photo_and_result(image, drawables)
        self.selected = checks.selection(image, self.photo)
        self.filtered = checks.has_filters(self.photo)
        if mask is not None:
            checks.given_mask(image, self.photo, mask)
        if hints is not None:
            checks.given_hints(image, self.photo, hints)
        if mask is None and active is not None and links.is_mask_layer(active):
            mask = active
        if hints is None and active is not None and links.is_hints_layer(active):
            hints = active
        self.mask = mask or links.mask_layer_of(image, self.photo) or links.layer_mask_of(self.photo)
        self.hints = (hints or links.hints_layer_of(image, self.photo)) if tool.takes_hints else None

    @property
    def name(self) -> str:
        """What people call the image: its file's name, where it has one."""
        file = self.image.get_file() or self.image.get_imported_file()
        return str((file and file.get_basename()) or self.image.get_name() or "")

    def run(self, settings: Mapping[str, Value]) -> Outcome:
        """Let an engine do it; Failure with one sentence, or client.Cancelled, where it ends otherwise."""
        asked = Asked(self.tool, settings)
        self.check(asked)
        if asked.needs_mask and self.mask is None and not self.selected:
            raise refused(
                _("There is no damage mask for “{layer}”. Detect the damage first, or select what to repair."),
                layer=self.photo.get_name(),
            )
        with client.Engine() as engine, private_folder() as folder:
            Gimp.progress_set_text(_("Reading the layer"))
            source = Source(self.image, self.photo, folder)
            used = Used(self.mask if asked.needs_mask else None, self.hints if asked.colorizes else None)
            request = {
                "type": "run",
                "id": 1,
                "tool": self.tool.name,
                "settings": dict(settings),
                "want": asked.wanted,
                **self.write(folder, used, asked.needs_mask, asked.changes_all),
            }
            done = engine.run(request, follow)
            lost = "" if asked.in_new_image else self.lost(source) or self._shut(asked) or self._changed(asked, source)
            results = results_of(asked, folder, done, engine.version)
            if asked.detects and "mask" not in results.files:
                raise Failure("bug", _("The engine did not give what was asked for."))
            if lost and not self.shows:
                raise refused(lost)
            if lost or asked.in_new_image:
                outcome = outcome_of(asked, done, self.anew(source, results), lost)
            else:
                outcome = outcome_of(asked, done, place(self.image, self.photo, results, used))
            if self.filtered:
                outcome.notes.append(checks.filters())
            return outcome

    def write(self, folder: Path, used: Used, needs_mask: bool, needs_limit: bool = False) -> Dict[str, Any]:
        """Write the photo, mask, hints and selection; returns the part of a message that tells about them.

        Where a mask is needed and there is none, the selection is the mask. It limits what may change where it is not,
        and where a limit is needed all the same.
        """
        shape = pixels.save(self.photo, folder / PHOTO)
        photo = {"samples": PHOTO, "alpha": shape.alpha, "curve": shape.curve, "name": self.name}
        message = {"folder": str(folder), "photo": photo}
        profile = self.image.get_color_profile()
        if profile is not None:
            (folder / PROFILE).write_bytes(bytes(profile.get_icc_profile()))
            photo["profile"] = PROFILE
        if used.mask is not None:
            masks.save(used.mask, self.photo, folder / DRAWN)
            message["mask"] = DRAWN
        if used.hints is not None:
            hints.save(used.hints, self.photo, folder / DABS)
            message["hints"] = DABS
        if self.selected:
            is_mask = needs_mask and used.mask is None
            if is_mask:
                masks.save_selection(self.image, self.photo, folder / DRAWN)
                message["mask"] = DRAWN
            if needs_limit or not is_mask:
                masks.save_selection(self.image, self.photo, folder / SELECTION)
                photo["selection"] = SELECTION
        return message

    def lost(self, source: Source) -> str:
        """Why there is nothing any more that a result could go into; empty where there is."""
        if not self.image.is_valid():
            return _("The image was closed meanwhile.")
        if not source.still_is(self.image, self.photo):
            return _("The layer was removed or converted meanwhile.")
        return ""

    def check(self, asked: Asked) -> None:
        """Refuse where the photo itself cannot take what is to go into it."""
        if asked.in_place:
            checks.in_place(self.photo)
        if asked.mask_as == "layer-mask" and not asked.in_new_image:
            checks.layer_mask(self.photo)

    def _changed(self, asked: Asked, source: Source) -> str:
        """Why the photo's own pixels must not be written over, though they could be; empty where they may."""
        if asked.in_place and not source.still_shows(self.photo):
            return _("The layer was changed meanwhile.")
        return ""

    def _shut(self, asked: Asked) -> str:
        """Why the photo does not take any more what is to go into it; empty where it does."""
        if (asked.in_place or asked.mask_as == "layer-mask") and checks.is_locked(self.photo):
            return _("The layer was locked meanwhile.")
        if asked.mask_as == "layer-mask" and self.photo.get_mask() is not None:
            return _("The layer was given a layer mask meanwhile.")
        return ""

    def anew(self, source: Source, results: Results) -> Placed:
        """The results with the photo as it was in a new image, which is shown where a person is looking."""
        image = source.again()
        try:
            placed = stranded.place_into(image, image.get_layers()[0], results)
            if self.shows:
                with contextlib.suppress(TypeError):  # GIMP has no windows: who called gets the layer
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
    """The files of an answer that were wanted; their names are plain ones (see protocol.checked_answer)."""
    return {name: folder / message["files"][name] for name in wanted if name in message["files"]}


def results_of(asked: Asked, folder: Path, message: Mapping[str, Any], version: str) -> Results:
    """What was asked for, as far as a message has it, and a mask where there is one."""
    files, facts = named_files(folder, message, ["mask", *asked.wanted]), message["facts"]
    if not facts.get("enhanced", True):
        files.pop("enhanced", None)  # nothing but the repair is in it, which is a layer of its own
    says_more = "enhance_model" in facts or "colorize_model" in facts
    repairs = asked.repairs and bool(facts.get("repaired", not says_more))
    record = record_of(asked, message, version)
    return Results(files, asked.mask_as, record, repairs, asked.colorizes, asked.masked)


def record_of(asked: Asked, message: Mapping[str, Any], version: str) -> Dict[str, Any]:
    """What is written into the layers about how they were made."""
    facts = message.get("facts", {})
    models = [facts[name] for name in (f"{step}_model" for step in STEPS) if facts.get(name)]
    return {
        "tool": asked.tool.name,
        "settings": dict(asked.settings),
        "model": ", ".join(models),
        "weights": facts.get("weights", {}),
        "version": version,
    }


def outcome_of(asked: Asked, message: Mapping[str, Any], placed: Placed, lost: str = "") -> Outcome:
    """What there is to say about results that were placed; `lost` is why they are in a new image, if they are."""
    facts = message["facts"]
    notes = list(facts["notes"])
    if lost:
        notes.append(lost + " " + _("The result is in a new image."))
    covers = _covers(asked)
    if covers and placed.older is not None:
        notes.append(covers.format(layer=placed.older.get_name()))
    summary = message["text"]
    if asked.changes and not placed.changed and placed.mask is None and not summary:
        summary = _("Nothing was changed.") if asked.changes_all else _("There was nothing to repair.")
    return Outcome(summary, placed, notes, not placed.changed and (asked.changes or not facts.get("found", 1)))


def _covers(asked: Asked) -> str:
    """The sentence about a repair from before that lies over what has changed; empty where it may."""
    if asked.enhances:
        return _(
            "“{layer}” lies over the enhanced photo and is not enhanced itself. Hide it, or merge it with the photo "
            "and enhance both."
        )
    if asked.colorizes and asked.in_place:
        return _(
            "“{layer}” lies over the coloured photo and is not coloured itself. Hide it, or merge it with the photo "
            "and colour both."
        )
    return ""
