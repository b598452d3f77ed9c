"""The photo that the window shows."""

from __future__ import annotations

from dataclasses import dataclass

from core.photo import Photo


@dataclass(frozen=True)
class Source:
    """What the canvas shows: a photo whose samples are mapped from its file, in the photo's own type."""

    photo: Photo
