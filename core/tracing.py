"""A thin line in a photo, followed from one place to both of its ends: a scratch, a hair, a crack.

The line is followed in strips that lie along it. In a strip, short segments at all places and slopes are compared with
what is on both of their sides, and the best chain of them is found by dynamic programming. What stands out counts in
units of what else stands out there: faint lines are found in the sky, and none are made up in leaves. The line ends
where its segments have ceased to stand out.

Places are x, y in photo pixels; the centre of the first pixel is (0.5, 0.5).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import atan2, ceil, cos, floor, pi, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from .photo import Box

Plane = NDArray[np.float32]
Read = Callable[[Box], Plane]
"""Gives a part of the photo, which lies inside of it, as lightness 0..1: (h, w) float32."""
Place = tuple[float, float]

SCALES = (1, 2, 4)
"""Wide lines are looked for in the photo reduced by these. The lengths below are in pixels of the reduced photo."""
WIDTHS = (1.0, 2.0, 3.0)
"""Which widths of lines are looked for; in the reduced photo the last alone."""
GAP, SIDE = 1.5, 3.0
"""How far from its rim the sides begin that a line is compared with, and how wide they are."""

ANGLES = 48
SEED = 33
"""Length of the piece of a line that is looked for where the search begins."""
FINER = 0.7
"""The finest scale is taken where a line stands out by this share of the best: its ends are the most exact there."""
TRIED = 3
"""Beginnings that are followed before the search is given up."""

HALF = 16
"""A strip reaches this far to both sides of its axis."""
ROWS = 2
"""Rows of a strip in the width of a pixel."""
BLOCK, BLOCKS = 8, 24
"""Length of a segment, and how many of them a strip is long."""
TAKEN = 18
"""Of a strip's segments these are taken; what comes after them is looked at again in the next strip."""
STEEPEST = 6
"""Rows that a segment may rise or fall."""
BEND = np.float32(0.35)
"""What a segment loses for each row by which it is steeper or flatter than the one before."""
NEEDED = np.float32(2.2)
"""A segment that stands out by less, in units of what else stands out there, speaks against the line."""
MOST, LEAST_MOST = 6.0, 3.5
"""More than MOST counts little: a strong line of the photo draws a faint one aside otherwise. Once the line is known,
so does more than OWN times what it stands out by itself, but LEAST_MOST always counts."""
OWN = 1.6
BEYOND = 0.2
"""How little: by this share for each e-fold. It keeps a strong line's way in its middle."""
LOST = 33.0
"""The line has ended where so much has been lost since."""
FADED = 0.5
"""Segments at the end that stand out by less than this share of what those before them do lie beyond it."""
SURE = 14.0
"""What a line has to gain to be one."""
FAINTEST = np.float32(1 / 2048)
"""What stands out at least where nothing does."""

TILE = 256
PROFILES = 1000
"""Profiles of a line at most whose mean says how wide it is."""
ASIDE = 0.25
"""Distance between the places at which a line's profile is taken."""


@dataclass(frozen=True)
class Traced:
    """A line: places (n, 2) from one end to the other, and its width with its soft rims, in pixels of the photo."""

    places: NDArray[np.float64]
    width: float


@dataclass(frozen=True)
class _Beginning:
    """A piece of a line: its middle, its direction, its width in pixels of the reduced photo, by which sign it is
    brighter (1) or darker (-1) than its sides, and how much it stands out.
    """

    x: float
    y: float
    angle: float
    width: float
    scale: int
    sign: int
    score: float


def trace(
    read: Read,
    height: int,
    width: int,
    x: float,
    y: float,
    reach: float,
    stopped: Callable[[], bool] = lambda: False,
) -> Traced | None:
    """The line within `reach` pixels of a place of a photo of this size; None where there is none, or once stopped."""
    light = _Lightness(read, height, width)
    beginnings = [each for scale in SCALES for each in _beginnings(light, x, y, reach, scale)]
    best = max(each.score for each in beginnings)
    likely = [each for each in beginnings if each.score > FINER * best]
    for beginning in sorted(likely, key=lambda each: (each.scale, -each.score))[:TRIED]:
        ahead, gained = _followed(light, beginning, beginning.angle, stopped)
        back, gained_back = _followed(light, beginning, beginning.angle + pi, stopped)
        if stopped():
            return None
        if gained + gained_back >= SURE:
            return _measured(light, _smoothed(np.array([*back[:0:-1], *ahead])), beginning)
    return None


class _Lightness:
    """The photo's lightness, read where it is needed, and kept."""

    def __init__(self, read: Read, height: int, width: int) -> None:
        self.height, self.width = height, width
        self._read = read
        self._tiles: dict[tuple[int, int], Plane] = {}

    def holds(self, x: float, y: float) -> bool:
        return 0 <= x < self.width and 0 <= y < self.height

    def turned(
        self, x: float, y: float, angle: float, size: tuple[int, int], at: Place, scale: int = 1, rows: float = 1
    ) -> Plane:
        """A rectangle of this (width, height) of the photo reduced by `scale`, turned so that what lies at `angle` is
        on its right; (x, y) comes to `at`. As many `rows` of it make a pixel.
        """
        c, s = cos(angle), sin(angle)
        across = np.array([[-at[0]], [size[0] - at[0]]]) * scale
        down = np.array([[-at[1], size[1] - at[1]]]) * scale / rows
        xs, ys = x + across * c - down * s, y + across * s + down * c
        left, top = (floor(corners.min() / scale) - 1 for corners in (xs, ys))
        right, bottom = (ceil(corners.max() / scale) + 1 for corners in (xs, ys))
        part = self._part(left * scale, top * scale, right * scale, bottom * scale)
        if scale > 1:
            part = np.asarray(cv2.resize(part, (right - left, bottom - top), interpolation=cv2.INTER_AREA), np.float32)
        turn = np.array([[c, -s / rows], [s, c / rows]])
        start = np.array([x / scale - left - 0.5, y / scale - top - 0.5]) - turn @ (np.array(at) - 0.5)
        return np.asarray(
            cv2.warpAffine(
                part,
                np.column_stack([turn, start]),
                size,
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REPLICATE,
            )
        )

    def at(self, xs: NDArray[np.float64], ys: NDArray[np.float64]) -> Plane:
        """At these places (h, w), between the pixels too."""
        left, top = floor(xs.min()) - 1, floor(ys.min()) - 1
        part = self._part(left, top, ceil(xs.max()) + 2, ceil(ys.max()) + 2)
        columns, rows = (xs - left - 0.5).astype(np.float32), (ys - top - 0.5).astype(np.float32)
        return np.asarray(cv2.remap(part, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))

    def _part(self, left: int, top: int, right: int, bottom: int) -> Plane:
        """A part that may go beyond the photo's edges, where its outermost pixels go on."""
        inside = Box(
            min(max(left, 0), self.width - 1),
            min(max(top, 0), self.height - 1),
            max(min(right, self.width), 1),
            max(min(bottom, self.height), 1),
        )
        out = np.empty((inside.bottom - inside.top, inside.right - inside.left), np.float32)
        for row in range(inside.top // TILE, -(-inside.bottom // TILE)):
            for column in range(inside.left // TILE, -(-inside.right // TILE)):
                tile = Box(column * TILE, row * TILE, (column + 1) * TILE, (row + 1) * TILE)
                common = tile.common(inside)
                out[common.within(inside)] = self._tile(row, column)[common.within(tile)]
        beyond = (inside.top - top, bottom - inside.bottom, inside.left - left, right - inside.right)
        return np.asarray(cv2.copyMakeBorder(out, *beyond, cv2.BORDER_REPLICATE)) if any(beyond) else out

    def _tile(self, row: int, column: int) -> Plane:
        if (row, column) not in self._tiles:
            left, top = column * TILE, row * TILE
            box = Box(left, top, min(left + TILE, self.width), min(top + TILE, self.height))
            self._tiles[row, column] = self._read(box)
        return self._tiles[row, column]


def _beginnings(light: _Lightness, x: float, y: float, reach: float, scale: int) -> list[_Beginning]:
    """What is most like a line near a place, for each width and sign."""
    near = max(reach / scale, 2.0)
    half = ceil(near + SEED / 2 + 2)
    side, middle = 2 * half + 1, half + 0.5
    angles = [pi * i / ANGLES for i in range(ANGLES)]
    turned = (light.turned(x, y, angle, (side, side), (middle, middle), scale) for angle in angles)
    means = np.stack([_mean(plane, (SEED, 1)) for plane in turned], axis=1)
    v, u = np.mgrid[:side, :side] - half
    far = np.hypot(u, v)[:, None, :] / near  # as the means: rows, angles, columns
    found = []
    for width in WIDTHS if scale == 1 else WIDTHS[-1:]:
        for sign in (1, -1):
            ridge, noise = _ridges(means, width, sign, 1)
            score = np.where(far > 1, -np.inf, ridge / _spread(noise[:, ::2, ::2], None) - 1.5 * far**2)
            row, i, column = np.unravel_index(int(np.argmax(score)), score.shape)
            c, s = cos(angles[i]), sin(angles[i])
            along, aside = scale * u[row, column], scale * v[row, column]
            place = x + along * c - aside * s, y + along * s + aside * c
            found.append(_Beginning(*place, angles[i], width, scale, sign, float(score[row, i, column])))
    return found


def _ridges(means: Plane, width: float, sign: int, rows: int) -> tuple[Plane, Plane]:
    """By how much a line of this width in each row, the first axis, is brighter (sign 1) or darker (-1): than the
    nearer of its sides, so that an edge is no line, and than both of them. As many `rows` make a pixel.
    """
    flat = means.reshape(len(means), -1)
    line, side = (_mean(flat, (1, round(size * rows))) for size in (width, SIDE))
    away = round((width / 2 + GAP + SIDE / 2) * rows)
    index = np.arange(len(flat))
    above = sign * (line - side[np.maximum(index - away, 0)])
    below = sign * (line - side[np.minimum(index + away, len(flat) - 1)])
    nearer, both = np.minimum(above, below), (above + below) / 2
    return np.asarray(nearer.reshape(means.shape), np.float32), np.asarray(both.reshape(means.shape), np.float32)


def _mean(plane: Plane, size: tuple[int, int]) -> Plane:
    """Around each place the mean over this (width, height)."""
    return np.asarray(cv2.blur(plane, size, borderType=cv2.BORDER_REPLICATE), np.float32)


def _spread(values: Plane, axis: tuple[int, ...] | None) -> Plane:
    """The standard deviation of values around zero that a few large ones do not change."""
    return np.asarray(np.median(np.abs(values), axis=axis) * np.float32(1.4826) + FAINTEST, np.float32)


def _followed(
    light: _Lightness, beginning: _Beginning, angle: float, stopped: Callable[[], bool]
) -> tuple[list[Place], float]:
    """The places of a line from its beginning to its end in one direction, and what it gains."""
    scale = beginning.scale
    places: list[Place] = [(beginning.x, beginning.y)]
    contrasts: list[float] = []
    gained = most_gained = 0.0
    last = 0
    longest = 2 * (light.height + light.width) // (BLOCK * scale)
    while gained > most_gained - LOST and len(places) < longest and light.holds(*places[-1]) and not stopped():
        most = MOST
        if len(contrasts) >= BLOCKS / 2:
            most = min(most, max(LEAST_MOST, OWN * float(np.median(contrasts[-2 * BLOCKS :]))))
        x, y = places[-1]
        c, s = cos(angle), sin(angle)
        rows, stands_out = _chain(light, beginning, x, y, angle, most)
        astray = next((i for i, row in enumerate(rows) if abs(row) > HALF * ROWS / 2), TAKEN)
        gains = _gain(stands_out, most).tolist()
        for i in range(min(max(astray, 2), TAKEN)):
            along, aside = (i + 1) * BLOCK * scale, rows[i] * scale / ROWS
            places.append((x + along * c - aside * s, y + along * s + aside * c))
            contrasts.append(float(stands_out[i]))
            gained += gains[i]
            if gained > most_gained:
                most_gained, last = gained, len(places) - 1
            if not light.holds(*places[-1]):
                break
        before = places[max(len(places) - 7, 0)]
        angle = atan2(places[-1][1] - before[1], places[-1][0] - before[0])
    while last and contrasts[last - 1] < FADED * np.median(contrasts[max(last - BLOCKS, 0) : last]):
        last -= 1
    return places[: last + 1], most_gained


def _chain(
    light: _Lightness, beginning: _Beginning, x: float, y: float, angle: float, most: float
) -> tuple[NDArray[np.intp], Plane]:
    """The best chain of segments from a place on: in which row of the strip each ends, counted from the strip's axis,
    and by how much each stands out.
    """
    middle = HALF * ROWS
    height = 2 * middle + 1
    strip = light.turned(x, y, angle, (BLOCKS * BLOCK, height), (0.0, middle + 0.5), beginning.scale, ROWS)
    blocks = np.ascontiguousarray(strip.reshape(height, BLOCKS, BLOCK).transpose(2, 0, 1))
    rows, start, starts = _slopes()
    means = blocks[np.arange(BLOCK)[:, None, None], rows].mean(axis=0)  # rows, slopes, BLOCKS
    ridge, noise = _ridges(means, beginning.width, beginning.sign, ROWS)
    spread = np.pad(_spread(noise[::3, ::3], (0, 1)), 1, "edge")
    smooth = (spread[:-2] + 2 * spread[1:-1] + spread[2:]) / 4
    stands_out = np.asarray((ridge / smooth).T, np.float32)  # BLOCKS, slopes, rows
    gains = _gain(stands_out, most)
    slopes = np.arange(2 * STEEPEST + 1)
    bend = BEND * np.abs(slopes[:, None] - slopes[None, :]).astype(np.float32)
    score = np.full((len(slopes), height), -np.inf, np.float32)
    score[:, middle] = -BEND * np.abs(slopes - STEEPEST)
    scores = []
    for block in range(BLOCKS):
        scores.append(score)
        at_start = (score[None] - bend[:, :, None]).max(axis=1) + gains[block]
        score = np.where(starts.T, at_start[slopes[:, None], start.T], -np.inf)
    slope, row = np.unravel_index(int(np.argmax(score)), score.shape)
    ends, out = np.empty(BLOCKS, np.intp), np.empty(BLOCKS, np.float32)
    for block in range(BLOCKS - 1, -1, -1):
        ends[block] = row - middle
        row = row - (slope - STEEPEST)
        out[block] = stands_out[block, slope, row]
        slope = np.argmax(scores[block][:, row] - bend[slope])
    return ends, out


def _gain(stands_out: Plane, most: float) -> Plane:
    """What segments gain, or lose where it is negative, that stand out by so much."""
    counted = np.clip(stands_out, 0, most)
    return np.asarray(counted + BEYOND * most * np.log(np.maximum(stands_out / most, 1)) - NEEDED, np.float32)


@lru_cache(maxsize=1)
def _slopes() -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]:
    """Of the segments that begin in each row of a strip with each slope: the rows of their pixels (BLOCK, rows,
    slopes). Of those that end there: the row in which they begin, and whether that is in the strip (rows, slopes).
    """
    height = 2 * HALF * ROWS + 1
    rows, slopes = np.arange(height)[:, None], np.arange(-STEEPEST, STEEPEST + 1)[None, :]
    way = (np.arange(BLOCK)[:, None, None] + 0.5) / BLOCK
    start = rows - slopes
    inside = (start >= 0) & (start < height)
    return np.clip(rows + np.rint(slopes * way).astype(np.intp), 0, height - 1), np.clip(start, 0, height - 1), inside


def _smoothed(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """The way without the steps of the rows; its ends stay."""
    inner = (places[:-2] + 2 * places[1:-1] + places[2:]) / 4
    return np.concatenate([places[:1], inner, places[-1:]])


def _measured(light: _Lightness, places: NDArray[np.float64], beginning: _Beginning) -> Traced:
    """A line as wide as its mean profile is at half of its height, with half a pixel for each rim, and in the middle of
    that.
    """
    usual = beginning.width * beginning.scale
    way = np.diff(places, axis=0)
    normals = np.column_stack([-way[:, 1], way[:, 0]]) / np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-9)[:, None]
    far = 2 * usual + (GAP + SIDE) * beginning.scale
    aside = np.arange(-far, far + ASIDE, ASIDE)
    profiles = []
    shares = np.linspace(0, 1, max(PROFILES // len(way), 1), endpoint=False)
    for part in range(0, len(way), BLOCKS):  # the places of a part lie close enough to be read at once
        some = slice(part, part + BLOCKS)
        middles = (places[:-1, None] + shares[:, None] * way[:, None])[some]
        at = middles[:, :, None] + aside[:, None] * normals[some, None, None]
        profiles.append(light.at(*at.reshape(-1, len(aside), 2).transpose(2, 0, 1)).sum(axis=0))
    profile = beginning.sign * np.sum(profiles, axis=0)
    profile = profile - np.median(profile[np.abs(aside) > usual / 2 + GAP * beginning.scale])
    top = int(np.argmax(np.where(np.abs(aside) <= max(usual / 2, 1.0), profile, -np.inf)))
    low = np.flatnonzero(profile < profile[top] / 2)
    left, right = max(low[low < top], default=0), min(low[low > top], default=len(aside) - 1)
    width = float(np.clip((right - left - 1) * ASIDE, usual / 2, 2 * usual))
    middle = float(np.clip((aside[left] + aside[right]) / 2, -usual / 2, usual / 2))
    return Traced(places + middle * np.concatenate([normals, normals[-1:]]), width + 1.0)
