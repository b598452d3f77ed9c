"""ICC profiles made by hand (ICC.1:2010, 7 and 10), and the one that Pillow makes."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from PIL import ImageCms

SRGB_PARAMETERS = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_D50 = (0.9642, 1.0, 0.8249)
_SRGB_PRIMARIES = {
    b"rXYZ": (0.4361, 0.2225, 0.0139),
    b"gXYZ": (0.3851, 0.7169, 0.0971),
    b"bXYZ": (0.1431, 0.0606, 0.7141),
}


def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def rgb(*curves: bytes) -> bytes:
    """A profile with sRGB's primaries and one tone curve for all channels, or three."""
    curves = curves * 3 if len(curves) == 1 else curves
    tags = {name: _xyz(value) for name, value in _SRGB_PRIMARIES.items()}
    tags |= dict(zip((b"rTRC", b"gTRC", b"bTRC"), curves, strict=True))
    return _profile(b"RGB ", tags)


def grey(curve: bytes) -> bytes:
    return _profile(b"GRAY", {b"kTRC": curve})


def gamma(value: float) -> bytes:
    """A curve tag of one gamma, in 1/256."""
    return _padded(b"curv\0\0\0\0" + struct.pack(">IH", 1, round(value * 256)))


def table(points: Sequence[float]) -> bytes:
    """A curve tag of sampled points 0..1; no points mean the identity."""
    values = [round(point * 65535) for point in points]
    return _padded(b"curv\0\0\0\0" + struct.pack(f">I{len(values)}H", len(values), *values))


def parametric(kind: int, *parameters: float) -> bytes:
    values = [round(parameter * 65536) for parameter in parameters]
    return b"para\0\0\0\0" + struct.pack(f">HH{len(values)}i", kind, 0, *values)


def _xyz(values: Sequence[float]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)


def _profile(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    tags = {b"wtpt": _xyz(_D50), **tags}
    offset = 132 + 12 * len(tags)
    directory, content = b"", b""
    for name, data in tags.items():
        directory += struct.pack(">4sII", name, offset + len(content), len(data))
        content += data
    header = bytearray(128)
    struct.pack_into(">I4sI4s4s4s", header, 0, offset + len(content), b"", 0x02400000, b"mntr", space, b"XYZ ")
    header[36:40] = b"acsp"
    struct.pack_into(">3i", header, 68, *(round(value * 65536) for value in _D50))
    return bytes(header) + struct.pack(">I", len(tags)) + directory + content
