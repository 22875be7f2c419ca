"""A pytest plugin that says, section by section, what agrees with judges not written by us: ``make conformance``."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "conformance.md"


@dataclass(frozen=True)
class Section:
    """One table of the report: its judge, and the test files whose results it lists; ``cases`` names each one."""

    title: str
    judge: str
    files: tuple[str, ...]
    cases: bool = False


SECTIONS = (
    Section(
        "Documents and the official schemas",
        "the XSDs of the SRI, on samples, on mutations of them, on generated documents",
        ("test_schema_facets", "test_xsd_agreement", "test_generated_documents", "test_sample_table"),
    ),
    Section(
        "Signatures",
        "signxml, Debian's xmlsec1, verifiers from npm",
        ("test_signature", "test_npm", "test_signing"),
    ),
    Section("Certificates (p12)", "files written by openssl", ("test_certificates", "test_p12"), cases=True),
    Section(
        "The SRI's contracts",
        "its own WSDLs, a plain zeep client",
        ("test_official_wsdl", "test_soap_client"),
    ),
    Section(
        "Whatever the SRI answers", "a real socket", ("test_soap_faults", "test_soap_answers"), cases=True
    ),
    Section(
        "The SRI's codes", "the ficha's table", ("test_codes", "test_unknown", "test_halts", "test_sri_codes")
    ),
    Section("The simulator", "shapes captured from the SRI", ("test_simulator",)),
)


@dataclass
class Tally:
    """Results of one test function."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    cases: list[str] = field(default_factory=list)
    facts: dict[str, object] = field(default_factory=dict)


class Report:
    """Collects results while the tests run and writes the page at their end."""

    def __init__(self) -> None:
        self._tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count the result of a test, or of a fixture that failed."""
        if report.when != "call" and report.outcome == "passed":
            return
        file, _, name = report.nodeid.partition("::")
        function, _, case = name.rpartition("::")[2].partition("[")
        tally = self._tallies[Path(file).stem, function]
        setattr(tally, report.outcome, getattr(tally, report.outcome) + 1)
        if case:
            tally.cases.append(f"{case.rstrip(']')}{'' if report.passed else ' — ' + report.outcome.upper()}")
        for key, value in report.user_properties:
            found = tally.facts.get(key)
            tally.facts[key] = found + value if isinstance(found, int) and isinstance(value, int) else value

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the report and write the page."""
        lines = self._page()
        PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
        for line in lines:
            terminalreporter.write_line(line)

    def _page(self) -> list[str]:
        lines = ["# Conformance", "", "Written by `make conformance`; every line is a test that ran.", ""]
        for section in SECTIONS:
            lines += self._table(section)
        return lines

    def _table(self, section: Section) -> list[str]:
        rows = sorted(
            (function, tally)
            for (file, function), tally in self._tallies.items()
            if file.startswith(section.files)
        )
        lines = [f"## {section.title}", "", f"Judge: {section.judge}.", ""]
        lines += ["| what holds | cases | not | remarks |", "|---|---|---|---|"]
        lines += [_row(function, tally, section.cases) for function, tally in rows]
        total, wrong = sum(t.passed for _, t in rows), sum(t.failed + t.skipped for _, t in rows)
        return [*lines, f"| **in all** | **{total}** | **{wrong}** | |", ""]


def _row(function: str, tally: Tally, with_cases: bool) -> str:
    sentence = function.removeprefix("test_").replace("_", " ")
    remarks = [f"{key}: {value}" for key, value in sorted(tally.facts.items())]
    if with_cases:
        remarks += [_plain(case) for case in sorted(tally.cases)]
    shown = "; ".join(remarks).replace("|", "\\|")
    return f"| {sentence} | {tally.passed} | {tally.failed + tally.skipped or ''} | {shown} |"


def _plain(case: str) -> str:
    return re.sub(r"\s+", " ", case)


def pytest_configure(config: pytest.Config) -> None:
    """Take part in this run."""
    config.pluginmanager.register(Report())
