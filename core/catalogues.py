"""The catalogues of translated texts, made from the sources: `python -m core.catalogues` brings all up to date.

A language is added by naming it: `python -m core.catalogues de`. Needs Babel, which only a checkout has.
"""

from __future__ import annotations

import argparse
import io
import string
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from . import VERSION
from .models.card import read_card
from .models.card_text import texts as texts_of_card
from .models.registry import PROGRAM_WEIGHTS
from .presets import PRESETS
from .tools import MENU_ENTRIES, SHORTCUTS, TOOLS, MenuEntry, Shortcut, Tool
from .translation import DOMAIN, LOCALES

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("core", "qt_dialogs", "gimp_plugin", "installer")
"""Folders of the checkout whose texts are translated."""
NOT_SHOWN = ROOT / "core" / "training"
KEYWORDS = {"_": None, "ngettext": (1, 2), "WrongValue": None}
COMMENTS = ("Translators:",)
LINE = 100
HEADER = """\
# Daguerre, texts that people read.
# Made by `python -m core.catalogues`: see "Adding a language" in CONTRIBUTING.md.
#"""

Text = str | tuple[str, str]
"""A text as it stands in the sources; singular and plural where a number decides."""


@dataclass
class Place:
    """Where a text stands: its files, and what translators should know."""

    files: set[str] = field(default_factory=set)
    comments: list[str] = field(default_factory=list)


@cache
def texts() -> dict[Text, Place]:
    """All texts that are shown."""
    found: dict[Text, Place] = {}
    for name in SOURCES:
        for path in sorted((ROOT / name).rglob("*.py")):
            if NOT_SHOWN in path.parents:
                continue
            for text, comments in texts_in(path).items():
                place = found.setdefault(text, Place())
                place.files.add(path.relative_to(ROOT).as_posix())
                place.comments += comments
    for file, text in declared():
        if text:
            found.setdefault(text, Place()).files.add(file)
    return found


def texts_in(path: Path) -> dict[Text, list[str]]:
    """The texts that stand in a file between the brackets of `_` and the like, and what translators should know."""
    found: dict[Text, list[str]] = {}
    with path.open("rb") as source:
        for _line, text, comments, _context in extract("python", source, KEYWORDS, COMMENTS):
            found.setdefault((text[0], text[1]) if isinstance(text, tuple) else text, []).extend(comments)
    return found


def declared() -> Iterator[tuple[str, str]]:
    """The texts that are data in the sources and translated where they are shown, with their files."""
    yield from (("core/tools.py", text) for text in _of_tools())
    for preset in PRESETS:
        yield from (("core/presets.py", text) for text in (preset.title, preset.purpose))
    for path in sorted(PROGRAM_WEIGHTS.glob("*.toml")):
        yield from ((f"weights/{path.name}", text) for text in texts_of_card(read_card(path)))


def _of_tools() -> Iterator[str]:
    entries: list[Tool | Shortcut | MenuEntry] = [*TOOLS.values(), *SHORTCUTS.values(), *MENU_ENTRIES.values()]
    for entry in entries:
        yield from (entry.menu, entry.blurb)
    for tool in TOOLS.values():
        for parameter in tool.parameters:
            yield from (parameter.label, parameter.help, parameter.row)
            yield from (choice.label for choice in parameter.choices)


def template() -> Catalog:
    """All texts, not translated."""
    made = Catalog(domain=DOMAIN)
    for text, place in sorted(texts().items(), key=lambda found: (min(found[1].files), str(found[0]))):
        made.add(text, locations=[(file, 0) for file in sorted(place.files)], auto_comments=place.comments)
    return made


def languages() -> list[str]:
    """The languages that there are catalogues of."""
    return sorted(path.parents[1].name for path in Path(LOCALES).glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def catalogue_file(language: str) -> Path:
    """Where a language's translations are; the compiled ones lie beside them, as .mo."""
    return Path(LOCALES) / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def catalogue(language: str) -> Catalog:
    """A language's translations as they are; an empty catalogue where there is none yet."""
    path = catalogue_file(language)
    if not path.exists():
        return Catalog(
            language,
            domain=DOMAIN,
            project="Daguerre",
            version=VERSION,
            header_comment=HEADER,
            fuzzy=False,
        )
    with path.open("rb") as file:
        return read_po(file, language, DOMAIN, ignore_obsolete=True)


def updated(language: str) -> Catalog:
    """A language's translations for the texts of today; what had a similar text is taken over, marked as fuzzy."""
    translations = catalogue(language)
    translations.update(template(), update_creation_date=False)
    return translations


def source_of(translations: Catalog) -> bytes:
    """The .po file."""
    written = io.BytesIO()
    write_po(written, translations, width=LINE, include_lineno=False, ignore_obsolete=True)
    return written.getvalue()


def compiled(translations: Catalog) -> bytes:
    """The .mo file. It has the texts that are translated and not fuzzy."""
    written = io.BytesIO()
    write_mo(written, translations)
    return written.getvalue()


def outdated(translations: Catalog, path: Path) -> dict[Path, bytes]:
    """Which of the two files, of which path is the .po file, do not hold these translations, and what they should."""
    files = {path: source_of(translations), path.with_suffix(".mo"): compiled(translations)}
    return {file: content for file, content in files.items() if not file.exists() or _content(file) != content}


def _content(file: Path) -> bytes:
    content = file.read_bytes()
    # Git for Windows ends the lines of texts in its own way.
    return content.replace(b"\r\n", b"\n") if file.suffix == ".po" else content


def problems(translations: Catalog) -> list[str]:
    """What keeps these translations from being complete and right, a line each."""
    return [f"{fault}: {message.id!r}" for message in translations if message.id for fault in _faults(message)]


def _faults(message: Message) -> Iterator[str]:
    wanted, said = _forms(message.id)[-1], _forms(message.string)
    if not all(said):
        yield "not translated"
    elif message.fuzzy:
        yield "fuzzy"
    elif any(_placeholders(text) != _placeholders(wanted) for text in said):
        yield "other placeholders"


def _forms(text: Any) -> list[str]:
    """A text, or its singular and plurals."""
    return [form or "" for form in text] if isinstance(text, (tuple, list)) else [text or ""]


def _placeholders(text: str) -> set[str]:
    try:
        return {f"{name}:{form}" for _before, name, form, _conversion in string.Formatter().parse(text) if name}
    except ValueError:  # a brace that is none
        return set()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m core.catalogues", description=__doc__)
    parser.add_argument("languages", nargs="*", metavar="LANGUAGE", help="as de or pt_BR; all there are, where none is")
    parser.add_argument("--check", action="store_true", help="change nothing, say what is not as it should be")
    options = parser.parse_args()
    wrong = []
    for language in options.languages or languages():
        translations = updated(language)
        for path, content in outdated(translations, catalogue_file(language)).items():
            if options.check:
                wrong.append(f"{path.relative_to(ROOT)} is out of date: python -m core.catalogues")
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        wrong += [f"{language}, {problem}" for problem in problems(translations)]
    print("\n".join(wrong) or "All texts are translated.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
