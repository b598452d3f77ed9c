"""Where packages come from: PyTorch's index or the usual one, a folder filled before, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index import Index, packages_in, requirements, serving
from machines import NOWHERE, Machine

NO_SOCKETS = """
import os
sys.addaudithook(lambda event, arguments: event in ("socket.connect", "socket.getaddrinfo") and os._exit(99))
"""


@pytest.fixture
def index() -> Iterator[Index]:
    with serving(Index()) as running:
        yield running


def settings(machine: Machine, index: Index, cpu: str | None = None) -> dict[str, str]:
    """The environment in which install.py finds this index, and PyTorch's own beside it."""
    patch = f"packages.TORCH_CPU_INDEX = {cpu or index.address + '/cpu'!r}\n"
    return {**machine.patched_installer(patch), **NOWHERE, "PIP_INDEX_URL": f"{index.address}/simple"}


def test_small_build_without_a_card(machine: Machine, index: Index) -> None:
    output = machine.run(**settings(machine, index))
    installed = packages_in(Path(machine.record["environment"]))
    assert installed["torch"].endswith("+cpu")
    assert "sympy_stand_in" in installed and "nvidia_stand_in" not in installed
    assert "About 300 MB" in output
    assert not (machine.data / "pip-cache").exists()


def test_large_build_with_a_card(machine: Machine, index: Index) -> None:
    machine.add_program("nvidia-smi", "#!/bin/sh\n")
    output = machine.run(**settings(machine, index))
    installed = packages_in(Path(machine.record["environment"]))
    assert "nvidia_stand_in" in installed and "+" not in installed["torch"]
    assert "Up to 3 GB" in output
    assert not any(path.startswith("/cpu") for path in index.asked)


def test_usual_index_where_the_other_does_not_answer(machine: Machine, index: Index) -> None:
    output = machine.run(**settings(machine, index, cpu="http://127.0.0.1:9/cpu"))
    assert "nvidia_stand_in" in packages_in(Path(machine.record["environment"]))
    assert "Up to 3 GB" in output


def test_usual_index_where_the_other_has_not_this_version(machine: Machine, index: Index) -> None:
    index.pages["/cpu"].clear()
    output = machine.run(**settings(machine, index))
    assert "nvidia_stand_in" in packages_in(Path(machine.record["environment"]))
    assert "Up to 3 GB" in output


def test_from_a_folder_without_any_connection(machine: Machine, index: Index, tmp_path: Path) -> None:
    wheels = tmp_path / "ro\u0308da hjul"
    output = machine.run("--download", wheels, **settings(machine, index))
    assert "install.py --offline" in output
    names = {path.name for path in wheels.iterdir()}
    assert len(names) == len(requirements()) + 1
    assert any("+cpu" in name for name in names) and not any(name.startswith("nvidia") for name in names)
    assert machine.listing() == []  # nothing is installed by it

    # Every way out leads to the index, which would notice.
    out = {f"{kind}_PROXY": index.address for kind in ("HTTP", "HTTPS", "ALL")}
    pip = {"PIP_INDEX_URL": f"{index.address}/simple", "PIP_EXTRA_INDEX_URL": f"{index.address}/cpu"}
    index.asked.clear()
    output = machine.run("--offline", wheels, **machine.patched_installer(NO_SOCKETS), **pip, **out)
    assert index.asked == []
    assert "nothing is downloaded" in output and "Daguerre is installed." in output
    installed = packages_in(Path(machine.record["environment"]))
    assert installed["torch"].endswith("+cpu")
    for name, version in (requirement.split("==") for requirement in requirements()):
        assert installed[name.replace("-", "_")].partition("+")[0] == version

    # Where the internet is wanted, the same settings do lead there.
    machine.run("--uninstall")
    machine.run(code=1, **settings(machine, index), **out)
    assert index.asked


def test_download_again_keeps_what_is_there(machine: Machine, index: Index, tmp_path: Path) -> None:
    machine.run("--download", tmp_path / "wheels", **settings(machine, index))
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "wheels").iterdir()}
    machine.run("--download", tmp_path / "wheels", **settings(machine, index))
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "wheels").iterdir()} == before


@pytest.mark.parametrize("folder", ["empty", "none"])
def test_folder_that_lacks_something(machine: Machine, tmp_path: Path, folder: str) -> None:
    (tmp_path / "empty").mkdir()
    said = machine.run("--offline", tmp_path / folder, code=1)
    assert said.startswith(f"{tmp_path / folder} lacks numpy==") and "torch==" in said
    assert "install.py --download" in said
    assert machine.listing() == []


def test_wheels_for_another_machine(machine: Machine, index: Index, tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    machine.run("--download", wheels, **settings(machine, index))
    numpy = next(wheels.glob("numpy-*.whl"))
    numpy.rename(numpy.with_name(numpy.name.replace("py3-none-any", "cp39-cp39-win32")))
    said = machine.run("--offline", wheels, code=1, **machine.patched_installer("")).splitlines()[-1]
    assert said.startswith("These wheels are not made for Python 3.") and "--download" in said
    assert list(machine.data.glob("env-*")) == []


@pytest.mark.parametrize(
    "options",
    [["--offline", "x", "--environment", "y"], ["--download", "x", "--offline", "x"], ["--doctor", "--upgrade"]],
)
def test_wrong_use(machine: Machine, options: list[str]) -> None:
    machine.run(*options, code=2)
    assert machine.listing() == []
