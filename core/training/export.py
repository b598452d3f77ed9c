"""From a checkpoint to the weights that are shipped: averaged, BatchNorm folded, half precision."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from core.models.card import Card, read_card, write_card
from core.models.fill_network import MIDDLE
from core.models.network import exported_unet
from core.models.unet import UNet, fold_batch_norms
from core.models.vae import FullVae, folded
from core.models.weights import part_of
from core.training.detector import OVERLAP, TILE
from core.training.pretrained import CREDIT

FILES = {"detect": "detect-default.safetensors", "repair": "repair-cnn.safetensors"}
"""The weights that each network's export writes."""
PHOTOGRAPHS = (
    "Some 700 modern colour photographs from public repositories: Pascal VOC and COCO samples (Flickr terms), "
    "metadata-extractor-images and exif-samples (real cameras), Unsplash and CC0 wallpapers, demo pictures under MIT, "
    "Apache-2.0 and AGPL-3.0; old photographs (public domain by age; test pictures of DeOldify)."
)
DAMAGE = (
    "Damage: that of 88 of the old photographs, marked by hand, where it lies and laid on others; and drawn, with "
    "FilmDamageSimulator sprites and outlines (MIT), DocCreator stains "
    "(LGPL-3.0), SynthDoG crumples (MIT), dust lifted from old films, paper textures (GPL, CC0)."
)
FAILURES = [
    "Dark strokes are found less surely than bright ones.",
    "Dark shadows, hats and shoes of old photographs may be taken for lost patches.",
    "In pictures of less than about 400 pixels eyes and lips look like specks.",
    "Handwriting on the print is marked in part.",
    "Faint lines in busy texture are missed, and so is broad soft shading such as a shallow bend of the paper.",
    "Wire mesh, masonry, rigging, glints on glass and chrome, lace and lettering may be marked in sound photographs.",
    "A straight border of the print is taken for sound; a ragged one for torn.",
]


def load_checkpoint(checkpoint: Path) -> UNet:
    """The averaged network of a training run, folded, float32, eval."""
    return fold_batch_norms(averaged(checkpoint).eval()).to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def averaged(checkpoint: Path) -> UNet:
    """The averaged network of a training run as it is in the checkpoint, with its BatchNorm if it has any."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)["average"]
    net = UNet(**sizes_of(state), folded="encoder.0.0.conv.bias" in state)
    net.load_state_dict(state)
    return net


def load_start(path: Path) -> UNet:
    """Where a run begins: a checkpoint (.pt), or exported weights, which have no BatchNorm any more."""
    return averaged(path) if path.suffix == ".pt" else load_weights(path)


def blend(first: Path, second: Path, share: float, out: Path) -> None:
    """A checkpoint whose averaged weights are `share` of the first's and the rest of the second's.

    Two runs of which one began with the other's weights agree more with the truth between them than at either end
    (Wortsman et al., Model soups, 2022).
    """
    state = torch.load(second, map_location="cpu", weights_only=True)
    other = torch.load(first, map_location="cpu", weights_only=True)["average"]
    for name, value in state["average"].items():
        if value.is_floating_point():
            value.lerp_(other[name], share)
    earlier = state["settings"].get("blended")
    state["settings"]["blended"] = (f"{earlier}; then " if earlier else "") + f"{share:g} of {described(first)}"
    torch.save(state, out)


def described(start: Path) -> str:
    """What a run begins from, for its card."""
    if start.suffix != ".pt":
        card = start.with_suffix(".toml")
        if not card.exists():  # a preview's weights have none
            return f"the exported weights {start.name}"
        run = read_card(card).training
        return f"the exported weights of a run of {run['minutes']:.0f} minutes and {run['crops']} crops"
    state = torch.load(start, map_location="cpu", weights_only=True)
    run, began = state["progress"], state["settings"].get("start")
    own = f"the weights of a run of {run['seconds'] / 60:.0f} minutes and {run['crops']} crops"
    return f"{own} that began from {began}" if began else own


def sizes_of(state: dict[str, torch.Tensor]) -> dict[str, int]:
    """The constructor's arguments but `folded`, read off a state's names and shapes."""
    first, last = state["encoder.0.0.conv.weight"], state["head.weight"]
    return {
        "channels": first.shape[1] // 4,
        "width": first.shape[0],
        "levels": len({name.split(".")[1] for name in state if name.startswith("encoder.")}) - 1,
        "answers": last.shape[0] // 4,
        "context": int(any(name.startswith("context.") for name in state)),
    }


def export_weights(checkpoint: Path, path: Path) -> UNet:
    """Write the folded weights of a checkpoint as half-precision safetensors; returns the network."""
    net = load_checkpoint(checkpoint)
    write_half(net.state_dict(), path)
    return net


def export_state(checkpoint: Path, path: Path) -> None:
    """Write the averaged weights of a checkpoint, as they are, as half-precision safetensors."""
    write_half(torch.load(checkpoint, map_location="cpu", weights_only=True)["average"], path)


def write_half(state: Mapping[str, torch.Tensor], path: Path) -> None:
    """Write a network's state as half-precision safetensors, whole or not at all."""
    beside = path.with_suffix(".tmp")
    save_file({name: value.half().contiguous() for name, value in state.items()}, beside)
    beside.replace(path)


def export_full_vae(checkpoint: Path, path: Path) -> None:
    """Write the averaged full VAE of a checkpoint, its BatchNorm folded, as half-precision safetensors."""
    write_half(folded_full_vae(checkpoint).state_dict(), path)


def folded_full_vae(checkpoint: Path) -> FullVae:
    """The averaged full VAE of a checkpoint, of the sizes that its state has, its BatchNorm folded."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)["average"]
    change = state["translation.change.weight"]

    def blocks_of(part: str) -> int:
        return len({name.removeprefix(part).split(".")[0] for name in state if name.startswith(part)}) - 1

    size, width = change.shape[:2]
    net = FullVae(size, width, blocks_of("encoders.x.blocks."), blocks_of("translation.blocks."))
    net.load_state_dict(state)
    return folded(net.eval())


def load_weights(path: Path) -> UNet:
    """An exported network, or the detail network of Enhance's exported default model: float32, eval, channels_last."""
    state = load_file(path)
    state = part_of(state, "detail.") or state
    return exported_unet(state, sizes_of(state))


def export(checkpoint: Path, weights: Path, figures: dict[str, Any]) -> Path:
    """Write detect-default.safetensors and its card into `weights`; returns the card's path.

    figures: of evaluate() on this checkpoint; the card's threshold comes from them.
    """
    net = load_checkpoint(checkpoint)
    card = Card(
        name="default",
        tool="detect",
        title="Default (network)",
        purpose="Scratches, hairs, dust, cracks, folds, flakes, lost patches, tears and stains, on colour, grey and "
        "toned photographs.",
        architecture="unet",
        arguments=dict(net.arguments()),
        licence="GPL-3.0-or-later; its context's encoder is EfficientNet-Lite0, Apache-2.0",
        tile=TILE,
        stride=net.stride,
        overlap=OVERLAP,
        threshold=float(figures["threshold"]),
        second_look=float(figures["second_look"]),
        training={
            "data": f"{PHOTOGRAPHS} {DAMAGE} What is where in a photo: {CREDIT}.",
            "recipe": "2 BCE + Dice, BCE alone at the end; AdamW, cosine; averaged weights; 256 px crops, 448 px in "
            "the second half",
            **training_of(checkpoint, "detect"),
        },
        figures={
            "command": "python -m core.training evaluate detect --photos PHOTOS --weights weights "
            f"--second-look {figures['second_look']:g}",
            **{name: value for name, value in figures.items() if name != "curves"},
        },
        known_failures=FAILURES,
    )
    return write_model(card, net.state_dict(), weights)


def export_filler(checkpoint: Path, weights: Path, figures: dict[str, Any]) -> Path:
    """Write repair-cnn.safetensors and its card into `weights`; returns the card's path.

    figures: of evaluate_fillers() on this checkpoint.
    """
    net = load_checkpoint(checkpoint)
    card = Card(
        name="cnn",
        tool="repair",
        title="Network",
        purpose="Scratches, cracks, folds and spots up to about 60 pixels: lines and edges go on through them.",
        architecture="fill-unet",
        arguments=dict(net.arguments()),
        licence="GPL-3.0-or-later",
        tile=MIDDLE,
        stride=net.stride,
        training={
            "data": f"{PHOTOGRAPHS} Shapes of the holes: those of the damage detector's training.",
            "recipe": "corrects the biharmonic fill: squared and absolute error inside of the hole; AdamW, cosine; "
            "averaged weights; 128 px crops",
            **training_of(checkpoint, "repair"),
        },
        figures={
            "command": "python -m core.training evaluate repair --photos PHOTOS --weights weights",
            **figures,
        },
        known_failures=["Holes wider than about 60 pixels become smooth: texture is not invented."],
    )
    return write_model(card, net.state_dict(), weights)


def write_model(card: Card, state: Mapping[str, torch.Tensor], weights: Path) -> Path:
    """Write TOOL-NAME.safetensors, half precision, and the card, which learns of it; returns the card's path."""
    weights.mkdir(parents=True, exist_ok=True)
    stem = f"{card.tool}-{card.name}"
    file, path = weights / f"{stem}.safetensors", weights / f"{stem}.toml"
    write_half(state, file)
    write_card(replace(card, file=file.name, sha256=sha256(file)), path)
    return path


def sha256(path: Path) -> str:
    """Of a file, as hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def training_of(checkpoint: Path, network: str) -> dict[str, Any]:
    """What a checkpoint tells about its run, for the card."""
    run = torch.load(checkpoint, map_location="cpu", weights_only=True)
    history = {name: run["settings"][name] for name in ("start", "blended") if run["settings"].get(name)}
    return {
        **history,
        "command": f"python -m core.training train {network} --photos PHOTOS --out RUN "
        f"--minutes {run['settings']['minutes']:g}",
        "minutes": round(run["progress"]["seconds"] / 60, 1),
        "steps": run["progress"]["step"],
        "crops": run["progress"]["crops"],
        "resumes": run["progress"]["resumes"],
    }
