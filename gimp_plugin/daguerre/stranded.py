"""Results whose photo is gone or another one, now that they come: the person chooses what becomes of them.

The window asks, with the sentence and the ways that are said here (see core.protocol), and gives everything once more.
"""

from __future__ import annotations

from typing import Any, Tuple

import checks
import layers
from failure import Failure
from placing import Placed, Results, place
from source import Source
from translation import _


class Stranded(Failure):
    """The image does not take results in the way that was asked for; `ways` are those in which they are not lost."""

    def __init__(self, text: str, *ways: str) -> None:
        super().__init__("person", text)
        self.ways: Tuple[str, ...] = ways


def check(image: Any, photo: Any, source: Source, way: str) -> None:
    """Refuse to go on as asked where the photo is not what it was; `way` is what the person has chosen since."""
    if not image.is_valid():
        raise Stranded(
            _("The image was closed in GIMP. Open the result as a new image, or discard it."), "new-image", "discard"
        )
    if way == "on-top" and source.fits(image):
        return
    if not photo.is_valid() or photo.get_image().get_id() != image.get_id():
        if not source.fits(image):
            raise Stranded(
                _("The layer “{layer}” was deleted in GIMP. Open the result as a new image, or discard it.").format(
                    layer=source.name
                ),
                "new-image",
                "discard",
            )
        raise Stranded(
            _(
                "The layer “{layer}” was deleted in GIMP. Add the result on top of the image, or open it as a new "
                "image."
            ).format(layer=source.name),
            "on-top",
            "new-image",
        )
    if not source.still_is(image, photo):
        raise Stranded(
            _(
                "The layer “{layer}” was converted or resized in GIMP. Open the result as a new image, or start again "
                "from the layer as it is now."
            ).format(layer=source.name),
            "new-image",
            "again",
        )
    if way != "anyway" and not source.still_shows(photo):
        raise Stranded(
            _(
                "The layer was changed in GIMP since this window opened. Add the result anyway, or start again from "
                "the changed layer."
            ),
            "anyway",
            "again",
        )


def place_over(image: Any, below: Any, source: Source, results: Results) -> Placed:
    """Put results into the image with the photo as it was below them, directly above a layer; None: on top of all.

    Everything is one step of the image's history.
    """
    with layers.one_step(image) as added:
        return place_into(image, source.over(image, below, added), results)


def place_into(image: Any, copied: Any, results: Results) -> Placed:
    """Put results into the image above, or into, a layer that is the photo as it was."""
    if results.mask_as == "layer-mask":
        checks.layer_mask(copied)
    placed = place(image, copied, results)
    placed.layers = placed.layers or [copied]
    return placed
