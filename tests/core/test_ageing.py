"""Photographs made old, and the figures by which their restoration is judged."""

import numpy as np
import pytest

from core.training import evaluate_enhance
from core.training.ageing import Aged, Ageing, Fade, aged, choose_ageing, choose_fade
from core.training.evaluate_enhance import auto_levels, compared, matched
from core.training.textures import Field


def photo(h: int = 90, w: int = 120) -> Field:
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    return np.dstack([0.5 + 0.4 * np.sin(x / 9), 0.5 + 0.4 * np.cos(y / 7), 0.5 + 0.3 * np.sin((x + y) / 15)])


def made(ageing: Ageing, grey: bool = False, seed: int = 1) -> Aged:
    return aged(np.random.default_rng(seed), photo(), ageing, grey)


def test_what_did_not_age_is_the_photo_itself() -> None:
    one = made(Ageing())
    assert np.abs(one.image / 255 - photo()).max() <= 0.5 / 255 + 1e-6
    assert np.array_equal(one.quiet, one.faded) and np.allclose(one.true, photo())


def test_each_step_is_between_the_pictures_that_leave_it_out() -> None:
    fade = Fade(low=np.full(3, 0.2, np.float32), high=np.full(3, 0.8, np.float32))
    one = made(Ageing(fade, blur=2.0, noise=0.05))
    assert np.allclose(one.faded, 0.2 + 0.6 * photo(), atol=1e-5)
    assert np.abs(np.diff(one.quiet, axis=1)).mean() < 0.96 * np.abs(np.diff(one.faded, axis=1)).mean()
    noise = one.image / 255 - one.quiet
    assert 0.02 < noise.std() < 0.04  # grain of the print: faded to 0.6 like the picture
    assert 0.045 < (made(Ageing(fade, noise=0.05, late=True)).image / 255 - one.faded).std() < 0.055


def test_black_and_white_photos_stay_so_but_for_their_yellow() -> None:
    yellow = Fade(high=np.array([1, 0.9, 0.6], np.float32))
    one = made(Ageing(yellow), grey=True)
    assert np.allclose(one.true, one.true[..., :1])
    assert (one.image[..., 2] < one.image[..., 0])[one.image[..., 0] > 5].all()


def test_the_same_seed_ages_alike() -> None:
    for seed in range(5):
        one, two = (
            aged(rng, photo(), choose_ageing(rng), False)
            for rng in (np.random.default_rng(seed), np.random.default_rng(seed))
        )
        assert np.array_equal(one.image, two.image)


def test_fades_leave_some_contrast() -> None:
    rng = np.random.default_rng(3)
    for _ in range(200):
        fade = choose_fade(rng)
        assert (fade.high - fade.low >= 0.2).all() and (fade.low >= 0).all() and (fade.high <= 1.06).all()


def test_an_affine_map_of_the_colours_costs_no_detail() -> None:
    true = photo()
    mixed = (true @ np.array([[0.5, 0.1, 0], [0, 0.6, 0.1], [0.1, 0, 0.4]], np.float32) + 0.2).astype(np.float32)
    assert np.allclose(matched(mixed, true), true, atol=1e-3)


def test_figures_of_a_picture_that_is_right_and_of_one_that_is_not() -> None:
    true = np.rint(photo() * 255).astype(np.uint8)
    as_it_is, detail, ssim = compared(true, true)
    assert as_it_is == 60 and detail > 50 and ssim == pytest.approx(1, abs=1e-3)
    rng = np.random.default_rng(0)
    noisy = np.clip(true + rng.normal(0, 20, true.shape), 0, 255).astype(np.uint8)
    assert compared(noisy, true)[1] < 25 and compared(noisy, true)[2] < 0.9


def test_auto_levels_reach_from_black_to_white() -> None:
    pale = np.rint(100 + 50 * photo()).astype(np.uint8)
    levelled = auto_levels(pale)
    assert levelled.min() == 0 and levelled.max() == 255
    assert evaluate_enhance.psnr(evaluate_enhance.unit(levelled), photo()) > 15
