"""Verdicts: a yes always counts, an old no never does, and code 39 for want of OCSP is given one more try."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from cast import Taxpayer
from pypdf import PdfReader

from app import issuing, retrying, verdicts
from app.lifecycle import State
from app.outcome import Later, Moved
from app.services import Services
from app.signing import sign
from app.sri.gateway import Received, Rejected
from app.store.documents import Document, DocumentAuthorization, Emission, Ride
from app.tenancy import tenant_scope

NO_OCSP = "No se pudo verificar el certificado: servicio OCSP no disponible"


def no(simulator, taxpayer: Taxpayer, code: str = "46", *, times: int = 1, detail: str = "") -> None:
    entry = {"ruc": taxpayer.ruc, "code": code, "stage": "autorizacion", "times": times, "detail": detail}
    simulator.script([entry])


def fail(simulator, taxpayer: Taxpayer, fault: str, stage: str = "recepcion") -> None:
    simulator.script([{"ruc": taxpayer.ruc, "fault": fault, "stage": stage}])


def emission(taxpayer: Taxpayer, document: Document) -> Emission:
    with tenant_scope(taxpayer.id):
        newest = (
            Emission.select().where(Emission.document_id == document.id).order_by(Emission.version.desc())
        )
        return newest.get()


def seen(simulator, document: Document) -> list[str]:
    calls = (call for call in simulator.log() if call.access_key == document.access_key)
    return [call.answer if call.service == "autorizacion" else call.service for call in calls]


def check(taxpayer: Taxpayer, document: Document) -> Any:
    """The poll of a document, whatever state it is in."""
    taxpayer.make_due(Document, document.id)
    return issuing.check(taxpayer.claim(Document, document.id), taxpayer.services)


def later(outcome: Any) -> float:
    """In how many seconds the same bytes go again."""
    assert isinstance(outcome, Later) and outcome.why == "39", outcome
    return outcome.seconds


class KilledAfterSending:
    """Services whose worker dies when its sending has arrived and before the answer is read."""

    def __init__(self, services: Services) -> None:
        self.settings, self._services = services.settings, services

    def sri(self, access_key: str) -> "KilledAfterSending":
        self._sri = self._services.sri(access_key)
        return self

    def submit(self, xml: bytes) -> None:
        self._sri.submit(xml)
        raise KeyboardInterrupt


@pytest.mark.parametrize("state", [State.RETURNED, State.REJECTED])
def test_the_sris_yes_counts_even_after_it_refused(ana, simulator, state):
    code, stage = ("35", "recepcion") if state == State.RETURNED else ("46", "autorizacion")
    simulator.script([{"ruc": ana.ruc, "code": code, "stage": stage, "times": 1}])
    refused = ana.document(state)
    sri = ana.services.sri(refused.access_key)
    assert isinstance(sri.submit(bytes(emission(ana, refused).xml)), Received)
    assert check(ana, refused) == Moved(State.AUTHORIZED)
    assert ana.history(refused.id)[-2:] == [state, "authorized"]
    ana.render(refused.id)


def test_an_old_no_is_not_taken_for_one_to_the_corrected_document(ana, simulator):
    no(simulator, ana)
    rejected = ana.document(State.REJECTED)
    ana.correct(rejected.id, razonSocialComprador="Nombre corregido")
    ana.bring(rejected.id, State.SIGNED)
    fail(simulator, ana, "drop_before")
    assert isinstance(ana.step(rejected.id), Later)
    assert isinstance(ana.step(rejected.id), Later), "the SRI still answers with the old verdict"
    assert ana.read(rejected.id).state == State.SIGNED
    assert seen(simulator, rejected)[-2:] == ["recepcion", "NO AUTORIZADO 46"]


def test_a_corrected_document_that_never_arrived_is_sent_again_though_the_old_no_is_all_the_sri_says(
    ana, simulator
):
    ana = ana.under(ask_before_resend_s=0.001)
    no(simulator, ana)
    rejected = ana.document(State.REJECTED)
    ana.correct(rejected.id, razonSocialComprador="Nombre corregido")
    ana.bring(rejected.id, State.SIGNED)
    with tenant_scope(ana.id):
        long_ago = datetime.now(UTC) - timedelta(days=3)
        Document.update(received_at=long_ago).where(Document.id == rejected.id).execute()
    fail(simulator, ana, "drop_before")
    for _ in range(4):
        assert isinstance(ana.step(rejected.id), Later)
    ana.bring(rejected.id, State.AUTHORIZED)
    assert seen(simulator, rejected)[2:] == [
        "recepcion",
        *["NO AUTORIZADO 46"] * 3,
        "recepcion",
        "AUTORIZADO 60",
    ]


SENT_AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("version", "answer", "counts"),
    [
        (1, Rejected(), True),
        (2, Rejected(), False),
        (2, Rejected(comprobante=b"<f>2</f>"), True),
        (2, Rejected(comprobante=b"<?xml version='1.0'?>\n<f >2</f>"), True),
        (2, Rejected(comprobante=b"<f>1</f>", at=SENT_AT - timedelta(minutes=5)), False),
        (2, Rejected(comprobante=b"<f>1</f>", at=SENT_AT + timedelta(minutes=5)), True),
        (2, Rejected(comprobante=b"<f>2"), False),
    ],
)
def test_a_no_counts_for_the_bytes_last_sent_or_when_it_is_later_than_they_are(version, answer, counts):
    sent = Emission(version=version, xml=b"<f>2</f>", created_at=SENT_AT)
    assert verdicts.counts(answer, sent) is counts


def test_other_bytes_than_ours_raise_an_alarm_and_make_the_ride(ana, services):
    signed = ana.document(State.SIGNED)
    with tenant_scope(ana.id):
        _, key = services.keys.current(ana.id)
    ours = bytes(emission(ana, signed).xml)
    start = ours.index(b"<ds:Signature")
    unsigned = ours[:start] + ours[ours.index(b"</ds:Signature>") + len(b"</ds:Signature>") :]
    foreign = sign(unsigned.replace("María Núñez".encode(), b"OTRA PERSONA"), key, datetime.now(UTC))
    assert isinstance(services.sri(signed.access_key).submit(foreign), Received)
    ana.bring(signed.id, State.AUTHORIZED)
    with tenant_scope(ana.id):
        answer = DocumentAuthorization.get_by_id(signed.id)
    assert not answer.as_sent
    [alarm] = ana.alerts("other_bytes_authorized")
    assert alarm.subject == signed.access_key
    ana.render(signed.id)
    with tenant_scope(ana.id):
        ride = services.storage.get(Ride.get_by_id(signed.id).path)
    text = PdfReader(BytesIO(ride)).pages[0].extract_text()
    assert "OTRA PERSONA" in text
    assert "María Núñez" not in text


def test_a_no_for_want_of_ocsp_is_answered_once_with_the_same_bytes_after_ten_minutes(ana, simulator):
    no(simulator, ana, "39", detail=NO_OCSP)
    pending = ana.document(State.PENDING_AUTHORIZATION)
    assert later(ana.step(pending.id)) == pytest.approx(600, abs=5)
    assert ana.read(pending.id).state == State.PENDING_AUTHORIZATION
    assert isinstance(ana.step(pending.id), Later)
    assert ana.step(pending.id) == Moved(State.AUTHORIZED)
    assert seen(simulator, pending) == ["recepcion", "NO AUTORIZADO 39", "recepcion", "AUTORIZADO 60"]
    assert "rejected" not in ana.history(pending.id)
    assert not [said for said in simulator.verdict().violations if pending.access_key in said]


def test_a_person_who_retries_has_the_same_bytes_sent_at_once(ana, simulator):
    no(simulator, ana, "39", detail=NO_OCSP)
    pending = ana.document(State.PENDING_AUTHORIZATION)
    later(ana.step(pending.id))
    retrying.retry(ana.id, pending.id, by="olga")
    ana.step(pending.id)
    assert seen(simulator, pending) == ["recepcion", "NO AUTORIZADO 39", "recepcion"]
    assert ana.step(pending.id) == Moved(State.AUTHORIZED)


def test_whoever_asks_the_sri_meanwhile_does_not_put_the_sending_off(ana, simulator, monkeypatch):
    no(simulator, ana, "39", detail=NO_OCSP, times=3)
    pending = ana.document(State.PENDING_AUTHORIZATION)
    first = later(ana.step(pending.id))
    retrying.ask(ana.id, pending.id, by="olga")
    assert later(ana.step(pending.id)) < first
    monkeypatch.setattr(verdicts, "RESEND_AFTER_39_S", 0.0)
    retrying.ask(ana.id, pending.id, by="olga")
    assert later(ana.step(pending.id)) == 0
    ana.step(pending.id)
    assert seen(simulator, pending)[-1] == "recepcion"


def test_a_second_no_for_want_of_ocsp_rejects(ana, simulator):
    no(simulator, ana, "39", detail=NO_OCSP, times=2)
    pending = ana.document(State.PENDING_AUTHORIZATION)
    for _ in range(2):
        assert isinstance(ana.step(pending.id), Later)
    assert ana.step(pending.id) == Moved(State.REJECTED)


def test_any_other_bad_signature_rejects_at_once(ana, simulator):
    no(simulator, ana, "39", detail="La firma no corresponde al emisor")
    pending = ana.document(State.PENDING_AUTHORIZATION)
    assert ana.step(pending.id) == Moved(State.REJECTED)


def test_an_earlier_repetition_of_the_sending_does_not_use_up_the_one_more_try(ana, simulator):
    simulator.script([{"ruc": ana.ruc, "code": "50", "stage": "recepcion", "times": 1}])
    no(simulator, ana, "39", detail=NO_OCSP)
    pending = ana.bring(ana.import_invoice(), State.PENDING_AUTHORIZATION)
    assert later(ana.step(pending.id)) == pytest.approx(600, abs=5)


def test_one_more_try_that_never_left_is_still_owed(ana, simulator):
    no(simulator, ana, "39", detail=NO_OCSP)
    pending = ana.document(State.PENDING_AUTHORIZATION)
    ana.step(pending.id)
    assert isinstance(ana.under(sri_pruebas_url="http://127.0.0.1:9").step(pending.id), Later)
    assert later(ana.step(pending.id)) == pytest.approx(600, abs=5)
    ana.step(pending.id)
    assert ana.step(pending.id) == Moved(State.AUTHORIZED)


def test_one_more_try_whose_worker_was_killed_is_asked_about_first(ana, simulator):
    no(simulator, ana, "39", detail=NO_OCSP)
    pending = ana.document(State.PENDING_AUTHORIZATION)
    ana.step(pending.id)
    ana.make_due(Document, pending.id)
    with pytest.raises(KeyboardInterrupt):
        issuing.check(ana.claim(Document, pending.id, lease_s=-1), KilledAfterSending(ana.services))
    assert ana.step(pending.id) == Moved(State.AUTHORIZED)
    assert seen(simulator, pending) == ["recepcion", "NO AUTORIZADO 39", "recepcion", "AUTORIZADO 60"]


def test_a_no_for_want_of_ocsp_found_instead_of_a_lost_receipt_gets_its_one_more_try_too(ana, simulator):
    fail(simulator, ana, "accept_then_drop")
    no(simulator, ana, "39", detail=NO_OCSP)
    signed = ana.document(State.SIGNED)
    ana.step(signed.id)
    ana.bring(signed.id, State.AUTHORIZED)
    assert seen(simulator, signed).count("recepcion") == 2
    assert "rejected" not in ana.history(signed.id)
