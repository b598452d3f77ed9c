"""A card in words for people: what was measured, how it was trained, where it comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .. import places
from ..protocol import ORIGINS
from ..translation import _, number, percent
from .card import Card
from .registry import PROGRAM_WEIGHTS

BLANKS = re.compile(r"[^\S\u00a0\u202f]+")
"""All white space but the no-break spaces that some languages have before signs."""
LONGEST, MOST = 600, 12
"""Characters of a text and entries of a list: cards are other people's files, and an answer is one line."""


def described(card: Card, folder: Path) -> dict[str, Any]:
    """What the window shows of a card in this folder; only texts, numbers and lists of texts."""
    try:
        size = (folder / card.file).stat().st_size if card.file else 0
    except OSError:
        size = 0
    return {
        "tool": card.tool[:LONGEST],
        "name": card.name[:LONGEST],
        "title": _plain(translated(card.title)),
        "purpose": _plain(translated(card.purpose)),
        "licence": _plain(card.licence),
        "origin": origin(folder),
        "file": _plain(card.file),
        "size": size,
        "figures": [_plain(line) for line in figures(card)],
        "failures": [_plain(translated(str(line))) for line in card.known_failures[:MOST]],
        "training": _plain(training(card)),
    }


def origin(folder: Path) -> str:
    """Whose models lie here, out of ORIGINS; the last is the folder that is searched besides."""
    program, own, other = ORIGINS
    return {PROGRAM_WEIGHTS: program, places.models_folder(): own}.get(folder, other)


def translated(text: str) -> str:
    """A card's text in the person's language, where it is one of the program's own cards."""
    return _(text) if text else ""


def texts(card: Card) -> list[str]:
    """What a card says in words."""
    return [card.title, card.purpose, *map(str, card.known_failures), trained_with(card)]


def trained_with(card: Card) -> str:
    """With which pictures a network was trained, in short; empty where the card does not say."""
    data = card.training.get("data")
    return data.partition(":")[0].strip().rstrip(".") if isinstance(data, str) else ""


def training(card: Card) -> str:
    """What a network was trained with and for how long; empty where the card does not say."""
    minutes, started = _number(card.training, "minutes"), card.training.get("start")
    pictures, long = translated(trained_with(card)) if trained_with(card) else "", ""
    if minutes is not None and started:
        long = _("the last run took {minutes} minutes").format(minutes=number(minutes))
    elif minutes is not None:
        long = _("{minutes} minutes").format(minutes=number(minutes))
    return _("{pictures}; {time}").format(pictures=pictures, time=long) if pictures and long else pictures or long


def figures(card: Card) -> list[str]:
    """What was measured, a sentence each; what the card does not say is left out."""
    of = {"detect": _detect, "repair": _repair, "enhance": _enhance, "colorize": _colorize}.get(card.tool)
    return of(card) if of else []


def _detect(card: Card) -> list[str]:
    said = card.figures
    return [
        *_line(
            _("In {photos} old photographs it finds {recall} of the damage; {precision} of what it marks is damage."),
            photos=_decimal(_number(said, "real", "photos"), 0),
            recall=_part(_number(said, "real", "recall"), 0),
            precision=_part(_number(said, "real", "precision"), 0),
        ),
        *_line(
            _("Of photographs without damage it marks {mean} of the pixels wrongly, at worst {worst}."),
            mean=_part(_share(said, "sound_marked_percent", "mean"), 2),
            worst=_part(_share(said, "sound_marked_percent", "worst"), 1),
        ),
        *_line(
            _(
                "Of drawn damage it finds {lines} of lines and specks, {patches} of losses, {others} of "
                "folds and stains."
            ),
            lines=_part(_number(said, "lines", "recall"), 0),
            patches=_part(_number(said, "patches", "recall"), 0),
            others=_part(_number(said, "others", "recall"), 0),
        ),
    ]


def _repair(card: Card) -> list[str]:
    widths = {
        "thin": _("Damage 1 to 3 pixels wide: {own} dB; the classical methods {classical} dB."),
        "medium": _("4 to 9 pixels: {own} dB; the classical methods {classical} dB."),
        "thick": _("12 to 25 pixels: {own} dB; the classical methods {classical} dB."),
    }
    lines = []
    for width, text in widths.items():
        classical = [_number(card.figures, width, name) for name in ("telea", "ns")]
        best = max((value for value in classical if value is not None), default=None)
        own = _number(card.figures, width, card.name)
        lines += _line(text, own=_decimal(own, 1), classical=_decimal(best, 1))
    if lines:
        lines.append(
            _("Likeness of the fill to what was there; more is better. Classical are Telea and Navier-Stokes.")
        )
    return lines


def _enhance(card: Card) -> list[str]:
    said = card.figures
    return [
        *_line(
            _(
                "Likeness to the photo before it was aged: {own} dB; without enhancing {aged} dB, by denoising "
                "alone at best {classical} dB. More is better."
            ),
            aged=_decimal(_number(said, "aged", "psnr"), 1),
            own=_decimal(_number(said, card.name, "psnr"), 1),
            classical=_decimal(_number(said, "best_nlm", "psnr"), 1),
        ),
        *_line(
            _("Likeness of a sound photo to itself: {mean} dB, at worst {worst} dB. Above 40 dB nobody sees a change."),
            mean=_decimal(_number(said, card.name, "sound", "mean"), 0),
            worst=_decimal(_number(said, card.name, "sound", "worst"), 0),
        ),
    ]


def _colorize(card: Card) -> list[str]:
    said = card.figures
    return [
        *_line(
            _(
                "Likeness to the true colours: {own} dB; left grey {grey} dB. More is better. Its colours are "
                "{share} as strong."
            ),
            grey=_decimal(_number(said, "grey", "psnr"), 1),
            own=_decimal(_number(said, card.name, "psnr"), 1),
            share=_part(_number(said, card.name, "colourfulness"), 0),
        ),
        *_line(
            _("With 20 dabs of the true colours: {own} dB; the dabs spread without a network {spread} dB."),
            own=_decimal(_number(said, card.name, "hinted"), 1),
            spread=_decimal(_number(said, "spread", "hinted"), 1),
        ),
    ]


def _line(text: str, **numbers: str | None) -> list[str]:
    """The sentence, where all of its numbers are known."""
    return [] if None in numbers.values() else [text.format(**numbers)]


def _decimal(value: float | None, decimals: int) -> str | None:
    return None if value is None else number(value, decimals)


def _part(share: float | None, decimals: int) -> str | None:
    return None if share is None else percent(share, decimals)


def _number(table: Mapping[str, Any], *path: str) -> float | None:
    """The number at this place of a card's table; None where there is none."""
    value: Any = table
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return (
        float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e6 else None
    )


def _share(table: Mapping[str, Any], *path: str) -> float | None:
    value = _number(table, *path)
    return None if value is None else value / 100


def _plain(text: str) -> str:
    """One line of at most LONGEST characters."""
    line = BLANKS.sub(" ", text).strip()
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
