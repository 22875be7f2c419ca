"""What the rows say at this moment, as gauges: what waits and since when, circuits, ticks, processes, certificates.

Every query is answered by an index and bounded; of a taxpayer nothing is told but an id, and that only when asked for.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from app import counting
from app.counting import Standing
from app.lifecycle import State
from app.processes import SILENT_AFTER_S, VERSION
from app.store.base import database
from app.tenancy import every_tenant_scope

STATES = ("draft", "signed", "pending_authorization", "returned", "rejected")
"""States in which something is still to come, and has an age."""
_ARTEFACTS = {"ride": "ride", "mail": "delivery"}
"""Stages of the counters that are no state of a document, by the name they have here."""


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
_AGES = """
select t.id, s.state, extract(epoch from now() - coalesce(
    case s.state when 'signed' then oldest.signed_at when 'pending_authorization' then oldest.received_at end,
    oldest.created_at))
from tenant t
cross join (values {states}) s (state)
cross join lateral (
    select d.signed_at, d.received_at, d.created_at from document d
    where d.tenant_id = t.id and d.state >= s.state and d.state <= s.state order by d.state, d.id limit 1
) oldest
union all
select t.id, 'ride', extract(epoch from now() - oldest.created_at) from tenant t cross join lateral (
    select created_at from ride where tenant_id = t.id and path is null order by id limit 1) oldest
union all
select t.id, 'delivery', extract(epoch from now() - oldest.created_at) from tenant t cross join lateral (
    select created_at from delivery where tenant_id = t.id and outcome is null order by id limit 1) oldest
"""
PARTS = {
    "states": ", ".join(f"('{state}')" for state in STATES),
    "recent": 200,
    "silent": f"interval '{SILENT_AFTER_S:g} s'",
    "certificates": "certificate where replaced_at is null or replaced_at > now()",
}
"""What a query names in braces."""

FACTS = (
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
        yield from _waiting(counting.standings(None), _rows(_AGES), per_tenant=per_tenant)
        for fact in (*FACTS, *(_PER_TENANT if per_tenant else _OVERALL)):
            yield fact.family()
    build = GaugeMetricFamily("autoriza_build_info", "The version that answers", labels=("version",))
    build.add_metric([VERSION], 1)
    yield build


def _rows(sql: str) -> list[tuple[Any, ...]]:
    return list(database.execute_sql(sql.format_map(PARTS)).fetchall())


def _waiting(
    standings: Iterable[Standing], ages: Iterable[tuple[Any, ...]], *, per_tenant: bool
) -> Iterator[Metric]:
    """Counts come from the counters kept by triggers, so they are exact and cost the same whatever there is."""
    own = ("tenant",) if per_tenant else ()
    documents, artefacts, person = (Counter[tuple[str, ...]]() for _ in range(3))
    oldest: dict[tuple[str, ...], float] = defaultdict(float)
    key: tuple[str, ...]
    for one in standings:
        key = (str(one.tenant_id),) if per_tenant else ()
        stage = _ARTEFACTS.get(one.stage)
        if one.stage in set(State):
            documents[one.stage, *key] += one.n
        elif stage:
            artefacts[stage, *key] += one.n
        if one.person or one.stage in ("returned", "rejected"):
            person[stage or "document", *key] += one.n
    for tenant_id, stage, age in ages:
        key = (str(tenant_id),) if per_tenant else ()
        oldest[stage, *key] = max(oldest[stage, *key], float(age))
    if not per_tenant:  # what there is none of is told too
        documents.update({(str(state),): 0 for state in State})
        artefacts.update({(name,): 0 for name in _ARTEFACTS.values()})
        oldest.update({(name,): oldest[name,] for name in (*STATES, *_ARTEFACTS.values())})
    families: tuple[tuple[str, str, str, Mapping[tuple[str, ...], float]], ...] = (
        ("autoriza_documents", "Documents by state", "state", documents),
        ("autoriza_artefacts_waiting", "RIDEs and deliveries still to be made", "stage", artefacts),
        ("autoriza_needs_person", "Rows that wait for a person", "what", person),
        ("autoriza_oldest_seconds", "How long the oldest of a stage has been in it", "stage", oldest),
    )
    for name, told, label, counted in families:
        family = GaugeMetricFamily(name, told, labels=(label, *own))
        for key, number in counted.items():
            family.add_metric(key, number)
        yield family
