"""The record of what people did and were refused; append only."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from peewee import SQL

from app.store.people import Audit


def audit(
    tenant_id: int,
    *,
    by: str,
    action: str,
    target: str,
    result: str = "done",
    reason: str | None = None,
    address: str | None = None,
    facts: dict[str, Any] | None = None,
) -> None:
    """Append one line, in the transaction of what it records. ``facts`` must hold no secret."""
    more = {"result": result, "reason": reason, "address": address, "facts": facts}
    Audit.insert(_line(tenant_id, by, action, target, **more)).execute()


def audit_each(
    tenant_ids: Iterable[int],
    *,
    by: str,
    action: str,
    target: str,
    address: str | None = None,
    facts: Mapping[int, dict[str, Any]] | None = None,
) -> None:
    """The same line for each of ``tenant_ids``, in one statement; ``facts`` are those of each."""
    lines = [
        _line(tenant_id, by, action, target, address=address, facts=(facts or {}).get(tenant_id))
        for tenant_id in tenant_ids
    ]
    if lines:
        Audit.insert_many(lines).execute()


def audit_many(
    tenant_id: int, targets: Sequence[str], *, by: str, action: str, reason: str | None = None
) -> None:
    """A line like any other for each of ``targets``, in one statement."""
    lines = [_line(tenant_id, by, action, target, reason=reason) for target in targets]
    if lines:
        Audit.insert_many(lines).execute()


def _line(tenant_id: int, by: str, action: str, target: str, **more: Any) -> dict[str, Any]:
    """One line done, with ``more`` columns."""
    written = {"tenant_id": tenant_id, "at": SQL("clock_timestamp()"), "by": by, "action": action}
    rest = {"target": target, "result": "done", **more}
    return written | rest | {"facts": more.get("facts") or {}}
