"""A tool's results as .npy files in a job's private folder."""

from __future__ import annotations

from pathlib import Path

from . import handoff
from .photo import Box, Photo
from .repair import Repair, repaired_samples, write_fill_layer


def write_fill(folder: Path, photo: Photo, repair: Repair, region: Box | None = None) -> str:
    """The fills as a layer with alpha: (H, W, colours + 1), or of the region's size; zero where nothing was filled."""
    box = region or photo.whole
    shape = (box.bottom - box.top, box.right - box.left, photo.samples.shape[2] + 1)
    layer = handoff.new_array(folder / "fill.npy", photo.samples.dtype, shape)
    write_fill_layer(repair, layer, box)
    return "fill.npy"


def write_repaired(folder: Path, photo: Photo, repair: Repair) -> str:
    """The whole photo with the fills in it, laid out as it came."""
    colours = photo.samples.shape[2]
    shape = (photo.height, photo.width, colours + (photo.alpha is not None))
    whole = handoff.new_array(folder / "result.npy", photo.samples.dtype, shape)
    whole[..., :colours] = repaired_samples(photo, repair)
    if photo.alpha is not None:
        whole[..., colours] = photo.alpha
    return "result.npy"
