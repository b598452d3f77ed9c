"""The engine with models that need no network.

Of Enhance "default" changes every photo and "calm" finds nothing to do; of Colorize "plain" has one colour for all.

Started as `python soft_engine.py`, with the words that `python -m core` takes.
"""

import os
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "core"))

import colorizers
import enhancers
import numpy as np

from core import places
from core.__main__ import main
from core.models import registry
from core.models.card import write_card
from core.models.colorizing import Colours

FOLDER = Path(os.environ["DAGUERRE_DATA"]).parent / "soft-models"


def calm(card, weights, load):
    return enhancers.soft_enhancer(enhancers.NEVER)


def plain(card, weights, load):
    return colorizers.plain_colorizer(seen=one_colour)


def one_colour(lightness, hints, levels):
    colour = np.array(colorizers.COLOUR, np.float32)
    return Colours(np.tile(colour, (*lightness.shape, 1)), np.ones(lightness.shape, np.float32))


if __name__ == "__main__":
    registry.ARCHITECTURES |= {"soft": enhancers.loaded, "calm": calm, "plain-colours": plain}
    enhancers.install(FOLDER)
    write_card(replace(enhancers.SOFT, name="calm", architecture="calm"), FOLDER / "enhance-calm.toml")
    write_card(replace(colorizers.PLAIN, name="plain"), FOLDER / "colorize-plain.toml")
    places.models_folder = lambda: FOLDER
    sys.exit(main())
