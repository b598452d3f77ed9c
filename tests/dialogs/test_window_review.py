"""Stop for review: the first Restore shows what was found, the second one runs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QCheckBox, QWidget
from test_window_defects import AREA, CTRL, LINE, Shown, choose_filter
from windows import Desktop

from qt_dialogs.components import KEPT, REJECTED

Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def stopping(desktop: Desktop) -> Shown:
    """The page Restore on a photo with known defects; it stops for review."""
    shown = Shown(desktop, "restore")
    box = desktop.window.panel.pages["restore"].findChild(QCheckBox, "review")
    assert box is not None
    box.setFocus()
    desktop.key(Key.Key_Space)
    assert desktop.values["review"] is True
    return shown


def accept(desktop: Desktop) -> None:
    desktop.click(desktop.window.buttons.accept)


def test_the_first_accept_starts_the_review_and_the_second_runs(
    stopping: Shown, keep: Callable[[QWidget, str], None]
) -> None:
    desktop = stopping.desktop
    accept(desktop)
    assert desktop.message == "review-first" and not desktop.desk.work.running
    text = "10 defects await review. Go through them with Tab, or press Restore again to take them all."
    assert desktop.window.message.text.text() == text
    assert stopping.header == "1 of 4" and desktop.canvas.hasFocus() and stopping.chosen() == ["260 px"]
    keep(desktop.window, "review-first")
    desktop.key(Key.Key_Return)
    desktop.key(Key.Key_Delete)
    assert stopping.states(LINE, AREA) == [KEPT, REJECTED] and not desktop.host.results
    desktop.key(Key.Key_Return, CTRL)
    desktop.until(lambda: desktop.host.results)
    assert not desktop.message and np.array_equal(desktop.result("mask"), stopping.mask)


def test_the_marks_are_seen_as_long_as_the_review_lasts(stopping: Shown) -> None:
    desktop = stopping.desktop
    overlay = desktop.window.viewbar.overlay
    accept(desktop)
    assert stopping.header == "1 of 4" and overlay.isChecked()
    desktop.desk.turn_to("enhance")
    desktop.desk.turn_to("restore")
    assert not overlay.isChecked()
    desktop.canvas.setFocus()
    desktop.key(Key.Key_Tab)
    assert stopping.header == "2 of 4" and overlay.isChecked()
    desktop.key(Key.Key_Q, SHIFT)
    assert not overlay.isChecked()
    desktop.key(Key.Key_Tab)
    assert stopping.header == "3 of 4" and not overlay.isChecked()
    desktop.key(Key.Key_Escape)
    desktop.key(Key.Key_Q, SHIFT)
    desktop.key(Key.Key_Tab)
    desktop.key(Key.Key_Escape)
    assert not stopping.header.endswith("of 4") and overlay.isChecked()


def test_the_button_of_the_message_takes_all(stopping: Shown) -> None:
    accept(stopping.desktop)
    stopping.desktop.window.message.press(0)
    stopping.desktop.until(lambda: stopping.desktop.host.results)
    assert stopping.desktop.result("mask")[LINE[1], LINE[0]] == 255


def test_where_all_is_decided_there_is_nothing_to_stop_for(stopping: Shown) -> None:
    desktop = stopping.desktop
    desktop.canvas.setFocus()
    desktop.type("u")
    stopping.drag((1, 1), (399, 299))
    desktop.key(Key.Key_Return)
    stopping.until_listed()
    accept(desktop)
    desktop.until(lambda: desktop.host.results)


@pytest.mark.parametrize("how", ["switched off", "without Detect", "another page"])
def test_it_stops_only_where_it_is_meant_to(stopping: Shown, how: str) -> None:
    desktop = stopping.desktop
    if how == "switched off":
        desktop.values.set("review", False)
    elif how == "without Detect":
        desktop.values.set("steps", "repair")
        stopping.desktop.marks.hand.line([(10.0, 10.0), (60.0, 10.0)], 4.0)
    else:
        desktop.desk.turn_to("detect")
    accept(desktop)
    desktop.until(lambda: desktop.host.results)
    assert not desktop.message


def test_a_list_that_is_yet_to_come_is_waited_for(stopping: Shown) -> None:
    desktop = stopping.desktop
    desktop.values.set("detect-sensitivity", 0.7)
    assert desktop.marks.list_awaited
    accept(desktop)
    assert not desktop.message and not desktop.desk.work.running
    assert desktop.window.progress.text.text() == "Preparing the mask"
    desktop.until(lambda: desktop.message == "review-first")
    assert desktop.window.message.text.text().startswith("11 defects"), "what only this sensitivity finds is counted"
    assert desktop.window.progress.text.text() == "Ready"


def test_waiting_for_the_list_can_be_stopped(stopping: Shown) -> None:
    desktop = stopping.desktop
    desktop.values.set("detect-sensitivity", 0.7)
    accept(desktop)
    desktop.key(Key.Key_Escape)
    assert desktop.window.progress.text.text() == "Ready" and desktop.host.leavings == 0
    stopping.until_listed()
    assert not desktop.message and not desktop.host.results


def test_it_begins_at_the_largest_whatever_is_chosen_and_left_out(stopping: Shown) -> None:
    desktop = stopping.desktop
    desktop.canvas.setFocus()
    desktop.type("u")
    stopping.click(AREA)
    choose_filter(stopping, "by-hand")
    assert stopping.rows() == []
    accept(desktop)
    assert stopping.chosen() == ["260 px"] and stopping.header == "1 of 4"
    assert stopping.list.filter.currentData() == "all"


def test_an_accept_while_damage_is_looked_for_stops_too(desktop: Desktop) -> None:
    desktop.values.set("review", True)
    desktop.open("restore")
    accept(desktop)
    desktop.until(lambda: desktop.message == "review-first")
    assert not desktop.host.results and desktop.desk.deciding.reviewing
    accept(desktop)
    desktop.until(lambda: desktop.host.results)


def test_one_defect_is_said_in_the_singular(stopping: Shown) -> None:
    desktop = stopping.desktop
    desktop.values.set("detect-sensitivity", 0.2)
    stopping.until_listed()
    accept(desktop)
    text = "1 defect awaits review. Look at it with Tab, or press Restore again to take it."
    assert desktop.window.message.text.text() == text


def test_it_stops_again_for_what_another_model_finds(stopping: Shown) -> None:
    desktop = stopping.desktop
    accept(desktop)
    desktop.desk._detected({})
    desktop.window.message.take_back("review-first")
    accept(desktop)
    assert desktop.message == "review-first"
