"""The look, once a minute: every rule is evaluated, what it finds is raised, what it finds no more is over."""

import structlog
from peewee import PeeweeException

from app.alert_rules import RULES, AlertRule, Look
from app.alerts import keep_alert, resolve_alert
from app.store.base import database
from app.store.people import Alert
from app.tenancy import every_tenant_scope

log = structlog.get_logger("alerts")
_LOCK = 0x616C6572  # "aler": the advisory lock's name

# What a step raised about a document is over once the SRI has decided after all.
_DECIDED = """
update alert a set resolved_at = now() from document d
where a.resolved_at is null and a.kind in ('unknown_sri_word', 'undecided') and d.tenant_id = a.tenant_id
  and d.access_key = a.subject and d.state in ('authorized', 'returned', 'rejected') and d.finished_at >= a.raised_at
"""


def look(at: Look) -> dict[str, int]:
    """Evaluate every rule, each in a transaction of its own; how many alerts of each kind stand.

    A rule that cannot be evaluated changes nothing and does not hold up the others. Nothing is done, and nothing
    answered, while another process looks. Raises what the first such rule raised, at the end.
    """
    if not database.execute_sql("select pg_try_advisory_lock(%s)", (_LOCK,)).fetchone()[0]:
        return {}
    try:
        return _look(at)
    finally:
        database.execute_sql("select pg_advisory_unlock(%s)", (_LOCK,))


def _look(at: Look) -> dict[str, int]:
    standing: dict[str, int] = {}
    broken: list[Exception] = []
    for rule in RULES:
        try:
            standing[rule.kind] = _evaluate(rule, at)
        except (PeeweeException, OSError) as error:
            log.error("rule_not_evaluated", kind=rule.kind, error=str(error).splitlines()[0])
            broken.append(error)
    with every_tenant_scope():
        database.execute_sql(_DECIDED)
    if broken:
        raise broken[0]
    return {kind: number for kind, number in standing.items() if number}


def _evaluate(rule: AlertRule, at: Look) -> int:
    with every_tenant_scope():
        database.execute_sql("set local statement_timeout = '5s'")
        found = {(one.tenant_id, one.subject): one for one in rule.check(at)}
        for one in found.values():
            keep_alert(one.tenant_id, rule.kind, one.subject, one.message)
        standing = Alert.select(Alert.tenant_id, Alert.subject).where(
            Alert.kind == rule.kind, Alert.resolved_at.is_null()
        )
        for alert in list(standing):
            if (alert.tenant_id, alert.subject) not in found:
                resolve_alert(alert.tenant_id, rule.kind, alert.subject)
    return len(found)
