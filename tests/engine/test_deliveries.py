"""Deliveries as messages: one for each due row, woken by the RIDE, found again by the sweep, silent without mail."""

import json
from collections.abc import Iterator

import pytest
from cast import Taxpayer, take_on
from post_office import PostOffice
from pydantic import SecretStr

from app import delivery, processes, work
from app.lifecycle import State
from app.services import Services
from app.store.delivery import Delivery
from app.store.documents import Ride
from app.store.engine import Run
from app.tenancy import tenant_scope
from workers import runtime

TWO = [{"nombre": "Correo", "valor": "uno@x.ec;dos@x.ec"}]


@pytest.fixture
def post(engine, services) -> Iterator[PostOffice]:
    """The mail server of the workers' installation."""
    office = PostOffice().open()
    changes = {"smtp_url": SecretStr(office.url), "mail_from": "f@i.ec"}
    runtime.use(Services(services.settings.model_copy(update=changes), services.database))
    yield office
    runtime.use(services)
    office.close()


@pytest.fixture
def ana(services) -> Taxpayer:
    return take_on(services, "ANA MOREIRA CÍA. LTDA.")


def waiting(engine, queue: str) -> list[dict]:
    client = engine.broker.client
    ids = client.lrange(f"autoriza:{queue}", 0, -1)
    return [json.loads(client.hget(f"autoriza:{queue}.msgs", one)) for one in ids]


def published(engine) -> list[list[int]]:
    return [message["args"] for message in waiting(engine, "mail")]


def run(kind, tenant_id: int, document_id: int) -> str:
    from workers import job  # opens the broker, which needs the settings of this module

    return job.run(kind, tenant_id, document_id)


def authorized(ana: Taxpayer, engine) -> int:
    document_id = ana.document(State.AUTHORIZED, infoAdicional=TWO).id
    run(engine.jobs.generate_ride, ana.id, document_id)
    return document_id


def outcomes(ana: Taxpayer, document_id: int) -> list[str | None]:
    with tenant_scope(ana.id):
        rows = Delivery.select().where(Delivery.document_id == document_id).order_by(Delivery.id)
        return [row.outcome for row in rows]


def test_a_stored_ride_wakes_one_message_for_each_address(engine, ana, post):
    document_id = authorized(ana, engine)
    assert published(engine) == [[ana.id, document_id]] * 2
    for _ in range(2):
        assert run(engine.jobs.deliver_document, ana.id, document_id) == "sent"
    assert run(engine.jobs.deliver_document, ana.id, document_id) == "nothing to do"
    assert [one.recipient for one in post.taken] == ["uno@x.ec", "dos@x.ec"]


def test_a_lost_message_is_made_up_for_by_the_sweep(engine, ana, post):
    document_id = authorized(ana, engine)
    engine.broker.client.flushdb()
    with tenant_scope(ana.id):
        Delivery.update(published_at=work.in_seconds(-60)).where(Delivery.tenant_id == ana.id).execute()
    assert ana.id in engine.sweeps.tenants_with_due_rows(engine.jobs.deliver_document)
    summary = engine.sweeps.sweep_tenant(engine.jobs.deliver_document, ana.id)
    assert (summary.found, summary.published) == (2, 2)
    assert published(engine) == [[ana.id, document_id]] * 2
    for _ in range(2):
        run(engine.jobs.deliver_document, ana.id, document_id)
    assert outcomes(ana, document_id) == ["sent", "sent"]


def test_without_a_mail_server_nothing_is_published_and_nothing_tried(engine, ana):
    document_id = authorized(ana, engine)
    assert published(engine) == []
    assert engine.sweeps.tenants_with_due_rows(engine.jobs.deliver_document) == []
    assert run(engine.jobs.deliver_document, ana.id, document_id) == "nothing to do"
    assert outcomes(ana, document_id) == [None, None]


def test_a_person_s_resend_is_published_at_once(engine, ana, post):
    document_id = authorized(ana, engine)
    engine.broker.client.flushdb()
    assert engine.by_hand.resend(ana.id, document_id, to="tres@x.ec", by="ana", reason="r") == ["tres@x.ec"]
    assert published(engine) == [[ana.id, document_id]]


def test_runs_of_deliveries_are_those_of_their_document(engine, ana, post):
    document_id = authorized(ana, engine)
    from workers.middleware.run_history import RunHistory

    message = engine.jobs.deliver_document.actor.message(ana.id, document_id)
    history = RunHistory()
    history.before_process_message(engine.broker, message)
    history.after_process_message(engine.broker, message)
    with tenant_scope(ana.id):
        assert Run.get(Run.actor == "deliver_document", Run.tenant_id == ana.id).document_id == document_id


def test_the_schedule_plans_what_an_older_release_left_and_fans_out(engine, ana, post):
    document_id = authorized(ana, engine)
    with tenant_scope(ana.id):
        Ride.update(deliveries=None).where(Ride.id == document_id).execute()
        Delivery.update(published_at=work.in_seconds(-60)).where(Delivery.tenant_id == ana.id).execute()
    engine.schedules.deliver_documents.fn(None)
    assert delivery.tenants_with_unplanned() == []
    fanned = [
        message for message in waiting(engine, "sweep") if message["actor_name"] == "deliver_tenant_documents"
    ]
    assert [message["args"] for message in fanned] == [[ana.id]]


def test_the_nightly_schedule_looks_at_every_taxpayers_files(engine, ana, services):
    document_id = authorized(ana, engine)
    with tenant_scope(ana.id):
        file = services.settings.autoriza_home / "storage" / Ride.get_by_id(document_id).path
    file.unlink()
    engine.schedules.reconcile_rides.fn(None)
    asked = [
        message for message in waiting(engine, "ride") if message["actor_name"] == "reconcile_tenant_rides"
    ]
    assert [ana.id] in [message["args"] for message in asked]
    engine.schedules.reconcile_tenant_rides.fn(ana.id)
    assert file.exists()


def test_what_a_process_that_ends_still_held_is_free_at_once(engine, post, ana):
    document_id = authorized(ana, engine)
    with tenant_scope(ana.id):
        first = Delivery.select().where(Delivery.document_id == document_id).order_by(Delivery.id).first()
        Delivery.update(lease_owner="host:1", lease_until=work.in_seconds(40)).where(
            Delivery.id == first.id
        ).execute()
    processes.leave("host:1")
    with tenant_scope(ana.id):
        left = Delivery.get_by_id(first.id)
    assert (left.lease_owner, left.lease_until, left.fence) == (None, None, first.fence + 1)
