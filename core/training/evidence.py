"""The commands that measure and show: evaluate, sheets, results."""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from safetensors.torch import save_file

from core.models.card import write_card
from core.models.registry import PROGRAM_WEIGHTS, Registry
from core.models.unet import UNet
from core.training import detector, export, figures
from core.training.evaluate import evaluate
from core.training.evaluate_fill import evaluate_fillers, fill_of
from core.training.restored import write_coloured, write_enhanced, write_restored
from core.training.results import write_results
from core.training.sheets import write_sheets

TO_BEAT = ("telea", "ns", "biharmonic")


def network_of(options: argparse.Namespace) -> UNet:
    """The network that --checkpoint or --weights (a file, or the folder of weights) names."""
    if options.checkpoint:
        return export.load_checkpoint(options.checkpoint)
    path: Path = options.weights
    return export.load_weights(path / export.FILES[options.network] if path.is_dir() else path)


def models_of(options: argparse.Namespace) -> Registry:
    """The models in the folder --weights, each of them whole."""
    models = Registry([options.weights])
    if models.problems:
        raise SystemExit("\n".join(models.problems))
    return models


def evaluate_models(options: argparse.Namespace) -> None:
    """`evaluate`: one network, or every model that serves a tool."""
    run = {"detect": evaluate_detector, "repair": evaluate_repair, None: evaluate_all}
    run.get(options.network, evaluate_tool)(options)


def evaluate_all(options: argparse.Namespace) -> None:
    """Figures of every model; the cards, the pages and the sheets where they are asked for."""
    if options.checkpoint or options.threshold is not None or options.second_look:
        raise SystemExit("--checkpoint, --threshold and --second-look need the network: detect or repair")
    models = models_of(options)
    if options.measured:
        measured = json.loads(options.measured.read_text(encoding="utf-8"))
    else:
        measured = figures.evaluate_all(models, options.photos)
    report(measured, options.json)
    if options.cards:
        figures.write_cards(measured, options.cards)
    if options.docs:
        figures.write_page(measured, options.docs)
        write_results(options.docs, models)
    if options.sheets:
        write_restored(old_damaged(options.photos), options.sheets, models)


def evaluate_detector(options: argparse.Namespace) -> None:
    """Figures of a detection network, and pictures where they are asked for."""
    look = detector.as_shipped(network_of(options), options.second_look)
    measured = {"second_look": options.second_look, **evaluate(look, options.photos, options.threshold)}
    report(measured, options.json)
    if options.sheets:
        write_sheets(look, options.photos, options.sheets, measured["threshold"])


def evaluate_repair(options: argparse.Namespace) -> None:
    """PSNR of a filling network, in the place of the one that is shipped, beside what it has to beat."""
    with tempfile.TemporaryDirectory() as folder:
        place_filler(network_of(options), Path(folder))
        models = Registry([PROGRAM_WEIGHTS, Path(folder)])
        fills = {name: fill_of(models, name) for name in (*TO_BEAT, "cnn")}
        report(evaluate_fillers(fills, options.photos), options.json)


def evaluate_tool(options: argparse.Namespace) -> None:
    """Figures of Enhance's or Colorize's models beside what needs no network; the cards and the page where asked."""
    evaluate = {"enhance": figures.evaluate_enhance, "colorize": figures.evaluate_colorize}[options.network]
    measured = {options.network: evaluate(models_of(options), options.photos, options.every)}
    report(measured, options.json)
    if options.cards:
        figures.write_cards(measured, options.cards)
    if options.docs:
        figures.write_page(measured, options.docs)


def place_filler(net: UNet, folder: Path) -> None:
    """Write the network and its card, for a registry that finds it by the name of the one that is shipped."""
    file = folder / export.FILES["repair"]
    save_file({name: value.half().contiguous() for name, value in net.state_dict().items()}, file)
    card = Registry([PROGRAM_WEIGHTS]).card("repair", "cnn")
    changed = replace(card, arguments=dict(net.arguments()), stride=net.stride, sha256=export.sha256(file))
    write_card(changed, folder / file.with_suffix(".toml").name)


def make_sheets(options: argparse.Namespace) -> None:
    """`sheets`: old_damaged/ before, marked and restored by the tool's defaults."""
    write_restored(old_damaged(options.photos), options.out, models_of(options))


def make_enhanced_sheets(options: argparse.Namespace) -> None:
    """`enhanced-sheets`: real old photographs before and after Enhance."""
    old = sorted((options.photos / "old_grey").iterdir())[::9] + sorted((options.photos / "old_colour").iterdir())[::9]
    write_enhanced([*old_damaged(options.photos), *old], options.out, models_of(options), options.model)


def make_coloured_sheets(options: argparse.Namespace) -> None:
    """`coloured-sheets`: real black-and-white photographs in colour."""
    old = sorted((options.photos / "old_grey").iterdir())[::4]
    write_coloured(old, options.out, models_of(options), options.model)


def make_results(options: argparse.Namespace) -> None:
    """`results`: the pictures and figures of docs/results.md."""
    write_results(options.docs, models_of(options))


def old_damaged(photos: Path) -> list[Path]:
    """The real damaged photographs."""
    return sorted((photos / "old_damaged").iterdir())


def report(measured: dict[str, Any], path: Path | None) -> None:
    """Print figures, without the curves, and, where a path is given, keep all of them."""
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(without_curves(measured), indent=1), flush=True)


def without_curves(measured: dict[str, Any]) -> dict[str, Any]:
    """Figures without the tables that are only for the picture."""
    kept = {key: value for key, value in measured.items() if key != "curves"}
    return {key: without_curves(value) if isinstance(value, dict) else value for key, value in kept.items()}
