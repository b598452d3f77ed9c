"""Restore: detect and repair, one after the other."""

from __future__ import annotations

import numpy as np
import pytest
from enhancers import Alone, soft_enhancer
from pictures import damaged, photo_samples, scratches

from core import detect, enhance, repair, restore
from core.failures import WrongInput
from core.models.registry import Registry
from core.parameters import Value
from core.photo import Photo
from core.progress import silent
from core.tools import DETECT, ENHANCE, REPAIR, RESTORE, defaults

PHOTO = Photo(damaged(photo_samples(150, 180), scratches(150, 180, 3, seed=4)))


def settings_with(**values: Value) -> dict[str, Value]:
    return {**defaults(RESTORE), **{name.replace("_", "-"): value for name, value in values.items()}}


def test_restore_is_detect_and_then_repair(models: Registry) -> None:
    settings = settings_with(detect_model="classical", detect_grow=1.0, repair_model="ns", repair_radius=3.0)
    done = restore.run(PHOTO, settings, models, silent)
    found = detect.run(PHOTO, {**defaults(DETECT), "model": "classical", "grow": 1.0}, models, silent)
    filled = repair.run(PHOTO, found.mask, {**defaults(REPAIR), "model": "ns", "radius": 3.0}, models, silent)
    assert done.detection and done.repair
    assert np.array_equal(done.detection.mask, found.mask)
    expected = repair.repaired_samples(PHOTO, filled)
    assert np.array_equal(repair.repaired_samples(PHOTO, done.repair), expected)
    assert not np.array_equal(expected, PHOTO.samples)
    assert done.summary == f"{found.summary} {filled.summary}"
    assert done.facts["found"] == found.defects and done.facts["repaired"] == filled.defects


def test_detect_alone(models: Registry) -> None:
    done = restore.run(PHOTO, settings_with(steps="detect"), models, silent)
    assert done.detection and done.repair is None and "repaired" not in done.facts


def test_repair_alone_fills_the_mask_that_is_given(models: Registry) -> None:
    mask = scratches(150, 180, 3, seed=4)
    done = restore.run(PHOTO, settings_with(steps="repair"), models, silent, mask)
    assert done.detection is None and done.repair and done.repair.patches
    with pytest.raises(WrongInput, match="needs a mask"):
        restore.run(PHOTO, settings_with(steps="repair"), models, silent)


def test_nothing_found_is_a_success_that_says_so(models: Registry) -> None:
    even = Photo(np.full((60, 60, 3), 90, np.uint8))
    done = restore.run(even, settings_with(detect_model="classical"), models, silent)
    assert done.repair is not None and not done.repair.patches
    assert done.summary == "No damage was found."


def test_progress_rises_over_both_steps(models: Registry) -> None:
    heard: list[float] = []
    restore.run(PHOTO, settings_with(), models, lambda fraction, text: heard.append(fraction))
    assert heard == sorted(heard) and heard[0] == 0 and heard[-1] == 1


def test_enhance_works_on_the_repaired_photo() -> None:
    models = Alone(soft_enhancer())
    settings = settings_with(steps="detect,repair,enhance", detect_model="classical", enhance_strength=0.5)
    done = restore.run(PHOTO, settings, models, silent)
    plain = restore.run(PHOTO, settings_with(detect_model="classical"), models, silent)
    assert done.repair and done.enhancement and plain.enhancement is None
    sound = plain.restored(PHOTO)
    assert not np.array_equal(sound.samples, PHOTO.samples)
    expected = enhance.run(sound, {**defaults(ENHANCE), "strength": 0.5}, models, silent)
    assert np.array_equal(done.restored(PHOTO).samples, expected.samples)
    assert done.summary == f"{plain.summary} {expected.summary}"
    assert done.facts == {**plain.facts, **expected.facts}


@pytest.mark.parametrize("steps", ["enhance", "detect,enhance"])
def test_enhance_without_repair(steps: str) -> None:
    models = Alone(soft_enhancer())
    done = restore.run(PHOTO, settings_with(steps=steps, detect_model="classical"), models, silent)
    expected = enhance.run(PHOTO, defaults(ENHANCE), models, silent)
    assert done.repair is None and np.array_equal(done.restored(PHOTO).samples, expected.samples)
    assert (done.detection is not None) == ("detect" in steps)


@pytest.mark.parametrize("steps", ["enhance", "detect,enhance", "detect,repair,enhance"])
def test_progress_rises_over_all_steps(steps: str) -> None:
    heard: list[float] = []
    settings = settings_with(steps=steps, detect_model="classical")
    restore.run(PHOTO, settings, Alone(soft_enhancer()), lambda fraction, text: heard.append(fraction))
    assert heard == sorted(heard) and heard[0] == 0 and heard[-1] == pytest.approx(1)
