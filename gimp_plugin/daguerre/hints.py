"""Colour hints as a layer: dabs of the colours that a photo shall have. They count where alpha is at least half."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator, List, Tuple

from gi.repository import Gegl, Gimp

import layers
import links
import mask_update
import masks
import pixels
import planes
from translation import _

ENCODING = "R~G~B~A u8"
"""Of hints in files: sRGB's curve and, like the photo's own colours, the layer's primaries."""

Area = Tuple[int, int, int]
"""First row of the photo, number of rows, number of columns."""


def empty(image: Any, photo: Any) -> Any:
    """A transparent layer of the photo's size for an image in colour; not in it yet."""
    name = _("Colour hints ({photo})").format(photo=photo.get_name())
    size, mode = (photo.get_width(), photo.get_height()), Gimp.LayerMode.NORMAL
    made = Gimp.Layer.new(image, name, *size, Gimp.ImageType.RGBA_IMAGE, 100.0, mode)
    made.fill(Gimp.FillType.TRANSPARENT)
    return made


def layer(image: Any, photo: Any, path: Path) -> Any:
    """The same with the hints of an (H, W, 4) uint8 array of the photo's size."""
    made = empty(image, photo)
    height, width = photo.get_height(), photo.get_width()
    buffer, encoding = made.get_buffer(), pixels.format_in_space_of(made, ENCODING)
    for top, rows, strip in pixels.rgba_strips(path, height, width):
        if strip.count(0) != len(strip):
            buffer.set(Gegl.Rectangle.new(0, top, width, rows), encoding, strip)
    buffer.flush()
    return made


def insert(image: Any, photo: Any, made: Any, below: Any, added: List[Any]) -> None:
    """Put a new layer of colour hints above another one, over the photo that it is for. `added` is one_step's list."""
    layers.insert_above(image, made, below, added, photo)
    links.attach(made, links.HINTS, {"photo": links.photo_link(photo)})


def save(hints: Any, photo: Any, path: Path) -> None:
    """Write what a layer has over the photo's rectangle as (H, W, 4) uint8; transparent outside of the layer."""
    shape, encoding = (photo.get_height(), photo.get_width(), 4), pixels.format_in_space_of(hints, ENCODING)
    pixels.save_region(hints, path, masks.corner(hints, photo), shape, pixels.TYPES["u8"], encoding)


def gives(photo: Any, path: Path) -> bool:
    """Whether an (H, W, 4) uint8 array of the photo's size gives any colour."""
    strips = pixels.rgba_strips(path, photo.get_height(), photo.get_width())
    return any(planes.number(strip[3::4].translate(planes.HALF)) for _top, _rows, strip in strips)


def differs(hints: Any, photo: Any, path: Path) -> bool:
    """Whether an (H, W, 4) uint8 array of the photo's size gives other colours than a layer does."""
    return any(True for _change in _changes(hints, photo, path))


def write(hints: Any, photo: Any, path: Path) -> None:
    """Write the array into the layer's shadow buffer (see layers.take_shadows), where it gives other colours.

    A layer that does not cover the photo is enlarged first. Nothing may lock it (see checks.hints_to_paint_on).
    """
    mask_update.cover(hints, photo)
    if not hints.has_alpha():
        hints.add_alpha()
    shadow = hints.get_shadow_buffer()
    pixels.copy(hints, hints, shadow)
    own, encoding = pixels.own_format(hints), pixels.format_in_space_of(hints, ENCODING)
    size = len(shadow.get(Gegl.Rectangle.new(0, 0, 1, 1), 1.0, own, Gegl.AbyssPolicy.NONE))
    left, above = masks.corner(hints, photo)
    buffer = hints.get_buffer()
    for (top, rows, columns), strip, where in _changes(hints, photo, path):
        area, here = Gegl.Rectangle.new(left, above + top, columns, rows), Gegl.Rectangle.new(0, 0, columns, rows)
        painted = Gegl.Buffer.new(own, 0, 0, columns, rows)
        painted.set(here, encoding, strip)
        before = buffer.get(area, 1.0, own, Gegl.AbyssPolicy.NONE)
        after = painted.get(here, 1.0, own, Gegl.AbyssPolicy.NONE)
        shadow.set(area, own, planes.merged(before, after, where, size, size))
    shadow.flush()


def _changes(hints: Any, photo: Any, path: Path) -> Iterator[Tuple[Area, bytes, int]]:
    """The strips that give other colours, and where (see planes.number)."""
    width, buffer = photo.get_width(), hints.get_buffer()
    left, above = masks.corner(hints, photo)
    encoding = pixels.format_in_space_of(hints, ENCODING)
    for top, rows, strip in pixels.rgba_strips(path, photo.get_height(), width):
        area = Gegl.Rectangle.new(left, above + top, width, rows)
        where = planes.hints_changed(buffer.get(area, 1.0, encoding, Gegl.AbyssPolicy.NONE), strip)
        if where:
            yield (top, rows, width), strip, where
