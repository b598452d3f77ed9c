"""The protocol against everything that may come down a pipe, in both directions."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.protocol import (
    CURVES,
    MAX_LINE,
    RESULTS,
    CancelRequest,
    LineBuffer,
    LoadMaskRequest,
    LoadRequest,
    ModelsRequest,
    ProtocolError,
    RunRequest,
    SaveRequest,
    decoded,
    encoded,
    hello,
    is_same_version,
    parsed_photo,
    parsed_request,
    photo_fields,
)
from core.tools import RESTORE, TOOLS, defaults

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def request(**changes: Any) -> dict[str, Any]:
    """A whole run request; a change to None takes an entry out."""
    message: dict[str, Any] = {
        "type": "run",
        "id": 1,
        "tool": "restore",
        "folder": "/tmp/job-1",
        "settings": {"detect-sensitivity": 0.7},
        "want": ["mask", "fill"],
        "photo": {"samples": "photo.npy", "alpha": True, "curve": "linear", "profile": "p.icc", "name": "scan.tif"},
        "mask": "drawn.npy",
    }
    message.update(changes)
    return {key: value for key, value in message.items() if value is not None}


def photo(**changes: Any) -> dict[str, Any]:
    fields = {**request()["photo"], **changes}
    return request(photo={key: value for key, value in fields.items() if value is not None})


def repair(**changes: Any) -> dict[str, Any]:
    """A request to fill a part."""
    return request(**{"tool": "repair", "settings": {}, "want": ["fill"], "region": [5, 6, 50, 60], **changes})


def enhance(**changes: Any) -> dict[str, Any]:
    """A request for a preview of a part."""
    whole = {"tool": "enhance", "settings": {}, "want": ["enhanced"], "region": [8, 12, 50, 61], "scale": 4}
    return request(**{**whole, **changes})


def load(**changes: Any) -> dict[str, Any]:
    message = {"type": "load", "id": 2, "folder": "/tmp/job-1", "path": "/photos/scan.tif", **changes}
    return {key: value for key, value in message.items() if value is not None}


def save(**changes: Any) -> dict[str, Any]:
    return load(**{"type": "save", "samples": "result.npy", "photo": request()["photo"], "overwrite": True, **changes})


# Lines


@given(st.lists(st.binary(max_size=50).filter(lambda line: b"\n" not in line)), st.lists(st.integers(1, 40)))
def test_lines_come_out_whole_however_they_are_cut(lines: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(line + b"\n" for line in lines) + b"the rest"
    buffer, found, at = LineBuffer(), [], 0
    for cut in cuts:
        found += buffer.feed(stream[at : at + cut])
        at += cut
    found += buffer.feed(stream[at:])
    assert found == lines
    assert buffer.feed(b"\n") == [b"the rest"]


def test_a_line_of_exactly_the_limit_is_taken() -> None:
    line = b'{"type": "x", "y": "' + b"a" * (MAX_LINE - 22) + b'"}'
    assert len(line) == MAX_LINE
    (found,) = LineBuffer().feed(line + b"\n")
    assert decoded(found)["type"] == "x"


@pytest.mark.parametrize("piece", [1000, 65536, 10 * MAX_LINE])
def test_a_flood_without_a_newline_is_stopped(piece: int) -> None:
    buffer = LineBuffer()
    with pytest.raises(ProtocolError, match="longer than 1 MiB"):
        for _piece in range(2 * MAX_LINE // piece + 2):
            buffer.feed(b"x" * piece)


def test_a_line_that_is_too_long_is_no_message() -> None:
    with pytest.raises(ProtocolError, match="longer than 1 MiB"):
        decoded(b'"' + b"a" * MAX_LINE + b'"')
    with pytest.raises(ValueError, match="too long"):
        encoded({"type": "x", "text": "a" * MAX_LINE})


@given(st.dictionaries(st.text(), JSON.filter(lambda value: "nan" not in repr(value) and "inf" not in repr(value))))
def test_what_is_said_is_understood(fields: dict[str, Any]) -> None:
    message = {**fields, "type": "progress"}
    line = encoded(message)
    assert line.endswith(b"\n") and line.count(b"\n") == 1 and line.isascii()
    assert decoded(line) == message


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_not_json_is_not_sent(value: float) -> None:
    with pytest.raises(ValueError):
        encoded({"type": "progress", "fraction": value})


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_a_sentence(line: bytes) -> None:
    try:
        message = decoded(line)
    except ProtocolError as error:
        assert str(error).endswith(".")
    else:
        assert isinstance(message["type"], str)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"run"',
        b"{}",
        b'{"type": 5}',
        b'{"type": null}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"type": "run", "id": ' + b"9" * 10_000 + b"}",
        b'{"type": "run"}\xff',
        b"\xef\xbb\xbf{}",
        b"warning: libfoo is old",
    ],
)
def test_garbage_is_a_sentence(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        decoded(line)


# Requests


def test_a_whole_request() -> None:
    parsed = parsed_request(request())
    assert isinstance(parsed, RunRequest)
    assert (parsed.id, parsed.tool, parsed.folder, parsed.want, parsed.mask) == (
        1,
        "restore",
        "/tmp/job-1",
        ("mask", "fill"),
        "drawn.npy",
    )
    assert parsed.settings == {**defaults(RESTORE), "detect-sensitivity": 0.7}
    assert (parsed.photo.samples, parsed.photo.alpha, parsed.photo.curve) == ("photo.npy", True, "linear")
    assert (parsed.photo.profile, parsed.photo.selection, parsed.photo.name) == ("p.icc", None, "scan.tif")


def test_the_shortest_request() -> None:
    parsed = parsed_request({"type": "run", "id": 7, "tool": "detect", "folder": "/j", "photo": {"samples": "a.npy"}})
    assert isinstance(parsed, RunRequest)
    assert parsed.want == () and parsed.mask is None and parsed.photo.curve == "profile" and not parsed.photo.alpha


def test_cancel_and_models() -> None:
    assert parsed_request({"type": "cancel", "id": 3}) == CancelRequest(3)
    assert parsed_request({"type": "models", "id": 4}) == ModelsRequest(4)


@pytest.mark.parametrize(
    ("more", "changes"),
    [
        ({"check": True}, {"check": True}),
        ({"add": "/downloads/mine.safetensors"}, {"add": "/downloads/mine.safetensors"}),
        ({"remove": ["detect", "mine"]}, {"remove": ("detect", "mine")}),
        ({"folder": "/models", "check": True}, {"folder": "/models", "check": True}),
        ({"folder": ""}, {"folder": ""}),
    ],
)
def test_models_can_be_changed(more: dict[str, Any], changes: dict[str, Any]) -> None:
    request = parsed_request({"type": "models", "id": 4, **more})
    assert request == ModelsRequest(4, **changes)
    assert isinstance(request, ModelsRequest) and request.changes == (more != {"check": True})


@pytest.mark.parametrize(
    "more",
    [
        {"check": 1},
        {"add": None},
        {"add": "mine.safetensors"},
        {"add": "/a\0b"},
        {"add": ["/a"]},
        {"remove": "mine"},
        {"remove": ["detect"]},
        {"remove": ["detect", 5]},
        {"remove": None},
        {"folder": None},
        {"folder": "models"},
        {"folder": "/a", "add": "/b"},
        {"remove": ["detect", "mine"], "add": "/b"},
    ],
    ids=str,
)
def test_what_is_no_change_of_models_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError, match=r"\.$"):
        parsed_request({"type": "models", "id": 4, **more})


def test_a_part_of_a_photo_can_be_asked_for() -> None:
    parsed = parsed_request(repair())
    assert isinstance(parsed, RunRequest)
    assert parsed.region == (5, 6, 50, 60) and parsed.want == ("fill",)
    reduced = parsed_request(repair(region=[4, 6, 50, 60], scale=2, want=["photo"]))
    assert isinstance(reduced, RunRequest) and (reduced.scale, reduced.want) == (2, ("photo",))


def test_a_smaller_enhanced_photo_can_be_asked_for() -> None:
    parsed = parsed_request(enhance())
    assert isinstance(parsed, RunRequest)
    assert parsed.region == (8, 12, 50, 61) and parsed.scale == 4 and parsed.want == ("enhanced",)
    whole = parsed_request(enhance(region=None, scale=None, want=["enhanced", "photo"]))
    assert isinstance(whole, RunRequest) and whole.scale == 1 and whole.region is None
    for parts in ({"region": [5, 6, 50, 60], "scale": 1}, {"region": None, "scale": 64}):
        assert isinstance(parsed_request(enhance(**parts)), RunRequest)


def test_files_are_loaded_and_saved() -> None:
    assert parsed_request(load()) == LoadRequest(2, "/tmp/job-1", "/photos/scan.tif")
    mask = load(type="load-mask", size=[80, 60])
    assert parsed_request(mask) == LoadMaskRequest(2, "/tmp/job-1", "/photos/scan.tif", (80, 60))
    files = parsed_photo(request()["photo"])
    saved = SaveRequest(2, "/tmp/job-1", files, "result.npy", "/photos/scan.tif", True)
    assert parsed_request(save()) == saved
    assert parsed_request(save(overwrite=None)) == dataclasses.replace(saved, overwrite=False)


@pytest.mark.parametrize("dpi", [None, [300, 299.5]])
def test_a_photos_fields_are_understood_as_they_were_said(dpi: Any) -> None:
    whole = parsed_photo({**request()["photo"], "exif": "p.exif", "selection": "s.npy", "dpi": dpi})
    assert whole.exif == "p.exif" and whole.dpi == (None if dpi is None else (300.0, 299.5))
    message = {"type": "done", "photo": photo_fields(whole)}
    assert parsed_photo(decoded(encoded(message))["photo"]) == whole


@pytest.mark.parametrize(
    ("message", "part"),
    [
        (request(id=None), "id"),
        (request(id="1"), "id"),
        (request(id=1.5), "id"),
        (request(id=True), "id"),
        (request(id=[]), "id"),
        (request(type="walk"), "unknown type"),
        (request(type="hello"), "unknown type"),
        (request(tool=None), "no tool"),
        (request(tool="dance"), "no tool"),
        (request(tool=[]), "no tool"),
        (request(tool={}), "no tool"),
        (request(folder=None), "folder"),
        (request(folder=5), "folder"),
        (request(folder="relative/job"), "folder"),
        (request(folder=""), "folder"),
        (request(settings=[]), "settings"),
        (request(settings="no"), "settings"),
        (request(settings={"detect-colour": 1}), "no setting named detect-colour"),
        (request(settings={"detect-sensitivity": 1.01}), "between 0 and 1"),
        (request(settings={"detect-sensitivity": -0.01}), "between 0 and 1"),
        (request(settings={"detect-sensitivity": "high"}), "must be a number"),
        (request(settings={"detect-sensitivity": True}), "must be a number"),
        (request(settings={"detect-sensitivity": float("nan")}), "must be a number"),
        (request(settings={"repair-grow": float("inf")}), "between"),
        (request(settings={"repair-grow": 10**400}), "between"),
        (request(settings={"repair-grow": [2]}), "must be a number"),
        (request(settings={"detect-model": 5}), "must be a text"),
        (request(settings={"steps": "repair,detect"}), "in this order"),
        (request(settings={"steps": ""}), "names out of"),
        (request(settings={"mask-as": "sculpture"}), "one of"),
        (request(want="mask"), "Results"),
        (request(want=["everything"]), "Results"),
        (request(want=[["mask"]]), "Results"),
        (request(photo=None), "photo"),
        (request(photo="photo.npy"), "photo"),
        (photo(samples=None), "samples"),
        (photo(alpha="yes"), "layout"),
        (photo(alpha=1), "layout"),
        (photo(curve="gamma"), "layout"),
        (photo(curve=[]), "layout"),
        (photo(name=5), "layout"),
        (photo(dpi=300), "resolution"),
        (photo(dpi=[300]), "resolution"),
        (photo(dpi=[300, 0]), "resolution"),
        (photo(dpi=[300, -1]), "resolution"),
        (photo(dpi=[300, True]), "resolution"),
        (photo(dpi=[300, "300"]), "resolution"),
        (photo(dpi=[300, float("nan")]), "resolution"),
        (photo(dpi=[300, float("inf")]), "resolution"),
        (photo(dpi=[300, 10**400]), "resolution"),
        (repair(region=5), "region"),
        (repair(region=[0, 0, 10]), "region"),
        (repair(region=[0, 0, 10, 0]), "region"),
        (repair(region=[10, 0, 10, 10]), "region"),
        (repair(region=[-1, 0, 10, 10]), "region"),
        (repair(region=[0, 0, 10, 10.5]), "region"),
        (repair(region=[0, 0, 10, True]), "region"),
        (repair(want=["mask"]), "region"),
        (repair(tool="restore", settings={}), "region"),
        (repair(tool="detect"), "region"),
        (repair(want=["enhanced"]), "region"),
        (enhance(want=["enhanced", "photo"]), "scale"),
        (enhance(want=["enhanced", "photo"], scale=1), "region"),
        (enhance(want=["photo"], region=None), "scale"),
        (enhance(tool="restore"), "scale"),
        (enhance(tool="restore", scale=1), "region"),
        (repair(scale=2, region=[4, 6, 50, 60]), "scale"),
        (repair(scale=2, region=[4, 7, 50, 60], want=["photo"]), "multiples of the scale"),
        (enhance(scale=0), "scale"),
        (enhance(scale=65), "scale"),
        (enhance(scale=2.0), "scale"),
        (enhance(scale=True), "scale"),
        (enhance(scale="2"), "scale"),
        (enhance(region=[8, 13, 50, 61]), "multiples of the scale"),
        (enhance(region=[6, 12, 50, 61]), "multiples of the scale"),
        (load(path=None), "path"),
        (load(path=""), "path"),
        (load(path="scan.tif"), "path"),
        (load(path="/photos/a\0.tif"), "path"),
        (load(path=["/photos/a.tif"]), "path"),
        (load(folder=None), "folder"),
        (load(type="load-mask"), "size"),
        (load(type="load-mask", size=[10]), "size"),
        (load(type="load-mask", size=[10, 0]), "size"),
        (load(type="load-mask", size=[10, 5.5]), "size"),
        (load(type="load-mask", size=["10", "5"]), "size"),
        (save(samples=None), "samples"),
        (save(samples="../a.npy"), "plain file name"),
        (save(photo=None), "photo"),
        (save(overwrite="no"), "overwrite"),
        (save(overwrite=1), "overwrite"),
        (save(path="new.png"), "path"),
        (save(folder="job-1"), "folder"),
    ],
)
def test_what_is_wrong_is_said(message: dict[str, Any], part: str) -> None:
    with pytest.raises(ProtocolError, match=part):
        parsed_request(message)


@pytest.mark.parametrize(
    "name",
    [
        "../photo.npy",
        "/etc/passwd",
        "a/b.npy",
        "..",
        ".",
        "",
        "a\0b",
        "folder/",
        "./a.npy",
        5,
        ["a.npy"],
        True,
        {},
    ],
)
@pytest.mark.parametrize("place", ["samples", "profile", "selection", "exif", "mask"])
def test_no_name_leads_out_of_the_jobs_folder(place: str, name: Any) -> None:
    message = request(mask=name) if place == "mask" else photo(**{place: name})
    with pytest.raises(ProtocolError, match=f"{place} must be a plain file name"):
        parsed_request(message)


@given(JSON, st.sampled_from(["id", "type", "tool", "folder", "settings", "want", "photo", "mask"]))
def test_any_value_anywhere_is_taken_or_refused(value: Any, key: str) -> None:
    assert_taken_or_refused({**request(), key: value})


@given(
    JSON,
    st.sampled_from([repair(), enhance(), load(), load(type="load-mask", size=[8, 6]), save()]),
    st.sampled_from(["type", "folder", "path", "size", "photo", "samples", "overwrite", "region", "want", "scale"]),
)
def test_any_value_anywhere_in_other_requests_is_taken_or_refused(value: Any, whole: dict[str, Any], key: str) -> None:
    assert_taken_or_refused({**whole, key: value})


@given(JSON, st.sampled_from(["samples", "alpha", "curve", "profile", "selection", "name", "exif", "dpi"]))
def test_any_value_anywhere_in_the_photo_is_taken_or_refused(value: Any, key: str) -> None:
    assert_taken_or_refused(request(photo={**request()["photo"], key: value}))


@given(JSON, st.sampled_from(sorted(TOOLS)), st.data())
def test_any_value_of_a_setting_is_taken_or_refused(value: Any, tool: str, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([parameter.name for parameter in TOOLS[tool].parameters]))
    assert_taken_or_refused(request(tool=tool, settings={name: value}))


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_any_message_is_taken_or_refused(message: dict[str, Any]) -> None:
    assert_taken_or_refused(message)


def assert_taken_or_refused(message: dict[str, Any]) -> None:
    try:
        parsed = parsed_request(message)
    except ProtocolError as error:
        assert "\n" not in str(error).split("'")[0]
        return
    assert type(parsed.id) is int
    if isinstance(parsed, (LoadRequest, LoadMaskRequest, SaveRequest)):
        assert parsed.path.startswith("/") and parsed.folder.startswith("/")
    if isinstance(parsed, RunRequest):
        assert set(parsed.settings) == set(defaults(TOOLS[parsed.tool]))
        assert set(parsed.want) <= set(RESULTS) and parsed.photo.curve in CURVES


# Greetings


def test_the_same_version_is_recognised() -> None:
    assert is_same_version(json.loads(encoded(hello("0.1.0"))))
    assert is_same_version(hello("9.9"))  # the version is for people; the hash of the declaration counts


@pytest.mark.parametrize("key", ["type", "protocol", "tools"])
@given(value=JSON)
def test_another_version_is_recognised(key: str, value: Any) -> None:
    greeting = hello("0.1.0")
    if greeting[key] != value:
        assert not is_same_version({**greeting, key: value})
    greeting.pop(key)
    assert not is_same_version(greeting)
