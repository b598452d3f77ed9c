"""Real GIMPs for the tests: where they are, how a command runs in them, and a fresh profile with the plug-in in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from installer.plugin import put_plugin

CHECKOUT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
INSIDE = HERE / "inside"
PLUGIN = "daguerre"
DESKTOP = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")

HOW_TO_GET_ONE = (
    "no GIMP 3 here: install one, or run tests/gimp/provision-gimp --version 3.0 ~/.cache/daguerre-ci/gimp30 "
    "as root and name other folders in DAGUERRE_TEST_GIMP_ROOTS"
)


def roots() -> list[Path | None]:
    """Folders made by provision-gimp; None stands for the GIMP >= 3.0 of this machine."""
    named = os.environ.get("DAGUERRE_TEST_GIMP_ROOTS")
    if named:
        folders = [Path(folder) for folder in named.split(os.pathsep) if folder]
    else:
        cache = Path.home() / ".cache" / "daguerre-ci"
        folders = [cache / name for name in ("gimp30", "gimp32")]
    usable = os.name == "posix" and os.geteuid() == 0  # run-gimp makes mounts
    found: list[Path | None] = [folder for folder in folders if usable and (folder / "usr/bin/gimp-console").exists()]
    if not found and _is_gimp_3(shutil.which("gimp-console")):
        found = [None]
    return found


def _is_gimp_3(program: str | None) -> bool:
    if program is None:
        return False
    said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60, check=False).stdout
    return " version 3." in said


@dataclass
class Gimp:
    """One GIMP with a profile and a data folder of its own below `home`."""

    root: Path | None
    home: Path
    engine: Path
    reports: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def profile(self) -> Path:
        return self.home / "profile"

    @property
    def plugin(self) -> Path:
        return self.profile / "plug-ins" / PLUGIN

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def jobs(self) -> Path:
        return self.data / "jobs"

    def install(self) -> None:
        """The plug-in as install.py places it, and an installation record that names the test's own interpreter."""
        put_plugin(CHECKOUT, self.profile)
        self.data.mkdir()

    def record(self, python: str) -> None:
        record = {"python": python, "version": "test"}
        (self.data / "installation.json").write_text(json.dumps(record), encoding="utf-8")

    def record_without_window(self) -> None:
        """An installation whose window does not start, with the engine of inside/soft_engine.py."""
        program = self.home / "python-without-a-window"
        program.write_text(
            f"""#!/bin/sh
case "$*" in
  *"-m qt_dialogs session"*) exit 1 ;;
  *"-m core engine"*) exec "{self.engine}" -I -X utf8 "{INSIDE / "soft_engine.py"}" engine ;;
esac
exec "{self.engine}" "$@"
""",
            encoding="utf-8",
        )
        program.chmod(0o755)
        self.record(str(program))

    def start(self, module: str, report: Path, cleans: bool = True, **environment: str) -> subprocess.Popen[bytes]:
        """Start GIMP without a window on the check_ functions of a module in inside/; see inside/runner.py.

        cleans: whatever GIMP leaves running is killed with it.
        """
        self.record(str(self.engine))
        script = (
            f"import sys; sys.path[:0] = [{str(INSIDE)!r}, {str(self.plugin)!r}]; import runner; "
            f"runner.run({module!r}, {str(report)!r})"
        )
        command = ["gimp-console", "-i", "-d", "-f", "--quit", "--batch-interpreter=python-fu-eval", "-b", script]
        return self.spawn(command, cleans, **environment)

    def spawn(
        self, command: list[str], cleans: bool = True, listens: bool = False, **environment: str
    ) -> subprocess.Popen[bytes]:
        """Start a program of this GIMP's world, without a display unless `environment` names one.

        listens: its standard input is a pipe.
        """
        if self.root is not None:
            binds = [CHECKOUT, self.home, self.engine.parent, self.engine.resolve().parents[1], *_interpreter_folders()]
            wrapper = [str(HERE / "run-gimp")] + ["--pidns"] * cleans
            for folder in binds:
                wrapper += ["--bind", str(folder)]
            command = [*wrapper, str(self.root), *command]
        ours = {name: value for name, value in os.environ.items() if name not in DESKTOP}
        ours |= {"GIMP3_DIRECTORY": str(self.profile), "DAGUERRE_DATA": str(self.data), **environment}
        return subprocess.Popen(
            command,
            env=ours,
            stdin=subprocess.PIPE if listens else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=CHECKOUT,
        )

    def report(self, module: str) -> dict[str, Any]:
        """What each check of a module in inside/ said; GIMP runs a module once."""
        if module not in self.reports:
            path = self.home / f"{module}.json"
            process = self.start(module, path)
            try:
                output, _ = process.communicate(timeout=900)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
            if not path.exists():
                raise AssertionError(f"GIMP did not run {module}:\n{output.decode('utf-8', 'replace')[-4000:]}")
            self.reports[module] = json.loads(path.read_text(encoding="utf-8"))
        return self.reports[module]


def engine_python(home: Path) -> Path:
    """An interpreter that finds core when isolated (-I): this one, else a bare environment over its packages.

    DAGUERRE_TEST_PYTHON names another one.
    """
    named = os.environ.get("DAGUERRE_TEST_PYTHON")
    if named:
        return Path(named)
    probe = subprocess.run(
        [sys.executable, "-I", "-c", "import core; print(core.__file__)"],
        capture_output=True,
        text=True,
        cwd=home,
        check=False,
    )
    if probe.returncode == 0 and Path(probe.stdout.strip()).parent == CHECKOUT / "core":
        return Path(sys.executable)
    venv.create(home, symlinks=True)
    packages = home / "lib" / f"python{sysconfig.get_python_version()}" / "site-packages"
    paths = [str(Path(folder).resolve()) for folder in sys.path if folder.endswith("site-packages")]  # roots lack links
    (packages / "checkout.pth").write_text("\n".join([*paths, str(CHECKOUT)]) + "\n", encoding="utf-8")
    return home / "bin" / "python"


def _interpreter_folders() -> list[str]:
    """What this interpreter and its packages are in, so that it also runs inside of a root."""
    folders = {sys.prefix, sys.base_prefix, *(path for path in sys.path if path.endswith("site-packages"))}
    return sorted(folder for folder in folders if not folder.startswith("/usr"))
