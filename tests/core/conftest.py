"""What every test of the core shares: a data folder of its own, one thread, a small network."""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

from pathlib import Path

import cv2
import pytest
from hypothesis import HealthCheck, settings
from networks import write_network

from core.models.registry import PROGRAM_WEIGHTS, Registry

cv2.setNumThreads(1)
settings.register_profile(
    "core", deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.load_profile("core")


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Daguerre's data folder for this test alone; processes started by the test inherit it."""
    folder = tmp_path / "data"
    monkeypatch.setenv("DAGUERRE_DATA", str(folder))
    return folder


@pytest.fixture(scope="session")
def small_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small random network as the detector "default"."""
    folder = tmp_path_factory.mktemp("models")
    write_network(folder)
    return folder


@pytest.fixture(scope="session")
def models(small_models: Path) -> Registry:
    """The program's models with the small network as "default"."""
    return Registry([PROGRAM_WEIGHTS, small_models])


@pytest.fixture
def installed_network(data_folder: Path, small_models: Path) -> None:
    """The small network as "default" in the user's own models, for commands and engines."""
    target = data_folder / "models"
    target.mkdir(parents=True)
    for file in small_models.iterdir():
        (target / file.name).write_bytes(file.read_bytes())
