"""install.py is run as people run it, in a home that never saw it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from machines import Machine

if sys.platform != "linux":  # the homes in here are those of Linux
    collect_ignore_glob = ["test_*.py"]


def new_machine(folder: Path) -> Machine:
    machine = Machine(folder / "Zoë's photos", folder / "programs")
    machine.home.mkdir()
    machine.programs.mkdir()
    return machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Nothing is installed; the home's name has a space, an accent and a quote in it."""
    return new_machine(tmp_path)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """Daguerre is installed, for GIMP 3.0 and 3.2; for tests that change nothing."""
    machine = new_machine(tmp_path_factory.mktemp("installed"))
    machine.profile("3.0")
    machine.profile("3.2")
    machine.install()
    return machine
