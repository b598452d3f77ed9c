"""The engine with models of Enhance that need no network: "default" changes every photo, "calm" finds nothing to do.

Started as `python soft_engine.py`, with the words that `python -m core` takes.
"""

import os
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "core"))

import enhancers

from core import places
from core.__main__ import main
from core.models import registry
from core.models.card import write_card

FOLDER = Path(os.environ["DAGUERRE_DATA"]).parent / "soft-models"


def calm(card, weights, load):
    return enhancers.soft_enhancer(enhancers.NEVER)


if __name__ == "__main__":
    registry.ARCHITECTURES |= {"soft": enhancers.loaded, "calm": calm}
    enhancers.install(FOLDER)
    write_card(replace(enhancers.SOFT, name="calm", architecture="calm"), FOLDER / "enhance-calm.toml")
    places.models_folder = lambda: FOLDER
    sys.exit(main())
