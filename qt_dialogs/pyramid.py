"""The photo at halved sizes for the screen: each level's pixels are the average of four of the one before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.color import Encoding, Samples
from core.photo import Box, Photo

from .display import Display, Shown, opacity, with_alpha
from .reduced import HALVINGS

STRIP = 1 << (HALVINGS + 1)
FIRST = 640
"""Pixels on the longer side of the picture that is there at once."""


@dataclass(frozen=True, eq=False)
class Levels:
    """A part of the photo at level 0 and halved sizes. left, top: its corner in the photo; step: as many of the
    photo's pixels lie along the side of one of level 0.
    """

    levels: list[Shown]
    left: int = 0
    top: int = 0
    step: int = 1

    @property
    def box(self) -> Box:
        """The part of the photo that this shows; at a step above 1 it may end beyond the photo."""
        if not self.levels:
            return Box(self.left, self.top, self.left, self.top)
        height, width = self.levels[0].shape[:2]
        return Box(self.left, self.top, self.left + width * self.step, self.top + height * self.step)


class Pyramid:
    """What the screen shows of a photo. Built in a thread by `build`; whoever shows it looks at `coarse` and `ready`.

    levels: [k] is (ceil(H / 2^k), ceil(W / 2^k), C) uint8; valid above row ceil(ready / 2^k).
    coarse: every coarse_step-th pixel, None until it is there. ready: rows of level 0 that are done.
    """

    def __init__(self, photo: Photo) -> None:
        self.photo = photo
        self.coarse: Shown | None = None
        self.coarse_step = max(1, -(-max(photo.height, photo.width) // FIRST))
        self.levels: list[Shown] = []
        self.ready = 0
        self._display: Display | None = None

    @property
    def display(self) -> Display:
        """The photo's way to the screen; made when it is first needed."""
        if self._display is None:
            self._display = Display(self.photo)
        return self._display

    @property
    def colour_display(self) -> Display:
        """The way to the screen of the photo in colour: a grey photo's own profile says nothing on colours."""
        photo = self.photo
        if not photo.is_grey:
            return self.display
        encoding = photo.encoding if photo.encoding.curve == "linear" else Encoding()
        return Display(Photo(np.empty((0, 0, 3), photo.samples.dtype), encoding=encoding))

    @property
    def complete(self) -> bool:
        return self.ready == self.photo.height

    def shown(self, box: Box, step: int = 1) -> Shown:
        """A part of the photo for the screen, every step-th pixel of it."""
        rows, columns = slice(box.top, box.bottom, step), slice(box.left, box.right, step)
        shown = self.display.shown(self.photo.samples[rows, columns])
        if self.photo.alpha is None:
            return shown
        return with_alpha(shown, opacity(self.photo.alpha[rows, columns]))

    def build(self, stopped: Callable[[], bool], advanced: Callable[[], None]) -> None:
        """Fill everything, the coarse picture first; `advanced` is called after each piece that can be shown."""
        photo = self.photo
        self.coarse = self.shown(photo.whole, self.coarse_step)
        advanced()
        channels = self.coarse.shape[2]
        self.levels = [
            np.empty((-(-photo.height >> k), -(-photo.width >> k), channels), np.uint8) for k in range(HALVINGS + 1)
        ]
        for top in range(0, photo.height, STRIP):
            if stopped():
                return
            strip = Box(0, top, photo.width, min(top + STRIP, photo.height))
            for k, shown in enumerate(halvings(self.shown(strip))):
                self.levels[k][top >> k : (top >> k) + len(shown)] = shown
            self.ready = strip.bottom
            advanced()


def changed_part(pyramid: Pyramid, samples: Samples, box: Box, step: int, stopped: Callable[[], bool]) -> Levels:
    """A part of the changed photo at all levels.

    samples: (h, w, C), laid out as the photo with its alpha, or in colour, reduced by the step; the corner of the box
    is at their first pixel.
    """
    colours = samples.shape[2] - (pyramid.photo.alpha is not None)
    display = pyramid.display if colours == pyramid.photo.samples.shape[2] else pyramid.colour_display
    height, width = samples.shape[:2]
    levels: list[Shown] = []
    for top in range(0, height, STRIP):
        if stopped():
            break
        strip = samples[top : top + STRIP]
        shown = display.shown(strip[..., :colours])
        if pyramid.photo.alpha is not None:
            shown = with_alpha(shown, opacity(strip[..., colours]))
        _add(levels, shown, top, height, width)
    return Levels(levels, box.left, box.top, step)


def _add(levels: list[Shown], shown: Shown, top: int, height: int, width: int) -> None:
    """Put a strip that begins at row `top`, a multiple of STRIP, into all levels of (height, width)."""
    for k, halved in enumerate(halvings(shown)):
        if k == len(levels):
            levels.append(np.zeros((-(-height >> k), -(-width >> k), shown.shape[2]), np.uint8))
        levels[k][top >> k : (top >> k) + len(halved)] = halved


def halvings(strip: Shown) -> list[Shown]:
    """A strip (h, w, C) at levels 0 to HALVINGS."""
    levels = [strip]
    for _k in range(HALVINGS):
        levels.append(halved_average(levels[-1]))
    return levels


def halved_average(plane: Shown) -> Shown:
    """(h, w, C) uint8 at half its size, rounded up: the rounded average of each 2 x 2 pixels, or of those there are."""
    height, width = plane.shape[:2]
    if height % 2:
        plane = np.concatenate([plane, plane[-1:]])
    if width % 2:
        plane = np.concatenate([plane, plane[:, -1:]], axis=1)
    total = plane[0::2, 0::2].astype(np.uint16)
    for part in (plane[0::2, 1::2], plane[1::2, 0::2], plane[1::2, 1::2]):
        total += part
    total += 2
    total >>= 2
    return total.astype(np.uint8)
