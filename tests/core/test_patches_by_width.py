"""Wide holes by patches of the surroundings, narrow ones by the network: the automatic choice."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from core.color import View
from core.failures import ModelError
from core.models.by_width import by_width_filler
from core.models.filling import Filler, Hole, one_by_one
from core.models.registry import Registry
from core.photo import Mask, Photo
from core.progress import silent
from core.repair import repaired_samples, run
from core.tools import REPAIR, defaults


def constant(value: float) -> Filler:
    def fill(hole: Hole) -> View:
        return np.where(hole.mask[..., None] > 0, np.float32(value), hole.view)

    return one_by_one(fill)


def stripes(height: int, width: int) -> View:
    x = np.arange(width, dtype=np.float32)
    return np.broadcast_to((0.5 + 0.3 * np.sin(x / 2.5))[None, :, None], (height, width, 3)).astype(np.float32)


def test_each_defect_goes_to_its_filler() -> None:
    mask = np.zeros((100, 160), np.uint8)
    mask[20:24, 10:150] = 255
    mask[50:90, 50:90] = 255
    made = by_width_filler(constant(0.2), constant(0.9), 12.0)([Hole(np.zeros((100, 160, 1), np.float32), mask, 5.0)])
    assert (made[0][20:24, 10:150] == np.float32(0.2)).all() and (made[0][50:90, 50:90] == np.float32(0.9)).all()
    assert (made[0][mask == 0] == 0).all()


def test_none_is_asked_for_nothing() -> None:
    assert by_width_filler(constant(0), constant(0), 5.0)([]) == []


@pytest.mark.parametrize("place", [(slice(60, 110), slice(90, 140)), (slice(0, 50), slice(0, 60))])
def test_texture_goes_on_where_a_smooth_fill_ends(place: tuple[slice, slice]) -> None:
    """In the middle and in a torn corner."""
    true = stripes(180, 240)
    mask = np.zeros((180, 240), np.uint8)
    mask[place] = 255
    seen = np.where(mask[..., None] > 0, np.float32(1), true)
    models = Registry()
    deviations = {
        name: float(models.load("repair", name)([Hole(seen, mask, 5.0)])[0][mask > 0].std())
        for name in ("biharmonic", "patch", "auto")
    }
    wanted = float(true[mask > 0].std())
    assert deviations["patch"] > 0.7 * wanted and deviations["auto"] == deviations["patch"]


def test_a_hole_larger_than_what_is_matched_at_once() -> None:
    """It is matched at a lower resolution, and has the photo's detail nevertheless."""
    true = np.ascontiguousarray(stripes(900, 1000)[..., :1])
    mask = np.zeros((900, 1000), np.uint8)
    cv2.circle(mask, (500, 450), 200, 255, -1)
    made = Registry().load("repair", "patch")([Hole(np.where(mask[..., None] > 0, np.float32(0), true), mask, 5.0)])[0]
    assert np.array_equal(made[mask == 0], true[mask == 0]) and made.min() > 0.1 and made.max() < 0.9
    assert made[mask > 0].std() > 0.7 * true[mask > 0].std()


def test_a_strip_longer_than_a_cell_is_filled_in_one_piece() -> None:
    true = stripes(160, 1300)[..., :1]
    mask = np.zeros((160, 1300), np.uint8)
    mask[60:100, 40:1260] = 255
    photo = Photo(np.where(mask[..., None] > 0, np.uint8(255), (true * 255).astype(np.uint8)))
    repair = run(photo, mask, {**defaults(REPAIR), "grain": 0.0}, Registry(), silent)
    (patch,) = repair.patches
    assert patch.box.left <= 40 and patch.box.right >= 1260
    assert repaired_samples(photo, repair)[mask > 0].std() > 0.7 * (true * 255)[mask > 0].std()


def test_a_hole_of_which_little_is_left() -> None:
    """Not one whole patch, or no surroundings on two sides."""
    true = np.ascontiguousarray(stripes(200, 240)[..., :1])
    for known in (slice(100, 104), slice(0, 1), slice(150, 240)):
        mask = np.full((200, 240), 255, np.uint8)
        mask[:, known] = 0
        made = Registry().load("repair", "patch")([Hole(true, mask, 5.0)])[0]
        assert np.array_equal(made[mask == 0], true[mask == 0]) and np.isfinite(made).all()


def test_the_default_has_another_to_take_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(Registry):
        def check_weights(self, card: object) -> None:
            if getattr(card, "name", "") == "cnn":
                raise ModelError("The weights of the model cnn are missing or damaged; run install.py once more.")

    mask: Mask = np.zeros((40, 40), np.uint8)
    mask[20, 5:35] = 255
    photo = Photo(np.full((40, 40, 1), 90, np.uint8))
    done = run(photo, mask, defaults(REPAIR), Broken(), silent)
    assert done.model == "biharmonic" and done.patches
    assert done.notes == [
        "The weights of the model cnn are missing or damaged; run install.py once more. "
        "The biharmonic fill was used instead."
    ]
    with pytest.raises(ModelError, match="cnn"):
        run(photo, mask, {**defaults(REPAIR), "model": "cnn"}, Broken(), silent)
