"""What accountants look for: a secuencial, a word of a name, a day of issue, those on their way; and sums of a page."""

import re
from datetime import timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from cast import Taxpayer, take_on
from console_cast import Browser, change, words
from test_console_search import found

from app.lifecycle import State
from app.search import buyers, finding, issued
from app.search.keyset import Place
from app.search.words import parse
from app.store.base import database
from app.store.documents import Document
from app.tenancy import tenant_scope


@pytest.fixture
def viewer(viewer_of, ana) -> Browser:
    return viewer_of(ana)


def numbered(taxpayer: Taxpayer, document: Document, sequence: int, place: str = "001-002") -> Document:
    """The same document with another number, as if the taxpayer had given so many."""
    establishment, point = place.split("-")
    number = f"{place}-{sequence:09d}"
    values = {"establishment": establishment, "emission_point": point}
    change(document, sequence_number=sequence, number=number, **values)
    with tenant_scope(taxpayer.id):
        database.execute_sql(
            "insert into sequence select tenant_id, environment, doc_type, establishment, emission_point, %s "
            "from document where id = %s on conflict do nothing",
            (sequence + 1, document.id),
        )
    return document


def test_a_secuencial_leads_to_the_number_and_never_to_the_internal_id(viewer, ana: Taxpayer):
    document = numbered(ana, ana.document(State.SIGNED), 660)
    assert document.id != 660
    for written in ("000000660", "0660", "660", "sequence:660", "secuencial:000000660"):
        answer = viewer.get("/documents/", query_string={"q": written})
        assert answer.headers["Location"] == f"/documents/{document.id}/", written
    assert found(viewer, f"{document.id:09d}") == []
    assert found(viewer, f"id:{document.id}") == [document.id]


def test_a_secuencial_of_several_establishments_is_a_list(viewer, ana: Taxpayer):
    one = numbered(ana, ana.document(State.SIGNED), 770)
    other = numbered(ana, ana.document(State.SIGNED), 770, "003-001")
    assert found(viewer, "000000770") == [other.id, one.id]


def test_a_number_that_is_also_an_internal_id_leads_nowhere_by_itself_and_both_are_said(
    viewer, ana: Taxpayer
):
    first = ana.read(
        numbered(ana, ana.document(State.SIGNED), 777_000).id
    )  # whose id is no number of its own
    second = numbered(ana, ana.document(State.SIGNED), first.id)
    page = viewer.read(f"/documents/?q={first.id}")
    assert re.findall(r'class="name" href="/documents/(\d+)/"', page) == [str(second.id)]
    assert f"Se busca el secuencial {first.id:09d}." in page
    assert f'<a href="/documents/{first.id}/">el id interno {first.id}: {first.number}' in page
    assert found(viewer, f"{first.id:09d}") == [second.id]
    offered = viewer.get(f"/documents/suggestions.json?q={first.id}").get_json()
    told = {(one["address"], one["hint"]) for one in offered}
    assert (f"/documents/{second.id}/", "comprobante") in told
    assert (f"/documents/{first.id}/", "identificador interno") in told


def test_a_secuencial_of_somebody_else_is_not_found(betos_viewer, ana: Taxpayer):
    numbered(ana, ana.document(State.SIGNED), 888)
    assert found(betos_viewer, "000000888") == []


@pytest.fixture
def favorita(ana: Taxpayer) -> Document:
    return ana.document(State.DRAFT, razonSocialComprador="CORPORACIÓN FAVORITA C.A.")


@pytest.mark.parametrize(
    "written",
    ["favorita", "Favorita", "corporacion", "favorita corporación", "buyer:favo", 'buyer:"c.a. favorita"'],
)
def test_a_word_inside_a_buyers_name_finds_them(viewer, ana: Taxpayer, favorita, written):
    ana.document(State.DRAFT, razonSocialComprador="CORPORACIÓN NACIONAL")
    assert favorita.id in found(viewer, written)
    assert found(viewer, f"{written} state:draft")[-1] == favorita.id


@pytest.mark.parametrize("written", ["avorita", "favorita nacional", "favoritas"])
def test_what_no_word_of_a_name_begins_with_is_not_found(viewer, ana: Taxpayer, favorita, written):
    ana.document(State.DRAFT, razonSocialComprador="CORPORACIÓN NACIONAL")
    assert found(viewer, written) == []


def test_every_example_of_a_buyer_in_the_help_finds_one(viewer, ana: Taxpayer):
    document = ana.document(State.DRAFT, razonSocialComprador="MARÍA NÚÑEZ")
    example = re.search(r"<code>(buyer:[^<]+)</code>", viewer.read("/documents/"))[1]
    assert found(viewer, example) == [document.id]


def test_a_corrected_name_is_found_by_its_new_words(viewer, ana: Taxpayer, favorita):
    change(favorita, buyer_name="Importadora Ñandú", buyer_key="importadora nandu")
    assert found(viewer, "ñandú") == [favorita.id]
    assert found(viewer, "favorita") == []


def test_the_words_of_a_name_are_written_once_however_many_documents_bear_it(ana: Taxpayer, favorita):
    ana.document(State.DRAFT, razonSocialComprador="CORPORACIÓN FAVORITA C.A.")
    with tenant_scope(ana.id):
        rows = database.execute_sql("select word from buyer_word order by word").fetchall()
    assert [word for (word,) in rows] == ["a", "c", "corporacion", "favorita"]
    assert buyers.words_of("CORPORACIÓN FAVORITA C.A.") == ["corporacion", "favorita", "c", "a"]


def test_names_that_were_there_before_are_found_once_the_migration_is_done(viewer, ana: Taxpayer, favorita):
    with tenant_scope(ana.id):
        database.execute_sql("delete from buyer_word")
    assert found(viewer, "favorita") == []
    for _ in range(2):
        import_module("migrations.0031_words_and_days").up(None, database.obj)
    assert found(viewer, "favorita") == [favorita.id]
    with tenant_scope(ana.id):
        assert database.execute_sql("select count(*) from buyer_word").fetchone() == (4,)


def test_a_name_longer_than_an_index_holds_is_no_reason_to_refuse_a_document(viewer, ana: Taxpayer):
    document = ana.document(State.DRAFT)
    change(document, buyer_key="ﷺ" * 700 + " favorita")
    assert found(viewer, f"id:{document.id}") == [document.id]


def test_buyers_are_offered_by_any_word_of_their_name(viewer, favorita):
    offered = viewer.get("/documents/suggestions.json?q=favor").get_json()
    assert 'buyer:"CORPORACIÓN FAVORITA C.A."' in [one["words"] for one in offered]


def test_a_name_that_too_many_have_is_cut_off_and_exported_whole(viewer, ana: Taxpayer, monkeypatch):
    three = [ana.document(State.DRAFT, razonSocialComprador=f"Tienda Número {n}") for n in range(3)]
    monkeypatch.setattr(buyers, "MOST_NAMES", 2)
    assert "Muchos tienen ese nombre" in viewer.read("/documents/?q=tienda")
    assert found(viewer, "tienda 1") == [three[1].id], "the word that few have leads, however short"
    with tenant_scope(ana.id):
        wanted = finding.resolve(parse("numero"), [ana.id])
        assert finding.find_all(wanted, Place(True), 9) == [one.id for one in three]


@pytest.fixture
def dated(ana: Taxpayer) -> list[Document]:
    """Issued last month, yesterday though it came today, and today."""
    three = [ana.document(State.SIGNED) for _ in range(3)]
    today = three[0].issue_date
    change(three[1], issue_date=today - timedelta(days=1))
    long_ago = today.replace(day=1) - timedelta(days=2)
    change(three[0], issue_date=long_ago, created_at=three[0].created_at - (today - long_ago))
    return [ana.read(one.id) for one in three]


def test_days_of_issue_are_found_whenever_the_document_came(viewer, dated):
    long_ago, yesterday, today = (one.issue_date for one in dated)
    ids = [one.id for one in dated]
    assert found(viewer, f"issued:{today}") == [ids[2]]
    assert found(viewer, f"fecha:{yesterday:%d/%m/%Y}") == [ids[1]]
    assert found(viewer, f"fecha:{long_ago}") == [ids[0]]
    assert found(viewer, f"fecha:{yesterday}..") == [ids[2], ids[1]]
    assert found(viewer, f"fecha:{yesterday}..{today} state:signed", order="oldest") == [ids[1], ids[2]]
    this_month = found(viewer, f"fecha:{today:%Y-%m}")
    assert ids[2] in this_month and ids[0] not in this_month
    assert found(viewer, f"fecha:hoy id:{ids[1]}") == []


def test_the_form_asks_for_days_of_issue_too(viewer, dated):
    _, yesterday, today = (one.issue_date for one in dated)
    ids = [one.id for one in dated]
    assert found(viewer, "", issued_from=str(yesterday), issued_until=str(today)) == [ids[2], ids[1]]
    assert found(viewer, f"fecha:{yesterday}", issued_until=str(today)) == [ids[1]]
    assert found(viewer, f"fecha:{yesterday}", issued_from=str(today)) == []
    page = viewer.read(f"/documents/?issued_from={today}")
    assert f'type="date" name="issued_from" value="{today}"' in page
    assert viewer.get("/documents/?issued_from=ayer").status_code == 400


def test_more_that_came_another_day_than_are_looked_at_are_cut_off_and_exported_whole(
    viewer, ana: Taxpayer, dated, monkeypatch
):
    yesterday = dated[1].issue_date
    change(dated[2], issue_date=yesterday)
    monkeypatch.setattr(issued.moved, "__defaults__", (1,))
    assert "De los emitidos otro día" in viewer.read(f"/documents/?q=fecha:{yesterday}")
    with tenant_scope(ana.id):
        wanted = finding.resolve(parse(f"fecha:{yesterday}"), [ana.id])
        assert finding.find_all(wanted, Place(True), 9) == [dated[1].id, dated[2].id]


def test_those_on_their_way_are_exactly_what_the_start_page_counts_and_leads_to(
    viewer_of, ana: Taxpayer, simulator
):
    viewer = viewer_of(ana)
    draft, signed = ana.document(State.DRAFT), ana.document(State.SIGNED)
    without_ride = ana.document(State.AUTHORIZED)
    ana.render(ana.document(State.AUTHORIZED).id)
    simulator.script([{"ruc": ana.ruc, "code": "52", "stage": "autorizacion"}])
    ana.document(State.REJECTED)
    page = viewer.read("/")
    assert "3 comprobantes están en camino" in words(page)
    link = re.search(r'en camino.*?<a href="([^"]+)"', page, re.DOTALL)[1].replace("&amp;", "&")
    listed = re.findall(r'class="name" href="/documents/(\d+)/"', viewer.read(link))
    assert listed == [str(one.id) for one in (draft, signed, without_ride)]
    assert found(viewer, "atencion:camino state:signed") == [signed.id]
    assert found(viewer, "attention:moving_mail", order="oldest")[:3] == [
        draft.id,
        signed.id,
        without_ride.id,
    ]


def test_a_page_says_how_many_it_holds_and_what_they_come_to_by_type(viewer, ana: Taxpayer):
    one, other = ana.document(State.DRAFT), ana.document(State.DRAFT)
    change(one, total=Decimal("1000.50"))
    change(other, total=Decimal("23.50"))
    assert "En esta página: 2 comprobantes, $1.024,00" in words(viewer.read("/documents/"))
    change(other, doc_type="04")
    assert "En esta página: 2 comprobantes: Factura 1, $1.000,50; Nota de crédito 1, $23,50" in words(
        viewer.read("/documents/")
    )


def test_how_many_files_are_taken_is_said_before_they_are_chosen(admin):
    assert "Como máximo 100 a la vez, y 8,0 MB entre todos" in words(admin.read("/import/"))


def test_all_of_a_page_can_be_chosen_by_whoever_may_act_and_nobody_else(admin, viewer_of, ana: Taxpayer):
    assert take_on(ana.services, "OTRA S.A.")
    ana.document(State.DRAFT)
    assert "Elegir todos los de esta página" in admin.read("/documents/")
    assert "Elegir todos los de esta página" not in viewer_of(ana).read("/documents/")
