"""Results back into the image, as one step of its history."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator, List, Optional, Sequence

from gi.repository import Gimp

import masks
import pixels
from failure import Failure
from translation import _


@contextmanager
def one_step(image: Any, in_colour: bool = False) -> Iterator[List[Any]]:
    """Everything done inside is one step back for Ctrl+Z.

    Items put into the list that it gives are taken out again where something fails: nothing half-done stays.
    in_colour: a grey image becomes an RGB one first, and grey again where something fails.
    """
    added: List[Any] = []
    selected, profile = image.get_selected_layers(), image.get_color_profile()
    converts = in_colour and image.get_base_type() == Gimp.ImageBaseType.GRAY
    image.undo_group_start()
    try:
        if converts and not image.convert_rgb():
            raise Failure("bug", _("GIMP did not convert the image to RGB."))
        yield added
    except BaseException:
        for item in reversed(added):
            if item.is_valid():
                _take_out(image, item)
        if converts and image.get_base_type() == Gimp.ImageBaseType.RGB and image.convert_grayscale() and profile:
            image.convert_color_profile(profile, Gimp.ColorRenderingIntent.RELATIVE_COLORIMETRIC, True)
        image.set_selected_layers([layer for layer in selected if layer.is_valid()])
        raise
    finally:
        image.undo_group_end()


def _take_out(image: Any, item: Any) -> None:
    if item.is_layer():
        image.remove_layer(item)
    elif item.is_layer_mask():
        Gimp.Layer.from_mask(item).remove_mask(Gimp.MaskApplyMode.DISCARD)
    else:
        image.remove_channel(item)


def layer_kind(grey: bool, alpha: bool) -> Any:
    """GIMP's type for a layer."""
    if grey:
        return Gimp.ImageType.GRAYA_IMAGE if alpha else Gimp.ImageType.GRAY_IMAGE
    return Gimp.ImageType.RGBA_IMAGE if alpha else Gimp.ImageType.RGB_IMAGE


def of_result(image: Any, photo: Any, result: str, path: Path, kept: pixels.Stored) -> Any:
    """A layer of the photo's size from an array that is stored like this; not in the image yet.

    Colours leave the lightness of what is below them as it is.
    """
    names = {"fill": _("Repaired ({photo})"), "enhanced": _("Enhanced ({photo})"), "colours": _("Colours ({photo})")}
    name, kind = names[result].format(photo=photo.get_name()), layer_kind(photo.is_gray(), kept.layout.alpha)
    mode = Gimp.LayerMode.LCH_COLOR if result == "colours" else Gimp.LayerMode.NORMAL
    made = Gimp.Layer.new(image, name, photo.get_width(), photo.get_height(), kind, 100.0, mode)
    try:
        pixels.load(made, path, None, kept)
    except BaseException:
        made.delete()
        raise
    return made


def insert_above(image: Any, made: Any, below: Any, added: List[Any], photo: Optional[Any] = None) -> None:
    """Put a new layer directly above another one: same group, and the offsets of the photo, or of that other one.

    It gets them before it is in the image: what is in a group of locked position cannot be moved. `added` is
    one_step's list.
    """
    made.set_offsets(*masks.offsets(photo or below))
    insert(image, made, below.get_parent(), image.get_item_position(below), added)


def insert(image: Any, made: Any, parent: Optional[Any], position: int, added: List[Any]) -> None:
    """Put a new layer at a place of a group, or of the image. `added` is one_step's list."""
    if not image.insert_layer(made, parent, position):
        raise Failure("bug", _("GIMP did not take the new layer."))
    added.append(made)


def insert_channel(image: Any, made: Any, added: List[Any]) -> None:
    """Put a new channel on top of the others. `added` is one_step's list."""
    if not image.insert_channel(made, None, 0):
        raise Failure("bug", _("GIMP did not take the new channel."))
    added.append(made)


def take_shadows(image: Any, drawables: Sequence[Any]) -> None:
    """Let what was written into the shadow buffers of these drawables become their pixels, undoably.

    Nothing may lock them (see checks.in_place). Selection and alpha lock are put aside meanwhile: with either, GIMP
    composes the whole rectangle in 32-bit floats and changes samples that should stay as they are.
    """
    with _no_selection(image):
        for drawable in drawables:
            alpha_locked = drawable.get_lock_alpha()
            try:
                if alpha_locked:
                    drawable.set_lock_alpha(False)
                if not drawable.merge_shadow(True):
                    raise Failure("bug", _("GIMP did not take the new pixels."))
                drawable.update(0, 0, drawable.get_width(), drawable.get_height())
            finally:
                if alpha_locked:
                    drawable.set_lock_alpha(True)


@contextmanager
def _no_selection(image: Any) -> Iterator[None]:
    """Put the selection aside, and back bit for bit.

    GIMP puts a selection back by way of 32-bit floats, and Babl chooses its conversions anew in each process, by their
    speed: the last bits may differ. So the samples that were kept are written over what came back.
    """
    if Gimp.Selection.is_empty(image):
        yield
        return
    active = image.get_selected_layers()
    held = Gimp.Selection.save(image)
    try:
        Gimp.Selection.none(image)
        yield
    finally:
        image.select_item(Gimp.ChannelOps.REPLACE, held)
        pixels.copy(held, image.get_selection())
        image.remove_channel(held)
        image.set_selected_layers(active)


def select(image: Any, made: Any, added: List[Any]) -> None:
    """Make a channel's values the selection; the channel itself does not stay."""
    insert_channel(image, made, added)
    image.select_item(Gimp.ChannelOps.REPLACE, made)
    image.remove_channel(made)
