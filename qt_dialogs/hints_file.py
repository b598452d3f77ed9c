"""The hints as a file in the job's folder: what the engine reads, and the image takes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from .background import Background

if TYPE_CHECKING:
    from .dabs import Dabs


class HintsFile:
    """Written anew, in a thread, where the hints have changed since the last time, and somebody asks."""

    def __init__(self, folder: Path, dabs: Dabs, given: str | None, background: Background) -> None:
        """given: the file of the layer that came with the photo, if any."""
        self._folder, self._dabs, self._given, self._background = folder, dabs, given, background
        self._kept: tuple[int, str] | None = (0, given) if given else None  # the state of the hints, their file
        self._count = self._arrived = 0

    def ask(
        self, then: Callable[[str | None], None], failed: Callable[[Exception], None], empty_too: bool = False
    ) -> None:
        """Call `then` with the name of the file, at once where it is up to date; None where there are no hints.

        empty_too: also where there are none there is a file. The one before is removed once `then` has been called.
        """
        painting, state = self._dabs.painted, self._dabs.state
        if painting.empty and not empty_too:
            then(None)
            return
        if self._kept and self._kept[0] == state:
            then(self._kept[1])
            return
        self._count += 1
        number, name = self._count, f"hints-{self._count}.npy"
        if name == self._given:
            name = f"hints-{self._count}-new.npy"

        def written(_nothing: None) -> None:
            before = self._kept
            if number > self._arrived:
                self._arrived, self._kept = number, (state, name)
            then(name)
            if before and before is not self._kept and before[1] != self._given:
                self._background.run(lambda: remove(self._folder / before[1]), lambda _nothing: None)

        self._background.run(lambda: painting.write(self._folder / name), written, failed)


def remove(path: Path) -> None:
    """Remove a file that may be gone already."""
    try:
        path.unlink(missing_ok=True)
    except OSError:  # Windows, while the engine still reads it: the folder goes as a whole
        return
