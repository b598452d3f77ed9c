"""A desktop of its own for a real GIMP with its windows: X server, window manager, mouse, keys and screenshots.

DAGUERRE_SCREENSHOTS names a folder that keeps the screenshots.
"""

from __future__ import annotations

import itertools
import json
import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import gimps
from processes import computed, end, engine, journal, processes, until

SIZE = "1400x900"
QUIET = 0.7
"""Seconds without a change after which all has come to rest."""
END = "-- that was all --"
PATIENCE = 180.0
FIRST_START = 400.0
"""Seconds that GIMP may take to look at all its plug-ins, on a busy machine."""
ATTEMPTS, WINDOW_MANAGER = 3, 30.0
"""How often the window manager is started, and the seconds that it has each time."""
DAGUERRE = ": scan.png"
"""In the titles of Daguerre's windows over a photo scan.png, and in none of GIMP's."""
GIMP, NO_IMAGE = "– GIMP", "GNU Image Manipulation Program"
"""In the title of GIMP's window with an image, and with none."""
KEEP, DISCARD = (448, 58), (556, 58)
"""Where the buttons of the question about what was painted are in the window."""
SHORTCUTS = {
    "plug-in-daguerre-restore": "1",
    "plug-in-daguerre-detect": "2",
    "plug-in-daguerre-repair": "3",
    "plug-in-daguerre-repair-with-mask": "4",
    "plug-in-daguerre-restore-in-place": "5",
    "plug-in-daguerre-enhance": "6",
    "plug-in-daguerre-colorize": "7",
    "plug-in-daguerre-add-hints": "8",
    "daguerre-test-report": "9",
    "daguerre-test-fresh": "0",
}
"""Procedures, and the digit that starts each with Ctrl+Alt."""


@contextmanager
def gimp_with(gimp: gimps.Gimp, photo: Path, **shortcuts: str) -> Iterator[Desktop]:
    """GIMP with this photo open on a display of its own. shortcuts: see Desktop, with _ for -."""
    if gimp.root is None:
        pytest.skip("the display's programs are in the folders of provision-gimp")
    desktop = Desktop(gimp, shortcuts={name.replace("_", "-"): keys for name, keys in shortcuts.items()})
    try:
        desktop.start(photo)
        yield desktop
    finally:
        desktop.stop()


@dataclass
class Desktop:
    """One display with one GIMP on it."""

    gimp: gimps.Gimp
    display: str = ""
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)
    shots: int = 0
    shortcuts: dict[str, str] = field(default_factory=dict)
    """More keys for GIMP's own actions, as GIMP writes them."""
    _shell: subprocess.Popen[bytes] | None = None

    def start(self, photo: Path) -> None:
        """Start the display and GIMP on it with this photo open, and wait until it is on the screen."""
        self._prepare_profile()
        server = self.gimp.spawn(["Xvfb", "-displayfd", "1", "-screen", "0", f"{SIZE}x24", "-nolisten", "tcp"])
        self.started.append(server)
        assert server.stdout is not None
        said = (line.decode().strip() for line in iter(server.stdout.readline, b""))
        self.display = ":" + next(line for line in said if line.isdigit())  # among what it complains about
        self._shell = self.gimp.spawn(["sh"], listens=True, DISPLAY=self.display)
        self.started.append(self._shell)
        self._manage_windows()
        self.open(photo)

    def open(self, photo: Path) -> None:
        """Start GIMP."""
        command = ["dbus-run-session", "--", "gimp", "--new-instance", str(photo)]
        self.started.append(self.gimp.spawn(command, cleans=False, DISPLAY=self.display))
        assert until(lambda: self.titles("imported"), FIRST_START), self.titles("")
        if until(lambda: self.titles("Welcome"), 1):
            self.run("wmctrl", "-c", "Welcome")
        self.focus()

    def stop(self) -> None:
        for pid in processes(self.gimp, ""):
            end(pid)
        for process in reversed(self.started):
            process.kill()
            process.communicate()

    def _manage_windows(self) -> None:
        """Start the window manager, without which no window is ever found; one that ends at once is started again."""
        for _attempt in range(ATTEMPTS):
            manager = self.gimp.spawn(["openbox"], DISPLAY=self.display)
            self.started.append(manager)
            until(lambda manager=manager: self._is_managed() or manager.poll() is not None, WINDOW_MANAGER)
            if self._is_managed():
                return
        raise AssertionError(f"there is no window manager on {self.display}: {self.run('wmctrl', '-m')}")

    def _is_managed(self) -> bool:
        return "Name:" in self.run("wmctrl", "-m")

    def _prepare_profile(self) -> None:
        profile = self.gimp.profile
        (profile / "gimprc").write_text("(show-welcome-dialog no)\n(check-updates no)\n", encoding="utf-8")
        keys = {**{name: f"<Primary><Alt>{digit}" for name, digit in SHORTCUTS.items()}, **self.shortcuts}
        actions = [f'(action "{name}" "{key}")' for name, key in keys.items()]
        (profile / "shortcutsrc").write_text("\n".join(["(file-version 1)", *actions, ""]), encoding="utf-8")
        introduced = json.dumps({"introduced": True})  # or its card would lie over the photo
        (self.gimp.data / "window.json").write_text(introduced, encoding="utf-8")
        reporter = profile / "plug-ins" / "reporter"
        reporter.mkdir(exist_ok=True)
        shutil.copy(gimps.INSIDE / "reporter.py", reporter)
        (reporter / "reporter.py").chmod(0o755)

    def run(self, *command: str) -> str:
        """What a program on this display prints."""
        assert self._shell and self._shell.stdin and self._shell.stdout
        self._shell.stdin.write(f"{shlex.join(command)} </dev/null; printf '\\n%s\\n' '{END}'\n".encode())
        self._shell.stdin.flush()
        lines = iter(self._shell.stdout.readline, b"")
        said = b"".join(itertools.takewhile(lambda line: line.strip() != END.encode(), lines))
        return said[:-1].decode("utf-8", "replace")

    def titles(self, part: str) -> list[str]:
        """The windows that have this in their titles: "0x0123 title"."""
        lines = [line.split(None, 3) for line in self.run("wmctrl", "-l").splitlines()]
        return [f"{fields[0]} {fields[3]}" for fields in lines if len(fields) == 4 and part in fields[3]]

    def layers(self, count: int) -> bool:
        """Whether GIMP's title says that there are so many layers."""
        return bool(self.titles("1 layer)" if count == 1 else f"{count} layers)"))

    def focus(self) -> None:
        """Bring GIMP's own window to the front, once it is listed: while another one closes it may not be."""
        assert until(lambda: self.titles(GIMP) or self.titles(NO_IMAGE), PATIENCE)
        window = self.titles(GIMP) or self.titles(NO_IMAGE)
        self.run("wmctrl", "-i", "-a", window[0].split()[0])
        time.sleep(0.5)

    def keys(self, *names: str) -> None:
        """Press keys where the focus is."""
        self.run("xdotool", "key", "--delay", "40", *names)

    def call(self, procedure: str) -> None:
        self.keys(f"ctrl+alt+{SHORTCUTS[procedure]}")

    def images(self) -> list[dict[str, Any]]:
        """What the open images hold; see inside/reporter.py."""
        report = self.gimp.data.parent / "images.json"
        report.unlink(missing_ok=True)
        self.focus()
        self.call("daguerre-test-report")
        assert until(report.exists, PATIENCE)
        found: list[dict[str, Any]] = json.loads(report.read_text(encoding="utf-8"))
        return found

    def stack(self) -> list[dict[str, Any]]:
        """The layers of the only image, from the top."""
        (image,) = self.images()
        found: list[dict[str, Any]] = image["layers"]
        return found

    @contextmanager
    def last_values(self, **settings: dict[str, Any]) -> Iterator[None]:
        """What menu entries without a window take as the settings of last time, by tool."""
        last = self.gimp.data / "last-values.json"
        known = last.read_text(encoding="utf-8") if last.exists() else "{}"
        last.write_text(json.dumps(settings), encoding="utf-8")
        try:
            yield
        finally:
            last.write_text(known, encoding="utf-8")

    def look(self) -> NDArray[np.float32]:
        """What the only image looked like at the last `images`: L*, a* and b* of each pixel, (n, 3)."""
        return np.fromfile(self.gimp.data.parent / "image-0.lab", np.float32).reshape(-1, 3)

    def dialog(self, procedure: str) -> str:
        """Start a procedure and wait until its window is on the screen and has come to rest: the window's number."""
        self.focus()
        self.call(procedure)
        assert until(lambda: self.titles(DAGUERRE) and engine(self.gimp), PATIENCE), self.titles("")
        self.settle()
        return self.titles(DAGUERRE)[0].split()[0]

    def settle(self) -> None:
        """Wait until nothing on the screen changes and no engine computes, for QUIET seconds."""
        last, since = None, time.monotonic()
        limit = since + PATIENCE
        while time.monotonic() < limit:
            seen = self.run("sh", "-c", "import -window root rgb:- | md5sum"), computed(engine(self.gimp))
            if seen != last:
                last, since = seen, time.monotonic()
            elif time.monotonic() - since > QUIET:
                return
            time.sleep(0.2)
        raise AssertionError("the screen does not come to rest")

    def drag(self, window: str, *places: tuple[int, int]) -> None:
        """Draw with the left button through these places of a window."""
        command = ["xdotool"]
        for x, y in places:
            command += ["mousemove", "--window", window, str(x), str(y), "sleep", "0.1"]
            command += ["mousedown", "1"] * ((x, y) == places[0])
        self.run(*command, "mouseup", "1")

    def paint(self, window: str, *places: tuple[int, int]) -> None:
        """The same in a window of Daguerre's, and wait until the journal has it."""
        before = self._kept()
        self.drag(window, *places)
        assert until(lambda: self._kept() - before, PATIENCE), "the journal has no entry"

    def _kept(self) -> set[tuple[Path, int]]:
        return {(path, path.stat().st_mtime_ns) for path in journal(self.gimp)}

    def click(self, window: str, place: tuple[int, int]) -> None:
        x, y = place
        self.run("xdotool", "mousemove", "--window", window, str(x), str(y), "sleep", "0.2", "click", "1")

    def shot(self, name: str) -> None:
        """Keep what is on the screen, once that has come to rest."""
        folder = os.environ.get("DAGUERRE_SCREENSHOTS")
        if folder:
            self.settle()
            self.shots += 1
            root = self.gimp.root.name if self.gimp.root else "gimp"
            file = self.gimp.home / "shot.png"
            self.run("import", "-window", "root", str(file))
            Path(folder).mkdir(parents=True, exist_ok=True)
            shutil.copy(file, Path(folder) / f"{root}-{self.shots:02}-{name}.png")
