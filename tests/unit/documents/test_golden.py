"""JSON in, XML out, byte for byte: one case per block of every document type."""

from pathlib import Path

import pytest
from documents_cast import ISSUER, LEGENDED, ON, built
from official import assert_valid

from app.documents.base import Draft, Issuer
from app.documents.reading import read
from app.documents.registry import TYPES, document_type

GOLDEN = Path(__file__).parents[2] / "golden"
CASES = [path for kind in TYPES for path in sorted((GOLDEN / f"{kind.code}-{kind.name}").glob("*.json"))]
ISSUERS = {"legends": LEGENDED}


def issuer_of(case: Path) -> Issuer:
    return ISSUERS.get(case.stem, ISSUER)


def draft_of(case: Path) -> Draft:
    return read(case.read_bytes(), case.name, ON)


@pytest.fixture
def update(request: pytest.FixtureRequest, shared: Path):
    """Writes a golden file anew when the run was asked to, and only what schema and rules pass."""

    def write(case: Path, xml: bytes) -> None:
        if request.config.getoption("--update"):
            assert_valid(shared, xml)
            found = document_type(draft_of(case).doc_type).inspect(xml)
            assert (found.structure, found.business) == ((), ())
            case.with_suffix(".xml").write_bytes(xml)

    return write


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_the_same_json_always_becomes_the_same_bytes(case, update):
    xml = built(draft_of(case), issuer=issuer_of(case))
    update(case, xml)
    golden = case.with_suffix(".xml")
    assert golden.exists(), f"{golden.name} is missing: look at what is built, then run with --update"
    assert xml == golden.read_bytes()


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_golden_document_passes_the_official_schema_and_a_strict_reader(case, shared):
    xml = case.with_suffix(".xml").read_bytes()
    assert_valid(shared, xml)
    found = document_type(draft_of(case).doc_type).inspect(xml)
    assert (found.structure, found.business, found.issue_date) == ((), (), ON)


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_draft_survives_the_way_through_its_own_json_and_its_own_xml(case):
    draft = draft_of(case)
    kind = document_type(draft.doc_type)
    assert kind.from_json(draft.content, ON).content == draft.content
    again = kind.from_xml(built(draft, issuer=LEGENDED), ON).content
    assert without_legend(again) == draft.content


def without_legend(content: dict) -> dict:
    """The content less the issuer's own campoAdicional, which an XML cannot tell from the document's."""
    fields = [field for field in content.get("infoAdicional", ()) if field["nombre"] != "Gran Contribuyente"]
    rest = {name: value for name, value in content.items() if name != "infoAdicional"}
    return rest | ({"infoAdicional": fields} if fields else {})


def test_no_golden_file_is_left_without_its_case():
    assert sorted(GOLDEN.glob("*/*.xml")) == sorted(case.with_suffix(".xml") for case in CASES)
