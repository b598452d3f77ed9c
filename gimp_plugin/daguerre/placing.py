"""Where results go: above the photo from the bottom the repaired layer and the mask, or into the photo itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, List, Mapping, Optional

import layers
import links
import mask_update
import masks
import pixels


@dataclass
class Placed:
    """What came into the image: the repaired layer, the mask as layer or channel, and whether any pixel changed."""

    layer: Optional[Any] = None
    mask: Optional[Any] = None
    changed: bool = False


@dataclass(frozen=True)
class Results:
    """What a run has made.

    files has "mask", "fill" (a new layer) or "photo" (into the photo itself, beside the "photo.npy" that it came from).
    mask_as is "layer", "channel" or "selection". record goes into the parasites of what is made.
    """

    files: Mapping[str, Path]
    mask_as: str
    record: Mapping[str, Any]


def place(
    image: Any, photo: Any, results: Results, used_mask: Optional[Any] = None, opened: Optional[Any] = None
) -> Placed:
    """Put a run's results into the image as one step of its history.

    used_mask, the mask that was repaired by, is hidden where it is a mask layer of ours. opened is a mask layer that
    takes the mask instead of a new one; checks.mask_to_paint_on has let it pass.
    """
    files, placed = results.files, Placed()
    if "fill" in files:
        placed.changed = not pixels.is_transparent(files["fill"], pixels.with_alpha(pixels.layout(photo)))
        placed.layer = layers.fill(image, photo, files["fill"]) if placed.changed else None
    elif "photo" in files:
        placed.changed = not pixels.same(files["photo"], files["photo"].with_name("photo.npy"))
    if "mask" in files:
        placed.mask = opened or _new_mask(image, photo, results)
    if placed.mask is None and not placed.changed:
        return placed
    with layers.one_step(image) as added:
        if placed.layer is not None:
            layers.insert_above(image, placed.layer, photo, added)
            layers.copy_layer_mask(photo, placed.layer)
            links.attach(placed.layer, links.RUN, {**results.record, "photo": links.photo_link(photo)})
        if placed.mask is not None and opened is None:
            _place_mask(image, photo, placed, results, added)
        elif placed.changed and used_mask is not None and used_mask.is_valid() and _is_ours(used_mask):
            used_mask.set_visible(False)
        _change_pixels(image, photo, placed, results, opened)  # last: this cannot be taken out again
        _select(image, photo, placed, results.mask_as)
    return placed


def _change_pixels(image: Any, photo: Any, placed: Placed, results: Results, opened: Optional[Any]) -> None:
    """Everything that changes pixels which were there: all is written before any of it is taken."""
    edits = opened is not None and placed.mask is opened
    written = []
    if edits and mask_update.differs(opened, photo, results.files["mask"]):
        mask_update.write(opened, photo, results.files["mask"])
        written.append(opened)
    in_place = "photo" in results.files and placed.changed
    if in_place:
        pixels.load(photo, results.files["photo"], photo.get_shadow_buffer())
        written.append(photo)
    if written:
        layers.take_shadows(image, written)
    if edits:
        _label(opened, photo, placed, results)
    if in_place:
        links.attach(photo, links.RUN, results.record)


def _new_mask(image: Any, photo: Any, results: Results) -> Any:
    make = masks.layer if results.mask_as == "layer" else masks.channel
    return make(image, photo, results.files["mask"])


def _place_mask(image: Any, photo: Any, placed: Placed, results: Results, added: List[Any]) -> None:
    """Insert a new mask as what it was asked for."""
    if results.mask_as == "selection":
        layers.select(image, placed.mask, added)
        placed.mask = None
        return
    if results.mask_as == "layer":
        layers.insert_above(image, placed.mask, placed.layer or photo, added)
    else:
        layers.insert_channel(image, placed.mask, added)
    _label(placed.mask, photo, placed, results)


def _label(mask: Any, photo: Any, placed: Placed, results: Results) -> None:
    """Say on a mask whose it is and what made it; it shows where the damage does, and not over a repair."""
    link = {"photo": links.photo_link(photo)}
    if results.mask_as == "layer":
        links.attach(mask, links.MASK, link)
    links.attach(mask, links.RUN, {**results.record, **link})
    mask.set_visible(results.mask_as == "layer" and not placed.changed)


def _select(image: Any, photo: Any, placed: Placed, mask_as: str) -> None:
    """The result becomes the active layer: the repair, or a mask that stays visible to be corrected."""
    shown = placed.layer or photo
    if mask_as == "layer" and placed.mask is not None and not placed.changed:
        shown = placed.mask
    image.set_selected_layers([shown])


def _is_ours(mask: Any) -> bool:
    return bool(mask.is_layer()) and links.is_mask_layer(mask)
