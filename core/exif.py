"""EXIF blocks (CIPA DC-008): taken out of files, set upright, and put back into TIFFs."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Any, BinaryIO

from PIL import ExifTags, Image, PngImagePlugin, TiffImagePlugin

from .png import exif_chunk

ORIENTATION = int(ExifTags.Base.Orientation)
RESOLUTION = (282, 283)
"""Across and down, in the unit of tag 296: 2 = inches, 3 = centimetres."""
UNIT = 296
PREFIX = b"Exif\0\0"
DESCRIPTIVE = (270, 271, 272, 305, 306, 315, 33432)
"""Description, make, model, software, date, artist, copyright: what describes the picture and not its storage."""
SUB_FOLDERS = (0x8769, 0x8825)
"""The EXIF and the GPS folder, by the tag that points to them."""


def exif_without_orientation(image: Image.Image) -> tuple[bytes | None, int]:
    """The file's EXIF block with orientation set to 1, and what the orientation was (1..8; 1 where none is said).

    A block that is damaged is left out: the picture is worth more.
    """
    try:
        exif = _exif_of(image)
        said = exif.get(ORIENTATION)
        orientation = said if isinstance(said, int) and 1 <= said <= 8 else 1
        block = image.info.get("exif")
        if isinstance(block, bytes) and image.format != "TIFF":
            return _patched(block), orientation
        return _descriptive_block(exif), orientation
    except Exception:
        return None, 1


def _exif_of(image: Image.Image) -> Image.Exif:
    if not isinstance(image, PngImagePlugin.PngImageFile):
        return image.getexif()
    late = None if "exif" in image.info else exif_chunk(Path(os.fsdecode(image.filename)))
    if late:
        image.info["exif"] = PREFIX + late
    return Image.Image.getexif(image)  # PngImageFile's own decodes all pixels in search of a late block


def _descriptive_block(exif: Image.Exif) -> bytes | None:
    kept = Image.Exif()
    for tag in DESCRIPTIVE:
        if tag in exif:
            kept[tag] = _as_stored(exif[tag])
    for pointer in SUB_FOLDERS:
        folder = _folder_of(exif, pointer)
        if folder:
            kept.get_ifd(pointer).update(folder)
            kept[pointer] = folder
    return kept.tobytes() if len(kept) else None


def _as_stored(value: Any) -> bytes:
    """A text as the bytes that Pillow read it from: EXIF knows ASCII only, but files hold Latin-1 and UTF-8."""
    return str(value).encode("latin-1", "replace")


def _patched(block: bytes) -> bytes | None:
    """The same bytes with the orientation tag of the first folder set to 1: maker notes and thumbnails stay."""
    start = len(PREFIX)
    block = PREFIX + block.removeprefix(PREFIX)
    order = {b"II": "<", b"MM": ">"}.get(block[start : start + 2])
    if order is None:
        return None
    patched = bytearray(block)
    try:
        (first,) = struct.unpack_from(order + "I", block, start + 4)
        (count,) = struct.unpack_from(order + "H", block, start + first)
        for index in range(count):
            entry = start + first + 2 + 12 * index
            if struct.unpack_from(order + "H", block, entry)[0] == ORIENTATION:
                struct.pack_into(order + "HHIHH", patched, entry, ORIENTATION, 3, 1, 1, 0)
    except struct.error:
        return block
    return bytes(patched)


def _loaded(block: bytes | None) -> Image.Exif:
    exif = Image.Exif()
    if block:
        exif.load(block)
    return exif


def resolution(block: bytes | None) -> tuple[float, float] | None:
    """The DPI that an EXIF block says, or None: where the format itself has no place for it (WebP)."""
    exif = _loaded(block)
    if not all(tag in exif for tag in RESOLUTION):
        return None
    inches = 2.54 if exif.get(UNIT) == 3 else 1.0
    return float(exif[RESOLUTION[0]]) * inches, float(exif[RESOLUTION[1]]) * inches


def with_resolution(block: bytes | None, dpi: tuple[float, float] | None) -> bytes | None:
    """The EXIF block, saying the DPI where it says none of its own."""
    exif = _loaded(block)
    if dpi is None or RESOLUTION[0] in exif:
        return block
    for tag, value in list(exif.items()):
        if isinstance(value, str):
            exif[tag] = _as_stored(value)
    exif[RESOLUTION[0]], exif[RESOLUTION[1]], exif[UNIT] = dpi[0], dpi[1], 2
    return exif.tobytes()


def descriptive_tags(block: bytes | None) -> list[tuple[int, str, int, Any, bool]]:
    """The describing texts of an EXIF block as tifffile's extra tags."""
    exif = _loaded(block)
    return [(tag, "s", 0, _as_stored(exif[tag]), True) for tag in DESCRIPTIVE if tag in exif]


def append_exif(path: Path, block: bytes | None) -> None:
    """Add the EXIF and GPS folders of an EXIF block to a classic little-endian TIFF.

    The first folder is written once more at the end of the file, with the pointers in it; its entries hold offsets
    from the file's start, so they are copied as they are.
    """
    exif = _loaded(block)
    folders = {pointer: _folder_of(exif, pointer) for pointer in SUB_FOLDERS}
    if not any(folders.values()):
        return
    with path.open("r+b") as stream:
        header = stream.read(8)
        if header[:4] != b"II*\0":
            return
        stream.seek(struct.unpack("<4xI", header)[0])
        (count,) = struct.unpack("<H", stream.read(2))
        entries = [stream.read(12) for _entry in range(count)]
        following = stream.read(4)
        for pointer, values in folders.items():
            offset = _even_end(stream)
            content = _folder_bytes(values, offset)
            if content:
                stream.write(content)
                entries.append(struct.pack("<HHII", pointer, 4, 1, offset))
        first = _even_end(stream)
        entries.sort(key=lambda entry: struct.unpack_from("<H", entry)[0])
        stream.write(struct.pack("<H", len(entries)) + b"".join(entries) + following)
        stream.seek(4)
        stream.write(struct.pack("<I", first))


def _folder_of(exif: Image.Exif, pointer: int) -> dict[int, Any]:
    try:
        return dict(exif.get_ifd(pointer))
    except Exception:
        return {}  # the pointer leads nowhere


def _folder_bytes(values: dict[int, Any], offset: int) -> bytes:
    """A folder as it stands at this offset of a little-endian TIFF; nothing where its values are damaged."""
    folder = TiffImagePlugin.ImageFileDirectory_v2(prefix=b"II")
    try:
        for tag, value in values.items():
            folder[tag] = value
        return folder.tobytes(offset) if values else b""
    except Exception:
        return b""


def _even_end(stream: BinaryIO) -> int:
    """Go to the end of the file, at an even offset as TIFF wants it."""
    offset = stream.seek(0, 2)
    if offset % 2:
        stream.write(b"\0")
    return offset + offset % 2
