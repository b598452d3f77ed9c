"""Each test that asks for `gimp` runs in every GIMP that is found; see gimps.py."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import gimps

NONE = "none"

_roots: list[Path | str | None] = [*gimps.roots()] or [NONE]


def _name(root: Path | str | None) -> str:
    return root.name if isinstance(root, Path) else root or "installed"


@pytest.fixture(scope="session", params=_roots, ids=[_name(root) for root in _roots])
def gimp(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[gimps.Gimp]:
    if request.param == NONE:
        pytest.skip(gimps.HOW_TO_GET_ONE)
    home = tmp_path_factory.mktemp(f"{_name(request.param)}-")
    (home / "engine").mkdir()
    program = gimps.Gimp(request.param, home, gimps.engine_python(home / "engine"))
    program.install()
    yield program
