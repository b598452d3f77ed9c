"""The settings each tool was last used with in the window: what the menu entries without a window take.

GIMP keeps such values too, for Repeat, but a procedure cannot read those of another one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, Mapping

from core import places
from core.parameters import Value
from core.tools import TOOLS, Tool, checked, defaults
from failure import logged


def last_values(tool: Tool) -> Dict[str, Value]:
    """A tool's settings as they were kept; its defaults for what is not there or means nothing any more."""
    settings, kept = defaults(tool), _read().get(tool.name)
    for name, value in (kept if isinstance(kept, dict) else {}).items():
        try:
            settings = checked(tool, {**settings, name: value})
        except ValueError:
            continue
    return settings


def keep_values(tool: Tool, settings: Mapping[str, Value]) -> None:
    """Keep a tool's settings; where they cannot be written the log says so, and the run has succeeded all the same."""
    everything = {name: kept for name, kept in _read().items() if name in TOOLS}
    everything[tool.name] = dict(settings)
    try:
        places.write_whole(_file(), json.dumps(everything, indent=2))
    except OSError as error:
        logged(error)


def _file() -> Path:
    return places.data_folder() / "last-values.json"


def _read() -> Dict[str, Any]:
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
