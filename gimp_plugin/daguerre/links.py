"""What Daguerre writes on its own layers, and how they find their photo again.

A mask layer carries the parasite `daguerre-mask`, a layer of colour hints `daguerre-hints`, every other result
`daguerre-run`; each names the photo it belongs to. An item's id is lost when a file is opened again and a tattoo is
dealt anew when an image is duplicated, so a photo counts as the one that was named only where its tattoo and either its
id or its name agree; otherwise its place in the stack decides.
"""

from __future__ import annotations

import itertools
import json
from typing import Any, Callable, Iterator, List, Mapping, Optional

from gi.repository import Gimp

MASK = "daguerre-mask"
HINTS = "daguerre-hints"
RUN = "daguerre-run"


def photo_link(photo: Any) -> Mapping[str, Any]:
    """What names a photo in a parasite."""
    return {"item": photo.get_id(), "tattoo": photo.get_tattoo(), "name": photo.get_name()}


def attach(item: Any, parasite: str, content: Mapping[str, Any]) -> None:
    """Put a parasite on an item; it is saved with the image and undone with the step it belongs to.

    ASCII only: PyGObject takes the bytes of a parasite for signed ones and refuses those from 128 on.
    """
    data = json.dumps(content, ensure_ascii=True).encode("ascii")
    item.attach_parasite(Gimp.Parasite.new(parasite, Gimp.PARASITE_PERSISTENT | Gimp.PARASITE_UNDOABLE, data))


def content(item: Any, parasite: str) -> Optional[Mapping[str, Any]]:
    """What a parasite of ours says, None where there is none; one that cannot be read says nothing."""
    found = item.get_parasite(parasite)
    if found is None:
        return None
    try:
        said = json.loads(bytes(found.get_data()).decode("utf-8"))
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def is_mask_layer(layer: Any) -> bool:
    return content(layer, MASK) is not None


def is_hints_layer(layer: Any) -> bool:
    return content(layer, HINTS) is not None


def is_result(layer: Any) -> bool:
    """Whether this is one of our layers above a photo: a mask, hints, a repair, an enhancement or colours."""
    if is_mask_layer(layer) or is_hints_layer(layer):
        return True
    said = content(layer, RUN)
    return said is not None and "photo" in said


def names(layer: Any, photo: Any) -> bool:
    """Whether a layer of ours says that it belongs to this photo."""
    said = content(layer, MASK) or content(layer, HINTS) or content(layer, RUN) or {}
    link = said.get("photo")
    if not isinstance(link, dict) or link.get("tattoo") != photo.get_tattoo():
        return False
    return bool(link.get("item") == photo.get_id() or link.get("name") == photo.get_name())


def every_layer(image: Any) -> Iterator[Any]:
    """All layers of an image from the top down, each group before what is in it."""

    def walk(layers: List[Any]) -> Iterator[Any]:
        for layer in layers:
            yield layer
            if layer.is_group():
                yield from walk(layer.get_children())

    return walk(image.get_layers())


def siblings(image: Any, layer: Any) -> List[Any]:
    """The layers in the same group, from the top down, this one included."""
    parent = layer.get_parent()
    return list(image.get_layers() if parent is None else parent.get_children())


def photo_of(image: Any, layer: Any) -> Optional[Any]:
    """The photo that a mask layer or another result belongs to: the one it names, else the next one below it.

    What is below counts only where it has the same size: rather none than another photo. A result is no photo.
    """
    for candidate in every_layer(image):
        if names(layer, candidate) and not is_result(candidate):
            return candidate
    for candidate in siblings(image, layer)[image.get_item_position(layer) + 1 :]:
        if not is_result(candidate):
            return candidate if _same_size(candidate, layer) else None
    return None


def is_enhanced(layer: Any) -> bool:
    """Whether this is the whole photo, enhanced: it covers everything that is below."""
    return bool(_result(layer) == "enhanced")


def is_colours(layer: Any) -> bool:
    """Whether these are a photo's colours: over everything that is below, they leave its lightness as it is."""
    return bool(_result(layer) == "colours")


def is_picture(layer: Any) -> bool:
    """Whether this is a result that has the photo in it, or parts of it: a repair or an enhancement."""
    return is_result(layer) and not (is_mask_layer(layer) or is_hints_layer(layer) or is_colours(layer))


def results_over(image: Any, photo: Any) -> List[Any]:
    """The results directly above a photo, from the bottom up."""
    above = reversed(siblings(image, photo)[: image.get_item_position(photo)])
    return list(itertools.takewhile(is_result, above))


def top_picture(image: Any, photo: Any) -> Any:
    """The uppermost repair or enhancement directly above a photo; the photo where there is none."""
    return next(filter(is_picture, reversed(results_over(image, photo))), photo)


def mask_layer_of(image: Any, photo: Any) -> Optional[Any]:
    """The nearest mask layer that names this photo, else the one directly above it (other results do not count)."""
    return _nearest(image, photo, is_mask_layer)


def layer_mask_of(photo: Any) -> Optional[Any]:
    """The photo's own layer mask, where it is one of ours that marks damage."""
    mask = photo.get_mask()
    return mask if mask is not None and content(mask, MASK) is not None else None


def hints_layer_of(image: Any, photo: Any) -> Optional[Any]:
    """The nearest layer of colour hints that names this photo, else the one directly above it, likewise."""
    return _nearest(image, photo, is_hints_layer)


def _nearest(image: Any, photo: Any, is_one: Callable[[Any], bool]) -> Optional[Any]:
    layers = list(every_layer(image))
    here = [layer.get_id() for layer in layers].index(photo.get_id())
    named = [(abs(place - here), layer) for place, layer in enumerate(layers) if is_one(layer) and names(layer, photo)]
    if named:
        return min(named, key=lambda pair: pair[0])[1]
    for layer in results_over(image, photo):
        if is_one(layer):
            return layer if _same_size(layer, photo) else None
    return None


def _result(layer: Any) -> Any:
    return (content(layer, RUN) or {}).get("result")


def _same_size(first: Any, second: Any) -> bool:
    return (first.get_width(), first.get_height()) == (second.get_width(), second.get_height())
