"""What each network is trained with: its sizes, its batches, its loss, where it begins and what is written."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset

from core.models.vae import FullVae, SimpleVae
from core.training import (
    colorizer,
    detector,
    export,
    export_colorizer,
    export_report_colors,
    filler,
    report_colors,
    restorer,
    vaes,
)
from core.training.train import Batches, Progress, TrainSettings, train

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Crops = IterableDataset[tuple[Tensor, Tensor]]


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
        return report_colors.LevelledPhotos(photos, side, sizes.crops, sizes.cut, settings.seed * 1_000_003 + at.step)

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
