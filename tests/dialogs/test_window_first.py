"""The card of the first start, by mouse and keyboard."""

from __future__ import annotations

import pytest
from looks import SIZES, Keep, cut_off, unnamed
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtGui import QColor, QPalette
from PyQt6.QtWidgets import QApplication
from windows import Desktop, choose_in_menu, clean, job

from core import jobfolder
from qt_dialogs import memory
from qt_dialogs.desk import Opening
from qt_dialogs.introduction import HEIGHT, KEY, WIDTH, Introduction
from qt_dialogs.samples import FIRST, Picture, picture_file

Key = Qt.Key


def shown(desktop: Desktop, alone: bool = False) -> Introduction:
    """The card over a photo, as at the first start."""
    desktop.open("repair", clean(), alone=alone)
    desktop.desk.introduce_once()
    assert desktop.desk.introduction is not None
    return desktop.desk.introduction


def test_it_is_shown_once(desktop: Desktop) -> None:
    card = shown(desktop)
    desktop.click(card.start)
    assert desktop.desk.introduction is None and desktop.window.focusWidget() is desktop.canvas
    desktop.desk.introduce_once()
    assert desktop.desk.introduction is None


def test_it_is_shown_again_where_that_is_wanted(desktop: Desktop) -> None:
    card = shown(desktop)
    card.again.setFocus()
    desktop.key(Key.Key_Space)
    card.start.setFocus()
    desktop.key(Key.Key_Return)
    assert desktop.desk.introduction is None and memory.recall()[KEY] is False
    desktop.desk.introduce_once()
    card = desktop.desk.introduction
    assert card is not None and card.again.isChecked()
    desktop.click(card.again)
    desktop.key(Key.Key_Escape)
    assert memory.recall()[KEY] is True


@pytest.mark.parametrize(
    "keys",
    [
        (Key.Key_Escape, Qt.KeyboardModifier.NoModifier),
        (Key.Key_Return, Qt.KeyboardModifier.NoModifier),
        (Key.Key_Return, Qt.KeyboardModifier.ControlModifier),
    ],
    ids=["Esc", "Return", "Ctrl+Return"],
)
@pytest.mark.parametrize("beside", [False, True], ids=["on the card", "on the photo"])
def test_keys_close_it_and_do_nothing_else(
    desktop: Desktop, keys: tuple[Qt.Key, Qt.KeyboardModifier], beside: bool
) -> None:
    card = shown(desktop)
    if beside:
        desktop.stroke((0.1, 0.1), (0.2, 0.1))
    assert desktop.window.focusWidget() is (desktop.canvas if beside else card.start)
    desktop.key(*keys)
    assert desktop.desk.introduction is None and desktop.host.leavings == 0 and not desktop.desk.work.running
    assert not desktop.message and desktop.marks.hand.dirty == beside


@pytest.mark.parametrize("closes", ["Esc", "click"])
def test_closing_it_begins_no_review(desktop: Desktop, closes: str) -> None:
    desktop.open("detect")
    desktop.until_found()
    desktop.until(lambda: len(desktop.window.panel.defects.model.entries))
    desktop.desk.introduce()
    card = desktop.desk.introduction
    assert card is not None
    desktop.key(Key.Key_Escape) if closes == "Esc" else desktop.click(card.start)
    QApplication.processEvents()
    assert not desktop.desk.deciding.reviewing and not len(desktop.desk.deciding._chosen)
    assert desktop.window.focusWidget() is desktop.canvas


def test_a_photo_that_opens_below_leaves_it_above(desktop: Desktop) -> None:
    card, before = shown(desktop), desktop.canvas
    folder, files = job(clean())
    desktop.desk.open(Opening(folder, files, "another.tif", "repair"))
    desktop.until(lambda: desktop.canvas is not before)
    QApplication.processEvents()
    assert card.isVisible() and desktop.window.focusWidget() is card.start
    place = desktop.window.photo.mapFromGlobal(card.mapToGlobal(card.rect().center()))
    under = desktop.window.photo.childAt(place)
    jobfolder.remove(folder)
    assert under is not None and (under is card or card.isAncestorOf(under))


def test_the_menu_brings_it_back(desktop: Desktop) -> None:
    desktop.click(shown(desktop).start)
    choose_in_menu(desktop.window, "Introduction")
    card = desktop.desk.introduction
    assert card is not None and card.isVisible() and not card.again.isChecked()


def test_it_says_where_results_go(desktop: Desktop) -> None:
    assert "results come back as new layers" in shown(desktop).accessibleDescription()
    desktop.close()
    memory.remember(**{KEY: False})
    assert "results are saved as new files" in shown(desktop, alone=True).accessibleDescription()


@pytest.mark.parametrize("size", SIZES, ids=["usual", "small"])
def test_it_stands_in_the_middle_and_is_seen_whole(
    desktop: Desktop, keep: Keep, size: tuple[int, int], theme: str
) -> None:
    card = shown(desktop)
    desktop.window.resize(*size)
    QApplication.processEvents()
    photo = desktop.window.photo
    assert (card.width(), card.height()) == (WIDTH, HEIGHT)
    assert (card.geometry().center() - photo.rect().center()).manhattanLength() <= 2
    assert QRect(photo.mapTo(desktop.window, QPoint()), photo.size()).contains(
        QRect(card.mapTo(desktop.window, QPoint()), card.size())
    )
    assert not cut_off(desktop.window) and not unnamed(card)
    ground = card.grab().toImage().pixelColor(WIDTH // 2, HEIGHT - 20)
    assert ground == QApplication.palette().color(QPalette.ColorRole.Window) != QColor("#777777")
    keep(desktop.window, f"first-{theme}-{size[0]}")


def test_its_picture_is_one_of_the_guide_s(desktop: Desktop) -> None:
    picture = shown(desktop).findChild(Picture)
    assert picture_file(FIRST) is not None
    assert picture is not None and picture.isVisible() and picture.height() >= 140
