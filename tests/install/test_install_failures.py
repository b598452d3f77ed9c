"""What keeps an installation from going on is said in one sentence, and the one before it works on."""

from __future__ import annotations

import ast
import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index import Index, serving
from machines import CHECKOUT, NOWHERE, Machine


def one_sentence(output: str) -> str:
    """The last line, which is all that is said about a failure."""
    last = output.splitlines()[-1]
    assert last.endswith(".") or "sudo apt install" in last
    return last


def copy_of_checkout(target: Path) -> Path:
    for name in ("core", "gimp_plugin", "installer", "qt_dialogs", "weights", "docs"):
        shutil.copytree(CHECKOUT / name, target / name, ignore=shutil.ignore_patterns("__pycache__", "training"))
    for name in ("install.py", "pyproject.toml"):
        shutil.copy(CHECKOUT / name, target / name)
    return target


def test_any_python_can_read_it() -> None:
    ast.parse((CHECKOUT / "install.py").read_bytes().decode("ascii"), feature_version=(3, 4))


def test_old_python(machine: Machine) -> None:
    patched = machine.patched("import sys; sys.version_info = (3, 9, 2, 'final', 0)")
    output = machine.run(code=1, **patched)
    assert one_sentence(output).startswith("Daguerre needs Python 3.11 or newer, and this is Python 3.9")
    assert machine.listing() == []


def test_real_old_pythons() -> None:
    names = ("python2.7", "python3.6", "python3.8", "python3.9", "python3.10")
    found = [path for path in map(shutil.which, names) if path]
    old = [path for path in found if subprocess.run([path, "-c", ""], capture_output=True).returncode == 0]
    if not old:
        pytest.skip("no Python older than 3.11 here")
    for python in old:
        said = subprocess.run([python, CHECKOUT / "install.py"], capture_output=True, text=True)
        assert said.returncode == 1
        assert said.stderr.startswith("Daguerre needs Python 3.11 or newer")


def test_file_alone(machine: Machine, tmp_path: Path) -> None:
    shutil.copy(CHECKOUT / "install.py", tmp_path)
    machine.checkout = tmp_path
    assert "the rest of Daguerre" in one_sentence(machine.run(code=1))


@pytest.mark.parametrize("options", [["--yes"], ["--doctor", "--uninstall"], ["--test", "--gimp-profile", "x"], ["x"]])
def test_wrong_use(machine: Machine, options: list[str]) -> None:
    machine.run(*options, code=2)
    assert machine.listing() == []


def test_damaged_weights(machine: Machine, tmp_path: Path) -> None:
    machine.install()
    before = machine.record
    machine.checkout = copy_of_checkout(tmp_path / "download")
    weights = tmp_path / "download" / "weights"
    (weights / "some.safetensors").write_bytes(b"what arrived")
    (weights / "some.toml").write_text(f'file = "some.safetensors"\nsha256 = "{"0" * 64}"\n')
    said = one_sentence(machine.install(code=1))
    assert "some.safetensors are damaged" in said and "Download Daguerre once more" in said
    (weights / "some.safetensors").unlink()
    assert "some.safetensors are missing" in one_sentence(machine.install(code=1))
    assert machine.record == before
    assert [path.name for path in machine.data.glob("app*")] == [Path(before["app"]).name]
    machine.run("--doctor")


def test_two_at_once(machine: Machine) -> None:
    machine.data.mkdir(parents=True)
    with (machine.data / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = one_sentence(machine.install(code=1))
    assert "wait until that is done" in said
    machine.install()


def test_folder_of_other_things(machine: Machine, tmp_path: Path) -> None:
    letters = tmp_path / "documents" / "letters.txt"
    letters.parent.mkdir()
    letters.touch()
    for option in ((), ("--uninstall",)):
        said = one_sentence(machine.run(*option, code=1, DAGUERRE_DATA=str(letters.parent)))
        assert "letters.txt" in said and "DAGUERRE_DATA" in said
    assert letters.exists()


def test_no_venv_in_this_python(machine: Machine) -> None:
    patched = machine.patched("import sys; sys.modules['ensurepip'] = None")
    assert "sudo apt install python3-venv" in one_sentence(machine.run(code=1, **patched))


def test_python_without_the_packages(machine: Machine, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True)
    bare = tmp_path / "bare/bin/python"
    assert "lacks what Daguerre needs: torch, numpy" in one_sentence(machine.run("--environment", bare, code=1))
    assert "no Python" in one_sentence(machine.run("--environment", tmp_path / "none", code=1))


def test_no_network(machine: Machine) -> None:
    machine.install()
    before = machine.record
    said = one_sentence(machine.run(code=1, PIP_INDEX_URL="http://127.0.0.1:9/simple", **NOWHERE))
    assert "connect to the internet" in said
    assert machine.record == before
    assert [path.name for path in machine.data.glob("env-*")] == [Path(before["environment"]).name]
    machine.run("--doctor")


def test_proxy_that_refuses(machine: Machine) -> None:
    with serving(Index()) as proxy:
        settings = {"PIP_INDEX_URL": "https://index.invalid/simple", "HTTPS_PROXY": proxy.address}
        said = one_sentence(machine.run(code=1, **settings, **NOWHERE))
    assert "the proxy does not let them through (407 Proxy Authentication Required)" in said
    assert any("index.invalid" in path for path in proxy.asked)


def test_first_attempt_fails(machine: Machine) -> None:
    machine.run(code=1, PIP_INDEX_URL="http://127.0.0.1:9/simple", **NOWHERE)
    assert "not installed" in machine.run("--doctor", code=1)
    machine.run("--uninstall")
    assert machine.listing() == []


def test_killed_while_downloading(machine: Machine) -> None:
    machine.install()
    before = machine.record
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/simple"
        process = machine.start(PIP_INDEX_URL=address, **NOWHERE)
        silent.settimeout(120)
        connection, _ = silent.accept()
        process.kill()
        process.communicate()
        time.sleep(0.1)
        connection.close()
    assert machine.record == before
    machine.run("--doctor")
    machine.install()
    assert machine.half_made() == []
    machine.run("--uninstall")
    assert machine.listing() == []


def in_small_folder(machine: Machine, options: str) -> str:
    """Install where a file system of its own is mounted on the data folder; what was said about the failure."""
    if os.geteuid() != 0 or not shutil.which("unshare"):
        pytest.skip("mounting wants root and unshare")
    machine.data.mkdir(parents=True)
    mount = 'mount -t tmpfs -o "$1" none "$2" || exit 99; shift 2; exec "$@"'
    install = [sys.executable, str(CHECKOUT / "install.py"), "--environment", sys.executable]
    mounted = subprocess.run(
        ["unshare", "--mount", "sh", "-c", mount, "sh", options, str(machine.data), *install],
        env={**machine.environment(), "PATH": os.environ["PATH"]},
        capture_output=True,
        encoding="utf-8",
    )
    if mounted.returncode == 99:
        pytest.skip("mounting is not allowed here")
    assert mounted.returncode == 1
    assert "Traceback" not in mounted.stderr
    return mounted.stderr


def test_full_disk(machine: Machine) -> None:
    assert one_sentence(in_small_folder(machine, "size=256k")).startswith("The disk is full")


def test_folder_that_cannot_be_written(machine: Machine) -> None:
    said = one_sentence(in_small_folder(machine, "ro"))
    assert str(machine.data) in said and "cannot be changed" in said


def test_profile_that_cannot_be_written(machine: Machine) -> None:
    good = machine.profile("3.0")
    bad = machine.home / ".config/GIMP/3.2"
    bad.mkdir()
    (bad / "plug-ins").touch()  # a file where the folder should be
    assert str(bad) in one_sentence(machine.install(code=1))
    assert (good / "plug-ins/daguerre/daguerre.py").exists()
    assert machine.daguerre("models").returncode == 0
