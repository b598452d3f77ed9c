"""What is where, and what is wrong with it."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from core import VERSION, places, protocol
from core.translation import _, number

from .environment import NEEDED_MODULES
from .gimps import gimps, profiles
from .plugin import is_current, plugin_folder
from .problem import Problem, failure_of
from .program import ROOT, checked_weights
from .record import Record
from .window import about_missing, missing_libraries, version
from .worlds import worlds

IMPORTS = """
import importlib, sys, time
print("Python", sys.version.split()[0])
for name in sys.argv[1:]:
    start = time.monotonic()
    module = importlib.import_module(name)
    print(name, getattr(module, "__version__", ""), f"({time.monotonic() - start:.1f} s)")
"""


def doctor() -> int:
    """Tell what is where; 1 where something is wrong."""
    record = Record.read()
    if not record.python:
        raise Problem(
            _("Daguerre is not installed in {folder}: python3 install.py installs it.").format(
                folder=places.data_folder()
            )
        )
    app = Path(record.app)
    print(_("Daguerre {version} in {folder}").format(version=record.version, folder=app))
    wrong = environment_problems(record)
    missing = missing_libraries(record.python)
    if not missing:
        wrong += window_problems(record)
    intact, damaged = checked_weights(app / "weights")
    print(_("Models: {count} are intact").format(count=intact))
    wrong += damaged
    own_models = sorted(path.name for path in places.models_folder().glob("*.toml"))
    if own_models:
        print(_("Your own models: {names}").format(names=", ".join(own_models)))
    print(_("Command: {path}").format(path=record.link or record.command))
    if not Path(record.link or record.command).exists():
        wrong.append(_("The command is gone."))
    wrong += plugin_problems(app, record)
    print(_("Log: {path}").format(path=places.log_file()))
    for line in last_errors():
        print("   ", line)
    if record.version != VERSION:
        wrong.append(_("{folder} is version {version}.").format(folder=ROOT, version=VERSION))
    for text in wrong:
        print("!", text)
    if missing:  # nothing of ours: install.py does not mend it, and only the window needs it
        print("!", about_missing(missing))
    if wrong:
        print(_("Run python3 install.py once more; it mends this."))
    else:
        print(_("Everything else is in order.") if missing else _("Everything is in order."))
    return 1 if wrong else 0


def environment_problems(record: Record) -> list[str]:
    """Import what the engine needs and start it, telling versions and times; a sentence for what fails."""
    print(_("Environment: {folder}").format(folder=record.environment))
    start_python = [record.python, "-I", "-X", "utf8"]
    problems = []
    try:
        imports = subprocess.run(
            [*start_python, "-c", IMPORTS, *NEEDED_MODULES], capture_output=True, encoding="utf-8", errors="replace"
        )
        print("   ", ", ".join(imports.stdout.splitlines()))
        if imports.returncode:
            problems.append(str(failure_of(imports.stderr, _("The environment is damaged"))))
        start = time.monotonic()
        engine = subprocess.run(
            [*start_python, "-m", "core", "engine"], stdin=subprocess.DEVNULL, capture_output=True, timeout=120
        )
        if not protocol.is_same_version(protocol.decoded(engine.stdout.partition(b"\n")[0])):
            problems.append(_("The engine is of another version."))
        print("   ", _("The engine answers in {seconds} s").format(seconds=number(time.monotonic() - start, 2)))
    except (OSError, subprocess.TimeoutExpired, protocol.ProtocolError):
        problems.append(_("The engine does not start."))
    return problems


def window_problems(record: Record) -> list[str]:
    """Open a window where nobody sees it, telling Qt's version; a sentence where it fails."""
    try:
        print("   ", _("The window opens, with Qt {version}").format(version=version(record.python)))
    except Problem as problem:
        return [str(problem)]
    except (OSError, subprocess.TimeoutExpired):
        return [_("The window does not open.")]
    return []


def plugin_problems(app: Path, record: Record) -> list[str]:
    """Tell which GIMPs there are and where the plug-in is; a sentence for each profile where it is not in order."""
    found = gimps()
    for gimp in found:
        print("GIMP {}: {}".format(".".join(map(str, gimp.version)), gimp.command))
    problems = []
    everywhere = dict.fromkeys([*profiles(), *map(Path, record.profiles)])
    if not everywhere:
        print(_("There is no GIMP 3 profile on this machine."))
    for profile in everywhere:
        if not plugin_folder(profile).exists():
            problems.append(_("The plug-in is not in {profile}.").format(profile=profile))
        elif not is_current(app, profile):
            problems.append(_("The plug-in in {profile} is not that of this installation.").format(profile=profile))
        else:
            print(_("Plug-in: {folder}").format(folder=plugin_folder(profile)))
    if not everywhere and any(gimp.version >= (3,) for gimp in found):
        problems.append(_("The plug-in is in no GIMP."))
    problems += [_("{world} has no Daguerre.").format(world=world.name) for world in worlds() if not world.is_installed]
    return problems


def last_errors(count: int = 5) -> list[str]:
    """The last lines of the log that say what went wrong, without the traces."""
    try:
        text = places.log_file().read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith((" ", "Traceback"))]
    return lines[-count:]
