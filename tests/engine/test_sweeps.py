"""Sweeps: what is due, free and not on its way is published, oldest first, each tenant as far as there is room."""

import json
import time

import psycopg2
import pytest
import redis
from cast import Taxpayer

from app import work
from app.lifecycle import State
from app.store.base import database
from app.store.documents import Document
from app.store.engine import Circuit
from app.store.people import Alert
from app.store.tenants import Halt
from app.tenancy import tenant_scope


@pytest.fixture(autouse=True)
def _circuits_closed(services):
    with database.connection_context():
        Circuit.update(state="closed", failures=0, probe_at=None, changed_at=work.in_seconds(-3600)).execute()


def published(engine, queue: str) -> list[list[int]]:
    """The arguments of the messages in ``queue``, first to be taken first."""
    client = engine.broker.client
    ids = client.lrange(f"autoriza:{queue}", 0, -1)
    return [json.loads(client.hget(f"autoriza:{queue}.msgs", one))["args"] for one in ids]


def due(taxpayer: Taxpayer, count: int) -> list[int]:
    """Drafts whose message was lost: due, published long ago."""
    ids = [taxpayer.import_invoice() for _ in range(count)]
    forget_messages(taxpayer)
    return ids


def forget_messages(taxpayer: Taxpayer) -> None:
    with tenant_scope(taxpayer.id):
        Document.update(published_at=work.in_seconds(-60)).where(Document.tenant_id == taxpayer.id).execute()


def test_due_drafts_are_published_oldest_first_and_not_again_for_ten_seconds(engine, ana):
    ids = due(ana, 5)
    summary = engine.sweeps.sweep_tenant(engine.jobs.sign_document, ana.id)
    assert (summary.found, summary.published, summary.more) == (5, 5, False)
    assert published(engine, "sign") == [[ana.id, one] for one in ids]
    assert engine.sweeps.sweep_tenant(engine.jobs.sign_document, ana.id).found == 0


def test_what_somebody_holds_or_is_not_due_is_left_alone(engine, ana):
    held, later, free = due(ana, 3)
    assert ana.claim(Document, held)
    with tenant_scope(ana.id):
        Document.update(next_attempt_at=work.in_seconds(60)).where(Document.id == later).execute()
    engine.sweeps.sweep_tenant(engine.jobs.sign_document, ana.id)
    assert published(engine, "sign") == [[ana.id, free]]


def test_a_halt_stops_signing_of_its_establishment_only(engine, ana):
    stopped, going = ana.import_invoice(estab="001"), ana.import_invoice(estab="002")
    forget_messages(ana)
    with tenant_scope(ana.id):
        Halt.insert(
            tenant_id=ana.id,
            establishment="001",
            code="10",
            reason="clausurado",
            placed_by="SRI",
            since=work.in_seconds(0),
        ).execute()
    engine.sweeps.sweep_tenant(engine.jobs.sign_document, ana.id)
    assert published(engine, "sign") == [[ana.id, going]]
    assert ana.read(stopped).state == State.DRAFT


def test_a_full_queue_takes_no_more_and_the_sweep_says_that_more_is_due(engine, ana, settings):
    due(ana, 3)
    actor = engine.jobs.sign_document.actor
    engine.broker.enqueue_all([actor.message(0, number) for number in range(settings.queue_depth)])
    summary = engine.sweeps.sweep_tenant(engine.jobs.sign_document, ana.id)
    assert (summary.published, summary.more) == (0, True)


def test_what_finds_its_queue_full_is_looked_at_from_now_on_until_there_is_room(engine, ana, settings):
    document = ana.import_invoice()
    actor = engine.jobs.sign_document.actor
    engine.broker.enqueue_all([actor.message(0, number) for number in range(2 * settings.queue_depth + 1)])
    engine.by_hand.wake(ana.id, document)
    assert [ana.id, document] not in published(engine, "sign")
    assert ana.read(document).published_at is None
    assert published(engine, "sweep") == [[ana.id]]
    engine.by_hand.wake(ana.id, ana.import_invoice())
    assert published(engine, "sweep") == [[ana.id]]


def later(engine, queue: str = "sri") -> list[tuple[int, float]]:
    """Documents whose message is for later, soonest first, and in how many seconds each is for."""
    bodies = [json.loads(body) for body in engine.broker.client.hvals(f"autoriza:{queue}.DQ.msgs")]
    assert all(body["kwargs"] == {"paced": True} for body in bodies)
    now = time.time() * 1000
    return sorted(
        ((body["args"][1], (body["options"]["eta"] - now) / 1000) for body in bodies), key=lambda one: one[1]
    )


def test_a_queue_that_moves_slowly_takes_no_more_however_few_it_holds(engine, ana, settings):
    due(ana, 3)
    actor = engine.jobs.sign_document.actor
    waits_long = actor.message(0, 1).message_timestamp - 1000 * (settings.queue_wait_s + 1)
    engine.broker.enqueue_all([actor.message(0, 1).copy(message_timestamp=waits_long)])
    summary = engine.sweeps.sweep_tenant(engine.jobs.sign_document, ana.id)
    assert (summary.published, summary.more) == (0, True)


def test_a_tenants_documents_get_the_turns_of_its_pace_oldest_first(engine, ana):
    ids = [ana.document(State.SIGNED).id for _ in range(20)]
    forget_messages(ana)
    summary = engine.sweeps.sweep_tenant(engine.jobs.submit_document, ana.id)
    assert (summary.published, summary.more) == (14, True)  # a burst of 4, then two a second for 5 s
    assert published(engine, "sri") == [[ana.id, one] for one in ids[:4]]
    in_order, seconds = zip(*later(engine), strict=True)
    assert list(in_order) == ids[4:14]
    assert seconds == pytest.approx([0.5 * turn for turn in range(1, 11)], abs=0.4)


def test_what_comes_while_others_of_its_tenant_wait_is_left_to_the_sweep(engine, ana):
    ids = [ana.document(State.SIGNED).id for _ in range(20)]
    forget_messages(ana)
    engine.sweeps.sweep_tenant(engine.jobs.submit_document, ana.id)
    with database.connection_context():
        said = engine.job.run(engine.jobs.submit_document, ana.id, ids[-1])
    assert said == "not its turn: left to its tenant's sweep"
    assert ana.read(ids[-1]).published_at is None
    assert ana.read(ids[10]).published_at is not None
    assert published(engine, "sweep") == [[ana.id]]


def test_while_the_circuit_is_open_nothing_is_published_and_at_probe_time_one(engine, ana):
    ids = [ana.document(State.SIGNED).id for _ in range(3)]
    forget_messages(ana)
    Circuit.update(state="open", probe_at=work.in_seconds(30)).where(Circuit.service == "submit").execute()
    assert engine.sweeps.sweep_tenant(engine.jobs.submit_document, ana.id).published == 0
    Circuit.update(probe_at=work.in_seconds(-1)).where(Circuit.service == "submit").execute()
    engine.gate._standings.clear()
    assert engine.sweeps.sweep_tenant(engine.jobs.submit_document, ana.id).published == 1
    assert published(engine, "sri") == [[ana.id, ids[0]]]


def test_a_document_passed_over_at_the_last_probe_leaves_the_next_one_to_another(engine, ana):
    passed_over, other = [ana.document(State.SIGNED).id for _ in range(2)]
    forget_messages(ana)
    with tenant_scope(ana.id):
        for document, due_since in ((passed_over, 1), (other, 600)):
            Document.update(next_attempt_at=work.in_seconds(-due_since)).where(
                Document.id == document
            ).execute()
    Circuit.update(state="open", probe_at=work.in_seconds(-1)).where(Circuit.service == "submit").execute()
    engine.gate._standings.clear()
    assert engine.sweeps.sweep_tenant(engine.jobs.submit_document, ana.id).published == 1
    assert published(engine, "sri") == [[ana.id, other]]


def test_tenants_come_in_the_order_of_their_longest_wait(engine, ana, beto):
    due(beto, 1)
    due(ana, 1)
    with tenant_scope(ana.id):
        Document.update(next_attempt_at=work.in_seconds(-900)).where(Document.tenant_id == ana.id).execute()
    found = [
        one
        for one in engine.sweeps.tenants_with_due_rows(engine.jobs.sign_document)
        if one in (ana.id, beto.id)
    ]
    assert found == [ana.id, beto.id]


def test_a_document_past_draft_without_a_key_is_set_aside_with_an_alert(engine, ana, servers, settings):
    document = ana.document(State.SIGNED)
    forget_messages(ana)
    name = settings.database_url.partition("?")[0].rpartition("/")[2]
    superuser = psycopg2.connect(servers.superuser_url.replace("/autoriza?", f"/{name}?"))
    with superuser, superuser.cursor() as cursor:
        cursor.execute("update document set access_key = null where id = %s", (document.id,))
    superuser.close()
    summary = engine.sweeps.sweep_tenant(engine.jobs.submit_document, ana.id)
    assert (summary.skipped, summary.published) == (1, 0)
    assert ana.read(document.id).needs_person_code == "no_access_key"
    with tenant_scope(ana.id):
        assert Alert.select().where(Alert.kind == "no_access_key", Alert.tenant_id == ana.id).count() == 1


def test_redis_away_leaves_the_rows_for_the_next_sweep(engine, ana, monkeypatch):
    ids = due(ana, 2)

    def away(messages, waits):
        raise redis.ConnectionError("away")

    monkeypatch.setattr(engine.broker, "enqueue_all", away)
    assert engine.sweeps.sweep_tenant(engine.jobs.sign_document, ana.id).errors == 2
    monkeypatch.undo()
    forget_messages(ana)
    engine.sweeps.sweep_tenant(engine.jobs.sign_document, ana.id)
    assert published(engine, "sign") == [[ana.id, one] for one in ids]
