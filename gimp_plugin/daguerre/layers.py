"""Results back into the image, as one step of its history."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator, List

from gi.repository import Gimp

import masks
import pixels
from failure import Failure
from translation import _


@contextmanager
def one_step(image: Any) -> Iterator[List[Any]]:
    """Everything done inside is one step back for Ctrl+Z.

    Items put into the list that it gives are taken out again where something fails: nothing half-done stays.
    """
    added: List[Any] = []
    selected = image.get_selected_layers()
    image.undo_group_start()
    try:
        yield added
    except BaseException:
        for item in reversed(added):
            if item.is_valid():
                image.remove_layer(item) if item.is_layer() else image.remove_channel(item)
        image.set_selected_layers([layer for layer in selected if layer.is_valid()])
        raise
    finally:
        image.undo_group_end()


def layer_kind(grey: bool, alpha: bool) -> Any:
    """GIMP's type for a layer."""
    if grey:
        return Gimp.ImageType.GRAYA_IMAGE if alpha else Gimp.ImageType.GRAY_IMAGE
    return Gimp.ImageType.RGBA_IMAGE if alpha else Gimp.ImageType.RGB_IMAGE


def fill(image: Any, photo: Any, path: Path) -> Any:
    """A layer of the photo's size and format from an array of the fill, always with alpha; not in the image yet."""
    name = _("Repaired ({photo})").format(photo=photo.get_name())
    kind = layer_kind(photo.is_gray(), True)
    made = Gimp.Layer.new(image, name, photo.get_width(), photo.get_height(), kind, 100.0, Gimp.LayerMode.NORMAL)
    try:
        pixels.load(made, path)
    except BaseException:
        made.delete()
        raise
    return made


def insert_above(image: Any, made: Any, below: Any, added: List[Any]) -> None:
    """Put a new layer directly above another one: same group, same offsets. `added` is one_step's list."""
    if not image.insert_layer(made, below.get_parent(), image.get_item_position(below)):
        raise Failure("bug", _("GIMP did not take the new layer."))
    added.append(made)
    made.set_offsets(*masks.offsets(below))


def insert_channel(image: Any, made: Any, added: List[Any]) -> None:
    """Put a new channel on top of the others. `added` is one_step's list."""
    if not image.insert_channel(made, None, 0):
        raise Failure("bug", _("GIMP did not take the new channel."))
    added.append(made)


def replace_pixels(image: Any, photo: Any, path: Path) -> None:
    """Give a photo the samples of an array of its own format. Nothing may lock it (see checks.in_place).

    Selection and alpha lock are put aside meanwhile: with either, GIMP composes the whole rectangle in 32-bit floats
    and changes samples that should stay as they are. The engine has kept to the selection already.
    """
    shadow = photo.get_shadow_buffer()
    pixels.load(photo, path, shadow)
    active = image.get_selected_layers()
    held = None if Gimp.Selection.is_empty(image) else Gimp.Selection.save(image)
    alpha_locked = photo.get_lock_alpha()
    try:
        if held is not None:
            Gimp.Selection.none(image)
        if alpha_locked:
            photo.set_lock_alpha(False)
        if not photo.merge_shadow(True):
            raise Failure("bug", _("GIMP did not take the repaired pixels."))
        photo.update(0, 0, photo.get_width(), photo.get_height())
    finally:
        if alpha_locked:
            photo.set_lock_alpha(True)
        if held is not None:
            image.select_item(Gimp.ChannelOps.REPLACE, held)
            image.remove_channel(held)
            image.set_selected_layers(active)


def select(image: Any, made: Any, added: List[Any]) -> None:
    """Make a channel's values the selection; the channel itself does not stay."""
    insert_channel(image, made, added)
    image.select_item(Gimp.ChannelOps.REPLACE, made)
    image.remove_channel(made)


class Source:
    """What a photo was when its samples were read: enough to see whether it still is, and to build it again."""

    def __init__(self, image: Any, photo: Any) -> None:
        self.name = photo.get_name()
        self.grey = photo.is_gray()
        self.shape = pixels.layout(photo)
        self.pixel_format = pixels.own_format(photo)
        self.precision = image.get_precision()
        self.profile = image.get_color_profile()
        self.resolution = image.get_resolution()

    def still_is(self, image: Any, photo: Any) -> bool:
        """Whether the photo is in the image, with the size and format it had. It may have been moved."""
        return bool(
            image.is_valid()
            and photo.is_valid()
            and photo.get_image().get_id() == image.get_id()
            and pixels.layout(photo) == self.shape
            and pixels.own_format(photo) == self.pixel_format
        )

    def again(self, path: Path) -> Any:
        """A new image with nothing but this photo, from the samples that were read."""
        base = Gimp.ImageBaseType.GRAY if self.grey else Gimp.ImageBaseType.RGB
        width, height = self.shape.width, self.shape.height
        image = Gimp.Image.new_with_precision(width, height, base, self.precision)
        try:
            image.undo_disable()
            if self.profile is not None:
                image.set_color_profile(self.profile)
            image.set_resolution(self.resolution[1], self.resolution[2])
            kind = layer_kind(self.grey, self.shape.alpha)
            photo = Gimp.Layer.new(image, self.name, width, height, kind, 100.0, Gimp.LayerMode.NORMAL)
            image.insert_layer(photo, None, 0)
            pixels.load(photo, path)
            image.undo_enable()
        except BaseException:
            image.delete()
            raise
        return image
