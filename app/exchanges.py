"""Calls to the SRI on record: a row before each call, its outcome after, and what the record says to do next."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Literal

from peewee import SQL
from psycopg2.extras import Json

from app import circuit, metrics, tracing
from app.config import Settings
from app.errors import Unavailable
from app.sri.gateway import Answer
from app.store.base import database
from app.store.documents import Emission, SriExchange
from app.store.prepared import Prepared
from app.work import Claim

Operation = Literal["submit", "query"]
EMPTY_ANSWERS_BEFORE_RESEND = 3
EMPTY = ("not_found", "rejected")
"""Outcomes of a question that show no trace of the version last sent."""
UNANSWERED = ("unavailable", "unknown")
"""Outcomes of a call that no answer came to."""
RAW_KEPT = 256 * 1024
"""Bytes of an answer kept on record; the comprobante itself is stored whole elsewhere."""


@dataclass(frozen=True)
class Call:
    """An exchange whose row is committed and whose answer is not known yet; ``probe``: its circuit was open."""

    exchange_id: int
    operation: Operation
    access_key: str
    started_at: datetime
    probe: bool = False

    @property
    def environment(self) -> int:
        """Ambiente, by the key's own digit."""
        return environment_of(self.access_key)


def environment_of(access_key: str) -> int:
    """Ambiente, by the key's own digit."""
    return int(access_key[23])


def of_emission(document_id: int, version: int) -> list[SriExchange]:
    """All exchanges about one signed version, oldest first."""
    return list(
        SriExchange.select(
            SriExchange.id,
            SriExchange.operation,
            SriExchange.started_at,
            SriExchange.finished_at,
            SriExchange.outcome,
            SriExchange.sent,
        )
        .where(SriExchange.document_id == document_id, SriExchange.version == version)
        .order_by(SriExchange.id)
    )


def answered_lately(document_id: int, call: Call, *, within_s: float) -> bool:
    """Whether the SRI answered an earlier call about the document within so many seconds. Inside the tenant's scope."""
    since = SQL("now() - make_interval(secs => %s)", (within_s,))
    answered = SriExchange.select().where(
        SriExchange.document_id == document_id,
        SriExchange.id < call.exchange_id,
        SriExchange.finished_at > since,
        SriExchange.outcome.not_in(UNANSWERED),
    )
    return bool(answered.exists())


def database_now() -> datetime:
    """The clock that stamped the exchanges: a worker's own may be wrong, and would send again too soon by it."""
    found: datetime = database.execute_sql("select clock_timestamp()").fetchone()[0]
    return found


def next_call(
    past: Sequence[SriExchange], *, ask_for_s: float, clock: Callable[[], datetime] = database_now
) -> Operation:
    """What a signed document needs: ``submit`` when it is certain that the SRI does not hold it, else ``query``.

    After a call of unknown outcome the SRI is asked by access key; the same bytes are sent again only after three
    empty answers that span ``ask_for_s`` seconds (design 3.3). A refusal that left the document signed was an older
    version's: about this one it says nothing either.
    """
    sends = [exchange for exchange in past if exchange.operation == "submit"]
    if not sends or sends[-1].outcome == "try_again" or sends[-1].sent is False:
        return "submit"
    asked = [exchange for exchange in past if exchange.operation == "query" and exchange.id > sends[-1].id]
    empty = [exchange for exchange in asked if exchange.outcome in EMPTY]
    waited = (
        (clock() - sends[-1].started_at).total_seconds() if len(empty) >= EMPTY_ANSWERS_BEFORE_RESEND else 0
    )
    return "submit" if len(empty) >= EMPTY_ANSWERS_BEFORE_RESEND and waited >= ask_for_s else "query"


def wait_after_empty(
    past: Sequence[SriExchange], *, ask_for_s: float, clock: Callable[[], datetime] = database_now
) -> float:
    """Seconds until the next call after an empty answer, so that three of them span ``ask_for_s`` and no more.

    Not the doubling wait of a silence: the SRI answers, and only the span of time is missing.
    """
    sends = [exchange for exchange in past if exchange.operation == "submit"]
    if not sends:
        return ask_for_s
    empty = [exchange for exchange in past if exchange.id > sends[-1].id and exchange.outcome in EMPTY]
    left: float = ask_for_s - (clock() - sends[-1].started_at).total_seconds()
    return max(left, 0.0) / max(EMPTY_ANSWERS_BEFORE_RESEND - len(empty), 1)


_OPEN = Prepared("""
with left_open as (
    update sri_exchange set finished_at = clock_timestamp(), outcome = 'unknown', sent = true
    where document_id = %(claimed)s and finished_at is null
)
insert into sri_exchange
    (tenant_id, document_id, version, access_key, environment, operation, request_sha256)
select %(tenant)s, %(document)s, %(version)s, %(access_key)s, %(environment)s, %(operation)s, %(request_sha256)s
where %(probes)s or exists (
    select from jobs.circuit where environment = %(environment)s and service = %(operation)s and state = 'closed'
)
returning id
""")


def open_call(claim: Claim, operation: Operation, emission: Emission, *, probes: bool = False) -> Call | None:
    """Record that a call about ``emission``, mostly the claimed document's own, is about to be made; commit before it.

    None, and nothing is recorded, while its circuit is not closed, unless this call is the one that ``probes``.
    A call of the claimed document still open is closed as of unknown outcome: whoever made it is gone.
    """
    submits = operation == "submit"
    asked = emission.sha256 if submits else hashlib.sha256(emission.access_key.encode()).hexdigest()
    rows = _OPEN.rows(
        claimed=claim.id,
        tenant=claim.tenant_id,
        document=emission.document_id,
        version=emission.version,
        access_key=emission.access_key,
        environment=environment_of(emission.access_key),
        operation=operation,
        request_sha256=asked,
        probes=probes,
    )
    return Call(rows[0][0], operation, emission.access_key, datetime.now(UTC)) if rows else None


_CLOSE = """
with answered as ({answered})
update sri_exchange
set finished_at = clock_timestamp(), outcome = %(outcome)s, sent = true, http_status = %(status)s,
    messages = %(messages)s, response = %(response)s
where id = %(exchange)s and finished_at is null
"""
_ANSWERED = Prepared(_CLOSE.format(answered=circuit.ANSWERED))


def close_call(call: Call, answer: Answer) -> None:
    """Record the answer, in the transaction that acts on it; the service's circuit learns that it answers."""
    outcome = _word(type(answer).__name__)
    _measure(call, outcome)
    _ANSWERED.count(
        environment=call.environment,
        service=call.operation,
        exchange=call.exchange_id,
        outcome=outcome,
        status=answer.http_status,
        messages=Json([asdict(message) for message in answer.messages]),
        response=answer.raw[:RAW_KEPT],
    )


def close_unanswered(call: Call, silence: Unavailable, settings: Settings) -> None:
    """Record that no usable answer came, and whether the request can have arrived; the circuit may open."""
    circuit.note_silence(
        call.environment,
        call.operation,
        silence,
        opens_after=settings.circuit_opens_after,
        probe_every_s=settings.circuit_probe_s,
    )
    SriExchange.update(
        finished_at=SQL("clock_timestamp()"),
        outcome="unavailable",
        sent=silence.sent,
        http_status=silence.http_status,
        detail=str(silence)[:2000],
        response=silence.raw[:RAW_KEPT],
    ).where(SriExchange.id == call.exchange_id, SriExchange.finished_at.is_null()).execute()
    _measure(call, "unavailable")


def _measure(call: Call, outcome: str) -> None:
    took = (datetime.now(UTC) - call.started_at).total_seconds()
    metrics.SRI_CALLS.labels(call.environment, call.operation, outcome).observe(took)
    tracing.record(f"sri.{call.operation}", call.started_at, ambiente=call.environment, outcome=outcome)


@cache
def _word(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
