"""What the machine does not give: room, permission, memory, time to end. Nothing is lost and nothing is left."""

from __future__ import annotations

import builtins
import errno
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import tifffile
import torch
from bench import DONE, FAILED, WRONG_USE, Bench, everything
from commands import ROOT
from wholes import mask_of_scratches, whole

from core import cli, detect, files, repair
from core.models import registry

KINDS = {
    "png": "rgb.png",
    "deep png": "deep.png",
    "tiff": "plain.tif",
    "deep tiff": "deep.tif",
    "jpeg": "rgb.jpg",
    "webp": "lossless.webp",
}
"""Photos whose results are written each in another way."""
ENDINGS = {"png": ".png", "deep png": ".png", "tiff": ".tif", "deep tiff": ".tif", "jpeg": ".jpg", "webp": ".webp"}
CAUSES = {
    "the disk is full": errno.ENOSPC,
    "the quota is used up": errno.EDQUOT,
    "the disk is broken": errno.EIO,
    "the disk is read-only": errno.EROFS,
    "no permission": errno.EACCES,
    "too many files": errno.EMFILE,
    "the share is gone": errno.ESTALE,
}
real_open = io.open


class Failing:
    """A file that takes so many bytes and then no more."""

    def __init__(self, stream: Any, room: int, error: int) -> None:
        self._stream, self._room, self._error = stream, room, error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __enter__(self) -> Failing:
        return self

    def __exit__(self, *_error: object) -> None:
        self._stream.close()

    def write(self, data: Any) -> int:
        self._room -= memoryview(data).nbytes
        if self._room < 0:
            raise OSError(self._error, os.strerror(self._error))
        return int(self._stream.write(data))


@pytest.fixture
def failing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], None]:
    """Lets all files below the results' folder take so many bytes and then fail; below 0 not even be opened."""

    def install(room: int, error: int) -> None:
        def opened(file: Any, mode: str = "r", *more: Any, **options: Any) -> Any:
            ours = isinstance(file, (str, os.PathLike)) and bench.out in Path(file).parents
            if not ours or not set(mode) & set("wax+"):
                return real_open(file, mode, *more, **options)
            if room < 0:
                raise OSError(error, os.strerror(error), str(file))
            return Failing(real_open(file, mode, *more, **options), room, error)

        monkeypatch.setattr(io, "open", opened)
        monkeypatch.setattr(builtins, "open", opened)

    return install


def restore(bench: Bench, kind: str) -> list[str | Path]:
    photo = bench.put(f"photo{ENDINGS[kind]}", whole(KINDS[kind]))
    mask = bench.put("mask.png", mask_of_scratches())
    return ["repair", photo, "--mask", mask, "--model", "telea", "--output", bench.out / f"new{ENDINGS[kind]}"]


@pytest.mark.parametrize("kind", KINDS)
def test_with_room_it_is_done(kind: str, bench: Bench, failing: Callable[[int, int], None]) -> None:
    """The fault itself is what makes the others fail."""
    failing(1 << 30, errno.ENOSPC)
    assert bench.run(*restore(bench, kind)).code == DONE
    assert [path.name for path in bench.out.iterdir()] == [f"new{ENDINGS[kind]}"]


@pytest.mark.parametrize("room", [-1, 0, 1000])
@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_result_that_cannot_be_written(
    kind: str, cause: str, room: int, bench: Bench, failing: Callable[[int, int], None]
) -> None:
    failing(room, CAUSES[cause])
    sentence = bench.refused(*restore(bench, kind))
    assert "cannot be written: " in sentence and os.strerror(CAUSES[cause]) in sentence


@pytest.mark.parametrize("cause", ["the disk is full", "no permission"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_stood_there_stays(kind: str, cause: str, bench: Bench, failing: Callable[[int, int], None]) -> None:
    (bench.out / f"new{ENDINGS[kind]}").write_bytes(b"the old one")
    failing(100, CAUSES[cause])
    bench.refused(*restore(bench, kind), "--overwrite")
    assert (bench.out / f"new{ENDINGS[kind]}").read_bytes() == b"the old one"


@pytest.mark.parametrize("name", ["mkdir", "replace"])
@pytest.mark.parametrize("cause", CAUSES)
def test_a_folder_that_takes_no_file(cause: str, name: str, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(path: Path, *_given: Any, **_options: Any) -> None:
        raise OSError(CAUSES[cause], os.strerror(CAUSES[cause]), str(path))

    words = restore(bench, "png")
    monkeypatch.setattr(cli, "_log_to_file", lambda: None)  # which makes a folder too
    monkeypatch.setattr(Path, name, fails)
    assert os.strerror(CAUSES[cause]) in bench.refused(*words)


@pytest.mark.parametrize("cause", [name for name in CAUSES if name != "the disk is full"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_photo_that_may_not_be_read(kind: str, cause: str, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    words = restore(bench, kind)

    def opened(file: Any, mode: str = "r", *more: Any, **options: Any) -> Any:
        if isinstance(file, (str, bytes, os.PathLike)) and os.fsdecode(file) == str(words[1]) and mode == "rb":
            raise OSError(CAUSES[cause], os.strerror(CAUSES[cause]), str(file))
        return real_open(file, mode, *more, **options)

    before = everything(bench.folder)
    with monkeypatch.context() as patched:
        patched.setattr(io, "open", opened)
        patched.setattr(builtins, "open", opened)
        told = bench.run(*words)
    assert everything(bench.folder) == before
    assert told.code == FAILED
    assert f"cannot be read: {os.strerror(CAUSES[cause])}." in told.err and "damaged" not in told.err


@pytest.mark.skipif(sys.platform != "linux", reason="file systems of Linux")
@pytest.mark.parametrize("folder", ["/proc/daguerre", "/proc/1", "/sys/daguerre", "/dev/null/daguerre", "/dev/full"])
def test_a_folder_where_nobody_can_write(folder: str, bench: Bench) -> None:
    """Real ones, where not even root can."""
    photo = bench.put("photo.png", whole("rgb.png"))
    bench.refused("detect", photo, "--model", "classical", "--output", f"{folder}/new.png")


@pytest.mark.parametrize("where", ["new.png/mask.png", "new.png/a/b/mask.png"])
def test_a_folder_that_is_a_file(where: str, bench: Bench) -> None:
    (bench.out / "new.png").write_bytes(b"the old one")
    photo = bench.put("photo.png", whole("rgb.png"))
    bench.refused("detect", photo, "--model", "classical", "--output", bench.out / where)


@pytest.mark.parametrize("name", ["x" * 300 + ".png", "x" * 245 + ".png"], ids=["too long", "too long until written"])
def test_a_result_whose_name_is_too_long(name: str, bench: Bench) -> None:
    photo = bench.put("photo.png", whole("rgb.png"))
    words = ["detect", photo, "--model", "classical", "--output", bench.out / name]
    bench.refused(*words, code=(FAILED, WRONG_USE))


def test_a_log_that_cannot_be_written_stops_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    (bench.folder / "data").write_bytes(b"not a folder")
    assert bench.run(*restore(bench, "png")).code == DONE


# Memory

ENDS: dict[str, Callable[[], BaseException]] = {
    "Python": MemoryError,
    "NumPy": lambda: np.exceptions.__dict__.get("_ArrayMemoryError", MemoryError)("Unable to allocate 9 GiB"),
    "OpenCV": lambda: cv2.error(
        "OpenCV(5.0.0) alloc.cpp:73: error: (-4:Insufficient memory) Failed to allocate 9 bytes"
    ),
    "PyTorch": lambda: RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory: you tried to allocate 9"),
    "the GPU": lambda: torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 9.00 GiB"),
}
STEPS: dict[str, tuple[Any, str]] = {
    "reading the header": (files, "_header"),
    "reading the pixels": (files, "_shallow_pixels"),
    "reading the mask": (files, "read_mask"),
    "loading the model": (registry, "_opencv_inpaint"),
    "repairing": (repair, "run"),
    "bringing it together": (repair, "repaired_samples"),
    "writing": (files, "_pillow_image"),
    "keeping it": (files, "write_whole"),
}


@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize("step", STEPS)
def test_when_memory_ends(step: str, ends: str, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_given: Any, **_options: Any) -> None:
        raise ENDS[ends]()

    place, name = STEPS[step]
    if step == "loading the model":
        monkeypatch.setitem(registry.ARCHITECTURES, "opencv-inpaint", fails)
    else:
        monkeypatch.setattr(place, name, fails)
    sentence = bench.refused(*restore(bench, "png"))
    assert "There is not enough memory for this photo" in sentence


@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize("name", ["deep.tif", "deep.png", "float.tif"])
def test_when_memory_ends_over_a_deep_photo(
    name: str, ends: str, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_given: Any, **_options: Any) -> None:
        raise ENDS[ends]()

    monkeypatch.setattr(tifffile.TiffPage, "asarray", fails)
    monkeypatch.setattr(cv2, "imdecode", fails)
    sentence = bench.must_fail(bench.put(name, whole(name)))
    assert "There is not enough memory for this photo" in sentence


@pytest.mark.parametrize("error", [RuntimeError("a bug"), KeyError("x"), AssertionError(), RecursionError("deep")])
def test_a_mistake_of_the_program_is_said_in_a_sentence_too(
    error: Exception, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_given: Any, **_options: Any) -> None:
        raise error

    monkeypatch.setattr(detect, "run", fails)
    words = [
        "detect",
        bench.put("photo.png", whole("rgb.png")),
        "--model",
        "classical",
        "--output",
        bench.out / "m.png",
    ]
    before = everything(bench.folder)
    told = bench.run(*words)
    assert told.code == FAILED and everything(bench.folder) == before
    assert f"Daguerre made a mistake ({type(error).__name__}); the log has the details" in told.err
    assert len(told.err.splitlines()) == 2 and "Traceback" in (bench.folder / "data" / "daguerre.log").read_text()


# Killed

MOMENTS = [
    "files.read_photo before",
    "files.read_photo after",
    "files.read_mask after",
    "repair.run before",
    "repair.run after",
    "files.write_photo before",
    "files._write_with_pillow before",
    "files._write_with_pillow after",
    "files.write_photo after",
]
KILLED = """
import os, signal, socket, sys
sys.path.insert(0, {root!r})
def no_network(*_given):
    print("a connection was tried", flush=True)
    raise OSError
socket.socket.connect = no_network
from core import files, repair
def killed_there(place, name, when):
    true = getattr(place, name)
    def instead(*given, **options):
        if when == "before":
            os.kill(os.getpid(), {number})
        answer = true(*given, **options)
        os.kill(os.getpid(), {number})
        return answer
    setattr(place, name, instead)
place, name, when = {moment!r}
killed_there({{"files": files, "repair": repair}}[place], name, when)
from core.__main__ import main
sys.exit(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "stopped"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_a_step(moment: str, number: signal.Signals, bench: Bench) -> None:
    """The inputs and the older result are whole; what a kill leaves half-written does not bear the result's name."""
    words = [*map(str, restore(bench, "png")), "--overwrite"]
    (bench.out / "new.png").write_bytes(b"the old one")
    before = everything(bench.folder)
    place, _dot, rest = moment.partition(".")
    code = KILLED.format(root=str(ROOT), number=int(number), moment=(place, *rest.split()))
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, timeout=120)
    after = everything(bench.folder)
    assert "a connection" not in done.stdout and "Traceback" not in done.stderr
    left = [name for name in after if name.endswith(".daguerre-part.png")]
    for name in left:
        assert after.pop(name) is not None
    if moment == "files.write_photo after":
        with io.BytesIO((bench.out / "new.png").read_bytes()) as stream:
            assert cv2.imdecode(np.frombuffer(stream.getvalue(), np.uint8), -1) is not None
        after["out/new.png"] = before["out/new.png"]
    assert after == before
    if number == signal.SIGTERM:
        assert done.returncode == FAILED and done.stderr == "Stopped.\n" and not left
    else:
        assert done.returncode == -signal.SIGKILL
        assert bool(left) == (moment == "files._write_with_pillow after")


@pytest.mark.parametrize("age,stays", [(0.0, True), (600.0, True), (7200.0, False)])
def test_what_a_killed_one_left_goes_when_it_is_old(age: float, stays: bool, bench: Bench) -> None:
    """A young one may be another process's, which still writes. Whichever result it was of, the next one sweeps it."""
    words = restore(bench, "png")
    lefts = [bench.out / f".{name}.1.daguerre-part{ending}" for name, ending in (("new", ".png"), ("older", ".tif"))]
    others = [
        bench.out / name for name in (".new.1.part.png", "daguerre-part.png", ".daguerre-part", "a.daguerre-part.png")
    ]
    below = bench.out / "below" / ".new.1.daguerre-part.png"
    below.parent.mkdir()
    for path in (*lefts, *others, below):
        path.write_bytes(b"half")
        os.utime(path, (time.time() - age,) * 2)
    assert bench.run(*words).code == DONE
    assert [path.exists() for path in lefts] == [stays, stays] and all(path.exists() for path in (*others, below))


def test_two_at_once_leave_each_others_half_written_files(tmp_path: Path) -> None:
    """One writes for as long as it likes while the other one writes beside it."""

    def quickly(part: Path) -> None:
        part.write_bytes(b"second")

    def slowly(part: Path) -> None:
        part.write_bytes(b"half")
        files.write_whole(tmp_path / "second.png", False, quickly)
        assert part.read_bytes() == b"half"
        part.write_bytes(b"whole")

    files.write_whole(tmp_path / "first.png", False, slowly)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "first.png": b"whole",
        "second.png": b"second",
    }
