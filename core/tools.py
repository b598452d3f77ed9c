"""The declaration of every tool: the one place where names, ranges, defaults and help texts stand.

GIMP's procedure arguments, the command line's options, the window's controls, the protocol's validation and the
guide's reference page are all made from TOOLS. Standard library only, Python 3.9 or newer: a copy of this file
lives beside the plug-in and runs in GIMP's own Python. Texts are English here and translated where they are shown.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any, Mapping, Tuple

from .parameters import Choice, Parameter, Value, WrongValue, checked_value

STEPS = ("detect", "repair", "enhance", "colorize")
"""The tools that Restore can chain, in the order in which they make sense."""


@dataclass(frozen=True)
class Tool:
    """One tool: its contract name, its menu entry (with GIMP's access key) and its parameters."""

    name: str
    menu: str
    blurb: str
    parameters: Tuple[Parameter, ...]
    takes_mask: bool = False
    takes_hints: bool = False


@dataclass(frozen=True)
class Shortcut:
    """A menu entry of GIMP without parameters and window: a tool with the values used last, but for the fixed ones."""

    name: str
    tool: str
    menu: str
    blurb: str
    fixed: Mapping[str, Value] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class MenuEntry:
    """A menu entry of GIMP that runs no tool."""

    name: str
    menu: str
    blurb: str


MASK_AS = Parameter(
    "mask-as",
    "choice",
    "layer",
    "Mask as",
    "What the found damage becomes in the image. As the photo's layer mask it is not applied: the photo still shows.",
    choices=(
        Choice("layer", "Layer above the photo"),
        Choice("channel", "Channel"),
        Choice("selection", "Selection"),
        Choice("layer-mask", "Layer mask of the photo"),
    ),
    placing=True,
)
OUTPUT = Parameter(
    "output",
    "choice",
    "layer",
    "Result",
    "Where the changed pixels go. The layer mask shows what is selected, or everything: black on it hides the change.",
    choices=(
        Choice("layer", "New layer above the photo"),
        Choice("masked", "New layer with a layer mask"),
        Choice("in-place", "Into the photo itself"),
        Choice("new-image", "New image"),
    ),
    placing=True,
)

OUTPUT_OF_REPAIR = dataclasses.replace(
    OUTPUT,
    help="Where the changed pixels go. The damage as layer mask shows what of the repair is seen: black hides it.",
    choices=tuple(
        Choice("masked", "New layer with the damage as its layer mask") if choice.name == "masked" else choice
        for choice in OUTPUT.choices
    ),
)
"""The same for the tools that know where the damage is."""

MASK_AS_OF_RESTORE = dataclasses.replace(
    MASK_AS,
    help="What the found damage becomes in the image. As the photo's layer mask it is not applied: the photo still "
    "shows. Where the result has the damage as its layer mask, no mask layer is made beside it.",
    choices=(*MASK_AS.choices, Choice("none", "No mask")),
)

REVIEW = Parameter(
    "review",
    "switch",
    False,
    "Stop for review",
    "Stop after Detect so that the mask can be corrected.",
    watched=True,
)

TONES = ("bright", "dark")
SHAPES = ("lines", "spots", "areas")
KINDS = (*TONES, *SHAPES)
"""The switches of Detect: each defect has a tone and a shape, and is marked where both are on."""

DETECT = Tool(
    "detect",
    "_Detect Damage…",
    "Find scratches, dust, cracks and lost patches, and mark them in a mask that can be corrected by hand.",
    (
        Parameter("model", "model", "default", "Model", "Which detector looks for the damage."),
        Parameter(
            "sensitivity",
            "number",
            0.5,
            "Sensitivity",
            "0 marks only the surest damage, 1 everything that might be damage.",
        ),
        Parameter(
            "min-size",
            "number",
            0.0,
            "Smallest defect",
            "Defects thinner than this are left alone (diameter of the largest circle inside).",
            high=1000.0,
            unit="px",
        ),
        Parameter(
            "max-size",
            "number",
            0.0,
            "Largest defect",
            "Defects thicker than this are left alone; 0 means no limit.",
            high=10000.0,
            unit="px",
        ),
        Parameter("bright", "switch", True, "Bright", "Mark damage lighter than its surroundings.", row="Tone"),
        Parameter("dark", "switch", True, "Dark", "Mark damage darker than its surroundings.", row="Tone"),
        Parameter("lines", "switch", True, "Lines", "Mark scratches, cracks, folds and hairs.", row="Shape"),
        Parameter("spots", "switch", True, "Spots", "Mark dust and other small defects.", row="Shape"),
        Parameter("areas", "switch", True, "Areas", "Mark stains and lost patches.", row="Shape"),
        Parameter("grow", "number", 0.0, "Grow", "Widens every mark by this much.", high=100.0, unit="px"),
        MASK_AS,
    ),
)

REPAIR = Tool(
    "repair",
    "_Repair Damage…",
    "Fill what the mask marks from its surroundings; every pixel outside of the mask stays as it is.",
    (
        Parameter("model", "model", "auto", "Model", "Which method fills the damage."),
        Parameter(
            "radius",
            "number",
            5.0,
            "Radius",
            "How far around a damaged pixel the classical methods look.",
            low=1.0,
            high=100.0,
            unit="px",
            advanced=True,
        ),
        Parameter(
            "grow",
            "number",
            4.0,
            "Rim",
            "Widens each mark by as much of the damage's soft rim as shows, at most by this.",
            high=100.0,
            unit="px",
        ),
        Parameter(
            "feather",
            "number",
            1.0,
            "Feather",
            "Width of the soft transition around the fill.",
            high=100.0,
            unit="px",
        ),
        Parameter(
            "grain",
            "number",
            1.0,
            "Grain",
            "How much of the grain around it a fill gets: 0 is none, 1 as much as there is.",
        ),
        OUTPUT_OF_REPAIR,
    ),
    takes_mask=True,
)

DOMAINS = (Choice("x", "Aged (X)"), Choice("r", "Modern (R)"), Choice("y", "Old (Y)"))
"""What a photo is taken for, or made, by the networks that know photos of several kinds."""

ENHANCE = Tool(
    "enhance",
    "_Enhance Photo…",
    "Bring back tone and detail: fading, casts, noise, blur and compression, as far as the photo has them.",
    (
        Parameter("model", "model", "default", "Model", "Which network looks at the photo."),
        Parameter("strength", "number", 1.0, "Strength", "How much of the change shows."),
        Parameter(
            "noise",
            "number",
            1.0,
            "Noise",
            "How much of the noise that was found goes; above 100 % also where none was found.",
            high=2.0,
        ),
        Parameter(
            "fading",
            "number",
            1.0,
            "Fading",
            "How much of the fading, yellowing and lost contrast that was found goes; above 100 % also where none was "
            "found.",
            high=2.0,
        ),
        Parameter(
            "sharpness",
            "number",
            1.0,
            "Sharpness",
            "How much of the blur that was found goes; above 100 % also where none was found.",
            high=2.0,
        ),
        Parameter(
            "keep-detail",
            "number",
            0.5,
            "Keep detail",
            "How much of what was taken away comes back where it looks like detail and not like noise.",
        ),
        Parameter("keep-grain", "number", 0.1, "Keep grain", "How much of the grain stays."),
        Parameter(
            "encoder",
            "choice",
            "x",
            "Encoder",
            "The kind of photo it is read as; only for the models vae-full and vae-simple.",
            choices=DOMAINS,
            advanced=True,
        ),
        Parameter(
            "decoder",
            "choice",
            "r",
            "Decoder",
            "The kind of photo it is drawn as; only for the models vae-full and vae-simple.",
            choices=DOMAINS,
            advanced=True,
        ),
        Parameter(
            "raw",
            "switch",
            False,
            "Raw",
            "The decoder's own picture, as it is; only for the models vae-full and vae-simple.",
            advanced=True,
        ),
        OUTPUT,
    ),
)


COLORIZE = Tool(
    "colorize",
    "_Colorize Photo…",
    "Give a black-and-white photo colours; dabs of colour say which where the guess is not yours.",
    (
        Parameter("model", "model", "default", "Model", "Which network guesses the colours."),
        Parameter("saturation", "number", 1.0, "Saturation", "How strong the colours are.", high=2.0),
        Parameter(
            "mute", "number", 0.5, "Mute unsure colours", "How far colours that the model is not sure of stay grey."
        ),
        Parameter(
            "levels",
            "integer",
            0,
            "Grey levels",
            "The lightness is first reduced to this many levels (median cut), 0: not; only for the model report.",
            high=256.0,
            advanced=True,
        ),
        OUTPUT,
    ),
    takes_hints=True,
)


def _restore(steps: Tuple[Tool, ...], chosen: str) -> Tool:
    """Restore has every step's parameters under the step's name, and places its results as the steps do.

    chosen are the steps that are done where nobody says otherwise.
    """
    chained = tuple(
        dataclasses.replace(p, name=f"{tool.name}-{p.name}") for tool in steps for p in tool.parameters if not p.placing
    )
    chooser = Parameter(
        "steps",
        "steps",
        chosen,
        "Steps",
        "What is done, in this order.",
        choices=tuple(Choice(tool.name, tool.menu.replace("_", "").rstrip("…")) for tool in steps),
    )
    return Tool(
        "restore",
        "Re_store Photo…",
        "Find the damage and repair it in one go, enhance and colour the photo where that is asked for: a mask layer "
        "and the result above the photo.",
        (chooser, *chained, REVIEW, MASK_AS_OF_RESTORE, OUTPUT_OF_REPAIR),
        takes_hints=any(tool.takes_hints for tool in steps),
    )


RESTORE = _restore((DETECT, REPAIR, ENHANCE, COLORIZE), "detect,repair")

TOOLS = {tool.name: tool for tool in (DETECT, REPAIR, ENHANCE, COLORIZE, RESTORE)}

REPAIR_WITH_MASK = Shortcut(
    "repair-with-mask",
    "repair",
    "Repair with _This Mask",
    "Fill what this mask marks, with the settings used last and without a window.",
)
RESTORE_IN_PLACE = Shortcut(
    "restore-in-place",
    "restore",
    "Restore _in Place",
    "Find the damage and repair it in the photo itself, with the settings used last and without a window.",
    {"output": "in-place"},
)

SHORTCUTS = {shortcut.name: shortcut for shortcut in (REPAIR_WITH_MASK, RESTORE_IN_PLACE)}

ADD_HINTS = MenuEntry(
    "add-hints",
    "Add Colour _Hints Layer",
    "Add an empty layer above the photo: dabs of colour on it tell Colorize Photo which colours to take.",
)

MENU_ENTRIES = {entry.name: entry for entry in (ADD_HINTS,)}


def defaults(tool: Tool) -> dict[str, Value]:
    """Every parameter's default, by name."""
    return {p.name: p.default for p in tool.parameters}


def checked(tool: Tool, values: Mapping[str, Any]) -> dict[str, Value]:
    """The tool's settings with `values` over the defaults.

    Raises WrongValue where a name is unknown or a value is of the wrong kind or out of range.
    """
    known = {p.name: p for p in tool.parameters}
    settings = defaults(tool)
    for name, value in values.items():
        if name not in known:
            raise WrongValue(
                "{tool} has no setting named {name}; it has: {names}.",
                tool=tool.name,
                name=name,
                names=", ".join(known),
            )
        settings[name] = checked_value(known[name], value)
    return settings


def step_settings(settings: Mapping[str, Value], step: str) -> dict[str, Value]:
    """The settings of one step of Restore, under the step's own parameter names."""
    prefix = f"{step}-"
    return {name[len(prefix) :]: value for name, value in settings.items() if name.startswith(prefix)}


def declaration_hash() -> str:
    """Sixteen hexadecimal digits that change with any change of the declaration."""
    import hashlib  # loads OpenSSL, which the window can do without until it is painted

    plain = {name: dataclasses.asdict(tool) for name, tool in TOOLS.items()}
    plain.update((name, dataclasses.asdict(shortcut)) for name, shortcut in SHORTCUTS.items())
    plain.update((name, dataclasses.asdict(entry)) for name, entry in MENU_ENTRIES.items())
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:16]
