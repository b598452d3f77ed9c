"""What the screen shows of a photo: tones and colours of every kind of samples, and averages at halved sizes."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageCms

from core.color import Encoding, from_view, srgb_encoded, to_view
from core.photo import Photo
from qt_dialogs.display import Display, opacity
from qt_dialogs.pyramid import Pyramid, halved_average
from qt_dialogs.reduced import HALVINGS

TYPES = ("uint8", "uint16", "uint32", "float16", "float32", "float64")

ADOBE_PRIMARIES = {b"rXYZ": (0.60974, 0.31111, 0.01947), b"gXYZ": (0.20528, 0.62567, 0.06087)}
ADOBE_PRIMARIES[b"bXYZ"] = (0.14919, 0.06322, 0.74457)


def fixed(*values: float) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(v * 65536) for v in values))


def matrix_profile(primaries: dict[bytes, tuple[float, float, float]], gamma: float) -> bytes:
    """A profile of these primaries (adapted to D50) and this gamma."""
    tags = {name: b"XYZ \0\0\0\0" + fixed(*xyz) for name, xyz in primaries.items()}
    tags[b"wtpt"] = b"XYZ \0\0\0\0" + fixed(0.9642, 1.0, 0.8249)
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    return profile_of(tags | {b"rTRC": curve, b"gTRC": curve, b"bTRC": curve}, b"XYZ ")


def table_profile() -> bytes:
    """A profile of tables alone, in which every colour is the grey of its average (ICC.1:2010, 10.9 lut8Type)."""
    ramp = bytes(range(256)) * 3
    corners = [(r, g, b) for r in (0, 1) for g in (0, 1) for b in (0, 1)]
    cube = b"".join(bytes((round(255 * sum(corner) / 3), 128, 128)) for corner in corners)
    head = b"mft1\0\0\0\0" + bytes((3, 3, 2, 0)) + fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
    white = b"XYZ \0\0\0\0" + fixed(0.9642, 1.0, 0.8249)
    return profile_of({b"A2B0": head + ramp + cube + ramp, b"wtpt": white}, b"Lab ")


def profile_of(tags: dict[bytes, bytes], connection: bytes) -> bytes:
    header = bytearray(128)
    header[8:12], header[12:24] = bytes((2, 0x40, 0, 0)), b"mntrRGB " + connection
    header[36:40], header[68:80] = b"acsp", fixed(0.9642, 1.0, 0.8249)
    table, body, start = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        table += struct.pack(">4sII", name, start + len(body), len(data))
        body += data
    whole = bytes(header) + table + body
    return struct.pack(">I", len(whole)) + whole[4:]


def colours(seed: int = 0, height: int = 40, width: int = 50) -> NDArray[np.float32]:
    """sRGB-encoded colours, 0..1."""
    return np.random.default_rng(seed).random((height, width, 3)).astype(np.float32)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("curve", ["linear", "srgb", "profile"])
@pytest.mark.parametrize("channels", [1, 3])
def test_every_type_and_curve_shows_the_same_picture(dtype: str, curve: str, channels: int) -> None:
    view = colours()[..., :channels]
    encoding = Encoding(curve)
    photo = Photo(from_view(view, np.dtype(dtype), encoding), encoding=encoding)
    shown = Display(photo).shown(photo.samples)
    assert shown.dtype == np.uint8 and shown.shape == view.shape
    stored = to_view(photo.samples, encoding)  # what is left of it in this type: linear bytes have few shadows
    assert np.abs(shown.astype(int) - np.clip(stored, 0, 1) * 255).max() <= 0.6


def test_floats_outside_of_the_range_are_clipped_for_the_screen() -> None:
    samples = np.array([[[-3.0], [0.0], [1.0], [7.5], [np.nan], [np.inf], [-np.inf]]], np.float32)
    photo = Photo(samples, encoding=Encoding("linear"))
    assert Display(photo).shown(samples).ravel().tolist() == [0, 0, 255, 255, 0, 255, 0]


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_profiles_with_other_primaries_look_as_in_littlecms(dtype: str) -> None:
    adobe = matrix_profile(ADOBE_PRIMARIES, 2.2)
    encoded = np.random.default_rng(2).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    samples = encoded if dtype == "uint8" else encoded * np.uint16(257) if dtype == "uint16" else encoded / 255
    samples = samples.astype(dtype)
    shown = Display(Photo(samples, encoding=Encoding("profile", adobe))).shown(samples)
    wanted = ImageCms.profileToProfile(
        Image.fromarray(encoded, "RGB"),
        ImageCms.ImageCmsProfile(BytesIO(adobe)),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
    )
    assert np.abs(shown.astype(int) - np.array(wanted, int)).max() <= 1
    assert np.abs(shown.astype(int) - encoded).max() > 20


def test_profiles_of_tables_are_converted_too() -> None:
    samples = (colours() * 255).astype(np.uint8)
    shown = Display(Photo(samples, encoding=Encoding("profile", table_profile()))).shown(samples).astype(int)
    assert (shown.max(axis=2) - shown.min(axis=2)).max() <= 2
    lightness = samples.mean(axis=2)
    assert np.corrcoef(shown[..., 1].ravel(), lightness.ravel())[0, 1] > 0.99


def test_linear_samples_with_other_primaries_keep_their_shadows() -> None:
    """A gamma of 1 in 8 bits would show steps: the conversion works on sRGB's curve."""
    wide = matrix_profile(ADOBE_PRIMARIES, 1.0)
    grey = np.repeat(np.linspace(0, 0.02, 200)[None, :, None], 3, axis=2).astype(np.float32)
    photo = Photo(grey, encoding=Encoding("linear", wide))
    shown = Display(photo).shown(grey)
    assert np.abs(shown.astype(int) - srgb_encoded(grey.astype(np.float64)) * 255).max() <= 1.5
    assert len(np.unique(shown)) > 30


@pytest.mark.parametrize("broken", [b"", b"not a profile", bytes(200), matrix_profile(ADOBE_PRIMARIES, 2.2)[:150]])
def test_broken_profiles_count_as_srgb(broken: bytes) -> None:
    samples = (colours() * 255).astype(np.uint8)
    photo = Photo(samples, encoding=Encoding("profile", broken))
    assert np.array_equal(Display(photo).shown(samples), samples)


def test_a_profile_like_srgb_needs_no_conversion() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    samples = (colours() * 255).astype(np.uint8)
    photo = Photo(samples, encoding=Encoding("profile", srgb))
    assert np.array_equal(Display(photo).shown(samples), samples)


def built(photo: Photo) -> tuple[Pyramid, list[int]]:
    pyramid, told = Pyramid(photo), []
    pyramid.build(lambda: False, lambda: told.append(pyramid.ready))
    return pyramid, told


def averaged(level: NDArray[Any]) -> NDArray[np.float64]:
    """2 x 2 averages by their definition; at odd edges of what there is."""
    height, width = level.shape[:2]
    out = np.empty((-(-height // 2), -(-width // 2), level.shape[2]))
    for row in range(out.shape[0]):
        for column in range(out.shape[1]):
            out[row, column] = level[2 * row : 2 * row + 2, 2 * column : 2 * column + 2].mean(axis=(0, 1))
    return out


@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from([1, 3, 4]), st.integers(0, 5))
@settings(deadline=None, max_examples=40)
def test_halving_is_the_average(height: int, width: int, channels: int, seed: int) -> None:
    plane = np.random.default_rng(seed).integers(0, 256, (height, width, channels), dtype=np.uint8)
    assert np.abs(halved_average(plane) - averaged(plane)).max() <= 0.5


@pytest.mark.parametrize(("height", "width"), [(1, 1), (3, 700), (300, 517), (129, 128)])
def test_every_level_is_the_average_of_the_one_before(height: int, width: int) -> None:
    samples = np.random.default_rng(1).integers(0, 65536, (height, width, 3), dtype=np.uint16)
    pyramid, told = built(Photo(samples))
    assert told[0] == 0 and told[-1] == height and told == sorted(told)
    assert pyramid.coarse is not None and max(pyramid.coarse.shape[:2]) <= 640
    assert np.abs(pyramid.levels[0] - samples / 257).max() <= 0.51
    for k in range(1, HALVINGS + 1):
        assert np.abs(pyramid.levels[k] - averaged(pyramid.levels[k - 1])).max() <= 0.5


def test_transparency_is_averaged_with_its_colours() -> None:
    samples = np.zeros((2, 2, 3), np.uint8)
    samples[0, 0], samples[1, 1] = (255, 0, 0), (0, 0, 255)
    alpha = np.array([[255, 0], [0, 0]], np.uint8)
    pyramid, _told = built(Photo(samples, alpha))
    assert pyramid.levels[1][0, 0].tolist() == [64, 0, 0, 64]  # the hidden blue does not show
    assert opacity(np.array([0.0, 0.5, 2.0, np.nan])).tolist() == [0, 128, 255, 0]


def test_building_stops_when_it_is_told_to() -> None:
    pyramid = Pyramid(Photo(np.zeros((1000, 50, 1), np.uint8)))
    asked: list[int] = []
    pyramid.build(lambda: len(asked) >= 3, lambda: asked.append(pyramid.ready))
    assert not pyramid.complete and pyramid.ready == 256
