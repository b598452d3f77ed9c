"""The second damage generator, which is for measuring only."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from core.training import foreign
from core.training.foreign import ForeignSample, foreign_samples
from core.training.foreign_damage import KINDS, LINES, PATCHES


def invented(seed: int, width: int = 360, height: int = 260) -> Image.Image:
    """Soft lumps of colour."""
    noise = np.random.default_rng(seed).integers(0, 256, (height // 20, width // 20, 3), np.uint8)
    return Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(2))


def made(kind: str, seed: int) -> ForeignSample:
    return foreign.sample(np.random.default_rng(seed), invented(seed), {kind: 0.8}, foreign.SETS[0], "invented")


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("photos")
    for number in range(12):
        invented(number).save(folder / f"{number:02}.png")
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def samples(photos: list[Path]) -> list[ForeignSample]:
    return list(foreign_samples(photos))


def test_the_same_photos_come_out_the_same(photos: list[Path], samples: list[ForeignSample]) -> None:
    again = next(iter(foreign_samples(photos)))
    assert again.image.tobytes() == samples[0].image.tobytes() and again.mask.tobytes() == samples[0].mask.tobytes()
    assert list(again.kinds) == list(samples[0].kinds)


def test_every_second_photo_has_lines_and_two_of_three_others_patches(samples: list[ForeignSample]) -> None:
    by_set = {among: [one.name for one in samples if one.among == among] for among in foreign.SETS}
    assert by_set == {"foreign": ["00", "02", "04", "06", "08", "10"], "foreign_patches": ["01", "03", "07", "09"]}


def test_samples_are_damaged_to_some_part(samples: list[ForeignSample]) -> None:
    for one in samples:
        assert one.image.dtype == one.mask.dtype == np.uint8 and one.image.shape == (*one.mask.shape, 3)
        assert set(np.unique(one.mask)) == {0, 1} and 0.002 < one.mask.mean() < 0.35, one.name
        damage = set(one.kinds) - {"bright", "dark"}
        assert damage <= set(LINES if one.among == "foreign" else PATCHES)
        assert len(damage) >= 3 or one.among != "foreign"


@pytest.mark.parametrize("kind", KINDS)
def test_the_mask_of_every_kind_is_what_was_changed_and_can_be_seen(kind: str) -> None:
    for seed in (1, 2):
        one = made(kind, seed)
        mask, own = one.mask > 0, one.kinds[kind]
        assert own.sum() > 30 and np.mean(own[mask]) > 0.97
        assert np.array_equal(one.kinds["bright"] ^ one.kinds["dark"], mask)
        change = np.abs(one.image.astype(int) - one.sound).max(2)
        assert np.mean(change[mask] > 5) > 0.85
        near = np.asarray(Image.fromarray(mask).convert("L").filter(ImageFilter.MaxFilter(17))) > 0  # a block of JPEG
        assert np.mean(change[~near] > 16) < 0.004


def test_no_damage_changes_nothing() -> None:
    one = foreign.sample(np.random.default_rng(1), invented(1), {}, foreign.SETS[0], "invented")
    assert not one.mask.any() and np.array_equal(one.image, one.sound)
