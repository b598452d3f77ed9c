"""How a slider's even steps stand for a number: evenly for shares, finer towards small sizes for pixels."""

from __future__ import annotations

from dataclasses import dataclass

from core.parameters import Parameter

STEPS = 1000
"""Positions of a slider."""
UNLIMITED = "max-size"
"""The setting (by the end of its name) of which 0 means that there is no limit: on a slider that is beyond the top."""


@dataclass(frozen=True)
class Scale:
    """From a parameter's values to slider positions 0..STEPS and back."""

    low: float
    high: float
    curve: int
    zero_on_top: bool

    def position(self, value: float) -> int:
        if self.zero_on_top and value <= 0:
            return STEPS
        share = (value - self.low) / (self.high - self.low)
        return round(float(min(max(share, 0.0), 1.0) ** (1 / self.curve)) * STEPS)

    def value(self, position: int) -> float:
        if self.zero_on_top and position >= STEPS:
            return 0.0
        found = self.low + (self.high - self.low) * (position / STEPS) ** self.curve
        if self.curve == 1:
            return round(found, 2)
        return max(float(round(found)), 1.0 if self.zero_on_top else self.low)


def is_share(parameter: Parameter) -> bool:
    """Whether this number is a share, 0..1 or up to twice as much, shown as %."""
    return parameter.kind == "number" and not parameter.unit and parameter.low == 0 and parameter.high <= 2


def has_no_limit_at_zero(parameter: Parameter) -> bool:
    return parameter.name.endswith(UNLIMITED)


def scale_of(parameter: Parameter) -> Scale:
    return Scale(parameter.low, parameter.high, 1 if is_share(parameter) else 3, has_no_limit_at_zero(parameter))
