"""The window's keys, with the photo or another part of the window in focus."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PyQt6.QtCore import QPoint, Qt, QTimer
from PyQt6.QtGui import QColor
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QColorDialog, QLabel, QMenu, QToolButton
from windows import Desktop, clean

from qt_dialogs.accesskeys import letter_of
from qt_dialogs.looks import BLUE

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def shown(desktop: Desktop) -> Desktop:
    """An open window with the photo in focus and nothing to compute."""
    scratched = clean()
    scratched[148:152] = 255
    desktop.open("repair", scratched)
    desktop.canvas.setFocus()
    return desktop


@pytest.mark.parametrize(
    ("typed", "scale"),
    [("1", 1), ("2", 2), ("3", 4), ("4", 8), ("5", 16), ("@", 0.5), ("#", 0.25), ("$", 0.125), ("%", 0.0625)],
)
def test_digits_zoom_as_in_gimp(shown: Desktop, typed: str, scale: float) -> None:
    shown.type(typed)
    assert shown.canvas.scale == pytest.approx(scale)
    said = shown.window.viewbar.scale.currentText()
    assert float(said.replace(",", "").rstrip(" %")) == pytest.approx(100 * scale, abs=0.05)


def test_plus_minus_and_fit(shown: Desktop) -> None:
    fitted = shown.canvas.scale
    shown.type("+")
    larger = shown.canvas.scale
    assert larger > fitted
    shown.type("--")
    assert shown.canvas.scale < larger
    shown.key(Qt.Key.Key_J, CTRL | SHIFT)
    assert shown.canvas.scale == pytest.approx(fitted)


def test_brush_keys(shown: Desktop) -> None:
    rail = shown.window.tools
    shown.key(Qt.Key.Key_E, SHIFT)
    assert (rail.tool, shown.canvas.tool) == ("eraser", "eraser")
    shown.type("x")
    assert (rail.tool, shown.canvas.tool) == ("brush", "brush")
    shown.type("xp")
    assert shown.canvas.tool == "brush"
    size = shown.canvas.brush
    for typed, check in (
        ("]", lambda: shown.canvas.brush > size),
        ("[", lambda: abs(shown.canvas.brush - size) <= 1),
        ("}", lambda: shown.canvas.brush >= 1.9 * size),
        ("\\", lambda: shown.canvas.brush == size),
        ("{", lambda: shown.canvas.brush == size / 2),
    ):
        shown.type(typed)
        assert check(), typed
        assert rail.size_box.value() == round(shown.canvas.brush)
    shown.type("[" * 60)
    assert shown.canvas.brush == 1
    shown.type("]")
    assert shown.canvas.brush == 2, "a key changes the size by a pixel at least"


@pytest.mark.parametrize(("typed", "tool"), [("l", "line"), ("i", "trace"), ("f", "lasso")])
def test_letters_and_the_rail_choose_the_tools_of_the_mask(shown: Desktop, typed: str, tool: str) -> None:
    rail = shown.window.tools
    shown.type(typed)
    assert (rail.tool, shown.canvas.tool) == (tool, tool)
    shown.type("p")
    button = next(button for button in rail.findChildren(QToolButton) if f"({typed.upper()})" in button.toolTip())
    shown.click(button)
    assert (rail.tool, shown.canvas.tool) == (tool, tool)
    assert button.accessibleName() == button.toolTip() and not button.icon().isNull()
    shown.type("x")
    assert shown.canvas.tool == "eraser"


def test_dabs_of_colour_have_no_tools_of_the_mask(shown: Desktop) -> None:
    rail = shown.window.tools
    shown.type("f")
    shown.desk.turn_to("colorize")
    assert (rail.tool, shown.canvas.tool) == ("brush", "brush")
    shown.type("lif")
    assert (rail.tool, shown.canvas.tool) == ("brush", "brush")
    tips = [button.toolTip() for button in rail.findChildren(QToolButton) if button.isVisible()]
    assert len(tips) == 5 and not any(tip.endswith(("(L)", "(I)", "(F)")) for tip in tips)
    shown.desk.turn_to("detect")
    shown.type("l")
    assert shown.canvas.tool == "line"


def test_enter_and_escape_belong_to_an_open_lasso_first(shown: Desktop) -> None:
    shown.type("f")
    for place in ((0.3, 0.3), (0.6, 0.3), (0.6, 0.6)):
        shown.stroke(place)
    shown.key(Qt.Key.Key_Return)
    assert not shown.desk.work.running and shown.window.viewbar.undo.toolTip().startswith("Undo Lasso")
    assert (shown.marks.hand.plane == 1).any()
    shown.stroke((0.3, 0.3))
    shown.key(Qt.Key.Key_Escape)
    assert shown.window.isVisible() and shown.host.leavings == 0 and not shown.message
    shown.key(Qt.Key.Key_Escape)
    assert shown.message == "keep-mask", "nothing was being drawn any more"


def test_a_traced_line_gets_another_width_and_a_click_beside_says_so(shown: Desktop) -> None:
    shown.type("i")
    size = shown.canvas.brush
    shown.stroke((0.5, 0.5))
    shown.until(lambda: shown.marks.hand.can_undo)
    own = (shown.marks.hand.plane[:, 200] == 1).sum()
    assert 4 <= own <= 7 and shown.window.viewbar.undo.toolTip().startswith("Undo Trace")
    shown.type("}")
    shown.until(lambda: (shown.marks.hand.plane[:, 200] == 1).sum() in (2 * own - 1, 2 * own, 2 * own + 1))
    shown.type("\\")
    shown.until(lambda: (shown.marks.hand.plane[:, 200] == 1).sum() == own)
    assert shown.canvas.brush == size
    shown.key(Qt.Key.Key_Z, CTRL)
    assert not shown.marks.hand.can_undo and shown.marks.hand.empty
    shown.type("]")
    assert shown.canvas.brush > size, "there is no traced line any more"
    shown.stroke((0.5, 0.2))
    shown.until(lambda: shown.message == "no-trace")
    assert shown.marks.hand.empty
    shown.stroke((0.5, 0.5))
    shown.until(lambda: shown.marks.hand.can_undo)
    assert not shown.message


def test_a_line_is_drawn_without_a_mouse(shown: Desktop) -> None:
    """The way of docs and help: zoom, go there, line, Insert, go on, Insert; undo, another one, accept."""
    shown.type("3")
    assert shown.canvas.scale == 4.0
    for _press in range(9):
        shown.key(Qt.Key.Key_Down)
    shown.type("l")
    shown.key(Qt.Key.Key_Insert)
    for _press in range(24):
        shown.key(Qt.Key.Key_Right)
    assert shown.marks.hand.empty
    shown.key(Qt.Key.Key_Insert)
    assert shown.marks.hand.plane[152, 200:206].all() and shown.window.viewbar.undo.toolTip().startswith("Undo Line")
    assert shown.canvas.accessibleDescription().endswith("cross-hair at x 206, y 152, done: Line")
    shown.key(Qt.Key.Key_Z, CTRL)
    assert shown.marks.hand.empty
    shown.key(Qt.Key.Key_Insert)
    shown.key(Qt.Key.Key_Escape)
    shown.key(Qt.Key.Key_Insert)
    assert shown.marks.hand.empty, "Esc dropped the line, a new one begins"
    assert shown.window.isVisible() and not shown.message


def test_alt_and_arrows_size_the_brush(shown: Desktop) -> None:
    size = shown.canvas.brush
    for key, check in (
        (Qt.Key.Key_Right, lambda: shown.canvas.brush > size),
        (Qt.Key.Key_Left, lambda: abs(shown.canvas.brush - size) <= 1),
        (Qt.Key.Key_Up, lambda: shown.canvas.brush >= 1.9 * size),
        (Qt.Key.Key_Down, lambda: abs(shown.canvas.brush - size) <= 1),
    ):
        shown.key(key, Qt.KeyboardModifier.AltModifier)
        assert check(), key


def test_control_and_tab_leave_the_photo(shown: Desktop) -> None:
    shown.key(Qt.Key.Key_Tab, CTRL)
    focus = shown.window.focusWidget()
    assert focus is not None and shown.window.panel.isAncestorOf(focus)
    shown.key(Qt.Key.Key_Backtab, CTRL | SHIFT)
    assert shown.window.focusWidget() is shown.canvas


def test_the_brush_s_size_is_set_in_the_rail_too(shown: Desktop) -> None:
    box = shown.window.tools.size_box
    box.setFocus()
    box.selectAll()
    shown.type("77")
    shown.key(Qt.Key.Key_Return)
    assert shown.canvas.brush == 77 and not shown.host.results and not shown.desk.work.running


def test_overlay_and_compare(shown: Desktop) -> None:
    bar = shown.window.viewbar
    before = bar.overlay.isChecked()
    shown.key(Qt.Key.Key_Q, SHIFT)
    assert bar.overlay.isChecked() != before
    for mode in ("split", "side", "result"):
        shown.type("j")
        assert (bar.mode, shown.canvas.mode) == (mode, mode)


def test_v_shows_the_photo_as_it_was_while_it_is_held(shown: Desktop) -> None:
    shown.stroke((0.4, 0.5), (0.6, 0.5))
    after = shown.canvas.grab().toImage()

    def shows_the_photo_as_it_was() -> bool:
        nonlocal after
        after = shown.canvas.grab().toImage()
        QTest.keyPress(shown.canvas, Qt.Key.Key_V)
        before = shown.canvas.grab().toImage()
        QTest.keyRelease(shown.canvas, Qt.Key.Key_V)
        return before != after

    shown.until(shows_the_photo_as_it_was)
    assert shown.canvas.grab().toImage() == after


@pytest.mark.parametrize("typed", list("abcdghkmnqrstwyz"))
def test_letters_of_tools_that_are_not_here_stay_dead(shown: Desktop, typed: str) -> None:
    state = (shown.canvas.tool, shown.canvas.scale, shown.canvas.brush, shown.canvas.mode, shown.window.panel.page)
    shown.type(typed)
    now = (shown.canvas.tool, shown.canvas.scale, shown.canvas.brush, shown.canvas.mode, shown.window.panel.page)
    assert now == state and shown.window.isVisible()


def test_letters_work_only_while_the_photo_has_the_focus(shown: Desktop) -> None:
    shown.window.panel.chooser.setFocus()
    scale = shown.canvas.scale
    QTest.keyClicks(shown.window.panel.chooser, "5xj")
    assert (shown.canvas.scale, shown.canvas.tool, shown.canvas.mode) == (scale, "brush", "result")


def test_pages_turn_in_a_circle_and_lose_nothing(shown: Desktop) -> None:
    shown.stroke((0.4, 0.5), (0.6, 0.5))
    hand = shown.marks.hand.plane.copy()
    seen = []
    for _turn in range(5):
        shown.key(Qt.Key.Key_PageDown, CTRL)
        seen.append((shown.window.panel.page, shown.window.buttons.accept.text().replace("&", "")))
    assert seen == [
        ("enhance", "Enhance"),
        ("colorize", "Colorize"),
        ("restore", "Restore"),
        ("detect", "Add Mask"),
        ("repair", "Repair"),
    ]
    shown.key(Qt.Key.Key_PageUp, CTRL)
    assert shown.window.panel.page == "detect"
    assert (shown.marks.hand.plane == hand).all()


def test_panel_and_help(shown: Desktop) -> None:
    shown.key(Qt.Key.Key_F9)
    assert not shown.window.panel.isVisible()
    shown.key(Qt.Key.Key_F9)
    assert shown.window.panel.isVisible()
    shown.canvas.setFocus()
    shown.key(Qt.Key.Key_F1)
    from PyQt6.QtWidgets import QDialog

    help_page = shown.window.findChild(QDialog, "help")
    assert help_page is not None and help_page.isVisible()
    help_page.close()


def test_f6_goes_through_the_regions_and_back(shown: Desktop) -> None:
    regions = []
    for _press in range(5):
        shown.key(Qt.Key.Key_F6)
        focus = shown.window.focusWidget()
        regions.append(
            next(
                region.objectName()
                for region in (
                    shown.window.panel,
                    shown.window.buttons,
                    shown.window.viewbar,
                    shown.window.tools,
                    shown.canvas,
                )
                if region is focus or region.isAncestorOf(focus)
            )
        )
    assert regions == ["panel", "buttons", "viewbar", "tools", "canvas"]
    shown.key(Qt.Key.Key_F6, SHIFT)
    assert shown.window.tools.isAncestorOf(shown.window.focusWidget())


def test_enter_on_the_photo_accepts_and_control_enter_from_anywhere(shown: Desktop) -> None:
    shown.stroke((0.4, 0.5), (0.6, 0.5))
    shown.canvas.setFocus()
    shown.key(Qt.Key.Key_Return)
    shown.until(lambda: len(shown.host.results) == 1)
    shown.window.panel.current.controls["repair-grow"].findChild(type(shown.window.tools.size_box))
    shown.window.viewbar.undo.setFocus()
    shown.key(Qt.Key.Key_Return, CTRL)
    shown.until(lambda: len(shown.host.results) == 2)


def test_the_page_enhance_is_gone_through_by_tab_and_its_letters(desktop: Desktop, enhances: None) -> None:
    desktop.open("enhance", clean())
    window = desktop.window
    window.panel.chooser.setFocus()
    seen = []
    for _press in range(19):
        desktop.key(Qt.Key.Key_Tab)
        focus = window.focusWidget()
        seen.append(focus.objectName() or focus.text().replace("&", ""))
    sliders = ("strength", "noise", "fading", "sharpness", "keep-detail", "keep-grain")
    wanted = ["model", "about-model", *(part for name in sliders for part in (name, f"{name}-slider"))]
    assert seen == [*wanted, "Advanced", "Help", "output", "cancel", "accept"]
    labels = {name: window.panel.current.controls[f"enhance-{name}"].label.text() for name in sliders}
    for name, label in labels.items():
        window.panel.chooser.setFocus()
        letter = getattr(Qt.Key, f"Key_{label[label.index('&') + 1].upper()}")
        QTest.keyClick(window.windowHandle(), letter, Qt.KeyboardModifier.AltModifier)
        assert window.focusWidget().objectName() == name
    desktop.canvas.setFocus()
    for key, region in (
        (Qt.Key.Key_F6, window.panel),
        (Qt.Key.Key_F6, window.buttons),
        (Qt.Key.Key_F6, window.viewbar),
    ):
        desktop.key(key)
        assert region.isAncestorOf(window.focusWidget())
    desktop.key(Qt.Key.Key_F6)
    assert window.focusWidget() is desktop.canvas, "there is no rail"


def test_the_page_colorize_is_gone_through_by_tab_and_its_letters(desktop: Desktop, colorizes: None) -> None:
    desktop.open("colorize", clean())
    window, hints = desktop.window, desktop.window.panel.hint_state

    def stops() -> list[str]:
        window.panel.chooser.setFocus()
        seen: list[str] = []
        while "accept" not in seen:
            desktop.key(Qt.Key.Key_Tab)
            focus = window.focusWidget()
            name = focus.accessibleName() if focus in hints.swatches.values() else focus.objectName()
            seen.append(name or focus.text().replace("&", ""))
        return seen

    settings = ["model", "about-model", "saturation", "saturation-slider", "mute", "mute-slider", "Advanced"]
    rest = ["dab-size", "Help", "output", "cancel", "accept"]
    assert stops() == [*settings, "hint", "Skin, light", *rest], "nothing to clear, one stop for all colours"
    desktop.click(hints.swatches["Sky"])
    desktop.stroke((0.5, 0.5))
    assert stops() == [*settings, "hint", "Sky", "dab-size", "clear-hints", *rest[1:]]
    hints.set_colour((1, 2, 3))
    assert stops()[7:10] == ["hint", "Skin, fair", "dab-size"], "still one"
    for button in (hints.pick_button, hints.clear_button):
        assert "&" in button.text()
    label = next(label for label in hints.findChildren(QLabel) if label.buddy() is hints.size_box)
    letter = getattr(Qt.Key, f"Key_{label.text()[label.text().index('&') + 1].upper()}")
    QTest.keyClick(window.windowHandle(), letter, Qt.KeyboardModifier.AltModifier)
    assert window.focusWidget() is hints.size_box


def test_tab_goes_through_the_panel_from_top_to_bottom_and_then_through_the_buttons(shown: Desktop) -> None:
    window = shown.window
    shown.stroke((0.4, 0.5), (0.6, 0.5))
    window.panel.chooser.setFocus()
    seen = []
    for _press in range(16):
        shown.key(Qt.Key.Key_Tab)
        focus = window.focusWidget()
        seen.append(focus.objectName() or focus.text().replace("&", ""))
    assert seen[:7] == ["model", "about-model", "grow", "grow-slider", "feather", "feather-slider", "grain"]
    assert seen[7:9] == ["grain-slider", "Advanced"]
    assert seen[9:15] == ["Find Damage", "Clear Hand Edits", "Help", "output", "cancel", "accept"]


def test_the_damage_view_has_a_slider_of_its_own(shown: Desktop) -> None:
    bar = shown.window.viewbar
    assert bar.opacity.isVisible() and not bar.contrast.isVisible()
    shown.key(Qt.Key.Key_A, SHIFT)
    assert shown.canvas.look.damage and bar.damage.isChecked()
    assert bar.contrast.isVisible() and not bar.opacity.isVisible()
    bar.contrast.setValue(80)
    assert shown.canvas.look.contrast == 0.8
    bar.damage.trigger()
    assert not shown.canvas.look.damage and bar.opacity.isVisible()
    shown.desk.turn_to("enhance")
    shown.key(Qt.Key.Key_A, SHIFT)
    assert shown.canvas.look.damage, "on every page"


def test_how_marks_are_shown_is_remembered(shown: Desktop) -> None:
    bar = shown.window.viewbar
    for style in ("outline", "alone"):
        bar.styles[style].trigger()
        assert shown.canvas.look.style == style
    assert shown.window.grid.isChecked()
    shown.window.grid.trigger()
    assert not shown.canvas.look.grid
    shown.key(Qt.Key.Key_A, SHIFT)
    shown.desk.remember()
    shown.close()
    shown.open("repair", clean())
    look = shown.canvas.look
    assert (look.style, look.grid, look.damage) == ("alone", False, False)
    assert shown.window.viewbar.styles["alone"].isChecked() and not shown.window.grid.isChecked()


def in_menu(do: Callable[[QMenu], None]) -> None:
    """Do this with the menu that opens in a moment, then close it."""

    def done() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        do(menu)
        menu.close()

    QTimer.singleShot(50, done)


def colour_dialog(shown: Desktop) -> QColorDialog:
    return next(dialog for dialog in shown.window.findChildren(QColorDialog) if dialog.isVisible())


def test_what_was_found_gets_another_colour_by_keyboard(shown: Desktop) -> None:
    bar = shown.window.viewbar
    bar.overlay.setFocus()
    in_menu(lambda menu: QTest.keyClick(menu, Qt.Key.Key_C))
    shown.key(Qt.Key.Key_Down)
    dialog = colour_dialog(shown)
    assert dialog.currentColor().getRgb()[:3] == BLUE
    dialog.setCurrentColor(QColor(200, 0, 100))
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert shown.canvas.look.colour == (200, 0, 100) and bar.own_colour.isChecked()
    shown.desk.remember()
    shown.close()
    shown.open("repair", clean())
    bar = shown.window.viewbar
    assert shown.canvas.look.colour == (200, 0, 100) and bar.own_colour.isChecked()
    bar.overlay.setFocus()
    in_menu(lambda menu: QTest.keyClick(menu, Qt.Key(ord(letter_of(bar.usual_colour.text()).upper()))))
    shown.key(Qt.Key.Key_Down)
    assert shown.canvas.look.colour is None and bar.usual_colour.isChecked()


def test_a_colour_that_is_not_taken_changes_nothing(shown: Desktop) -> None:
    bar = shown.window.viewbar

    def click(menu: QMenu) -> None:
        QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(bar.own_colour).center())

    in_menu(click)
    QTest.mouseClick(bar.overlay, Qt.MouseButton.LeftButton, pos=bar.overlay.rect().center() + QPoint(20, 0))
    dialog = colour_dialog(shown)
    dialog.setCurrentColor(QColor(1, 2, 3))
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert shown.canvas.look.colour is None and bar.usual_colour.isChecked() and not bar.own_colour.isChecked()


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_the_wheel_scrolls_where_that_is_wanted(shown: Desktop, by: str) -> None:
    window = shown.window
    more = next(button for button in window.viewbar.findChildren(QToolButton) if button.menu() is window.menu)
    assert not shown.canvas.wheel_scrolls
    if by == "keyboard":
        more.setFocus()
        in_menu(lambda menu: QTest.keyClick(menu, Qt.Key.Key_W))
        shown.key(Qt.Key.Key_Space)
    else:
        at = window.menu.actionGeometry(window.wheel).center()
        in_menu(lambda menu: QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=at))
        shown.click(more)
    assert shown.canvas.wheel_scrolls and window.wheel.isChecked()
    shown.desk.remember()
    shown.close()
    shown.open("repair", clean())
    assert shown.canvas.wheel_scrolls and shown.window.wheel.isChecked()


def test_entries_of_menus_have_letters_of_their_own_and_tips(shown: Desktop) -> None:
    window = shown.window
    for menu in [window.menu, window.viewbar.overlay.menu(), *window.menu.findChildren(QMenu)]:
        entries = [action for action in menu.actions() if not action.isSeparator()]
        letters = [letter_of(action.text()).lower() for action in entries]
        assert all(letters) and len(set(letters)) == len(letters), [action.text() for action in entries]
    assert window.menu.toolTipsVisible()
    for switch in (window.grid, window.wheel, window.viewbar.own_colour, window.viewbar.damage):
        plain = switch.text().replace("&", "")
        assert switch.toolTip() not in ("", plain, plain.rstrip("…")) and len(switch.toolTip()) <= 100


def test_who_looks_at_pixels_does_so_the_next_time(shown: Desktop) -> None:
    for typed, scale in (("1", 1.0), ("2", None)):
        shown.type(typed)
        shown.desk.remember()
        shown.close()
        shown.open("repair", clean(1500, 2000))
        assert (shown.canvas.scale == 1.0) == (scale == 1.0) and shown.canvas.actual == (scale == 1.0)
        assert shown.canvas.scale == scale or shown.canvas.visible_box() == shown.marks.box
        shown.canvas.setFocus()


def test_the_mask_can_be_as_faint_as_nothing(shown: Desktop) -> None:
    slider = shown.window.viewbar.opacity
    slider.setFocus()
    shown.key(Qt.Key.Key_Home)
    assert slider.value() == 0 == shown.canvas._opacity


def test_the_zoom_before_and_the_middle(shown: Desktop) -> None:
    fitted = shown.canvas.view
    shown.type("4")
    shown.canvas.centre_on(20, 30)
    closer = shown.canvas.view
    shown.type("`")
    assert shown.canvas.view == fitted
    shown.type("`")
    assert shown.canvas.view == closer
    shown.key(Qt.Key.Key_J, SHIFT)
    assert (shown.canvas.view.x, shown.canvas.view.y) == (200, 150) and shown.canvas.scale == closer.scale


def test_the_divider_is_reached_and_moved_by_keys(shown: Desktop) -> None:
    shown.type("j")
    assert shown.canvas.mode == "split"
    for _press in range(40):
        shown.key(Qt.Key.Key_Backtab, SHIFT)
        if shown.window.focusWidget() is shown.canvas._handle:
            break
    assert shown.window.focusWidget() is shown.canvas._handle
    shown.key(Qt.Key.Key_PageUp)
    assert shown.canvas.divider == pytest.approx(0.4)
    shown.type("3")
    assert shown.canvas.scale == 4.0, "letters and digits are still for the photo"
