#!/usr/bin/env python3
"""A plug-in for the tests: writes what is in the open images beside the data folder, as JSON."""

import json
import os
import sys
from pathlib import Path

import gi

gi.require_version("Babl", "0.1")
gi.require_version("Gegl", "0.4")
gi.require_version("Gimp", "3.0")
from gi.repository import Babl, Gegl, Gimp, GLib  # noqa: E402

NAME = "daguerre-test-report"


def described(layer):
    width, height = layer.get_width(), layer.get_height()
    encoding = Babl.get_name(Babl.format_with_space("R~G~B~A u8", layer.get_format()))
    whole = Gegl.Rectangle.new(0, 0, width, height)
    alpha = layer.get_buffer().get(whole, 1.0, encoding, Gegl.AbyssPolicy.NONE)[3::4]
    return {
        "name": layer.get_name(),
        "visible": layer.get_visible(),
        "box": box(alpha, width),
        "marked": len(alpha) - alpha.count(0),
        **({"applies_its_mask": layer.get_apply_mask()} if layer.get_mask() else {}),
    }


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
    target.with_suffix(".new").write_text(json.dumps(images), encoding="utf-8")
    target.with_suffix(".new").replace(target)
    return procedure.new_return_values(Gimp.PDBStatusType.SUCCESS, GLib.Error())


class Reporter(Gimp.PlugIn):
    def do_set_i18n(self, name):
        return False

    def do_query_procedures(self):
        return [NAME]

    def do_create_procedure(self, name):
        procedure = Gimp.ImageProcedure.new(self, name, Gimp.PDBProcType.PLUGIN, run, None)
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


Gimp.main(Reporter.__gtype__, sys.argv)
