"""What people order of an operation: start it, have another person approve it, pause it, let it go on, stop it."""

from typing import Any, Literal

from peewee import fn

from app.auditing import audit
from app.errors import Mistyped, Refused, Text
from app.store.bulk import Bulk, BulkItem

CHANGES: dict[str, tuple[tuple[str, ...], str]] = {
    "start": (("proposed",), "running"),
    "ask": (("proposed",), "awaits_approval"),
    "approve": (("awaits_approval",), "running"),
    "pause": (("running",), "paused"),
    "resume": (("paused",), "running"),
    "stop": (("awaits_approval", "running", "paused"), "stopped"),
}
Change = Literal["start", "ask", "approve", "pause", "resume", "stop"]
REASON_MISSING = Text("indique el motivo", "say why")
SAME_PERSON = Text(
    "quien la pidió no puede aprobarla: debe hacerlo otra persona con permiso",
    "whoever asked for it cannot approve it: another person who may must do so",
)


def change(
    bulk_id: int,
    what: Change,
    *,
    by: str,
    over: int,
    reason: str = "",
    typed: str = "",
) -> None:
    """Carry out one order, on record for each of the operation's tenants. Inside a scope of all of them.

    One of more than ``over`` documents is started by whoever has ``typed`` their number, or approved by a second
    person. What was asked before is not asked twice: starting one that was started changes nothing. Raises
    ``Refused`` without a reason, for another number, for the same person, or when it has ended.
    """
    sources, target = CHANGES[what]
    operation = Bulk.get_by_id(bulk_id)
    reason = reason.strip()
    values = _written(operation, what, by, reason)
    if what == "start" and operation.stage == "proposed":
        _demand_number(operation, over, typed)
    moved = Bulk.update(stage=target, **values).where(Bulk.id == bulk_id, Bulk.stage.in_(sources))
    if not moved.execute():
        if operation.stage == target or (what in ("start", "ask") and operation.stage != "proposed"):
            return
        raise Refused(
            Text(
                f"la operación {bulk_id} ya terminó o no ha comenzado",
                f"operation {bulk_id} is over or has not begun",
            )
        )
    for tenant_id in operation.tenant_ids:
        facts = {"action": operation.action, "items": operation.items}
        why = reason or None
        audit(tenant_id, by=by, action=f"bulk_{what}", target=f"bulk {bulk_id}", reason=why, facts=facts)


def to_do(bulk_id: int) -> int:
    """How many documents it will act on, or still has to. Inside a scope of all its tenants."""
    waiting = BulkItem.select().where(BulkItem.bulk_id == bulk_id, BulkItem.outcome.is_null())
    return int(waiting.count())


def may_approve(operation: Bulk, person: str) -> bool:
    """Whether ``person`` is another than those whose operation it is."""
    return person not in (operation.by, operation.asked_by)


def _written(operation: Bulk, what: Change, by: str, reason: str) -> dict[str, Any]:
    values: dict[str, Any] = {"changed_by": by, "changed_at": fn.now()}
    if what in ("start", "ask"):
        if not reason:
            raise Mistyped(REASON_MISSING)
        values |= {"reason": reason}
    if what == "ask":
        values |= {"asked_by": by}
    if what == "approve":
        if not may_approve(operation, by):
            raise Refused(SAME_PERSON)
        values |= {"approved_by": by, "approved_at": fn.now()}
    if what in ("start", "approve"):
        values |= {"started_at": fn.now()}
    if CHANGES[what][1] == "running":
        values |= {"next_step_at": fn.now()}
    if what == "stop":
        values |= {"finished_at": fn.now()}
    return values


def _demand_number(operation: Bulk, over: int, typed: str) -> None:
    number = to_do(operation.id)
    digits = "".join(letter for letter in typed if letter not in " .,\u00a0\u202f")
    if number > over and digits != str(number):
        raise Mistyped(
            Text(
                f"son {number} comprobantes: escriba ese número para confirmar, o pida que otra persona apruebe",
                f"these are {number} documents: type that number to confirm, or ask another person to approve",
            )
        )
