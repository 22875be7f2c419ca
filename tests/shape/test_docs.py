"""What the documents name exists: tests, commands, settings, files."""

import ast
import re
import shlex
import sys
from pathlib import Path

import click
import pytest

from admin.cli import commands
from app.config import Settings

sys.path.insert(0, str(Path(__file__).parent))

from configuration import example, page

ROOT = Path(__file__).resolve().parents[2]
SECURITY = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def functions(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}


def test_every_threat_names_a_test_that_exists():
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", SECURITY)
    assert len(named) > 30
    assert [f"{file}::{name}" for file, name in named if name not in functions(ROOT / file)] == []
    rows = [
        line
        for line in SECURITY.splitlines()
        if line.startswith("| ") and "what stands against it" not in line
    ]
    first = next(place for place, row in enumerate(rows) if "XXE" in row)
    assert [row for row in rows[first:] if "::test_" not in row] == []


@pytest.mark.parametrize("document", sorted((ROOT / "docs").glob("*.md")), ids=lambda path: path.name)
def test_every_link_between_documents_leads_somewhere(document: Path):
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_configuration_page_is_the_settings(request):
    file = ROOT / "docs" / "configuration.md"
    if request.config.getoption("--update"):
        file.write_text(page(), encoding="utf-8")
        (ROOT / ".env.example").write_text(example(), encoding="utf-8")
    assert file.read_text(encoding="utf-8") == page(), "run: python -m pytest tests/shape --update"


def test_every_setting_a_document_names_exists():
    documents = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    known = {name.upper() for name in Settings.model_fields} | {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
    told = re.compile(r"`([A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+)(?:=[^`]*)?`")
    others = re.compile(
        r"AWS_|P12_PASSWORD|PGPASSWORD|HERE|GOLDEN|_KEY_ID$|^SMTP$|ONLY_|PERIODIC|TYPES|DESIGN|ROWS"
    )
    unknown = {
        f"{document.name}: {name}"
        for document in documents
        for name in told.findall(document.read_text(encoding="utf-8"))
        if name not in known and not others.search(name) and document.name in CHECKED
    }
    assert unknown == set()


CHECKED = {
    *("README.md", "architecture.md", "backup.md", "developing.md", "getting-started.md", "security.md"),
    *("runbook.en.md", "runbook.es.md"),
}


def told_commands(document: Path) -> list[str]:
    """Every ``autoriza …`` in a code span or on a console line."""
    text = document.read_text(encoding="utf-8")
    spans = re.findall(r"`(autoriza [^`]+)`", text)
    lines = re.findall(r"^\s*(?:\$ )?(?:[A-Z0-9_]+=\S+ )*(autoriza .+)$", text, re.MULTILINE)
    return spans + [line.partition(" # ")[0] for line in lines]


def wrong_with(command: str) -> str:
    """Empty when ``command`` exists with every option it names."""
    words = shlex.split(command.replace("…", ""))[1:]
    place: click.Command = commands
    while words and isinstance(place, click.Group):
        if words[0].startswith("-"):
            break
        found = place.get_command(click.Context(place), words[0])
        if found is None:
            return f"{command}: there is no {words[0]}"
        words, place = words[1:], found
    options = {option for parameter in place.params for option in parameter.opts} | {"--help"}
    return next(
        (f"{command}: no {word}" for word in words if word.startswith("-") and word not in options), ""
    )


@pytest.mark.parametrize("name", sorted(CHECKED))
def test_every_command_a_document_tells_to_run_exists(name: str):
    document = ROOT / name if name == "README.md" else ROOT / "docs" / name
    told = told_commands(document)
    assert told or name == "security.md"
    assert [wrong for command in told if (wrong := wrong_with(command))] == []


def test_both_runbooks_answer_the_same_questions_with_the_same_commands():
    both = [
        (ROOT / "docs" / f"runbook.{language}.md").read_text(encoding="utf-8") for language in ("es", "en")
    ]
    commands_of = [sorted(re.findall(r"^\$ (autoriza \S+ ?\S*)", text, re.MULTILINE)) for text in both]
    assert commands_of[0] == commands_of[1]
    assert both[0].count("\n## ") == both[1].count("\n## ") > 10
