"""What a run is refused for, or goes on with a remark, in one sentence each and before anything is computed."""

from __future__ import annotations

from typing import Any, Optional, Sequence, Tuple

from gi.repository import Gimp

import links
from failure import refused
from translation import _


def photo_and_result(image: Any, drawables: Sequence[Any]) -> Tuple[Any, Optional[Any]]:
    """The layer that is meant by what is active, and the mask, the hints or another result that was active itself."""
    if image.get_base_type() == Gimp.ImageBaseType.INDEXED:
        raise refused(_("This image has indexed colours. Choose Image > Mode > RGB, then start again."))
    if image.get_floating_sel() is not None:
        raise refused(_("There is a floating selection. Anchor it (Ctrl+H), then start again."))
    if not drawables:
        raise refused(_("No layer is selected. Select one layer, then start again."))
    if len(drawables) > 1:
        raise refused(_("More than one layer is selected. Select one layer, then start again."))
    active = drawables[0]
    if active.is_layer_mask():
        active = Gimp.Layer.from_mask(active)
    if active is None or not active.is_layer():
        raise refused(_("A channel is selected, not a layer. Click the layer's picture, then start again."))
    if not links.is_result(active):
        return active, None
    photo = links.photo_of(image, active)
    if photo is None:
        raise refused(
            _("The layer “{layer}” belongs to a photo that is not in this image. Select the photo, then start again."),
            layer=active.get_name(),
        )
    return photo, active


def has_filters(photo: Any) -> bool:
    """Whether what people see of the photo is not what is in its pixels, which are all that a tool works on."""
    return any(effect.get_visible() for effect in photo.get_filters())


def filters() -> str:
    """The remark on a photo that has filters."""
    return _("The layer's filters are not included here. To include them, merge the filters in GIMP first.")


def selection(image: Any, photo: Any) -> bool:
    """Whether there is a selection; refused where it lies outside of the photo."""
    if Gimp.Selection.is_empty(image):
        return False
    if not photo.mask_intersect()[0]:
        raise refused(
            _("The selection lies outside the layer “{layer}”. Remove it (Shift+Ctrl+A), then start again."),
            layer=photo.get_name(),
        )
    return True


def in_place(photo: Any) -> None:
    """Refuse a photo whose own pixels cannot be changed, or would not stay changed."""
    kind = _drawn_anew(photo)
    if kind:
        raise refused(kind, layer=photo.get_name())
    if is_locked(photo):
        raise refused(
            _("The layer “{layer}” or its group is locked. Choose “New layer” as result, or unlock it."),
            layer=photo.get_name(),
        )


def layer_mask(photo: Any) -> None:
    """Refuse a photo that cannot take the found damage as its layer mask."""
    if photo.get_mask() is not None:
        raise refused(
            _("The layer “{layer}” has a layer mask already. Remove it, or let the mask become something else."),
            layer=photo.get_name(),
        )
    if is_locked(photo):
        raise refused(
            _("The layer “{layer}” or its group is locked. Unlock it, or let the mask become something else."),
            layer=photo.get_name(),
        )


def mask_to_paint_on(image: Any, mask: Any) -> bool:
    """Whether a mask is a layer of this image that can be painted on; refused where only a lock is in the way."""
    locked = _("The mask layer “{layer}” or its group is locked. Unlock it in GIMP, then try again.")
    return _can_be_painted_on(image, mask, locked)


def hints_to_paint_on(image: Any, hints: Any) -> bool:
    """The same for a layer of colour hints."""
    locked = _("The layer of colour hints “{layer}” or its group is locked. Unlock it in GIMP, then try again.")
    return _can_be_painted_on(image, hints, locked)


def _can_be_painted_on(image: Any, layer: Any, locked: str) -> bool:
    there = layer.is_valid() and layer.get_image().get_id() == image.get_id()
    if not there or not layer.is_layer() or _drawn_anew(layer):
        return False
    if is_locked(layer):
        raise refused(locked, layer=layer.get_name())
    return True


def is_locked(layer: Any) -> bool:
    """Whether a layer's pixels are locked, by its own lock or by that of a group it is in."""
    item = layer
    while item is not None:
        if item.get_lock_content():
            return True
        item = item.get_parent()
    return False


def _drawn_anew(layer: Any) -> str:
    """The sentence about a layer whose pixels are made from something else; empty for a plain layer."""
    if layer.is_group():
        return _("The group “{layer}” cannot be changed in place. Choose “New layer” as result.")
    if layer.is_text_layer():
        return _("The text layer “{layer}” cannot be changed in place. Choose “New layer” as result.")
    if hasattr(layer, "is_vector_layer") and layer.is_vector_layer():
        return _("The vector layer “{layer}” cannot be changed in place. Choose “New layer” as result.")
    if hasattr(layer, "is_link_layer") and layer.is_link_layer():
        return _("The link layer “{layer}” cannot be changed in place. Choose “New layer” as result.")
    return ""


def given_mask(image: Any, photo: Any, mask: Any) -> None:
    """Refuse a drawable that cannot serve as this photo's mask."""
    if mask.get_image().get_id() != image.get_id():
        raise refused(_("The mask “{mask}” belongs to another image. Choose one of this image."), mask=mask.get_name())
    if mask.get_id() == photo.get_id():
        raise refused(_("The mask and the photo are the same layer. Choose another mask."))


def given_hints(image: Any, photo: Any, hints: Any) -> None:
    """Refuse a drawable that cannot serve as this photo's colour hints."""
    name = hints.get_name()
    if hints.get_image().get_id() != image.get_id():
        raise refused(
            _("The colour hints “{hints}” belong to another image. Choose a layer of this image."), hints=name
        )
    if hints.get_id() == photo.get_id():
        raise refused(_("The colour hints and the photo are the same layer. Choose another layer for the hints."))
    if not hints.is_layer() or links.is_mask_layer(hints):
        raise refused(_("“{hints}” is a mask or a channel. Choose a layer with dabs of colour as hints."), hints=name)
