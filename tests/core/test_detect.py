"""Detect: always a mask, as the settings say."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import SMALL, write_network
from pictures import FLOATS, INTEGERS, SAMPLES, damaged, in_type, photo_samples, scratches

from core import detect, files, marking
from core import mask as masks
from core.color import Encoding, srgb_decoded
from core.failures import ModelError
from core.models.card import write_card
from core.models.registry import PROGRAM_WEIGHTS, Registry
from core.models.tophat import top_hat_detector
from core.parameters import Value
from core.photo import Photo
from core.progress import Cancelled, silent
from core.tools import DETECT, defaults

MODELS = ["classical", "default"]


def settings_with(**values: Value) -> dict[str, Value]:
    return {**defaults(DETECT), **{name.replace("_", "-"): value for name, value in values.items()}}


def scratched(height: int = 200, width: int = 260, dtype: str = "uint8", channels: int = 3) -> Photo:
    soft = cv2.GaussianBlur(photo_samples(height, width, channels, "float64"), (0, 0), 3)
    samples = in_type(soft.reshape(height, width, channels), dtype)
    return Photo(damaged(samples, scratches(height, width, 4, seed=3)))


@pytest.mark.parametrize("model", MODELS)
def test_the_mask_is_a_mask_of_the_photos_size(model: str, models: Registry) -> None:
    photo = scratched()
    found = detect.run(photo, settings_with(model=model), models, silent)
    assert found.mask.shape == found.probabilities.shape == (200, 260)
    assert found.mask.dtype == np.uint8 and set(np.unique(found.mask)) == {0, 255}
    assert found.probabilities.dtype == np.uint16
    assert found.model == model and found.notes == []
    assert found.defects == masks.count(found.mask) > 0
    assert found.share == pytest.approx(np.count_nonzero(found.mask) / found.mask.size)
    assert str(found.defects) in found.summary


def test_the_classical_detector_finds_scratches_and_little_else(models: Registry) -> None:
    truth = scratches(200, 260, 4, seed=3)
    found = detect.run(scratched(), settings_with(model="classical"), models, silent).mask
    assert (found[truth > 0] > 0).mean() > 0.9
    assert (found[masks.distance_to(truth) > 3] > 0).mean() < 0.01


def test_nothing_found_is_an_empty_mask_that_says_so(models: Registry) -> None:
    even = Photo(np.full((50, 60, 3), 0, np.uint8))
    found = detect.run(even, settings_with(model="classical", sensitivity=0.0), models, silent)
    assert not found.mask.any() and found.defects == 0 and found.share == 0
    assert found.summary == "No damage was found."


@pytest.mark.parametrize("model", MODELS)
@given(pair=st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted))
def test_masks_are_nested_over_sensitivity(model: str, pair: list[float], models: Registry) -> None:
    photo = scratched(90, 120)
    less, more = (
        detect.run(photo, settings_with(model=model, sensitivity=value), models, silent).mask for value in pair
    )
    assert not (less & ~more).any()


@pytest.mark.parametrize("model", MODELS)
def test_sensitivity_makes_a_difference(model: str, models: Registry) -> None:
    faint = Photo((scratched().samples * 0.2 + 100).astype(np.uint8))
    marked = [
        np.count_nonzero(detect.run(faint, settings_with(model=model, sensitivity=value), models, silent).mask)
        for value in (0.0, 0.5, 1.0)
    ]
    assert marked[0] < marked[1] < marked[2]


def test_the_default_sensitivity_is_the_cards_threshold() -> None:
    for threshold in (0.1, 0.5, 0.8):
        assert marking.threshold_at(0.5, threshold) == pytest.approx(threshold)
    thresholds = [marking.threshold_at(value, 0.5) for value in np.linspace(0, 1, 11)]
    assert thresholds == sorted(thresholds, reverse=True) and 0 < thresholds[-1] < thresholds[0] < 1


def test_sizes_and_growth_work_on_what_was_found(models: Registry) -> None:
    photo = scratched()
    plain = detect.run(photo, settings_with(model="classical"), models, silent).mask
    sized = detect.run(photo, settings_with(model="classical", min_size=2.5, max_size=6.0), models, silent).mask
    grown = detect.run(photo, settings_with(model="classical", grow=3.0), models, silent).mask
    assert np.array_equal(sized, masks.within_sizes(plain, 2.5, 6.0)) and not np.array_equal(sized, plain)
    assert np.array_equal(grown, masks.grown(plain, 3.0)) and not np.array_equal(grown, plain)


@pytest.mark.parametrize("model", MODELS)
def test_a_selection_limits_the_mask(model: str, models: Registry) -> None:
    photo = scratched()
    selection = np.zeros((200, 260), np.uint8)
    selection[:, :130] = 255
    selection[:, 130:150] = 127
    limited = Photo(photo.samples, selection=selection)
    settings = settings_with(model=model, grow=5.0)
    whole = detect.run(photo, settings, models, silent).mask
    found = detect.run(limited, settings, models, silent).mask
    assert np.array_equal(found[:, :130], whole[:, :130]) and not found[:, 130:].any()


@pytest.mark.parametrize("model", MODELS)
def test_there_is_no_damage_where_there_is_no_photo(model: str, models: Registry) -> None:
    photo = scratched()
    alpha = np.full((200, 260), 255, np.uint8)
    alpha[50:150, 50:200] = 0
    alpha[0:20, 0:20] = 1
    found = detect.run(Photo(photo.samples, alpha), settings_with(model=model, sensitivity=1.0), models, silent)
    assert not found.probabilities[50:150, 50:200].any() and not found.mask[50:150, 50:200].any()
    assert found.probabilities[:20, :20].any()


@pytest.mark.parametrize("model", MODELS)
def test_grey_is_seen_like_the_same_grey_in_rgb(model: str, models: Registry) -> None:
    grey = scratched(channels=1)
    rgb = Photo(np.repeat(grey.samples, 3, axis=2))
    one, three = (detect.run(photo, settings_with(model=model), models, silent) for photo in (grey, rgb))
    difference = np.abs(one.probabilities.astype(int) - three.probabilities)
    assert difference.max() <= 65535 * 0.001


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("dtype", INTEGERS + FLOATS)
def test_the_depth_makes_no_difference_to_what_is_found(dtype: str, model: str, models: Registry) -> None:
    reference = scratched(120, 140, "float64")
    photo = Photo(in_type(reference.samples, dtype))
    one, other = (detect.run(item, settings_with(model=model), models, silent).mask for item in (reference, photo))
    assert (one != other).mean() < 0.002


@pytest.mark.parametrize("model", MODELS)
def test_linear_light_is_seen_like_the_encoded_photo(model: str, models: Registry) -> None:
    encoded = scratched(120, 140, "float64")
    linear = Photo(srgb_decoded(encoded.samples), encoding=Encoding("linear"))
    one, other = (detect.run(item, settings_with(model=model), models, silent).mask for item in (encoded, linear))
    assert (one != other).mean() < 0.002


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("size", [(1, 1), (1, 50), (50, 1), (2, 2), (7, 300), (31, 33)])
@pytest.mark.parametrize("channels", [1, 3])
def test_any_size(size: tuple[int, int], channels: int, model: str, models: Registry) -> None:
    photo = Photo(photo_samples(*size, channels))
    assert detect.run(photo, settings_with(model=model), models, silent).mask.shape == size


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("dtype", FLOATS)
def test_what_is_not_a_number_does_no_harm(dtype: str, model: str, models: Registry) -> None:
    samples = scratched(dtype=dtype).samples.copy()
    samples[10:20, 10:20] = np.nan
    samples[30:40, 30:40] = np.inf
    samples[50:60, 50:60] = -np.inf
    samples[70:80, 70:80] = np.finfo(dtype).max
    found = detect.run(Photo(samples), settings_with(model=model), models, silent)
    assert found.mask.shape == (200, 260) and set(np.unique(found.mask)) <= {0, 255}


@pytest.mark.parametrize(
    "sample", ["andersson.jpg", "claudet_daguerreotype.png", "dahlgren.jpg", "expedition_1897.jpg"]
)
def test_real_photographs(sample: str) -> None:
    found = detect.run(files.read_photo(SAMPLES / sample), defaults(DETECT), Registry([PROGRAM_WEIGHTS]), silent)
    assert 0 < found.share < 0.25


def test_a_second_look_adds_to_the_first(models: Registry) -> None:
    card, detector = models.card("detect", "default"), models.load("detect", "default")
    photo = scratched(90, 121)
    once = detect.probabilities(photo, card, detector, silent)
    twice = detect.probabilities(photo, replace(card, second_look=1.5), detector, silent)
    assert twice.shape == (90, 121) and (twice >= once).all() and (twice > once).any()


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (31, 33)])
def test_a_second_look_at_any_size(size: tuple[int, int], models: Registry) -> None:
    card, detector = models.card("detect", "default"), models.load("detect", "default")
    for factor in (1.01, 1.3, 2.0, 4.0):
        found = detect.probabilities(Photo(photo_samples(*size)), replace(card, second_look=factor), detector, silent)
        assert found.shape == size


def test_large_photos_are_looked_at_reduced_and_small_ones_enlarged() -> None:
    assert detect.other_sizes(1, 1.5) == [1.5]
    assert detect.other_sizes(1_900_000, 1.5) == [1.5]
    assert detect.other_sizes(2_100_000, 1.5) == [0.5]
    assert detect.other_sizes(24_000_000, 1.5) == [0.5, 0.25]
    assert detect.other_sizes(100_000_000, 1.5) == [0.5, 0.25, 0.125]
    assert detect.other_sizes(100_000_000, 0.0) == []


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_a_scratch_is_found_in_a_large_scan_as_well(dtype: str) -> None:
    rng = np.random.default_rng(3)
    small = (cv2.GaussianBlur(rng.normal(0, 1, (400, 480)), (0, 0), 12) * 400 + 110).clip(40, 180)
    truth = np.zeros((400, 480), np.uint8)
    for start, end in (((60, 20), (90, 380)), ((200, 40), (330, 300)), ((300, 60), (460, 90))):
        cv2.line(truth, start, end, 255, 2)
    small = np.where(truth > 0, 225, cv2.GaussianBlur(small, (0, 0), 1)) + rng.normal(0, 3, small.shape)
    scan = cv2.resize(small, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC).clip(0, 255) / 255
    largest = 1.0 if dtype == "float32" else np.iinfo(dtype).max
    samples = (scan * largest).astype(dtype)[..., None]
    found = detect.run(Photo(samples), defaults(DETECT), Registry([PROGRAM_WEIGHTS]), silent)
    damaged = cv2.resize(truth, None, fx=4, fy=4) > 127
    assert (found.mask[damaged] > 0).mean() > 0.6 and (found.mask[~damaged] > 0).mean() < 0.03


def test_extreme_values_are_no_harm_in_a_second_look(models: Registry) -> None:
    card, detector = models.card("detect", "default"), models.load("detect", "default")
    samples = scratched(90, 121, "float32").samples.copy()
    samples[40:45, 40:45] = np.finfo(np.float32).max
    with np.errstate(all="raise"):
        detect.probabilities(Photo(samples), replace(card, second_look=2.0), detector, silent)
        large = np.tile(samples, (16, 16, 1))
        assert detect.other_sizes(large.shape[0] * large.shape[1], 2.0) == [0.5]
        detect.probabilities(Photo(large), replace(card, second_look=2.0), detector, silent)


def test_a_second_look_sees_no_damage_where_there_is_no_photo(models: Registry) -> None:
    card, detector = models.card("detect", "default"), models.load("detect", "default")
    alpha = np.zeros((90, 121), np.uint8)
    alpha[30:60, 30:60] = 255
    photo = Photo(scratched(90, 121).samples, alpha)
    found = detect.probabilities(photo, replace(card, second_look=2.0), detector, silent)
    assert not found[alpha == 0].any() and found[alpha > 0].any()


def test_cancel_is_heard_at_the_next_tile(models: Registry) -> None:
    heard = []

    def progress(fraction: float, text: str) -> None:
        heard.append(fraction)
        if len(heard) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        detect.run(scratched(300, 400), settings_with(), models, progress)
    assert len(heard) == 3


def test_progress_rises_to_the_end(models: Registry) -> None:
    heard: list[float] = []
    detect.run(scratched(300, 400), settings_with(), models, lambda fraction, text: heard.append(fraction))
    assert heard == sorted(heard) and heard[0] == 0 and heard[-1] == 1 and len(heard) > 4


# Where the weights are broken


def truncated(folder: Path) -> None:
    file = folder / SMALL.file
    file.write_bytes(file.read_bytes()[:1000])


def missing(folder: Path) -> None:
    (folder / SMALL.file).unlink()


def one_bit_off(folder: Path) -> None:
    file = folder / SMALL.file
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)


def random_bytes_with_their_own_hash(folder: Path) -> None:
    content = np.random.default_rng(0).bytes(5000)
    (folder / SMALL.file).write_bytes(content)
    write_card_only(folder, sha256=hashlib.sha256(content).hexdigest())


def empty_with_its_own_hash(folder: Path) -> None:
    (folder / SMALL.file).write_bytes(b"")
    write_card_only(folder, sha256=hashlib.sha256(b"").hexdigest())


def another_networks_weights(folder: Path) -> None:
    write_network(folder, arguments={"channels": 3, "width": 16, "levels": 2})


def a_stride_that_is_not_the_networks(folder: Path) -> None:
    write_network(folder, stride=4, tile=100, overlap=20)


def arguments_that_do_not_exist(folder: Path) -> None:
    write_network(folder, arguments={"channels": 3, "width": 8, "levels": 2, "depth": 9})


def a_network_for_grey(folder: Path) -> None:
    write_network(folder, arguments={"channels": 1, "width": 8, "levels": 2})


def a_card_that_is_garbage(folder: Path) -> None:
    (folder / "detect-default.toml").write_text("no card")


def a_card_of_the_future(folder: Path) -> None:
    write_network(folder, architecture="mamba-9")


def no_card(folder: Path) -> None:
    (folder / "detect-default.toml").unlink()


def write_card_only(folder: Path, **changes: str) -> None:
    write_card(replace(SMALL, **changes), folder / "detect-default.toml")


BROKEN = [
    truncated,
    missing,
    one_bit_off,
    random_bytes_with_their_own_hash,
    empty_with_its_own_hash,
    another_networks_weights,
    a_stride_that_is_not_the_networks,
    arguments_that_do_not_exist,
    a_network_for_grey,
    a_card_that_is_garbage,
    a_card_of_the_future,
    no_card,
]


@pytest.mark.parametrize("break_it", BROKEN, ids=lambda function: function.__name__)
def test_where_the_network_is_broken_the_classical_detector_takes_its_place(
    break_it: Callable[[Path], None], tmp_path: Path
) -> None:
    for card in PROGRAM_WEIGHTS.glob("*.toml"):
        if card.stem in ("detect-classical", "repair-telea", "repair-ns", "repair-biharmonic"):
            (tmp_path / card.name).write_bytes(card.read_bytes())
    write_network(tmp_path)
    assert detect.run(scratched(), settings_with(), Registry([tmp_path]), silent).model == "default"
    break_it(tmp_path)
    found = detect.run(scratched(), settings_with(), Registry([tmp_path]), silent)
    assert found.model == "classical" and found.mask.any()
    (note,) = found.notes
    assert "classical detector was used instead" in note and "\n" not in note


def test_a_model_that_nobody_knows_is_no_fallback(models: Registry) -> None:
    with pytest.raises(ModelError, match="no model nonsense"):
        detect.run(scratched(), settings_with(model="nonsense"), models, silent)


def test_the_top_hat_knows_no_overflow() -> None:
    view = np.tile(np.float32([0, 1]), (64, 32))[..., None]
    with np.errstate(over="raise"):
        assert top_hat_detector(contrast=0.01, noise_factor=4.0)(view).max() < 0.5
