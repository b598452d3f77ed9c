"""The words spoken between the plug-in, the window and the engine. Standard library only, Python 3.9 or newer.

One JSON object a line, at most MAX_LINE bytes, UTF-8. Pixels travel as files in the job's private folder and are
named by plain file names. Whoever was started speaks first, the engine and the window alike:

    {"type": "hello", "protocol": 6, "tools": HASH, "version": "0.1.0"}

The engine. The other side then sends any of

    {"type": "run", "id": 1, "tool": "restore", "folder": "/...", "settings": {...}, "want": ["mask", "fill"],
     "photo": {"samples": "photo.npy", "alpha": true, "curve": "profile", "profile": "photo.icc",
               "selection": "selection.npy", "name": "scan.tif", "exif": "photo.exif", "dpi": [600.0, 600.0]},
     "mask": "drawn.npy", "hints": "hints.npy", "region": [LEFT, TOP, RIGHT, BOTTOM], "scale": 4}
    {"type": "load", "id": 2, "folder": "/...", "path": "/photos/scan.tif"}
    {"type": "load-mask", "id": 3, "folder": "/...", "path": "/photos/mask.png", "size": [WIDTH, HEIGHT]}
    {"type": "save", "id": 4, "folder": "/...", "photo": {...}, "samples": "result.npy", "path": "/photos/new.png",
     "overwrite": false}
    {"type": "models", "id": 5, "check": true, "add": "/downloads/mine.safetensors"}
    {"type": "cancel", "id": 1}

and gets, for each request but "cancel", any number of "progress" and then exactly one of "done", "failed",
"cancelled":

    {"type": "progress", "id": 1, "fraction": 0.25, "text": "Finding damage"}
    {"type": "done", "id": 1, "files": {"mask": "mask.npy", "fill": "fill.npy"}, "text": "...", "facts": {...}}
    {"type": "failed", "id": 1, "kind": "person", "text": "..."}
    {"type": "cancelled", "id": 1}

run        region, for "repair" with "photo" or "fill" alone, "enhance" with "enhanced" alone and "colorize" with
           "colours" alone: only this part of the photo is done, as the whole run would do it, and the answer has the
           region's size. scale, 1 to 64, for the same without "fill": the photo is reduced by it before, each pixel the
           average of scale x scale (the mask: any of them), and so is the answer, rounded up; a region is in pixels of
           the full photo, its left and top multiples of the scale. With either there is a "photo" also where nothing
           is filled. hints, for "colorize" and "restore": colours that the person gave.
           facts: "notes", of a detection "found", "share", "detect_model" and "threshold" (the model's own, 0..1: from
           there a pixel counts at sensitivity 0.5), of a repair "repaired" and "repair_model", of an enhancement
           "enhance_model", "enhanced" (whether it changes anything) and "needs": {"noise": 0..1, "blur": 0..1,
           "fading": 0..1}, how much of each the photo has, of a colorization "colorize_model" and "hints" (how many
           dabs were obeyed), of each "weights": {STEP: {MODEL: SHA-256}}, those that were used. "enhance" and
           "colorize" take a mask and make nothing of it.
load       reads a picture's file, upright, into the folder; done has "photo", "size": [WIDTH, HEIGHT], facts "notes".
load-mask  reads a mask's file; done has files "mask". A mask of another size than "size" is refused.
save       writes a picture's file whole or not at all: samples with what belongs to the photo (profile, EXIF, DPI).
           samples is laid out like the photo's, or is a mask, which becomes an 8-bit grey picture of its own; those of
           a grey photo may have three colours, which are saved without its profile.
models     what models there are, after at most one change: "add", a file of weights or its card, which becomes a model
           of the person's own once it was checked and loaded; "remove": [TOOL, NAME], one of these; "folder", a folder
           that is searched too, "" for none. With "check" the weights are compared with their cards.
           done has facts "models", a list of {"tool", "name", "title", "purpose", "default", "origin": "program", "own"
           or "folder", "licence", "size" (bytes of the weights, 0 where there are none), "file", "figures", "failures"
           (lists of sentences), "training", "checked", "problem" (a sentence where the check found one)}, "problems", a
           sentence for each card that cannot be used, "folder", and "added": [TOOL, NAME].

Requests are served in turn; one that is cancelled while it waits is answered at once. A job's folder may serve several
of them: each result is a new file, but a later one may take its name, and whoever has the older one mapped keeps it.
When its standard input ends the engine removes the folders it worked in.

The window. It is there before the photo is: the plug-in says once what to open and hears what the person decided:

    {"type": "open", "id": 1, "tool": "restore", "folder": "/...", "settings": {...}, "photo": {...},
     "mask": "drawn.npy", "mask_name": "Damage mask (scan)", "hints": "dabs.npy", "title": "scan.tif: Background",
     "filters": true}

    {"type": "progress", "id": 1, "fraction": 0.25, "text": "Repairing"}
    {"type": "done", "id": 1, "settings": {...}, "files": {"mask": "mask.npy", "fill": "fill.npy"}, "text": "...",
     "facts": {...}}
    {"type": "cancelled", "id": 1, "files": {"mask": "mask.npy"}}
    {"type": "failed", "id": 1, "kind": "installation", "text": "..."}

tool is the one that the window was started for; mask the mask layer that is opened for editing and mask_name its name;
hints the layer of colour hints; filters whether the photo's layer shows filters of GIMP's, which are not in its
samples. settings go out complete and come back complete. In done, files has the mask as the
person saw it and, where something was filled, "fill", where the photo was enhanced, "enhanced", where it was coloured,
"colours", or (output "in-place" and "new-image") "photo" with all of it, and "hints" where the person changed them; in
cancelled it has a mask or hints only where the person wants the hand's work kept in the image.
After done, and after cancelled with files, the window hides and lives until the plug-in says one of

    {"type": "placed", "id": 1}                   everything is in the image: the window ends
    {"type": "refused", "id": 1, "text": "...", "ways": ["on-top", "new-image"]}
                                                  the image did not take it: the window shows itself and the sentence,
                                                  and another done or cancelled follows

ways are what the person can do instead, each a button below the sentence:

    new-image    the same once more, with "way": "new-image": everything comes into a new image
    on-top       likewise: on top of the image, with the photo as it was
    anyway       likewise: above the layer though that has changed, or into it where nothing else is there to be lost
    again        likewise: the settings, mask and hints are taken to a new window with the layer as it is now
    layer        the window does its work again, with the result as a new layer
    discard      cancelled, without files

The window and its engine end when the window's standard input ends.

The arrays (.npy, C order):

    samples      (H, W, C) in the layer's own type; C is 1 or 3 colours, and one more, the last, where "alpha" is true
    selection    (H, W) uint8, 255 where the tool may change the photo
    mask in      (H, W) uint8, damage from 128 on; or (H, W, 4) uint8 sRGB-encoded RGBA of a mask layer
    mask         (H, W) uint8, 0 or 255
    probability  (H, W) uint16: 65535 times the probability that a pixel is damaged, before the selection
    fill         (H, W, colours + 1) type of the samples: the repaired pixels; the last channel is how much of them
                 shows, 0 where nothing was filled
    photo        like samples: the whole photo with everything in it that was asked for
    enhanced     like samples: the photo with the enhancement, over the repair where there is one
    hints        (H, W, 4) uint8, sRGB-encoded RGBA: a colour is given where alpha is OPAQUE or more
    colours      like samples, but always of three colours: the photo, with all that was done before, in colour. Of a
                 grey photo they are sRGB-encoded, or linear where its curve is; so is "photo" then
"""

from __future__ import annotations

import json
import os
import unicodedata
from dataclasses import dataclass
from typing import Any, Mapping, Optional, Sequence, Tuple, Union

from .parameters import Value
from .tools import TOOLS, checked, declaration_hash

PROTOCOL = 6
MAX_LINE = 1 << 20
LONGEST_TEXT = 1000
"""Characters of a sentence in an answer; a failure's may quote what was sent."""
CURVES = ("linear", "profile", "srgb")
RESULTS = ("mask", "fill", "photo", "probability", "enhanced", "colours")
SCALED = {"repair": "photo", "enhance": "enhanced", "colorize": "colours"}
"""What can be had smaller than the photo, by tool."""
LARGEST_SCALE = 64
OPAQUE = 128
"""Alpha from which on a pixel of the hints gives a colour."""
FAILURES = ("person", "memory", "disk", "installation", "bug")
"""What has to be mended: something that the person can, memory or disk that did not suffice, Daguerre's installation,
Daguerre itself.
"""
PLACES = ("new-image", "on-top", "anyway", "again")
"""Ways of a refused result that come back with it."""
WAYS = (*PLACES, "layer", "discard")


class ProtocolError(Exception):
    """A line that cannot be understood; the text is one sentence."""


@dataclass(frozen=True)
class PhotoFiles:
    """A photo in the job's folder. curve: "linear", "profile" (the profile's own) or "srgb"; dpi: across and down."""

    samples: str
    alpha: bool
    curve: str = "profile"
    profile: Optional[str] = None
    selection: Optional[str] = None
    name: str = ""
    exif: Optional[str] = None
    dpi: Optional[Tuple[float, float]] = None


@dataclass(frozen=True)
class RunRequest:
    """region: left, top, right and bottom in pixels of the photo; the right and bottom edges are outside.

    scale: how many times smaller than the photo, or the region, the answer is.
    """

    id: int
    tool: str
    folder: str
    photo: PhotoFiles
    settings: Mapping[str, Value]
    want: Tuple[str, ...]
    mask: Optional[str] = None
    hints: Optional[str] = None
    region: Optional[Tuple[int, int, int, int]] = None
    scale: int = 1


@dataclass(frozen=True)
class LoadRequest:
    id: int
    folder: str
    path: str


@dataclass(frozen=True)
class LoadMaskRequest:
    """size: width and height of the photo that the mask is for."""

    id: int
    folder: str
    path: str
    size: Tuple[int, int]


@dataclass(frozen=True)
class SaveRequest:
    id: int
    folder: str
    photo: PhotoFiles
    samples: str
    path: str
    overwrite: bool = False


@dataclass(frozen=True)
class ModelsRequest:
    """remove: the tool and the name of a model; folder: "" for none, None to leave it as it is."""

    id: int
    check: bool = False
    add: Optional[str] = None
    remove: Optional[Tuple[str, str]] = None
    folder: Optional[str] = None

    @property
    def changes(self) -> bool:
        return (self.add, self.remove, self.folder) != (None, None, None)


@dataclass(frozen=True)
class CancelRequest:
    id: int


Job = Union[RunRequest, LoadRequest, LoadMaskRequest, SaveRequest]
"""What works in a folder and can be cancelled."""
Request = Union[Job, ModelsRequest, CancelRequest]


@dataclass(frozen=True)
class OpenRequest:
    """What the window is asked to show. mask_name and title may be empty; filters: the layer has some that show."""

    id: int
    tool: str
    folder: str
    photo: PhotoFiles
    settings: Mapping[str, Value]
    mask: Optional[str] = None
    mask_name: str = ""
    hints: Optional[str] = None
    title: str = ""
    filters: bool = False


@dataclass(frozen=True)
class Placed:
    """The image took what the window had to give."""

    id: int


@dataclass(frozen=True)
class Refused:
    """The image did not take it; text is one sentence, ways what the person can do instead, out of WAYS."""

    id: int
    text: str
    ways: Tuple[str, ...] = ()


WindowRequest = Union[OpenRequest, Placed, Refused]


def hello(version: str) -> dict[str, Any]:
    return {"type": "hello", "protocol": PROTOCOL, "tools": declaration_hash(), "version": version}


def is_same_version(greeting: Mapping[str, Any]) -> bool:
    """Whether the engine or window that said this speaks our protocol and knows our tools."""
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
        message = json.loads(line.decode("utf-8"), parse_constant=_refuse_constant)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise ProtocolError("A line that is not JSON was sent.") from None
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise ProtocolError("A message without a type was sent.")
    return message


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


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


def parsed_request(message: Mapping[str, Any]) -> Request:
    """What an engine is asked, checked field by field; ProtocolError with one sentence where something is wrong."""
    kind, number = message.get("type"), _number(message)
    if kind == "cancel":
        return CancelRequest(number)
    if kind == "models":
        return _models(number, message)
    if kind == "run":
        return _run(number, message)
    if kind == "load":
        return LoadRequest(number, _folder(message), _path(message))
    if kind == "load-mask":
        return LoadMaskRequest(number, _folder(message), _path(message), _size(message.get("size")))
    if kind == "save":
        samples, overwrite = _file_name(message, "samples"), message.get("overwrite", False)
        if samples is None or not isinstance(overwrite, bool):
            raise ProtocolError("A request to save needs its samples, and overwrite is true or false.")
        photo = parsed_photo(message.get("photo"))
        return SaveRequest(number, _folder(message), photo, samples, _path(message), overwrite)
    raise ProtocolError(f"A request of the unknown type {kind!r} was sent.")


def parsed_window_request(message: Mapping[str, Any]) -> WindowRequest:
    """What a window is told, checked field by field; ProtocolError with one sentence where something is wrong."""
    kind, number = message.get("type"), _number(message)
    if kind == "placed":
        return Placed(number)
    if kind == "refused":
        return Refused(number, _text(message, "text"), _ways(message.get("ways", [])))
    if kind != "open":
        raise ProtocolError(f"A request of the unknown type {kind!r} was sent.")
    tool, filters = _tool(message), message.get("filters", False)
    if not isinstance(filters, bool):
        raise ProtocolError("filters is true or false.")
    return OpenRequest(
        number,
        tool,
        _folder(message),
        parsed_photo(message.get("photo")),
        _settings(tool, message),
        _file_name(message, "mask"),
        _text(message, "mask_name"),
        _file_name(message, "hints"),
        _text(message, "title"),
        filters,
    )


def progress_of(message: Mapping[str, Any]) -> Tuple[float, str]:
    """The fraction, 0..1, and the text of a message "progress"; what is wrong in it counts as nothing."""
    fraction, text = message.get("fraction"), message.get("text")
    done = float(min(max(fraction, 0), 1)) if isinstance(fraction, (int, float)) else 0.0
    return done, one_line(text) if isinstance(text, str) else ""


def checked_answer(message: Mapping[str, Any]) -> dict[str, Any]:
    """The last word on a request: "done", "failed" or "cancelled"; ProtocolError where it is none, or not whole.

    "files", "facts" and "text" are there in every one and of their types, files have plain names, and a failure says
    why. Whether the files are what they should be is for those who read them.
    """
    kind, text = message.get("type"), _text(message, "text")
    if kind not in ("done", "failed", "cancelled"):
        raise ProtocolError(f"An answer of the unknown type {kind!r} was given.")
    if kind == "failed" and not one_line(text):
        raise ProtocolError("A failure without a reason was told.")
    files, facts = (_object(message, name) for name in ("files", "facts"))
    named = {name: _file_name(files, name) for name in files}
    if message.get("way", "") not in ("", *PLACES):
        raise ProtocolError("An answer that goes an unknown way was given.")
    if None in named.values():
        raise ProtocolError("An answer names a file that has no name.")
    for name, value in facts.items():
        if not _is_fact(name, value):
            raise ProtocolError(f"An answer with a wrong {name} was given.")
    notes = [one_line(note) for note in facts.get("notes", [])]
    return {
        **message,
        "files": named,
        "facts": {**facts, "notes": notes},
        "text": one_line(text),
        "settings": _object(message, "settings"),
    }


def one_line(text: str) -> str:
    """A text as it can be shown anywhere: without line breaks and what is no character, of a bearable length."""
    shown = "".join(" " if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") else letter for letter in text)
    return shown.strip()[:LONGEST_TEXT]


def _is_fact(name: str, value: Any) -> bool:
    """Whether a fact is of its type; those with other names may be anything."""
    if name in ("notes", "problems"):
        return _is_list_of_texts(value)
    if name in ("found", "repaired", "hints"):
        return type(value) is int and 0 <= value < 1 << 53
    if name in ("share", "threshold"):
        return _is_share(value)
    if name == "enhanced":
        return isinstance(value, bool)
    if name == "needs":
        return isinstance(value, dict) and all(map(_is_share, value.values()))
    if name == "weights":
        return isinstance(value, dict) and all(map(_are_hashes, value.values()))
    if name == "models":
        return isinstance(value, list) and all(map(_is_model, value))
    return isinstance(value, str) or not name.endswith("_model")


ORIGINS = ("program", "own", "folder")
"""Whose models there are."""


def _is_share(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value <= 1


def _are_hashes(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(number, str) for number in value.values())


def _is_model(value: Any) -> bool:
    texts = ("tool", "name", "title", "purpose", "licence", "file", "training", "problem")
    return (
        isinstance(value, dict)
        and all(isinstance(value.get(name), str) for name in texts)
        and all(isinstance(value.get(name), bool) for name in ("default", "checked"))
        and value.get("origin") in ORIGINS
        and type(value.get("size")) is int
        and all(_is_list_of_texts(value.get(name)) for name in ("figures", "failures"))
    )


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(line, str) for line in value)


def parsed_photo(fields: Any) -> PhotoFiles:
    """The photo in a message; ProtocolError where it is none."""
    if not isinstance(fields, dict):
        raise ProtocolError("A request without its photo was sent.")
    samples = _file_name(fields, "samples")
    if samples is None:
        raise ProtocolError("A photo without its samples was sent.")
    alpha, curve, name = fields.get("alpha", False), fields.get("curve", "profile"), fields.get("name", "")
    if not isinstance(alpha, bool) or curve not in CURVES or not isinstance(name, str):
        raise ProtocolError("A photo with an unknown layout was sent.")
    profile, selection, exif = (_file_name(fields, key) for key in ("profile", "selection", "exif"))
    return PhotoFiles(samples, alpha, curve, profile, selection, name, exif, _dpi(fields.get("dpi")))


def photo_fields(photo: PhotoFiles) -> dict[str, Any]:
    """The photo as it stands in a message; what it does not have is left out."""
    return {name: value for name, value in vars(photo).items() if value is not None}


def _models(number: int, message: Mapping[str, Any]) -> ModelsRequest:
    check, remove, folder = message.get("check", False), message.get("remove"), message.get("folder")
    if not isinstance(check, bool):
        raise ProtocolError("check is true or false.")
    if sum(name in message for name in ("add", "remove", "folder")) > 1:
        raise ProtocolError("A request changes one thing about the models.")
    add = _path({"path": message["add"]}) if "add" in message else None
    if "remove" in message:
        if not isinstance(remove, list) or len(remove) != 2 or not all(isinstance(name, str) for name in remove):
            raise ProtocolError("What is to be removed must be a tool and the name of a model.")
        return ModelsRequest(number, check, remove=(remove[0], remove[1]))
    if "folder" in message and folder != "":
        folder = _path({"path": folder})
    return ModelsRequest(number, check, add, folder=folder)


def _run(number: int, message: Mapping[str, Any]) -> RunRequest:
    tool = _tool(message)
    want = message.get("want", [])
    if not isinstance(want, list) or not all(name in RESULTS for name in want):
        raise ProtocolError(f"Results must be names out of {', '.join(RESULTS)}.")
    scale = _scale(tool, want, message.get("scale", 1))
    return RunRequest(
        number,
        tool,
        _folder(message),
        parsed_photo(message.get("photo")),
        _settings(tool, message),
        tuple(want),
        _file_name(message, "mask"),
        _file_name(message, "hints"),
        _region(tool, want, message.get("region"), scale),
        scale,
    )


def _scale(tool: str, want: Sequence[str], scale: Any) -> int:
    if type(scale) is not int or not 1 <= scale <= LARGEST_SCALE:
        raise ProtocolError(f"The scale must be a whole number from 1 to {LARGEST_SCALE}.")
    if scale > 1 and not (tool in SCALED and set(want) <= {SCALED[tool]}):
        raise ProtocolError("Only the repaired, enhanced or coloured photo can be had at a smaller scale.")
    return scale


def _region(tool: str, want: Sequence[str], region: Any, scale: int) -> Optional[Tuple[int, int, int, int]]:
    if region is None:
        return None
    if not _are_whole(region, 4) or not (0 <= region[0] < region[2] and 0 <= region[1] < region[3]):
        raise ProtocolError("The region must be left, top, right and bottom of a part of the photo.")
    if set(want) - {SCALED.get(tool), "fill" if tool == "repair" else None}:
        raise ProtocolError("Only the repaired, enhanced or coloured photo, or a fill, can be had for a region.")
    if region[0] % scale or region[1] % scale:
        raise ProtocolError("The left and top of a region must be multiples of the scale.")
    return region[0], region[1], region[2], region[3]


def _number(message: Mapping[str, Any]) -> int:
    number = message.get("id")
    if not isinstance(number, int) or isinstance(number, bool):
        raise ProtocolError("A request without a whole-number id was sent.")
    return number


def _tool(message: Mapping[str, Any]) -> str:
    tool = message.get("tool")
    if not isinstance(tool, str) or tool not in TOOLS:
        raise ProtocolError(f"There is no tool named {tool!r}.")
    return tool


def _settings(tool: str, message: Mapping[str, Any]) -> dict[str, Value]:
    settings = message.get("settings", {})
    if not isinstance(settings, dict):
        raise ProtocolError("The settings must be an object.")
    try:
        return checked(TOOLS[tool], settings)
    except ValueError as error:
        raise ProtocolError(str(error)) from None


def _folder(message: Mapping[str, Any]) -> str:
    folder = message.get("folder")
    if not isinstance(folder, str) or not os.path.isabs(folder) or not _can_be_named(folder):
        raise ProtocolError("A request without its folder was sent.")
    return folder


def _path(message: Mapping[str, Any]) -> str:
    path = message.get("path")
    if not isinstance(path, str) or not os.path.isabs(path) or not _can_be_named(path):
        raise ProtocolError("A request without the full path of its file was sent.")
    return path


def _can_be_named(path: str) -> bool:
    """Whether the system can be asked for a file of this name: JSON may hold what is no character."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def _ways(value: Any) -> Tuple[str, ...]:
    if not isinstance(value, list) or not all(way in WAYS for way in value):
        raise ProtocolError(f"Ways must be names out of {', '.join(WAYS)}.")
    return tuple(value)


def _size(value: Any) -> Tuple[int, int]:
    if not _are_whole(value, 2) or min(value) < 1:
        raise ProtocolError("The size must be the photo's width and height.")
    return value[0], value[1]


def _dpi(value: Any) -> Optional[Tuple[float, float]]:
    if value is None:
        return None
    numbers = value if isinstance(value, (list, tuple)) else ()
    if len(numbers) != 2 or not all(type(n) in (int, float) and 0 < n < 65536 for n in numbers):
        raise ProtocolError("The resolution must be two numbers above 0.")
    return float(numbers[0]), float(numbers[1])


def _are_whole(value: Any, count: int) -> bool:
    return isinstance(value, list) and len(value) == count and all(type(number) is int for number in value)


def _object(fields: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = fields.get(key, {})
    if not isinstance(value, dict):
        raise ProtocolError(f"{key} must be an object.")
    return value


def _text(fields: Mapping[str, Any], key: str) -> str:
    text = fields.get(key, "")
    if not isinstance(text, str):
        raise ProtocolError(f"{key} must be a text.")
    return text


def _file_name(fields: Mapping[str, Any], key: str) -> Optional[str]:
    """A plain file name: nothing that could lead out of the job's folder."""
    name = fields.get(key)
    if name is None:
        return None
    if (
        not isinstance(name, str)
        or not name
        or name != os.path.basename(name)
        or name in (".", "..")
        or not _can_be_named(name)
    ):
        raise ProtocolError(f"{key} must be a plain file name.")
    return name
