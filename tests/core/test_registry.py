"""The registry: models of several folders, each broken one alone out of order."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from networks import SMALL, write_network

from core.failures import ModelError
from core.models import registry
from core.models.card import write_card
from core.models.colorizing import Colorizer
from core.models.enhancing import Enhancer
from core.models.registry import PROGRAM_WEIGHTS, Registry
from core.tools import DETECT, REPAIR


def test_the_program_has_its_contract_names() -> None:
    models = Registry([PROGRAM_WEIGHTS])
    assert models.problems == []
    assert {card.name for card in models.cards("repair")} >= {"telea", "ns", "biharmonic", "cnn"}
    assert {card.name for card in models.cards("detect")} >= {"default", "report", "classical"}
    assert {card.name for card in models.cards("enhance")} >= {"default", "vae-full", "vae-simple"}
    assert {card.name for card in models.cards("colorize")} >= {"default", "report"}
    for card in models.cards():
        model = models.load(card.tool, card.name)
        assert callable(model) or isinstance(model, {"enhance": Enhancer, "colorize": Colorizer}[card.tool])


def test_the_repair_tools_default_exists() -> None:
    assert Registry([PROGRAM_WEIGHTS]).card("repair", str(REPAIR.parameters[0].default))
    assert DETECT.parameters[0].default == "default"


def test_the_users_folder_joins_and_overrides(data_folder: Path) -> None:
    folder = data_folder / "models"
    folder.mkdir(parents=True)
    write_network(folder, name="mine")
    write_network(folder, name="classical", title="Not so classical")
    models = Registry()
    assert models.card("detect", "mine").title == SMALL.title
    assert models.card("detect", "classical").title == "Not so classical"
    assert models.card("repair", "telea")
    assert models.load("detect", "mine")(np.zeros((128, 128, 3), np.float32)).shape == (128, 128)


def test_a_missing_folder_is_no_problem(tmp_path: Path) -> None:
    models = Registry([tmp_path / "nowhere"])
    assert models.cards() == [] and models.problems == []


def test_a_broken_card_of_the_users_does_not_hide_the_programs(data_folder: Path) -> None:
    folder = data_folder / "models"
    folder.mkdir(parents=True)
    (folder / "detect-classical.toml").write_text("name = 'classical'\ntool = 'detect'\n")
    models = Registry()
    assert models.card("detect", "classical").title.startswith("Classical")
    assert len(models.problems) == 1 and "detect-classical.toml" in models.problems[0]


def test_each_broken_model_is_alone(tmp_path: Path) -> None:
    for card in ("detect-classical.toml", "repair-telea.toml"):
        shutil.copy(PROGRAM_WEIGHTS / card, tmp_path)
    good = write_network(tmp_path, name="good", file="good.safetensors")
    (tmp_path / "detect-garbage.toml").write_text("{")
    write_card(SMALL, tmp_path / "detect-no-weights.toml")
    write_network(tmp_path, name="future", architecture="mamba-9", file="future.safetensors")
    write_network(tmp_path, name="changed", file="changed.safetensors", sha256="1" * 64)
    models = Registry([tmp_path])
    assert len(models.problems) == 2
    assert any("detect-garbage.toml" in problem for problem in models.problems)
    assert any("mamba-9" in problem for problem in models.problems)
    assert models.load("detect", good.name) and models.load("detect", "classical") and models.load("repair", "telea")
    for name in ("default", "changed"):
        with pytest.raises(ModelError, match=f"{name} are missing or damaged; run install.py once more"):
            models.load("detect", name)
    with pytest.raises(ModelError, match=r"garbage.toml cannot be read: .* So the model garbage is switched off"):
        models.load("detect", "garbage")
    with pytest.raises(ModelError, match="no model far for detect; there are: changed, classical, default, good"):
        models.load("detect", "far")


def test_a_broken_card_of_the_program_is_mended_by_the_installer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "PROGRAM_WEIGHTS", tmp_path / "weights")
    for folder, what in (("weights", "run install.py once more"), ("models", "mend its card")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "detect-default.toml").write_text("{")
        with pytest.raises(ModelError, match=f"So the model default is switched off: choose another one, or {what}."):
            Registry([tmp_path / folder]).card("detect", "default")


def test_a_model_is_loaded_once(models: Registry) -> None:
    assert models.load("detect", "default") is models.load("detect", "default")


def test_nothing_pickled_is_ever_loaded(tmp_path: Path) -> None:
    """A pickle that would run code, in the place of the weights and with the right hash."""
    import hashlib
    import pickle

    class Touch:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return Path.touch, (Path(tmp_path / "it-ran"),)  # type: ignore[return-value]

    payload = pickle.dumps(Touch())
    (tmp_path / SMALL.file).write_bytes(payload)
    write_network(tmp_path, sha256=hashlib.sha256(payload).hexdigest())
    (tmp_path / SMALL.file).write_bytes(payload)
    with pytest.raises(ModelError, match="cannot be loaded"):
        Registry([tmp_path]).load("detect", "default")
    assert not (tmp_path / "it-ran").exists()
    pickle.loads(payload)
    assert (tmp_path / "it-ran").exists()  # the payload was a real one
