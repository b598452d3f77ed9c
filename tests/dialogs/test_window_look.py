"""How the window looks: every page in two sizes, light and dark; nothing cut off. The pictures can be kept."""

from __future__ import annotations

import pytest
from looks import SIZES, Keep, cut_off, everything_said, is_seen_whole, unnamed
from PyQt6.QtCore import QPoint, QRect
from PyQt6.QtWidgets import QAbstractButton, QApplication, QWidget
from windows import VERBS, Desktop, clean

from core.translation import _
from qt_dialogs import messages
from qt_dialogs.help import show_help
from qt_dialogs.messages import Message
from qt_dialogs.pages.page import Section


@pytest.mark.parametrize("size", SIZES, ids=["usual", "small"])
@pytest.mark.parametrize("page", list(VERBS))
def test_nothing_is_cut_off_on_any_page(
    desktop: Desktop, keep: Keep, colorizes: None, page: str, size: tuple[int, int]
) -> None:
    is_seen_whole(desktop, page, size)
    keep(desktop.window, f"{page}-{size[0]}x{size[1]}")


@pytest.mark.parametrize("page", list(VERBS))
def test_nothing_is_cut_off_in_french(french: None, desktop: Desktop, keep: Keep, colorizes: None, page: str) -> None:
    desktop.verbs = {tool: _(verb) for tool, verb in VERBS.items()}
    is_seen_whole(desktop, page, SIZES[1])
    assert desktop.window.buttons.accept.text().replace("&", "") == desktop.verbs[page] != VERBS[page]
    keep(desktop.window, f"{page}-french")


def test_regions_are_where_they_belong(desktop: Desktop) -> None:
    desktop.open("repair", clean(), size=(1280, 800))
    window = desktop.window
    names = ("viewbar", "tools", "canvas", "panel", "progress", "buttons")
    found = {name: window.findChild(QWidget, name) for name in names}
    places = {name: QRect(w.mapTo(window, QPoint(0, 0)), w.size()) for name, w in found.items() if w}
    assert set(places) == set(names)
    assert [places[name].height() for name in ("viewbar", "progress", "buttons")] == [40, 32, 52]
    assert places["tools"].width() == 44 and 320 <= places["panel"].width() <= 520
    before = places["canvas"].width()
    window.resize(1500, 900)
    QApplication.processEvents()
    assert desktop.canvas.width() == before + 220, "the photo takes all extra space"


def test_the_panel_has_room_for_its_contents(desktop: Desktop) -> None:
    desktop.open("restore", clean(), size=(960, 640))
    panel = desktop.window.panel
    assert panel.width() >= max(page.minimumSizeHint().width() for page in panel.pages.values())


def test_a_dark_desktop_has_light_icons(desktop: Desktop, keep: Keep, dark: object) -> None:
    desktop.open("repair", clean())
    picture = desktop.window.tools.findChildren(QAbstractButton)[0].icon().pixmap(32, 32).toImage()
    lightest = max(
        picture.pixelColor(x, y).lightness()
        for x in range(32)
        for y in range(32)
        if picture.pixelColor(x, y).alpha() > 200
    )
    assert lightest > 200
    keep(desktop.window, "repair-dark")


@pytest.mark.parametrize("message", everything_said(), ids=lambda message: message.name)
@pytest.mark.parametrize("size", SIZES, ids=["usual", "small"])
def test_every_message_is_seen_whole(desktop: Desktop, keep: Keep, message: Message, size: tuple[int, int]) -> None:
    desktop.open("repair", clean(), size=size)
    desktop.desk.say(message)
    QApplication.processEvents()
    assert not cut_off(desktop.window)
    assert desktop.window.message.text.text() == message.text
    keep(desktop.window, f"message-{message.name}-{size[0]}")


def test_french_messages_and_help_are_seen_whole(french: None, desktop: Desktop, keep: Keep) -> None:
    desktop.open("repair", clean(), size=SIZES[1])
    assert desktop.window.viewbar.undo.toolTip() == "Annuler (Ctrl+Z)"
    for message in everything_said():
        desktop.desk.say(message)
        QApplication.processEvents()
        assert not cut_off(desktop.window), message.text
    keep(desktop.window, "message-french")
    page = show_help(desktop.window, "repair")
    page.tabs.setCurrentIndex(page.tabs.count() - 1)
    QApplication.processEvents()
    assert not [text for text in cut_off(page) if text]
    keep(page, "help-french")
    page.close()


def test_a_button_of_a_message_takes_it_away(desktop: Desktop) -> None:
    desktop.open("repair", clean())
    pressed: list[int] = []
    desktop.desk.say(messages.empty_mask(lambda: pressed.append(1)))
    button = desktop.window.message.findChildren(QAbstractButton)[-1]
    desktop.click(button)
    assert pressed == [1] and not desktop.message


def test_a_question_returns_after_what_came_in_between(desktop: Desktop) -> None:
    desktop.open("repair", clean())
    answered: list[str] = []
    desktop.desk.say(messages.found_work(True, False, "today", lambda: answered.append("use"), lambda: None))
    desktop.desk.say(messages.none_found())
    assert desktop.message == "none-found"
    desktop.desk.say(messages.keep_work(True, False, lambda: None, lambda: None, alone=False))
    desktop.window.message.press(2)
    assert desktop.message == "found-mask"
    desktop.desk.say(messages.saved("x"))
    desktop.window.message.take_back("saved")
    assert desktop.message == "found-mask"
    desktop.window.message.press(0)
    assert answered == ["use"] and not desktop.message


def test_every_control_says_what_it_is(desktop: Desktop) -> None:
    desktop.open("repair", clean())
    assert not unnamed(desktop.window)


@pytest.mark.parametrize("page", ["enhance", "colorize"])
def test_every_control_of_these_pages_says_what_it_is_too(desktop: Desktop, colorizes: None, page: str) -> None:
    desktop.open(page, clean())
    for section in desktop.window.panel.current.findChildren(Section):
        section.heading.setChecked(True)
    assert not unnamed(desktop.window)


def test_help_has_room_for_its_texts(desktop: Desktop, keep: Keep) -> None:
    desktop.open("repair", clean())
    page = show_help(desktop.window, "repair")
    page.tabs.setCurrentIndex(page.tabs.count() - 1)
    QApplication.processEvents()
    assert not [text for text in cut_off(page) if text]
    keep(page, "help")
    page.close()


def test_split_and_side_by_side_are_shown(desktop: Desktop, keep: Keep) -> None:
    desktop.open("restore")
    desktop.until_previewed()
    pictures = []
    for mode in ("result", "split", "side"):
        desktop.window.viewbar.modeAsked.emit(mode)
        QApplication.processEvents()
        pictures.append(desktop.canvas.grab().toImage())
        keep(desktop.window, f"restore-{mode}")
    assert pictures[0] != pictures[1] != pictures[2]
