"""Repair: a photo and a mask in, fills for the masked places out. Nothing outside of them changes by one sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import mask as masks
from .color import Samples, from_view
from .models.registry import Filler, Registry
from .photo import Box, Mask, Photo
from .progress import Progress
from .tools import Value
from .translation import _, ngettext


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
    """The fills of a photo; their boxes may overlap, what they cover does not."""

    patches: list[Patch]
    model: str
    defects: int

    @property
    def summary(self) -> str:
        if not self.patches:
            return _("There was nothing to fill.")
        return ngettext("{count} defect was repaired.", "{count} defects were repaired.", self.defects).format(
            count=self.defects
        )


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
    photo, whatever the filler looks at, so the fill is the same to the last bit. Raises ModelError where the model
    does not exist or is broken, WrongInput where the mask is not of the photo's size, Cancelled from progress.
    """
    masks.check_size(mask, photo.height, photo.width)
    name = str(settings["model"])
    filler: Filler = models.load("repair", name)
    radius, grow, feather = (float(settings[key]) for key in ("radius", "grow", "feather"))
    limited = mask if photo.selection is None else np.where(photo.selection > 0, mask, np.uint8(0))
    reach = int(np.ceil(2 * (grow + feather) + radius)) + 2
    asked = region or photo.whole
    progress(0.0, _("Repairing"))
    places = masks.windows(limited, reach, asked)
    patches = []
    for index, window in enumerate(places):
        progress(index / len(places), _("Repairing"))
        patch = _patch(photo, limited, window, asked, filler, radius, grow, feather)
        if patch is not None:
            patches.append(patch)
    progress(1.0, _("Repairing"))
    return Repair(patches, name, masks.count(limited[asked.rows, asked.columns]) if patches else 0)


def _patch(
    photo: Photo,
    mask: Mask,
    window: masks.Window,
    asked: Box,
    filler: Filler,
    radius: float,
    grow: float,
    feather: float,
) -> Patch | None:
    """Fill one window and keep what was asked for. Other defects in it are no source, nor is what is transparent."""
    box = window.outer
    opaque = photo.opaque(box)
    opacity = masks.opacity(masks.grown(window.mask, grow), feather) * opaque
    if photo.selection is not None:
        opacity *= photo.selection[box.rows, box.columns] / np.float32(255)
    kept = window.inner.common(asked)
    inner = kept.within(box)
    covered = opacity[inner] > 0
    if not covered.any():
        return None
    hole = masks.grown(mask[box.rows, box.columns], grow + feather)
    hole = masks.binary((hole > 0) | ~opaque)
    if hole.all():
        return None  # nothing is left that a fill could be made from
    filled = filler(photo.view(box), hole, radius)[inner][covered]
    fill = from_view(filled[None], photo.samples.dtype, photo.encoding)[0]
    return Patch(kept, covered, fill, opacity[inner][covered].astype(np.float64))


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
