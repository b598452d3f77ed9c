"""The options of install.py, and what becomes of failures: one sentence."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence

from core.translation import _

from .development import test
from .doctor import doctor
from .installation import install, uninstall
from .problem import Problem, sentence


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code: 0 done, 1 failed or something is wrong; wrong use ends with 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    options = parsed(arguments)
    try:
        if options.test:
            return test()
        if options.doctor:
            return doctor()
        if options.uninstall:
            return uninstall(options.yes)
        return install(options.gimp_profile, options.environment)
    except Problem as problem:
        print(problem, file=sys.stderr)
    except OSError as error:
        print(sentence(error), file=sys.stderr)
    except KeyboardInterrupt:
        print(_("Stopped."), file=sys.stderr)
    return 1


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="install.py", description=_("Sets Daguerre up on this machine."))
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--doctor", action="store_true", help=_("say what is where, and what is wrong with it"))
    what.add_argument("--uninstall", action="store_true", help=_("take everything away again"))
    what.add_argument("--test", action="store_true", help=_("for developers: set up .venv, run all checks and tests"))
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
    if (options.gimp_profile or options.environment) and (options.doctor or options.uninstall or options.test):
        parser.error(_("--gimp-profile and --environment are for installing only"))
    return options
