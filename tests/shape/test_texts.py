"""What the texts promise is what the code has: settings, processes, jobs, commands, states, locks."""

import re
from importlib import import_module
from pathlib import Path

import click

from admin.cli import WHERE, commands
from admin.topology import PROCFILE
from app.config import Settings
from app.documents.registry import TYPES
from app.lifecycle import State

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")


def test_the_example_names_every_setting_with_its_default():
    written = dict(
        re.findall(r"^#?([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert list(written) == [name.upper() for name in Settings.model_fields]
    for name, field in Settings.model_fields.items():
        if isinstance(field.default, str | int | float):
            assert written[name.upper()] == str(field.default)


def test_the_procfile_starts_what_up_starts():
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    assert dict(line.split(": ", 1) for line in lines) == dict(PROCFILE)


def test_the_readme_names_every_job_and_schedule():
    jobs = (ROOT / "workers" / "jobs.py").read_text(encoding="utf-8")
    schedules = (ROOT / "workers" / "schedules.py").read_text(encoding="utf-8")
    declared = re.findall(r"^@job.*\ndef (\w+)", jobs, re.MULTILINE)
    declared += re.findall(r"^@_periodic.*\ndef (\w+)", schedules, re.MULTILINE)
    assert len(declared) >= 8
    assert [name for name in declared if f"`{name}`" not in README] == []


def test_the_readme_names_every_command():
    assert [name for name in WHERE if f"autoriza {name}" not in README] == []


def test_every_command_of_every_file_is_found_by_its_name():
    files = [file for file in (ROOT / "admin" / "cli").glob("*.py") if "COMMANDS" in file.read_text()]
    written = {
        command.name
        for file in files
        for command in getattr(import_module(f"admin.cli.{file.stem}"), "COMMANDS", ())
    }
    assert written == set(WHERE)
    found = [commands.get_command(click.Context(commands), name) for name in WHERE]
    assert [one.name for one in found] == list(WHERE)


def test_the_glossary_has_every_state_and_document_type():
    words = [str(state) for state in State] + [kind.name for kind in TYPES]
    assert [word for word in words if f"`{word}`" not in GLOSSARY] == []


def test_every_document_type_has_golden_cases():
    for kind in TYPES:
        cases = list((ROOT / "tests" / "golden" / f"{kind.code}-{kind.name}").glob("*.json"))
        assert cases
        assert [case.name for case in cases if not case.with_suffix(".xml").exists()] == []


def test_the_locks_are_pinned_hashed_and_name_no_index():
    for file in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / file).read_text(encoding="utf-8")
        assert not re.search(r"https?://|--index-url|--extra-index-url|--find-links", text)
        packages = re.findall(r"^[a-zA-Z0-9_.\[\]-]+==", text, re.MULTILINE)
        lines = [line for line in text.splitlines() if re.match(r"^[a-zA-Z0-9]", line)]
        assert len(packages) == len(lines) > 20
        assert text.count("--hash=sha256:") >= len(packages)
    assert re.search(
        r'^async-timeout==.*python_full_version < "3\.11\.3"|^async-timeout',
        (ROOT / "requirements.txt").read_text(),
        re.MULTILINE,
    )
