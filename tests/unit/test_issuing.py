"""Signing: number, date, key, XML and signature are taken together, or nothing of them."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from cast import PASSWORD, Taxpayer, at_once, p12_of
from lxml import etree

from app import access_key, certificate_store, issuing, signing, tenants, work
from app.lifecycle import State
from app.outcome import Moved, Parked
from app.store.base import database
from app.store.documents import Document, Emission
from app.store.tenants import Certificate, Establishment, Sequence
from app.tenancy import tenant_scope


def emissions(taxpayer: Taxpayer, document_id: int) -> list[Emission]:
    with tenant_scope(taxpayer.id):
        versions = Emission.select().where(Emission.document_id == document_id).order_by(Emission.version)
        return list(versions)


def next_number(taxpayer: Taxpayer) -> int | None:
    with tenant_scope(taxpayer.id):
        row = Sequence.get_or_none(Sequence.tenant_id == taxpayer.id)
        return row and row.next_number


def text(xml: bytes, path: str) -> str | None:
    return etree.fromstring(xml).findtext(path)


def test_signing_gives_number_date_key_and_the_bytes_that_will_be_sent(ana):
    document_id = ana.import_invoice()
    assert ana.step(document_id) == Moved(State.SIGNED)
    document, [emission] = ana.read(document_id), emissions(ana, document_id)
    key = access_key.parse(document.access_key)
    assert (document.number, document.sequence_number, document.version) == ("001-002-000000001", 1, 1)
    assert (key.number, key.issue_date, key.ruc) == (document.number, document.issue_date, ana.ruc)
    assert (emission.access_key, emission.version, emission.by) == (document.access_key, 1, "autoriza")
    assert emission.sha256 == hashlib.sha256(bytes(emission.xml)).hexdigest()
    signing.verify(bytes(emission.xml))
    assert ana.history(document_id) == ["imported", "signed"]


def test_sha256_is_a_setting_and_the_strict_sri_authorizes_it(ana):
    document = ana.under(signature_digest="sha256").document(State.AUTHORIZED)
    [emission] = emissions(ana, document.id)
    assert b"xmldsig-more#rsa-sha256" in bytes(emission.xml)
    assert b"sha1" not in bytes(emission.xml)


def test_date_of_issue_and_date_in_the_key_are_the_day_of_signing_in_ecuador(ana, monkeypatch):
    class LateEvening(datetime):
        @classmethod
        def now(cls, zone=None):
            return datetime(2026, 4, 2, 3, 30, tzinfo=UTC).astimezone(zone)

    monkeypatch.setattr(issuing, "datetime", LateEvening)
    document_id = ana.import_invoice()
    ana.under(verify_share=0).step(document_id)  # that evening was before the certificate's first day
    document, [emission] = ana.read(document_id), emissions(ana, document_id)
    assert document.access_key[:8] == "01042026"
    assert document.issue_date.isoformat() == "2026-04-01"
    assert text(bytes(emission.xml), "infoFactura/fechaEmision") == "01/04/2026"


def test_the_issuer_is_written_as_it_stands_at_signing(ana):
    document_id = ana.import_invoice(estab="004")
    with tenant_scope(ana.id):
        Establishment.update(address="Sucursal Manta").where(Establishment.tenant_id == ana.id).execute()
    ana.step(document_id)
    xml = bytes(emissions(ana, document_id)[0].xml)
    assert text(xml, "infoTributaria/ruc") == ana.ruc
    assert text(xml, "infoFactura/dirEstablecimiento") == "Sucursal Manta"


def test_every_emission_point_of_every_taxpayer_counts_for_itself(ana, beto):
    numbers = [
        taxpayer.document(State.SIGNED, **place).number
        for taxpayer in (ana, beto)
        for place in ({}, {}, {"ptoEmi": "003"}, {"estab": "005"})
    ]
    assert numbers == ["001-002-000000001", "001-002-000000002", "001-003-000000001", "005-002-000000001"] * 2


def test_twenty_workers_signing_at_once_give_numbers_without_gap_or_repetition(ana):
    ids = [ana.import_invoice() for _ in range(60)]
    at_once(20, lambda worker: [ana.step(row_id) for row_id in ids[worker::20]])
    signed = [ana.read(row_id) for row_id in ids]
    assert sorted(document.sequence_number for document in signed) == list(range(1, 61))
    assert len({document.access_key for document in signed}) == 60
    assert next_number(ana) == 61


def killed(*_: object, **__: object) -> None:
    raise RuntimeError("killed here")


@pytest.mark.parametrize("place", ["sign_xml", "_store_emission", "advance"])
def test_a_failure_while_signing_takes_no_number_and_leaves_no_gap(ana, monkeypatch, place):
    ana.document(State.SIGNED)
    failing = ana.import_invoice()
    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(issuing, place, killed)
        ana.step(failing)
    database.close()
    untouched = ana.read(failing)
    assert (untouched.state, untouched.number, untouched.access_key) == (State.DRAFT, None, None)
    assert emissions(ana, failing) == []
    assert next_number(ana) == 2
    assert ana.document(State.SIGNED).number == "001-002-000000002"
    with tenant_scope(ana.id):
        Document.update(lease_until=None).where(Document.id == failing).execute()
    assert ana.bring(failing, State.SIGNED).number == "001-002-000000003"


def test_a_worker_that_lost_its_lease_takes_no_number(ana, services):
    document_id = ana.import_invoice()
    late, current = ana.claim(Document, document_id, lease_s=-1), ana.claim(Document, document_id)
    with pytest.raises(work.Refused):
        issuing.sign(late, services)
    assert next_number(ana) is None
    assert issuing.sign(current, services) == Moved(State.SIGNED)
    assert ana.read(document_id).number == "001-002-000000001"


def without_certificate(taxpayer: Taxpayer) -> None:
    with tenant_scope(taxpayer.id):
        Certificate.update(replaced_at=datetime.now(UTC)).where(
            Certificate.tenant_id == taxpayer.id
        ).execute()


def with_expired_certificate(taxpayer: Taxpayer) -> None:
    with tenant_scope(taxpayer.id):
        yesterday = datetime.now(UTC) - timedelta(days=1)
        Certificate.update(not_after=yesterday).where(Certificate.tenant_id == taxpayer.id).execute()


@pytest.mark.parametrize(
    ("lose", "code"),
    [(without_certificate, "no_certificate"), (with_expired_certificate, "certificate_not_valid")],
)
def test_without_a_valid_certificate_documents_wait_before_any_number_is_taken(ana, lose, code):
    lose(ana)
    waiting = [ana.import_invoice() for _ in range(2)]
    assert all(isinstance(ana.step(document_id), Parked) for document_id in waiting)
    for document in map(ana.read, waiting):
        assert (document.state, document.number, document.next_attempt_at) == (State.DRAFT, None, None)
        assert document.needs_person_code == code
        assert "certificado" in document.needs_person_reason
    assert next_number(ana) is None
    [alert] = ana.alerts(code)
    assert (alert.times, alert.resolved_at) == (2, None)


@pytest.mark.parametrize("lose", [without_certificate, with_expired_certificate])
def test_a_new_certificate_sets_waiting_documents_going_by_itself(ana, services, lose):
    lose(ana)
    waiting = ana.import_invoice()
    ana.step(waiting)
    code = ana.read(waiting).needs_person_code
    tenant = tenants.find(ana.ruc)
    certificate_store.install(tenant, p12_of(ana.ruc, "ANA"), PASSWORD, services.box, by="ana")
    claim = ana.claim(Document, waiting)
    assert claim, "it must be due without anybody asking"
    assert issuing.sign(claim, services) == Moved(State.SIGNED)
    assert ana.alerts(code)[0].resolved_at


def test_an_emission_point_without_numbers_left_waits_for_a_person(ana):
    ana.document(State.SIGNED)
    with tenant_scope(ana.id):
        Sequence.update(next_number=999_999_999).where(Sequence.tenant_id == ana.id).execute()
    assert ana.document(State.SIGNED).number == "001-002-999999999"
    document_id = ana.import_invoice()
    assert isinstance(ana.step(document_id), Parked)
    waiting = ana.read(document_id)
    assert (waiting.needs_person_code, waiting.number) == ("sequence_exhausted", None)
    assert "001-002" in waiting.needs_person_reason


def test_a_corrected_document_keeps_key_number_and_date_and_both_versions(ana, simulator):
    simulator.script([{"ruc": ana.ruc, "code": "35", "stage": "recepcion", "times": 1}])
    returned = ana.document(State.RETURNED)
    ana.correct(returned.id, razonSocialComprador="Nombre corregido")
    signed = ana.bring(returned.id, State.SIGNED)
    assert (signed.access_key, signed.number, signed.issue_date, signed.version) == (
        returned.access_key,
        returned.number,
        returned.issue_date,
        2,
    )
    first, second = emissions(ana, signed.id)
    assert text(bytes(first.xml), "infoFactura/razonSocialComprador") == "María Núñez"
    assert text(bytes(second.xml), "infoFactura/razonSocialComprador") == "Nombre corregido"
    assert (first.by, first.reason) == ("autoriza", "first emission")
    assert (second.by, second.reason) == ("ana@example.ec", "estaba mal")


def test_a_document_returned_for_its_date_gets_a_new_key_for_the_same_number(ana, simulator):
    simulator.script([{"ruc": ana.ruc, "code": "65", "stage": "recepcion", "times": 1}])
    returned = ana.document(State.RETURNED)
    ana.correct(returned.id)
    authorized = ana.bring(returned.id, State.AUTHORIZED)
    assert authorized.number == returned.number
    assert authorized.access_key != returned.access_key
    assert next_number(ana) == 2
