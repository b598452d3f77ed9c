"""Synthetic photographs and masks of any type and size, and files of kinds that no library here writes."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.color import Samples
from core.photo import Mask

SAMPLES = Path(__file__).resolve().parents[2] / "docs" / "samples"
INTEGERS = ("uint8", "uint16", "uint32")
FLOATS = ("float16", "float32", "float64")


def photo_samples(height: int, width: int, channels: int = 3, dtype: str = "uint8", seed: int = 0) -> Samples:
    """Soft tones with grain, (H, W, C), between a tenth and nine tenths of the type's range."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    values = np.empty((height, width, channels))
    for channel in range(channels):
        fx, fy, phase = (*rng.uniform(0.01, 0.08, 2), rng.uniform(0, 6))
        values[..., channel] = 0.5 + 0.3 * np.sin(fx * x + fy * y + phase)
    values += rng.normal(0, 0.02, values.shape)
    return in_type(np.clip(values, 0.1, 0.9), dtype)


def noise(height: int, width: int, channels: int = 3, dtype: str = "uint8", seed: int = 0) -> Samples:
    """Random samples over the type's whole range (floats: 0..1), (H, W, C)."""
    rng = np.random.default_rng(seed)
    if dtype in INTEGERS:
        return rng.integers(0, np.iinfo(dtype).max, (height, width, channels), dtype, endpoint=True)
    return rng.random((height, width, channels)).astype(dtype)


def in_type(values: NDArray[np.float64], dtype: str) -> Samples:
    """Values 0..1 in the type's own range."""
    if dtype in INTEGERS:
        return np.rint(values * np.iinfo(dtype).max).astype(dtype)
    return values.astype(dtype)


def scratches(height: int, width: int, count: int, seed: int = 0, thickness: int = 2) -> Mask:
    """A mask of straight scratches across the picture."""
    rng = np.random.default_rng(seed)
    mask = np.zeros((height, width), np.uint8)
    for x0, y0, x1, y1 in rng.uniform(0, 1, (count, 4)):
        start, end = (int(x0 * width), int(y0 * height)), (int(x1 * width), int(y1 * height))
        cv2.line(mask, start, end, 255, thickness)
    return mask


def specks(height: int, width: int, count: int, seed: int = 0, radius: int = 2) -> Mask:
    """A mask of small discs."""
    rng = np.random.default_rng(seed)
    mask = np.zeros((height, width), np.uint8)
    for x, y in rng.uniform(0, 1, (count, 2)):
        cv2.circle(mask, (int(x * width), int(y * height)), radius, 255, -1)
    return mask


def damaged(samples: Samples, mask: Mask) -> Samples:
    """The photo with white damage where the mask says."""
    out = samples.copy()
    out[mask > 0] = np.iinfo(out.dtype).max if out.dtype.kind == "u" else 1.0
    return out


def png_chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png_bytes(
    pixels: NDArray[np.uint8] | NDArray[np.uint16],
    before: list[tuple[bytes, bytes]] | None = None,
    after: list[tuple[bytes, bytes]] | None = None,
) -> bytes:
    """A PNG of (H, W, 1..4), by hand: no library between the test and the file. Chunks go before or after the IDAT."""
    height, width, channels = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, 8 * pixels.itemsize, (0, 4, 2, 6)[channels - 1], 0, 0, 0)
    rows = pixels.astype(pixels.dtype.newbyteorder(">")).reshape(height, -1)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            png_chunk(b"IHDR", header),
            *(png_chunk(*chunk) for chunk in before or []),
            png_chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows), 1)),
            *(png_chunk(*chunk) for chunk in after or []),
            png_chunk(b"IEND", b""),
        ]
    )
