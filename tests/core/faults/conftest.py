"""What every fault is tried with: a bench to run commands on, and a net that is not there."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bench import Bench


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever asks for a connection gets none, and the test fails, also where the error was caught."""
    asked: list[str] = []

    def refuse(name: str) -> Any:
        def refused(*given: Any, **_options: Any) -> None:
            asked.append(f"{name}{given[1:]}")
            raise OSError("no network here")

        return refused

    for name in ("connect", "connect_ex", "sendto", "bind"):
        monkeypatch.setattr(socket.socket, name, refuse(name))
    for name in ("getaddrinfo", "create_connection", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse(name))
    yield
    assert asked == []


@pytest.fixture
def bench(
    tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Bench:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("TMPDIR", str(temporary))
    return Bench(tmp_path, capsys)
