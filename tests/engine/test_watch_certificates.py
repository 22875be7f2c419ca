"""The daily look at certificates, as the schedule does it."""

from datetime import UTC, datetime, timedelta

from app.store.engine import Schedule, Tick
from app.store.people import Alert
from app.store.tenants import Certificate
from app.tenancy import every_tenant_scope, tenant_scope


def test_the_schedule_warns_of_a_certificate_that_ends_and_its_tick_says_how_many_it_looked_at(engine, ana):
    with tenant_scope(ana.id):
        ends = datetime.now(UTC) + timedelta(days=10)
        Certificate.update(not_after=ends).where(Certificate.tenant_id == ana.id).execute()
    tick_id = engine.ticks.take("watch_certificates", datetime.now(UTC), origin="person", by="test")
    engine.schedules.watch_certificates(tick_id)
    tick = Tick.get_by_id(tick_id)
    assert (tick.outcome, tick.tenants) == ("done", 1)
    with every_tenant_scope():
        (alert,) = Alert.select().where(Alert.kind == "certificate_ends")
    assert (alert.tenant_id, alert.subject) == (ana.id, "15 días")


def test_a_morning_that_was_missed_is_caught_up(engine):
    assert engine.schedules.watch_certificates in engine.schedules.PERIODIC
    assert engine.ticks.missed_policy("watch_certificates") == "run_once"
    assert Schedule.get_by_id("watch_certificates").cron == "0 0 6 * * *"
