"""The training's command line: train, evaluate, sheets, results, blend, export."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import torch

from core.models.registry import PROGRAM_WEIGHTS
from core.training import (
    evidence,
    export,
    export_colorizer,
    export_enhance,
    export_report_colors,
    mask_vae,
    median_cut_study,
    study,
)
from core.training.results import replaced
from core.training.train import TrainSettings
from core.training.trainings import TRAININGS


def train_network(options: argparse.Namespace) -> None:
    """`train`."""
    settings = TrainSettings(
        minutes=options.minutes,
        rate=options.rate,
        preview_every=options.preview_every,
        seed=options.seed,
        start=export.described(options.start) if options.start else "",
    )
    options.out.mkdir(parents=True, exist_ok=True)
    TRAININGS[options.network](options, settings)


def export_network(options: argparse.Namespace) -> None:
    """`export detect` and `export repair`."""
    write = {"detect": export.export, "repair": export.export_filler}[options.network]
    print(write(options.checkpoint, options.weights, json.loads(options.figures.read_text())))


def blend_networks(options: argparse.Namespace) -> None:
    """`blend detect` and `blend repair`."""
    export.blend(options.first, options.second, options.share, options.out)


def export_enhancer(options: argparse.Namespace) -> None:
    """`export-enhance`."""
    if options.model == "default":
        print(export_enhance.export_default(options.checkpoint, options.tone, options.weights))
    else:
        write = {"vae-full": export_enhance.export_full, "vae-simple": export_enhance.export_simple}[options.model]
        print(write(options.checkpoint, options.weights))


def export_color_network(options: argparse.Namespace) -> None:
    """`export-colorize`."""
    write = {"default": export_colorizer.export_colorizer, "report": export_report_colors.export_report_colors}
    print(write[options.model](options.checkpoint, options.weights))


def study_median_cut(options: argparse.Namespace) -> None:
    """`median-cut`: the table of colorizing.md."""
    print(median_cut_study.study(options.photos, options.weights, options.docs, options.runs))


def study_optimizers(options: argparse.Namespace) -> None:
    """`study`: curves and raw numbers into docs/study, the table into study.md."""
    table = study.table(study.study(options.photos, options.docs, options.images))
    page = options.docs / "study.md"
    page.write_text(replaced(page.read_text(encoding="utf-8"), "study", table), encoding="utf-8")
    print(table)


def mask_experiment(options: argparse.Namespace) -> None:
    """`mask-experiment`."""
    print(mask_vae.run(options.photos, options.weights, mask_vae.MaskSettings()))


def parser() -> argparse.ArgumentParser:
    """python -m core.training COMMAND detect ..."""
    top = argparse.ArgumentParser(prog="python -m core.training", description=__doc__)
    top.add_argument("--threads", type=int, default=1, help="of torch and OpenCV (default 1)")
    commands = top.add_subparsers(dest="command", required=True)

    def command(name: str, text: str, networks: Sequence[str]) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text)
        one.add_argument("network", choices=networks)
        return one

    one = command("train", "train a network", list(TRAININGS))
    one.add_argument("--photos", type=Path, required=True, help="folder with modern/, modern_large/ and damage/")
    one.add_argument("--out", type=Path, required=True, help="checkpoint, previews and log go here")
    one.add_argument("--start", type=Path, help="begin with these weights, exported or a checkpoint, not with new ones")
    one.add_argument("--rate", type=float, default=TrainSettings.rate, help="highest learning rate")
    one.add_argument("--minutes", type=float, required=True, help="of the whole run, resumes included")
    one.add_argument("--resume", action="store_true", help="continue from the checkpoint in --out, if there is one")
    one.add_argument("--workers", type=int, default=0, help="processes that make crops (0: this one)")
    one.add_argument("--preview-every", type=float, default=15, help="minutes between preview exports, 0: none")
    one.add_argument("--width", type=int, help="of the finest level, default: the network's own")
    one.add_argument("--levels", type=int, help="halvings, default: the network's own")
    one.add_argument("--cut", type=int, default=0, help="of report-colors: grey levels the network sees (0: all)")
    one.add_argument("--seed", type=int, default=1)
    one.set_defaults(run=train_network)

    one = commands.add_parser("evaluate", help="measure all models, or one network, on the validation photos")
    one.add_argument(
        "network",
        nargs="?",
        choices=["detect", "repair", "enhance", "colorize"],
        help="default: every model that has a card",
    )
    one.add_argument("--photos", type=Path, required=True)
    which = one.add_mutually_exclusive_group()
    which.add_argument("--weights", type=Path, default=PROGRAM_WEIGHTS, help="a folder; of one network also a file")
    which.add_argument("--checkpoint", type=Path, help="of one network: state of a training run")
    one.add_argument("--threshold", type=float, help="of one detector, default: what marks 0.25 %% of sound photos")
    one.add_argument(
        "--second-look",
        type=float,
        default=0.0,
        help="of one detector: how much small photos are enlarged to look again",
    )
    one.add_argument("--every", type=int, default=1, help="of enhance and colorize: every so many photos (default 1)")
    one.add_argument("--json", type=Path, help="write the figures and curves to this file")
    one.add_argument("--sheets", type=Path, help="folder for pictures: those of `sheets`; of one detector, its own")
    one.add_argument("--measured", type=Path, help="of all models: the --json of an earlier run, not measured again")
    one.add_argument(
        "--cards", type=Path, help="of all, enhance or colorize: put the figures into the cards of this folder"
    )
    one.add_argument(
        "--docs", type=Path, help="of all, enhance or colorize: figures.md, and of all the pictures of results.md"
    )
    one.set_defaults(run=evidence.evaluate_models)

    one = commands.add_parser("sheets", help="old_damaged/ before, marked and restored, at full size")
    one.add_argument("--photos", type=Path, required=True)
    one.add_argument("--out", type=Path, required=True, help="folder for a PNG of each photo and overview.jpg")
    one.add_argument("--weights", type=Path, default=PROGRAM_WEIGHTS, help="folder of models")
    one.set_defaults(run=evidence.make_sheets)

    one = commands.add_parser("enhanced-sheets", help="real old photographs before and after Enhance, at full size")
    one.add_argument("--photos", type=Path, required=True)
    one.add_argument("--out", type=Path, required=True, help="folder for a PNG of each photo and overview.jpg")
    one.add_argument("--weights", type=Path, default=PROGRAM_WEIGHTS, help="folder of models")
    one.add_argument("--model", default="default", help="of Enhance")
    one.set_defaults(run=evidence.make_enhanced_sheets)

    one = commands.add_parser("coloured-sheets", help="real black-and-white photographs in colour, at full size")
    one.add_argument("--photos", type=Path, required=True)
    one.add_argument("--out", type=Path, required=True, help="folder for a PNG of each photo and overview.jpg")
    one.add_argument("--weights", type=Path, default=PROGRAM_WEIGHTS, help="folder of models")
    one.add_argument("--model", default="default", help="of Colorize")
    one.set_defaults(run=evidence.make_coloured_sheets)

    one = commands.add_parser("results", help="make the pictures of docs/results.md anew")
    one.add_argument("--docs", type=Path, required=True)
    one.add_argument("--weights", type=Path, default=PROGRAM_WEIGHTS, help="folder of models")
    one.set_defaults(run=evidence.make_results)

    one = command("blend", "average the weights of two runs, one begun from the other", ["detect", "repair"])
    one.add_argument("--first", type=Path, required=True, help="checkpoint")
    one.add_argument("--second", type=Path, required=True, help="checkpoint")
    one.add_argument("--share", type=float, default=0.5, help="of the first in the blend, 0 to 1")
    one.add_argument("--out", type=Path, required=True, help="the blended checkpoint")
    one.set_defaults(run=blend_networks)

    one = command("export", "write weights and their card", ["detect", "repair"])
    one.add_argument("--checkpoint", type=Path, required=True)
    one.add_argument("--weights", type=Path, required=True, help="folder that the weights and the card go to")
    one.add_argument("--figures", type=Path, required=True, help="the JSON of an evaluation of this very checkpoint")
    one.set_defaults(run=export_network)

    one = commands.add_parser("export-enhance", help="write the weights and the card of a model of Enhance")
    one.add_argument("model", choices=["default", "vae-full", "vae-simple"])
    one.add_argument("--checkpoint", type=Path, required=True, help="of the model default: the detail network's")
    one.add_argument("--tone", type=Path, help="of the model default: the tone network's checkpoint")
    one.add_argument("--weights", type=Path, required=True, help="folder that the weights and the card go to")
    one.set_defaults(run=export_enhancer)

    one = commands.add_parser("export-colorize", help="write the weights and the card of a model of Colorize")
    one.add_argument("model", choices=["default", "report"])
    one.add_argument("--checkpoint", type=Path, required=True)
    one.add_argument("--weights", type=Path, required=True, help="folder that the weights and the card go to")
    one.set_defaults(run=export_color_network)

    one = commands.add_parser("median-cut", help="does median cut help the colorizer `report`? a table")
    one.add_argument("runs", nargs="*", type=Path, help="folders of further trainings")
    one.add_argument("--photos", type=Path, required=True)
    one.add_argument("--weights", type=Path, default=PROGRAM_WEIGHTS, help="folder of models")
    one.add_argument("--docs", type=Path, required=True, help="the table goes into its colorizing.md")
    one.set_defaults(run=study_median_cut)

    one = commands.add_parser("study", help="four optimisers on the simple VAE: curves and a table")
    one.add_argument("--photos", type=Path, required=True)
    one.add_argument("--docs", type=Path, required=True, help="curves go to its folder study, the table into study.md")
    one.add_argument("--images", type=int, default=200, help="of each domain (default 200)")
    one.set_defaults(run=study_optimizers)

    one = commands.add_parser("mask-experiment", help="the VAE's structure as mask generator: the detector `report`")
    one.add_argument("--photos", type=Path, required=True)
    one.add_argument("--weights", type=Path, required=True, help="folder that the weights and the card go to")
    one.set_defaults(run=mask_experiment)
    return top


def main(arguments: list[str] | None = None) -> None:
    options = parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    cv2.setNumThreads(options.threads)
    options.run(options)
