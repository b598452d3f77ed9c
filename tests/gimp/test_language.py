"""GIMP in French: its menu, the procedures' texts, the layers and what the engine says are French too."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import gimps
from test_inside import checks

MODULE = "language_checks"


@pytest.fixture(scope="module")
def said(gimp: gimps.Gimp, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """What each check said in a GIMP with a profile of its own that speaks French."""
    neutral = Path(gimp.root or "/") / "usr/lib/locale/C.utf8"
    if not neutral.is_dir():
        pytest.skip("this system has no folder of the locale C.utf8 to make a French one of")
    home = tmp_path_factory.mktemp("french-")
    # What a locale is called decides on the language of texts.
    shutil.copytree(neutral, home / "locales" / "fr_FR.utf8")
    french = gimps.Gimp(gimp.root, home, gimp.engine)
    french.install()
    report = home / "report.json"
    speaks = {"LOCPATH": str(home / "locales"), "LC_ALL": "fr_FR.UTF-8", "LANGUAGE": "fr"}
    output, _ = french.start(MODULE, report, **speaks).communicate(timeout=900)
    assert report.exists(), output.decode("utf-8", "replace")[-4000:]
    said: dict[str, dict[str, str]] = json.loads(report.read_text(encoding="utf-8"))
    return said


@pytest.mark.parametrize("check", checks(MODULE))
def test_in_french(said: dict[str, dict[str, str]], check: str) -> None:
    assert not said[check]["error"], said[check]["error"]
