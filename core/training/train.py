"""One training run: a schedule by the clock, an average of the weights, checkpoints that survive being killed."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

Batches = Iterator[tuple[Tensor, Tensor]]


@dataclass
class TrainSettings:
    """minutes: of the whole run, resumes included; the rate has decayed when they are over. start: where it began."""

    minutes: float
    rate: float = 2e-3
    lowest_rate: float = 1e-6
    warm_up: int = 200  # steps
    weight_decay: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.98)
    average: float = 0.999
    checkpoint_every: float = 60.0  # seconds
    preview_every: float = 15.0  # minutes; 0: never
    seed: int = 1
    start: str = ""


class Average:
    """Exponential moving average of a network's whole state, BatchNorm's statistics included."""

    def __init__(self, net: nn.Module, limit: float) -> None:
        self.limit = limit
        self.state = {name: value.detach().clone() for name, value in net.state_dict().items()}

    @torch.no_grad()
    def update(self, net: nn.Module, step: int) -> None:
        state = net.state_dict()
        names = [name for name, value in state.items() if value.is_floating_point()]
        keep = min(self.limit, (1 + step) / (10 + step))
        torch._foreach_lerp_([self.state[n] for n in names], [state[n] for n in names], 1 - keep)


def initialised_for_relu(net: nn.Module) -> None:
    """Weights that keep a signal's strength through ReLU layers without normalisation (He et al., 2015).

    PyTorch's own let it sink to a sixth at each layer, so that the depths of a network would hardly ever learn.
    """
    for module in net.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)


@dataclass
class Progress:
    """Where a run stands; all of it is in the checkpoint."""

    step: int = 0
    crops: int = 0
    seconds: float = 0.0
    resumes: int = 0


def fast_half() -> bool:
    """Whether bfloat16 autocast pays. On processors it may halve a step's time or double it: that is tried."""
    if torch.cuda.is_available():
        return True
    if not torch.cpu._is_avx512_bf16_supported():
        return False
    layer = nn.Conv2d(64, 64, 3, padding=1).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    x = torch.rand(8, 64, 48, 48).contiguous(memory_format=torch.channels_last)

    def seconds(half: bool) -> float:
        start = time.process_time()
        for _ in range(3):
            with torch.autocast("cpu", torch.bfloat16, enabled=half):
                layer(x).square().mean().backward()
        return time.process_time() - start

    taken = {half: min(seconds(half) for _ in range(3)) for half in (False, True)}
    return taken[True] < taken[False]


def save_atomically(state: dict[str, object], path: Path) -> None:
    """Write beside and rename: a killed run leaves the previous state whole."""
    beside = path.with_suffix(".tmp")
    torch.save(state, beside)
    beside.replace(path)


def train(
    net: nn.Module,
    batches: Callable[[Progress, float], Batches],
    loss_of: Callable[[nn.Module, Tensor, Tensor, float], Tensor],
    out: Path,
    settings: TrainSettings,
    resume: bool = False,
    preview: Callable[[Path, Progress], None] | None = None,
) -> Path:
    """Train until settings.minutes are used up; returns the checkpoint's path.

    batches(progress, share) gives an iterator for the stage of the run that `share` (0..1) lies in, or the
    same one again; loss_of(net, images, masks, share) the loss of one batch.
    """
    out.mkdir(parents=True, exist_ok=True)
    checkpoint = out / "state.pt"
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    half = fast_half()
    net = net.to(device, memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    optimizer = torch.optim.AdamW(net.parameters(), settings.rate, settings.betas, weight_decay=settings.weight_decay)
    average = Average(net, settings.average)
    at = Progress()
    if resume and checkpoint.exists():
        state = torch.load(checkpoint, map_location=device, weights_only=True)
        net.load_state_dict(state["net"])
        optimizer.load_state_dict(state["optimizer"])
        average.state = state["average"]
        at = Progress(**state["progress"])
        at.resumes += 1
        print(f"resumed at step {at.step}, {at.seconds / 60:.1f} min", flush=True)
    torch.manual_seed(settings.seed + at.resumes)

    def save() -> None:
        save_atomically(
            {
                "net": net.state_dict(),
                "average": average.state,
                "optimizer": optimizer.state_dict(),
                "progress": asdict(at),
                "settings": asdict(settings),
            },
            checkpoint,
        )

    last = time.monotonic()
    saved, logged_at, logged_crops = at.seconds, at.seconds, at.crops
    previewed = at.seconds
    recent: Tensor = torch.zeros((), device=device)
    counted = 0
    while at.seconds < 60 * settings.minutes:
        share = at.seconds / (60 * settings.minutes)
        rate = settings.rate * min(1.0, (at.step + 1) / settings.warm_up) * 0.5 * (1 + math.cos(math.pi * share))
        for group in optimizer.param_groups:
            group["lr"], group["betas"] = rate + settings.lowest_rate, settings.betas
        images, masks = next(batches(at, share))
        images, masks = images.to(device, non_blocking=True), masks.to(device, non_blocking=True)
        with torch.autocast(device.type, torch.bfloat16, enabled=half):
            loss = loss_of(net, images, masks, share)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        average.update(net, at.step)
        at.step += 1
        at.crops += len(images)
        recent += loss.detach()
        counted += 1
        now = time.monotonic()
        at.seconds += now - last
        last = now
        if at.seconds - logged_at >= 20:
            speed = (at.crops - logged_crops) / (at.seconds - logged_at)
            print(
                f"min {at.seconds / 60:6.2f}  step {at.step:6d}  crops {at.crops:7d}  "
                f"loss {float(recent) / counted:.4f}  rate {rate:.1e}  {speed:.1f} crops/s",
                flush=True,
            )
            recent.zero_()
            counted = 0
            logged_at, logged_crops = at.seconds, at.crops
        if at.seconds - saved >= settings.checkpoint_every:
            save()
            saved = at.seconds
            if preview and settings.preview_every and at.seconds - previewed >= 60 * settings.preview_every:
                preview(checkpoint, at)
                previewed = at.seconds
    save()
    print(f"done: {at.step} steps, {at.crops} crops, {at.seconds / 60:.1f} min", flush=True)
    return checkpoint
