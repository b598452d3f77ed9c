"""The record of what is installed and where: installation.json in the data folder."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from core import places


@dataclass
class Record:
    """Paths, all absolute.

    python is the environment's interpreter, profiles are GIMP's that have the plug-in, command is the command's own
    file and link the link to it, if there is one; made are the folders that were not there before. All are empty
    where nothing is installed.
    """

    python: str = ""
    version: str = ""
    app: str = ""
    environment: str = ""
    command: str = ""
    link: str = ""
    checkout: str = ""
    profiles: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)

    @classmethod
    def read(cls) -> Record:
        """The record of the installation there is; an empty one where there is none, or none that can be read."""
        try:
            found = places.installation()
        except (OSError, ValueError):
            return cls()
        return cls(**{name: found[name] for name in cls.__dataclass_fields__ if name in found})

    def write(self) -> None:
        new = places.installation_file().with_suffix(".json.new")
        new.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")
        new.replace(places.installation_file())

    def make_folder(self, folder: Path) -> None:
        """Make a folder and those above it, and remember which were not there."""
        missing = [path for path in (folder, *folder.parents) if not path.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        self.made.extend(str(path) for path in missing)
