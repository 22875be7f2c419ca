"""The house rules about files, as tests."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = [
    ROOT / line
    for line in subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
]
CODE = [
    path
    for path in OURS
    if path.is_relative_to(ROOT / "app")
    or path.is_relative_to(ROOT / "workers")
    or path.is_relative_to(ROOT / "admin")
]
LONGEST = 300
LONGEST_THOUGHT, LONGEST_TOLD = 45, 50
"""Lines of a function of ours, and of a test: a tale may be told to its end."""
VAGUE = re.compile(r"(^|_)(utils?|helpers?|managers?|handlers?|data|misc|common)($|_)")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_a_file_is_one_sitting():
    long = {
        name(path): count
        for path in OURS
        if path.exists() and (count := len(path.read_text().splitlines())) > LONGEST
    }
    assert {path: count for path, count in long.items() if not path.startswith("migrations/")} == {}


def test_every_module_says_what_it_is_for():
    assert [
        name(path) for path in OURS if path.exists() and not ast.get_docstring(ast.parse(path.read_text()))
    ] == []


def test_no_file_has_a_vague_name():
    assert [name(path) for path in CODE if VAGUE.search(path.stem)] == []


def test_a_function_is_one_thought():
    long = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in OURS
        if path.exists() and not path.is_relative_to(ROOT / "migrations")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        if node.end_lineno - node.lineno >= (LONGEST_THOUGHT if path in CODE else LONGEST_TOLD)
    ]
    assert long == []


@pytest.mark.parametrize(
    ("pattern", "allowed"),
    [
        (r"os\.environ|os\.getenv", {"app/config.py"}),
        (
            r"import requests|import zeep|from zeep|import urllib3",
            {"app/sri/soap.py", "admin/bench/rivals/programs/with_chain.py"},  # the latter is a rival
        ),
        (
            r"\.update\([^)]*\bstate=",
            {"app/store/advance.py", "workers/middleware/run_history.py", "app/circuit.py"},
        ),
        (r"^\s*print\(", set()),
        (r"""ZoneInfo\(["']|hours=-5""", {"app/ecuador.py"}),
    ],
    ids=[
        "reads the environment",
        "opens a socket to the SRI",
        "writes a state",
        "prints",
        "knows what time it is in Ecuador",
    ],
)
def test_only_one_place(pattern: str, allowed: set[str]):
    found = {name(path) for path in CODE if re.search(pattern, path.read_text(), re.MULTILINE)}
    assert found <= allowed
