"""Defects one by one: chosen on the photo and in the list, kept and rejected, gone through in a review."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget
from windows import Desktop, clean

from core.photo import Mask
from qt_dialogs.components import BY_HAND, KEPT, REJECTED, UNDECIDED
from qt_dialogs.defect_list import DefectList
from qt_dialogs.defect_model import KIND, SIZE, STATE, SURE
from qt_dialogs.hand import ADD
from qt_dialogs.journal import Journal

CTRL, SHIFT, NONE = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
)
LEFT = Qt.MouseButton.LeftButton
HEIGHT, WIDTH = 300, 400
LINE, AREA, SPOT, FAINT = (150, 41), (300, 220), (60, 150), (205, 150)
"""Places (x, y) on a scratch, a stain, a spot, and a spot that only a high sensitivity finds."""
BOXES = {
    LINE: (20, 40, 280, 42, 60000),
    AREA: (280, 200, 320, 240, 50000),
    SPOT: (58, 148, 63, 153, 40000),
    FAINT: (202, 147, 208, 153, 20000),
}
SPECKS = [(30 + 12 * i, 270) for i in range(7)]


def found() -> np.ndarray:
    values = np.zeros((HEIGHT, WIDTH), np.uint16)
    for left, top, right, bottom, value in BOXES.values():
        values[top:bottom, left:right] = value
    for x, y in SPECKS:
        values[y : y + 2, x : x + 2] = 45000
    return values


def marked(*places: tuple[int, int], specks: bool = True) -> Mask:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    for left, top, right, bottom, _value in (BOXES[place] for place in places):
        mask[top:bottom, left:right] = 255
    for x, y in SPECKS if specks else []:
        mask[y : y + 2, x : x + 2] = 255
    return mask


class Shown:
    """The window on a photo with known defects."""

    def __init__(self, desktop: Desktop, page: str = "detect", size: tuple[int, int] = (1280, 800)) -> None:
        self.desktop = desktop
        desktop.open(page, clean(HEIGHT, WIDTH), np.zeros((HEIGHT, WIDTH), np.uint8), size)
        self.listings: list[object] = []
        desktop.marks.listed.connect(self.listings.append)
        desktop.marks.set_probability(found(), 0.5)
        self.until_listed()
        desktop.canvas.setFocus()

    @property
    def list(self) -> DefectList:
        return self.desktop.window.panel.defects

    @property
    def mask(self) -> Mask:
        return self.desktop.marks.mask()

    @property
    def header(self) -> str:
        return self.list.position.text()

    def until_listed(self) -> None:
        self.listings.clear()
        self.desktop.until(lambda: self.listings and not self.desktop.marks.list_awaited)

    def place(self, photo: tuple[float, float]) -> QPoint:
        canvas = self.desktop.canvas
        x, y = canvas._view.to_screen(photo[0] + 0.5, photo[1] + 0.5)
        return QPointF(x, y).toPoint()

    def click(self, photo: tuple[float, float], held: Qt.KeyboardModifier = NONE) -> None:
        QTest.mouseClick(self.desktop.canvas, LEFT, held, self.place(photo))

    def double_click(self, photo: tuple[float, float]) -> None:
        self.click(photo)
        QTest.mouseDClick(self.desktop.canvas, LEFT, NONE, self.place(photo))
        QTest.mouseRelease(self.desktop.canvas, LEFT, NONE, self.place(photo))

    def drag(self, start: tuple[float, float], end: tuple[float, float], held: Qt.KeyboardModifier = NONE) -> None:
        canvas = self.desktop.canvas
        QTest.mousePress(canvas, LEFT, held, self.place(start))
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        for place in (middle, end):
            QTest.mouseMove(canvas, self.place(place))
            QApplication.processEvents()
        QTest.mouseRelease(canvas, LEFT, held, self.place(end))

    def rows(self) -> list[list[str]]:
        model = self.list.model
        return [
            [str(model.data(model.index(row, column))) for column in (KIND, SIZE, SURE, STATE)]
            for row in range(model.rowCount())
        ]

    def states(self, *places: tuple[int, int]) -> list[int]:
        defects = self.list.model.defects
        at = [defects.at(*place, 0) for place in places]
        return [int(defects.states[index]) if index is not None else -1 for index in at]

    def chosen(self) -> list[str]:
        """The sizes of what is chosen in the list."""
        model = self.list.model
        return [str(model.data(model.index(model.row_of(int(entry)) or 0, SIZE))) for entry in self.list.entries]


@pytest.fixture
def shown(desktop: Desktop) -> Shown:
    return Shown(desktop)


# the list


def test_defects_are_listed_the_largest_first(shown: Shown) -> None:
    assert shown.rows() == [
        ["line", "260 px", "92 %", "○ undecided"],
        ["area", "40 px", "76 %", "○ undecided"],
        ["spot", "5 px", "61 %", "○ undecided"],
        ["7 specks", "< 5 px", "69 %", "○ undecided"],
    ]
    assert [shown.list.model.headerData(i, Qt.Orientation.Horizontal) for i in range(4)] == [
        "Kind",
        "Size",
        "Sure",
        "State",
    ]


@pytest.mark.parametrize(
    ("column", "rising", "falling"),
    [
        (KIND, ["line", "spot", "area", "7 specks"], ["7 specks", "area", "spot", "line"]),
        (SIZE, ["7 specks", "spot", "area", "line"], ["line", "area", "spot", "7 specks"]),
        (SURE, ["spot", "7 specks", "area", "line"], ["line", "area", "7 specks", "spot"]),
    ],
)
def test_a_click_on_a_heading_sorts(shown: Shown, column: int, rising: list[str], falling: list[str]) -> None:
    header = shown.list.table.horizontalHeader()
    assert header is not None
    seen = []
    for _click in range(2):
        place = QPoint(header.sectionViewportPosition(column) + 5, header.height() // 2)
        QTest.mouseClick(header.viewport(), LEFT, NONE, place)
        seen.append([row[0] for row in shown.rows()])
    assert sorted(seen) == sorted([rising, falling])


def test_small_ones_are_opened_and_closed_by_arrows(shown: Shown) -> None:
    table = shown.list.table
    table.setFocus()
    shown.desktop.key(Qt.Key.Key_End)
    shown.desktop.key(Qt.Key.Key_Right)
    assert [row[1] for row in shown.rows()] == ["260 px", "40 px", "5 px", *["2 px"] * 7]
    shown.desktop.key(Qt.Key.Key_End)
    shown.desktop.key(Qt.Key.Key_Left)
    assert len(shown.rows()) == 4
    shown.desktop.key(Qt.Key.Key_Home)
    shown.desktop.key(Qt.Key.Key_Right)
    assert len(shown.rows()) == 4, "a line is not opened"


def test_the_small_ones_are_decided_on_together(shown: Shown) -> None:
    table = shown.list.table
    table.setFocus()
    shown.desktop.key(Qt.Key.Key_End)
    shown.desktop.key(Qt.Key.Key_Delete)
    assert shown.rows()[-1] == ["7 specks", "< 5 px", "69 %", "✕ rejected"]
    assert np.array_equal(shown.mask, marked(LINE, AREA, SPOT, specks=False))
    assert shown.desktop.marks.hand.undo_name == "Reject Defects"
    shown.until_listed()
    assert shown.rows()[-1] == ["7 specks", "< 5 px", "69 %", "✕ rejected"]


def test_the_filter_leaves_out(shown: Shown) -> None:
    shown.desktop.type("u")
    shown.double_click(AREA)
    filter_box = shown.list.filter

    def sizes(name: str) -> list[str]:
        filter_box.setCurrentIndex(filter_box.findData(name))
        filter_box.activated.emit(filter_box.currentIndex())
        return [row[1] for row in shown.rows()]

    assert sizes("rejected") == ["40 px"]
    assert sizes("undecided") == ["260 px", "5 px", "< 5 px"]
    assert sizes("all") == ["260 px", "40 px", "5 px", "< 5 px"]


def test_a_row_and_the_photo_choose_the_same(shown: Shown) -> None:
    table = shown.list.table
    place = table.visualRect(shown.list.model.index(1, KIND)).center()
    QTest.mouseClick(table.viewport(), LEFT, NONE, place)
    assert shown.chosen() == ["40 px"]
    assert "chosen: area, 40 px, undecided" in shown.desktop.canvas.accessibleDescription()
    shown.desktop.type("u")
    shown.click(SPOT)
    assert shown.chosen() == ["5 px"]
    assert "chosen: spot, 5 px, undecided" in shown.desktop.canvas.accessibleDescription()


# what was painted by hand


PAINTED = (200, 100)
"""A place on what `paint` paints."""


def paint(shown: Shown) -> np.ndarray:
    """A stroke of 60 pixels with the brush; where it is."""
    shown.desktop.type("p")
    shown.drag((170, 100), (230, 100))
    shown.until_listed()
    return np.asarray(shown.desktop.marks.hand.plane == ADD)


def choose_filter(shown: Shown, name: str) -> None:
    box = shown.list.filter
    box.setCurrentIndex(box.findData(name))
    box.activated.emit(box.currentIndex())


def test_what_was_painted_has_rows(shown: Shown, keep: Callable[[QWidget, str], None]) -> None:
    stroke = paint(shown)
    wide = int(np.ptp(np.flatnonzero(stroke.any(axis=0)))) + 1
    assert shown.rows() == [
        ["line", "260 px", "92 %", "○ undecided"],
        ["area", f"{wide} px", "–", "✎ by hand"],
        ["area", "40 px", "76 %", "○ undecided"],
        ["spot", "5 px", "61 %", "○ undecided"],
        ["7 specks", "< 5 px", "69 %", "○ undecided"],
    ]
    keep(shown.desktop.window, "defects-by-hand")
    choose_filter(shown, "by-hand")
    assert [row[3] for row in shown.rows()] == ["✎ by hand"]
    choose_filter(shown, "undecided")
    assert len(shown.rows()) == 4


def test_delete_wipes_what_was_painted_in_one_step(shown: Shown) -> None:
    stroke = paint(shown)
    with_stroke = shown.mask
    table = shown.list.table
    table.setFocus()
    QTest.mouseClick(table.viewport(), LEFT, NONE, table.visualRect(shown.list.model.index(1, KIND)).center())
    assert "by hand" in shown.desktop.canvas.accessibleDescription()
    shown.desktop.key(Qt.Key.Key_Return)
    assert np.array_equal(shown.mask, with_stroke), "it is damage already"
    shown.desktop.key(Qt.Key.Key_Delete)
    assert shown.desktop.marks.hand.empty and np.array_equal(shown.mask, marked(LINE, AREA, SPOT))
    assert len(shown.rows()) == 4, "the row goes at once"
    assert shown.desktop.marks.hand.undo_name == "Delete Hand Edits"
    shown.desktop.type("u")
    shown.click(PAINTED)
    assert shown.chosen() == []
    shown.desktop.key(Qt.Key.Key_Z, CTRL)
    assert np.array_equal(shown.desktop.marks.hand.plane == ADD, stroke)
    shown.until_listed()
    assert len(shown.rows()) == 5


def test_what_was_painted_is_chosen_on_the_photo_too(shown: Shown) -> None:
    paint(shown)
    shown.desktop.type("u")
    shown.click(PAINTED)
    assert len(shown.chosen()) == 1 and shown.list.model.defects.states[shown.list.entries].tolist() == [BY_HAND]
    shown.desktop.key(Qt.Key.Key_Delete)
    assert shown.desktop.marks.hand.empty


def test_one_delete_is_one_step_for_both(shown: Shown) -> None:
    paint(shown)
    shown.desktop.type("u")
    shown.drag((1, 1), (399, 299))
    shown.desktop.key(Qt.Key.Key_Delete)
    assert not shown.mask.any() and shown.desktop.marks.hand.undo_name == "Reject Defects"
    shown.desktop.key(Qt.Key.Key_Z, CTRL)
    assert shown.mask[PAINTED[1], PAINTED[0]] == 255 and shown.mask[LINE[1], LINE[0]] == 255


def test_what_is_painted_over_is_the_hand_s(shown: Shown) -> None:
    shown.desktop.type("p")
    shown.desktop.type("}}")
    shown.drag((300, 215), (300, 225))
    shown.until_listed()
    assert shown.states(AREA) == [BY_HAND]


def test_a_mask_that_came_with_the_photo_is_listed_without_any_detection(desktop: Desktop) -> None:
    desktop.open("detect", clean(HEIGHT, WIDTH), marked(LINE, AREA))
    desktop.until(lambda: not desktop.marks.list_awaited)
    states = desktop.window.panel.defects.model.defects.states
    assert len(states) == 9 and (states == BY_HAND).all()


def test_letters_in_the_list_are_for_the_photo(shown: Shown) -> None:
    shown.list.table.setFocus()
    shown.desktop.type("u")
    assert shown.desktop.canvas.tool == "pick" and shown.desktop.window.tools.tool == "pick"
    shown.desktop.type("p")
    assert shown.desktop.canvas.tool == "brush"


# the tool Pick


def test_clicks_and_rectangles_choose(shown: Shown) -> None:
    shown.desktop.type("u")
    shown.click(LINE)
    assert shown.chosen() == ["260 px"]
    shown.click(AREA, SHIFT)
    assert shown.chosen() == ["260 px", "40 px"]
    shown.click(AREA, SHIFT)
    assert shown.chosen() == ["260 px"]
    shown.click((10, 100))
    assert shown.chosen() == []
    shown.drag((40, 120), (100, 180))
    assert shown.chosen() == ["5 px"]
    shown.drag((270, 190), (330, 250), SHIFT)
    assert shown.chosen() == ["40 px", "5 px"]
    assert not shown.desktop.marks.hand.plane.any() and not shown.desktop.marks.hand.can_undo


def test_a_thin_line_is_hit_from_near_it(shown: Shown) -> None:
    shown.desktop.type("u")
    scale = shown.desktop.canvas.scale
    shown.click((150, 41 + 4 / scale))
    assert shown.chosen() == ["260 px"]
    shown.click((150, 42 + 12 / scale))
    assert shown.chosen() == []


def test_escape_drops_the_rectangle(shown: Shown) -> None:
    shown.desktop.type("u")
    canvas = shown.desktop.canvas
    QTest.mousePress(canvas, LEFT, NONE, shown.place((40, 120)))
    QTest.mouseMove(canvas, shown.place((100, 180)))
    before = canvas.grab().toImage()
    shown.desktop.key(Qt.Key.Key_Escape)
    assert canvas.grab().toImage() != before
    QTest.mouseRelease(canvas, LEFT, NONE, shown.place((100, 180)))
    assert shown.chosen() == [] and shown.desktop.host.leavings == 0


def test_enter_keeps_and_delete_rejects(shown: Shown) -> None:
    shown.desktop.type("u")
    shown.click(LINE)
    shown.desktop.key(Qt.Key.Key_Return)
    shown.click(AREA)
    shown.desktop.key(Qt.Key.Key_Delete)
    assert shown.states(LINE, AREA, SPOT) == [KEPT, REJECTED, UNDECIDED]
    assert np.array_equal(shown.mask, marked(LINE, SPOT))
    assert not shown.desktop.host.results and not shown.desktop.desk.work.running
    shown.until_listed()
    assert shown.states(LINE, AREA, SPOT) == [KEPT, REJECTED, UNDECIDED]
    assert np.array_equal(shown.mask, marked(LINE, SPOT))


def test_enter_without_anything_chosen_accepts(shown: Shown) -> None:
    shown.desktop.type("u")
    shown.desktop.key(Qt.Key.Key_Return)
    shown.desktop.until(lambda: shown.desktop.host.results)


def test_a_double_click_rejects_and_takes_back(shown: Shown) -> None:
    shown.desktop.type("u")
    shown.double_click(AREA)
    assert shown.states(AREA) == [REJECTED] and np.array_equal(shown.mask, marked(LINE, SPOT))
    shown.until_listed()
    shown.double_click(AREA)
    assert shown.states(AREA) == [UNDECIDED] and np.array_equal(shown.mask, marked(LINE, AREA, SPOT))
    assert shown.desktop.marks.hand.undo_name == "Take Back Decision"


def test_what_is_chosen_and_what_is_rejected_are_outlined(shown: Shown, keep: Callable[[QWidget, str], None]) -> None:
    canvas = shown.desktop.canvas
    shown.desktop.type("u")
    plain = canvas.grab().toImage()
    shown.click(AREA)
    outlined = canvas.grab().toImage()
    at = shown.place((280, 220))
    colours = [outlined.pixelColor(at.x() - away, at.y()).name() for away in range(1, 7)]
    assert "#000000" in colours and "#ffffff" in colours and colours.index("#000000") < colours.index("#ffffff")
    assert colours.count("#000000") == colours.count("#ffffff") == 2
    shown.desktop.key(Qt.Key.Key_Delete)
    shown.click((10, 100))
    rejected = canvas.grab().toImage()
    middle = shown.place(AREA)
    assert rejected.pixelColor(middle) != plain.pixelColor(middle), "no fill any more"
    top = shown.place((0, 200)).y()
    above = [(x, y) for x in range(middle.x() - 40, middle.x() + 40) for y in range(top - 4, top + 1)]
    before, edge = ([image.pixelColor(*place).lightness() for place in above] for image in (plain, rejected))
    assert not [tone for tone in before if tone < 40 or tone > 220]
    assert 30 <= sum(tone < 40 for tone in edge) <= 50 and 30 <= sum(tone > 220 for tone in edge) <= 50, "dashes"
    keep(shown.desktop.window, "defects-rejected")


def test_decisions_are_steps_that_can_be_taken_back(shown: Shown) -> None:
    shown.desktop.type("u")
    for place in (LINE, AREA):
        shown.click(place)
        shown.desktop.key(Qt.Key.Key_Delete)
    shown.desktop.type("p")
    shown.drag((20, 250), (40, 250))
    hand = shown.desktop.marks.hand
    assert hand.undo_name == "Brush Stroke"
    shown.desktop.key(Qt.Key.Key_Z, CTRL)
    assert shown.desktop.window.viewbar.undo.toolTip().startswith("Undo Reject Defect")
    shown.desktop.key(Qt.Key.Key_Z, CTRL)
    assert np.array_equal(shown.mask, marked(AREA, SPOT)) and shown.desktop.window.viewbar.redo.isEnabled()
    shown.until_listed()
    assert shown.states(LINE, AREA) == [REJECTED, UNDECIDED]
    shown.desktop.key(Qt.Key.Key_Z, CTRL)
    assert np.array_equal(shown.mask, marked(LINE, AREA, SPOT)) and not hand.dirty
    for _step in range(3):
        shown.desktop.key(Qt.Key.Key_Y, CTRL)
    assert shown.states(LINE, AREA) == [REJECTED, UNDECIDED] or shown.listings
    shown.until_listed()
    assert shown.states(LINE, AREA) == [REJECTED, REJECTED]


def test_decisions_outlive_the_sliders(shown: Shown) -> None:
    desktop = shown.desktop
    desktop.type("u")
    shown.click(SPOT)
    desktop.key(Qt.Key.Key_Return)
    shown.click(LINE)
    desktop.key(Qt.Key.Key_Delete)
    desktop.values.set("detect-sensitivity", 0.2)
    shown.until_listed()
    assert np.array_equal(shown.mask, marked(SPOT, specks=False))
    assert shown.states(SPOT, LINE) == [KEPT, REJECTED]
    desktop.values.set("detect-sensitivity", 0.7)
    shown.until_listed()
    assert np.array_equal(shown.mask, marked(AREA, SPOT, FAINT))
    desktop.values.set("detect-spots", False)
    desktop.values.set("detect-sensitivity", 0.5)
    shown.until_listed()
    assert np.array_equal(shown.mask, marked(AREA, SPOT, specks=False)), "kept, though spots are switched off"
    desktop.values.set("detect-spots", True)
    desktop.marks.set_probability(np.roll(found(), 1, axis=1), 0.5)
    shown.until_listed()
    assert shown.states(SPOT, LINE) == [KEPT, REJECTED], "what another model finds is the same defect"


def test_the_mask_that_is_used_has_the_decisions(shown: Shown) -> None:
    shown.desktop.type("u")
    shown.click(LINE)
    shown.desktop.key(Qt.Key.Key_Delete)
    shown.desktop.key(Qt.Key.Key_Return, CTRL)
    shown.desktop.until(lambda: shown.desktop.host.results)
    assert np.array_equal(shown.desktop.result("mask"), marked(AREA, SPOT))


def test_all_decisions_are_forgotten_at_once(shown: Shown) -> None:
    shown.desktop.type("u")
    shown.drag((1, 1), (399, 299))
    shown.desktop.key(Qt.Key.Key_Delete)
    assert not shown.mask.any()
    forget = next(action for action in shown.list.table.actions() if action.text() == "Forget All Decisions")
    forget.trigger()
    assert np.array_equal(shown.mask, marked(LINE, AREA, SPOT))
    shown.desktop.key(Qt.Key.Key_Z, CTRL)
    assert not shown.mask.any()


def test_decisions_outlive_a_crash(shown: Shown) -> None:
    from qt_dialogs.journal import key_of

    desktop = shown.desktop
    desktop.type("u")
    shown.click(LINE)
    desktop.key(Qt.Key.Key_Delete)
    job = desktop.desk.job
    assert job is not None
    journal = Journal(key_of(job.photo))
    desktop.until(lambda: desktop.desk.keeping._journal is not None and journal.path.exists())
    desktop.close()
    again = Shown(desktop)
    desktop.until(lambda: desktop.message == "found-mask")
    assert np.array_equal(again.mask, marked(LINE, AREA, SPOT))
    desktop.window.message.press(0)
    assert np.array_equal(again.mask, marked(AREA, SPOT))
    assert desktop.marks.hand.undo_name == "Kept Mask"
    desktop.key(Qt.Key.Key_Z, CTRL)
    assert np.array_equal(again.mask, marked(LINE, AREA, SPOT))


# review


def test_a_review_goes_through_the_list(shown: Shown) -> None:
    desktop = shown.desktop
    desktop.key(Qt.Key.Key_Tab)
    assert shown.header == "1 of 4" and shown.chosen() == ["260 px"]
    desktop.key(Qt.Key.Key_Return)
    assert shown.header == "2 of 4" and shown.chosen() == ["40 px"]
    desktop.key(Qt.Key.Key_Delete)
    assert shown.header == "3 of 4" and shown.chosen() == ["5 px"]
    desktop.key(Qt.Key.Key_Tab)
    assert shown.header == "4 of 4" and shown.chosen() == ["< 5 px"]
    desktop.key(Qt.Key.Key_Backtab, SHIFT)
    assert shown.header == "3 of 4"
    desktop.type(".")
    desktop.key(Qt.Key.Key_Delete)
    assert shown.header == "" and desktop.window.message.text.text() == "All defects reviewed."
    assert desktop.canvas.hasFocus() and not desktop.host.results
    assert shown.states(LINE, AREA, SPOT, SPECKS[0]) == [KEPT, REJECTED, UNDECIDED, REJECTED]
    assert np.array_equal(shown.mask, marked(LINE, SPOT, specks=False))


def test_a_key_held_too_long_decides_on_one(shown: Shown) -> None:
    canvas = shown.desktop.canvas
    shown.desktop.key(Qt.Key.Key_Tab)
    for repeats in (False, True, True):
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Delete, NONE, "\x7f", repeats)
        QApplication.sendEvent(canvas, event)
    assert shown.header == "2 of 4" and shown.states(LINE, AREA) == [REJECTED, UNDECIDED]


def test_a_review_goes_on_where_the_list_is_made_anew(shown: Shown) -> None:
    desktop = shown.desktop
    desktop.type("..")
    desktop.values.set("detect-sensitivity", 0.7)
    shown.until_listed()
    assert shown.chosen() == ["40 px"] and shown.header == "2 of 5"


def test_a_review_keeps_to_the_filter(shown: Shown) -> None:
    desktop, filter_box = shown.desktop, shown.list.filter
    filter_box.setCurrentIndex(filter_box.findData("undecided"))
    filter_box.activated.emit(filter_box.currentIndex())
    desktop.key(Qt.Key.Key_Tab)
    desktop.key(Qt.Key.Key_Delete)
    assert shown.header == "1 of 3" and shown.chosen() == ["40 px"]
    desktop.key(Qt.Key.Key_Return)
    assert shown.header == "1 of 2" and shown.chosen() == ["5 px"]


def test_escape_ends_the_review(shown: Shown) -> None:
    desktop = shown.desktop
    desktop.click(shown.list.review_button)
    assert shown.header == "1 of 4" and desktop.canvas.hasFocus()
    desktop.key(Qt.Key.Key_Escape)
    assert shown.header == "" and desktop.host.leavings == 0
    desktop.key(Qt.Key.Key_Tab)
    assert shown.header == "2 of 4", "it goes on from what is chosen"


def test_other_keys_work_in_a_review_and_the_focus_can_leave(shown: Shown) -> None:
    desktop = shown.desktop
    desktop.key(Qt.Key.Key_Tab)
    desktop.type("p")
    shown.drag((20, 250), (60, 250))
    assert shown.header == "1 of 4" and desktop.marks.hand.plane.any()
    desktop.key(Qt.Key.Key_F6)
    assert not desktop.canvas.hasFocus()
    focus = desktop.window.focusWidget()
    desktop.key(Qt.Key.Key_Tab)
    assert desktop.window.focusWidget() is not focus and shown.header == "1 of 4"


def test_without_defects_tab_moves_the_focus(desktop: Desktop) -> None:
    desktop.open("detect", clean(HEIGHT, WIDTH), np.zeros((HEIGHT, WIDTH), np.uint8))
    desktop.canvas.setFocus()
    desktop.key(Qt.Key.Key_Tab)
    assert not desktop.canvas.hasFocus()


def test_defects_are_shown_large_enough_and_left_where_they_are_seen(shown: Shown) -> None:
    desktop, canvas = shown.desktop, shown.desktop.canvas
    canvas.zoom_to(1.0)
    view = canvas._view
    desktop.key(Qt.Key.Key_Tab)
    assert canvas._view == view, "all of the line is seen"
    desktop.type("..")
    assert shown.chosen() == ["5 px"]
    assert canvas.scale == 4.0, "at most, though it is smaller than 24 pixels then"
    x, y = canvas._view.to_screen(60.5, 150.5)
    assert (x, y) == pytest.approx((canvas.width() / 2, canvas.height() / 2), abs=2)
    canvas.zoom_to(0.25)
    desktop.type(",")
    assert shown.chosen() == ["40 px"] and canvas.scale == pytest.approx(24 / 40)
    desktop.type(".")
    canvas.zoom_to(8.0)
    desktop.type(",")
    assert canvas.scale == 8.0, "40 pixels fit"
    desktop.type(",")
    assert canvas.scale < 4.0
    box = canvas.visible_box()
    assert box.left <= 20 and box.right >= 280


def test_pages_without_a_mask_have_no_review(shown: Shown) -> None:
    desktop = shown.desktop
    desktop.key(Qt.Key.Key_Tab)
    desktop.desk.act("page colorize")
    assert shown.header == "" and not shown.list.isVisible()
    desktop.canvas.setFocus()
    desktop.type("u")
    assert desktop.canvas.tool == "pick"
    shown.click(LINE)
    desktop.key(Qt.Key.Key_Delete)
    assert shown.states(LINE) == [UNDECIDED] and not desktop.marks.hand.can_undo


@pytest.mark.parametrize("size", [(1280, 800), (960, 640)])
@pytest.mark.parametrize("page", ["detect", "restore"])
def test_there_is_room_for_the_list(
    desktop: Desktop, keep: Callable[[QWidget, str], None], page: str, size: tuple[int, int]
) -> None:
    shown = Shown(desktop, page, size)
    desktop.type("u")
    shown.double_click(AREA)
    desktop.key(Qt.Key.Key_Tab)
    assert shown.list.table.height() >= 120
    header = shown.list.table.horizontalHeader()
    assert header is not None and header.length() <= shown.list.table.width()
    keep(desktop.window, f"defects-{page}-{size[0]}x{size[1]}")
