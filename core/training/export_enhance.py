"""The models of Enhance: from checkpoints to weights and cards. Their figures are put in by the evaluation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from core.models.card import Card, read_card
from core.models.tone_network import ToneNet
from core.models.vae import SimpleVae
from core.models.weights import part_of
from core.training.export import PHOTOGRAPHS, folded_full_vae, load_checkpoint, training_of, write_model
from core.training.restorer import DetailSettings, ToneSettings
from core.training.vaes import FullSettings, SimpleSettings

LIMITS = {
    "default": {"noise": (0.001, 0.004), "blur": (0.002, 0.005), "fading": (0.008, 0.02)},
    "vae-full": {"noise": (0.008, 0.02), "blur": (0.008, 0.014), "fading": (0.02, 0.05)},
    "vae-simple": {"noise": (0.0, 1.0), "blur": (0.0, 1.0), "fading": (0.06, 0.12)},
}
"""Root mean squares of a model's own answers at which the need for a change begins, and at which it is full."""
OLD = (
    "Domain X: the modern photographs, aged by our own generator (fading, yellowing, blur, grain, JPEG). Domain R: the "
    "modern photographs, Pascal VOC among them. Domain Y: 131 old ones, black and white (test pictures of DeOldify, "
    "public domain by age) and Prokudin-Gorskii's early colour plates (public domain), in place of the data set "
    "Dating Historical Color Images, which is not to be had."
)
TONES = "; its run: "
"""What stands before the command of the tone network's run."""
AGED = "Aged by our own generator: fading, yellowing, blur, grain, JPEG."


def export_default(detail: Path, tone: Path, weights: Path) -> Path:
    """Write enhance-default.safetensors and its card from the two networks' checkpoints; returns the card's path.

    tone: a checkpoint, or the weights of an exported default model, whose tone network stays as it is.
    """
    net = load_checkpoint(detail)
    tones = ToneNet(ToneSettings.width)
    if tone.suffix == ".pt":
        tones.load_state_dict(torch.load(tone, map_location="cpu", weights_only=True)["average"])
        run_of_tones = str(training_of(tone, "tone")["command"])
    else:
        tones.load_state_dict(part_of(load_file(tone), "tone."))
        run_of_tones = read_card(tone.with_suffix(".toml")).training["recipe"].rpartition(TONES)[2]
    state = {f"detail.{name}": value for name, value in net.state_dict().items()}
    state |= {f"tone.{name}": value for name, value in tones.state_dict().items()}
    recipe = (
        "The detail network adds what takes noise away, and on top what takes blur away, each taught by pictures "
        "without the one and without both at the photo's own faded tones: smooth L1 and squared error, AdamW, cosine, "
        f"averaged weights, {DetailSettings.crop} px crops. The tone network sees the whole photo at "
        f"{ToneSettings.side} px and answers with curves and a matrix: squared error{TONES}{run_of_tones}"
    )
    return export(
        "default",
        weights,
        state,
        title="Default (tone and detail)",
        purpose="Fading, yellowing, noise, grain, blur and compression, each as far as the photo has it.",
        architecture="enhance-split",
        arguments={"side": ToneSettings.side, "detail": dict(net.arguments()), "tone": {"width": tones.width}},
        grid=(512, net.stride, 64),
        training={
            "data": f"{PHOTOGRAPHS} {AGED}",
            "recipe": recipe,
            **training_of(detail, "detail"),
        },
        failures=[
            "How far a photo has faded cannot be known from it: one that was meant to be dark, pale or warm may be "
            "changed. The slider Fading takes that back.",
            "Strong blur, of more than some 3 pixels, and shaken pictures stay soft.",
            "Halftone screens and paper textures are not taken away.",
        ],
    )


def export_full(checkpoint: Path, weights: Path) -> Path:
    """Write the full VAE and its card; returns the card's path."""
    sizes = FullSettings()
    net = folded_full_vae(checkpoint)
    return export(
        "vae-full",
        weights,
        dict(net.state_dict()),
        title="VAE, full",
        purpose="The multi-domain VAE with ResNet blocks: aged and old photos translated to modern ones.",
        architecture="vae-full",
        arguments={"side": 192, "network": net.arguments()},
        grid=(512, 4, 64),
        training={
            "data": f"{PHOTOGRAPHS} {OLD}",
            "recipe": "Per domain binary cross-entropy and absolute error, and the divergence with free bits and "
            "warm-up, small beside them; the latents of X translated to R on pairs; old photos decoded by X as well; "
            f"{sizes.side} px crops and small whole photos; AdamW, cosine, averaged weights.",
            **training_of(checkpoint, "vae-full"),
        },
        failures=[
            "Softer than the default; grain that it cannot draw is lost as a whole.",
            "Colours of strongly faded photos come back less than by the default.",
            "Decoders other than R show what the domain looks like; they restore nothing.",
        ],
    )


def export_simple(checkpoint: Path, weights: Path) -> Path:
    """Write the simple VAE and its card; returns the card's path."""
    net = SimpleVae(SimpleSettings.size)
    net.load_state_dict(torch.load(checkpoint, map_location="cpu", weights_only=True)["average"])
    return export(
        "vae-simple",
        weights,
        dict(net.state_dict()),
        title="VAE, simple",
        purpose="The multi-domain VAE with dense latents: sees the whole photo at 256 x 256, changes tones only.",
        architecture="vae-simple",
        arguments={"network": net.arguments()},
        grid=(0, 1, 0),
        training={
            "data": f"{PHOTOGRAPHS} {OLD}",
            "recipe": "Per domain binary cross-entropy and divergence with the evidence lower bound's own weights, "
            "free bits and warm-up; besides X decoded as R on pairs, and Y as X; AdamW, cosine, averaged weights.",
            **training_of(checkpoint, "vae-simple"),
        },
        failures=[
            "A vector of 128 numbers holds no detail: the picture itself (raw) is a blur.",
            "It cannot tell a faded photo from a sound one: by the default settings nothing changes, and Fading above "
            "100 % shows its tones.",
            "Tones are carried over coarsely: light may spill over the borders of objects.",
        ],
    )


def export(
    name: str,
    weights: Path,
    state: dict[str, torch.Tensor],
    *,
    title: str,
    purpose: str,
    architecture: str,
    arguments: dict[str, Any],
    grid: tuple[int, int, int],
    training: dict[str, Any],
    failures: list[str],
) -> Path:
    """Write enhance-NAME.safetensors and its card; grid: tile, stride, overlap. Returns the card's path."""
    card = Card(
        name=name,
        tool="enhance",
        title=title,
        purpose=purpose,
        architecture=architecture,
        licence="GPL-3.0-or-later",
        arguments={**arguments, "limits": {part: list(of) for part, of in LIMITS[name].items()}},
        tile=grid[0],
        stride=grid[1],
        overlap=grid[2],
        training=training,
        known_failures=failures,
    )
    return write_model(card, state, weights)
