"""EXIF blocks (CIPA DC-008): taken out of files, set upright, and put back into TIFFs."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, BinaryIO

from PIL import ExifTags, Image, TiffImagePlugin

ORIENTATION = int(ExifTags.Base.Orientation)
DESCRIPTIVE = (270, 271, 272, 305, 306, 315, 33432)
"""Description, make, model, software, date, artist, copyright: what describes the picture and not its storage."""
SUB_FOLDERS = (0x8769, 0x8825)
"""The EXIF and the GPS folder, by the tag that points to them."""


def exif_without_orientation(image: Image.Image) -> tuple[bytes | None, int]:
    """The file's EXIF block with orientation set to 1, and what the orientation was (1..8; 1 where none is said)."""
    exif = image.getexif()
    said = exif.get(ORIENTATION)
    orientation = said if isinstance(said, int) and 1 <= said <= 8 else 1
    block = image.info.get("exif")
    if isinstance(block, bytes) and image.format != "TIFF":
        return _patched(block), orientation
    kept = Image.Exif()
    for tag in DESCRIPTIVE:
        if tag in exif:
            kept[tag] = exif[tag]
    for pointer in SUB_FOLDERS:
        folder = exif.get_ifd(pointer)
        if folder:
            kept.get_ifd(pointer).update(folder)
            kept[pointer] = folder
    return (kept.tobytes() if len(kept) else None), orientation


def _patched(block: bytes) -> bytes:
    """The same bytes with the orientation tag of the first folder set to 1: maker notes and thumbnails stay."""
    start = 6 if block.startswith(b"Exif\0\0") else 0
    order = {b"II": "<", b"MM": ">"}.get(block[start : start + 2])
    if order is None:
        return block
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


def descriptive_tags(block: bytes | None) -> list[tuple[int, str, int, Any, bool]]:
    """The describing texts of an EXIF block as tifffile's extra tags."""
    exif = _loaded(block)
    return [(tag, "s", 0, str(exif[tag]), True) for tag in DESCRIPTIVE if tag in exif]


def append_exif(path: Path, block: bytes | None) -> None:
    """Add the EXIF and GPS folders of an EXIF block to a classic little-endian TIFF.

    The first folder is written once more at the end of the file, with the pointers in it; its entries hold offsets
    from the file's start, so they are copied as they are.
    """
    exif = _loaded(block)
    folders = {pointer: exif.get_ifd(pointer) for pointer in SUB_FOLDERS}
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
            if values:
                offset = _even_end(stream)
                stream.write(_folder(values).tobytes(offset))
                entries.append(struct.pack("<HHII", pointer, 4, 1, offset))
        first = _even_end(stream)
        entries.sort(key=lambda entry: struct.unpack_from("<H", entry)[0])
        stream.write(struct.pack("<H", len(entries)) + b"".join(entries) + following)
        stream.seek(4)
        stream.write(struct.pack("<I", first))


def _folder(values: dict[int, Any]) -> TiffImagePlugin.ImageFileDirectory_v2:
    folder = TiffImagePlugin.ImageFileDirectory_v2(prefix=b"II")
    for tag, value in values.items():
        folder[tag] = value
    return folder


def _even_end(stream: BinaryIO) -> int:
    """Go to the end of the file, at an even offset as TIFF wants it."""
    offset = stream.seek(0, 2)
    if offset % 2:
        stream.write(b"\0")
    return offset + offset % 2
