"""Each defect to the method that suits its width."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .. import mask as masks
from ..color import View
from ..photo import Mask
from .filling import Filler, Hole


def by_width_filler(narrow: Filler, wide: Filler, width: float) -> Filler:
    """`narrow` fills the defects whose largest circle inside has a diameter of up to `width` pixels, `wide` the others.

    Neither takes what the other filled for a source: a smooth fill would be repeated as if it were the photo's texture.
    """

    def fill(holes: Sequence[Hole]) -> list[View]:
        broad = [masks.within_sizes(hole.mask, float(np.nextafter(width, np.inf)), 0) for hole in holes]
        views = [hole.view for hole in holes]
        _lay(views, holes, [hole.mask & ~mask for hole, mask in zip(holes, broad, strict=True)], narrow)
        _lay(views, holes, broad, wide)
        return views

    return fill


def _lay(views: list[View], holes: Sequence[Hole], parts: Sequence[Mask], filler: Filler) -> None:
    """Put the parts that one filler makes into the views."""
    wanted = [index for index, part in enumerate(parts) if part.any()]
    for index, made in zip(wanted, filler([holes[i] for i in wanted]), strict=True):
        views[index] = np.where(parts[index][..., None] > 0, made, views[index])
