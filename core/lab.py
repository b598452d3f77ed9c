"""CIE 1976 L*a*b* of views: D65, of linear light, with sRGB's primaries (IEC 61966-2-1)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .color import View, srgb_decoded
from .curve import Curve

Plane = NDArray[np.float32]

LUMINANCE = np.array([0.2126729, 0.7151522, 0.0721750], np.float32)
"""Of linear red, green and blue."""
TO_RGB = np.array(
    [[3.2404542, -1.5371385, -0.4985314], [-0.9692660, 1.8760108, 0.0415560], [0.0556434, -0.2040259, 1.0572252]],
    np.float32,
)
"""XYZ to linear sRGB."""
WHITE = np.array([0.95047, 1.0, 1.08883], np.float32)
"""XYZ of D65."""
STEPS = 1 << 14
"""Of the table of sRGB's curve, between which it is interpolated: exact to some millionths."""


@dataclass(frozen=True)
class Light:
    """How light pixels are, (h, w): their linear luminance, 0..1, and that as L*a*b* counts it, f(Y)."""

    luminance: Plane
    root: Plane

    @property
    def lightness(self) -> Plane:
        """L* / 100: (h, w), 0..1."""
        return np.asarray(1.16 * self.root - 0.16, np.float32)

    def rows(self, rows: slice) -> Light:
        return Light(self.luminance[rows], self.root[rows])


def light_of(view: View) -> Light:
    """The light of a view (h, w, C) within 0..1."""
    luminance = _luminance(view)
    return Light(luminance, _root(luminance))


def lightness_of(view: View) -> Plane:
    """L* / 100 of a view (h, w, C) within 0..1: (h, w), 0..1."""
    return light_of(view).lightness


def grey_of(view: View) -> Plane:
    """The sRGB-encoded grey (h, w) with the luminance of a view (h, w, C) within 0..1."""
    return view[..., 0] if view.shape[2] == 1 else _encoded(_luminance(view))


def chroma_of(colours: View) -> Plane:
    """a* and b* of sRGB-encoded colours (h, w, 3) within 0..1: (h, w, 2)."""
    return np.asarray(cv2.cvtColor(colours, cv2.COLOR_RGB2LAB)[..., 1:], np.float32)


def with_chroma(view: View, chroma: Plane) -> View:
    """A view (h, w, C) within 0..1 with a* and b* (h, w, 2) and its own luminance: (h, w, 3) within 0..1."""
    return coloured(light_of(view), chroma)


def coloured(light: Light, chroma: Plane) -> View:
    """Light (h, w) in the colours a* and b* (h, w, 2): (h, w, 3) within 0..1.

    A colour that is not to be had at that luminance is drawn to grey in linear light, which keeps luminance and hue.
    """
    luminance, root = light.luminance, light.root
    xyz = np.empty((*luminance.shape, 3), np.float32)
    for axis, plane in enumerate((_cube(root + chroma[..., 0] / 500), luminance, _cube(root - chroma[..., 1] / 200))):
        xyz[..., axis] = plane * WHITE[axis]
    apart = xyz @ TO_RGB.T
    for axis in range(3):  # plane by plane: NumPy is slow where the last axis is short
        apart[..., axis] -= luminance
    shift = apart @ LUMINANCE
    planes = [apart[..., axis] - shift for axis in range(3)]
    fits = np.ones_like(luminance)
    for plane in planes:
        room, size = np.where(plane > 0, 1 - luminance, luminance), np.abs(plane)
        np.minimum(fits, np.divide(room, size, out=np.ones_like(size), where=size > room), out=fits)
    out = np.empty_like(xyz)
    for axis, plane in enumerate(planes):
        out[..., axis] = _encoded(np.clip(luminance + plane * fits, 0, 1))
    return out


def _luminance(view: View) -> Plane:
    """The linear luminance (h, w) of a view within 0..1."""
    linear = _curves()[0](view)
    return linear[..., 0] if view.shape[2] == 1 else np.minimum(linear @ LUMINANCE, np.float32(1))


def _encoded(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Linear light within 0..1, sRGB-encoded."""
    return _curves()[1](light)


@lru_cache(maxsize=1)
def _curves() -> tuple[Curve, Curve]:
    """From encoded values to their light, and back."""
    steps = np.linspace(0, 1, STEPS)
    light = srgb_decoded(steps)
    return Curve(steps, light), Curve(light, steps)


def _root(y: NDArray[Any]) -> Plane:
    """f of CIE L*a*b*: the cube root, and near black a straight line."""
    return np.asarray(np.where(y > 216 / 24389, np.cbrt(y), y * (24389 / 27 / 116) + 16 / 116), np.float32)


def _cube(f: NDArray[Any]) -> Plane:
    """The inverse of _root."""
    return np.asarray(np.where(f > 6 / 29, f * f * f, (f - 16 / 116) * (116 * 27 / 24389)), np.float32)
