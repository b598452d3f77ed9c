"""The page Models, by mouse and keyboard, over a real engine."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from looks import SIZES, Keep, cut_off, unnamed
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QStandardItemModel
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QFileDialog, QPushButton, QWidget
from windows import Desktop, choose_in_menu, clean

from core import places
from core.models.card import read_card
from core.models.card_text import number
from core.models.registry import PROGRAM_WEIGHTS
from qt_dialogs.controls import ModelControl
from qt_dialogs.pages.models import NAMED, ModelsPage

sys.path.append(str(Path(__file__).resolve().parents[1] / "core"))
from networks import write_network

Key = Qt.Key


def given(tmp_path: Path, name: str = "mine", title: str = "Grandfather's network") -> Path:
    """A model that somebody was sent: NAME.safetensors with NAME.toml; the weights' path."""
    folder = tmp_path / "downloads"
    folder.mkdir(exist_ok=True)
    card = write_network(folder, name=name, title=title, file=f"{name}.safetensors")
    (folder / f"{card.tool}-{card.name}.toml").replace(folder / f"{name}.toml")
    return folder / f"{name}.safetensors"


def install(name: str = "mine", title: str = "Grandfather's network") -> Path:
    """A model in the person's own folder; the weights' path."""
    folder = places.models_folder()
    folder.mkdir(parents=True, exist_ok=True)
    return folder / write_network(folder, name=name, title=title, file=f"{name}.safetensors").file


class Reader:
    """Somebody at the page Models."""

    def __init__(self, desktop: Desktop) -> None:
        QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
        self.desktop = desktop

    def open(self, tool: str = "restore", size: tuple[int, int] = (1280, 800)) -> None:
        """Through the menu, until the files are checked."""
        self.desktop.open(tool, clean(), size=size)
        self.desktop.until(lambda: self.desktop.desk.library._models)
        choose_in_menu(self.desktop.window, "Models")
        self.until_told()

    @property
    def page(self) -> ModelsPage:
        return self.desktop.desk.library.page

    def until_told(self) -> None:
        self.desktop.until(lambda: self.page.add.isEnabled())

    def pick(self, button: QPushButton, path: Path) -> None:
        """Press the button and choose this in the file dialog."""
        self.desktop.click(button)
        (dialog,) = (dialog for dialog in self.desktop.window.findChildren(QFileDialog) if dialog.isVisible())
        dialog.setDirectory(str(path.parent))
        dialog.selectFile(str(path))
        dialog.accept()
        self.until_told()

    def click_row(self, title: str) -> None:
        view = self.page.list
        item = next(item for item in self.page._rows() if item.text().endswith(title))
        view.scrollToItem(item)
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualItemRect(item).center())

    def rows(self) -> list[str]:
        """The models that are listed, as they stand there."""
        return [item.text() for item in self.page._rows() if not item.isHidden()]

    @property
    def text(self) -> str:
        return "\n".join(self.page.card.texts)


@pytest.fixture
def reader(desktop: Desktop) -> Reader:
    return Reader(desktop)


def test_every_model_has_its_card(reader: Reader) -> None:
    reader.open()
    assert all(row.startswith("✓") for row in reader.rows()) and len(reader.rows()) >= 14
    reader.click_row("Default (network)")
    assert "In 11 old photographs it finds" in reader.text and "GPL-3.0-or-later" in reader.text
    assert "✓  The file is whole: it has the SHA-256 of its card." in reader.text and " MB" in reader.text
    card = read_card(PROGRAM_WEIGHTS / "detect-default.toml")
    assert all(failure in reader.text for failure in card.known_failures) and card.known_failures
    assert f"{number(card.training['minutes'])} minutes" in reader.text
    reader.click_row("Telea (fast marching)")
    assert "dB; the classical methods" in reader.text and "there is nothing to check" in reader.text
    assert not reader.page.remove.isEnabled(), "the program's own stay"


def test_arrows_go_through_the_list_and_the_filter_narrows_it(reader: Reader) -> None:
    reader.open()
    page = reader.page
    assert reader.desktop.window.focusWidget() is page.list
    seen = [page.chosen]
    for _step in range(len(reader.rows()) - 1):
        reader.desktop.key(Key.Key_Down)
        seen.append(page.chosen)
    assert seen == [item.data(NAMED) for item in page._rows()], "headings are passed over"
    page.filter.setFocus()
    reader.desktop.type("telea")
    assert reader.rows() == ["✓  Telea (fast marching)"] and page.chosen == ("repair", "telea")
    reader.desktop.type("zzz")
    assert reader.rows() == [] and page.chosen is None and reader.text == ""
    reader.desktop.key(Key.Key_Return)
    assert reader.desktop.host.results == [] and page.isVisible(), "Return accepts nothing here"


def test_escape_and_back_lead_to_the_photo_and_lose_nothing(reader: Reader) -> None:
    reader.open("repair")
    desktop = reader.desktop
    window = desktop.window
    assert not desktop.canvas.isVisible() and not window.panel.isVisible() and not window.buttons.accept.isEnabled()
    assert window.windowTitle() == "Models"
    for key in (Key.Key_PageDown, Key.Key_Return):
        desktop.key(key, Qt.KeyboardModifier.ControlModifier)
    assert window.panel.page == "repair" and not desktop.desk.work.running
    desktop.key(Key.Key_Escape)
    assert desktop.canvas.isVisible() and window.panel.isVisible() and window.buttons.accept.isEnabled()
    assert desktop.host.leavings == 0 and window.focusWidget() is desktop.canvas and window.tools.isVisible()
    assert window.windowTitle().startswith("Repair Damage")
    desktop.desk.library.show()
    reader.until_told()
    desktop.click(reader.page.back)
    assert desktop.canvas.isVisible() and not reader.page.isVisible()
    desktop.key(Key.Key_Escape)
    assert desktop.host.leavings == 1


def test_the_button_beside_a_model_opens_its_card(reader: Reader) -> None:
    desktop = reader.desktop
    desktop.open("repair", clean())
    desktop.until(lambda: desktop.desk.library._models)
    control = desktop.window.panel.current.controls["repair-model"]
    assert isinstance(control, ModelControl)
    desktop.click(control.about)
    assert reader.page.chosen == ("repair", "telea") and "Telea" in reader.text
    reader.until_told()


def test_a_model_is_added_and_chosen_and_finds_damage(reader: Reader, tmp_path: Path) -> None:
    reader.open("detect")
    reader.pick(reader.page.add, given(tmp_path))
    assert reader.page.remark.text() == "“Grandfather's network” was added; it is chosen for Detect Damage."
    assert reader.page.chosen == ("detect", "mine") and "✓  The file is whole" in reader.text
    desktop = reader.desktop
    assert desktop.values["detect-model"] == "mine"
    desktop.click(reader.page.back)
    control = desktop.window.panel.current.controls["detect-model"]
    assert isinstance(control, ModelControl) and control.box.currentText() == "Grandfather's network"
    desktop.until_found()
    assert desktop.desk.work.knows("mine") and not desktop.message


def wrong_hash(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[:-2] + b"xx")
    return path


def no_safetensors(path: Path) -> Path:
    return path.replace(path.with_suffix(".pt"))


def no_card(path: Path) -> Path:
    path.with_suffix(".toml").unlink()
    return path


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (wrong_hash, "the file is not the one of which its card has the SHA-256"),
        (no_safetensors, "only .safetensors files are taken"),
        (no_card, "its card mine.toml is not beside it"),
    ],
)
def test_a_wrong_one_is_refused_in_a_sentence(
    reader: Reader, tmp_path: Path, spoil: Callable[[Path], Path], reason: str
) -> None:
    path = spoil(given(tmp_path))
    reader.open("detect")
    before = reader.rows()
    reader.desktop.click(reader.page.add)
    (dialog,) = (dialog for dialog in reader.desktop.window.findChildren(QFileDialog) if dialog.isVisible())
    dialog.setNameFilter("All files (*)")
    dialog.selectFile(str(path))
    dialog.accept()
    reader.until_told()
    said = reader.page.remark.text()
    assert said.startswith(f"“{path.name}” is not a model for Daguerre: {reason}"), said
    assert reader.rows() == before and reader.desktop.values["detect-model"] == "classical"
    assert not [path for path in places.models_folder().rglob("*") if path.is_file()]


def test_own_models_are_removed_by_key_and_can_be_added_again(reader: Reader) -> None:
    install()
    reader.open("detect")
    reader.click_row("Grandfather's network")
    assert reader.page.remove.isEnabled()
    reader.desktop.values.set("detect-model", "mine")
    reader.page.remove.setFocus()
    reader.desktop.key(Key.Key_Space)
    reader.until_told()
    assert "“Grandfather's network” was removed" in reader.page.remark.text()
    assert not any("Grandfather" in row for row in reader.rows()) and reader.page.chosen is not None
    assert reader.desktop.message == "no-model"
    (removed,) = places.models_folder().rglob("removed/*/*.safetensors")
    reader.pick(reader.page.add, removed)
    assert reader.page.chosen == ("detect", "mine") and not reader.desktop.message


def test_a_damaged_file_is_found_and_switched_off(reader: Reader, keep: Keep) -> None:
    weights = install()
    reader.open("detect")
    assert reader.page.choose("detect", "mine") and "✓" in reader.text
    desktop = reader.desktop
    desktop.values.set("detect-model", "mine")
    desktop.until_found()
    weights.write_bytes(weights.read_bytes()[:-1])
    desktop.click(reader.page.check)
    reader.until_told()
    assert reader.page.remark.text() == "Damaged: Grandfather's network."
    assert "!  Grandfather's network" in reader.rows()
    assert "!  The file is missing or damaged, so it is switched off. Add the model again" in reader.text
    desktop.key(Key.Key_Escape)
    assert desktop.message == "bad-model" and "“Grandfather's network” is damaged" in desktop.window.message.text.text()
    control = desktop.window.panel.current.controls["detect-model"]
    assert isinstance(control, ModelControl)
    entries = control.box.model()
    assert isinstance(entries, QStandardItemModel)
    enabled = {entry.text(): entry.isEnabled() for i in range(entries.rowCount()) if (entry := entries.item(i))}
    assert not enabled["Grandfather's network"] and enabled["Classical (top-hat)"]
    desktop.window.message.press(0)
    assert reader.page.isVisible() and reader.page.chosen == ("detect", "mine")
    reader.until_told()


def test_a_folder_is_searched_until_it_is_forgotten(reader: Reader, tmp_path: Path) -> None:
    folder = given(tmp_path).parent
    reader.open()
    assert not reader.page.forget.isVisible()
    reader.pick(reader.page.add_folder, folder)
    assert "downloads" in reader.page.folder.text() and places.other_models_folder() == folder
    reader.click_row("Grandfather's network")
    assert "From your own folder." in reader.text and not reader.page.remove.isEnabled()
    reader.desktop.click(reader.page.forget)
    reader.until_told()
    assert not reader.page.forget.isVisible() and not any("Grandfather" in row for row in reader.rows())
    assert given(tmp_path).exists() and places.other_models_folder() is None


def test_a_folder_without_models_is_said(reader: Reader, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    reader.open()
    reader.pick(reader.page.add_folder, tmp_path / "empty")
    assert reader.page.remark.text() == "There is no model in this folder that could be used."


def test_leaving_the_window_asks_about_hand_edits_where_they_are_seen(reader: Reader) -> None:
    desktop = reader.desktop
    desktop.open("repair", clean())
    desktop.stroke((0.4, 0.5), (0.6, 0.5))
    desktop.desk.library.show()
    reader.until_told()
    desktop.window.close()
    assert desktop.message == "keep-mask" and desktop.window.message.isVisible() and not reader.page.isVisible()


@pytest.mark.parametrize("size", SIZES, ids=["usual", "small"])
def test_nothing_is_cut_off(reader: Reader, keep: Keep, size: tuple[int, int], theme: str) -> None:
    weights = install(name="old", title="Old U-Net")
    weights.write_bytes(b"broken")
    reader.open(size=size)
    window = reader.desktop.window
    assert window.width() == size[0] and window.height() == size[1]
    for item in reader.page._rows():
        reader.page.list.setCurrentItem(item)
        QApplication.processEvents()
        assert not cut_off(window), item.text()
        bar = reader.page.card.horizontalScrollBar()
        assert bar and bar.maximum() == 0
    for tool, name in (("detect", "default"), ("repair", "auto"), ("detect", "old")):
        reader.page.choose(tool, name)
        QApplication.processEvents()
        keep(window, f"models-{tool}-{name}-{theme}-{size[0]}")


def test_controls_have_names_tips_and_letters(reader: Reader) -> None:
    reader.open()
    page = reader.page
    assert not unnamed(page)
    buttons = page.findChildren(QPushButton)
    for widget in [*buttons, page.filter, page.list]:
        assert widget.toolTip() and len(widget.toolTip()) <= 100
    seen = [*buttons, *reader.desktop.window.buttons.findChildren(QPushButton)]
    letters = [button.text()[button.text().index("&") + 1].lower() for button in seen]
    assert len(set(letters)) == len(letters) == 8


def test_the_page_covers_photo_and_panel(reader: Reader) -> None:
    reader.open()
    window, page = reader.desktop.window, reader.page
    place = page.mapTo(window, QPoint(0, 0))
    assert place == QPoint(0, 40) and page.width() == window.width()
    assert page.height() == window.height() - 40 - 32 - 52
    assert isinstance(window.findChild(QWidget, "models"), ModelsPage)
