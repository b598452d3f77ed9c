"""--doctor and --uninstall."""

from __future__ import annotations

from pathlib import Path

from machines import Machine


def test_nothing_to_look_after(machine: Machine) -> None:
    assert "python3 install.py installs it" in machine.run("--doctor", code=1)
    assert "not installed" in machine.run("--uninstall", code=1)
    assert machine.listing() == []


def test_doctor_in_good_health(installed: Machine) -> None:
    installed.add_gimp("3.0")
    with (installed.data / "daguerre.log").open("a") as log:
        log.write("Traceback (most recent call last):\n  File ...\nValueError: a strange photo\n")
    output = installed.run("--doctor")
    for said in (
        "torch 2.",
        "numpy 2.",
        "cv2 ",
        "PIL ",
        "The window opens",
        "GIMP 3.0.4",
        "ValueError: a strange photo",
    ):
        assert said in output
    for path in (installed.data / "app", installed.home / ".config/GIMP/3.2/plug-ins/daguerre"):
        assert str(path) in output
    assert "Everything is in order." in output


def test_doctor_names_what_is_wrong_and_installing_mends_it(machine: Machine) -> None:
    stale, gone = machine.profile("3.0"), machine.profile("3.2")
    machine.install()
    with (stale / "plug-ins/daguerre/daguerre.py").open("a") as script:
        script.write("# changed")
    (gone / "plug-ins/daguerre").rename(gone / "elsewhere")
    (machine.data / "bin/daguerre").unlink()
    (machine.data / "app/weights/damaged.toml").write_text("file = [")
    Path(machine.record["python"]).unlink()
    output = machine.run("--doctor", code=1)
    for wrong in (
        f"! The plug-in in {stale} is not that of this installation.",
        f"! The plug-in is not in {gone}.",
        "! The command is gone.",
        "! The card damaged.toml is damaged.",
        "! The engine does not start.",
        "Run python3 install.py once more",
    ):
        assert wrong in output
    machine.install()
    machine.run("--doctor")


def test_doctor_sees_packages_that_do_not_import(machine: Machine) -> None:
    machine.install()
    shadow = next(Path(machine.record["environment"]).rglob("site-packages")) / "tifffile.py"
    shadow.write_text("raise ImportError('half of it is missing')")
    assert "! The environment is damaged (ImportError: half of it is missing)" in machine.run("--doctor", code=1)


def test_nothing_is_left(machine: Machine) -> None:
    profile = machine.profile("3.0")
    (machine.home / "Pictures").mkdir()
    before = machine.listing()
    machine.install()
    machine.daguerre("models")
    settings = profile / "plug-in-settings"
    settings.mkdir()
    (settings / "GimpProcedureConfigRun-plug-in-daguerre-restore.last").touch()
    (settings / "GimpProcedureConfigRun-file-png-export.last").touch()
    machine.run("--uninstall")
    left = set(machine.listing()) - set(before)
    assert left == {
        str((settings / name).relative_to(machine.home)) for name in ("", "GimpProcedureConfigRun-file-png-export.last")
    }


def test_what_others_put_beside_it_stays(machine: Machine) -> None:
    machine.install()
    other = machine.home / ".local/bin/other"
    other.touch()
    machine.run("--uninstall")
    assert machine.listing() == [".local", ".local/bin", ".local/bin/other"]


def test_own_models_are_not_removed_unasked(machine: Machine) -> None:
    machine.install()
    (machine.data / "models").mkdir()
    (machine.data / "models/mine.toml").touch()
    assert "mine.toml" in machine.run("--uninstall", code=1)
    assert machine.daguerre("models").returncode == 0
    machine.run("--uninstall", "--yes")
    assert machine.listing() == []
