"""PNG files (ISO/IEC 15948) by hand, where the libraries fall short: 16-bit samples are written here, chunks found."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOUR_TYPES = (0, 4, 2, 6)
"""By number of channels less one: grey, grey with alpha, RGB, RGB with alpha."""
GREY_WITH_ALPHA = 4
SUB = 1
"""The filter that stores each byte's difference to the pixel on its left."""
STRIP = 256


def depth_and_colour_type(path: Path) -> tuple[int, int]:
    """Bits a sample and the colour type."""
    with path.open("rb") as stream:
        header = stream.read(26)
    return header[24], header[25]


def exif_chunk(path: Path) -> bytes | None:
    """The EXIF block in a PNG, before or behind the pixels; None where there is none."""
    with path.open("rb") as stream:
        stream.seek(len(SIGNATURE))
        while len(head := stream.read(8)) == 8:
            length, name = struct.unpack(">I4s", head)
            if name == b"eXIf":
                return stream.read(length)
            stream.seek(length + 4, 1)
    return None


def write_16_bit(
    path: Path,
    pixels: NDArray[np.uint16],
    profile: bytes | None,
    exif: bytes | None,
    dpi: tuple[float, float] | None,
) -> None:
    """Write pixels (H, W, 1..4); exif without its "Exif" prefix.

    In the grain of a scan there is nothing to repeat: run lengths and Huffman codes alone give smaller files than
    zlib's search for matches, in a quarter of the time.
    """
    height, width, channels = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, 16, COLOUR_TYPES[channels - 1], 0, 0, 0)
    with path.open("wb") as stream:
        stream.write(SIGNATURE)
        _write_chunk(stream, b"IHDR", header)
        if profile:
            _write_chunk(stream, b"iCCP", b"ICC profile\0\0" + zlib.compress(profile))
        if exif:
            _write_chunk(stream, b"eXIf", exif)
        if dpi:
            across, down = (round(value / 0.0254) for value in dpi)
            _write_chunk(stream, b"pHYs", struct.pack(">IIB", across, down, 1))
        packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_RLE)
        for rows in _filtered(pixels):
            _write_chunk(stream, b"IDAT", packer.compress(rows))
        _write_chunk(stream, b"IDAT", packer.flush())
        _write_chunk(stream, b"IEND", b"")


def _filtered(pixels: NDArray[np.uint16]) -> Iterator[bytes]:
    """The rows as they are compressed: a byte for the filter, then big-endian samples less those of the left pixel."""
    pixel = 2 * pixels.shape[2]
    for top in range(0, len(pixels), STRIP):
        strip = (
            np.ascontiguousarray(pixels[top : top + STRIP], ">u2").view(np.uint8).reshape(-1, pixels.shape[1] * pixel)
        )
        rows = np.empty((len(strip), 1 + strip.shape[1]), np.uint8)
        rows[:, 0] = SUB
        rows[:, 1 : 1 + pixel] = strip[:, :pixel]
        np.subtract(strip[:, pixel:], strip[:, :-pixel], out=rows[:, 1 + pixel :])
        yield rows.tobytes()


def _write_chunk(stream: BinaryIO, name: bytes, content: bytes) -> None:
    if content or name == b"IEND":
        stream.write(struct.pack(">I", len(content)) + name)
        stream.write(content)
        stream.write(struct.pack(">I", zlib.crc32(content, zlib.crc32(name))))
