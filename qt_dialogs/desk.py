"""What happens in the window: the photo on the desk, its mask, what is computed for it, and how it is left."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject

from core.protocol import PhotoFiles
from core.tools import DETECT, KINDS, RESTORE
from core.translation import _

from . import messages
from .background import Background
from .chosen_models import ChosenModels
from .deciding import Deciding
from .engine import Answer, Engine
from .help import show_help
from .host import Host
from .introduction import Introduction, is_due
from .keeping import Keeping
from .library import Library
from .mask_exchange import MaskExchange
from .messages import Message
from .mistakes import told
from .own_colours import OwnColours
from .plan import Plan, planned
from .preferences import Preferences
from .previewing import Previewing
from .values import PARAMETERS, Values, has_dabs, has_mask
from .viewing import Viewing
from .window import Window
from .work import MASK, Job, Result, Work

if TYPE_CHECKING:
    from core.photo import Mask, Photo

    from .canvas import Canvas
    from .dabs import Dabs
    from .marks import Marks
    from .painting import Given

NUMBERS = ("detect-sensitivity", "detect-min-size", "detect-max-size", "detect-grow")
MARKING = {*NUMBERS, *(f"detect-{kind}" for kind in KINDS)}
"""The settings that decide what of the found is marked."""


@dataclass(frozen=True)
class Opening:
    """A photo to be opened: its files in a job's folder, what it is called, the page to show, and a mask and a layer of
    hints there, or None. filters: its layer in GIMP shows some, which are not in the files. path: the photo's own file
    where that is known.
    """

    folder: Path
    files: PhotoFiles
    name: str
    tool: str
    mask: str | None = None
    hints: str | None = None
    filters: bool = False
    path: Path | None = None


class Desk(QObject):
    """Connects window, work and host. Everything heavy is done elsewhere: in threads or by the engine."""

    def __init__(self, window: Window, values: Values, engine: Engine, host: Host) -> None:
        super().__init__(window)
        self.window, self.values, self.engine, self.host = window, values, engine, host
        self.work = Work(engine, self)
        self.viewing = Viewing(window)
        self.deciding = Deciding(window)
        self.library = Library(window, self.work, self)
        self.chosen_models = ChosenModels(window, values, self.library)
        self.previewing = Previewing(window, values, self.work, self.viewing, self.chosen_models.has)
        self.canvas: Canvas | None = None
        self.marks: Marks | None = None
        self.dabs: Dabs | None = None
        self._job: Job | None = None
        self.keeping = Keeping(values, self)
        self._own_colours = OwnColours(self)
        self._background = Background(self)
        self._mask_exchange = MaskExchange(self)
        self.preferences = Preferences(window.menu, window.menu_keys, host.alone)
        self.introduction: Introduction | None = None
        self._detection_wanted = False
        self._count_awaited = False
        self._accept_later = False
        self._review_asked = False
        self._plan: Plan | None = None
        self._connect()

    @property
    def job(self) -> Job | None:
        """The photo that is open."""
        return self._job

    # opening

    def begin(self, opening: Opening | None) -> None:
        """Called once the window is on the screen: start the engine, and open the photo."""
        gc.freeze()
        gc.enable()
        self.engine.start()
        self.work.ask_models()
        if opening is not None:
            self.open(opening)

    def open(self, opening: Opening) -> None:
        """Show a photo that lies in a job's folder; the mask there, if any, is opened as the hand's work, and the hints
        lie below those that are painted.
        """
        self.window.show_name(opening.name)
        self.window.progress.show_progress(None, _("Opening the photo"))

        def read() -> tuple[Photo, Mask | None, Given | None]:
            from core import handoff

            from . import canvas, marks  # noqa: F401 - what they import is loaded here and not by the window's thread
            from .painting import given

            photo = handoff.read_photo(opening.folder, opening.files)
            mask = handoff.read_mask(opening.folder, opening.mask, photo) if opening.mask else None
            hints = given(handoff.read_hints(opening.folder, opening.hints, photo)) if opening.hints else None
            return photo, mask, hints

        self._background.run(read, lambda read: self._opened(opening, *read), self._not_opened)

    def _opened(self, opening: Opening, photo: Photo, mask: Mask | None, hints: Given | None) -> None:
        from .canvas import Canvas
        from .dabs import Dabs
        from .marks import Marks
        from .source import Source

        if self.marks is not None:
            self.marks.close()
        self._job = Job(
            opening.folder, opening.files, photo, opening.name, opening.hints if hints else None, opening.path
        )
        self.canvas = Canvas()
        self.canvas.setObjectName("canvas")
        self.marks = Marks(photo, self)
        if mask is not None:
            self.marks.hand.start_with(mask)
        self.dabs = Dabs(photo.height, photo.width, hints, self.marks)
        self._set_limits()
        self.canvas.set_photo(Source(photo))
        self.canvas.set_marks(self.marks)
        self.canvas.set_dabs(self.dabs)
        self.canvas.nothingTraced.connect(lambda: self.say(messages.no_trace()))
        self.canvas.strokeFinished.connect(lambda: self.window.message.take_back("no-trace"))
        self.window.photo.fill(self.canvas)
        self.work.open(self._job, self.marks, self.dabs)
        self.previewing.open(self.canvas, self.marks, photo, self.dabs)
        self.viewing.show(self.canvas, self.marks, self.dabs)
        self.deciding.open(self.canvas, self.marks)
        self.marks.listed.connect(self._listed)
        self._own_colours.open(photo)
        self.marks.counted.connect(self._counted)
        self.marks.hand.stepsChanged.connect(self._hand_changed)
        self.marks.hand.changed.connect(self._overtaken)
        self.marks.hand.decided.connect(self._overtaken)
        self.dabs.changed.connect(self._overtaken)
        self._hand_changed()
        self.window.panel.mask_state.show_count(0, 0.0)
        if any(has_mask(page) or has_dabs(page) for page in self.window.panel.verbs):
            self.keeping.open(photo, self.marks, self.dabs)
        self.window.progress.rest(_("Ready"))
        self._enable()
        self._detection_wanted = mask is None and "detect" in self.values.steps_of(opening.tool)
        if opening.filters:
            self.say(messages.filters())
        self.turn_to(opening.tool)
        self.canvas.setFocus()
        if self.introduction is not None:
            self.introduction.start.setFocus()
        if self._detection_wanted:
            self.find()

    def _not_opened(self, error: Exception) -> None:
        self.window.progress.rest(_("Ready"))
        self.host.broken(*told(error))

    # the person's wishes

    def act(self, action: str) -> None:
        """Do what a key or a button of the window asks for; the actions are those of keys.py."""
        what, _space, how = action.partition(" ")
        if self.library.is_open and what not in ("help", "full", "models", "introduction", "log"):
            return
        if what == "models":
            self.library.show()
        elif what == "introduction":
            self.introduce()
        elif what == "log":
            self._show_log()
        elif what == "page":
            self.turn_to(self.window.panel.neighbour(int(how)) if how in ("1", "-1") else how)
        elif what == "help":
            show_help(self.window, "models" if self.library.is_open else self.window.panel.page)
        elif what == "panel":
            self.window.panel.setVisible(not self.window.panel.isVisible())
        elif what == "full":
            self.window.showNormal() if self.window.isFullScreen() else self.window.showFullScreen()
        elif what == "region":
            self.window.move_focus(int(how))
        elif what == "accept":
            self.accept()
        elif what in ("next", "previous", "enter", "delete"):
            if self.deciding.act(what):
                return
            if what == "enter":
                self.accept()
            elif what == "delete":
                self.viewing.act(what)
        else:
            self.viewing.act(what, how)

    def _show_log(self) -> None:
        from .log_view import show_log
        from .reporting import report

        job = self._job
        names = (job.name, job.files.name) if job else ()
        show_log(self.window, report({key: self.values[key] for key in PARAMETERS}, job.photo if job else None, names))

    def introduce(self) -> None:
        """Show over the photo what Daguerre does."""
        self.library.close()
        if self.introduction is None:
            self.introduction = Introduction(self.window.photo, self.host.alone)
            self.introduction.closed.connect(self._introduced)

    def introduce_once(self) -> None:
        """The same, at the first start or where the person asked for it."""
        if is_due():
            self.introduce()

    def _introduced(self) -> None:
        self.introduction = None
        (self.canvas or self.window.photo).setFocus()

    def turn_to(self, tool: str) -> None:
        """Show another page; mask and settings stay as they are."""
        if self.work.running or tool not in self.window.panel.verbs:
            return
        self.window.show_page(tool)
        self.viewing.turn_to(tool)
        self.deciding.turn_to(tool)
        self.window.message.take_back("empty-mask", "none-found", "no-need", "has-colour", "grey-image", "review-first")
        self.chosen_models.check()
        self._look_for_colours()
        self.previewing.turn()

    def find(self) -> None:
        """Let the chosen model look for damage."""
        if self._job is None or self.work.running:
            return
        self._detection_wanted = True
        self.window.message.take_back("empty-mask", "none-found", "failed", "crashed", "memory", "disk", "no-model")
        self.window.panel.mask_state.find_button.setEnabled(False)
        self.work.detect(str(self.values["detect-model"]))
        self.window.panel.mask_state.look(self.work.detecting)

    def accept(self) -> None:
        """The page's verb."""
        if self.introduction is not None:
            self.introduction.finish()
            return
        if self._job is None or self.work.running or self.library.is_open or not self.window.isVisible():
            return
        if self.work.detecting:
            self._accept_later = True
            return
        tool = self.window.panel.page
        if self._asks_for_review(tool):
            return
        self.window.message.take_back(
            "empty-mask",
            "failed",
            "crashed",
            "memory",
            "disk",
            "refused",
            "saved",
            "notes",
            "none-found",
            "no-need",
            "review-first",
        )
        self.host.before_run(tool, lambda: self._run(tool))

    def _asks_for_review(self, tool: str) -> bool:
        """Where the page is to stop after Detect, let the person go through what was found, once; whether to wait."""
        assert self.marks
        wanted = tool == RESTORE.name and self.values["review"] and "detect" in self.values.steps()
        if not wanted or self._review_asked:
            return False
        if self.marks.list_awaited:
            self._accept_later = True
            self.window.progress.show_progress(None, _("Preparing the mask"))
            return True
        count = self.deciding.undecided
        if not count:
            return False
        self._review_asked = True
        self.say(messages.review_first(count, self._verb, self.accept))
        self.deciding.review_undecided()
        return True

    def escape(self) -> None:
        """What Esc means now: back to the work, let go of what is drawn, stop what is computed, or leave."""
        if self.introduction is not None:
            self.introduction.finish()
        elif self.window.message.current == "keep-mask":
            self.window.message.take_back("keep-mask")
        elif (self.canvas is not None and self.canvas.drop_gesture()) or self.deciding.end():
            return
        elif self.work.busy or self._accept_later:
            self.stop()
        elif self.library.is_open:
            self.library.close()
        else:
            self.leave()

    def stop(self) -> None:
        self._accept_later = False
        if self.work.busy:
            self.window.progress.stopping()
            self.work.stop()
        else:
            self.window.progress.rest(_("Ready"))

    def leave(self) -> None:
        """Close the window, once it is settled what becomes of the hand's work."""
        self.library.close()
        if self.work.busy or self._accept_later:
            self.stop()
        self.ask_about_work(self._discard)

    def ask_about_work(self, discard: Callable[[], None]) -> None:
        """Where hand edits or hints are nowhere else, ask; `discard` where there are none or nobody wants them."""
        if self.marks is not None:
            self.marks.hand.settle()
        mask = self.marks is not None and self.marks.hand.dirty
        hints = self.dabs is not None and self.dabs.dirty
        if not mask and not hints:
            discard()
            return
        hints = hints and not (mask and self.host.alone)  # one file after the other
        self.say(messages.keep_work(mask, hints, lambda: self._keep(mask, hints), discard, self.host.alone))

    def say(self, message: Message) -> None:
        self.window.message.say(message)

    def refused(self, text: str, ways: Sequence[str], give_again: Callable[[str], None]) -> None:
        """The image did not take the result: everything is as it was before OK. give_again: gives the same once more,
        to go one of these ways (core.protocol).
        """
        others = {"layer": self._as_layer, "discard": self._abandon}
        self.window.show()
        self.window.raise_()
        self.say(messages.refused(text, {way: others.get(way, partial(give_again, way)) for way in ways}))

    def _as_layer(self) -> None:
        self.values.set("output", "layer")
        self.accept()

    def _abandon(self) -> None:
        """The result is not wanted; what the hand did is offered when the photo is opened again."""
        self.remember()
        self.host.left()

    def _overtaken(self) -> None:
        """What was given last is not what there is now."""
        self.window.message.take_back("refused")

    def _keep(self, mask: bool, hints: bool) -> None:
        """Hand over the mask, the hints or both, and no result."""

        def give(files: dict[str, str]) -> None:
            if hints:
                self.work.write_hints(lambda name: self.host.keep({**files, "hints": name}))
            else:
                self.host.keep(files)

        if mask:
            self.work.write_mask(lambda: give({"mask": MASK}))
        else:
            give({})

    def _discard(self) -> None:
        self.settled()
        self.remember()
        self.host.left()

    def remember(self) -> None:
        """What the next window starts with."""
        self.window.remember()
        self.viewing.remember()

    # runs

    def _run(self, tool: str) -> None:
        self._plan = planned(tool, self.values, list(self.window.panel.verbs), self.host.alone)
        self.work.run(self._plan)
        self._enable()

    def _finished(self, result: Result) -> None:
        assert self._plan
        self._enable()
        tool, steps = self._plan.tool, self._plan.steps
        a_mask_is_enough = "detect" in self.values.steps_of(tool) and not (self.host.alone and steps)
        if set(result.files) - {"mask", "hints"} or a_mask_is_enough:
            self.host.done(tool, result)
        elif "enhance" in steps:
            self.say(messages.unchanged(result.text))
        elif not result.facts.get("found"):
            self.say(messages.empty_mask(self.find))
        elif self.host.alone:
            self.say(messages.unchanged(result.text))
        else:
            self.host.done(tool, result)

    def _failed(self, what: str, answer: Answer) -> None:
        self._enable()
        self._accept_later = False
        if what == "preview":
            self.previewing.failed(again=answer.cause == "crashed")
        again = {"detect": self.find, "run": self.accept}.get(what)
        verb = _("Find Damage") if what == "detect" else self._verb
        said = {"crashed": messages.crashed, "memory": messages.memory, "disk": messages.disk}.get(answer.cause)
        if said is not None:
            self.say(said(verb, again))
        else:
            self.say(messages.failed(answer.text, again if answer.cause != "no-engine" else None))

    @property
    def _verb(self) -> str:
        """What the button `accept` says."""
        return self.window.buttons.accept.text().replace("&", "")

    def _detected(self, facts: Mapping[str, Any]) -> None:
        self._review_asked = False
        self.window.panel.mask_state.find_button.setEnabled(False)
        self._count_awaited = True
        if facts.get("notes"):
            self.say(messages.notes([str(note) for note in facts["notes"]]))
        if self._accept_later:
            self._accept_later = False
            self.accept()

    def _listed(self) -> None:
        if self._accept_later and not self.work.detecting:
            self._accept_later = False
            self.window.progress.rest(_("Ready"))
            self.accept()

    def _rested(self, text: str) -> None:
        self.window.progress.rest(text)
        if not self.work.knows(str(self.values["detect-model"])):  # stopped or failed: no count is to come
            self.window.panel.mask_state.look(False)
        self._enable()
        self.previewing.refresh()

    def _counted(self, defects: int, share: float) -> None:
        self.window.panel.mask_state.look(self.work.detecting)
        self.window.panel.mask_state.show_count(defects, share)
        if self._count_awaited and not self.work.detecting:
            self._count_awaited = False
            if not defects and has_mask(self.window.panel.page):
                self.say(messages.none_found())
        if defects:
            self.window.message.take_back("none-found", "empty-mask")

    def _models_known(self, models: list[dict[str, Any]], problems: list[str]) -> None:
        self.chosen_models.know(models)
        self.previewing.refresh()
        if problems and not self.window.message.current:
            self.say(messages.notes(problems))

    def _look_for_colours(self) -> None:
        if "colorize" in self.values.steps_of(self.window.panel.page):
            self._own_colours.look()

    def _own_colours_found(self) -> None:
        self._remark_on_colours(messages.has_colour(self.host.alone))

    def _photo_is_grey(self) -> None:
        if not self.host.alone:
            self._remark_on_colours(messages.grey_image())

    def _remark_on_colours(self, message: Message) -> None:
        """Say it where colours are wanted here and nothing else has to be said; what the layer has returns after it."""
        free = self.window.message.current in ("", "filters")
        if free and "colorize" in self.values.steps_of(self.window.panel.page):
            self._own_colours.told()
            self.say(message)

    def _model_changed(self, tool: str, name: str, added: bool) -> None:
        """A name stands for another model now: what the one before found is not used, and a new one is chosen."""
        key = f"{tool}-model"
        again = self.values[key] == name
        if tool == DETECT.name:
            self.work.forget_model(name)
        if added:
            self.values.set(key, name)
        if again and tool == DETECT.name and self._detection_wanted and self.chosen_models.has(DETECT):
            self.find()

    def settled(self) -> None:
        """The hand's work is where it belongs, or nobody wants it."""
        self.keeping.discard()

    def _offer(self, mask: bool, hints: bool, date: str) -> None:
        self.say(messages.found_work(mask, hints, date, self.keeping.use, self.keeping.discard))

    # settings

    def _value_changed(self, key: str) -> None:
        self._overtaken()
        if key in MARKING:
            self._set_limits()
        elif key == "detect-model":
            self.chosen_models.check()
            if self._detection_wanted:
                self.find()
            self._enable()
        elif key in ("repair-model", "enhance-model", "colorize-model"):
            self.chosen_models.check()
        elif key == "steps":
            self._steps_changed()

    def _steps_changed(self) -> None:
        self.chosen_models.check()
        self._look_for_colours()
        self.previewing.turn()
        if self.marks is None:
            return
        detects = "detect" in self.values.steps()
        if detects and not self._detection_wanted:
            self.find()
        elif not detects and self._detection_wanted:
            self._detection_wanted = False
            self.work.forget_detection()
        self._enable()

    def _set_limits(self) -> None:
        if self.marks is not None:
            from core.marking import wanted_kinds

            from .marks import Settings

            sensitivity, smallest, largest, grow = (self.values.number(key) for key in NUMBERS)
            kinds = wanted_kinds(self.values.of(DETECT))
            self.marks.set_settings(Settings(sensitivity, smallest, largest, grow, kinds))

    # what is shown

    def _clear_hand(self) -> None:
        if self.marks is not None:
            self.marks.hand.clear()

    def _progressed(self, fraction: float | None, text: str) -> None:
        self.window.progress.show_progress(fraction, text)
        if self.work.running:
            self.host.progress(fraction, text)

    def _enable(self) -> None:
        """What can be used now."""
        there, running = self._job is not None and not self.library.is_open, self.work.running
        window = self.window
        window.panel.freeze(not there or running)
        window.buttons.accept.setEnabled(there and not running)
        window.panel.mask_state.find_button.setEnabled(there and not running and not self._found_is_shown())
        self.viewing.enable(there and not running)
        self.deciding.enable(there and not running)
        self._mask_exchange.enable(there and not running)

    def _covered(self, covered: bool) -> None:
        """The page Models is shown, or the photo again."""
        self._enable()
        if not covered and self.canvas is not None:
            self.canvas.setFocus()

    def _hand_changed(self) -> None:
        self.window.panel.mask_state.clear_button.setEnabled(self.marks is not None and not self.marks.hand.empty)

    def _found_is_shown(self) -> bool:
        """Whether there is nothing for "Find Damage" to do."""
        return self.work.detecting or (self._detection_wanted and self.work.knows(str(self.values["detect-model"])))

    # connections

    def _connect(self) -> None:
        window, work = self.window, self.work
        window.keyAsked.connect(self.act)
        window.escapeAsked.connect(self.escape)
        window.closeAsked.connect(self.leave)
        window.buttons.accept.clicked.connect(self.accept)
        window.progress.stopAsked.connect(self.stop)
        window.panel.mask_state.findAsked.connect(self.find)
        window.panel.mask_state.clearAsked.connect(self._clear_hand)
        window.panel.cardAsked.connect(self.library.show)
        window.panel.modelMissing.connect(lambda name: self.say(messages.default_taken(name, self.library.show)))
        self.deciding.reviewChanged.connect(self.viewing.review)
        self.library.opened.connect(self._covered)
        self.library.changed.connect(self._model_changed)
        self.preferences.surroundChosen.connect(self.viewing.surround)
        self.preferences.languageChosen.connect(lambda: self.say(messages.language_later()))
        self.values.changed.connect(self._value_changed)
        self._own_colours.found.connect(self._own_colours_found)
        self._own_colours.grey.connect(self._photo_is_grey)
        self.keeping.found.connect(self._offer)
        self.keeping.failed.connect(lambda text: self.say(messages.failed(text)))
        work.progressed.connect(self._progressed)
        work.rested.connect(self._rested)
        work.detected.connect(self._detected)
        work.finished.connect(self._finished)
        work.failed.connect(self._failed)
        work.modelsKnown.connect(self._models_known)
        self._enable()
