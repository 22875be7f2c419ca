"""What may be taken away: files of a document, and lists as CSV."""

import csv
import io
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from zoneinfo import ZoneInfo

import pytest
from cast import Taxpayer
from console_cast import Browser, signed_in, words
from lxml import etree

from admin.console.pages.documents import Documents
from app.exporting import cells
from app.exporting.cells import Column, cell
from app.lifecycle import State
from app.permissions import Role
from app.ride import render
from app.store.documents import DocumentAuthorization, Emission, Ride, SriExchange
from app.store.people import Audit
from app.tenancy import every_tenant_scope, tenant_scope


@pytest.fixture
def document(ana: Taxpayer):
    done = ana.document(State.AUTHORIZED)
    ana.render(done.id)
    return done


@pytest.fixture
def viewer(viewer_of, ana) -> Browser:
    return viewer_of(ana)


def of(model, document):
    with tenant_scope(document.tenant_id):
        key = model.id if model is Ride else model.document_id
        return model.get(key == document.id)


def ride_file(document, services):
    return services.settings.autoriza_home / "storage" / of(Ride, document).path


def test_the_signed_xml_is_the_bytes_that_were_sent_under_its_access_key(viewer, document):
    answer = viewer.get(f"/documents/{document.id}/signed-1.xml")
    assert answer.data == bytes(of(Emission, document).xml)
    assert answer.content_type.startswith("application/xml")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{document.access_key}.xml"'
    assert viewer.get(f"/documents/{document.id}/signed-2.xml").status_code == 404


def test_the_authorized_xml_is_what_the_sri_gave_back_with_its_yes_as_the_buyer_gets_it(viewer, document):
    answer = viewer.get(f"/documents/{document.id}/authorized.xml")
    yes, told = of(DocumentAuthorization, document), etree.fromstring(answer.data)
    assert told.tag == "autorizacion"
    assert told.findtext("estado") == "AUTORIZADO"
    assert told.findtext("numeroAutorizacion") == yes.number
    assert told.findtext("comprobante").encode() == bytes(yes.xml)
    assert sha256(answer.data).hexdigest() in viewer.read(f"/documents/{document.id}/")
    assert f"{document.access_key}_autorizado.xml" in answer.headers["Content-Disposition"]


def test_the_ride_is_a_pdf_under_its_access_key(viewer, document, services):
    answer = viewer.get(f"/documents/{document.id}/ride.pdf")
    assert answer.data == ride_file(document, services).read_bytes()
    assert answer.content_type == "application/pdf"
    assert f"{document.access_key}_ride.pdf" in answer.headers["Content-Disposition"]


def test_a_ride_whose_file_is_gone_is_made_again_the_same(viewer, document, services):
    file = ride_file(document, services)
    before = file.read_bytes()
    file.unlink()
    assert viewer.get(f"/documents/{document.id}/ride.pdf").data == before
    assert file.read_bytes() == before


def test_a_ride_that_was_never_made_is_not_found(viewer, ana: Taxpayer):
    unmade = ana.document(State.AUTHORIZED)
    assert viewer.get(f"/documents/{unmade.id}/ride.pdf").status_code == 404
    assert "ride.pdf" not in viewer.read(f"/documents/{unmade.id}/")


def test_what_the_storage_refuses_is_rendered_for_the_person_all_the_same(
    viewer, document, services, monkeypatch
):
    def away(_):
        raise OSError("bucket away")

    monkeypatch.setattr(services.storage, "get", away)
    authorization = of(DocumentAuthorization, document)
    made = render(
        bytes(authorization.xml), number=authorization.number, authorized_at=authorization.authorized_at
    )
    assert viewer.get(f"/documents/{document.id}/ride.pdf").data == made.pdf


def test_a_raw_answer_is_shown_as_text_and_downloaded_as_text(viewer, document):
    with tenant_scope(document.tenant_id):
        exchange = SriExchange.get(SriExchange.document_id == document.id, SriExchange.operation == "query")
    place = f"/documents/{document.id}/exchanges/{exchange.id}/"
    assert "&lt;estado&gt;AUTORIZADO" in viewer.read(place)
    raw = viewer.get(place + "answer.txt")
    assert raw.data == bytes(exchange.response)
    assert raw.content_type == "text/plain; charset=utf-8"
    assert raw.headers["Content-Disposition"].startswith("attachment")
    assert raw.headers["X-Content-Type-Options"] == "nosniff"


def test_every_download_is_on_record_where_the_taxpayer_can_see_it(viewer, document, browser):
    for file in ("ride.pdf", "authorized.xml", "signed-1.xml"):
        viewer.get(f"/documents/{document.id}/{file}")
    with tenant_scope(document.tenant_id):
        kept = Audit.select().where(Audit.by == viewer.email, Audit.action == "download").order_by(Audit.id)
        targets = [row.target for row in kept]
    assert targets == [
        f"document {document.id} {name}" for name in ("RIDE", "authorized XML", "signed XML 1")
    ]
    auditor = signed_in(browser(), Role.AUDITOR, (document.tenant_id,))
    assert f"comprobante {document.id} ({document.number}): RIDE" in words(auditor.read("/audit/"))


def read_csv(browser: Browser, query: str = "") -> list[dict[str, str]]:
    answer = browser.get(f"/documents/export.csv?{query}")
    assert answer.status_code == 200
    assert answer.content_type == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


def test_an_export_holds_the_rows_the_list_shows_and_is_on_record(viewer, ana: Taxpayer, document):
    ana.document(State.DRAFT)
    (row,) = read_csv(viewer, "state=authorized")
    assert row["clave_acceso"] == document.access_key
    assert row["numero"] == document.number
    assert row["total"] == "23.00"
    assert row["estado"] == "Autorizado"
    assert row["ambiente"] == "PRUEBAS"
    assert len(read_csv(viewer)) == 2
    with every_tenant_scope():
        kept = list(
            Audit.select().where(Audit.by == viewer.email, Audit.action == "export").order_by(Audit.id)
        )
    assert [(one.tenant_id, one.facts["rows"]) for one in kept] == [(ana.id, 1), (ana.id, 2)]
    assert kept[0].facts["filters"] == {"state": "authorized"}


def test_an_export_stops_at_its_limit_and_says_so_in_its_name(viewer, ana: Taxpayer, monkeypatch):
    monkeypatch.setattr(Documents, "export_max_rows", 2)
    for _ in range(3):
        ana.document(State.DRAFT)
    answer = viewer.get("/documents/export.csv")
    assert len(answer.get_data(as_text=True).splitlines()) == 3
    assert "documents-2-filas.csv" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("name", ["=HYPERLINK(A1)", "+593", "-2+3", "@SUM(A1)", " =1+1", "＝1+1"])
def test_what_a_spreadsheet_would_run_is_disarmed(viewer, ana: Taxpayer, name):
    ana.document(State.DRAFT, razonSocialComprador=name, referencia=name)
    (row,) = read_csv(viewer)
    assert row["comprador"] == f"'{name.strip()}" or row["comprador"] == f"'{name}"
    assert row["referencia"].startswith("'")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (7, "7"),
        (Decimal("-5.00"), "-5.00"),
        ("-5.00", "'-5.00"),
        ("\tx", "'\tx"),
        ("María", "María"),
        (datetime(2026, 3, 2, 12, tzinfo=ZoneInfo("UTC")), "2026-03-02 07:00:00-05:00"),
    ],
)
def test_a_cell_keeps_amounts_and_disarms_texts(value, written):
    assert cell(value) == written


def test_a_list_for_excel_has_semicolons_a_decimal_comma_and_keys_as_text(viewer, ana: Taxpayer):
    document = ana.document(State.SIGNED, razonSocialComprador="=HYPERLINK()")
    answer = viewer.get("/documents/export.csv?layout=excel&state=signed")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="documents-excel.csv"'
    text = answer.get_data(as_text=True)
    assert text.startswith("\ufeff")
    assert f'"=""{document.access_key}"""' in text
    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")
    assert (row["subtotal"], row["iva"], row["total"]) == ("20,00", "3,00", "23,00")
    assert row["comprador"] == "'=HYPERLINK()"
    (plain,) = csv.DictReader(
        io.StringIO(
            viewer.get("/documents/export.csv?state=signed").get_data(as_text=True).removeprefix("\ufeff")
        )
    )
    assert (plain["clave_acceso"], plain["subtotal"], plain["iva"]) == (document.access_key, "20.00", "3.00")


@pytest.mark.parametrize("written", ['1"&A1&"', "=1+1", "12 34", "１２"])
def test_only_digits_are_made_text_for_excel(written):
    column = Column("id_comprador", lambda row: row, code=True)
    assert cells.lines([column], [written], "es", "excel") == cells.lines([column], [written], "es")
