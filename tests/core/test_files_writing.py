"""Writing: whole or not at all, and nothing replaced unasked."""

from __future__ import annotations

import os
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pictures import noise
from PIL import Image

from core import files, png
from core.color import Encoding
from core.failures import FileProblem
from core.photo import Metadata, Photo

KINDS = ["8.png", "16.png", "8.tif", "16.tif", "8.jpg", "8.webp"]


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def photo_for(name: str, seed: int = 0) -> Photo:
    return Photo(noise(40, 50, 3, "uint16" if name.startswith("16") else "uint8", seed))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("height", [1, png.STRIP, 5 * png.STRIP + 3])
def test_deep_pngs_of_many_strips_are_one_stream_with_a_true_checksum(
    height: int, channels: int, tmp_path: Path
) -> None:
    path, samples = tmp_path / "a.png", noise(height, 7, channels, "uint16")
    files.write_photo(Photo(samples), path, overwrite=False)
    assert np.array_equal(files.read_photo(path).samples, samples)
    with Image.open(path) as image:
        image.verify()
    written = path.read_bytes()
    packed, at = b"", len(png.SIGNATURE)
    while at < len(written):
        length = int.from_bytes(written[at : at + 4], "big")
        if written[at + 4 : at + 8] == b"IDAT":
            packed += written[at + 8 : at + 8 + length]
        at += length + 12
    whole = zlib.decompressobj()
    assert len(whole.decompress(packed)) == height * (1 + 14 * channels)
    assert whole.eof and not whole.unused_data


@pytest.mark.parametrize("name", KINDS)
def test_what_exists_stays_without_overwrite(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"precious")
    with pytest.raises(FileProblem, match="exists already"):
        files.write_photo(photo_for(name), path, overwrite=False)
    assert path.read_bytes() == b"precious"
    assert names_in(tmp_path) == [name]


@pytest.mark.parametrize("name", KINDS)
def test_overwrite_replaces(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"old")
    files.write_photo(photo_for(name), path, overwrite=True)
    assert files.read_photo(path).samples.shape == (40, 50, 3)
    assert names_in(tmp_path) == [name]


@pytest.mark.parametrize(
    ("name", "dtype", "sentence"),
    [
        ("a.jpg", "uint16", "JPEG holds 8 bits only"),
        ("a.webp", "uint16", "WEBP holds 8 bits only"),
        ("a.png", "float32", "PNG holds 16 bits at most"),
        ("a.png", "uint32", "PNG holds 16 bits at most"),
        ("a.gif", "uint8", "must end in"),
        ("a", "uint8", "must end in"),
    ],
)
def test_a_format_that_cannot_hold_the_photo(name: str, dtype: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match=sentence):
        files.write_photo(Photo(noise(4, 4, 3, dtype)), tmp_path / name, overwrite=False)
    assert names_in(tmp_path) == []


def test_jpeg_with_transparency_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="transparency"):
        files.write_photo(Photo(noise(4, 4), noise(4, 4, 1)[..., 0]), tmp_path / "a.jpg", overwrite=False)
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("place", ["a-file", "a-file/deeper"])
def test_where_nothing_can_be_written(place: str, name: str, tmp_path: Path) -> None:
    (tmp_path / "a-file").write_bytes(b"")
    with pytest.raises(FileProblem, match="cannot be written"):
        files.write_photo(photo_for(name), tmp_path / place / name, overwrite=False)
    assert names_in(tmp_path) == ["a-file"]


@pytest.fixture
def read_only_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in which the person who runs the test may not write; an administrator becomes somebody else for it."""
    if os.geteuid() != 0:
        folder = tmp_path / "read-only"
        folder.mkdir(mode=0o500)
        yield folder
        return
    folder = Path(tempfile.mkdtemp(prefix="read-only-"))
    folder.chmod(0o755)
    os.seteuid(65534)
    yield folder
    os.seteuid(0)
    folder.rmdir()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such folders")
@pytest.mark.parametrize("name", KINDS)
def test_a_read_only_folder(name: str, read_only_folder: Path) -> None:
    with pytest.raises(FileProblem, match=r"cannot be written: Permission denied\.$"):
        files.write_photo(photo_for(name), read_only_folder / name, overwrite=False)
    assert names_in(read_only_folder) == []


@pytest.mark.parametrize("name", KINDS)
def test_when_writing_breaks_off_the_old_file_stays_and_no_part_is_left(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    files.write_photo(photo_for(name, seed=1), path, overwrite=False)
    before = path.read_bytes()

    def half(part: Path) -> None:
        part.write_bytes(before[: len(before) // 2])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        files.write_whole(path, True, half)
    assert path.read_bytes() == before
    assert names_in(tmp_path) == [name]


def test_a_part_is_never_seen_under_the_final_name(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    seen: list[bool] = []

    def write(part: Path) -> None:
        part.write_bytes(b"whole")
        seen.append(path.exists())
        assert part.parent == path.parent and part.suffix == path.suffix

    files.write_whole(path, False, write)
    assert seen == [False] and path.read_bytes() == b"whole"


def test_missing_folders_are_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "album" / "a.png"
    files.write_photo(photo_for("8.png"), path, overwrite=False)
    assert names_in(path.parent) == ["a.png"]


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_deep_pngs_are_whole_in_the_eyes_of_pillow(channels: int, tmp_path: Path) -> None:
    """Checksums and chunks in order: a second opinion on the PNGs that are written by hand."""
    pixels = noise(300, 20, channels, "uint16")
    alpha = pixels[..., -1] if channels in (2, 4) else None
    colours = pixels[..., :-1] if channels in (2, 4) else pixels
    photo = Photo(
        colours, alpha, Encoding("profile", b"icc" * 100), metadata=Metadata(Image.Exif().tobytes(), (300, 300))
    )
    path = tmp_path / "a.png"
    files.write_photo(photo, path, overwrite=False)
    with Image.open(path) as image:
        image.verify()
    with Image.open(path) as image:
        image.load()
        assert image.info["icc_profile"] == b"icc" * 100 and image.info["dpi"] == pytest.approx((300, 300), abs=0.02)
        if channels == 1:
            assert np.array_equal(np.asarray(image), colours[..., 0])
