"""A model's card: the TOML file beside the weights that says what the model is and what it was measured to do."""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from ..translation import _

LARGEST = 1 << 16
"""Bytes of a card."""


@dataclass(frozen=True)
class Card:
    """What a card says.

    tile, stride and overlap are pixels; an enhancer's or a colorizer's tile may be 0: then it sees the whole photo,
    reduced. threshold is the probability from which a pixel counts as damage at the default sensitivity. second_look is
    by how much a small photo is enlarged for a second look, where large ones are looked at reduced as well; 0 for one
    look at any photo. file and sha256 are empty for methods without weights.
    figures are written by the evaluation, training by the training command.
    """

    name: str
    tool: str
    title: str
    purpose: str
    architecture: str
    licence: str
    arguments: dict[str, Any] = field(default_factory=dict)
    tile: int = 0
    stride: int = 1
    overlap: int = 0
    threshold: float = 0.5
    second_look: float = 0.0
    file: str = ""
    sha256: str = ""
    training: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    known_failures: list[str] = field(default_factory=list)


class CardError(Exception):
    """A card that cannot be used; the text is one sentence."""


def read_card(path: Path) -> Card:
    """The card in a TOML file; CardError where it is damaged or incomplete."""
    try:
        if path.exists() and not path.is_file():  # a pipe or a device would be waited for
            raise ValueError(_("it is not a file"))
        if path.stat().st_size > LARGEST:
            raise ValueError(_("it is too large for one"))
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or error
        raise CardError(_("The card {card} cannot be read: {reason}.").format(card=path.name, reason=reason)) from None
    kinds = {f.name: f.type for f in fields(Card)}
    for key, value in table.items():
        if key not in kinds:
            raise CardError(_("The card {card} has an unknown entry {key}.").format(card=path.name, key=key))
        if not _fits(value, str(kinds[key])):
            raise CardError(_("The card {card} has a wrong value for {key}.").format(card=path.name, key=key))
    try:
        card = Card(**table)
    except TypeError:
        raise CardError(_("The card {card} is incomplete.").format(card=path.name)) from None
    if card.file != Path(card.file).name or bool(card.file) != bool(card.sha256):
        raise CardError(_("The card {card} does not name its weights properly.").format(card=path.name))
    if not 0 < card.threshold < 1 or not 0 <= card.second_look <= 4:
        raise CardError(_("The card {card} has an impossible threshold or second look.").format(card=path.name))
    looks_at_all = card.tool in ("enhance", "colorize") and card.tile == 0
    tiled = card.tool == "detect" or (card.file and not looks_at_all)
    if tiled and not (0 < card.stride <= card.tile <= 4096 and 0 <= 2 * card.overlap < card.tile):
        raise CardError(_("The card {card} has an impossible tile, stride or overlap.").format(card=path.name))
    if tiled and (card.tile % card.stride or card.overlap % card.stride):
        raise CardError(
            _("The card {card} has a tile or overlap that is no multiple of its stride.").format(card=path.name)
        )
    return card


def write_card(card: Card, path: Path) -> None:
    """Write the card as TOML, entries in the order of the dataclass, tables last; empty entries are left out."""
    entries = {key: value for key, value in asdict(card).items() if value not in ("", {}, [])}
    plain = [f"{key} = {_toml(value)}" for key, value in entries.items() if not isinstance(value, dict)]
    tables = [_table(key, value) for key, value in entries.items() if isinstance(value, dict)]
    path.write_text("\n".join([*plain, *tables]) + "\n", encoding="utf-8")


def _table(name: str, table: dict[str, Any]) -> str:
    plain = [f"{_key(key)} = {_toml(value)}" for key, value in table.items() if not isinstance(value, dict)]
    inner = [_table(f"{name}.{_key(key)}", value) for key, value in table.items() if isinstance(value, dict)]
    return "\n".join(["", f"[{name}]", *plain, *inner])


def _key(key: str) -> str:
    return key if key.isascii() and key.replace("_", "").replace("-", "").isalnum() else _toml(key)


def _toml(value: Any) -> str:
    """A value as TOML; JSON's strings, numbers and booleans are TOML's too."""
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, float):
        return repr(round(value, 6))
    return json.dumps(value, ensure_ascii=False)


def _fits(value: Any, kind: str) -> bool:
    if kind == "float":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, {"str": str, "list[str]": list}.get(kind, dict))
