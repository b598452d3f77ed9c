"""From a photo's samples to what a screen shows: sRGB, 8 bits."""

from __future__ import annotations

import struct
from functools import lru_cache
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import icc
from core.color import Encoding, Samples, srgb_decoded, srgb_encoded, to_view
from core.photo import Photo

Shown = NDArray[np.uint8]
"""(h, w, C) uint8, sRGB-encoded; C = 1 grey, 3 RGB, 4 RGBA with premultiplied alpha."""

_SRGB_PRIMARIES = np.array([[0.4361, 0.2225, 0.0139], [0.3851, 0.7169, 0.0971], [0.1431, 0.0606, 0.7141]])
"""X, Y, Z of red, green and blue as ICC profiles of sRGB have them (adapted to D50)."""
_CLOSE = 0.003


class Display:
    """The way of one photo's samples to the screen. Tones are core.color's; what lies outside of 0..1 is clipped.

    RGB of other primaries than sRGB's is converted: by a matrix, or by LittleCMS in 8 bits where the profile is made
    of tables.
    """

    def __init__(self, photo: Photo) -> None:
        encoding, colours = photo.encoding, int(photo.samples.shape[2])
        view = _views(photo.samples.dtype, colours, encoding)
        self._tables = _distinct(np.rint(view * 255).astype(np.uint8))
        self._linear: list[NDArray[np.float32]] = []
        self._matrix: NDArray[np.float32] | None = None
        self._transform: Any = None
        if colours == 3:
            self._matrix, self._transform = _to_srgb(encoding)
        if self._matrix is not None:
            self._linear = _distinct(srgb_decoded(view).astype(np.float32))

    def shown(self, samples: Samples) -> Shown:
        """Samples (h, w, C) of the photo's type, C = 1 or 3, for the screen."""
        steps = _steps(samples)
        if self._matrix is not None:
            linear = _through(self._linear, steps) @ self._matrix
            return _through([_srgb()], (np.clip(linear, 0, 1) * np.float32(65535) + np.float32(0.5)).astype(np.uint16))
        shown = _through(self._tables, steps)
        return shown if self._transform is None else _transformed(shown, self._transform)


def opacity(alpha: Samples) -> NDArray[np.uint8]:
    """Alpha of any stored type as 0..255; alpha is linear."""
    if alpha.dtype.kind == "u":
        top = np.iinfo(alpha.dtype).max
        return np.asarray(alpha if top == 255 else np.rint(alpha.astype(np.float32) * (255 / top)), np.uint8)
    return np.rint(np.clip(np.nan_to_num(alpha.astype(np.float32)), 0, 1) * 255).astype(np.uint8)


def with_alpha(shown: Shown, alpha: NDArray[np.uint8]) -> Shown:
    """Colours (h, w, 1 or 3) and their opacity (h, w) as premultiplied RGBA."""
    colours = shown.astype(np.uint16) * alpha[..., None]
    out = np.empty((*alpha.shape, 4), np.uint8)
    out[..., :3] = (colours + 127) // 255
    out[..., 3] = alpha
    return out


def _steps(samples: Samples) -> NDArray[np.unsignedinteger[Any]]:
    """Samples as steps of 0..255 or 0..65535: fine enough for 8 bits on the screen, also where they are linear."""
    if samples.dtype == np.uint8 or samples.dtype == np.uint16:
        return samples
    if samples.dtype == np.uint32:
        return (samples >> 16).astype(np.uint16)
    values = np.nan_to_num(samples.astype(np.float32), copy=False, posinf=1.0, neginf=0.0)
    return (np.clip(values, 0, 1) * np.float32(65535) + np.float32(0.5)).astype(np.uint16)


def _views(dtype: np.dtype[Any], colours: int, encoding: Encoding) -> NDArray[np.float64]:
    """What each step means, sRGB-encoded 0..1: (256 or 65536, colours)."""
    steps = np.arange(256, dtype=np.uint8) if dtype == np.uint8 else np.arange(65536, dtype=np.uint16)
    square = steps.reshape(-1, 256, 1)
    view = to_view(np.broadcast_to(square, (*square.shape[:2], colours)), encoding)
    return np.clip(view, 0, 1).reshape(-1, colours).astype(np.float64)


def _distinct(tables: NDArray[Any]) -> list[NDArray[Any]]:
    """Tables (n, colours) one by one; a single one where all are the same."""
    if (tables == tables[:, :1]).all():
        tables = tables[:, :1]
    return [np.ascontiguousarray(tables[:, i]) for i in range(tables.shape[1])]


def _through(tables: list[NDArray[Any]], steps: NDArray[np.unsignedinteger[Any]]) -> NDArray[Any]:
    """Steps (h, w, C) looked up in one table for all colours or in one for each."""
    if len(tables) == 1:
        return np.asarray(tables[0][steps])
    return np.stack([table[steps[..., i]] for i, table in enumerate(tables)], axis=-1)


@lru_cache(maxsize=1)
def _srgb() -> NDArray[np.uint8]:
    """65536 steps of linear light, sRGB-encoded in 8 bits."""
    return np.rint(srgb_encoded(np.linspace(0, 1, 65536)) * 255).astype(np.uint8)


def _to_srgb(encoding: Encoding) -> tuple[NDArray[np.float32] | None, Any]:
    """How colours get to sRGB: a matrix (3, 3) for rows of linear light, or a transform of LittleCMS, or neither."""
    profile = encoding.profile
    if profile is None or profile[16:20] != b"RGB ":
        return None, None
    try:
        primaries = _primaries(profile)
        if primaries is None:
            return None, _transform(profile)
        if np.abs(primaries - _SRGB_PRIMARIES).max() < _CLOSE:
            return None, None
        return (primaries @ np.linalg.inv(_SRGB_PRIMARIES)).astype(np.float32), None
    except (ValueError, struct.error):
        return None, None


def _primaries(profile: bytes) -> NDArray[np.float64] | None:
    """X, Y, Z of red, green and blue, or None where the profile is made of tables."""
    tags = icc.tags(profile)
    names = (b"rXYZ", b"gXYZ", b"bXYZ")
    if any(name not in tags for name in names) or icc.tone_curves(profile) is None:
        return None
    return np.array([struct.unpack_from(">3i", tags[name], 8) for name in names]) / 65536


def _transform(profile: bytes) -> Any:
    from PIL import ImageCms  # few photos need it

    try:
        return ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(BytesIO(profile)),
            ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")),
            "RGB",
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError):
        return None


def _transformed(shown: Shown, transform: Any) -> Shown:
    from PIL import Image, ImageCms

    picture = Image.fromarray(np.ascontiguousarray(shown), "RGB")
    return np.array(ImageCms.applyTransform(picture, transform), np.uint8)
