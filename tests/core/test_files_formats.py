"""Every format at every depth: what is written comes back, what other programs wrote is read as they meant it."""

from __future__ import annotations

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from pictures import FLOATS, INTEGERS, noise, png_bytes
from PIL import Image

from core import files
from core.color import Samples
from core.photo import Photo

HEIGHT, WIDTH = 31, 47
LOSSLESS = [
    *(("png", dtype) for dtype in ("uint8", "uint16")),
    *(("tif", dtype) for dtype in INTEGERS + FLOATS),
    *(("tiff", dtype) for dtype in ("uint8", "uint16")),
    ("webp", "uint8"),
]


@pytest.mark.parametrize("with_alpha", [False, True], ids=["opaque", "alpha"])
@pytest.mark.parametrize("channels", [1, 3], ids=["grey", "rgb"])
@pytest.mark.parametrize(("ending", "dtype"), LOSSLESS)
def test_what_is_written_comes_back(ending: str, dtype: str, channels: int, with_alpha: bool, tmp_path: Path) -> None:
    samples = noise(HEIGHT, WIDTH, channels, dtype, seed=1)
    alpha = noise(HEIGHT, WIDTH, 1, dtype, seed=2)[..., 0] if with_alpha else None
    path = tmp_path / f"photo.{ending}"
    files.write_photo(Photo(samples, alpha), path, overwrite=False)
    back = files.read_photo(path)
    if ending == "webp" and channels == 1:
        samples = np.repeat(samples, 3, axis=2)  # WebP knows no grey
    assert_same(back.samples, samples)
    if alpha is None:
        assert back.alpha is None
    else:
        assert back.alpha is not None
        assert_same(back.alpha, alpha)


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1)])
@pytest.mark.parametrize(("ending", "dtype"), LOSSLESS)
def test_the_smallest_pictures_come_back(ending: str, dtype: str, size: tuple[int, int], tmp_path: Path) -> None:
    samples = noise(*size, 3, dtype)
    path = tmp_path / f"photo.{ending}"
    files.write_photo(Photo(samples), path, overwrite=False)
    assert_same(files.read_photo(path).samples, samples)


@pytest.mark.parametrize("channels", [1, 3], ids=["grey", "rgb"])
def test_jpeg_comes_back_nearly(channels: int, tmp_path: Path) -> None:
    soft = cv2.GaussianBlur(noise(HEIGHT, WIDTH, channels), (9, 9), 3).reshape(HEIGHT, WIDTH, channels)
    path = tmp_path / "photo.jpg"
    files.write_photo(Photo(soft), path, overwrite=False)
    back = files.read_photo(path)
    assert back.samples.dtype == np.uint8 and back.samples.shape == soft.shape
    assert np.abs(back.samples.astype(int) - soft).mean() < 2


def test_a_mask_and_probabilities_are_written_as_one_channel(tmp_path: Path) -> None:
    mask = np.where(noise(HEIGHT, WIDTH, 1)[..., 0] > 100, np.uint8(255), np.uint8(0))
    probabilities = noise(HEIGHT, WIDTH, 1, "uint16")[..., 0]
    files.write_grey(mask, tmp_path / "mask.png", overwrite=False)
    files.write_grey(probabilities, tmp_path / "probabilities.png", overwrite=False)
    assert (tmp_path / "mask.png").read_bytes()[24:26] == b"\x08\x00"  # bit depth and colour type in the file itself
    assert (tmp_path / "probabilities.png").read_bytes()[24:26] == b"\x10\x00"
    assert_same(files.read_mask(tmp_path / "mask.png"), mask)
    assert_same(files.read_photo(tmp_path / "probabilities.png").samples[..., 0], probabilities)


def assert_same(found: Samples, expected: Samples) -> None:
    assert found.dtype == expected.dtype
    assert np.array_equal(found, expected)


# Files of other programs


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_png_made_by_hand(dtype: str, channels: int, tmp_path: Path) -> None:
    pixels = noise(HEIGHT, WIDTH, channels, dtype)
    path = tmp_path / "photo.png"
    gamma = (b"gAMA", struct.pack(">I", 100000))  # which must not change samples
    path.write_bytes(png_bytes(pixels, before=[gamma]))
    assert_read_as(path, pixels)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"byteorder": ">"},
        {"tile": (16, 16)},
        {"compression": "zlib"},
        {"compression": "zlib", "predictor": 2},
        {"rowsperstrip": 7},
        {"bigtiff": True},
    ],
    ids=["plain", "big-endian", "tiled", "deflate", "predictor", "strips", "BigTIFF"],
)
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_tiff_of_any_layout(dtype: str, channels: int, options: dict[str, object], tmp_path: Path) -> None:
    pixels = noise(HEIGHT, WIDTH, channels, dtype)
    path = tmp_path / "photo.tif"
    write_tiff(path, pixels, **options)
    assert_read_as(path, pixels)


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_tiff_with_separate_planes(dtype: str, tmp_path: Path) -> None:
    pixels = noise(HEIGHT, WIDTH, 3, dtype)
    path = tmp_path / "photo.tif"
    tifffile.imwrite(path, np.moveaxis(pixels, 2, 0), photometric="rgb", planarconfig="separate")
    assert_read_as(path, pixels)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_tiff_with_lzw(dtype: str, channels: int, tmp_path: Path) -> None:
    """What most scanning programs write."""
    pixels = noise(HEIGHT, WIDTH, channels, dtype)
    path = tmp_path / "photo.tif"
    order = [2, 1, 0, 3][:channels] if channels > 1 else [0]
    assert cv2.imwrite(str(path), pixels[..., order], [cv2.IMWRITE_TIFF_COMPRESSION, cv2.IMWRITE_TIFF_COMPRESSION_LZW])
    if channels < 4:  # OpenCV does not say what the fourth channel is
        assert_read_as(path, pixels)
    assert_same(files.read_photo(path).samples, pixels[..., :3])


@pytest.mark.parametrize("compression", ["zlib", "lzw"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_tiff_where_zero_is_white(dtype: str, compression: str, tmp_path: Path) -> None:
    pixels = noise(HEIGHT, WIDTH, 1, dtype)
    path = tmp_path / "photo.tif"
    if compression == "zlib":
        tifffile.imwrite(path, pixels[..., 0], photometric="miniswhite", compression="zlib")
    else:
        Image.fromarray(pixels[..., 0]).save(path, compression="tiff_lzw")
        with tifffile.TiffFile(path, mode="r+b") as tiff:
            tiff.pages.first.tags[262].overwrite(0)
    assert_read_as(path, np.iinfo(dtype).max - pixels)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_tiff_whose_colours_were_multiplied_by_alpha(dtype: str, tmp_path: Path) -> None:
    """As GIMP writes them by default; Photo's alpha is apart."""
    full = np.iinfo(dtype).max if dtype in INTEGERS else 1
    plain = np.full((1, 3, 3), 0.5 * full).astype(dtype)
    alpha = np.array([[full, full * 0.5, 0]]).astype(dtype)
    multiplied = (plain * (alpha[..., None] / full)).astype(dtype)
    path = tmp_path / "photo.tif"
    pixels = np.concatenate([multiplied, alpha[..., None]], axis=2)
    tifffile.imwrite(path, pixels, photometric="rgb", extrasamples=["assocalpha"])
    photo = files.read_photo(path)
    assert photo.alpha is not None
    assert_same(photo.alpha, alpha)
    assert photo.samples[0, :2].astype(float) == pytest.approx(plain[0, :2].astype(float), abs=2 if full > 1 else 1e-6)
    assert_same(photo.samples[0, :1], plain[0, :1])


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("channels", [1, 3])
def test_values_beyond_one_in_floating_point_tiffs(dtype: str, channels: int, tmp_path: Path) -> None:
    pixels = (noise(HEIGHT, WIDTH, channels, dtype) * 20 - 5).astype(dtype)
    pixels[0, 0] = np.nan
    pixels[0, 1] = np.inf
    path = tmp_path / "photo.tif"
    files.write_photo(Photo(pixels), path, overwrite=False)
    back = files.read_photo(path).samples
    assert back.dtype == pixels.dtype and np.array_equal(back, pixels, equal_nan=True)


def test_only_the_first_page_is_taken_and_a_note_says_so(tmp_path: Path) -> None:
    pages = [noise(HEIGHT, WIDTH, 3, "uint16", seed) for seed in (1, 2, 3)]
    path = tmp_path / "album.tif"
    with tifffile.TiffWriter(path) as writer:
        for page in pages:
            writer.write(page, photometric="rgb")
    assert_read_as(path, pages[0])
    assert files.notes_on(path) == ["album.tif has 3 pages; only the first was taken."]


def test_a_picture_of_one_page_needs_no_note(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(png_bytes(noise(5, 5)))
    assert files.notes_on(path) == []


def test_palette_pictures_become_rgb(tmp_path: Path) -> None:
    palette = Image.fromarray(noise(HEIGHT, WIDTH)).quantize(16)
    palette.save(tmp_path / "photo.png")
    assert_read_as(tmp_path / "photo.png", np.asarray(palette.convert("RGB")))


def test_palette_with_transparent_entries_has_alpha(tmp_path: Path) -> None:
    palette = Image.fromarray(noise(HEIGHT, WIDTH)).quantize(4)
    palette.save(tmp_path / "photo.png", transparency=bytes([0, 128, 255, 255]))
    photo = files.read_photo(tmp_path / "photo.png")
    assert photo.alpha is not None and set(np.unique(photo.alpha)) == {0, 128, 255}


@pytest.mark.parametrize("ending", ["png", "tif"])
def test_one_bit_pictures_are_black_and_white(ending: str, tmp_path: Path) -> None:
    bits = noise(HEIGHT, WIDTH, 1)[..., 0] > 127
    Image.fromarray(bits).save(tmp_path / f"scan.{ending}")
    assert_read_as(tmp_path / f"scan.{ending}", np.where(bits, np.uint8(255), np.uint8(0))[..., None])


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_a_transparent_colour_becomes_alpha(dtype: str, tmp_path: Path) -> None:
    pixels = noise(HEIGHT, WIDTH, 3, dtype)
    colour = pixels[3, 4].astype(">u2").tobytes()
    (tmp_path / "photo.png").write_bytes(png_bytes(pixels, before=[(b"tRNS", colour)]))
    photo = files.read_photo(tmp_path / "photo.png")
    assert_same(photo.samples, pixels)
    assert photo.alpha is not None and photo.alpha[3, 4] == 0 and photo.alpha[0, 0] == np.iinfo(dtype).max


def test_a_cameras_jpeg_with_a_preview_behind_it_is_a_jpeg(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    picture = Image.fromarray(noise(HEIGHT, WIDTH))
    picture.save(path, "MPO", save_all=True, append_images=[picture.resize((8, 8))])
    assert Image.open(path).format == "MPO"
    assert files.read_photo(path).samples.shape == (HEIGHT, WIDTH, 3)
    assert files.notes_on(path) == []


def test_the_content_counts_and_not_the_ending(tmp_path: Path) -> None:
    pixels = noise(HEIGHT, WIDTH, 3, "uint16")
    path = tmp_path / "photo.jpg"
    path.write_bytes(png_bytes(pixels))
    assert_read_as(path, pixels)


def write_tiff(path: Path, pixels: Samples, **options: object) -> None:
    channels = pixels.shape[2]
    tifffile.imwrite(
        path,
        pixels if channels > 1 else pixels[..., 0],
        photometric="rgb" if channels > 2 else "minisblack",
        planarconfig="contig" if channels > 1 else None,
        extrasamples=["unassalpha"] if channels in (2, 4) else None,
        **options,  # type: ignore[arg-type]
    )


def assert_read_as(path: Path, pixels: Samples) -> None:
    photo = files.read_photo(path)
    if pixels.shape[2] in (2, 4):
        assert photo.alpha is not None
        assert_same(photo.alpha, pixels[..., -1])
        assert_same(photo.samples, pixels[..., :-1])
    else:
        assert photo.alpha is None
        assert_same(photo.samples, pixels)
    assert photo.samples.flags.c_contiguous
