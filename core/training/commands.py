"""The training's command line: train, evaluate, export."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import cv2
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from core.models.unet import UNet
from core.training import detector, export
from core.training.evaluate import evaluate
from core.training.sheets import write_sheets
from core.training.train import Batches, Progress, TrainSettings, train


def train_detector(options: argparse.Namespace) -> None:
    """`train detect`."""
    settings = TrainSettings(
        minutes=options.minutes, rate=options.rate, preview_every=options.preview_every, seed=options.seed
    )
    sizes = detector.DetectorSettings(width=options.width, levels=options.levels)
    generator = detector.load_generator(options.photos)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "settings.json").write_text(
        json.dumps({"train": asdict(settings), "detector": asdict(sizes)}, indent=1)
    )
    stage: dict[bool, Batches] = {}

    def batches(at: Progress, share: float) -> Batches:
        large = share >= sizes.large_from
        if large not in stage:
            stage.clear()
            size, count = (sizes.large_crop, sizes.large_crops) if large else (sizes.crop, sizes.crops)
            crops = detector.Crops(generator, size, count, seed=settings.seed * 1_000_003 + at.step)
            stage[large] = iter(
                DataLoader(
                    crops,
                    batch_size=None,
                    num_workers=options.workers,
                    persistent_workers=options.workers > 0,
                )
            )
        return stage[large]

    def loss_of(net: nn.Module, images: Tensor, masks: Tensor, share: float) -> Tensor:
        return detector.detection_loss(net, images, masks, share, sizes.bce_alone_from)

    def preview(checkpoint: Path, at: Progress) -> None:
        export.export_weights(checkpoint, options.out / f"preview_{round(at.seconds / 60):04d}.safetensors")

    net = export.load_start(options.start) if options.start else detector.build(sizes)
    checkpoint = train(net, batches, loss_of, options.out, settings, options.resume, preview)
    export.export_weights(checkpoint, options.out / "final.safetensors")


def network_of(options: argparse.Namespace) -> UNet:
    """The network that --checkpoint or --weights (a file, or the folder of weights) names."""
    if options.checkpoint:
        return export.load_checkpoint(options.checkpoint)
    path: Path = options.weights
    return export.load_weights(path / export.FILE if path.is_dir() else path)


def evaluate_detector(options: argparse.Namespace) -> None:
    """`evaluate detect`."""
    net = network_of(options)
    look = detector.as_shipped(net, options.second_look)
    figures = {"second_look": options.second_look, **evaluate(look, options.photos, options.threshold)}
    text = json.dumps(figures, indent=1)
    if options.json:
        options.json.write_text(text + "\n")
    print(text, flush=True)
    if options.sheets:
        write_sheets(look, options.photos, options.sheets, figures["threshold"])


def export_detector(options: argparse.Namespace) -> None:
    """`export detect`."""
    figures = json.loads(options.figures.read_text())
    print(export.export(options.checkpoint, options.weights, figures))


def parser() -> argparse.ArgumentParser:
    """python -m core.training COMMAND detect ..."""
    top = argparse.ArgumentParser(prog="python -m core.training", description=__doc__)
    top.add_argument("--threads", type=int, default=1, help="of torch and OpenCV (default 1)")
    commands = top.add_subparsers(dest="command", required=True)

    def command(name: str, text: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text)
        one.add_argument("network", choices=["detect"])
        return one

    one = command("train", "train a network")
    one.add_argument(
        "--photos", type=Path, required=True, help="folder with modern/, modern_large/ and damage/"
    )
    one.add_argument("--out", type=Path, required=True, help="checkpoint, previews and log go here")
    one.add_argument("--start", type=Path, help="begin with these weights, exported or a checkpoint, not with new ones")
    one.add_argument("--rate", type=float, default=TrainSettings.rate, help="highest learning rate")
    one.add_argument("--minutes", type=float, required=True, help="of the whole run, resumes included")
    one.add_argument(
        "--resume", action="store_true", help="continue from the checkpoint in --out, if there is one"
    )
    one.add_argument("--workers", type=int, default=0, help="processes that make crops (0: this one)")
    one.add_argument(
        "--preview-every", type=float, default=15, help="minutes between preview exports, 0: none"
    )
    one.add_argument("--width", type=int, default=32)
    one.add_argument("--levels", type=int, default=5)
    one.add_argument("--seed", type=int, default=1)
    one.set_defaults(run=train_detector)

    one = command("evaluate", "measure a network on the validation photos")
    one.add_argument("--photos", type=Path, required=True)
    which = one.add_mutually_exclusive_group(required=True)
    which.add_argument("--weights", type=Path, help="exported weights: a file, or the folder")
    which.add_argument("--checkpoint", type=Path, help="state of a training run")
    one.add_argument("--threshold", type=float, help="default: what marks 0.3 %% of sound photos")
    one.add_argument(
        "--second-look", type=float, default=0.0, help="by how much small photos are enlarged for a second look"
    )
    one.add_argument("--json", type=Path, help="write the figures to this file too")
    one.add_argument("--sheets", type=Path, help="folder for pictures: before, truth, probability")
    one.set_defaults(run=evaluate_detector)

    one = command("export", "write weights and their card")
    one.add_argument("--checkpoint", type=Path, required=True)
    one.add_argument("--weights", type=Path, required=True, help="folder that the weights and the card go to")
    one.add_argument(
        "--figures", type=Path, required=True, help="the JSON of an evaluation of this very checkpoint"
    )
    one.set_defaults(run=export_detector)
    return top


def main(arguments: list[str] | None = None) -> None:
    options = parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    cv2.setNumThreads(options.threads)
    options.run(options)
