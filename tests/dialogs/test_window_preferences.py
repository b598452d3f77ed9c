"""Language and theme: chosen in the menu, remembered, and followed at once or by the next window."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction, QColor, QGuiApplication, QPalette
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QApplication, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot
from windows import Desktop, clean

from core import translation
from qt_dialogs import memory, preferences, themes
from qt_dialogs.looks import Look, recalled
from qt_dialogs.messages import none_found
from qt_dialogs.window import PhotoArea

Role = QPalette.ColorRole


@pytest.fixture(autouse=True)
def desktops_theme(qtbot: QtBot) -> Iterator[None]:
    """Every test begins and ends with the desktop's own colours."""
    themes.wear("")
    yield
    themes.wear("")


def entry(desktop: Desktop, menu: str, name: str) -> QAction:
    found = desktop.window.menu.findChild(QMenu, menu)
    assert found is not None
    return next(action for action in found.actions() if action.data() == name)


def lightness(widget: QWidget, role: Role) -> int:
    return widget.palette().color(widget.foregroundRole() if role is Role.WindowText else role).lightness()


def test_themes_are_chosen_in_the_menu_and_shown_at_once(desktop: Desktop) -> None:
    desktop.open("repair", clean())
    desktop.desk.say(none_found())
    desktop.desk.introduce()
    window = desktop.window
    assert entry(desktop, "theme", "").isChecked() and not themes.is_dark()
    for name, dark in (("dark", True), ("light", False), ("dark", True), ("", False)):
        entry(desktop, "theme", name).trigger()
        QApplication.processEvents()
        assert themes.is_dark() == dark and memory.recall()["theme"] == preferences.chosen_theme() == name
        assert entry(desktop, "theme", name).isChecked()
        labels = [label for label in window.findChildren(QLabel) if label.isEnabled() and label.objectName() != "badge"]
        for label in labels:
            assert (lightness(label, Role.WindowText) > 127) == dark, label.text()
        assert (lightest(window.tools.findChildren(QAbstractButton)[0]) > 200) == dark
        assert (lightest_of_picture(window.message._icon) > 200) == dark
        card = desktop.desk.introduction
        assert card is not None and (card.grab().toImage().pixelColor(260, 340).lightness() < 100) == dark
        surround = PhotoArea()
        surround.resize(20, 20)
        assert surround.grab().toImage().pixelColor(10, 10) == QColor("#777777")


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_the_surround_is_chosen_in_the_menu_and_remembered(desktop: Desktop, by: str) -> None:
    desktop.open("repair", clean())
    menu = desktop.window.menu.findChild(QMenu, "surround")
    assert menu is not None and entry(desktop, "surround", "grey").isChecked()
    assert [action.text().replace("&", "") for action in menu.actions()] == [
        "Middle Grey",
        "As the Theme",
        "Black",
        "White",
    ]
    menu.popup(desktop.window.pos())
    if by == "mouse":
        at = menu.actionGeometry(entry(desktop, "surround", "white")).center()
        QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=at)
    else:
        QTest.keyClick(menu, Qt.Key.Key_W)
    assert desktop.canvas.look.surround == "white" == memory.recall()["surround"]
    desktop.canvas.zoom_to(0.25)
    assert desktop.canvas.grab().toImage().pixelColor(20, 20) == QColor("white")
    assert ground_of(desktop) == QColor("white")
    desktop.close()
    desktop.open("repair", clean())
    assert desktop.canvas.look.surround == "white" and entry(desktop, "surround", "white").isChecked()
    for theme in ("dark", "light"):
        entry(desktop, "theme", theme).trigger()
        entry(desktop, "surround", "theme").trigger()
        QApplication.processEvents()
        ground = desktop.window.palette().color(Role.Window)
        desktop.canvas.zoom_to(0.25)
        assert (ground.lightness() < 127) == (theme == "dark")
        assert desktop.canvas.grab().toImage().pixelColor(20, 20) == ground == ground_of(desktop)


def ground_of(desktop: Desktop) -> QColor:
    """What is there before the photo."""
    desktop.canvas.hide()
    shown = desktop.window.photo.grab().toImage().pixelColor(20, 20)
    desktop.canvas.show()
    return shown


def lightest(button: QAbstractButton) -> int:
    picture = button.icon().pixmap(32, 32).toImage()
    points = [(x, y) for x in range(32) for y in range(32)]
    colours = [picture.pixelColor(x, y) for x, y in points]
    return max(colour.lightness() for colour in colours if colour.alpha() > 200)


def lightest_of_picture(label: QLabel) -> int:
    picture = label.pixmap().toImage()
    colours = [picture.pixelColor(x, y) for x in range(picture.width()) for y in range(picture.height())]
    return max(colour.lightness() for colour in colours if colour.alpha() > 200)


def test_the_list_of_models_follows_the_theme(desktop: Desktop) -> None:
    desktop.open("repair", clean())
    desktop.until(lambda: desktop.desk.library._models)
    desktop.desk.library.show()
    entry(desktop, "theme", "dark").trigger()
    QApplication.processEvents()
    heading = desktop.desk.library.page.list.item(0)
    assert heading is not None and heading.foreground().color().lightness() > 200


def test_the_desktops_own_change_is_followed(desktop: Desktop) -> None:
    """A desktop that turns dark gives the application other colours; only what the person chose is stronger."""
    desktop.open("repair", clean())
    palette = QPalette(QColor("#3a3a3a"), QColor("#2b2b2b"))
    QApplication.setPalette(palette)
    QApplication.processEvents()
    assert lightness(desktop.window.panel.mask_state.text, Role.WindowText) > 127
    assert lightest(desktop.window.tools.findChildren(QAbstractButton)[0]) > 127


@pytest.mark.parametrize("theme", [themes.LIGHT, themes.DARK])
def test_texts_of_our_own_themes_can_be_read(qtbot: QtBot, theme: str) -> None:
    palette = themes._palette(theme)
    for text, ground in (
        (Role.WindowText, Role.Window),
        (Role.Text, Role.Base),
        (Role.Text, Role.AlternateBase),
        (Role.ButtonText, Role.Button),
        (Role.ToolTipText, Role.ToolTipBase),
        (Role.PlaceholderText, Role.Base),
        (Role.Link, Role.Base),
        (Role.HighlightedText, Role.Highlight),
    ):
        assert contrast(palette.color(text), palette.color(ground)) >= 4.5, (text, ground)


def contrast(one: QColor, other: QColor) -> float:
    """The contrast of two colours as WCAG has it, 1 to 21."""

    def luminance(colour: QColor) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.getRgbF()[:3]]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_a_language_is_chosen_for_the_next_window(desktop: Desktop) -> None:
    desktop.open("repair", clean())
    names = [action.text().replace("&", "") for action in desktop.window.menu.findChild(QMenu, "language").actions()]
    assert names == ["As GIMP", "English", "Français"]
    entry(desktop, "language", "fr").trigger()
    assert desktop.message == "language" and preferences.chosen_language() == "fr"
    desktop.window.message.take_back("language")
    entry(desktop, "language", "fr").trigger()
    assert not desktop.message, "nothing changed"
    entry(desktop, "language", "").trigger()
    assert preferences.chosen_language() == ""


def test_alone_it_is_the_systems_language(desktop: Desktop) -> None:
    desktop.open("repair", clean(), alone=True)
    assert entry(desktop, "language", "").text().replace("&", "") == "As the system"


@pytest.mark.parametrize(
    "kept",
    [
        {"language": "xx", "theme": "pink", "surround": "pink", "colour": [1, 2]},
        {"language": 5, "theme": None, "surround": 5, "colour": [1, 2, 256]},
    ],
)
def test_what_cannot_be_is_not_used(kept: dict[str, object]) -> None:
    memory.remember(**kept)
    assert preferences.chosen_language() == preferences.chosen_theme() == ""
    assert recalled(kept) == Look()


STARTS = """
import os
from PyQt6.QtCore import QLocale
from core.translation import _, language
from qt_dialogs import themes
from qt_dialogs.application import application, speak
from qt_dialogs.preferences import chosen_language
app = application()
speak(app, chosen_language())
print(_("Ready"), QLocale().toString(0.5), os.environ["LANGUAGE"], language(), themes.is_dark())
"""


@pytest.mark.parametrize(
    ("chosen", "system", "spoken"),
    [
        ({"language": "fr", "theme": "dark"}, "en_GB", "Prêt 0,5 fr fr True"),
        ({"language": "en"}, "fr_FR", "Ready 0.5 en en False"),
        ({"language": "", "theme": "light"}, "fr_FR", "Prêt 0,5 fr_FR fr False"),
    ],
)
def test_the_next_window_starts_as_chosen(
    chosen: dict[str, str], system: str, spoken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.remember(**chosen)
    monkeypatch.setenv("LANGUAGE", system)
    monkeypatch.setenv("LC_ALL", f"{system}.UTF-8")
    command = [sys.executable, "-X", "utf8", "-c", STARTS]
    assert subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\n")[0] == spoken


def test_the_language_of_the_texts_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translation, "catalogue", translation.catalogue)
    for asked, spoken in (("fr", "fr"), ("fr_CA:en", "fr"), ("en", "en"), ("xx", "en")):
        translation.speak(asked)
        assert translation.language() == spoken
    assert QGuiApplication.layoutDirection() == Qt.LayoutDirection.LeftToRight
