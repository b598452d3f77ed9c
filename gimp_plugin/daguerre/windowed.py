"""A run through the window: it shows the photo and the mask that there is, and what the person decides comes back.

The window stays until the image has taken everything. Where the image does not take it, the window says why and the
person decides once more, so nothing that was painted or computed is lost.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Mapping, Optional, Tuple, Union

from gi.repository import Gimp

import checks
import pixels
import planes
import stranded
from client import Cancelled, NoWindow, Window, environment, interpreter
from core.parameters import Value
from core.tools import checked
from failure import Failure, sentence
from job import DABS, DRAWN, Asked, Job, Outcome, follow, named_files, outcome_of, private_folder, record_of, results_of
from placing import Placed, Results, Used, place
from source import Source
from stranded import Stranded
from translation import _

WITHOUT_MASK = ("enhance", "colorize")
"""Tools that make nothing of a mask."""


@dataclass
class Opened:
    """What the window was opened with: the photo as it was, the mask in the job's folder, if any, and the hints."""

    folder: Path
    source: Source
    mask: Optional[Any]
    drawn: bool
    hints: Optional[Any]


@dataclass
class Again:
    """What a new window over the layer as it is now begins with: the folder has the mask and the hints, if any."""

    job: Job
    settings: Dict[str, Value]
    folder: Path


def run(job: Job, settings: Mapping[str, Value]) -> Tuple[Outcome, Dict[str, Value]]:
    """Let a person decide; returns what was made and the settings it was made with.

    Raises Cancelled, Failure with one sentence, and NoWindow with one where there cannot be a window here.
    """
    with contextlib.ExitStack() as folders:
        begins = Again(job, dict(settings), folders.enter_context(private_folder()))
        while True:
            try:
                made = _decided(begins, folders)
            except NoWindow as missing:
                raise NoWindow(missing.text or why_no_window()) from missing
            if made is None:
                raise Cancelled
            if not isinstance(made, Again):
                return made
            begins = made


def _decided(begins: Again, folders: contextlib.ExitStack) -> Union[Tuple[Outcome, Dict[str, Value]], Again, None]:
    """One window, until the image has taken what the person decided; None where that is nothing."""
    job, settings = begins.job, begins.settings
    with Window(job.tool.name, _parent_window()) as window:
        Gimp.progress_set_text(_("Reading the layer"))
        opened = _open(window, job, settings, begins.folder)
        Gimp.progress_set_text(_("Daguerre's window is open"))
        while True:
            decided = window.decision(follow)
            if decided["type"] == "cancelled" and not decided.get("files"):
                return None
            made: Union[Tuple[Outcome, Dict[str, Value]], Again, None]
            try:
                decided = window.whole(decided)
                if decided.get("way") == "again":
                    made = _begun_again(opened, begins, decided, folders)
                else:
                    made = _taken(job, opened, decided, settings, window.version)
            except Stranded as lost:
                window.refused(lost.text, lost.ways)
            except Exception as error:
                window.refused(sentence(error), ())
            else:
                break
        window.placed()
    return made


def _open(window: Window, job: Job, settings: Mapping[str, Value], folder: Path) -> Opened:
    """Write the pixels and show them in the window. A mask and hints that are in the folder already are opened as they
    are.
    """
    source = Source(job.image, job.photo, folder)
    mask = None if job.tool.name in WITHOUT_MASK else job.mask
    carried = [name for name in (DRAWN, DABS) if (folder / name).exists()]
    used = Used(None if DRAWN in carried else mask, None if DABS in carried else job.hints)
    written = job.write(folder, used, job.tool.name == "repair" and DRAWN not in carried)
    written.update({{DRAWN: "mask", DABS: "hints"}[name]: name for name in carried})
    window.open(
        {
            "type": "open",
            "id": 1,
            "tool": job.tool.name,
            "settings": dict(settings),
            "mask_name": mask.get_name() if mask is not None else "",
            "title": f"{job.name}: {job.photo.get_name()}",
            "filters": job.filtered,
            **written,
        }
    )
    return Opened(folder, source, mask, "mask" in written and DRAWN not in carried, job.hints)


def _begun_again(opened: Opened, begun: Again, decided: Mapping[str, Any], folders: contextlib.ExitStack) -> Again:
    """Begin once more from the layer as it is now, with the mask and the hints that there are where they fit it."""
    job, settings = begun.job, begun.settings
    again = Job(job.tool, job.image, [job.photo], shows=True)
    folder = folders.enter_context(private_folder())
    before = opened.source.shape
    if (before.width, before.height) == (again.photo.get_width(), again.photo.get_height()):
        files = named_files(opened.folder, decided, ["mask", "hints"])
        if "mask" in files and job.tool.name not in WITHOUT_MASK:
            shutil.copyfile(files["mask"], folder / DRAWN)
        if "hints" in files:
            shutil.copyfile(files["hints"], folder / DABS)
    return Again(again, _settings(job, decided) if decided["type"] == "done" else settings, folder)


def _taken(
    job: Job, opened: Opened, decided: Mapping[str, Any], settings: Mapping[str, Value], version: str
) -> Optional[Tuple[Outcome, Dict[str, Value]]]:
    """Put what was decided into the image; None where that is only the hand's work, kept though they cancelled."""
    if decided["type"] == "cancelled":
        _keep_work(job, opened, decided, settings, version)
        return None
    return _put_back(job, opened, decided, version)


def _put_back(job: Job, opened: Opened, done: Mapping[str, Any], version: str) -> Tuple[Outcome, Dict[str, Value]]:
    """Put what the window made into the image; Failure where the image does not take it."""
    settings = _settings(job, done)
    asked = Asked(job.tool, settings)
    results = results_of(asked, opened.folder, done, version)
    results.files.update(named_files(opened.folder, done, ["hints"] * job.tool.takes_hints))
    has_mask = "mask" in results.files
    if not has_mask and (asked.detects or asked.repairs):
        raise Failure("bug", _("The window did not give what was asked for."))
    way = "new-image" if asked.in_new_image else done.get("way", "")
    if way != "new-image":
        stranded.check(job.image, job.photo, opened.source, way)
    stays = way == "" or (way == "anyway" and not asked.in_place)
    if stays:
        _check(job, asked)
    editable = _editable_mask(job, opened) if has_mask and asked.mask_as == "layer" and stays else None
    dabs = _editable_hints(job, opened) if "hints" in results.files and stays else None
    if has_mask and not asked.detects and editable is None and not _was_painted(opened, results.files["mask"]):
        del results.files["mask"]
    used = Used(opened.mask, opened.hints, editable, dabs)
    placed = place(job.image, job.photo, results, used) if stays else _placed_elsewhere(job, opened, results, way)
    return outcome_of(asked, done, placed), settings


def _settings(job: Job, done: Mapping[str, Any]) -> Dict[str, Value]:
    try:
        return checked(job.tool, done["settings"])
    except ValueError as error:
        raise Failure("bug", str(error)) from error


def _check(job: Job, asked: Asked) -> None:
    """Refuse where the photo does not take what is to go into it; what would change its pixels can be a layer."""
    try:
        job.check(asked)
    except Failure as refusal:
        if asked.in_place and asked.mask_as != "layer-mask":
            raise Stranded(refusal.text, "layer") from refusal
        raise


def _placed_elsewhere(job: Job, opened: Opened, results: Results, way: str) -> Placed:
    """The results with the photo as it was: in a new image, on top of this one, or above what the layer is now."""
    if way == "new-image":
        return job.anew(opened.source, results)
    below = job.photo if way == "anyway" else None
    return stranded.place_over(job.image, below, opened.source, results)


def _keep_work(
    job: Job, opened: Opened, cancelled: Mapping[str, Any], settings: Mapping[str, Value], version: str
) -> None:
    """Put a painted mask and hints into the image where the person wanted to keep them though they cancelled."""
    files = named_files(opened.folder, cancelled, ["mask"] + ["hints"] * job.tool.takes_hints)
    results = Results(files, "layer", record_of(Asked(job.tool, settings), {}, version))
    way = cancelled.get("way", "")
    if way != "new-image":
        stranded.check(job.image, job.photo, opened.source, way or "anyway")
    if way in ("new-image", "on-top"):
        _placed_elsewhere(job, opened, results, way)
        return
    editable, dabs = None, None
    with contextlib.suppress(Failure):  # a locked one: then the mask becomes a new layer
        editable = _editable_mask(job, opened)
    with contextlib.suppress(Failure):
        dabs = _editable_hints(job, opened)
    place(job.image, job.photo, results, Used(edited_mask=editable, edited_hints=dabs))


def _editable_mask(job: Job, opened: Opened) -> Optional[Any]:
    """The mask layer that was opened, where it can take the new mask; Failure where it is locked."""
    if opened.mask is None or not checks.mask_to_paint_on(job.image, opened.mask):
        return None
    return opened.mask


def _editable_hints(job: Job, opened: Opened) -> Optional[Any]:
    """The layer of colour hints that was opened, likewise."""
    if opened.hints is None or not checks.hints_to_paint_on(job.image, opened.hints):
        return None
    return opened.hints


def _was_painted(opened: Opened, path: Path) -> bool:
    """Whether a mask marks anything, and something else than the selection or layer mask that the window began with."""
    photo = opened.source.shape
    strips = pixels.mask_strips(path, photo.height, photo.width)
    if not opened.drawn or (opened.mask is not None and opened.mask.is_layer()):
        return any(strip.count(0) != len(strip) for _top, _rows, strip in strips)
    before = pixels.mask_strips(path.with_name(DRAWN), photo.height, photo.width)
    return any(strip != next(before)[2].translate(planes.HALF) for _top, _rows, strip in strips)


def _parent_window() -> str:
    """The number of GIMP's own window for X11, empty where there is none."""
    if sys.platform in ("win32", "darwin"):
        return ""
    handle = bytes(Gimp.progress_get_window_handle().get_data() or b"")
    # With Wayland it is a text that ends with a zero byte; the number's upper half is always zero.
    number = int.from_bytes(handle, sys.byteorder)
    return str(number) if len(handle) == 8 and 0 < number < 1 << 32 else ""


def why_no_window() -> str:
    """One sentence about a window that does not start: why, and what to do."""
    try:
        tried = subprocess.run(
            [interpreter(), "-I", "-X", "utf8", "-c", "from PyQt6 import QtWidgets"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment(),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        ).stderr.decode("utf-8", "replace")
    except OSError:
        tried = ""
    said = tried.strip().rpartition("\n")[2]
    if "No module named" in said:
        return _("Daguerre's window does not open, because PyQt6 is missing: run install.py once more.")
    if "cannot open shared object file" in said:
        return _(
            "Daguerre's window does not open, because the system lacks {library}: python3 install.py --doctor names "
            "the command that installs it."
        ).format(library=said.partition(": ")[2].partition(":")[0])
    if sys.platform == "linux" and not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        return _("Daguerre's window does not open, because there is no display here: start GIMP on a desktop.")
    return _("Daguerre's window does not open: run python3 install.py --doctor, it says what is missing.")
