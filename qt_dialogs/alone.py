"""`python -m qt_dialogs open [PHOTO]`: the window without GIMP. What it does there is in filing.py."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from core.translation import _

from . import memory
from .application import application, speak
from .preferences import chosen_language
from .window import Window

if TYPE_CHECKING:
    from .filing import Alone
    from .values import Values

START_PAGE = "restore"


def run(photo: str | None) -> int:
    """Show the window until it is closed; never returns."""
    app = application()
    speak(app, chosen_language())
    window = shown()
    hosts: list[Alone] = []

    def make_ready() -> None:
        from . import filing, mistakes  # noqa: F401 - what is needed for work is loaded once the window stands

        signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C in the terminal ends it, as any program
        values = recalled_values()
        window.when_painted(*window.completing(values), lambda: make(values), begin)

    def make(values: Values) -> None:
        from . import messages
        from .filing import Alone
        from .mistakes import survive_mistakes

        host = Alone(window, values)
        hosts.append(host)
        survive_mistakes(lambda text: host.desk.say(messages.failed(text)))

    def begin() -> None:
        from pathlib import Path

        hosts[0].begin(Path(photo).absolute() if photo else None)
        hosts[0].desk.introduce_once()

    window.when_painted(window.add_bars, make_ready)
    app.exec()
    for host in hosts:
        host.clean_up()
    os._exit(0)  # threads may be in the middle of something that nobody wants any more


def recalled_values() -> Values:
    """The settings as they were the last time."""
    from core.tools import RESTORE

    from .values import Values

    values = Values()
    settings = memory.recall().get("settings")
    values.take(RESTORE, settings if isinstance(settings, dict) else {})
    return values


def shown() -> Window:
    """The window, without a photo, on the page of the last time."""
    photo, mask = _("Save Photo…"), _("Save Mask…")
    verbs = {"restore": photo, "detect": mask, "repair": photo, "enhance": photo, "colorize": photo}
    page = memory.recall().get("page")
    window = Window(verbs, True, page if isinstance(page, str) and page in verbs else START_PAGE)
    window.recall()
    window.show()
    return window
