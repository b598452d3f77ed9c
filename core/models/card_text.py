"""A card in words for people: what was measured, how it was trained, where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .. import places
from ..translation import _
from .card import Card
from .registry import PROGRAM_WEIGHTS

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
        "title": _plain(card.title),
        "purpose": _plain(card.purpose),
        "licence": _plain(card.licence),
        "origin": origin(folder),
        "file": _plain(card.file),
        "size": size,
        "figures": [_plain(line) for line in figures(card)],
        "failures": [_plain(str(line)) for line in card.known_failures[:MOST]],
        "training": _plain(training(card)),
    }


def origin(folder: Path) -> str:
    """Whose models lie here: "program", "own", or "folder", the one that is searched besides."""
    return {PROGRAM_WEIGHTS: "program", places.models_folder(): "own"}.get(folder, "folder")


def training(card: Card) -> str:
    """What a network was trained with and for how long; empty where the card does not say."""
    data, minutes, started = card.training.get("data"), _number(card.training, "minutes"), card.training.get("start")
    parts = []
    if isinstance(data, str) and data:
        parts.append(data.partition(":")[0].strip().rstrip("."))
    if minutes is not None and started:
        parts.append(_("the last run took {minutes:.0f} minutes").format(minutes=minutes))
    elif minutes is not None:
        parts.append(_("{minutes:.0f} minutes").format(minutes=minutes))
    return "; ".join(parts)


def figures(card: Card) -> list[str]:
    """What was measured, a sentence each; what the card does not say is left out."""
    of = {"detect": _detect, "repair": _repair, "enhance": _enhance, "colorize": _colorize}.get(card.tool)
    return of(card) if of else []


def _detect(card: Card) -> list[str]:
    said = card.figures
    return [
        *_line(
            _(
                "In {photos:.0f} old photographs it finds {recall:.0%} of the damage; {precision:.0%} of what it marks "
                "is damage."
            ),
            photos=_number(said, "real", "photos"),
            recall=_number(said, "real", "recall"),
            precision=_number(said, "real", "precision"),
        ),
        *_line(
            _("Of photographs without damage it marks {mean:.2%} of the pixels wrongly, at worst {worst:.1%}."),
            mean=_share(said, "sound_marked_percent", "mean"),
            worst=_share(said, "sound_marked_percent", "worst"),
        ),
        *_line(
            _(
                "Of drawn damage it finds {lines:.0%} of lines and specks, {patches:.0%} of losses, {others:.0%} of "
                "folds and stains."
            ),
            lines=_number(said, "lines", "recall"),
            patches=_number(said, "patches", "recall"),
            others=_number(said, "others", "recall"),
        ),
    ]


def _repair(card: Card) -> list[str]:
    widths = {
        "thin": _("Damage 1 to 3 pixels wide: {own:.1f} dB; the classical methods {classical:.1f} dB."),
        "medium": _("4 to 9 pixels: {own:.1f} dB; the classical methods {classical:.1f} dB."),
        "thick": _("12 to 25 pixels: {own:.1f} dB; the classical methods {classical:.1f} dB."),
    }
    lines = []
    for width, text in widths.items():
        classical = [_number(card.figures, width, name) for name in ("telea", "ns")]
        best = max((value for value in classical if value is not None), default=None)
        lines += _line(text, own=_number(card.figures, width, card.name), classical=best)
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
                "Likeness to the photo before it was aged: {own:.1f} dB; without enhancing {aged:.1f} dB, by denoising "
                "alone at best {classical:.1f} dB. More is better."
            ),
            aged=_number(said, "aged", "psnr"),
            own=_number(said, card.name, "psnr"),
            classical=_number(said, "best_nlm", "psnr"),
        ),
        *_line(
            _(
                "Likeness of a sound photo to itself: {mean:.0f} dB, at worst {worst:.0f} dB. Above 40 dB nobody sees "
                "a change."
            ),
            mean=_number(said, card.name, "sound", "mean"),
            worst=_number(said, card.name, "sound", "worst"),
        ),
    ]


def _colorize(card: Card) -> list[str]:
    said = card.figures
    return [
        *_line(
            _(
                "Likeness to the true colours: {own:.1f} dB; left grey {grey:.1f} dB. More is better. Its colours are "
                "{share:.0%} as strong."
            ),
            grey=_number(said, "grey", "psnr"),
            own=_number(said, card.name, "psnr"),
            share=_number(said, card.name, "colourfulness"),
        ),
        *_line(
            _("With 20 dabs of the true colours: {own:.1f} dB; the dabs spread without a network {spread:.1f} dB."),
            own=_number(said, card.name, "hinted"),
            spread=_number(said, "spread", "hinted"),
        ),
    ]


def _line(text: str, **numbers: float | None) -> list[str]:
    """The sentence, where all of its numbers are known."""
    return [] if None in numbers.values() else [text.format(**numbers)]


def _number(table: Mapping[str, Any], *path: str) -> float | None:
    """The number at this place of a card's table; None where there is none."""
    value: Any = table
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return (
        float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e6 else None
    )


def _share(table: Mapping[str, Any], *path: str) -> float | None:
    percent = _number(table, *path)
    return None if percent is None else percent / 100


def _plain(text: str) -> str:
    """One line of at most LONGEST characters."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
