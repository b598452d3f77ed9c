"""The journal: the hand's edits, the decisions and the hints outlive a crash, in the data folder, under the hash of
their photo."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from core import places
from core.photo import Photo
from core.translation import _

from .dabs import Dabs
from .decisions import ARRAYS, Decisions, packed, unpacked
from .hand import Hand, Plane
from .newest import Newest, Turn

DELAY = 2000
"""Milliseconds from a change to its entry."""
DAYS = 30
ENTRIES = 20
STRIP = 256


@dataclass(frozen=True)
class Entry:
    """What was kept: the plane of hand edits (H, W), the tool's settings, when, the hints, as Painting.kept has them,
    where they were changed, and the decisions on defects.
    """

    plane: Plane
    settings: dict[str, Any]
    date: datetime
    hints: dict[str, Any] | None = None
    decisions: Decisions = ()


def folder() -> Path:
    """Where the entries are."""
    return places.data_folder() / "journal"


def key_of(photo: Photo, stopped: Callable[[], bool] = lambda: False) -> str:
    """The photo's hash: 64 hexadecimal digits of SHA-256 over its samples, their shape and type."""
    digest = hashlib.sha256(f"{photo.samples.dtype.str} {photo.samples.shape}".encode())
    for top in range(0, photo.height, STRIP):
        if stopped():
            break
        digest.update(np.ascontiguousarray(photo.samples[top : top + STRIP]).data)
    return digest.hexdigest()


def open_journal(photo: Photo, callback: Callable[[Journal], None], parent: QObject) -> None:
    """Compute the photo's key in a thread, then call back with its journal, in the parent's thread."""
    work = Newest(parent)
    work.run(lambda turn: key_of(photo, turn.stopped), lambda key: callback(Journal(key, parent)))


class Journal(QObject):
    """The entry of one photo."""

    failed = pyqtSignal(str)
    """A sentence: the edits cannot be kept, for instance on a full disk. Told once; painting goes on."""

    def __init__(self, key: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = folder() / f"{key}.npz"
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY)
        self._timer.timeout.connect(self._write_later)
        self._later: tuple[Hand, dict[str, Any], Dabs | None] | None = None
        self._writing = Newest(self)
        self._placing = threading.Lock()
        self._discards = 0  # what began to be written before a discard is not put in place after it
        self._told = False

    def later(self, hand: Hand, settings: Mapping[str, Any], dabs: Dabs | None = None) -> None:
        """Save in a thread, DELAY after the first change since the last entry. Called on every change."""
        self._later = (hand, dict(settings), dabs)
        if not self._timer.isActive():
            self._timer.start()

    def save(self, hand: Hand, settings: Mapping[str, Any]) -> bool:
        """Save now; False, and `failed` with a sentence, where that is impossible."""
        self._timer.stop()
        self._later = None
        hand.settle()
        problem = self._write(hand.plane, hand.decisions, dict(settings), None, self._discards)
        self._tell(problem)
        return problem is None

    def load(self) -> Entry | None:
        """What was kept for this photo, if anything. An entry that is damaged or too old is removed."""
        try:
            with np.load(self.path, allow_pickle=False) as kept:
                plane, about = kept["hand"], json.loads(bytes(kept["about"]).decode())
                decisions = unpacked({name: kept[name] for name in ARRAYS}, *plane.shape)
            date = datetime.fromisoformat(about["date"])
            sound = plane.dtype == np.uint8 and plane.ndim == 2 and plane.max(initial=0) <= 2
            if (
                sound
                and decisions is not None
                and isinstance(about["settings"], dict)
                and datetime.now() - date < timedelta(days=DAYS)
            ):
                hints = about.get("hints")
                hints = hints if isinstance(hints, dict) else None
                return Entry(plane, about["settings"], date, hints, decisions)
        except FileNotFoundError:
            return None
        except Exception:  # whatever a damaged file makes of the readers of .npz, zip and JSON
            pass
        _forget(self.path)
        return None

    def discard(self) -> None:
        """Forget what was kept for this photo."""
        self._timer.stop()
        self._later = None
        self._writing.stop()
        with self._placing:
            self._discards += 1
            _forget(self.path)

    def _write_later(self) -> None:
        if self._later is None:
            return
        (hand, settings, dabs), self._later = self._later, None
        plane, decisions, discards = hand.plane.copy(), hand.decisions, self._discards
        hints = dabs.painted.kept() if dabs is not None and dabs.dirty else None

        def work(_turn: Turn) -> OSError | None:
            return self._write(plane, decisions, settings, hints, discards)

        self._writing.run(work, self._tell)

    def _write(
        self,
        plane: Plane,
        decisions: Decisions,
        settings: dict[str, Any],
        hints: dict[str, Any] | None,
        discards: int,
    ) -> OSError | None:
        """Write the entry beside the old one, then put it in its place, unless there was a discard meanwhile."""
        date = datetime.now().isoformat(timespec="seconds")
        about = json.dumps({"settings": settings, "date": date, "hints": hints})
        partial = self.path.with_name(f"{self.path.stem}.{os.getpid()}-{threading.get_ident()}.part")
        try:
            partial.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("wb") as stream:
                described = np.frombuffer(about.encode(), np.uint8)
                np.savez_compressed(stream, allow_pickle=False, hand=plane, about=described, **packed(decisions))
                stream.flush()
                os.fsync(stream.fileno())
            with self._placing:
                if discards == self._discards:
                    partial.replace(self.path)
            remove_old(self.path.parent)
        except OSError as problem:
            return problem
        finally:
            _forget(partial)
        return None

    def _tell(self, problem: OSError | None) -> None:
        if problem is None:
            self._told = False
        elif not self._told:
            self._told = True
            self.failed.emit(
                _("The strokes could not be kept for after a crash ({reason}). Painting goes on.").format(
                    reason=problem.strerror or problem
                )
            )


def remove_old(where: Path) -> None:
    """Remove entries older than DAYS, all but the newest ENTRIES, and what unfinished writes left a day ago."""
    now = time.time()
    for index, (date, path) in enumerate(sorted(_dated(where.glob("*.npz")), reverse=True)):
        if index >= ENTRIES or now - date > DAYS * 86400:
            _forget(path)
    for date, path in _dated(where.glob("*.part")):
        if now - date > 86400:
            _forget(path)


def _dated(paths: Iterable[Path]) -> Iterator[tuple[float, Path]]:
    """The files with their dates; what another window removes meanwhile is left out."""
    for path in paths:
        try:
            yield path.stat().st_mtime, path
        except OSError:
            continue


def _forget(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return
