"""What a parameter of a tool is, and which values fit it.

Standard library only, Python 3.9 or newer, as of tools.py, with which it is copied beside the plug-in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Tuple, Union

Value = Union[bool, int, float, str]

SWITCH_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


@dataclass(frozen=True)
class Choice:
    """One entry of a choice: its contract name and what people read."""

    name: str
    label: str


@dataclass(frozen=True)
class Parameter:
    """One setting of a tool.

    kind is "number", "integer", "switch", "choice", "model" (the name of a model in the registry) or "steps"
    (comma-separated names out of choices). low and high bound numbers and integers, both included.
    placing marks what only GIMP asks for: where results go. watched marks what means something only where a person
    looks on, in the window. Parameters of the same row are shown beside each other, behind its name.
    """

    name: str
    kind: str
    default: Value
    label: str
    help: str
    low: float = 0.0
    high: float = 1.0
    unit: str = ""
    choices: Tuple[Choice, ...] = ()
    advanced: bool = False
    placing: bool = False
    watched: bool = False
    row: str = ""


class WrongValue(ValueError):
    """A setting that does not fit. The text is one sentence."""

    def __init__(self, sentence: str, **named: object) -> None:
        super().__init__(sentence.format(**named))
        self.sentence = sentence
        self.named = named

    def text(self, translate: Callable[[str], str]) -> str:
        """The sentence as `translate` has it."""
        return translate(self.sentence).format(**self.named)


def checked_value(parameter: Parameter, value: Any) -> Value:
    """One value as the parameter's own type; WrongValue where that cannot be."""
    name, kind = parameter.name, parameter.kind
    if kind in ("number", "integer"):
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
            raise WrongValue("{name} must be a number.", name=name)
        if kind == "integer" and isinstance(value, float) and not value.is_integer():
            raise WrongValue("{name} must be a whole number.", name=name)
        if not parameter.low <= value <= parameter.high:
            raise WrongValue(
                "{name} must be between {low:g} and {high:g}.", name=name, low=parameter.low, high=parameter.high
            )
        return int(value) if kind == "integer" else float(value)
    if kind == "switch":
        if not isinstance(value, bool):
            raise WrongValue("{name} must be true or false.", name=name)
        return value
    if not isinstance(value, str):
        raise WrongValue("{name} must be a text.", name=name)
    offered = [choice.name for choice in parameter.choices]
    if kind == "choice" and value not in offered:
        raise WrongValue("{name} must be one of: {names}.", name=name, names=", ".join(offered))
    if kind == "steps":
        steps = [step.strip() for step in value.split(",")]
        if not set(steps) <= set(offered) or steps != sorted(set(steps), key=offered.index):
            raise WrongValue(
                "{name} must be names out of {names}, each once and in this order.", name=name, names=",".join(offered)
            )
        return ",".join(steps)
    return value


def default_text(parameter: Parameter) -> str:
    """The default as a person would type it."""
    if isinstance(parameter.default, bool):
        return "on" if parameter.default else "off"
    return f"{parameter.default:g}" if isinstance(parameter.default, float) else str(parameter.default)


def parsed_value(parameter: Parameter, text: str) -> Value:
    """A value typed by a person, as on the command line; WrongValue where it does not fit."""
    value: Any = text
    if parameter.kind in ("number", "integer"):
        try:
            value = float(text)
        except ValueError:
            raise WrongValue("{name} must be a number, not {text!r}.", name=parameter.name, text=text) from None
    elif parameter.kind == "switch":
        value = SWITCH_WORDS.get(text.lower(), text)
    return checked_value(parameter, value)
