"""Layer masks: what of a result shows, and found damage on the photo itself.

All are filled before a layer takes them: GIMP ends a plug-in that writes to the mask of a locked layer.
"""

from __future__ import annotations

import operator
import struct
from array import array
from pathlib import Path
from typing import Any, Optional

from gi.repository import Gegl, Gimp

import pixels
import planes
from failure import Failure
from translation import _

NOTHING = Gegl.AbyssPolicy.NONE


def copy(photo: Any, made: Any) -> Optional[Any]:
    """A mask that hides a new layer where the photo's own layer mask hides the photo; None where nothing does."""
    theirs = _applied(photo)
    if theirs is None:
        return None
    ours = made.create_mask(Gimp.AddMaskType.WHITE)
    pixels.copy(theirs, ours)
    return ours


def cover(photo: Any, made: Any) -> Any:
    """A mask of what shows of a layer that is not in the image yet, in the place of its alpha.

    The layer looks as before, but is opaque wherever anything of it shows: what was hidden can be had back.
    """
    ours, theirs = made.create_mask(Gimp.AddMaskType.ALPHA), _applied(photo)
    if theirs is not None:
        _multiply(ours, theirs)
    _make_opaque(made)
    return ours


def within(photo: Any, made: Any, selection: Path) -> Any:
    """A mask that shows a new layer wherever something is selected, or everywhere where there is no such file.

    What is hidden there would look like the photo below it. The photo's own layer mask hides as in `copy`.
    """
    ours = copy(photo, made) or made.create_mask(Gimp.AddMaskType.WHITE)
    if selection.exists():
        encoding, buffer = pixels.own_format(ours), ours.get_buffer()
        size, width = pixels.layout(ours).sample_bytes, ours.get_width()
        for top, rows, strip in pixels.mask_strips(selection, ours.get_height(), width, size * width):
            area = Gegl.Rectangle.new(0, top, width, rows)
            shown = buffer.get(area, 1.0, encoding, NOTHING)
            selected = planes.number(strip.translate(planes.ANY))
            buffer.set(area, encoding, planes.merged(bytes(len(shown)), shown, selected, size, size))
        buffer.flush()
    return ours


def mark(photo: Any, path: Path) -> Any:
    """An (H, W) uint8 array as the photo's layer mask, not applied: it marks damage and hides nothing.

    The photo must be one that takes it (see checks.layer_mask).
    """
    mask = photo.create_mask(Gimp.AddMaskType.BLACK)
    width, height, encoding = photo.get_width(), photo.get_height(), pixels.eight_bit_format(mask)
    buffer = mask.get_buffer()
    for top, rows, strip in pixels.mask_strips(path, height, width):
        buffer.set(Gegl.Rectangle.new(0, top, width, rows), encoding, strip)
    buffer.flush()
    add(photo, mask)
    photo.set_apply_mask(False)
    return mask


def _applied(photo: Any) -> Any:
    """The layer mask that hides parts of the photo, None where there is none."""
    return photo.get_mask() if photo.get_apply_mask() else None


def add(layer: Any, mask: Any) -> None:
    """Give a layer in the image a mask; the layer itself stays what is painted on."""
    if not layer.add_mask(mask):
        raise Failure("bug", _("GIMP did not take the layer mask."))
    layer.set_edit_mask(False)


def _multiply(ours: Any, theirs: Any) -> None:
    """Let a layer mask show only as much as another one of its size and type does."""
    encoding = pixels.format_with_numbers(ours, "float")
    width, first, second = ours.get_width(), ours.get_buffer(), theirs.get_buffer()
    for top, rows in pixels.strips(ours.get_height(), 4 * width):
        area = Gegl.Rectangle.new(0, top, width, rows)
        shown, limit = (array("f", buffer.get(area, 1.0, encoding, NOTHING)) for buffer in (first, second))
        first.set(area, encoding, array("f", map(operator.mul, shown, limit)).tobytes())
    first.flush()


def _make_opaque(layer: Any) -> None:
    """Full alpha wherever there is any."""
    kind, encoding, buffer = pixels.layout(layer), pixels.own_format(layer), layer.get_buffer()
    size, full = kind.channels * kind.sample_bytes, _full(kind)
    for top, rows in pixels.strips(kind.height, kind.row_bytes):
        area = Gegl.Rectangle.new(0, top, kind.width, rows)
        raw = bytearray(buffer.get(area, 1.0, encoding, NOTHING))
        any_of_it = 0
        for place in range(size - len(full), size):
            any_of_it |= int.from_bytes(raw[place::size], "little")
        shows = any_of_it.to_bytes(rows * kind.width, "little")
        if any_of_it:
            for place, byte in enumerate(full, size - len(full)):
                raw[place::size] = shows.translate(b"\0" + bytes((byte,)) * 255)
            buffer.set(area, encoding, bytes(raw))
    buffer.flush()


def _full(kind: pixels.Layout) -> bytes:
    """A sample of 1 as it is stored."""
    if kind.dtype[1] == "u":
        return b"\xff" * kind.sample_bytes
    return struct.pack({2: "=e", 4: "=f", 8: "=d"}[kind.sample_bytes], 1.0)
