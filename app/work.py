"""The claim, the lease and the fence: how exactly one worker works on a row, on the database's clock."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from peewee import SQL, Expression, fn

from app.store.base import WorkRow
from app.store.prepared import NOW, Place, Prepared, arg, written
from app.time_scale import scaled

CRASHES_BEFORE_QUARANTINE = 3
HINT_WITHIN_S = 10
"""A wait of at most this long is also sent as a delayed message; a longer one is left to its sweep."""
EARLY_S = 0.25
"""A hint sent for a due time may come this much early: clocks of two machines are never equal."""
UNDECIDED_YET = "pending"
"""The last error of a document that waits for its next poll in no trouble: the SRI answered without a verdict."""


_SEIZED_S = 40.0
"""A lease nobody sees: it begins and ends within one transaction."""


class Refused(Exception):
    """A late writer: the lease ran out and someone else may hold the row. Its work must not be recorded."""


@dataclass(frozen=True)
class Death:
    """A process that let its lease run out, and when it did."""

    holder: str
    at: datetime


@dataclass(frozen=True)
class Claim:
    """One worker's hold of one row until ``lease_until``; every later write is guarded by ``fence``."""

    model: type[WorkRow]
    row: Any  # the row as claimed, a snapshot
    fence: int
    died: Death | None = None  # of whoever held the row before

    @property
    def tenant_id(self) -> int:
        """Whose row it is."""
        return int(self.row.tenant_id)

    @property
    def id(self) -> int:
        """Primary key of the row; a RIDE's is its document's."""
        return int(self.row.id)

    @property
    def document_id(self) -> int:
        """The document the row is, or is of."""
        return int(getattr(self.row, "document_id", self.row.id))

    @property
    def attempts(self) -> int:
        """How often this row was claimed since it entered its present situation, this time included."""
        return int(self.row.attempts)

    def still_mine(self) -> Expression:
        """The condition every write of this claim carries."""
        return held(self.model, self.tenant_id, self.id, self.fence)


def held(model: type[WorkRow], tenant_id: Any, row_id: Any, fence: Any) -> Expression:
    """The row is still held by the claim that got this fence."""
    return (
        (model.tenant_id == tenant_id)
        & (model.id == row_id)
        & (model.fence == fence)
        & model.lease_until.is_null(False)
    )


def seize(model: type[WorkRow], tenant_id: int, row_id: int, *, owner: str, only: Expression) -> Claim | None:
    """Take an unheld row that meets ``only``, due or not, for what a person decides within this transaction.

    Whoever works on it with an expired lease loses it. No attempt is counted, for none is made.
    """
    rows = list(
        model.update(fence=model.fence + 1, lease_until=in_seconds(_SEIZED_S), lease_owner=owner)
        .where(model.tenant_id == tenant_id, model.id == row_id, free(model), only)
        .returning(model)
        .execute()
    )
    return Claim(model, rows[0], int(rows[0].fence)) if rows else None


def free(model: type[WorkRow]) -> Expression:
    """Nobody holds the row, or its holder's time is over."""
    return model.lease_until.is_null() | (model.lease_until < fn.now())


def in_seconds(seconds: float | Place) -> Any:
    """The database's now plus ``seconds``."""
    return fn.now() + SQL("make_interval(secs => %s)", (seconds,))


def hinted_in(due_in: float | None) -> float | None:
    """Seconds until a row due in ``due_in`` counts as published: then, if a message is sent for it, else never."""
    return None if due_in is None or due_in > HINT_WITHIN_S else due_in


def hinted(due_in: float | None) -> Any:
    """The same as a moment."""
    return in_seconds(due_in) if due_in is not None and due_in <= HINT_WITHIN_S else None


UNTROUBLED: Mapping[str, object] = {
    "attempts": 0,
    "crash_count": 0,
    "lease_until": None,
    "lease_owner": None,
    "last_error_code": None,
    "last_error": None,
    "needs_person_since": None,
    "needs_person_code": None,
    "needs_person_reason": None,
}
"""Work columns of a row that enters a new situation: nobody holds it, nothing has failed yet."""


def cleared(due_in: float | None) -> dict[str, Any]:
    """The same columns, with the moment at which the row is due."""
    due_at = None if due_in is None else in_seconds(due_in)
    return {"next_attempt_at": due_at, "published_at": hinted(due_in), **UNTROUBLED}


def sleep(
    claim: Claim, seconds: float, *, code: str | None = None, why: str | None = None, spent: bool = True
) -> None:
    """Let go of the row until ``seconds`` from now; ``why`` is kept as its last error, ``spent`` counts the attempt."""
    written_to = _sleeping(claim.model).count(
        tenant=claim.tenant_id,
        row=claim.id,
        fence=claim.fence,
        due_in=seconds,
        hinted_in=hinted_in(seconds),
        unspent=int(not spent),
        code=code,
        why=why,
    )
    _refuse_the_late(claim, written_to)


@cache
def _sleeping(model: type[WorkRow]) -> Prepared:
    return _letting_go(
        model,
        next_attempt_at=in_seconds(Place("due_in")),
        published_at=in_seconds(Place("hinted_in")),
        attempts=model.attempts - arg("unspent"),
        last_error_code=arg("code"),
        last_error=arg("why"),
    )


def park(claim: Claim, code: str, reason: str) -> None:
    """Let go of the row until a person has acted; ``reason`` is a sentence for them."""
    _let_go(
        claim,
        next_attempt_at=None,
        needs_person_since=fn.now(),
        needs_person_code=code,
        needs_person_reason=reason,
        last_error_code=code,
        last_error=reason,
    )


def give_back(claim: Claim, passed_over_s: float | None = None) -> None:
    """Let go of the row as if it had not been claimed, no attempt spent: due as before, or after others had a turn."""
    later = {} if passed_over_s is None else {"next_attempt_at": in_seconds(passed_over_s)}
    _let_go(claim, attempts=claim.model.attempts - 1, published_at=None, **later)


def finish(claim: Claim, **values: object) -> None:
    """Let go of the row for good, writing ``values`` with it, of which ``NOW`` is the moment of the transaction."""
    plain = {name: value for name, value in values.items() if value is not NOW}
    statement = _finishing(claim.model, tuple(plain), tuple(sorted(values.keys() - plain.keys())))
    written_to = statement.count(tenant=claim.tenant_id, row=claim.id, fence=claim.fence, **plain)
    _refuse_the_late(claim, written_to)


@cache
def _finishing(model: type[WorkRow], given: tuple[str, ...], now: tuple[str, ...]) -> Prepared:
    values = {**{name: arg(name) for name in given}, **dict.fromkeys(now, NOW)}
    return _letting_go(model, **{"next_attempt_at": None, "published_at": None, **UNTROUBLED, **values})


def unpublish(model: type[WorkRow], tenant_id: int, those: Expression) -> None:
    """Let their sweep take up ``those`` rows at once, no message being sent; not when another is on its way."""
    model.update(published_at=None).where(
        model.tenant_id == tenant_id, those, model.published_at <= fn.now(), free(model)
    ).execute()


def backoff(attempt: int, *, base_s: float = 2, cap_s: float = 900) -> float:
    """Seconds before attempt ``attempt`` + 1: doubling from ``base_s`` to ``cap_s``, up to a quarter less at random."""
    ceiling: float = min(cap_s, base_s * 2 ** min(attempt - 1, 30))
    return scaled(ceiling * random.uniform(0.75, 1.0))  # noqa: S311 - spreads load, guards nothing


_RELEASED: Mapping[str, object] = {"crash_count": 0, "lease_until": None, "lease_owner": None}


def _letting_go(model: type[WorkRow], **values: Any) -> Prepared:
    mine = held(model, arg("tenant"), arg("row"), arg("fence"))
    return Prepared(lambda: written(model.update(**{**_RELEASED, **values}).where(mine)))


def _let_go(claim: Claim, **values: object) -> None:
    _refuse_the_late(claim, claim.model.update(**{**_RELEASED, **values}).where(claim.still_mine()).execute())


def _refuse_the_late(claim: Claim, written_to: int) -> None:
    if not written_to:
        raise Refused(
            f"{claim.model.__name__.lower()} {claim.id}: the lease was lost, nothing of this attempt is kept"
        )
