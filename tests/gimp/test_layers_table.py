"""docs/layers.md says of each kind of layer what the plug-in does: its sentences are the plug-in's own."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import gimps

PLUGIN = gimps.CHECKOUT / "gimp_plugin" / "daguerre"
TABLE = gimps.CHECKOUT / "docs" / "layers.md"


def sentences(*files: Path) -> set[str]:
    """All texts that these files show to people, with … for names."""
    calls = [node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8"))) if _translates(node)]
    texts = [call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)]
    return {re.sub(r"{\w+}", "…", str(text)) for text in texts}


def _translates(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"


def quoted() -> set[str]:
    """What stands in italics in the tables' last column."""
    return set(re.findall(r"\| \*(.+)\* \|$", TABLE.read_text("utf-8"), re.MULTILINE))


def test_every_sentence_of_the_table_is_the_plug_ins() -> None:
    assert quoted() <= sentences(*PLUGIN.glob("*.py"))


def test_every_refusal_is_in_the_table() -> None:
    assert sentences(PLUGIN / "checks.py") <= quoted()


def test_every_question_of_the_window_is_in_the_table() -> None:
    assert sentences(PLUGIN / "stranded.py") <= quoted()


def test_every_change_meanwhile_is_in_the_table() -> None:
    assert {text for text in sentences(PLUGIN / "job.py") if text.endswith(" meanwhile.")} <= quoted()
