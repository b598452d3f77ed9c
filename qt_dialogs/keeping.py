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

    from .journal import Entry, Journal
    from .marks import Marks


CALM = 1000
"""Milliseconds after a photo was opened until it is looked up: first it has to be seen."""


class Keeping(QObject):
    """The journal of the photo that is open."""

    found = pyqtSignal(str)
    """Hand edits of an earlier time were found that are not in the image; the date, for people."""
    failed = pyqtSignal(str)
    """A sentence: the edits cannot be kept."""

    def __init__(self, values: Values, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._values = values
        self._background = Background(self)
        self._marks: Marks | None = None
        self._journal: Journal | None = None
        self._entry: Entry | None = None

    def open(self, photo: Photo, marks: Marks) -> None:
        """Keep what is painted on this photo, and look whether something was kept before. All in the background."""
        from .journal import open_journal

        self._marks, self._journal, self._entry = marks, None, None
        marks.hand.stepsChanged.connect(self._keep)
        later = QTimer(marks)
        later.setSingleShot(True)
        later.timeout.connect(lambda: open_journal(photo, lambda journal: self._opened(journal, marks), marks))
        later.start(CALM)

    def use(self) -> None:
        """Take what was found as the hand's edits."""
        if self._entry is not None and self._marks is not None:
            self._values.take(RESTORE, self._entry.settings)
            self._marks.hand.import_plane(self._entry.plane, _("Kept Mask"))

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
        hand = marks.hand
        if entry is not None and entry.plane.shape == hand.plane.shape and not (entry.plane == hand.plane).all():
            self._entry = entry
            date = QDateTime.fromSecsSinceEpoch(int(entry.date.timestamp()))
            self.found.emit(QLocale().toString(date, QLocale.FormatType.ShortFormat))
        if hand.dirty:
            self._keep()

    def _keep(self) -> None:
        if self._journal is None or self._marks is None:
            return
        if self._marks.hand.dirty:
            self._journal.later(self._marks.hand, self._values.of(RESTORE))
        elif self._entry is None:
            self._journal.discard()
