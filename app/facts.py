"""What the rows say at this moment, as gauges: what waits and since when, circuits, ticks, processes, certificates.

Every query is answered by an index and bounded; of a taxpayer nothing is told but an id, and that only when asked for.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from app.processes import SILENT_AFTER_S, VERSION
from app.store.base import database
from app.tenancy import every_tenant_scope

COUNTED_UP_TO = 10_000
STATES = ("draft", "signed", "pending_authorization", "returned", "rejected")
"""States in which something is still to come; the authorized are counted as they come, by ``app.metrics``."""


@dataclass(frozen=True)
class Fact:
    """One gauge: ``sql`` answers its labels, in their order, and the value."""

    name: str
    documentation: str
    labels: tuple[str, ...]
    sql: str
    counter: bool = False

    def family(self) -> Metric:
        """Read it now. Inside the system scope."""
        made = CounterMetricFamily if self.counter else GaugeMetricFamily
        family: Any = made(self.name, self.documentation, labels=self.labels)
        for *labels, value in _rows(self.sql):
            if value is not None:
                family.add_metric([str(label) for label in labels], float(value))
        return family  # type: ignore[no-any-return]


# Tenant by tenant and state by state, so that document_by_state answers each part; the range over the state keeps
# PostgreSQL from walking the primary key instead.
_WAITING = """
select t.id, s.state, counted.n, oldest.age
from tenant t
cross join (values {states}) s (state)
cross join lateral (
    select count(*) as n from (
        select 1 from document d where d.tenant_id = t.id and d.state = s.state limit {bound}
    ) capped
) counted
left join lateral (
    select extract(epoch from now() - coalesce(
        case d.state when 'signed' then d.signed_at when 'pending_authorization' then d.received_at end, d.created_at
    )) as age
    from document d where d.tenant_id = t.id and d.state >= s.state and d.state <= s.state
    order by d.state, d.id limit 1
) oldest on true
"""
_BESIDE = """
select 'ride', count(*), extract(epoch from now() - min(created_at)) from (
    select created_at from ride where next_attempt_at is not null and path is null
    order by next_attempt_at limit {bound}
) due
union all
select 'delivery', count(*), extract(epoch from now() - min(created_at)) from (
    select created_at from delivery where next_attempt_at is not null and outcome is null
    order by next_attempt_at limit {bound}
) due
"""
_NEEDING = """
select 'document', count(*) from (
    select 1 from document where needs_person_since is not null or state in ('returned', 'rejected') limit {bound}
) capped
union all
select 'ride', count(*) from (select 1 from ride where needs_person_since is not null limit {bound}) capped
union all
select 'delivery', count(*) from (select 1 from delivery where needs_person_since is not null limit {bound}) capped
"""
PARTS = {
    "states": ", ".join(f"('{state}')" for state in STATES),
    "bound": COUNTED_UP_TO + 1,
    "recent": 200,
    "silent": f"interval '{SILENT_AFTER_S:g} s'",
    "certificates": "certificate where replaced_at is null or replaced_at > now()",
}
"""What a query names in braces."""

FACTS = (
    Fact("autoriza_needs_person", "Rows that wait for a person", ("what",), _NEEDING),
    Fact(
        "autoriza_circuit_open",
        "1 while calls to a service of the SRI are held back",
        ("ambiente", "service"),
        "select environment, service, (state <> 'closed')::int from jobs.circuit",
    ),
    Fact(
        "autoriza_circuit_failures",
        "Calls in a row without a usable answer",
        ("ambiente", "service"),
        "select environment, service, failures from jobs.circuit",
    ),
    Fact(
        "autoriza_sweep_lag_seconds",
        "Since the due time of a schedule's last tick that was done",
        ("schedule",),
        """
        select s.name, extract(epoch from now() - done.at) from jobs.schedule s cross join lateral (
            select max(due_at) filter (where outcome = 'done') as at from (
                select due_at, outcome from jobs.tick where schedule = s.name order by id desc limit {recent}
            ) recent) done where s.paused_since is null
        """,
    ),
    Fact(
        "autoriza_ticks_missed",
        "Due times of the last hour that nobody ran",
        ("schedule",),
        """
        select s.name, count(t.id) from jobs.schedule s left join jobs.tick t
        on t.schedule = s.name and t.outcome = 'missed' and t.due_at > now() - interval '1 hour' group by s.name
        """,
    ),
    Fact(
        "autoriza_schedule_paused",
        "1 while a person has paused a schedule",
        ("schedule",),
        "select name, (paused_since is not null)::int from jobs.schedule",
    ),
    Fact(
        "autoriza_processes",
        f"Processes heard of in the last {SILENT_AFTER_S:g} s",
        ("kind",),
        """
        select k.kind, count(p.name) from (values ('worker'), ('scheduler')) k (kind) left join jobs.process p
        on p.kind = k.kind and p.beat_at > now() - {silent} group by k.kind
        """,
    ),
    Fact(
        "autoriza_queue_workers",
        "Worker processes heard of that serve a queue",
        ("queue",),
        """
        select queue, count(*) from jobs.process, unnest(queues) queue
        where beat_at > now() - {silent} group by queue
        """,
    ),
    Fact(
        "autoriza_certificates_ending",
        "Taxpayers whose certificate ends within a time; 0d: it is not valid any more",
        ("within",),
        """
        select d.days || 'd', (select count(*) from (
            select tenant_id from {certificates} group by tenant_id
            having max(not_after) < now() + make_interval(days => d.days)
        ) ending) from (values (0), (7), (30)) d (days)
        """,
    ),
    Fact(
        "autoriza_alerts_standing",
        "Alerts that stand",
        ("kind", "severity"),
        "select kind, severity, count(*) from alert where resolved_at is null group by kind, severity",
    ),
    Fact("autoriza_halts", "Halts that stand", (), "select count(*) from halt where lifted_at is null"),
    Fact(
        "autoriza_notices_waiting",
        "Notices of alerts not yet out",
        (),
        "select count(*) from notice where next_attempt_at is not null",
    ),
    Fact(
        "autoriza_documents_estimated",
        "All documents, as PostgreSQL estimates them",
        (),
        "select reltuples from pg_class where oid = 'document'::regclass",
    ),
    Fact(
        "autoriza_database_size_bytes",
        "Size of the database",
        (),
        "select pg_database_size(current_database())",
    ),
    Fact(
        "autoriza_database_connections",
        "Connections to this database, of everybody",
        (),
        "select numbackends from pg_stat_database where datname = current_database()",
    ),
    Fact(
        "autoriza_database_active_seconds",
        "Time the database's sessions spent executing statements",
        (),
        "select active_time / 1000 from pg_stat_database where datname = current_database()",
        counter=True,
    ),
)
_PER_TENANT = (
    Fact(
        "autoriza_certificate_seconds_left",
        "Seconds until a taxpayer's last certificate ends",
        ("tenant",),
        "select tenant_id, extract(epoch from max(not_after) - now()) from {certificates} group by tenant_id",
    ),
)
_OVERALL = (
    Fact(
        "autoriza_certificate_seconds_left",
        "Seconds until the first taxpayer's last certificate ends",
        (),
        "select min(left_s) from (select extract(epoch from max(not_after) - now()) as left_s "
        "from {certificates} group by tenant_id) each_one",
    ),
)


def families(*, per_tenant: bool) -> Iterator[Metric]:
    """All of it, in one transaction that gives up after five seconds. Raises ``PeeweeException``."""
    with every_tenant_scope():
        database.execute_sql("set local statement_timeout = '5s'")
        yield from _waiting(_rows(_WAITING), _rows(_BESIDE), per_tenant=per_tenant)
        for fact in (*FACTS, *(_PER_TENANT if per_tenant else _OVERALL)):
            yield fact.family()
    build = GaugeMetricFamily("autoriza_build_info", "The version that answers", labels=("version",))
    build.add_metric([VERSION], 1)
    yield build


def _rows(sql: str) -> list[tuple[Any, ...]]:
    return list(database.execute_sql(sql.format_map(PARTS)).fetchall())


def _waiting(
    documents: Iterable[tuple[int, str, int, Any]],
    beside: Iterable[tuple[str, int, Any]],
    *,
    per_tenant: bool,
) -> Iterator[Metric]:
    own = ("tenant",) if per_tenant else ()
    count: dict[tuple[str, ...], int] = defaultdict(int)
    age: dict[tuple[str, ...], float] = defaultdict(float)
    for tenant_id, state, number, oldest in documents:
        key: tuple[str, ...] = (state, str(tenant_id)) if per_tenant else (state,)
        count[key] += number
        age[key] = max(age[key], float(oldest or 0))
    waiting = GaugeMetricFamily(
        "autoriza_documents",
        f"Documents by state; at most {COUNTED_UP_TO + 1} of each taxpayer",
        labels=("state", *own),
    )
    oldest_of = GaugeMetricFamily(
        "autoriza_oldest_seconds", "How long the oldest of a stage has been in it", labels=("stage", *own)
    )
    for key, number in count.items():
        waiting.add_metric(key, number)
        oldest_of.add_metric(key, age[key])
    queued = GaugeMetricFamily(
        "autoriza_artefacts_waiting", "RIDEs and deliveries still to be made", labels=("stage",)
    )
    for stage, number, oldest in beside:
        queued.add_metric([stage], number)
        oldest_of.add_metric((stage, "") if per_tenant else (stage,), float(oldest or 0))
    yield from (waiting, queued, oldest_of)
