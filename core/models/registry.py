"""The registry: which models there are for each tool, and how one is loaded.

It reads the cards in the program's `weights` folder and in the user's own; a card or a file that is damaged disables
that model alone, and the registry says why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import places
from ..color import View
from ..failures import ModelError, UnknownModel, lacks_memory
from ..translation import _
from .card import Card, CardError, read_card
from .colorizing import Colorizer
from .enhancing import Enhancer
from .filling import Filler

Probability = NDArray[np.float32]
Detector = Callable[[View], Probability]
"""A tile (h, w, C) of a photo's view, C = 1 or 3, to damage probabilities (h, w) in 0..1."""
Load = Callable[[str], Any]
"""Another model of the same tool by its name, for models that are made of others."""

PROGRAM_WEIGHTS = Path(__file__).resolve().parents[2] / "weights"
MOST_CARDS = 100
"""How many cards of one folder are read: it may be any folder that somebody named."""


def _unet(card: Card, weights: Path, load: Load) -> Detector:
    from .network import unet_detector

    return unet_detector(card, weights)


def _top_hat(card: Card, weights: Path, load: Load) -> Detector:
    from .tophat import top_hat_detector

    return top_hat_detector(**card.arguments)


def _opencv_inpaint(card: Card, weights: Path, load: Load) -> Filler:
    from .opencv_inpaint import opencv_filler

    return opencv_filler(**card.arguments)


def _biharmonic(card: Card, weights: Path, load: Load) -> Filler:
    from .biharmonic import biharmonic_filler

    return biharmonic_filler()


def _fill_unet(card: Card, weights: Path, load: Load) -> Filler:
    from .fill_network import network_filler

    return network_filler(card, weights)


def _patch_match(card: Card, weights: Path, load: Load) -> Filler:
    from .patch_match import patch_filler

    return patch_filler()


def _by_width(card: Card, weights: Path, load: Load) -> Filler:
    from .by_width import by_width_filler

    sizes = dict(card.arguments)
    return by_width_filler(load(sizes.pop("narrow")), load(sizes.pop("wide")), **sizes)


def _mask_vae(card: Card, weights: Path, load: Load) -> Detector:
    from .mask_vae import mask_vae_detector

    return mask_vae_detector(card, weights)


def _enhance_split(card: Card, weights: Path, load: Load) -> Enhancer:
    from .enhance_networks import split_enhancer

    return split_enhancer(card, weights)


def _vae_full(card: Card, weights: Path, load: Load) -> Enhancer:
    from .enhance_networks import full_enhancer

    return full_enhancer(card, weights)


def _vae_simple(card: Card, weights: Path, load: Load) -> Enhancer:
    from .enhance_networks import simple_enhancer

    return simple_enhancer(card, weights)


def _color_net(card: Card, weights: Path, load: Load) -> Colorizer:
    from .colorizer_runtime import network_colorizer

    return network_colorizer(card, weights)


def _report_unet(card: Card, weights: Path, load: Load) -> Colorizer:
    from .report_colorizer import report_colorizer

    return report_colorizer(card, weights)


ARCHITECTURES: dict[str, Callable[[Card, Path, Load], Any]] = {
    "unet": _unet,
    "top-hat": _top_hat,
    "opencv-inpaint": _opencv_inpaint,
    "biharmonic": _biharmonic,
    "fill-unet": _fill_unet,
    "patch-match": _patch_match,
    "by-width": _by_width,
    "mask-vae": _mask_vae,
    "enhance-split": _enhance_split,
    "vae-full": _vae_full,
    "vae-simple": _vae_simple,
    "color-net": _color_net,
    "report-unet": _report_unet,
}


class Registry:
    """The models of some folders. problems holds a sentence for each card that was refused."""

    def __init__(self, folders: Iterable[Path] | None = None) -> None:
        self.problems: list[str] = []
        self._refused: dict[Path, str] = {}
        self._cards: dict[tuple[str, str], tuple[Card, Path]] = {}
        self._loaded: dict[tuple[str, str], Any] = {}
        for folder in self._searched() if folders is None else folders:
            for path in sorted(folder.glob("*.toml"))[:MOST_CARDS]:
                self._add(path)

    def _searched(self) -> list[Path]:
        """The program's folder and the person's; of two models of one name the later one counts."""
        other = places.other_models_folder()
        if other is not None and not other.is_dir():
            self.problems.append(_("The folder with models of your own is not there: {folder}.").format(folder=other))
        return [PROGRAM_WEIGHTS, *([other] if other else []), places.models_folder()]

    def _add(self, path: Path) -> None:
        try:
            card = read_card(path)
        except CardError as error:
            self._refuse(path, str(error))
            return
        if card.architecture not in ARCHITECTURES:
            problem = _("The model {name} has an architecture that this version does not know: {kind}.")
            self._refuse(path, problem.format(name=card.name, kind=card.architecture))
            return
        self._cards[card.tool, card.name] = (card, path.parent)

    def _refuse(self, path: Path, problem: str) -> None:
        self.problems.append(problem)
        self._refused[path] = problem

    def cards(self, tool: str | None = None) -> list[Card]:
        """The cards of all models, or of one tool's, in the order of their names."""
        return [
            card
            for _key, (card, _folder) in sorted(self._cards.items(), key=lambda item: item[0])
            if tool in (None, card.tool)
        ]

    def card(self, tool: str, name: str) -> Card:
        """One model's card; ModelError where there is none, or it was refused."""
        if (tool, name) not in self._cards:
            for path, problem in self._refused.items():
                if path.stem in (f"{tool}-{name}", name):
                    raise ModelError(f"{problem} {_what_to_do(path).format(name=name)}")
            names = ", ".join(card.name for card in self.cards(tool))
            raise UnknownModel(
                _("There is no model {name} for {tool}; there are: {names}.").format(
                    name=name, tool=tool, names=names or _("none")
                )
            )
        return self._cards[tool, name][0]

    def hashes(self, tool: str, name: str) -> dict[str, str]:
        """The SHA-256 of weights by the model they belong to: this one, and those that it is made of."""
        first = self._cards.get((tool, name))
        if first is None:
            return {}
        others = [other for other in first[0].arguments.values() if isinstance(other, str)]
        cards = [self._cards[tool, other][0] for other in (name, *others) if (tool, other) in self._cards]
        return {card.name: card.sha256 for card in cards if card.sha256}

    def folder(self, card: Card) -> Path:
        """Where one of these cards lies, and its weights."""
        return self._cards[card.tool, card.name][1]

    def load(self, tool: str, name: str) -> Any:
        """The model itself, ready to be called; it stays loaded. ModelError where the weights are not whole."""
        if (tool, name) not in self._loaded:
            card = self.card(tool, name)
            folder = self.folder(card)
            self.check_weights(card)
            try:
                build = ARCHITECTURES[card.architecture]
                self._loaded[tool, name] = build(card, folder / card.file, lambda other: self.load(tool, other))
            except ModelError:
                raise
            except Exception as error:
                if lacks_memory(error):
                    raise
                raise ModelError(
                    _("The model {name} cannot be loaded ({reason}); run install.py once more.").format(
                        name=name, reason=(str(error).splitlines() or [type(error).__name__])[0].rstrip(".:")
                    )
                ) from error
        return self._loaded[tool, name]

    def load_or_another(
        self, tool: str, name: str, default: str, another: str, note: str
    ) -> tuple[Card, Any, list[str]]:
        """The card, the model itself and no notes; or those of another, which takes the place of a broken default.

        note is the sentence that says so, with {problem} for what is wrong. ModelError where the broken one is no
        default, or is the other itself.
        """
        try:
            return self.card(tool, name), self.load(tool, name), []
        except ModelError as error:
            if name != default or name == another:
                raise
            return self.card(tool, another), self.load(tool, another), [note.format(problem=error)]

    def check_weights(self, card: Card) -> None:
        """Compare the weights' SHA-256 with the card's; ModelError where they differ or the file is gone."""
        if not card.file:
            return
        path = self.folder(card) / card.file
        try:
            if not path.is_file():  # a pipe or a device would be waited for
                raise FileNotFoundError(path)
            with path.open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError:
            found = ""
        if found != card.sha256:
            raise ModelError(
                _("The weights of the model {name} are missing or damaged; run install.py once more.").format(
                    name=card.name
                )
            )


def _what_to_do(card: Path) -> str:
    """The sentence after that on what is wrong with a card; {name} is the model's."""
    if card.parent == PROGRAM_WEIGHTS:
        return _("So the model {name} is switched off: choose another one, or run install.py once more.")
    return _("So the model {name} is switched off: choose another one, or mend its card.")
