"""The private folder of one job: pixels that travel between the processes. Standard library only, Python 3.9+.

Every process that uses a folder holds a shared lock on a file in it. Whoever is the last removes it; where everybody
was killed, the next start sweeps the folders whose lock nobody holds.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

PREFIX = "job-"
LOCK_NAME = "lock"


def create(parent: Path) -> Path:
    """A new folder for one job, readable by this user only."""
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    (folder / LOCK_NAME).touch(mode=0o600)
    return folder


def is_one(folder: Path) -> bool:
    """Whether this is a folder that `create` made: no other is ever removed for a message that names it."""
    return folder.name.startswith(PREFIX) and not folder.is_symlink() and (folder / LOCK_NAME).is_file()


def hold(folder: Path) -> int:
    """Take a shared lock on the folder; returns the file descriptor whose closing (or death) gives it back."""
    descriptor = os.open(folder / LOCK_NAME, os.O_RDWR)
    if not _lock(descriptor, shared=True):
        os.close(descriptor)
        raise OSError(f"{folder} is being removed")
    return descriptor


def remove(folder: Path) -> None:
    """Remove the folder and all in it; what is gone already is no error."""
    shutil.rmtree(folder, ignore_errors=True)


def sweep(parent: Path, older_than: float = 60.0) -> int:
    """Remove the folders below parent that nobody holds; returns how many.

    Folders changed within the last `older_than` seconds are left alone: their maker may be about to take the lock.
    """
    swept = 0
    for folder in parent.glob(f"{PREFIX}*"):
        try:
            idle = time.time() - folder.stat().st_mtime
        except FileNotFoundError:
            continue
        if idle >= older_than and not _held(folder):
            remove(folder)
            swept += 1
    return swept


def _held(folder: Path) -> bool:
    try:
        descriptor = os.open(folder / LOCK_NAME, os.O_RDWR)
    except FileNotFoundError:
        return False  # its maker died before making the lock
    except OSError:
        return True
    try:
        return not _lock(descriptor, shared=False)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, shared: bool) -> bool:
    """Try to lock without waiting; True where it was given."""
    try:
        if sys.platform == "win32":
            import msvcrt

            # Windows locks bytes, without a shared kind: each holder takes one of 64, the sweeper needs all.
            if not shared:
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 64)
                return True
            for offset in range(64):
                os.lseek(descriptor, offset, os.SEEK_SET)
                try:
                    msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
                    return True
                except OSError:
                    continue
            return False
        import fcntl

        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        return True
    except OSError:
        return False
