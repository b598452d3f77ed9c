"""Environments: Pythons with the packages that Daguerre needs and a way to the program."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import threading
import urllib.parse
import urllib.request
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from core.translation import _

from .problem import Problem, failure_of
from .program import remove

NEEDED_MODULES = ("torch", "numpy", "cv2", "PIL", "PyQt6", "safetensors", "tifffile")
STAMP = "complete"
PIP_CACHE = "pip-cache"
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
PACKAGE_LINE = re.compile(
    r"\s*(?:Downloading|Using cached|Processing) (?:\S*[/\\])?([\w.]+)-(\d[\w.+!%]*)-\S+\.whl( \([\d.]+ [MG]B\))?\s*"
)


def interpreter(environment: Path) -> Path:
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def private_environment(data: Path, requirements: Sequence[str]) -> Path:
    """The environment in the data folder: the one that is there where it still fits, else a new one beside it."""
    key = key_of(*requirements)
    folder = data / f"env-{key}"
    if is_complete(folder, key):
        say(_("It is there already."))
        return folder
    # pip's own cache would stay behind; this one serves a second try, and goes when the installation is done.
    cache = [] if "PIP_CACHE_DIR" in os.environ else ["--cache-dir", str(data / PIP_CACHE)]
    make_environment(folder, key, data / "app", requirements, cache)
    return folder


def borrowing_environment(data: Path, python: str) -> Path:
    """An environment in the data folder that has nothing of its own and finds the packages of another Python."""
    base, packages = checked_interpreter(python)
    key = key_of(base, *packages)
    folder = data / f"env-{key}"
    if not is_complete(folder, key):
        make_venv(folder, base, with_pip=False)
        finish(folder, key, data / "app", packages)
    return folder


def make_environment(
    folder: Path, key: str, program: Path, requirements: Sequence[str], pip_options: Sequence[str] = ()
) -> None:
    """Make an environment with these packages; one that fails leaves nothing."""
    try:
        make_venv(folder, sys.executable)
        install_packages(interpreter(folder), requirements, pip_options)
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


def finish(folder: Path, key: str, program: Path, packages: Sequence[str] = ()) -> None:
    """Let the environment find the program, then packages elsewhere; last, stamp it as complete."""
    question = "import json, sysconfig; print(json.dumps(sysconfig.get_path('purelib')))"
    answer = subprocess.run([interpreter(folder), "-I", "-c", question], capture_output=True, check=True)
    # Python reads this file in the system's encoding: ASCII with escapes is right in every one.
    lines = [f"import sys; sys.path.append({str(program)!a})"]
    lines += [f"import site; site.addsitedir({path!a})" for path in packages]
    (Path(json.loads(answer.stdout)) / "daguerre.pth").write_text("\n".join(lines) + "\n", encoding="ascii")
    (folder / STAMP).write_text(key)


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


def install_packages(python: Path, requirements: Sequence[str], options: Sequence[str]) -> None:
    """Install packages; on Linux without an NVIDIA card, PyTorch's small build where its index answers."""
    large = _("Up to 3 GB are downloaded and take up to 8 GB on the disk meanwhile; this can take long.")
    small = _("About 300 MB are downloaded and take 1.5 GB on the disk; this takes some minutes.")
    if sys.platform != "linux":
        say(small)
    elif shutil.which("nvidia-smi") or not answers(TORCH_CPU_INDEX):
        say(large)
    else:
        say(small)
        torch = [requirement for requirement in requirements if requirement.startswith("torch==")]
        try:
            pip_install(python, [*options, "--no-deps", "--index-url", TORCH_CPU_INDEX, *torch])
        except Problem:
            say(large)  # from the usual index, with what NVIDIA's cards need
    pip_install(python, [*options, *requirements])


def answers(address: str) -> bool:
    """Whether an address answers within five seconds, looking up its name included."""
    answered = threading.Event()

    def ask() -> None:
        with contextlib.suppress(OSError, ValueError), urllib.request.urlopen(address, timeout=5):
            answered.set()

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(5)
    return answered.is_set()


def pip_install(python: Path, arguments: Sequence[str]) -> None:
    """Run pip and tell what it is at; Problem where it fails."""
    command = [str(python), "-I", "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    command += ["--only-binary=:all:", *arguments]
    last: deque[str] = deque(maxlen=60)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as pip:
        assert pip.stdout
        for line in pip.stdout:
            last.append(line)
            package = PACKAGE_LINE.fullmatch(line)
            if package:
                say("{} {}{}".format(*(urllib.parse.unquote(part or "") for part in package.groups())))
            elif line.startswith("Installing collected packages:"):
                say(_("Unpacking"))
    if pip.returncode:
        raise failure_of("".join(last), _("The packages could not be installed"))


def say(text: str) -> None:
    """Tell about a step's detail."""
    print("   ", text, flush=True)
