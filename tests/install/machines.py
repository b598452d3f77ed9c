"""A machine as install.py sees it: a fresh home, programs on the path, and this Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]

NOWHERE = {"PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": "", "PIP_EXTRA_INDEX_URL": "", "PIP_RETRIES": "1"}
"""pip without what this machine tells it."""

FAKE_GIMP = """#!/bin/sh
profile="$HOME/.config/GIMP/{series}"
case "$1" in
  --version) echo "GNU Image Manipulation Program version {series}.4" ;;
  -i) /bin/mkdir -p "$profile/plug-ins" "$profile/brushes" ;;
esac
"""


@dataclass
class Machine:
    """home is fresh; programs is all that is on the path; base is the Python that runs install.py."""

    home: Path
    programs: Path
    checkout: Path = CHECKOUT
    base: str = sys.executable

    @property
    def data(self) -> Path:
        return self.home / ".local" / "share" / "daguerre"

    @property
    def record(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.data / "installation.json").read_text(encoding="utf-8"))
        return found

    def environment(self, **more: str) -> dict[str, str]:
        """Nothing of the tests' own environment but how pip reaches its packages."""
        kept = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        return {**kept, "HOME": str(self.home), "PATH": str(self.programs), "LC_ALL": "C.UTF-8", **more}

    def start(self, *arguments: str | Path, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.base, self.checkout / "install.py", *arguments],
            env=self.environment(**environment),
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def run(self, *arguments: str | Path, code: int = 0, **environment: str) -> str:
        """install.py's whole output, after it ended with this exit code."""
        process = self.start(*arguments, **environment)
        output, errors = process.communicate(timeout=900)
        assert process.returncode == code, output + errors
        assert "Traceback" not in errors
        return output + errors

    def install(self, *arguments: str | Path, code: int = 0, **environment: str) -> str:
        """Install with the packages that these tests run with, so that nothing is downloaded."""
        return self.run("--environment", sys.executable, *arguments, code=code, **environment)

    def daguerre(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = self.home / ".local" / "bin" / "daguerre"
        return subprocess.run(
            [command, *arguments], env=self.environment(), cwd=self.home, capture_output=True, encoding="utf-8"
        )

    def patched(self, code: str) -> dict[str, str]:
        """An environment variable that makes the Python of install.py, and none that it starts, run code before all."""
        folder = self.programs / "patched"
        folder.mkdir(exist_ok=True)
        (folder / "sitecustomize.py").write_text(code)
        # Two patches of one length within a second would be one to Python, if it kept the first one compiled.
        return {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}

    def patched_installer(self, code: str) -> dict[str, str]:
        """The same with the installer imported, so that code can change it; without the trial, which takes long."""
        start = f"import sys; sys.dont_write_bytecode = True; sys.path.insert(0, {str(self.checkout)!r})\n"
        start += "from installer import installation, packages\n"
        start += "installation.trial = lambda *arguments: []\ninstallation.missing_libraries = lambda python: []\n"
        return self.patched(start + code)

    def profile(self, series: str) -> Path:
        """The profile of a GIMP that was started before."""
        folder = self.home / ".config" / "GIMP" / series
        (folder / "plug-ins").mkdir(parents=True)
        return folder

    def add_program(self, name: str, script: str) -> None:
        program = self.programs / name
        program.write_text(script)
        program.chmod(0o755)

    def add_gimp(self, series: str) -> None:
        self.add_program(f"gimp-console-{series}", FAKE_GIMP.format(series=series))

    def listing(self) -> list[str]:
        return sorted(str(path.relative_to(self.home)) for path in self.home.rglob("*"))

    def half_made(self) -> list[str]:
        """What an installation that was done at once does not leave: parts of another one, and files on their way."""
        record, ours = self.record, {"bin", "install.lock", "installation.json", "daguerre.log", "trial", "jobs"}
        ours |= {Path(record["app"]).name, Path(record["environment"]).name}
        strange = [path for path in self.data.iterdir() if path.name not in ours]
        return [str(path) for path in [*strange, *self.home.rglob("*.new"), *self.home.rglob("*.old")]]
