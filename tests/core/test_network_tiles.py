"""A network tile by tile answers as it answers over the whole photo."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from pictures import SAMPLES, damaged, photo_samples, scratches

from core import detect, files
from core.models.card import Card
from core.models.registry import PROGRAM_WEIGHTS, Registry
from core.photo import Photo
from core.progress import silent

SIZES = [(300, 431), (128, 128), (129, 127), (90, 700), (7, 500), (257, 120)]


def compared(photo: Photo, card: Card, detector: Any) -> tuple[float, float]:
    """The largest difference of probability between tiled and untiled, and the share of pixels that cross 0.5."""
    grid_for_all = replace(card, tile=-(-max(photo.height, photo.width) // card.stride) * card.stride, overlap=0)
    tiled = detect.probabilities(photo, card, detector, silent).astype(float) / 65535
    untiled = detect.probabilities(photo, grid_for_all, detector, silent).astype(float) / 65535
    crossing = (tiled >= card.threshold) != (untiled >= card.threshold)
    return float(np.abs(tiled - untiled).max()), float(crossing.mean())


def assert_same(photo: Photo, card: Card, detector: Any) -> None:
    difference, crossing = compared(photo, card, detector)
    assert difference <= 0.05
    assert crossing <= 0.0001


@pytest.mark.parametrize("size", SIZES)
def test_the_small_network(size: tuple[int, int], models: Registry) -> None:
    photo = Photo(damaged(photo_samples(*size), scratches(*size, 5)))
    assert_same(photo, models.card("detect", "default"), models.load("detect", "default"))


def test_without_overlap_the_answers_differ(models: Registry) -> None:
    """Otherwise the tests here would prove nothing."""
    photo = Photo(damaged(photo_samples(300, 400), scratches(300, 400, 5)))
    card = replace(models.card("detect", "default"), overlap=0)
    assert compared(photo, card, models.load("detect", "default"))[0] > 0.05


@pytest.mark.parametrize("size", SIZES)
def test_the_classical_detector(size: tuple[int, int], models: Registry) -> None:
    photo = Photo(damaged(photo_samples(*size), scratches(*size, 5)))
    card = replace(models.card("detect", "classical"), tile=160)
    assert_same(photo, card, models.load("detect", "classical"))


@pytest.mark.skipif(not (PROGRAM_WEIGHTS / "detect-default.toml").exists(), reason="the network is not trained yet")
def test_the_shipped_network() -> None:
    """On a sample photo enlarged until it takes several tiles."""
    models = Registry([PROGRAM_WEIGHTS])
    card = models.card("detect", "default")
    sample = files.read_photo(SAMPLES / "expedition_1897.jpg").samples
    height = card.tile + 300
    larger = cv2.resize(sample, (height * sample.shape[1] // sample.shape[0], height), interpolation=cv2.INTER_CUBIC)
    photo = Photo(larger.reshape(height, -1, sample.shape[2]))
    assert_same(photo, card, models.load("detect", "default"))
