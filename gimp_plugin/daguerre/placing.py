"""Where results go: above the photo from the bottom the repaired layer and the mask, or into the photo itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, List, Mapping, Optional

import layers
import links
import masks
import pixels


@dataclass
class Placed:
    """What came into the image: the repaired layer, the mask as layer or channel, and whether any pixel changed."""

    layer: Optional[Any] = None
    mask: Optional[Any] = None
    changed: bool = False


def place(
    image: Any,
    photo: Any,
    files: Mapping[str, Path],
    mask_as: str,
    used_mask: Optional[Any],
    record: Mapping[str, Any],
) -> Placed:
    """Put the engine's files into the image as one step of its history.

    files has "mask", "fill" (a new layer) or "photo" (into the photo itself, beside the "photo.npy" that it came
    from). mask_as is "layer", "channel" or "selection". used_mask, the mask that was repaired by, is hidden where it
    is a mask layer of ours. record goes into the parasites of what is made.
    """
    placed = Placed()
    if "fill" in files:
        placed.changed = not pixels.is_transparent(files["fill"], pixels.with_alpha(pixels.layout(photo)))
        placed.layer = layers.fill(image, photo, files["fill"]) if placed.changed else None
    elif "photo" in files:
        placed.changed = not pixels.same(files["photo"], files["photo"].with_name("photo.npy"))
    if "mask" in files:
        placed.mask = (masks.layer if mask_as == "layer" else masks.channel)(image, photo, files["mask"])
    with layers.one_step(image) as added:
        if placed.layer is not None:
            layers.insert_above(image, placed.layer, photo, added)
            links.attach(placed.layer, links.RUN, {**record, "photo": links.photo_link(photo)})
        if placed.mask is not None:
            _place_mask(image, photo, placed, mask_as, record, added)
        elif placed.changed and used_mask is not None and used_mask.is_valid() and _is_ours(used_mask):
            used_mask.set_visible(False)
        if "photo" in files and placed.changed:  # last: this cannot be taken out again
            layers.replace_pixels(image, photo, files["photo"])
            links.attach(photo, links.RUN, record)
        _select(image, photo, placed, mask_as)
    return placed


def _place_mask(
    image: Any, photo: Any, placed: Placed, mask_as: str, record: Mapping[str, Any], added: List[Any]
) -> None:
    mask: Any = placed.mask
    link = {"photo": links.photo_link(photo)}
    if mask_as == "selection":
        layers.select(image, mask, added)
        placed.mask = None
        return
    if mask_as == "layer":
        layers.insert_above(image, mask, placed.layer or photo, added)
        links.attach(mask, links.MASK, link)
    else:
        layers.insert_channel(image, mask, added)
    links.attach(mask, links.RUN, {**record, **link})
    mask.set_visible(mask_as == "layer" and not placed.changed)


def _select(image: Any, photo: Any, placed: Placed, mask_as: str) -> None:
    """The result becomes the active layer: the repair, or a mask that stays visible to be corrected."""
    shown = placed.layer or photo
    if mask_as == "layer" and not placed.changed:
        shown = placed.mask
    image.set_selected_layers([shown])


def _is_ours(mask: Any) -> bool:
    return bool(mask.is_layer()) and links.is_mask_layer(mask)
