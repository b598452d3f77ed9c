"""A grey photo in the real GIMP: whatever gives it colours makes the image an RGB one, and all is one step back. With
the window by mouse and keys, and without it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

import gimps
from desktop import DAGUERRE, DISCARD, PATIENCE, Desktop, gimp_with
from processes import clears_up, journal, nothing_runs, until

COLORIZE = "plug-in-daguerre-colorize"
PLACE = (400, 330)
"""Where a dab is put in the window, near the middle of the photo."""
RESULT = (240, 694)
"""Where the choice of where the result goes is in the window."""
SKIN, SKIN_AB = [222, 176, 142], (13.9, 24.2)
"""The colour of the first dab, and its a* and b* (D50, as GIMP's are)."""
BESIDE = 1.0
"""The most by which L* may be another than before: half a level of 8 bit in each of three channels is less."""
PHOTO = {"name": "scan.png", "visible": True, "box": [0, 0, 240, 180], "marked": 240 * 180}
COLOURS = {**PHOTO, "name": "Colours (scan.png)", "mode": "lch-color"}


@pytest.fixture(scope="module")
def desktop(gimp: gimps.Gimp) -> Iterator[Desktop]:
    """GIMP with a grey photo, and no window of Daguerre's; each test leaves it with nothing to undo."""
    gimp.record_without_window()
    for strokes in journal(gimp):  # of a window that other tests have killed
        strokes.unlink()
    path = gimp.home / "scan.png"
    y, x = np.mgrid[0:180, 0:240]
    Image.fromarray((110 + 40 * np.sin(x / 31) + 30 * np.sin(y / 23)).astype(np.uint8)).save(path)
    with gimp_with(gimp, path) as desktop:
        yield desktop


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
    hints, photo = desktop.stack()
    assert hints == {"name": "Colour hints (scan.png)", "visible": True, "box": [], "marked": 0} and photo == PHOTO
    undo(desktop)


def test_colours(desktop: Desktop) -> None:
    desktop.focus()
    desktop.call(COLORIZE)
    assert until(lambda: desktop.layers(2), PATIENCE)
    assert until(lambda: desktop.titles("GIMP Message"), PATIENCE)
    desktop.run("wmctrl", "-c", "GIMP Message")
    desktop.shot("coloured")
    colours, photo = desktop.stack()
    assert colours == COLOURS and photo == PHOTO
    undo(desktop)


def test_colours_in_place(desktop: Desktop) -> None:
    with desktop.last_values(restore={"steps": "colorize", "colorize-model": "plain"}):
        desktop.focus()
        desktop.call("plug-in-daguerre-restore-in-place")
        assert until(lambda: desktop.titles("RGB color"), PATIENCE)
    desktop.settle()
    desktop.shot("coloured-in-place")
    assert desktop.images() == [{"dirty": True, "layers": [PHOTO]}]
    undo(desktop)


@pytest.fixture
def with_window(desktop: Desktop) -> Iterator[None]:
    desktop.gimp.record(str(desktop.gimp.engine))
    yield
    desktop.gimp.record_without_window()


@pytest.mark.usefixtures("with_window")
def test_dab_accept_edit_undo(desktop: Desktop) -> None:
    desktop.stack()
    before = desktop.look()
    dialog = desktop.dialog(COLORIZE)
    desktop.shot("page")
    desktop.paint(dialog, PLACE)
    desktop.shot("dab")
    desktop.keys("ctrl+Return")
    assert until(lambda: desktop.layers(3), PATIENCE) and desktop.titles("RGB color")
    assert clears_up(desktop.gimp) and not journal(desktop.gimp)
    desktop.shot("colours-and-hints")
    hints, colours, photo = desktop.stack()
    assert (colours, photo) == (COLOURS, PHOTO)
    assert (hints["name"], hints["visible"], hints["colour"]) == ("Colour hints (scan.png)", False, SKIN)
    left, top, right, bottom = hints["box"]
    assert 23 <= right - left <= 25 and 23 <= bottom - top <= 25
    coloured, middle = desktop.look(), (top + bottom) // 2 * 240 + (left + right) // 2
    assert np.abs(coloured[:, 0] - before[:, 0]).max() < BESIDE and np.abs(coloured[:, 1:]).max() > 10
    assert np.abs(coloured[middle, 1:] - SKIN_AB).max() < 3

    dialog = desktop.dialog(COLORIZE)
    desktop.shot("hints-taken-back")
    desktop.keys("u")
    desktop.click(dialog, PLACE)
    desktop.shot("picked")
    desktop.keys("Delete")
    desktop.settle()
    desktop.keys("ctrl+Return")
    assert until(lambda: desktop.layers(4), PATIENCE)
    hints, older, colours, photo = desktop.stack()
    desktop.shot("hint-removed")
    assert hints["marked"] == 0 and older == {**COLOURS, "visible": False}
    assert (colours, photo) == ({**COLOURS, "name": "Colours (scan.png) #1"}, PHOTO)
    again = desktop.look()
    assert np.abs(again[:, 0] - before[:, 0]).max() < BESIDE and np.abs(again[middle, 1:] - SKIN_AB).max() > 6

    desktop.keys("ctrl+z")
    assert until(lambda: desktop.layers(3), PATIENCE)
    hints, colours, photo = desktop.stack()
    assert hints["colour"] == SKIN and (colours, photo) == (COLOURS, PHOTO)
    undo(desktop)


@pytest.mark.usefixtures("with_window")
def test_cancel_with_a_dab(desktop: Desktop) -> None:
    dialog = desktop.dialog(COLORIZE)
    desktop.keys("Escape")
    assert until(lambda: not desktop.titles(DAGUERRE) and nothing_runs(desktop.gimp), PATIENCE)
    dialog = desktop.dialog(COLORIZE)
    desktop.paint(dialog, PLACE)
    desktop.keys("Escape")
    desktop.shot("keep-or-discard")
    desktop.click(dialog, DISCARD)
    assert until(lambda: not desktop.titles(DAGUERRE) and nothing_runs(desktop.gimp), PATIENCE)
    assert desktop.images() == [{"dirty": False, "layers": [PHOTO]}] and not journal(desktop.gimp)
    assert desktop.titles("Grayscale")


@pytest.mark.usefixtures("with_window")
def test_merged_by_the_window(desktop: Desktop) -> None:
    desktop.stack()
    before = desktop.look()
    dialog = desktop.dialog(COLORIZE)
    desktop.click(dialog, RESULT)
    desktop.keys("Down", "Down", "Return")
    desktop.shot("in-place-chosen")
    desktop.keys("ctrl+Return")
    assert until(lambda: desktop.titles("RGB color"), PATIENCE)
    assert until(lambda: nothing_runs(desktop.gimp), PATIENCE)
    assert desktop.images() == [{"dirty": True, "layers": [PHOTO]}]
    desktop.shot("merged")
    merged = desktop.look()
    assert np.abs(merged[:, 0] - before[:, 0]).max() < BESIDE and np.abs(merged[:, 1:]).max() > 4
    undo(desktop)
