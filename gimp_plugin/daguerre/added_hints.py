"""A layer for colour hints, added without a run: to be painted on in GIMP before the photo is coloured."""

from __future__ import annotations

from typing import Any, Sequence

import checks
import hints
import layers
import links
from job import Outcome
from placing import Placed
from translation import _


def add_hints(image: Any, drawables: Sequence[Any]) -> Outcome:
    """Add an empty layer for hints over everything of the photo's; one that is there already is shown instead.

    A grey image becomes an RGB one in the same step: grey takes no colour. Raises Failure where the image is none for
    this.
    """
    photo, active = checks.photo_and_result(image, drawables)
    there = active if active is not None and links.is_hints_layer(active) else links.hints_layer_of(image, photo)
    with layers.one_step(image, True) as added:
        layer = there
        if layer is None:
            layer = hints.empty(image, photo)
            hints.insert(image, photo, layer, (links.results_over(image, photo) or [photo])[-1], added)
        layer.set_visible(True)
        image.set_selected_layers([layer])
    said = _("Paint dabs of colour on the layer, then choose Colorize Photo.")
    return Outcome(said, Placed([layer]), [], False)
