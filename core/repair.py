"""Repair: a photo and a mask in, fills for the masked places out. Nothing outside of them changes by one sample."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from . import mask as masks
from . import memory
from .color import Samples, View, from_view
from .fringe import widened
from .grain import grained
from .models.filling import Filler, Hole
from .models.registry import Registry
from .parameters import Value
from .photo import Box, Mask, Photo
from .progress import Progress
from .tools import REPAIR
from .translation import _, ngettext

FALLBACK = "biharmonic"
WIDE = 16.0
"""Pixels from the rim of a defect to its middle from which on a fill sees more of its surroundings."""
FURTHEST = 256
"""Pixels of surroundings that are seen at most."""
BUNCH = 128 * 1024
"""Pixels of windows that are filled together."""
HEARD = 0.2
"""Seconds after which a cancellation is heard at the latest."""
THREADS = min(4, os.cpu_count() or 1)


@dataclass(frozen=True)
class Patch:
    """One filled place. covered is (h, w); for its n True pixels, row by row, fill is (n, C) in the photo's own type
    and opacity (n,) float64 how much of the fill shows, above 0 up to 1.
    """

    box: Box
    covered: NDArray[np.bool_]
    fill: Samples
    opacity: NDArray[np.float64]


@dataclass(frozen=True)
class Repair:
    """The fills of a photo; their boxes may overlap, what they cover does not. notes are sentences for the person."""

    patches: list[Patch]
    model: str
    defects: int
    notes: list[str] = field(default_factory=list)

    @property
    def summary(self) -> str:
        if not self.patches:
            return _("There was nothing to fill.")
        return ngettext("{count} defect was repaired.", "{count} defects were repaired.", self.defects).format(
            count=self.defects
        )


@dataclass(frozen=True)
class Manner:
    """How places are filled: radius, grow and feather in pixels, grain 0..1."""

    radius: float
    grow: float
    feather: float
    grain: float

    @property
    def reach(self) -> int:
        """Pixels around a defect that its filling depends on."""
        return int(np.ceil(2 * (self.grow + self.feather) + self.radius)) + 2


def run(
    photo: Photo,
    mask: Mask,
    settings: Mapping[str, Value],
    models: Registry,
    progress: Progress,
    region: Box | None = None,
) -> Repair:
    """Fill what the mask (H, W) marks, with the settings of the tool "repair".

    A selection in the photo limits what is changed. With a region, a box inside of the photo, only what lies in it is
    filled, and its defects alone are counted: each window that touches it is filled just as in the run over the whole
    photo, whatever the filler looks at, so the fill is the same (a network's up to its rounding). Where the default
    model's weights are broken another takes its place, and a note says so. Raises ModelError where the model does not
    exist or is broken, WrongInput where the mask is not of the photo's size, Cancelled from progress.
    """
    masks.check_size(mask, photo.height, photo.width)
    card, filler, notes = models.load_or_another(
        "repair",
        str(settings["model"]),
        str(REPAIR.parameters[0].default),
        FALLBACK,
        _("{problem} The biharmonic fill was used instead."),
    )
    manner = Manner(*(float(settings[key]) for key in ("radius", "grow", "feather", "grain")))
    limited = mask if photo.selection is None else np.where(photo.selection > 0, mask, np.uint8(0))
    asked = region or photo.whole
    progress(0.0, _("Repairing"))
    bunches = list(_bunches(masks.windows(limited, manner.reach, asked)))
    patches: list[Patch] = []

    def fill(bunch: Sequence[masks.Window]) -> list[Patch]:
        return _patches(photo, limited, bunch, asked, filler, manner)

    pool = ThreadPoolExecutor(THREADS)
    try:
        for index, future in enumerate([pool.submit(fill, bunch) for bunch in bunches]):
            while not wait([future], HEARD).done:
                progress(index / len(bunches), _("Repairing"))
            patches.extend(future.result())
            progress((index + 1) / len(bunches), _("Repairing"))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        memory.give_back()
    progress(1.0, _("Repairing"))
    return Repair(patches, card.name, masks.count(limited[asked.rows, asked.columns]) if patches else 0, notes)


def _bunches(windows: Sequence[masks.Window]) -> Iterator[list[masks.Window]]:
    """The windows in bunches of about BUNCH pixels."""
    bunch: list[masks.Window] = []
    for window in windows:
        bunch.append(window)
        if sum(other.outer.area for other in bunch) >= BUNCH:
            yield bunch
            bunch = []
    if bunch:
        yield bunch


@dataclass(frozen=True)
class Place:
    """A window about to be filled: the box that is seen, its view and hole, what of the hole is wanted, whatever region
    was asked for, and what the fill is kept for.
    """

    box: Box
    view: View
    hole: Mask
    wanted: NDArray[np.bool_]
    kept: Box
    covered: NDArray[np.bool_]
    opacity: NDArray[np.float32]


def _patches(
    photo: Photo, mask: Mask, windows: Sequence[masks.Window], asked: Box, filler: Filler, manner: Manner
) -> list[Patch]:
    """Fill some windows and keep what was asked for."""
    found = (_place(photo, mask, window, asked, manner) for window in windows)
    places = [place for place in found if place is not None]
    filled = filler([Hole(place.view, place.hole, manner.radius, place.wanted) for place in places])
    patches = []
    for place, view in zip(places, filled, strict=True):
        if manner.grain > 0:
            view = grained(place.view, view, place.hole > 0, manner.grain, (place.box.left, place.box.top))
        fill = view[place.kept.within(place.box)][place.covered]
        samples = from_view(fill[None], photo.samples.dtype, photo.encoding)[0]
        patches.append(Patch(place.kept, place.covered, samples, place.opacity[place.covered].astype(np.float64)))
    return patches


def _place(photo: Photo, mask: Mask, window: masks.Window, asked: Box, manner: Manner) -> Place | None:
    """What is to be filled of a window; None where that is nothing, or where nothing is left to fill it from.

    Other defects in it are no source, nor is what is transparent.
    """
    box, own = _surroundings(window, photo.height, photo.width)
    opaque, view = photo.opaque(box), photo.view(box)
    others = ((mask[box.rows, box.columns] > 0) & (own == 0)) | ~opaque
    marked = widened(view, own, others, manner.grow)
    opacity = masks.opacity(marked, manner.feather) * opaque
    if photo.selection is not None:
        opacity *= photo.selection[box.rows, box.columns] / np.float32(255)
    kept = window.inner.common(asked)
    inside = opacity[kept.within(box)]
    covered = inside > 0
    apart = masks.grown(masks.binary(others), manner.grow + manner.feather)
    hole = np.maximum(masks.grown(marked, manner.feather), apart)
    if not covered.any() or hole.all():
        return None
    wanted = np.zeros(hole.shape, np.bool_)
    own_part = window.inner.within(box)
    wanted[own_part] = opacity[own_part] > 0
    return Place(box, view, hole, wanted, kept, covered, inside)


def _surroundings(window: masks.Window, height: int, width: int) -> tuple[Box, Mask]:
    """What is seen for a window, and the window's own mask in it; round wide defects twice their width is seen."""
    deep = float(cv2.distanceTransform(window.mask, cv2.DIST_L2, cv2.DIST_MASK_3).max())
    if deep <= WIDE:
        return window.outer, window.mask
    box = window.outer.grown(min(round(4 * deep), FURTHEST), height, width)
    own = np.zeros((box.bottom - box.top, box.right - box.left), np.uint8)
    own[window.outer.within(box)] = window.mask
    return box, own


def repaired_samples(photo: Photo, repair: Repair) -> Samples:
    """A copy of the photo's samples (H, W, C) with the fills in it; samples under opacity 0 are bit-identical."""
    out = np.array(photo.samples)
    for patch in repair.patches:
        inside = out[patch.box.rows, patch.box.columns]
        weight = patch.opacity[:, None]
        before = inside[patch.covered].astype(np.float64)
        before = np.where(np.isfinite(before), before, patch.fill)  # nothing times "not a number" is not nothing
        blend = weight * patch.fill + (1 - weight) * before
        inside[patch.covered] = np.rint(blend) if out.dtype.kind == "u" else blend
    return out


def write_fill_layer(repair: Repair, layer: Samples, box: Box) -> None:
    """Write the fills into `layer` (h, w, C + 1), all zero before, which stands for this box of the photo and holds all
    patches: the last channel is how much of the fill shows.
    """
    full = np.iinfo(layer.dtype).max if layer.dtype.kind == "u" else 1.0
    for patch in repair.patches:
        inside = layer[patch.box.within(box)]
        alpha = patch.opacity[:, None] * full
        shown = np.rint(alpha) if layer.dtype.kind == "u" else alpha
        inside[patch.covered] = np.concatenate([patch.fill, shown.astype(layer.dtype)], axis=1)
