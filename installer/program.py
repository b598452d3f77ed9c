"""The installed copy of the program: its files, its weights, its command, and a trial of it."""

from __future__ import annotations

import ctypes
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
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
    (target / "docs").mkdir()
    for page in (ROOT / "docs").glob("*.md"):
        shutil.copy2(page, target / "docs")
    for name in ("guide", "pictures", "samples"):
        shutil.copytree(ROOT / "docs" / name, target / "docs" / name)


def compile_program(python: Path, app: Path) -> None:
    """Compile what this Python will run: by itself it does so at the first start, which then takes twice as long."""
    subprocess.run(
        [python, "-I", "-m", "compileall", "-q", app / "core", app / "qt_dialogs"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )


def put_in_place(new: Path, target: Path) -> None:
    """Let a finished folder take the place of the one that is there, in one step where the system knows one."""
    old = target.with_name(target.name + ".old")
    if target.exists() and not exchanged(new, target):
        remove(old)
        target.rename(old)
    if not target.exists():
        try:
            new.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise
    for left in (new, old):
        shutil.rmtree(left, ignore_errors=True)


def exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders, so that at no moment either name is missing; False where the system cannot."""
    names = os.fsencode(one), os.fsencode(other)
    try:
        if sys.platform == "linux":
            here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
            return bool(ctypes.CDLL(None).renameat2(here, names[0], here, names[1], exchange) == 0)
        if sys.platform == "darwin":
            return bool(ctypes.CDLL(None).renamex_np(*names, 2) == 0)  # RENAME_SWAP
    except (AttributeError, OSError):
        pass
    return False


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
        replace(command, f'@"%~dp0..\\{inside}" -I -X utf8 -m core %*\r\n'.encode())
        record.command = str(command)
        return record.command
    command = folder / "daguerre"
    replace(command, os.fsencode(f'#!/bin/sh\nexec {shlex.quote(str(python))} -I -X utf8 -m core "$@"\n'))
    record.command = str(command)
    if "FLATPAK_ID" in os.environ:
        return record.command  # it starts inside only, and the other one is there for people
    link = Path.home() / ".local" / "bin" / "daguerre"
    try:
        record.make_folder(link.parent)
        if not is_link_to(link, command):
            link.symlink_to(command)
    except OSError:
        return record.command  # something else of that name is there, or nothing can be written there
    record.link = str(link)
    if str(link.parent) in os.environ.get("PATH", "").split(os.pathsep):
        return str(link)
    return _("{command} (once you have logged in anew, daguerre may be enough)").format(command=link)


def replace(file: Path, content: bytes) -> None:
    """Write a program file anew, which is whole at any moment."""
    new = file.with_name(file.name + ".new")
    new.write_bytes(content)
    new.chmod(0o755)
    new.replace(file)


def is_link_to(link: Path, command: Path) -> bool:
    return link.is_symlink() and link.readlink() == command


def trial(python: Path, app: Path, folder: Path) -> list[str]:
    """Restore the sample photo through an engine, as the plug-in does it; returns lines that say where what is."""
    remove(folder)
    photo = app / "docs" / "samples" / SAMPLE
    tried = subprocess.run(
        [python, "-I", "-X", "utf8", "-m", "core", "try", photo, folder],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    if tried.returncode:
        raise failure_of(tried.stdout + tried.stderr, _("The trial with a sample photo failed"))
    return tried.stdout.splitlines()
