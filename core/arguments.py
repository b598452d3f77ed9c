"""The command line's words: options made from the tools' declaration, and where results go."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from . import VERSION, presets
from .failures import FileProblem
from .files import FORMATS, check_exact, checked_format
from .parameters import SWITCH_WORDS, Parameter, Value, WrongValue, default_text, parsed_value
from .tools import DETECT, RESTORE, TOOLS, Tool, defaults, step_settings
from .translation import _


class WrongUse(Exception):
    """The command was not given as it must be; the text is one sentence."""


@dataclass(frozen=True)
class Work:
    """One photo and where its results go; None for what was not asked for."""

    photo: Path
    output: Path
    mask_in: Path | None = None
    mask_out: Path | None = None
    hints_in: Path | None = None


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(prog="daguerre", description=_("Restores scanned photographs, offline."))
    top.add_argument("--version", action="version", version=f"daguerre {VERSION}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for tool in TOOLS.values():
        command = commands.add_parser(tool.name, help=_(tool.blurb), description=_(tool.blurb))
        _add_tool(command, tool)
    models = commands.add_parser("models", help=_("List the models."))
    models.add_argument("--json", action="store_true", help=_("Print JSON."))
    models.add_argument("--check", action="store_true", help=_("Fail where a model is damaged."))
    models.add_argument(
        "--add",
        type=Path,
        metavar="FILE",
        help=_("Add a model of your own: a .safetensors file with its .toml card beside it."),
    )
    attempt = commands.add_parser("try", help=_("Restore a sample photo through the engine, as the plug-in does."))
    attempt.add_argument("photo", type=Path)
    attempt.add_argument("folder", type=Path)
    window = commands.add_parser("window", help=_("Open the window, without GIMP."))
    window.add_argument("photo", nargs="?", type=Path, metavar="PHOTO", help=_("PNG, TIFF, JPEG or WebP."))
    commands.add_parser("engine", help=_("Serve requests on standard input, for the plug-in and the window."))
    return top


def _add_tool(command: argparse.ArgumentParser, tool: Tool) -> None:
    command.add_argument("photos", nargs="+", type=Path, metavar="IN", help=_("Photos: PNG, TIFF, JPEG or WebP."))
    command.add_argument(
        "--output",
        required=True,
        metavar="OUT|DIR",
        help=_("The result, or a folder for the results (one that exists, or a path ending in /)."),
    )
    if tool.takes_mask:
        command.add_argument(
            "--mask",
            required=True,
            metavar="MASK|DIR",
            help=_("The mask, white where the damage is, or a folder with masks named STEM.png."),
        )
    if tool.takes_hints:
        command.add_argument(
            "--hints",
            metavar="HINTS|DIR",
            help=_(
                "Colours to obey: a PNG of the photo's size, transparent but where a colour is given, or a folder with "
                "such files named STEM.png for those photos that have hints."
            ),
        )
    if tool is RESTORE:
        command.add_argument("--preset", metavar="NAME", help=_preset_help())
        command.add_argument("--steps", metavar="STEP,...", help=_option_help(RESTORE.parameters[0]))
        command.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="STEP.NAME=VALUE",
            dest="step_values",
            help=_("A setting of one step; the names are the options of the step's own command."),
        )
        command.add_argument("--save-masks", type=Path, metavar="DIR", help=_("A folder for the masks too."))
    else:
        for parameter in tool.parameters:
            if not parameter.placing:
                command.add_argument(
                    f"--{parameter.name}",
                    dest=f"setting {parameter.name}",
                    metavar=_placeholder(parameter),
                    help=_option_help(parameter),
                    nargs="?" if _goes_bare(parameter) else None,
                    const="on" if _goes_bare(parameter) else None,
                )
    if tool is DETECT:
        command.add_argument(
            "--probability",
            action="store_true",
            help=_("Write the probabilities as 16-bit grey instead of the mask."),
        )
    command.add_argument(
        "--format",
        choices=[ending.lstrip(".") for ending in FORMATS],
        default="png",
        help=_("The format of results in a folder; default png."),
    )
    command.add_argument("--overwrite", action="store_true", help=_("Replace results that exist already."))
    command.add_argument("--json", action="store_true", help=_("Report in JSON, one object a line."))


def parsed(argv: Sequence[str]) -> argparse.Namespace:
    """The options of a command; ends the process, with a sentence, where they are none."""
    bare = {f"--{p.name}" for tool in TOOLS.values() for p in tool.parameters if _goes_bare(p)}
    words = list(argv)
    for i, word in enumerate(argv[:-1]):
        if word in bare and argv[i + 1].lower() not in SWITCH_WORDS:  # a photo is no value
            words[i] = f"{word}=on"
    return parser().parse_args(words)


def _goes_bare(parameter: Parameter) -> bool:
    """Whether the option alone, without a value, switches it on."""
    return parameter.kind == "switch" and parameter.default is False


def _placeholder(parameter: Parameter) -> str:
    """What stands for the value in the help."""
    if parameter.kind == "choice":
        return "|".join(choice.name for choice in parameter.choices)
    return "ON|OFF" if parameter.kind == "switch" else parameter.unit.upper() or parameter.kind.upper()


def _option_help(parameter: Parameter) -> str:
    bounds = ""
    if parameter.kind in ("number", "integer"):
        bounds = _("{low:g} to {high:g}{unit}; ").format(
            low=parameter.low, high=parameter.high, unit=parameter.unit and f" {parameter.unit}"
        )
    return (
        _("{help} {bounds}default {value}.")
        .format(help=_(parameter.help), bounds=bounds, value=default_text(parameter))
        .replace("%", "%%")
    )


def _preset_help() -> str:
    offered = "; ".join(f"{preset.name}: {_(preset.purpose)}".rstrip(".") for preset in presets.PRESETS)
    return (
        _("Settings of all steps at once; --steps and --set are stronger. {presets}; or one of your own.")
        .format(presets=offered)
        .replace("%", "%%")
    )


def settings_from(tool: Tool, options: argparse.Namespace) -> dict[str, Value]:
    """The tool's settings as the options say; WrongUse with one sentence where a value does not fit."""
    given = {
        name.removeprefix("setting "): value
        for name, value in vars(options).items()
        if name.startswith("setting ") and value is not None
    }
    if tool is RESTORE:
        for entry in options.step_values:
            name, equals, value = entry.partition("=")
            step, dot, setting = name.partition(".")
            if not (equals and dot):
                raise WrongUse(
                    _("--set wants STEP.NAME=VALUE, as in detect.sensitivity=0.7, not {entry}.").format(entry=entry)
                )
            given[f"{step}-{setting}"] = value
        if options.steps is not None:
            given["steps"] = options.steps
    known = {p.name: p for p in tool.parameters if not p.placing and not p.watched}
    settings = defaults(tool)
    if tool is RESTORE and options.preset is not None:
        try:
            settings |= presets.named(options.preset).settings
        except FileProblem as problem:
            raise WrongUse(str(problem)) from None
    for name, text in given.items():
        if name not in known:
            raise WrongUse(
                _("There is no setting {name} in {tool}; there are: {names}.").format(
                    name=name.replace("-", ".", 1),
                    tool=tool.name,
                    names=", ".join(key.replace("-", ".", 1) for key in known if "-" in key),
                )
            )
        try:
            settings[name] = parsed_value(known[name], text)
        except WrongValue as error:
            raise WrongUse(error.text(_)) from None
    return settings


def models_of(tool: Tool, settings: dict[str, Value]) -> list[tuple[str, str]]:
    """The (tool, model) pairs that the settings name."""
    if tool is not RESTORE:
        return [(tool.name, str(settings["model"]))]
    return [(step, str(step_settings(settings, step)["model"])) for step in str(settings["steps"]).split(",")]


def planned(options: argparse.Namespace) -> list[Work]:
    """Each photo with its results' names; WrongUse where two would have the same or a folder is needed."""
    photos = [file for named in options.photos for file in _files(named)]
    ending = f".{options.format}"
    outputs = _named(photos, options.output, ending, "--output")
    masks_in: Sequence[Path | None] = [None] * len(photos)
    masks_out: Sequence[Path | None] = [None] * len(photos)
    if getattr(options, "mask", None) is not None:
        masks_in = _named(photos, options.mask, ".png", "--mask")
    hints: Sequence[Path | None] = [None] * len(photos)
    if getattr(options, "hints", None) is not None:
        named = _named(photos, options.hints, ".png", "--hints")
        hints = [path if path.exists() or len(photos) == 1 else None for path in named]
    if getattr(options, "save_masks", None) is not None:
        masks_out = [options.save_masks / f"{photo.stem}.png" for photo in photos]
    check = check_exact if options.command == DETECT.name else checked_format
    try:
        for output in outputs:
            check(output)
    except FileProblem as problem:
        raise WrongUse(str(problem)) from None
    inputs = {_real(path) for path in (*photos, *masks_in, *hints) if path}
    written = [_real(path) for path in (*outputs, *masks_out) if path]
    for path in written:
        if path in inputs:
            raise WrongUse(_("{file} would be written over itself: choose another --output.").format(file=path))
    twice = [path for path in written if written.count(path) > 1] if len(set(written)) < len(written) else []
    if twice:
        raise WrongUse(
            _("Two results would both be written to {file}: give them different names.").format(file=twice[0])
        )
    return [Work(*names) for names in zip(photos, outputs, masks_in, masks_out, hints, strict=True)]


def _files(named: Path) -> list[Path]:
    """What a pattern stands for where no shell has put files in its place, as on Windows; else the name as it is."""
    if not set("*?") & set(named.name) or named.exists() or not named.parent.is_dir():
        return [named]
    seen = (file for file in named.parent.iterdir() if not file.name.startswith("."))
    return sorted(file for file in seen if fnmatch(file.name, named.name)) or [named]


def _real(path: Path) -> Path:
    """The file behind links. Path.resolve raises, in older Pythons, where links lead in a circle."""
    return Path(os.path.realpath(path))


def _named(photos: Sequence[Path], where: str, ending: str, option: str) -> list[Path]:
    """A file name for each photo, in the folder or at the one place that `where` says."""
    if where.endswith(("/", "\\")) or Path(where).is_dir():
        return [Path(where) / f"{photo.stem}{ending}" for photo in photos]
    if len(photos) > 1:
        raise WrongUse(_("With several photos {option} must be a folder: let it end in /.").format(option=option))
    return [Path(where)]
