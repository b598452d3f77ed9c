"""What Daguerre writes on its own layers, and how they find their photo again.

A mask layer carries the parasite `daguerre-mask`, every other result `daguerre-run`; both name the photo they belong
to. An item's id is lost when a file is opened again and a tattoo is dealt anew when an image is duplicated, so a photo
counts as the one that was named only where its tattoo and either its id or its name agree; otherwise its place in the
stack decides.
"""

from __future__ import annotations

import itertools
import json
from typing import Any, Iterator, List, Mapping, Optional

from gi.repository import Gimp

MASK = "daguerre-mask"
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


def is_result(layer: Any) -> bool:
    """Whether this is a layer that a tool put above a photo: a mask, a repair or an enhancement."""
    if is_mask_layer(layer):
        return True
    said = content(layer, RUN)
    return said is not None and "photo" in said


def names(layer: Any, photo: Any) -> bool:
    """Whether a layer of ours says that it belongs to this photo."""
    said = content(layer, MASK) or content(layer, RUN) or {}
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

    What is below counts only where it has the same size: rather none than another photo.
    """
    for candidate in every_layer(image):
        if candidate.get_id() != layer.get_id() and names(layer, candidate):
            return candidate
    for candidate in siblings(image, layer)[image.get_item_position(layer) + 1 :]:
        if not is_result(candidate):
            return candidate if _same_size(candidate, layer) else None
    return None


def is_enhanced(layer: Any) -> bool:
    """Whether this is the whole photo, enhanced: it covers everything that is below."""
    return (content(layer, RUN) or {}).get("result") == "enhanced"


def results_over(image: Any, photo: Any) -> List[Any]:
    """The results directly above a photo, from the bottom up."""
    above = reversed(siblings(image, photo)[: image.get_item_position(photo)])
    return list(itertools.takewhile(is_result, above))


def mask_layer_of(image: Any, photo: Any) -> Optional[Any]:
    """The nearest mask layer that names this photo, else the one directly above it (other results do not count)."""
    layers = list(every_layer(image))
    here = [layer.get_id() for layer in layers].index(photo.get_id())
    named = [
        (abs(place - here), layer) for place, layer in enumerate(layers) if is_mask_layer(layer) and names(layer, photo)
    ]
    if named:
        return min(named, key=lambda pair: pair[0])[1]
    for layer in results_over(image, photo):
        if is_mask_layer(layer):
            return layer if _same_size(layer, photo) else None
    return None


def _same_size(first: Any, second: Any) -> bool:
    return (first.get_width(), first.get_height()) == (second.get_width(), second.get_height())
