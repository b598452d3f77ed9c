"""Tone curves of ICC profiles (ICC.1:2010, 10.5 curveType and 10.15 parametricCurveType)."""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

TABLE_SIZE = 4096


def tone_curves(profile: bytes) -> list[NDArray[np.float64]] | None:
    """The profile's tone curves as tables of linear light.

    Returns one table of TABLE_SIZE values for a grey profile, three for an RGB profile: encoded 0..1 in equal steps
    to linear light 0..1. None where the profile has no usable curves (lookup-table profiles, damaged bytes).
    """
    try:
        found = tags(profile)
        names = [b"kTRC"] if b"kTRC" in found else [b"rTRC", b"gTRC", b"bTRC"]
        with np.errstate(all="ignore"):
            curves = [_curve(found[name]) for name in names]
    except (KeyError, IndexError, ValueError, ZeroDivisionError, struct.error):
        return None
    if all(np.isfinite(c).all() and (np.diff(c) >= 0).all() and c[-1] > c[0] for c in curves):
        return curves
    return None


def tags(profile: bytes) -> dict[bytes, bytes]:
    """The profile's tags by signature. Raises ValueError or struct.error where the bytes are no profile."""
    (count,) = struct.unpack_from(">I", profile, 128)
    if count > 1000:
        raise ValueError("not an ICC profile")
    entries = [struct.unpack_from(">4sII", profile, 132 + 12 * i) for i in range(count)]
    return {name: profile[offset : offset + size] for name, offset, size in entries}


def _curve(tag: bytes) -> NDArray[np.float64]:
    x = np.linspace(0.0, 1.0, TABLE_SIZE)
    if tag[:4] == b"curv":
        (count,) = struct.unpack_from(">I", tag, 8)
        if count == 0:
            return x
        if count == 1:
            return np.asarray(x ** (struct.unpack_from(">H", tag, 12)[0] / 256.0))
        points = np.frombuffer(tag, ">u2", count, 12) / 65535.0
        return np.interp(x, np.linspace(0.0, 1.0, count), points)
    if tag[:4] == b"para":
        (kind,) = struct.unpack_from(">H", tag, 8)
        return _parametric(kind, [v / 65536.0 for v in struct.unpack_from(f">{(1, 3, 4, 5, 7)[kind]}i", tag, 12)], x)
    raise ValueError("unknown curve type")


def _parametric(kind: int, parameters: list[float], x: NDArray[np.float64]) -> NDArray[np.float64]:
    g, a, b, c, d, e, f = (parameters + [0.0] * 7)[:7]
    if kind == 0:
        a, d = 1.0, 0.0
    elif kind in (1, 2):
        d, e, f, c = -b / a, (c if kind == 2 else 0.0), (c if kind == 2 else 0.0), 0.0
    power = np.maximum(a * x + b, 0.0) ** g + e
    return np.where(x >= d, power, c * x + f)
