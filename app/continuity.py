"""Whether this database is still the one that took the last number, and not a copy of it from some earlier day.

What a restored backup has forgotten the SRI still knows: a number taken again would be another's (code 45), and a draft
that had been issued meanwhile would be issued twice. So nothing is numbered until ``app.reconciling`` has asked.
"""

from datetime import datetime

from peewee import SQL, fn

from app import halts, sentences
from app.auditing import audit
from app.store.base import database
from app.store.documents import History
from app.store.engine import Tick
from app.store.people import Audit
from app.store.tenants import Halt, Tenant
from app.tenancy import SYSTEM, every_tenant_scope

HELD = "held_after_restore"
REASON = sentences.said("restored").es


class Displaced(Exception):
    """The database is not where it was when its last number was taken: nothing may be numbered."""


def intact() -> bool:
    """Whether the database is where it was; of a standby nothing is said, and it takes no number anyway.

    Needs no tenant's scope.
    """
    row = database.execute_sql("select coalesce(mark <> continuity_mark(), false) from continuity").fetchone()
    return bool(row) and not row[0]


def hold_if_displaced(*, by: str) -> int:
    """Stop every taxpayer when the database was restored, copied or taken back in time; how many, mostly none.

    They neither sign nor send until ``app.reconciling`` has asked the SRI. From then on the halts tell, and the
    database's present place counts as its own.
    """
    if intact():
        return 0
    with every_tenant_scope():
        database.execute_sql("select from continuity for update")
        if intact():
            return 0  # somebody else was quicker
        last = _last_sign_of_life()
        held = [tenant.id for tenant in Tenant.select(Tenant.id) if _hold(tenant.id, by)]
        database.execute_sql("update continuity set mark = continuity_mark(), noted_at = now()")
        facts = {"tenants": len(held), "last_known": last.isoformat() if last else None}
        audit(SYSTEM, by=by, action=HELD, target="database", facts=facts)
    return len(held)


def hold(tenant_id: int, *, by: str) -> None:
    """Stop one taxpayer, unless stopped for this already. Inside no scope."""
    with every_tenant_scope():
        _hold(tenant_id, by)


def last_known() -> datetime | None:
    """The last thing the database knew when it was found restored; None when it never was, or knew nothing."""
    with every_tenant_scope():
        row = Audit.select().where(Audit.action == HELD).order_by(Audit.id.desc()).first()
        said = row.facts.get("last_known") if row else None
        return datetime.fromisoformat(said) if said else None


def holds(tenant_id: int) -> bool:
    """Whether one taxpayer stands still until the SRI was asked. Inside a scope that sees it."""
    standing = Halt.select().where(
        Halt.tenant_id == tenant_id, Halt.code == halts.RESTORED, Halt.lifted_at.is_null()
    )
    return bool(standing.exists())


def _hold(tenant_id: int, by: str) -> bool:
    if holds(tenant_id):
        return False
    halts.stand(tenant_id, None, halts.RESTORED, REASON, by)
    return True


def _last_sign_of_life() -> datetime | None:
    """The last move of a document, or tick; ticks of the last minute are those of this start."""
    before = Tick.due_at < fn.now() - SQL("interval '1 minute'")
    found = [
        History.select(fn.max(History.at)).scalar(),
        Tick.select(fn.max(Tick.due_at)).where(before).scalar(),
    ]
    return max((moment for moment in found if moment), default=None)
