"""Where results go: above the photo from the bottom the repaired layer, the enhanced one and the mask, or into the
photo itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence

import layers
import links
import mask_update
import masks
import pixels


@dataclass
class Placed:
    """What came into the image: layers from the bottom up, the mask as layer or channel, and whether any pixel changed.

    repaired is whether the damage that the mask marks does not show any more. older is a repair from before that lies
    over what has changed.
    """

    layers: List[Any] = field(default_factory=list)
    mask: Optional[Any] = None
    changed: bool = False
    repaired: bool = False
    older: Optional[Any] = None

    @property
    def layer(self) -> Optional[Any]:
        """The layer with everything that was made, None where that is none."""
        return self.layers[-1] if self.layers else None


@dataclass(frozen=True)
class Results:
    """What a run has made.

    files has "mask", "fill" and "enhanced" (new layers) or "photo" (into the photo itself), all beside the "photo.npy"
    that they came from. mask_as is "layer", "channel" or "selection". record goes into the parasites of what is made.
    repairs is whether damage was filled in what has changed.
    """

    files: Dict[str, Path]
    mask_as: str
    record: Mapping[str, Any]
    repairs: bool = True


def place(
    image: Any, photo: Any, results: Results, used_mask: Optional[Any] = None, opened: Optional[Any] = None
) -> Placed:
    """Put a run's results into the image as one step of its history.

    used_mask, the mask that was repaired by, is hidden where it is a mask layer of ours. opened is a mask layer that
    takes the mask instead of a new one; checks.mask_to_paint_on has let it pass.
    """
    files, made = results.files, _new_layers(image, photo, results.files)
    changed = bool(made) or ("photo" in files and _differs(files["photo"]))
    placed = Placed(list(made.values()), None, changed, changed and results.repairs)
    if "mask" in files:
        placed.mask = opened or _new_mask(image, photo, results)
    if placed.mask is None and not placed.changed:
        return placed
    older = [layer for layer in links.results_over(image, photo) if layer.get_visible()]
    with layers.one_step(image) as added:
        below = photo
        for result, layer in made.items():
            layers.insert_above(image, layer, below, added)
            layers.copy_layer_mask(photo, layer)
            links.attach(layer, links.RUN, {**results.record, "result": result, "photo": links.photo_link(photo)})
            below = layer
        if placed.mask is not None and opened is None:
            _place_mask(image, photo, placed, results, added)
        elif placed.repaired and used_mask is not None and used_mask.is_valid() and _is_ours(used_mask):
            used_mask.set_visible(False)
        _change_pixels(image, photo, placed, results, opened)  # last: this cannot be taken out again
        if placed.changed or (opened is None and results.mask_as == "layer"):
            _uncover(placed, older)
        _select(image, photo, placed, results.mask_as)
    return placed


def _new_layers(image: Any, photo: Any, files: Mapping[str, Path]) -> Dict[str, Any]:
    """The layers that files of a run become, by the name of the result from the bottom up; none that shows nothing."""
    made = {}
    if "fill" in files and not pixels.is_transparent(files["fill"], pixels.with_alpha(pixels.layout(photo))):
        made["fill"] = layers.fill(image, photo, files["fill"])
    if "enhanced" in files and _differs(files["enhanced"]):
        made["enhanced"] = layers.enhanced(image, photo, files["enhanced"])
    return made


def _uncover(placed: Placed, older: Sequence[Any]) -> None:
    """Hide what was enhanced before and would cover what is new; a repair from before only lies over parts of it."""
    for layer in older:
        if links.is_enhanced(layer):
            layer.set_visible(False)
        elif not links.is_mask_layer(layer):
            placed.older = layer


def _differs(path: Path) -> bool:
    """Whether an array of the whole photo is another one than what was read."""
    return not pixels.same(path, path.with_name("photo.npy"))


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
    mask.set_visible(results.mask_as == "layer" and not placed.repaired)


def _select(image: Any, photo: Any, placed: Placed, mask_as: str) -> None:
    """The result becomes the active layer: the topmost one, or a mask that stays visible to be corrected."""
    shown = placed.layer or photo
    if mask_as == "layer" and placed.mask is not None and not placed.repaired:
        shown = placed.mask
    image.set_selected_layers([shown])


def _is_ours(mask: Any) -> bool:
    return bool(mask.is_layer()) and links.is_mask_layer(mask)
