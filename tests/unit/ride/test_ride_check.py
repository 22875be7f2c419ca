"""A representative part of ``make ride-check``, and proof that it sees what it looks for."""

from dataclasses import replace
from itertools import islice
from shutil import which

import pytest
from needs import lacking
from ride_check import corpus
from ride_check.judge import Case, judged

# All that renders is loaded here: what is first loaded while a name is replaced keeps the replacement.
from app.ride import amounts, closing, factura, heading, ledger, nota_credito, table, typesetting

MADE_UP = 24
RENDERING = (factura, nota_credito)


@pytest.fixture(autouse=True)
def _rasters():
    if which("pdftoppm") is None:
        lacking("pdftoppm (Debian package poppler-utils)")


def flaws(case: Case, folder) -> dict[str, tuple[str, ...]]:
    verdict = judged(case, folder)
    return {case.name: verdict.problems} if verdict.problems else {}


def test_real_documents_have_a_ride_without_a_flaw(shared, tmp_path):
    real = list(corpus.official(shared))
    assert len(real) >= 18
    assert [found for case in real if (found := flaws(case, tmp_path))] == []


def test_made_up_documents_of_1_to_600_lines_have_a_ride_without_a_flaw(tmp_path):
    assert [found for case in corpus.made_up(MADE_UP) if (found := flaws(case, tmp_path))] == []


@pytest.fixture(scope="module")
def case() -> Case:
    """One of many lines, texts and fields."""
    [found] = islice(corpus.made_up(8, seed=3), 7, 8)
    return found


def test_it_sees_a_figure_that_is_not_the_documents(case, tmp_path, monkeypatch):
    monkeypatch.setattr(amounts, "amount", lambda text: text.partition(".")[0])
    assert any(
        "is not printed" in flaw or "does not read" in flaw for flaw in judged(case, tmp_path).problems
    )


def test_it_sees_text_that_is_not_broken(case, tmp_path, monkeypatch):
    for module in (typesetting, closing, heading, ledger, table):
        monkeypatch.setattr(module, "wrap", lambda text, style, room: (text,))
    said = judged(case, tmp_path).problems
    assert any(flaw.startswith("overlap") for flaw in said)
    assert any(flaw.startswith("leaves the page") for flaw in said)


def test_it_sees_a_barcode_too_fine_for_a_scanner(case, tmp_path, monkeypatch):
    monkeypatch.setattr("app.ride.barcode.MODULE", 0.2 * 72 / 25.4)
    assert any("modules" in flaw for flaw in judged(case, tmp_path).problems)


def test_it_sees_a_ride_that_is_never_the_same(case, tmp_path, monkeypatch):
    turns = iter(("1", "2"))
    monkeypatch.setattr("app.ride.heading.local_time", lambda moment: f"02/03/2026 16:15:09 {next(turns)}")
    assert "a second rendering is another" in judged(case, tmp_path).problems


def test_it_sees_a_document_that_is_another(case, tmp_path, monkeypatch):
    other = replace(case, xml=case.xml.replace(b"<ambiente>1</ambiente>", b"<ambiente>2</ambiente>"))
    real = judged(other, tmp_path).problems
    assert real == ()
    monkeypatch.setattr(heading, "environment_name", lambda code: "PRUEBAS")
    assert any("PRODUCCIÓN" in flaw for flaw in judged(other, tmp_path).problems)
