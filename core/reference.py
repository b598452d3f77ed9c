"""The guide's reference page, made from the declarations: `python -m core.reference > docs/reference.md`."""

from __future__ import annotations

from dataclasses import replace

from .parameters import Parameter, default_text
from .presets import PRESETS, Preset
from .tools import MENU_ENTRIES, RESTORE, SHORTCUTS, TOOLS, MenuEntry, Shortcut, Tool

HEAD = """# Reference

Every tool with its settings, made from the declaration in `core/tools.py`. In GIMP each is a procedure,
`plug-in-daguerre-` and the tool's name, with the settings as arguments; on the command line each setting is an option
(`--sensitivity 0.7`), for *restore* `--set detect.sensitivity=0.7`. The settings on where results go are GIMP's alone,
and a stop for review is made only in the window.
"""

PRESET_HEAD = """## Presets

Settings for all steps of *Restore Photo* at once: chosen at the top of its page in the window, or by
`daguerre restore --preset NAME`, over which `--steps` and `--set` win. *Save as Preset…* keeps the settings under a
name of your own, which `--preset` knows too; they lie in `presets.json` in Daguerre's data folder. *Manage* renames and
removes them, writes one into a JSON file for another machine, and reads such a file.

| preset | name | what for | settings that differ from the defaults |
|---|---|---|---|
"""

SHORTCUT_HEAD = """## Without a window

Two more entries of GIMP's menu take no settings: they use those of the last time.
"""

ENTRY_HEAD = """And one runs no tool:
"""


def reference() -> str:
    """The page as Markdown."""
    shortcuts = [_entry(shortcut) for shortcut in SHORTCUTS.values()]
    entries = [_entry(entry) for entry in MENU_ENTRIES.values()]
    sections = [_section(tool) for tool in TOOLS.values()]
    presets = [PRESET_HEAD + "\n".join(_preset(preset) for preset in PRESETS), ""]
    return "\n".join([HEAD, *sections, *presets, SHORTCUT_HEAD, *shortcuts, "", ENTRY_HEAD, *entries, ""])


def _section(tool: Tool) -> str:
    title = tool.menu.replace("_", "").rstrip("…")
    rows = [_row(parameter) for parameter in tool.parameters]
    return "\n".join(
        [
            f"## {title}",
            "",
            f"`plug-in-daguerre-{tool.name}`, `daguerre {tool.name}`. {tool.blurb}",
            "",
            "| setting | name | values | default | |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _preset(preset: Preset) -> str:
    known = {parameter.name: parameter for parameter in RESTORE.parameters}
    texts = [f"`{name}` {default_text(replace(known[name], default=value))}" for name, value in preset.values.items()]
    return f"| {preset.title} | `{preset.name}` | {preset.purpose} | {', '.join(texts) or 'none'} |"


def _entry(entry: Shortcut | MenuEntry) -> str:
    return f"- *{entry.menu.replace('_', '')}*, `plug-in-daguerre-{entry.name}`: {entry.blurb}"


def _row(parameter: Parameter) -> str:
    where = " (GIMP)" if parameter.placing else " (window)" if parameter.watched else ""
    default = default_text(parameter)
    return f"| {parameter.label}{where} | `{parameter.name}` | {_values(parameter)} | {default} | {parameter.help} |"


def _values(parameter: Parameter) -> str:
    if parameter.kind in ("number", "integer"):
        return f"{parameter.low:g} to {parameter.high:g} {parameter.unit}".strip()
    if parameter.kind == "model":
        return "a model's name (`daguerre models`)"
    return ", ".join(f"`{choice.name}`" for choice in parameter.choices) or "on, off"


if __name__ == "__main__":
    print(reference(), end="")
