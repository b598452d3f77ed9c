"""The person's own models: added to their folder whole or not at all, taken out again, and a folder searched too."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from .. import places
from ..failures import FileProblem, ModelError, lacks_memory
from ..tools import STEPS
from ..translation import _
from .card import Card, CardError, read_card, write_card
from .registry import ARCHITECTURES, PROGRAM_WEIGHTS, Registry

CARD, WEIGHTS = ".toml", ".safetensors"
REMOVED = "removed"
"""The folder for what was taken out, in the folder of the person's models: it can be added again from there."""
ADDING = ".adding-"
FORGOTTEN = 3600
"""Seconds after which nobody works on a half-added model any more."""


def add(path: Path) -> Card:
    """Copy a model into the person's folder: a file of weights with the card beside it, whichever of the two is named.

    The copy is checked and loaded before it gets its place, and that of a model of the same tool and name, which is
    taken out. Raises FileProblem with one sentence, and nothing is changed, where it is no model for Daguerre.
    """
    card = _card_of(path)
    folder = places.models_folder()
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    stem = f"{card.tool}-{card.name}"
    kept = replace(card, file=f"{stem}-{card.sha256[:8]}{WEIGHTS}" if card.file else "")
    with tempfile.TemporaryDirectory(prefix=ADDING, dir=folder) as staged:
        copy = Path(staged)
        if card.file:
            shutil.copyfile(path.with_name(card.file), copy / kept.file)
        write_card(kept, copy / f"{stem}{CARD}")
        _check(path, kept, Registry([PROGRAM_WEIGHTS, copy]))
        _take_out(folder, card.tool, card.name)
        for name in (kept.file, f"{stem}{CARD}"):  # the card last: without it weights are nothing
            if name:
                (copy / name).replace(folder / name)
    return kept


def remove(tool: str, name: str) -> None:
    """Take one of the person's own models out of their folder, into REMOVED. FileProblem where there is none."""
    if not _take_out(places.models_folder(), tool, name):
        raise FileProblem(_("{name} is no model of your own that could be removed.").format(name=name))


def search(folder: Path | None) -> None:
    """Search this folder for models too, from now on; None: no other one. FileProblem where it is none."""
    if folder is not None and not folder.is_dir():
        raise FileProblem(_("The folder {folder} is not there.").format(folder=folder))
    places.write_whole(places.other_models_file(), json.dumps({"folder": str(folder)} if folder else {}))


def _card_of(path: Path) -> Card:
    """The card that belongs to a file, or is it, as far as it can be a model of this program's."""
    if path.suffix not in (CARD, WEIGHTS):
        raise _refusal(path, _("only .safetensors files are taken, which hold numbers and nothing that runs"))
    beside = path.with_suffix(CARD)
    if not beside.is_file():
        raise _refusal(path, _("its card {card} is not beside it").format(card=beside.name))
    try:
        card = read_card(beside)
    except CardError as error:
        text = str(error).rstrip(".")
        raise _refusal(path, text[:1].lower() + text[1:]) from None
    if card.tool not in STEPS or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", card.name):
        raise _refusal(path, _("its card names no tool of Daguerre's, or has no plain name"))
    if card.architecture not in ARCHITECTURES:
        raise _refusal(path, _("this version does not know its architecture {kind}").format(kind=card.architecture))
    if path.suffix == WEIGHTS and card.file != path.name:
        raise _refusal(path, _("the card {card} is that of another file").format(card=beside.name))
    if card.file and Path(card.file).suffix != WEIGHTS:
        raise _refusal(path, _("only .safetensors files are taken, which hold numbers and nothing that runs"))
    if card.file and not path.with_name(card.file).is_file():
        raise _refusal(path, _("its file {file} is not beside the card").format(file=card.file))
    if card.file and not re.fullmatch("[0-9a-f]{64}", card.sha256):
        raise _refusal(path, _("its card has no SHA-256 of the file"))
    return card


def _check(path: Path, card: Card, models: Registry) -> None:
    """Compare the copy with its card, and load it."""
    try:
        models.check_weights(card)
    except ModelError:
        raise _refusal(path, _("the file is not the one of which its card has the SHA-256")) from None
    try:
        models.load(card.tool, card.name)
    except ModelError as error:
        reason = error.__cause__ or error
        if lacks_memory(reason):
            raise
        line = (str(reason).splitlines() or [type(reason).__name__])[0].rstrip(".:")
        raise _refusal(path, _("it cannot be loaded ({reason})").format(reason=line[:200])) from error


def _take_out(folder: Path, tool: str, name: str) -> bool:
    """Move all there is of a model into REMOVED; whether there was one."""
    cards = {}
    for path in folder.glob(f"*{CARD}"):
        with suppress(CardError):
            cards[path] = read_card(path)
    gone = [path for path, card in cards.items() if (card.tool, card.name) == (tool, name)]
    still_used = {card.file for path, card in cards.items() if path not in gone}
    for path in gone:
        card = cards[path]
        target = folder / REMOVED / f"{path.stem}-{hashlib.sha256(path.read_bytes()).hexdigest()[:8]}"
        target.mkdir(parents=True, exist_ok=True)
        path.replace(target / f"{Path(card.file).stem if card.file else path.stem}{CARD}")
        weights = folder / card.file
        if card.file and weights.is_file():
            if card.file in still_used:
                shutil.copyfile(weights, target / card.file)
            else:
                weights.replace(target / card.file)
    return bool(gone)


def _sweep(folder: Path) -> None:
    """Remove what a process left that was ended while it added a model."""
    for left in folder.glob(f"{ADDING}*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > FORGOTTEN:
                shutil.rmtree(left)


def _refusal(path: Path, reason: str) -> FileProblem:
    text = _("“{f}” is not a model for Daguerre: {reason}. Add the .safetensors file with its .toml card.")
    return FileProblem(text.format(f=path.name, reason=reason))
