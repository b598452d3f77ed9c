"""Pixels as they travel between GIMP and the engine."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import profiles
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import FLOATS, INTEGERS, noise, scratches

from core import handoff, repair, results
from core.color import Encoding
from core.failures import WrongInput, explained
from core.models.registry import Registry
from core.photo import Metadata, Photo
from core.progress import silent
from core.protocol import PhotoFiles
from core.tools import REPAIR, defaults


@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize("colours", [1, 3])
@pytest.mark.parametrize("dtype", INTEGERS + FLOATS)
def test_a_photo_is_read_as_it_lies_there(dtype: str, colours: int, alpha: bool, tmp_path: Path) -> None:
    pixels = noise(20, 30, colours + alpha, dtype)
    np.save(tmp_path / "photo.npy", pixels)
    photo = handoff.read_photo(tmp_path, PhotoFiles("photo.npy", alpha, "linear"))
    assert photo.samples.dtype == dtype and np.array_equal(photo.samples, pixels[..., :colours])
    assert photo.encoding.curve == "linear" and photo.encoding.profile is None
    if alpha:
        assert photo.alpha is not None and np.array_equal(photo.alpha, pixels[..., colours])
    else:
        assert photo.alpha is None


def test_profile_and_selection_come_with_it(tmp_path: Path) -> None:
    np.save(tmp_path / "photo.npy", noise(20, 30))
    np.save(tmp_path / "selection.npy", noise(20, 30, 1)[..., 0])
    (tmp_path / "photo.icc").write_bytes(profiles.srgb())
    files = PhotoFiles("photo.npy", False, "profile", "photo.icc", "selection.npy")
    photo = handoff.read_photo(tmp_path, files)
    assert photo.encoding.profile == profiles.srgb()
    assert photo.selection is not None and np.array_equal(photo.selection, noise(20, 30, 1)[..., 0])


@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("dtype", INTEGERS + FLOATS)
def test_a_photo_is_written_and_read_as_it_is(dtype: str, whole: bool, alpha: bool, tmp_path: Path) -> None:
    photo = Photo(
        noise(20, 30, 3, dtype),
        noise(20, 30, 1, dtype, seed=1)[..., 0] if alpha else None,
        Encoding("profile", profiles.srgb() if whole else None),
        metadata=Metadata(b"Exif" if whole else None, (300, 299.5) if whole else None),
    )
    files = handoff.write_photo(tmp_path, photo, "scan.tif")
    assert (files.name, files.alpha, files.selection) == ("scan.tif", alpha, None)
    again = handoff.read_photo(tmp_path, files)
    assert again.samples.dtype == dtype and np.array_equal(again.samples, photo.samples)
    assert (again.alpha is None) == (not alpha)
    assert again.alpha is None or np.array_equal(again.alpha, photo.alpha)
    assert again.encoding == photo.encoding and again.metadata == photo.metadata


def test_a_missing_profile_is_named(tmp_path: Path) -> None:
    np.save(tmp_path / "photo.npy", noise(20, 30))
    for files in (PhotoFiles("photo.npy", False, profile="p.icc"), PhotoFiles("photo.npy", False, exif="p.icc")):
        with pytest.raises(WrongInput, match=r"p\.icc of the job is missing"):
            handoff.read_photo(tmp_path, files)


@pytest.mark.parametrize(
    ("pixels", "alpha"),
    [
        (np.zeros((4, 5), np.uint8), False),
        (np.zeros((4, 5, 2), np.uint8), False),
        (np.zeros((4, 5, 1), np.uint8), True),
        (np.zeros((4, 5, 5), np.uint8), False),
        (np.zeros((4, 5, 3, 1), np.uint8), False),
        (np.zeros((0, 5, 3), np.uint8), False),
        (np.zeros((4, 5, 3), np.int16), False),
        (np.zeros((4, 5, 3), np.complex64), False),
        (np.zeros((4, 5, 3), np.uint64), False),
        (np.zeros((4, 5, 3), "U1"), False),
        (np.zeros((4, 5, 3), [("r", "u1")]), False),
    ],
)
def test_an_unknown_layout_is_refused(pixels: Any, alpha: bool, tmp_path: Path) -> None:
    np.save(tmp_path / "photo.npy", pixels)
    with pytest.raises(WrongInput, match="layout"):
        handoff.read_photo(tmp_path, PhotoFiles("photo.npy", alpha))


def npy_bytes(pixels: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, pixels)
    return stream.getvalue()


def archive() -> bytes:
    stream = io.BytesIO()
    np.savez(stream, photo=np.zeros((4, 5, 3)))
    return stream.getvalue()


WHOLE = npy_bytes(noise(4, 5))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no array",
        WHOLE[:50],
        WHOLE[:-10],
        WHOLE.replace(b"(4, 5, 3)", b"(9, 9, 9)"),
        WHOLE.replace(b"(4, 5, 3)", b"(-4,5, 3)"),
        WHOLE.replace(b"(4, 5, 3)", b"(4**9**9)"),
        npy_bytes(np.array([[{"an": "object"}]], object)),
        archive(),
    ],
    ids=["empty", "text", "half a header", "cut", "larger", "negative", "code", "pickle", "archive"],
)
@pytest.mark.parametrize("place", ["photo", "selection", "mask"])
def test_a_damaged_array_is_refused(place: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / "photo.npy").write_bytes(WHOLE)
    (tmp_path / f"{place}.npy").write_bytes(content)
    with pytest.raises(WrongInput, match=r"damaged|layout|size"):
        photo = handoff.read_photo(tmp_path, PhotoFiles("photo.npy", False, selection=f"{place}.npy"))
        handoff.read_mask(tmp_path, f"{place}.npy", photo)


@given(at=st.integers(0, 127), value=st.integers(0, 255))
def test_a_header_with_any_byte_changed_is_read_or_refused(tmp_path: Path, at: int, value: int) -> None:
    content = bytearray(WHOLE)
    content[at] = value
    (tmp_path / "photo.npy").write_bytes(content)
    try:
        photo = handoff.read_photo(tmp_path, PhotoFiles("photo.npy", False))
    except WrongInput:
        return
    assert photo.samples.ndim == 3


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match=r"photo\.npy of the job is missing"):
        handoff.read_photo(tmp_path, PhotoFiles("photo.npy", False))


def test_a_mask_layer_and_a_channel_are_masks(tmp_path: Path) -> None:
    photo = Photo(noise(20, 30))
    layer = np.zeros((20, 30, 4), np.uint8)
    layer[5, 5] = 86, 180, 233, 255
    layer[6, 6] = 86, 180, 233, 100
    np.save(tmp_path / "layer.npy", layer)
    np.save(tmp_path / "channel.npy", layer[..., 3])
    from_layer = handoff.read_mask(tmp_path, "layer.npy", photo)
    assert np.argwhere(from_layer).tolist() == [[5, 5]]
    assert np.array_equal(handoff.read_mask(tmp_path, "channel.npy", photo), from_layer)


@pytest.mark.parametrize(
    "mask", [np.zeros((20, 31), np.uint8), np.zeros((20, 30, 3), np.uint8), np.zeros((20, 30), np.float32)]
)
def test_a_mask_of_another_size_or_type_is_refused(mask: Any, tmp_path: Path) -> None:
    np.save(tmp_path / "mask.npy", mask)
    with pytest.raises(WrongInput, match="size"):
        handoff.read_mask(tmp_path, "mask.npy", Photo(noise(20, 30)))


@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize("colours", [1, 3])
@pytest.mark.parametrize("dtype", INTEGERS + FLOATS)
def test_results_have_the_photos_type_and_layout(dtype: str, colours: int, alpha: bool, tmp_path: Path) -> None:
    pixels = noise(50, 60, colours + alpha, dtype)
    pixels[0, 0] = 0
    np.save(tmp_path / "photo.npy", pixels)
    photo = handoff.read_photo(tmp_path, PhotoFiles("photo.npy", alpha))
    mask = scratches(50, 60, 2)
    done = repair.run(photo, mask, defaults(REPAIR), Registry(), silent)
    fill = np.load(tmp_path / results.write_fill(tmp_path, photo, done))
    repaired = repair.repaired_samples(photo, done)
    result = np.load(tmp_path / results.write_samples(tmp_path, "result.npy", photo, repaired))
    assert fill.dtype == result.dtype == dtype
    assert fill.shape == (50, 60, colours + 1) and result.shape == pixels.shape
    assert fill.flags.c_contiguous and result.flags.c_contiguous
    untouched = fill[..., -1] == 0
    assert untouched.any() and not untouched.all() and not fill[untouched].any()
    assert np.array_equal(result[untouched], pixels[untouched])
    assert np.array_equal(result[..., colours:], pixels[..., colours:])
    assert (tmp_path / "fill.npy").read_bytes()[:8] == b"\x93NUMPY\x01\x00"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("only an administrator of Linux can make a small disk")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.mark.parametrize("result", ["mask", "fill", "photo"])
def test_a_full_disk_is_an_error_and_not_the_end_of_the_process(result: str, small_disk: Path) -> None:
    photo, mask = Photo(noise(1200, 1000)), scratches(1200, 1000, 2)
    done = repair.run(photo, mask, defaults(REPAIR), Registry(), silent)
    with pytest.raises(OSError) as caught:
        if result == "mask":
            handoff.write_mask(small_disk, mask)
        elif result == "fill":
            results.write_fill(small_disk, photo, done)
        else:
            results.write_samples(small_disk, "result.npy", photo, photo.samples)
    assert explained(caught.value) == ("disk", "The disk is full: make room and try again.")


def test_the_header_of_a_result_is_128_bytes(tmp_path: Path) -> None:
    """GIMP's Python may have no numpy: the plug-in reads past a header of known length."""
    mask = scratches(50, 60, 2)
    handoff.write_mask(tmp_path, mask)
    assert (tmp_path / "mask.npy").stat().st_size == 128 + 50 * 60
