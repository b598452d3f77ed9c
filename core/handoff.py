"""Photos and results as .npy files in a job's private folder: how pixels travel between GIMP and the engine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from . import mask as masks
from .color import Encoding, Samples
from .failures import WrongInput
from .photo import Mask, Photo
from .protocol import PhotoFiles
from .repair import Repair, repaired_samples, write_fill_layer
from .translation import _

TYPES = ("uint8", "uint16", "uint32", "float16", "float32", "float64")


def read_photo(folder: Path, files: PhotoFiles) -> Photo:
    """The photo in a job's folder; its samples stay on disk and are mapped. WrongInput where they do not fit."""
    pixels = _array(folder / files.samples)
    channels = pixels.shape[2] if pixels.ndim == 3 else 0
    colours = channels - files.alpha
    if pixels.dtype.name not in TYPES or colours not in (1, 3) or not pixels.size:
        raise WrongInput(_("The photo's samples have a layout that Daguerre does not know."))
    profile = (folder / files.profile).read_bytes() if files.profile else None
    selection = _plane(folder / files.selection, pixels.shape[:2]) if files.selection else None
    return Photo(
        pixels[..., :colours],
        pixels[..., colours] if files.alpha else None,
        Encoding(files.curve, profile),
        selection,
    )


def read_mask(folder: Path, name: str, photo: Photo) -> Mask:
    """The mask in a job's folder, of a channel (H, W) or of a mask layer (H, W, 4)."""
    values = _array(folder / name)
    if values.dtype != np.uint8 or values.shape not in (
        (photo.height, photo.width),
        (photo.height, photo.width, 4),
    ):
        raise WrongInput(_("The mask does not have the photo's size."))
    return masks.binary(values)


def write_mask(folder: Path, mask: Mask) -> str:
    _new(folder / "mask.npy", mask.dtype, mask.shape)[:] = mask
    return "mask.npy"


def write_fill(folder: Path, photo: Photo, repair: Repair) -> str:
    """The fills as a layer with alpha: (H, W, C + 1), transparent where nothing was filled."""
    shape = (photo.height, photo.width, photo.samples.shape[2] + 1)
    layer = _new(folder / "fill.npy", photo.samples.dtype, shape)
    write_fill_layer(photo, repair, layer)
    return "fill.npy"


def write_repaired(folder: Path, photo: Photo, repair: Repair) -> str:
    """The whole photo with the fills in it, laid out as it came."""
    colours = photo.samples.shape[2]
    shape = (photo.height, photo.width, colours + (photo.alpha is not None))
    whole = _new(folder / "result.npy", photo.samples.dtype, shape)
    whole[..., :colours] = repaired_samples(photo, repair)
    if photo.alpha is not None:
        whole[..., colours] = photo.alpha
    return "result.npy"


def _new(path: Path, dtype: np.dtype[Any], shape: tuple[int, ...]) -> Samples:
    out: Any = open_memmap(path, "w+", dtype, shape)
    if hasattr(os, "posix_fallocate"):  # on a full disk writing to the map would kill the process
        with path.open("r+b") as stream:
            os.posix_fallocate(stream.fileno(), 0, path.stat().st_size)
    return out  # type: ignore[no-any-return]


def _array(path: Path) -> NDArray[Any]:
    try:
        return open_memmap(path, "r")
    except FileNotFoundError:
        raise WrongInput(_("The file {name} of the job is missing.").format(name=path.name)) from None
    except Exception:
        raise WrongInput(_("The file {name} of the job is damaged.").format(name=path.name)) from None


def _plane(path: Path, shape: tuple[int, ...]) -> Mask:
    plane = _array(path)
    if plane.dtype != np.uint8 or plane.shape != shape:
        raise WrongInput(_("The selection does not have the photo's size."))
    return plane
