"""A photo that was grey takes colours in its own pixels, after its image was converted to RGB."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator, Tuple

from gi.repository import Babl, Gegl

import pixels
import planes


def write(photo: Any, path: Path, kept: pixels.Stored, selection: Path) -> None:
    """Write the coloured photo into the shadow buffer (see layers.take_shadows).

    selection is the file of the selection, where there was one. Alpha stays, and where nothing is selected or all is
    transparent the samples are those of GIMP's own conversion.
    """
    shadow = photo.get_shadow_buffer()
    pixels.load(photo, path, shadow, kept)
    kind, own = pixels.layout(photo), pixels.own_format(photo)
    pixel = Babl.format_get_bytes_per_pixel(photo.get_format())
    colours = pixel - kind.sample_bytes * kind.alpha
    buffer = photo.get_buffer()
    for top, rows, where in _chosen(kind, selection):
        area = Gegl.Rectangle.new(0, top, kind.width, rows)
        before, after = (of.get(area, 1.0, own, Gegl.AbyssPolicy.NONE) for of in (buffer, shadow))
        if kind.alpha:
            where &= planes.anything(before, range(colours, pixel), pixel)
        shadow.set(area, own, planes.merged(before, after, where, colours, pixel))
    shadow.flush()


def _chosen(kind: pixels.Layout, selection: Path) -> Iterator[Tuple[int, int, int]]:
    """(first row, number of rows, where something is selected: see planes.number) of each strip."""
    if selection.exists():
        for top, rows, strip in pixels.mask_strips(selection, kind.height, kind.width, kind.row_bytes):
            yield top, rows, planes.number(strip.translate(planes.ANY))
        return
    for top, rows in pixels.strips(kind.height, kind.row_bytes):
        yield top, rows, (1 << 8 * rows * kind.width) - 1
