"""Photos that break off, lie about themselves, or are something else: read whole or refused in one sentence."""

from __future__ import annotations

import io
import os
import pickle
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile
from bench import FAILED, Bench
from pictures import noise
from PIL import Image
from wholes import HEIGHT, WHOLES, WIDTH, png_with, whole

TIFFS = [name for name in WHOLES if name.endswith(".tif")]


@pytest.mark.parametrize("name", WHOLES)
def test_the_whole_ones_are_read(name: str, bench: Bench) -> None:
    assert bench.done_or_refused(bench.put(name, whole(name))) is None


# What breaks off


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.5, 0.8])
@pytest.mark.parametrize("name", WHOLES)
def test_a_file_that_breaks_off(name: str, share: float, bench: Bench) -> None:
    content = whole(name)
    photo = bench.put(name, content[: int(len(content) * share)])
    if name == "pages.tif" and share > 0.3:  # the first page is whole
        bench.done_or_refused(photo)
    else:
        bench.must_refuse(photo)


@pytest.mark.parametrize("missing", [1, 4, 13])
@pytest.mark.parametrize("name", WHOLES)
def test_a_file_without_its_last_bytes(name: str, missing: int, bench: Bench) -> None:
    bench.done_or_refused(bench.put(name, whole(name)[:-missing]))


@pytest.mark.parametrize("size", [1, 2, 4, 8, 12, 30])
@pytest.mark.parametrize("name", ["rgb.png", "rgb.jpg", "lossy.webp", "plain.tif", "big.tif"])
def test_a_file_of_its_first_bytes(name: str, size: int, bench: Bench) -> None:
    bench.must_refuse(bench.put(name, whole(name)[:size]))


@pytest.mark.parametrize("name", WHOLES)
def test_a_file_with_a_hole_of_zeros(name: str, bench: Bench) -> None:
    """A disk's lost block."""
    content = bytearray(whole(name))
    third = len(content) // 3
    content[third : 2 * third] = bytes(third)
    bench.done_or_refused(bench.put(name, bytes(content)))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", WHOLES)
def test_a_file_with_bits_that_fell_over(name: str, seed: int, bench: Bench) -> None:
    """In the first bytes, where they do the most harm, and anywhere."""
    content, rng = bytearray(whole(name)), np.random.default_rng(seed)
    end = 200 if seed % 2 else len(content)
    for at in rng.integers(0, min(end, len(content)), 1 + seed):
        content[at] ^= 1 << int(rng.integers(8))
    bench.done_or_refused(bench.put(name, bytes(content)))


# Headers that lie

PNG_LIES = {
    "no width": {"width": 0},
    "no height": {"height": 0},
    "wider": {"width": 2 * WIDTH},
    "endless": {"width": 0x7FFFFFFF, "height": 0x7FFFFFFF},
    "beyond": {"width": 0xFFFFFFFF},
    "a line": {"width": 0x7FFFFFFF, "height": 1},
    "depth 0": {"depth": 0},
    "depth 3": {"depth": 3},
    "depth 16": {"depth": 16},
    "depth 32": {"depth": 32},
    "depth 255": {"depth": 255},
    "colour 1": {"colour": 1},
    "colour 5": {"colour": 5},
    "colour 6": {"colour": 6},
    "palette without one": {"colour": 3},
}


@pytest.mark.parametrize("lie", PNG_LIES)
def test_a_png_whose_header_lies(lie: str, bench: Bench) -> None:
    bench.must_refuse(bench.put("photo.png", png_with(PNG_LIES[lie])))


@pytest.mark.parametrize(
    "changes",
    [
        {"packing": 1},
        {"filter": 1},
        {"interlace": 1},
        {"interlace": 9},
        {"height": 1},
        {"height": HEIGHT + 1},
        {"width": 1},
    ],
)
def test_a_png_whose_header_lies_a_little(changes: dict[str, int], bench: Bench) -> None:
    bench.done_or_refused(bench.put("photo.png", png_with(changes)))


@pytest.mark.parametrize(
    "idat",
    [b"", b"\0", b"no deflate", zlib.compress(b""), zlib.compress(b"\xff" * 5000), zlib.compress(bytes(10))[:-6]],
    ids=["empty", "a byte", "text", "nothing", "filters that are none", "cut"],
)
def test_a_png_with_other_pixels(idat: bytes, bench: Bench) -> None:
    bench.must_refuse(bench.put("photo.png", png_with(None, idat)))


BOMB = zlib.compress(bytes(64 << 20), 9)
"""64 MiB in 64 KiB."""


@pytest.mark.parametrize(
    "chunk",
    [
        (b"iCCP", b"bomb\0\0" + BOMB),
        (b"zTXt", b"bomb\0\0" + BOMB),
        (b"iTXt", b"bomb\0\1\0\0\0" + BOMB),
        (b"iCCP", b""),
        (b"iCCP", b"name\0\0no deflate"),
        (b"iCCP", b"n" * 500),
        (b"tRNS", b"\0"),
        (b"pHYs", b"\0" * 9),
        (b"pHYs", b"\xff" * 9),
        (b"pHYs", b""),
        (b"gAMA", b"\0\0\0\0"),
        (b"eXIf", b""),
        (b"eXIf", b"II*\0\xff\xff\xff\x7f"),
        (b"eXIf", b"MM\0*\0\0\0\x08\xff\xff" + b"\0" * 50),
        (b"acTL", b"\xff" * 8),
        (b"fcTL", b"\xff" * 26),
        (b"PLTE", b"\0" * 4),
        (b"IHDR", b"\xff" * 13),
        (b"IHDR", b""),
        (b"\0\0\0\0", b""),
        (b"CRIT", b"x"),
    ],
    ids=lambda chunk: f"{chunk[0].decode('latin-1').strip(chr(0))} of {len(chunk[1])}",
)
@pytest.mark.parametrize("deep", [False, True], ids=["8", "16"])
def test_a_png_with_a_bad_chunk(chunk: tuple[bytes, bytes], deep: bool, bench: Bench) -> None:
    changes, idat = None, None
    if deep:
        rows = noise(HEIGHT, WIDTH, 3, "uint16").astype(">u2")
        changes, idat = {"depth": 16}, zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))
    bench.done_or_refused(bench.put("photo.png", png_with(changes, idat, chunk)))


@pytest.mark.parametrize("length", [0, 1, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_png_chunk_of_another_length(length: int, bench: Bench) -> None:
    content = bytearray(png_with())
    content[33:37] = struct.pack(">I", length)
    photo = bench.put("photo.png", bytes(content))
    if length > len(content):  # its pixels are all there
        bench.done_or_refused(photo)
    else:
        bench.must_refuse(photo)


TIFF_LIES: dict[str, tuple[int, int]] = {
    "no width": (256, 0),
    "no height": (257, 0),
    "half a million wide": (256, 500_000),
    "endlessly wide": (256, 0xFFFFFFFF),
    "endlessly high": (257, 0xFFFFFFFF),
    "bits 0": (258, 0),
    "bits 7": (258, 7),
    "bits 128": (258, 128),
    "bits 65535": (258, 65535),
    "packing 0": (259, 0),
    "packing 7": (259, 7),
    "packing 8": (259, 8),
    "packing 50000": (259, 50000),
    "packing 65535": (259, 65535),
    "photometric 3": (262, 3),
    "photometric 5": (262, 5),
    "photometric 999": (262, 999),
    "offset 0": (273, 0),
    "offset beyond the file": (273, 0x7FFFFFFF),
    "offset at the very end": (273, 0xFFFFFFFF),
    "orientation 0": (274, 0),
    "orientation 255": (274, 255),
    "samples 0": (277, 0),
    "samples 9": (277, 9),
    "samples 65535": (277, 65535),
    "no rows in a strip": (278, 0),
    "all rows in a strip": (278, 0xFFFFFFFF),
    "no bytes": (279, 0),
    "endless bytes": (279, 0xFFFFFFFF),
    "planar 0": (284, 0),
    "planar 2": (284, 2),
    "planar 9": (284, 9),
    "format 2": (339, 2),
    "format 3": (339, 3),
    "format 6": (339, 6),
    "format 99": (339, 99),
}
IMPOSSIBLE = ("no width", "no height", "endlessly wide", "endlessly high", "offset beyond the file", "samples 65535")
"""Of these nothing can be read, whoever tries."""


@pytest.mark.parametrize("name", ["plain.tif", "deep.tif", "motorola.tif"])
@pytest.mark.parametrize("lie", TIFF_LIES)
def test_a_tiff_whose_tag_lies(lie: str, name: str, bench: Bench) -> None:
    tag, value = TIFF_LIES[lie]
    photo = bench.put(name, with_tag(whole(name), tag, value))
    if lie in IMPOSSIBLE:
        bench.must_refuse(photo)
    else:
        bench.done_or_refused(photo)


def with_tag(content: bytes, wanted: int, value: int) -> bytes:
    """A classic TIFF whose first folder has one plain value for a tag; one it does not have takes the last one's place.

    Tags that hold several values keep their place and say that they hold one.
    """
    order = "<" if content[:2] == b"II" else ">"
    out = bytearray(content)
    (first,) = struct.unpack_from(order + "I", out, 4)
    (count,) = struct.unpack_from(order + "H", out, first)
    entries = [first + 2 + 12 * index for index in range(count)]
    at = next((entry for entry in entries if struct.unpack_from(order + "H", out, entry)[0] == wanted), entries[-1])
    struct.pack_into(order + "HHII", out, at, wanted, 4, 1, value)
    return bytes(out)


@pytest.mark.parametrize("tag", [256, 257, 258, 259, 262, 273, 277, 278, 279])
@pytest.mark.parametrize("name", ["plain.tif", "deep.tif"])
def test_a_tiff_that_lacks_a_tag(name: str, tag: int, bench: Bench) -> None:
    content = bytearray(whole(name))
    (first,) = struct.unpack_from("<I", content, 4)
    (count,) = struct.unpack_from("<H", content, first)
    for index in range(count):
        if struct.unpack_from("<H", content, first + 2 + 12 * index)[0] == tag:
            struct.pack_into("<H", content, first + 2 + 12 * index, 65000)
    bench.done_or_refused(bench.put(name, bytes(content)))


@pytest.mark.parametrize("where", [0, 4, 7, 0x7FFFFFFF, 0xFFFFFFFF])
@pytest.mark.parametrize("name", TIFFS)
def test_a_tiff_whose_folder_is_elsewhere(name: str, where: int, bench: Bench) -> None:
    content = bytearray(whole(name))
    order = "<" if content[:2] == b"II" else ">"
    if name == "big.tif":
        struct.pack_into("<Q", content, 8, where)
    else:
        struct.pack_into(order + "I", content, 4, where)
    bench.must_refuse(bench.put(name, bytes(content)))


@pytest.mark.parametrize("entries", [0, 1, 500, 65535])
def test_a_tiff_whose_folder_has_another_length(entries: int, bench: Bench) -> None:
    content = bytearray(whole("deep.tif"))
    struct.pack_into("<H", content, struct.unpack_from("<I", content, 4)[0], entries)
    bench.done_or_refused(bench.put("photo.tif", bytes(content)))


@pytest.mark.parametrize("name", ["plain.tif", "deep.tif"])
def test_a_tiff_whose_pages_go_round_in_a_circle(name: str, bench: Bench) -> None:
    content = bytearray(whole(name))
    (first,) = struct.unpack_from("<I", content, 4)
    (count,) = struct.unpack_from("<H", content, first)
    struct.pack_into("<I", content, first + 2 + 12 * count, first)
    bench.done_or_refused(bench.put(name, bytes(content)))


@pytest.mark.parametrize("height,width", [(0, WIDTH), (1, 1), (65500, 65500), (65535, 65535), (HEIGHT, 65535)])
@pytest.mark.parametrize("name", ["rgb.jpg", "grey.jpg", "progressive.jpg"])
def test_a_jpeg_of_another_size_than_it_says(name: str, height: int, width: int, bench: Bench) -> None:
    content = bytearray(whole(name))
    at = frame_of(content)
    struct.pack_into(">HH", content, at + 5, height, width)
    bench.done_or_refused(bench.put(name, bytes(content)))


@pytest.mark.parametrize("offset,value", [(4, 0), (4, 12), (9, 0), (9, 2), (9, 4), (9, 255), (11, 0), (11, 0xFF)])
def test_a_jpeg_whose_frame_lies(offset: int, value: int, bench: Bench) -> None:
    content = bytearray(whole("rgb.jpg"))
    content[frame_of(content) + offset] = value
    bench.done_or_refused(bench.put("photo.jpg", bytes(content)))


@pytest.mark.parametrize("marker", [0xDB, 0xDA, 0xC0], ids=["tables", "scan", "frame"])
def test_a_jpeg_that_lacks_a_part(marker: int, bench: Bench) -> None:
    content = whole("rgb.jpg").replace(bytes([0xFF, marker]), b"\xff\xe9")
    bench.must_refuse(bench.put("photo.jpg", content))


def frame_of(content: bytes | bytearray) -> int:
    """Where a JPEG's frame header begins."""
    return next(at for at in range(len(content)) if content[at] == 0xFF and content[at + 1] in (0xC0, 0xC2))


@pytest.mark.parametrize("size", [0, 1, 0x7FFFFFFF, 0xFFFFFFFF])
@pytest.mark.parametrize("at", [4, 16], ids=["file", "chunk"])
@pytest.mark.parametrize("name", ["lossy.webp", "lossless.webp"])
def test_a_webp_of_another_length_than_it_says(name: str, at: int, size: int, bench: Bench) -> None:
    content = bytearray(whole(name))
    struct.pack_into("<I", content, at, size)
    bench.done_or_refused(bench.put(name, bytes(content)))


# Too much


@pytest.mark.parametrize(
    "make",
    [
        lambda: png_with({"width": 30_000, "height": 30_000}),
        lambda: with_tag(with_tag(whole("plain.tif"), 256, 30_000), 257, 30_000),
        lambda: with_tag(with_tag(whole("deep.tif"), 256, 30_000), 257, 30_000),
        lambda: with_tag(with_tag(whole("float.tif"), 256, 30_000), 257, 30_000),
        lambda: as_large_as_can_be(whole("rgb.jpg")),
    ],
    ids=["png", "tiff", "deep tiff", "float tiff", "jpeg"],
)
def test_what_says_it_is_enormous_is_refused_before_its_pixels(make: Callable[[], bytes], bench: Bench) -> None:
    sentence = bench.must_refuse(bench.put("photo.png", make()))
    assert "megapixels; 500 is the most" in sentence


def as_large_as_can_be(jpeg: bytes) -> bytes:
    content = bytearray(jpeg)
    struct.pack_into(">HH", content, frame_of(content) + 5, 65_000, 65_000)
    return bytes(content)


@pytest.mark.parametrize("name", ["photo.png", "photo.tif", "photo.jpg", "photo.webp"])
def test_a_file_of_a_terabyte_of_nothing(name: str, bench: Bench) -> None:
    path = bench.put(name, b"")
    try:
        os.truncate(path, 1 << 40)
    except OSError:
        pytest.skip("no sparse files here")
    bench.must_refuse(path)


# Values that are none


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e38, -1e38])
@pytest.mark.parametrize("where", ["everywhere", "here and there"])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_floats_that_are_no_numbers_or_no_light(dtype: str, where: str, value: float, bench: Bench) -> None:
    pixels = noise(HEIGHT, WIDTH, 3, dtype)
    with np.errstate(over="ignore"):
        pixels[:: 1 if where == "everywhere" else 7] = np.array(value).astype(dtype)
    stream = io.BytesIO()
    tifffile.imwrite(stream, pixels, photometric="rgb", metadata=None)
    assert bench.done_or_refused(bench.put("photo.tif", stream.getvalue())) is None


# What is no photo


def archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("../../photo.png", b"x")
    return stream.getvalue()


def saved(kind: str) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(noise(16, 16)).save(stream, kind)
    return stream.getvalue()


OTHERS: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "text": lambda: b"Dear diary,\n" * 50,
    "html": lambda: b"<!doctype html><title>404</title>",
    "svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><image href="http://127.0.0.1/a.png"/></svg>',
    "pdf": lambda: b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n",
    "postscript": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n(x) run\n",
    "zip": archive,
    "program": lambda: b"\x7fELF" + bytes(200),
    "script": lambda: b"#!/bin/sh\ntouch it-ran\n",
    "pickle": lambda: pickle.dumps({"a": 1}),
    "npy": lambda: b"\x93NUMPY\x01\x00v\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,)}" + b" " * 60,
    "gif": lambda: saved("GIF"),
    "bmp": lambda: saved("BMP"),
    "bmp that lies": lambda: saved("BMP")[:18] + struct.pack("<ii", 60_000, -60_000) + saved("BMP")[26:],
    "ppm": lambda: saved("PPM"),
    "ppm that lies": lambda: b"P6 999999999 999999999 255\n\0",
    "icon": lambda: saved("ICO"),
    "jpeg 2000": lambda: b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(40),
    "tga": lambda: saved("TGA"),
    "photoshop": lambda: b"8BPS\0\1" + bytes(60),
    "heic": lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40),
    "riff without webp": lambda: b"RIFF\x20\0\0\0WAVEfmt " + bytes(24),
    "noise": lambda: np.random.default_rng(1).bytes(4000),
    "zeros": lambda: bytes(4000),
    "ones": lambda: b"\xff" * 4000,
    "signatures alone": lambda: b"\x89PNG\r\n\x1a\n" * 20,
}


@pytest.mark.parametrize("ending", ["png", "tif"])
@pytest.mark.parametrize("kind", OTHERS)
def test_what_is_something_else(kind: str, ending: str, bench: Bench) -> None:
    bench.must_refuse(bench.put(f"photo.{ending}", OTHERS[kind]()))


# What is no file


def a_folder(path: Path) -> None:
    path.mkdir()


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_link_to_nowhere(path: Path) -> None:
    path.symlink_to("gone.png")


def a_link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


def a_link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def nothing(path: Path) -> None:
    pass


@pytest.mark.skipif(sys.platform == "win32", reason="files of Unix")
@pytest.mark.parametrize(
    "make",
    [a_folder, a_pipe, a_link_to_nowhere, a_link_to_itself, a_link_to_a_device, nothing],
    ids=lambda make: make.__name__,
)
def test_what_is_no_file(make: Callable[[Path], None], bench: Bench) -> None:
    make(bench.given / "photo.png")
    bench.must_refuse(bench.given / "photo.png")


@pytest.mark.parametrize("name", ["x" * 300 + ".png", "x/" * 2500 + "a.png"], ids=["name", "path"])
def test_a_name_that_is_too_long(name: str, bench: Bench) -> None:
    bench.refused("detect", bench.given / name, "--output", f"{bench.out}/", "--model", "classical")


# Every command


@pytest.mark.parametrize("command", ["detect", "repair", "enhance", "colorize", "restore"])
@pytest.mark.parametrize("name", ["rgb.png", "deep.tif", "rgb.jpg"])
def test_every_command_refuses_a_broken_photo(name: str, command: str, bench: Bench) -> None:
    photo = bench.put(name, whole(name)[: len(whole(name)) // 2])
    mask = ["--mask", bench.put("mask.png", whole("grey.png"))] if command == "repair" else []
    sentence = bench.refused(command, photo, *mask, "--output", bench.out / "new.png")
    assert name in sentence


@pytest.mark.parametrize("name", ["rgb.png", "deep.tif", "rgb.jpg", "lossy.webp"])
def test_what_stood_there_stays_where_the_new_one_fails(name: str, bench: Bench) -> None:
    photo = bench.put(name, whole(name)[: len(whole(name)) // 2])
    (bench.out / "mask.png").write_bytes(b"the old one")
    bench.refused("detect", photo, "--output", bench.out / "mask.png", "--model", "classical", "--overwrite")


def test_broken_ones_among_sound_ones_are_named_and_the_others_done(bench: Bench) -> None:
    photos = [bench.put(f"{n}-{name}", whole(name)[: len(whole(name)) // (1 + n % 2)]) for n, name in enumerate(WHOLES)]
    told = bench.run("detect", *photos, "--output", f"{bench.out}/", "--model", "classical")
    broken = photos[1::2]
    assert told.code == FAILED
    assert f"{len(broken)} of {len(photos)} photos could not be done:" in told.err.splitlines()
    for photo in photos:
        assert (f"  {photo}: " in told.err) == (photo in broken)
        assert (bench.out / f"{photo.stem}.png").exists() == (photo not in broken)
