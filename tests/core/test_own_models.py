"""Models of one's own: added whole or not at all, taken out again, and a folder that is searched too."""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from networks import SMALL, write_network

from core import places
from core.cli import run
from core.failures import FileProblem
from core.models import card_text, own
from core.models.card import read_card, write_card
from core.models.registry import PROGRAM_WEIGHTS, Registry


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """A folder with a model that somebody was sent: mine.safetensors and mine.toml."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    write_mine(folder)
    return folder


def write_mine(folder: Path, **changes: Any) -> Path:
    card = write_network(folder, **{"name": "mine", "file": "mine.safetensors", **changes})
    (folder / f"{card.tool}-{card.name}.toml").replace(folder / "mine.toml")
    return folder / "mine.safetensors"


def listing() -> set[str]:
    """Everything in the person's folder of models."""
    folder = places.models_folder()
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["mine.safetensors", "mine.toml"])
def test_a_model_is_added_by_either_file(given: Path, name: str) -> None:
    card = own.add(given / name)
    assert listing() == {"detect-mine.toml", f"detect-mine-{card.sha256[:8]}.safetensors"}
    models = Registry()
    assert models.load("detect", "mine") and models.problems == []
    assert card_text.origin(models.folder(models.card("detect", "mine"))) == "own"
    assert models.card("detect", "mine").title == SMALL.title
    assert {path.name for path in given.iterdir()} == {"mine.safetensors", "mine.toml"}, "it was copied"


def test_a_method_without_weights_is_a_card_alone(given: Path) -> None:
    card = read_card(PROGRAM_WEIGHTS / "detect-classical.toml")
    write_card(card, given / "classical.toml")
    (given / "classical.toml").write_text((given / "classical.toml").read_text().replace('"classical"', '"bold"'))
    own.add(given / "classical.toml")
    assert listing() == {"detect-bold.toml"} and Registry().load("detect", "bold")


def other_bytes(path: Path) -> Path:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    return path


def pickled(path: Path) -> Path:
    path.write_bytes(pickle.dumps({"weights": 1}))
    return with_right_hash(path)


def other_network(path: Path) -> Path:
    return write_mine(path.parent, arguments={"channels": 3, "width": 16, "levels": 2})


def with_right_hash(path: Path) -> Path:
    card = path.with_suffix(".toml")
    old = read_card(card).sha256
    card.write_text(card.read_text().replace(old, hashlib.sha256(path.read_bytes()).hexdigest()))
    return path


def without_card(path: Path) -> Path:
    path.with_suffix(".toml").unlink()
    return path


def without_weights(path: Path) -> Path:
    path.unlink()
    return path.with_suffix(".toml")


def as_pt(path: Path) -> Path:
    return path.replace(path.with_suffix(".pt"))


def card_naming_pt(path: Path) -> Path:
    card = path.with_suffix(".toml")
    card.write_text(card.read_text().replace("mine.safetensors", "mine.pt"))
    as_pt(path)
    return card


def card_of_another(path: Path) -> Path:
    write_mine(path.parent, file="other.safetensors")
    return path


def with_text(old: str, new: str) -> Callable[[Path], Path]:
    def changed(path: Path) -> Path:
        card = path.with_suffix(".toml")
        assert old in card.read_text()
        card.write_text(card.read_text().replace(old, new))
        return path

    return changed


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (other_bytes, "not the one of which its card has the SHA-256"),
        (pickled, "it cannot be loaded ("),
        (other_network, "it cannot be loaded ("),
        (without_card, "its card mine.toml is not beside it"),
        (without_weights, "its file mine.safetensors is not beside the card"),
        (as_pt, "only .safetensors files are taken"),
        (card_naming_pt, "only .safetensors files are taken"),
        (card_of_another, "the card mine.toml is that of another file"),
        (with_text('"unet"', '"mamba-9"'), "does not know its architecture mamba-9"),
        (with_text('tool = "detect"', 'tool = "restore"'), "its card names no tool of Daguerre's"),
        (with_text('name = "mine"', 'name = "../mine"'), "or has no plain name"),
        (with_text("licence", "license"), "the card mine.toml has an unknown entry license"),
        (with_text('sha256 = "', 'sha256 = "../'), "its card has no SHA-256 of the file"),
    ],
)
def test_what_is_no_model_is_refused_whole(given: Path, spoil: Callable[[Path], Path], reason: str) -> None:
    own.add(write_mine(given, title="The one before"))
    before = listing()
    path = spoil(write_mine(given))
    with pytest.raises(FileProblem) as refused:
        own.add(path)
    sentence = str(refused.value)
    assert sentence.startswith(f"“{path.name}” is not a model for Daguerre: ") and reason in sentence
    assert sentence.endswith("Add the .safetensors file with its .toml card.") and "\n" not in sentence
    assert listing() == before and Registry().card("detect", "mine").title == "The one before"
    assert not list(places.models_folder().glob(".*")), "nothing half-done is left"


def test_what_was_removed_can_be_added_again(given: Path) -> None:
    own.add(given / "mine.safetensors")
    own.remove("detect", "mine")
    assert "mine" not in {card.name for card in Registry().cards("detect")}
    (removed,) = places.models_folder().rglob("removed/*/*.safetensors")
    own.add(removed)
    own.remove("detect", "mine")
    assert len(list(places.models_folder().rglob("removed/*/*.safetensors"))) == 1, "the same one is kept once"
    own.add(removed)
    assert Registry().load("detect", "mine")


def test_a_newer_one_takes_the_place_of_the_one_before(given: Path) -> None:
    own.add(given / "mine.safetensors")
    own.add(write_mine(given, title="Second edition"))
    assert [card.title for card in Registry().cards("detect") if card.name == "mine"] == ["Second edition"]
    assert len([name for name in listing() if not name.startswith("removed/")]) == 2
    own.remove("detect", "mine")
    assert len(list(places.models_folder().rglob("removed/*/*.toml"))) == 2, "both can be had back"


def test_weights_that_another_card_uses_stay(data_folder: Path) -> None:
    folder = data_folder / "models"
    folder.mkdir(parents=True)
    for name in ("mine", "yours"):
        write_network(folder, name=name, file="shared.safetensors")
    own.remove("detect", "mine")
    assert Registry().load("detect", "yours")
    (removed,) = folder.rglob("removed/*/*.safetensors")
    assert own.add(removed).name == "mine"


@pytest.mark.parametrize("name", ["classical", "nobody"])
def test_only_own_models_are_removed(name: str) -> None:
    with pytest.raises(FileProblem, match=f"{name} is no model of your own"):
        own.remove("detect", name)
    assert Registry().card("detect", "classical")


def test_a_folder_is_searched_from_then_on(given: Path) -> None:
    own.search(given)
    models = Registry()
    assert models.load("detect", "mine") and card_text.origin(given) == "folder"
    own.add(write_mine(given, title="Copied"))
    write_mine(given, title="In the folder")
    assert Registry().card("detect", "mine").title == "Copied", "the person's own folder wins"
    own.search(None)
    assert places.other_models_folder() is None


def test_a_folder_that_is_gone_is_told(given: Path, tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="is not there"):
        own.search(tmp_path / "nowhere")
    own.search(given)
    given.rename(tmp_path / "away")
    (problem,) = Registry().problems
    assert str(given) in problem and problem.endswith(".")


@pytest.mark.parametrize("content", ["", "[]", '{"folder": 5}', '{"folder": "relative"}', "\xff"])
def test_a_broken_file_names_no_folder(data_folder: Path, content: str) -> None:
    data_folder.mkdir(parents=True)
    places.other_models_file().write_bytes(content.encode("latin-1"))
    assert places.other_models_folder() is None and Registry().problems == []


def test_the_command_adds_checks_and_lists(given: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "--add", str(given / "mine.safetensors"), "--json"]) == 0
    assert "mine" in {card["name"] for card in json.loads(capsys.readouterr().out)["models"]}
    assert run(["models", "--check"]) == 0
    other_bytes(next(places.models_folder().glob("*.safetensors")))
    assert run(["models", "--check"]) == 1
    assert "! The weights of the model mine are missing or damaged" in capsys.readouterr().out
    assert run(["models"]) == 0, "a list is a list"
    assert run(["models", "--add", str(as_pt(given / "mine.safetensors"))]) == 1
    assert "is not a model for Daguerre" in capsys.readouterr().err


@pytest.mark.parametrize("path", sorted(PROGRAM_WEIGHTS.glob("*.toml")), ids=lambda path: path.stem)
def test_the_programs_figures_are_sentences(path: Path) -> None:
    card = read_card(path)
    for line in card_text.figures(card):
        assert line[0].isupper() or line[0].isdigit()
        assert line.endswith(".") and "{" not in line
    assert bool(card_text.figures(card)) == ("figures" in path.read_text())
    assert bool(card_text.training(card)) == bool(card.file)


@pytest.mark.parametrize(
    "figures",
    [
        {},
        {"real": 5},
        {"real": {"photos": "many", "recall": True}},
        {"real": {"photos": float("nan"), "recall": 1e300}},
    ],
)
@pytest.mark.parametrize("tool", ["detect", "repair", "enhance", "colorize", "weave"])
def test_figures_of_any_card_are_lines_or_none(tool: str, figures: dict[str, Any]) -> None:
    card = read_card(PROGRAM_WEIGHTS / "detect-default.toml")
    odd = type(card)(**{**vars(card), "tool": tool, "figures": figures, "training": figures, "title": "x\n" * 9999})
    assert card_text.figures(odd) == [] and len(card_text.described(odd, PROGRAM_WEIGHTS)["title"]) <= card_text.LONGEST
