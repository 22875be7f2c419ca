"""What is late is a violation, unless an open circuit or its taxpayer's own queue holds it."""

from datetime import UTC, datetime

import pytest
from cast import Taxpayer, called

from app import work
from app.invariants import find_violations
from app.lifecycle import State
from app.store.documents import Document
from app.store.engine import Circuit, Run
from app.tenancy import tenant_scope


@pytest.fixture
def late(ana: Taxpayer) -> Document:
    """A signed document that should have been sent five minutes ago and is on nobody's way."""
    document = ana.document(State.SIGNED)
    with tenant_scope(ana.id):
        Document.update(next_attempt_at=work.in_seconds(-300), published_at=work.in_seconds(-290)).where(
            Document.id == document.id
        ).execute()
    yield document
    Circuit.update(state="closed", failures=0, probe_at=None).execute()
    ana.make_due(Document, document.id)
    with tenant_scope(ana.id):
        Document.update(published_at=work.in_seconds(0)).where(Document.id == document.id).execute()


def stuck(services, document: Document) -> bool:
    return any(v.invariant == "I3" and v.subject == document.access_key for v in find_violations(services))


def test_a_late_document_is_named(services, late):
    assert stuck(services, late)


def test_while_its_circuit_is_open_it_only_waits(services, late):
    Circuit.update(state="open").where(Circuit.environment == 1, Circuit.service == "query").execute()
    assert stuck(services, late)
    Circuit.update(state="open").where(Circuit.environment == 1, Circuit.service == "submit").execute()
    assert not stuck(services, late)


def test_what_may_have_been_sent_waits_for_the_service_it_is_asked_about(services, late):
    Circuit.update(state="open").where(Circuit.environment == 1, Circuit.service == "query").execute()
    called(late, "unavailable", sent=False)
    assert stuck(services, late), "it is certain that it never left"
    called(late, "unknown", sent=True)
    assert not stuck(services, late)
    called(late, "try_again", sent=True)
    assert stuck(services, late), "the newest says that it is sent once more"


def test_behind_others_of_its_taxpayer_that_move_it_only_waits(services, late, ana, beto):
    def moved(tenant_id: int) -> None:
        now = datetime.now(UTC)
        with tenant_scope(tenant_id):
            Run.insert(
                tenant_id=tenant_id,
                message_id="m",
                actor="submit_document",
                queue="sri",
                arguments={},
                attempt=1,
                state="succeeded",
                outcome="moved to pending_authorization",
                enqueued_at=now,
                started_at=now,
                worker="w",
            ).execute()

    moved(beto.id)
    assert stuck(services, late)
    moved(ana.id)
    assert not stuck(services, late)
