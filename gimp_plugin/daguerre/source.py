"""The photo as it was when it was read, which outlives its layer and its image."""

from __future__ import annotations

from pathlib import Path
from typing import Any, List, Optional, Tuple

from gi.repository import Gimp

import layer_masks
import layers
import masks
import pixels

PHOTO, HIDING = "photo.npy", "hiding.npy"
"""In a job's folder: the samples that were read, and the layer mask that hides some of them."""


class Source:
    """What a photo was when its samples were read: enough to see whether it still is, and to build it again.

    What its layer mask hides is kept in the job's folder, beside the samples.
    """

    def __init__(self, image: Any, photo: Any, folder: Path) -> None:
        self.folder = folder
        self.size = (image.get_width(), image.get_height())
        self.offsets = masks.offsets(photo)
        self.name = photo.get_name()
        self.grey = photo.is_gray()
        self.shape = pixels.layout(photo)
        self.pixel_format = pixels.own_format(photo)
        self.precision = image.get_precision()
        self.profile = image.get_color_profile()
        self.resolution = image.get_resolution()
        self.unit = image.get_unit()
        self.hides = photo.get_apply_mask() and photo.get_mask() is not None
        if self.hides:
            pixels.save(photo.get_mask(), folder / HIDING)

    def still_is(self, image: Any, photo: Any) -> bool:
        """Whether the photo is in the image, with the size and format it had. It may have been moved."""
        return bool(
            image.is_valid()
            and photo.is_valid()
            and photo.get_image().get_id() == image.get_id()
            and pixels.own_format(photo) == self.pixel_format
            and pixels.layout(photo) == self.shape
        )

    def still_shows(self, photo: Any) -> bool:
        """Whether a photo that still is has the samples that were read."""
        return pixels.are(photo, self.folder / PHOTO)

    def fits(self, image: Any) -> bool:
        """Whether a layer of this image would store the photo's samples as they are."""
        if image.get_base_type() != self._base():
            return False
        one = self._layer(image, (1, 1))
        try:
            return pixels.own_format(one) == self.pixel_format
        finally:
            one.delete()

    def again(self) -> Any:
        """A new image like the photo's, with nothing in it but this photo, from the samples that were read."""
        image = Gimp.Image.new_with_precision(*self.size, self._base(), self.precision)
        try:
            image.undo_disable()
            if self.profile is not None:
                image.set_color_profile(self.profile)
            image.set_resolution(self.resolution[1], self.resolution[2])
            image.set_unit(self.unit)
            self.over(image, None, [])
            image.undo_enable()
        except BaseException:
            image.delete()
            raise
        return image

    def over(self, image: Any, below: Optional[Any], added: List[Any]) -> Any:
        """A layer that is this photo, from the samples that were read, directly above another one; None: on top.

        The image must be one that it fits into. `added` is one_step's list.
        """
        made = self._layer(image, (self.shape.width, self.shape.height))
        try:
            pixels.load(made, self.folder / PHOTO)
        except BaseException:
            made.delete()
            raise
        if below is not None:
            layers.insert_above(image, made, below, added)
        else:
            made.set_offsets(*self.offsets)
            layers.insert(image, made, None, 0, added)
        if self.hides:
            hiding = made.create_mask(Gimp.AddMaskType.WHITE)
            pixels.load(hiding, self.folder / HIDING)
            layer_masks.add(made, hiding)
        return made

    def _base(self) -> Any:
        return Gimp.ImageBaseType.GRAY if self.grey else Gimp.ImageBaseType.RGB

    def _layer(self, image: Any, size: Tuple[int, int]) -> Any:
        kind = layers.layer_kind(self.grey, self.shape.alpha)
        return Gimp.Layer.new(image, self.name, *size, kind, 100.0, Gimp.LayerMode.NORMAL)
