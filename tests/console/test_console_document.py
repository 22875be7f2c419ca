"""What one document's page tells: what follows, why it is here, and all that happened."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from cast import Taxpayer
from console_cast import a_run, change, signed_in, words
from documents_cast import credit_note
from peewee import fn
from pydantic import SecretStr

from app import delivery, halts, intake
from app.lifecycle import State
from app.permissions import Role
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
    assert "Nada: se pregunta otra vez." in page


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
    assert "Nada: se intenta otra vez." in page


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


def test_a_nota_de_credito_and_the_factura_it_modifies_lead_to_each_other(viewer_of, ana: Taxpayer):
    factura = ana.document(State.AUTHORIZED)
    facts = {
        "numDocModificado": factura.number,
        "fechaEmisionDocSustento": f"{factura.issue_date:%d/%m/%Y}",
        "detalles": [credit_note()["detalles"][0] | {"precioUnitario": "20.00"}],
    }
    note = intake.accept(ana.id, json.dumps(credit_note(**facts)).encode(), "nota.json", by="test")
    viewer = viewer_of(ana)
    page = words(viewer.read(f"/documents/{note.document_id}/"))
    assert f"Nota de crédito borrador {note.document_id}" in page
    assert f"Modifica Factura {factura.number}" in page
    assert "Devolución de mercadería" in page
    assert "Producto" in page
    assert "Ver las que la modifican" in viewer.read(f"/documents/{factura.id}/")
    listed = viewer.read(f"/documents/?q=modifies:{factura.number}")
    assert f'href="/documents/{note.document_id}/"' in listed
    assert f'href="/documents/{note.document_id}/"' in viewer.read("/documents/?q=type:nota_credito")


def test_a_document_refused_with_45_offers_a_new_number_only_to_whom_may_take_one(
    browser, ana: Taxpayer, simulator
):
    simulator.script([{"ruc": ana.ruc, "code": "45", "stage": "recepcion", "times": 1}])
    taken = ana.document(State.RETURNED)
    operator = signed_in(browser(), Role.OPERATOR, (ana.id,))
    supervisor = signed_in(browser(), Role.SUPERVISOR, (ana.id,))
    place = f"/documents/{taken.id}/correct"
    assert "su rol no lo permite" in operator.read(place)
    form = {"way": "same", "reason": "lo usó el facturero anterior", "new_number": "1"}
    assert operator.post(place, form).status_code == 403
    assert ana.read(taken.id).state == State.RETURNED
    assert supervisor.post(place, form).status_code == 302
    again = ana.read(taken.id)
    assert (again.state, again.number) == (State.DRAFT, None)
    told = words(supervisor.read(f"/documents/{taken.id}/"))
    assert "«lo usó el facturero anterior» número y clave nuevos · después de 45" in told


def test_halts_are_lifted_from_the_page_of_what_they_hold(browser, ana: Taxpayer):
    document = ana.document(State.DRAFT)
    halts.place(ana.id, "001", code="56", reason="cerrado", by="SRI")
    supervisor = signed_in(browser(), Role.SUPERVISOR, (ana.id,))
    assert "Levantar la suspensión" in supervisor.read(f"/documents/{document.id}/")
    supervisor.post(f"/documents/{document.id}/lift", {"reason": "ya reabrió"})
    told = words(supervisor.read(f"/documents/{document.id}/"))
    assert "La suspensión quedó levantada" in told
    assert "emisión está suspendida" not in told


def test_what_a_person_asks_twice_or_too_early_is_refused_in_a_sentence(browser, ana: Taxpayer):
    document = ana.document(State.DRAFT)
    operator = signed_in(browser(), Role.OPERATOR, (ana.id,))
    for act, why in (
        ("ask", "todavía no consta que el SRI lo tenga"),
        ("resend", "indique el motivo"),
        ("rebuild", "indique por qué"),
    ):
        operator.post(f"/documents/{document.id}/{act}")
        assert f"No se hizo: {why}" in operator.read(f"/documents/{document.id}/"), act
    assert operator.get(f"/documents/{document.id}/?show=nothing").status_code == 400
    assert operator.get(f"/documents/{document.id}/?show=sri&order=oldest").status_code == 200
