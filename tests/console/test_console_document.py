"""What one document's page tells: what follows, why it is here, and all that happened."""

from datetime import UTC, datetime, timedelta

import pytest
from cast import Taxpayer
from console_cast import a_run, change, words
from peewee import fn
from pydantic import SecretStr

from app import delivery
from app.lifecycle import State
from app.storage import Storage
from app.store.delivery import Delivery
from app.store.tenants import Halt
from app.tenancy import tenant_scope


def test_a_documents_page_says_why_it_is_here_and_what_to_do(viewer_of, ana: Taxpayer, simulator):
    simulator.script([{"ruc": ana.ruc, "code": "52", "stage": "autorizacion", "detail": "suma distinta"}])
    document = ana.document(State.REJECTED)
    page = words(viewer_of(ana).read(f"/documents/{document.id}/"))
    assert "52 Los totales no cuadran con el detalle." in page
    assert "Corrija los valores; clave y número se mantienen." in page
    assert "suma distinta" in page
    assert "Una persona debe corregir el contenido" in page
    assert "No autorizado por el SRI" in page


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (State.DRAFT, "Numerar y firmar"),
        (State.SIGNED, "Enviar al SRI"),
        (State.PENDING_AUTHORIZATION, "Preguntar al SRI si lo autorizó"),
        (State.AUTHORIZED, "Generar el RIDE"),
    ],
)
def test_a_documents_page_says_what_follows(viewer_of, ana: Taxpayer, state, sentence):
    document = ana.document(state)
    assert sentence in words(viewer_of(ana).read(f"/documents/{document.id}/"))


def test_a_documents_page_says_when_the_next_attempt_is_and_what_went_wrong(viewer_of, ana: Taxpayer):
    document = ana.document(State.PENDING_AUTHORIZATION)
    in_an_hour = datetime.now(UTC) + timedelta(hours=1)
    change(document, next_attempt_at=in_an_hour, last_error_code="timeout", last_error="15 s sin bytes")
    page = words(viewer_of(ana).read(f"/documents/{document.id}/"))
    assert "dentro de 59 min" in page
    assert "El SRI no respondió a tiempo." in page
    assert "se vuelve a intentar solo" in page


@pytest.mark.parametrize(
    ("place", "reason", "said"),
    [
        ("full", OSError(28, "No space left on device"), "No space left on device"),
        ("read-only", PermissionError(13, "Permission denied"), "Permission denied"),
        ("gone", OSError("ConnectionError: no route"), "no route"),
    ],
)
def test_a_ride_that_no_storage_takes_says_why(viewer_of, ana: Taxpayer, monkeypatch, place, reason, said):
    document = ana.document(State.AUTHORIZED)

    def put(*_: object) -> None:
        raise reason

    monkeypatch.setattr(Storage, "put", put)
    ana.render(document.id)
    page = words(viewer_of(ana).read(f"/documents/{document.id}/"))
    assert "El almacén de archivos no guarda los RIDE." in page
    assert said in page
    assert "Autorizado" in page


def test_a_delivery_that_cannot_go_out_says_why(viewer_of, ana: Taxpayer):
    away = ana.under(smtp_url=SecretStr("smtp://127.0.0.1:9"), mail_from="f@i.ec")
    document = ana.document(State.AUTHORIZED, infoAdicional=[{"nombre": "Correo", "valor": "c@x.ec"}])
    ana.render(document.id)
    with tenant_scope(ana.id):
        delivery_id = Delivery.get(Delivery.document_id == document.id).id
    claim = away.claim(Delivery, delivery_id)
    delivery.deliver(claim, away.services)
    page = words(viewer_of(ana).read(f"/documents/{document.id}/"))
    assert "Connection refused" in page
    assert "Autorizado" in page


def test_a_halted_taxpayers_documents_say_so(viewer_of, ana: Taxpayer):
    document = ana.document(State.DRAFT)
    with tenant_scope(ana.id):
        Halt.insert(
            tenant_id=ana.id, code="57", reason="permiso suspendido", since=fn.now(), placed_by="SRI"
        ).execute()
    page = words(viewer_of(ana).read(f"/documents/{document.id}/"))
    assert "la emisión está suspendida. permiso suspendido" in page


def test_a_finished_document_says_that_nothing_is_left(viewer_of, ana: Taxpayer):
    document = ana.document(State.AUTHORIZED)
    ana.render(document.id)
    assert "Nada más: está autorizado" in words(viewer_of(ana).read(f"/documents/{document.id}/"))


def test_a_document_shows_its_whole_talk_with_the_sri_and_its_runs(viewer_of, ana: Taxpayer):
    document = ana.document(State.AUTHORIZED)
    earlier = datetime.now(UTC) - timedelta(hours=1)
    times = {"enqueued_at": earlier, "started_at": earlier, "finished_at": earlier}
    said = {"state": "succeeded", "error": None, "error_class": None, "outcome": "moved to authorized"}
    a_run(ana.id, document.id, **said, **times)
    page = words(viewer_of(ana).read(f"/documents/{document.id}/"))
    assert "Envío a recepción → Recibida versión 1 · HTTP 200" in page
    assert "Consulta de autorización → Autorizado versión 1 · HTTP 200" in page
    assert "Pasó a: Autorizado" in page


def test_a_document_the_engine_sends_again_by_itself_asks_nothing_of_anybody(viewer_of, ana: Taxpayer):
    document = ana.document(State.PENDING_AUTHORIZATION)
    change(document, last_error_code="39", last_error="resending once")
    page = words(viewer_of(ana).read(f"/documents/{document.id}/"))
    assert "El SRI no acepta la firma electrónica." in page
    assert "Nada que hacer: se vuelve a intentar solo." in page


def test_a_document_tells_to_whom_it_was_sent_and_what_became_of_it(viewer_of, ana: Taxpayer):
    mail = [{"nombre": "Correo", "valor": "compras@cliente.ec"}]
    document = ana.document(State.AUTHORIZED, infoAdicional=mail)
    ana.render(document.id)
    page = words(viewer_of(ana).read(f"/documents/{document.id}/"))
    assert "Entrega: Espera a que se configure el correo compras@cliente.ec" in page
    with tenant_scope(ana.id):
        Delivery.update(outcome="bounced", server_code=550, server_said="<b>no such user").where(
            Delivery.document_id == document.id
        ).execute()
    page = words(viewer_of(ana).read(f"/documents/{document.id}/"))
    assert "Rechazado por el correo del comprador" in page
    assert "550 &lt;b&gt;no such user" in page or "550 <b>no such user" in page


def test_a_document_without_an_address_says_that_a_person_hands_it_over(viewer_of, ana: Taxpayer):
    document = ana.document(State.AUTHORIZED)
    ana.render(document.id)
    page = words(viewer_of(ana).read(f"/documents/{document.id}/"))
    assert "Sin correo del comprador: entregue el RIDE usted" in page
