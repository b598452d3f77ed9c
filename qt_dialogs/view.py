"""Which part of the photo is on the screen, and how large. Screen coordinates are device pixels of one pane."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, floor

from core.photo import Box

SMALLEST, LARGEST = 1 / 64, 64.0
TINY = 1e-9
STEPS = (
    *(1 / 64, 1 / 45, 1 / 32, 1 / 23, 1 / 16, 1 / 11, 1 / 8, 2 / 11, 1 / 4, 1 / 3, 1 / 2, 2 / 3, 1.0),
    *(1.5, 2.0, 3.0, 4.0, 5.5, 8.0, 11.0, 16.0, 23.0, 32.0, 45.0, 64.0),
)
"""The scales that the zoom buttons go through, as GIMP's do."""


@dataclass(frozen=True)
class View:
    """A pane of across x down device pixels over a photo; scale: device pixels for one of the photo's.

    x, y: the place of the photo, in its pixels, at the pane's centre. It never leaves the photo, so that the photo can
    be pushed out of sight by half a pane at most.
    """

    width: int
    height: int
    across: int = 1
    down: int = 1
    scale: float = 1.0
    x: float = 0.0
    y: float = 0.0

    @property
    def left(self) -> int:
        """Where the photo's left edge is; whole device pixels, so that 1:1 is sharp."""
        return round(self.across / 2 - self.x * self.scale)

    @property
    def top(self) -> int:
        return round(self.down / 2 - self.y * self.scale)

    @property
    def step(self) -> int:
        """How many pixels of the photo, a whole number, lie side by side in a device pixel; at least 1."""
        return max(1, floor(1 / self.scale + TINY))

    def to_photo(self, px: float, py: float) -> tuple[float, float]:
        """The photo's place under a place of the pane."""
        return (px - self.left) / self.scale, (py - self.top) / self.scale

    def to_screen(self, x: float, y: float) -> tuple[float, float]:
        """The pane's place over a place of the photo."""
        return self.left + x * self.scale, self.top + y * self.scale

    def zoomed(self, scale: float, px: float, py: float) -> View:
        """At another scale, with the same place of the photo at (px, py) where the edges allow it."""
        scale = min(max(scale, SMALLEST), LARGEST)
        x, y = self.to_photo(px, py)
        return replace(
            self, scale=scale, x=x - (px - self.across / 2) / scale, y=y - (py - self.down / 2) / scale
        )._clamped()

    def panned(self, right: float, down: float) -> View:
        """With the photo moved by this many device pixels."""
        return replace(self, x=self.x - right / self.scale, y=self.y - down / self.scale)._clamped()

    def fitted(self) -> View:
        """With the whole photo as large as the pane allows."""
        scale = min(self.across / self.width, self.down / self.height)
        return replace(self, scale=min(max(scale, SMALLEST), LARGEST), x=self.width / 2, y=self.height / 2)

    def resized(self, across: int, down: int) -> View:
        """In a pane of another size, with the same place at its centre."""
        return replace(self, across=max(across, 1), down=max(down, 1))._clamped()

    def next_step(self, larger: bool) -> float:
        """The scale after this one among STEPS."""
        if larger:
            return min((step for step in STEPS if step > self.scale * 1.001), default=LARGEST)
        return max((step for step in STEPS if step < self.scale * 0.999), default=SMALLEST)

    def visible(self) -> Box:
        """The photo's pixels that are at least partly in the pane; empty where there are none."""
        return self.covered(0, 0, self.across, self.down)

    def covered(self, left: int, top: int, right: int, bottom: int) -> Box:
        """The photo's pixels that are at least partly in a rectangle of the pane."""
        x0, y0 = self.to_photo(left, top)
        x1, y1 = self.to_photo(right, bottom)
        box_left, box_top = min(max(floor(x0), 0), self.width), min(max(floor(y0), 0), self.height)
        return Box(
            box_left,
            box_top,
            max(min(ceil(x1), self.width), box_left),
            max(min(ceil(y1), self.height), box_top),
        )

    def on_screen(self, box: Box) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of the device pixels that this part of the photo touches; may lie outside."""
        left, top = self.to_screen(box.left, box.top)
        right, bottom = self.to_screen(box.right, box.bottom)
        return floor(left), floor(top), ceil(right), ceil(bottom)

    def _clamped(self) -> View:
        return replace(self, x=min(max(self.x, 0.0), self.width), y=min(max(self.y, 0.0), self.height))
