"""GIMP from Flatpak, played by a program of that name: it starts a Python that sees other folders."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from machines import Machine

FLATPAK = """#!/bin/sh
case "$1 $2" in
  "info org.gimp.GIMP") exit 0 ;;
  "run --command=python3")
    [ "$3" = org.gimp.GIMP ] || exit 1
    shift 3
    app="$HOME/.var/app/org.gimp.GIMP"
    export FLATPAK_ID=org.gimp.GIMP XDG_DATA_HOME="$app/data" XDG_CONFIG_HOME="$app/config"
    exec '{python}' "$@" ;;
esac
exit 1
"""


def test_flatpak_has_an_installation_of_its_own(machine: Machine, tmp_path: Path) -> None:
    shared, own = machine.profile("3.2"), machine.home / ".var/app/org.gimp.GIMP/config/GIMP/3.0"
    own.mkdir(parents=True)
    before = machine.listing()
    machine.add_program("flatpak", FLATPAK.format(python=sys.executable))
    output = machine.install(DAGUERRE_DATA=str(machine.data))
    assert "In GIMP from Flatpak:" in output
    inside = machine.home / ".var/app/org.gimp.GIMP/data/daguerre"
    record = json.loads((inside / "installation.json").read_text(encoding="utf-8"))
    assert Path(record["python"]).is_relative_to(inside) and Path(record["environment"]).is_relative_to(inside)
    assert Path(machine.record["python"]).is_relative_to(machine.data)
    # Its GIMP may read either profile; the other world's command stays the one for people.
    for profile in (shared, own):
        assert (profile / "plug-ins/daguerre/daguerre.py").exists()
    assert machine.record["profiles"] == [str(shared)]
    assert not record["link"]
    assert (machine.home / ".local/bin/daguerre").resolve() == machine.data / "bin/daguerre"

    doctor = machine.run("--doctor")
    assert doctor.count("Everything is in order.") == 2 and str(inside) in doctor
    Path(record["python"]).unlink()
    assert "! The engine does not start." in machine.run("--doctor", code=1)
    machine.run("--uninstall")
    left = set(machine.listing()) - set(before)
    assert left == set()


def test_flatpak_without_gimp(machine: Machine) -> None:
    machine.add_program("flatpak", "#!/bin/sh\nexit 1\n")
    output = machine.run("--environment", sys.executable, **machine.patched_installer(""))
    assert "There is no GIMP 3 on this machine." in output and "Flatpak" not in output


def test_flatpak_whose_python_is_of_no_use(machine: Machine) -> None:
    script = FLATPAK.replace("exec '{python}'", "echo 'no ensurepip'; exit 1; :")
    machine.add_program("flatpak", script)
    output = machine.run("--environment", sys.executable, code=1, **machine.patched_installer(""))
    assert output.index("Daguerre is installed.") < output.index("In GIMP from Flatpak:")
    assert machine.daguerre("models").returncode == 0
    assert "! GIMP from Flatpak has no Daguerre." in machine.run("--doctor", code=1)


def test_snap_is_told_what_it_misses(machine: Machine) -> None:
    (machine.home / "snap/gimp").mkdir(parents=True)
    assert "GIMP from Snap is not supported" in machine.run(
        "--environment", sys.executable, **machine.patched_installer("")
    )
