"""A sound photo in every kind of file that can be read, as bytes, to be broken by the tests."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import tifffile
from pictures import noise, photo_samples, png_bytes, png_chunk, scratches
from PIL import Image

HEIGHT, WIDTH = 40, 56


def _pillow(kind: str, mode: str = "RGB", **options: Any) -> Callable[[], bytes]:
    def made() -> bytes:
        stream = io.BytesIO()
        Image.fromarray(photo_samples(HEIGHT, WIDTH, 3, seed=3)).convert(mode).save(stream, kind, **options)
        return stream.getvalue()

    return made


def _tiff(dtype: str, channels: int = 3, **options: Any) -> Callable[[], bytes]:
    def made() -> bytes:
        stream = io.BytesIO()
        kind = "rgb" if channels >= 3 else "minisblack"
        pixels = noise(HEIGHT, WIDTH, channels, dtype, seed=4)
        tifffile.imwrite(stream, pixels if channels > 1 else pixels[..., 0], photometric=kind, metadata=None, **options)
        return stream.getvalue()

    return made


def _png(dtype: str, channels: int) -> Callable[[], bytes]:
    return lambda: png_bytes(noise(HEIGHT, WIDTH, channels, dtype, seed=5))


def _with_profile_and_exif() -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "Anna, 1912"
    return _pillow("JPEG", exif=exif.tobytes(), icc_profile=b"\0" * 200)()


def _pages() -> bytes:
    stream = io.BytesIO()
    with tifffile.TiffWriter(stream) as writer:
        for seed in range(3):
            writer.write(noise(HEIGHT, WIDTH, 3, seed=seed), photometric="rgb", metadata=None)
    return stream.getvalue()


WHOLES: dict[str, Callable[[], bytes]] = {
    "rgb.png": _png("uint8", 3),
    "grey.png": _png("uint8", 1),
    "alpha.png": _png("uint8", 4),
    "deep.png": _png("uint16", 3),
    "deep-alpha.png": _png("uint16", 2),
    "palette.png": _pillow("PNG", "P"),
    "bits.png": _pillow("PNG", "1"),
    "rgb.jpg": _pillow("JPEG"),
    "grey.jpg": _pillow("JPEG", "L"),
    "progressive.jpg": _pillow("JPEG", progressive=True),
    "exif.jpg": _with_profile_and_exif,
    "lossy.webp": _pillow("WEBP"),
    "lossless.webp": _pillow("WEBP", "RGBA", lossless=True),
    "plain.tif": _tiff("uint8"),
    "grey.tif": _tiff("uint8", 1),
    "deep.tif": _tiff("uint16"),
    "float.tif": _tiff("float32"),
    "double.tif": _tiff("float64", 1),
    "zip.tif": _tiff("uint16", compression="zlib", predictor=True),
    "lzw.tif": _pillow("TIFF", compression="tiff_lzw"),
    "packed.tif": _pillow("TIFF", compression="packbits"),
    "motorola.tif": _tiff("uint16", byteorder=">"),
    "big.tif": _tiff("uint8", bigtiff=True),
    "tiles.tif": _tiff("uint16", tile=(32, 32)),
    "planes.tif": lambda: _planes("uint16"),
    "shallow-planes.tif": lambda: _planes("uint8"),
    "pages.tif": _pages,
}


def _planes(dtype: str) -> bytes:
    stream = io.BytesIO()
    pixels = np.moveaxis(noise(HEIGHT, WIDTH, 3, dtype, seed=6), -1, 0)
    tifffile.imwrite(stream, pixels, photometric="rgb", planarconfig="separate", metadata=None)
    return stream.getvalue()


@cache
def whole(name: str) -> bytes:
    """The file of this name."""
    return WHOLES[name]()


def mask_of_scratches() -> bytes:
    """A mask for the photo, as a PNG."""
    return png_bytes(scratches(HEIGHT, WIDTH, 3, seed=4)[..., None])


def png_with(changes: dict[str, int] | None = None, idat: bytes | None = None, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG of 8-bit RGB whose header lies, with another IDAT and more chunks before it."""
    fields = {
        "width": WIDTH, "height": HEIGHT, "depth": 8, "colour": 2, "packing": 0, "filter": 0, "interlace": 0,
        **(changes or {}),
    }  # fmt: skip
    rows = b"".join(b"\0" + row.tobytes() for row in noise(HEIGHT, WIDTH, 3, seed=7))
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            png_chunk(b"IHDR", struct.pack(">IIBBBBB", *fields.values())),
            *(png_chunk(*chunk) for chunk in chunks),
            png_chunk(b"IDAT", zlib.compress(rows) if idat is None else idat),
            png_chunk(b"IEND", b""),
        ]
    )
