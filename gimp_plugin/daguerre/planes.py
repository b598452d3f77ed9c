"""Pixels worked on many at once: a row of bytes as one number, which bitwise operations are fast on.

A plane is one byte of each pixel.
"""

from __future__ import annotations

HALF = bytes(255 if value >= 128 else 0 for value in range(256))
"""At least half or not, for bytes.translate."""
ANY = bytes(255 if value else 0 for value in range(256))
"""Something or nothing, likewise."""


def number(plane: bytes) -> int:
    return int.from_bytes(plane, "little")


def marks(rgba: bytes) -> bytes:
    """Where a mask layer's pixels, four bytes each, mark damage: a byte each, 255 or 0."""
    red, green, blue, alpha = (number(rgba[plane::4].translate(HALF)) for plane in range(4))
    return ((red | green | blue) & alpha).to_bytes(len(rgba) // 4, "little")


def hints_changed(before: bytes, after: bytes) -> int:
    """Where RGBA pixels, four bytes each, give another colour than before, or one where there was none, or none."""
    count = len(before) // 4
    given, gives = (number(rgba[3::4].translate(HALF)) for rgba in (before, after))
    differs = 0
    for plane in range(3):
        apart = number(before[plane::4]) ^ number(after[plane::4])
        differs |= number(apart.to_bytes(count, "little").translate(ANY))
    return given ^ gives | given & gives & differs


def anything(pixels: bytes, planes: range, pixel: int) -> int:
    """Where any of these bytes of a pixel of `pixel` bytes is not 0."""
    found = 0
    for plane in planes:
        found |= number(pixels[plane::pixel].translate(ANY))
    return found


def merged(before: bytes, after: bytes, where: int, planes: int, pixel: int) -> bytes:
    """Pixels of `pixel` bytes, the first `planes` bytes of each taken from `after` in those that `where` marks."""
    mixed = bytearray(before)
    count = len(before) // pixel
    stays = ((1 << 8 * count) - 1) ^ where
    for plane in range(planes):
        mixed[plane::pixel] = (number(before[plane::pixel]) & stays | number(after[plane::pixel]) & where).to_bytes(
            count, "little"
        )
    return bytes(mixed)
