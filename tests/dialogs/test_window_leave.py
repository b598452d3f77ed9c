"""How the window is left, and what becomes of the hand's work."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from windows import Desktop, clean, sample

from core import places
from qt_dialogs import hand, memory


def journal() -> list[Path]:
    return list((places.data_folder() / "journal").glob("*.npz"))


def test_esc_leaves_where_nothing_was_painted(desktop: Desktop) -> None:
    desktop.open("repair", clean())
    desktop.key(Qt.Key.Key_Escape)
    assert desktop.host.leavings == 1 and not desktop.message


def test_esc_stops_what_is_computed_before_it_leaves(desktop: Desktop) -> None:
    desktop.open("detect", np.tile(sample(), (5, 5, 1)))
    assert desktop.desk.work.detecting
    desktop.key(Qt.Key.Key_Escape)
    desktop.until(lambda: not desktop.desk.work.busy)
    assert desktop.host.leavings == 0
    desktop.key(Qt.Key.Key_Escape)
    assert desktop.host.leavings == 1


@pytest.mark.parametrize("way", ["esc", "button", "window"])
def test_painted_edits_are_asked_about(desktop: Desktop, way: str) -> None:
    desktop.open("repair", clean())
    desktop.stroke((0.4, 0.5), (0.6, 0.5))
    if way == "esc":
        desktop.key(Qt.Key.Key_Escape)
    elif way == "button":
        desktop.click(desktop.window.buttons.cancel)
    else:
        desktop.window.close()
    assert desktop.message == "keep-mask" and desktop.host.leavings == 0 and desktop.window.isVisible()


def test_what_is_still_at_work_is_asked_about_too(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    desktop.open("repair", clean())
    monkeypatch.setattr(hand, "AT_ONCE", 1)
    desktop.stroke((0.4, 0.5), (0.6, 0.5))
    assert desktop.marks.hand.painting and not desktop.marks.hand.dirty
    desktop.desk.leave()
    assert desktop.message == "keep-mask" and desktop.marks.hand.dirty


def test_each_answer_does_what_it_says(desktop: Desktop) -> None:
    desktop.open("repair", clean())
    desktop.stroke((0.4, 0.5), (0.6, 0.5))
    painted = desktop.marks.mask()
    desktop.desk.leave()
    desktop.window.message.press(2)  # Continue Editing
    assert not desktop.message and desktop.host.leavings == 0
    desktop.desk.leave()
    desktop.key(Qt.Key.Key_Escape)  # the same
    assert not desktop.message and desktop.host.leavings == 0
    desktop.desk.leave()
    desktop.window.message.press(0)  # Keep in the Image
    desktop.until(lambda: desktop.host.kept == [{"mask": "mask.npy"}])
    assert np.array_equal(np.load(desktop.folder / "mask.npy"), painted) and desktop.host.leavings == 0
    desktop.desk.leave()
    desktop.window.message.press(1)  # Discard
    assert desktop.host.leavings == 1 and not journal()


def test_the_hand_s_work_outlives_a_crash_and_is_offered_once(desktop: Desktop, qtbot: object) -> None:
    desktop.open("repair", clean())
    desktop.stroke((0.4, 0.5), (0.6, 0.5))
    desktop.values.set("repair-grow", 7.0)
    painted = desktop.marks.hand.plane.copy()
    desktop.until(journal)
    desktop.close()  # as a crash does it: nothing was settled

    desktop.values.set("repair-grow", 2.0)
    desktop.open("repair", clean())
    desktop.until(lambda: desktop.message == "found-mask")
    desktop.window.message.press(0)  # Use It
    assert np.array_equal(desktop.marks.hand.plane, painted)
    desktop.desk.settled()
    assert not journal()


def test_a_kept_mask_can_be_refused(desktop: Desktop) -> None:
    desktop.open("repair", clean())
    desktop.stroke((0.4, 0.5), (0.6, 0.5))
    desktop.until(journal)
    desktop.close()
    desktop.open("repair", clean())
    desktop.until(lambda: desktop.message == "found-mask")
    desktop.window.message.press(1)  # Discard
    assert not journal() and not desktop.marks.mask().any()


def test_another_photo_is_not_offered_it(desktop: Desktop) -> None:
    desktop.open("repair", clean())
    desktop.stroke((0.4, 0.5), (0.6, 0.5))
    desktop.until(journal)
    desktop.close()
    desktop.open("detect", sample())
    desktop.until_found()
    assert desktop.message != "found-mask"


def test_size_panel_and_the_marks_strength_are_remembered(desktop: Desktop) -> None:
    desktop.open("repair", clean(), size=(780, 700))
    desktop.window.viewbar.set_opacity(0.8)
    desktop.desk.leave()
    assert desktop.host.leavings == 1
    desktop.close()
    remembered = memory.recall()
    assert set(remembered) >= {"geometry", "splitter", "opacity"}
    desktop.open("repair", clean(), size=(700, 650))
    assert desktop.window.viewbar.opacity.value() == 80
    desktop.window.recall()
    assert (desktop.window.width(), desktop.window.height()) == (780, 700)


@pytest.mark.parametrize("damaged", ["", "[]", '{"geometry": 3, "opacity": "x", "splitter": "???"}', "{"])
def test_a_damaged_memory_is_no_memory(desktop: Desktop, data_folder: Path, damaged: str) -> None:
    data_folder.mkdir(parents=True, exist_ok=True)
    (data_folder / memory.NAME).write_text(damaged)
    desktop.open("repair", clean())
    desktop.window.recall()
    assert desktop.window.isVisible()


def test_where_nothing_can_be_written_nothing_is_remembered(data_folder: Path) -> None:
    data_folder.write_text("in the way")
    memory.remember(opacity=0.3)
    assert memory.recall() == {}
