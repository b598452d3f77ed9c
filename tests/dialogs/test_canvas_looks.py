"""Other ways to look at the photo and its marks: outlines, the mask alone, the damage view, the grid between pixels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from plain import plain
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor, QImage, QPalette
from pytestqt.qtbot import QtBot

from core.photo import Photo
from qt_dialogs.canvas import Canvas
from qt_dialogs.looks import BLUE, VERMILION
from qt_dialogs.marks import Marks
from qt_dialogs.source import Source

Keep = Any
HEIGHT, WIDTH = 300, 400


def picture(canvas: Canvas) -> NDArray[np.int64]:
    image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    bits = image.constBits()
    assert bits is not None
    pixels = np.frombuffer(bits.asarray(image.sizeInBytes()), np.uint8).reshape(image.height(), image.width(), 4)
    return pixels[..., 2::-1].astype(int)


def shown(qtbot: QtBot, pixels: NDArray[np.uint8]) -> tuple[Canvas, Marks]:
    """Detected in the left upper quarter, added right above, removed in the lower half."""
    marks, canvas = Marks(plain(HEIGHT, WIDTH)), Canvas()
    found = np.zeros((HEIGHT, WIDTH), np.uint16)
    found[40:130, 40:180] = 65535
    marks.set_probability(found, 0.5)
    marks.hand.line([(300, 75), (300, 80)], 80)
    marks.hand.line([(100, 220), (300, 220)], 60, remove=True)
    qtbot.addWidget(canvas)
    canvas.resize(WIDTH, HEIGHT)
    canvas.show()
    canvas.set_photo(Source(Photo(pixels)))
    canvas.set_marks(marks)
    qtbot.waitUntil(lambda: canvas.complete and not marks.pending)
    return canvas, marks


def grey(value: int = 80) -> NDArray[np.uint8]:
    return np.full((HEIGHT, WIDTH, 3), value, np.uint8)


def look(canvas: Canvas, **changes: Any) -> None:
    canvas.set_look(replace(canvas.look, **changes))


def test_outlines_are_of_the_marks_colours_beside_black(qtbot: QtBot) -> None:
    canvas, _marks = shown(qtbot, grey())
    look(canvas, style="outline")
    seen = picture(canvas)
    assert seen[90, 38:43].tolist() == [[80, 80, 80], [8, 8, 8], list(BLUE), [80, 80, 80], [80, 80, 80]]
    column = seen[30:80, 300].tolist()
    assert list(VERMILION) in column and column.count(list(VERMILION)) == 1 and column[-1] == [80, 80, 80]
    assert (seen[190:251, 200].max(axis=1) > 200).any(), "what was removed keeps its outline and hatch"
    assert (seen[60:100, 60:160] == 80).all()


def test_what_was_found_may_have_another_colour(qtbot: QtBot) -> None:
    canvas, _marks = shown(qtbot, grey())
    by_hand = picture(canvas)[75, 280:320]
    look(canvas, colour=(200, 0, 100))
    seen = picture(canvas)
    assert np.abs(seen[90, 100] - np.array([140, 40, 90])).max() <= 1, "half of it over grey"
    assert np.array_equal(seen[75, 280:320], by_hand), "what the hand added keeps its own"
    look(canvas, style="outline")
    assert picture(canvas)[90, 40].tolist() == [200, 0, 100]
    look(canvas, colour=None)
    assert picture(canvas)[90, 40].tolist() == list(BLUE)


def test_what_is_around_the_photo_can_be_chosen_and_follows_the_theme(qtbot: QtBot) -> None:
    canvas, _marks = shown(qtbot, grey())
    canvas.clearFocus()
    canvas.zoom_to(0.25)
    for surround, ground in (("white", 255), ("black", 0), ("grey", 0x77)):
        look(canvas, surround=surround)
        assert (picture(canvas)[10, 10] == ground).all() and (picture(canvas)[185, 240] == 80).all()
    look(canvas, surround="theme")
    for colour in ("#efefef", "#353535"):
        canvas.setPalette(QPalette(QColor(colour), QColor(colour)))
        assert picture(canvas)[10, 10].tolist() == [*QColor(colour).getRgb()[:3]]
    look(canvas, damage=True)
    assert picture(canvas)[10, 10].tolist() == [0x35] * 3


def test_the_mask_alone_is_white_on_black(qtbot: QtBot) -> None:
    canvas, marks = shown(qtbot, grey())
    look(canvas, style="alone")
    seen = picture(canvas)[3:-3, 3:-3]
    assert np.array_equal(seen[..., 0] == 255, (marks.mask() > 0)[3:-3, 3:-3])
    assert set(np.unique(seen)) == {0, 255}
    canvas.set_overlay(False)
    assert (picture(canvas)[3:-3, 3:-3] == 80).all()


def test_the_damage_view_shows_a_faint_line_and_no_tones(qtbot: QtBot, keep: Keep) -> None:
    pixels = np.repeat(np.linspace(30, 220, WIDTH).astype(np.uint8)[None, :, None], HEIGHT, axis=0).repeat(3, axis=2)
    pixels[150, 50:350] += 6
    canvas, _marks = shown(qtbot, pixels)
    canvas.set_overlay(False)
    look(canvas, damage=True)
    seen = picture(canvas)
    keep(canvas, "damage-view")
    flat = seen[60:120, 40:360]
    assert np.abs(flat - 128).max() <= 12, "the ramp is gone"
    assert (seen[150, 60:340] > 128 + 20).all()
    look(canvas, contrast=1.0)
    assert (picture(canvas)[150, 60:340] > 128 + 80).all()
    canvas.hold_before(True)
    assert np.array_equal(picture(canvas)[60, 50], pixels[60, 50])


def test_the_damage_view_of_a_part_is_that_of_all(qtbot: QtBot) -> None:
    """Strokes repaint only what they touch."""
    noise = np.random.default_rng(2).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    canvas, marks = shown(qtbot, noise)
    look(canvas, damage=True)
    for scale in (0.6, 1.0, 3.0):
        canvas.zoom_to(scale)
        picture(canvas)
        marks.hand.line([(180, 140), (230, 170)], 12)
        partly = picture(canvas)
        canvas._invalidate()
        assert np.abs(partly - picture(canvas)).max() <= 12, scale  # a level of the scaled photo, made stronger


@pytest.mark.parametrize(("value", "line"), [(80, 80 * 0.7 + 255 * 0.3), (200, 200 * 0.7)])
def test_from_800_percent_pixels_have_a_grid(qtbot: QtBot, value: int, line: float) -> None:
    canvas, _marks = shown(qtbot, grey(value))
    canvas.set_overlay(False)
    canvas.zoom_to(7.9)
    assert (picture(canvas)[3:-3, 3:-3] == value).all()
    for scale in (8.0, 9.7):
        canvas.zoom_to(scale, QPointF(200, 150))
        seen, view = picture(canvas)[3:-3, 3:-3, 0], canvas.view
        firsts = [
            {int(np.ceil(corner + cell * scale - 0.5)) for cell in range(1000)} for corner in (view.left, view.top)
        ]
        wanted = np.array([[x in firsts[0] or y in firsts[1] for x in range(3, 397)] for y in range(3, 297)])
        assert (np.abs(seen[wanted] - line) <= 1).all() and (seen[~wanted] == value).all()
    look(canvas, grid=False)
    assert (picture(canvas)[3:-3, 3:-3] == value).all()
