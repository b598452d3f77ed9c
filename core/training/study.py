"""The optimiser study: the simple VAE of each domain under four optimisers, and what becomes of the divergence.

The configurations are the student report's: Adam 10 epochs, Adamax 15, SGD 30, SGD with automatic adaptation of the
learning rate 5, batches of 32. Its loss is the mean cross-entropy of a pixel plus the divergence's sum over z, in
which the divergence weighs nearly 200 000 times what it does in the evidence lower bound. `repaired` is Adam once
more with the bound's own weights, a warm-up and free bits.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from core.models.vae import DOMAINS, SIDE, SimpleVae, divergence, sampled
from core.training.ageing import aged, choose_ageing
from core.training.restorer import GREY, generator_of, most_of, planes
from core.training.textures import Field
from core.training.vaes import Domains, bounded_divergence, cross_entropy, load_domains

BATCH = 32
FREE, WARM = 0.05, 0.3


@dataclass(frozen=True)
class Configuration:
    """One run of the study. adapts: the rate halves where the loss of an epoch's third has not fallen."""

    name: str
    epochs: int
    optimizer: Callable[..., torch.optim.Optimizer]
    rate: float
    adapts: bool = False
    repaired: bool = False


CONFIGURATIONS = (
    Configuration("Adam", 10, torch.optim.Adam, 1e-3),
    Configuration("Adamax", 15, torch.optim.Adamax, 1e-3),
    Configuration("SGD", 30, torch.optim.SGD, 0.01),
    Configuration("SGD, adapting", 5, torch.optim.SGD, 0.5, adapts=True),
    Configuration("Adam, repaired", 10, torch.optim.Adam, 1e-3, repaired=True),
)


@dataclass
class Curves:
    """Of one run, mean over the three domains: one value for each step; seconds of the whole run."""

    total: list[float]
    reconstruction: list[float]
    divergence: list[float]
    seconds: float = 0.0
    active: float = 0.0  # numbers of z, mean over the domains, whose divergence is above 0.01 nats at the end


def pictures(domains: Domains, count: int, seed: int) -> Tensor:
    """`count` whole photos of each domain at 256 x 256: uint8 (count, 9, 256, 256), domains behind each other."""
    rng = generator_of(seed)
    rows = []
    for _ in range(count):
        modern = domains.modern[int(rng.integers(len(domains.modern)))]
        old = domains.old[int(rng.integers(len(domains.old)))]
        one = aged(rng, square(most_of(rng, modern)), choose_ageing(rng), bool(rng.random() < GREY))
        true, y = (np.rint(255 * picture).astype(np.uint8) for picture in (one.true, square(most_of(rng, old))))
        rows.append(np.dstack([one.image, true, y]))
    return planes(np.stack(rows))


def square(picture: Field) -> Field:
    """A picture (H, W, 3) as 256 x 256."""
    return np.asarray(cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.float32)


def run(configuration: Configuration, photos: Tensor, seed: int = 1) -> Curves:
    """Train the three domains' VAEs side by side, each on its own pictures; the losses of every step."""
    torch.manual_seed(seed)
    net, curves, start = SimpleVae(), Curves([], [], []), time.monotonic()
    optimizer = configuration.optimizer(net.parameters(), lr=configuration.rate)
    each = max(1, len(photos) // BATCH)
    adapter = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=max(1, each // 3))
    steps = configuration.epochs * -(-len(photos) // BATCH)
    for epoch in range(configuration.epochs):
        for some in torch.randperm(len(photos)).split(BATCH):  # type: ignore[no-untyped-call]
            share = len(curves.total) / steps
            losses = [losses_of(net, domain, photos[some], i) for i, domain in enumerate(DOMAINS)]
            loss = torch.stack([total_of(*one, configuration, share) for one in losses]).sum()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(net.parameters(), 100.0)
            optimizer.step()
            note(curves, losses, float(loss.detach()) / len(DOMAINS))
            if configuration.adapts:
                adapter.step(curves.total[-1])
        print(f"{configuration.name} epoch {epoch + 1}: {curves.total[-1]:.4f}", flush=True)
    curves.active = active(net, photos)
    curves.seconds = round(time.monotonic() - start, 1)
    return curves


def losses_of(net: SimpleVae, domain: str, photos: Tensor, place: int) -> tuple[Tensor, Tensor, Tensor]:
    """(mean cross-entropy of a value, divergence summed over z, the same with free bits) of a domain's pictures."""
    x = (photos[:, 3 * place : 3 * place + 3].float() / 255).contiguous(memory_format=torch.channels_last)
    mean, log_var = net.encoders[domain](x)
    reconstruction = cross_entropy(net.decoders[domain](sampled(mean, log_var)), x)
    return reconstruction, divergence(mean, log_var).sum(1).mean(), bounded_divergence(mean, log_var, FREE)


def total_of(reconstruction: Tensor, nats: Tensor, bounded: Tensor, of: Configuration, share: float) -> Tensor:
    """The loss that is minimised: the report's, or the repaired one."""
    if not of.repaired:
        return reconstruction + nats
    return reconstruction + min(1.0, share / WARM) * bounded / (3 * SIDE * SIDE)


def note(curves: Curves, losses: list[tuple[Tensor, Tensor, Tensor]], total: float) -> None:
    """Add a step's means over the domains."""
    curves.total.append(round(total, 5))
    curves.reconstruction.append(round(float(np.mean([float(one[0].detach()) for one in losses])), 5))
    curves.divergence.append(round(float(np.mean([float(one[1].detach()) for one in losses])), 5))


@torch.no_grad()
def active(net: SimpleVae, photos: Tensor) -> float:
    """How many numbers of z say something about the picture, mean over the domains."""
    counts = []
    for place, domain in enumerate(DOMAINS):
        mean, log_var = net.encoders[domain](photos[:64, 3 * place : 3 * place + 3].float() / 255)
        counts.append(int((divergence(mean, log_var).mean(0) > 0.01).sum()))
    return round(float(np.mean(counts)), 1)


def study(photos: Path, docs: Path, images: int) -> dict[str, Any]:
    """Run all configurations; curves.json and the curves' picture go to docs/study."""
    chosen = pictures(load_domains(photos), images, 20261125)
    runs = {of.name: asdict(run(of, chosen)) for of in CONFIGURATIONS}
    result = {"images": images, "batch": BATCH, "runs": runs}
    folder = docs / "study"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "curves.json").write_text(json.dumps(result) + "\n", encoding="utf-8")
    draw(result, folder / "curves.svg")
    return result


def draw(result: dict[str, Any], path: Path) -> None:
    """Total, reconstruction and divergence of each run, over its epochs."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    matplotlib.rcParams["svg.hashsalt"] = "daguerre"
    runs = result["runs"]
    figure, axes = pyplot.subplots(len(runs), 3, figsize=(11, 2.3 * len(runs)), layout="constrained")
    for row, (name, curves) in zip(axes, runs.items(), strict=True):
        epochs = next(of.epochs for of in CONFIGURATIONS if of.name == name)
        for axis, kind in zip(row, ("total", "reconstruction", "divergence"), strict=True):
            values = np.asarray(curves[kind])
            axis.plot(np.linspace(0, epochs, len(values)), values, linewidth=1)
            axis.set_title(f"{name}: {kind}", fontsize=9)
            if kind == "divergence":
                axis.set_yscale("log")
                axis.set_ylim(1e-4, max(values.max() * 2, 1))
            axis.tick_params(labelsize=7)
            axis.grid(alpha=0.3)
    for axis in axes[-1]:
        axis.set_xlabel("epoch", fontsize=8)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def table(result: dict[str, Any]) -> str:
    """Markdown: where each run ends, and after how many epochs it is within two percent of its own end."""
    lines = [
        "| | epochs | within 2 % of its end after | reconstruction | divergence, nats | z in use | seconds |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for of in CONFIGURATIONS:
        curves = result["runs"][of.name]
        values = np.asarray(curves["reconstruction"])
        each = len(values) // of.epochs
        means = values[: each * of.epochs].reshape(of.epochs, each).mean(1)
        first = int(np.argmax(means <= 1.02 * means[-1])) + 1
        nats = float(np.mean(curves["divergence"][-each:]))
        lines.append(
            f"| {of.name} | {of.epochs} | {first} | {means[-1]:.4f} | {nats:.4g} | {curves['active']:g} of 128 | "
            f"{curves['seconds']:.0f} |"
        )
    return "\n".join(lines)
