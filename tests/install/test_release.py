"""A release: complete, without what has no business in it, and the same every time."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

import pytest

from core import VERSION
from installer.plugin import plugin_files
from installer.release import EXTENSION
from machines import CHECKOUT, Machine

sys.path.insert(0, str(CHECKOUT / "tests" / "gimp"))
import gimps
from test_install_failures import copy_of_checkout

OPEN = """
from gi.repository import Gimp, Gio
procedure = Gimp.get_pdb().lookup_procedure("file-gex-load")
config = procedure.create_config()
config.set_property("file", Gio.File.new_for_path({file!r}))
print("opened", procedure.run(config).index(0) == Gimp.PDBStatusType.SUCCESS)
"""
LOOK = """
from gi.repository import Gimp
print("there", Gimp.get_pdb().procedure_exists("plug-in-daguerre-restore"))
"""


def made(folder: Path, checkout: Path = CHECKOUT) -> tuple[Path, Path]:
    """The zip and the extension, made by the written command."""
    said = subprocess.run(
        [sys.executable, "-B", "-m", "installer.release", folder], cwd=checkout, capture_output=True, encoding="utf-8"
    )
    assert said.returncode == 0, said.stderr
    files = folder / f"daguerre-{VERSION}.zip", folder / f"daguerre-{VERSION}.gex"
    assert [line.split(maxsplit=1)[1] for line in said.stdout.splitlines()] == list(map(str, files))
    return files


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return made(tmp_path_factory.mktemp("release"))


def unpacked(file: Path, folder: Path) -> Path:
    """The one folder in an archive, unpacked with the modes of its files."""
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            Path(archive.extract(entry, folder)).chmod(entry.external_attr >> 16 & 0o777)
    (top,) = folder.iterdir()
    return top


def test_it_can_be_installed(machine: Machine, tmp_path: Path, release: tuple[Path, Path]) -> None:
    profile = machine.profile("3.0")
    machine.checkout = unpacked(release[0], tmp_path / "Ladda ner")
    assert machine.checkout.name == f"daguerre-{VERSION}"
    assert os.access(machine.checkout / "install.py", os.X_OK)
    assert "--offline" in machine.run("--help")
    machine.install()
    assert machine.daguerre("models").returncode == 0
    for name, source in plugin_files(machine.checkout).items():
        assert (profile / "plug-ins/daguerre" / name).read_bytes() == source.read_bytes()


def test_what_is_in_it(release: tuple[Path, Path]) -> None:
    names = {name.partition("/")[2] for name in zipfile.ZipFile(release[0]).namelist()}
    assert {"README.md", "LICENSE", "CHANGELOG.md", "docs/samples/SOURCES.md", "weights/detect-default.toml"} <= names
    assert not [name for name in names if re.search(r"__pycache__|\.pyc$|^tests/|/training/|^\.", name)]
    # The pages in it lead nowhere else.
    for page in [name for name in names if name.endswith(".md") and not name.startswith("docs/study/")]:
        text = (CHECKOUT / page).read_text(encoding="utf-8")
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
            target = os.path.normpath(Path(page).parent / link)
            assert target in names or any(name.startswith(f"{target}/") for name in names), f"{page}: {link}"


def test_same_bytes_every_time(tmp_path: Path, release: tuple[Path, Path]) -> None:
    checkout = unpacked(release[0], tmp_path / "unpacked")
    for path in checkout.rglob("*"):
        os.utime(path, (time.time() - 10**6, time.time() - 10**6))
        if path.is_file():
            path.chmod(0o600)
    for before, after in zip(release, made(tmp_path / "again", checkout), strict=True):
        assert before.read_bytes() == after.read_bytes()
    with (checkout / "core" / "tools.py").open("a") as module:
        module.write("\n")
    for before, after in zip(release, made(tmp_path / "changed", checkout), strict=True):
        assert before.read_bytes() != after.read_bytes()


def test_damaged_weights_are_not_released(tmp_path: Path) -> None:
    checkout = copy_of_checkout(tmp_path / "checkout")
    (checkout / "weights" / "some.toml").write_text('file = "some.safetensors"')
    said = subprocess.run(
        [sys.executable, "-m", "installer.release", tmp_path / "out"], cwd=checkout, capture_output=True, text=True
    )
    assert (said.returncode, said.stderr) == (1, "The weights some.safetensors are missing.\n")
    assert not (tmp_path / "out").exists()


def test_extension_is_as_gimp_wants_it(tmp_path: Path, release: tuple[Path, Path]) -> None:
    folder = unpacked(release[1], tmp_path)
    assert folder.name == EXTENSION
    description = folder / f"{EXTENSION}.metainfo.xml"
    files = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    assert files == {*plugin_files(CHECKOUT), description.relative_to(folder)}
    assert Path("locale/fr/LC_MESSAGES/daguerre.mo") in files
    component = ElementTree.parse(description).getroot()
    assert component.get("type") == "addon"
    assert (component.findtext("id"), component.findtext("extends")) == (EXTENSION, "org.gimp.GIMP")
    assert [entry.get("version") for entry in component.iter("release")] == [VERSION]
    needed = component.find("requires/id")
    assert needed is not None and (needed.text, needed.get("compare")) == ("org.gimp.GIMP", "ge")
    script = component.findtext("custom/value[@key='GIMP::plug-in-path']")
    assert script and os.access(folder / script, os.X_OK)


def test_description_is_valid_appstream(tmp_path: Path, release: tuple[Path, Path]) -> None:
    if not shutil.which("appstreamcli"):
        pytest.skip("no appstreamcli here")
    description = unpacked(release[1], tmp_path) / f"{EXTENSION}.metainfo.xml"
    said = subprocess.run(
        ["appstreamcli", "validate", "--no-net", "--explain", description], capture_output=True, text=True
    )
    errors = [line for line in said.stdout.splitlines() if line.startswith("E:")]
    assert [line for line in errors if "release-time-missing" not in line] == []


@pytest.mark.slow
@pytest.mark.parametrize("root", gimps.roots() or ["none"], ids=str)
def test_real_gimp_takes_the_extension(tmp_path: Path, release: tuple[Path, Path], root: Path | str | None) -> None:
    if not isinstance(root, Path):
        pytest.skip(gimps.HOW_TO_GET_ONE)

    def said(code: str) -> str:
        start = [CHECKOUT / "tests/gimp/run-gimp", "--bind", tmp_path, root, "gimp-console", "-i", "--quit"]
        batch = ["--batch-interpreter=python-fu-eval", "-b", code]
        return subprocess.run(
            [*start, *batch], env={**os.environ, "HOME": str(tmp_path)}, capture_output=True, text=True, timeout=300
        ).stdout

    file = shutil.copy(release[1], tmp_path)
    assert "opened True" in said(OPEN.format(file=str(file)))
    # GIMP has no menu to switch an extension on, and does not by itself.
    (switches,) = (tmp_path / ".config" / "GIMP").glob("3.*/extensionrc")
    assert "there False" in said(LOOK)
    text = switches.read_text()
    assert EXTENSION in text
    switches.write_text(re.sub(rf'("{re.escape(EXTENSION)}"\s+\(active) no', r"\1 yes", text))
    assert "there True" in said(LOOK)
