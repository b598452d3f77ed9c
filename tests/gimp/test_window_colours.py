"""A grey photo in the real GIMP: whatever gives it colours makes the image an RGB one, and all is one step back."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

import gimps
from desktop import PATIENCE, Desktop
from processes import until

PHOTO = {"name": "scan.png", "visible": True, "box": [0, 0, 240, 180], "marked": 240 * 180}


@pytest.fixture(scope="module")
def desktop(gimp: gimps.Gimp) -> Iterator[Desktop]:
    """GIMP with a grey photo, and no window of Daguerre's; each test leaves it with nothing to undo."""
    if gimp.root is None:
        pytest.skip("the display's programs are in the folders of provision-gimp")
    desktop = Desktop(gimp)
    gimp.record_without_window()
    path = gimp.home / "scan.png"
    y, x = np.mgrid[0:180, 0:240]
    Image.fromarray((110 + 40 * np.sin(x / 31) + 30 * np.sin(y / 23)).astype(np.uint8)).save(path)
    try:
        desktop.start(path)
        yield desktop
    finally:
        desktop.stop()


def undo(desktop: Desktop) -> None:
    """One step back leaves the grey photo as it was opened."""
    assert until(lambda: desktop.titles("RGB color"), PATIENCE)
    desktop.focus()
    desktop.keys("ctrl+z")
    assert until(lambda: desktop.titles("Grayscale") and desktop.layers(1), PATIENCE), desktop.titles("imported")
    assert desktop.images() == [{"dirty": False, "layers": [PHOTO]}]


def test_layer_for_hints(desktop: Desktop) -> None:
    assert desktop.titles("Grayscale")
    desktop.call("plug-in-daguerre-add-hints")
    assert until(lambda: desktop.layers(2), PATIENCE)
    desktop.shot("hints-layer")
    ((hints, photo),) = [image["layers"] for image in desktop.images()]
    assert hints == {"name": "Colour hints (scan.png)", "visible": True, "box": [], "marked": 0} and photo == PHOTO
    undo(desktop)


def test_colours(desktop: Desktop) -> None:
    desktop.focus()
    desktop.call("plug-in-daguerre-colorize")
    assert until(lambda: desktop.layers(2), PATIENCE)
    assert until(lambda: desktop.titles("GIMP Message"), PATIENCE)
    desktop.run("wmctrl", "-c", "GIMP Message")
    desktop.shot("coloured")
    ((colours, photo),) = [image["layers"] for image in desktop.images()]
    assert colours == {**PHOTO, "name": "Colours (scan.png)"} and photo == PHOTO
    undo(desktop)


def test_colours_in_place(desktop: Desktop) -> None:
    last = desktop.gimp.data / "last-values.json"
    last.write_text(json.dumps({"restore": {"steps": "colorize", "colorize-model": "plain"}}), encoding="utf-8")
    desktop.focus()
    desktop.call("plug-in-daguerre-restore-in-place")
    assert until(lambda: desktop.titles("RGB color"), PATIENCE)
    desktop.settle()
    desktop.shot("coloured-in-place")
    assert desktop.images() == [{"dirty": True, "layers": [PHOTO]}]
    undo(desktop)
