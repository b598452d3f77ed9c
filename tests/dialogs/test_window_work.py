"""The window over a real engine: finding, correcting, looking, accepting."""

from __future__ import annotations

import errno
import os
import signal
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QCheckBox
from windows import Asked, Desktop, clean, sample, settled
from windows import large as wide

from core.marking import said_of
from core.tools import TOOLS
from qt_dialogs import work
from qt_dialogs.engine import Answer, Engine
from qt_dialogs.hand import ADD

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def large() -> np.ndarray:
    """A photo on which an engine works for a while."""
    return np.tile(sample(), (5, 5, 1))


def test_restore_finds_damage_at_once_and_shows_the_repaired_photo(desktop: Desktop) -> None:
    desktop.open("restore")
    desktop.until_previewed()
    desktop.until(lambda: "defects" in desktop.window.panel.mask_state.text.text())
    assert desktop.window.windowTitle() == "Restore Photo – scan.tif: Background"
    desktop.until(lambda: desktop.window.photo.badge.isHidden())
    assert desktop.marks.mask().any()


def test_while_damage_is_looked_for_the_window_says_so(desktop: Desktop, large: np.ndarray) -> None:
    texts: list[str] = []
    desktop.open("detect", large)
    desktop.desk.work.progressed.connect(lambda _share, _text: texts.append(desktop.window.progress.text.text()))
    assert "looked for" in desktop.window.panel.mask_state.text.text()
    desktop.until(lambda: len(texts) > 3)
    assert all(text.startswith("Looking for damage") for text in texts)
    assert desktop.window.progress.stop.isEnabled()
    desktop.click(desktop.window.progress.stop)
    desktop.until(lambda: "looked for" not in desktop.window.panel.mask_state.text.text())
    assert desktop.window.panel.mask_state.find_button.isEnabled(), "it can be taken up again"


def test_repair_starts_with_an_empty_mask_and_finds_damage_when_asked(desktop: Desktop) -> None:
    desktop.open("repair")
    assert not desktop.desk.work.busy and not desktop.marks.mask().any()
    desktop.click(desktop.window.panel.mask_state.find_button)
    desktop.until_found()
    assert desktop.marks.mask().any()
    assert not desktop.window.panel.mask_state.find_button.isEnabled(), "there is nothing more to find"


def test_a_mask_layer_is_opened_for_editing_and_detection_waits(desktop: Desktop) -> None:
    photo = sample()
    mask = np.zeros(photo.shape[:2], np.uint8)
    mask[100:120, 200:300] = 255
    desktop.open("detect", photo, mask)
    assert not desktop.desk.work.busy
    assert np.array_equal(desktop.marks.mask(), mask)
    assert not desktop.marks.hand.dirty


def test_sensitivity_changes_the_mask_at_once_and_no_stroke(desktop: Desktop) -> None:
    desktop.open("detect")
    desktop.until_found()
    desktop.stroke((0.5, 0.5), (0.6, 0.5))
    hand = desktop.marks.hand.plane.copy()
    assert hand.any()
    amounts = []
    for sensitivity in (0.1, 0.5, 0.9):
        desktop.values.set("detect-sensitivity", sensitivity)
        amounts.append(np.count_nonzero(desktop.marks.mask()))
    assert amounts == sorted(amounts) and amounts[0] < amounts[2]
    assert np.array_equal(desktop.marks.hand.plane, hand)
    assert (desktop.marks.mask()[hand == 1] == 255).all()


def test_kinds_are_switched_by_their_boxes_and_no_stroke_is(desktop: Desktop) -> None:
    desktop.open("detect")
    desktop.until_found()
    desktop.stroke((0.5, 0.5), (0.6, 0.5))
    hand, everything = desktop.marks.hand.plane.copy(), desktop.marks.mask()
    assert hand.any()
    parts = []
    for name in ("dark", "bright"):
        box = desktop.window.panel.current.findChild(QCheckBox, name)
        assert box is not None and box.isChecked()
        desktop.click(box)
        assert desktop.values[f"detect-{name}"] is False
        desktop.until(lambda: not desktop.marks.pending)
        parts.append(desktop.marks.mask())
        assert np.array_equal(desktop.marks.hand.plane, hand) and (parts[-1][hand == ADD] == 255).all()
        desktop.click(box)
    desktop.until(lambda: not desktop.marks.pending)
    assert np.array_equal(desktop.marks.mask(), everything)
    assert np.array_equal(parts[0] | parts[1], everything)
    assert all(np.count_nonzero(part) < np.count_nonzero(everything) for part in parts)


def test_a_model_looks_once_and_its_answer_is_kept(desktop: Desktop) -> None:
    desktop.open("detect")
    desktop.until_found()
    first = desktop.marks.mask()
    desktop.values.set("detect-model", "default")
    assert desktop.desk.work.detecting
    desktop.until_found()
    assert not np.array_equal(desktop.marks.mask(), first)
    desktop.values.set("detect-model", "classical")
    assert not desktop.desk.work.detecting
    assert np.array_equal(desktop.marks.mask(), first)


def test_painting_erasing_undo_and_redo(desktop: Desktop) -> None:
    desktop.open("repair")
    desktop.canvas.setFocus()
    desktop.type("p")
    desktop.stroke((0.4, 0.5), (0.6, 0.5))
    painted = desktop.marks.mask()
    assert painted.any()
    desktop.key(Qt.Key.Key_E, Qt.KeyboardModifier.ShiftModifier)
    assert desktop.window.tools.tool == "eraser"
    desktop.stroke((0.5, 0.4), (0.5, 0.6))
    erased = desktop.marks.mask()
    assert np.count_nonzero(erased) < np.count_nonzero(painted)
    assert "Eraser" in desktop.window.viewbar.undo.toolTip()
    desktop.key(Qt.Key.Key_Z, CTRL)
    assert np.array_equal(desktop.marks.mask(), painted)
    desktop.click(desktop.window.viewbar.undo)
    assert not desktop.marks.mask().any() and not desktop.window.viewbar.undo.isEnabled()
    desktop.key(Qt.Key.Key_Y, CTRL)
    desktop.click(desktop.window.viewbar.redo)
    assert np.array_equal(desktop.marks.mask(), erased)


def test_the_preview_is_what_the_run_makes(desktop: Desktop) -> None:
    shown = []
    desktop.open("repair")
    desktop.values.set("output", "in-place")
    desktop.desk.work.partPreviewed.connect(lambda samples, box, *_more: shown.append((np.array(samples), box)))
    desktop.canvas.zoom_to(2.0)
    desktop.stroke((0.4, 0.5), (0.6, 0.5))
    desktop.until(lambda: shown and shown[-1][0].ndim)
    part, box = shown[-1]
    visible = desktop.canvas.visible_box()
    assert box.common(visible) == visible and box != desktop.marks.box
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.host.results)
    whole = desktop.result("photo")
    assert np.array_equal(part, whole[box.rows, box.columns])
    assert not np.array_equal(part, sample()[box.rows, box.columns])


def test_a_stroke_on_the_page_restore_changes_the_preview(desktop: Desktop) -> None:
    desktop.open("restore", clean())
    desktop.until_found()
    shown: list[object] = []
    desktop.desk.work.partPreviewed.connect(lambda samples, *_more: shown.append(samples))
    desktop.stroke((0.4, 0.5), (0.6, 0.5))
    desktop.until(lambda: shown and shown[-1] is not None)
    assert desktop.canvas.step == 1 and (np.array(shown[-1]) != clean()).any()


def test_zoomed_out_a_repair_is_asked_for_as_fine_as_the_screen(desktop: Desktop, asked: Asked) -> None:
    """The mask is written once for all settings, anew for another mask; where nothing is marked nobody is asked."""
    desktop.open("repair", wide())
    desktop.until(lambda: not desktop.desk.work.previews and not desktop.canvas.has_result)
    desktop.stroke((0.4, 0.5), (0.6, 0.5))
    desktop.until(lambda: desktop.canvas.has_result and settled(desktop))
    request = asked[-1]
    assert (request["tool"], request["want"], request["scale"]) == ("repair", ["photo"], desktop.canvas.step)
    assert desktop.canvas.step > 1
    desktop.until(lambda: desktop.window.photo.badge.text().startswith("Reduced preview"))
    for grain in (0.2, 0.7):
        desktop.values.set("repair-grain", grain)
        desktop.until(lambda grain=grain: asked[-1]["settings"]["grain"] == grain and settled(desktop))
    assert {each["mask"] for each in asked} == {request["mask"]}
    desktop.stroke((0.4, 0.3), (0.6, 0.3))
    desktop.until(lambda: asked[-1]["mask"] != request["mask"] and settled(desktop))
    desktop.until(lambda: not (desktop.folder / request["mask"]).exists())
    before = len(asked)
    for _step in range(2):
        desktop.click(desktop.window.viewbar.undo)
    desktop.until(lambda: not desktop.canvas.has_result)
    assert len(asked) <= before + 1


def test_restore_gives_the_mask_that_was_seen_and_its_fill(desktop: Desktop) -> None:
    desktop.open("restore")
    desktop.until_found()
    desktop.stroke((0.2, 0.8), (0.3, 0.8))
    seen = desktop.marks.mask()
    desktop.key(Qt.Key.Key_Return, CTRL)
    desktop.until(lambda: desktop.host.results)
    tool, result = desktop.host.results[0]
    assert tool == "restore" and set(result.files) == {"mask", "fill"}
    assert np.array_equal(desktop.result("mask"), seen)
    fill = desktop.result("fill")
    assert (fill[..., -1] > 0)[seen > 0].all(), "all that is marked is filled"
    assert result.facts["found"] > 0 and result.facts["repaired"] > 0 and "defect" in result.text
    assert desktop.host.progressed, "GIMP's own bar goes with it"


def test_in_place_the_whole_photo_comes_back(desktop: Desktop) -> None:
    desktop.values.set("output", "in-place")
    desktop.open("repair")
    desktop.stroke((0.4, 0.5), (0.6, 0.5))
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.host.results)
    assert set(desktop.host.results[0][1].files) == {"mask", "photo"}
    changed = (desktop.result("photo") != sample()).any(axis=2)
    assert changed.any() and not changed[~_near(desktop.result("mask"), 6)].any()


def _near(mask: np.ndarray, by: int) -> np.ndarray:
    import cv2

    return cv2.dilate(mask, np.ones((2 * by + 1, 2 * by + 1), np.uint8)) > 0


def test_detect_gives_only_a_mask(desktop: Desktop) -> None:
    desktop.open("detect")
    desktop.until_found()
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.host.results)
    tool, result = desktop.host.results[0]
    assert tool == "detect" and set(result.files) == {"mask"} and result.facts["found"] > 0


def test_accept_during_the_detection_waits_for_it(desktop: Desktop) -> None:
    desktop.open("detect")
    assert desktop.desk.work.detecting
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.host.results)
    assert desktop.result("mask").any()


def test_an_empty_mask_is_said_and_its_button_finds_damage(desktop: Desktop) -> None:
    desktop.open("repair")
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.message == "empty-mask")
    assert not desktop.host.results
    desktop.window.message.press(0)
    desktop.until_found()
    desktop.until(lambda: not desktop.message)
    assert desktop.marks.mask().any()


def test_nothing_found_is_said_and_restore_gives_an_empty_mask(desktop: Desktop) -> None:
    desktop.open("restore", clean())
    desktop.until(lambda: desktop.message == "none-found")
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.host.results)
    _tool, result = desktop.host.results[0]
    assert set(result.files) == {"mask"} and not desktop.result("mask").any()
    assert result.text == "No damage was found." == said_of(0, 0.0)


def test_without_its_step_detection_is_not_in_the_mask(desktop: Desktop) -> None:
    desktop.open("restore")
    desktop.until_found()
    desktop.values.set_step("detect", False)
    assert not desktop.marks.mask().any()
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.message == "empty-mask")
    desktop.values.set_step("detect", True)
    assert desktop.marks.mask().any()
    assert desktop.values.of(TOOLS["restore"])["steps"] == "detect,repair"


def test_clear_hand_edits_is_one_step_of_undo(desktop: Desktop) -> None:
    desktop.open("repair")
    button = desktop.window.panel.mask_state.clear_button
    assert not button.isEnabled()
    desktop.stroke((0.4, 0.5), (0.6, 0.5))
    painted = desktop.marks.mask()
    desktop.click(button)
    assert not desktop.marks.mask().any() and not button.isEnabled()
    desktop.key(Qt.Key.Key_Z, CTRL)
    assert np.array_equal(desktop.marks.mask(), painted)


def test_stop_is_shown_at_once_and_leaves_everything_as_it_was(desktop: Desktop, large: np.ndarray) -> None:
    desktop.open("restore", large)
    desktop.until_found()
    desktop.stroke((0.4, 0.5), (0.6, 0.5))
    seen = desktop.marks.mask()
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.desk.work.running and desktop.desk.engine.is_busy("run"))
    assert not desktop.window.panel.chooser.isEnabled() and not desktop.window.tools.isEnabled()
    desktop.click(desktop.window.progress.stop)
    assert desktop.window.progress.text.text() in ("Stopping…", "Stopped. Nothing was changed.")
    desktop.until(lambda: not desktop.desk.work.running)
    assert desktop.window.progress.text.text() == "Stopped. Nothing was changed."
    assert desktop.window.panel.chooser.isEnabled() and desktop.window.tools.isEnabled()
    assert np.array_equal(desktop.marks.mask(), seen) and not desktop.host.results
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.host.results)


def test_a_killed_engine_is_told_and_its_button_goes_on(desktop: Desktop, large: np.ndarray) -> None:
    desktop.open("restore", large)
    desktop.until_found()
    seen = desktop.marks.mask()
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.desk.engine.is_busy("run"))
    os.kill(desktop.desk.engine.process_id, signal.SIGKILL)
    desktop.until(lambda: desktop.message == "crashed")
    assert "photo and mask are unharmed" in desktop.window.message.text.text()
    assert np.array_equal(desktop.marks.mask(), seen)
    desktop.window.message.press(0)
    desktop.until(lambda: desktop.host.results)
    assert np.array_equal(desktop.result("mask"), seen)


def test_an_engine_killed_as_it_looks_for_damage_leaves_nothing_looked_for(desktop: Desktop, large: np.ndarray) -> None:
    desktop.open("detect", large)
    engine, line = desktop.desk.engine, desktop.window.panel.mask_state.text
    desktop.until(lambda: engine.is_busy("detect") and engine.greeted and not engine.is_busy("models"))
    assert line.text() == "Mask: damage is being looked for"
    os.kill(engine.process_id, signal.SIGKILL)
    desktop.until(lambda: desktop.message == "crashed")
    assert line.text() == "Mask: nothing is marked"
    desktop.window.message.press(0)
    desktop.until(lambda: "defects" in line.text())


def test_a_model_that_is_not_there_is_said(desktop: Desktop) -> None:
    desktop.values.set("repair-model", "gone")
    desktop.open("repair")
    desktop.until(lambda: desktop.message == "no-model")
    assert "“gone”" in desktop.window.message.text.text()
    desktop.values.set("repair-model", "telea")
    desktop.until(lambda: not desktop.message)


def test_what_the_engine_refuses_is_said_in_its_own_sentence(desktop: Desktop) -> None:
    desktop.open("repair")
    desktop.stroke((0.4, 0.5), (0.6, 0.5))
    (desktop.folder / "photo.npy").unlink()
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.message == "failed")
    assert "photo.npy" in desktop.window.message.text.text()
    assert desktop.marks.mask().any() and desktop.window.buttons.accept.isEnabled()


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("memory", "There was not enough memory for this photo. Close other programs and press Repair again; "),
        ("disk", "The disk is full. Free some space and press Repair again; "),
    ],
)
def test_what_ran_out_is_said_and_the_mask_is_kept(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch, kind: str, sentence: str
) -> None:
    desktop.open("repair")
    desktop.stroke((0.4, 0.5), (0.6, 0.5))
    seen, ask = desktop.marks.mask(), Engine.ask

    def refuses(self: Engine, lane: str, message: Any, answered: Any, *more: Any) -> None:
        if lane == "run":
            answered(Answer("failed", text="It did not suffice.", cause=kind))
        else:
            ask(self, lane, message, answered, *more)

    monkeypatch.setattr(Engine, "ask", refuses)
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.message == kind)
    assert desktop.window.message.text.text() == sentence + "the mask is kept."
    assert np.array_equal(desktop.marks.mask(), seen)
    monkeypatch.undo()
    desktop.window.message.press(0)
    desktop.until(lambda: desktop.host.results)
    assert np.array_equal(desktop.result("mask"), seen)


def test_a_disk_that_is_full_in_the_window_itself_is_said_too(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    desktop.open("repair")
    desktop.stroke((0.4, 0.5), (0.6, 0.5))

    def full(*_given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(work, "_written", full)
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.message == "disk")
    assert not desktop.desk.work.running and desktop.window.buttons.accept.isEnabled()


def test_a_refused_result_shows_the_window_again_with_the_sentence(desktop: Desktop) -> None:
    desktop.open("repair")
    desktop.stroke((0.4, 0.5), (0.6, 0.5))
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.host.results)
    desktop.window.hide()
    desktop.desk.refused("The layer is locked.", ["layer"], lambda way: None)
    assert desktop.window.isVisible() and desktop.window.message.text.text() == "The layer is locked."
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: len(desktop.host.results) == 2)
