"""Presets of Restore: settings of all its steps under one name. The program has some, people save their own."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import places
from .failures import FileProblem
from .parameters import Value, WrongValue
from .tools import RESTORE, checked
from .translation import _

LONGEST_NAME = 60
LARGEST_FILE = 1_000_000
"""Bytes; what is larger is no preset."""


@dataclass(frozen=True)
class Preset:
    """name is what --preset takes, title and purpose are for people; values are those that differ from Restore's
    defaults. An own preset's name is its title.
    """

    name: str
    title: str
    purpose: str
    values: Mapping[str, Value] = field(default_factory=dict)
    own: bool = False

    @property
    def settings(self) -> dict[str, Value]:
        """All settings of Restore, but for those on where results go."""
        return held(checked(RESTORE, self.values))


STANDARD = Preset("standard", "Standard", "Find the damage and repair it.")
PRESETS = (
    STANDARD,
    Preset(
        "light-touch",
        "Light touch",
        "Repair only the scratches and dust that are sure; all else stays as it is.",
        {"detect-sensitivity": 0.35, "detect-areas": False},
    ),
    Preset(
        "family-album",
        "Family album",
        "Repair the damage, then bring back tone and detail.",
        {"steps": "detect,repair,enhance"},
    ),
    Preset(
        "badly-cracked",
        "Badly cracked",
        "Mark also what is unsure, and a little wider, and fill it with softer rims.",
        {"detect-sensitivity": 0.7, "detect-grow": 1.0, "repair-feather": 2.0, "review": True},
    ),
    Preset(
        "faded-colour-print",
        "Faded colour print",
        "Bring the colours back in full; repair only sure scratches and dust, keep the detail.",
        {
            "steps": "detect,repair,enhance",
            "detect-sensitivity": 0.35,
            "detect-areas": False,
            "enhance-noise": 0.5,
            "enhance-sharpness": 0.5,
            "enhance-keep-detail": 0.8,
        },
    ),
    Preset(
        "black-and-white-to-colour",
        "Black and white to colour",
        "Repair the damage, bring back tone and detail, then give colours.",
        {"steps": "detect,repair,enhance,colorize"},
    ),
)
"""The program's own, plain values; STANDARD is Restore as it comes."""


def held(settings: Mapping[str, Value]) -> dict[str, Value]:
    """Of Restore's settings those that a preset holds: all but where results go."""
    return {p.name: settings[p.name] for p in RESTORE.parameters if not p.placing}


def own_file() -> Path:
    """JSON: the own presets' names, each with its settings."""
    return places.data_folder() / "presets.json"


def own_presets() -> tuple[list[Preset], list[str]]:
    """The person's own presets by name, and a sentence for each thing that is wrong with their file."""
    try:
        entries = _entries()
    except FileProblem as problem:
        return [], [str(problem)]
    presets, problems = [], []
    for name in sorted(entries, key=str.casefold):
        try:
            presets.append(_own(name, entries[name]))
        except FileProblem as problem:
            problems.append(str(problem))
    return presets, problems


def check_file() -> None:
    """Raises FileProblem where own presets cannot be saved because their file cannot be read."""
    _entries()


def named(name: str) -> Preset:
    """The preset of this name or title; FileProblem with one sentence where there is none or it cannot be used."""
    wanted = _folded(name)
    for preset in PRESETS:
        if wanted in (preset.name, _folded(preset.title)):
            return preset
    entries = _entries()
    for own in entries:
        if _folded(own) == wanted:
            return _own(own, entries[own])
    offered = ", ".join([*(preset.name for preset in PRESETS), *sorted(entries, key=str.casefold)])
    raise FileProblem(_("There is no preset {name}; there are: {names}.").format(name=name, names=offered))


def why_not(name: str, taken: Iterable[str] = ()) -> str:
    """Why an own preset cannot be called this; empty where it can. taken: names that others have."""
    if not name.strip():
        return _("A preset needs a name.")
    if len(name.strip()) > LONGEST_NAME or not name.strip().isprintable():
        return _("A preset's name has at most {count} letters, in one line.").format(count=LONGEST_NAME)
    if any(_folded(name) in (preset.name, _folded(preset.title), _folded(_(preset.title))) for preset in PRESETS):
        return _("Daguerre has a preset of this name itself.")
    if _folded(name) in map(_folded, taken):
        return _("You have another preset of this name.")
    return ""


def save(name: str, settings: Mapping[str, Value]) -> Preset:
    """Keep settings of Restore as an own preset, in the place of an own one of the same name.

    Raises FileProblem, with nothing changed, where that cannot be.
    """
    wrong = why_not(name)
    if wrong:
        raise FileProblem(wrong)
    kept = {}
    for own, values in _entries().items():
        if _folded(own) == _folded(name):
            _own(own, values)  # one that cannot be used is not lost: it may be mended
        else:
            kept[own] = values
    preset = _own(name.strip(), held(settings))
    _write({**kept, preset.name: dict(preset.values)})
    return preset


def remove(name: str) -> None:
    """Forget an own preset. Raises FileProblem, with nothing changed, where that cannot be."""
    entries = _entries()
    if entries.pop(name, None) is not None:
        _write(entries)


def rename(name: str, new: str) -> Preset:
    """Call an own preset otherwise. Raises FileProblem, with nothing changed, where that cannot be."""
    entries, before = _entries(), named(name)
    wrong = why_not(new, (own for own in entries if own != before.name))
    if wrong:
        raise FileProblem(wrong)
    after = _own(new.strip(), before.settings)
    _write({after.name if own == before.name else own: values for own, values in entries.items()})
    return after


def write(preset: Preset, path: Path) -> None:
    """Write an own preset into a JSON file of its own, for another machine. Raises FileProblem where that cannot be."""
    content = {"name": preset.name, "settings": dict(preset.settings)}
    try:
        places.write_whole(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    except (OSError, UnicodeError):
        raise FileProblem(_("{file} cannot be written; choose another folder.").format(file=path)) from None


def read(path: Path) -> Preset:
    """Keep the preset in a file that `write` made as an own one. Where an own one of its name holds other settings,
    that stays, and a number is added to the name. Raises FileProblem, with nothing changed, where that cannot be.
    """
    name, preset = _in_file(path)
    entries = _entries()
    folded = {_folded(own): own for own in entries}
    number, free = 1, name
    while _folded(free) in folded:
        if entries[folded[_folded(free)]] == preset.settings:
            return _own(folded[_folded(free)], preset.settings)
        number += 1
        free = f"{name[: LONGEST_NAME - 1 - len(str(number))]} {number}"
    return save(free, preset.settings)


def _in_file(path: Path) -> tuple[str, Preset]:
    """The name in a file that `write` made, and its preset."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ValueError
        content = json.loads(path.read_text(encoding="utf-8"))
        name, values = content["name"].strip(), content["settings"]
        if not isinstance(values, dict):
            raise TypeError
    except OSError:
        raise FileProblem(_("{file} cannot be read.").format(file=path)) from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise FileProblem(
            _("{file} holds no preset; choose a JSON file that Daguerre has exported.").format(file=path)
        ) from None
    wrong = why_not(name)
    if wrong:
        raise FileProblem(_("The preset in {file} cannot be used: {why}").format(file=path, why=wrong))
    try:
        return name, Preset(name, name, "", held(checked(RESTORE, values)), own=True)
    except WrongValue as error:
        why = error.text(_)
    raise FileProblem(_("The preset in {file} cannot be used: {why}").format(file=path, why=why))


def _folded(name: str) -> str:
    return name.strip().casefold()


def _own(name: str, values: Any) -> Preset:
    preset = Preset(name, name, _("Your own preset."), values, own=True)
    try:
        if not isinstance(values, dict):
            raise ValueError(_("it has no settings."))
        return dataclasses.replace(preset, values=preset.settings)
    except ValueError as error:
        why = error.text(_) if isinstance(error, WrongValue) else error
        raise FileProblem(
            _("Your preset {name} in {file} cannot be used: {why}").format(name=name, file=own_file(), why=why)
        ) from None


def _entries() -> dict[str, Any]:
    """What the file holds, whether or not it can be used; a file that cannot be read is never written over."""
    try:
        entries = json.loads(own_file().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError):
        entries = None
    if not isinstance(entries, dict):
        raise FileProblem(_("{file} with your own presets cannot be read; mend or move it.").format(file=own_file()))
    return entries


def _write(entries: Mapping[str, Any]) -> None:
    path = Path(os.path.realpath(own_file()))
    try:
        places.write_whole(path, json.dumps(entries, indent=1, ensure_ascii=False) + "\n")
    except (OSError, UnicodeError):
        raise FileProblem(_("{file} with your own presets cannot be written.").format(file=path)) from None
