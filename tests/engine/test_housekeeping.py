"""Housekeeping: runs that passed go after a day, failed ones after a month, and what is fiscal never."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from cast import Taxpayer
from shell import autoriza

from app import housekeeping
from app.lifecycle import State
from app.store.base import database
from app.store.documents import Document, History
from app.store.engine import Outage, Run, Tick
from app.store.people import Alert
from app.tenancy import every_tenant_scope, tenant_scope

NOW = datetime.now(UTC)


def tables(kind: str) -> list[str]:
    with database.connection_context():
        rows = database.execute_sql(
            "select inhrelid::regclass::text from pg_inherits where inhparent = %s::regclass",
            (f"jobs.run_{kind}",),
        ).fetchall()
    return [name for (name,) in rows]


def make_day(days_ago: int) -> None:
    """The tables of a day in the past, as they were made when it was to come."""
    day = (NOW - timedelta(days=days_ago)).date()
    for kind in ("passing", "kept"):
        name = f"jobs.run_{kind}_{day:%Y%m%d}"
        bounds = f"for values from ('{day}') to ('{day + timedelta(days=1)}')"
        if database.execute_sql("select to_regclass(%s)", (name,)).fetchone() == (None,):
            database.execute_sql(f"create table {name} partition of jobs.run_{kind} {bounds}")
            database.execute_sql("select jobs.protect(%s::regclass)", (name,))


def run(tenant_id: int, started_at: datetime, state: str = "succeeded") -> None:
    with tenant_scope(tenant_id):
        Run.insert(
            tenant_id=tenant_id,
            failed=state == "failed",
            message_id="m",
            actor="sign_document",
            queue="sri",
            arguments={},
            attempt=1,
            state=state,
            enqueued_at=started_at,
            started_at=started_at,
            worker="w",
        ).execute()


def states(tenant_id: int) -> list[tuple[str, int]]:
    with tenant_scope(tenant_id):
        return sorted(
            (row.state, (NOW - row.started_at).days) for row in Run.select().where(Run.tenant_id == tenant_id)
        )


@pytest.fixture
def old_runs(ana: Taxpayer) -> Taxpayer:
    with database.connection_context():
        for days in (3, 20, 40):
            make_day(days)
    for days in (0, 3, 20, 40):
        for state in ("succeeded", "failed"):
            run(ana.id, NOW - timedelta(days=days), state)
    return ana


def test_a_day_of_passed_runs_and_a_month_of_failed_ones_are_kept(old_runs):
    housekeeping.keep_runs(24, 30)
    assert states(old_runs.id) == [("failed", 0), ("failed", 3), ("failed", 20), ("succeeded", 0)]


def test_the_coming_days_have_their_tables_and_making_them_again_makes_none(services):
    housekeeping.keep_runs(24, 30)
    tomorrow = f"jobs.run_passing_{NOW + timedelta(days=1):%Y%m%d}"
    assert tomorrow in tables("passing")
    assert housekeeping.keep_runs(24, 30)["made"] == 0


def test_prune_drops_old_days_whole_and_the_disk_is_given_back(settings, old_runs):
    with database.connection_context():
        for days in (41, 40, 0):
            Tick.insert(
                schedule="sign_drafts",
                due_at=NOW - timedelta(days=days),
                origin="clock",
                by="x",
                outcome="done",
            ).execute()
    told = json.loads(autoriza(settings, "prune", "--json").stdout)
    assert told["dropped"] >= 3 and told["ticks_forgotten"] == 2
    assert told["bytes_after"] < told["bytes_before"]
    assert states(old_runs.id)[-1] == ("succeeded", 0)
    with database.connection_context():
        assert Tick.select().where(Tick.schedule == "sign_drafts").count() == 1


def outage(since_days: float, until_days: float | None = None) -> int:
    since, until = (None if days is None else NOW - timedelta(days=days) for days in (since_days, until_days))
    return int(Outage.insert(environment=1, service="submit", since=since, until=until).execute())


def test_an_outage_is_forgotten_after_400_days_and_one_that_lasts_never(settings, services):
    with database.connection_context():
        old, recent, standing = outage(402, 401), outage(402, 399), outage(500)
        assert housekeeping.forget_outages() == 1
        assert {row.id for row in Outage.select()} == {recent, standing}
        outage(420, 410)
    assert json.loads(autoriza(settings, "prune", "--json").stdout)["outages_forgotten"] == 1
    assert old < recent


def updates() -> dict[str, tuple[int, int]]:
    """Updates of a table's rows so far, and how many of them touched no index."""
    with database.connection_context():
        database.execute_sql("select pg_stat_force_next_flush()")
        rows = database.execute_sql(
            "select relname, n_tup_upd, n_tup_hot_upd from pg_stat_user_tables where relname in ('document', 'ride')"
        ).fetchall()
    return {name: (all_of_them, hot) for name, all_of_them, hot in rows}


def test_claims_of_documents_leave_no_index_to_vacuum(ana):
    """Of a document's updates those that only hold it are HOT; those that move it change what is indexed."""
    before = updates()
    for _ in range(10):
        ana.render(ana.document(State.AUTHORIZED).id)
    after = updates()
    for table in ("document", "ride"):
        made, hot = (now - then for now, then in zip(after[table], before[table], strict=True))
        assert made >= 20 and hot / made >= 0.2, (table, made, hot)


def test_documents_and_their_history_stay(ana):
    document_id = ana.import_invoice()
    housekeeping.keep_runs(0.001, 0.001)
    with tenant_scope(ana.id):
        assert Document.select().where(Document.id == document_id).count() == 1
        assert History.select().where(History.document_id == document_id).count() == 1


def test_a_partition_asked_for_by_name_shows_no_other_tenants_runs(ana, beto):
    run(ana.id, NOW)
    for name in (*tables("passing"), *tables("kept")):
        with tenant_scope(beto.id):
            rows = database.execute_sql(
                f"select count(*) from {name} where tenant_id = %s", (ana.id,)
            ).fetchone()
        assert rows == (0,)


def test_a_violated_invariant_raises_one_alert_and_it_resolves_when_mended(services, ana):
    document_id = ana.import_invoice()
    with tenant_scope(ana.id):
        Document.update(next_attempt_at=None).where(Document.id == document_id).execute()
    housekeeping.check_invariants(services)
    housekeeping.check_invariants(services)
    with every_tenant_scope():
        (alert,) = Alert.select().where(Alert.tenant_id == ana.id, Alert.kind == housekeeping.VIOLATED)
        assert alert.times == 2 and alert.resolved_at is None
    ana.make_due(Document, document_id)
    housekeeping.check_invariants(services)
    with every_tenant_scope():
        (alert,) = Alert.select().where(Alert.tenant_id == ana.id, Alert.kind == housekeeping.VIOLATED)
        assert alert.resolved_at is not None
