"""Pictures of every page of the window, over the real engine.

Run: python tests/dialogs/screenshots.py OUT [PAGE ...] [--language en] [--theme dark] [--size 960x640] [--points 11]

Without options each page is shown in every language, theme and size: OUT/PAGE-LANGUAGE-THEME-SIZE.png.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qt_compat import qt_api
from pytestqt.qtbot import QtBot
import windows
from windows import FAST, VERBS, Desktop

from core.translation import _
from qt_dialogs import messages, themes
from qt_dialogs.application import application, speak

LANGUAGES = ("en", "fr")
THEMES = (themes.LIGHT, themes.DARK)
SIZES = ((960, 640), (1280, 800))
PATIENCE = 600_000
"""Milliseconds that a network may take on a busy machine."""
BREATH = 400
"""Milliseconds after which a window that changed asks for what it shows next."""
Take = Callable[[], None]


def first(desktop: Desktop, take: Take) -> None:
    desktop.desk.turn_to("restore")
    desktop.desk.introduce()
    take()
    desktop.desk.escape()


def message(desktop: Desktop, take: Take) -> None:
    desktop.desk.turn_to("repair")
    desktop.desk.say(messages.found_work(True, True, "22/11/2026 19:30", lambda: None, lambda: None))
    take()
    desktop.window.message.take_back("found-mask")


def review(desktop: Desktop, take: Take) -> None:
    desktop.desk.turn_to("detect")
    desktop.canvas.setFocus()
    desktop.key(Qt.Key.Key_Tab)
    take()
    desktop.key(Qt.Key.Key_Escape)
    desktop.canvas.fit()


def models(desktop: Desktop, take: Take) -> None:
    desktop.desk.library.show("detect", "default")
    settle(desktop)
    take()
    desktop.desk.library.close()


def page(tool: str) -> Callable[[Desktop, Take], None]:
    def shown(desktop: Desktop, take: Take) -> None:
        desktop.desk.turn_to(tool)
        take()

    return shown


PAGES = {**{tool: page(tool) for tool in VERBS}, "models": models, "first": first, "message": message, "review": review}
"""What can be shown: the window's pages, and what it says and asks."""


def settle(desktop: Desktop) -> None:
    """Wait until nothing is computed any more."""
    QTest.qWait(BREATH)
    desktop.until_found()
    desktop.until(lambda: not desktop.desk.work.previews and not desktop.desk.work.busy)
    QTest.qWait(BREATH)


@contextmanager
def opened(language: str) -> Iterator[Desktop]:
    """The window in this language, with the program's own models and the sample photograph."""
    speak(application_of_this_process(), language)
    desktop = Desktop(QtBot(None))
    desktop.verbs = {tool: _(verb) for tool, verb in VERBS.items()}
    for key in FAST:
        desktop.values.reset(key)
    try:
        desktop.open("restore", size=SIZES[0])
        desktop.until(lambda: desktop.desk.library._models)
        desktop.until_found()
        yield desktop
    finally:
        desktop.close()


def application_of_this_process() -> QApplication:
    there = QApplication.instance()
    return there if isinstance(there, QApplication) else application()


def resize(desktop: Desktop, size: tuple[int, int]) -> None:
    desktop.window.resize(*size)
    QApplication.processEvents()
    if desktop.window.width() != size[0] or desktop.window.height() != size[1]:
        print(f"the window wants to be {desktop.window.width()}x{desktop.window.height()}", file=sys.stderr)
    desktop.window.panel.current.ensureVisible(0, 0)
    QTest.mouseMove(desktop.window, QPoint(1, 1))
    if not desktop.desk.deciding.reviewing:
        desktop.canvas.fit()


def take_all(
    out: Path,
    pages: Sequence[str],
    languages: Sequence[str],
    themes_wanted: Sequence[str],
    sizes: Sequence[tuple[int, int]],
) -> list[Path]:
    """Make the pictures; returns where they are."""
    out.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    for language in languages:
        with opened(language) as desktop:
            for name in pages:

                def take(name: str = name, language: str = language, desktop: Desktop = desktop) -> None:
                    for size in sizes:
                        resize(desktop, size)
                        settle(desktop)
                        for theme in themes_wanted:
                            themes.wear(theme)
                            QApplication.processEvents()
                            made.append(out / f"{name}-{language}-{theme}-{size[0]}x{size[1]}.png")
                            if not desktop.window.grab().save(str(made[-1])):
                                raise OSError(f"{made[-1]} cannot be written")

                PAGES[name](desktop, take)
    return made


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="screenshots.py", description="Makes pictures of every page of the window.")
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder for the pictures")
    parser.add_argument("pages", nargs="*", metavar="PAGE", help=f"of {', '.join(PAGES)}; all where none is named")
    parser.add_argument("--language", choices=LANGUAGES)
    parser.add_argument("--theme", choices=THEMES)
    parser.add_argument("--size", type=_size, metavar="WIDTHxHEIGHT")
    parser.add_argument("--points", type=int, help="size of the texts")
    options = parser.parse_args(arguments)
    if unknown := set(options.pages) - set(PAGES):
        parser.error(f"there is no page {', '.join(sorted(unknown))}")
    qt_api.set_qt_api("pyqt6")
    windows.PATIENCE = PATIENCE
    app = application_of_this_process()
    if options.points:
        font = app.font()
        font.setPointSize(options.points)
        app.setFont(font)
    with tempfile.TemporaryDirectory() as data:
        os.environ["DAGUERRE_DATA"] = data
        made = take_all(
            options.out,
            options.pages or list(PAGES),
            [options.language] if options.language else LANGUAGES,
            [options.theme] if options.theme else THEMES,
            [options.size] if options.size else SIZES,
        )
    for path in made:
        print(path)
    return 0


def _size(text: str) -> tuple[int, int]:
    width, _x, height = text.partition("x")
    return int(width), int(height)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
