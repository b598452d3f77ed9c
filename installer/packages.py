"""Packages: downloaded, or taken from a folder of wheels that was filled before."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.parse
import urllib.request
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from core.translation import _

from .problem import Problem, failure_of

TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
PACKAGE_LINE = re.compile(
    r"\s*(?:Downloading|Using cached|Processing) (?:\S*[/\\])?([\w.]+)-(\d[\w.+!%]*)-\S+\.whl( \([\d.]+ [MG]B\))?\s*"
)


def install_packages(
    python: Path, requirements: Sequence[str], options: Sequence[str], wheels: Path | None = None
) -> None:
    """Install packages into the environment of this Python, from the folder wheels alone where one is given."""
    if wheels:
        say(_("From {folder}; nothing is downloaded.").format(folder=wheels))
        run_pip(python, ["install", "--no-index", "--find-links", str(wheels), *requirements], offline=True)
        return
    _fetch(
        python,
        ["install", *options],
        requirements,
        small=_("About 300 MB are downloaded and take 1.5 GB on the disk; this takes some minutes."),
        large=_("Up to 3 GB are downloaded and take up to 8 GB on the disk meanwhile; this can take long."),
    )


def download_packages(python: Path, requirements: Sequence[str], options: Sequence[str], wheels: Path) -> None:
    """Fill a folder with all that install_packages needs to do without the internet."""
    # The folder is searched as well: what the CPU index gave is preferred to the large build of the same version.
    _fetch(
        python,
        ["download", "--dest", str(wheels), "--find-links", str(wheels), *options],
        requirements,
        small=_("About 300 MB are downloaded; this takes some minutes."),
        large=_("Up to 3 GB are downloaded; this can take long."),
    )


def _fetch(python: Path, command: Sequence[str], requirements: Sequence[str], small: str, large: str) -> None:
    """Run pip for these; on Linux without an NVIDIA card, PyTorch's small build where its index answers."""
    if sys.platform != "linux":
        say(small)
    elif shutil.which("nvidia-smi") or not answers(TORCH_CPU_INDEX):
        say(large)
    else:
        say(small)
        torch = [requirement for requirement in requirements if requirement.startswith("torch==")]
        try:
            run_pip(python, [*command, "--no-deps", "--index-url", TORCH_CPU_INDEX, *torch])
        except Problem:
            say(large)  # from the usual index, with what NVIDIA's cards need
    run_pip(python, [*command, *requirements])


def check_wheels(wheels: Path, requirements: Sequence[str]) -> None:
    """Problem where a folder cannot be what download_packages made for these requirements."""
    there = {_plain(*path.name.split("-")[:2]) for path in wheels.glob("*-*.whl")}
    lacking = [requirement for requirement in requirements if _plain(*requirement.split("==")) not in there]
    if lacking:
        raise Problem(
            _("{folder} lacks {names}: fill it with install.py --download, on a machine with the internet.").format(
                folder=wheels, names=", ".join(lacking)
            )
        )


def _plain(name: str, version: str) -> tuple[str, str]:
    """Name and version as they are compared: the build that is written behind the version does not count."""
    return re.sub(r"[-_.]+", "-", name).lower(), version.partition("+")[0]


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


def run_pip(python: Path, arguments: Sequence[str], offline: bool = False) -> None:
    """Run pip and tell what it is at; Problem where it fails. Offline it also overlooks all settings of its own."""
    command = [str(python), "-I", "-m", "pip", arguments[0], "--disable-pip-version-check", "--no-input"]
    command += ["--only-binary=:all:", *arguments[1:]]
    settings = {name: value for name, value in os.environ.items() if not (offline and name.startswith("PIP_"))}
    if offline:
        settings["PIP_CONFIG_FILE"] = os.devnull
    last: deque[str] = deque(maxlen=60)
    with subprocess.Popen(
        command, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
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
        output = "".join(last)
        failure = failure_of(output, _("The packages could not be installed"))
        if offline and "No matching distribution" in output:
            failure = Problem(
                _("These wheels are not made for Python {version} on this machine: {hint}").format(
                    version="{}.{}".format(*sys.version_info[:2]),
                    hint=_("fill the folder with install.py --download, on the same system with the same Python."),
                )
            )
        raise failure


def say(text: str) -> None:
    """Tell about a step's detail."""
    print("   ", text, flush=True)
