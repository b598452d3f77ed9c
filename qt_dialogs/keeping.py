"""The hand's work outlives a crash: it goes to the journal, and is offered when the photo is opened again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QDateTime, QLocale, QObject, QTimer, pyqtSignal

from core.tools import RESTORE
from core.translation import _

from .background import Background
from .values import Values

if TYPE_CHECKING:
    from core.photo import Photo

    from .dab_forms import Form
    from .dabs import Dabs
    from .journal import Entry, Journal
    from .marks import Marks


CALM = 1000
"""Milliseconds after a photo was opened until it is looked up: first it has to be seen."""


class Keeping(QObject):
    """The journal of the photo that is open."""

    found = pyqtSignal(bool, bool, str)
    """Work of an earlier time was found that is not in the image: whether hand edits of the mask, whether hints, and
    the date, for people.
    """
    failed = pyqtSignal(str)
    """A sentence: the edits cannot be kept."""

    def __init__(self, values: Values, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._values = values
        self._background = Background(self)
        self._marks: Marks | None = None
        self._dabs: Dabs | None = None
        self._journal: Journal | None = None
        self._entry: Entry | None = None

    def open(self, photo: Photo, marks: Marks, dabs: Dabs) -> None:
        """Keep what is painted on this photo, and look whether something was kept before. All in the background."""
        from .journal import open_journal

        self._marks, self._dabs, self._journal, self._entry = marks, dabs, None, None
        marks.hand.stepsChanged.connect(self._keep)
        dabs.stepsChanged.connect(self._keep)
        later = QTimer(marks)
        later.setSingleShot(True)
        later.timeout.connect(lambda: open_journal(photo, lambda journal: self._opened(journal, marks), marks))
        later.start(CALM)

    def use(self) -> None:
        """Take what was found as the hand's edits, and as the hints."""
        if self._entry is not None and self._marks is not None and self._dabs is not None:
            entry, dabs = self._entry, self._dabs
            self._values.take(RESTORE, entry.settings)
            self._marks.hand.import_plane(entry.plane, _("Kept Mask"), entry.decisions)
            strokes = self._other_hints(entry, dabs)
            if strokes is not None and entry.hints is not None:
                dabs.put(strokes, bool(entry.hints.get("layer")), _("Kept Hints"))

    def discard(self) -> None:
        """What was kept is not needed any more."""
        self._entry = None
        if self._journal is not None:
            self._journal.discard()

    def _opened(self, journal: Journal, marks: Marks) -> None:
        if marks is not self._marks:
            return
        self._journal = journal
        journal.failed.connect(self.failed)
        self._background.run(journal.load, lambda entry: self._loaded(entry, marks))

    def _loaded(self, entry: Entry | None, marks: Marks) -> None:
        if marks is not self._marks:
            return
        hand, dabs = marks.hand, self._dabs
        if entry is not None and dabs is not None and entry.plane.shape == hand.plane.shape:
            mask = bool(entry.decisions) or not (entry.plane == hand.plane).all()
            hints = self._other_hints(entry, dabs) is not None
            if mask or hints:
                self._entry = entry
                date = QDateTime.fromSecsSinceEpoch(int(entry.date.timestamp()))
                self.found.emit(mask, hints, QLocale().toString(date, QLocale.FormatType.ShortFormat))
        if self._dirty:
            self._keep()

    @property
    def _dirty(self) -> bool:
        marks, dabs = self._marks, self._dabs
        return (marks is not None and marks.hand.dirty) or (dabs is not None and dabs.dirty)

    def _other_hints(self, entry: Entry, dabs: Dabs) -> tuple[Form, ...] | None:
        """The strokes of the hints that were kept; None where none were, or these are there."""
        from .painting import strokes_kept

        return strokes_kept(entry.hints) if entry.hints and entry.hints != dabs.painted.kept() else None

    def _keep(self) -> None:
        if self._journal is None or self._marks is None:
            return
        if self._dirty:
            self._journal.later(self._marks.hand, self._values.of(RESTORE), self._dabs)
        elif self._entry is None:
            self._journal.discard()
