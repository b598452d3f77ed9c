"""The hints of the page Colorize: the colour and the size of the next dab, and how many there are."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QSignalBlocker, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PyQt6.QtWidgets import (
    QButtonGroup,
    QColorDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.translation import _, ngettext

from .accesskeys import AccessKeys
from .controls import NumberBox
from .dab_forms import FIRST_COLOUR
from .looks import Colour
from .toolrail import LARGEST_DAB, SMALLEST

SWATCH = 18
"""Logical pixels along the side of a colour on a button."""
COLUMNS = 6


def common_colours() -> dict[str, Colour]:
    """Colours that photos often need, by their names."""
    return {
        _("Skin, fair"): (236, 199, 175),
        _("Skin, light"): FIRST_COLOUR,
        _("Skin, brown"): (168, 116, 83),
        _("Skin, dark"): (108, 70, 50),
        _("Hair, blond"): (199, 164, 106),
        _("Hair, brown"): (92, 62, 40),
        _("Sky"): (142, 183, 220),
        _("Leaves"): (98, 126, 62),
        _("Wood"): (139, 97, 62),
        _("Brick"): (158, 80, 60),
        _("Cloth, blue"): (52, 70, 112),
        _("Cloth, red"): (130, 40, 48),
    }


class HintState(QFrame):
    """What the next dab will be, and what can be done about those that are there."""

    colourChosen = pyqtSignal(tuple)
    sizeAsked = pyqtSignal(float)
    clearAsked = pyqtSignal()

    def __init__(self, keys: AccessKeys, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("hints")
        self.colour: Colour = FIRST_COLOUR
        self._common = common_colours()
        self._tabs_are_ordered = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 8)
        layout.addLayout(self._colour_row(keys))
        layout.addWidget(QLabel(_("Common colours")))
        layout.addLayout(self._swatches())
        layout.addLayout(self._size_row(keys))
        layout.addLayout(self._count_row(keys))
        self.set_colour(self.colour)
        self.show_count(0, False)

    def set_colour(self, colour: Colour) -> None:
        """Show the colour of the next dab."""
        self.colour = colour
        self.pick_button.setIcon(_swatch(colour))
        self.pick_button.setAccessibleDescription(QColor(*colour).name())
        self._group.setExclusive(False)
        for name, button in self.swatches.items():
            with QSignalBlocker(button):
                button.setChecked(self._common[name] == colour)
        self._group.setExclusive(True)
        if self._tabs_are_ordered:
            stop = self._group.checkedButton() or next(iter(self.swatches.values()))
            for button in self.swatches.values():
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus if button is stop else Qt.FocusPolicy.NoFocus)

    def tabs_are_ordered(self) -> None:
        """From here on Tab stops at one of the common colours, and the arrow keys go on from there."""
        self._tabs_are_ordered = True
        self.set_colour(self.colour)

    def set_size(self, diameter: float) -> None:
        """Show the diameter of the next dab, in pixels of the photo."""
        with QSignalBlocker(self.size_box):
            self.size_box.setValue(diameter)

    def recall(self, name: Any) -> None:
        """Show the colour of the last time, "#rrggbb"."""
        if isinstance(name, str) and QColor.isValidColorName(name):
            colour = QColor(name)
            self.set_colour((colour.red(), colour.green(), colour.blue()))

    def show_count(self, count: int, layer: bool) -> None:
        """How many dabs there are, and whether the layer that came with the photo is there too."""
        shown = self.locale().toString(count)
        if layer and count:
            text = ngettext("Hints: {count} dab over your layer", "Hints: {count} dabs over your layer", count)
        elif layer:
            text = _("Hints: those of your layer")
        elif count:
            text = ngettext("Hints: {count} dab", "Hints: {count} dabs", count)
        else:
            text = _("Hints: none. Click to put one.")
        self.text.setText(text.format(count=shown))
        self.clear_button.setEnabled(bool(count or layer))

    def _colour_row(self, keys: AccessKeys) -> QHBoxLayout:
        label = QLabel(_("Colour"))
        self.pick_button = QPushButton(keys.marked(_("Pick…")))
        self.pick_button.setObjectName("hint")
        self.pick_button.setIconSize(QSize(SWATCH, SWATCH))
        self.pick_button.setAutoDefault(False)
        self.pick_button.setAccessibleName(_("Colour of the next dab"))
        self.pick_button.setToolTip(_("Colour of the next dab. Ctrl+click takes it from the photo."))
        self.pick_button.clicked.connect(self._ask)
        row = QHBoxLayout()
        row.addWidget(label, 1)
        row.addWidget(self.pick_button)
        return row

    def _swatches(self) -> QGridLayout:
        """The common colours; arrow keys go from one to the next."""
        grid = QGridLayout()
        grid.setSpacing(2)
        self._group = QButtonGroup(self)
        self.swatches: dict[str, QToolButton] = {}
        for index, (name, colour) in enumerate(self._common.items()):
            button = QToolButton()
            button.setIcon(_swatch(colour))
            button.setIconSize(QSize(SWATCH, SWATCH))
            button.setMinimumSize(28, 28)
            button.setCheckable(True)
            button.setAutoRaise(True)
            button.setToolTip(name)
            button.setAccessibleName(name)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.toggled.connect(lambda on, colour=colour: self._choose(colour) if on else None)
            self._group.addButton(button)
            self.swatches[name] = button
            grid.addWidget(button, index // COLUMNS, index % COLUMNS)
        grid.setColumnStretch(COLUMNS, 1)
        return grid

    def _size_row(self, keys: AccessKeys) -> QHBoxLayout:
        label = QLabel(keys.marked(_("Dab size")))
        self.size_box = NumberBox()
        self.size_box.setObjectName("dab-size")
        self.size_box.setDecimals(0)
        self.size_box.setRange(SMALLEST, LARGEST_DAB)
        self.size_box.setSuffix(" px")
        self.size_box.setAccessibleName(_("Dab size"))
        self.size_box.setToolTip(_("Diameter of a dab in pixels of the photo ([ smaller, ] larger)"))
        self.size_box.valueChanged.connect(self.sizeAsked)
        label.setBuddy(self.size_box)
        row = QHBoxLayout()
        row.addWidget(label, 1)
        row.addWidget(self.size_box)
        return row

    def _count_row(self, keys: AccessKeys) -> QHBoxLayout:
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.clear_button = QPushButton(keys.marked(_("Clear")))
        self.clear_button.setObjectName("clear-hints")
        self.clear_button.setAutoDefault(False)
        self.clear_button.setAccessibleName(_("Clear hints"))
        self.clear_button.setToolTip(_("Take all hints away (can be undone)."))
        self.clear_button.clicked.connect(self.clearAsked)
        row = QHBoxLayout()
        row.addWidget(self.text, 1)
        row.addWidget(self.clear_button)
        return row

    def _ask(self) -> None:
        """Ask for a colour without blocking the window."""
        dialog = QColorDialog(QColor(*self.colour), self)
        dialog.setWindowTitle(_("Colour of the Next Dab"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(lambda colour: self._choose((colour.red(), colour.green(), colour.blue())))
        dialog.open()

    def _choose(self, colour: Colour) -> None:
        self.set_colour(colour)
        self.colourChosen.emit(colour)


def _swatch(colour: Colour) -> QIcon:
    picture = QPixmap(4 * SWATCH, 4 * SWATCH)  # enough for any screen
    picture.fill(QColor(*colour))
    painter = QPainter(picture)
    painter.setPen(QPen(QColor(0, 0, 0), 4))
    painter.drawRect(2, 2, 4 * SWATCH - 4, 4 * SWATCH - 4)
    painter.end()
    return QIcon(picture)
