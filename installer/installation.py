"""Installing and taking away, step by step."""

from __future__ import annotations

import contextlib
import fnmatch
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from core import VERSION, places
from core.translation import _

from .environment import (
    PIP_CACHE,
    borrowing_environment,
    interpreter,
    make_venv,
    private_environment,
    programs_environment,
)
from .gimps import flatpak_profiles, profiles
from .packages import check_wheels, download_packages, say
from .plugin import plugin_folder, put_plugins
from .problem import Problem
from .program import (
    ROOT,
    checked_weights,
    compile_program,
    copy_program,
    is_link_to,
    make_command,
    project,
    remove,
    trial,
)
from .record import Record
from .window import about_missing, libraries_not_there, missing_libraries

LOCK = "install.lock"
OURS = (
    *("app", "app.*", "app-2", "env-*", "bin", "models", "jobs", "journal", "trial"),
    *(
        "daguerre.log*",
        "installation.*",
        "last-values.*",
        "window.json*",
        "presets.json*",
        "models.json*",
        LOCK,
        PIP_CACHE,
    ),
)
"""What may be in the data folder while there is no finished installation in it."""


def install(
    gimp_profiles: Sequence[str], borrowed: str | None = None, wheels: Path | None = None, upgrade: bool = False
) -> int:
    """Install into these profiles (none: all there are).

    The packages are downloaded, or come from the folder wheels, or are those of another Python. The installation that
    is there works until the record names the new one, which was tried by then; upgrade wants that there is one.
    """
    requirements = project()["dependencies"]
    if wheels:
        check_wheels(wheels, requirements)
    data = own_data_folder()
    if upgrade and not Record.read().python:
        raise Problem(_("Daguerre is not installed in {folder}: leave --upgrade away.").format(folder=data))
    print(_("Daguerre {version} goes into {folder}").format(version=VERSION, folder=data))
    if "SUDO_USER" in os.environ:
        print(_("It will be for the user root alone; to have it for yourself, leave sudo away."))
    beginning = Record()
    beginning.make_folder(data)
    with alone(data), contextlib.ExitStack() as cleaning:
        record = Record.read()
        record.made += beginning.made
        if record.python:
            print(_("Version {version} works until the new one does.").format(version=record.version))
            make_command(data, Path(record.python), record)  # a run that was stopped may have left the one before it
        else:
            record.write()  # so that --uninstall knows what was made, whatever happens now
        step(1, _("The program and its models"))
        app = other_app(data, record)
        cleaning.callback(shutil.rmtree, app, ignore_errors=True)
        copy_program(app)
        intact, damaged = checked_weights(app / "weights")
        if damaged:
            raise Problem(damaged[0] + " " + _("Download Daguerre once more."))
        say(_("{count} models are intact").format(count=intact))

        step(2, _("Its private environment"))
        lacking = libraries_not_there()
        if lacking:
            say(about_missing(lacking))
        if borrowed:
            environment = borrowing_environment(data, borrowed)
        else:
            environment = private_environment(data, requirements, wheels)
        python = interpreter(programs_environment(app, environment))
        compile_program(python, app)

        step(3, _("A trial with a sample photo"))
        for line in trial(python, app, data / "trial"):
            say(line)
        record.python, record.version, record.app = str(python), VERSION, str(app)
        record.environment, record.checkout = str(environment), str(ROOT)
        cleaning.pop_all()
        record.write()  # from here on this is the one that works

        step(4, _("The plug-in in GIMP"))
        refusals = put_plugins(app, gimp_profiles, record)

        step(5, _("The command daguerre"))
        say(make_command(data, python, record))
        record.write()
        remove(data / PIP_CACHE)
        for old in (*data.glob("app*"), *data.glob("env-*")):
            if old not in (app, environment):
                shutil.rmtree(old, ignore_errors=True)
        missing = missing_libraries(record.python)
    if missing:
        print(about_missing(missing))
    if refusals:
        raise Problem(" ".join(refusals))
    print(_("Daguerre is installed."))
    if record.profiles:
        print(
            _(
                "Now start GIMP (close it first, if it is open), open a photo, and choose "
                "Filters > Photo Restoration > Restore Photo…"
            )
        )
    return 0


def other_app(data: Path, record: Record) -> Path:
    """Where the program goes: of two places the one that the installation does not use just now."""
    return data / ("app-2" if record.app == str(data / "app") else "app")


def download(wheels: Path) -> int:
    """Fill a folder with the packages that an installation on a machine of this kind needs."""
    wheels.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="daguerre-") as scratch:
        folder = Path(scratch) / "environment"
        make_venv(folder, sys.executable)
        cache = [] if "PIP_CACHE_DIR" in os.environ else ["--no-cache-dir"]
        download_packages(interpreter(folder), project()["dependencies"], cache, wheels)
    print(_("All packages are in {folder}. On the other machine, in the folder of Daguerre:").format(folder=wheels))
    print("    python3 install.py --offline", shlex.quote(wheels.name))
    return 0


def step(number: int, name: str) -> None:
    print(_("{number} of 5: {name}").format(number=number, name=name), flush=True)


def uninstall(models_too: bool) -> int:
    """Remove all that was installed, and the folders made for it where nothing else is in them."""
    data = own_data_folder()
    if not data.is_dir():
        raise Problem(_("Daguerre is not installed in {folder}.").format(folder=data))
    models = sorted(path.name for path in places.models_folder().glob("*"))
    if models and not models_too:
        raise Problem(
            _("{folder} holds models of your own ({names}): move them away, or add --yes to remove them too.").format(
                folder=places.models_folder(), names=", ".join(models)
            )
        )
    with alone(data):
        record = Record.read()
        for profile in {*map(Path, record.profiles), *profiles(), *flatpak_profiles()}:
            remove(plugin_folder(profile))
            for name in ("daguerre.new", "daguerre.old"):
                remove(plugin_folder(profile).with_name(name))
            for settings in profile.glob("plug-in-settings/*plug-in-daguerre-*"):
                remove(settings)
        if record.link and is_link_to(Path(record.link), Path(record.command)):
            remove(Path(record.link))
        for entry in data.iterdir():
            if entry not in (data / LOCK, places.installation_file()):
                remove(entry)
    remove(data)
    for folder in sorted(record.made, key=len, reverse=True):
        with contextlib.suppress(OSError):
            Path(folder).rmdir()  # stays where something else has come into it
    print(_("Daguerre is removed."))
    return 0


def own_data_folder() -> Path:
    """The data folder; Problem where it holds what is not Daguerre's, since all in it goes one day."""
    data = places.data_folder().absolute()
    if data.is_dir() and not places.installation_file().exists():
        for entry in data.iterdir():
            if not any(fnmatch.fnmatch(entry.name, pattern) for pattern in OURS):
                raise Problem(
                    _("{folder} holds other things ({name}): set DAGUERRE_DATA to a folder of its own.").format(
                        folder=data, name=entry.name
                    )
                )
    return data


@contextlib.contextmanager
def alone(data: Path) -> Iterator[None]:
    """Hold the installation's lock; Problem where another installation holds it."""
    with (data / LOCK).open("a") as file:
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Problem(_("Daguerre is being installed or removed just now: wait until that is done.")) from None
        yield
