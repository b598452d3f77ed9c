"""Makes a release: the program in one zip, and beside it the plug-in alone as GIMP's extension file.

    python3 -m installer.release OUT

Packed is what lies in the checkout. The same files give the same bytes, whenever and wherever they are packed.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import struct
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from core import VERSION
from core.translation import _

from .plugin import plugin_files
from .problem import Problem
from .program import PARTS, ROOT, checked_weights

PAGES = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "docs")
NOT_RELEASED = {"__pycache__", "training"}
PROGRAMS = ("install.py", "daguerre.py")
EXTENSION = "org.daguerre.PhotoRestoration"
"""GIMP wants this name three times: as the folder in the file, as the description's name, and inside of it."""
UNIX, XL = 3, 0x6C78
DESCRIPTION = """<?xml version="1.0" encoding="UTF-8"?>
<component type="addon">
  <id>{extension}</id>
  <extends>org.gimp.GIMP</extends>
  <name>Daguerre</name>
  <summary>Restores scanned photographs, offline</summary>
  <description>
    <p>
      Finds scratches, dust, cracks and lost patches, fills them from their surroundings, and gives you the result as
      layers. This is the part that runs in GIMP; it needs Daguerre's engine, which install.py sets up.
    </p>
  </description>
  <metadata_license>CC0-1.0</metadata_license>
  <project_license>GPL-3.0-or-later</project_license>
  <requires>
    <id version="3.0.0" compare="ge">org.gimp.GIMP</id>
  </requires>
  <releases>
    <release version="{version}"{date}/>
  </releases>
  <custom>
    <value key="GIMP::plug-in-path">daguerre.py</value>
  </custom>
</component>
"""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python3 -m installer.release", description=_("Makes a release."))
    parser.add_argument("out", type=Path, metavar="OUT", help=_("the folder in which the files are made"))
    out: Path = parser.parse_args(arguments).out
    try:
        made = release(out)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    for file in made:
        print(hashlib.sha256(file.read_bytes()).hexdigest(), file)
    return 0


def release(out: Path) -> list[Path]:
    """Make both files in a folder, in the place of any that are there; returns them. Problem where weights are bad."""
    damaged = checked_weights(ROOT / "weights")[1]
    if damaged:
        raise Problem(damaged[0])
    out.mkdir(parents=True, exist_ok=True)
    files = {f"daguerre-{VERSION}/{name}": path.read_bytes() for name, path in released_files().items()}
    plugin = {f"{EXTENSION}/{name.as_posix()}": path.read_bytes() for name, path in plugin_files(ROOT).items()}
    plugin[f"{EXTENSION}/{EXTENSION}.metainfo.xml"] = described().encode()
    return [pack(out / f"daguerre-{VERSION}.zip", files), pack(out / f"daguerre-{VERSION}.gex", plugin)]


def released_files() -> dict[str, Path]:
    """All that install.py needs, and the pages: each file's name in the release, and where it lies."""
    found = {}
    for part in (*PARTS, *PAGES):
        folder = ROOT / part
        for path in folder.rglob("*") if folder.is_dir() else [folder]:
            name = path.relative_to(ROOT)
            if path.is_file() and not NOT_RELEASED & set(name.parts):
                found[name.as_posix()] = path
    return found


def described() -> str:
    """The extension's description, with the date of this version where the changelog has one already."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    date = re.search(rf"^## \[{re.escape(VERSION)}\] - (\d{{4}}-\d\d-\d\d)$", changelog, re.MULTILINE)
    return DESCRIPTION.format(extension=EXTENSION, version=VERSION, date=f' date="{date[1]}"' if date else "")


def pack(target: Path, files: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name)  # its time is the oldest there is
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, UNIX
            entry.external_attr = (0o100755 if Path(name).name in PROGRAMS else 0o100644) << 16
            # GIMP unpacks with libarchive, from front to back. Then modes at the end of the file come too late, and
            # the plug-in would not be a program: libarchive's own field xl has them in front.
            made_by, has_system_and_mode = UNIX << 8, 0b101
            entry.extra = struct.pack("<HHBHI", XL, 7, has_system_and_mode, made_by, entry.external_attr)
            archive.writestr(entry, content)
    return target


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
