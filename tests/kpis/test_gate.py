"""A single gate: only `ask` evaluates a KPI, and the default day is decided in one place."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("sen_dashboard", "panel", "placements", "provision")


def calls(name: str) -> Iterator[tuple[str, str]]:
    """Where the shipped code calls a function or method of that name: the file, and the call as written."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and called(node) == name:
                    yield str(path.relative_to(ROOT)), ast.unparse(node)


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def test_nothing_else_evaluates_a_kpi() -> None:
    asked = [(path, call) for path, call in calls("query") if not call.startswith("extract.")]
    assert asked == [("sen_dashboard/core/kpi/definition.py", "kpi.query(scope)")]


def test_the_default_day_of_a_request_is_decided_in_one_place() -> None:
    assert {path for path, _ in calls("default_as_at")} == {
        "placements/as_at.py",
        "sen_dashboard/management/commands/kpi.py",
        "sen_dashboard/reports/digest.py",
    }
