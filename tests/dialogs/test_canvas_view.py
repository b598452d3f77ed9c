"""What the canvas shows: zoom and pan, before and after, the marks, pixel by pixel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import profiles
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from plain import plain
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QImage
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.color import Encoding
from core.photo import Box, Photo
from qt_dialogs.canvas import Canvas
from qt_dialogs.looks import BLUE, VERMILION, Look
from qt_dialogs.marks import Marks, Settings
from qt_dialogs.overlay import cells_under
from qt_dialogs.source import Source
from qt_dialogs.view import LARGEST, SMALLEST, STEPS, View

SURROUND = (0x77, 0x77, 0x77)
Keep = Any


def picture(canvas: Canvas) -> NDArray[np.uint8]:
    """What the canvas looks like, (h, w, 3) RGB."""
    image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    bits = image.constBits()
    assert bits is not None
    rows = np.frombuffer(bits.asarray(image.sizeInBytes()), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def shown(qtbot: QtBot, photo: Photo, width: int = 400, height: int = 300, marks: Marks | None = None) -> Canvas:
    canvas = Canvas()
    qtbot.addWidget(canvas)
    canvas.resize(width, height)
    canvas.show()
    canvas.set_photo(Source(photo))
    if marks is not None:
        canvas.set_marks(marks)
    qtbot.waitUntil(lambda: canvas.complete)
    return canvas


def noise(height: int, width: int, channels: int = 3, seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), dtype=np.uint8)


VIEWS = st.builds(
    View,
    st.integers(1, 8000),
    st.integers(1, 8000),
    st.integers(2, 3000),  # a pane of a single pixel has no middle
    st.integers(2, 2000),
    st.floats(SMALLEST, LARGEST),
    st.floats(0, 1),
    st.floats(0, 1),
).map(lambda v: View(v.width, v.height, v.across, v.down, v.scale, v.x * v.width, v.y * v.height))


@given(VIEWS, st.floats(0.01, 100), st.floats(0, 1), st.floats(0, 1))
def test_zoom_keeps_the_place_under_the_pointer(view: View, factor: float, px: float, py: float) -> None:
    px, py = px * view.across, py * view.down
    before = view.to_photo(px, py)
    after = view.zoomed(view.scale * factor, px, py)
    assert SMALLEST <= after.scale <= LARGEST
    if 0 < after.x < after.width and 0 < after.y < after.height:
        moved = np.subtract(after.to_screen(*before), (px, py))
        assert np.abs(moved).max() <= 1 + max(1, after.scale / view.scale)  # edges lie on whole device pixels
    assert 0 <= after.x <= after.width and 0 <= after.y <= after.height


@given(VIEWS)
def test_what_is_visible_is_all_that_is_on_the_screen(view: View) -> None:
    box = view.visible()
    assert 0 <= box.left <= box.right <= view.width and 0 <= box.top <= box.bottom <= view.height
    left, top, right, bottom = view.on_screen(box)
    assert left <= max(0, view.left) and top <= max(0, view.top)
    assert right >= min(view.across, int(view.left + view.width * view.scale))
    assert bottom >= min(view.down, int(view.top + view.height * view.scale))
    x, y = view.to_photo(view.across / 2, view.down / 2)
    assert abs(x - view.x) <= 1 / view.scale and abs(y - view.y) <= 1 / view.scale


@given(VIEWS, st.floats(-9000, 9000), st.floats(-9000, 9000))
def test_the_photo_cannot_be_lost_by_panning(view: View, right: float, down: float) -> None:
    moved = view.panned(right, down)
    assert 0 <= moved.x <= moved.width and 0 <= moved.y <= moved.height
    assert moved.visible().area > 0


@given(VIEWS)
def test_fit_shows_everything(view: View) -> None:
    fitted = view.fitted()
    if SMALLEST < fitted.scale < LARGEST:
        assert fitted.visible() == Box(0, 0, view.width, view.height)
        used = max(view.width * fitted.scale / view.across, view.height * fitted.scale / view.down)
        assert used == pytest.approx(1)


@given(st.integers(-50, 50), st.integers(1, 60), st.floats(0.5, 40), st.integers(1, 200))
def test_every_cell_under_a_device_pixel_is_found(first: int, count: int, scale: float, cells: int) -> None:
    """Against a plain walk over cells and device pixels."""
    found, inside = cells_under(first, first + count, scale, cells)
    for i in range(count):
        pixel = first + i
        if scale >= 1:
            wanted = {c for c in range(cells) if c * scale + 1e-6 < pixel + 0.5 < (c + 1) * scale - 1e-6}
        else:
            wanted = {c for c in range(cells) if c * scale < pixel + 1 - 1e-6 and (c + 1) * scale > pixel + 1e-6}
        if i not in range(count)[inside]:
            assert not wanted
        else:
            assert {int(index[i - inside.start]) for index in found} >= wanted
            assert len({int(index[i - inside.start]) for index in found} - wanted) <= 1  # rounding at a cell's edge


def test_zoom_steps_go_through_gimps_and_end(qtbot: QtBot) -> None:
    canvas = shown(qtbot, Photo(noise(60, 80)))
    canvas.zoom_to(1.0)
    scales = []
    for _i in range(30):
        canvas.zoom_in()
        scales.append(canvas.scale)
    assert scales[:4] == [1.5, 2.0, 3.0, 4.0] and scales[-1] == 64.0
    for _i in range(60):
        canvas.zoom_out()
    assert canvas.scale == STEPS[0] == SMALLEST
    canvas.zoom_to(0.4)
    canvas.zoom_in()
    assert canvas.scale == 0.5


def test_one_to_one_shows_every_pixel_as_it_is(qtbot: QtBot) -> None:
    pixels = noise(900, 1000)
    canvas = shown(qtbot, Photo(pixels))
    canvas.clearFocus()
    canvas.zoom_to(1.0)
    canvas.centre_on(333, 444)
    box = canvas.visible_box()
    assert box == Box(133, 294, 533, 594)
    inner = picture(canvas)[2:-2, 2:-2]  # the frame of the focus aside
    assert np.array_equal(inner, pixels[box.rows, box.columns][2:-2, 2:-2])


@pytest.mark.parametrize("scale", [2.0, 3.0, 8.0, 5.5])
def test_large_pixels_are_squares(qtbot: QtBot, scale: float) -> None:
    pixels = noise(300, 400)
    canvas = shown(qtbot, Photo(pixels))
    canvas.set_look(Look(grid=False))
    canvas.zoom_to(scale)
    canvas.centre_on(100.3, 77.7)
    view = canvas.view
    rows = np.floor((np.arange(300) + 0.5 - view.top) / scale).astype(int)
    columns = np.floor((np.arange(400) + 0.5 - view.left) / scale).astype(int)
    assert np.array_equal(picture(canvas)[2:-2, 2:-2], pixels[rows][:, columns][2:-2, 2:-2])


@pytest.mark.parametrize("channels", [1, 3])
def test_a_reduced_photo_is_its_average(qtbot: QtBot, channels: int) -> None:
    pixels = cv2.GaussianBlur(noise(800, 1200), (0, 0), 6).astype(np.float32)
    pixels = np.clip((pixels - 127) * 6 + 127, 0, 255).astype(np.uint8)[..., :channels]
    canvas = shown(qtbot, Photo(pixels), 300, 200)
    seen = picture(canvas).astype(int)
    wanted = cv2.resize(pixels, (300, 200), interpolation=cv2.INTER_AREA).reshape(200, 300, channels).astype(int)
    assert np.abs(seen - wanted)[4:-4, 4:-4].mean() < 3


def test_what_is_not_there_is_surround(qtbot: QtBot) -> None:
    canvas = shown(qtbot, Photo(np.full((10, 400, 1), 255, np.uint8)))
    seen = picture(canvas)
    assert tuple(seen[20, 200]) == SURROUND and tuple(seen[150, 200]) == (255, 255, 255)


def test_transparent_parts_show_checks(qtbot: QtBot) -> None:
    alpha = np.zeros((200, 200), np.uint16)
    alpha[:, 100:] = 65535
    canvas = shown(qtbot, Photo(np.full((200, 200, 3), 60000, np.uint16), alpha), 200, 200)
    seen = picture(canvas)
    assert {tuple(colour) for colour in seen[10:190, 10:90].reshape(-1, 3)} == {(0x66,) * 3, (0x99,) * 3}
    assert (seen[10:190, 110:190] == round(60000 / 257)).all()


def test_the_coarse_picture_is_there_before_the_levels(qtbot: QtBot) -> None:
    pixels = np.zeros((3000, 4000, 3), np.uint8)
    pixels[:, :2000] = (200, 100, 50)
    canvas = Canvas()
    qtbot.addWidget(canvas)
    canvas.resize(400, 300)
    canvas.show()
    canvas.set_photo(Source(Photo(pixels)))
    qtbot.waitUntil(lambda: canvas.shows_photo)
    seen = picture(canvas)
    assert tuple(seen[280, 100]) == (200, 100, 50) and tuple(seen[280, 300]) == (0, 0, 0)
    qtbot.waitUntil(lambda: canvas.complete)
    later = picture(canvas)
    for columns in (slice(5, 195), slice(205, 395)):
        assert np.array_equal(later[5:-5, columns], seen[5:-5, columns])


def test_rows_that_get_ready_while_others_are_shown_are_shown_next(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    canvas = shown(qtbot, Photo(noise(1200, 100)))
    pyramid, boxes = canvas._pyramid, list[Box]()
    assert pyramid is not None

    def invalidated(box: Box) -> None:
        boxes.append(box)
        pyramid.ready = 1200

    monkeypatch.setattr(canvas, "_invalidate_box", invalidated)
    canvas._shown_rows, pyramid.ready = 256, 512
    canvas._advance()
    assert not canvas.complete
    canvas._advance()
    assert boxes == [Box(0, 255, 100, 512), Box(0, 511, 100, 1200)] and canvas.complete


def test_another_photo_takes_the_place_of_the_first(qtbot: QtBot) -> None:
    canvas = shown(qtbot, Photo(np.full((3000, 4000, 3), 250, np.uint8)))
    canvas.set_look(Look(grid=False))
    canvas.set_photo(Source(Photo(np.full((3000, 4000, 3), 10, np.uint8))))
    canvas.set_photo(Source(Photo(np.full((30, 40, 3), 99, np.uint8))))
    qtbot.waitUntil(lambda: canvas.complete)
    qtbot.wait(50)
    assert (picture(canvas)[5:-5, 5:-5] == 99).all()


def test_fit_stays_when_the_canvas_grows(qtbot: QtBot) -> None:
    canvas = shown(qtbot, Photo(noise(100, 200)))
    assert canvas.scale == 2.0
    canvas.resize(800, 600)
    qtbot.waitUntil(lambda: canvas.scale == 4.0)
    canvas.zoom_to(3.0)
    canvas.resize(400, 300)
    qtbot.wait(20)
    assert canvas.scale == 3.0
    with qtbot.waitSignal(canvas.viewChanged):
        canvas.fit()
    assert canvas.visible_box() == Box(0, 0, 200, 100)


# before and after


def filled(photo: Photo, value: int = 255) -> NDArray[np.uint8]:
    return np.full_like(photo.samples, value)


def grey_canvas(qtbot: QtBot, marks: Marks | None = None) -> Canvas:
    photo = Photo(np.full((300, 400, 3), 80, np.uint8))
    canvas = shown(qtbot, photo, marks=marks)
    canvas.add_part(filled(photo), photo.whole, 1, 1)
    qtbot.waitUntil(lambda: canvas.has_result)
    return canvas


def test_the_result_covers_the_photo_and_before_uncovers_it(qtbot: QtBot) -> None:
    canvas = grey_canvas(qtbot)
    assert tuple(picture(canvas)[50, 50]) == (255, 255, 255)
    canvas.hold_before(True)
    assert tuple(picture(canvas)[50, 50]) == (80, 80, 80)
    canvas.hold_before(False)
    assert tuple(picture(canvas)[50, 50]) == (255, 255, 255)
    canvas.drop_result()
    assert tuple(picture(canvas)[50, 50]) == (80, 80, 80)


def test_split_shows_before_on_the_left(qtbot: QtBot, keep: Keep) -> None:
    canvas = grey_canvas(qtbot)
    canvas.set_mode("split")
    seen = picture(canvas)
    keep(canvas, "split")
    assert (seen[60, 20:190] == 80).all() and (seen[60, 210:380] == 255).all()
    canvas.set_divider(0.25)
    seen = picture(canvas)
    assert (seen[60, 20:90] == 80).all() and (seen[60, 110:380] == 255).all()


def test_split_is_mirrored_where_one_reads_from_the_right_and_the_photo_is_not(qtbot: QtBot, keep: Keep) -> None:
    canvas = grey_canvas(qtbot)
    canvas.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    canvas.set_mode("split")
    canvas.set_divider(0.25)
    seen = picture(canvas)
    keep(canvas, "split-mirrored")
    assert (seen[60, 20:90] == 255).all() and (seen[60, 110:380] == 80).all()
    pixels = noise(300, 400)
    canvas = shown(qtbot, Photo(pixels))
    canvas.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    canvas.clearFocus()
    canvas.zoom_to(1.0)
    assert np.array_equal(picture(canvas)[5:-5, 5:-5], pixels[5:-5, 5:-5])


def test_side_by_side_shows_the_same_place_twice(qtbot: QtBot) -> None:
    pixels = noise(300, 400)
    photo = Photo(pixels)
    canvas = shown(qtbot, photo, 402, 300)
    canvas.zoom_to(1.0)
    canvas.set_mode("side")
    seen = picture(canvas)
    left, right = seen[60:-10, 10:190], seen[60:-10, 212:392]
    assert np.array_equal(left, right)
    box = canvas.visible_box()
    assert box.right - box.left == 200
    assert np.array_equal(left, pixels[box.rows, box.columns][60:-10, 10:190])
    canvas.add_part(filled(photo, 7), photo.whole, 1, 1)
    qtbot.waitUntil(lambda: canvas.has_result)
    seen = picture(canvas)
    assert np.array_equal(seen[60:-10, 10:190], left) and (seen[60:-10, 212:392] == 7).all()


def test_enhanced_parts_lie_over_each_other_as_fine_as_the_screen(qtbot: QtBot) -> None:
    photo = Photo(np.full((600, 800, 3), 80, np.uint8))
    canvas = shown(qtbot, photo)
    assert canvas.step == 2

    def add(value: int, box: Box, step: int, generation: int) -> None:
        size = -(-(box.bottom - box.top) // step), -(-(box.right - box.left) // step)
        with qtbot.waitSignal(canvas.resultShown):
            canvas.add_part(np.full((*size, 3), value, np.uint8), box, step, generation)

    def colours() -> set[int]:
        return set(np.unique(picture(canvas)[20:-20, 20:-20]))

    part = Box(300, 200, 500, 400)
    add(120, photo.whole, 2, 1)
    add(200, part, 1, 1)
    assert canvas.parts(1) == [(photo.whole, 2), (part, 1)] and not canvas.parts(2)
    assert colours() == {120}, "all of one kind while the whole photo is seen"
    canvas.zoom_to(1.0)
    assert colours() == {120, 200}
    seen = picture(canvas)[150, :, 0]
    assert (seen[105:295] == 200).all() and (seen[10:95] == 120).all()
    canvas.zoom_to(4.0)
    assert colours() == {200}
    add(250, part, 1, 2)
    assert colours() == {250}
    canvas.fit()
    assert colours() == {80, 250}, "with other settings the rest is not known"
    with pytest.raises(ValueError, match="does not fit"):
        canvas.add_part(np.zeros((5, 5, 3), np.uint8), photo.whole, 2, 2)
    canvas.drop_result()
    assert colours() == {80} and not canvas.parts(2)


@pytest.mark.parametrize(("curve", "seen_as"), [("profile", 64), ("srgb", 64), ("linear", 137)])
def test_the_colours_of_a_grey_photo_are_seen_as_srgb_or_linear(qtbot: QtBot, curve: str, seen_as: int) -> None:
    encoding = Encoding(curve, profiles.grey(profiles.gamma(1.0)))
    photo = Photo(np.full((300, 400, 1), 80, np.uint8), np.full((300, 400), 255, np.uint8), encoding)
    canvas = shown(qtbot, photo)
    samples = np.zeros((300, 400, 4), np.uint8)
    samples[..., 0], samples[..., 3] = 64, 255
    with qtbot.waitSignal(canvas.resultShown):
        canvas.add_part(samples, photo.whole, 1, 1)
    assert (picture(canvas)[20:-20, 20:-20] == (seen_as, 0, 0)).all()
    assert canvas.colour_at(50, 50, True) == (seen_as, 0, 0)
    before = canvas.colour_at(50, 50, False)
    assert before is not None and before[0] == before[2] >= 80


def test_an_enhanced_photo_with_alpha_is_seen_through(qtbot: QtBot) -> None:
    photo = Photo(np.full((300, 400, 1), 80, np.uint8), np.full((300, 400), 255, np.uint8))
    canvas = shown(qtbot, photo)
    samples = np.full((100, 134, 2), 250, np.uint8)
    samples[..., 1] = np.repeat([0, 255], 50)[:, None]
    with qtbot.waitSignal(canvas.resultShown):
        canvas.add_part(samples, photo.whole, 3, 1)
    seen = picture(canvas)
    assert set(np.unique(seen[20:130, 20:-20])) == {0x66, 0x99} and (seen[160:-20, 20:-20] == 250).all()


def test_a_result_for_a_part_lies_at_its_place(qtbot: QtBot) -> None:
    photo = Photo(np.full((300, 400, 1), 80, np.uint8))
    canvas = shown(qtbot, photo)
    box = Box(101, 67, 203, 150)
    samples = np.full((83, 102, 1), 255, np.uint8)
    canvas.add_part(samples, box, 1, 1)
    qtbot.waitUntil(lambda: canvas.has_result)
    wanted = np.full((300, 400), 80)
    wanted[box.rows, box.columns] = 255
    assert np.array_equal(picture(canvas)[3:-3, 3:-3, 0], wanted[3:-3, 3:-3])
    with pytest.raises(ValueError, match="does not fit"):
        canvas.add_part(samples[1:], box, 1, 1)


# the marks


def blended(colour: tuple[int, int, int], over: int, opacity: float) -> NDArray[np.float64]:
    return np.array(colour) * opacity + over * (1 - opacity)


def marked(qtbot: QtBot) -> tuple[Canvas, Marks]:
    """Detected in the left upper quarter, added right above, removed in the lower half."""
    marks = Marks(plain(300, 400))
    found = np.zeros((300, 400), np.uint16)
    found[40:130, 40:180] = 65535
    marks.set_probability(found, 0.5)
    marks.hand.line([(300, 75), (300, 80)], 80)
    marks.hand.line([(100, 220), (300, 220)], 60, remove=True)
    canvas = shown(qtbot, Photo(np.full((300, 400, 3), 80, np.uint8)), marks=marks)
    qtbot.waitUntil(lambda: not marks.pending)
    return canvas, marks


def test_each_kind_of_mark_has_its_look(qtbot: QtBot, keep: Keep) -> None:
    canvas, _marks = marked(qtbot)
    seen = picture(canvas).astype(int)
    keep(canvas, "marks")
    assert np.abs(seen[90, 100] - blended(BLUE, 80, 0.5)).max() <= 1
    added = seen[60:90, 285:315].reshape(-1, 3)
    fill = np.abs(added - blended(VERMILION, 80, 0.5)).max(axis=1) <= 1
    assert 0.6 < fill.mean() < 0.9  # and a hatch
    removed = seen[210:230, 150:250].reshape(-1, 3)
    assert 0.75 < (removed == 80).all(axis=1).mean() < 0.95  # no fill, but a hatch
    column = seen[150:220, 200].max(axis=1)
    edge = int(np.argmax(column > 200))
    assert column[edge] > 200 and column[edge - 1] < 40  # white beside black
    assert tuple(seen[10, 10]) == (80, 80, 80)


def test_the_overlay_can_be_switched_off_and_thinned(qtbot: QtBot) -> None:
    canvas, _marks = marked(qtbot)
    canvas.set_overlay_opacity(0.2)
    assert np.abs(picture(canvas)[90, 100] - blended(BLUE, 80, 0.2)).max() <= 1
    canvas.set_overlay(False)
    assert (picture(canvas)[5:-5, 5:-5] == 80).all()
    canvas.set_overlay(True)
    canvas.hold_before(True)
    assert (picture(canvas)[5:-5, 5:-5] == 80).all()


def test_a_slider_reaches_the_screen(qtbot: QtBot) -> None:
    canvas, marks = marked(qtbot)
    found = np.zeros((300, 400), np.uint16)
    found[40:130, 40:180] = 20000
    with qtbot.waitSignal(marks.settled):
        marks.set_probability(found, 0.5)
    assert tuple(picture(canvas)[90, 100]) == (80, 80, 80)
    marks.set_settings(Settings(1.0, 0.0, 0.0, 0.0))
    assert np.abs(picture(canvas)[90, 100] - blended(BLUE, 80, 0.5)).max() <= 1


def test_hairs_are_seen_at_any_zoom(qtbot: QtBot) -> None:
    marks = Marks(plain(4000, 5000))
    found = np.zeros((4000, 5000), np.uint16)
    found[:, 2503] = 65535
    with qtbot.waitSignal(marks.settled):
        marks.set_probability(found, 0.5)
    canvas = shown(qtbot, Photo(np.full((4000, 5000, 1), 80, np.uint8)), marks=marks)
    for scale in (canvas.scale, 1 / 32, 0.3, 0.77, 1.0):
        canvas.zoom_to(scale)
        seen = picture(canvas).astype(int)
        row = np.abs(seen[150] - blended(BLUE, 80, 0.5)).max(axis=1) <= 1
        assert 1 <= row.sum() <= 3, scale


def test_repainting_a_part_gives_the_same_picture_as_painting_all(qtbot: QtBot) -> None:
    """Strokes repaint only what they touch: afterwards it must look as if everything had been painted."""
    for scale in (0.4, 1.0, 5.5):
        marks = Marks(plain(600, 800))
        marks.hand.line([(100, 100), (700, 500)], 60)
        canvas = shown(qtbot, Photo(np.full((600, 800, 3), 80, np.uint8)), marks=marks)
        canvas.zoom_to(scale)
        picture(canvas)
        for i in range(12):
            marks.hand.line([(300 + 9 * i, 250), (460, 340 - 8 * i)], 7 + i, remove=i % 2 == 0)
            if i % 3 == 0:
                picture(canvas)
        partly = picture(canvas)
        canvas._invalidate()
        assert np.array_equal(picture(canvas), partly), scale


def test_the_side_after_is_clean_so_that_it_can_be_judged(qtbot: QtBot) -> None:
    marks = Marks(plain(300, 400))
    marks.hand.line([(50, 150), (350, 150)], 40)
    canvas = grey_canvas(qtbot, marks)
    canvas.set_mode("split")
    seen = picture(canvas)
    assert (seen[155, 300] == 255).all() and not (seen[150:160, 60:100] == 80).all()
    marks.hand.begin_stroke(300, 100, 10)
    canvas._invalidate()
    assert not (picture(canvas)[150:160, 290:310] == 255).all()
    marks.hand.end_stroke()


def test_assistive_technology_hears_what_is_seen(qtbot: QtBot) -> None:
    canvas, marks = marked(qtbot)
    assert canvas.accessibleName() == "Photo"
    qtbot.waitUntil(lambda: "2 defects" in canvas.accessibleDescription())
    canvas.zoom_to(0.5)
    assert canvas.accessibleDescription() == "400 by 300 pixels, zoom 50 %, 2 defects, F6 leads out of the photo"
    marks.hand.clear()
    qtbot.waitUntil(lambda: "1 defect" in canvas.accessibleDescription())


def test_it_looks_right_on_a_photograph(qtbot: QtBot, keep: Keep) -> None:
    """Pictures to look at, kept where DAGUERRE_SCREENSHOTS says; and the photo is really what is seen."""
    from core import files

    sample = Path(__file__).parents[2] / "docs" / "samples" / "andersson_scratched.jpg"
    photo = files.read_photo(sample)
    marks = Marks(photo)
    grey = photo.samples.mean(axis=2).astype(np.uint8)
    bright = cv2.morphologyEx(grey, cv2.MORPH_TOPHAT, np.ones((9, 9), np.uint8))
    with qtbot.waitSignal(marks.settled):
        marks.set_probability((np.clip(bright / 90, 0, 1) * 65535).astype(np.uint16), 0.5)
    canvas = shown(qtbot, photo, 870, 676, marks)
    canvas.zoom_to(1.0)
    canvas.set_overlay(False)
    box = canvas.visible_box()
    seen = picture(canvas)
    top, left = (676 - photo.height) // 2, (870 - photo.width) // 2
    part = seen[top : top + photo.height, left : left + photo.width]
    assert np.array_equal(part[5:-5, 5:-5], photo.samples[box.rows, box.columns][5:-5, 5:-5])
    canvas.set_overlay(True)
    marks.hand.line([(180, 180), (420, 300)], 14)
    marks.hand.line([(420, 450), (540, 250)], 50, remove=True)
    keep(canvas, "photo-100")
    canvas.fit()
    keep(canvas, "photo-fit")
    canvas.zoom_to(8.0, QPointF(450, 300))
    keep(canvas, "photo-800")
    mask = cv2.dilate(marks.mask(), np.ones((3, 3), np.uint8))
    canvas.add_part(cv2.inpaint(photo.samples, mask, 3, cv2.INPAINT_TELEA), photo.whole, 1, 1)
    qtbot.waitUntil(lambda: canvas.has_result)
    canvas.fit()
    for mode in ("result", "split", "side"):
        canvas.set_mode(mode)
        keep(canvas, f"photo-{mode}")


@pytest.mark.parametrize("ratio", [1.5, 2.0])
def test_high_density_screens_get_one_photo_pixel_on_each_device_pixel(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, ratio: float
) -> None:
    monkeypatch.setattr(Canvas, "ratio", lambda _self: ratio)
    pixels = noise(900, 1000)
    canvas = shown(qtbot, Photo(pixels))
    canvas.zoom_to(1.0)
    canvas.centre_on(500, 450)
    across, down = round(400 * ratio), round(300 * ratio)
    box = canvas.visible_box()
    assert box == Box(500 - across // 2, 450 - down // 2, 500 + across // 2, 450 + down // 2)
    picture(canvas)
    frame = canvas._frame
    assert (frame.width(), frame.height()) == (across, down)
    image = frame.convertToFormat(QImage.Format.Format_RGB888)
    seen = [[image.pixelColor(x, y).getRgb()[:3] for x in range(0, across, 7)] for y in range(0, down, 5)]
    assert np.array_equal(seen, pixels[box.rows, box.columns][::5, ::7])
    x, y = canvas.place_at(QPointF(100, 60))
    assert (x, y) == (box.left + 100 * ratio, box.top + 60 * ratio)


def test_a_mode_that_is_none_is_refused(qtbot: QtBot) -> None:
    canvas = Canvas()
    qtbot.addWidget(canvas)
    with pytest.raises(ValueError, match="no way to compare"):
        canvas.set_mode("both")
    canvas.show()
    assert tuple(picture(canvas)[60, 80]) == SURROUND
    assert canvas.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_the_pixel_under_the_pointer_and_how_sure_its_damage_is_are_said(qtbot: QtBot, keep: Keep) -> None:
    marks = Marks(plain(300, 400))
    canvas = shown(qtbot, Photo(np.full((300, 400, 3), 80, np.uint8)), marks=marks)
    canvas.set_overlay(False)

    def label() -> NDArray[np.uint8]:
        return picture(canvas)[270:294, 200:394]

    assert (label() == 80).all()
    QTest.mouseMove(canvas, QPoint(120, 90))
    place = label()
    assert (place.min(axis=2) > 200).any(), "letters"
    assert marks.probability(120, 90) is None
    found = np.zeros((300, 400), np.uint16)
    found[90, 120] = 54395
    with qtbot.waitSignal(marks.settled):
        marks.set_probability(found, 0.5)
    canvas.update()
    assert marks.probability(120, 90) == pytest.approx(0.83, abs=1e-4)
    longer = label()
    keep(canvas, "place-and-probability")
    assert (longer != 80).any(axis=2).any(axis=0).sum() > (place != 80).any(axis=2).any(axis=0).sum() + 20
    QTest.mouseMove(canvas, QPoint(121, 90))
    assert not np.array_equal(label(), longer)
