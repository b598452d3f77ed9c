"""Environments: Pythons with the packages that Daguerre needs and a way to the program."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from core.translation import _

from .packages import install_packages, say
from .problem import Problem, failure_of
from .program import remove

NEEDED_MODULES = ("torch", "numpy", "cv2", "PIL", "PyQt6", "safetensors", "tifffile")
STAMP = "complete"
PIP_CACHE = "pip-cache"


def interpreter(environment: Path) -> Path:
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def private_environment(data: Path, requirements: Sequence[str], wheels: Path | None = None) -> Path:
    """The environment in the data folder: the one that is there where it still fits, else a new one beside it.

    Its packages come from the folder wheels where one is given, else from the internet.
    """
    key = key_of(*requirements)
    folder = data / f"env-{key}"
    if is_complete(folder, key):
        say(_("It is there already."))
        return folder
    # pip's own cache would stay behind; this one serves a second try, and goes when the installation is done.
    cache = [] if "PIP_CACHE_DIR" in os.environ else ["--cache-dir", str(data / PIP_CACHE)]
    make_environment(folder, key, None, requirements, cache, wheels)
    return folder


def borrowing_environment(data: Path, python: str) -> Path:
    """An environment in the data folder that has nothing of its own and finds the packages of another Python."""
    base, packages = checked_interpreter(python)
    key = key_of(base, *packages)
    folder = data / f"env-{key}"
    if not is_complete(folder, key):
        make_venv(folder, base, with_pip=False)
        finish(folder, key, None, packages)
    return folder


def programs_environment(app: Path, environment: Path) -> Path:
    """The environment inside of an installed program: its Python finds that program, and the packages of another.

    So each program has a Python of its own, and whoever starts it gets this program and none that came later.
    """
    folder = app / "environment"
    make_venv(folder, str(interpreter(environment)), with_pip=False)
    finish(folder, "", app, [packages_folder(environment)])
    return folder


def make_environment(
    folder: Path,
    key: str,
    program: Path | None,
    requirements: Sequence[str],
    pip_options: Sequence[str] = (),
    wheels: Path | None = None,
) -> None:
    """Make an environment with these packages; one that fails leaves nothing."""
    try:
        make_venv(folder, sys.executable)
        install_packages(interpreter(folder), requirements, pip_options, wheels)
        finish(folder, key, program)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def key_of(*parts: str) -> str:
    """Twelve digits that change with what an environment is made from, with the Python and the kind of machine."""
    everything = (*parts, *map(str, sys.version_info[:2]), sysconfig.get_platform())
    return hashlib.sha256("\n".join(everything).encode(errors="surrogateescape")).hexdigest()[:12]


def is_complete(folder: Path, key: str) -> bool:
    """Whether the environment was finished, from just this, and its Python still starts."""
    try:
        if (folder / STAMP).read_text() != key:
            return False
        return subprocess.run([interpreter(folder), "-I", "-c", ""], capture_output=True).returncode == 0
    except OSError:
        return False


def make_venv(folder: Path, base: str, with_pip: bool = True) -> None:
    if with_pip and not importlib.util.find_spec("ensurepip"):
        raise Problem(
            _("This Python cannot make environments; on Debian and Ubuntu this helps: sudo apt install python3-venv")
        )
    remove(folder)
    options = [] if with_pip else ["--without-pip"]
    made = subprocess.run(
        [base, "-I", "-m", "venv", *options, folder], capture_output=True, text=True, errors="replace"
    )
    if made.returncode:
        raise failure_of(made.stdout + made.stderr, _("The environment could not be made"))


def finish(folder: Path, key: str, program: Path | None, packages: Sequence[str] = ()) -> None:
    """Let the environment find a program, then packages elsewhere; last, stamp it as complete."""
    # Python reads this file in the system's encoding: ASCII with escapes is right in every one.
    lines = [f"import sys; sys.path.append({str(program)!a})"] if program else []
    lines += [f"import site; site.addsitedir({path!a})" for path in packages]
    if lines:
        (Path(packages_folder(folder)) / "daguerre.pth").write_text("\n".join(lines) + "\n", encoding="ascii")
    (folder / STAMP).write_text(key)


def packages_folder(environment: Path) -> str:
    question = "import json, sysconfig; print(json.dumps(sysconfig.get_path('purelib')))"
    answer = subprocess.run([interpreter(environment), "-I", "-c", question], capture_output=True, check=True)
    folder: str = json.loads(answer.stdout)
    return folder


def checked_interpreter(python: str) -> tuple[str, list[str]]:
    """The path of a Python that has all we need, and the folders of its packages; Problem where it has not."""
    question = (
        "import importlib.util, json, site, sys; print(json.dumps([sys.version_info[:2], sys.executable, "
        "site.getsitepackages(), [name for name in sys.argv[1:] if importlib.util.find_spec(name) is None]]))"
    )
    try:
        answer = subprocess.run([python, "-I", "-c", question, *NEEDED_MODULES], capture_output=True, check=True)
        version, path, packages, missing = json.loads(answer.stdout)
    except (OSError, ValueError, subprocess.CalledProcessError):
        raise Problem(_("{python} is no Python that can be used.").format(python=python)) from None
    if version < [3, 11]:
        raise Problem(_("{python} is older than Python 3.11.").format(python=python))
    if missing:
        raise Problem(_("{python} lacks what Daguerre needs: {names}.").format(python=python, names=", ".join(missing)))
    return path, packages
