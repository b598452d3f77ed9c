"""Orientation, EXIF, ICC profile and resolution: upright, and otherwise out as they came in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import profiles
import pytest
import tifffile
from pictures import noise, png_bytes
from PIL import Image, ImageOps

from core import files
from core.color import Encoding, Samples
from core.exif import ORIENTATION
from core.photo import Metadata, Photo

DESCRIPTION, MAKER, COPYRIGHT, RESOLUTION, EXIF_FOLDER, GPS_FOLDER = 270, 271, 33432, 282, 0x8769, 0x8825
WAYS = ["uint8 png", "uint16 png", "uint8 tif", "uint16 tif", "uint8 jpg", "uint8 webp"]
WAYS_AND_RESULTS = [
    (way, result)
    for way in WAYS
    for result in ("png", "tif", "jpg", "webp")
    if way.startswith("uint8") or result in ("png", "tif")
]


def exif_block(orientation: int) -> bytes:
    """A rich EXIF block: texts, a capture date, a maker note, a position."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[DESCRIPTION] = "Wedding of Anna and Karl"
    exif[MAKER] = "Plustek"
    exif[COPYRIGHT] = "City archive"
    folder = exif.get_ifd(EXIF_FOLDER)
    folder.update({36867: "1931:06:07 11:00:00", 33434: 0.125, 37500: b"maker\0note\1\2", 36864: b"0232"})
    gps = exif.get_ifd(GPS_FOLDER)
    gps.update({1: "N", 2: (52.0, 30.0, 1.5), 3: "E", 4: (13.0, 24.0, 0.0)})
    return exif.tobytes()


def stored(upright: Samples, orientation: int) -> Samples:
    """The pixels as they lie in a file with this orientation (EXIF 2.32, tag 274)."""
    turned = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.swapaxes(0, 1),
        6: np.rot90(upright),
        7: np.rot90(upright, 2).swapaxes(0, 1),
        8: np.rot90(upright, -1),
    }
    return np.ascontiguousarray(turned[orientation])


def write_source(path: Path, pixels: Samples, orientation: int, dpi: tuple[float, float] = (300, 300)) -> None:
    """A file as a scanner's program would write it, by other means than core.files."""
    block, icc = exif_block(orientation), profiles.rgb(profiles.gamma(2.2))
    if pixels.dtype == np.uint8:
        options = {"quality": 95, "subsampling": 0} if path.suffix == ".jpg" else {}
        options |= {"lossless": True} if path.suffix == ".webp" else {}
        Image.fromarray(pixels).save(path, exif=block, icc_profile=icc, dpi=dpi, **options)
    elif path.suffix == ".png":
        bare = block.removeprefix(b"Exif\0\0")
        path.write_bytes(png_bytes(pixels, before=[(b"eXIf", bare)]))
    else:
        tags = [(ORIENTATION, "H", 1, orientation, True), (DESCRIPTION, "s", 0, "Wedding of Anna and Karl", True)]
        tifffile.imwrite(
            path,
            pixels,
            photometric="rgb",
            iccprofile=icc,
            resolution=dpi,
            resolutionunit="INCH",
            extratags=tags,
            metadata=None,
        )


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("way", WAYS)
def test_pixels_are_upright_whatever_the_orientation(way: str, orientation: int, tmp_path: Path) -> None:
    dtype, ending = way.split()
    upright = noise(6, 9, 3, dtype)
    if ending == "jpg":
        upright = np.kron(noise(2, 3), np.ones((16, 16, 1), np.uint8))  # whole blocks, which JPEG keeps nearly
    path = tmp_path / f"photo.{ending}"
    write_source(path, stored(upright, orientation), orientation)
    photo = files.read_photo(path)
    assert photo.samples.shape == upright.shape and photo.samples.dtype == upright.dtype
    if ending == "jpg":
        assert np.abs(photo.samples.astype(int) - upright).max() < 40
    else:
        assert np.array_equal(photo.samples, upright)
    if dtype == "uint8":
        with Image.open(path) as image:
            assert np.array_equal(photo.samples, np.asarray(ImageOps.exif_transpose(image)))


@pytest.mark.parametrize("orientation", [1, 6, 8])
@pytest.mark.parametrize(("way", "result"), WAYS_AND_RESULTS)
def test_a_result_says_what_its_photo_said_with_orientation_1(
    way: str, orientation: int, result: str, tmp_path: Path
) -> None:
    dtype, ending = way.split()
    source, target = tmp_path / f"photo.{ending}", tmp_path / f"result.{result}"
    write_source(source, noise(6, 9, 3, dtype), orientation)
    files.write_photo(files.read_photo(source), target, overwrite=False)
    with Image.open(target) as image:
        exif = image.getexif()
        assert exif.get(ORIENTATION, 1) == 1
        assert exif[DESCRIPTION] == "Wedding of Anna and Karl"
        if way == "uint16 tif":
            return  # its source has no more than that
        assert exif[MAKER] == "Plustek" and exif[COPYRIGHT] == "City archive"
        folder = exif.get_ifd(EXIF_FOLDER)
        assert folder[36867] == "1931:06:07 11:00:00" and folder[33434] == 0.125
        assert folder[37500] == b"maker\0note\1\2" and folder[36864] == b"0232"
        gps = exif.get_ifd(GPS_FOLDER)
        assert gps[2] == (52.0, 30.0, 1.5) and gps[3] == "E"


@pytest.mark.parametrize(("way", "result"), [pair for pair in WAYS_AND_RESULTS if pair[0] != "uint16 png"])
def test_profile_and_resolution_come_out_as_they_came_in(way: str, result: str, tmp_path: Path) -> None:
    dtype, ending = way.split()
    source, target = tmp_path / f"photo.{ending}", tmp_path / f"result.{result}"
    write_source(source, noise(6, 9, 3, dtype), 1, dpi=(600, 400))
    photo = files.read_photo(source)
    files.write_photo(photo, target, overwrite=False)
    back = files.read_photo(target)
    assert back.encoding.profile == photo.encoding.profile == profiles.rgb(profiles.gamma(2.2))
    if ending == "webp":
        assert photo.metadata.dpi is None  # Pillow writes none into WebP
    else:
        assert back.metadata.dpi == pytest.approx((600, 400), abs=0.02)


@pytest.mark.parametrize("ending", ["png", "tif"])
def test_16_bit_results_keep_profile_resolution_and_exif(ending: str, tmp_path: Path) -> None:
    photo = Photo(
        noise(6, 9, 3, "uint16"),
        encoding=Encoding("profile", profiles.srgb()),
        metadata=Metadata(exif_block(1), (1200, 1200)),
    )
    files.write_photo(photo, tmp_path / f"a.{ending}", overwrite=False)
    back = files.read_photo(tmp_path / f"a.{ending}")
    assert back.encoding.profile == profiles.srgb()
    assert back.metadata.dpi == pytest.approx((1200, 1200), abs=0.02)
    files.write_photo(back, tmp_path / f"b.{ending}", overwrite=False)
    again = files.read_photo(tmp_path / f"b.{ending}")
    assert again.metadata == back.metadata and again.encoding == back.encoding


def test_a_webp_says_its_resolution_in_its_exif(tmp_path: Path) -> None:
    photo = Photo(noise(6, 9), metadata=Metadata(None, (300, 200)))
    files.write_photo(photo, tmp_path / "photo.webp", overwrite=False)
    assert files.read_photo(tmp_path / "photo.webp").metadata.dpi == pytest.approx((300, 200))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("way", ["uint8 jpg", "uint16 tif"])
def test_the_resolution_is_turned_with_the_pixels(way: str, orientation: int, tmp_path: Path) -> None:
    dtype, ending = way.split()
    path = tmp_path / f"photo.{ending}"
    write_source(path, noise(6, 9, 3, dtype), orientation, dpi=(600, 300))
    expected = (300, 600) if orientation >= 5 else (600, 300)
    assert files.read_photo(path).metadata.dpi == pytest.approx(expected)


@pytest.mark.parametrize("dtype", ["uint16", "float32"])
def test_a_resolution_in_centimetres_is_told_in_inches(dtype: str, tmp_path: Path) -> None:
    path = tmp_path / "photo.tif"
    tifffile.imwrite(path, noise(5, 5, 3, dtype), photometric="rgb", resolution=(200, 100), resolutionunit="CENTIMETER")
    assert files.read_photo(path).metadata.dpi == pytest.approx((508, 254))


@pytest.mark.parametrize("dtype", ["uint16", "float32"])
def test_a_tiff_without_a_resolution_has_none(dtype: str, tmp_path: Path) -> None:
    path = tmp_path / "photo.tif"
    tifffile.imwrite(path, noise(5, 5, 3, dtype), photometric="rgb")
    assert files.read_photo(path).metadata.dpi is None


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_exif_of_a_png_may_stand_before_or_after_the_pixels(dtype: str, place: str, tmp_path: Path) -> None:
    chunk = (b"eXIf", exif_block(6).removeprefix(b"Exif\0\0"))
    upright = noise(6, 9, 3, dtype)
    path = tmp_path / "photo.png"
    path.write_bytes(png_bytes(stored(upright, 6), **{place: [chunk]}))
    photo = files.read_photo(path)
    assert np.array_equal(photo.samples, upright)
    files.write_photo(photo, tmp_path / "result.png", overwrite=False)
    with Image.open(tmp_path / "result.png") as image:
        assert image.getexif()[MAKER] == "Plustek"


@pytest.mark.parametrize("text", ["Großmutter", "祖母"])
@pytest.mark.parametrize("source", ["jpg", "tif"])
@pytest.mark.parametrize("result", ["jpg", "png", "tif", "webp"])
def test_texts_beyond_ascii_stay(text: str, source: str, result: str, tmp_path: Path) -> None:
    stored_text = text.encode()
    if source == "tif":
        tags = [(DESCRIPTION, "s", 0, stored_text, True)]
        tifffile.imwrite(tmp_path / "photo.tif", noise(5, 5), photometric="rgb", extratags=tags, metadata=None)
    else:
        exif = Image.Exif()
        exif[DESCRIPTION] = stored_text
        Image.fromarray(noise(5, 5)).save(tmp_path / "photo.jpg", exif=exif)
    files.write_photo(files.read_photo(tmp_path / f"photo.{source}"), tmp_path / f"result.{result}", overwrite=False)
    with Image.open(tmp_path / f"result.{result}") as image:
        assert image.getexif()[DESCRIPTION].encode("latin-1") == stored_text


@pytest.mark.parametrize("result", ["jpg", "png", "tif", "webp"])
@pytest.mark.parametrize(
    "block",
    [
        b"Exif\0\0garbage" * 20,
        b"Exif\0\0II*\0\xff\xff\xff\xff",
        exif_block(1)[:60],
        exif_block(1)[:200],
        exif_block(1).replace(b"\x87\x69\0\4\0\0\0\1\0\0", b"\x87\x69\0\4\0\0\0\1\xff\xff"),
    ],
    ids=["no header", "folder beyond the end", "cut early", "cut late", "pointer beyond the end"],
)
def test_damaged_exif_does_not_cost_the_picture(block: bytes, result: str, tmp_path: Path) -> None:
    pixels = noise(6, 9)
    path = tmp_path / "photo.webp"
    Image.fromarray(pixels).save(path, exif=block, lossless=True)
    photo = files.read_photo(path)
    assert np.array_equal(photo.samples, pixels)
    files.write_photo(photo, tmp_path / f"result.{result}", overwrite=False)
    assert files.read_photo(tmp_path / f"result.{result}").samples.shape == pixels.shape


def test_an_orientation_that_does_not_exist_turns_nothing(tmp_path: Path) -> None:
    pixels = noise(6, 9)
    path = tmp_path / "photo.png"
    path.write_bytes(png_bytes(pixels, before=[(b"eXIf", exif_block(11).removeprefix(b"Exif\0\0"))]))
    assert np.array_equal(files.read_photo(path).samples, pixels)


@pytest.mark.parametrize("dpi", [(0, 0), (300, 0)])
def test_a_resolution_that_makes_no_sense_is_left_out(dpi: tuple[int, int], tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    Image.fromarray(noise(6, 9)).save(path, dpi=dpi)
    photo = files.read_photo(path)
    assert photo.metadata.dpi is None
    for ending in ("png", "tif", "jpg", "webp"):
        files.write_photo(photo, tmp_path / f"result.{ending}", overwrite=False)
