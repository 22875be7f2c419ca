"""Codes that stop a taxpayer or an establishment: nothing is signed or sent, polling goes on, a person lifts."""

import pytest
from cast import Taxpayer

from app import halts
from app.correcting import correct
from app.errors import Refused
from app.lifecycle import State
from app.sri.codes import HALTING, HALTS_ESTABLISHMENT, HALTS_TENANT
from app.store.documents import Document
from app.store.people import Audit
from app.store.tenants import Halt
from app.tenancy import tenant_scope

HERE, ELSEWHERE = "001", "002"


@pytest.fixture
def stopped(engine, ana, simulator, request) -> Taxpayer:
    """Ana, whose invoice in establishment 001 was just rejected with the code of this test."""
    entry = {
        "ruc": ana.ruc,
        "code": request.param,
        "stage": "autorizacion",
        "times": 1,
        "detail": "dice el SRI",
    }
    simulator.script([entry])
    ana.document(State.REJECTED)
    return ana


def standing(ana: Taxpayer) -> list[Halt]:
    with tenant_scope(ana.id):
        return list(Halt.select().where(Halt.tenant_id == ana.id, Halt.lifted_at.is_null()))


def worked(engine, ana: Taxpayer, document_id: int) -> str:
    """The document's state after its message was worked on, due or not."""
    from workers.job import JOBS, run

    ana.make_due(Document, document_id)
    kind = next(kind for kind in JOBS.values() if kind.on == ana.read(document_id).state)
    run(kind, ana.id, document_id, paced=True)
    return str(ana.read(document_id).state)


@pytest.mark.parametrize("stopped", sorted(HALTING), indirect=True)
def test_the_code_places_a_halt_with_its_reason_and_tells_people_what_to_do(stopped, request):
    code = request.node.callspec.params["stopped"]
    [halt] = standing(stopped)
    assert (halt.code, halt.reason, halt.placed_by) == (code, "dice el SRI", "SRI")
    assert halt.establishment == (HERE if code in HALTS_ESTABLISHMENT else None)
    [alert] = stopped.alerts(halts.PLACED)
    assert alert.resolved_at is None
    assert alert.message.endswith(".")


@pytest.mark.parametrize("stopped", sorted(HALTING), indirect=True)
def test_neither_signing_nor_sending_goes_on_there_and_polling_does(engine, stopped):
    draft, signed = stopped.import_invoice(), stopped.document(State.SIGNED).id
    pending = stopped.document(State.PENDING_AUTHORIZATION).id
    assert worked(engine, stopped, draft) == "draft"
    assert worked(engine, stopped, signed) == "signed"
    assert worked(engine, stopped, pending) == "authorized"
    assert [call for call in stopped.exchanges(signed) if call.operation == "submit"] == []


@pytest.mark.parametrize("stopped", sorted(HALTS_ESTABLISHMENT), indirect=True)
def test_what_stops_an_establishment_leaves_the_others_alone(engine, stopped):
    assert worked(engine, stopped, stopped.import_invoice(estab=ELSEWHERE)) == "signed"


@pytest.mark.parametrize("stopped", sorted(HALTS_TENANT), indirect=True)
def test_what_stops_a_taxpayer_stops_every_establishment_and_no_other_taxpayer(engine, stopped, beto):
    assert worked(engine, stopped, stopped.import_invoice(estab=ELSEWHERE)) == "draft"
    assert worked(engine, beto, beto.import_invoice()) == "signed"


@pytest.mark.parametrize("stopped", ["63"], indirect=True)
def test_a_second_refusal_with_the_same_code_is_the_same_halt(stopped, simulator):
    entry = {"ruc": stopped.ruc, "code": "63", "stage": "autorizacion", "times": 1}
    simulator.script([entry])
    stopped.document(State.REJECTED)
    assert len(standing(stopped)) == 1


@pytest.mark.parametrize("stopped", ["2"], indirect=True)
def test_the_corrected_document_waits_for_the_lift_and_then_goes_its_way(engine, stopped):
    with tenant_scope(stopped.id):
        document = Document.get(Document.tenant_id == stopped.id)
    correct(stopped.id, document.id, by="olga", reason="RUC regularizado")
    assert worked(engine, stopped, document.id) == "draft"
    assert halts.lift(stopped.id, None, by="olga", reason="RUC regularizado") == 1
    assert worked(engine, stopped, document.id) == "signed"
    assert stopped.bring(document.id, State.AUTHORIZED).access_key == document.access_key
    assert stopped.alerts(halts.PLACED)[0].resolved_at


@pytest.mark.parametrize("stopped", ["10"], indirect=True)
def test_a_lift_is_on_record_and_concerns_what_it_names_only(stopped):
    with pytest.raises(Refused, match="ninguna suspensión"):
        halts.lift(stopped.id, None, by="olga", reason="x")
    with pytest.raises(Refused, match="ninguna suspensión"):
        halts.lift(stopped.id, ELSEWHERE, by="olga", reason="x")
    assert halts.lift(stopped.id, HERE, by="olga", reason="reabierto") == 1
    assert standing(stopped) == []
    with tenant_scope(stopped.id):
        [lifted] = Halt.select().where(Halt.tenant_id == stopped.id)
        [line] = Audit.select().where(Audit.tenant_id == stopped.id, Audit.action == "halt_lifted")
    assert (lifted.lifted_by, lifted.lift_reason) == ("olga", "reabierto")
    assert (line.by, line.target, line.reason) == ("olga", HERE, "reabierto")


@pytest.mark.parametrize("code", ["35", "46", "52", "39"])
def test_any_other_refusal_stops_nothing(ana, simulator, code):
    stage, state = ("recepcion", State.RETURNED) if code == "35" else ("autorizacion", State.REJECTED)
    simulator.script([{"ruc": ana.ruc, "code": code, "stage": stage, "times": 1}])
    ana.document(state)
    assert standing(ana) == []


def test_a_person_stops_an_establishment_by_hand(engine, ana):
    halts.place(ana.id, HERE, code="inventario", reason="inventario anual", by="olga")
    assert worked(engine, ana, ana.import_invoice()) == "draft"
    assert worked(engine, ana, ana.import_invoice(estab=ELSEWHERE)) == "signed"
