"""Dabs of colour: strokes that become pixels where they are needed, with undo and redo."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from core.photo import Box
from qt_dialogs.background import Background
from qt_dialogs.dabs import Dabs
from qt_dialogs.hints_file import HintsFile
from qt_dialogs.painting import Painting, given, strokes_kept

HEIGHT, WIDTH = 300, 520
RED, BLUE = (200, 30, 40), (20, 60, 190)


def dab(dabs: Dabs, x: float, y: float, diameter: float = 24.0, remove: bool = False) -> None:
    dabs.begin_stroke(x, y, diameter, remove)
    dabs.end_stroke()


def pixels(painting: Painting) -> NDArray[np.uint8]:
    return painting.part(Box(0, 0, painting.width, painting.height))


def layer() -> NDArray[np.uint8]:
    """A layer of hints with two squares in it, the second one hardly opaque."""
    out = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    out[40:60, 300:330] = (10, 200, 30, 255)
    out[200:210, 20:30] = (10, 200, 30, 90)
    return out


def disc(x: float, y: float, diameter: float) -> NDArray[np.bool_]:
    rows, columns = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    return np.asarray((columns - x) ** 2 + (rows - y) ** 2 <= diameter**2 / 4)


def test_a_dab_is_a_disc_of_its_colour() -> None:
    dabs = Dabs(HEIGHT, WIDTH)
    dabs.colour = RED
    dab(dabs, 100.5, 90.5, 31)
    made = pixels(dabs.painted)
    assert np.array_equal(made[..., 3] > 0, disc(100.5, 90.5, 31))
    assert (made[disc(100.5, 90.5, 31)] == (*RED, 255)).all() and dabs.painted.count == 1
    assert np.array_equal(made[70:130, 80:101], dabs.painted.part(Box(80, 70, 101, 130)))


def test_the_later_dab_lies_over_the_earlier_one_and_over_the_layer() -> None:
    dabs = Dabs(HEIGHT, WIDTH, given(layer()))
    for dabs.colour, x in ((RED, 310), (BLUE, 325)):
        dab(dabs, x, 50)
    made = pixels(dabs.painted)
    assert tuple(made[50, 320]) == (*BLUE, 255) and tuple(made[50, 305]) == (*RED, 255)
    assert tuple(made[40, 300]) == (10, 200, 30, 255) and dabs.painted.count == 2


def test_dragging_leaves_a_chain_without_gaps_and_one_step() -> None:
    dabs = Dabs(HEIGHT, WIDTH)
    dabs.begin_stroke(20, 20, 9)
    assert dabs.painting and dabs.painted.empty and not dabs.shown.empty
    dabs.stroke_to(200, 20, 9)
    dabs.stroke_to(200, 150, 9)
    dabs.end_stroke()
    made = pixels(dabs.painted)[..., 3]
    assert made[20, 20:200].all() and made[20:150, 200].all() and dabs.painted.count == 1
    dabs.undo()
    assert dabs.painted.empty and not dabs.can_undo and dabs.redo_name == "Dab"


def test_the_eraser_takes_away_what_it_passes_over() -> None:
    dabs = Dabs(HEIGHT, WIDTH, given(layer()))
    dab(dabs, 100, 100)
    dab(dabs, 108, 100, remove=True)
    assert np.array_equal(
        pixels(dabs.painted)[80:120, 80:130, 3] > 0, (disc(100, 100, 24) & ~disc(108, 100, 24))[80:120, 80:130]
    )
    assert dabs.painted.count == 1 and dabs.undo_name == "Eraser Stroke"
    dab(dabs, 100, 100, 40, remove=True)
    assert dabs.painted.count == 0 and not dabs.painted.empty, "the layer is still there"
    dab(dabs, 310, 50, 100, remove=True)
    assert not pixels(dabs.painted)[:100, 280:350, 3].any()
    steps = dabs.state
    dab(dabs, 450, 250, remove=True)
    assert dabs.state == steps, "where there is nothing to take away there is no step"


def test_clear_takes_the_layer_too_and_undo_brings_all_back() -> None:
    dabs = Dabs(HEIGHT, WIDTH, given(layer()))
    dab(dabs, 100, 100)
    before = pixels(dabs.painted)
    dabs.clear()
    assert dabs.painted.empty and not pixels(dabs.painted).any() and dabs.undo_name == "Clear Hints"
    dab(dabs, 30, 30)
    assert dabs.painted.count == 1 and dabs.painted.given is None
    dabs.undo()
    dabs.undo()
    assert np.array_equal(pixels(dabs.painted), before)
    dabs.redo()
    dabs.redo()
    assert dabs.painted.count == 1 and not dabs.can_redo
    dabs.clear()
    dabs.clear()
    dabs.undo()
    assert dabs.painted.count == 1, "clearing nothing is no step"


def test_hints_are_dirty_until_they_are_as_they_were() -> None:
    dabs = Dabs(HEIGHT, WIDTH)
    assert not dabs.dirty and dabs.state == 0
    dab(dabs, 100, 100)
    assert dabs.dirty
    dabs.undo()
    assert not dabs.dirty and dabs.state == 0
    dabs.redo()
    dabs.mark_clean()
    assert not dabs.dirty
    dabs.undo()
    assert dabs.dirty


def test_dabs_outside_of_the_photo_are_none() -> None:
    dabs = Dabs(HEIGHT, WIDTH)
    for x, y in ((-50, 20), (20, -50), (WIDTH + 50, 20), (20, HEIGHT + 50)):
        dab(dabs, x, y)
    assert not dabs.can_undo
    dab(dabs, -5, 20)
    assert dabs.painted.count == 1 and pixels(dabs.painted)[20, 0, 3]


def test_what_changed_is_told() -> None:
    dabs, told = Dabs(HEIGHT, WIDTH, given(layer())), []
    dabs.changed.connect(told.append)
    dab(dabs, 100, 100)
    assert told and all(box.left <= 88 and box.right >= 112 and box.bottom - box.top < 40 for box in told)
    told.clear()
    dabs.clear()
    assert told == [Box(0, 0, WIDTH, HEIGHT)]


def test_an_empty_layer_is_none() -> None:
    assert given(np.zeros((HEIGHT, WIDTH, 4), np.uint8)) is None
    found = given(layer())
    assert found is not None and found.tiles == (Box(256, 0, 512, 256),), "what hardly shows does not count"


def test_the_file_holds_all_of_it(tmp_path: Path) -> None:
    dabs = Dabs(HEIGHT, WIDTH, given(layer()))
    dab(dabs, 500, 290, 60)
    dab(dabs, 305, 50, 9, remove=True)
    dabs.painted.write(tmp_path / "hints.npy")
    read = np.load(tmp_path / "hints.npy", mmap_mode="r")
    assert read.dtype == np.uint8 and read.flags.c_contiguous and np.array_equal(read, pixels(dabs.painted))
    Dabs(HEIGHT, WIDTH).painted.write(tmp_path / "none.npy")
    assert not np.load(tmp_path / "none.npy").any()


def test_a_large_photo_takes_little_memory(tmp_path: Path) -> None:
    """24 megapixels are 96 MB of hints: the file has them, and never the window."""
    path = tmp_path / "given.npy"
    there = np.lib.format.open_memmap(path, "w+", np.uint8, (4000, 6000, 4))
    there[100:900, 200:5000] = 255
    del there
    tracemalloc.start()
    dabs = Dabs(4000, 6000, given(np.load(path, mmap_mode="r")))
    for at in range(40):
        dab(dabs, 100 + 140 * at, 90 * at, 24 + 10 * at)
    dabs.begin_stroke(0, 0, 500)
    for at in range(60):
        dabs.stroke_to(100 * at, 60 * at, 500)
    dabs.end_stroke()
    dabs.begin_stroke(0, 2000, 300, True)
    dabs.stroke_to(6000, 2000, 300)
    dabs.end_stroke()
    assert dabs.painted.count == 40, "one lies below the eraser"
    dabs.painted.write(tmp_path / "hints.npy")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30_000_000
    assert np.load(tmp_path / "hints.npy", mmap_mode="r").shape == (4000, 6000, 4)


def test_what_is_kept_comes_back() -> None:
    dabs = Dabs(HEIGHT, WIDTH, given(layer()))
    dab(dabs, 100, 100)
    dab(dabs, 105, 100, remove=True)
    kept = json.loads(json.dumps(dabs.painted.kept()))
    assert kept == dabs.painted.kept() and kept["layer"]
    strokes = strokes_kept(kept)
    assert strokes == dabs.painted.strokes
    other = Dabs(HEIGHT, WIDTH, given(layer()))
    other.put(strokes, True, "Kept Hints")
    assert np.array_equal(pixels(other.painted), pixels(dabs.painted)) and other.undo_name == "Kept Hints"
    other.undo()
    assert np.array_equal(pixels(other.painted)[40:60, 300:330], layer()[40:60, 300:330])


@pytest.mark.parametrize(
    "damaged",
    [
        None,
        [],
        {},
        {"strokes": 3},
        {"strokes": ["x"]},
        {"strokes": [[1, []]]},
        {"strokes": [[None, []]]},
        {"strokes": [[[1, 2], [[1, 2, 3]]]]},
        {"strokes": [[[1, 2, 300], [[1, 2, 3]]]]},
        {"strokes": [[None, [[1, 2, float("nan")]]]]},
    ],
)
def test_damaged_hints_are_none(damaged: object) -> None:
    assert strokes_kept(damaged) is None


def test_the_file_is_written_where_something_has_changed_alone(qtbot: QtBot, tmp_path: Path) -> None:
    np.save(tmp_path / "hints-1.npy", layer())
    dabs = Dabs(HEIGHT, WIDTH, given(np.load(tmp_path / "hints-1.npy", mmap_mode="r")))
    file = HintsFile(tmp_path, dabs, "hints-1.npy", Background(dabs))
    names: list[str | None] = []

    def asked(empty_too: bool = False) -> str | None:
        names.clear()
        file.ask(names.append, lambda error: pytest.fail(str(error)), empty_too)
        qtbot.waitUntil(lambda: bool(names))
        return names[0]

    assert asked() == "hints-1.npy", "as it came"
    dab(dabs, 100, 100)
    first = asked()
    assert first not in (None, "hints-1.npy") and asked() == first
    assert np.array_equal(np.load(tmp_path / str(first)), pixels(dabs.painted))
    dab(dabs, 150, 100)
    second = asked()
    assert second != first
    qtbot.waitUntil(lambda: not (tmp_path / str(first)).exists())
    dabs.clear()
    assert asked() is None
    empty = asked(empty_too=True)
    assert empty is not None and not np.load(tmp_path / empty).any()
    assert np.array_equal(np.load(tmp_path / "hints-1.npy"), layer())


# single dabs


def test_a_picked_dab_is_removed_and_comes_back() -> None:
    dabs = Dabs(HEIGHT, WIDTH, given(layer()))
    for dabs.colour, x in ((RED, 100), (BLUE, 115)):
        dab(dabs, x, 100)
    before = pixels(dabs.painted)
    assert not dabs.pick(200, 200) and dabs.picked is None
    assert dabs.pick(107, 100) and dabs.picked is dabs.painted.strokes[1], "the one that is seen"
    dabs.remove_picked()
    assert dabs.undo_name == "Remove Dab" and dabs.painted.count == 1 and dabs.picked is None
    made = pixels(dabs.painted)
    assert (made[disc(100, 100, 24)] == (*RED, 255)).all() and tuple(made[50, 310]) == (10, 200, 30, 255)
    dabs.remove_picked()
    assert dabs.painted.count == 1, "none is picked any more"
    dabs.undo()
    assert np.array_equal(pixels(dabs.painted), before)
    dabs.redo()
    assert dabs.painted.count == 1 and dabs.dirty


def test_the_nearest_dab_within_reach_is_picked() -> None:
    dabs = Dabs(HEIGHT, WIDTH)
    for x in (100, 140):
        dab(dabs, x, 100, 10)
    assert not dabs.pick(121, 100, 8) and dabs.pick(121, 100, 20)
    assert dabs.picked is dabs.painted.strokes[1]
    assert dabs.pick(2, 100, 400) and dabs.picked is dabs.painted.strokes[0], "the reach may go beyond the photo"
    dab(dabs, 140, 100, 12, remove=True)
    assert not dabs.pick(140, 100, 5), "there is nothing to be seen"


def test_a_dab_is_moved_with_its_colour_as_one_step() -> None:
    dabs = Dabs(HEIGHT, WIDTH)
    dabs.colour = RED
    dabs.begin_stroke(50, 50, 20)
    dabs.stroke_to(80, 50, 20)
    dabs.end_stroke()
    dabs.colour = BLUE
    dab(dabs, 200, 50)
    before = pixels(dabs.painted)
    assert dabs.pick(60, 52)
    dabs.move_to(100, 200)
    dabs.move_to(160, 102)
    assert dabs.painting and np.array_equal(pixels(dabs.painted), before), "it is carried, and not put down"
    assert tuple(pixels(dabs.shown)[100, 165]) == (*RED, 255) and not pixels(dabs.shown)[50, 50:81, 3].any()
    dabs.drop()
    assert not dabs.painting and dabs.undo_name == "Move Dab" and dabs.painted.count == 2
    made = pixels(dabs.painted)
    assert np.array_equal(made[90:110, 140:200], before[40:60, 40:100]) and not made[40:60, 40:100, 3].any()
    dabs.move_to(170, 102)
    dabs.drop()
    dabs.remove_picked()
    assert dabs.painted.count == 1, "it stays picked"
    for _step in range(3):
        dabs.undo()
    assert np.array_equal(pixels(dabs.painted), before)


def test_a_moved_dab_lies_above_and_stays_on_the_photo() -> None:
    dabs = Dabs(HEIGHT, WIDTH)
    for dabs.colour, x in ((RED, 50), (BLUE, 100)):
        dab(dabs, x, 50)
    dabs.pick(50, 50)
    dabs.move_to(90, 50)
    dabs.drop()
    assert tuple(pixels(dabs.painted)[50, 95]) == (*RED, 255)
    for x, y in ((-4000, 50), (50, 4000)):
        dabs.move_to(x, y)
    dabs.drop()
    assert dabs.painted.count == 2 and pixels(dabs.painted)[-1, :, 3].any()
    dabs.pick(100, 50)
    dabs.move_to(150, 90)
    before = dabs.state
    dabs.let_go()
    assert dabs.state == before and tuple(pixels(dabs.painted)[50, 105]) == (*BLUE, 255) and not dabs.painting


def test_of_a_dab_that_was_erased_in_part_the_rest_is_moved() -> None:
    dabs = Dabs(HEIGHT, WIDTH)
    dabs.colour = RED
    dab(dabs, 100, 100, 40)
    dab(dabs, 120, 100, 30, remove=True)
    before = pixels(dabs.painted)[70:130, 70:130]
    assert dabs.pick(85, 100)
    dabs.move_to(285, 50)
    dabs.drop()
    made = pixels(dabs.painted)
    assert np.array_equal(made[20:80, 270:330], before) and not made[70:130, 70:130, 3].any()
    dabs.pick(285, 50)
    dabs.remove_picked()
    assert dabs.painted.empty


def test_dabs_of_the_layer_are_picked_by_their_colour() -> None:
    there = layer()
    there[50:120, 290:310] = (250, 20, 20, 255)  # touches the other, and goes over the edge of a tile
    there[100:110, 240:300] = (245, 25, 20, 200)  # hardly another colour
    dabs = Dabs(HEIGHT, WIDTH, given(there))
    dab(dabs, 250, 105, 8)
    before = pixels(dabs.painted)
    assert dabs.pick(300, 115) and dabs.picked is not None and dabs.picked.colour == (250, 20, 20)
    assert dabs.picked.box(HEIGHT, WIDTH) == Box(240, 50, 310, 120)
    dabs.move_to(200, 235)
    dabs.drop()
    made = pixels(dabs.painted)
    assert tuple(made[235, 200]) == (250, 20, 20, 255) and tuple(made[225, 145]) == (250, 20, 20, 255)
    assert tuple(made[55, 320]) == (10, 200, 30, 255) and not made[60:120, 290:310, 3].any()
    assert tuple(made[105, 250]) == tuple(before[105, 250]), "what was painted over it stays"
    assert dabs.painted.count == 2
    kept = json.loads(json.dumps(dabs.painted.kept()))
    again = Dabs(HEIGHT, WIDTH, given(there))
    strokes = strokes_kept(kept)
    assert strokes is not None
    again.put(strokes, kept["layer"], "Kept Hints")
    assert np.array_equal(pixels(again.painted), made) and again.painted.kept() == dabs.painted.kept()
    dabs.undo()
    assert np.array_equal(pixels(dabs.painted), before)
    dabs.pick(320, 45)
    dabs.remove_picked()
    assert not pixels(dabs.painted)[40:50, 300:330, 3].any() and tuple(pixels(dabs.painted)[55, 305]) != (0, 0, 0, 0)


def test_one_half_of_a_dab_of_the_layer_that_the_eraser_cut_in_two() -> None:
    dabs = Dabs(HEIGHT, WIDTH, given(layer()))
    dabs.begin_stroke(315, 20, 4, True)
    dabs.stroke_to(315, 80, 4)
    dabs.end_stroke()
    dabs.pick(305, 50)
    dabs.remove_picked()
    left = pixels(dabs.painted)[..., 3] >= 128
    assert left[40:60, 318:330].all() and not left[:, :317].any()


@pytest.mark.parametrize(
    "change", [{"width": 0}, {"height": 900}, {"covered": "no"}, {"covered": "AAAA"}, {"left": None}]
)
def test_damaged_patches_are_none(change: dict[str, object]) -> None:
    dabs = Dabs(HEIGHT, WIDTH, given(layer()))
    dabs.pick(320, 45)
    dabs.remove_picked()
    kept = json.loads(json.dumps(dabs.painted.kept()))
    assert strokes_kept(kept) is not None
    kept["strokes"][0][1] |= change
    assert strokes_kept(kept) is None
