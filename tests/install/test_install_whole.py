"""All of it, once: a new user with nothing but Python, and one with a real GIMP."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from machines import CHECKOUT, Machine

sys.path.insert(0, str(CHECKOUT / "tests" / "gimp"))
import gimps

BASE_PYTHON = getattr(sys, "_base_executable", sys.executable)

RESTORE = """
import json, gi
gi.require_version("Gimp", "3.0"); gi.require_version("Gegl", "0.4")
from gi.repository import Gimp, Gio
image = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, Gio.File.new_for_path({photo!r}))
procedure = Gimp.get_pdb().lookup_procedure("plug-in-daguerre-restore")
config = procedure.create_config()
config.set_property("image", image)
config.set_core_object_array("drawables", image.get_layers())
result = procedure.run(config)
layers = [layer.get_name() for layer in image.get_layers()]
with open({report!r}, "w") as file:
    json.dump([result.index(0) == Gimp.PDBStatusType.SUCCESS, layers], file)
image.delete()
"""


@pytest.mark.slow
def test_nothing_but_python(machine: Machine, tmp_path: Path) -> None:
    machine.base = BASE_PYTHON
    cache = subprocess.run([sys.executable, "-m", "pip", "cache", "dir"], capture_output=True, text=True, check=True)
    output = machine.run(PIP_CACHE_DIR=cache.stdout.strip())
    assert "torch 2." in output
    assert "Daguerre is installed." in output
    machine.run("--doctor")
    photo = CHECKOUT / "docs/samples/andersson.jpg"
    restored = machine.daguerre("restore", photo, "--output", tmp_path / "restored.png")
    assert restored.returncode == 0, restored.stderr
    assert "there already" in machine.run()
    machine.run("--uninstall")
    assert machine.listing() == []


def test_debian_with_nothing_but_python(machine: Machine) -> None:
    roots = [root for root in gimps.roots() if root]
    if not roots:
        pytest.skip(gimps.HOW_TO_GET_ONE)
    program = [CHECKOUT / "tests/gimp/run-gimp", "--bind", CHECKOUT, "--bind", machine.home, roots[-1]]
    said = subprocess.run(
        [*program, "python3", CHECKOUT / "install.py"],
        env={**machine.environment(), "PATH": os.environ["PATH"]},
        capture_output=True,
        encoding="utf-8",
    )
    assert said.returncode == 1
    assert said.stderr.endswith("on Debian and Ubuntu this helps: sudo apt install python3-venv\n")


@pytest.mark.slow
@pytest.mark.parametrize("root", gimps.roots() or ["none"], ids=str)
def test_real_gimp_that_was_never_started(machine: Machine, tmp_path: Path, root: Path | str | None) -> None:
    if root == "none":
        pytest.skip(gimps.HOW_TO_GET_ONE)
    start = ["gimp-console"]
    if isinstance(root, Path):
        binds = {CHECKOUT, tmp_path, sys.prefix, sys.base_prefix}
        start = [str(CHECKOUT / "tests/gimp/run-gimp"), *(part for path in binds for part in ("--bind", str(path)))]
        start += [str(root), "gimp-console"]
    program = machine.programs / "gimp-console"
    quoted = " ".join(f"'{part}'" for part in start)
    program.write_text(f"#!/bin/sh\nPATH='{os.environ['PATH']}' exec {quoted} \"$@\"\n")
    program.chmod(0o755)
    output = machine.install()
    assert "was never started" in output
    report = tmp_path / "report.json"
    code = RESTORE.format(photo=str(CHECKOUT / "docs/samples/dahlgren.jpg"), report=str(report))
    subprocess.run(
        [program, "-i", "--quit", "--batch-interpreter=python-fu-eval", "-b", code],
        env=machine.environment(),
        capture_output=True,
        timeout=300,
    )
    assert report.read_text() == ('[true, ["Damage mask (Background)", "Repaired (Background)", "Background"]]')
