"""The plug-in in GIMP's profiles."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from core.translation import _

from .gimps import gimps, profiles, start_once
from .packages import say
from .problem import sentence
from .program import put_in_place, remove
from .record import Record
from .worlds import worlds

SHARED_MODULES = ("__init__.py", "parameters.py", "tools.py", "protocol.py", "places.py", "jobfolder.py")


def plugin_folder(profile: Path) -> Path:
    return profile / "plug-ins" / "daguerre"


def plugin_files(app: Path) -> dict[Path, Path]:
    """What the plug-in's folder holds: each file's place in it, and where it comes from."""
    source, locales = app / "gimp_plugin" / "daguerre", app / "core" / "locale"
    files = {
        path.relative_to(source): path
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    files |= {Path("locale") / path.relative_to(locales): path for path in locales.rglob("*.mo")}
    return files | {Path("core") / name: app / "core" / name for name in SHARED_MODULES}


def put_plugin(app: Path, profile: Path) -> None:
    """Put the plug-in into a profile, in the place of any that is there."""
    folder = plugin_folder(profile)
    new = folder.with_name("daguerre.new")
    script = folder / "daguerre.py"
    before = script.stat().st_mtime if script.exists() else 0.0
    remove(new)
    for name, source in plugin_files(app).items():
        (new / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, new / name)
    (new / script.name).chmod(0o755)
    # GIMP asks a script anew what it can do only where its time of change, in whole seconds, is another.
    changed = max(time.time(), before + 1)
    os.utime(new / script.name, (changed, changed))
    put_in_place(new, folder)


def is_current(app: Path, profile: Path) -> bool:
    """Whether the plug-in in a profile is the one that belongs to the installed program."""
    folder = plugin_folder(profile)
    try:
        return all((folder / name).read_bytes() == source.read_bytes() for name, source in plugin_files(app).items())
    except OSError:
        return False


def put_plugins(app: Path, given: Sequence[str], record: Record) -> list[str]:
    """Put the plug-in into the profiles given, else into all there are, and renew it where it was put before.

    Notes the profiles in the record; returns a sentence for each that refuses.
    """
    wanted = [Path(path).absolute() for path in given] or [*profiles(), *new_profiles()]
    earlier = [path for path in map(Path, record.profiles) if plugin_folder(path).is_dir()]
    everywhere = list(dict.fromkeys([*wanted, *earlier]))
    record.profiles = [str(path) for path in everywhere]
    record.write()
    refusals = []
    for profile in everywhere:
        try:
            record.make_folder(plugin_folder(profile).parent)
            put_plugin(app, profile)
            say(str(profile))
        except OSError as error:
            refusals.append(sentence(error))
    if not everywhere and not worlds():
        say(
            _(
                "There is no GIMP 3 on this machine. Once there is, run install.py again; until then the command "
                "daguerre does all the work."
            )
        )
    if (Path.home() / "snap" / "gimp").is_dir():
        say(_("GIMP from Snap is not supported: it cannot start the engine. GIMP from your system or Flatpak can."))
    return refusals


def new_profiles() -> list[Path]:
    """Profiles of GIMPs that were never started before; they are now, once."""
    made = []
    for gimp in gimps():
        if "GIMP3_DIRECTORY" in os.environ or gimp.version < (3,) or gimp.profile.exists() or gimp.copies_profile:
            continue
        say(_("{command} was never started; it is now, once and without a window.").format(command=gimp.command))
        if start_once(gimp):
            made.append(gimp.profile)
        else:
            say(_("It did not start: start it once yourself, then run install.py once more."))
    return made
