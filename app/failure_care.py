"""What people decide about a group of failures: who looks into it, until when it may wait, what there is to know.

Each decision is kept for each taxpayer of the group apart, and is on record there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from peewee import fn

from app import alerts
from app.auditing import audit
from app.errors import Mistyped, Refused, Text
from app.failure_groups import subject_of
from app.permissions import ALLOWED, Permission
from app.store.base import database
from app.store.failures import FailureCare

KIND = "new_failure_group"
"""The alert about a group that is new."""
LONGEST_NOTE = 1_000
LONGEST_RUNBOOK = 500
LONGEST_SNOOZE = timedelta(days=30)
LEAST_GROWTH = 10

_WHO_WORKS = """
select distinct p.id, p.name, p.email from person p join grant_of_role g on g.person_id = p.id
where p.active and g.role = any(%(roles)s) and (g.role = 'admin' or g.tenant_id = any(%(tenants)s))
order by p.name, p.id
"""


@dataclass(frozen=True)
class Failure:
    """One group by its name: where it stands still, and why."""

    stage: str
    cause: str

    @property
    def target(self) -> str:
        """What it is called on record."""
        return f"failure {self.stage} {self.cause}"[:300]


def who_works(tenant_ids: Sequence[int]) -> list[tuple[int, str, str]]:
    """Id, name and address of those who may try again what failed, for any of ``tenant_ids``."""
    known = {"roles": sorted(map(str, ALLOWED[Permission.RETRY])), "tenants": list(tenant_ids)}
    return list(database.execute_sql(_WHO_WORKS, known).fetchall())


def assign(failure: Failure, tenant_ids: Sequence[int], person_id: int | None, *, by: str) -> None:
    """Give the group to a person who works for the taxpayers, or (None) to nobody. Inside a scope that holds them.

    It is theirs for the taxpayers they work for. Raises ``Refused`` when that is none.
    """
    for_these, name = list(tenant_ids), None
    if person_id is not None:
        for_these = [one for one in tenant_ids if person_id in {row[0] for row in who_works([one])}]
        if not for_these:
            raise Refused(
                Text(
                    "esa persona no trabaja para el contribuyente",
                    "that person does not work for the taxpayer",
                )
            )
        name = next(email for id, _, email in who_works(for_these) if id == person_id)
    change = {"assignee_id": person_id, "assigned_by": by, "assigned_at": fn.now()}
    _decide(failure, for_these, "failure_assigned", change, by=by, assignee=name)


def snooze(
    failure: Failure, counts: Mapping[int, int], until: datetime, now: datetime, *, by: str, reason: str
) -> None:
    """Put the group off until a moment; sooner when it has grown markedly. ``counts`` are how many by taxpayer.

    Inside a scope that holds them. Raises ``Refused`` for a moment that is past or more than a month away.
    """
    if not now < until <= now + LONGEST_SNOOZE:
        raise Mistyped(
            Text(
                "elija un momento futuro, a lo más en treinta días",
                "choose a moment to come, within thirty days",
            )
        )
    for tenant_id, n in counts.items():
        change = {
            "snoozed_until": until,
            "snoozed_by": by,
            "snoozed_at": now,
            "snoozed_n": n,
            "wakes_at_n": grown(n),
            "woken_at": None,
            "woken_because": None,
            "woken_n": None,
        }
        facts = {"until": until.isoformat(timespec="minutes"), "n": n, "wakes_at": grown(n)}
        _decide(failure, [tenant_id], "failure_snoozed", change, by=by, reason=reason, **facts)
        alerts.silence(tenant_id, KIND, subject_of(failure.stage, failure.cause))


def grown(n: int) -> int:
    """From how many on a group of ``n`` that was put off has grown markedly: twice as many, and ten more at least."""
    return max(2 * n, n + LEAST_GROWTH)


def wake(failure: Failure, tenant_ids: Sequence[int], *, by: str) -> None:
    """Let the group be open again at once. Inside a scope that holds the taxpayers."""
    change = {"snoozed_until": None, "woken_at": fn.now(), "woken_because": "person", "woken_n": None}
    _decide(failure, tenant_ids, "failure_woken", change, by=by)


def mute(failure: Failure, tenant_ids: Sequence[int], *, by: str, reason: str) -> None:
    """Raise no alert about the group any more; a standing one is over and nobody is told. Inside their scope."""
    _decide(
        failure, tenant_ids, "failure_muted", {"muted_at": fn.now(), "muted_by": by}, by=by, reason=reason
    )
    for tenant_id in tenant_ids:
        alerts.silence(tenant_id, KIND, subject_of(failure.stage, failure.cause))


def unmute(failure: Failure, tenant_ids: Sequence[int], *, by: str) -> None:
    """Let its alert be raised again. Inside a scope that holds the taxpayers."""
    _decide(failure, tenant_ids, "failure_unmuted", {"muted_at": None, "muted_by": None}, by=by)


def note(failure: Failure, tenant_ids: Sequence[int], text: str, *, by: str) -> None:
    """Keep what whoever looks next should know, in the place of the last note; empty takes it away."""
    said = text.strip()
    if len(said) > LONGEST_NOTE:
        raise Mistyped(
            Text(
                f"una nota tiene como máximo {LONGEST_NOTE} caracteres",
                f"a note has at most {LONGEST_NOTE} characters",
            )
        )
    change = {"note": said or None, "noted_by": by, "noted_at": fn.now()}
    _decide(failure, tenant_ids, "failure_noted", change, by=by, reason=said or None)


def link_runbook(failure: Failure, tenant_ids: Sequence[int], address: str, *, by: str) -> None:
    """Keep where it is written what to do; empty takes it away. Raises ``Refused`` for what is no web address."""
    link = address.strip()
    if link and not _is_web_address(link):
        raise Mistyped(
            Text(
                "la guía es una dirección que empieza por https://",
                "a runbook is an address beginning https://",
            )
        )
    _decide(failure, tenant_ids, "failure_runbook", {"runbook": link or None}, by=by, runbook=link or None)


def _is_web_address(link: str) -> bool:
    if len(link) > LONGEST_RUNBOOK or any(letter.isspace() or ord(letter) < 32 for letter in link):
        return False
    try:
        parts = urlsplit(link)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False


def _decide(
    failure: Failure,
    tenant_ids: Sequence[int],
    action: str,
    change: Mapping[str, Any],
    *,
    by: str,
    reason: str | None = None,
    **facts: Any,
) -> None:
    keys = [FailureCare.tenant_id, FailureCare.stage, FailureCare.cause]
    for tenant_id in tenant_ids:
        row = {"tenant_id": tenant_id, "stage": failure.stage, "cause": failure.cause}
        FailureCare.insert(row | dict(change)).on_conflict(
            conflict_target=keys, update=dict(change)
        ).execute()
        audit(tenant_id, by=by, action=action, target=failure.target, reason=reason or None, facts=facts)
