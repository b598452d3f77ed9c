"""Samples between GIMP's drawables and .npy files, strip by strip and always in the drawable's own format.

Own format means nothing is converted: type, curve (linear, the profile's own, sRGB's) and colour space stay, and
reading or writing is exact. A bare format name would mean sRGB and convert photos that have another profile.
"""

from __future__ import annotations

import ast
import dataclasses
import filecmp
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Iterator, Optional, Tuple

from gi.repository import Babl, Gegl

from failure import Failure
from translation import _

HEADER_BYTES = 128
STRIP_ROWS = 64
STRIP_BYTES = 4 << 20

_ORDER = "<" if sys.byteorder == "little" else ">"
TYPES = {
    "u8": "|u1",
    "u16": _ORDER + "u2",
    "u32": _ORDER + "u4",
    "half": _ORDER + "f2",
    "float": _ORDER + "f4",
    "double": _ORDER + "f8",
}


@dataclass(frozen=True)
class Layout:
    """How a drawable stores its samples: (height, width, channels) of `dtype`, the last channel alpha where it has one.

    curve is "linear", "profile" (the profile's own) or "srgb".
    """

    height: int
    width: int
    channels: int
    dtype: str
    alpha: bool
    curve: str

    @property
    def sample_bytes(self) -> int:
        return int(self.dtype[2:])

    @property
    def row_bytes(self) -> int:
        return self.width * self.channels * self.sample_bytes

    @property
    def shape(self) -> Tuple[int, int, int]:
        return (self.height, self.width, self.channels)

    @property
    def is_grey(self) -> bool:
        return self.channels - self.alpha == 1


@dataclass(frozen=True)
class Stored:
    """How an array's samples are meant: laid out like this, in this format of Babl's, its colour space included."""

    layout: Layout
    pixel_format: str


def layout(drawable: Any) -> Layout:
    """The drawable's layout, from Babl's name for its format: "R'G'B'A u8", "Y~ half", "RGB float"..."""
    pixel_format = drawable.get_format()
    model, _space, kind = Babl.format_get_encoding(pixel_format).rpartition(" ")
    if kind not in TYPES or model.rstrip("A").replace("'", "").replace("~", "") not in ("RGB", "Y"):
        raise Failure("bug", f"The layer has the unknown format {model} {kind}.")
    curve = "profile" if "'" in model else "srgb" if "~" in model else "linear"
    return Layout(
        drawable.get_height(),
        drawable.get_width(),
        Babl.format_get_n_components(pixel_format),
        TYPES[kind],
        model.endswith("A"),
        curve,
    )


def own_format(drawable: Any) -> str:
    """The name of the drawable's own format, its colour space included."""
    return str(Babl.get_name(drawable.get_format()))


def stored(drawable: Any, alpha: bool = False) -> Stored:
    """How arrays of this drawable are stored; with `alpha` those that have one though the drawable has none."""
    kind = layout(drawable)
    if kind.alpha or not alpha:
        return Stored(kind, own_format(drawable))
    model, _space, number = str(Babl.format_get_encoding(drawable.get_format())).rpartition(" ")
    return Stored(with_alpha(kind), format_in_space_of(drawable, f"{model}A {number}"))


def coloured(drawable: Any) -> Stored:
    """How the colours of a drawable are stored: like itself, or where it is grey in sRGB, linear where it is linear."""
    own = stored(drawable)
    kind = own.layout
    if not kind.is_grey:
        return own
    number = next(name for name, dtype in TYPES.items() if dtype == kind.dtype)
    model = ("RGB" if kind.curve == "linear" else "R~G~B~") + "A" * kind.alpha
    curve = "linear" if kind.curve == "linear" else "srgb"
    return Stored(dataclasses.replace(kind, channels=kind.channels + 2, curve=curve), f"{model} {number}")


def format_in_space_of(drawable: Any, encoding: str) -> str:
    """The name of another format ("R~G~B~A u8"...) in the drawable's colour space."""
    return str(Babl.get_name(Babl.format_with_space(encoding, drawable.get_format())))


def eight_bit_format(drawable: Any) -> str:
    """The drawable's own format in 8 bit: selections and channels have the precision of their image."""
    return format_with_numbers(drawable, "u8")


def format_with_numbers(drawable: Any, kind: str) -> str:
    """The drawable's own format with another type of numbers, one of TYPES."""
    model = str(Babl.format_get_encoding(drawable.get_format())).rpartition(" ")[0]
    return format_in_space_of(drawable, f"{model} {kind}")


def strips(height: int, row_bytes: int) -> Iterator[Tuple[int, int]]:
    """(first row, number of rows) of each strip: whole tiles high and a few megabytes large."""
    rows = max(STRIP_ROWS, STRIP_BYTES // max(row_bytes, 1) // STRIP_ROWS * STRIP_ROWS)
    for top in range(0, height, rows):
        yield top, min(rows, height - top)


def save(drawable: Any, path: Path) -> Layout:
    """Write all samples of a drawable as (H, W, C) in its own format; returns how they are laid out."""
    shape = layout(drawable)
    save_region(drawable, path, (0, 0), shape.shape, shape.dtype, own_format(drawable))
    return shape


def save_region(
    drawable: Any, path: Path, corner: Tuple[int, int], shape: Tuple[int, ...], dtype: str, pixel_format: str
) -> None:
    """Write the part of a drawable whose left top corner is (x, y) in its own coordinates, converted to pixel_format.

    shape is (H, W) or (H, W, C). What lies outside of the drawable is 0 in every channel.
    """
    height, width = shape[:2]
    row_bytes = width * (shape[2] if len(shape) == 3 else 1) * int(dtype[2:])
    buffer = drawable.get_buffer()
    with path.open("wb") as file:
        file.write(header(shape, dtype))
        for top, rows in strips(height, row_bytes):
            area = Gegl.Rectangle.new(corner[0], corner[1] + top, width, rows)
            strip = buffer.get(area, 1.0, pixel_format, Gegl.AbyssPolicy.NONE)
            if strip is None or len(strip) != rows * row_bytes:
                raise Failure("bug", "GIMP handed over fewer pixels than the layer has.")
            file.write(strip)


def load(drawable: Any, path: Path, buffer: Optional[Any] = None, kept: Optional[Stored] = None) -> None:
    """Fill a whole drawable with an array of its own format; `buffer` can be its shadow buffer instead.

    kept: the array is stored like this, and converted. The drawable must be one that nothing locks: GIMP ends a plug-in
    that writes to a locked one.
    """
    kept = kept or stored(drawable)
    target, width = drawable.get_buffer() if buffer is None else buffer, kept.layout.width
    for top, rows, strip in _strips_of(path, kept.layout.shape, kept.layout.dtype):
        target.set(Gegl.Rectangle.new(0, top, width, rows), kept.pixel_format, strip)
    target.flush()


def are(drawable: Any, path: Path) -> bool:
    """Whether the samples of a drawable are those of an array of its own format."""
    kind, pixel_format, buffer = layout(drawable), own_format(drawable), drawable.get_buffer()
    for top, rows, strip in _strips_of(path, kind.shape, kind.dtype):
        area = Gegl.Rectangle.new(0, top, kind.width, rows)
        if buffer.get(area, 1.0, pixel_format, Gegl.AbyssPolicy.NONE) != strip:
            return False
    return True


def check(path: Path, shape: Tuple[int, ...], dtype: str) -> None:
    """A Failure where an array is missing, has another shape or type, or is not whole."""
    size = int(dtype[2:])
    for number in shape:
        size *= number
    with _opened(path, shape, dtype) as file:
        if path.stat().st_size - file.tell() < size:
            raise _cut_off(path)


def copy(source: Any, target: Any, shadow: Optional[Any] = None) -> None:
    """Give a drawable, or its shadow buffer, the very samples of another one of its size and type.

    Samples are taken as they stand: a linear channel's and a perceptual one's are not converted into each other.
    """
    ours, theirs = own_format(target), own_format(source)
    width, height = target.get_width(), target.get_height()
    row_bytes = width * Babl.format_get_bytes_per_pixel(target.get_format())
    buffer = source.get_buffer()
    into = target.get_buffer() if shadow is None else shadow
    for top, rows in strips(height, row_bytes):
        area = Gegl.Rectangle.new(0, top, width, rows)
        strip = buffer.get(area, 1.0, theirs, Gegl.AbyssPolicy.NONE)
        if strip is None or len(strip) != rows * row_bytes:
            raise Failure("bug", "GIMP handed over fewer pixels than there are.")
        into.set(area, ours, strip)
    into.flush()
    if shadow is None:
        target.update(0, 0, width, height)


def mask_strips(path: Path, height: int, width: int, row_bytes: int = 0) -> Iterator[Tuple[int, int, bytes]]:
    """(first row, number of rows, bytes) of each strip of an (H, W) uint8 array; row_bytes as for strips()."""
    return _strips_of(path, (height, width), TYPES["u8"], row_bytes)


def rgba_strips(path: Path, height: int, width: int) -> Iterator[Tuple[int, int, bytes]]:
    """The same of an (H, W, 4) uint8 array."""
    return _strips_of(path, (height, width, 4), TYPES["u8"])


def is_transparent(path: Path, shape: Layout) -> bool:
    """Whether the alpha of an array laid out like this is 0 everywhere."""
    size, pixel = shape.sample_bytes, shape.channels * shape.sample_bytes
    for _top, _rows, strip in _strips_of(path, shape.shape, shape.dtype):
        for byte in range(pixel - size, pixel):
            plane = strip[byte::pixel]
            if plane.count(0) != len(plane):
                return False
    return True


def with_alpha(shape: Layout) -> Layout:
    """The same layout with an alpha channel."""
    if shape.alpha:
        return shape
    return dataclasses.replace(shape, channels=shape.channels + 1, alpha=True)


def same(first: Path, second: Path) -> bool:
    """Whether two arrays are equal bit for bit."""
    return filecmp.cmp(first, second, shallow=False)


def header(shape: Tuple[int, ...], dtype: str) -> bytes:
    """The 128 bytes before the samples of a .npy file (NumPy's format 1.0, C order)."""
    text = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}"
    return (
        b"\x93NUMPY\x01\x00"
        + (HEADER_BYTES - 10).to_bytes(2, "little")
        + text.ljust(HEADER_BYTES - 11).encode("ascii")
        + b"\n"
    )


def _strips_of(path: Path, shape: Tuple[int, ...], dtype: str, row_bytes: int = 0) -> Iterator[Tuple[int, int, bytes]]:
    """(first row, number of rows, bytes) of each strip of an array."""
    own_bytes = shape[1] * (shape[2] if len(shape) == 3 else 1) * int(dtype[2:])
    with _opened(path, shape, dtype) as file:
        for top, rows in strips(shape[0], row_bytes or own_bytes):
            yield top, rows, _read(file, path, rows * own_bytes)


@contextmanager
def _opened(path: Path, shape: Tuple[int, ...], dtype: str) -> Iterator[IO[bytes]]:
    """A .npy file behind its header; a Failure where it is missing or holds anything else than this."""
    if not path.is_file():
        raise Failure("bug", _("The result {file} is missing; the image is as it was.").format(file=path.name))
    with path.open("rb") as file:
        start = file.read(10)
        text = file.read(int.from_bytes(start[8:10], "little"))
        try:
            found = ast.literal_eval(text.decode("latin-1").strip())
            fits = (found["descr"], found["fortran_order"], tuple(found["shape"])) == (dtype, False, shape)
        except (ValueError, SyntaxError, KeyError, TypeError, MemoryError, RecursionError):
            fits = False
        if start[:7] != b"\x93NUMPY\x01" or not fits:
            raise Failure(
                "bug", _("The result {file} is not what was asked for; the image is as it was.").format(file=path.name)
            )
        yield file


def _read(file: IO[bytes], path: Path, size: int) -> bytes:
    strip = file.read(size)
    if len(strip) != size:
        raise _cut_off(path)
    return strip


def _cut_off(path: Path) -> Failure:
    return Failure("bug", _("The result {file} ends too early; the image is as it was.").format(file=path.name))
