"""What a filler is: a function from holes to what fills them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..color import View
from ..photo import Mask

LARGEST = np.float32(1e20)
"""Values beyond it would overflow in the sums."""


@dataclass(frozen=True)
class Hole:
    """A part of a photo with places to fill: view (h, w, C), C = 1 or 3; mask (h, w), 255 in the hole, 0 elsewhere.

    radius, in pixels, is for the methods that look around a pixel. wanted (h, w) is where the fill is kept, if not in
    the whole hole: elsewhere a filler may leave it as it is. scale: how many pixels of the photo lie along one here.
    """

    view: View
    mask: Mask
    radius: float
    wanted: NDArray[np.bool_] | None = None
    scale: int = 1

    @property
    def asked(self) -> NDArray[np.bool_]:
        """Where in the hole the fill is kept, (h, w)."""
        hole = self.mask > 0
        return hole if self.wanted is None else hole & self.wanted


Filler = Callable[[Sequence[Hole]], list[View]]
"""Holes to their filled views; outside of its mask a view is what it was. Several at once, for what is quicker so."""


def one_by_one(fill: Callable[[Hole], View]) -> Filler:
    """A filler from a function that fills one hole."""
    return lambda holes: [fill(hole) for hole in holes]


def unit_range(view: View) -> tuple[View, np.float32, np.float32]:
    """(values 0..1, low, scale): the view is low + scale * values. A view within 0..1 stays as it is."""
    clipped = np.clip(view, -LARGEST, LARGEST)
    low = np.float32(min(float(clipped.min()), 0.0))
    scale = np.float32(max(float(clipped.max()), 1.0)) - low
    return (clipped - low) / scale, low, scale


def filled_in_unit_range(fill: Callable[[View, Mask], View], hole: Hole) -> View:
    """A hole filled by what works on values 0..1."""
    values, low, scale = unit_range(hole.view)
    return np.asarray(fill(values, hole.mask) * scale + low, np.float32)
