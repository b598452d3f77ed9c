"""The real GIMP and the real window, by mouse and keys: what a person does, and what is left however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import gimps
from desktop import DAGUERRE, DISCARD, KEEP, PATIENCE, Desktop, gimp_with
from processes import clears_up, end, engine, folders, journal, nothing_runs, plugin, processes, until, window

pytest.importorskip("PyQt6")

STROKE = ((640, 440), (650, 480), (670, 530))
"""Through places of the window: on the photo, right below, where there is no damage."""
STROKE_BEGINS = 380
"""The column of the photo right of which there is nothing but the stroke."""
DETECT, REPAIR, RESTORE = "plug-in-daguerre-detect", "plug-in-daguerre-repair", "plug-in-daguerre-restore"


def scratched(path: Path) -> Path:
    """A photo 480 pixels wide with a scratch, a speck, and some grain."""
    y, x = np.mgrid[0:360, 0:480]
    tone = 110 + 40 * np.sin(x / 31) + 30 * np.sin(y / 23)
    photo = np.stack([tone, tone * 0.9, tone * 0.8], axis=2) + np.random.default_rng(3).normal(0, 3, (360, 480, 1))
    for row in range(20, 340):
        photo[row, 160 + row // 9 : 162 + row // 9] = 250
    photo[200:206, 300:306] = 255
    Image.fromarray(photo.clip(0, 255).astype(np.uint8)).save(path)
    return path


@pytest.fixture(scope="module")
def desktop(gimp: gimps.Gimp) -> Iterator[Desktop]:
    """GIMP with a photo on a display of its own; each test leaves it with the photo alone and nothing to undo."""
    gimp.record(str(gimp.engine))
    with gimp_with(gimp, scratched(gimp.home / "scan.png")) as desktop:
        yield desktop


def names(desktop: Desktop) -> list[str]:
    return [layer["name"] for layer in desktop.stack()]


def undo(desktop: Desktop, left: int) -> None:
    """One step back leaves so many layers; with the photo alone the image is as it was opened."""
    desktop.focus()
    desktop.keys("ctrl+z")
    assert until(lambda: desktop.layers(left), PATIENCE)
    if left == 1:
        assert desktop.images() == [{"dirty": False, "layers": [PHOTO]}]


PHOTO = {"name": "scan.png", "visible": True, "box": [0, 0, 480, 360], "marked": 480 * 360}


def test_detect_paint_accept_undo(desktop: Desktop) -> None:
    desktop.shot("gimp")
    dialog = desktop.dialog(DETECT)
    desktop.shot("detected")
    owner = desktop.run("xprop", "-id", dialog, "WM_TRANSIENT_FOR").split()[-1]
    assert int(owner, 16) == int(desktop.titles("imported")[0].split()[0], 16)
    desktop.paint(dialog, *STROKE)
    desktop.shot("painted")
    desktop.keys("ctrl+Return")
    assert until(lambda: desktop.layers(2), PATIENCE)
    desktop.shot("mask-in-gimp")
    mask, photo = desktop.stack()
    assert mask["name"] == "Damage mask (scan.png)" and mask["visible"] and photo == PHOTO
    left, top, right, bottom = mask["box"]
    assert left <= 165 and top <= 25 and right > STROKE_BEGINS and bottom >= 335
    assert clears_up(desktop.gimp) and not journal(desktop.gimp)
    undo(desktop, 1)
    desktop.shot("undone")


def test_cancel(desktop: Desktop) -> None:
    desktop.dialog(RESTORE)
    desktop.shot("restore")
    desktop.keys("Escape")
    assert until(lambda: not desktop.titles(DAGUERRE) and nothing_runs(desktop.gimp), PATIENCE)
    assert desktop.images() == [{"dirty": False, "layers": [PHOTO]}]


def test_cancel_with_a_painted_mask(desktop: Desktop) -> None:
    for button, count in ((DISCARD, 1), (KEEP, 2)):
        dialog = desktop.dialog(REPAIR)
        desktop.paint(dialog, *STROKE)
        desktop.keys("Escape")
        desktop.settle()
        desktop.shot("keep-or-discard")
        desktop.click(dialog, button)
        assert until(lambda: not desktop.titles(DAGUERRE) and nothing_runs(desktop.gimp), PATIENCE)
        assert until(lambda count=count: desktop.layers(count), PATIENCE)
        assert not journal(desktop.gimp)
    mask, photo = desktop.stack()
    assert mask["name"] == "Damage mask (scan.png)" and mask["box"][0] > STROKE_BEGINS and photo == PHOTO
    undo(desktop, 1)


def test_opened_mask_is_edited_and_repaired_by(desktop: Desktop) -> None:
    desktop.dialog(DETECT)
    desktop.keys("ctrl+Return")
    assert until(lambda: desktop.layers(2), PATIENCE)
    before = desktop.stack()
    dialog = desktop.dialog(REPAIR)
    desktop.shot("opened-mask")
    desktop.paint(dialog, *STROKE)
    desktop.settle()
    desktop.shot("preview")
    desktop.keys("ctrl+Return")
    assert until(lambda: desktop.layers(3), PATIENCE)
    desktop.shot("repaired")
    mask, repaired, photo = desktop.stack()
    assert (mask["name"], repaired["name"]) == ("Damage mask (scan.png)", "Repaired (scan.png)")
    assert mask["box"][2] > STROKE_BEGINS > before[0]["box"][2] and not mask["visible"] and photo == PHOTO
    assert repaired["marked"] > mask["marked"] and repaired["box"][2] > STROKE_BEGINS
    undo(desktop, 2)
    assert desktop.stack() == before
    desktop.focus()
    desktop.call("plug-in-daguerre-repair-with-mask")
    assert until(lambda: desktop.layers(3), PATIENCE)
    assert names(desktop)[1] == "Repaired (scan.png)" and not desktop.stack()[0]["visible"]
    undo(desktop, 2)
    undo(desktop, 1)


def test_restore_in_place(desktop: Desktop) -> None:
    desktop.focus()
    desktop.call("plug-in-daguerre-restore-in-place")
    assert until(lambda: desktop.layers(2), PATIENCE)
    desktop.settle()
    desktop.shot("in-place")
    mask, _photo = desktop.stack()
    assert mask["marked"] and not mask["visible"]
    undo(desktop, 1)


@pytest.fixture
def without_window(desktop: Desktop) -> Iterator[None]:
    desktop.gimp.record_without_window()
    yield
    desktop.gimp.record(str(desktop.gimp.engine))


@pytest.mark.usefixtures("without_window")
def test_enhance(desktop: Desktop) -> None:
    desktop.focus()
    desktop.call("plug-in-daguerre-enhance")
    assert until(lambda: desktop.layers(2), PATIENCE)
    assert until(lambda: desktop.titles("GIMP Message"), PATIENCE)
    desktop.shot("enhanced-without-a-window")
    desktop.run("wmctrl", "-c", "GIMP Message")
    enhanced, photo = desktop.stack()
    assert enhanced == {**PHOTO, "name": "Enhanced (scan.png)"} and photo == PHOTO
    undo(desktop, 1)


@pytest.mark.usefixtures("without_window")
def test_enhance_in_place_is_one_step_back(desktop: Desktop) -> None:
    every = {"steps": "detect,repair,enhance", "repair-model": "ns", "detect-model": "classical"}
    with desktop.last_values(restore=every):
        desktop.focus()
        desktop.call("plug-in-daguerre-restore-in-place")
        assert until(lambda: desktop.layers(2), PATIENCE)
    desktop.settle()
    desktop.shot("enhanced-in-place")
    undo(desktop, 1)


def test_layer_masks_go_with_undo(desktop: Desktop) -> None:
    restore = {"mask-as": "layer-mask", "repair-model": "ns", "detect-model": "classical"}
    repair = {"output": "masked", "model": "telea"}
    marked = {**PHOTO, "applies_its_mask": False}
    with desktop.last_values(restore=restore, repair=repair):
        desktop.focus()
        desktop.call("plug-in-daguerre-restore-in-place")
        assert until(lambda: desktop.stack() == [marked], PATIENCE)
        desktop.shot("photo-with-the-damage-as-layer-mask")
        desktop.call("plug-in-daguerre-repair-with-mask")
        assert until(lambda: desktop.layers(2), PATIENCE)
    repaired, photo = desktop.stack()
    assert repaired["name"] == "Repaired (scan.png)" and repaired["applies_its_mask"] and photo == marked
    desktop.shot("repair-with-a-layer-mask")
    desktop.keys("ctrl+z")
    assert until(lambda: desktop.stack() == [marked], PATIENCE)
    for _ in range(3):  # GIMP 3.0 has put "Disable Layer Mask" into its history twice while it undid: docs/layers.md
        desktop.settle()
        desktop.keys("ctrl+z")
        if until(lambda: desktop.images() == [{"dirty": False, "layers": [PHOTO]}], 5):
            return
    raise AssertionError(desktop.images())


def test_engine_killed(desktop: Desktop) -> None:
    dialog = desktop.dialog(REPAIR)
    desktop.paint(dialog, *STROKE)
    for pid in engine(desktop.gimp):
        end(pid)
    desktop.settle()
    desktop.shot("engine-killed")
    assert window(desktop.gimp) and folders(desktop.gimp)
    desktop.keys("ctrl+Return")
    assert until(lambda: desktop.layers(3), PATIENCE)
    assert desktop.stack()[1]["box"][0] > STROKE_BEGINS - 20
    assert clears_up(desktop.gimp)
    undo(desktop, 1)


def test_window_killed(desktop: Desktop) -> None:
    dialog = desktop.dialog(REPAIR)
    desktop.paint(dialog, *STROKE)
    for pid in window(desktop.gimp):
        end(pid)
    assert clears_up(desktop.gimp)
    assert until(lambda: desktop.titles("GIMP Message"), PATIENCE)
    desktop.shot("window-killed")
    desktop.run("wmctrl", "-c", "GIMP Message")
    assert desktop.images() == [{"dirty": False, "layers": [PHOTO]}]
    assert len(journal(desktop.gimp)) == 1


def test_plugin_killed(desktop: Desktop) -> None:
    dialog = desktop.dialog(REPAIR)
    desktop.shot("found-mask")
    desktop.paint(dialog, *STROKE)
    for pid in plugin(desktop.gimp):
        end(pid)
    assert clears_up(desktop.gimp)
    desktop.settle()
    desktop.shot("plugin-killed")
    desktop.run("wmctrl", "-c", "GIMP Message")
    assert desktop.images() == [{"dirty": False, "layers": [PHOTO]}]
    assert len(journal(desktop.gimp)) == 1


def test_gimp_killed(desktop: Desktop) -> None:
    dialog = desktop.dialog(REPAIR)
    desktop.paint(dialog, *STROKE)
    killed = [pid for pid in processes(desktop.gimp, "gimp --new-instance") if pid]
    assert killed
    for pid in killed:
        end(pid)
    assert clears_up(desktop.gimp)
    desktop.shot("gimp-killed")
    assert len(journal(desktop.gimp)) == 1
