"""What the plug-in tells the window, and everything else that may come down that pipe."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_protocol import JSON

from core.protocol import (
    PLACES,
    OpenRequest,
    Placed,
    ProtocolError,
    Refused,
    checked_answer,
    parsed_photo,
    parsed_window_request,
)
from core.tools import DETECT, RESTORE, TOOLS, defaults

PHOTO = {"samples": "photo.npy", "alpha": True, "curve": "linear", "name": "scan.tif", "dpi": [300, 300]}


def opening(**changes: Any) -> dict[str, Any]:
    """A whole request to open; a change to None takes an entry out."""
    message: dict[str, Any] = {
        "type": "open",
        "id": 1,
        "tool": "restore",
        "folder": "/tmp/job-1",
        "settings": {"detect-sensitivity": 0.7},
        "photo": PHOTO,
        "mask": "drawn.npy",
        "mask_name": "Damage mask (scan)",
        "hints": "dabs.npy",
        "title": "scan.tif: Background",
        "filters": True,
    }
    message.update(changes)
    return {key: value for key, value in message.items() if value is not None}


def test_a_whole_request() -> None:
    assert parsed_window_request(opening()) == OpenRequest(
        1,
        "restore",
        "/tmp/job-1",
        parsed_photo(PHOTO),
        {**defaults(RESTORE), "detect-sensitivity": 0.7},
        "drawn.npy",
        "Damage mask (scan)",
        "dabs.npy",
        "scan.tif: Background",
        True,
    )


def test_the_shortest_request() -> None:
    parsed = parsed_window_request(
        {"type": "open", "id": 7, "tool": "detect", "folder": "/j", "photo": {"samples": "a.npy"}}
    )
    assert parsed == OpenRequest(7, "detect", "/j", parsed_photo({"samples": "a.npy"}), defaults(DETECT))


def test_what_became_of_the_result() -> None:
    assert parsed_window_request({"type": "placed", "id": 1}) == Placed(1)
    assert parsed_window_request({"type": "refused", "id": 1, "text": "No."}) == Refused(1, "No.")
    ways = {"type": "refused", "id": 1, "text": "No.", "ways": ["on-top", "discard"]}
    assert parsed_window_request(ways) == Refused(1, "No.", ("on-top", "discard"))


@pytest.mark.parametrize("way", ["", *PLACES])
def test_a_result_comes_back_with_the_way_it_goes(way: str) -> None:
    assert checked_answer({"type": "done", "id": 1, "way": way})["way"] == way


@pytest.mark.parametrize("way", ["layer", "discard", "away", ["again"], None, 1])
def test_a_result_that_goes_another_way_is_not_understood(way: Any) -> None:
    with pytest.raises(ProtocolError, match="way"):
        checked_answer({"type": "done", "id": 1, "way": way})


@pytest.mark.parametrize("weights", [[], {"detect": "0123"}, {"detect": {"default": 5}}])
def test_hashes_of_weights_are_texts(weights: Any) -> None:
    with pytest.raises(ProtocolError, match="weights"):
        checked_answer({"type": "done", "id": 1, "facts": {"weights": weights}})
    told = {"weights": {"detect": {"default": "0123"}}, "notes": []}
    assert checked_answer({"type": "done", "id": 1, "facts": told})["facts"] == told


@pytest.mark.parametrize(
    ("message", "part"),
    [
        (opening(id=None), "id"),
        (opening(id=True), "id"),
        (opening(type="run"), "unknown type"),
        (opening(type="cancel"), "unknown type"),
        (opening(tool="dance"), "no tool"),
        (opening(folder="job"), "folder"),
        (opening(settings=[]), "settings"),
        (opening(settings={"sensitivity": 0.5}), "no setting named"),
        (opening(settings={"detect-sensitivity": 2}), "between 0 and 1"),
        (opening(photo=None), "photo"),
        (opening(photo={"samples": "/etc/passwd"}), "plain file name"),
        (opening(mask="../drawn.npy"), "plain file name"),
        (opening(mask_name=5), "mask_name"),
        (opening(title=["scan"]), "title"),
        (opening(filters="yes"), "filters"),
        (opening(filters=1), "filters"),
        ({"type": "refused", "id": 1, "text": 5}, "text"),
        ({"type": "refused", "id": 1, "text": "No.", "ways": "on-top"}, "Ways"),
        ({"type": "refused", "id": 1, "text": "No.", "ways": ["away"]}, "Ways"),
        ({"type": "refused", "id": 1, "text": "No.", "ways": [[]]}, "Ways"),
        ({"type": "placed"}, "id"),
        ({}, "id"),
    ],
)
def test_what_is_wrong_is_said(message: dict[str, Any], part: str) -> None:
    with pytest.raises(ProtocolError, match=part) as caught:
        parsed_window_request(message)
    assert str(caught.value).endswith(".")


@given(JSON, st.sampled_from(sorted(opening())))
def test_any_value_anywhere_is_taken_or_refused(value: Any, key: str) -> None:
    assert_taken_or_refused({**opening(), key: value})


@given(st.dictionaries(st.text(), JSON, max_size=5), st.sampled_from(["open", "placed", "refused"]))
def test_any_message_is_taken_or_refused(fields: dict[str, Any], kind: str) -> None:
    assert_taken_or_refused({"id": 1, **fields, "type": kind})


def assert_taken_or_refused(message: dict[str, Any]) -> None:
    try:
        parsed = parsed_window_request(message)
    except ProtocolError:
        return
    assert type(parsed.id) is int
    if isinstance(parsed, OpenRequest):
        assert set(parsed.settings) == set(defaults(TOOLS[parsed.tool]))
        assert all(isinstance(text, str) for text in (parsed.mask_name, parsed.title))
