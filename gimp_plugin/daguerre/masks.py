"""Damage as a layer, a channel or a selection, in both directions.

A mask layer marks damage where its alpha and its brightest channel are both at least half: any light colour adds,
black paint and the eraser remove, and a black-and-white picture works as it is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Tuple

from gi.repository import Gegl, Gimp

import pixels
from translation import _

MARK = (0x56, 0xB4, 0xE9)
OPACITY = 60.0


def layer(image: Any, photo: Any, path: Path) -> Any:
    """A mask layer for a photo from an (H, W) uint8 array of its size; not in the image yet.

    Over colour it is painted in one colour that the colour-blind see as well, over grey it inverts the photo, which
    shows on light and dark alike.
    """
    height, width = photo.get_height(), photo.get_width()
    colour: Tuple[int, ...] = (0xFF, 0xFF) if photo.is_gray() else (*MARK, 0xFF)
    if photo.is_gray():
        kind, opacity, mode = Gimp.ImageType.GRAYA_IMAGE, 100.0, Gimp.LayerMode.DIFFERENCE
        encoding = "Y'A u8"
    else:
        kind, opacity, mode = Gimp.ImageType.RGBA_IMAGE, OPACITY, Gimp.LayerMode.NORMAL
        encoding = "R'G'B'A u8"
    made = Gimp.Layer.new(image, mask_name(photo), width, height, kind, opacity, mode)
    made.fill(Gimp.FillType.TRANSPARENT)
    buffer = made.get_buffer()
    for top, rows, strip in pixels.mask_strips(path, height, width):
        if strip.count(0) != len(strip):
            buffer.set(Gegl.Rectangle.new(0, top, width, rows), encoding, painted(strip, colour))
    buffer.flush()
    return made


def channel(image: Any, photo: Any, path: Path) -> Any:
    """A channel of the image's size from an (H, W) uint8 array of the photo's; not in the image yet.

    What the photo has outside of the canvas is cut off: a channel cannot hold it.
    """
    colour = Gegl.Color.new("#{:02X}{:02X}{:02X}".format(*MARK))
    made = Gimp.Channel.new(image, mask_name(photo), image.get_width(), image.get_height(), OPACITY, colour)
    encoding = pixels.eight_bit_format(made)
    width, (left, above) = photo.get_width(), offsets(photo)
    first, last = max(-left, 0), min(image.get_width() - left, width)
    buffer = made.get_buffer()
    for top, rows, strip in pixels.mask_strips(path, photo.get_height(), width):
        upper, lower = max(-above - top, 0), min(image.get_height() - above - top, rows)
        if first < last and upper < lower:
            inside = b"".join(strip[row * width + first : row * width + last] for row in range(upper, lower))
            area = Gegl.Rectangle.new(left + first, above + top + upper, last - first, lower - upper)
            buffer.set(area, encoding, inside)
    buffer.flush()
    return made


def save(mask: Any, photo: Any, path: Path) -> None:
    """Write what a mask says about the photo's rectangle.

    A layer becomes (H, W, 4) uint8, sRGB-encoded RGBA; a channel or layer mask becomes (H, W) uint8. Outside of the
    mask is no damage.
    """
    shape: Tuple[int, ...] = (photo.get_height(), photo.get_width())
    pixel_format = pixels.eight_bit_format(mask)
    if mask.is_layer():
        shape, pixel_format = (*shape, 4), pixels.format_in_space_of(mask, "R~G~B~A u8")
    pixels.save_region(mask, path, corner(mask, photo), shape, pixels.TYPES["u8"], pixel_format)


def save_selection(image: Any, photo: Any, path: Path) -> None:
    """Write the selection over the photo's rectangle as (H, W) uint8; soft edges keep their values."""
    shape = (photo.get_height(), photo.get_width())
    selection = image.get_selection()
    pixels.save_region(selection, path, offsets(photo), shape, pixels.TYPES["u8"], pixels.eight_bit_format(selection))


def mask_name(photo: Any) -> str:
    return _("Damage mask ({photo})").format(photo=photo.get_name())


def offsets(drawable: Any) -> Tuple[int, int]:
    """Where a drawable's left top corner is in the image: (x, y)."""
    _found, x, y = drawable.get_offsets()
    return x, y


def corner(drawable: Any, photo: Any) -> Tuple[int, int]:
    """Where the photo's left top corner is on a drawable: (x, y)."""
    there, here = offsets(drawable), offsets(photo)
    return here[0] - there[0], here[1] - there[1]


def painted(strip: bytes, colour: Tuple[int, ...]) -> bytes:
    """A strip of the mask with this colour (alpha last) where there is damage, transparent black elsewhere."""
    picture = bytearray(len(strip) * len(colour))
    for place, value in enumerate(colour):
        picture[place :: len(colour)] = strip.translate(bytes(value if mark >= 128 else 0 for mark in range(256)))
    return bytes(picture)
