"""The command as a process: exit codes, terminals, files that cannot be finished, and being stopped."""

from __future__ import annotations

import os
import pty
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from commands import ROOT, daguerre, json_lines, names_in, write_damaged
from pictures import noise

from core import files
from core.photo import Photo

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="terminals, limits and signals of Unix")


def test_exit_codes(tmp_path: Path) -> None:
    write_damaged(tmp_path / "anna.png")
    (tmp_path / "bad.png").write_bytes(b"no picture")
    done = daguerre("detect", tmp_path / "anna.png", "--output", tmp_path / "m.png", "--model", "classical")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{tmp_path / 'anna.png'} -> {tmp_path / 'm.png'}: ")
    failed = daguerre("detect", tmp_path / "bad.png", "--output", tmp_path / "n.png", "--model", "classical")
    assert failed.returncode == 1 and "bad.png is not a picture" in failed.stderr and failed.stdout == ""
    unknown = daguerre("detect", tmp_path / "anna.png", "--output", tmp_path / "n.png", "--model", "nonsense")
    assert unknown.returncode == 2 and "no model nonsense" in unknown.stderr
    for missing in (["detect"], [], ["dance"], ["detect", "a.png"], ["repair", "a.png", "--output", "b.png"]):
        assert daguerre(*missing).returncode == 2, missing


def test_help_and_version() -> None:
    helped = daguerre("detect", "--help")
    assert helped.returncode == 0
    for option in ("--sensitivity", "--min-size", "--max-size", "--grow", "--probability", "--overwrite", "--json"):
        assert option in helped.stdout
    assert "--dark ON|OFF" in helped.stdout and "default on" in helped.stdout
    assert daguerre("--version").stdout.startswith("daguerre ")


def test_relative_names_are_of_the_folder_one_is_in(tmp_path: Path) -> None:
    write_damaged(tmp_path / "anna.png")
    done = daguerre("detect", "anna.png", "--output", "out/", "--model", "classical", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert names_in(tmp_path / "out") == {"anna.png"}


def test_what_libraries_remark_stays_out_of_the_terminal_and_of_json(tmp_path: Path) -> None:
    """A TIFF that breaks off makes three libraries complain."""
    files.write_photo(Photo(noise(60, 80, 3, "uint16")), tmp_path / "cut.tif", overwrite=False)
    content = (tmp_path / "cut.tif").read_bytes()
    (tmp_path / "cut.tif").write_bytes(content[: len(content) // 2])
    told = daguerre("detect", tmp_path / "cut.tif", "--output", tmp_path / "m.png", "--model", "classical", "--json")
    assert told.returncode == 1 and told.stderr == ""
    assert json_lines(told.stdout)[-1]["type"] == "failed"


@pytest.mark.skipif(sys.platform != "linux", reason="file names of bytes")
def test_a_file_name_that_is_no_text(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.png")
    write_damaged(tmp_path / name)
    done = daguerre("detect", tmp_path / name, "--output", f"{tmp_path}/out/", "--model", "classical")
    assert done.returncode == 0, done.stderr
    assert names_in(tmp_path / "out") == {name}


def test_a_terminal_sees_a_bar_and_no_other_does(tmp_path: Path) -> None:
    for name in ("anna.png", "carl.png"):
        write_damaged(tmp_path / name)
    photos = [str(tmp_path / name) for name in ("anna.png", "carl.png")]
    command = [sys.executable, "-m", "core", "detect", *photos, "--output", f"{tmp_path}/out/", "--model", "classical"]
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, cwd=ROOT) as process:
        os.close(theirs)
        shown = b""
        try:
            while data := os.read(ours, 4096):
                shown += data
        except OSError:
            pass  # the terminal's other end is closed
        assert process.wait() == 0
    os.close(ours)
    assert b"[------------------------] 1/2 anna.png: Reading" in shown
    assert shown.rstrip(b"\n").endswith(b"\r\x1b[K")  # and nothing of it stays
    piped = daguerre("detect", *photos, "--output", f"{tmp_path}/out/", "--model", "classical", "--overwrite")
    assert piped.stderr == ""


@pytest.mark.parametrize("name", ["8.png", "16.png", "8.tif", "16.tif", "8.jpg", "8.webp"])
def test_when_the_disk_is_full_no_half_written_file_stays(name: str, tmp_path: Path) -> None:
    """The process may write 6000 bytes to a file and no more, as on a disk that fills up."""
    source = tmp_path / ("in.png" if name.startswith("8") else "in16.png")
    files.write_photo(Photo(noise(100, 120, 3, "uint16" if "16" in source.name else "uint8")), source, overwrite=False)
    out = tmp_path / "out"
    out.mkdir()
    (out / name).write_bytes(b"the old one")
    failed = daguerre(
        *("restore", source, "--output", out / name, "--set", "detect.model=classical", "--overwrite"),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000)),
    )
    assert failed.returncode == 1, failed.stderr
    assert names_in(out) == {name} and (out / name).read_bytes() == b"the old one"
    assert "Traceback" not in failed.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_when_it_is_stopped_no_half_written_file_stays(number: signal.Signals, tmp_path: Path) -> None:
    """Stopped while it writes a large result: the moment at which a part stands beside the final name."""
    files.write_photo(Photo(noise(1500, 2000, 3)), tmp_path / "anna.png", overwrite=False)
    out = tmp_path / "out"
    out.mkdir()
    command = ["detect", str(tmp_path / "anna.png"), "--output", f"{out}/", "--model", "classical", "--probability"]
    with subprocess.Popen(
        [sys.executable, "-m", "core", *command], stderr=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        while not names_in(out) and process.poll() is None:
            time.sleep(0.001)
        process.send_signal(number)
        _out, told = process.communicate(timeout=60)
    if process.returncode == 0:
        assert names_in(out) == {"anna.png"}  # it was quicker
    else:
        assert process.returncode == 1 and told.decode().strip() == "Stopped."
        assert names_in(out) == set()


def test_when_nobody_reads_its_output_it_ends_quietly(tmp_path: Path) -> None:
    for index in range(3):
        write_damaged(tmp_path / f"{index}.png")
    photos = [str(tmp_path / f"{index}.png") for index in range(3)]
    command = ["detect", *photos, "--output", f"{tmp_path}/out/", "--model", "classical", "--json"]
    with subprocess.Popen(
        [sys.executable, "-m", "core", *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout and process.stderr
        process.stdout.close()
        told = process.stderr.read().decode()
        assert process.wait(timeout=60) != 0
    assert "Traceback" not in told


def test_try_goes_through_an_engine_and_writes_before_mask_and_after(tmp_path: Path) -> None:
    sample = ROOT / "docs" / "samples" / "expedition_1897.jpg"
    done = daguerre("try", sample, tmp_path / "trial")
    assert done.returncode == 0, done.stderr
    assert names_in(tmp_path / "trial") == {"before.png", "mask.png", "after.png"}
    assert (tmp_path / "data" / "jobs").exists() and names_in(tmp_path / "data" / "jobs") == set()
