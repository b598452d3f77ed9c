"""What cannot be read says so in one sentence."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import noise, png_bytes, png_chunk
from PIL import Image

from core import files
from core.failures import FileProblem
from core.photo import Photo


def refusal(path: Path) -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(FileProblem) as caught:
        files.read_photo(path)
    sentence = str(caught.value)
    assert "\n" not in sentence and len(sentence) < 300
    assert sentence.endswith(".") and path.name in sentence
    return sentence


def test_a_file_that_is_missing(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "gone.png")


def test_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "photos.png"
    folder.mkdir()
    assert "is a folder" in refusal(folder)


@pytest.mark.parametrize("ending", ["png", "jpg", "tif", "webp"])
@pytest.mark.parametrize(
    "content", [b"", b"\0", b"Dear diary,\n" * 100, b"\x89PNG", b"II*\0", b"II", b"RIFF", b"\xff\xd8"]
)
def test_what_is_no_picture(content: bytes, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"photo.{ending}"
    path.write_bytes(content)
    refusal(path)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "PPM"])
def test_other_kinds_are_named(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    Image.fromarray(noise(5, 5)).save(path, kind)
    assert f"is a {kind} file" in refusal(path)


@pytest.mark.parametrize("ending", ["jpg", "tif"])
def test_cmyk(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"photo.{ending}"
    Image.fromarray(noise(5, 5, 4), "CMYK").save(path)
    assert "CMYK" in refusal(path)


def test_16_bit_cmyk(tmp_path: Path) -> None:
    path = tmp_path / "photo.tif"
    tifffile.imwrite(path, noise(5, 5, 4, "uint16"), photometric="separated")
    assert "CMYK" in refusal(path)


def test_signed_samples(tmp_path: Path) -> None:
    path = tmp_path / "photo.tif"
    tifffile.imwrite(path, noise(5, 5, 1, "uint16")[..., 0].astype(np.int16))
    assert "signed" in refusal(path)


def test_more_than_four_channels(tmp_path: Path) -> None:
    path = tmp_path / "photo.tif"
    pixels = noise(5, 5, 5, "uint16")
    tifffile.imwrite(path, pixels, photometric="rgb", extrasamples=["unspecified", "unspecified"])
    assert "5 channels" in refusal(path)


def sources() -> dict[str, Callable[[Path], None]]:
    """Files of every kind and depth."""

    def written(dtype: str, with_alpha: bool = False) -> Callable[[Path], None]:
        alpha = noise(60, 80, 1, dtype, 1)[..., 0] if with_alpha else None
        return lambda path: files.write_photo(Photo(noise(60, 80, 3, dtype), alpha), path, overwrite=True)

    def bare_tiff(dtype: str) -> Callable[[Path], None]:
        return lambda path: tifffile.imwrite(path, noise(60, 80, 3, dtype), photometric="rgb")

    return {
        "8.png": written("uint8"),
        "16.png": written("uint16"),
        "16a.png": written("uint16", with_alpha=True),
        "8.tif": written("uint8"),
        "16.tif": written("uint16"),
        "32.tif": written("float32"),
        "8bare.tif": bare_tiff("uint8"),
        "16bare.tif": bare_tiff("uint16"),
        "8.jpg": written("uint8"),
        "8.webp": written("uint8"),
    }


@pytest.mark.parametrize("name", sources())
@pytest.mark.parametrize("share", [0.0, 0.02, 0.3, 0.6, 0.9])
def test_a_file_that_breaks_off(name: str, share: float, tmp_path: Path) -> None:
    path = tmp_path / name
    sources()[name](path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    refusal(path)


@settings(max_examples=15)
@given(data=st.data())
@pytest.mark.parametrize("name", sources())
def test_a_file_with_damaged_bytes_is_read_or_refused(name: str, data: st.DataObject, tmp_path: Path) -> None:
    path = tmp_path / name
    sources()[name](path)
    content = bytearray(path.read_bytes())
    for _count in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    try:
        photo = files.read_photo(path)
    except FileProblem as problem:
        assert re.fullmatch(r"[^\n]{10,400}\.", str(problem))
    else:
        assert photo.samples.ndim == 3 and photo.samples.shape[2] in (1, 3)


@pytest.mark.parametrize("depth", [8, 16])
def test_an_enormous_png_is_refused_before_its_pixels(depth: int, tmp_path: Path) -> None:
    header = struct.pack(">IIBBBBB", 200_000, 200_000, depth, 2, 0, 0, 0)
    path = tmp_path / "photo.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", b"") + png_chunk(b"IEND", b"")
    )
    assert "40000 megapixels" in refusal(path)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_an_enormous_tiff_is_refused_before_its_pixels(dtype: str, tmp_path: Path) -> None:
    path = tmp_path / "photo.tif"
    tifffile.imwrite(path, noise(5, 5, 3, dtype), photometric="rgb")
    with tifffile.TiffFile(path, mode="r+b") as tiff:
        for tag in (256, 257):
            tiff.pages.first.tags[tag].overwrite(200_000, dtype="I")
    assert "40000 megapixels" in refusal(path)


def test_a_png_that_says_it_is_deeper_than_its_pixels(tmp_path: Path) -> None:
    content = bytearray(png_bytes(noise(20, 20)))
    header = content[16:24] + b"\x10" + content[25:29]
    content[8:33] = png_chunk(b"IHDR", bytes(header))
    path = tmp_path / "photo.png"
    path.write_bytes(content)
    assert "damaged" in refusal(path)


def test_a_mask_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "mask.png"
    path.write_bytes(b"no mask")
    with pytest.raises(FileProblem, match=r"mask\.png"):
        files.read_mask(path)
