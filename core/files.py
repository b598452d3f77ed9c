"""Pictures in files: photos and masks, read and written at their own depth.

8-bit pictures go through Pillow. Pillow reduces 16-bit RGB to 8 without a word, so deeper ones are read with OpenCV
and tifffile; TIFFs are written with tifffile and deep PNGs by hand. EXIF orientation is applied when reading and set
to 1; ICC profile, the rest of EXIF and the resolution come out as they came in. Nothing half-written ever stands
under its final name.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin, UnidentifiedImageError

from . import mask as masks
from . import png
from .color import Encoding, Samples, from_view, to_view
from .exif import PREFIX as EXIF_PREFIX
from .exif import append_exif, descriptive_tags, exif_without_orientation, resolution, with_resolution
from .failures import FileProblem, WrongInput, lacks_memory
from .photo import Mask, Metadata, Photo
from .translation import _

FORMATS = {".png": "PNG", ".tif": "TIFF", ".tiff": "TIFF", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
SIDEWAYS = (5, 6, 7, 8)
"""The EXIF orientations that swap width and height."""
LARGEST = 500_000_000
"""Pixels. More is refused in one sentence rather than run out of memory."""

PART = "daguerre-part"
"""What the name of a half-written file says, so that none but ours is ever taken for one."""
FORGOTTEN = 3600.0
"""Seconds after which nobody writes on a half-written file any more."""

AS_RGB = cv2.IMREAD_ANYDEPTH | cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION
"""How OpenCV reads three channels in our order at once, which is half as quick again as turning them round."""

Image.MAX_IMAGE_PIXELS = None  # our own limit above is checked before pixels are decoded; OpenCV's is higher


@dataclass(frozen=True)
class _Header:
    """What Pillow knows before decoding."""

    format: str
    orientation: int
    icc: bytes | None
    metadata: Metadata
    is_deep: bool
    pages: int


def read_photo(path: Path) -> Photo:
    """The picture in a PNG, TIFF, JPEG or WebP file, upright. FileProblem where it cannot be read."""
    header = _header(path)
    try:
        pixels = _deep_pixels(path, header.format) if header.is_deep else _shallow_pixels(path)
    except Exception as error:
        raise _unreadable(path, error) from error
    if header.is_deep or header.format != "TIFF":  # Pillow turns TIFFs by itself while it loads them
        pixels = _oriented(pixels, header.orientation)
    samples, alpha = _split(pixels)
    return Photo(samples, alpha, Encoding("profile", header.icc), metadata=header.metadata)


def notes_on(path: Path) -> list[str]:
    """Sentences on what a file holds beyond the one picture that is read."""
    pages = _header(path).pages
    return (
        []
        if pages == 1
        else [_("{file} has {pages} pages; only the first was taken.").format(file=path.name, pages=pages)]
    )


def read_mask(path: Path) -> Mask:
    """A mask from a picture of any kind: marked where it is at least half bright (and half opaque)."""
    photo = read_photo(path)
    full = np.iinfo(photo.samples.dtype).max if photo.samples.dtype.kind == "u" else 1.0
    marked = photo.samples.max(axis=2) >= full / 2
    if photo.alpha is not None:
        marked &= photo.alpha >= full / 2
    return masks.binary(marked)


def read_hints(path: Path, photo: Photo) -> NDArray[np.uint8]:
    """Colour hints for a photo, (H, W, 4) uint8 RGBA, of a picture of the same size with transparency.

    WrongInput where the size is another or nothing in it is transparent, and what read_photo raises.
    """
    hints = read_photo(path)
    if (hints.height, hints.width) != (photo.height, photo.width):
        raise WrongInput(
            _("The hints are {given} pixels and the photo is {wanted}: they must have the same size.").format(
                given=f"{hints.width} x {hints.height}", wanted=f"{photo.width} x {photo.height}"
            )
        )
    if hints.alpha is None:
        raise WrongInput(_("The hints need transparency: it says where no colour is given."))
    view = from_view(hints.view(hints.whole), np.dtype(np.uint8), Encoding("srgb"))
    alpha = to_view(hints.alpha[..., None], Encoding("srgb"))
    colours = np.broadcast_to(view, (*view.shape[:2], 3))
    return np.dstack([colours, np.rint(np.clip(alpha, 0, 1) * 255).astype(np.uint8)])


def write_photo(photo: Photo, path: Path, overwrite: bool) -> None:
    """Write the photo at its own depth in the format that the name's ending says.

    FileProblem where the file exists and `overwrite` is off, where the format cannot hold the depth, or where it
    cannot be written.
    """
    kind = check_holds(photo, path)
    deep = photo.samples.dtype != np.uint8
    write: Callable[[Photo, Path], None] = _write_with_pillow
    if kind == "TIFF":
        write = _write_tiff
    elif deep:
        write = _write_deep_png
    write_whole(path, overwrite, lambda part: write(photo, part))


def write_grey(values: NDArray[np.uint8] | NDArray[np.uint16], path: Path, overwrite: bool) -> None:
    """Write a mask (H, W) uint8 or probabilities (H, W) uint16 as a single-channel picture."""
    write_photo(Photo(values[..., None]), path, overwrite)


def check_holds(photo: Photo, path: Path) -> str:
    """Pillow's name of the format that the ending says; FileProblem where it cannot hold the photo as it is."""
    kind = checked_format(path)
    if photo.samples.dtype != np.uint8 and kind in ("JPEG", "WEBP"):
        raise FileProblem(
            _("{format} holds 8 bits only and this photo has more: choose PNG or TIFF.").format(format=kind)
        )
    if kind == "PNG" and photo.samples.dtype not in (np.uint8, np.uint16):
        raise FileProblem(_("PNG holds 16 bits at most and this photo has more: choose TIFF."))
    if kind == "JPEG" and photo.alpha is not None:
        raise FileProblem(_("JPEG cannot hold transparency: choose PNG, TIFF or WebP."))
    return kind


def checked_format(path: Path) -> str:
    """Pillow's name of the format that the ending says; FileProblem for other endings."""
    try:
        return FORMATS[path.suffix.lower()]
    except KeyError:
        raise FileProblem(
            _("{file} cannot be written: its name must end in {endings}.").format(
                file=path.name, endings=", ".join(FORMATS)
            )
        ) from None


def check_exact(path: Path) -> None:
    """FileProblem where the format that the ending says does not keep every sample, as a mask needs it."""
    if checked_format(path) not in ("PNG", "TIFF"):
        raise FileProblem(_("A mask is exact to the pixel: choose PNG or TIFF for it."))


def write_whole(path: Path, overwrite: bool, write: Callable[[Path], None]) -> None:
    """Let `write` make the file under another name beside it, then give it its own: whole or not at all.

    Folders that are missing are made. FileProblem where the file exists and `overwrite` is off, or cannot be written.
    """
    if path.exists() and not overwrite:
        raise FileProblem(_("{file} exists already: choose another name.").format(file=path))
    part = path.with_name(f".{path.stem}.{os.getpid()}.{PART}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_forgotten(path.parent)
        write(part)
        part.replace(path)
    except OSError as error:
        raise FileProblem(
            _("{file} cannot be written: {reason}.").format(file=path, reason=error.strerror or error)
        ) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _remove_forgotten(folder: Path) -> None:
    """Remove what processes that were killed while they wrote a file left in this folder.

    By age, not by the process in its name: that may run on another machine, which has the folder too.
    """
    for part in folder.glob(f".*.{PART}.*"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > FORGOTTEN:
                part.unlink()


def _header(path: Path) -> _Header:
    if path.exists() and not (path.is_file() or path.is_dir()):  # a pipe, say, which would be waited for
        raise FileProblem(_("{file} is not a file.").format(file=path))
    try:
        with Image.open(path) as image:
            kind = "JPEG" if image.format == "MPO" else str(image.format)  # a camera's JPEG with a preview behind
            if kind not in FORMATS.values():
                raise FileProblem(
                    _("{file} is a {format} file; PNG, TIFF, JPEG and WebP can be read.").format(
                        file=path.name, format=kind
                    )
                )
            _check_size(path, image.width * image.height)
            if image.mode in ("CMYK", "LAB", "HSV"):
                raise FileProblem(
                    _("{file} is in {mode} colours: save it as RGB first.").format(file=path.name, mode=image.mode)
                )
            exif, orientation = exif_without_orientation(image)
            # WebP has its resolution in EXIF alone; for a JPEG without one Pillow makes up 72.
            in_exif = kind == "WEBP" or (kind == "JPEG" and image.info.get("jfif_unit") not in (1, 2))
            dpi = resolution(exif) if in_exif else image.info.get("dpi")
            return _Header(
                kind,
                orientation,
                image.info.get("icc_profile"),
                Metadata(exif, _upright_dpi(dpi, orientation)),
                _is_deep(image, path),
                1 if kind == "JPEG" else getattr(image, "n_frames", 1),
            )
    except FileNotFoundError:
        raise FileProblem(_("{file} does not exist.").format(file=path)) from None
    except IsADirectoryError:
        raise FileProblem(_("{file} is a folder, not a picture.").format(file=path)) from None
    except UnidentifiedImageError:
        header = _tiff_header(path)
        if header is not None:
            return header
        raise FileProblem(
            _("{file} is not a picture that can be read: PNG, TIFF, JPEG and WebP are.").format(file=path.name)
        ) from None
    except Exception as error:
        raise _unreadable(path, error) from error


def _tiff_header(path: Path) -> _Header | None:
    """The header of a TIFF of a kind that Pillow does not know (floating point with several channels, say)."""
    try:
        with tifffile.TiffFile(path) as tiff:
            page = tiff.pages.first
            has_unit = page.resolutionunit in (tifffile.RESUNIT.INCH, tifffile.RESUNIT.CENTIMETER)
            dpi = page.get_resolution(tifffile.RESUNIT.INCH) if has_unit else None
            orientation = int(page.tags[274].value) if 274 in page.tags else 1
            metadata = Metadata(None, _upright_dpi(dpi, orientation))
            header = _Header("TIFF", orientation, page.iccprofile, metadata, True, len(tiff.pages))
            pixels = int(page.imagelength) * int(page.imagewidth)
    except Exception:
        return None
    _check_size(path, pixels)
    return header


def _check_size(path: Path, pixels: int) -> None:
    if pixels > LARGEST:
        raise FileProblem(
            _("{file} has {n} megapixels; {most} is the most that can be read.").format(
                file=path.name, n=pixels // 1_000_000, most=LARGEST // 1_000_000
            )
        )


def _upright_dpi(dpi: Any, orientation: int) -> tuple[float, float] | None:
    """Across and down after turning upright; None where there is none that makes sense."""
    if not dpi or not all(0 < value < 65536 for value in dpi):
        return None
    across, down = (float(value) for value in dpi)
    return (down, across) if orientation in SIDEWAYS else (across, down)


def _unreadable(path: Path, error: Exception) -> Exception:
    """What to raise where an error came up while a file was read: the machine's failures are not the file's."""
    if isinstance(error, FileProblem) or lacks_memory(error):
        return error
    if isinstance(error, OSError) and error.errno and error.strerror:
        return FileProblem(_("{file} cannot be read: {reason}.").format(file=path.name, reason=error.strerror))
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return FileProblem(
        _("{file} is damaged and cannot be read ({reason}).").format(file=path.name, reason=reason.rstrip("."))
    )


def _is_deep(image: Image.Image, path: Path) -> bool:
    """Whether there are more than 8 bits a sample."""
    if image.format == "PNG":
        return png.depth_and_colour_type(path)[0] > 8
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return bool(max(image.tag_v2.get(258, (8,))) > 8)
    return False


def _shallow_pixels(path: Path) -> Samples:
    with Image.open(path) as image:
        has_alpha = image.mode in ("LA", "PA", "RGBA", "RGBa", "La") or "transparency" in image.info
        is_grey = image.mode in ("1", "L", "LA", "La")
        pixels = np.asarray(image.convert(("L" if is_grey else "RGB") + ("A" if has_alpha else "")))
    return pixels if pixels.ndim == 3 else pixels[..., None]


def _deep_pixels(path: Path, kind: str) -> Samples:
    pixels = _tiff_pixels(path) if kind == "TIFF" else _opencv_pixels(path, kind)
    if pixels.dtype.kind not in "uf":
        raise FileProblem(_("{file} has signed samples, which cannot be read.").format(file=path.name))
    if kind == "PNG" and pixels.shape[2] == 4 and png.depth_and_colour_type(path)[1] == png.GREY_WITH_ALPHA:
        pixels = pixels[..., [0, 3]]
    return pixels


def _opencv_pixels(path: Path, kind: str) -> Samples:
    """(H, W, 1..4) as OpenCV reads it, in the order red, green, blue, alpha."""
    as_rgb = kind == "PNG" and png.is_plain_rgb(path)
    pixels = cv2.imdecode(np.fromfile(path, np.uint8), AS_RGB if as_rgb else cv2.IMREAD_UNCHANGED)
    if pixels is None:
        raise ValueError(_("its content does not fit a {format} file").format(format=kind))
    if pixels.ndim == 2:
        return pixels[..., None]
    if pixels.shape[2] >= 3 and not as_rgb:
        blue = pixels[..., 0].copy()
        pixels[..., 0] = pixels[..., 2]
        pixels[..., 2] = blue
    return pixels


def _tiff_pixels(path: Path) -> Samples:
    """(H, W, 1..4): by tifffile, or by OpenCV where that lacks the compression (LZW) or does not know the layout."""
    with tifffile.TiffFile(path) as tiff:
        page = tiff.pages.first
        try:
            pixels = page.asarray()
        except ValueError:
            ends = map(sum, zip(page.dataoffsets, page.databytecounts, strict=True))
            if max(ends, default=0) > tiff.filehandle.size:  # of what is missing OpenCV makes up whole planes
                raise
            pixels = None
    if pixels is None or page.photometric not in PLAIN_PHOTOMETRICS:
        pixels = _opencv_pixels(path, "TIFF")
    elif page.planarconfig == tifffile.PLANARCONFIG.SEPARATE and pixels.ndim == 3:
        pixels = np.moveaxis(pixels, 0, -1)
    pixels = pixels if pixels.ndim == 3 else pixels[..., None]
    if pixels.shape[2] > 4:
        raise FileProblem(
            _("{file} has {count} channels; four are the most that can be read.").format(
                file=path.name, count=pixels.shape[2]
            )
        )
    pixels = pixels.astype(pixels.dtype.newbyteorder("="), copy=False)
    if page.photometric == tifffile.PHOTOMETRIC.MINISWHITE and pixels.dtype.kind == "u":
        pixels = np.iinfo(pixels.dtype).max - pixels
    if page.extrasamples[:1] == (tifffile.EXTRASAMPLE.ASSOCALPHA,):
        _divide_by_alpha(pixels)
    return pixels


PLAIN_PHOTOMETRICS = (tifffile.PHOTOMETRIC.MINISBLACK, tifffile.PHOTOMETRIC.MINISWHITE, tifffile.PHOTOMETRIC.RGB)


def _divide_by_alpha(pixels: Samples) -> None:
    """Colours that were stored multiplied by alpha (TIFF 6.0, associated alpha), as they were before; in place."""
    full = np.iinfo(pixels.dtype).max if pixels.dtype.kind == "u" else 1.0
    for row in pixels:
        colours, alpha = row[:, :-1].astype(np.float64), row[:, -1:].astype(np.float64)
        np.divide(colours * full, alpha, out=colours, where=alpha > 0)
        row[:, :-1] = np.rint(np.minimum(colours, full)) if pixels.dtype.kind == "u" else colours


def _split(pixels: Samples) -> tuple[Samples, Samples | None]:
    """Samples and alpha of (H, W, 1..4)."""
    if pixels.shape[2] in (2, 4):
        return np.ascontiguousarray(pixels[..., :-1]), np.ascontiguousarray(pixels[..., -1])
    return np.ascontiguousarray(pixels), None


def _oriented(pixels: Samples, orientation: int) -> Samples:
    """Pixels (H, W, C) turned upright (EXIF 2.32, tag 274)."""
    if orientation in SIDEWAYS:
        pixels = pixels.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return pixels


def _pillow_image(photo: Photo) -> Image.Image:
    pixels = photo.with_alpha()
    return Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)


def _write_with_pillow(photo: Photo, path: Path) -> None:
    kind = checked_format(path)
    formats: dict[str, dict[str, Any]] = {
        "PNG": {"compress_level": 4},
        "JPEG": {"quality": 95, "subsampling": 0},
        "WEBP": {"lossless": True, "quality": 50, "exact": True},
    }
    options = formats[kind]
    exif = photo.metadata.exif
    if kind == "WEBP":  # which has no other place for it
        exif = with_resolution(exif, photo.metadata.dpi)
    given = {"icc_profile": photo.encoding.profile, "exif": exif, "dpi": photo.metadata.dpi}
    options |= {name: value for name, value in given.items() if value is not None}
    encoded = io.BytesIO()  # Pillow's encoders, left alone with a file, do not tell when the disk is full
    try:
        _pillow_image(photo).save(encoded, kind, **options)
    except ValueError as error:
        raise FileProblem(
            _("The picture cannot be written as {format}: {reason}.").format(format=kind, reason=error)
        ) from error
    path.write_bytes(encoded.getbuffer())


def _write_deep_png(photo: Photo, path: Path) -> None:
    exif = photo.metadata.exif
    bare = exif.removeprefix(EXIF_PREFIX) if exif else None
    png.write_16_bit(path, photo.with_alpha(), photo.encoding.profile, bare, photo.metadata.dpi)


def _write_tiff(photo: Photo, path: Path) -> None:
    pixels = photo.with_alpha()
    tifffile.imwrite(
        path,
        pixels if pixels.shape[2] > 1 else pixels[..., 0],
        photometric="minisblack" if photo.is_grey else "rgb",
        extrasamples=None if photo.alpha is None else ["unassalpha"],
        planarconfig="contig" if pixels.shape[2] > 1 else None,
        compression="zlib",
        compressionargs={"level": 1},  # in the grain of a scan higher ones find no more
        predictor=pixels.dtype.kind == "u",
        iccprofile=photo.encoding.profile,
        metadata=None,
        software=False,
        resolution=photo.metadata.dpi,
        resolutionunit="INCH" if photo.metadata.dpi else None,
        extratags=descriptive_tags(photo.metadata.exif),
    )
    append_exif(path, photo.metadata.exif)
