"""A tool's results as .npy files in a job's private folder."""

from __future__ import annotations

from pathlib import Path

from . import handoff
from .color import Samples
from .photo import Box, Photo
from .reduced import reduced_alpha
from .repair import Repair, write_fill_layer


def write_fill(folder: Path, photo: Photo, repair: Repair, region: Box | None = None) -> str:
    """The fills as a layer with alpha: (H, W, colours + 1), or of the region's size; zero where nothing was filled."""
    box = region or photo.whole
    shape = (box.bottom - box.top, box.right - box.left, photo.samples.shape[2] + 1)
    layer = handoff.new_array(folder / "fill.npy", photo.samples.dtype, shape)
    write_fill_layer(repair, layer, box)
    return "fill.npy"


def write_samples(
    folder: Path, name: str, photo: Photo, samples: Samples, region: Box | None = None, scale: int = 1
) -> str:
    """New samples (h, w, C) of the photo, or of the region, reduced by the scale, laid out as the photo came."""
    alpha = reduced_alpha(photo, region or photo.whole, scale)
    height, width, colours = samples.shape
    array = handoff.new_array(folder / name, samples.dtype, (height, width, colours + (alpha is not None)))
    array[..., :colours] = samples
    if alpha is not None:
        array[..., colours] = alpha
    return name
