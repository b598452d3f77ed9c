"""The window in languages that nobody speaks: one that is long and marks what is translated, one from right to left."""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from looks import cut_off, everything_said, is_seen_whole, scrolls_sideways
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtGui import QAction, QFont
from PyQt6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot
from windows import VERBS, Desktop, clean, picture, sample

from core import translation
from core.translation import _
from qt_dialogs import messages

Keep = Callable[[QWidget, str], None]
SMALL = (960, 640)
ACCENTS = str.maketrans("aceinouyACEINOUY", "áçéíñóúýÁÇÉÍÑÓÚÝ")
PLACEHOLDER = re.compile(r"({[^}]*}|&.|_.|<[^>]*>)")
MARK, END = "‹", "›"
LONGER = 0.4


def pseudo(text: str) -> str:
    """The text with accents and marks, longer by LONGER of it; placeholders and access keys as they are."""
    if not re.search("[A-Za-z]{2}", text):
        return text
    parts = PLACEHOLDER.split(text)
    inner = "".join(part if index % 2 else part.translate(ACCENTS) for index, part in enumerate(parts))
    words = "éñ " * len(text)
    longer = words[: max(0, round(LONGER * len(text)) - len(MARK) - len(END))]
    return f"{MARK}{inner}{longer.rstrip()}{END}"


class Pseudo(gettext.NullTranslations):
    """A catalogue that knows every text."""

    def gettext(self, message: str) -> str:
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo(msgid1 if n == 1 else msgid2)


@pytest.fixture
def pseudo_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    """The window speaks it; the engine does not, so what comes from there stays English."""
    monkeypatch.setattr(translation, "catalogue", Pseudo())


@pytest.fixture
def right_to_left(qtbot: QtBot) -> Iterator[None]:
    QApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    QApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


@pytest.fixture
def large_letters(qtbot: QtBot) -> Iterator[None]:
    """Texts of 11 points."""
    usual = QApplication.font()
    larger = QFont(usual)
    larger.setPointSize(11)
    QApplication.setFont(larger)
    yield
    QApplication.setFont(usual)


def texts_of(window: QWidget) -> Iterator[tuple[str, str]]:
    """What can be read or heard in this window: where, and what."""
    for widget in [window, *window.findChildren(QWidget)]:
        where = f"{type(widget).__name__} {widget.objectName()}"
        yield f"{where}, tooltip", widget.toolTip()
        yield f"{where}, name", widget.accessibleName()
        yield f"{where}, description", widget.accessibleDescription()
        if isinstance(widget, QLabel | QAbstractButton):
            yield where, widget.text()
        elif isinstance(widget, QGroupBox):
            yield where, widget.title()
        elif isinstance(widget, QLineEdit):
            yield where, widget.placeholderText()
        elif isinstance(widget, QComboBox):
            yield from ((where, widget.itemText(index)) for index in range(widget.count()))
        elif isinstance(widget, QMenu):
            yield where, widget.title()
        elif isinstance(widget, QListWidget):
            yield from ((where, widget.item(row).text()) for row in range(widget.count()))
        elif isinstance(widget, QTableView):
            model = widget.model()
            assert model is not None
            for column in range(model.columnCount()):
                yield where, str(model.headerData(column, Qt.Orientation.Horizontal) or "")
                if model.rowCount():
                    yield where, str(model.data(model.index(0, column)) or "")
    for action in window.findChildren(QAction):
        yield "menu", action.text().replace("&", "")
        yield "menu, tooltip", action.toolTip().replace("&", "")


NAMES = {"scan.tif: Background", "English", "Français", "1:1"}


def untranslated(window: QWidget, from_elsewhere: set[str]) -> list[tuple[str, str]]:
    """What has words and is no translation; from_elsewhere: the engine's texts."""
    found = []
    for where, text in texts_of(window):
        rest = re.sub(r"‹[^›]*›", "", text, flags=re.DOTALL)  # what is put together of translations
        rest = re.sub(r"\(?\b(Ctrl|Shift|Alt|PgUp|PgDown|px|Esc)\b[^)]*\)?", "", rest)
        if (
            re.search("(?<![#A-Za-z0-9])[A-Za-z]{2}", rest)
            and text not in NAMES | from_elsewhere
            and "Background" not in text
        ):
            found.append((where, text))
    return found


def engines_texts(desktop: Desktop) -> set[str]:
    """Models' titles and purposes; in a list a mark stands before the title."""
    models = desktop.desk.library._models
    titles = {str(model["title"]) for model in models}
    marked = {f"{mark}  {title}" for title in titles for mark in "✓!…"}
    return {*titles, *marked, *(str(model["purpose"]) for model in models), *(str(model["name"]) for model in models)}


@pytest.mark.parametrize("page", list(VERBS))
def test_every_text_is_translated_and_there_is_room_for_longer_ones(
    pseudo_locale: None, desktop: Desktop, keep: Keep, colorizes: None, page: str
) -> None:
    desktop.verbs = {tool: _(verb) for tool, verb in VERBS.items()}
    is_seen_whole(desktop, page, SMALL)
    desktop.until(lambda: desktop.desk.library._models)
    keep(desktop.window, f"{page}-pseudo")
    assert untranslated(desktop.window, engines_texts(desktop)) == []


def test_messages_introduction_and_models_are_translated_too(pseudo_locale: None, desktop: Desktop, keep: Keep) -> None:
    desktop.verbs = {tool: _(verb) for tool, verb in VERBS.items()}
    desktop.open("repair", clean(), size=SMALL)
    desktop.until(lambda: desktop.desk.library._models)
    for message in [*everything_said(), messages.language_later(), messages.reviewed()]:
        desktop.desk.say(message)
        QApplication.processEvents()
        assert not cut_off(desktop.window), message.text
        assert message.text.startswith(MARK) or message.name == "failed"
    desktop.desk.introduce()
    QApplication.processEvents()
    assert not cut_off(desktop.window)
    keep(desktop.window, "first-pseudo")
    desktop.desk.library.show()
    desktop.until(lambda: desktop.desk.library.page.add.isEnabled())
    QApplication.processEvents()
    assert not cut_off(desktop.window)
    keep(desktop.window, "models-pseudo")
    page = desktop.desk.library.page
    names = [page.filter.placeholderText(), *(button.text() for button in page.findChildren(QAbstractButton))]
    assert [name for name in names if re.search("[A-Za-z]{2}", name) and MARK not in name] == []


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("page", [*VERBS, "models", "first"])
def test_nothing_is_cut_off_in_large_letters(
    request: pytest.FixtureRequest,
    large_letters: None,
    desktop: Desktop,
    keep: Keep,
    colorizes: None,
    page: str,
    language: str,
) -> None:
    if language == "fr":
        request.getfixturevalue("french")
    desktop.verbs = {tool: _(verb) for tool, verb in VERBS.items()}
    is_seen_whole(desktop, page if page in VERBS else "restore", SMALL)
    if page == "models":
        desktop.until(lambda: desktop.desk.library._models)
        desktop.desk.library.show("detect", "default")
        desktop.until(lambda: desktop.desk.library.page.add.isEnabled())
    elif page == "first":
        desktop.desk.introduce()
        QApplication.processEvents()
        assert desktop.window.photo.rect().contains(desktop.desk.introduction.geometry())
    QApplication.processEvents()
    assert not cut_off(desktop.window) and not scrolls_sideways(desktop.window)
    assert (desktop.window.width(), desktop.window.height()) == SMALL
    keep(desktop.window, f"{page}-{language}-11pt")


def test_turning_the_pages_keeps_the_windows_size(
    french: None, large_letters: None, desktop: Desktop, colorizes: None
) -> None:
    desktop.verbs = {tool: _(verb) for tool, verb in VERBS.items()}
    desktop.open("restore", clean(), size=SMALL)
    for page in [*VERBS, *reversed(VERBS)]:
        desktop.desk.turn_to(page)
        QApplication.processEvents()
        assert desktop.window.width() == SMALL[0], page


# from right to left


def at(desktop: Desktop, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(desktop.window, QPoint(0, 0)), widget.size())


def test_panel_rail_and_progress_are_mirrored(right_to_left: None, desktop: Desktop, keep: Keep) -> None:
    desktop.open("repair", clean(), size=SMALL)
    window = desktop.window
    panel, rail, canvas = (at(desktop, widget) for widget in (window.panel, window.tools, desktop.canvas))
    assert panel.right() < canvas.left() < canvas.right() <= rail.left()
    bar, stop = at(desktop, window.progress.bar), at(desktop, window.progress.stop)
    assert stop.right() < bar.left()
    assert at(desktop, window.buttons.accept).right() < at(desktop, window.buttons.help).left()
    window.progress.show_progress(0.25, "")
    QApplication.processEvents()
    drawn = window.progress.bar.grab().toImage()
    y, wide = drawn.height() // 2, drawn.width()
    assert drawn.pixelColor(wide - 10, y) != drawn.pixelColor(10, y) == drawn.pixelColor(wide // 2, y)
    assert not cut_off(window)
    keep(window, "repair-right-to-left")


@pytest.mark.parametrize("page", list(VERBS))
def test_nothing_is_cut_off_from_right_to_left(
    right_to_left: None, desktop: Desktop, keep: Keep, colorizes: None, page: str
) -> None:
    is_seen_whole(desktop, page, SMALL)
    keep(desktop.window, f"{page}-right-to-left")


def test_the_photo_and_its_zoom_are_not_mirrored(desktop: Desktop, request: pytest.FixtureRequest) -> None:
    desktop.open("repair", sample(), size=SMALL)
    usual = photo_as_seen(desktop)
    desktop.close()
    request.getfixturevalue("right_to_left")
    desktop.open("repair", sample(), size=SMALL)
    assert np.array_equal(photo_as_seen(desktop), usual)
    assert usual.shape == (400, 480, 3) and not np.array_equal(usual, usual[:, ::-1])
    canvas = desktop.canvas
    before = canvas.visible_box()
    desktop.stroke((0.25, 0.5), (0.3, 0.5))
    painted = np.nonzero(desktop.marks.hand.plane)[1]
    assert painted.size and painted.max() < desktop.marks.hand.plane.shape[1] / 2, "left is left"
    assert canvas.visible_box() == before
    minus, plus = desktop.window.viewbar.findChildren(QAbstractButton)[:2]
    assert minus.accessibleName() == "Zoom out" and plus.accessibleName() == "Zoom in"
    assert at(desktop, minus).right() < at(desktop, desktop.window.viewbar.scale).left() < at(desktop, plus).left()


def photo_as_seen(desktop: Desktop) -> np.ndarray:
    """The photo's pixels from (80, 80) to (560, 480), wherever the canvas has them: its size may have changed since."""
    canvas = desktop.canvas
    canvas.zoom_to(1.0)
    QApplication.processEvents()
    desktop.until(lambda: canvas.step == 1)
    canvas.clearFocus()
    QApplication.processEvents()
    left, top = canvas.view.left, canvas.view.top
    return picture(desktop)[top + 80 : top + 480, left + 80 : left + 560]
