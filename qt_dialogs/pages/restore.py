"""The page Restore: presets, and each step with its switch and its settings."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QSignalBlocker
from PyQt6.QtWidgets import QGroupBox, QVBoxLayout

from core.translation import _

from ..controls import Control
from ..presets import PresetBar
from ..values import PARAMETERS
from .page import Page


class RestorePage(Page):
    """A box for each step: ticked where the step is done, with the step's settings in it."""

    def _fill(self) -> None:
        self.steps: dict[str, QGroupBox] = {}
        self.presets = PresetBar(self._values, self._keys)
        self._layout.addWidget(self.presets)
        choices = PARAMETERS["steps"].choices
        titles = [self._keys.marked(_(choice.label)) for choice in choices]  # before the settings take all letters
        self._output = super().output() if self._placing else None
        for choice, title in zip(choices, titles, strict=True):
            box = QGroupBox(title)
            box.setObjectName(f"step-{choice.name}")
            box.setCheckable(True)
            box.setToolTip(_("Tick to do this step."))
            box.setAccessibleDescription(_(PARAMETERS["steps"].help))
            contents = QVBoxLayout(box)
            contents.setContentsMargins(10, 6, 10, 10)
            contents.setSpacing(8)
            own = [parameter for parameter in self.tool.parameters if parameter.name.startswith(f"{choice.name}-")]
            self._add(own, contents)
            if choice.name == "detect":
                self._add([PARAMETERS["review"]], contents)
            box.toggled.connect(lambda on, step=choice.name: self._values.set_step(step, on))
            self.steps[choice.name] = box
            self._layout.addWidget(box)
        self._add_advanced(self._layout)
        self._follow("steps")

    def set_models(self, models: list[dict[str, Any]]) -> None:
        super().set_models(models)
        self.presets.know_models(models)

    def output(self) -> Control | None:
        return self._output

    def _follow(self, key: str) -> None:
        super()._follow(key)
        if key == "steps":
            for step, box in self.steps.items():
                with QSignalBlocker(box):
                    box.setChecked(step in self._values.steps())
