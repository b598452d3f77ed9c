"""The house's own rules: its arrows hold and are able to break, and what is written about install.py is true."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from itertools import chain
from pathlib import Path

import pytest

from core import VERSION
from machines import CHECKOUT, Machine

LINT = """
import sys
sys.path[:0] = sys.argv[1:]
from importlinter.cli import lint_imports
sys.exit(lint_imports(cache_dir=None, no_cache=True))
"""


def lint(folder: Path) -> int:
    """import-linter on a copy of the house; without site's files, which would bring this checkout in beside it."""
    packages = sysconfig.get_path("purelib")
    command = [sys.executable, "-S", "-c", LINT, str(folder), packages]
    return subprocess.run(command, cwd=folder, capture_output=True).returncode


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("core/mask.py", "import gi"),
        ("core/repair.py", "from PyQt6 import QtCore"),
        ("core/mask.py", "from core.training import damage"),
        ("core/tools.py", "import numpy"),
        ("core/places.py", "from . import photo"),
        ("gimp_plugin/daguerre/layers.py", "import numpy"),
        ("gimp_plugin/daguerre/layers.py", "from core import detect"),
        ("qt_dialogs/host.py", "import torch"),
        ("qt_dialogs/host.py", "from core import engine"),
        ("qt_dialogs/host.py", "import gi"),
        ("installer/program.py", "from core.models import card"),
        ("installer/program.py", "from PyQt6 import QtCore"),
    ],
)
def test_forbidden_import_is_seen(tmp_path: Path, file: str, line: str) -> None:
    pytest.importorskip("importlinter")
    for name in ("core", "gimp_plugin", "installer", "qt_dialogs"):
        shutil.copytree(CHECKOUT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    assert lint(tmp_path) == 0
    with (tmp_path / file).open("a") as module:
        module.write(f"\n{line}\n")
    assert lint(tmp_path) == 1


def test_one_version() -> None:
    table = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    assert table["project"]["dynamic"] == ["version"]
    assert table["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "core.VERSION"}
    assert f"[{VERSION}]" in (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_dependencies_are_pinned() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirements = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    assert [text for text in requirements if not re.fullmatch(r"[\w-]+==[\d.]+", text)] == []


def test_written_commands_exist(machine: Machine) -> None:
    offered = set(re.findall(r"--[a-z-]+", machine.run("--help")))
    pages = [*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").glob("*.md")]
    written: set[str] = set()
    for page in pages:
        for command in re.findall(r"install\.py((?: --[a-z-]+)*)", page.read_text(encoding="utf-8")):
            written.update(command.split())
    assert written <= offered
    assert "--test" in written


def test_what_ci_runs_exists() -> None:
    written = (CHECKOUT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    assert "run: .ci/run\n" in written and (CHECKOUT / ".ci/run").stat().st_mode & 0o111
    assert "run: python install.py --test\n" in written
    lowest = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    assert re.findall(r'python-version: "([\d.]+)"', written) == [lowest.removeprefix(">=")]
