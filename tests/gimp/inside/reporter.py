#!/usr/bin/env python3
"""A plug-in for the tests: writes what is in the open images beside the data folder, as JSON, and what they look like:
L*, a* and b* of each pixel, 32-bit numbers in the machine's own order. A second procedure closes all images and opens
the photo scan.png beside the data folder again. A third gives the selected layer a filter that turns its tones round.
"""

import json
import os
import sys
from pathlib import Path

import gi

gi.require_version("Babl", "0.1")
gi.require_version("Gegl", "0.4")
gi.require_version("Gimp", "3.0")
from gi.repository import Babl, Gegl, Gimp, Gio, GLib, GObject  # noqa: E402

NAME = "daguerre-test-report"
FRESH = "daguerre-test-fresh"
FILTER = "daguerre-test-filter"
MOST_DISPLAYS = 1000


def described(layer):
    width = layer.get_width()
    rgba = samples(layer, "R~G~B~A u8")
    alpha = rgba[3::4]
    colours = {rgba[at : at + 3] for at in range(0, len(rgba), 4) if rgba[at + 3]}
    return {
        "name": layer.get_name(),
        "visible": layer.get_visible(),
        "box": box(alpha, width),
        "marked": len(alpha) - alpha.count(0),
        **({"mode": layer.get_mode().value_nick} if layer.get_mode() != Gimp.LayerMode.NORMAL else {}),
        **({"colour": list(colours.pop())} if len(colours) == 1 else {}),
        **({"applies_its_mask": layer.get_apply_mask()} if layer.get_mask() else {}),
        **({"filters": [effect.get_name() for effect in layer.get_filters()]} if layer.get_filters() else {}),
    }


def samples(layer, encoding):
    whole = Gegl.Rectangle.new(0, 0, layer.get_width(), layer.get_height())
    name = Babl.get_name(Babl.format_with_space(encoding, layer.get_format()))
    return layer.get_buffer().get(whole, 1.0, name, Gegl.AbyssPolicy.NONE)


def look(image):
    seen = Gimp.Layer.new_from_visible(image, image, "seen")
    shown = samples(seen, "CIE Lab float")
    seen.delete()
    return shown


def box(alpha, width):
    """Left, top, right and bottom of what is not transparent."""
    rows = [y for y in range(len(alpha) // width) if any(alpha[y * width : (y + 1) * width])]
    columns = [x for x in range(width) if any(alpha[x::width])]
    return [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1] if rows else []


def run(procedure, run_mode, image, drawables, config, data):
    Gegl.init(None)
    images = [
        {"dirty": other.is_dirty(), "layers": [described(layer) for layer in other.get_layers()]}
        for other in Gimp.get_images()
    ]
    target = Path(os.environ["DAGUERRE_DATA"]).parent / "images.json"
    for number, other in enumerate(Gimp.get_images()):
        if other.get_layers():
            target.with_name(f"image-{number}.lab").write_bytes(look(other))
    target.with_suffix(".new").write_text(json.dumps(images), encoding="utf-8")
    target.with_suffix(".new").replace(target)
    return procedure.new_return_values(Gimp.PDBStatusType.SUCCESS, GLib.Error())


def turn_round(procedure, run_mode, image, drawables, config, data):
    drawables[0].append_filter(Gimp.DrawableFilter.new(drawables[0], "gegl:invert-gamma", "turned round"))
    Gimp.displays_flush()
    return procedure.new_return_values(Gimp.PDBStatusType.SUCCESS, GLib.Error())


def open_anew(procedure, config, data):
    for number in range(1, MOST_DISPLAYS):
        if Gimp.Display.id_is_valid(number):
            Gimp.Display.get_by_id(number).delete()
    photo = Path(os.environ["DAGUERRE_DATA"]).parent / "scan.png"
    image = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, Gio.File.new_for_path(str(photo)))
    image.get_layers()[0].set_name(photo.name)
    image.clean_all()
    Gimp.Display.new(image)
    return procedure.new_return_values(Gimp.PDBStatusType.SUCCESS, GLib.Error())


class Reporter(Gimp.PlugIn):
    def do_set_i18n(self, name):
        return False

    def do_query_procedures(self):
        return [NAME, FRESH, FILTER]

    def do_create_procedure(self, name):
        if name == FRESH:
            return self._for_no_image(name)
        does = turn_round if name == FILTER else run
        procedure = Gimp.ImageProcedure.new(self, name, Gimp.PDBProcType.PLUGIN, does, None)
        procedure.set_image_types("*")
        procedure.set_sensitivity_mask(
            Gimp.ProcedureSensitivityMask.DRAWABLE
            | Gimp.ProcedureSensitivityMask.DRAWABLES
            | Gimp.ProcedureSensitivityMask.NO_DRAWABLES
        )
        procedure.set_documentation("Report", "Report", name)
        procedure.set_menu_label("Report")
        procedure.set_attribution("Daguerre", "Daguerre", "2026")
        procedure.add_menu_path("<Image>/Filters")
        return procedure

    def _for_no_image(self, name):
        procedure = Gimp.Procedure.new(self, name, Gimp.PDBProcType.PLUGIN, open_anew, None)
        procedure.add_enum_argument(
            "run-mode", "Run mode", "", Gimp.RunMode, Gimp.RunMode.NONINTERACTIVE, GObject.ParamFlags.READWRITE
        )
        procedure.set_documentation("Fresh", "Fresh", name)
        procedure.set_menu_label("Fresh")
        procedure.set_attribution("Daguerre", "Daguerre", "2026")
        procedure.add_menu_path("<Image>/Filters")
        return procedure


Gimp.main(Reporter.__gtype__, sys.argv)
