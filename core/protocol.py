"""The words spoken between the plug-in, the window and the engine. Standard library only, Python 3.9 or newer.

One JSON object a line, at most MAX_LINE bytes, UTF-8. Pixels travel as files in the job's private folder and are
named by plain file names. The engine speaks first:

    {"type": "hello", "protocol": 1, "tools": HASH, "version": "0.1.0"}

The other side then sends any of

    {"type": "run", "id": 1, "tool": "restore", "folder": "/...", "settings": {...}, "want": ["mask", "fill"],
     "photo": {"samples": "photo.npy", "alpha": true, "curve": "profile", "profile": "photo.icc",
               "selection": "selection.npy", "name": "scan.tif"},
     "mask": "drawn.npy"}
    {"type": "cancel", "id": 1}
    {"type": "models", "id": 2}

and gets, for each request, any number of "progress" and then exactly one of "done", "failed", "cancelled":

    {"type": "progress", "id": 1, "fraction": 0.25, "text": "Finding damage"}
    {"type": "done", "id": 1, "files": {"mask": "mask.npy", "fill": "fill.npy"}, "text": "...", "facts": {...}}
    {"type": "failed", "id": 1, "kind": "person", "text": "..."}
    {"type": "cancelled", "id": 1}

The arrays (.npy, C order):

    samples    (H, W, C) in the layer's own type; the last channel is alpha where "alpha" is true; C is 1 to 4
    selection  (H, W) uint8, 255 where the tool may change the photo
    mask in    (H, W) uint8, damage from 128 on; or (H, W, 4) uint8 sRGB-encoded RGBA of a mask layer
    mask       (H, W) uint8, 0 or 255
    fill       (H, W, C + 1 or C) type of the samples, always with alpha: the repaired pixels, transparent elsewhere
    photo      like samples: the whole photo with the repair in it

A process ends when its standard input ends; the engine then removes the folders it was working in.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any, Mapping, Optional, Tuple, Union

from .tools import TOOLS, Value, checked, declaration_hash

PROTOCOL = 1
MAX_LINE = 1 << 20
CURVES = ("linear", "profile", "srgb")
RESULTS = ("mask", "fill", "photo")
FAILURES = ("person", "installation", "bug")


class ProtocolError(Exception):
    """A line that cannot be understood; the text is one sentence."""


@dataclass(frozen=True)
class PhotoFiles:
    """A photo in the job's folder. curve: "linear", "profile" (the profile's own) or "srgb"."""

    samples: str
    alpha: bool
    curve: str = "profile"
    profile: Optional[str] = None
    selection: Optional[str] = None
    name: str = ""


@dataclass(frozen=True)
class RunRequest:
    id: int
    tool: str
    folder: str
    photo: PhotoFiles
    settings: Mapping[str, Value]
    want: Tuple[str, ...]
    mask: Optional[str] = None


@dataclass(frozen=True)
class CancelRequest:
    id: int


@dataclass(frozen=True)
class ModelsRequest:
    id: int


def hello(version: str) -> dict[str, Any]:
    return {"type": "hello", "protocol": PROTOCOL, "tools": declaration_hash(), "version": version}


def is_same_version(greeting: Mapping[str, Any]) -> bool:
    """Whether the engine that said this speaks our protocol and knows our tools."""
    return (greeting.get("type"), greeting.get("protocol"), greeting.get("tools")) == (
        "hello",
        PROTOCOL,
        declaration_hash(),
    )


def encoded(message: Mapping[str, Any]) -> bytes:
    """One message as a line; ValueError where it is too long."""
    line = json.dumps(message, ensure_ascii=True, allow_nan=False).encode() + b"\n"
    if len(line) > MAX_LINE:
        raise ValueError("the message is too long for the protocol")
    return line


def decoded(line: bytes) -> dict[str, Any]:
    """The message in a line; ProtocolError where there is none."""
    if len(line) > MAX_LINE:
        raise ProtocolError("A line longer than 1 MiB was sent.")
    try:
        message = json.loads(line.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise ProtocolError("A line that is not JSON was sent.") from None
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise ProtocolError("A message without a type was sent.")
    return message


class LineBuffer:
    """Splits a stream of bytes into lines and never holds more than one line's length."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that these bytes complete, without their newlines; ProtocolError where one is too long."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > MAX_LINE:
            raise ProtocolError("A line longer than 1 MiB was sent.")
        return lines


def parsed_request(message: Mapping[str, Any]) -> Union[RunRequest, CancelRequest, ModelsRequest]:
    """A request, checked field by field; ProtocolError with one sentence where something is wrong."""
    kind = message.get("type")
    number = message.get("id")
    if not isinstance(number, int) or isinstance(number, bool):
        raise ProtocolError("A request without a whole-number id was sent.")
    if kind == "cancel":
        return CancelRequest(number)
    if kind == "models":
        return ModelsRequest(number)
    if kind != "run":
        raise ProtocolError(f"A request of the unknown type {kind!r} was sent.")
    tool = message.get("tool")
    if not isinstance(tool, str) or tool not in TOOLS:
        raise ProtocolError(f"There is no tool named {tool!r}.")
    folder = message.get("folder")
    if not isinstance(folder, str) or not os.path.isabs(folder):
        raise ProtocolError("A run without its folder was sent.")
    settings = message.get("settings", {})
    if not isinstance(settings, dict):
        raise ProtocolError("The settings must be an object.")
    want = message.get("want", [])
    if not isinstance(want, list) or not all(name in RESULTS for name in want):
        raise ProtocolError(f"Results must be names out of {', '.join(RESULTS)}.")
    try:
        values = checked(TOOLS[tool], settings)
    except ValueError as error:
        raise ProtocolError(str(error)) from None
    return RunRequest(
        number, tool, folder, _photo(message.get("photo")), values, tuple(want), _file_name(message, "mask")
    )


def _photo(fields: Any) -> PhotoFiles:
    if not isinstance(fields, dict):
        raise ProtocolError("A run without its photo was sent.")
    samples = _file_name(fields, "samples")
    if samples is None:
        raise ProtocolError("A photo without its samples was sent.")
    alpha, curve, name = fields.get("alpha", False), fields.get("curve", "profile"), fields.get("name", "")
    if not isinstance(alpha, bool) or curve not in CURVES or not isinstance(name, str):
        raise ProtocolError("A photo with an unknown layout was sent.")
    return PhotoFiles(samples, alpha, curve, _file_name(fields, "profile"), _file_name(fields, "selection"), name)


def _file_name(fields: Mapping[str, Any], key: str) -> Optional[str]:
    """A plain file name: nothing that could lead out of the job's folder."""
    name = fields.get(key)
    if name is None:
        return None
    if not isinstance(name, str) or not name or name != os.path.basename(name) or name in (".", "..") or "\0" in name:
        raise ProtocolError(f"{key} must be a plain file name.")
    return name
