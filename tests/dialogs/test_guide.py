"""The guide: complete in every language, with pictures that are there, and opened at what is on the screen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from looks import Keep, cut_off, scrolls_sideways
from PyQt6.QtCore import QEvent, Qt, QUrl
from PyQt6.QtGui import QDesktopServices, QImage
from PyQt6.QtWidgets import QApplication
from windows import VERBS, Desktop, clean

from core import catalogues
from qt_dialogs import guide
from qt_dialogs.help import Help

FOLDERS = {"en": guide.GUIDE, **{language: guide.GUIDE / language for language in catalogues.languages()}}
NAMES = sorted(path.stem for path in guide.GUIDE.glob("*.md"))
PAGES = [(language, name) for language in FOLDERS for name in NAMES]
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
LARGEST, ALL_PICTURES = 150_000, 2_500_000
"""Bytes of one picture, and of all."""


@pytest.mark.parametrize(("language", "name"), PAGES)
def test_every_page_is_there_with_all_that_it_links_to(language: str, name: str) -> None:
    page = FOLDERS[language] / f"{name}.md"
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if not link.startswith("https://"):
            assert (page.parent / link).is_file(), link


def test_no_page_and_no_picture_is_left_over() -> None:
    pictures = []
    for folder in FOLDERS.values():
        assert sorted(path.stem for path in folder.glob("*.md")) == NAMES
        linked = {link for page in folder.glob("*.md") for link in LINK.findall(page.read_text(encoding="utf-8"))}
        own = list((folder / "pictures").iterdir())
        assert {f"pictures/{picture.name}" for picture in own} <= linked
        contents = (folder / "README.md").read_text(encoding="utf-8")
        assert all(f"({name}.md)" in contents for name in NAMES if name != "README")
        pictures += own
    sizes = [picture.stat().st_size for picture in pictures]
    assert max(sizes) <= LARGEST and sum(sizes) <= ALL_PICTURES


def test_french_keeps_its_signs_and_the_others_off_the_line() -> None:
    for page in FOLDERS["fr"].glob("*.md"):
        for line in page.read_text(encoding="utf-8").splitlines():
            if "`" not in line and not line.startswith("    "):
                assert not re.search(r"(?<=\w) [;!?»%]|« ", line), f"{page.name}: {line}"


def test_the_readme_leads_to_it() -> None:
    assert "docs/guide/README.md" in (guide.GUIDE.parents[1] / "README.md").read_text(encoding="utf-8")


def opened(desktop: Desktop) -> Help:
    desktop.key(Qt.Key.Key_F1)
    QApplication.processEvents()
    there = desktop.window.findChild(Help)
    assert there is not None and there.isVisible()
    return there


def shown(page: Help) -> Path:
    assert page.tabs.currentWidget() is page.guide
    return Path(page.guide.source().toLocalFile())


@pytest.mark.parametrize("tool", list(VERBS))
def test_help_opens_at_the_page(desktop: Desktop, tool: str) -> None:
    desktop.open(tool, clean())
    assert shown(opened(desktop)) == guide.GUIDE / f"{guide.PAGES[tool]}.md"


def test_help_follows_the_window_and_its_own_links(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    went: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: went.append(url.toString()))
    desktop.open("repair", clean())
    page = opened(desktop)
    desktop.desk.library.show()
    assert opened(desktop) is page and shown(page).stem == "models"
    page.guide.anchorClicked.emit(QUrl.fromLocalFile(str(guide.GUIDE / "mask.md")))
    assert shown(page).stem == "mask"
    page.guide.anchorClicked.emit(QUrl("https://www.gimp.org/"))
    page.guide.anchorClicked.emit(QUrl.fromLocalFile(str(guide.GUIDE / "gone.md")))
    assert went == ["https://www.gimp.org/"] and shown(page).stem == "mask"
    page.guide.backward()
    assert shown(page).stem == "models"
    page.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert opened(desktop) is not page


def test_french_windows_have_the_french_guide(french: None, desktop: Desktop, keep: Keep) -> None:
    desktop.open("restore", clean())
    page = opened(desktop)
    assert shown(page) == guide.GUIDE / "fr" / "first-photo.md"
    assert "boîte à chaussures" in page.guide.toPlainText()
    keep(page, "guide-french")


def test_pictures_are_as_wide_as_the_page_at_most(desktop: Desktop, keep: Keep) -> None:
    desktop.open("detect", clean())
    page = opened(desktop)
    for width in (800, 560):
        page.resize(width, 640)
        QApplication.processEvents()
        desktop.until(lambda: page.guide._fitted == page.guide._room)
        picture = page.guide.loadResource(2, QUrl("pictures/scratches.jpg"))
        assert isinstance(picture, QImage) and 400 < picture.width() <= page.guide.viewport().width() - 2 * guide.MARGIN
        assert not scrolls_sideways(page) and not cut_off(page)
    page.guide.verticalScrollBar().setValue(200)
    keep(page, "guide")


def test_without_a_guide_help_has_the_keys(desktop: Desktop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(guide, "GUIDE", tmp_path)
    desktop.open("repair", clean())
    page = opened(desktop)
    assert page.tabs.count() == 1 and page.tabs.tabText(0) == "Tools and Keys"
