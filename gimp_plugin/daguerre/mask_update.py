"""A mask layer that was opened for editing takes what came back.

Only pixels whose meaning has changed are painted, in the layer's own format; whatever else somebody painted in it,
its opacity and its mode stay.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator, Tuple

from gi.repository import Gegl

import masks
import pixels
import planes
from failure import Failure
from translation import _

Area = Tuple[int, int, int]
"""First row of the photo, number of rows, number of columns."""


def differs(mask: Any, photo: Any, path: Path) -> bool:
    """Whether an (H, W) uint8 array of the photo's size marks something else than a mask layer does."""
    return any(True for _change in _changes(mask, photo, path))


def write(mask: Any, photo: Any, path: Path) -> None:
    """Write the array into the layer's shadow buffer (see layers.take_shadows).

    A layer that does not cover the photo is enlarged first. Nothing may lock it (see checks.mask_to_paint_on).
    """
    cover(mask, photo)
    shadow = mask.get_shadow_buffer()
    pixels.copy(mask, mask, shadow)
    kind, pixel_format = pixels.layout(mask), pixels.own_format(mask)
    marked, plain = _colours(mask, kind.alpha)
    left, above = masks.corner(mask, photo)
    buffer, size = mask.get_buffer(), len(marked)
    for (top, rows, columns), appears, vanishes in _changes(mask, photo, path):
        area = Gegl.Rectangle.new(left, above + top, columns, rows)
        raw = bytearray(buffer.get(area, 1.0, pixel_format, Gegl.AbyssPolicy.NONE))
        stays = ((1 << 8 * rows * columns) - 1) ^ appears ^ vanishes
        ones = planes.number(b"\x01" * (rows * columns))
        for place in range(size):
            plane = planes.number(bytes(raw[place::size])) & stays
            plane |= appears & (ones * marked[place]) | vanishes & (ones * plain[place])
            raw[place::size] = plane.to_bytes(rows * columns, "little")
        shadow.set(area, pixel_format, bytes(raw))
    shadow.flush()


def _changes(mask: Any, photo: Any, path: Path) -> Iterator[Tuple[Area, int, int]]:
    """The strips where something has changed: which pixels become marked and which unmarked (see planes.number)."""
    width, buffer = photo.get_width(), mask.get_buffer()
    left, above = masks.corner(mask, photo)
    encoding = pixels.format_in_space_of(mask, "R~G~B~A u8")
    for top, rows, strip in pixels.mask_strips(path, photo.get_height(), width):
        area = Gegl.Rectangle.new(left, above + top, width, rows)
        before = planes.number(planes.marks(buffer.get(area, 1.0, encoding, Gegl.AbyssPolicy.NONE)))
        after = planes.number(strip.translate(planes.HALF))
        if before != after:
            yield (top, rows, width), after & ~before, before & ~after


def cover(layer: Any, photo: Any) -> None:
    """Enlarge a layer so that it covers the photo."""
    x, y = masks.corner(layer, photo)
    left, above = max(-x, 0), max(-y, 0)
    width = max(layer.get_width(), x + photo.get_width()) + left
    height = max(layer.get_height(), y + photo.get_height()) + above
    if (width, height) != (layer.get_width(), layer.get_height()) and not layer.resize(width, height, left, above):
        raise Failure("bug", _("GIMP did not enlarge the layer."))


def _colours(mask: Any, alpha: bool) -> Tuple[bytes, bytes]:
    """A marked and an unmarked pixel in the layer's own format; without alpha these are white and black."""
    if not alpha:
        return _pixel(mask, (255, 255, 255)), _pixel(mask, (0, 0, 0))
    return _pixel(mask, (255, 255, 255) if mask.is_gray() else masks.MARK), bytes(len(_pixel(mask, (0, 0, 0))))


def _pixel(mask: Any, colour: Tuple[int, int, int]) -> bytes:
    """One opaque pixel of this sRGB colour in the layer's own format."""
    one = Gegl.Rectangle.new(0, 0, 1, 1)
    buffer = Gegl.Buffer.new(pixels.own_format(mask), 0, 0, 1, 1)
    buffer.set(one, "R'G'B'A u8", bytes((*colour, 255)))
    return bytes(buffer.get(one, 1.0, pixels.own_format(mask), Gegl.AbyssPolicy.NONE))
