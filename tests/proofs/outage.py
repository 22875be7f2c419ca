"""The SRI is away for ten minutes with 2,000 invoices of ten taxpayers queued."""

import random
import time
from collections import Counter
from datetime import datetime

from faults.ground import Ground, laid_out
from faults.scale import SERVICE

from app import circuit
from app.invariants import find_violations
from app.progress import measure
from app.sri.gateway import Environment
from app.sri.simulator.witness import Call
from app.store.base import database
from app.store.documents import Document
from app.tenancy import every_tenant_scope
from proofs.proof import Bound, Say

TAXPAYERS = 10
UNDER_WAY_S = 2.0
OVERTAKEN_BY = 16
"""As many as two processes of eight threads have in hand at once."""


def outage(size: float, say: Say) -> list[Bound]:
    """Calls while the circuit is open, attempts counted, seconds until all is authorized, and in which order."""
    invoices, away_s = round(SERVICE.invoices * size), max(SERVICE.outage_s * size, 150.0)
    with laid_out(
        SERVICE,
        random.Random(1),
        changes={},
        proxied=frozenset(),
        latency_s=0.1,
        taxpayers=TAXPAYERS,
    ) as ground:
        ground.simulator.script([{"fault": "maintenance", "seconds": away_s + 3_600}])
        began = time.monotonic()
        ground.import_more(invoices)
        say(f"{invoices} invoices imported in {time.monotonic() - began:.0f} s")
        ground.until(lambda: _opened("submit") is not None, 60, "an open circuit")
        # The other service is asked about the few whose sending has no answer, so it is found silent later.
        ground.until(
            lambda: _opened("query") is not None or time.monotonic() - began > away_s / 2, away_s, "both open"
        )
        ground.wait(UNDER_WAY_S)
        spent = _attempts()
        ground.wait(max(0.0, away_s - (time.monotonic() - began)))
        spent_more, opened = _attempts() - spent, {name: _opened(one) for name, one in _SERVICES.items()}
        meanwhile = ground.simulator.log()
        waiting = measure(None).by_state
        say(f"after {time.monotonic() - began:.0f} s away: {waiting}")
        asked_about = {call.access_key for call in ground.simulator.log()}
        returned = time.monotonic()
        ground.simulator.heal()
        ground.until(lambda: _authorized() == invoices, 4 * SERVICE.patience_s, "everything authorized")
        took = time.monotonic() - returned
        ground.until(lambda: measure(None).moving == 0, SERVICE.patience_s, "every RIDE")
        overtaken = [_overtaken(ground, taxpayer.ruc, asked_about) for taxpayer in ground.taxpayers]
        violations = ground.simulator.verdict().violations + [
            one.sentence.es for one in find_violations(ground.services)
        ]
    return [
        Bound("invoices signed and waiting at the SRI's return", waiting.get("signed", 0), at_least=invoices),
        *(
            Bound(f"calls to {name} a minute", _in_a_minute(meanwhile, name, since), 2)
            for name, since in opened.items()
        ),
        Bound("attempts counted while open", spent_more, 0),
        Bound("s from the SRI's return until all were authorized", took, 300),
        Bound("places by which an invoice was overtaken within its taxpayer", max(overtaken), OVERTAKEN_BY),
        Bound("violations, ours and the SRI's own verdict", len(violations), 0, detail=violations[:3]),
    ]


_SERVICES: dict[str, circuit.Service] = {"recepcion": "submit", "autorizacion": "query"}


def _opened(service: circuit.Service) -> datetime | None:
    """Since when the service's circuit has been open."""
    with database.connection_context():
        standing = circuit.read(Environment.PRUEBAS, service)
    return None if standing.state == "closed" else standing.changed_at


def _attempts() -> int:
    with every_tenant_scope():
        return sum(row.attempts for row in Document.select(Document.attempts))


def _authorized() -> int:
    with every_tenant_scope():
        return Document.select().where(Document.state == "authorized").count()


def _in_a_minute(calls: list[Call], service: str, since: datetime | None) -> int:
    """The most calls within any 60 s; an instant less, for three calls 30 s apart span a minute.

    Those under way when the circuit opened were let through before.
    """
    first = since.timestamp() + UNDER_WAY_S if since else 0.0
    times = [datetime.fromisoformat(call.at).timestamp() for call in calls if call.service == service]
    at = [one for one in times if one > first]
    return max((sum(start <= one < start + 59 for one in at) for start in at), default=0)


def _overtaken(ground: Ground, ruc: str, before: set[str]) -> int:
    """By how many younger invoices one was overtaken at worst, of those the outage left alone."""
    calls = [call for call in ground.simulator.log() if call.ruc == ruc and call.service == "recepcion"]
    sendings = Counter(call.access_key for call in calls)
    keys = [
        call.access_key
        for call in calls
        if call.answer == "RECIBIDA" and sendings[call.access_key] == 1 and call.access_key not in before
    ]
    with every_tenant_scope():
        ids = {
            row.access_key: row.id
            for row in Document.select(Document.id, Document.access_key).where(Document.access_key.in_(keys))
        }
    order = [ids[key] for key in keys]
    return max((sum(one > later for one in order[:place]) for place, later in enumerate(order)), default=0)
