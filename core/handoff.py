"""Photos and masks as .npy files in a job's private folder: how pixels travel between the processes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from . import mask as masks
from .color import Encoding, Samples
from .failures import WrongInput
from .photo import Mask, Metadata, Photo
from .protocol import PhotoFiles
from .translation import _

TYPES = ("uint8", "uint16", "uint32", "float16", "float32", "float64")


def read_photo(folder: Path, files: PhotoFiles) -> Photo:
    """The photo in a job's folder; its samples stay on disk and are mapped. WrongInput where they do not fit."""
    pixels = read_array(folder, files.samples)
    channels = pixels.shape[2] if pixels.ndim == 3 else 0
    colours = channels - files.alpha
    if pixels.dtype.name not in TYPES or colours not in (1, 3) or not pixels.size:
        raise WrongInput(_("The photo's samples have a layout that Daguerre does not know."))
    profile, exif = (_bytes(folder, name) for name in (files.profile, files.exif))
    selection = _plane(folder, files.selection, pixels.shape[:2]) if files.selection else None
    return Photo(
        pixels[..., :colours],
        pixels[..., colours] if files.alpha else None,
        Encoding(files.curve, profile),
        selection,
        Metadata(exif, files.dpi),
    )


def write_photo(folder: Path, photo: Photo, name: str) -> PhotoFiles:
    """Write the photo with its profile and EXIF into the folder, without a selection; name is the person's for it."""
    write_array(folder, "photo.npy", photo.with_alpha())
    given = {"photo.icc": photo.encoding.profile, "photo.exif": photo.metadata.exif}
    for file, content in given.items():
        if content is not None:
            (folder / file).write_bytes(content)
    profile, exif = (file if given[file] is not None else None for file in given)
    curve, dpi = photo.encoding.curve, photo.metadata.dpi
    return PhotoFiles("photo.npy", photo.alpha is not None, curve, profile, None, name, exif, dpi)


def read_mask(folder: Path, name: str, photo: Photo) -> Mask:
    """The mask in a job's folder, of a channel (H, W) or of a mask layer (H, W, 4)."""
    values = read_array(folder, name)
    if values.dtype != np.uint8 or values.shape not in (
        (photo.height, photo.width),
        (photo.height, photo.width, 4),
    ):
        raise WrongInput(_("The mask does not have the photo's size."))
    return masks.binary(values)


def read_hints(folder: Path, name: str, photo: Photo) -> NDArray[np.uint8]:
    """The colour hints in a job's folder, (H, W, 4)."""
    values = read_array(folder, name)
    if values.dtype != np.uint8 or values.shape != (photo.height, photo.width, 4):
        raise WrongInput(_("The colour hints do not have the photo's size."))
    return values


def write_mask(folder: Path, mask: Mask, name: str = "mask.npy") -> str:
    """Write a mask (H, W) uint8; returns the file's name."""
    return write_array(folder, name, mask)


def write_array(folder: Path, name: str, values: NDArray[Any]) -> str:
    """Write an array, C order; returns the file's name. OSError where the disk is full."""
    new_array(folder / name, values.dtype, values.shape)[:] = values
    return name


def new_array(path: Path, dtype: np.dtype[Any], shape: tuple[int, ...]) -> Samples:
    """A new file with an array, all zero, mapped. OSError where the disk is full."""
    path.unlink(missing_ok=True)  # who still has an older result of this name mapped keeps it
    out: Any = open_memmap(path, "w+", dtype, shape)
    if hasattr(os, "posix_fallocate"):  # on a full disk writing to the map would kill the process
        with path.open("r+b") as stream:
            os.posix_fallocate(stream.fileno(), 0, path.stat().st_size)
    return out  # type: ignore[no-any-return]


def read_array(folder: Path, name: str) -> NDArray[Any]:
    """An array in the job's folder, mapped; WrongInput where it is missing or damaged."""
    try:
        return open_memmap(folder / name, "r")
    except FileNotFoundError:
        raise _missing(name) from None
    except Exception:
        raise WrongInput(_("The file {name} of the job is damaged.").format(name=name)) from None


def check_results(folder: Path, request: Mapping[str, Any], files: Mapping[str, str]) -> None:
    """WrongInput where a result of a message "run" is missing, damaged, or not laid out as core.protocol says."""
    photo = read_array(folder, request["photo"]["samples"])
    alpha, channels, scale = bool(request["photo"].get("alpha")), photo.shape[2], request.get("scale", 1)
    left, top, right, bottom = request.get("region") or (0, 0, photo.shape[1], photo.shape[0])
    size = (-(-(bottom - top) // scale), -(-(right - left) // scale))
    like, coloured = (*size, channels), (*size, 3 + alpha)
    layouts: dict[str, tuple[str, list[tuple[int, ...]]]] = {
        "mask": ("uint8", [size]),
        "probability": ("uint16", [size]),
        "fill": (photo.dtype.name, [(*size, channels - alpha + 1)]),
        "photo": (photo.dtype.name, [like, coloured]),
        "enhanced": (photo.dtype.name, [like]),
        "colours": (photo.dtype.name, [coloured]),
    }
    for result in layouts.keys() & files.keys():
        dtype, shapes = layouts[result]
        values = read_array(folder, files[result])
        if values.dtype.name != dtype or values.shape not in shapes or not values.flags.c_contiguous:
            raise WrongInput(_("The file {name} of the job is damaged.").format(name=files[result]))


def _missing(name: str) -> WrongInput:
    return WrongInput(_("The file {name} of the job is missing.").format(name=name))


def _bytes(folder: Path, name: str | None) -> bytes | None:
    if name is None:
        return None
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError:
        raise _missing(name) from None


def _plane(folder: Path, name: str, shape: tuple[int, ...]) -> Mask:
    plane = read_array(folder, name)
    if plane.dtype != np.uint8 or plane.shape != shape:
        raise WrongInput(_("The selection does not have the photo's size."))
    return plane
