"""Every check_ function in inside/ is a test here, in every GIMP; GIMP starts once for each module."""

from __future__ import annotations

import ast

import pytest

import gimps

MODULES = (
    "pixel_checks",
    "format_checks",
    "layer_checks",
    "result_checks",
    "output_checks",
    "new_image_checks",
    "repair_checks",
    "enhance_checks",
    "steps_checks",
    "colorize_checks",
    "hints_checks",
    "refusal_checks",
    "answer_checks",
    "stack_checks",
    "window_checks",
    "lost_checks",
    "filter_checks",
)


def checks(module: str) -> list[str]:
    tree = ast.parse((gimps.INSIDE / f"{module}.py").read_text(encoding="utf-8"))
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("check_")]


@pytest.mark.parametrize(("module", "check"), [(module, check) for module in MODULES for check in checks(module)])
def test_in_gimp(gimp: gimps.Gimp, module: str, check: str) -> None:
    result = gimp.report(module)[check]
    assert not result["error"], result["error"]


def test_no_folder_is_left(gimp: gimps.Gimp) -> None:
    for module in MODULES:
        gimp.report(module)
    assert not list(gimp.jobs.glob("*"))
