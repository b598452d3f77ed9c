"""Where results go, in the real GIMP and the real window: a new image, and results whose layer or image is gone or
another one when they come."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import gimps
from desktop import DAGUERRE, GIMP, PATIENCE, Desktop, gimp_with
from processes import engine, journal, nothing_runs, until, window
from test_window import PHOTO, STROKE, scratched

REPAIR, RESTORE = "plug-in-daguerre-repair", "plug-in-daguerre-restore"
FIRST, SECOND = (552, 58), (690, 58)
"""Where the two buttons below what the window was told are."""
GONE, FILLED, FILTERED = "ctrl+shift+alt+d", "ctrl+period", "ctrl+shift+alt+f"
"""What deletes the layer in GIMP, what fills it with the background's colour, and what gives it a filter."""
MENU = (1101, 19)
"""Where the button of the window's menu is."""
REPEAT = "ctrl+f"
MASK = "Damage mask (scan.png)"
NAMES = [MASK, "Repaired (scan.png)", "scan.png"]


@pytest.fixture(scope="module")
def started(gimp: gimps.Gimp) -> Iterator[Desktop]:
    gimp.record(str(gimp.engine))
    keys = {"layers_delete": "<Primary><Shift><Alt>d", "daguerre_test_filter": "<Primary><Shift><Alt>f"}
    with gimp_with(gimp, scratched(gimp.home / "scan.png"), **keys) as desktop:
        yield desktop


@pytest.fixture
def desktop(started: Desktop) -> Desktop:
    """GIMP with the photo just opened and nothing else; the window's last values are fast models."""
    for strokes in journal(started.gimp):
        strokes.unlink()
    choose(started, REPAIR, model="telea")
    choose(started, RESTORE, **{"detect-model": "classical", "repair-model": "telea"})
    started.focus()
    shown = started.titles(GIMP)
    started.call("daguerre-test-fresh")
    assert until(lambda: started.titles(GIMP) != shown and started.layers(1), PATIENCE), started.titles("")
    assert started.images() == [{"dirty": False, "layers": [PHOTO]}]
    return started


def choose(desktop: Desktop, procedure: str, **settings: str) -> None:
    """What the window's settings begin with."""
    folder = desktop.gimp.profile / "plug-in-settings"
    folder.mkdir(exist_ok=True)
    lines = [f'({name} "{value}")\n' for name, value in settings.items()]
    (folder / f"GimpProcedureConfigRun-{procedure}.last").write_text("".join(lines), encoding="utf-8")


def painted(desktop: Desktop) -> str:
    """Repair's window with a stroke on the photo."""
    dialog = desktop.dialog(REPAIR)
    desktop.paint(dialog, *STROKE)
    return dialog


def accepted(desktop: Desktop, dialog: str, meanwhile: str) -> None:
    """Press a key in GIMP, then the window's verb; the window asks what is to become of the result."""
    desktop.focus()
    desktop.keys(meanwhile)
    desktop.settle()
    desktop.run("wmctrl", "-i", "-a", dialog)
    desktop.settle()
    desktop.keys("ctrl+Return")
    assert until(lambda: desktop.titles(DAGUERRE), PATIENCE)
    desktop.settle()


def images(desktop: Desktop) -> list[list[str]]:
    """The names of the layers of each image."""
    return [[layer["name"] for layer in image["layers"]] for image in desktop.images()]


def ended(desktop: Desktop) -> bool:
    return until(lambda: not desktop.titles(DAGUERRE) and nothing_runs(desktop.gimp), PATIENCE)


def test_closed_image(desktop: Desktop) -> None:
    dialog = painted(desktop)
    accepted(desktop, dialog, "ctrl+w")
    desktop.shot("image-gone")
    desktop.click(dialog, FIRST)
    assert ended(desktop)
    desktop.shot("new-image")
    assert images(desktop) == [NAMES]
    assert not journal(desktop.gimp)


def test_closed_image_and_nothing_wanted(desktop: Desktop) -> None:
    dialog = painted(desktop)
    accepted(desktop, dialog, "ctrl+w")
    desktop.click(dialog, SECOND)
    assert ended(desktop)
    desktop.settle()
    assert not desktop.titles(GIMP) and len(journal(desktop.gimp)) == 1


def test_deleted_layer_on_top_is_one_step(desktop: Desktop) -> None:
    dialog = painted(desktop)
    accepted(desktop, dialog, GONE)
    desktop.shot("layer-gone")
    desktop.click(dialog, FIRST)
    assert ended(desktop)
    assert images(desktop) == [NAMES]
    desktop.shot("on-top")
    desktop.focus()
    desktop.keys("ctrl+z")
    assert until(lambda: desktop.layers(0), PATIENCE)  # GIMP starts no procedure over an image without layers
    desktop.keys("ctrl+z")
    assert until(lambda: desktop.layers(1), PATIENCE)
    assert until(lambda: desktop.images() == [{"dirty": False, "layers": [PHOTO]}], PATIENCE)


def test_deleted_layer_as_a_new_image(desktop: Desktop) -> None:
    dialog = painted(desktop)
    accepted(desktop, dialog, GONE)
    desktop.click(dialog, SECOND)
    assert ended(desktop)
    assert sorted(images(desktop)) == [[], NAMES]


def test_changed_layer_gets_the_result_anyway(desktop: Desktop) -> None:
    dialog = painted(desktop)
    accepted(desktop, dialog, FILLED)
    desktop.shot("layer-changed")
    desktop.click(dialog, FIRST)
    assert ended(desktop)
    assert images(desktop) == [NAMES]


def test_changed_layer_and_a_new_start(desktop: Desktop) -> None:
    dialog = painted(desktop)
    accepted(desktop, dialog, FILLED)
    before = window(desktop.gimp)
    desktop.click(dialog, SECOND)
    assert until(lambda: window(desktop.gimp) and not set(window(desktop.gimp)) & set(before), PATIENCE)
    assert until(lambda: desktop.titles(DAGUERRE) and engine(desktop.gimp), PATIENCE)
    desktop.settle()
    desktop.shot("started-again")
    desktop.keys("ctrl+Return")
    assert ended(desktop)
    mask, repaired, photo = desktop.stack()
    assert mask["marked"] and repaired["marked"] and photo["colour"] == [255, 255, 255]


def test_new_image(desktop: Desktop) -> None:
    choose(desktop, RESTORE, **{"detect-model": "classical", "repair-model": "telea", "output": "new-image"})
    desktop.dialog(RESTORE)
    desktop.shot("output-new-image")
    desktop.keys("ctrl+Return")
    assert ended(desktop)
    desktop.settle()
    desktop.shot("in-a-new-image")
    assert len(desktop.images()) == 2
    first, second = sorted(desktop.images(), key=lambda image: len(image["layers"]))
    assert first == {"dirty": False, "layers": [PHOTO]}
    assert [layer["name"] for layer in second["layers"]] == [MASK, "scan.png"] and not second["layers"][0]["visible"]


def test_repeat_makes_another_new_image(desktop: Desktop) -> None:
    choose(desktop, RESTORE, **{"detect-model": "classical", "repair-model": "telea", "output": "new-image"})
    desktop.dialog(RESTORE)
    desktop.keys("ctrl+Return")
    assert ended(desktop)
    desktop.settle()
    desktop.focus()
    shown = desktop.titles(GIMP)
    desktop.keys(REPEAT)  # nothing is asked before: the report would be what is repeated
    assert until(lambda: desktop.titles(GIMP) != shown and nothing_runs(desktop.gimp), PATIENCE), desktop.titles("")
    desktop.shot("repeated")
    found = sorted(images(desktop), key=len)
    assert found == [["scan.png"], [MASK, "scan.png"], [MASK, "scan.png"]]


def test_a_filter_stays_on_the_layer_and_a_repair_in_place_below_it(desktop: Desktop) -> None:
    in_place = {"detect-model": "classical", "repair-model": "telea", "output": "in-place", "mask-as": "none"}
    choose(desktop, RESTORE, **in_place)
    desktop.keys(FILTERED)
    filtered = {**PHOTO, "filters": ["turned round"]}
    assert until(lambda: desktop.stack() == [filtered], PATIENCE)
    before = desktop.look()
    dialog = desktop.dialog(RESTORE)
    desktop.shot("filters")
    desktop.click(dialog, MENU)
    desktop.shot("menu")
    desktop.keys("Escape")
    desktop.keys("ctrl+Return")
    assert ended(desktop)
    assert desktop.stack() == [filtered]
    lighter = desktop.look()[:, 0] - before[:, 0]
    assert lighter.max() > 20 and (abs(lighter) < 1).mean() > 0.95  # the dark line of the scratch
    desktop.shot("filters-in-place")
