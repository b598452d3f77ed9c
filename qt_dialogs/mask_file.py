"""The mask as a file in the job's folder: what the engine reads for a preview."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from .background import Background
from .hints_file import remove

if TYPE_CHECKING:
    from core.photo import Mask

    from .marks import Marks


class MaskFile:
    """Written anew, in a thread, where the marks may have changed since the last time, and somebody asks: the engine
    knows by the file that the mask is the same.
    """

    def __init__(self, folder: Path, marks: Marks, background: Background) -> None:
        self._folder, self._marks, self._background = folder, marks, background
        self._state = 0  # counts what may change the mask
        self._kept: tuple[int, str | None] | None = None  # the state of the marks, their file
        self._count = self._arrived = 0
        for changed in (marks.changed, marks.settled, marks.hand.stepsChanged, marks.hand.changed):
            changed.connect(self._change)

    def ask(self, then: Callable[[str | None], None], failed: Callable[[Exception], None]) -> None:
        """Call `then` with the name of the file, at once where it is up to date; None where nothing is marked.

        The one before is removed once `then` has been called.
        """
        state = self._state
        if self._kept and self._kept[0] == state:
            then(self._kept[1])
            return
        self._count += 1
        number, path = self._count, self._folder / f"marked-{self._count}.npy"

        def written(marked: bool) -> None:
            before, name = self._kept, path.name if marked else None
            if number > self._arrived:
                self._arrived, self._kept = number, (state, name)
            then(name)
            if before and before is not self._kept and before[1]:
                old = self._folder / before[1]
                self._background.run(lambda: remove(old), lambda _nothing: None)

        self._marks.mask_in_background(lambda mask: self._background.run(lambda: _written(path, mask), written, failed))

    def _change(self) -> None:
        self._state += 1


def _written(path: Path, mask: Mask) -> bool:
    """Write the mask; False, and no file, where it is empty."""
    import numpy as np

    if not mask.any():
        return False
    np.save(path, mask)
    return True
