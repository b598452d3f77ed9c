"""Installing: what is where afterwards, for whom, and what a second time changes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core import VERSION
from machines import CHECKOUT, Machine


def test_record_and_program(installed: Machine) -> None:
    record = installed.record
    assert record["version"] == VERSION
    assert record["checkout"] == str(CHECKOUT)
    assert record["profiles"] == [str(installed.home / ".config/GIMP" / series) for series in ("3.0", "3.2")]
    where = subprocess.run(
        [record["python"], "-I", "-X", "utf8", "-c", "import core; print(core.__file__)"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert Path(where.stdout.strip()) == Path(record["app"]) / "core" / "__init__.py"
    assert installed.half_made() == []
    assert not (Path(record["app"]) / "core" / "training").exists()
    assert not list(Path(record["app"]).rglob("__pycache__/*training*"))


def test_the_program_is_compiled(installed: Machine) -> None:
    compiled = Path(installed.record["app"]) / "qt_dialogs" / "__pycache__"
    assert list(compiled.glob("window.*.pyc")) and list(compiled.glob("session.*.pyc"))


def test_the_window_finds_its_pictures(installed: Machine) -> None:
    code = "from qt_dialogs.samples import FIRST, picture_file; print(picture_file(FIRST))"
    command = [installed.record["python"], "-I", "-X", "utf8", "-c", code]
    found = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout.strip()
    assert Path(found).parent == Path(installed.record["app"]) / "docs" / "pictures" and Path(found).is_file()


def test_help_finds_the_guide(installed: Machine) -> None:
    code = "from qt_dialogs.guide import PAGES, page_file; print(*map(page_file, PAGES.values()), sep=chr(10))"
    command = [installed.record["python"], "-I", "-X", "utf8", "-c", code]
    found = subprocess.run(
        command, capture_output=True, encoding="utf-8", check=True, env={**os.environ, "LANGUAGE": "fr"}
    )
    pages = [Path(line) for line in found.stdout.splitlines()]
    assert pages and {page.parent for page in pages} == {Path(installed.record["app"]) / "docs" / "guide" / "fr"}
    assert all(page.is_file() for page in pages) and (pages[0].parents[2] / "reference.md").is_file()


def test_trial_shows_a_repair(installed: Machine) -> None:
    pictures = {name: np.asarray(Image.open(installed.data / "trial" / f"{name}.png")) for name in ("before", "after")}
    mask = np.asarray(Image.open(installed.data / "trial" / "mask.png"))
    changed = pictures["before"] != pictures["after"]
    assert mask.shape == changed.shape[:2]
    assert mask.any() and changed.any()


def test_command_works(installed: Machine) -> None:
    listed = installed.daguerre("models")
    assert listed.returncode == 0
    assert "telea" in listed.stdout


@pytest.mark.parametrize("series", ["3.0", "3.2"])
def test_plugin_is_complete(installed: Machine, series: str) -> None:
    folder = installed.home / ".config/GIMP" / series / "plug-ins" / "daguerre"
    assert os.access(folder / "daguerre.py", os.X_OK)
    assert (folder / "daguerre.py").read_bytes() == (CHECKOUT / "gimp_plugin/daguerre/daguerre.py").read_bytes()
    shared = {path.name for path in (folder / "core").iterdir() if path.is_file()}
    assert shared == {"__init__.py", "parameters.py", "tools.py", "protocol.py", "places.py", "jobfolder.py"}
    # GIMP's Python has nothing but its standard library for sure.
    code = "import sys; sys.path.insert(0, sys.argv[1]); from core import tools, protocol, places, jobfolder"
    subprocess.run([sys.executable, "-I", "-S", "-B", "-c", code, folder], check=True)


def test_says_where_all_is_and_what_comes_next(machine: Machine) -> None:
    machine.profile("3.0")
    output = machine.install()
    for name in ("before", "mask", "after"):
        assert f"{name}: {machine.data / 'trial' / name}.png" in output
        assert (machine.data / "trial" / f"{name}.png").is_file()
    assert str(machine.home / ".local/bin/daguerre") in output
    assert "Filters > Photo Restoration > Restore Photo…" in output
    assert "close it first, if it is open" in output


def test_no_gimp(machine: Machine) -> None:
    output = machine.install()
    assert "There is no GIMP 3 on this machine." in output
    assert "Filters >" not in output
    assert machine.daguerre("models").returncode == 0
    assert machine.record["profiles"] == []


def test_second_time_renews_the_plugin_and_keeps_the_environment(machine: Machine) -> None:
    profile = machine.profile("3.0")
    machine.install()
    script = profile / "plug-ins/daguerre/daguerre.py"
    (script.parent / "left_over.py").touch()
    changed, environment = int(script.stat().st_mtime), machine.record["environment"]
    made = (Path(environment) / "complete").stat().st_mtime_ns
    machine.install()
    assert int(script.stat().st_mtime) > changed
    assert not (script.parent / "left_over.py").exists()
    assert machine.record["environment"] == environment
    assert (Path(environment) / "complete").stat().st_mtime_ns == made
    assert len(machine.record["made"]) == len(set(machine.record["made"]))


def test_installed_copy_installs_itself(machine: Machine) -> None:
    machine.install()
    machine.checkout = machine.data / "app"
    machine.install()
    assert machine.daguerre("models").returncode == 0
    machine.checkout = Path(machine.record["app"])
    machine.run("--uninstall")
    assert machine.listing() == []


def test_other_environments_are_removed(machine: Machine) -> None:
    machine.install()
    old = machine.data / "env-of-long-ago"
    old.mkdir()
    machine.install()
    assert not old.exists()


def test_only_profiles_of_gimp_3(machine: Machine) -> None:
    for name in ("2.10", "3.0", "3.10", "3.x", "old"):
        machine.profile(name)
    machine.install()
    has = [path.name for path in (machine.home / ".config/GIMP").iterdir() if (path / "plug-ins/daguerre").exists()]
    assert sorted(has) == ["3.0", "3.10"]


def test_named_profiles(machine: Machine, tmp_path: Path) -> None:
    found = machine.profile("3.0")
    machine.install("--gimp-profile", tmp_path / "a new one", "--gimp-profile", tmp_path / "b")
    assert not (found / "plug-ins/daguerre").exists()
    for name in ("a new one", "b"):
        assert (tmp_path / name / "plug-ins/daguerre/daguerre.py").exists()
    # From now on they are renewed with the others.
    (tmp_path / "b/plug-ins/daguerre/daguerre.py").write_text("old")
    machine.install()
    assert (found / "plug-ins/daguerre").exists()
    assert (tmp_path / "b/plug-ins/daguerre/daguerre.py").read_text() != "old"
    machine.run("--uninstall")
    assert not (tmp_path / "b/plug-ins/daguerre").exists()
    assert not (tmp_path / "a new one").exists()


def test_gimps_own_variable_names_a_profile(machine: Machine, tmp_path: Path) -> None:
    machine.install(GIMP3_DIRECTORY=str(tmp_path / "profile"))
    assert (tmp_path / "profile/plug-ins/daguerre/daguerre.py").exists()


def test_gimp_that_was_never_started(machine: Machine) -> None:
    machine.add_gimp("3.0")
    machine.add_gimp("3.2")
    output = machine.install()
    # 3.2 would copy the profile of 3.0 when it is started first: it must find none of its own.
    assert sorted(path.name for path in (machine.home / ".config/GIMP").iterdir()) == ["3.0"]
    assert (machine.home / ".config/GIMP/3.0/plug-ins/daguerre").exists()
    assert (machine.home / ".config/GIMP/3.0/brushes").exists()
    assert "was never started" in output


def test_gimp_2_is_left_alone(machine: Machine) -> None:
    machine.add_gimp("2.10")
    assert "There is no GIMP 3 on this machine." in machine.install()
    assert not (machine.home / ".config/GIMP").exists()


def test_command_of_another_program_is_left_alone(machine: Machine) -> None:
    foreign = machine.home / ".local/bin/daguerre"
    foreign.parent.mkdir(parents=True)
    foreign.write_text("another program")
    assert str(machine.data / "bin/daguerre") in machine.install()
    machine.run("--uninstall")
    assert foreign.read_text() == "another program"


def test_data_folder_of_ones_own(machine: Machine, tmp_path: Path) -> None:
    machine.install(DAGUERRE_DATA=str(tmp_path / "data"))
    assert (tmp_path / "data/installation.json").exists()
    assert not machine.data.exists()
    machine.run("--uninstall", DAGUERRE_DATA=str(tmp_path / "data"))
    assert not (tmp_path / "data").exists()
