"""The declaration of the tools, and the values that people type."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import tools
from core.parameters import Parameter, Value, checked_value, parsed_value
from core.tools import COLORIZE, DETECT, ENHANCE, REPAIR, RESTORE, SHORTCUTS, STEPS, TOOLS, checked, defaults


def test_the_contract_of_the_issue() -> None:
    """The command line's options and their defaults, which others rely on."""
    visible = {
        tool.name: {parameter.name: parameter.default for parameter in tool.parameters if not parameter.placing}
        for tool in (DETECT, REPAIR, ENHANCE, COLORIZE)
    }
    assert visible["detect"] == {
        "model": "default",
        "sensitivity": 0.5,
        "min-size": 0.0,
        "max-size": 0.0,
        "bright": True,
        "dark": True,
        "lines": True,
        "spots": True,
        "areas": True,
        "grow": 0.0,
    }
    assert set(visible["repair"]) == {"model", "radius", "grow", "feather", "grain"}
    assert visible["enhance"] == {
        "model": "default",
        "strength": 1.0,
        "noise": 1.0,
        "fading": 1.0,
        "sharpness": 1.0,
        "keep-detail": 0.5,
        "keep-grain": 0.1,
        "encoder": "x",
        "decoder": "r",
        "raw": False,
    }
    assert visible["colorize"] == {"model": "default", "saturation": 1.0, "mute": 0.5, "levels": 0}
    assert list(TOOLS) == [*STEPS, "restore"] and STEPS == ("detect", "repair", "enhance", "colorize")
    assert defaults(RESTORE)["steps"] == "detect,repair"
    for step in STEPS:
        for parameter in TOOLS[step].parameters:
            if not parameter.placing:
                assert defaults(RESTORE)[f"{step}-{parameter.name}"] == parameter.default


@pytest.mark.parametrize("tool", TOOLS.values(), ids=lambda tool: tool.name)
def test_every_parameter_is_fit_to_be_shown(tool: tools.Tool) -> None:
    names = [parameter.name for parameter in tool.parameters]
    assert len(set(names)) == len(names)
    for parameter in tool.parameters:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", parameter.name)
        assert parameter.label and parameter.help.endswith(".")
        assert parameter.low < parameter.high
        assert checked_value(parameter, parameter.default) == parameter.default
        assert parameter.kind in ("number", "integer", "switch", "choice", "model", "steps")


@pytest.mark.parametrize(
    ("parameter", "text", "value"),
    [
        (DETECT.parameters[1], "0.7", 0.7),
        (DETECT.parameters[1], "1", 1.0),
        (DETECT.parameters[1], "1e-1", 0.1),
        (DETECT.parameters[0], "classical", "classical"),
        (RESTORE.parameters[0], "detect", "detect"),
        (RESTORE.parameters[0], "detect, repair", "detect,repair"),
        (RESTORE.parameters[0], "enhance", "enhance"),
        (RESTORE.parameters[0], "detect,enhance", "detect,enhance"),
        (ENHANCE.parameters[2], "1.5", 1.5),
        (ENHANCE.parameters[-2], "on", True),
        (Parameter("many", "integer", 1, "", "", high=9), "3", 3),
        (Parameter("on", "switch", True, "", ""), "No", False),
        (Parameter("on", "switch", True, "", ""), "true", True),
    ],
)
def test_what_people_type(parameter: Parameter, text: str, value: Value) -> None:
    parsed = parsed_value(parameter, text)
    assert parsed == value and type(parsed) is type(value)


@pytest.mark.parametrize(
    ("parameter", "text"),
    [
        (DETECT.parameters[1], ""),
        (DETECT.parameters[1], "half"),
        (DETECT.parameters[1], "nan"),
        (DETECT.parameters[1], "inf"),
        (DETECT.parameters[1], "1.5"),
        (DETECT.parameters[1], "0,5"),
        (RESTORE.parameters[0], "repair,detect"),
        (RESTORE.parameters[0], "detect,detect"),
        (RESTORE.parameters[0], "detect,polish"),
        (RESTORE.parameters[0], "enhance,repair"),
        (ENHANCE.parameters[1], "1.5"),
        (ENHANCE.parameters[2], "2.5"),
        (ENHANCE.parameters[-4], "z"),
        (Parameter("many", "integer", 1, "", "", high=9), "2.5"),
        (Parameter("many", "integer", 1, "", "", high=9), "inf"),
        (Parameter("on", "switch", True, "", ""), "maybe"),
    ],
)
def test_what_does_not_fit_is_said_in_one_sentence(parameter: Parameter, text: str) -> None:
    with pytest.raises(ValueError) as caught:
        parsed_value(parameter, text)
    assert parameter.name in str(caught.value) and str(caught.value).endswith(".")


@given(st.sampled_from(list(TOOLS.values())).flatmap(lambda tool: st.tuples(st.just(tool), st.text(max_size=12))))
def test_any_typed_text_is_a_value_or_a_sentence(case: tuple[tools.Tool, str]) -> None:
    tool, text = case
    for parameter in tool.parameters:
        try:
            value = parsed_value(parameter, text)
        except ValueError as error:
            assert str(error).endswith(".")
        else:
            assert checked(tool, {parameter.name: value})[parameter.name] == value


def test_the_hash_changes_with_any_change(monkeypatch: pytest.MonkeyPatch) -> None:
    before = tools.declaration_hash()
    assert re.fullmatch(r"[0-9a-f]{16}", before) and before == tools.declaration_hash()
    changed = dataclasses.replace(DETECT.parameters[1], high=0.99)
    monkeypatch.setitem(TOOLS, "detect", dataclasses.replace(DETECT, parameters=(changed, *DETECT.parameters[2:])))
    assert tools.declaration_hash() != before


def test_the_hash_changes_with_a_shortcut(monkeypatch: pytest.MonkeyPatch) -> None:
    before = tools.declaration_hash()
    changed = dataclasses.replace(SHORTCUTS["restore-in-place"], fixed={})
    monkeypatch.setitem(SHORTCUTS, "restore-in-place", changed)
    assert tools.declaration_hash() != before


@pytest.mark.parametrize("shortcut", SHORTCUTS.values(), ids=lambda shortcut: shortcut.name)
def test_every_shortcut_is_a_tools_with_settings_of_its_own(shortcut: tools.Shortcut) -> None:
    assert SHORTCUTS[shortcut.name] is shortcut and shortcut.name not in TOOLS
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", shortcut.name)
    assert shortcut.menu.count("_") == 1 and shortcut.blurb.endswith(".")
    assert checked(TOOLS[shortcut.tool], shortcut.fixed).items() >= shortcut.fixed.items()


@pytest.mark.parametrize("module", ["parameters", "tools", "protocol", "places", "jobfolder"])
def test_what_the_plug_in_shares_needs_nothing_but_the_standard_library(module: str) -> None:
    """In an interpreter of its own that sees no installed packages."""
    root = Path(tools.__file__).parents[1]
    script = f"import sys; sys.path.insert(0, {str(root)!r}); import core.{module}"
    subprocess.run([sys.executable, "-I", "-S", "-c", script], check=True, timeout=60)
