"""Pictures of every page of the window, over the real engine.

Run: python tests/dialogs/screenshots.py OUT [PAGE ...] [--language en] [--theme dark] [--size 960x640] [--points 11]
     python tests/dialogs/screenshots.py --guide [PICTURE ...] [--language en]

Without options each page is shown in every language, theme and size: OUT/PAGE-LANGUAGE-THEME-SIZE.png. --guide makes
the guide's pictures anew, in docs/guide.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import guide_pictures
from pictured import LANGUAGES, opened, resize, settle, this_application
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication
from windows import VERBS, Desktop

from qt_dialogs import messages, themes

THEMES = (themes.LIGHT, themes.DARK)
SIZES = ((960, 640), (1280, 800))
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


def models(desktop: Desktop, take: Take) -> None:
    desktop.desk.library.show("detect", "default")
    take()
    desktop.desk.library.close()


def page(tool: str) -> Callable[[Desktop, Take], None]:
    def shown(desktop: Desktop, take: Take) -> None:
        desktop.desk.turn_to(tool)
        take()

    return shown


PAGES = {**{tool: page(tool) for tool in VERBS}, "models": models, "first": first, "message": message, "review": review}
"""What can be shown: the window's pages, and what it says and asks."""


def take_all(
    out: Path,
    pages: Sequence[str] = tuple(PAGES),
    languages: Sequence[str] = LANGUAGES,
    chosen_themes: Sequence[str] = THEMES,
    sizes: Sequence[tuple[int, int]] = SIZES,
) -> list[Path]:
    """Make the pictures; returns where they are."""
    out.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    for language in languages:
        with opened(language, sizes[0]) as desktop:
            for name in pages:

                def take(name: str = name, language: str = language, desktop: Desktop = desktop) -> None:
                    for size in sizes:
                        resize(desktop, size)
                        settle(desktop)
                        for theme in chosen_themes:
                            themes.wear(theme)
                            QApplication.processEvents()
                            made.append(out / f"{name}-{language}-{theme}-{size[0]}x{size[1]}.png")
                            if not desktop.window.grab().save(str(made[-1])):
                                raise OSError(f"{made[-1]} cannot be written")

                PAGES[name](desktop, take)
    return made


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="screenshots.py", description="Makes pictures of every page of the window.")
    parser.add_argument("--guide", action="store_true", help="make the guide's pictures anew")
    parser.add_argument("names", nargs="*", metavar="OUT PAGE", help="the folder for the pictures; of which pages")
    parser.add_argument("--language", choices=LANGUAGES)
    parser.add_argument("--theme", choices=THEMES)
    parser.add_argument("--size", type=_size, metavar="WIDTHxHEIGHT")
    parser.add_argument("--points", type=int, help="size of the texts")
    options = parser.parse_args(arguments)
    languages = [options.language] if options.language else LANGUAGES
    if not options.guide and not options.names:
        parser.error("where are the pictures to be?")
    known = guide_pictures.PICTURES if options.guide else PAGES
    wanted = options.names if options.guide else options.names[1:]
    if unknown := set(wanted) - set(known):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    app = this_application()
    if options.points:
        font = app.font()
        font.setPointSize(options.points)
        app.setFont(font)
    with tempfile.TemporaryDirectory() as data:
        os.environ["DAGUERRE_DATA"] = data
        if options.guide:
            made = guide_pictures.take_all(wanted or list(known), languages)
        else:
            made = take_all(
                Path(options.names[0]),
                wanted or list(known),
                languages,
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
