"""What the window remembers until the next time: its size, the panel's width, how the marks are shown, settings."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from core import places

NAME = "window.json"


def recall() -> dict[str, Any]:
    """What was remembered; empty where there is nothing or it is damaged."""
    try:
        with open(f"{places.data_path()}/{NAME}", encoding="utf-8") as file:  # noqa: PTH123 - without pathlib
            remembered = json.load(file)
    except (OSError, ValueError):
        return {}
    return remembered if isinstance(remembered, dict) else {}


def remember(**values: Any) -> None:
    """Remember these too. Where nothing can be written nothing is remembered."""
    with suppress(OSError):
        places.write_whole(places.data_folder() / NAME, json.dumps({**recall(), **values}))
