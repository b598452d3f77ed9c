"""However an engine ends, it leaves no process and no file behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from engines import COMMAND, PATIENCE, Engine, Job, gone_within
from pictures import photo_samples, scratches

from core import jobfolder, places
from core.protocol import encoded

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")


def busy(engine: Engine, tool: str = "detect") -> Job:
    """The folder of a job in the middle of which the engine is."""
    engine.greeting()
    work = Job(photo_samples(2500, 3000))
    mask = work.add("drawn.npy", scratches(2500, 3000, 40)) if tool == "repair" else None
    message = work.run(1, tool, settings={"model": "classical"} if tool == "detect" else {}, want=["mask", "fill"])
    engine.send({**message, "mask": mask} if mask else message)
    if tool == "detect":
        engine.wait_for_progress(1)
    else:
        engine.next()
        time.sleep(0.3)  # in the middle of one long filling
    return work


@pytest.mark.parametrize("tool", ["detect", "repair"])
def test_when_its_input_ends_it_is_gone_and_its_folder_too(tool: str, tmp_path: Path) -> None:
    with Engine(tmp_path / "engine.log") as engine:
        work = busy(engine, tool)
        start = time.monotonic()
        engine.close_input()
        assert engine.process.wait(timeout=PATIENCE) == 0
        assert time.monotonic() - start < 2
        assert not work.folder.exists()


def test_folders_of_waiting_and_finished_jobs_go_too(tmp_path: Path) -> None:
    with Engine(tmp_path / "engine.log") as engine:
        engine.greeting()
        finished, running, waiting = (Job(photo_samples(size, size)) for size in (60, 2500, 60))
        engine.send(finished.run(1, "detect", settings={"model": "classical"}, want=["mask"]))
        assert engine.answer(1)["type"] == "done"
        engine.send(running.run(2, "detect", settings={"model": "classical"}))
        engine.send(waiting.run(3, "detect"))
        engine.wait_for_progress(2)
        engine.close_input()
        engine.process.wait(timeout=PATIENCE)
    assert not any(job.folder.exists() for job in (finished, running, waiting))


def test_no_folder_is_removed_because_a_message_named_it(tmp_path: Path) -> None:
    """Neither a photo collection nor anything else that is no job's own folder."""
    precious = tmp_path / "job-photos"
    precious.mkdir()
    (precious / "wedding.tif").write_bytes(b"precious")
    link = places.jobs_folder() / "job-link"
    link.parent.mkdir(parents=True)
    link.symlink_to(precious)
    with Engine(tmp_path / "engine.log") as engine:
        engine.greeting()
        for number, folder in enumerate((precious, link, precious / "..", link.parent)):
            message = {"type": "run", "id": number, "tool": "detect", "photo": {"samples": "a.npy"}}
            engine.send({**message, "folder": str(folder)})
            assert engine.answer(number)["type"] == "failed"
        engine.close_input()
        assert engine.process.wait(timeout=PATIENCE) == 0
    assert (precious / "wedding.tif").read_bytes() == b"precious"


def test_when_nobody_reads_its_answers_it_ends(tmp_path: Path) -> None:
    work = Job(photo_samples(1200, 1200))
    with (tmp_path / "engine.log").open("wb") as log:
        process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, cwd=tmp_path)
    assert process.stdin and process.stdout
    process.stdout.readline()
    process.stdout.close()
    process.stdin.write(encoded(work.run(1, "detect", settings={"model": "classical"})))
    process.stdin.flush()
    assert process.wait(timeout=PATIENCE) == 0
    process.stdin.close()
    assert not work.folder.exists()


def test_when_the_other_side_is_killed_the_engine_ends(tmp_path: Path) -> None:
    """A client that starts an engine, hands it a job and is killed with SIGKILL, as GIMP does with plug-ins."""
    client = tmp_path / "client.py"
    client.write_text(
        "import subprocess, sys, time\n"
        "import numpy as np\n"
        "from engines import COMMAND, Job\n"
        "from pictures import photo_samples\n"
        "from core.protocol import encoded\n"
        "work = Job(photo_samples(2500, 3000))\n"
        "engine = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)\n"
        "engine.stdout.readline()\n"
        "engine.stdin.write(encoded(work.run(1, 'detect', settings={'model': 'classical'})))\n"
        "engine.stdin.flush()\n"
        "engine.stdout.readline()\n"
        "print(engine.pid, work.folder, flush=True)\n"
        "time.sleep(600)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    process = subprocess.Popen([sys.executable, str(client)], stdout=subprocess.PIPE, env=environment, text=True)
    assert process.stdout
    pid, folder = process.stdout.readline().split()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert gone_within(Path(folder), 2)
    assert gone_within(Path(f"/proc/{pid}/exe"), 2) if sys.platform == "linux" else True


def test_a_killed_engine_leaves_a_folder_that_the_next_start_sweeps(tmp_path: Path) -> None:
    with Engine(tmp_path / "engine.log") as engine:
        work = busy(engine)
        engine.process.send_signal(signal.SIGKILL)
        engine.process.wait()
    assert work.folder.exists()
    assert jobfolder.sweep(places.jobs_folder(), older_than=0) == 1
    assert not work.folder.exists()


def test_the_client_that_still_holds_the_folder_keeps_it(tmp_path: Path) -> None:
    with Engine(tmp_path / "engine.log") as engine:
        work = busy(engine)
        lock = jobfolder.hold(work.folder)
        engine.process.send_signal(signal.SIGKILL)
        engine.process.wait()
    assert jobfolder.sweep(places.jobs_folder(), older_than=0) == 0
    os.close(lock)
    assert jobfolder.sweep(places.jobs_folder(), older_than=0) == 1


def test_when_the_folder_is_taken_away_the_request_fails_and_the_engine_lives(tmp_path: Path) -> None:
    with Engine(tmp_path / "engine.log") as engine:
        work = busy(engine)
        jobfolder.remove(work.folder)
        assert engine.answer(1)["type"] == "failed"
        small = Job(np.zeros((20, 20, 3), np.uint8))
        engine.send(small.run(2, "detect", settings={"model": "classical"}))
        assert engine.answer(2)["type"] == "done"
