"""One run: from the click to the layers.

Everything that a person can be told is checked first, the pixels go into a private folder, the engine works, and only
then is the image touched, in one step.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence

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
from placing import Placed, place
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


class Job:
    """One tool over one photo. `shows` is whether a person is looking: then a lost result becomes a new image."""

    def __init__(
        self,
        tool: Tool,
        settings: Mapping[str, Value],
        image: Any,
        drawables: Sequence[Any],
        given: Optional[Any],
        shows: bool,
    ) -> None:
        self.tool, self.settings, self.image, self.shows = tool, settings, image, shows
        steps = str(settings.get("steps", tool.name)).split(",")
        self.detects, self.repairs = "detect" in steps, "repair" in steps
        self.in_place = self.repairs and settings.get("output") == "in-place"
        self.photo, active_mask = checks.photo_and_mask(image, drawables)
        if self.in_place:
            checks.in_place(self.photo)
        self.selected = checks.selection(image, self.photo)
        self.mask = None if self.detects else self._mask(given, active_mask)
        self.mask_is_selection = not self.detects and self.mask is None

    def run(self) -> Outcome:
        """Do it; Failure with one sentence, or client.Cancelled, where it ends otherwise."""
        jobs = places.jobs_folder()
        jobfolder.sweep(jobs)
        with client.Engine() as engine:
            folder = jobfolder.create(jobs)
            try:
                lock = jobfolder.hold(folder)
                try:
                    Gimp.progress_set_text(_("Reading the layer"))
                    source = layers.Source(self.image, self.photo)
                    request = self._request(folder, source)
                    done = engine.run(request, self._follow)
                    return self._put_back(folder, source, done, engine.version)
                finally:
                    os.close(lock)
            finally:
                jobfolder.remove(folder)

    def _mask(self, given: Optional[Any], active: Optional[Any]) -> Optional[Any]:
        """Where the damage is marked; None for the selection."""
        if given is not None:
            checks.given_mask(self.image, self.photo, given)
            return given
        mask = active or links.mask_layer_of(self.image, self.photo)
        if mask is None and not self.selected:
            raise refused(
                _("There is no damage mask for “{layer}”. Detect the damage first, or select what to repair."),
                layer=self.photo.get_name(),
            )
        return mask

    def _request(self, folder: Path, source: layers.Source) -> Dict[str, Any]:
        """Write the pixels; returns the message that tells the engine about them."""
        shape = pixels.save(self.photo, folder / PHOTO)
        photo = {"samples": PHOTO, "alpha": shape.alpha, "curve": shape.curve, "name": self.image.get_name() or ""}
        if source.profile is not None:
            (folder / PROFILE).write_bytes(bytes(source.profile.get_icc_profile()))
            photo["profile"] = PROFILE
        if self.selected and not self.mask_is_selection:
            masks.save_selection(self.image, self.photo, folder / SELECTION)
            photo["selection"] = SELECTION
        request = {
            "type": "run",
            "id": 1,
            "tool": self.tool.name,
            "folder": str(folder),
            "settings": dict(self.settings),
            "want": self._wanted(),
            "photo": photo,
        }
        if not self.detects:
            request["mask"] = DRAWN
            if self.mask is None:
                masks.save_selection(self.image, self.photo, folder / DRAWN)
            else:
                masks.save(self.mask, self.photo, folder / DRAWN)
        return request

    def _wanted(self) -> List[str]:
        repaired = "photo" if self.in_place else "fill"
        return ["mask"] * self.detects + [repaired] * self.repairs

    def _follow(self, fraction: float, text: str) -> None:
        Gimp.progress_update(fraction)
        if text:
            Gimp.progress_set_text(text)

    def _put_back(self, folder: Path, source: layers.Source, done: Mapping[str, Any], version: str) -> Outcome:
        """Put the results into the image, or into a new one where the photo is not what it was any more."""
        facts, names = _mapping(done.get("facts")), _mapping(done.get("files"))
        if self.detects and "mask" not in names:
            raise Failure("bug", _("The engine did not give what was asked for."))
        files = {name: folder / Path(str(names[name])).name for name in self._wanted() if name in names}
        models = [facts[name] for name in ("detect_model", "repair_model") if facts.get(name)]
        record = {
            "tool": self.tool.name,
            "settings": dict(self.settings),
            "model": ", ".join(map(str, models)),
            "version": version,
        }
        mask_as = str(self.settings["mask-as"]) if self.detects else ""
        notes = [str(note) for note in facts.get("notes", [])]
        lost = self._lost(source)
        if not lost:
            placed = place(self.image, self.photo, files, mask_as, self.mask, record)
        elif self.shows:
            placed = self._rescued(folder, source, files, mask_as, record)
            notes.append(lost + " " + _("The result is in a new image."))
        else:
            raise refused(lost)
        summary = str(done.get("text", ""))
        if self.repairs and not placed.changed and not summary:
            summary = _("There was nothing to repair.")
        return Outcome(summary, placed, notes, not placed.changed and (self.repairs or not facts.get("found", 1)))

    def _rescued(
        self, folder: Path, source: layers.Source, files: Mapping[str, Path], mask_as: str, record: Mapping[str, Any]
    ) -> Placed:
        """The results over the photo as it was, in a new image with a window of its own."""
        image = source.again(folder / PHOTO)
        try:
            placed = place(image, image.get_layers()[0], files, mask_as, None, record)
            Gimp.Display.new(image)
        except BaseException:
            image.delete()
            raise
        return placed

    def _lost(self, source: layers.Source) -> str:
        """Why the result cannot go where it was meant to go; empty where it can."""
        if not self.image.is_valid():
            return _("The image was closed meanwhile.")
        if not source.still_is(self.image, self.photo):
            return _("The layer was removed or converted meanwhile.")
        if self.in_place:
            try:
                checks.in_place(self.photo)
            except Failure:
                return _("The layer was locked meanwhile.")
        return ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
