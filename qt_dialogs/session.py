"""`python -m qt_dialogs session PAGE [PARENT]`: the window that the plug-in starts.

PARENT is the number of GIMP's own window for X11, or empty. The window stands before a word is spoken with the plug-in,
which still reads the photo.
"""

from __future__ import annotations

import os

from core.translation import _

from .application import application, speak
from .preferences import chosen_language
from .window import Window

PAGES = {
    "detect": ("detect",),
    "repair": ("repair", "detect"),
    "enhance": ("enhance",),
    "colorize": ("colorize",),
    "restore": ("restore", "detect", "repair", "enhance", "colorize"),
}
"""The pages for each procedure of GIMP: those whose settings and results it can take."""


def run(page: str, parent: str = "") -> int:
    """Serve one opening until standard input ends or all is placed; never returns."""
    output = os.dup(1)
    os.dup2(2, 1)  # what a library prints does not break the protocol
    try:
        app = application()
        speak(app, chosen_language() or os.environ.get("LANGUAGE", ""))  # else GIMP's own
        window = shown(page, parent)

        def serve() -> None:
            from .plugin import serve

            serve(window, page, output)

        window.when_painted(window.add_bars, serve)
        app.exec()
    finally:
        os._exit(0)


def shown(page: str, parent: str) -> Window:
    """The window without the photo, which the plug-in still reads."""
    every = {
        "detect": _("Add Mask"),
        "repair": _("Repair"),
        "enhance": _("Enhance"),
        "colorize": _("Colorize"),
        "restore": _("Restore"),
    }
    window = Window({tool: every[tool] for tool in PAGES[page]}, False, page)
    if parent.isdecimal():
        window.be_transient_for(int(parent))
    window.progress.wait(_("Opening the photo"))
    window.recall()
    window.show()
    window.raise_()
    window.activateWindow()
    return window
