"""The options of install.py, and what becomes of failures: one sentence."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from core.translation import _

from .development import test
from .doctor import doctor
from .installation import download, install, uninstall
from .problem import Problem, sentence
from .worlds import World, installed_worlds, worlds


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code: 0 done, 1 failed or something is wrong; wrong use ends with 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    options = parsed(arguments)
    try:
        if options.test:
            return test()
        if options.download:
            return everywhere(arguments, lambda: download(options.download.absolute()), worlds())
        if options.doctor:
            return everywhere(arguments, doctor, installed_worlds())
        if options.uninstall:
            for world in installed_worlds():
                world.run(arguments)
            return uninstall(options.yes)
        wheels = options.offline.absolute() if options.offline else None
        others = [] if options.gimp_profile else installed_worlds() if options.upgrade else worlds()
        return everywhere(
            arguments, lambda: install(options.gimp_profile, options.environment, wheels, options.upgrade), others
        )
    except Problem as problem:
        print(problem, file=sys.stderr)
    except OSError as error:
        print(sentence(error), file=sys.stderr)
    except KeyboardInterrupt:
        print(_("Stopped."), file=sys.stderr)
    return 1


def everywhere(arguments: Sequence[str], here: Callable[[], int], others: Sequence[World]) -> int:
    """Do something here, then the same in other worlds; the worst exit code."""
    return max(here(), *(world.run(arguments) for world in others), 0)


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="install.py", description=_("Sets Daguerre up on this machine."))
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--doctor", action="store_true", help=_("say what is where, and what is wrong with it"))
    what.add_argument("--uninstall", action="store_true", help=_("take everything away again"))
    what.add_argument("--test", action="store_true", help=_("for developers: set up .venv, run all checks and tests"))
    what.add_argument(
        "--upgrade",
        action="store_true",
        help=_("put this version in the place of the one that is installed, which works until this one does"),
    )
    what.add_argument(
        "--download",
        type=Path,
        metavar="WHEELS",
        help=_("fill this folder with all packages that a machine like this one needs"),
    )
    parser.add_argument(
        "--offline",
        type=Path,
        metavar="WHEELS",
        help=_("install from this folder, which --download has filled; the internet is not asked for anything"),
    )
    parser.add_argument("--yes", action="store_true", help=_("with --uninstall: remove your own models as well"))
    parser.add_argument(
        "--gimp-profile",
        action="append",
        default=[],
        metavar="DIR",
        help=_("put the plug-in into this GIMP profile, not into all that are found; may be repeated"),
    )
    parser.add_argument(
        "--environment",
        metavar="PYTHON",
        help=_("download nothing and use the packages of this Python, which has all that Daguerre needs"),
    )
    options = parser.parse_args(arguments)
    if options.yes and not options.uninstall:
        parser.error(_("--yes goes with --uninstall only"))
    if options.offline and options.environment:
        parser.error(_("--offline and --environment exclude each other"))
    only_looks = options.doctor or options.uninstall or options.test or options.download
    if only_looks and (options.gimp_profile or options.environment or options.offline):
        parser.error(_("--gimp-profile, --environment and --offline are for installing only"))
    return options
