"""A run through the window: it shows the photo and the mask that there is, and what the person decides comes back.

The window stays until the image has taken everything. Where the image does not take it, the window says why and the
person decides once more, so nothing that was painted is lost.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Mapping, Optional, Tuple

from gi.repository import Gimp

import checks
import layers
import pixels
import planes
from client import Cancelled, NoWindow, Window, environment, interpreter
from core.tools import Value, checked
from failure import Failure, sentence
from job import DRAWN, Asked, Job, Outcome, follow, named_files, outcome_of, private_folder, record_of, results_of
from placing import Results, Used, place
from translation import _

WITHOUT_MASK = ("enhance", "colorize")
"""Tools that make nothing of a mask."""


@dataclass
class Opened:
    """What the window was opened with: the photo as it was, the mask in the job's folder, if any, and the hints."""

    folder: Path
    source: layers.Source
    mask: Optional[Any]
    drawn: bool
    hints: Optional[Any]


def run(job: Job, settings: Mapping[str, Value]) -> Tuple[Outcome, Dict[str, Value]]:
    """Let a person decide; returns what was made and the settings it was made with.

    Raises Cancelled, Failure with one sentence, and NoWindow with one where there cannot be a window here.
    """
    try:
        with private_folder() as folder, Window(job.tool.name, _parent_window()) as window:
            Gimp.progress_set_text(_("Reading the layer"))
            opened = _open(window, job, settings, folder)
            Gimp.progress_set_text(_("Daguerre's window is open"))
            while True:
                decided = window.decision(follow)
                if decided["type"] == "cancelled" and not decided.get("files"):
                    raise Cancelled
                try:
                    made = _taken(job, opened, window.whole(decided), settings, window.version)
                except Exception as error:
                    window.refused(sentence(error))
                else:
                    break
            window.placed()
    except NoWindow as missing:
        raise NoWindow(missing.text or why_no_window()) from missing
    if made is None:
        raise Cancelled
    return made


def _open(window: Window, job: Job, settings: Mapping[str, Value], folder: Path) -> Opened:
    """Write the pixels and show them in the window."""
    source = layers.Source(job.image, job.photo)
    mask = None if job.tool.name in WITHOUT_MASK else job.mask
    written = job.write(folder, Used(mask, job.hints), job.tool.name == "repair")
    window.open(
        {
            "type": "open",
            "id": 1,
            "tool": job.tool.name,
            "settings": dict(settings),
            "mask_name": mask.get_name() if mask is not None else "",
            "title": f"{job.name}: {job.photo.get_name()}",
            **written,
        }
    )
    return Opened(folder, source, mask, "mask" in written, job.hints)


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
    try:
        settings = checked(job.tool, done["settings"])
    except ValueError as error:
        raise Failure("bug", str(error)) from error
    asked = Asked(job.tool, settings)
    results = results_of(asked, opened.folder, done, version)
    results.files.update(named_files(opened.folder, done, ["hints"] * job.tool.takes_hints))
    has_mask = "mask" in results.files
    if not has_mask and (asked.detects or asked.repairs):
        raise Failure("bug", _("The window did not give what was asked for."))
    lost = job.lost(opened.source)
    if not lost:
        job.check(asked)
        lost = job.changed(asked, opened.folder)
    editable = _editable_mask(job, opened) if has_mask and asked.mask_as == "layer" and not lost else None
    dabs = _editable_hints(job, opened) if "hints" in results.files and not lost else None
    if has_mask and not asked.detects and editable is None and not _was_painted(opened, results.files["mask"]):
        del results.files["mask"]
    if lost:
        return outcome_of(asked, done, job.rescued(opened.folder, opened.source, results), lost), settings
    used = Used(opened.mask, opened.hints, editable, dabs)
    return outcome_of(asked, done, place(job.image, job.photo, results, used)), settings


def _keep_work(
    job: Job, opened: Opened, cancelled: Mapping[str, Any], settings: Mapping[str, Value], version: str
) -> None:
    """Put a painted mask and hints into the image where the person wanted to keep them though they cancelled."""
    files = named_files(opened.folder, cancelled, ["mask"] + ["hints"] * job.tool.takes_hints)
    results = Results(files, "layer", record_of(Asked(job.tool, settings), {}, version))
    if job.lost(opened.source):
        job.rescued(opened.folder, opened.source, results)
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
