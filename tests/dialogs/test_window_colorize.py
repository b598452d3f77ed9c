"""The page Colorize: dabs of colour, their preview, and the run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QColorDialog
from windows import Asked, Desktop, large, picture, sample, settled

import soft_engine
from core.photo import Box
from qt_dialogs import engine, memory
from qt_dialogs.dab_forms import FIRST_COLOUR

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
RED = (200, 30, 40)
Keep = Any


def grey(height: int = 300, width: int = 400) -> NDArray[np.uint8]:
    """A photo without colour, (H, W, 1)."""
    return np.ascontiguousarray(np.tile(sample(), (3, 3, 1))[:height, :width, :1])


def layer(height: int, width: int) -> NDArray[np.uint8]:
    """A layer of hints with a square in it."""
    out = np.zeros((height, width, 4), np.uint8)
    out[20:60, 30:80] = (30, 60, 200, 255)
    return out


def until_coloured(desktop: Desktop) -> None:
    """Until all that is seen is coloured with the settings and hints of now."""
    desktop.until(lambda: desktop.canvas.has_result and settled(desktop) and not desktop.desk.work.previews)


def spot(desktop: Desktop, x: float, y: float) -> tuple[int, int, int]:
    """The colour that is seen at this share (0..1) of the canvas."""
    seen = picture(desktop)
    red, green, blue = (int(value) for value in seen[int(y * seen.shape[0]), int(x * seen.shape[1])])
    return red, green, blue


def is_colourful(pixels: NDArray[Any]) -> bool:
    """Whether all of it has the colour of the soft model."""
    return bool(np.mean(pixels[..., 0] > pixels[..., 2].astype(int) + 10) > 0.9)


# the page


def test_the_page_has_dabs_and_no_mask(desktop: Desktop, colorizes: None) -> None:
    desktop.open("colorize")
    window = desktop.window
    assert window.windowTitle() == "Colorize Photo – scan.tif: Background"
    assert window.buttons.accept.text().replace("&", "") == "Colorize"
    assert window.tools.isVisible() and window.panel.hint_state.isVisible()
    assert not window.panel.mask_state.isVisible() and not window.viewbar.opacity.isEnabled()
    assert window.viewbar.overlay.text() == "Hints" and window.viewbar.overlay.isChecked()
    assert set(window.panel.current.controls) >= {f"colorize-{n}" for n in ("model", "saturation", "mute", "levels")}
    desktop.desk.turn_to("repair")
    assert window.viewbar.overlay.text() == "Mask" and not window.panel.hint_state.isVisible()
    assert window.tools.size_box.accessibleName() == "Brush size"


def test_a_click_puts_a_dab_and_the_preview_obeys_it(desktop: Desktop, asked: Asked) -> None:
    desktop.open("colorize", large())
    until_coloured(desktop)
    assert len(asked) == 1 and "hints" not in asked[0], "there are none yet"
    request = asked[0]
    assert (request["tool"], request["want"], request["scale"]) == ("colorize", ["colours"], 2)
    assert request["region"] == [0, 0, 1900, 1300] and "mask" not in request
    before = picture(desktop)
    desktop.window.panel.hint_state.swatches["Cloth, blue"].click()
    desktop.stroke((0.5, 0.5))
    assert desktop.dabs.painted.count == 1 and desktop.dabs.undo_name == "Dab"
    assert desktop.window.panel.hint_state.text.text() == "Hints: 1 dab"
    assert spot(desktop, 0.5, 0.5) == (52, 70, 112), "seen at once"
    until_coloured(desktop)
    hints = asked.hints[-1]
    assert len(asked) == 2 and hints is not None and hints.shape == (1300, 1900, 4)
    assert np.array_equal(hints, desktop.dabs.painted.part(Box(0, 0, 1900, 1300)))
    assert set(map(tuple, hints[hints[..., 3] > 0])) == {(52, 70, 112, 255)}
    assert 350 < (hints[..., 3] > 0).sum() < 550, "24 pixels across"
    desktop.window.viewbar.overlay.click()
    assert np.abs(picture(desktop).astype(int) - before).max() > 20, "the colours have changed"


def test_the_dab_has_an_outline_of_black_and_white(desktop: Desktop, colorizes: None) -> None:
    desktop.open("colorize", large())
    desktop.canvas.zoom_to(2.0)
    desktop.window.panel.hint_state.swatches["Brick"].click()
    desktop.stroke((0.5, 0.5))
    seen = picture(desktop)
    row = seen[seen.shape[0] // 2].astype(int)
    inside = np.flatnonzero((np.abs(row - (158, 80, 60)) <= 2).all(axis=1))
    assert 44 <= len(inside) <= 50 and inside[-1] - inside[0] == len(inside) - 1
    assert (row[[inside[0] - 1, inside[-1] + 1]] == 0).all() and (row[[inside[0] - 2, inside[-1] + 2]] == 255).all()


def test_dabs_are_seen_on_their_page_alone_and_not_before(desktop: Desktop, asked: Asked) -> None:
    desktop.open("colorize", large())
    until_coloured(desktop)
    desktop.stroke((0.5, 0.5))
    until_coloured(desktop)
    assert spot(desktop, 0.5, 0.5) == FIRST_COLOUR
    QTest.keyPress(desktop.canvas, Qt.Key.Key_V)
    assert spot(desktop, 0.5, 0.5) != FIRST_COLOUR
    QTest.keyRelease(desktop.canvas, Qt.Key.Key_V)
    desktop.canvas.setFocus()
    desktop.key(Qt.Key.Key_Q, SHIFT)
    assert spot(desktop, 0.5, 0.5) != FIRST_COLOUR
    desktop.key(Qt.Key.Key_Q, SHIFT)
    assert spot(desktop, 0.5, 0.5) == FIRST_COLOUR
    for page in ("enhance", "repair"):
        desktop.desk.turn_to(page)
        assert spot(desktop, 0.5, 0.5) != FIRST_COLOUR
    desktop.stroke((0.2, 0.5))
    assert not desktop.marks.hand.empty and desktop.dabs.painted.count == 1
    desktop.desk.turn_to("colorize")
    assert desktop.dabs.painted.count == 1 and spot(desktop, 0.5, 0.5) == FIRST_COLOUR
    desktop.stroke((0.3, 0.3))
    desktop.stroke((0.7, 0.3))
    until_coloured(desktop)
    desktop.canvas.setFocus()
    desktop.type("j")
    assert spot(desktop, 0.3, 0.3) == FIRST_COLOUR != spot(desktop, 0.7, 0.3), "on the side before"


# undo, eraser, clear


def test_undo_takes_the_dab_out_of_the_preview_again(desktop: Desktop, asked: Asked) -> None:
    desktop.open("colorize", large())
    until_coloured(desktop)
    before = picture(desktop)
    desktop.stroke((0.5, 0.5))
    until_coloured(desktop)
    assert asked.hints[-1] is not None and desktop.window.viewbar.undo.isEnabled()
    desktop.key(Qt.Key.Key_Z, CTRL)
    until_coloured(desktop)
    assert asked.hints[-1] is None and np.array_equal(picture(desktop), before)
    desktop.click(desktop.window.viewbar.redo)
    until_coloured(desktop)
    assert asked.hints[-1] is not None and desktop.dabs.painted.count == 1
    desktop.desk.turn_to("repair")
    assert not desktop.window.viewbar.undo.isEnabled(), "the mask has steps of its own"
    desktop.key(Qt.Key.Key_Z, CTRL)
    assert desktop.dabs.painted.count == 1


def test_the_eraser_and_clear(desktop: Desktop, asked: Asked) -> None:
    desktop.open("colorize", large())
    for place in (0.3, 0.5, 0.7):
        desktop.stroke((place, 0.5))
    desktop.canvas.setFocus()
    desktop.key(Qt.Key.Key_E, SHIFT)
    desktop.stroke((0.25, 0.5), (0.35, 0.5))
    assert desktop.dabs.painted.count == 2 and desktop.dabs.undo_name == "Eraser Stroke"
    until_coloured(desktop)
    left = asked.hints[-1]
    assert left is not None and np.array_equal(left, desktop.dabs.painted.part(Box(0, 0, 1900, 1300)))
    desktop.click(desktop.window.panel.hint_state.clear_button)
    assert desktop.dabs.painted.empty and not desktop.window.panel.hint_state.clear_button.isEnabled()
    until_coloured(desktop)
    assert asked.hints[-1] is None
    desktop.key(Qt.Key.Key_Z, CTRL)
    desktop.key(Qt.Key.Key_Z, CTRL)
    assert desktop.dabs.painted.count == 3


def test_few_previews_are_asked_for_while_dabs_follow_each_other(desktop: Desktop, asked: Asked) -> None:
    desktop.open("colorize", large())
    until_coloured(desktop)
    for place in range(10):
        desktop.stroke((0.3 + 0.04 * place, 0.5))
    until_coloured(desktop)
    last = asked.hints[-1]
    assert last is not None and np.array_equal(last, desktop.dabs.painted.part(Box(0, 0, 1900, 1300)))
    desktop.until(lambda: len(list(desktop.folder.glob("hints-*.npy"))) == 1)


def test_pick_removes_and_moves_dabs(desktop: Desktop, asked: Asked, keep: Keep) -> None:
    desktop.open("colorize", large())
    hints = desktop.window.panel.hint_state
    for name, x in (("Brick", 0.3), ("Sky", 0.6)):
        desktop.click(hints.swatches[name])
        desktop.stroke((x, 0.5))
    until_coloured(desktop)
    desktop.canvas.setFocus()
    desktop.type("u")
    assert desktop.canvas.tool == "pick" == desktop.window.tools.tool
    desktop.stroke((0.3, 0.5))
    row = outlined(desktop, 0.3, 0.5)
    assert row[:4] == ["colour", "black", "black", "white"] and desktop.dabs.undo_name == "Dab", "a click is no step"
    desktop.stroke((0.3, 0.5), (0.35, 0.4), (0.4, 0.3))
    assert desktop.dabs.undo_name == "Move Dab" and desktop.dabs.painted.count == 2
    assert spot(desktop, 0.4, 0.3) == (158, 80, 60) != spot(desktop, 0.3, 0.5)
    keep(desktop.window, "colorize-picked")
    until_coloured(desktop)
    moved = asked.hints[-1]
    assert moved is not None and np.array_equal(moved, desktop.dabs.painted.part(Box(0, 0, 1900, 1300)))
    desktop.key(Qt.Key.Key_Delete)
    assert desktop.dabs.undo_name == "Remove Dab" and hints.text.text() == "Hints: 1 dab"
    desktop.key(Qt.Key.Key_Delete)
    assert desktop.dabs.painted.count == 1, "nothing is picked any more"
    until_coloured(desktop)
    left = asked.hints[-1]
    assert left is not None and set(map(tuple, left[left[..., 3] > 0])) == {(142, 183, 220, 255)}
    for _step in range(2):
        desktop.key(Qt.Key.Key_Z, CTRL)
    assert spot(desktop, 0.3, 0.5) == (158, 80, 60)


def outlined(desktop: Desktop, x: float, y: float) -> list[str]:
    """What follows each other at the edge of a dab of another colour than black and white, to the right."""
    seen = picture(desktop)
    row = seen[int(y * seen.shape[0]), int(x * seen.shape[1]) :]
    names = ["black" if (of == 0).all() else "white" if (of == 255).all() else "colour" for of in row[:40]]
    return names[names.index("black") - 1 :]


def test_escape_puts_a_dab_back_and_another_tool_lets_it_go(desktop: Desktop, asked: Asked) -> None:
    desktop.open("colorize", large())
    desktop.stroke((0.5, 0.5))
    desktop.canvas.setFocus()
    desktop.type("u")
    press(desktop, (0.5, 0.5), (0.6, 0.6))
    assert spot(desktop, 0.6, 0.6) == FIRST_COLOUR
    desktop.key(Qt.Key.Key_Escape)
    assert desktop.host.leavings == 0 and spot(desktop, 0.5, 0.5) == FIRST_COLOUR != spot(desktop, 0.6, 0.6)
    desktop.stroke((0.6, 0.6))
    assert desktop.dabs.undo_name == "Dab" and desktop.dabs.picked is None
    desktop.stroke((0.5, 0.5))
    assert desktop.dabs.picked is not None
    desktop.type("p")
    assert desktop.dabs.picked is None
    desktop.key(Qt.Key.Key_Delete)
    assert desktop.dabs.painted.count == 1


def press(desktop: Desktop, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Press at one share of the canvas and move to another one, and hold on."""
    canvas = desktop.canvas
    first, last = (QPointF(x * canvas.width(), y * canvas.height()).toPoint() for x, y in (start, end))
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, first)
    QTest.mouseMove(canvas, last)
    QApplication.processEvents()


def test_pick_shows_hidden_dabs_and_leaves_the_mask_alone(desktop: Desktop, asked: Asked) -> None:
    desktop.open("colorize", large())
    desktop.stroke((0.5, 0.5))
    desktop.canvas.setFocus()
    desktop.key(Qt.Key.Key_Q, SHIFT)
    assert spot(desktop, 0.5, 0.5) != FIRST_COLOUR
    desktop.type("u")
    assert spot(desktop, 0.5, 0.5) == FIRST_COLOUR
    desktop.stroke((0.5, 0.5))
    desktop.desk.turn_to("repair")
    desktop.stroke((0.5, 0.5), (0.6, 0.5))
    desktop.key(Qt.Key.Key_Delete)
    assert desktop.marks.hand.empty and desktop.dabs.painted.count == 1


# colours and sizes


def test_the_pipette_is_a_tool_too(desktop: Desktop, asked: Asked) -> None:
    desktop.open("colorize", large())
    rail, hints = desktop.window.tools, desktop.window.panel.hint_state
    desktop.canvas.zoom_to(1.0)
    until_coloured(desktop)
    desktop.canvas.setFocus()
    desktop.type("o")
    assert desktop.canvas.tool == "pipette" == rail.tool
    assert desktop.canvas.cursor().shape() == Qt.CursorShape.BitmapCursor
    desktop.stroke((0.4, 0.4))
    assert desktop.dabs.painted.empty and hints.colour == desktop.dabs.colour == spot(desktop, 0.4, 0.4)
    desktop.stroke((0.2, 0.2), (0.6, 0.5))
    assert hints.colour == spot(desktop, 0.6, 0.5), "a drag takes the last"
    desktop.desk.turn_to("repair")
    assert desktop.canvas.tool == "brush" == rail.tool and not rail._buttons["pipette"].isVisible()
    desktop.type("o")
    assert desktop.canvas.tool == "brush"


def test_ctrl_takes_a_colour_from_the_photo_or_from_what_was_made_of_it(desktop: Desktop, asked: Asked) -> None:
    pixels = large()
    desktop.open("colorize", pixels)
    hints = desktop.window.panel.hint_state
    desktop.canvas.zoom_to(1.0)
    until_coloured(desktop)
    desktop.stroke((0.4, 0.4), held=CTRL)
    assert desktop.dabs.painted.empty, "no dab"
    assert hints.colour == desktop.dabs.colour == spot(desktop, 0.4, 0.4) != FIRST_COLOUR
    desktop.canvas.setFocus()
    desktop.type("jj")  # side by side: the photo on the left
    desktop.stroke((0.2, 0.5), held=CTRL)
    assert desktop.dabs.colour == spot(desktop, 0.2, 0.5)
    assert not any(button.isChecked() for button in hints.swatches.values())
    assert desktop.canvas.colour_at(-1, 5, True) is None


def test_the_colour_dialog_leaves_the_window_alone(desktop: Desktop, colorizes: None) -> None:
    desktop.open("colorize")
    hints = desktop.window.panel.hint_state
    desktop.click(hints.pick_button)
    dialog = hints.findChild(QColorDialog)
    assert dialog is not None and dialog.isVisible() and dialog.currentColor() == QColor(*FIRST_COLOUR)
    dialog.setCurrentColor(QColor(*RED))
    dialog.accept()
    assert hints.colour == desktop.dabs.colour == RED
    desktop.click(hints.pick_button)
    other = next(shown for shown in hints.findChildren(QColorDialog) if shown.isVisible())
    other.setCurrentColor(QColor(1, 2, 3))
    other.reject()
    assert desktop.dabs.colour == RED


def test_common_colours_have_names_and_arrow_keys(desktop: Desktop, colorizes: None) -> None:
    desktop.open("colorize")
    hints = desktop.window.panel.hint_state
    assert len(hints.swatches) == 12 and all(button.accessibleName() for button in hints.swatches.values())
    assert hints.swatches["Skin, light"].isChecked(), "the first colour is among them"
    hints.swatches["Skin, light"].setFocus()
    desktop.key(Qt.Key.Key_Right)
    assert desktop.window.focusWidget() is hints.swatches["Skin, brown"]
    desktop.click(hints.swatches["Sky"])
    assert desktop.dabs.colour == hints.colour == (142, 183, 220)
    assert [name for name, button in hints.swatches.items() if button.isChecked()] == ["Sky"]


def test_the_dab_has_a_size_of_its_own(desktop: Desktop, colorizes: None) -> None:
    desktop.open("colorize")
    rail, hints = desktop.window.tools, desktop.window.panel.hint_state
    assert desktop.canvas.brush == 24 == rail.size_box.value() == hints.size_box.value()
    desktop.canvas.setFocus()
    desktop.type("}")
    assert desktop.canvas.brush == 48 == rail.size_box.value() == hints.size_box.value()
    hints.size_box.setFocus()
    hints.size_box.selectAll()
    desktop.type("70")
    desktop.key(Qt.Key.Key_Return)
    assert desktop.canvas.brush == 70 == rail.size_box.value() and not desktop.desk.work.running
    rail.brushAsked.emit(900.0)
    assert desktop.canvas.brush == 500 == rail.size_box.value() == hints.size_box.value()
    desktop.desk.turn_to("repair")
    assert desktop.canvas.brush == 24
    desktop.desk.turn_to("colorize")
    assert desktop.canvas.brush == 500


def test_colour_and_size_are_remembered(desktop: Desktop, colorizes: None) -> None:
    desktop.verbs = {"colorize": "Colorize"}
    desktop.open("colorize")
    desktop.click(desktop.window.panel.hint_state.swatches["Wood"])
    desktop.canvas.setFocus()
    desktop.type("}")
    desktop.key(Qt.Key.Key_Escape)
    assert desktop.host.leavings == 1 and memory.recall()["hint"] == "#8b613e"
    desktop.close()
    desktop.open("colorize")
    assert desktop.dabs.colour == (139, 97, 62) and desktop.canvas.brush == 48


# what came with the photo


def test_the_layer_that_came_lies_below_and_can_be_cleared(desktop: Desktop, asked: Asked) -> None:
    desktop.open("colorize", large(), hints=layer(1300, 1900))
    hints = desktop.window.panel.hint_state
    assert hints.text.text() == "Hints: those of your layer" and not desktop.dabs.dirty
    until_coloured(desktop)
    assert asked[-1]["hints"] == "dabs.npy", "as it came"
    desktop.canvas.zoom_to(1.0)
    desktop.canvas.centre_on(55, 40)
    assert spot(desktop, 0.5, 0.5) == (30, 60, 200)
    desktop.stroke((0.5, 0.5))
    assert spot(desktop, 0.5, 0.5) == FIRST_COLOUR and hints.text.text() == "Hints: 1 dab over your layer"
    until_coloured(desktop)
    given = asked.hints[-1]
    assert given is not None and tuple(given[21, 31]) == (30, 60, 200, 255) and asked[-1]["hints"] != "dabs.npy"
    desktop.click(hints.clear_button)
    assert desktop.dabs.painted.empty and desktop.dabs.dirty
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.host.results)
    assert not desktop.result("hints").any(), "that they are gone is handed over"
    assert np.array_equal(np.load(desktop.folder / "dabs.npy"), layer(1300, 1900))


def test_a_model_that_knows_no_hints_says_so_once(desktop: Desktop, asked: Asked, monkeypatch: Any) -> None:
    monkeypatch.setattr(engine, "COMMAND", soft_engine.command(takes_hints=False))
    desktop.open("colorize", large())
    until_coloured(desktop)
    assert not desktop.message
    desktop.stroke((0.5, 0.5))
    desktop.until(lambda: desktop.message == "notes")
    assert desktop.window.message.text.text().startswith("This model does not know hints")
    desktop.window.message.take_back("notes")  # as its cross does
    desktop.stroke((0.6, 0.5))
    until_coloured(desktop)
    assert not desktop.message
    desktop.key(Qt.Key.Key_Z, CTRL)
    desktop.key(Qt.Key.Key_Z, CTRL)
    until_coloured(desktop)
    assert not desktop.message


# colours of its own


def colourful(height: int = 300, width: int = 400) -> NDArray[np.uint8]:
    """A photo in colour: what is left is green, what is right blue."""
    photo = grey(height, width).repeat(3, axis=2).astype(float)
    photo[:, : width // 2] *= (0.6, 0.9, 0.3)
    photo[:, width // 2 :] *= (0.4, 0.6, 1.0)
    return photo.astype(np.uint8)


def test_colours_of_its_own_are_said_once(desktop: Desktop, colorizes: None, keep: Keep) -> None:
    desktop.open("enhance", colourful())
    desktop.desk.turn_to("colorize")
    desktop.until(lambda: desktop.message == "has-colour")
    text = desktop.window.message.text.text()
    assert text.startswith("The layer has colours of its own") and "Hide the new layer" in text
    keep(desktop.window, "colorize-has-colour")
    desktop.desk.turn_to("enhance")
    assert not desktop.message
    desktop.desk.turn_to("colorize")
    QTest.qWait(300)
    assert not desktop.message


def test_without_gimp_no_layer_is_spoken_of(desktop: Desktop, colorizes: None) -> None:
    desktop.open("colorize", colourful(), alone=True)
    desktop.until(lambda: desktop.message == "has-colour")
    assert "layer" not in desktop.window.message.text.text()


@pytest.mark.parametrize("pixels", [grey(), sample()], ids=["grey", "sepia"])
def test_grey_and_sepia_photos_have_none(desktop: Desktop, asked: Asked, pixels: NDArray[np.uint8]) -> None:
    desktop.open("colorize", pixels)
    until_coloured(desktop)
    assert desktop.message != "has-colour"


def test_the_step_of_restore_says_so_too(desktop: Desktop, colorizes: None) -> None:
    desktop.values.set("steps", "enhance")
    desktop.open("restore", colourful())
    QTest.qWait(300)
    assert not desktop.message, "nothing is to be coloured"
    desktop.values.set_step("colorize", True)
    desktop.until(lambda: desktop.message == "has-colour")


# the preview


def test_saturation_makes_a_new_preview_and_the_mask_none(desktop: Desktop, asked: Asked) -> None:
    desktop.open("colorize", large())
    until_coloured(desktop)
    desktop.values.set("colorize-saturation", 0.0)
    until_coloured(desktop)
    assert len(asked) == 2 and asked[-1]["settings"]["saturation"] == 0.0
    seen = picture(desktop).astype(int)
    assert np.abs(seen[300:400, 300:500, 0] - seen[300:400, 300:500, 2]).max() <= 2, "grey"
    desktop.values.set("enhance-noise", 0.1)
    desktop.values.set("detect-sensitivity", 0.1)
    QTest.qWait(300)
    assert len(asked) == 2


def test_what_is_shown_is_what_the_run_makes(desktop: Desktop, asked: Asked) -> None:
    desktop.open("colorize", large())
    desktop.canvas.zoom_to(1.0)
    desktop.stroke((0.5, 0.5))
    until_coloured(desktop)
    desktop.window.viewbar.overlay.click()
    desktop.until(lambda: desktop.window.photo.badge.isHidden())
    shown, box = picture(desktop), desktop.canvas.visible_box()
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.host.results)
    made = desktop.result("colours")[box.rows, box.columns]
    assert np.array_equal(shown[4:-4, 4:-4], made[4 : shown.shape[0] - 4, 4 : shown.shape[1] - 4])


def test_the_pages_enhance_and_colorize_show_each_its_own(desktop: Desktop, asked: Asked) -> None:
    desktop.open("enhance", large())
    until_coloured(desktop)
    desktop.desk.turn_to("colorize")
    assert not desktop.canvas.has_result
    until_coloured(desktop)
    desktop.desk.turn_to("enhance")
    until_coloured(desktop)
    assert [request["tool"] for request in asked] == ["enhance", "colorize", "enhance"]


# grey photos


def test_a_grey_image_becomes_an_rgb_one_and_that_is_said_once(desktop: Desktop, colorizes: None) -> None:
    desktop.open("enhance", grey())
    desktop.desk.turn_to("colorize")
    desktop.until(lambda: desktop.message == "grey-image")
    text = "Colour needs an RGB image. The image is converted together with the result; one undo takes both back."
    assert desktop.window.message.text.text() == text
    desktop.desk.turn_to("restore")
    desktop.desk.turn_to("colorize")
    assert not desktop.message
    desktop.close()
    desktop.open("colorize", grey(), alone=True)
    until_coloured(desktop)
    assert not desktop.message, "there is no image to undo anything in"


def test_a_grey_photo_is_shown_in_colour(desktop: Desktop, colorizes: None) -> None:
    desktop.open("colorize", grey(1300, 1900))
    desktop.canvas.zoom_to(1.0)
    until_coloured(desktop)
    desktop.until(lambda: is_colourful(picture(desktop)[100:300, 100:300]))
    desktop.canvas.setFocus()
    desktop.type("j")
    seen = picture(desktop)
    assert (seen[100:300, 10:200, 0] == seen[100:300, 10:200, 2]).all(), "as it was on the left"
    desktop.stroke((0.7, 0.5), held=CTRL)
    assert desktop.dabs.colour[0] > desktop.dabs.colour[2] + 10
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.host.results)
    assert desktop.result("colours").shape == (1300, 1900, 3)


# the run


def test_colours_and_changed_hints_come_back(desktop: Desktop, asked: Asked) -> None:
    desktop.verbs = {"colorize": "Colorize"}
    desktop.open("colorize")
    desktop.stroke((0.4, 0.5), (0.6, 0.5))
    desktop.stroke((0.4, 0.8))
    desktop.key(Qt.Key.Key_Return, CTRL)
    desktop.until(lambda: desktop.host.results)
    tool, result = desktop.host.results[0]
    assert tool == "colorize" and set(result.files) == {"colours", "hints"}
    assert result.facts["hints"] == 2 and result.text == "The photo was coloured; hints obeyed: 2."
    height, width = sample().shape[:2]
    assert np.array_equal(desktop.result("hints"), desktop.dabs.painted.part(Box(0, 0, width, height)))
    assert desktop.result("colours").shape == sample().shape and is_colourful(desktop.result("colours"))


def test_without_hints_none_come_back(desktop: Desktop, colorizes: None) -> None:
    desktop.verbs = {"colorize": "Colorize"}
    desktop.values.set("output", "in-place")
    desktop.open("colorize")
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.host.results)
    assert set(desktop.host.results[0][1].files) == {"photo"}


def test_restore_has_the_step_and_the_hints_go_along(desktop: Desktop, asked: Asked) -> None:
    desktop.open("restore", hints=layer(*sample().shape[:2]))
    desktop.until_found()
    box = desktop.window.panel.current.steps["colorize"]  # type: ignore[attr-defined]
    assert not box.isChecked()
    box.setFocus()
    desktop.key(Qt.Key.Key_Space)
    assert desktop.values["steps"] == "detect,repair,colorize"
    desktop.until(lambda: desktop.window.photo.badge.text() == "Preview of the repair, without Colorize")
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.host.results)
    tool, result = desktop.host.results[0]
    assert tool == "restore" and set(result.files) == {"mask", "fill", "colours"}
    assert result.facts["hints"] == 1 and result.facts["repaired"] > 0


def test_restore_with_colorize_alone_previews_it(desktop: Desktop, asked: Asked) -> None:
    for step, on in (("colorize", True), ("repair", False), ("detect", False)):
        desktop.values.set_step(step, on)
    desktop.open("restore", large())
    until_coloured(desktop)
    assert asked[-1]["tool"] == "colorize"
    desktop.values.set_step("enhance", True)
    desktop.until(lambda: desktop.window.photo.badge.text() == "Preview of Enhance, without Colorize")
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.host.results)
    assert set(desktop.host.results[0][1].files) == {"mask", "enhanced", "colours"}


def test_dabs_come_along_from_the_other_pages_too(desktop: Desktop, colorizes: None) -> None:
    desktop.open("colorize")
    desktop.stroke((0.5, 0.5))
    desktop.desk.turn_to("repair")
    desktop.stroke((0.4, 0.5), (0.6, 0.5))
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.host.results)
    assert set(desktop.host.results[0][1].files) == {"mask", "fill", "hints"}


# leaving


def test_changed_hints_are_asked_about(desktop: Desktop, colorizes: None) -> None:
    desktop.verbs = {"colorize": "Colorize"}
    desktop.open("colorize")
    desktop.stroke((0.5, 0.5))
    desktop.key(Qt.Key.Key_Escape)
    assert desktop.message == "keep-mask" and desktop.host.leavings == 0
    assert desktop.window.message.text.text().startswith("The colour hints were changed.")
    desktop.window.message.press(0)  # Keep in the Image
    desktop.until(lambda: desktop.host.kept)
    assert set(desktop.host.kept[0]) == {"hints"}
    assert np.load(desktop.folder / desktop.host.kept[0]["hints"])[..., 3].any()
    desktop.key(Qt.Key.Key_Z, CTRL)
    desktop.key(Qt.Key.Key_Escape)
    assert desktop.host.leavings == 1, "they are as they were"


def test_mask_and_hints_are_kept_together(desktop: Desktop, colorizes: None) -> None:
    desktop.open("colorize")
    desktop.stroke((0.5, 0.5))
    desktop.desk.turn_to("repair")
    desktop.stroke((0.5, 0.5))
    desktop.desk.leave()
    assert desktop.window.message.text.text().startswith("The mask and the colour hints were changed by hand.")
    desktop.window.message.press(0)
    desktop.until(lambda: desktop.host.kept)
    assert set(desktop.host.kept[0]) == {"mask", "hints"}


def test_dabs_outlive_a_crash_and_are_offered(desktop: Desktop, colorizes: None, data_folder: Path) -> None:
    desktop.verbs = {"colorize": "Colorize"}
    desktop.open("colorize")
    desktop.stroke((0.5, 0.5))
    desktop.stroke((0.6, 0.5))
    kept = desktop.dabs.painted
    desktop.until(lambda: list((data_folder / "journal").glob("*.npz")))
    desktop.close()  # as a crash does it: nothing was settled
    desktop.open("colorize")
    desktop.until(lambda: desktop.message == "found-mask")
    assert desktop.window.message.text.text().startswith("Colour hints for this photo were kept on")
    desktop.window.message.press(0)  # Use It
    assert desktop.dabs.painted.strokes == kept.strokes and desktop.dabs.undo_name == "Kept Hints"
    assert desktop.marks.hand.empty and not desktop.marks.hand.can_undo
    desktop.desk.settled()
    assert not list((data_folder / "journal").glob("*.npz"))


# the keyboard


def test_p_is_the_dab_and_ctrl_does_not_erase(desktop: Desktop, colorizes: None) -> None:
    desktop.open("colorize")
    desktop.canvas.setFocus()
    desktop.key(Qt.Key.Key_E, SHIFT)
    assert desktop.canvas.tool == "eraser"
    desktop.type("p")
    assert desktop.canvas.tool == "brush" and desktop.window.tools.tool == "brush"
    desktop.stroke((0.3, 0.5))
    desktop.stroke((0.6, 0.5), held=SHIFT)
    made = desktop.dabs.painted.strokes[-1]
    assert len(made.points) == 2, "Shift draws a straight line from the last dab"
