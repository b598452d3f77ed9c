"""The settings that all pages share: changing the page loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from core.parameters import Parameter, Value, checked_value
from core.tools import DETECT, RESTORE, STEPS, TOOLS, Tool, defaults

PARAMETERS: dict[str, Parameter] = {parameter.name: parameter for parameter in RESTORE.parameters}
"""Every setting there is, under the names that Restore has for them: it has those of all steps."""


def key_of(tool: Tool, parameter: Parameter) -> str:
    """The name among PARAMETERS of one of a tool's parameters."""
    return parameter.name if tool is RESTORE or parameter.placing else f"{tool.name}-{parameter.name}"


class Values(QObject):
    """The settings by their names in PARAMETERS."""

    changed = pyqtSignal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._values = defaults(RESTORE)

    def __getitem__(self, key: str) -> Value:
        return self._values[key]

    def number(self, key: str) -> float:
        return float(self._values[key])

    def set(self, key: str, value: Value) -> None:
        """Change one setting; ValueError with one sentence where the value does not fit."""
        value = checked_value(PARAMETERS[key], value)
        if value != self._values[key]:
            self._values[key] = value
            self.changed.emit(key)

    def reset(self, key: str) -> None:
        self.set(key, PARAMETERS[key].default)

    def of(self, tool: Tool) -> dict[str, Value]:
        """All settings of a tool under its own names for them."""
        return {parameter.name: self._fitting(tool, parameter) for parameter in tool.parameters}

    def _fitting(self, tool: Tool, parameter: Parameter) -> Value:
        """A setting's value; the default where another tool's page has chosen what this tool does not offer."""
        value = self._values[key_of(tool, parameter)]
        offered = parameter.kind != "choice" or value in [choice.name for choice in parameter.choices]
        return value if offered else parameter.default

    def for_engine(self, tool: Tool) -> dict[str, Value]:
        """Those that decide how a tool's result looks, under the tool's own names."""
        return {p.name: self._values[key_of(tool, p)] for p in tool.parameters if not p.placing and not p.watched}

    def take(self, tool: Tool, settings: Mapping[str, Any]) -> None:
        """Take a tool's settings over, all at once; what is unknown or does not fit is left out."""
        before = dict(self._values)
        for parameter in tool.parameters:
            if parameter.name in settings:
                with suppress(ValueError):
                    value = checked_value(parameter, settings[parameter.name])
                    self._values[key_of(tool, parameter)] = value
        differing = [key for key, value in self._values.items() if value != before[key]]
        for key in sorted(differing, key="steps".__eq__):  # the steps last: work begins once, with the others in place
            self.changed.emit(key)

    def steps(self) -> list[str]:
        """The steps of Restore that are switched on, in their order."""
        return [step for step in str(self._values["steps"]).split(",") if step]

    def steps_of(self, page: str) -> list[str]:
        """What a page does: Restore its steps, the others what they are for."""
        return self.steps() if page == RESTORE.name else [page]

    def set_step(self, step: str, on: bool) -> None:
        """Switch a step of Restore on or off. One step stays on: the last one cannot be switched off."""
        steps = [name for name in STEPS if (on if name == step else name in self.steps())]
        if steps:
            self.set("steps", ",".join(steps))
        else:
            self.changed.emit("steps")


def tool_named(name: str) -> Tool:
    return TOOLS[name]


def has_dabs(tool: str) -> bool:
    """Whether a page is for painting dabs of colour: its tool takes hints, and no mask is in their way."""
    return TOOLS[tool].takes_hints and not has_mask(tool)


def has_mask(tool: str) -> bool:
    """Whether a tool makes a mask or takes one."""
    return TOOLS[tool].takes_mask or any(parameter.name == "mask-as" for parameter in TOOLS[tool].parameters)


def has_list(tool: str) -> bool:
    """Whether a tool finds damage, so that its page lists the defects."""
    return tool in (DETECT.name, RESTORE.name)
