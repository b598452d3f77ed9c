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
from .color import Samples, View, from_view
from .fringe import widened
from .grain import Grain, grain_of, grained
from .memory import give_back
from .models.filling import Filler, Hole
from .models.registry import Registry
from .parameters import Value
from .photo import Box, Mask, Photo
from .progress import Progress, part
from .reduced import reduced_box, reduced_mask, seen_at
from .tools import REPAIR
from .translation import _, ngettext

FALLBACK = "biharmonic"
WIDE = 16.0
"""Pixels from the rim of a defect to its middle from which on a fill sees more of its surroundings."""
FURTHEST = 256
"""Pixels of surroundings that are seen at most."""
BUNCH = 128 * 1024
"""Pixels of windows that are filled together."""
TILE = 2048
"""Pixels along a side of what gets its grain at once."""
HEARD = 0.2
"""Seconds after which a cancellation is heard at the latest."""
THREADS = min(4, os.cpu_count() or 1)
KEPT = 96 * 1024 * 1024
"""Bytes of fills that are remembered."""


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
    """The fills of a photo, or of the reduced one; their boxes may overlap, what they cover does not. notes are
    sentences for the person.
    """

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
    """How places are filled: radius, grow and feather in pixels of what is filled, each of which is `scale` of the
    photo's wide; whether a fill gets grain.
    """

    radius: float
    grow: float
    feather: float
    scale: int
    grainy: bool

    @property
    def reach(self) -> int:
        """Pixels around a defect that its filling depends on."""
        return int(np.ceil(2 * (self.grow + self.feather) + self.radius)) + 2


@dataclass(frozen=True)
class Filled:
    """A filled place before it gets its grain. covered is (h, w); for its n True pixels, row by row, view is (n, C),
    opacity (n,) float64 how much of the fill shows, and grain what it lacks, where that was asked for and is known.
    """

    box: Box
    covered: NDArray[np.bool_]
    view: View
    opacity: NDArray[np.float64]
    grain: Grain | None

    @property
    def nbytes(self) -> int:
        grain = (self.grain.lacking, self.grain.noise) if self.grain else ()
        return sum(values.nbytes for values in (self.covered, self.view, self.opacity, *grain))


@dataclass
class Memory:
    """What was found in one photo with one mask, for whoever repairs it again with other settings.

    reduced: the photo by the last scale. masks: what may be filled of it, by scale. filled: the fills of the preview
    seen last and how many defects they are of, by model, manner and place; the strength of the grain has no part in it.
    """

    reduced: dict[int, Photo] = field(default_factory=dict)
    masks: dict[int, Mask] = field(default_factory=dict)
    filled: dict[tuple[str, Manner, Box], tuple[list[Filled], int]] = field(default_factory=dict)

    def keep(self, key: tuple[str, Manner, Box], filled: list[Filled], defects: int) -> None:
        """Remember these fills alone, where there is room for them."""
        self.filled.clear()
        if sum(one.nbytes for one in filled) <= KEPT:
            self.filled[key] = filled, defects


def run(
    photo: Photo,
    mask: Mask,
    settings: Mapping[str, Value],
    models: Registry,
    progress: Progress,
    region: Box | None = None,
    scale: int = 1,
    memory: Memory | None = None,
) -> Repair:
    """Fill what the mask (H, W) marks, with the settings of the tool "repair".

    A selection in the photo limits what is changed. With a region, a box inside of the photo, only what lies in it is
    filled, and its defects alone are counted: each window that touches it is filled just as in the run over the whole
    photo, whatever the filler looks at, so the fill is the same (a network's up to its rounding). With a scale above 1
    photo and mask are reduced by it before, and all lengths with them; the region's left and top are multiples of it.
    memory is of this very photo and mask: what stands there is not computed again. Where the default model's weights
    are broken another takes its place, and a note says so. Raises ModelError where the model does not exist or is
    broken, WrongInput where the mask is not of the photo's size, Cancelled from progress.
    """
    masks.check_size(mask, photo.height, photo.width)
    card, filler, notes = models.load_or_another(
        "repair",
        str(settings["model"]),
        str(REPAIR.parameters[0].default),
        FALLBACK,
        _("{problem} The biharmonic fill was used instead."),
    )
    progress(0.0, _("Repairing"))
    memory = memory or Memory()
    grain = float(settings["grain"])
    radius, grow, feather = (float(settings[key]) / scale for key in ("radius", "grow", "feather"))
    manner = Manner(max(radius, 1.0), grow, feather, scale, grain > 0)
    seen = seen_at(photo, scale, memory.reduced, part(progress, 0.0, 0.5))
    asked = reduced_box(region or photo.whole, scale)
    key = (card.name, manner, asked)
    if key not in memory.filled:
        if scale not in memory.masks:
            limited = mask if photo.selection is None else np.where(photo.selection > 0, mask, np.uint8(0))
            memory.masks.clear()
            memory.masks[scale] = reduced_mask(limited, scale)
        done = part(progress, 0.5 if scale > 1 else 0.0, 1.0)
        filled = _filled(seen, memory.masks[scale], asked, filler, manner, done)
        defects = masks.count(memory.masks[scale][asked.rows, asked.columns]) if filled else 0
        memory.keep(key, filled, defects)
    else:
        filled, defects = memory.filled[key]
    progress(1.0, _("Repairing"))
    return Repair([_patch(seen, place, grain) for place in filled], card.name, defects, notes)


def _patch(seen: Photo, place: Filled, grain: float) -> Patch:
    fill = grained(place.view, place.grain, grain) if place.grain else place.view
    samples = from_view(fill[None], seen.samples.dtype, seen.encoding)[0]
    return Patch(place.box, place.covered, samples, place.opacity)


def _filled(photo: Photo, mask: Mask, asked: Box, filler: Filler, manner: Manner, progress: Progress) -> list[Filled]:
    """What the mask marks in a box, filled on all cores."""
    bunches = list(_bunches(masks.windows(mask, manner.reach, asked)))
    places: list[Filled] = []

    def fill(bunch: Sequence[masks.Window]) -> list[Filled]:
        return _places(photo, mask, bunch, asked, filler, manner)

    pool = ThreadPoolExecutor(THREADS)
    try:
        for index, future in enumerate([pool.submit(fill, bunch) for bunch in bunches]):
            while not wait([future], HEARD).done:
                progress(index / len(bunches), _("Repairing"))
            places.extend(future.result())
            progress((index + 1) / len(bunches), _("Repairing"))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        give_back()
    return places


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


def _places(
    photo: Photo, mask: Mask, windows: Sequence[masks.Window], asked: Box, filler: Filler, manner: Manner
) -> list[Filled]:
    """Fill some windows and keep what was asked for."""
    found = (_place(photo, mask, window, asked, manner) for window in windows)
    places = [place for place in found if place is not None]
    views = filler([Hole(place.view, place.hole, manner.radius, place.wanted, manner.scale) for place in places])
    return [
        part
        for place, view in zip(places, views, strict=True)
        for part in _parts(place, view, photo.height, photo.width, manner.grainy)
    ]


def _parts(place: Place, view: View, height: int, width: int, grainy: bool) -> Iterator[Filled]:
    """A place of a photo of this size with its filled view (h, w, C), in tiles where it is large: its grain takes
    several times the memory. How it is cut does not depend on what was asked for.
    """
    for tile in place.box.squares(TILE):
        if not tile.meets(place.kept):
            continue
        kept = tile.common(place.kept)
        own = kept.within(place.kept)
        if not place.covered[own].any():
            continue
        seen = tile.grown(FURTHEST, height, width).common(place.box)
        inside = seen.within(place.box)
        covered = np.zeros(place.hole[inside].shape, np.bool_)
        covered[kept.within(seen)] = place.covered[own]
        fill = view[inside]
        seed = (seen.left, seen.top)
        grain = grain_of(place.view[inside], fill, place.hole[inside] > 0, seed) if grainy else None
        opacity = place.opacity[own][place.covered[own]].astype(np.float64)
        yield Filled(kept, place.covered[own], fill[covered], opacity, grain.at(covered) if grain else None)


def _place(photo: Photo, mask: Mask, window: masks.Window, asked: Box, manner: Manner) -> Place | None:
    """What is to be filled of a window; None where that is nothing, or where nothing is left to fill it from.

    Other defects in it are no source, nor is what is transparent.
    """
    box, own = _surroundings(window, photo.height, photo.width)
    opaque, view = photo.opaque(box), photo.view(box)
    others = ((mask[box.rows, box.columns] > 0) & (own == 0)) | ~opaque
    marked = widened(view, own, others, manner.grow)
    shown = masks.opacity(marked, manner.feather)
    opacity = shown * opaque
    if photo.selection is not None:
        opacity *= photo.selection[box.rows, box.columns] / np.float32(255)
    kept = window.inner.common(asked)
    inside = opacity[kept.within(box)]
    covered = inside > 0
    apart = masks.grown(masks.binary(others), manner.grow + manner.feather)
    hole = np.maximum(masks.binary(shown > 0), apart)
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


def repaired_samples(photo: Photo, repair: Repair, box: Box | None = None) -> Samples:
    """A copy of the photo's samples (H, W, C), or of a box of them that holds all patches, with the fills in it;
    samples under opacity 0 are bit-identical.
    """
    box = box or photo.whole
    out = np.array(photo.samples[box.rows, box.columns])
    for patch in repair.patches:
        inside = out[patch.box.within(box)]
        weight = patch.opacity[:, None]
        before = inside[patch.covered].astype(np.float64)
        before = np.where(np.isfinite(before), before, patch.fill)  # nothing times "not a number" is not nothing
        blend = weight * patch.fill + (1 - weight) * before
        inside[patch.covered] = np.rint(blend) if out.dtype.kind == "u" else blend
    return out


def repaired_part(photo: Photo, repair: Repair, region: Box | None, scale: int, memory: Memory) -> Samples:
    """The samples of the repaired photo in a region, in the photo's type, reduced by the scale. memory: what the repair
    was made with.
    """
    box = reduced_box(region or photo.whole, scale)
    if scale == 1:
        return repaired_samples(photo, repair, box)
    samples = repaired_samples(memory.reduced[scale], repair, box)
    return from_view(samples, photo.samples.dtype, photo.encoding)


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
