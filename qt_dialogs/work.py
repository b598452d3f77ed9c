"""What is computed when: damage once for each model, the preview after each change, and the run that OK starts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, pyqtSignal

from core.marking import said_of
from core.parameters import Value
from core.protocol import SCALED, PhotoFiles, photo_fields
from core.tools import Tool
from core.translation import _

from .background import Background
from .engine import Answer, Engine
from .hints_file import HintsFile, remove
from .mask_file import MaskFile
from .mistakes import told
from .plan import WITHOUT_MASK, Plan, asked_of
from .timeleft import TimeLeft
from .values import has_mask

if TYPE_CHECKING:
    from core.photo import Box, Mask, Photo

    from .dabs import Dabs
    from .marks import Marks

MASK = "mask.npy"


@dataclass(frozen=True)
class Job:
    """A photo that is open: its private folder, its files in there, its pixels, what people call it, the file of the
    layer of hints that came with it, and its own file where that is known.
    """

    folder: Path
    files: PhotoFiles
    photo: Photo
    name: str
    hints: str | None = None
    path: Path | None = None


@dataclass(frozen=True)
class Result:
    """What a run came to: files by the protocol's names for them, a sentence, and facts for machines."""

    files: dict[str, str]
    text: str
    facts: dict[str, Any] = field(default_factory=dict)


class Work(QObject):
    """Asks the engine and tells what came of it. One photo at a time."""

    progressed = pyqtSignal(object, str)
    """A share 0..1 (None: not known) and a sentence, while something other than a preview is computed."""
    rested = pyqtSignal(str)
    """Nothing but previews is computed any more; the sentence says how it ended."""
    detected = pyqtSignal(dict)
    previewing = pyqtSignal(bool)
    partPreviewed = pyqtSignal(object, object, int, dict)
    """A preview's samples, their Box, the step by which they are reduced, facts for machines; None where nothing is
    marked that a repair could fill.
    """
    previewLost = pyqtSignal()
    """Something more urgent took the engine from the newest preview."""
    finished = pyqtSignal(object)
    failed = pyqtSignal(str, object)
    """What failed ("detect", "run", "preview") and the Answer."""
    modelsKnown = pyqtSignal(list, list)
    """The models as the engine describes them, and a sentence for each card that it refused."""

    def __init__(self, engine: Engine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.engine = engine
        self._background = Background(self)
        self._job: Job | None = None
        self._marks: Marks | None = None
        self._dabs: Dabs | None = None
        self._hints: HintsFile | None = None
        self._mask: MaskFile | None = None
        self._found: dict[str, tuple[Any, float, dict[str, Any]]] = {}  # by model: probability, threshold, facts
        self._shown = ""  # the model whose findings are marked
        self._run = 0  # the number of the newest run: older ones are nobody's
        self._running = False
        self._preview = 0
        self._prepared = 0  # the preview that waits for its mask or hints to be written
        self._files = 0
        self._last_shown: Path | None = None
        self._left = TimeLeft()
        self._doing = ""  # where the engine says how far it is and not with what

    @property
    def running(self) -> bool:
        """Whether the run that OK started goes on."""
        return self._running

    @property
    def detecting(self) -> bool:
        return self.engine.is_busy("detect")

    @property
    def busy(self) -> bool:
        """Whether there is something that Stop would stop."""
        return self._running or any(self.engine.is_busy(lane) for lane in ("detect", "load", "save"))

    @property
    def previews(self) -> bool:
        """Whether a preview is being computed, or waits for the engine."""
        return self.engine.is_busy("preview") or self._prepared == self._preview > 0

    def knows(self, model: str) -> bool:
        """Whether this model has looked for damage in this photo already."""
        return model in self._found

    def ask_models(
        self, more: Mapping[str, Any] | None = None, answered: Callable[[Answer], None] | None = None
    ) -> None:
        """Which models there are; more: what else the protocol knows of "models". `answered` hears how it went, once
        modelsKnown was told.
        """

        def came(answer: Answer) -> None:
            if answer.kind == "done":
                self.modelsKnown.emit(answer.facts.get("models", []), answer.facts.get("problems", []))
            if answered is not None:
                answered(answer)
            elif answer.kind == "failed":
                self.failed.emit("models", answer)

        self.engine.ask("models", {"type": "models", **(more or {})}, came)

    def forget_model(self, model: str) -> None:
        """What this model found is not to be used any more: another one has its name now."""
        self._found.pop(model, None)

    def open(self, job: Job, marks: Marks, dabs: Dabs) -> None:
        """Work on this photo from here on."""
        self.stop_preview()
        self._run += 1
        self._job, self._marks, self._dabs = job, marks, dabs
        self._hints = HintsFile(job.folder, dabs, job.hints, self._background)
        self._mask = MaskFile(job.folder, marks, self._background)
        self._found.clear()
        self._shown = ""

    def detect(self, model: str) -> None:
        """Let this model look for damage, unless it has done so already."""
        assert self._job
        if model in self._found:
            self._show_found(model)
            return
        self._left = TimeLeft()
        self._doing = _("Looking for damage")
        self.progressed.emit(None, self._doing)
        self.engine.ask(
            "detect",
            self._request("detect", {"model": model}, ["probability"]),
            lambda answer: self._detected(model, answer),
            self._tell_progress,
        )

    def forget_detection(self) -> None:
        """Nothing is detected: the mask is what the hand painted. What was found is kept for the next time."""
        assert self._marks
        self.engine.cancel("detect")
        self._shown = ""
        self._marks.set_probability(None, 0.5)

    def preview_part(self, tool: Tool, part: Box, step: int, settings: dict[str, Value]) -> None:
        """Repair, enhance or colour a part of the photo, reduced by the step, of which its left and top are
        multiples. Where a repair has nothing to do, what is told has no samples.
        """
        assert self._job and self._hints and self._mask
        self._preview += 1
        number = self._preview
        self.previewing.emit(True)
        result = SCALED[tool.name]

        def answered(answer: Answer) -> None:
            if number == self._preview and self._has_come(answer):
                self.partPreviewed.emit(self._kept(answer.files[result]), part, step, answer.facts)

        def ask(mask: str | None = None, hints: str | None = None) -> None:
            if number != self._preview:
                return
            self._prepared = 0
            if tool.takes_mask and mask is None:
                self.previewing.emit(False)
                self.partPreviewed.emit(None, part, step, {})
                return
            request = self._request(tool.name, settings, [result], mask, hints)
            request |= {"region": [part.left, part.top, part.right, part.bottom], "scale": step}
            self.engine.ask("preview", request, answered)

        def broken(error: Exception) -> None:
            self._broken("preview", error)

        self._prepared = number
        if tool.takes_mask:
            self._mask.ask(lambda mask: ask(mask=mask), broken)
        elif tool.takes_hints:
            self._hints.ask(lambda hints: ask(hints=hints), broken)
        else:
            ask()

    def stop_preview(self) -> None:
        """What is being computed for a preview is not wanted any more."""
        self._preview += 1
        self.engine.cancel("preview")
        self.previewing.emit(False)

    def run(self, plan: Plan) -> None:
        """Do it with the whole photo and the mask as it is; `finished` or `failed` follows."""
        assert self._job and self._marks
        self.stop_preview()
        self._run += 1
        number = self._run
        self._running = True
        self._left = TimeLeft()

        def go_on(found: tuple[int, float] | None, hints: str | None) -> None:
            if number == self._run:
                self._change(number, plan, found, hints)

        def marked(found: tuple[int, float] | None) -> None:
            if number == self._run:
                self._write_hints("colorize" in plan.steps, lambda hints: go_on(found, hints))

        if plan.mask:
            self.progressed.emit(None, _("Preparing the mask"))
            self._write_mask(marked)
        else:
            marked(None)

    def write_mask(self, then: Callable[[], None]) -> None:
        """Write the mask as it is into the job's folder, as MASK."""
        self._write_mask(lambda _found: then())

    def write_hints(self, then: Callable[[str], None]) -> None:
        """Write the hints as they are into the job's folder; called back with the file's name."""
        assert self._hints
        self._hints.ask(
            lambda name: then(name) if name else None, lambda error: self._broken("run", error), empty_too=True
        )

    def _write_hints(self, used: bool, then: Callable[[str | None], None]) -> None:
        """Where hints are used, or the image is to get those that the person changed."""
        assert self._dabs and self._hints
        if used or self._dabs.dirty:
            self._hints.ask(then, lambda error: self._broken("run", error), self._dabs.dirty)
        else:
            then(None)

    def _write_mask(self, then: Callable[[tuple[int, float]], None]) -> None:
        assert self._job and self._marks
        job = self._job
        self._marks.mask_in_background(
            lambda mask: self._background.run(
                lambda: _written(job, mask), then, lambda error: self._broken("run", error)
            )
        )

    def stop(self) -> None:
        """Stop everything; `rested` follows once the engine has answered or is gone."""
        if self._running and not self.engine.is_busy("run"):
            self._run += 1
            self._running = False
            self.rested.emit(_stopped())
        for lane in ("run", "detect", "load", "save"):
            self.engine.cancel(lane)

    def _request(
        self,
        tool: str,
        settings: dict[str, Value],
        want: list[str],
        mask: str | None = None,
        hints: str | None = None,
    ) -> dict[str, Any]:
        assert self._job
        request: dict[str, Any] = {
            "type": "run",
            "tool": tool,
            "folder": str(self._job.folder),
            "photo": photo_fields(self._job.files),
            "settings": settings,
            "want": want,
        }
        if mask:
            request["mask"] = mask
        if hints:
            request["hints"] = hints
        return request

    def _tell_progress(self, fraction: float, text: str) -> None:
        text = text or self._doing
        left = self._left.text(time.monotonic(), fraction)
        self.progressed.emit(fraction, _("{work}, {left}").format(work=text, left=left) if left else text)

    def _detected(self, model: str, answer: Answer) -> None:
        if answer.kind == "done" and self._job:
            from numpy.lib.format import open_memmap

            self._files += 1
            kept = self._job.folder / f"found-{self._files}.npy"  # the next detection writes to the old name
            (self._job.folder / answer.files["probability"]).replace(kept)
            self._found[model] = (open_memmap(kept, "r"), float(answer.facts["threshold"]), answer.facts)
            self._show_found(model)
        elif answer.kind == "failed":
            self.rested.emit(_("Ready"))
            self.failed.emit("detect", answer)
        elif not self.detecting:
            self.rested.emit(_stopped())

    def _show_found(self, model: str) -> None:
        assert self._marks
        found, threshold, facts = self._found[model]
        self._shown = model
        self._marks.set_probability(found, threshold)
        self.rested.emit(_("Ready"))
        self.detected.emit(facts)

    def _has_come(self, answer: Answer) -> bool:
        """Tell how the newest preview ended; whether there is something to show."""
        self.previewing.emit(False)
        if answer.kind == "failed":
            self.failed.emit("preview", answer)
        elif answer.kind == "cancelled":
            self.previewLost.emit()
        return answer.kind == "done"

    def _kept(self, name: str) -> Any:
        """A preview's array, under a name that the next one does not take; the file of the one before goes."""
        assert self._job
        from numpy.lib.format import open_memmap

        before = self._last_shown
        self._files += 1
        self._last_shown = self._job.folder / f"shown-{self._files}.npy"
        (self._job.folder / name).replace(self._last_shown)
        if before:
            self._remove(before)
        return open_memmap(self._last_shown, "r")

    def _remove(self, path: Path) -> None:
        """Remove a file in a thread: a large one takes its time."""
        self._background.run(lambda: remove(path), lambda _nothing: None)

    def _change(self, number: int, plan: Plan, found: tuple[int, float] | None, hints: str | None) -> None:
        """Have the engine do what changes pixels; found: defects of the mask and their share, where there is one;
        hints: their file, where there are any.
        """
        made = Result({"mask": MASK}, "", self._facts_of_mask(*found)) if found else Result({}, "")
        if hints and self._dabs and self._dabs.dirty:
            made.files["hints"] = hints
        text = said_of(*found) if found and has_mask(plan.tool) else ""
        asked = asked_of(plan, bool(found and found[0]))
        if asked is None:
            self._finish(replace(made, text=text, facts={**made.facts, "notes": []}))
            return

        def answered(answer: Answer) -> None:
            if number != self._run:
                return
            if answer.kind == "done":
                files = {**made.files, **_changed(answer)}
                weights = {**made.facts.get("weights", {}), **answer.facts.get("weights", {})}
                facts = {**made.facts, **answer.facts, "weights": weights}
                self._finish(Result(files, f"{text} {answer.text}".strip(), facts))
                return
            self._running = False
            self.rested.emit(_stopped() if answer.kind == "cancelled" else _("Ready"))
            if answer.kind == "failed":
                self.failed.emit("run", answer)

        doing = {"enhance": _("Enhancing"), "colorize": _("Colorizing")}
        self._doing = doing.get(asked.tool, _("Repairing"))
        self.progressed.emit(0.0, self._doing)
        mask = None if set(plan.steps) <= WITHOUT_MASK else MASK
        used = hints if "colorize" in plan.steps else None
        request = self._request(asked.tool, asked.settings, asked.want, mask, used)
        self.engine.ask("run", request, answered, self._tell_progress)

    def _facts_of_mask(self, found: int, share: float) -> dict[str, Any]:
        """Facts for machines on the mask as it is, and on the model that has a part in it."""
        facts: dict[str, Any] = {"found": found, "share": share}
        if self._shown in self._found:
            detected = self._found[self._shown][2]
            facts |= {name: detected[name] for name in ("detect_model", "weights") if name in detected}
        return facts

    def _finish(self, result: Result) -> None:
        self._running = False
        self.rested.emit(result.text)
        self.finished.emit(result)

    def _broken(self, what: str, error: Exception) -> None:
        """Something failed in the window itself, such as a full disk."""
        self._running = False
        self._prepared = 0
        self.previewing.emit(False)
        self.rested.emit(_("Ready"))
        kind, text = told(error)
        self.failed.emit(what, Answer("failed", text=text, cause=kind))


def _changed(answer: Answer) -> dict[str, str]:
    """The files of a run without those in which nothing is changed by enhancing, nor by what was done besides."""
    files = dict(answer.files)
    if not answer.facts.get("enhanced", True):
        files.pop("enhanced", None)
        if not answer.facts.get("repaired") and "colours" not in answer.files and "colorize_model" not in answer.facts:
            files.pop("photo", None)
    return files


def _stopped() -> str:
    return _("Stopped. Nothing was changed.")


def _written(job: Job, mask: Mask) -> tuple[int, float]:
    """Write the mask as MASK; returns how many defects it marks and their share of the photo, 0..1."""
    import numpy as np

    from core import mask as masks

    partial = job.folder / f"{MASK}.partial"
    with partial.open("wb") as stream:
        np.save(stream, mask)
    partial.replace(job.folder / MASK)  # whoever has the old one open keeps reading that
    return masks.count(mask), float(np.count_nonzero(mask) / mask.size)
