"""A person asks to try again: what waits goes on at once, what is final or in somebody's hands is left alone."""

import pytest
from racing import another_writer, refused_after

from app import work
from app.alerts import raise_alert
from app.errors import Refused, Text
from app.lifecycle import State
from app.retrying import retry
from app.store.documents import Document, Ride
from app.store.people import Audit
from app.tenancy import tenant_scope


def parked(ana, document_id: int, code: str = "undecided") -> Document:
    ana.make_due(Document, document_id)
    claim = ana.claim(Document, document_id)
    with tenant_scope(ana.id):
        work.park(claim, code, "mire el portal del SRI")
        raise_alert(
            ana.id,
            code,
            claim.row.access_key or str(document_id),
            Text("mire el portal del SRI", "mire el portal del SRI"),
        )
    return ana.read(document_id)


def audited(ana) -> list[Audit]:
    with tenant_scope(ana.id):
        return list(Audit.select().where(Audit.tenant_id == ana.id, Audit.action == "retry"))


@pytest.mark.parametrize("state", [State.DRAFT, State.SIGNED, State.PENDING_AUTHORIZATION])
def test_a_document_that_waits_for_a_person_goes_on_at_once_and_its_alert_is_over(ana, state):
    document = parked(ana, ana.document(state).id)
    assert retry(ana.id, document.id, by="ana@example.ec", reason="ya se arregló") == ("document", state)
    going = ana.read(document.id)
    assert (going.needs_person_since, going.needs_person_code, going.needs_person_reason) == (
        None,
        None,
        None,
    )
    assert (going.attempts, going.last_error, going.state) == (0, None, state)
    assert ana.claim(Document, document.id)
    [alert] = ana.alerts("undecided")
    assert alert.resolved_at
    [line] = audited(ana)
    assert (line.by, line.target, line.reason) == (
        "ana@example.ec",
        f"document {document.id}",
        "ya se arregló",
    )


def test_a_long_wait_is_cut_short(ana):
    document_id = ana.import_invoice()
    claim = ana.claim(Document, document_id)
    with tenant_scope(ana.id):
        work.sleep(claim, 900, code="timeout", why="no answer")
    retry(ana.id, document_id, by="ana")
    assert ana.claim(Document, document_id)


def test_a_ride_that_failed_is_made_again(ana):
    document = ana.document(State.AUTHORIZED)
    claim = ana.claim(Ride, document.id)
    with tenant_scope(ana.id):
        work.park(claim, "failed", "disco lleno")
    assert retry(ana.id, document.id, by="ana") == ("ride", State.AUTHORIZED)
    assert ana.claim(Ride, document.id)


def refusal_of(ana, document_id: int) -> str:
    """Why it cannot be retried; that changes nothing and is not on record as an act."""
    before = ana.read(document_id)
    with pytest.raises(Refused) as refusal:
        retry(ana.id, document_id, by="ana")
    assert ana.read(document_id).__data__ == before.__data__
    assert audited(ana) == []
    return str(refusal.value)


def test_a_document_somebody_works_on_is_left_to_them(ana):
    document_id = ana.import_invoice()
    ana.claim(Document, document_id)
    assert "se está trabajando en él" in refusal_of(ana, document_id)


def test_a_document_whose_worker_died_is_free_again(ana):
    document_id = ana.import_invoice()
    late = ana.claim(Document, document_id, lease_s=-1)
    retry(ana.id, document_id, by="ana")
    with pytest.raises(work.Refused), tenant_scope(ana.id):
        work.sleep(late, 5)


@pytest.mark.parametrize(
    ("code", "stage", "state"),
    [("35", "recepcion", State.RETURNED), ("46", "autorizacion", State.REJECTED)],
)
def test_a_refused_document_needs_its_content_corrected_first(ana, simulator, code, stage, state):
    simulator.script([{"ruc": ana.ruc, "code": code, "stage": stage, "times": 1}])
    assert "corregir su contenido" in refusal_of(ana, ana.document(state).id)


def test_a_document_with_its_ride_has_nothing_left_to_try(ana):
    document = ana.document(State.AUTHORIZED)
    ana.render(document.id)
    assert "su RIDE está guardado" in refusal_of(ana, document.id)


def test_beto_cannot_retry_anas_document_nor_learn_that_it_exists(ana, beto):
    document = parked(ana, ana.import_invoice())
    with pytest.raises(Refused, match=f"no existe el comprobante {document.id}"):
        retry(beto.id, document.id, by="beto")
    assert ana.read(document.id).__data__ == document.__data__


def test_a_verdict_that_arrives_at_the_same_moment_is_not_undone(ana, servers):
    document = ana.document(State.PENDING_AUTHORIZATION)
    with another_writer(servers, ana.services) as worker:
        worker.cursor().execute(
            "update document set state = 'rejected', next_attempt_at = null where id = %s", [document.id]
        )
        refusals = refused_after(worker, lambda: retry(ana.id, document.id, by="ana"))
    assert len(refusals) == 1
    after = ana.read(document.id)
    assert (after.state, after.next_attempt_at) == (State.REJECTED, None)
