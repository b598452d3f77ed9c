#!/usr/bin/env python3
"""Daguerre's procedures in GIMP: Filters > Photo Restoration. Made from the declaration in core.tools."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Dict, List, Tuple, Union

import gi

gi.require_version("Babl", "0.1")
gi.require_version("Gegl", "0.4")
gi.require_version("Gimp", "3.0")
from gi.repository import Gegl, Gimp, GLib, GObject  # noqa: E402

from added_hints import add_hints  # noqa: E402
from client import Cancelled, NoWindow  # noqa: E402
from core import tools  # noqa: E402
from core.parameters import Parameter, Value, WrongValue  # noqa: E402
from failure import Failure, sentence  # noqa: E402
from job import Job, Outcome  # noqa: E402
from last_values import keep_values, last_values  # noqa: E402
from translation import DOMAIN, _  # noqa: E402
from windowed import run as run_windowed  # noqa: E402

PREFIX = "plug-in-daguerre-"
LOCALE = "locale"
READWRITE = GObject.ParamFlags.READWRITE

Entry = Union[tools.Tool, tools.Shortcut, tools.MenuEntry]


class Daguerre(Gimp.PlugIn):  # type: ignore[misc]
    """GIMP asks this class what there is."""

    def do_set_i18n(self, name: str) -> Any:
        there = (Path(__file__).resolve().parent / LOCALE).is_dir()
        return (True, DOMAIN, LOCALE) if there else False

    def do_query_procedures(self) -> List[str]:
        return [PREFIX + name for name in (*tools.TOOLS, *tools.SHORTCUTS, *tools.MENU_ENTRIES)]

    def do_create_procedure(self, name: str) -> Any:
        short = name[len(PREFIX) :]
        tool = tools.TOOLS.get(short)
        entry: Entry = tool or tools.SHORTCUTS.get(short) or tools.MENU_ENTRIES[short]
        procedure = Gimp.ImageProcedure.new(self, name, Gimp.PDBProcType.PLUGIN, run, entry)
        procedure.set_image_types("RGB*, GRAY*")
        procedure.set_sensitivity_mask(
            Gimp.ProcedureSensitivityMask.DRAWABLE
            | Gimp.ProcedureSensitivityMask.DRAWABLES
            | Gimp.ProcedureSensitivityMask.NO_DRAWABLES
        )
        procedure.set_documentation(_(entry.blurb), None, name)
        procedure.set_menu_label(_(entry.menu))
        procedure.set_icon_name("gimp-tool-heal")
        procedure.set_attribution("Daguerre", "The Daguerre authors, GPL-3.0-or-later", "2026")
        procedure.add_menu_path("<Image>/Filters/" + _("Photo Restoration"))
        if tool is not None and tool.takes_mask:
            procedure.add_drawable_argument(
                "mask",
                _("Mask"),
                _("What marks the damage; without it the photo's mask layer, else the selection."),
                True,
                READWRITE,
            )
        if tool is not None and tool.takes_hints:
            procedure.add_drawable_argument(
                "hints",
                _("Colour hints"),
                _("A layer with dabs of colour; without it the photo's own layer of colour hints, if there is one."),
                True,
                READWRITE,
            )
        for parameter in tool.parameters if tool is not None else ():
            add_argument(procedure, parameter)
        procedure.add_string_return_value("summary", _("Summary"), _("What was done."), "", READWRITE)
        procedure.add_layer_return_value(
            "layer", _("Layer"), _("What was made; of several layers the uppermost, if any."), True, READWRITE
        )
        procedure.add_drawable_return_value(
            "mask-drawable", _("Mask"), _("The mask layer or channel, if any."), True, READWRITE
        )
        return procedure


def add_argument(procedure: Any, parameter: Parameter) -> None:
    """One declared parameter as an argument of the procedure."""
    label = _(parameter.label) + (f" ({parameter.unit})" if parameter.unit else "")
    common = (parameter.name, label, _(parameter.help))
    if parameter.kind == "number":
        procedure.add_double_argument(*common, parameter.low, parameter.high, parameter.default, READWRITE)
    elif parameter.kind == "integer":
        procedure.add_int_argument(*common, int(parameter.low), int(parameter.high), parameter.default, READWRITE)
    elif parameter.kind == "switch":
        procedure.add_boolean_argument(*common, parameter.default, READWRITE)
    elif parameter.kind == "choice":
        choice = Gimp.Choice.new()
        for number, entry in enumerate(parameter.choices):
            choice.add(entry.name, number, _(entry.label), "")
        procedure.add_choice_argument(*common, choice, parameter.default, READWRITE)
    else:
        procedure.add_string_argument(*common, parameter.default, READWRITE)


def run(procedure: Any, run_mode: Any, image: Any, drawables: List[Any], config: Any, entry: Entry) -> Any:
    """What GIMP calls. Nothing that goes wrong leaves it as an exception: GIMP would not show that to anybody."""
    shows = run_mode != Gimp.RunMode.NONINTERACTIVE
    try:
        Gegl.init(None)
        Gimp.progress_init(_(entry.menu).replace("_", ""))
        if isinstance(entry, tools.MenuEntry):
            outcome = add_hints(image, drawables)
        elif isinstance(entry, tools.Shortcut):
            tool = tools.TOOLS[entry.tool]
            outcome = Job(tool, image, drawables, None, shows).run({**last_values(tool), **entry.fixed})
        elif run_mode == Gimp.RunMode.INTERACTIVE:
            outcome = interactive(entry, image, drawables, config)
        else:
            # They count only where a script names them: in GIMP's last values they may be items of another time.
            mask = config.get_property("mask") if entry.takes_mask and not shows else None
            hints = config.get_property("hints") if entry.takes_hints and not shows else None
            outcome = Job(entry, image, drawables, mask, shows, hints).run(settings_in(config, entry))
    except Cancelled:
        return procedure.new_return_values(Gimp.PDBStatusType.CANCEL, GLib.Error())
    except Exception as error:
        return procedure.new_return_values(Gimp.PDBStatusType.EXECUTION_ERROR, GLib.Error(sentence(error)))
    finally:
        Gimp.progress_end()
    notes = outcome.notes + ([outcome.summary] if shows and outcome.silent and outcome.summary else [])
    if notes:
        if outcome.placed.hidden:
            notes.append(_("The layer of colour hints is hidden now; show it to paint on it."))
        Gimp.message("\n".join(notes))
    if shows and not image.is_valid():
        # Success would make GIMP write the settings into the image that was closed, and complain.
        return procedure.new_return_values(Gimp.PDBStatusType.CANCEL, GLib.Error())
    return answered(procedure, outcome)


def interactive(tool: tools.Tool, image: Any, drawables: List[Any], config: Any) -> Outcome:
    """A run through the window, or with GIMP's last values where there cannot be a window.

    What the person set goes into GIMP's configuration, for Repeat, and to the menu entries without a window.
    """
    job, settings = Job(tool, image, drawables, None, True), settings_in(config, tool)
    try:
        outcome, settings = run_windowed(job, settings)
    except NoWindow as missing:
        outcome = job.run(settings)
        outcome.notes.insert(0, _("{reason} The settings used last were taken.").format(reason=missing.text))
    for name, value in settings.items():
        config.set_property(name, value)
    keep_values(tool, settings)
    return outcome


def settings_in(config: Any, tool: tools.Tool) -> Dict[str, Value]:
    """The settings in GIMP's configuration; Failure where one means nothing."""
    try:
        return tools.checked(tool, {name: config.get_property(name) for name in tools.defaults(tool)})
    except WrongValue as error:
        raise Failure("person", error.text(_)) from error


def answered(procedure: Any, outcome: Outcome) -> Any:
    """The procedure's return values for a run that has succeeded."""
    answers: Tuple[Tuple[Any, Any], ...] = (
        (GObject.TYPE_STRING, outcome.summary),
        (Gimp.Layer, outcome.placed.layer),
        (Gimp.Drawable, outcome.placed.mask),
    )
    values = procedure.new_return_values(Gimp.PDBStatusType.SUCCESS, GLib.Error())
    for place, (kind, answer) in enumerate(answers, start=1):
        values.remove(place)
        values.insert(place, GObject.Value(kind, answer))
    return values


if __name__ == "__main__":
    Gimp.main(Daguerre.__gtype__, sys.argv)
