"""Presets of Restore: the program's own, people's own, and the file in which those are kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core import arguments, presets
from core.arguments import WrongUse
from core.failures import FileProblem
from core.parameters import Value
from core.presets import PRESETS, STANDARD, Preset
from core.reference import reference
from core.tools import RESTORE, STEPS, checked, defaults

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = presets.held(defaults(RESTORE))
MINE: dict[str, Value] = {**SETTINGS, "detect-sensitivity": 0.42, "steps": "detect"}


def settings_of(*words: str) -> dict[str, Value]:
    """What the command line makes of these words of `daguerre restore`."""
    return arguments.settings_from(RESTORE, arguments.parsed(["restore", "a.png", "--output", "b.png", *words]))


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_values_fit_the_parameters_and_differ_from_the_defaults(preset: Preset) -> None:
    known = {parameter.name: parameter for parameter in RESTORE.parameters}
    taken = checked(RESTORE, preset.values)
    for name, value in preset.values.items():
        assert taken[name] == value != known[name].default
        assert not known[name].placing and not name.endswith("model")
    assert preset.title and preset.purpose.endswith(".") and len(preset.purpose) <= 90 and not preset.own
    steps = str(taken["steps"]).split(",")
    of_steps = set(preset.values) - {"steps", "review"}
    assert {name.partition("-")[0] for name in of_steps} <= set(steps), "nothing in vain"
    assert "detect" in steps or not taken["review"]


def test_the_presets_of_the_issue_are_there() -> None:
    assert [preset.title for preset in PRESETS] == [
        "Standard",
        "Light touch",
        "Family album",
        "Badly cracked",
        "Faded colour print",
        "Black and white to colour",
    ]
    assert all(preset.name == preset.title.lower().replace(" ", "-") for preset in PRESETS)
    assert STANDARD.settings == SETTINGS
    every = [preset.settings for preset in PRESETS]
    assert all(settings not in every[:i] for i, settings in enumerate(every)), "each is another one"
    assert presets.named("black-and-white-to-colour").settings["steps"] == ",".join(STEPS)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_the_command_line_takes_a_preset(preset: Preset) -> None:
    assert presets.held(settings_of("--preset", preset.name)) == preset.settings
    assert settings_of("--preset", preset.title.upper()) == settings_of("--preset", preset.name)


def test_a_stop_for_review_comes_with_a_preset_and_is_no_option() -> None:
    assert [preset.name for preset in PRESETS if preset.settings["review"]] == ["badly-cracked"]
    assert settings_of("--preset", "badly-cracked")["review"] is True, "nobody looks on: it means nothing there"
    with pytest.raises(SystemExit):
        arguments.parsed(["restore", "a.png", "--output", "b.png", "--review", "on"])
    presets.save("Mine", {**MINE, "review": True})
    assert presets.named("Mine").settings["review"] is True


def test_options_are_stronger_than_the_preset_wherever_they_stand() -> None:
    words = ("--set", "detect.sensitivity=0.6", "--steps", "detect,repair,colorize")
    for found in (settings_of("--preset", "badly-cracked", *words), settings_of(*words, "--preset", "badly-cracked")):
        assert (found["detect-sensitivity"], found["steps"]) == (0.6, "detect,repair,colorize")
        assert (found["detect-grow"], found["repair-feather"]) == (1.0, 2.0), "the rest is the preset's"


def test_an_unknown_preset_is_one_sentence_with_all_names() -> None:
    presets.save("Grandfather’s album", MINE)
    with pytest.raises(WrongUse) as told:
        settings_of("--preset", "sepia")
    assert str(told.value).startswith("There is no preset sepia; there are: standard, light-touch, ")
    assert str(told.value).endswith("black-and-white-to-colour, Grandfather’s album.")


def test_help_lists_the_presets(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        arguments.parsed(["restore", "--help"])
    text = "".join(capsys.readouterr().out.split())
    assert all(f"{preset.name}:" in text for preset in PRESETS)


def test_an_own_preset_is_kept_found_replaced_and_removed() -> None:
    assert presets.own_presets() == ([], [])
    saved = presets.save("  Grandfather’s album ", {**defaults(RESTORE), **MINE})
    assert (saved.name, saved.settings, saved.own) == ("Grandfather’s album", MINE, True)
    assert presets.own_presets() == ([saved], [])
    assert settings_of("--preset", "grandfather’s ALBUM")["detect-sensitivity"] == 0.42
    again = presets.save("GRANDFATHER’S album", {**MINE, "detect-grow": 2.0})
    other = presets.save("Any other", MINE)
    assert presets.own_presets() == ([other, again], []) and again.settings["detect-grow"] == 2.0
    presets.remove(again.name)
    presets.remove("nobody")
    assert presets.own_presets() == ([other], [])
    assert [path.name for path in presets.own_file().parent.iterdir()] == ["presets.json"], "nothing is left behind"


@pytest.mark.parametrize("name", ["", "  ", "Family album", "family-album", " STANDARD", "x" * 61, "two\nlines"])
def test_names_that_cannot_be(name: str) -> None:
    assert presets.why_not(name).endswith(".")
    with pytest.raises(FileProblem):
        presets.save(name, MINE)
    assert not presets.own_file().exists()


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff\xfe\x00", b"", b"nonsense", b"[" * 100_000], ids=range(6))
def test_a_broken_file_is_told_in_a_sentence_and_never_written_over(content: bytes) -> None:
    presets.own_file().parent.mkdir(parents=True)
    presets.own_file().write_bytes(content)
    found, problems = presets.own_presets()
    assert found == [] and problems == [f"{presets.own_file()} with your own presets cannot be read; mend or move it."]
    for attempt in (lambda: presets.save("Mine", MINE), lambda: presets.remove("Mine"), presets.check_file):
        with pytest.raises(FileProblem, match="cannot be read"):
            attempt()
    with pytest.raises(WrongUse, match="cannot be read"):
        settings_of("--preset", "Mine")
    assert settings_of("--preset", "family-album"), "the program's own need no file"
    assert presets.own_file().read_bytes() == content


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"detect-sensitivity": 7}, "detect-sensitivity must be between 0 and 1."),
        ({"detect-magic": 1}, "restore has no setting named detect-magic"),
        ({"steps": "repair,detect"}, "steps must be names out of"),
        ("all", "it has no settings."),
    ],
)
def test_one_that_does_not_fit_is_told_and_kept_and_spoils_no_other(values: object, why: str) -> None:
    presets.own_file().parent.mkdir(parents=True)
    presets.own_file().write_text(json.dumps({"Odd": values, "Good": {"steps": "detect"}}))
    found, problems = presets.own_presets()
    assert [(preset.name, preset.settings["steps"]) for preset in found] == [("Good", "detect")]
    assert len(problems) == 1 and problems[0].startswith("Your preset Odd in ") and why in problems[0]
    with pytest.raises(WrongUse, match="Your preset Odd"):
        settings_of("--preset", "odd")
    with pytest.raises(FileProblem, match="Your preset Odd"):
        presets.save("Odd", MINE)
    presets.save("New", MINE)
    presets.remove("Good")
    assert json.loads(presets.own_file().read_text(encoding="utf-8")) == {"Odd": values, "New": MINE}


def test_a_folder_that_cannot_be_written_is_told(data_folder: Path) -> None:
    data_folder.parent.mkdir(parents=True, exist_ok=True)
    data_folder.write_text("a file where the folder should be")
    with pytest.raises(FileProblem, match=r"presets\.json"):
        presets.save("Mine", MINE)
    assert data_folder.read_text() == "a file where the folder should be"


def test_the_reference_page_is_made_from_the_declarations() -> None:
    page = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    assert page == reference(), "make it anew: python -m core.reference > docs/reference.md"
    assert all(f"| `{preset.name}` | {preset.purpose} |" in page for preset in PRESETS)


def test_one_is_renamed_in_its_place() -> None:
    presets.save("One", MINE)
    presets.save("Two", {**MINE, "detect-grow": 2.0})
    assert presets.rename("One", " Uno ").name == "Uno"
    assert [preset.name for preset in presets.own_presets()[0]] == ["Two", "Uno"]
    assert presets.rename("Uno", "UNO").settings == MINE
    for old, new in (("UNO", "two"), ("UNO", "Family album"), ("UNO", ""), ("One", "Other"), ("Standard", "two")):
        with pytest.raises(FileProblem):
            presets.rename(old, new)
    assert json.loads(presets.own_file().read_text(encoding="utf-8")) == {
        "UNO": MINE,
        "Two": {**MINE, "detect-grow": 2.0},
    }


def test_one_is_written_and_read(tmp_path: Path) -> None:
    file = tmp_path / "album.json"
    mine = presets.save("Grandfather’s album", MINE)
    presets.write(mine, file)
    assert presets.read(file) == mine and len(presets.own_presets()[0]) == 1, "it is there already"
    presets.remove(mine.name)
    assert presets.read(file) == mine
    other = presets.save("grandfather’s ALBUM", {**MINE, "detect-grow": 2.0})
    second = presets.read(file)
    assert (second.name, second.settings) == ("Grandfather’s album 2", MINE)
    assert presets.own_presets()[0] == [other, second], "what was there stays"
    assert presets.read(file) == second
    with pytest.raises(FileProblem, match="cannot be written; choose another folder"):
        presets.write(mine, tmp_path)
    file.write_text(json.dumps({"name": "x" * presets.LONGEST_NAME, "settings": {}}))
    presets.save("x" * presets.LONGEST_NAME, MINE)
    assert presets.read(file).name == "x" * (presets.LONGEST_NAME - 2) + " 2"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{", "holds no preset; choose a JSON file"),
        (b"\xff\xfe\x00", "holds no preset"),
        (b"[" * 100_000, "holds no preset"),
        (b"[]", "holds no preset"),
        (b"{}", "holds no preset"),
        (b'{"name": 3, "settings": {}}', "holds no preset"),
        (b'{"name": "Sent", "settings": []}', "holds no preset"),
        (b" " * 2_000_000, "holds no preset"),
        (b'{"name": "", "settings": {}}', "A preset needs a name"),
        (b'{"name": "Family album", "settings": {}}', "has a preset of this name itself"),
        (b'{"name": "Sent", "settings": {"detect-sensitivity": 7}}', "must be between 0 and 1"),
        (b'{"name": "Sent", "settings": {"magic": true}}', "no setting named magic"),
        (None, "cannot be read"),
    ],
    ids=range(13),
)
def test_a_file_that_is_none_is_told_in_a_sentence_and_loses_nothing(
    tmp_path: Path, content: bytes | None, why: str
) -> None:
    presets.save("Mine", MINE)
    before = presets.own_file().read_bytes()
    file = tmp_path / "sent.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(FileProblem, match=why) as told:
        presets.read(file)
    assert str(file) in str(told.value) and "\n" not in str(told.value)
    assert presets.own_file().read_bytes() == before
