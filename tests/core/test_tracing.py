"""Lines followed from a click: scratches drawn over photographs and over plain grey, with noise, to both ends."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.photo import Box
from core.tracing import Plane, Traced, trace

SAMPLES = Path(__file__).resolve().parents[2] / "docs" / "samples"
HEIGHT, WIDTH = 900, 1200
NEAR = 2.0
"""Pixels by which a line may be beside the scratch."""
CONTRAST, NOISE = 0.1, 1.3
"""Of a faint scratch: its contrast, 0..1, and how many standard deviations of the noise that is."""

Way = NDArray[np.float64]
"""(n, 2) places a pixel apart."""


def arc(x: float, y: float, angle: float, length: int, bend: float = 0.0) -> Way:
    """A way from a place on; angle in degrees, bend as degrees in 1000 pixels."""
    angles = np.radians(angle + bend * np.arange(length) / 1000)
    return np.column_stack([x + np.cumsum(np.cos(angles)), y + np.cumsum(np.sin(angles))])


def portrait(name: str) -> Plane:
    """A photograph of the repository, enlarged as a fine scan shows it."""
    read = cv2.imread(str(SAMPLES / name), cv2.IMREAD_GRAYSCALE)
    assert read is not None
    return np.asarray(cv2.resize(read.astype(np.float32) / 255, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC))


def grey() -> Plane:
    return np.full((HEIGHT, WIDTH), 0.5, np.float32)


def scratched(photo: Plane, way: Way, width: float, contrast: float, sigma: float, seed: int = 1) -> Plane:
    """The photo with a line of this width in it and noise over it, as 8 bits hold it."""
    drawn = np.zeros((2 * HEIGHT, 2 * WIDTH), np.uint8)
    cv2.polylines(drawn, [np.rint((2 * way - 0.5) * 16).astype(np.int32)], False, 255, round(2 * width), cv2.LINE_AA, 4)
    covered = cv2.resize(drawn, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA) / 255
    noisy = photo + contrast * covered + np.random.default_rng(seed).normal(0, sigma, photo.shape)
    return np.asarray(np.rint(np.clip(noisy, 0, 1) * 255) / 255, np.float32)


def click(photo: Plane, at: tuple[float, float], reach: float = 6.0) -> Traced | None:
    return trace(lambda box: photo[box.rows, box.columns], *photo.shape, *at, reach)


def far_from(way: Way) -> Plane:
    """How far each pixel is from a way."""
    line = np.full((HEIGHT, WIDTH), 255, np.uint8)
    cv2.polylines(line, [np.rint((way - 0.5) * 16).astype(np.int32)], False, 0, 1, cv2.LINE_8, 4)
    return np.asarray(cv2.distanceTransform(line, cv2.DIST_L2, 5))


def covered(found: Traced | None, way: Way, near: float = NEAR) -> float:
    """How much of a scratch a line follows."""
    if found is None:
        return 0.0
    columns, rows = way.astype(int).T
    return float((far_from(found.places)[rows, columns] <= near).mean())


def beside(found: Traced | None, way: Way) -> float:
    """How many pixels of a line are elsewhere, as a share of the scratch's length."""
    return 0.0 if found is None else float((far_from(way)[far_from(found.places) == 0] > NEAR + 1).sum()) / len(way)


@pytest.mark.parametrize("width", [1, 2, 3])
@pytest.mark.parametrize("sign", [1, -1], ids=["bright", "dark"])
def test_faint_scratches_in_noise_are_followed_to_both_ends(width: int, sign: int) -> None:
    for seed, way in enumerate((arc(60, 100, 33, 1050, 8), arc(1150, 40, 130, 700, -10), arc(300, 850, -80, 400))):
        photo = scratched(grey(), way, width, sign * CONTRAST, CONTRAST / NOISE, seed)
        at = way[len(way) // 3] + (1.5, -1.0)
        found = click(photo, (at[0], at[1]))
        assert covered(found, way) > (0.95 if width > 1 else 0.85) and beside(found, way) < 0.03


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("andersson.jpg", arc(120, 60, 25, 1000, 10)),
        ("andersson.jpg", arc(1100, 60, 110, 700)),
        ("dahlgren.jpg", arc(80, 820, -35, 1000, 5)),
        ("expedition_1897.jpg", arc(60, 180, 8, 1000, -6)),
    ],
)
@pytest.mark.parametrize("sign", [1, -1], ids=["bright", "dark"])
def test_scratches_over_photographs_are_followed_and_nothing_else(name: str, way: Way, sign: int) -> None:
    photo = scratched(portrait(name), way, 2, sign * 0.18, 0.03)
    at = way[len(way) // 2]
    found = click(photo, (at[0] + 1, at[1]))
    assert covered(found, way) > 0.9 and beside(found, way) < 0.03


def test_a_line_ends_at_its_ends() -> None:
    way = arc(300, 450, 0, 600)
    found = click(scratched(grey(), way, 2, 0.2, 0.04), (600, 450))
    assert found is not None
    ends = sorted(float(x) for x in found.places[[0, -1], 0])
    assert ends == pytest.approx([300, 900], abs=9)


def test_a_line_goes_on_beyond_a_short_gap_but_not_beyond_a_long_one() -> None:
    photo = scratched(grey(), arc(100, 450, 0, 1000), 2, 0.2, 0.04)
    photo[:, 500:530] = scratched(grey(), arc(0, 5, 0, 10), 2, 0.0, 0.04)[:, 500:530]
    assert covered(click(photo, (300, 450)), arc(100, 450, 0, 1000)) > 0.98
    photo[:, 500:800] = scratched(grey(), arc(0, 5, 0, 10), 2, 0.0, 0.04, 3)[:, 500:800]
    found = click(photo, (300, 450))
    assert covered(found, arc(100, 450, 0, 400)) > 0.97 and found is not None and found.places[:, 0].max() < 530


def test_a_line_goes_to_the_edge_of_the_photo() -> None:
    way = arc(-50, 300, 20, 1500)
    found = click(scratched(grey(), way, 2, 0.2, 0.04), (600, 537))
    assert found is not None
    ends = sorted(float(x) for x in found.places[[0, -1], 0])
    assert ends[0] < 6 and ends[1] > WIDTH - 6


def test_wide_lines_have_their_own_width() -> None:
    widths = []
    for width in (1, 3, 6, 12):
        way = arc(100, 200, 25, 900)
        found = click(scratched(grey(), way, width, 0.2, 0.05), (way[300][0], way[300][1]))
        assert found is not None and covered(found, way, max(NEAR, width / 4)) > 0.95
        widths.append(found.width)
    for drawn, measured in zip((1, 3, 6, 12), widths, strict=True):
        assert drawn < measured < 1.35 * drawn + 2.2


def test_an_edge_is_no_line() -> None:
    photo = grey()
    photo[:, 600:] = 0.8
    noisy = scratched(photo, arc(0, 5, 0, 10), 1, 0.0, 0.03)
    assert all(click(noisy, (600 + aside, y)) is None for aside, y in ((0, 300), (2, 500), (-3, 700)))


def test_a_scratch_is_not_left_for_an_edge_that_it_crosses() -> None:
    photo = grey()
    photo[:, 600:] = 0.75
    photo[430:460] -= 0.2
    way = arc(200, 250, 28, 850)
    found = click(scratched(photo, way, 2, 0.12, 0.04), (way[150][0], way[150][1]))
    assert covered(found, way) > 0.95 and beside(found, way) < 0.02


@pytest.mark.parametrize("name", ["", "andersson.jpg", "dahlgren.jpg"])
def test_clicks_beside_any_line_mark_next_to_nothing(name: str) -> None:
    photo = scratched(portrait(name) if name else grey(), arc(0, 5, 0, 10), 1, 0.0, 0.03)
    random = np.random.default_rng(4)
    places = [(random.uniform(30, WIDTH - 30), random.uniform(30, HEIGHT - 30)) for _ in range(16)]
    found = [click(photo, place) for place in places]
    assert sum(line is not None for line in found) <= (1 if name else 0)


def test_only_the_pixels_along_the_line_are_read() -> None:
    photo = scratched(grey(), arc(100, 450, 0, 400), 2, 0.2, 0.04)
    read: list[Box] = []

    def part(box: Box) -> Plane:
        read.append(box)
        return photo[box.rows, box.columns]

    assert trace(part, HEIGHT, WIDTH, 300, 450, 6) is not None
    assert len(read) == len(set(read)) and sum(box.area for box in read) < 0.6 * photo.size


def test_a_search_that_is_stopped_finds_nothing() -> None:
    photo = scratched(grey(), arc(100, 450, 0, 1000), 2, 0.2, 0.04)
    assert trace(lambda box: photo[box.rows, box.columns], HEIGHT, WIDTH, 300, 450, 6, lambda: True) is None


def test_a_photo_smaller_than_a_strip_is_no_trouble() -> None:
    photo = np.full((9, 12), 0.5, np.float32)
    assert click(photo, (5, 5)) is None
    photo[4] = 1
    click(photo, (11.9, 8.9))
