"""Where results go: above the photo from the bottom the repaired layer, the enhanced one, the colours, the colour hints
and the mask, or into the photo itself.

Colours need an image in colour: a grey one becomes an RGB one in the same step.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence

import grey
import hints
import layer_masks
import layers
import links
import mask_update
import masks
import pixels


@dataclass
class Placed:
    """What came into the image: layers from the bottom up, the mask (not as selection), and whether any pixel changed.

    repaired is whether the damage that the mask marks does not show any more, coloured whether the photo has colours
    now. older is a repair from before that lies over what has changed. hints is the layer of colour hints that came or
    was painted on; hidden is whether hints that the photo was coloured by do not show any more.
    """

    layers: List[Any] = field(default_factory=list)
    mask: Optional[Any] = None
    changed: bool = False
    repaired: bool = False
    coloured: bool = False
    older: Optional[Any] = None
    hints: Optional[Any] = None
    hidden: bool = False

    @property
    def layer(self) -> Optional[Any]:
        """The layer with everything that was made, None where that is none."""
        return self.layers[-1] if self.layers else None


@dataclass(frozen=True)
class Results:
    """What a run has made.

    files has "mask", "fill", "enhanced" and "colours" (new layers) or "photo" (into the photo itself), and "hints", all
    beside the "photo.npy" that they came from. mask_as is "layer", "channel", "selection", "layer-mask" or "none".
    record goes into the parasites of what is made. repairs and colours are whether damage was filled and the photo
    coloured in what has changed. masked is whether what shows of each layer becomes its layer mask; that of the fill
    stands for a new mask layer.
    """

    files: Dict[str, Path]
    mask_as: str
    record: Mapping[str, Any]
    repairs: bool = True
    colours: bool = False
    masked: bool = False


@dataclass(frozen=True)
class Used:
    """Layers that were there: what the photo was repaired and coloured by, and those that take what came back.

    checks.mask_to_paint_on and checks.hints_to_paint_on have let the latter pass.
    """

    mask: Optional[Any] = None
    hints: Optional[Any] = None
    edited_mask: Optional[Any] = None
    edited_hints: Optional[Any] = None


@dataclass(frozen=True)
class Read:
    """A photo in its image as it was read, and how the samples of each result are stored."""

    image: Any
    photo: Any
    own: pixels.Stored
    kept: Mapping[str, pixels.Stored]


def place(image: Any, photo: Any, results: Results, used: Optional[Used] = None) -> Placed:
    """Put a run's results into the image as one step of its history.

    A mask and hints of ours that were used are hidden once what they were for is done.
    """
    used, files, read = used or Used(), results.files, _read(image, photo, results)
    shown = _shown(read, files)
    in_place = "photo" in files and _differs(files["photo"])
    changed = bool(shown) or in_place
    placed = Placed([], None, changed, changed and results.repairs, changed and results.colours)
    hinted = "hints" in files and (used.edited_hints is not None or hints.gives(photo, files["hints"]))
    if not (changed or "mask" in files or hinted):
        return placed
    covered = results.masked and results.mask_as == "layer" and "fill" in shown
    new_mask = "mask" in files and used.edited_mask is None and not covered and results.mask_as != "none"
    older = [layer for layer in links.results_over(image, photo) if layer.get_visible()]
    with layers.one_step(image, placed.coloured or hinted) as added:
        for result in shown:
            _place_layer(read, result, results, placed, added)
        if new_mask:
            _place_mask(image, photo, placed, results, added)
        elif "mask" in files and used.edited_mask is not None:
            placed.mask = used.edited_mask
        elif placed.repaired and used.mask is not None:
            _hide(used.mask, links.is_mask_layer)
        if hinted:
            placed.hints = used.edited_hints or _new_hints(read, files["hints"], placed, added)
        _change_pixels(read, placed, results, used)  # last: this cannot be taken out again
        if placed.coloured:
            placed.hidden = _hide(placed.hints or used.hints, links.is_hints_layer)
        _uncover(placed, older, shown, new_mask and results.mask_as == "layer", in_place)
        _select(image, photo, placed, results.mask_as)
    return placed


def _read(image: Any, photo: Any, results: Results) -> Read:
    own, colours = pixels.stored(photo), pixels.coloured(photo)
    whole = colours if results.colours else own
    kept = {"fill": pixels.stored(photo, True), "enhanced": own, "colours": colours, "photo": whole}
    return Read(image, photo, own, kept)


def _shown(read: Read, files: Mapping[str, Path]) -> List[str]:
    """The results that become layers, from the bottom up: those that show anything.

    Raises Failure where any file is not what it should be, before the image is touched.
    """
    size = read.own.layout.shape[:2]
    for result, path in files.items():
        if result in read.kept:
            pixels.check(path, read.kept[result].layout.shape, read.own.layout.dtype)
        else:
            pixels.check(path, (*size, 4) if result == "hints" else size, pixels.TYPES["u8"])
    shown = []
    if "fill" in files and not pixels.is_transparent(files["fill"], read.kept["fill"].layout):
        shown.append("fill")
    return shown + [result for result in ("enhanced", "colours") if result in files and _differs(files[result])]


def _place_layer(read: Read, result: str, results: Results, placed: Placed, added: List[Any]) -> None:
    """Make a result a layer above those that were made before, colours above what was made in other runs as well."""
    image, photo = read.image, read.photo
    below = links.top_picture(image, photo) if result == "colours" else placed.layer or photo
    layer = layers.of_result(image, photo, result, results.files[result], read.kept[result])
    if not results.masked:
        mask = layer_masks.copy(photo, layer)
    elif result == "fill":
        mask = layer_masks.cover(photo, layer)
    else:
        mask = layer_masks.within(photo, layer, results.files[result].with_name("selection.npy"))
    layers.insert_above(image, layer, below, added, photo)
    if mask is not None:
        layer_masks.add(layer, mask)
    if results.masked and result == "fill" and results.mask_as == "layer":
        placed.mask = mask
    links.attach(layer, links.RUN, {**results.record, "result": result, "photo": links.photo_link(photo)})
    placed.layers.append(layer)


def _new_hints(read: Read, path: Path, placed: Placed, added: List[Any]) -> Any:
    """A layer of colour hints above all pictures of the photo."""
    image, photo = read.image, read.photo
    made = hints.layer(image, photo, path)
    hints.insert(image, photo, made, placed.layer or links.top_picture(image, photo), added)
    return made


def _uncover(placed: Placed, older: Sequence[Any], shown: Sequence[str], new_mask: bool, in_place: bool) -> None:
    """Hide what was made before and would cover what is new; a repair from before only lies over parts of it.

    Colours cover nothing but other colours, and lie above the rest themselves.
    """
    covered = in_place or new_mask or bool({"fill", "enhanced"} & set(shown))
    for layer in older:
        if links.is_colours(layer):
            if placed.coloured:
                layer.set_visible(False)
        elif covered and links.is_enhanced(layer):
            layer.set_visible(False)
        elif covered and links.is_picture(layer):
            placed.older = layer


def _differs(path: Path) -> bool:
    """Whether an array of the whole photo is another one than what was read."""
    return not pixels.same(path, path.with_name("photo.npy"))


def _change_pixels(read: Read, placed: Placed, results: Results, used: Used) -> None:
    """Everything that changes pixels which were there: all is written before any of it is taken."""
    photo, files, written = read.photo, results.files, []
    if "mask" in files and used.edited_mask is not None and mask_update.differs(used.edited_mask, photo, files["mask"]):
        mask_update.write(used.edited_mask, photo, files["mask"])
        written.append(used.edited_mask)
    if "hints" in files and used.edited_hints is not None and hints.differs(used.edited_hints, photo, files["hints"]):
        hints.write(used.edited_hints, photo, files["hints"])
        written.append(used.edited_hints)
    in_place = "photo" in files and placed.changed
    if in_place and read.own.layout.is_grey and results.colours:
        selection = files["photo"].with_name("selection.npy")
        grey.write(photo, files["photo"], read.kept["photo"], selection)
    elif in_place:
        pixels.load(photo, files["photo"], photo.get_shadow_buffer())
    if in_place:
        written.append(photo)
    if written:
        layers.take_shadows(read.image, written)
    if "mask" in files and used.edited_mask is not None:
        _label(used.edited_mask, photo, placed, results)
    if in_place:
        links.attach(photo, links.RUN, results.record)


def _place_mask(image: Any, photo: Any, placed: Placed, results: Results, added: List[Any]) -> None:
    """Insert a new mask as what it was asked for."""
    path = results.files["mask"]
    if results.mask_as == "selection":
        layers.select(image, masks.channel(image, photo, path), added)
        return
    if results.mask_as == "layer":
        placed.mask = masks.layer(image, photo, path)
        layers.insert_above(image, placed.mask, placed.layer or photo, added)
    elif results.mask_as == "layer-mask":
        placed.mask = layer_masks.mark(photo, path)
        added.append(placed.mask)
    else:
        placed.mask = masks.channel(image, photo, path)
        layers.insert_channel(image, placed.mask, added)
    _label(placed.mask, photo, placed, results)


def _label(mask: Any, photo: Any, placed: Placed, results: Results) -> None:
    """Say on a mask whose it is and what made it; it shows where the damage does, and not over a repair."""
    link = {"photo": links.photo_link(photo)}
    if results.mask_as != "channel":
        links.attach(mask, links.MASK, link)
    links.attach(mask, links.RUN, {**results.record, **link})
    if results.mask_as != "layer-mask":
        mask.set_visible(results.mask_as == "layer" and not placed.repaired)


def _hide(layer: Optional[Any], is_ours: Callable[[Any], bool]) -> bool:
    """Hide a layer of ours that was used; False where it is none."""
    if layer is None or not (layer.is_valid() and layer.is_layer() and is_ours(layer)):
        return False
    layer.set_visible(False)
    return True


def _select(image: Any, photo: Any, placed: Placed, mask_as: str) -> None:
    """The result becomes the active layer: the topmost one, or what stays visible to be corrected."""
    shown = placed.layer or photo
    if placed.hints is not None and not placed.changed:
        shown = placed.hints
    if mask_as == "layer" and placed.mask is not None and placed.mask.is_layer() and not placed.repaired:
        shown = placed.mask
    image.set_selected_layers([shown])
