"""The page Enhance: its preview follows what is seen, and its run changes the whole photo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from windows import Asked, Desktop, clean, large, picture, sample, settled

import soft_engine
from core.photo import Box
from core.tools import ENHANCE
from qt_dialogs import engine
from qt_dialogs.controls import NumberControl
from qt_dialogs.pages.enhance import EnhancePage
from qt_dialogs.view import View

CTRL = Qt.KeyboardModifier.ControlModifier


def until_enhanced(desktop: Desktop) -> None:
    """Until all that is seen is enhanced with the settings of now."""
    desktop.until(lambda: desktop.canvas.has_result and settled(desktop))


def slider(desktop: Desktop, name: str) -> NumberControl:
    control = desktop.window.panel.current.controls[f"enhance-{name}"]
    assert isinstance(control, NumberControl)
    return control


# the page


def test_the_page_has_no_mask_and_nothing_to_paint_with(desktop: Desktop, enhances: None) -> None:
    desktop.open("enhance")
    window = desktop.window
    assert window.windowTitle() == "Enhance Photo – scan.tif: Background"
    assert window.buttons.accept.text().replace("&", "") == "Enhance"
    assert not window.tools.isVisible() and not window.panel.mask_state.isVisible()
    assert not window.viewbar.overlay.isEnabled() and not desktop.desk.work.busy
    desktop.canvas.setFocus()
    before = desktop.canvas.visible_box()
    desktop.type("2pQ")
    desktop.stroke((0.5, 0.5), (0.3, 0.3))
    assert desktop.marks.hand.empty and desktop.canvas.visible_box() != before, "a drag moves the photo"
    desktop.key(Qt.Key.Key_PageUp, CTRL)
    assert window.panel.page == "repair" and window.tools.isVisible() and window.panel.mask_state.isVisible()
    assert window.viewbar.overlay.isEnabled() and desktop.canvas.tool == "brush"
    desktop.stroke((0.4, 0.5), (0.6, 0.5))
    assert window.viewbar.undo.isEnabled()
    desktop.key(Qt.Key.Key_PageDown, CTRL)
    assert not window.viewbar.undo.isEnabled() and not desktop.canvas.grab().isNull()
    desktop.key(Qt.Key.Key_Z, CTRL)
    assert not desktop.marks.hand.empty, "what is not seen is not undone"


def test_sliders_and_fields_go_to_twice_as_much(desktop: Desktop, enhances: None) -> None:
    desktop.open("enhance")
    control = slider(desktop, "fading")
    assert (control.box.text(), control.slider.value()) == ("100 %", 500)
    control.slider.setFocus()
    desktop.key(Qt.Key.Key_End)
    assert desktop.values["enhance-fading"] == 2.0 and control.box.text() == "200 %"
    control.box.setFocus()
    control.box.selectAll()
    desktop.type("35")
    desktop.key(Qt.Key.Key_Return)
    assert desktop.values["enhance-fading"] == pytest.approx(0.35) and not desktop.desk.work.running
    QTest.mouseDClick(control.label, Qt.MouseButton.LeftButton)
    assert desktop.values["enhance-fading"] == 1.0 and control.slider.value() == 500


def test_what_was_found_stands_below_the_model(desktop: Desktop, enhances: None) -> None:
    desktop.open("enhance")
    page = desktop.window.panel.current
    assert isinstance(page, EnhancePage) and page.found.text() == "Found: not measured yet"
    desktop.until(lambda: page.found.text() == "Found: noise 100 %, blur 100 %, fading 100 %")
    assert not desktop.message
    desktop.values.set("enhance-decoder", "y")
    assert page.found.text() == "Found: not measured yet"
    desktop.until(lambda: "100 %" in page.found.text())


def test_a_photo_that_needs_nothing_is_said_once(desktop: Desktop, asked: Asked, monkeypatch: Any) -> None:
    monkeypatch.setattr(engine, "COMMAND", soft_engine.command("NEVER"))
    desktop.open("enhance")
    desktop.until(lambda: desktop.message == "no-need")
    assert desktop.window.message.text.text().startswith("Noise, blur and fading were not found in this photo.")
    until_enhanced(desktop)
    desktop.window.message.take_back("no-need")  # as its cross does
    desktop.canvas.zoom_to(3.0)
    until_enhanced(desktop)
    assert not desktop.message
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.message == "no-need")
    assert not desktop.host.results, "the same photo once more is no result"
    slider(desktop, "noise").slider.setValue(800)
    desktop.until(lambda: not desktop.message)
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.host.results)


# the preview


@pytest.mark.parametrize(
    ("zoom", "step"), [(1 / 64, 64), (0.1, 10), (0.19, 5), (0.25, 4), (1 / 3, 3), (0.51, 1), (1, 1), (8, 1)]
)
def test_a_step_is_as_many_pixels_as_lie_in_one_of_the_screen(zoom: float, step: int) -> None:
    assert View(4000, 3000, 800, 600, zoom).step == step


def test_zoomed_out_the_reduced_photo_is_asked_for_and_said_to_be_so(desktop: Desktop, asked: Asked) -> None:
    desktop.open("enhance", large())
    until_enhanced(desktop)
    canvas = desktop.canvas
    assert canvas.step == 2 and len(asked) == 1
    request = asked[0]
    assert (request["tool"], request["want"], request["scale"]) == ("enhance", ["enhanced"], 2)
    assert request["region"] == [0, 0, 1900, 1300], "all of the photo is seen"
    given = {p.name: p.default for p in ENHANCE.parameters if not p.placing}
    assert request["settings"] == given
    desktop.until(lambda: desktop.window.photo.badge.text().startswith("Reduced preview"))
    assert desktop.window.photo.badge.isVisible()


def test_at_full_size_what_is_seen_and_a_margin_is_asked_for(desktop: Desktop, asked: Asked) -> None:
    desktop.open("enhance", large())
    desktop.canvas.setFocus()
    desktop.type("1")
    until_enhanced(desktop)
    visible, request = desktop.canvas.visible_box(), asked[-1]
    assert request["scale"] == 1 and Box(*request["region"]) == visible.grown(48, 1300, 1900)
    assert desktop.window.photo.badge.isHidden(), "it is the real thing"


def test_regions_begin_at_multiples_of_the_step(desktop: Desktop, asked: Asked) -> None:
    desktop.open("enhance", np.tile(large(), (2, 2, 1)))
    desktop.canvas.zoom_to(0.3)
    desktop.canvas.pan(37, 11)
    until_enhanced(desktop)
    left, top, right, bottom = asked[-1]["region"]
    assert asked[-1]["scale"] == 3 and left % 3 == top % 3 == 0
    visible = desktop.canvas.visible_box()
    assert left <= visible.left and top <= visible.top and right >= visible.right and bottom >= visible.bottom


def test_what_is_shown_is_what_the_run_makes(desktop: Desktop, asked: Asked) -> None:
    desktop.open("enhance", large())
    desktop.canvas.zoom_to(1.0)
    until_enhanced(desktop)
    desktop.until(lambda: desktop.window.photo.badge.isHidden())
    shown, box = picture(desktop), desktop.canvas.visible_box()
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.host.results)
    made = desktop.result("enhanced")[box.rows, box.columns]
    assert np.array_equal(shown[4:-4, 4:-4], made[4 : shown.shape[0] - 4, 4 : shown.shape[1] - 4])
    assert not np.array_equal(made, large()[box.rows, box.columns])


def test_split_shows_the_photo_on_the_left_and_v_all_of_it(desktop: Desktop, asked: Asked) -> None:
    desktop.open("enhance", large())
    desktop.canvas.zoom_to(1.0)
    until_enhanced(desktop)
    desktop.canvas.setFocus()
    desktop.type("j")
    seen, box = picture(desktop), desktop.canvas.visible_box()
    photo = large()[box.rows, box.columns]
    width = seen.shape[1]
    assert np.array_equal(seen[60:300, 4 : width // 2 - 90], photo[60:300, 4 : width // 2 - 90])
    assert not np.array_equal(seen[60:300, width // 2 + 90 : -4], photo[60:300, width // 2 + 90 : width - 4])
    QTest.keyPress(desktop.canvas, Qt.Key.Key_V)
    seen = picture(desktop)
    QTest.keyRelease(desktop.canvas, Qt.Key.Key_V)
    assert np.array_equal(seen[60:300, 4:-4], photo[60:300, 4 : width - 4])


def test_what_was_computed_is_used_again(desktop: Desktop, asked: Asked) -> None:
    desktop.open("enhance", large())
    until_enhanced(desktop)
    desktop.canvas.zoom_to(1.0)
    until_enhanced(desktop)
    assert len(asked) == 2
    desktop.canvas.pan(20, 20)
    assert settled(desktop), "the margin"
    desktop.canvas.fit()
    assert settled(desktop)
    QTest.qWait(300)
    assert len(asked) == 2
    desktop.until(lambda: desktop.window.photo.badge.text().startswith("Reduced preview"))
    desktop.canvas.zoom_to(1.0)
    desktop.canvas.pan(400, 300)
    until_enhanced(desktop)
    assert len(asked) == 3


def test_the_newest_setting_wins_and_few_are_computed(desktop: Desktop, asked: Asked, monkeypatch: Any) -> None:
    monkeypatch.setattr(engine, "COMMAND", soft_engine.command(pause=0.003))
    desktop.open("enhance", large())
    until_enhanced(desktop)
    before, shown = len(asked), []
    desktop.desk.work.partPreviewed.connect(lambda *_given: shown.append(asked[-1]["settings"]["noise"]))
    control = slider(desktop, "noise")
    for move in range(20):
        control.slider.setValue(500 + 20 * (move + 1))
        QTest.qWait(40)
    until_enhanced(desktop)
    assert asked[-1]["settings"]["noise"] == pytest.approx(1.8)
    assert len(asked) - before <= 3 and shown == sorted(shown) and shown[-1] == pytest.approx(1.8)


def test_a_slow_engine_is_not_killed_by_a_moving_slider(desktop: Desktop, asked: Asked, monkeypatch: Any) -> None:
    monkeypatch.setattr(engine, "COMMAND", soft_engine.command(pause=1.3))
    desktop.open("enhance", clean(60, 60))
    until_enhanced(desktop)
    process = desktop.desk.engine.process_id
    for noise in (0.3, 0.6):
        desktop.values.set("enhance-noise", noise)
        QTest.qWait(300)
    until_enhanced(desktop)
    assert desktop.desk.engine.process_id == process


def test_after_something_more_urgent_the_preview_is_taken_up_again(desktop: Desktop, asked: Asked) -> None:
    desktop.open("enhance", large())
    work = desktop.desk.engine
    desktop.until(lambda: work._flying is not None and work._flying.lane == "preview")
    desktop.desk.work.ask_models()
    until_enhanced(desktop)
    assert len(asked) == 2


def test_a_missing_model_is_said_and_nothing_is_asked_for(desktop: Desktop, asked: Asked) -> None:
    desktop.values.set("enhance-model", "gone")
    desktop.open("repair")
    desktop.until(lambda: desktop.desk.chosen_models.known)
    assert not desktop.message, "no concern of this page"
    desktop.desk.turn_to("enhance")
    desktop.until(lambda: desktop.message == "no-model")
    assert "“gone”" in desktop.window.message.text.text()
    desktop.values.set("enhance-model", "default")
    until_enhanced(desktop)
    assert not desktop.message and {request["settings"]["model"] for request in asked} == {"default"}


def test_a_damaged_model_is_said_once_and_the_preview_is_out_of_date(
    desktop: Desktop, asked: Asked, data_folder: Path
) -> None:
    models = data_folder / "models"
    soft_engine.enhancers.install(
        models, architecture="enhance-split", file="enhance-default.safetensors", sha256="0" * 64
    )
    (models / "enhance-default.safetensors").write_bytes(b"damaged")
    desktop.open("enhance")
    desktop.until(lambda: desktop.message == "failed")
    assert "default are missing or damaged" in desktop.window.message.text.text()
    assert desktop.window.photo.badge.text() == "Out of date"
    desktop.canvas.zoom_to(2.0)
    QTest.qWait(400)
    assert len(asked) == 1
    desktop.values.set("enhance-noise", 0.2)
    desktop.until(lambda: len(asked) == 2)


def test_the_window_never_stands_still(desktop: Desktop, asked: Asked) -> None:
    desktop.open("enhance", np.tile(large(), (2, 2, 1)))
    until_enhanced(desktop)
    desktop.canvas.setFocus()
    import time

    longest, last = 0.0, time.monotonic()
    for turn in range(60):
        if turn % 10 == 0:
            desktop.values.set("enhance-strength", 0.4 + 0.01 * turn)
        if turn % 15 == 0:
            desktop.canvas.zoom_to((1.0, 0.3, 2.0, 0.5)[turn // 15], QPointF(300, 200))
        QApplication.processEvents()
        now = time.monotonic()
        longest, last = max(longest, now - last), now
        time.sleep(0.005)
        last = time.monotonic()
    until_enhanced(desktop)
    assert longest < 0.5, "benchmark.py measures it well"


# the run


def test_a_new_layer_comes_back_alone(desktop: Desktop, asked: Asked) -> None:
    desktop.verbs = {"enhance": "Enhance"}
    desktop.open("enhance")
    desktop.key(Qt.Key.Key_Return, CTRL)
    desktop.until(lambda: desktop.host.results)
    tool, result = desktop.host.results[0]
    assert tool == "enhance" and set(result.files) == {"enhanced"}
    assert result.text == "Noise, blur and fading were reduced."
    assert result.facts["enhanced"] and "found" not in result.facts
    assert desktop.host.progressed and desktop.result("enhanced").shape == sample().shape


def test_in_place_the_whole_photo_comes_back(desktop: Desktop, asked: Asked) -> None:
    desktop.verbs = {"enhance": "Enhance"}
    desktop.values.set("output", "in-place")
    desktop.open("enhance")
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.host.results)
    assert set(desktop.host.results[0][1].files) == {"photo"}


def test_beside_pages_with_a_mask_the_hand_s_work_comes_too(desktop: Desktop, asked: Asked) -> None:
    desktop.open("repair")
    desktop.stroke((0.4, 0.5), (0.6, 0.5))
    painted = desktop.marks.mask()
    desktop.desk.turn_to("enhance")
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.host.results)
    assert set(desktop.host.results[0][1].files) == {"mask", "enhanced"}
    assert np.array_equal(desktop.result("mask"), painted)
    assert desktop.host.results[0][1].text == "Noise, blur and fading were reduced."


def test_stop_ends_the_run_and_the_preview_goes_on(desktop: Desktop, asked: Asked, monkeypatch: Any) -> None:
    monkeypatch.setattr(engine, "COMMAND", soft_engine.command(pause=0.005))
    desktop.open("enhance", np.tile(large(), (2, 2, 1)))
    until_enhanced(desktop)
    desktop.canvas.zoom_to(4.0)
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.window.progress.text.text().startswith("Enhancing"))
    assert not desktop.window.panel.current.isEnabled()
    desktop.click(desktop.window.progress.stop)
    desktop.until(lambda: not desktop.desk.work.running)
    assert desktop.window.progress.text.text() == "Stopped. Nothing was changed."
    until_enhanced(desktop)
    assert not desktop.host.results


def test_esc_leaves_at_once_where_there_is_no_mask(desktop: Desktop, enhances: None) -> None:
    desktop.verbs = {"enhance": "Enhance"}
    desktop.open("enhance")
    desktop.key(Qt.Key.Key_Escape)
    assert desktop.host.leavings == 1 and not desktop.message


# as a step of Restore


def enhance_box(desktop: Desktop) -> Any:
    return desktop.window.panel.current.steps["enhance"]  # type: ignore[attr-defined]


def test_restore_with_enhance_gives_mask_fill_and_enhanced(desktop: Desktop, asked: Asked) -> None:
    desktop.open("restore")
    desktop.until_found()
    box = enhance_box(desktop)
    assert not box.isChecked() and not desktop.window.photo.badge.text().startswith("Preview of")
    box.setFocus()
    desktop.key(Qt.Key.Key_Space)
    assert desktop.values["steps"] == "detect,repair,enhance"
    desktop.until(lambda: desktop.window.photo.badge.text() == "Preview of the repair, without Enhance")
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.host.results)
    tool, result = desktop.host.results[0]
    assert tool == "restore" and set(result.files) == {"mask", "fill", "enhanced"}
    assert result.facts["found"] > 0 and result.facts["repaired"] > 0 and result.facts["enhanced"]
    assert "defect" in result.text and result.text.endswith("Noise, blur and fading were reduced.")
    assert np.array_equal(desktop.result("mask"), desktop.marks.mask())
    assert all(request["tool"] == "repair" for request in asked)


def test_restore_with_enhance_alone_shows_and_makes_it(desktop: Desktop, asked: Asked) -> None:
    for step, on in (("enhance", True), ("repair", False), ("detect", False)):
        desktop.values.set_step(step, on)
    desktop.open("restore", large())
    until_enhanced(desktop)
    desktop.until(lambda: desktop.window.photo.badge.text().startswith("Reduced preview"))
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.host.results)
    assert desktop.host.results[0][1].files.keys() == {"mask", "enhanced"}


def test_restore_in_place_with_enhance_is_the_repaired_photo_enhanced(desktop: Desktop, asked: Asked) -> None:
    desktop.values.set("output", "in-place")
    desktop.values.set_step("enhance", True)
    desktop.open("restore")
    desktop.until_found()
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.host.results)
    assert set(desktop.host.results[0][1].files) == {"mask", "photo"}
    changed = (desktop.result("photo") != sample()).any(axis=2)
    assert changed.mean() > 0.5, "not in the mask alone"


def test_where_nothing_is_marked_restore_enhances_all_the_same(desktop: Desktop, asked: Asked) -> None:
    desktop.values.set_step("enhance", True)
    desktop.open("restore", clean())
    desktop.until(lambda: desktop.message == "none-found")
    desktop.click(desktop.window.buttons.accept)
    desktop.until(lambda: desktop.host.results)
    result = desktop.host.results[0][1]
    assert set(result.files) == {"mask", "enhanced"} and not desktop.result("mask").any()
    assert result.text.startswith("No damage was found.")
