"""A mask grows over a defect's soft rim, as far as that reaches and no further."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from core.fringe import MARGIN, widened
from core.photo import Mask


def scratched(blur: float, level: float = 0.9) -> tuple[np.ndarray, Mask]:
    """A view with a line whose edge is blurred, and its mask down to half of its strength."""
    rng = np.random.default_rng(0)
    sound = (0.4 + 0.02 * rng.standard_normal((120, 160, 1))).astype(np.float32)
    line = np.zeros((120, 160), np.float32)
    line[57:63, 20:140] = 1
    alpha = cv2.GaussianBlur(line, (0, 0), blur) if blur else line
    return sound + alpha[..., None] * (level - sound), np.where(alpha >= 0.5, np.uint8(255), np.uint8(0))


def rows_more(view: np.ndarray, mask: Mask, most: float) -> int:
    """By how many rows the mask's middle grew on each side."""
    grown = widened(view, mask, np.zeros(mask.shape, bool), most)
    assert (grown >= mask).all()
    return int(np.count_nonzero(grown[:, 80]) - np.count_nonzero(mask[:, 80])) // 2


@pytest.mark.parametrize("level", [0.9, 0.05])
@pytest.mark.parametrize(("blur", "least", "most"), [(0.0, 1, 1), (1.0, 2, 3), (2.5, 4, 6)])
def test_a_softer_rim_takes_more(blur: float, least: int, most: int, level: float) -> None:
    assert least <= rows_more(*scratched(blur, level), 8.0) <= most


def test_it_never_grows_by_more_than_asked() -> None:
    view, mask = scratched(4.0)
    assert rows_more(view, mask, 2.0) == 2
    assert rows_more(view, mask, 0.0) == 0


def test_what_does_not_stand_out_grows_by_two() -> None:
    view, mask = np.full((120, 160, 3), 0.5, np.float32), scratched(0.0)[1]
    assert rows_more(view, mask, 6.0) == 2 and rows_more(view, mask, 1.0) == 1


def test_each_defect_by_itself_and_never_onto_others() -> None:
    soft, soft_mask = scratched(2.5)
    hard, hard_mask = scratched(0.0)
    view, mask = np.vstack([soft, hard]), np.vstack([soft_mask, hard_mask])
    others = np.zeros(mask.shape, bool)
    others[50:55] = True
    grown = widened(view, mask, others & (mask == 0), 8.0)
    assert np.count_nonzero(grown[120:, 80]) <= np.count_nonzero(hard_mask[:, 80]) + 2 * MARGIN
    assert np.count_nonzero(grown[:120, 80]) > np.count_nonzero(soft_mask[:, 80]) + 2 * MARGIN
    assert not grown[others & (mask == 0)].any()


def test_the_ends_of_the_photo_and_what_is_no_number() -> None:
    view, mask = scratched(1.0)
    view[10] = np.nan
    mask[:3, :3] = 255
    assert widened(view, mask, np.zeros(mask.shape, bool), 4.0).shape == mask.shape
    tiny = np.full((1, 1), 255, np.uint8)
    assert widened(np.zeros((1, 1, 1), np.float32), tiny, np.zeros((1, 1), bool), 4.0)[0, 0] == 255
