"""The private folders of jobs: held, removed, and swept once nobody holds them."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core import jobfolder

HOLD = """
import sys
from pathlib import Path
from core import jobfolder
jobfolder.hold(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_a_folder_is_its_owners_alone(tmp_path: Path) -> None:
    folder = jobfolder.create(tmp_path / "deep" / "jobs")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert jobfolder.is_one(folder)


def test_every_job_has_its_own(tmp_path: Path) -> None:
    assert len({jobfolder.create(tmp_path) for _job in range(20)}) == 20


def test_what_nobody_holds_is_swept(tmp_path: Path) -> None:
    folder = jobfolder.create(tmp_path)
    (folder / "photo.npy").write_bytes(b"pixels")
    assert jobfolder.sweep(tmp_path, older_than=0) == 1 and not folder.exists()


def test_a_young_folder_is_left_alone(tmp_path: Path) -> None:
    folder = jobfolder.create(tmp_path)
    assert jobfolder.sweep(tmp_path) == 0 and folder.exists()
    long_ago = time.time() - 3600
    os.utime(folder, (long_ago, long_ago))
    assert jobfolder.sweep(tmp_path) == 1 and not folder.exists()


def test_what_one_of_two_still_holds_is_left_alone(tmp_path: Path) -> None:
    folder = jobfolder.create(tmp_path)
    first, second = jobfolder.hold(folder), jobfolder.hold(folder)
    assert jobfolder.sweep(tmp_path, older_than=0) == 0
    os.close(first)
    assert jobfolder.sweep(tmp_path, older_than=0) == 0 and folder.exists()
    os.close(second)
    assert jobfolder.sweep(tmp_path, older_than=0) == 1


def test_a_holder_that_was_killed_holds_no_more(tmp_path: Path) -> None:
    folder = jobfolder.create(tmp_path)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    with holder:
        assert holder.stdout and holder.stdout.readline() == b"held\n"
        assert jobfolder.sweep(tmp_path, older_than=0) == 0 and folder.exists()
        holder.send_signal(signal.SIGKILL)
    assert jobfolder.sweep(tmp_path, older_than=0) == 1 and not folder.exists()


def test_a_folder_whose_maker_died_before_its_lock_is_swept(tmp_path: Path) -> None:
    (tmp_path / "job-half").mkdir()
    assert jobfolder.sweep(tmp_path, older_than=0) == 1


def test_only_job_folders_are_swept(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "wedding.tif").write_bytes(b"precious")
    assert jobfolder.sweep(tmp_path, older_than=0) == 0
    assert (tmp_path / "photos" / "wedding.tif").exists()


def test_a_link_named_like_a_job_takes_nothing_with_it(tmp_path: Path) -> None:
    precious = tmp_path / "photos"
    precious.mkdir()
    (precious / "wedding.tif").write_bytes(b"precious")
    jobs = tmp_path / "jobs"
    jobs.mkdir()
    (jobs / "job-link").symlink_to(precious)
    jobfolder.sweep(jobs, older_than=0)
    assert (precious / "wedding.tif").exists()
    assert not jobfolder.is_one(jobs / "job-link")


@pytest.mark.parametrize("name", ["photos", "job-without-lock", "job-file", "gone", "job-a\0b", "job-\ud800"])
def test_what_is_no_job_folder(name: str, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / jobfolder.LOCK_NAME).touch()
    (tmp_path / "job-without-lock").mkdir()
    (tmp_path / "job-file").touch()
    assert not jobfolder.is_one(tmp_path / name)


def test_a_folder_that_is_being_removed_cannot_be_held(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        jobfolder.hold(tmp_path / "job-gone")


def test_removing_what_is_gone_is_no_error(tmp_path: Path) -> None:
    jobfolder.remove(tmp_path / "job-gone")
    assert jobfolder.sweep(tmp_path / "nowhere") == 0
