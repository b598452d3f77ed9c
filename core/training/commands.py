"""The training's command line: train, evaluate, sheets, results, blend, export."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset

from core.models.registry import PROGRAM_WEIGHTS
from core.models.vae import FullVae, SimpleVae
from core.training import (
    colorizer,
    detector,
    evidence,
    export,
    export_colorizer,
    export_enhance,
    export_report_colors,
    filler,
    mask_vae,
    median_cut_study,
    report_colors,
    restorer,
    study,
    vaes,
)
from core.training.results import replaced
from core.training.train import Batches, Progress, TrainSettings, train

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Crops = IterableDataset[tuple[Tensor, Tensor]]


def train_network(options: argparse.Namespace) -> None:
    """`train detect` and `train repair`."""
    settings = TrainSettings(
        minutes=options.minutes,
        rate=options.rate,
        preview_every=options.preview_every,
        seed=options.seed,
        start=export.described(options.start) if options.start else "",
    )
    options.out.mkdir(parents=True, exist_ok=True)
    TRAININGS[options.network](options, settings)


def train_detector(options: argparse.Namespace, settings: TrainSettings) -> None:
    """The damage detector: small crops, large ones at the end."""
    sizes = detector.DetectorSettings(
        width=options.width or detector.DetectorSettings.width,
        levels=options.levels or detector.DetectorSettings.levels,
    )
    note_settings(options.out, settings, sizes)
    generator = detector.load_generator(options.photos)

    def crops(at: Progress, large: bool) -> Crops:
        size, count = (sizes.large_crop, sizes.large_crops) if large else (sizes.crop, sizes.crops)
        return detector.Crops(generator, size, count, seed=settings.seed * 1_000_003 + at.step)

    def loss_of(net: nn.Module, images: Tensor, masks: Tensor, share: float) -> Tensor:
        return detector.detection_loss(net, images, masks, share, sizes.bce_alone_from)

    if options.start:
        start = export.load_start(options.start)
        net = detector.went_on(start, generator, sizes) if start.folded else start
    else:
        net = detector.build(sizes)
    run(net, two_stages(crops, sizes.large_from, options.workers), loss_of, options, settings)


def train_filler(options: argparse.Namespace, settings: TrainSettings) -> None:
    """The filling network."""
    sizes = filler.FillerSettings(
        width=options.width or filler.FillerSettings.width, levels=options.levels or filler.FillerSettings.levels
    )
    note_settings(options.out, settings, sizes)
    generator = filler.load_generator(options.photos)

    def crops(at: Progress) -> Crops:
        return filler.Holes(generator, sizes.crop, sizes.crops, settings.seed * 1_000_003 + at.step)

    net = export.load_start(options.start) if options.start else filler.build(sizes)
    run(net, one_stage(crops, options.workers), without_share(filler.fill_loss), options, settings)


def train_detail(options: argparse.Namespace, settings: TrainSettings) -> None:
    """The detail network of Enhance's default model."""
    sizes = restorer.DetailSettings(
        width=options.width or restorer.DetailSettings.width, levels=options.levels or restorer.DetailSettings.levels
    )
    note_settings(options.out, settings, sizes)
    photos = restorer.load_photos(options.photos)

    def crops(at: Progress) -> Crops:
        return restorer.AgedParts(photos, sizes.crop, sizes.crops, settings.seed * 1_000_003 + at.step)

    net = export.load_start(options.start) if options.start else restorer.build_detail(sizes)
    run(net, one_stage(crops, options.workers), without_share(restorer.detail_loss), options, settings)


def train_tone(options: argparse.Namespace, settings: TrainSettings) -> None:
    """The tone network of Enhance's default model."""
    sizes = restorer.ToneSettings(width=options.width or restorer.ToneSettings.width)
    note_settings(options.out, settings, sizes)
    photos = restorer.load_photos(options.photos)

    def crops(at: Progress) -> Crops:
        return restorer.AgedPhotos(photos, sizes.side, sizes.crops, settings.seed * 1_000_003 + at.step)

    net = restorer.build_tone(sizes)
    run(
        net,
        one_stage(crops, options.workers),
        without_share(restorer.tone_loss),
        options,
        settings,
        export.export_state,
    )


def train_simple_vae(options: argparse.Namespace, settings: TrainSettings) -> None:
    """The simple multi-domain VAE."""
    sizes = vaes.SimpleSettings()
    note_settings(options.out, settings, sizes)
    domains = vaes.load_domains(options.photos)

    def crops(at: Progress) -> Crops:
        return vaes.Triples(domains, sizes.side, sizes.crops, 1.0, settings.seed * 1_000_003 + at.step)

    def loss_of(net: nn.Module, triples: Tensor, nothing: Tensor, share: float) -> Tensor:
        return vaes.simple_loss(net, triples, sizes, share)

    net = SimpleVae(sizes.size)
    run(net, one_stage(crops, options.workers), loss_of, options, settings, export.export_state)


def train_full_vae(options: argparse.Namespace, settings: TrainSettings) -> None:
    """The full multi-domain VAE."""
    sizes = vaes.FullSettings()
    note_settings(options.out, settings, sizes)
    domains = vaes.load_domains(options.photos)

    def crops(at: Progress) -> Crops:
        return vaes.Triples(domains, sizes.side, sizes.crops, sizes.whole, settings.seed * 1_000_003 + at.step)

    def loss_of(net: nn.Module, triples: Tensor, nothing: Tensor, share: float) -> Tensor:
        return vaes.full_loss(net, triples, sizes, share)

    if options.start:
        net = vaes.went_on(options.start, domains, sizes)
    else:
        net = FullVae(sizes.size, sizes.width, sizes.blocks, sizes.across)
    run(net, one_stage(crops, options.workers), loss_of, options, settings, export.export_full_vae)


def train_colorizer(options: argparse.Namespace, settings: TrainSettings) -> None:
    """The default colorizer: small photos, larger ones at the end."""
    sizes = colorizer.ColorizerSettings()
    note_settings(options.out, settings, sizes)
    photos = colorizer.load_coloured(options.photos, sizes.late_side)

    def crops(at: Progress, late: bool) -> Crops:
        side = sizes.late_side if late else sizes.side
        return colorizer.GreyPhotos(photos, side, sizes.crops, settings.seed * 1_000_003 + at.step)

    def loss_of(net: nn.Module, seen: Tensor, truth: Tensor, share: float) -> Tensor:
        return colorizer.loss_of_colours(net, seen, truth, sizes)

    net = colorizer.went_on(options.start, photos, sizes) if options.start else colorizer.build_colorizer()
    batches = two_stages(crops, sizes.late, options.workers)
    run(net, batches, loss_of, options, settings, export_colorizer.write_colorizer)


def train_report_colors(options: argparse.Namespace, settings: TrainSettings) -> None:
    """The report's colorizer: small photos, larger ones at the end."""
    sizes = report_colors.ReportColorSettings(cut=options.cut)
    note_settings(options.out, settings, sizes)
    photos = report_colors.load_photos(options.photos, sizes.late_side)

    def crops(at: Progress, late: bool) -> Crops:
        side = sizes.late_side if late else sizes.side
        return report_colors.GreyPhotos(photos, side, sizes.crops, sizes.cut, settings.seed * 1_000_003 + at.step)

    run(
        report_colors.build(sizes),
        two_stages(crops, sizes.late, options.workers),
        without_share(report_colors.color_loss),
        options,
        settings,
        export_report_colors.write_report_weights,
    )


def two_stages(
    crops: Callable[[Progress, bool], Crops], late: float, workers: int
) -> Callable[[Progress, float], Batches]:
    """Batches of one kind, and from a share `late` of the run on of another."""
    stage: dict[bool, Batches] = {}

    def batches(at: Progress, share: float) -> Batches:
        if (share >= late) not in stage:
            stage.clear()
            stage[share >= late] = loaded(crops(at, share >= late), workers)
        return stage[share >= late]

    return batches


def one_stage(crops: Callable[[Progress], Crops], workers: int) -> Callable[[Progress, float], Batches]:
    """The same batches from the beginning of a run to its end."""
    stage: list[Batches] = []

    def batches(at: Progress, share: float) -> Batches:
        if not stage:
            stage.append(loaded(crops(at), workers))
        return stage[0]

    return batches


def without_share(loss: Callable[..., Tensor]) -> Callable[[nn.Module, Tensor, Tensor, float], Tensor]:
    """A loss that is the same from the beginning of a run to its end."""
    return lambda net, images, truths, share: loss(net, images, truths)


TRAININGS = {
    "detect": train_detector,
    "repair": train_filler,
    "detail": train_detail,
    "tone": train_tone,
    "vae-simple": train_simple_vae,
    "vae-full": train_full_vae,
    "colorize": train_colorizer,
    "report-colors": train_report_colors,
}
"""What `train` can train."""


def note_settings(out: Path, settings: TrainSettings, sizes: DataclassInstance) -> None:
    """What the run was started with, beside its checkpoint."""
    (out / "settings.json").write_text(json.dumps({"train": asdict(settings), "network": asdict(sizes)}, indent=1))


def loaded(crops: Crops, workers: int) -> Batches:
    """Batches made by this process (workers 0) or by others."""
    return iter(DataLoader(crops, batch_size=None, num_workers=workers, persistent_workers=workers > 0))


def run(
    net: nn.Module,
    batches: Callable[[Progress, float], Batches],
    loss_of: Callable[[nn.Module, Tensor, Tensor, float], Tensor],
    options: argparse.Namespace,
    settings: TrainSettings,
    write: Callable[[Path, Path], object] = export.export_weights,
) -> None:
    """Train, with a preview of the weights now and then and the final ones beside the checkpoint."""

    def preview(checkpoint: Path, at: Progress) -> None:
        write(checkpoint, options.out / f"preview_{round(at.seconds / 60):04d}.safetensors")

    checkpoint = train(net, batches, loss_of, options.out, settings, options.resume, preview)
    write(checkpoint, options.out / "final.safetensors")


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
