"""Where Daguerre keeps things on this machine. Standard library only, Python 3.9 or newer.

Everything lives in one data folder that belongs to no GIMP version: the private environment, the installed copy of
the program, the log, the user's own models and the private folders of running jobs.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, Optional

if TYPE_CHECKING:
    from pathlib import Path

LOG_LIMIT = 1_000_000


def data_folder() -> Path:
    """The data folder of this user in this world; DAGUERRE_DATA overrides it."""
    from pathlib import Path

    return Path(data_path())


def data_path() -> str:
    """The same as a text: the window needs it before its first paint, and pathlib takes a while to load."""
    override = os.environ.get("DAGUERRE_DATA")
    if override:
        return override
    home = os.path.expanduser("~")
    if sys.platform == "win32":
        return os.path.join(os.environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local"), "Daguerre")
    if sys.platform == "darwin":
        return os.path.join(home, "Library", "Application Support", "Daguerre")
    return os.path.join(os.environ.get("XDG_DATA_HOME") or os.path.join(home, ".local", "share"), "daguerre")


def installation_file() -> Path:
    """JSON written by install.py: what is installed and where."""
    return data_folder() / "installation.json"


def installation() -> dict[str, Any]:
    """What install.py wrote: at least "python" (the environment's interpreter) and "version".

    Raises FileNotFoundError or ValueError where there is no usable installation.
    """
    record = json.loads(installation_file().read_text(encoding="utf-8"))
    if not isinstance(record, dict) or not isinstance(record.get("python"), str):
        raise ValueError("the installation record is damaged")
    return record


def log_file() -> Path:
    return data_folder() / "daguerre.log"


def models_folder() -> Path:
    """The user's own models: cards and weights put there join the registry."""
    return data_folder() / "models"


def other_models_file() -> Path:
    """JSON: "folder", a folder of the person's own that is searched for models too."""
    return data_folder() / "models.json"


def other_models_folder() -> Optional[Path]:
    """The folder that is searched besides; None where none was named."""
    try:
        named = json.loads(other_models_file().read_text(encoding="utf-8"))["folder"]
        return data_folder() / named if os.path.isabs(named) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def jobs_folder() -> Path:
    """The private folders of running jobs are made in here."""
    return data_folder() / "jobs"


def open_log() -> IO[bytes]:
    """The log, opened for appending; one that has grown past LOG_LIMIT bytes is set aside first."""
    path = log_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        if path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))
    except OSError:
        pass
    return open(path, "ab", buffering=0)


def write_whole(path: Path, text: str) -> None:
    """Write a small file that is kept here, whole or not at all; its folder is made. Raises OSError, UnicodeError."""
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise
