"""However a run ends, no process and no file of it stays: engine killed, plug-in killed, GIMP killed."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import gimps
from processes import clears_up, end, engine, folders, over, plugin, processes, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


@contextmanager
def long_run(gimp: gimps.Gimp) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """GIMP in the middle of a long repair, and the file of its report."""
    report = gimp.home / "long_run.json"
    report.unlink(missing_ok=True)
    process = gimp.start("long_run", report, cleans=False)
    try:
        assert until(lambda: list(gimp.jobs.glob("*/drawn.npy")) and engine(gimp), 60), "the run did not begin"
        time.sleep(2)
        assert engine(gimp) and not report.exists(), "the run was over too soon"
        yield process, report
    finally:
        for pid in [*processes(gimp, "gimp"), *engine(gimp), *plugin(gimp)]:
            end(pid)
        process.communicate(timeout=30)


def test_engine_killed(gimp: gimps.Gimp) -> None:
    with long_run(gimp) as (process, report):
        killed = engine(gimp)
        assert killed
        for pid in killed:
            end(pid)
        assert over(gimp, lambda: not folders(gimp) and not engine(gimp))
        assert until(report.exists, 20)
        process.communicate(timeout=60)
        said = json.loads(report.read_text(encoding="utf-8"))["check_long_repair"]["said"]
        assert said["status"].endswith(("execution-error", "0")), said
        assert said["text"].startswith("The computation ended by itself; the image is as it was.")
        assert said["tree"] == ["marks", "scan"]


def test_plugin_killed(gimp: gimps.Gimp) -> None:
    with long_run(gimp) as (process, report):
        killed = plugin(gimp)
        assert killed
        for pid in killed:
            end(pid)
        assert over(gimp, lambda: not folders(gimp) and not engine(gimp)), (folders(gimp), engine(gimp))
        process.communicate(timeout=60)
        assert json.loads(report.read_text(encoding="utf-8"))["check_long_repair"]["said"]["tree"] == ["marks", "scan"]


def test_gimp_killed(gimp: gimps.Gimp) -> None:
    with long_run(gimp) as (process, _):
        end(process.pid)
        assert clears_up(gimp), (folders(gimp), engine(gimp), plugin(gimp))
