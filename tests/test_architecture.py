"""The house keeps its shape: which way imports go, who may know Flask, who commits."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "portal").rglob("*.py"))

# Bottom first; a layer imports only what stands below it, or itself.
LAYERS = [
    {"vocabulary", "clock", "settings", "suppliers", "database", "embedded_postgres", "privacy"},
    {"headings", "sheets", "whole_files"},
    {"matching"},
    {"policies"},
    {"models"},
    {"audit", "readiness", "backup"},
    {"access"},
    {"intake"},
    {"enrolment"},
    {"coverage"},
    {"outreach"},
    {"logs"},
    {"demo"},
    {"blueprints", "schedule"},
    {"commands"},
    {"app"},
    {"__init__"},
]
HEIGHT = {name: height for height, names in enumerate(LAYERS) for name in names}

# Pure packages: the day is an argument, there is no database. Numbers and names are judged by privacy's pure readers.
MAY_IMPORT = {
    "policies": {"policies", "vocabulary", "whole_files"},
    "headings": {"headings", "vocabulary"},
    "matching": {"matching", "headings", "vocabulary", "privacy", "whole_files"},
}

EDGE = ("app.py", "__init__.py", "blueprints/", "commands")
ONLY_IN = {
    "flask": EDGE,
    "flask_login": EDGE,
    "wtforms": EDGE,
    "flask_wtf": EDGE,
    "requests": ("outreach/gateways/",),
    "apscheduler": ("schedule.py",),
}
MAY_COMMIT = ("blueprints/", "commands", "schedule.py")
OWN_TRANSACTIONS = {
    # below the edge, work that takes a maker of sessions: what others must see before it is over, or may lose alone
    "intake/work_off.py": "that a file is being read is seen at once, what it brings in one moment at the end",
    "intake/progress.py": "how far the reading is, beside the transaction that keeps the file",
    "intake/delivery.py": "what a delivered file holds is shown before anybody agreed to keep it",
    "coverage/matching_work.py": "a killed process loses one part of a run, not the run",
    "coverage/tally_keeping.py": "a few schools at a time, so that no reader waits",
    "outreach/dispatch.py": "claimed and started are known before the gateway is asked",
    "outreach/line.py": "claimed and started are known before the gateway is asked",
    "outreach/sign_in_codes.py": "none is open while the gateway works",
    "outreach/wecom_parents.py": "none is open while the directory answers",
    "demo/__init__.py": "an invented county goes the roads of the edge, step by step",
    "demo/families.py": "an invented county goes the roads of the edge, step by step",
}
JUNK_DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "services", "service", "managers", "manager"}


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def place(path: Path) -> str:
    return str(path.relative_to(ROOT / "portal"))


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def called(path: Path) -> set[str]:
    """The names of the methods that are called somewhere in it without an argument."""
    calls = (node.func for node in ast.walk(parsed(path)) if isinstance(node, ast.Call) and not node.args)
    return {function.attr for function in calls if isinstance(function, ast.Attribute)}


@pytest.mark.parametrize("path", FILES, ids=place)
def test_imports_go_down_only(path: Path) -> None:
    here = path.relative_to(ROOT / "portal").parts[0].removesuffix(".py")
    for name in imported(parsed(path)):
        if not name.startswith("portal."):
            continue
        there = name.split(".")[1]
        if here in MAY_IMPORT:
            assert there in MAY_IMPORT[here], f"{here} is pure and may not know {name}"
        elif there != here:
            assert HEIGHT[there] < HEIGHT[here] or HEIGHT[here] == HEIGHT[there] == 0, f"{name} stands above {here}"


@pytest.mark.parametrize("path", FILES, ids=place)
def test_what_belongs_to_the_edge_stays_there(path: Path) -> None:
    for name in imported(parsed(path)):
        allowed = ONLY_IN.get(name.split(".")[0])
        assert allowed is None or place(path).startswith(allowed), f"{name} belongs in {allowed}"


@pytest.mark.parametrize("path", FILES, ids=place)
def test_only_the_edge_commits_what_it_was_given(path: Path) -> None:
    assert "commit" not in called(path) or place(path).startswith(MAY_COMMIT)


def test_below_the_edge_only_what_works_in_steps_has_transactions_of_its_own() -> None:
    begun = {place(path) for path in FILES if "begin" in called(path)}
    assert {name for name in begun if not name.startswith(MAY_COMMIT)} == set(OWN_TRANSACTIONS)


@pytest.mark.parametrize("path", FILES, ids=place)
def test_nothing_is_imported_inside_a_function(path: Path) -> None:
    functions = [n for n in ast.walk(parsed(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    hidden = [n.lineno for f in functions for n in ast.walk(f) if isinstance(n, ast.Import | ast.ImportFrom)]
    assert hidden == []


def test_no_file_is_a_junk_drawer() -> None:
    names = {path.stem for path in FILES} | {path.parent.name for path in FILES}
    assert names.isdisjoint(JUNK_DRAWERS)


def test_pages_for_families_for_staff_and_reports_do_not_know_each_other() -> None:
    sides = {"families", "staff", "reports"}
    for path in FILES:
        parts = path.relative_to(ROOT / "portal").parts
        if parts[0] != "blueprints" or len(parts) < 2 or parts[1].removesuffix(".py") not in sides:
            continue
        here = parts[1].removesuffix(".py")
        for name in imported(parsed(path)):
            others = sides - {here}
            assert not any(name.startswith(f"portal.blueprints.{other}") for other in others), f"{place(path)}: {name}"


def test_every_file_says_in_a_sentence_what_it_is_for() -> None:
    bare = [place(path) for path in FILES if ast.get_docstring(parsed(path)) is None]
    assert bare == []
