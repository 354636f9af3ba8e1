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
    {"headings"},
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
    "policies": {"policies", "vocabulary"},
    "headings": {"headings", "vocabulary"},
    "matching": {"matching", "headings", "vocabulary", "privacy"},
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
MAY_COMMIT = ("blueprints/", "commands", "schedule.py", "outreach/dispatch.py")
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
def test_only_the_edge_commits(path: Path) -> None:
    commits = [
        node.lineno
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    assert not commits or place(path).startswith(MAY_COMMIT)


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
