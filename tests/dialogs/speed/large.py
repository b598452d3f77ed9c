"""Pan and zoom over 100 megapixels, in 16 bits."""

from __future__ import annotations

import tempfile
from pathlib import Path

from qt_dialogs.application import application

from .figures import LongestGap, resident, say, say_one
from .marking import large_photo, pan_frames, shown, zoom_frames

HEIGHT, WIDTH = 8200, 12300


def main() -> None:
    app = application()
    with tempfile.TemporaryDirectory() as name:
        photo = large_photo(Path(name), HEIGHT, WIDTH)
        before = resident()
        canvas, marks, gap = *shown(photo), LongestGap()
        say_one("photo on the screen after", gap.until(lambda: canvas.shows_photo), "ms")
        say_one("all levels after", gap.until(lambda: canvas.complete), "ms more")
        say_one("longest gap meanwhile", gap.longest, "ms", 50)
        say_one("of it the window's own computing", gap.own, "ms")
        say_one("private memory", resident() - before, "MB more")
        for scale in (None, 0.3, 1.0, 8.0):
            canvas.fit() if scale is None else canvas.zoom_to(scale)
            where = "fit" if scale is None else f"{scale:.0%}"
            say(f"pan, {where}", pan_frames(canvas), 33, 80)
            say(f"zoom, from {where}", zoom_frames(canvas), 33, 80)
        marks.close()
    app.quit()
