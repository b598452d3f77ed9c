"""Each defect to the method that suits its width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .. import mask as masks
from ..color import View
from ..photo import Mask
from .filling import Filler, Hole


def by_width_filler(narrow: Filler, wide: Filler, width: float) -> Filler:
    """`narrow` fills the defects whose largest circle inside has a diameter of up to `width` pixels of the photo,
    `wide` the others.

    Neither takes what the other filled for a source: a smooth fill would be repeated as if it were the photo's texture.
    """

    def fill(holes: Sequence[Hole]) -> list[View]:
        broad = [masks.within_sizes(hole.mask, float(np.nextafter(width / hole.scale, np.inf)), 0) for hole in holes]
        views = [hole.view for hole in holes]
        _lay(views, holes, [hole.mask & ~mask for hole, mask in zip(holes, broad, strict=True)], narrow)
        _lay(views, holes, broad, wide)
        return views

    return fill


def _lay(views: list[View], holes: Sequence[Hole], parts: Sequence[Mask], filler: Filler) -> None:
    """Put the parts that one filler makes into the views."""
    asked = [hole.asked & (part > 0) for hole, part in zip(holes, parts, strict=True)]
    needed = [index for index, places in enumerate(asked) if places.any()]
    made = filler([replace(holes[index], wanted=asked[index]) for index in needed])
    for index, view in zip(needed, made, strict=True):
        views[index] = np.where(asked[index][..., None], view, views[index])
