"""The translations: every text that people read has one, in every language that there is, and it fits."""

from __future__ import annotations

import ast
import gettext
import io
import os
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po

from core import arguments, catalogues, translation
from core.models import card_text
from core.models.card import read_card
from core.models.registry import PROGRAM_WEIGHTS
from core.tools import DETECT, TOOLS

LANGUAGES = catalogues.languages()
SOURCES = [
    path
    for folder in catalogues.SOURCES
    for path in sorted((catalogues.ROOT / folder).rglob("*.py"))
    if catalogues.NOT_SHOWN not in path.parents
]
DECLARED = {"label", "help", "row", "menu", "blurb", "title", "purpose", "text"}
"""What holds texts as data, "text" those of a card: catalogues.declared knows them."""


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext"):
            yield node


def test_there_is_french() -> None:
    assert "fr" in LANGUAGES


def test_no_text_is_overlooked() -> None:
    overlooked = []
    for path in SOURCES:
        texts = {form for text in catalogues.texts_in(path) for form in ([text] if isinstance(text, str) else text)}
        for call in calls(ast.parse(path.read_bytes())):
            for argument in call.args[: 2 if ast.unparse(call.func) == "ngettext" else 1]:
                if isinstance(argument, ast.Constant):
                    known = argument.value in texts
                else:
                    known = ast.unparse(argument).rpartition(".")[2] in DECLARED
                if not known:
                    overlooked.append(f"{path.name}:{call.lineno}: {ast.unparse(call)}")
    assert overlooked == []


def test_nothing_is_translated_before_the_language_is_known() -> None:
    too_early = []
    for path in SOURCES:
        tree = ast.parse(path.read_bytes())
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Lambda)]
        later = {
            id(call)
            for function in functions
            for part in (function.body if isinstance(function, ast.FunctionDef) else [function.body])
            for call in calls(part)
        }
        too_early += [
            f"{path.name}:{call.lineno}: {ast.unparse(call)}" for call in calls(tree) if id(call) not in later
        ]
    assert too_early == []


def test_declared_texts_are_texts_too() -> None:
    texts = catalogues.texts()
    for tool in TOOLS.values():
        assert {tool.menu, tool.blurb} <= texts.keys()
        for parameter in tool.parameters:
            assert {parameter.label, parameter.help, *(choice.label for choice in parameter.choices)} <= texts.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_has_a_translation(language: str) -> None:
    assert catalogues.problems(catalogues.updated(language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_files_are_what_the_command_makes(language: str) -> None:
    assert catalogues.outdated(catalogues.updated(language), catalogues.catalogue_file(language)) == {}


def test_a_change_of_a_translation_makes_both_files_anew(tmp_path: Path) -> None:
    translations, path = catalogues.updated("fr"), tmp_path / "daguerre.po"
    files = catalogues.outdated(translations, path)
    assert list(files) == [path, tmp_path / "daguerre.mo"]
    for file, content in files.items():
        file.write_bytes(content)
    assert catalogues.outdated(translations, path) == {}
    path.write_bytes(files[path].replace(b"\n", b"\r\n"))
    assert catalogues.outdated(translations, path) == {}
    translations["Keep"].string = "Conserver"
    assert catalogues.outdated(translations, path).keys() == files.keys()


def test_what_is_missing_or_does_not_fit_is_told() -> None:
    source = """
msgid ""
msgstr ""
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "Keep"
msgstr ""

#, fuzzy
msgid "Reject"
msgstr "Garder"

msgid "{name} is here."
msgstr "{nom} est ici."

msgid "{count} defect"
msgid_plural "{count} defects"
msgstr[0] "{count} défaut"
msgstr[1] ""

msgid "one"
msgid_plural "{count} spots"
msgstr[0] "un"
msgstr[1] "{count} points"

msgid "Good"
msgstr "Bon"
"""
    told = catalogues.problems(read_po(io.BytesIO(source.encode()), "fr"))
    assert told == [
        "not translated: 'Keep'",
        "fuzzy: 'Reject'",
        "other placeholders: '{name} is here.'",
        "not translated: ('{count} defect', '{count} defects')",
        "other placeholders: ('one', '{count} spots')",
    ]


def french() -> Iterator[tuple[str, str]]:
    """Each English text with its French one."""
    translations: Catalog = catalogues.catalogue("fr")
    for message in translations:
        if message.id:
            english, said = (
                text if isinstance(text, (tuple, list)) else (text,) for text in (message.id, message.string)
            )
            for number, text in enumerate(said):
                yield english[min(number, len(english) - 1)], text


@pytest.mark.parametrize("wrong", ["'", '"', r"(?<!\u202f)(?<!, )[;:!?%»](?=\s|[.,)]|$)", r"«(?!\u202f)"])
def test_french_is_set_as_french_is(wrong: str) -> None:
    """Typographic apostrophes and quotation marks, and a narrow no-break space beside high signs."""
    assert [text for english, text in french() if re.search(wrong, text)] == []


def test_entries_of_gimps_menu_keep_one_letter_each() -> None:
    entries = {english: text for english, text in french() if "_" in english and "{" not in english}
    assert len(entries) == 8
    letters = [text[text.index("_") + 1].lower() for text in entries.values()]
    assert all(text.count("_") == 1 for text in entries.values()) and len(set(letters)) == len(letters)
    assert [text.endswith("…") for text in entries.values()] == [english.endswith("…") for english in entries]


@pytest.mark.parametrize("variable", ["LANGUAGE", "LC_ALL", "LANG"])
def test_the_command_speaks_the_language_of_its_environment(variable: str) -> None:
    kept = {k: v for k, v in os.environ.items() if k not in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")}
    told = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", "from core.arguments import parsed; parsed(['detect', '--help'])"],
        env={**kept, variable: "fr_CA.UTF-8"},
        cwd=catalogues.ROOT,
        capture_output=True,
        encoding="utf-8",
    ).stdout
    assert "Marquer les dégâts plus clairs que leur entourage." in " ".join(told.split())


@pytest.fixture
def speaks_french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translation, "catalogue", gettext.translation("daguerre", translation.LOCALES, ["fr"]))


def test_a_wrong_value_is_told_in_french(speaks_french: None) -> None:
    options = arguments.parsed(["detect", "scan.png", "--output", "mask.png", "--sensitivity", "7"])
    with pytest.raises(arguments.WrongUse, match=r"^sensitivity doit être entre 0 et 1\.$"):
        arguments.settings_from(DETECT, options)


def test_a_models_card_is_told_in_french(speaks_french: None) -> None:
    card = read_card(PROGRAM_WEIGHTS / "repair-telea.toml")
    told = card_text.described(card, PROGRAM_WEIGHTS)
    assert told["purpose"] == "Fines rayures et petits points\u202f; rapide, toute profondeur."
    assert re.search(r"\d+,\d\xa0dB\u202f; les méthodes classiques, \d+,\d\xa0dB\.$", told["figures"][0])


def test_numbers_are_written_as_french_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (translation.number(27.26, 1), translation.percent(0.5)) == ("27.3", "50%")
    monkeypatch.setattr(translation, "catalogue", gettext.translation("daguerre", translation.LOCALES, ["fr"]))
    assert (translation.number(27.26, 1), translation.percent(0.5)) == ("27,3", "50\u202f%")
    assert translation.ngettext("{count} defect", "{count} defects", 0) == "{count} défaut"


def test_all_fields_of_texts_are_plain_names() -> None:
    for text in catalogues.texts():
        for form in [text] if isinstance(text, str) else text:
            fields = [name for _text, name, _spec, _conversion in string.Formatter().parse(form) if name is not None]
            assert all(name.isidentifier() for name in fields)
