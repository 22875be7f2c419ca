"""Alarming about documents: they wait too long, or fail for a cause nobody has seen. An outage of the SRI is one alarm.

While a service does not answer, and while what has piled up goes out afterwards, its documents wait for that alone
and raise nothing of their own; what was raised already stands until they wait no more.
"""

from collections.abc import Iterator

from app import causes, failure_groups
from app.alert_rules.rule import AlertRule, Found, Look, rows
from app.catalogues.situations import AMBIENTES
from app.durations import in_words
from app.errors import Text
from app.outages import CATCHING_UP, NEEDED
from app.pausing import HELD
from app.tenancy import SYSTEM

_AWAY = """
select environment, service, state <> 'closed' from jobs.circuit
where state <> 'closed' or changed_at > now() - %(catching_up)s
"""
# Told is an outage that was alarming in itself: one after another of a minute each must not hide who waits for an hour.
_TOLD = """
select subject from alert
where kind = 'circuit_open' and coalesce(resolved_at, 'infinity') > now() - %(catching_up)s
"""


def _excused(*, told: bool) -> list[str]:
    """The states, as ``ambiente:state``, in which documents wait for nothing but the SRI's return."""
    alarming = {subject for (subject,) in rows(_TOLD, catching_up=CATCHING_UP)}
    return [
        f"{environment}:{state}"
        for environment, service, lasts in rows(_AWAY, catching_up=CATCHING_UP)
        if lasts or not told or _subject(environment, service) in alarming
        for state, services in NEEDED.items()
        if service in services
    ]


_PAUSED = """
select e.environment || ':' || s.state from (values (1), (2)) e (environment)
cross join (values ('draft', 'sign'), ('signed', 'submit'), ('pending_authorization', 'check')) s (state, stage)
where {held}
""".format(held=HELD.format(stage="s.stage", environment="e.environment"))
_NEWS = """t.environment || ':' || s.state <> all(%(paused)s) and (
    t.environment || ':' || s.state <> all(%(excused)s) or exists (
        select from alert a where a.resolved_at is null and a.kind = '{kind}' and a.tenant_id = t.id
        and a.subject = {subject}))"""


def _explained(*, told: bool) -> dict[str, list[str]]:
    """Where documents wait for what is known already: what is paused, and what the SRI's silence excuses."""
    return {"paused": [place for (place,) in rows(_PAUSED)], "excused": _excused(told=told)}


_PENDING = """
select t.id from tenant t
cross join (values ('signed'), ('pending_authorization')) s (state)
cross join lateral (
    select count(*) as n from (
        select 1 from document d
        where d.tenant_id = t.id and d.state = s.state and d.needs_person_since is null
          and coalesce(d.received_at, d.signed_at) < now() - interval '5 minutes' and {news}
        limit %(limit)s + 1
    ) capped
) waiting group by t.id having sum(waiting.n) > %(limit)s
"""


def _too_many_pending(look: Look) -> Iterator[Found]:
    limit = look.services.settings.alert_pending
    sql = _PENDING.format(news=_NEWS.format(kind="too_many_pending", subject="'pending'"))
    for (tenant_id,) in rows(sql, limit=limit, **_explained(told=False)):
        message = Text(
            f"más de {limit} comprobantes esperan al SRI desde hace más de cinco minutos",
            f"more than {limit} documents have waited for the SRI for more than five minutes",
        )
        yield Found(tenant_id, "pending", message)


_OLDEST = """
select t.id, s.state, oldest.number, oldest.seconds from tenant t
cross join (values ('draft'), ('signed'), ('pending_authorization')) s (state)
cross join lateral (
    select coalesce(d.number, d.reference) as number, extract(epoch from now() - coalesce(
        case d.state when 'signed' then d.signed_at when 'pending_authorization' then d.received_at end, d.created_at
    )) as seconds
    from document d
    where d.tenant_id = t.id and d.state >= s.state and d.state <= s.state and d.needs_person_since is null
      and not exists (
        select from halt h where h.tenant_id = d.tenant_id and h.lifted_at is null
        and (h.establishment is null or h.establishment = d.establishment))
    order by d.state, d.id limit 1
) oldest where oldest.seconds > 60 * %(limit)s and {news}
union all
select r.tenant_id, 'ride', coalesce(d.number, d.reference), extract(epoch from now() - r.created_at)
from (
    select id, tenant_id, created_at from ride where next_attempt_at is not null and path is null
    order by next_attempt_at limit 1000
) r join document d on d.id = r.id where r.created_at < now() - make_interval(mins => %(limit)s::int)
  and not {paused_ride}
order by 4 desc limit 200
"""
_RIDES_HELD = HELD.format(stage="'ride'", environment="null")
_STAGES = {
    "draft": Text("espera su firma", "to be signed"),
    "signed": Text("espera ser enviado", "to be sent"),
    "pending_authorization": Text("espera la decisión del SRI", "for the SRI's verdict"),
    "ride": Text("espera su RIDE", "for its RIDE"),
}


def _waits_too_long(look: Look) -> Iterator[Found]:
    limit = look.services.settings.alert_pending_minutes
    news = _NEWS.format(kind="waits_too_long", subject="s.state")
    sql = _OLDEST.format(news=news, paused_ride=_RIDES_HELD)
    told = set()
    for tenant_id, stage, number, waited in rows(sql, limit=limit, **_explained(told=True)):
        if (tenant_id, stage) not in told:
            told.add((tenant_id, stage))
            waits, long = _STAGES[stage], in_words(float(waited))
            message = Text(
                f"el comprobante {number} {waits.es} desde hace {long.es}",
                f"document {number} has waited {waits.en} for {long.en}",
            )
            yield Found(tenant_id, stage, message)


_SERVICES = {"submit": Text("recepción", "reception"), "query": Text("autorización", "authorization")}
_SILENT = """
select environment, service, extract(epoch from now() - changed_at), reason from jobs.circuit
where state <> 'closed' and changed_at < now() - make_interval(secs => %(seconds)s)
"""


def _circuit_open(look: Look) -> Iterator[Found]:
    minutes = look.services.settings.alert_circuit_minutes
    for environment, service, since, reason in rows(_SILENT, seconds=minutes * 60):
        ambiente, called = AMBIENTES[environment].lower(), _SERVICES[service]
        why, long = causes.of_silence(reason), in_words(float(since))
        message = Text(
            f"el servicio de {called.es} de {ambiente} del SRI no responde desde hace {long.es}. "
            f"{why.meaning.es} {why.remedy.es}",
            f"the SRI's {called.en} in {ambiente} has not answered for {long.en}. "
            f"{why.meaning.en} {why.remedy.en}",
        )
        yield Found(SYSTEM, _subject(environment, service), message)


def _subject(environment: int, service: str) -> str:
    return f"{_SERVICES[service].es} de {AMBIENTES[environment].lower()}"


def _new_failure_group(_: Look) -> Iterator[Found]:
    for tenant_id, subject, message in failure_groups.news():
        yield Found(tenant_id, subject, message)


RULES = (
    AlertRule("too_many_pending", _too_many_pending),
    AlertRule("waits_too_long", _waits_too_long),
    AlertRule("circuit_open", _circuit_open),
    AlertRule("new_failure_group", _new_failure_group),
)
