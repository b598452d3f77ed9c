"""How long work reports where it is, and how it is stopped."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float, str], None]
"""Called with a fraction 0..1 and a short text; raises Cancelled when the person has had enough."""


class Cancelled(Exception):
    """The person stopped the work; nothing of it is kept."""


def silent(fraction: float, text: str) -> None:
    """A progress that nobody watches."""


def part(progress: Progress, start: float, end: float) -> Progress:
    """The progress of a step that takes the share start..end of the whole."""
    return lambda fraction, text: progress(start + (end - start) * min(max(fraction, 0.0), 1.0), text)
