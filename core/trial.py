"""A trial of the installation: a sample photo through an engine of its own, the way the plug-in does it."""

from __future__ import annotations

import io
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from . import files, handoff, jobfolder, places
from .photo import Photo
from .protocol import LineBuffer, ProtocolError, decoded, encoded, is_same_version
from .translation import _

PATIENCE = 10.0
"""Seconds that the engine has to end."""


def try_out(photo_file: Path, folder: Path) -> int:
    """Restore the photo and write before.png, mask.png and after.png into the folder; prints where they are.

    Returns an exit code: 0 done, 1 where the engine failed (a sentence says why).
    """
    photo = files.read_photo(photo_file)
    folder.mkdir(parents=True, exist_ok=True)
    job = jobfolder.create(places.jobs_folder())
    engine = subprocess.Popen(
        [sys.executable, "-I", "-X", "utf8", "-m", "core", "engine"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        np.save(job / "photo.npy", photo.samples)
        answer = _answer(engine, _request(job, photo_file.name))
        if answer["type"] != "done":
            print(f"daguerre: {answer['text']}", file=sys.stderr)
            return 1
        # The engine removes the job's folder when its input ends: what it made is read before.
        mask = np.array(handoff.read_array(job, "mask.npy"))
        after = np.array(handoff.read_array(job, "result.npy")) if "photo" in answer["files"] else photo.samples
    finally:
        _end(engine)
        jobfolder.remove(job)
    files.write_photo(photo, folder / "before.png", overwrite=True)
    files.write_grey(mask, folder / "mask.png", overwrite=True)
    files.write_photo(Photo(after, None, photo.encoding, None, photo.metadata), folder / "after.png", overwrite=True)
    for name in ("before", "mask", "after"):
        print(f"{name}: {folder / name}.png")
    print(answer["text"])
    return 0


def _request(job: Path, name: str) -> dict[str, Any]:
    return {
        "type": "run",
        "id": 1,
        "tool": "restore",
        "folder": str(job),
        "settings": {},
        "want": ["mask", "photo"],
        "photo": {"samples": "photo.npy", "alpha": False, "name": name},
    }


def _answer(engine: subprocess.Popen[bytes], request: dict[str, Any]) -> dict[str, Any]:
    """The engine's last word on a request."""
    assert engine.stdin and isinstance(engine.stdout, io.BufferedReader)
    lines = LineBuffer()
    try:
        while data := engine.stdout.read1(1 << 16):
            for message in map(decoded, lines.feed(data)):
                if message["type"] == "hello":
                    if not is_same_version(message):
                        return _failed(_("Daguerre was updated: run install.py once more."))
                    engine.stdin.write(encoded(request))
                    engine.stdin.flush()
                elif message["type"] != "progress":
                    return message if _is_answer(message) else _not_understood()
    except ProtocolError:
        return _not_understood()
    except BrokenPipeError:
        pass
    return _failed(_("The engine stopped before it answered."))


def _is_answer(message: dict[str, Any]) -> bool:
    """Whether all is there that is read of an answer."""
    if not isinstance(message.get("text"), str) or not message["text"]:
        return False
    return message["type"] == "failed" or (message["type"] == "done" and isinstance(message.get("files"), dict))


def _failed(text: str) -> dict[str, Any]:
    return {"type": "failed", "text": text}


def _not_understood() -> dict[str, Any]:
    return _failed(_("The engine's answer cannot be understood: run install.py once more."))


def _end(engine: subprocess.Popen[bytes]) -> None:
    """Let the engine end by itself, or, where it does not, end it."""
    for stream in (engine.stdin, engine.stdout):
        if stream:
            with suppress(BrokenPipeError):
                stream.close()
    try:
        engine.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        engine.kill()
        engine.wait()
