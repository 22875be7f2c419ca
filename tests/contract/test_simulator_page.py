"""docs/simulator.md, executed: every file on it is written, every command run, and what comes out is what it says."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

import click
import pytest
from needs import ROOT, lacking
from sri_cast import http_call, signed

from admin.cli.sri import simulator as command
from app.ecuador import ECUADOR
from app.sri.codes import CATALOGUE, Stage
from app.sri.simulator import Simulator, parse_taxpayers
from app.sri.simulator.script import Entry, Fault, parse_script
from app.sri.simulator.taxpayers import Standing

PAGE = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")
HERE = "127.0.0.1:9500"
BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@contextmanager
def started(line: str, folder: Path) -> Iterator[str]:
    """The simulator a command line starts, on any free port; its host and port."""
    arguments = line.removeprefix("autoriza ").replace("--port 9500", "--port 0").split()
    program = [sys.executable, "-m", "admin.cli", *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        program, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        said = process.stdout.readline()
        try:
            found = re.search(r"http://([\d.]+:\d+)", said)
            assert found, said + process.stdout.read()
            yield found[1]
        finally:
            process.terminate()


def run(line: str, folder: Path, address: str) -> str:
    """What a command prints, as if the simulator listened where the page says."""
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    with tempfile.TemporaryDirectory() as copied:
        there = shutil.copytree(folder, Path(copied) / "there")
        for program in there.glob("*.py"):
            program.write_text(program.read_text().replace(HERE, address))
        done = subprocess.run(
            ["bash", "-c", line.replace(HERE, address)],
            cwd=there,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 0, f"{line}\n{done.stderr}"
    return done.stdout.replace(address, HERE).strip()


def as_told(expected: str) -> re.Pattern[str]:
    """What the page says comes out; … stands for anything."""
    return re.compile(".*?".join(map(re.escape, expected.split("…"))), re.DOTALL)


def commands(block: str) -> list[tuple[str, str]]:
    """Each command of a console block with the output below it."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [
        (command.strip(), output.strip()) for command, _, output in (part.partition("\n") for part in parts)
    ]


@pytest.fixture
def folder(tmp_path) -> Path:
    """A folder of somebody who has signed invoices."""
    today = datetime.now(ECUADOR).date()
    for name, document in {
        "factura": signed(1, on=today),
        "factura-2": signed(2, on=today),
        "factura-3": signed(3, on=today),
        "factura-1-again": signed(1, on=today, code=2),
    }.items():
        (tmp_path / f"{name}.xml").write_bytes(document.xml)
    return tmp_path


def test_every_example_does_what_the_page_says(folder):
    if not shutil.which("curl"):
        lacking("curl")
    executed, address = 0, HERE
    with ExitStack() as running:
        for kind, file, content in BLOCK.findall(PAGE):
            if kind != "console":
                assert file, f"a block without a name cannot be used: {content}"
                (folder / file).write_text(content)
                continue
            for line, expected in commands(content):
                executed += 1
                if line.startswith("autoriza simulator"):
                    running.close()
                    address = running.enter_context(started(line, folder))
                    continue
                came = run(line, folder, address)
                assert as_told(expected).fullmatch(came), f"{line}\n{came}"
    assert executed >= 30


def entries() -> list[dict[str, object]]:
    """Every entry the page shows in a table."""
    return [json.loads(text) for text in re.findall(r"^\| `(\{.*?\})` \|", PAGE, re.MULTILINE)]


def test_every_entry_of_the_page_is_accepted(folder):
    with Simulator() as sri:
        for entry in entries():
            body = json.dumps([entry]).encode()
            assert http_call(sri.url, "POST", "/control/script", body) == (200, b'{"entries": 1}'), entry
            sri.heal()


def test_every_fault_is_on_the_page():
    assert {Fault(entry["fault"]) for entry in entries() if "fault" in entry} == set(Fault)


def test_every_flag_is_on_the_page_with_its_default():
    rows = dict(re.findall(r"^\| `(--[\w-]+)[^|]*` \|.*\| (.*) \|$", PAGE, re.MULTILINE))
    options = {
        option.opts[0]: option.default for option in command.params if isinstance(option, click.Option)
    }
    assert set(rows) == set(options)
    for flag, default in options.items():
        if isinstance(default, int | float | str) and not isinstance(default, bool):
            assert rows[flag] == f"{default:g}" if isinstance(default, int | float) else default


def test_every_field_of_entries_and_register_is_on_the_page():
    named = set(re.findall(r"`(\w+)`", PAGE))
    assert set(Entry.__dataclass_fields__) | set(Standing.__dataclass_fields__) <= named


def test_every_control_call_is_on_the_page_and_answers():
    calls = set(re.findall(r"`(GET|POST) (/control/\w+)", PAGE))
    with Simulator() as sri:
        for method, path in calls:
            body = (
                {"/control/script": b"[]", "/control/taxpayers": b"{}"}.get(path, b"")
                if method == "POST"
                else None
            )
            assert http_call(sri.url, method, path, body)[0] == 200
    source = (ROOT / "app" / "sri" / "simulator" / "server.py").read_text()
    assert calls == set(re.findall(r'case "(GET|POST)", "(/control/\w+)"', source))


def test_every_code_is_checked_or_named_among_what_is_not():
    checked, _, left_out = PAGE.partition("## What it does not do")
    codes = set(
        re.findall(r"\b\d{1,2}\b", checked.partition("## What it checks")[2].partition("## Codes")[0])
    )
    not_checked = set(re.findall(r"\b\d{2}\b", left_out))
    rarely = {
        "40",
        "42",
        "47",
        "48",
        "50",
        "82",
        "92",
        "99",
    }  # of an SRI's own making, or of other document types
    assert set(CATALOGUE) - codes - not_checked == rarely
    assert all(
        Stage.WARNING not in CATALOGUE[code].stages
        for code in codes - {"59", "60", "62", "68"} - not_checked
        if code in CATALOGUE
    )


def test_the_files_of_the_page_are_what_the_simulator_reads():
    files = {file: content for kind, file, content in BLOCK.findall(PAGE) if kind == "json"}
    assert parse_script(json.loads(files["script.json"]))
    assert parse_taxpayers(json.loads(files["taxpayers.json"]))
