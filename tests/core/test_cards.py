"""Cards: what is written is read, and what is broken is one sentence."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import SMALL

from core.models.card import Card, CardError, read_card, write_card
from core.models.registry import PROGRAM_WEIGHTS

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t\"'\\=[]#"), max_size=20)
VALUES = (
    st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(-1e6, 1e6).map(lambda value: round(value, 6))
    | TEXTS
    | st.lists(st.integers(), max_size=3)
    | st.lists(TEXTS, max_size=3)
)
TABLES = st.recursive(
    st.dictionaries(TEXTS, VALUES, max_size=3),
    lambda inner: st.dictionaries(TEXTS, VALUES | inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("path", sorted(PROGRAM_WEIGHTS.glob("*.toml")), ids=lambda path: path.stem)
def test_the_programs_own_cards(path: Path, tmp_path: Path) -> None:
    card = read_card(path)
    assert path.stem == f"{card.tool}-{card.name}"
    assert card.title and card.purpose.endswith(".") and card.licence
    write_card(card, tmp_path / "copy.toml")
    assert read_card(tmp_path / "copy.toml") == card


@given(
    TEXTS,
    TEXTS,
    st.floats(0.001, 0.999).map(lambda value: round(value, 6)),
    st.lists(TEXTS, max_size=3),
    TABLES,
    TABLES,
    TABLES,
)
def test_what_is_written_is_read(
    tmp_path: Path,
    title: str,
    purpose: str,
    threshold: float,
    failures: list[str],
    arguments: dict[str, Any],
    training: dict[str, Any],
    figures: dict[str, Any],
) -> None:
    card = replace(
        SMALL,
        title=title or "untitled",
        purpose=purpose or "none",
        threshold=threshold,
        known_failures=failures,
        arguments=arguments,
        training=training,
        figures=figures,
    )
    write_card(card, tmp_path / "card.toml")
    assert read_card(tmp_path / "card.toml") == card


@pytest.mark.parametrize("name", ["name", "tool", "title", "purpose", "architecture", "licence"])
def test_an_entry_that_is_missing(name: str, tmp_path: Path) -> None:
    write_card(replace(SMALL, **{name: ""}), tmp_path / "card.toml")
    assert "is incomplete" in refusal(tmp_path / "card.toml")


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"file": "../weights.safetensors"}, "weights"),
        ({"file": "/etc/passwd"}, "weights"),
        ({"file": "folder/weights.safetensors"}, "weights"),
        ({"file": ""}, "weights"),
        ({"sha256": ""}, "weights"),
        ({"tile": 0}, "tile"),
        ({"tile": 8192}, "tile"),
        ({"tile": -128}, "tile"),
        ({"stride": 0}, "stride"),
        ({"stride": 256}, "stride"),
        ({"overlap": 64}, "overlap"),
        ({"overlap": -8}, "overlap"),
        ({"overlap": 20}, "multiple"),
        ({"tile": 130}, "multiple"),
        ({"threshold": 0.0}, "threshold"),
        ({"threshold": 1.0}, "threshold"),
        ({"threshold": float("nan")}, "threshold"),
        ({"second_look": -1.0}, "second look"),
        ({"second_look": 50.0}, "second look"),
        ({"file": "", "sha256": "", "tile": 0}, "tile"),  # the classical detector works in tiles too
        ({"tool": "enhance", "overlap": 20}, "multiple"),
        ({"tool": "enhance", "tile": -8}, "tile"),
        ({"tool": "repair", "tile": 0}, "tile"),
    ],
)
def test_a_value_that_cannot_be(changes: dict[str, Any], part: str, tmp_path: Path) -> None:
    write_card(replace(SMALL, **changes), tmp_path / "card.toml")
    assert part in refusal(tmp_path / "card.toml")


def test_an_enhancer_may_see_the_whole_photo(tmp_path: Path) -> None:
    card = replace(SMALL, tool="enhance", tile=0, overlap=0)
    write_card(card, tmp_path / "card.toml")
    assert read_card(tmp_path / "card.toml") == card


WRONG = {"str": "5", "int": '"five"', "float": "true", "dict[str, Any]": '"none"', "list[str]": '"none"'}


@pytest.mark.parametrize("field", fields(Card), ids=lambda field: field.name)
def test_a_value_of_the_wrong_kind(field: Any, tmp_path: Path) -> None:
    path = tmp_path / "card.toml"
    path.write_text(f"{field.name} = {WRONG[field.type]}\n")
    assert f"wrong value for {field.name}" in refusal(path)


def test_an_unknown_entry(tmp_path: Path) -> None:
    path = tmp_path / "card.toml"
    path.write_text("colour = 'blue'\n")
    assert "unknown entry colour" in refusal(path)


@pytest.mark.parametrize(
    "content",
    [
        b"name = ",
        b"\xff\xfe\0",
        b"[" * 5000,
        b"x = " + b"[" * 5000,
        b"x = " + b"9" * 5000,
        b"name = 'a'\nname = 'b'\n",
    ],
    ids=["cut", "no text", "brackets", "nested", "endless number", "twice"],
)
def test_what_is_no_toml(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "card.toml"
    path.write_bytes(content)
    assert "cannot be read" in refusal(path)


def test_a_folder_named_like_a_card(tmp_path: Path) -> None:
    (tmp_path / "card.toml").mkdir()
    assert "cannot be read" in refusal(tmp_path / "card.toml")


@given(st.binary(max_size=200))
def test_any_bytes_are_a_card_or_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "card.toml"
    path.write_bytes(content)
    refusal(path)


def refusal(path: Path) -> str:
    with pytest.raises(CardError) as caught:
        read_card(path)
    sentence = str(caught.value)
    assert path.name in sentence and sentence.endswith(".") and "\n" not in sentence
    return sentence
