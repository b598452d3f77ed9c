"""The journal: what the hand did outlives a crash, and nothing that goes wrong with it stops the hand."""

from __future__ import annotations

import json
import os
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QObject

from core.photo import Photo
from qt_dialogs import journal as journal_module
from qt_dialogs.decisions import Verdict
from qt_dialogs.hand import Hand
from qt_dialogs.journal import DAYS, ENTRIES, Journal, folder, key_of, open_journal

SETTINGS = {"sensitivity": 0.6, "model": "default"}


def painted() -> Hand:
    hand = Hand(300, 400)
    hand.line([(10, 10), (300, 200)], 20)
    hand.line([(100, 10), (300, 100)], 9, remove=True)
    return hand


def test_what_was_saved_is_loaded(data_folder: Path) -> None:
    hand = painted()
    assert Journal("a" * 64).save(hand, SETTINGS)
    entry = Journal("a" * 64).load()
    assert entry is not None
    assert np.array_equal(entry.plane, hand.plane) and entry.settings == SETTINGS
    assert datetime.now() - entry.date < timedelta(minutes=1)
    assert [path.name for path in (data_folder / "journal").iterdir()] == ["a" * 64 + ".npz"]
    assert Journal("b" * 64).load() is None


def test_decisions_are_kept_with_the_strokes() -> None:
    hand = painted()
    points, starts, ends = np.array([70, 900]), np.array([70, 470, 899]), np.array([80, 475, 905])
    hand.decide((Verdict(False, points, starts, ends, np.array([0, 0, 1])),), "Reject Defects")
    journal = Journal("f" * 64)
    assert journal.save(hand, SETTINGS)
    entry = journal.load()
    assert entry is not None and len(entry.decisions) == 1
    verdict = entry.decisions[0]
    assert not verdict.keep and verdict.points.tolist() == [70, 900] and verdict.starts.tolist() == [70, 470, 899]
    assert verdict.ends.tolist() == [80, 475, 905] and verdict.of.tolist() == [0, 0, 1]
    hand.decide((), "Forget Decisions")
    journal.save(hand, SETTINGS)
    entry = journal.load()
    assert entry is not None and entry.decisions == ()


def test_an_entry_whose_decisions_lie_outside_of_the_photo_is_removed() -> None:
    hand, journal = painted(), Journal("9" * 64)
    place = np.array([300 * 400])
    hand.decide((Verdict(True, place, place, place + 1, np.array([0])),), "Keep Defect")
    journal.save(hand, SETTINGS)
    assert journal.load() is None and not journal.path.exists()


def test_it_writes_by_itself_a_while_after_a_change(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hand, journal = painted(), Journal("c" * 64)
    assert journal._timer.interval() == 2000
    journal._timer.setInterval(50)
    journal.later(hand, SETTINGS)
    assert not journal.path.exists()
    hand.line([(5, 5)], 4)
    journal.later(hand, {"sensitivity": 0.1})
    qtbot.waitUntil(journal.path.exists)
    entry = journal.load()
    assert entry is not None and np.array_equal(entry.plane, hand.plane) and entry.settings == {"sensitivity": 0.1}


def test_discarding_forgets_what_is_kept_and_what_waits(qtbot: Any) -> None:
    journal = Journal("d" * 64)
    journal.save(painted(), SETTINGS)
    journal._timer.setInterval(10)
    journal.later(painted(), SETTINGS)
    journal.discard()
    qtbot.wait(100)
    assert not journal.path.exists() and journal.load() is None
    journal.later(painted(), SETTINGS)
    qtbot.waitUntil(journal.path.exists)


def test_a_discard_while_it_is_written_counts(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    journal, begun, go_on = Journal("4" * 64), threading.Event(), threading.Event()
    write = np.savez_compressed

    def slow(*arrays: Any, **named: Any) -> None:
        begun.set()
        assert go_on.wait(10)
        write(*arrays, **named)

    monkeypatch.setattr(journal_module.np, "savez_compressed", slow)
    journal._timer.setInterval(10)
    journal.later(painted(), SETTINGS)
    qtbot.waitUntil(begun.is_set)
    journal.discard()  # returns at once
    go_on.set()
    qtbot.waitUntil(lambda: not list(folder().iterdir()))
    qtbot.wait(50)
    assert not journal.path.exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: b"",
        lambda whole: b"not a zip file",
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[:100] + bytes([whole[100] ^ 255]) + whole[101:],
    ],
)
def test_damaged_entries_are_removed(damage: Any) -> None:
    journal = Journal("e" * 64)
    journal.save(painted(), SETTINGS)
    journal.path.write_bytes(damage(journal.path.read_bytes()))
    assert journal.load() is None and not journal.path.exists()


@pytest.mark.parametrize(
    "arrays",
    [
        {"hand": np.zeros((3, 4), np.uint8)},
        {"hand": np.full((3, 4), 9, np.uint8), "about": {"settings": {}, "date": datetime.now().isoformat()}},
        {"hand": np.zeros((3, 4), np.float32), "about": {"settings": {}, "date": datetime.now().isoformat()}},
        {"hand": np.zeros((3, 4), np.uint8), "about": {"settings": 5, "date": datetime.now().isoformat()}},
        {"hand": np.zeros((3, 4), np.uint8), "about": {"settings": {}, "date": "yesterday"}},
        {"hand": np.zeros((3, 4), np.uint8), "about": [1]},
        {
            "hand": np.zeros((3, 4), np.uint8),
            "about": {"settings": {}, "date": (datetime.now() - timedelta(days=DAYS + 1)).isoformat()},
        },
        {"hand": np.array([{"an": "object"}], object), "about": {"settings": {}, "date": datetime.now().isoformat()}},
    ],
)
def test_entries_that_hold_something_else_are_removed(arrays: dict[str, Any]) -> None:
    journal = Journal("f" * 64)
    journal.path.parent.mkdir(parents=True)
    if "about" in arrays:
        arrays = arrays | {"about": np.frombuffer(json.dumps(arrays["about"]).encode(), np.uint8)}
    np.savez(journal.path, **arrays)
    assert journal.load() is None and not journal.path.exists()


def test_old_and_many_entries_are_removed() -> None:
    Journal("0" * 64).save(painted(), SETTINGS)
    where = folder()
    for i in range(ENTRIES + 4):
        path = where / f"{i:064d}.npz"
        path.write_bytes(b"x")
        os.utime(path, (time.time() - 100 - i, time.time() - 100 - i))
    old, unfinished = where / ("9" * 64 + ".npz"), where / "x.npz.1.part"
    for path in (old, unfinished):
        path.write_bytes(b"x")
        os.utime(path, (time.time() - (DAYS + 1) * 86400,) * 2)
    journal = Journal("1" * 64)
    journal.save(painted(), SETTINGS)
    left = set(where.iterdir())
    assert len(left) == ENTRIES and journal.path in left and old not in left and unfinished not in left
    assert where / f"{2:064d}.npz" in left and where / f"{ENTRIES + 3:064d}.npz" not in left


def test_a_full_disk_is_told_once_and_keeps_the_old_entry(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    journal, hand = Journal("2" * 64), painted()
    assert journal.save(hand, SETTINGS)
    before, told = journal.path.read_bytes(), []
    journal.failed.connect(told.append)

    def full(*_arrays: Any, **_named: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journal_module.np, "savez_compressed", full)
    assert not journal.save(hand, SETTINGS) and not journal.save(hand, SETTINGS)
    journal._timer.setInterval(10)
    journal.later(hand, SETTINGS)
    qtbot.wait(100)
    assert len(told) == 1 and "No space left on device" in told[0]
    assert journal.path.read_bytes() == before and list(folder().iterdir()) == [journal.path]
    hand.line([(5, 5)], 4)
    monkeypatch.undo()


def test_a_folder_that_cannot_be_made_is_told(data_folder: Path) -> None:
    data_folder.mkdir(parents=True)
    (data_folder / "journal").write_text("in the way")
    journal, told = Journal("3" * 64), []
    journal.failed.connect(told.append)
    assert not journal.save(painted(), SETTINGS) and len(told) == 1
    assert journal.load() is None


def test_the_key_is_the_photo(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (600, 70, 4), dtype=np.uint8)
    np.save(tmp_path / "photo.npy", pixels)
    mapped = np.load(tmp_path / "photo.npy", mmap_mode="r")
    key = key_of(Photo(mapped[..., :3], mapped[..., 3]))
    assert key == key_of(Photo(pixels[..., :3].copy())) and len(key) == 64
    changed = pixels.copy()
    changed[599, 69, 2] ^= 1
    others = [changed[..., :3], pixels[:-1, :, :3], pixels[..., :1], pixels[..., :3].view(np.int8).astype(np.uint16)]
    assert len({key, *(key_of(Photo(other)) for other in others)}) == 5
    assert key_of(Photo(pixels[..., :3].reshape(300, 140, 3))) != key


def test_the_journal_is_opened_in_a_thread(qtbot: Any) -> None:
    photo, got, parent = Photo(np.zeros((50, 60, 3), np.uint16)), [], QObject()
    open_journal(photo, got.append, parent)
    assert not got
    qtbot.waitUntil(lambda: bool(got))
    assert got[0].path.name == f"{key_of(photo)}.npz"
