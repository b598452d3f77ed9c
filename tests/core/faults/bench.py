"""A folder to try faults in: commands are run there, and what they say and leave behind is looked at closely."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core import cli, files
from core.cli import DONE, FAILED, WRONG_USE

LARGE = 1 << 24
"""Bytes from which on a file is compared by its size and time alone."""
CRYPTIC = ("Traceback", "made a mistake", "[Errno", "object at 0x", "<class")
"""What no person should have to read."""


@dataclass(frozen=True)
class Told:
    """A command's exit code and what it printed."""

    code: int
    out: str
    err: str


class Bench:
    """A folder with inputs in `given` and results in `out`; everything in it is looked after."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.given, self.out = folder, folder / "given", folder / "out"
        self.given.mkdir()
        self.out.mkdir()
        self._capsys = capsys

    def put(self, name: str, content: bytes) -> Path:
        """A file among the inputs."""
        path = self.given / name
        path.write_bytes(content)
        return path

    def run(self, *words: str | Path) -> Told:
        """`daguerre` with these words, in this process."""
        self._capsys.readouterr()
        try:
            code = cli.run([str(word) for word in words])
        except SystemExit as end:  # argparse's way
            code = int(end.code or 0)
        for thread in threading.enumerate():
            if thread.name == "loading":
                thread.join()
        return Told(code, *self._capsys.readouterr())

    def refused(self, *words: str | Path, code: int | tuple[int, ...] = FAILED) -> str:
        """The one sentence with which the command fails; every file is as it was before, and no other is there."""
        before = everything(self.folder)
        told = self.run(*words)
        assert told.code in (code if isinstance(code, tuple) else (code,)), told
        assert told.out == "", told
        assert everything(self.folder) == before
        return only_sentence(told.err)

    def done_or_refused(self, photo: Path, result: str = "mask.png", *options: str) -> str | None:
        """Detects damage in a photo that may be readable or not; returns the sentence where it is not.

        Where it is, there is a whole mask of the photo's size, and nothing else is new.
        """
        before = everything(self.folder)
        told = self.run("detect", photo, "--output", self.out / result, "--model", "classical", *options)
        after = everything(self.folder)
        if told.code == FAILED:
            assert told.out == "" and after == before, told
            return only_sentence(told.err)
        assert told.code == DONE, told
        made = self.out / result
        assert after.pop(str(made.relative_to(self.folder))) and after == before
        assert told.out.startswith(f"{photo} -> {made}: ") and len(told.out.splitlines()) == 1
        for note in told.err.splitlines():
            check_sentence(note.strip())
        with Image.open(made) as mask:
            values = np.asarray(mask)
        photo_read = files.read_photo(photo)
        assert values.shape == (photo_read.height, photo_read.width) and set(np.unique(values)) <= {0, 255}
        return None

    def must_fail(self, photo: Path) -> str:
        """The sentence with which the detection of damage in a photo fails."""
        return self.refused("detect", photo, "--output", self.out / "mask.png", "--model", "classical")

    def must_refuse(self, photo: Path) -> str:
        """The sentence with which a photo that cannot be read is refused; it names the file."""
        sentence = self.must_fail(photo)
        assert photo.name in sentence
        return sentence


def everything(folder: Path) -> dict[str, object]:
    """All that is in a folder but the log, by name: contents, and times where nothing is to be written."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        if path == folder / "data" or path.name.startswith("daguerre.log"):
            continue
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = path.readlink()
        elif path.is_file():
            state = path.stat()
            small = state.st_size < LARGE
            found[name] = (state.st_mtime_ns, path.read_bytes() if small else state.st_size)
        else:
            found[name] = path.lstat().st_mode
    return found


def only_sentence(err: str) -> str:
    """The sentence of a command that failed over one photo, or that was not given as it must be."""
    lines = err.splitlines()
    if lines and lines[0] == "1 of 1 photos could not be done:":
        assert len(lines) == 2, err
        text = lines[1].strip()
    else:
        assert len(lines) == 1 and lines[0].startswith("daguerre: "), err
        text = lines[0].removeprefix("daguerre: ")
    check_sentence(text)
    return text


def check_sentence(text: str) -> None:
    """A person can read it: one line that ends in a full stop, of a bearable length, without a program's inner life."""
    text = re.sub(r"\S{250,}", "NAME", text)  # a name may be of any length
    assert re.fullmatch(r"[^\n\x00-\x1f]{10,700}[.]", text), text
    assert not [part for part in CRYPTIC if part in text], text
    assert not re.search(r"\b[A-Z][A-Za-z]+(Error|Exception)\b", text), text


__all__ = ["DONE", "FAILED", "WRONG_USE", "Bench", "Told", "check_sentence", "everything", "only_sentence"]
