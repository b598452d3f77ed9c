"""The development environment of a checkout, and every check and test in it."""

from __future__ import annotations

import subprocess

from core.translation import _

from .environment import interpreter, is_complete, key_of, make_environment
from .program import ROOT, project

CHECKS = ("ruff check", "mypy", "lint-imports")


def test() -> int:
    """Set .venv up where it is not up to date, then run all; the exit code of the tests, or 1 where a check failed."""
    wanted = project()
    extras = wanted["optional-dependencies"]
    requirements = [*wanted["dependencies"], *extras["dev"], *extras["training"]]
    folder, key = ROOT / ".venv", key_of(*requirements)
    if not is_complete(folder, key):
        print(_("Making the development environment in {folder}").format(folder=folder), flush=True)
        make_environment(folder, key, ROOT, requirements)
    python = interpreter(folder)
    failed = []
    for check in CHECKS:
        print(f"== {check}", flush=True)
        name, *options = check.split()
        if subprocess.run([python.with_name(name), *options], cwd=ROOT).returncode:
            failed.append(check)
    print("== pytest", flush=True)
    code = subprocess.run([python, "-m", "pytest"], cwd=ROOT).returncode
    if failed:
        print(_("These checks failed, see above the tests: {names}").format(names=", ".join(failed)))
    return code or len(failed)
