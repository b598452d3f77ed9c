"""PNG files (ISO/IEC 15948) by hand, where the libraries fall short: 16-bit samples are written here, chunks found."""

from __future__ import annotations

import mmap
import os
import struct
import zlib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEAD = struct.Struct(">I4s")
"""Of a chunk: the length of its content and its name."""
CHECK = 4
"""Bytes behind a chunk's content."""
COLOUR_TYPES = (0, 4, 2, 6)
"""By number of channels less one: grey, grey with alpha, RGB, RGB with alpha."""
RGB, GREY_WITH_ALPHA = 2, 4
SUB = 1
"""The filter that stores each byte's difference to the pixel on its left."""
STRIP = 256
THREADS = min(4, os.cpu_count() or 1)
ZLIB_HEADER, LAST_BLOCK = b"\x78\x01", b"\x03\x00"
"""Of RFC 1950, and an empty block of RFC 1951 that says that no other follows."""


def depth_and_colour_type(path: Path) -> tuple[int, int]:
    """Bits a sample and the colour type."""
    with path.open("rb") as stream:
        header = stream.read(26)
    return header[24], header[25]


def is_plain_rgb(path: Path) -> bool:
    """Whether the pixels have three channels and none of them stands for transparency."""
    return depth_and_colour_type(path)[1] == RGB and _content(path, b"tRNS") is None


def exif_chunk(path: Path) -> bytes | None:
    """The EXIF block in a PNG, before or behind the pixels; None where there is none."""
    return _content(path, b"eXIf")


def _content(path: Path, wanted: bytes) -> bytes | None:
    """What the first chunk of this name holds."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as file:
        at = len(SIGNATURE)
        while at + HEAD.size <= len(file):
            length, name = HEAD.unpack_from(file, at)
            at += HEAD.size
            if name == wanted:
                return file[at : at + length]
            at += length + CHECK
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
    zlib's search for matches, in a quarter of the time. Strips are packed side by side, each for itself.
    """
    height, width, channels = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, 16, COLOUR_TYPES[channels - 1], 0, 0, 0)
    with path.open("wb") as stream:
        stream.write(SIGNATURE + _chunk(b"IHDR", header))
        if profile:
            stream.write(_chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(profile)))
        if exif:
            stream.write(_chunk(b"eXIf", exif))
        if dpi:
            across, down = (round(value / 0.0254) for value in dpi)
            stream.write(_chunk(b"pHYs", struct.pack(">IIB", across, down, 1)))
        stream.write(_chunk(b"IDAT", ZLIB_HEADER))
        check = zlib.adler32(b"")
        for rows, chunk in _packed(pixels):
            check = zlib.adler32(rows, check)
            stream.write(chunk)
        stream.write(_chunk(b"IDAT", LAST_BLOCK + struct.pack(">I", check)) + _chunk(b"IEND", b""))


def _packed(pixels: NDArray[np.uint16]) -> Iterator[tuple[bytes, bytes]]:
    """Strip by strip the filtered rows and the chunk that holds them, not much more of them at once than threads."""

    def packed(top: int) -> tuple[bytes, bytes]:
        rows = _filtered(pixels[top : top + STRIP])
        packer = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_RLE)
        return rows, _chunk(b"IDAT", packer.compress(rows) + packer.flush(zlib.Z_SYNC_FLUSH))

    waiting: deque[Future[tuple[bytes, bytes]]] = deque()
    with ThreadPoolExecutor(THREADS) as pool:
        for top in range(0, len(pixels), STRIP):
            waiting.append(pool.submit(packed, top))
            if len(waiting) > THREADS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _filtered(strip: NDArray[np.uint16]) -> bytes:
    """The rows as they are compressed: a byte for the filter, then big-endian samples less those of the left pixel."""
    pixel = 2 * strip.shape[2]
    samples = np.ascontiguousarray(strip, ">u2").view(np.uint8).reshape(-1, strip.shape[1] * pixel)
    rows = np.empty((len(samples), 1 + samples.shape[1]), np.uint8)
    rows[:, 0] = SUB
    rows[:, 1 : 1 + pixel] = samples[:, :pixel]
    np.subtract(samples[:, pixel:], samples[:, :-pixel], out=rows[:, 1 + pixel :])
    return rows.tobytes()


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(content, zlib.crc32(name)))
