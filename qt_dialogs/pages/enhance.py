"""The page Enhance: below the model stands what it found in the photo."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtWidgets import QLabel

from core.translation import _

from .page import Page


class EnhancePage(Page):
    """The tool's settings, and how much of each the photo needs."""

    def _fill(self) -> None:
        model = [parameter for parameter in self.tool.parameters if parameter.kind == "model"]
        others = [parameter for parameter in self.tool.parameters if parameter.kind != "model"]
        self.found = QLabel()
        self.found.setWordWrap(True)
        self.found.setToolTip(_("What the model found in the whole photo; the sliders below say how much of it goes."))
        self._add(model, self._layout)
        self._layout.addWidget(self.found)
        self._add(others, self._layout)
        self._add_advanced(self._layout)
        self.show_needs(None)

    def show_needs(self, needs: Mapping[str, float] | None) -> None:
        """How much of noise, blur and fading there is, each 0..1; None: nobody knows yet."""
        if needs is None:
            self.found.setText(_("Found: not measured yet"))
            return
        percent = {name: self.locale().toString(round(100 * need)) for name, need in needs.items()}
        self.found.setText(_("Found: noise {noise} %, blur {blur} %, fading {fading} %").format(**percent))
