"""How the photo is looked at and painted on: zoom, comparing, what lies over it, brush and dabs, undo and redo."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, Qt
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QColorDialog

from core.translation import _

from . import memory
from .looks import BLUE, Colour, Look, recalled
from .toolrail import LARGEST, LARGEST_DAB, MASK_TOOLS, SMALLEST
from .values import has_dabs, has_mask
from .viewbar import MODES
from .window import Window

if TYPE_CHECKING:
    from .canvas import Canvas
    from .dabs import Dabs
    from .hand import Hand
    from .marks import Marks

TOOLS = ("pick", "brush", "eraser", "pipette")
"""Those of the tool rail that have keys."""
BRUSH_STEP = 1.15
ACTUAL = "1:1"
USUAL_BRUSH = 24.0


class Viewing(QObject):
    """Connects the view bar and the tool rail with the canvas, once there is one."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._canvas: Canvas | None = None
        self._marks: Marks | None = None
        self._dabs: Dabs | None = None
        self._editable = True
        self._masked = True  # the page has a mask
        self._dabbing = False  # the page has dabs of colour
        self._look = Look()
        self._sizes = {True: USUAL_BRUSH, False: USUAL_BRUSH}  # of dabs, of the brush
        self._actual = False  # the photo was last looked at pixel by pixel
        self._revealed = False  # the marks are hidden but for what is being painted
        self._overlays = {"detect": True, "repair": False, "restore": False, "enhance": False, "colorize": True}
        bar, rail, hints = window.viewbar, window.tools, window.panel.hint_state
        window.beforeHeld.connect(self._hold_before)
        rail.toolAsked.connect(self._set_tool)
        rail.brushAsked.connect(self._set_brush)
        bar.zoomAsked.connect(lambda scale: self.act("zoom", str(scale)))
        bar.zoomInAsked.connect(lambda: self.act("zoom", "in"))
        bar.zoomOutAsked.connect(lambda: self.act("zoom", "out"))
        bar.fitAsked.connect(lambda: self.act("fit"))
        bar.modeAsked.connect(self._set_mode)
        bar.beforeHeld.connect(self._hold_before)
        bar.overlayAsked.connect(self._set_overlay)
        bar.opacityAsked.connect(self._set_opacity)
        bar.styleAsked.connect(lambda style: self._set_look(style=style))
        bar.usualColourAsked.connect(lambda: self._set_look(colour=None))
        bar.ownColourAsked.connect(self._ask_colour)
        bar.damageAsked.connect(lambda on: self._set_look(damage=on))
        bar.contrastAsked.connect(lambda contrast: self._set_look(contrast=contrast))
        window.grid.toggled.connect(lambda on: self._set_look(grid=on))
        window.wheel.toggled.connect(self._set_wheel)
        bar.undoAsked.connect(lambda: self.act("undo"))
        bar.redoAsked.connect(lambda: self.act("redo"))
        hints.colourChosen.connect(self._set_colour)
        hints.sizeAsked.connect(self._set_brush)
        hints.clearAsked.connect(self._clear_dabs)
        remembered = memory.recall()
        opacity, dab = remembered.get("opacity"), remembered.get("dab")
        if isinstance(opacity, float):
            bar.set_opacity(opacity)
        if isinstance(dab, int | float) and SMALLEST <= dab <= LARGEST_DAB:
            self._sizes[True] = float(dab)
        self._look = recalled(remembered)
        window.grid.setChecked(self._look.grid)
        self._actual = remembered.get("zoom") == ACTUAL
        window.wheel.setChecked(remembered.get("wheel-scrolls") is True)
        bar.set_look(self._look)
        hints.recall(remembered.get("hint"))
        hints.set_size(self._sizes[True])
        rail.set_brush(USUAL_BRUSH)
        self.enable(False)

    def show(self, canvas: Canvas, marks: Marks, dabs: Dabs) -> None:
        """Look at this from here on."""
        actual = self._looks_at_pixels
        self._canvas, self._marks, self._dabs = canvas, marks, dabs
        bar, rail = self._window.viewbar, self._window.tools
        canvas.set_mode(bar.mode)
        canvas.set_overlay(bar.overlay.isChecked())
        canvas.set_overlay_opacity(bar.opacity.value() / 100)
        canvas.set_look(self._look)
        canvas.wheel_scrolls = self._window.wheel.isChecked()
        self._set_tool(rail.tool)
        canvas.set_brush(self._sizes[self._dabbing])
        if actual:
            canvas.zoom_to(1.0)
        canvas.colourPicked.connect(self._pick)
        self._set_colour(self._window.panel.hint_state.colour)
        dabs.stepsChanged.connect(self._show_steps)
        dabs.changed.connect(self._reveal)
        canvas.viewChanged.connect(lambda: bar.set_scale(canvas.scale))
        canvas.brushChanged.connect(self._set_brush)
        marks.hand.stepsChanged.connect(self._show_steps)
        marks.hand.changed.connect(self._reveal)
        bar.set_scale(canvas.scale)
        self._show_steps()

    def turn_to(self, tool: str) -> None:
        """Each page has its own answer to whether the marks lie over the photo: on a repair they would hide it. Where
        there is no mask and no dabs, a drag moves the photo.
        """
        bar = self._window.viewbar
        self._masked, self._dabbing = has_mask(tool), has_dabs(tool)
        if self._canvas is not None:
            self._canvas.work_on_dabs(self._dabbing)
        bar.set_overlay(self._overlays[tool])
        bar.name_overlay(self._dabbing)
        bar.overlay.setEnabled(self._paints)
        bar.opacity.setEnabled(self._masked)
        self._set_tool(self._window.tools.tool)
        self._set_brush(self._sizes[self._dabbing])
        self._show_steps()

    def enable(self, editable: bool) -> None:
        """Whether the marks can be changed."""
        self._editable = editable
        self._window.tools.setEnabled(editable)
        if self._canvas is not None:
            self._canvas.set_editable(editable)
        self._show_steps()

    def remember(self) -> None:
        hint = "#{:02x}{:02x}{:02x}".format(*self._window.panel.hint_state.colour)
        look = {name: getattr(self._look, name) for name in ("style", "colour", "contrast", "grid")}
        opacity = self._window.viewbar.opacity.value() / 100
        scrolls = {"wheel-scrolls": self._window.wheel.isChecked()}
        zoom = ACTUAL if self._looks_at_pixels else ""
        memory.remember(opacity=opacity, hint=hint, dab=self._sizes[True], zoom=zoom, **look, **scrolls)

    def surround(self, surround: str) -> None:
        """Show this around the photo: one of surrounds.SURROUNDS."""
        self._window.photo.set_surround(surround)
        self._set_look(surround=surround)

    def review(self, begins: bool) -> None:
        """What is gone through has to be seen: the marks lie over the photo as long as that lasts, unless the person
        hides them.
        """
        page = self._window.panel.page
        wanted = self._overlays[page]
        self._window.viewbar.set_overlay(begins or wanted)
        self._overlays[page] = wanted

    def hide_painted(self) -> None:
        """The photo shows what painting came to: the strokes themselves need not be seen any more."""
        if self._revealed and self._canvas is not None:
            self._revealed = False
            self._canvas.set_overlay(self._window.viewbar.overlay.isChecked())

    def act(self, what: str, how: str = "") -> None:
        """Do what a key or a button asks for; the words are those of keys.py."""
        canvas, painted = self._canvas, self._painted
        if canvas is None or painted is None:
            return
        rail, bar = self._window.tools, self._window.viewbar
        if what == "zoom" and how in ("in", "out"):
            canvas.zoom_in() if how == "in" else canvas.zoom_out()
        elif what == "zoom" and how == "back":
            canvas.zoom_back()
        elif what == "zoom":
            canvas.zoom_to(float(how))
        elif what == "centre":
            canvas.centre()
        elif what == "damage":
            self._set_look(damage=not self._look.damage)
        elif what == "fit":
            canvas.fit()
        elif what == "compare":
            self._set_mode(MODES[(MODES.index(bar.mode) + 1) % len(MODES)])
        elif not self._paints:
            return
        elif what == "overlay":
            bar.set_overlay(not bar.overlay.isChecked())
        elif not self._editable:
            return
        elif what in TOOLS or (what in MASK_TOOLS and self._masked):
            self._set_tool(what)
        elif what == "other":
            self._set_tool("brush" if rail.tool == "eraser" else "eraser")
        elif what == "delete":
            if self._dabbing and self._dabs is not None:
                self._dabs.remove_picked()
        elif what == "undo":
            painted.undo()
        elif what == "redo":
            painted.redo()
        elif what not in MASK_TOOLS and not self._widen_trace(what):
            self._set_brush(_resized(canvas.brush, what))

    def _widen_trace(self, how: str) -> bool:
        """Right after a line was traced, the brush's keys change that line's width."""
        tracer = self._canvas.tracer if self._canvas is not None and self._canvas.tool == "trace" else None
        if tracer is None or tracer.width is None:
            return False
        tracer.set_width(tracer.own_width if how == "usual" else _resized(tracer.width, how))
        return True

    @property
    def _looks_at_pixels(self) -> bool:
        return self._canvas.actual if self._canvas is not None else self._actual

    @property
    def _paints(self) -> bool:
        """Whether there is something on this page to paint."""
        return self._masked or self._dabbing

    @property
    def _painted(self) -> Hand | Dabs | None:
        """What is painted on: what undo and redo are about."""
        if self._dabbing:
            return self._dabs
        return self._marks.hand if self._marks is not None else None

    def _set_mode(self, mode: str) -> None:
        self._window.viewbar.set_mode(mode)
        if self._canvas is not None:
            self._canvas.set_mode(mode)

    def _set_tool(self, tool: str) -> None:
        if tool == "pipette" and not self._dabbing:
            tool = "brush"
        elif tool == "pick" and self._dabbing:
            self._window.viewbar.set_overlay(True)
        self._window.tools.set_tool(tool)
        if self._canvas is not None:
            self._canvas.set_tool(tool if self._paints else "pan")

    def _set_brush(self, diameter: float) -> None:
        diameter = min(max(diameter, SMALLEST), LARGEST_DAB if self._dabbing else LARGEST)
        self._sizes[self._dabbing] = diameter
        self._window.tools.set_brush(diameter)
        if self._dabbing:
            self._window.panel.hint_state.set_size(diameter)
        if self._canvas is not None:
            self._canvas.set_brush(diameter)

    def _set_colour(self, colour: Colour) -> None:
        if self._dabs is not None:
            self._dabs.colour = colour

    def _pick(self, colour: Colour) -> None:
        self._window.panel.hint_state.set_colour(colour)
        self._set_colour(colour)

    def _clear_dabs(self) -> None:
        if self._dabs is not None:
            self._dabs.clear()

    def _set_overlay(self, shown: bool) -> None:
        self._overlays[self._window.panel.page] = shown
        self._revealed = False
        if self._canvas is not None:
            self._canvas.set_overlay(shown)

    def _set_opacity(self, opacity: float) -> None:
        if self._canvas is not None:
            self._canvas.set_overlay_opacity(opacity)

    def _set_look(self, **changes: Any) -> None:
        self._look = replace(self._look, **changes)
        self._window.viewbar.set_look(self._look)
        if self._canvas is not None:
            self._canvas.set_look(self._look)

    def _set_wheel(self, scrolls: bool) -> None:
        if self._canvas is not None:
            self._canvas.wheel_scrolls = scrolls

    def _ask_colour(self) -> None:
        """Ask for the colour of what was found, without blocking the window."""
        dialog = QColorDialog(QColor(*self._look.colour or BLUE), self._window)
        dialog.setObjectName("overlay-colour")
        dialog.setWindowTitle(_("Colour of What Was Found"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(lambda to: self._set_look(colour=(to.red(), to.green(), to.blue())))
        dialog.rejected.connect(lambda: self._window.viewbar.set_look(self._look))
        dialog.open()

    def _hold_before(self, held: bool) -> None:
        if self._canvas is not None:
            self._canvas.hold_before(held)

    def _reveal(self) -> None:
        painted = self._painted
        if self._canvas is not None and painted is not None and painted.painting and not self._revealed:
            self._revealed = True
            self._canvas.set_overlay(True)

    def _show_steps(self) -> None:
        painted = self._painted
        if painted is not None:
            undo, redo = (painted.undo_name, painted.redo_name) if self._editable and self._paints else ("", "")
            self._window.viewbar.set_steps(undo, redo)
        if self._dabs is not None:
            hints = self._dabs.painted
            self._window.panel.hint_state.show_count(hints.count, hints.given is not None)


def _resized(brush: float, how: str) -> float:
    """The brush's diameter after one of its keys; each changes it by a pixel at least."""
    if how == "usual":
        return USUAL_BRUSH
    factor = {"smaller": 1 / BRUSH_STEP, "larger": BRUSH_STEP, "halve": 0.5, "double": 2.0}[how]
    changed = round(brush * factor)
    return changed if abs(changed - brush) >= 1 else brush + (1 if factor > 1 else -1)
