"""A new version in the place of an old one: there is one that works, whatever happens and whenever."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from machines import CHECKOUT, Machine
from test_install_failures import copy_of_checkout

KILL = """
import os
EVENTS = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.symlink", "shutil.rmtree", "subprocess.Popen"}
kill_at, log, seen = KILL_AT, os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 0
def count(event, arguments):
    global seen
    writing = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
    if event in EVENTS or writing:
        if seen == kill_at:
            os._exit(137)
        seen += 1
        os.write(log, event.encode() + bytes([10]))
sys.addaudithook(count)
"""
"""The process ends before its kill_at-th change of anything on the disk; the log tells what the earlier ones were."""


class Versions:
    """Two versions of Daguerre, one installed, and the other's packages somewhere else."""

    def __init__(self, machine: Machine, folder: Path) -> None:
        self.machine = machine
        self.profile = machine.profile("3.0")
        self.log = folder / "events"
        self.checkouts = {name: copy_of_checkout(folder / name) for name in ("old", "new")}
        for name, checkout in self.checkouts.items():
            with (checkout / "core" / "places.py").open("a") as module:
                module.write(f'NAME = "{name}"\n')
        self.plugins = {}
        self.pythons = {"old": Path(sys.executable), "new": folder / "packages" / "bin" / "python"}
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "packages"], check=True)
        packages = next((folder / "packages").rglob("site-packages")) / "elsewhere.pth"
        packages.write_text(sysconfig.get_path("purelib") + "\n")

    def install(self, name: str, kill_at: int = -1) -> int:
        self.machine.checkout = self.checkouts[name]
        patch = KILL.replace("KILL_AT", str(kill_at)).replace("LOG", repr(str(self.log)))
        process = self.machine.start("--environment", self.pythons[name], **self.machine.patched_installer(patch))
        output, errors = process.communicate(timeout=300)
        assert process.returncode in (0, 137), output + errors
        return process.returncode

    def plugin(self) -> str:
        folder, digest = self.profile / "plug-ins" / "daguerre", hashlib.sha256()
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                digest.update(str(path.relative_to(folder)).encode() + path.read_bytes())
        return digest.hexdigest()

    def works(self) -> str:
        """The name of the version that works; all of it does."""
        record = self.machine.record
        code = "import tifffile, core.places as places; print(places.NAME, places.__file__)"
        said = subprocess.run([record["python"], "-I", "-c", code], capture_output=True, encoding="utf-8")
        assert said.returncode == 0, said.stderr
        name, file = said.stdout.strip().split(" ", 1)
        assert Path(file).parents[1] == Path(record["app"])
        assert self.machine.daguerre("--help").returncode == 0
        return name


@pytest.mark.slow
def test_killed_at_any_step(machine: Machine, tmp_path: Path) -> None:
    versions = Versions(machine, tmp_path)
    versions.install("old")
    plugins = [versions.plugin()]
    shutil.copytree(machine.home, tmp_path / "before", symlinks=True)
    versions.install("new")
    plugins.append(versions.plugin())
    assert versions.works() == "new" and len(set(plugins)) == 2
    events = versions.log.read_text().split()
    renames = [number for number, event in enumerate(events) if event == "os.rename"]
    others = [number for number in range(len(events)) if events[number - 1] != events[number]]
    steps = sorted({*renames, *(number + 1 for number in renames), *others[:: len(others) // 8]})
    worked = []
    for step in steps:
        shutil.rmtree(machine.home)
        shutil.copytree(tmp_path / "before", machine.home, symlinks=True)
        assert versions.install("new", step) == 137, events[step]
        worked.append(versions.works())
        assert versions.plugin() in plugins  # whole, and where it does not suit the engine it says so
        # A second one that does not get far makes it no worse.
        assert versions.install("old", len(events) // 4) == 137
        assert versions.works() == worked[-1]
        assert versions.plugin() in plugins
    # From one moment on it is the new one.
    assert worked == sorted(worked, reverse=True) and len(set(worked)) == 2
    versions.install("new")
    assert (versions.works(), versions.plugin()) == ("new", plugins[1])
    assert machine.half_made() == []


def test_half_made_environment_is_made_again(machine: Machine) -> None:
    machine.run("--environment", sys.executable, **machine.patched_installer(""))
    environment = Path(machine.record["environment"])
    (environment / "complete").unlink()  # as if it had been interrupted: the last that is written
    (environment / "left over").touch()
    machine.run("--environment", sys.executable, **machine.patched_installer(""))
    assert (environment / "complete").exists() and not (environment / "left over").exists()
    assert machine.half_made() == []


@pytest.mark.parametrize(
    ("module", "sentence"),
    [
        ("trial.py", "The trial with a sample photo failed (ImportError: it is broken); more is in {log}."),
        (
            "requests.py",  # the engine's: only the type of a mistake comes out of it
            "The trial with a sample photo failed: Daguerre made a mistake (ImportError); "
            "the log has the details: {log}.",
        ),
    ],
)
def test_new_version_that_fails_its_trial(module: str, sentence: str, machine: Machine, tmp_path: Path) -> None:
    profile = machine.profile("3.0")
    machine.install()
    before, script = machine.record, (profile / "plug-ins/daguerre/daguerre.py").read_bytes()
    machine.checkout = copy_of_checkout(tmp_path / "new")
    (machine.checkout / "core" / module).write_text("raise ImportError('it is broken')")
    with (machine.checkout / "gimp_plugin/daguerre/daguerre.py").open("a") as plugin:
        plugin.write("# new\n")
    said = machine.install(code=1).splitlines()[-1]
    log = machine.data / "daguerre.log"
    assert said == sentence.format(log=log)
    assert "Traceback" in log.read_text() and "ImportError: it is broken" in log.read_text()
    assert machine.record == before
    assert (profile / "plug-ins/daguerre/daguerre.py").read_bytes() == script
    assert machine.half_made() == []
    assert machine.daguerre("models").returncode == 0


def test_upgrade_wants_something_to_upgrade(machine: Machine) -> None:
    assert "leave --upgrade away" in machine.run("--upgrade", code=1)
    assert machine.listing() == []
    machine.run("--environment", sys.executable, **machine.patched_installer(""))
    output = machine.run("--upgrade", "--environment", sys.executable, **machine.patched_installer(""))
    assert "works until the new one does" in output
    assert machine.record["checkout"] == str(CHECKOUT)
    assert Path(machine.record["app"]).name == "app-2"
    assert machine.half_made() == []


def test_second_one_that_comes_while_the_first_is_at_it(machine: Machine) -> None:
    wait = "import time; copy = installation.copy_program\n"
    wait += "installation.copy_program = lambda app: (print('copying', flush=True), time.sleep(20), copy(app))\n"
    first = machine.start("--environment", sys.executable, **machine.patched_installer(wait))
    assert first.stdout
    while "copying" not in (line := first.stdout.readline()):
        assert line
    said = machine.run("--environment", sys.executable, code=1, **machine.patched_installer("")).splitlines()[-1]
    assert "wait until that is done" in said
    first.communicate()
    assert first.returncode == 0
    assert machine.half_made() == []
