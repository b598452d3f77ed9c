"""The processes and files of one GIMP's world, and waiting for what becomes of them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import gimps

MOST = 5.0
"""Seconds that what is left of a run may stand still before it is gone."""
LONGEST = 180.0
"""Seconds after which it may not compute any more either, on a busy machine."""


def processes(gimp: gimps.Gimp, part: str) -> list[int]:
    """The processes that belong to this GIMP's profile and have this in their command line."""
    mark = f"DAGUERRE_DATA={gimp.data}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes().split(b"\0") and part.encode() in (
                folder / "cmdline"
            ).read_bytes().replace(b"\0", b" "):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def engine(gimp: gimps.Gimp) -> list[int]:
    return processes(gimp, "-m core engine")


def window(gimp: gimps.Gimp) -> list[int]:
    return processes(gimp, "-m qt_dialogs session")


def plugin(gimp: gimps.Gimp) -> list[int]:
    return processes(gimp, "/daguerre.py ")


def computed(pids: list[int]) -> int:
    """The processor time that these processes have used, in hundredths of a second."""
    used = 0
    for pid in pids:
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            used += int(fields[11]) + int(fields[12])
    return used


def folders(gimp: gimps.Gimp) -> list[Path]:
    return list(gimp.jobs.glob("*"))


def journal(gimp: gimps.Gimp) -> list[Path]:
    return list((gimp.data / "journal").glob("*.npz"))


def nothing_runs(gimp: gimps.Gimp) -> bool:
    """Whether of a run nothing is left, no process and no folder."""
    return not (window(gimp) or engine(gimp) or plugin(gimp) or folders(gimp))


def clears_up(gimp: gimps.Gimp) -> bool:
    """Whether of a run nothing is left in the end. On a busy machine what clears up has to wait its turn: it counts as
    left over where it has computed nothing for MOST seconds.
    """
    return over(gimp, lambda: nothing_runs(gimp))


def over(gimp: gimps.Gimp, condition: Callable[[], object]) -> bool:
    """The same for any condition that comes true when a run is over."""
    last, since = -1, time.monotonic()
    limit = since + LONGEST
    while not condition():
        used = computed([*window(gimp), *engine(gimp), *plugin(gimp)])
        if used != last:
            last, since = used, time.monotonic()
        if time.monotonic() > min(since + MOST, limit):
            return False
        time.sleep(0.1)
    return True


def end(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def until(condition: Callable[[], object], seconds: float) -> bool:
    """Whether something becomes true within this time."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if condition():
            return True
        time.sleep(0.05)
    return False
