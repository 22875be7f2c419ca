"""Finding the comprobante one means, by whatever one knows of it."""

import re
from decimal import Decimal

import pytest
from cast import Taxpayer
from console_cast import Browser, change

from app.lifecycle import State
from app.search import finding
from app.store.documents import Document


def found(browser: Browser, words: str, **more: str) -> list[int]:
    """Ids of the documents the search box leads to, straight or as a list."""
    answer = browser.get("/documents/", query_string={"q": words, **more})
    if answer.status_code == 302:
        return [int(re.fullmatch(r"/documents/(\d+)/", answer.headers["Location"])[1])]
    assert answer.status_code == 200
    return [
        int(one)
        for one in re.findall(r'class="name" href="/documents/(\d+)/"', answer.get_data(as_text=True))
    ]


@pytest.fixture
def viewer(viewer_of, ana) -> Browser:
    return viewer_of(ana)


@pytest.fixture
def three(ana: Taxpayer) -> list[Document]:
    """Of three buyers, the last one signed and numbered."""
    return [
        ana.document(
            State.DRAFT,
            razonSocialComprador="Núñez Hermanos",
            identificacionComprador="1790012345001",
            tipoIdentificacionComprador="04",
        ),
        ana.document(State.DRAFT, razonSocialComprador="Peña, Ítalo"),
        ana.document(State.SIGNED, razonSocialComprador="NUNEZ PÉREZ MARÍA"),
    ]


def test_an_access_key_leads_straight_to_its_document(viewer, three):
    key = three[2].access_key
    assert viewer.get(f"/documents/?q={key}").headers["Location"] == f"/documents/{three[2].id}/"
    assert found(viewer, f"  {key[:24]} {key[24:]} ") == [three[2].id]


@pytest.mark.parametrize("written", ["001-002-000000001", "001002000000001", "001-002-1"])
def test_a_number_leads_straight_to_its_document_however_it_is_written(viewer, three, written):
    assert three[2].number == "001-002-000000001"
    assert found(viewer, written) == [three[2].id]


def test_the_same_number_of_two_taxpayers_is_shown_as_a_list(viewer_of, ana, beto):
    both = viewer_of(ana, beto)
    one, other = ana.document(State.SIGNED), beto.document(State.SIGNED)
    assert one.number == other.number
    assert found(both, one.number) == [other.id, one.id]


def test_a_buyers_identification_finds_their_documents(viewer, three):
    assert found(viewer, "1790012345001") == [three[0].id]


@pytest.mark.parametrize("beginning", ["nunez", "Núñez", "NUÑEZ", "  núñ "])
def test_the_beginning_of_a_buyers_name_finds_them_without_minding_case_or_accents(viewer, three, beginning):
    assert found(viewer, beginning) == [three[2].id, three[0].id]


def test_a_narrower_search_finds_fewer(viewer, three):
    assert found(viewer, "nunez p") == [three[2].id]
    assert found(viewer, "nunez", state="draft") == [three[0].id]
    assert found(viewer, "nunez hermanos state:draft") == [three[0].id]


@pytest.mark.parametrize(
    "odd", ["%", "_", "' or 1=1 --", "\\", "💥", "*", "a" * 300, "-", "000-000-000000000"]
)
def test_odd_words_find_nothing_and_break_nothing(viewer, three, odd):
    assert found(viewer, odd) == []


def test_words_longer_than_any_name_are_refused(viewer):
    assert viewer.get("/documents/?q=" + "a" * 301).status_code == 400


def test_what_waits_for_a_person_is_a_list_of_its_own(viewer, ana: Taxpayer, simulator):
    ana.document(State.DRAFT)
    simulator.script([{"ruc": ana.ruc, "code": "35"}])
    returned = ana.document(State.RETURNED)
    page = viewer.read("/documents/?attention=person")
    assert re.findall(r'class="name" href="/documents/(\d+)/"', page) == [str(returned.id)]


def test_a_total_finds_its_documents_and_says_among_which_it_looked(viewer, three):
    change(three[1], total=Decimal("812.34"))
    assert found(viewer, "812,34") == found(viewer, "$812.34") == [three[1].id]
    assert found(viewer, "total:812.34 state:draft buyer:peña") == [three[1].id]
    assert found(viewer, "amount:812.34 buyer:nunez") == []
    assert "entre los comprobantes más recientes" in viewer.read("/documents/?q=812.34")
    assert "entre los comprobantes más recientes" not in viewer.read("/documents/?q=812.34+buyer:peña")
    assert viewer.get("/documents/?q=total:mucho").status_code == 400


def test_a_total_is_looked_for_among_the_newest_and_not_in_all_there_ever_were(viewer, three, monkeypatch):
    monkeypatch.setattr(finding, "LOOKED_AT_FOR_AMOUNT", 1)
    monkeypatch.setattr(finding, "LEAST_OF_EACH", 1)
    assert found(viewer, "23.00") == found(viewer, "23.00", order="oldest") == [three[2].id]
    assert found(viewer, "23.00 state:draft") == [three[1].id, three[0].id], "what is narrower leads"
