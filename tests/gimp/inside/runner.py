"""Runs in GIMP's own Python: calls the check_ functions of a module and writes what became of each as JSON.

Each check starts with no image open; what it leaves open is closed. A check that returns something has that in the
report as "said".
"""

import importlib
import json
import time
import traceback
from pathlib import Path

from gi.repository import Gegl, Gimp


def run(module, report):
    Gegl.init(None)
    results = {}
    checks = importlib.import_module(module)
    for name in [name for name in dir(checks) if name.startswith("check_")]:
        began = time.monotonic()
        results[name] = {"error": None, "said": None}
        try:
            results[name]["said"] = getattr(checks, name)()
        except Exception:
            results[name]["error"] = traceback.format_exc()
        results[name]["seconds"] = round(time.monotonic() - began, 2)
        for image in Gimp.get_images():
            image.delete()
    Path(report).write_text(json.dumps(results), encoding="utf-8")
