"""A photograph while it is being damaged: what it was, what it is, how opaque the damage is, which kind it is."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from core.training.textures import Bytes, Field, Rng, blurred, cloud, grain

VISIBLE = 0.06  # change of a channel (0..1) from which damage counts as seen
VISIBLE_LINE = 0.035  # the same for long lines: the eye joins them
VISIBLE_SOFT = 0.09  # and for broad soft shading, which has no edge to see
OPAQUE = 0.15  # opacity from which a pixel belongs to the defect


@dataclass
class Canvas:
    """clean, image: float32 (H, W, 3), 0..1. opacity, visible: float32 (H, W). kind: uint8 (H, W), 0 = sound."""

    clean: Field
    scale: float = 1.0  # of stroke widths: 1 at about 150 dpi of a small print, 4 at 600
    grain: float = 0.01  # deviation of the grain that comes after the damage
    coloured: bool = True  # False: the scan will be grey in the end, tints are lost
    current: int = 1  # the kind being painted
    image: Field = field(init=False)
    opacity: Field = field(init=False)
    visible: Field = field(init=False)
    kind: Bytes = field(init=False)

    def __post_init__(self) -> None:
        self.image = self.clean.copy()
        self.opacity = np.zeros(self.clean.shape[:2], np.float32)
        self.visible = np.full(self.clean.shape[:2], max(VISIBLE, 1.3 * self.grain), np.float32)
        self.kind = np.zeros(self.clean.shape[:2], np.uint8)

    @property
    def size(self) -> tuple[int, int]:
        return self.clean.shape[0], self.clean.shape[1]

    @property
    def area(self) -> float:
        """In crops of 256 x 256."""
        return float(self.clean.shape[0] * self.clean.shape[1] / 65536)

    def paint(self, alpha: Field, colour: Field, at: tuple[int, int] = (0, 0), visible: float = VISIBLE) -> None:
        """Cover by `colour` ((3,) or (h, w, 3), 0..1) with opacity `alpha` (h, w) 0..1, whose corner lies at (y, x)."""
        window, inner = self.window(at, alpha.shape[:2])
        if window is None:
            return
        alpha = np.clip(alpha[inner], 0.0, 1.0)
        fill = colour if colour.ndim == 1 else colour[inner]
        view = self.image[window]
        view += alpha[..., None] * (fill - view)
        self.note(window, alpha, visible)

    def shade(self, delta: Field, at: tuple[int, int] = (0, 0), visible: float = VISIBLE_SOFT) -> None:
        """Add `delta` (h, w) or (h, w, 3) to the image: light, shadow, dye. Opaque where it is strong."""
        window, inner = self.window(at, delta.shape[:2])
        if window is None:
            return
        delta = delta[inner]
        if delta.ndim == 2:
            delta = delta[..., None]
        self.image[window] += delta
        self.note(window, np.abs(delta).max(2) / 0.25, visible)

    def note(self, window: tuple[slice, slice], alpha: Field, visible: float) -> None:
        """Remember what was covered by how much, and from which change on it counts."""
        seen = alpha > OPAQUE * 0.6
        self.opacity[window] = np.maximum(self.opacity[window], alpha)
        limit = max(visible, (0.7 if visible < VISIBLE else 1.3) * self.grain)
        first = self.kind[window] == 0
        old = self.visible[window]
        self.visible[window] = np.where(seen, np.where(first, limit, np.minimum(old, limit)), old)
        self.kind[window][seen] = self.current

    def window(
        self, at: tuple[int, int], size: tuple[int, ...]
    ) -> tuple[tuple[slice, slice] | None, tuple[slice, slice]]:
        """The part of a patch at (y, x) that lies inside: (slices of the canvas or None, slices of the patch)."""
        h, w = self.size
        y0, x0 = max(at[0], 0), max(at[1], 0)
        y1, x1 = min(at[0] + size[0], h), min(at[1] + size[1], w)
        inner = (slice(y0 - at[0], y1 - at[0]), slice(x0 - at[1], x1 - at[1]))
        if y1 <= y0 or x1 <= x0:
            return None, inner
        return (slice(y0, y1), slice(x0, x1)), inner


def detail(image: Field) -> Field:
    """How busy (H, W, 3) is about each pixel: mean absolute fine structure (H, W). Texture hides faint damage."""
    green = image[..., 1]
    return blurred(np.abs(green - blurred(green, 1.5)), 4)


def visible_change(clean: Field, damaged: Field, opacity: Field, visible: Field) -> Bytes:
    """The mask: uint8 (H, W), 1 where a channel changed by more than `visible` and the defect is opaque enough."""
    change = np.abs(damaged - clean).max(2)
    # the limits were noted before the blur that comes with scanning: let a defect's own limit reach its soft rim
    limit = np.maximum(cv2.erode(visible, np.ones((3, 3), np.uint8)), 0.7 * detail(clean))
    seen = ((change > limit) & (opacity > OPAQUE)).astype(np.uint8)
    # a line that is seen here is followed where it grows fainter, and a spot to its rim
    near = cv2.dilate(seen, np.ones((7, 7), np.uint8)) > 0
    return np.asarray(near & (change > 0.6 * limit) & (opacity > 0.6 * OPAQUE), np.uint8)


def ink(rng: Rng, canvas: Canvas, polarity: str = "") -> Field:
    """A defect's colour (3,): bright, dark or any tone, sometimes tinted. `polarity`: "bright", "dark", or chance."""
    draw = rng.random()
    if not polarity:  # what shows: a little more often dark on a light picture, bright on a dark one
        bright = 0.44 + 0.5 * (0.45 - float(canvas.clean[::8, ::8].mean()))
        polarity = "bright" if draw < bright else "dark" if draw < 0.9 else "any"
    low, high = {"bright": (0.76, 1.0), "dark": (0.0, 0.24), "any": (0.0, 1.0)}[polarity]
    colour = np.full(3, rng.uniform(low, high), np.float32)
    draw = rng.random()
    if draw < 0.3:  # a slight cast
        colour += rng.normal(0, 0.05, 3).astype(np.float32)
    elif draw < 0.45:  # dye, ink, rust
        colour = colour * 0.5 + rng.uniform(0, 1, 3).astype(np.float32) * 0.5
    elif draw < 0.6:  # paper and dirt
        colour = colour * np.array([1.0, rng.uniform(0.85, 0.97), rng.uniform(0.65, 0.92)], np.float32)
    return np.clip(colour, 0, 1)


def opacity(rng: Rng) -> float:
    """Of a defect: mostly nearly opaque, a quarter of them faint."""
    return float(rng.uniform(0.7, 1) if rng.random() < 0.75 else rng.uniform(0.25, 0.7))


def textured(rng: Rng, colour: Field, h: int, w: int, amount: float) -> Field:
    """A colour (3,) made uneven: (h, w, 3). Nothing on old paper has one constant tone."""
    if h * w < 16:
        return np.broadcast_to(colour, (h, w, 3)).astype(np.float32)
    uneven = cloud(rng, h, w, rng.uniform(6, 60)) + 0.6 * grain(rng, h, w, rng.uniform(0, 1.6))
    field = colour + np.float32(amount) * uneven[..., None]
    return np.asarray(np.clip(field, 0, 1), np.float32)
