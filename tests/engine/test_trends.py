"""What charts are made of: failures by cause, who has most documents, releases and pauses; and how it is found."""

import itertools
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from cast import Taxpayer

from app import milestones, pausing, rollups, trends, utilisation
from app.ecuador import ECUADOR
from app.lifecycle import State
from app.store.base import database
from app.store.engine import Pause, Run
from app.store.tenants import Tenant
from app.tenancy import every_tenant_scope, tenant_scope
from app.trends import EVERYBODY, SPANS

HOUR, DAY, WEEK, MONTH = SPANS
NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def _nothing_on_record(services):
    with every_tenant_scope():
        Run.delete().execute()
        Pause.delete().execute()
        database.execute_sql("delete from rollup")
        database.execute_sql("delete from jobs.rolled")


def ran(ana: Taxpayer, at: datetime, **values) -> None:
    row = {
        "tenant_id": ana.id,
        "message_id": "m",
        "actor": "sign_document",
        "queue": "sign",
        "arguments": [],
        "attempt": 1,
        "state": "succeeded",
        "enqueued_at": at,
        "started_at": at,
        "finished_at": at,
        "worker": "dyno:1",
    }
    with every_tenant_scope():
        Run.insert(row | values).execute()


def failed(tenant_ids: tuple[int, ...]) -> dict[str, int]:
    with every_tenant_scope():
        series = trends.read("failed", DAY, tenant_ids)
    return {subject: series.whole(subject.__eq__).n for subject in series.subjects()}


def test_failures_are_counted_by_what_the_sri_said_what_became_of_a_call_and_what_the_engine_raised(
    ana: Taxpayer, beto: Taxpayer, simulator
):
    simulator.script([{"fault": "drop_before", "stage": "recepcion", "times": 1}])
    document = ana.bring(ana.import_invoice(), State.SIGNED)
    ana.step(document.id)
    simulator.script([{"code": "52", "times": 1}])
    ana.document(State.REJECTED)
    ran(ana, datetime.now(UTC), state="failed", failed=True, error_class="ValueError", error="x")
    ran(beto, datetime.now(UTC), state="abandoned", failed=True, error="su proceso cayó")
    ran(ana, datetime.now(UTC))
    rollups.roll_up(datetime.now(UTC) + timedelta(seconds=1))
    assert failed((ana.id,)) == {"call:unavailable": 1, "code:52": 1, "run:ValueError": 1}
    assert failed((beto.id,)) == {"run:abandoned": 1}
    of_all = failed(EVERYBODY)
    assert all(of_all[cause] >= 1 for cause in failed((ana.id, beto.id)))


def test_who_has_most_documents_comes_first_and_who_has_none_is_not_there(
    ana: Taxpayer, beto: Taxpayer, simulator
):
    for taxpayer in (beto, ana, beto):
        taxpayer.document(State.AUTHORIZED)
    simulator.script([{"code": "52", "times": 1}])
    ana.document(State.REJECTED)
    rollups.roll_up(datetime.now(UTC) + timedelta(seconds=1))
    with every_tenant_scope():
        assert trends.top(DAY, None, 1)[0].authorized >= 2
        ranked = [one for one in trends.top(DAY, None, 10) if one.tenant_id in (ana.id, beto.id)]
        assert trends.top(DAY, (ana.id, beto.id), 10) == ranked
        assert trends.top(DAY, (ana.id,), 10) == ranked[1:]
        assert trends.top(DAY, None, 10, now=NOW - timedelta(days=3)) == []
    assert [(one.tenant_id, one.authorized, one.refused) for one in ranked] == [
        (beto.id, 2, 0),
        (ana.id, 1, 1),
    ]
    with tenant_scope(ana.id):
        assert [one.tenant_id for one in trends.top(DAY, (ana.id, beto.id), 10)] == [ana.id]


HOURS = """
insert into rollup (tenant_id, grain, at, measure, subject, bin, n, seconds)
select t, 3600, at, 'moved', 'authorized', bin, 1 + t, 0.5 + bin
from unnest(%s::bigint[]) t, unnest(%s::timestamptz[]) at, unnest(array[3, 4]) bin
"""


def hours_on_record(ana: Taxpayer, *hours: datetime) -> None:
    with every_tenant_scope():
        database.execute_sql(HOURS, ([0, ana.id], list(hours)))


def of_a_month(ana: Taxpayer, now: datetime) -> list[Any]:
    """All that charts of thirty days show, of one taxpayer and of all."""
    with every_tenant_scope():
        found = [trends.read("moved", MONTH, whose, now=now) for whose in ((ana.id,), EVERYBODY)]
        return [*found, trends.top(MONTH, (ana.id,), 5, now=now)]


def test_a_month_has_the_days_of_ecuador_and_is_the_same_whether_or_not_they_are_rolled_up(ana: Taxpayer):
    """The hours of a day come together once nothing can come late to it; until then, and today, hours count."""
    days = [datetime(2026, 3, day, tzinfo=ECUADOR) for day in range(1, 6)]
    now = days[4] + timedelta(hours=2)
    hours_on_record(ana, days[1] - timedelta(hours=1), days[1], days[1] + timedelta(hours=23), *days[3:])
    with every_tenant_scope():
        database.execute_sql("insert into jobs.rolled (upto) values (%s)", (days[4],))
    before, each = of_a_month(ana, now), 2 * (1 + ana.id)
    assert [before[0].counts(day).n for day in days] == [each, 2 * each, 0, each, each]
    rollups.roll_up(days[4] + timedelta(minutes=2))
    assert rollups.days_upto() == days[3]
    rollups.roll_up(days[4] + timedelta(minutes=9))
    assert rollups.days_upto() == days[4]
    hours_on_record(ana, days[4])  # those of an hour that is not over were computed again, of nothing
    assert of_a_month(ana, now) == before
    with every_tenant_scope():
        database.execute_sql("delete from rollup where grain = 3600 and at < %s", (days[4],))
    assert of_a_month(ana, now) == before


def test_many_days_are_rolled_up_a_few_at_a_time(ana: Taxpayer, monkeypatch):
    days = [datetime(2026, 3, day, tzinfo=ECUADOR) for day in range(1, 6)]
    hours_on_record(ana, *days)
    now = days[4] + timedelta(hours=1)
    with every_tenant_scope():
        database.execute_sql("insert into jobs.rolled (upto) values (%s)", (now,))
    moments = itertools.count(0, 6)
    monkeypatch.setattr(rollups, "time", SimpleNamespace(monotonic=lambda: next(moments)))
    before = of_a_month(ana, now)
    for upto in (days[1], days[2]):
        rollups.roll_up(now)
        assert rollups.days_upto() == upto
        assert of_a_month(ana, now) == before


def test_a_release_is_first_seen_once_and_the_one_the_record_begins_with_never(ana: Taxpayer):
    for hours, version in ((5, "1.0"), (4, "1.0"), (3, "1.1"), (2, "1.0"), (1, "1.1"), (1, "1.2")):
        ran(ana, NOW - timedelta(hours=hours), version=version)
    ran(ana, NOW - timedelta(hours=1))  # by a release of before versions were noted
    rollups.roll_up(NOW)
    since, upto = trends.stretch(DAY, NOW)
    with every_tenant_scope():
        found = milestones.releases(since, upto, DAY.grain)
        lately = milestones.releases(NOW - timedelta(hours=2, minutes=30), upto, DAY.grain)
        hourly = milestones.releases(*trends.stretch(WEEK, NOW), WEEK.grain)
    assert [one.version for one in found] == ["1.1", "1.2"]
    assert timedelta(0) <= NOW - timedelta(hours=3) - found[0].at < timedelta(minutes=5)
    assert [one.version for one in lately] == ["1.2"]
    assert [one.version for one in hourly] == ["1.1", "1.2"]


def test_pauses_that_stood_at_any_time_of_a_span_are_found(services):
    with every_tenant_scope():
        for since, ended in ((50, 49), (30, 23), (10, 9), (2, None)):
            Pause.insert(
                scope="stage",
                subject="mail",
                reason="x",
                by="olga",
                since=NOW - timedelta(hours=since),
                ended_at=ended and NOW - timedelta(hours=ended),
            ).execute()
        found = milestones.pauses(NOW - timedelta(hours=24), NOW)
    assert [round((NOW - one.since).total_seconds() / 3600) for one in found] == [30, 10, 2]
    assert str(pausing.of_row(found[0])) == "stage:mail"


_FILL = """
insert into rollup (tenant_id, grain, at, measure, subject, bin, n, seconds)
select t, grain, date_trunc('hour', now()) - h * grain * interval '1 s', m, s, 0, 5, 1
from generate_series(0, 20) t, (values (3600, 700), (86400, 30)) g (grain, steps), generate_series(0, steps) h,
    (values ('moved', 'authorized'), ('moved', 'signed'), ('ran', 'sri:succeeded'), ('version', '1.0')) v (m, s)
where t = 0 or m <> 'version'
"""


def plan(sql: str, known: dict[str, object]) -> str:
    (found,) = database.execute_sql(f"explain (format json) {sql}", known).fetchone()
    return str(found)


def test_every_figure_is_a_stretch_of_the_rollups_key(ana: Taxpayer, servers, settings):
    from admin.bench.observer import Observer

    name = settings.database_url.partition("?")[0].rpartition("/")[2]
    observer = Observer(servers.superuser_url.replace("/autoriza?", f"/{name}?"))
    observer.order(_FILL)
    observer.order("vacuum analyze rollup")
    observer.close()
    with every_tenant_scope():
        rolled = "insert into jobs.rolled (upto, days_upto) values (now(), now() - interval '3 days')"
        database.execute_sql(rolled)
        ids = [row.id for row in Tenant.select(Tenant.id)]
        asked = trends._asked("moved", MONTH, ids, None) | {"most": 10, "step": MONTH.step}
        asked["back"] = asked["since"]
        charts = (sql.format(counted=trends._COUNTED) for sql in (trends._TOP, trends._READ))
        for sql in (*charts, milestones._RELEASES, utilisation._WORKED):
            found = plan(sql, asked)
            assert "'rollup_pkey'" in found, found
            assert "Seq Scan" not in found
