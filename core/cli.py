"""The command line: the tools over files, one photo after the other."""

from __future__ import annotations

import argparse
import json
import logging
import logging.handlers
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import cv2

from . import arguments, colorize, detect, enhance, files, places, repair, restore
from .arguments import Work, WrongUse
from .failures import FileProblem, ModelError, UnknownModel, explained, log
from .models import own
from .models.card_text import translated
from .models.registry import Registry
from .parameters import Value
from .photo import Photo
from .progress import Progress
from .tools import COLORIZE, DETECT, ENHANCE, REPAIR, RESTORE, TOOLS, Tool
from .translation import _

DONE, FAILED, WRONG_USE = 0, 1, 2
BAR_WIDTH = 24


def run(argv: list[str]) -> int:
    """The command with these arguments; returns its exit code: 0 done, 1 failed (some of it), 2 wrong use."""
    options = arguments.parsed(argv)
    _log_to_file()
    try:
        if options.command == "models":
            if options.add:
                own.add(options.add.absolute())
            return list_models(options.json, options.check)
        if options.command == "try":
            from .trial import try_out

            return try_out(options.photo, options.folder)
        if options.command == "window":
            from .window import open_window

            return open_window(options.photo)
        return process(TOOLS[options.command], options)
    except WrongUse as problem:
        print(f"daguerre: {problem}", file=sys.stderr)
        return WRONG_USE
    except KeyboardInterrupt:
        print(_("Stopped."), file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        return FAILED
    except Exception as error:
        kind, text = explained(error)
        if kind == "bug":
            log.exception("%s failed", options.command)
        print(f"daguerre: {text}", file=sys.stderr)
        if kind == "bug" and options.command == "try":
            print(f"{type(error).__name__}: {error}", file=sys.stderr)  # install.py gives the last line as the reason
        return FAILED


def _log_to_file() -> None:
    """Our log and what the libraries remark on files: the terminal is for sentences to the person."""
    handler: logging.Handler = logging.NullHandler()
    with suppress(OSError):  # a machine where nothing can be written still restores photos
        places.data_folder().mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            places.log_file(), maxBytes=places.LOG_LIMIT, backupCount=1, encoding="utf-8", delay=True
        )
    logging.captureWarnings(True)
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    for name in (log.name, "py.warnings", "tifffile", "PIL"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False


def process(tool: Tool, options: argparse.Namespace) -> int:
    """Run a tool over all photos; a bad one does not stop the others and is named at the end."""
    settings = arguments.settings_from(tool, options)
    work = arguments.planned(options)
    models = Registry()
    try:
        for step, name in arguments.models_of(tool, settings):
            if (step, name) != ("detect", DETECT.parameters[0].default):  # that one has a fallback
                models.card(step, name)
    except UnknownModel as error:
        raise WrongUse(str(error)) from None
    steps = str(settings["steps"]).split(",") if tool is RESTORE else []
    if "repair" in steps and "detect" not in steps:
        raise WrongUse(_("Restore needs the step detect to repair; to fill a mask of your own use: daguerre repair."))
    if steps and options.save_masks is not None and "detect" not in steps:
        raise WrongUse(_("--save-masks needs the step detect."))
    report = Report(len(work), options.json)
    loading = _loading(models, arguments.models_of(tool, settings))
    failed = []
    for item in work:
        try:
            facts = _one(tool, item, settings, options, models, loading, report.progress_of(item.photo))
            report.done(item, facts)
        except Exception as error:
            kind, text = explained(error)
            if kind == "bug":
                log.exception("“%s” failed", item.photo)
            report.failed(item, text)
            failed.append(f"{item.photo}: {text}")
    report.finish(failed)
    return FAILED if failed else DONE


def _loading(models: Registry, needed: Sequence[tuple[str, str]]) -> threading.Thread:
    """Load the models while the first photo is read: importing torch takes as long. What is wrong with one of them is
    told when it is needed.
    """

    def load() -> None:
        with suppress(Exception):
            for step, name in needed:
                models.load(step, name)

    thread = threading.Thread(target=load, name="loading")
    thread.start()
    return thread


def _one(
    tool: Tool,
    work: Work,
    settings: dict[str, Value],
    options: argparse.Namespace,
    models: Registry,
    loading: threading.Thread,
    progress: Progress,
) -> dict[str, Any]:
    """One photo from file to file; returns what there is to report."""
    for path in (work.output, work.mask_out):
        if path and path.exists() and not options.overwrite:
            raise FileProblem(_("{file} exists already; --overwrite replaces it.").format(file=path))
    progress(0.0, _("Reading"))
    photo = files.read_photo(work.photo)
    loading.join()
    if tool is not DETECT:
        files.check_holds(photo, work.output)
    notes = files.notes_on(work.photo)
    if tool is DETECT:
        found = detect.run(photo, settings, models, progress)
        done = restore.Restoration(detection=found)
        values = found.probabilities if options.probability else found.mask
        files.write_grey(values, work.output, options.overwrite)
    else:
        if tool is REPAIR:
            assert work.mask_in is not None
            mask = files.read_mask(work.mask_in)
            done = restore.Restoration(repair=repair.run(photo, mask, settings, models, progress))
        elif tool is ENHANCE:
            done = restore.Restoration(enhancement=enhance.run(photo, settings, models, progress))
        else:
            hints = files.read_hints(work.hints_in, photo) if work.hints_in else None
            if tool is COLORIZE:
                coloured = colorize.run(photo, settings, models, progress, hints)
                done = restore.Restoration(colorization=coloured)
            else:
                done = restore.run(photo, settings, models, progress, hints=hints)
        _write_results(photo, done, work, options.overwrite)
    return {"text": done.summary, **done.facts, "notes": [*notes, *done.facts["notes"]]}


def _write_results(photo: Photo, done: restore.Restoration, work: Work, overwrite: bool) -> None:
    if work.mask_out and done.detection:
        files.write_grey(done.detection.mask, work.mask_out, overwrite)
    files.write_photo(done.restored(photo), work.output, overwrite)


def list_models(as_json: bool, check: bool) -> int:
    """Print the registry; check: damaged models make it a failure."""
    registry = Registry()
    problems = list(registry.problems)
    for card in registry.cards():
        try:
            registry.check_weights(card)
        except ModelError as error:
            problems.append(str(error))
    if as_json:
        print(json.dumps({"models": [vars(card) for card in registry.cards()], "problems": problems}, default=str))
        return FAILED if check and problems else DONE
    for card in registry.cards():
        print(f"{card.tool:9} {card.name:11} {translated(card.title)} ({card.licence})")
        print(f"{'':21} {translated(card.purpose)}")
    for problem in problems:
        print(f"! {problem}")
    return FAILED if check and problems else DONE


class Report:
    """Tells how the work goes: a bar on a terminal, lines of JSON for machines, plain lines elsewhere."""

    def __init__(self, total: int, as_json: bool) -> None:
        self._total = total
        self._json = as_json
        self._index = 0
        self._bar = sys.stderr.isatty() and not as_json
        self._last = 0.0

    def progress_of(self, photo: Path) -> Progress:
        self._index += 1

        def progress(fraction: float, text: str) -> None:
            now = time.monotonic()
            if now - self._last < 0.1:
                return
            self._last = now
            if self._json:
                self._print_json(
                    {"type": "progress", "photo": str(photo), "fraction": round(fraction, 3), "text": text}
                )
            elif self._bar:
                filled = round(BAR_WIDTH * fraction)
                bar = "#" * filled + "-" * (BAR_WIDTH - filled)
                line = f"[{bar}] {self._index}/{self._total} {photo.name}: {text}"
                print(f"\r\033[K{line[:100]}", end="", file=sys.stderr, flush=True)

        return progress

    def done(self, work: Work, facts: dict[str, Any]) -> None:
        if self._json:
            self._print_json({"type": "done", "photo": str(work.photo), "output": str(work.output), **facts})
            return
        self._clear()
        print(f"{work.photo} -> {work.output}: {facts['text']}")
        for note in facts["notes"]:
            print(f"  {note}", file=sys.stderr)

    def failed(self, work: Work, text: str) -> None:
        if self._json:
            self._print_json({"type": "failed", "photo": str(work.photo), "text": text})
        else:
            self._clear()

    def finish(self, failed: list[str]) -> None:
        """Name the photos that failed, last, where they are seen."""
        if not self._json and failed:
            print(
                _("{count} of {total} photos could not be done:").format(count=len(failed), total=self._total),
                file=sys.stderr,
            )
            for line in failed:
                print(f"  {line}", file=sys.stderr)

    def _clear(self) -> None:
        if self._bar:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def _print_json(self, message: dict[str, Any]) -> None:
        print(json.dumps(message), flush=True)
