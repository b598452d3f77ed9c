"""The models that are chosen for the tools: whether they are there, and what is said where one is not."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from core.tools import COLORIZE, DETECT, ENHANCE, REPAIR, Tool

from . import messages
from .library import Library
from .values import Values, has_mask
from .window import Window


class ChosenModels:
    """What the engine told about the models, looked at for those in the settings."""

    def __init__(self, window: Window, values: Values, library: Library) -> None:
        self._window, self._values, self._library = window, values, library
        self._known: list[dict[str, Any]] = []

    @property
    def known(self) -> bool:
        """Whether the engine has told which models there are."""
        return bool(self._known)

    def know(self, models: list[dict[str, Any]]) -> None:
        """What the engine told."""
        self._known = models
        self._library.know(models)
        self._window.panel.set_models(models)
        self.check()

    def has(self, tool: Tool) -> bool:
        """Whether the model that is chosen for a tool is there and whole, as far as the engine has told."""
        model = self._of(tool)
        return model is not None and not model["problem"]

    def check(self) -> None:
        """Say so where a model that is chosen for what the page does is not there."""
        page = self._window.panel.page
        used = [tool for tool in (DETECT, REPAIR) if has_mask(page)]
        used += [tool for tool in (ENHANCE, COLORIZE) if tool.name in self._values.steps_of(page)]
        lacking = [tool for tool in used if not self.has(tool)]
        self._window.message.take_back("no-model", "bad-model")
        if lacking and self._known:
            tool = lacking[0]
            model, show = self._of(tool), self._library.show
            if model is None:
                self._window.message.say(messages.no_model(str(self._values[f"{tool.name}-model"]), show))
            else:
                show_it: Callable[[], None] = partial(show, tool.name, str(model["name"]))
                self._window.message.say(messages.bad_model(str(model["title"]), show_it))

    def _of(self, tool: Tool) -> dict[str, Any] | None:
        name = self._values[f"{tool.name}-model"]
        return next((model for model in self._known if (model["tool"], model["name"]) == (tool.name, name)), None)
