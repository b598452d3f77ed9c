"""What install.py says about the window: the libraries that a system lacks for it, and whether it opens at all."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from installer.window import LIBRARIES, NOT_LINKED, install_command
from machines import Machine

LACKING = ["libxcb-cursor.so.0", "libxkbcommon-x11.so.0"]
LDD = """#!/bin/sh
echo "    libQt6Gui.so.6 => /somewhere/libQt6Gui.so.6 (0x00007f)"
echo "    libxcb-cursor.so.0 => not found"
echo "    libxkbcommon-x11.so.0 => not found"
echo "    libxcb-cursor.so.0 => not found"
"""


@pytest.mark.parametrize(
    ("release", "command"),
    [
        ({"ID": "debian"}, "sudo apt-get install libxcb-cursor0 libxkbcommon-x11-0"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "sudo apt-get install libxcb-cursor0 libxkbcommon-x11-0"),
        ({"ID": "fedora"}, "sudo dnf install 'libxcb-cursor.so.0()(64bit)' 'libxkbcommon-x11.so.0()(64bit)'"),
        (
            {"ID": "rocky", "ID_LIKE": "rhel centos fedora"},
            "sudo dnf install 'libxcb-cursor.so.0()(64bit)' 'libxkbcommon-x11.so.0()(64bit)'",
        ),
        (
            {"ID": "opensuse-tumbleweed", "ID_LIKE": "opensuse suse"},
            "sudo zypper install 'libxcb-cursor.so.0()(64bit)' 'libxkbcommon-x11.so.0()(64bit)'",
        ),
        ({"ID": "manjaro", "ID_LIKE": "arch"}, "sudo pacman -S xcb-util-cursor libxkbcommon-x11"),
        ({"ID": "plan9"}, ""),
        ({}, ""),
    ],
)
def test_one_command_for_each_kind_of_linux(release: dict[str, str], command: str) -> None:
    assert install_command(LACKING, release) == command


def test_unknown_library_is_no_package() -> None:
    assert install_command(["libnever.so.1"], {"ID": "debian"}) == ""
    assert install_command(["libnever.so.1", "libEGL.so.1"], {"ID": "debian"}) == "sudo apt-get install libegl1"


def test_table_is_what_this_qt_is_linked_with() -> None:
    import PyQt6

    folder = Path(PyQt6.__path__[0])
    modules = [*folder.glob("QtWidgets.*so"), *folder.glob("Qt6/plugins/platforms/libqxcb.so")]
    if len(modules) < 2:
        pytest.skip("this is not Linux")
    linked = subprocess.run(["ldd", *modules], capture_output=True, text=True, check=True).stdout
    names = {line.split()[0] for line in linked.splitlines() if "=>" in line}
    assert {name for name in names if name.startswith(("libxcb-", "libxkb", "libX11", "libEGL"))} <= set(LIBRARIES)
    assert set(LIBRARIES) - NOT_LINKED <= names


def test_what_is_missing_is_said_before_anything_is_downloaded(machine: Machine) -> None:
    code = "import ctypes, platform; load = ctypes.CDLL; nothing = object()\n"
    code += f"lacking = {LACKING}\n"
    code += """def cdll(name, *more):
    if name in lacking:
        raise OSError(name)
    return nothing if name else load(name, *more)
ctypes.CDLL = cdll
platform.freedesktop_os_release = lambda: {"ID": "fedora"}
def stop(*arguments):
    raise KeyboardInterrupt
installation.private_environment = stop
"""
    output = machine.run(code=1, **machine.patched_installer(code))
    assert "this system lacks libxcb-cursor.so.0, libxkbcommon-x11.so.0; everything else works." in output
    assert "sudo dnf install 'libxcb-cursor.so.0()(64bit)' 'libxkbcommon-x11.so.0()(64bit)'" in output
    assert output.endswith("Stopped.\n")


def test_system_that_lacks_something(machine: Machine) -> None:
    ldd = machine.programs / "ldd"
    ldd.write_text(LDD)
    ldd.chmod(0o755)
    installed = machine.install()
    assert "this system lacks libxcb-cursor.so.0, libxkbcommon-x11.so.0; everything else works." in installed
    assert "Daguerre is installed." in installed
    output = machine.run("--doctor")
    assert "! The window does not open, because this system lacks libxcb-cursor.so.0" in output
    assert output.endswith("Everything else is in order.\n")


def test_window_that_opens_and_one_that_does_not(machine: Machine) -> None:
    machine.install()
    assert "The window opens, with Qt 6." in machine.run("--doctor")
    shadow = next(Path(machine.record["environment"]).rglob("site-packages")) / "PyQt6" / "__init__.py"
    shadow.parent.mkdir()
    shadow.touch()
    output = machine.run("--doctor", code=1)
    assert "! The window does not open (" in output and "Run python3 install.py once more" in output


def test_window_travels_with_the_program(installed: Machine) -> None:
    code = "import qt_dialogs.__main__; print(qt_dialogs.__file__)"
    found = subprocess.run(
        [installed.record["python"], "-I", "-c", code], capture_output=True, encoding="utf-8", check=True
    )
    assert Path(found.stdout.strip()) == Path(installed.record["app"]) / "qt_dialogs" / "__init__.py"
