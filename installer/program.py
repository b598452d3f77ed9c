"""The installed copy of the program: its files, its weights, its command, and a trial of it."""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

from core.translation import _

from .problem import failure_of
from .record import Record

ROOT = Path(__file__).resolve().parents[1]
"""Where this copy of the program is: a checkout, or an installed one."""
PARTS = ("core", "gimp_plugin", "installer", "qt_dialogs", "weights", "install.py", "pyproject.toml", "LICENSE")
SAMPLE = "andersson_scratched.jpg"


def project() -> dict[str, Any]:
    """The [project] table of pyproject.toml."""
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return table


def remove(path: Path) -> None:
    """Remove a file, a link, or a folder with all in it; what is not there is no error."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def copy_program(target: Path) -> None:
    """Copy what is needed at run time."""
    remove(target)
    target.mkdir()
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__", "training"))
        elif source.exists():
            shutil.copy2(source, target / name)
    samples = ROOT / "docs" / "samples"
    shutil.copytree(samples if samples.is_dir() else ROOT / "samples", target / "samples")


def put_in_place(new: Path, target: Path) -> None:
    """Let a finished folder take the place of the one that is there."""
    old = target.with_name(target.name + ".old")
    remove(old)
    if target.exists():
        target.rename(old)
    try:
        new.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def checked_weights(folder: Path) -> tuple[int, list[str]]:
    """Compare weights with their cards: how many cards are in order, and a sentence for each that is not."""
    intact, damaged = 0, []
    for path in sorted(folder.glob("*.toml")):
        try:
            card = tomllib.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            damaged.append(_("The card {name} is damaged.").format(name=path.name))
            continue
        file = str(card.get("file", ""))
        if file and not (folder / file).is_file():
            damaged.append(_("The weights {name} are missing.").format(name=file))
        elif file and hashlib.sha256((folder / file).read_bytes()).hexdigest() != card.get("sha256"):
            damaged.append(_("The weights {name} are damaged: they are not what their card says.").format(name=file))
        else:
            intact += 1
    if not intact and not damaged:
        damaged.append(_("There are no models in {folder}.").format(folder=folder))
    return intact, damaged


def make_command(data: Path, python: Path, record: Record) -> str:
    """Write the command, and link to it where this user's commands are; returns where it is, for people."""
    folder = data / "bin"
    folder.mkdir(exist_ok=True)
    if os.name == "nt":
        command = folder / "daguerre.cmd"
        inside = python.relative_to(data)  # relative: cmd reads its files in an encoding of its own
        command.write_text(f'@"%~dp0..\\{inside}" -I -X utf8 -m core %*\r\n', newline="")
        record.command = str(command)
        return record.command
    command = folder / "daguerre"
    command.write_bytes(os.fsencode(f'#!/bin/sh\nexec {shlex.quote(str(python))} -I -X utf8 -m core "$@"\n'))
    command.chmod(0o755)
    record.command = str(command)
    link = Path.home() / ".local" / "bin" / "daguerre"
    try:
        record.make_folder(link.parent)
        if is_link_to(link, command):
            link.unlink()
        link.symlink_to(command)
    except OSError:
        return record.command  # something else of that name is there, or nothing can be written there
    record.link = str(link)
    if str(link.parent) in os.environ.get("PATH", "").split(os.pathsep):
        return str(link)
    return _("{command} (once you have logged in anew, daguerre may be enough)").format(command=link)


def is_link_to(link: Path, command: Path) -> bool:
    return link.is_symlink() and link.readlink() == command


def trial(python: Path, app: Path, folder: Path) -> list[str]:
    """Restore the sample photo through an engine, as the plug-in does it; returns lines that say where what is."""
    remove(folder)
    photo = app / "samples" / SAMPLE
    tried = subprocess.run(
        [python, "-I", "-X", "utf8", "-m", "core", "try", photo, folder],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    if tried.returncode:
        raise failure_of(tried.stdout + tried.stderr, _("Daguerre is installed, but the trial failed"))
    return tried.stdout.splitlines()
