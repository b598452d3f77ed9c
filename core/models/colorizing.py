"""What a colorizer is: a function that says the colours of a whole photo, seen small and grey.

Colours are a* and b* of CIE 1976 L*a*b* (D65, of linear light, sRGB's primaries), whatever a model works in itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]


@dataclass(frozen=True)
class Hints:
    """Colours that a person gave, at the size of what the model sees.

    ab: (h, w, 2) a* and b*, 0 where there is none. given: (h, w), 1 where there is one, else 0.
    """

    ab: Plane
    given: Plane


@dataclass(frozen=True)
class Colours:
    """ab: (h, w, 2), a* and b* of what is likely. sure: (h, w), 0, the model does not know, to 1."""

    ab: Plane
    sure: Plane


@dataclass(frozen=True)
class Colorizer:
    """A model of the tool "colorize".

    area: the photo is seen with about this many pixels, whatever its shape. takes_hints: whether it knows what to do
    with them.
    seen: of the lightness (h, w), sRGB-encoded, 0..1, of any size, the hints or None, and the number of grey levels
    to reduce it to first (0: all; models that do not know what for take no notice).
    """

    area: int
    takes_hints: bool
    seen: Callable[[Plane, Hints | None, int], Colours]
