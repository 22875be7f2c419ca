"""How exactly one worker takes a row: one statement, on the database's clock."""

from functools import cache

from peewee import SQL, Case, Expression, Query, fn

from app import sentences, work
from app.store.base import WorkRow
from app.store.prepared import Place, Prepared, arg, row_of, written
from app.work import Claim


class Claiming:
    """How a due, unheld row is taken: ``only`` rows that meet a condition, of which ``row`` picks the one asked for.

    ``row`` is a condition with ``arg("row")`` in it, by default that this is the row's id.
    """

    def __init__(
        self, model: type[WorkRow], *, only: Expression | None = None, row: Expression | None = None
    ) -> None:
        self._model = model
        self._fields = [field for field in model._meta.sorted_fields if field.name not in model.heavy]
        self._conditions = [model.id == arg("row") if row is None else row]
        self._conditions += [only] if only is not None else []
        self._statement = Prepared(lambda: written(self._query()))

    def take(self, tenant_id: int, row_id: int, *, owner: str, lease_s: float) -> Claim | None:
        """Take the row, or None. One statement inside the tenant's scope; commit before working.

        A lease found expired counts as a crash of its holder: see ``quarantined``.
        """
        rows = self._statement.rows(
            tenant=tenant_id, row=row_id, owner=owner, lease=lease_s, early=work.EARLY_S
        )
        if not rows:
            return None
        *values, holder, until = rows[0]
        row = row_of(self._model, self._fields, values)
        return Claim(self._model, row, int(row.fence), work.Death(holder, until) if holder else None)

    def _query(self) -> Query:
        model, before = self._model, self._model.alias("before")
        crashed = model.lease_until.is_null(False)
        return (
            model.update(
                fence=model.fence + 1,
                attempts=model.attempts + 1,
                crash_count=Case(None, [(crashed, model.crash_count + 1)], model.crash_count),
                lease_until=work.in_seconds(Place("lease")),
                lease_owner=arg("owner"),
            )
            .from_(before)
            .where(
                before.id == model.id,
                model.tenant_id == arg("tenant"),
                # Not by the index of what is due: it looks small to the planner just before it is not.
                fn.coalesce(model.next_attempt_at, SQL("'infinity'::timestamptz"))
                <= work.in_seconds(Place("early")),
                work.free(model),
                *self._conditions,
            )
            .returning(*self._fields, before.lease_owner, before.lease_until)
        )


def quarantined(claim: Claim) -> bool:
    """Whether a row was set aside, instead of worked on, because its third holder has crashed. Inside the scope."""
    if claim.row.crash_count < work.CRASHES_BEFORE_QUARANTINE:
        return False
    work.park(claim, "crashed", sentences.said("crashed", times=claim.row.crash_count).es)
    return True


def claim(
    model: type[WorkRow],
    tenant_id: int,
    row_id: int,
    *,
    owner: str,
    lease_s: float,
    only: Expression | None = None,
) -> Claim | None:
    """Take a due, unheld row that meets ``only`` and is fit to be worked on, or None. Inside the tenant's scope."""
    claiming = _plain(model) if only is None else Claiming(model, only=only)
    taken = claiming.take(tenant_id, row_id, owner=owner, lease_s=lease_s)
    return None if taken is None or quarantined(taken) else taken


@cache
def _plain(model: type[WorkRow]) -> Claiming:
    return Claiming(model)
